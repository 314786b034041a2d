//! One outcome of an institution: what was given, what the bank decided and why, and what can be done about it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::around::Desk;
use crate::domain::outcome::OutcomeStatus;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::outcomes::OutcomeView;
use crate::portal::answer::page;
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::outcome::{Looked, looked_at};
use crate::portal::visit::{Done, SignedIn};

#[derive(Template)]
#[template(path = "school/outcome.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    looked: &'a Looked,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn name<'b>(&self, outcome: &'b OutcomeView) -> Name<'b> {
        self.frame.name_of(outcome)
    }

    /// The path under which other outcomes are read.
    fn place(&self) -> String {
        format!("/desk/{}/outcomes", self.desk.institution_id)
    }

    fn is_own(&self, other: &OutcomeView) -> bool {
        other.institution_id == self.desk.institution_id
    }

    fn waits(&self) -> bool {
        self.looked.outcome.status == OutcomeStatus::Flagged
    }

    fn may_correct(&self) -> bool {
        self.looked.outcome.status.may_be_corrected() && self.desk.may(Action::PreviewCorrection)
    }

    fn may_read_correction(&self) -> bool {
        self.desk.may(Action::ReadCorrection)
    }

    fn may_read_dispute(&self) -> bool {
        self.desk.may(Action::ReadCorrectionRequest)
    }

    /// Somebody of the bank, who decides on what waits.
    fn may_review(&self) -> bool {
        self.desk.may_at_bank(Action::ReviewOutcome) && self.desk.may_at_bank(Action::ListOutcomes)
    }

    fn may_deposit(&self) -> bool {
        self.desk.may(Action::DepositOutcome)
    }
}

/// Shows it.
#[get("/desk/{institution_id}/outcomes/{outcome_id}")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id, outcome: Id<1>, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let looked = looked_at(&web, &visit, outcome.0).await?;
    if looked.outcome.institution_id != id.0 {
        return Err(Rejection::NotFound {}.into());
    }
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        looked: &looked,
        done: match done.0.done.as_str() {
            "deposited" => Some("outcomes-done-deposited"),
            "opened" => Some("outcomes-done-opened"),
            "there" => Some("outcomes-done-there"),
            _ => None,
        },
    };
    page(StatusCode::OK, &shown)
}
