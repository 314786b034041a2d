//! Outcomes that wait for a person: the bank's officers let them through, or refuse them.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::around::Office;
use crate::domain::outcome::{OutcomeFilter, OutcomeStatus};
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::outcomes::{OutcomeView, list_outcomes};
use crate::ops::review::{refuse_outcome, release_outcome};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::download::ROWS_MAX;
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::outcome::{Looked, looked_at, table_of};
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Done, Posted, SignedIn};

/// Outcomes on a page.
const OUTCOMES: usize = 30;

/// Which of them.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    before: Leaf,
}

#[derive(Template)]
#[template(path = "office/outcomes.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    outcomes: &'a [OutcomeView],
    pager: Pager,
}

impl ListPage<'_> {
    fn name<'b>(&self, outcome: &'b OutcomeView) -> Name<'b> {
        self.frame.name_of(outcome)
    }
}

#[derive(Template)]
#[template(path = "office/outcome.html")]
struct Page<'a> {
    frame: &'a Frame,
    office: &'a Office,
    looked: &'a Looked,
    refused: Option<Refused>,
    reason: &'a str,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn name<'b>(&self, outcome: &'b OutcomeView) -> Name<'b> {
        self.frame.name_of(outcome)
    }

    fn place(&self) -> &'static str {
        "/office/outcomes"
    }

    fn is_own(&self, _: &OutcomeView) -> bool {
        true
    }

    fn waits(&self) -> bool {
        self.looked.outcome.status == OutcomeStatus::Flagged
    }
}

fn waiting() -> OutcomeFilter {
    OutcomeFilter {
        status: Some(OutcomeStatus::Flagged),
        ..OutcomeFilter::default()
    }
}

/// Lists those that wait.
#[get("/office/outcomes")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let (context, before) = (visit.context, wish.0.before);
    let limit = i64::try_from(OUTCOMES + 1).unwrap_or(i64::MAX);
    let filter = waiting();
    let mut outcomes = web.run(move |bank| list_outcomes(bank, &context, &filter, before, limit)).await?;
    let pager = Pager::cut(
        visit.frame.language,
        ("/office/outcomes", "before"),
        &before,
        &mut outcomes,
        OUTCOMES,
        |one| one.outcome_id,
    );
    let shown = ListPage {
        frame: &visit.frame,
        office: &office,
        pager,
        outcomes: &outcomes,
    };
    page(StatusCode::OK, &shown)
}

/// Sends those that wait as a table for spreadsheets.
#[get("/office/outcomes.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    Office::of(&visit)?;
    let SignedIn { context, frame } = visit;
    let filter = waiting();
    let outcomes = web.run(move |bank| list_outcomes(bank, &context, &filter, None, ROWS_MAX)).await?;
    Ok(table_of(&frame, "office-nav-outcomes", &outcomes))
}

/// Shows one, with what it looks like.
#[get("/office/outcomes/{outcome_id}")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let shown = Page {
        frame: &visit.frame,
        office: &office,
        looked: &looked_at(&web, &visit, id.0).await?,
        refused: None,
        reason: "",
        done: match done.0.done.as_str() {
            "released" => Some("outcomes-done-released"),
            "refused" => Some("outcomes-done-refused"),
            _ => None,
        },
    };
    page(StatusCode::OK, &shown)
}

/// What an officer decides.
#[derive(Deserialize)]
pub(super) struct Review {
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    reason: String,
}

/// Lets it through, or refuses it.
#[post("/office/outcomes/{outcome_id}/review")]
pub(super) async fn review(web: web::Data<Web>, id: Id, posted: Posted<Review>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let office = Office::of(&visit)?;
    let (context, outcome_id) = (visit.context, id.0);
    let Review { verdict, reason } = posted.form;
    let said = reason.trim().to_owned();
    let reviewed = match verdict.as_str() {
        "release" => web.run(move |bank| release_outcome(bank, &context, outcome_id, &said)).await,
        "refuse" => web.run(move |bank| refuse_outcome(bank, &context, outcome_id, &said)).await,
        _ => Err(Rejection::field("/verdict", "is required").into()),
    };
    match reviewed {
        Ok(reviewed) => Ok(see_other(&format!("/office/outcomes/{outcome_id}?done={}", reviewed.status))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            let shown = Page {
                frame: &visit.frame,
                office: &office,
                looked: &looked_at(&web, &visit, outcome_id).await?,
                refused: Some(refused),
                reason: &reason,
                done: None,
            };
            page(status, &shown)
        }
    }
}
