//! What others do with a request: the institution lists, reads and answers, and the bank's officers decide on a complaint.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Part, Request, RequestSummary, after, load, locked, reason_problem, sealed, stored, summaries, view_of};
use crate::domain::actor::Actor;
use crate::domain::claim::AppealDecision;
use crate::domain::correction::request::{RequestAnswer, RequestEvent, RequestFilter};
use crate::domain::list::ListPlace;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::ops::access::note_access;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::identity::masked;
use crate::ops::once::once;
use crate::ops::working_days::working_days;
use crate::store::corrections::keep_previewed;
use crate::store::records;
use crate::store::requests::{self as store, RequestRow};
use crate::store::types::{At, Key};

/// What an institution answers.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CorrectionRequestReply, example = json!({ "answer": "refuse", "reason": "经核对原始成绩单，录入成绩无误" }))]
pub struct Reply {
    pub answer: RequestAnswer,
    /// Where it is accepted: a correction of the outcome that is previewed. It is done when that, or another, is applied.
    #[serde(default)]
    pub correction_id: Option<Uuid>,
    /// Where it is refused: why. The learner reads it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: Option<String>,
}

/// What the bank's officers decide on a complaint.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "decision": "overturn", "reason": "证书原件与申请人所述一致，学校应予更正" }))]
pub struct ComplaintDecision {
    /// To let the refusal stand, or to have the institution correct the outcome after all.
    pub decision: AppealDecision,
    /// The learner and the institution read it.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

impl Reply {
    fn check(&self) -> Result<(), Rejection> {
        let accepts = self.answer == RequestAnswer::Accept;
        let mut problems = Vec::new();
        if accepts != self.correction_id.is_some() {
            problems.push(FieldProblem::new(
                "/correction_id",
                "goes with the answer “accept”, and with no other",
            ));
        }
        match &self.reason {
            Some(reason) if !accepts => problems.extend(reason_problem(reason)),
            None if accepts => {}
            _ => problems.push(FieldProblem::new("/reason", "goes with the answer “refuse”, and with no other")),
        }
        Rejection::any_of(problems)
    }
}

/// Requests to an institution, or all for the bank's people, from a place in their list. Whose they are is told, and logged.
///
/// # Errors
/// What the policy answers.
pub fn list_correction_requests(
    bank: &Bank,
    context: &Context,
    filter: &RequestFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<RequestSummary>, OpError> {
    let place = place.into();
    let resource = filter.institution_id.map_or(Resource::Bank, Resource::Institution);
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::ReadCorrectionRequest, resource)?;
        let rows = store::list(conn, filter, place, limit)?;
        let learner_ids: Vec<Uuid> = rows.iter().map(|row| row.learner_id.0).collect();
        note_access(
            conn,
            context,
            &actor,
            filter.institution_id,
            "list_correction_requests",
            &learner_ids,
        )?;
        let learners = records::learners_by_id(conn, &learner_ids)?;
        let mut found = summaries(conn, &rows, bank.day(context.now))?;
        for one in found.iter_mut().filter(|one| actor.learner_id() != Some(one.learner_id)) {
            let learner = learners.get(&one.learner_id);
            one.learner = learner.map(|learner| masked(bank, learner)).transpose()?;
        }
        Ok(found)
    })
}

/// Reads a request: the learner's own, the institution's own, or by right.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_correction_request(bank: &Bank, context: &Context, request_id: Uuid) -> Result<Request, OpError> {
    bank.store.write(|conn| {
        let (actor, row) = load(conn, context, request_id, Action::ReadCorrectionRequest, "read_correction_request")?;
        view_of(bank, context, conn, &actor, &row)
    })
}

/// Nobody answers himself.
fn not_own(actor: &Actor, row: &RequestRow) -> Result<(), Rejection> {
    if actor.learner_id() == Some(row.learner_id.0) {
        return Err(Rejection::OwnClaim {});
    }
    Ok(())
}

/// Answers a request: accepted by a correction that is previewed, or refused for a reason. What is accepted may name another
/// correction later, where the first is given up or another is better.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `OwnClaim`, `WrongState`, `CorrectionUnfit`, and what the policy answers.
pub fn answer_correction_request(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    request_id: Uuid,
    reply: &Reply,
) -> Result<Request, OpError> {
    reply.check()?;
    let operation = "answer_correction_request";
    bank.store.write(|conn| {
        once(bank, context, conn, operation, key, &(request_id, reply), |conn| {
            let (actor, row) = locked(conn, context, request_id, Action::AnswerCorrectionRequest, operation)?;
            not_own(&actor, &row)?;
            let event = match reply.answer {
                RequestAnswer::Accept => RequestEvent::Accept,
                RequestAnswer::Refuse => RequestEvent::Refuse,
            };
            let answered = after(&row, event, bank.day(context.now), &working_days(conn)?)?;
            if let Some(correction_id) = reply.correction_id
                && !keep_previewed(conn, correction_id, row.learner_id.0, row.outcome_id.0)?
            {
                return Err(Rejection::CorrectionUnfit {}.into());
            }
            let refusal = reply
                .reason
                .as_deref()
                .map(|reason| sealed(bank, request_id, Part::Refusal, reason));
            let answered = RequestRow {
                correction_id: reply.correction_id.map(Key),
                answered_by: Some(context.caller.label()),
                answered_by_name: Some(actor.display_name().to_owned()),
                answered_at: Some(At(context.now)),
                // A refusal that was overturned is still what was said.
                refusal_sealed: refusal.transpose()?.or_else(|| row.refusal_sealed.clone()),
                ..answered
            };
            stored(conn, context, operation, &row, &answered)?;
            view_of(bank, context, conn, &actor, &answered)
        })
    })
}

/// Decides on a complaint against a refusal. Overturned, the institution has to correct the outcome as if it had agreed.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `OwnClaim`, `JudgedBefore`, `WrongState`, and what the policy answers.
pub fn decide_complaint(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    request_id: Uuid,
    decision: &ComplaintDecision,
) -> Result<Request, OpError> {
    Rejection::any_of(reason_problem(&decision.reason).into_iter().collect())?;
    let operation = "decide_complaint";
    bank.store.write(|conn| {
        once(bank, context, conn, operation, key, &(request_id, decision), |conn| {
            let (actor, row) = locked(conn, context, request_id, Action::DecideComplaint, operation)?;
            not_own(&actor, &row)?;
            let by = context.caller.label();
            // An officer may be among an institution's people too.
            if row.answered_by.as_ref() == Some(&by) {
                return Err(Rejection::JudgedBefore {}.into());
            }
            let event = RequestEvent::DecideComplaint {
                decision: decision.decision,
            };
            let decided = RequestRow {
                decision: Some(decision.decision.to_string()),
                decided_by: Some(by),
                decided_by_name: Some(actor.display_name().to_owned()),
                decided_at: Some(At(context.now)),
                decision_sealed: Some(sealed(bank, request_id, Part::Decision, &decision.reason)?),
                ..after(&row, event, bank.day(context.now), &working_days(conn)?)?
            };
            stored(conn, context, operation, &row, &decided)?;
            view_of(bank, context, conn, &actor, &decided)
        })
    })
}
