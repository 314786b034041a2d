//! Who acts for the institution, and in which roles.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use uuid::Uuid;

use super::around::Desk;
use crate::domain::actor::MemberRole;
use crate::domain::policy::Action;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::http::typed::Typed;
use crate::ops::members::{Member, NewMember, add_member, list_members, remove_member, set_member_roles};
use crate::ops::sessions::NewUser;
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::download::table;
use crate::portal::frame::Frame;
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

/// The form as filled in: somebody who logs in already, or somebody new, and the roles.
#[derive(Default)]
pub(super) struct Filled {
    is_new: bool,
    known: String,
    username: String,
    display_name: String,
    roles: Vec<MemberRole>,
    /// The member whose roles these are; none where they are of somebody who is added.
    member: Option<Uuid>,
}

/// Fields of a form of which some come several times.
type Pairs = Vec<(String, String)>;

fn value(pairs: &[(String, String)], name: &str) -> String {
    let found = pairs.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

fn roles_of(pairs: &[(String, String)]) -> Vec<MemberRole> {
    let chosen = pairs.iter().filter(|(key, _)| key == "roles");
    chosen.filter_map(|(_, value)| MemberRole::parse(value)).collect()
}

#[derive(Template)]
#[template(path = "school/members.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    members: &'a [Member],
    filled: &'a Filled,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn may_manage(&self) -> bool {
        self.desk.may(Action::ManageMembers)
    }

    fn all_roles(&self) -> &'static [MemberRole] {
        MemberRole::ALL
    }

    /// Whether it was refused to give a member other roles.
    fn is_changed(&self, member: &Member) -> bool {
        self.filled.member == Some(member.user_id)
    }

    fn has(&self, member: &Member, role: &MemberRole) -> bool {
        match self.is_changed(member) {
            true => self.filled.roles.contains(role),
            false => member.roles.contains(role),
        }
    }

    fn is_adding(&self) -> bool {
        self.filled.member.is_none()
    }

    fn is_chosen(&self, role: &MemberRole) -> bool {
        self.is_adding() && self.filled.roles.contains(role)
    }
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    institution_id: Uuid,
    filled: &Filled,
    (status, refused, done): (StatusCode, Option<Refused>, Option<&'static str>),
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, institution_id).await?;
    let context = visit.context;
    let members = web.run(move |bank| list_members(bank, &context, institution_id)).await?;
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        members: &members,
        filled,
        refused,
        done,
    };
    page(status, &shown)
}

/// Lists the members.
#[get("/desk/{institution_id}/members")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = match done.0.done.as_str() {
        "added" => Some("members-done-added"),
        "changed" => Some("members-done-changed"),
        "removed" => Some("members-done-removed"),
        _ => None,
    };
    answer(&web, &visit, id.0, &Filled::default(), (StatusCode::OK, None, done)).await
}

/// Sends the members as a table for spreadsheets.
#[get("/desk/{institution_id}/members.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let members = web.run(move |bank| list_members(bank, &context, id.0)).await?;
    let rows = members.iter().map(|member| {
        let roles: Vec<_> = member.roles.iter().map(|role| frame.word("members-role", role.as_str())).collect();
        [
            member.display_name.clone(),
            member.username.clone(),
            roles.join(&frame.t("list-separator")),
            member.user_id.to_string(),
        ]
    });
    let columns = ["column-person", "column-username", "members-roles", "column-id"];
    Ok(table(&frame, "desk-nav-members", columns, rows))
}

/// Adds a member.
#[post("/desk/{institution_id}/members")]
pub(super) async fn add(web: web::Data<Web>, request: HttpRequest, id: Id, posted: Posted<Pairs>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form: pairs } = posted;
    let visit = visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let filled = Filled {
        is_new: value(&pairs, "who") == "new",
        known: value(&pairs, "known"),
        username: value(&pairs, "username"),
        display_name: value(&pairs, "display_name"),
        roles: roles_of(&pairs),
        member: None,
    };
    let user = NewUser {
        username: filled.username.clone(),
        display_name: filled.display_name.clone(),
        password: pairs
            .iter()
            .find(|(key, _)| key == "password")
            .map(|(_, value)| value.clone())
            .unwrap_or_default(),
    };
    let new = NewMember {
        username: Typed::text(&filled.known).filter(|_| !filled.is_new),
        user: filled.is_new.then_some(user),
        roles: filled.roles.clone(),
    };
    let (context, institution_id) = (visit.context, id.0);
    // Whether a name is somebody's is not for guessing.
    let added = match web.attempt(&request, &context.caller.label()) {
        Ok(()) => {
            web.run(move |bank| add_member(bank, &context, once.as_deref(), institution_id, &new))
                .await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match added {
        Ok(_) => Ok(see_other(&format!("/desk/{institution_id}/members?done=added"))),
        Err(refusal) => {
            let (status, mut refused) = refused(refusal, visit.frame.language)?;
            if !filled.is_new {
                // The name of somebody who logs in already is asked in a field of its own.
                for (field, _) in &mut refused.fields {
                    if field == "username" || field == "user" {
                        "known".clone_into(field);
                    }
                }
            }
            answer(&web, &visit, institution_id, &filled, (status, Some(refused), None)).await
        }
    }
}

async fn after(
    web: &Web,
    visit: &SignedIn,
    institution_id: Uuid,
    filled: &Filled,
    outcome: Result<(), Refusal>,
    done: &str,
) -> Result<HttpResponse, Refusal> {
    match outcome {
        Ok(()) => Ok(see_other(&format!("/desk/{institution_id}/members?done={done}"))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            answer(web, visit, institution_id, filled, (status, Some(refused), None)).await
        }
    }
}

/// Gives a member other roles.
#[post("/desk/{institution_id}/members/{user_id}/roles")]
pub(super) async fn change(web: web::Data<Web>, id: Id, user: Id<1>, posted: Posted<Pairs>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, institution_id, roles) = (visit.context, id.0, roles_of(&posted.form));
    let filled = Filled {
        roles: roles.clone(),
        member: Some(user.0),
        ..Filled::default()
    };
    let changed = web
        .run(move |bank| set_member_roles(bank, &context, institution_id, user.0, &roles))
        .await;
    after(&web, &visit, institution_id, &filled, changed.map(|_| ()), "changed").await
}

/// Takes every role from a member.
#[post("/desk/{institution_id}/members/{user_id}/remove")]
pub(super) async fn remove(web: web::Data<Web>, id: Id, user: Id<1>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, institution_id) = (visit.context, id.0);
    let removed = web.run(move |bank| remove_member(bank, &context, institution_id, user.0)).await;
    after(&web, &visit, institution_id, &Filled::default(), removed, "removed").await
}
