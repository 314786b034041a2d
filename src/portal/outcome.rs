//! An outcome as those see it who deposited it, or who look at it for the bank: with its decision, and what it looks like.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::download::{cell, table};
use super::frame::Frame;
use super::visit::SignedIn;
use crate::domain::doubles::Double;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::decisions::{Decision, read_decision};
use crate::ops::error::OpError;
use crate::ops::outcomes::{OutcomeView, read_outcome};

/// An outcome, and what belongs to it.
pub(super) struct Looked {
    pub(super) outcome: OutcomeView,
    pub(super) decision: Option<Decision>,
    pub(super) alike: Vec<Alike>,
}

/// What an outcome looks like; the other one only where the reader may see it.
pub(super) struct Alike {
    pub(super) double: Double,
    pub(super) other: Option<OutcomeView>,
}

/// Outcomes as a table; the learners are masked in it as they are on the page.
pub(super) fn table_of(frame: &Frame, title: &str, outcomes: &[OutcomeView]) -> HttpResponse {
    let columns = [
        "outcomes-column-learner",
        "outcomes-column-account",
        "outcomes-column-institution",
        "outcomes-column-achievement",
        "outcomes-column-code",
        "outcomes-column-kind",
        "outcomes-column-awarded",
        "outcomes-column-certificate",
        "outcomes-column-grade",
        "outcomes-column-score",
        "outcomes-column-hours",
        "outcomes-column-credits",
        "outcomes-column-status",
        "outcomes-column-credit",
        "outcomes-column-deposited",
    ];
    let rows = outcomes.iter().map(|outcome| {
        let learner = outcome.learner.as_ref();
        [
            cell(learner.map(|learner| &learner.name_masked)),
            cell(learner.map(|learner| &learner.account_number)),
            outcome.institution_name.clone(),
            frame.name_of(outcome).text().to_owned(),
            outcome.achievement_code.clone(),
            frame.kind_name(&outcome.kind).to_owned(),
            outcome.awarded_on.to_string(),
            cell(outcome.certificate_number.as_ref()),
            cell(outcome.grade.as_ref()),
            cell(outcome.score.as_ref()),
            cell(outcome.hours),
            cell(outcome.credits.as_ref()),
            frame.status_name(&outcome.status).to_owned(),
            cell(outcome.decision.as_ref().map(|decision| &decision.credit)),
            frame.plain_moment(&outcome.deposited_at),
        ]
    });
    table(frame, title, columns, rows)
}

/// Loads an outcome with what belongs to it.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub(super) async fn looked_at(web: &Web, visit: &SignedIn, outcome_id: Uuid) -> Result<Looked, Refusal> {
    let (context, language) = (visit.context, visit.frame.language);
    web.run(move |bank| {
        let outcome = read_outcome(bank, &context, outcome_id)?;
        let decision = match &outcome.decision {
            Some(decision) => Some(read_decision(bank, &context, decision.decision_id, language)?),
            None => None,
        };
        let mut alike = Vec::new();
        for double in &outcome.doubles {
            let other = match double.outcome_id.map(|other_id| read_outcome(bank, &context, other_id)) {
                Some(Ok(other)) => Some(other),
                // Another institution's, which is not for everybody to see.
                None | Some(Err(OpError::Rejected(_))) => None,
                Some(Err(error)) => return Err(error),
            };
            alike.push(Alike {
                double: double.clone(),
                other,
            });
        }
        Ok(Looked { outcome, decision, alike })
    })
    .await
}
