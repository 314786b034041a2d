//! Institutions: those that wait for the authority, all others, one of them with what can be decided about it, and a new one.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Office;
use crate::domain::actor::{BankRole, MemberRole};
use crate::domain::institution::{InstitutionFilter, InstitutionKind, InstitutionStatus, InstitutionStep};
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::institutions::{
    Institution, NewInstitution, decide_institution, find_institution, list_institutions, read_institution, register_institution,
};
use crate::ops::members::{Member, list_members};
use crate::ops::sessions::NewUser;
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::{Chosen, query};
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Done, Posted, SignedIn};

/// Institutions on a page.
const INSTITUTIONS: usize = 25;

/// What is looked for.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    status: Chosen<InstitutionStatus>,
    #[serde(default)]
    kind: Chosen<InstitutionKind>,
    /// A part of a name, or a whole credit code.
    #[serde(default)]
    name: String,
    #[serde(default)]
    after: Leaf,
}

#[derive(Template)]
#[template(path = "office/institutions.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    institutions: &'a [Institution],
    wish: &'a Wish,
    pager: Pager,
    done: Option<&'static str>,
}

impl Wish {
    fn filter(&self) -> InstitutionFilter {
        InstitutionFilter {
            status: self.status.0,
            kind: self.kind.0,
            name_contains: Some(self.name.trim().to_owned()).filter(|name| !name.is_empty()),
        }
    }

    fn query(&self) -> String {
        query(&[
            ("status", &self.status.text()),
            ("kind", &self.kind.text()),
            ("name", self.name.trim()),
        ])
    }
}

impl ListPage<'_> {
    fn statuses(&self) -> &'static [InstitutionStatus] {
        InstitutionStatus::ALL
    }

    fn kinds(&self) -> &'static [InstitutionKind] {
        InstitutionKind::ALL
    }

    fn first(&self) -> String {
        self.wish.query()
    }
}

/// What was found by a part of a name; whoever types a whole credit code means that one.
fn or_by_code(bank: &Bank, context: &Context, filter: &InstitutionFilter, found: Vec<Institution>) -> Result<Vec<Institution>, OpError> {
    let code = filter.name_contains.as_ref().filter(|_| found.is_empty());
    match code.map(|code| find_institution(bank, context, &code.to_ascii_uppercase())) {
        None | Some(Err(OpError::Rejected(Rejection::NotFound {}))) => Ok(found),
        Some(institution) => Ok(vec![institution?]),
    }
}

/// Lists institutions.
#[get("/office/institutions")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let (context, wish) = (visit.context, wish.0);
    let (filter, after) = (wish.filter(), wish.after);
    let limit = i64::try_from(INSTITUTIONS + 1).unwrap_or(i64::MAX);
    let mut institutions = web
        .run(move |bank| {
            let found = list_institutions(bank, &context, &filter, after, limit)?;
            or_by_code(bank, &context, &filter, found)
        })
        .await?;
    let pager = Pager::cut(
        visit.frame.language,
        (&format!("/office/institutions?{}", wish.query()), "after"),
        &after,
        &mut institutions,
        INSTITUTIONS,
        |one| one.institution_id,
    );
    let shown = ListPage {
        frame: &visit.frame,
        office: &office,
        pager,
        institutions: &institutions,
        wish: &wish,
        done: None,
    };
    page(StatusCode::OK, &shown)
}

/// Sends those that are looked for as a table for spreadsheets.
#[get("/office/institutions.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Office::of(&visit)?;
    let SignedIn { context, frame } = visit;
    let filter = wish.0.filter();
    let institutions = web
        .run(move |bank| {
            let found = read_all(
                |after, limit| list_institutions(bank, &context, &filter, after, limit),
                |institution| institution.institution_id,
            )?;
            or_by_code(bank, &context, &filter, found)
        })
        .await?;
    let columns = [
        "column-name",
        "column-kind",
        "institutions-credit-code",
        "column-remark",
        "column-division-code",
        "column-status",
        "column-reason",
        "column-id",
    ];
    let rows = institutions.iter().map(|institution| {
        [
            institution.name.clone(),
            frame.word("office-institution-kind", institution.kind.as_str()).into_owned(),
            institution.credit_code.clone(),
            cell(institution.credit_code_suspect.then(|| frame.t("office-code-suspect"))),
            institution.division_code.clone(),
            frame.word("office-institution", institution.status.as_str()).into_owned(),
            cell(institution.status_reason.as_ref()),
            institution.institution_id.to_string(),
        ]
    });
    Ok(table(&frame, "office-nav-institutions", columns, rows))
}

#[derive(Template)]
#[template(path = "office/institution.html")]
struct OnePage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    institution: &'a Institution,
    members: &'a [Member],
    steps: Vec<InstitutionStep>,
    refused: Option<Refused>,
    /// The step that was refused, and the reason that was typed for it.
    step: Option<InstitutionStep>,
    reason: &'a str,
    done: Option<&'static str>,
}

