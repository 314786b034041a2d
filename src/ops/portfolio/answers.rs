//! What institutions do with requests to confirm entries: those who judge claims list, read and answer them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::access::note_access;
use super::super::context::{Bank, Context};
use super::super::error::OpError;
use super::super::identity::masked;
use super::super::once::once;
use super::confirmations::{Confirmation, ConfirmationSummary, Part, content_of, load, moved, place, prose_problem, summary_of, view_of};
use crate::domain::list::ListPlace;
use crate::domain::policy::{Action, Resource};
use crate::domain::portfolio::confirmation::{ConfirmationAnswer, ConfirmationFilter};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::portfolio::{self as store, ConfirmationRow};
use crate::store::records;
use crate::store::types::At;

/// What the institution answers.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "answer": "confirm" }))]
pub struct ConfirmationReply {
    pub answer: ConfirmationAnswer,
    /// Why not. The learner reads it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: Option<String>,
}

impl ConfirmationReply {
    fn check(&self) -> Result<(), Rejection> {
        let says_no = self.answer != ConfirmationAnswer::Confirm;
        let mut problems: Vec<FieldProblem> = prose_problem("/reason", self.reason.as_ref()).into_iter().collect();
        if says_no != self.reason.is_some() {
            let detail = "goes with the answers “decline” and “revoke”, and with no other";
            problems.push(FieldProblem::new("/reason", detail));
        }
        Rejection::any_of(problems)
    }
}

/// Requests to an institution, from a place in their list. Whose they are is told, and logged.
///
/// # Errors
/// What the policy answers.
pub fn list_confirmations(
    bank: &Bank,
    context: &Context,
    filter: &ConfirmationFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<ConfirmationSummary>, OpError> {
    let place = place.into();
    let resource = filter.institution_id.map_or(Resource::Bank, Resource::Institution);
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::ListClaims, resource)?;
        let rows = store::list_confirmations(conn, filter, place, limit)?;
        let learner_ids: Vec<Uuid> = rows.iter().map(|row| row.learner_id.0).collect();
        let present = records::present(conn, &learner_ids)?;
        note_access(conn, context, &actor, filter.institution_id, "list_confirmations", &present)?;
        let learners = records::learners(conn, &present)?;
        let listed = rows.iter().zip(present).map(|(row, learner_id)| {
            let learner = learners.iter().find(|learner| learner.learner_id.0 == learner_id);
            let summary = summary_of(learner_id, row)?;
            let content = content_of(bank, row)?.filter(|_| summary.state.shows_content());
            let (entry_kind, entry_title) = content.map(|content| (content.kind, content.title)).unzip();
            Ok(ConfirmationSummary {
                learner: learner.map(|learner| masked(bank, learner)).transpose()?,
                entry_kind,
                entry_title,
                ..summary
            })
        });
        listed.collect()
    })
}

/// How many requests wait for an institution. Nobody's portfolio is looked at.
///
/// # Errors
/// What the policy answers.
pub fn count_open_confirmations(bank: &Bank, context: &Context, institution_id: Uuid) -> Result<u64, OpError> {
    bank.store.read(|conn| {
        context.authorised(conn, Action::ListClaims, Resource::Institution(institution_id))?;
        let waiting = store::count_open_confirmations(conn, institution_id)?;
        Ok(u64::try_from(waiting).unwrap_or_default())
    })
}

/// Reads a request: the learner's own, the institution's own, or by right.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_confirmation(bank: &Bank, context: &Context, confirmation_id: Uuid) -> Result<Confirmation, OpError> {
    bank.store.write(|conn| {
        let (actor, learner, row) = load(conn, context, confirmation_id, Action::ReadClaim, "read_confirmation")?;
        view_of(bank, conn, &actor, &learner, &row)
    })
}

/// Answers a request for the institution, or takes back what was confirmed. The people who judge claims do.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `OwnClaim`, `WrongState`, and what the policy answers.
pub fn answer_confirmation(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    confirmation_id: Uuid,
    reply: &ConfirmationReply,
) -> Result<Confirmation, OpError> {
    reply.check()?;
    let operation = "answer_confirmation";
    bank.store.write(|conn| {
        once(bank, context, conn, operation, key, &(confirmation_id, reply), |conn| {
            let (actor, learner, _) = load(conn, context, confirmation_id, Action::ReviewClaim, operation)?;
            let learner_id = learner.learner_id.0;
            if actor.learner_id() == Some(learner_id) {
                return Err(Rejection::OwnClaim {}.into());
            }
            records::lock_learner(conn, learner_id)?;
            let row = store::confirmation(conn, confirmation_id)?.ok_or(Rejection::NotFound {})?;
            let seal = |reason: &String| bank.sealer.seal(reason.trim().as_bytes(), &place(confirmation_id, Part::Reason));
            let answered = ConfirmationRow {
                answered_by: Some(context.caller.label()),
                answered_by_name: Some(actor.display_name().to_owned()),
                answered_at: Some(At(context.now)),
                reason_sealed: reply.reason.as_ref().map(seal).transpose()?,
                ..row
            };
            let row = moved(conn, context, operation, learner_id, answered, reply.answer.event())?;
            view_of(bank, conn, &actor, &learner, &row)
        })
    })
}
