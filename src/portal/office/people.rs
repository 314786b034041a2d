//! The bank's and the authority's own people.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::around::Office;
use crate::domain::actor::BankRole;
use crate::domain::rejection::Rejection;
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::sessions::NewUser;
use crate::ops::users::{NewStaff, Staff, create_user, list_users};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::download::{read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Posted, SignedIn};

/// People on a page.
const PEOPLE: usize = 50;

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    after: Leaf,
    /// What was done just before.
    #[serde(default)]
    done: String,
}

/// What is typed of somebody new.
#[derive(Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    username: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    bank_role: String,
}

#[derive(Template)]
#[template(path = "office/people.html")]
struct Page<'a> {
    frame: &'a Frame,
    office: &'a Office,
    people: &'a [Staff],
    pager: Pager,
    filled: &'a Filled,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn may_create(&self) -> bool {
        self.office.role == BankRole::Administrator
    }

    fn roles(&self) -> &'static [BankRole] {
        BankRole::ALL
    }

    fn is_chosen(&self, role: &BankRole) -> bool {
        self.filled.bank_role == role.as_str()
    }
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    status: StatusCode,
    after: Leaf,
    (filled, refused, done): (&Filled, Option<Refused>, Option<&'static str>),
) -> Result<HttpResponse, Refusal> {
    let office = Office::of(visit)?;
    let context = visit.context;
    let limit = i64::try_from(PEOPLE + 1).unwrap_or(i64::MAX);
    let mut people = web.run(move |bank| list_users(bank, &context, after, limit)).await?;
    let pager = Pager::cut(
        visit.frame.language,
        ("/office/people", "after"),
        &after,
        &mut people,
        PEOPLE,
        |one| one.user_id,
    );
    let shown = Page {
        frame: &visit.frame,
        office: &office,
        pager,
        people: &people,
        filled,
        refused,
        done,
    };
    page(status, &shown)
}

/// Lists the people.
#[get("/office/people")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let done = (wish.0.done == "created").then_some("office-people-created");
    answer(&web, &visit, StatusCode::OK, wish.0.after, (&Filled::default(), None, done)).await
}

/// Sends the people as a table for spreadsheets.
#[get("/office/people.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    Office::of(&visit)?;
    let SignedIn { context, frame } = visit;
    let people = web
        .run(move |bank| read_all(|after, limit| list_users(bank, &context, after, limit), |person| person.user_id))
        .await?;
    let rows = people.iter().map(|person| {
        [
            person.display_name.clone(),
            person.username.clone(),
            frame.word("office-role", person.bank_role.as_str()).into_owned(),
            person.user_id.to_string(),
        ]
    });
    let columns = ["column-person", "column-username", "column-role", "column-id"];
    Ok(table(&frame, "office-nav-people", columns, rows))
}

/// Makes a user with a role.
#[post("/office/people")]
pub(super) async fn create(web: web::Data<Web>, posted: Posted<Filled>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    // Who may not see the people is told so before anything that was typed is looked at.
    if Office::of(&visit)?.role != BankRole::Administrator {
        return Err(Rejection::Forbidden {}.into());
    }
    let context = visit.context;
    let created = match BankRole::parse(&form.bank_role) {
        None => Err(Rejection::field("/bank_role", "must be given").into()),
        Some(bank_role) => {
            let new = NewStaff {
                user: NewUser {
                    username: form.username.clone(),
                    display_name: form.display_name.clone(),
                    password: form.password.clone(),
                },
                bank_role,
            };
            web.run(move |bank| create_user(bank, &context, once.as_deref(), &new)).await
        }
    };
    match created {
        Ok(_) => Ok(see_other("/office/people?done=created")),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            answer(&web, &visit, status, Leaf::default(), (&form, Some(refused), None)).await
        }
    }
}