impl OnePage<'_> {
    fn is_refused(&self, step: &InstitutionStep) -> bool {
        self.refused.is_some() && self.step == Some(*step)
    }

    fn roles(&self, roles: &[MemberRole]) -> String {
        let names: Vec<String> = roles
            .iter()
            .map(|role| self.frame.word("office-member", role.as_str()).into_owned())
            .collect();
        names.join(&self.frame.t("list-separator"))
    }
}

async fn one(
    web: &Web,
    visit: &SignedIn,
    institution_id: Uuid,
    status: StatusCode,
    (refused, step, reason): (Option<Refused>, Option<InstitutionStep>, &str),
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let office = Office::of(visit)?;
    let context = visit.context;
    let (institution, members) = web
        .run(move |bank| {
            Ok((
                read_institution(bank, &context, institution_id)?,
                list_members(bank, &context, institution_id)?,
            ))
        })
        .await?;
    let decides = matches!(office.role, BankRole::Administrator | BankRole::Officer);
    let steps = InstitutionStep::ALL.iter().copied();
    let shown = OnePage {
        frame: &visit.frame,
        office: &office,
        steps: steps.filter(|step| decides && institution.status.after(*step).is_some()).collect(),
        institution: &institution,
        members: &members,
        refused,
        step,
        reason,
        done,
    };
    page(status, &shown)
}

/// Shows an institution.
#[get("/office/institutions/{institution_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = match done.0.done.as_str() {
        "approve" => Some("office-institution-done-approve"),
        "refuse" => Some("office-institution-done-refuse"),
        "suspend" => Some("office-institution-done-suspend"),
        "reinstate" => Some("office-institution-done-reinstate"),
        "registered" => Some("office-institution-done-registered"),
        _ => None,
    };
    one(&web, &visit, id.0, StatusCode::OK, (None, None, ""), done).await
}

#[derive(Deserialize)]
pub(super) struct Decided {
    #[serde(default)]
    reason: String,
}

/// Approves, refuses, suspends or reinstates it.
#[post("/office/institutions/{institution_id}/{step}")]
pub(super) async fn decide(web: web::Data<Web>, request: HttpRequest, id: Id, posted: Posted<Decided>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, form, .. } = posted;
    let visit = visit.signed_in()?;
    Office::of(&visit)?;
    let step = request.match_info().get("step").and_then(InstitutionStep::parse);
    let step = step.ok_or(Rejection::NotFound {})?;
    let (context, institution_id, reason) = (visit.context, id.0, form.reason.clone());
    let decided = web
        .run(move |bank| decide_institution(bank, &context, institution_id, step, &reason))
        .await;
    match decided {
        Ok(_) => Ok(see_other(&format!("/office/institutions/{institution_id}?done={step}"))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            one(
                &web,
                &visit,
                institution_id,
                status,
                (Some(refused), Some(step), &form.reason),
                None,
            )
            .await
        }
    }
}

/// What is typed of a new institution and its first member.
#[derive(Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    credit_code: String,
    #[serde(default)]
    division_code: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    password: String,
}

#[derive(Template)]
#[template(path = "office/institution_new.html")]
struct NewPage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    filled: &'a Filled,
    refused: Option<Refused>,
}

impl NewPage<'_> {
    fn kinds(&self) -> &'static [InstitutionKind] {
        InstitutionKind::ALL
    }

    fn is_chosen(&self, kind: &InstitutionKind) -> bool {
        self.filled.kind == kind.as_str()
    }
}

/// Shows the form for a new institution.
#[get("/office/institutions/new")]
pub(super) async fn begin(visit: SignedIn) -> Result<HttpResponse, Refusal> {
    new_page(&visit, StatusCode::OK, &Filled::default(), None)
}

fn new_page(visit: &SignedIn, status: StatusCode, filled: &Filled, refused: Option<Refused>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(visit)?;
    let shown = NewPage {
        frame: &visit.frame,
        office: &office,
        filled,
        refused,
    };
    page(status, &shown)
}

/// Registers an institution with its first member.
#[post("/office/institutions")]
pub(super) async fn register(web: web::Data<Web>, request: HttpRequest, posted: Posted<Filled>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    Office::of(&visit)?;
    let context = visit.context;
    let registered = match (InstitutionKind::parse(&form.kind), web.attempt(&request, "")) {
        (None, _) => Err(Rejection::field("/kind", "must be given").into()),
        (_, Err(rejection)) => Err(rejection.into()),
        (Some(kind), Ok(())) => {
            let new = NewInstitution {
                name: form.name.clone(),
                kind,
                credit_code: form.credit_code.trim().to_ascii_uppercase(),
                division_code: form.division_code.trim().to_owned(),
                member: NewUser {
                    username: form.username.clone(),
                    display_name: form.display_name.clone(),
                    password: form.password.clone(),
                },
            };
            web.run(move |bank| register_institution(bank, &context, once.as_deref(), &new))
                .await
        }
    };
    match registered {
        Ok(institution) => Ok(see_other(&format!(
            "/office/institutions/{}?done=registered",
            institution.institution_id
        ))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            new_page(&visit, status, &form, Some(refused))
        }
    }
}
