//! What a learner does: requests, withdraws, and complains once against a refusal.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Part, Request, RequestSummary, Words, after, damaged, locked, reason_problem, sealed, state_of, stored, summaries, told, view_of,
};
use crate::domain::correction::request::{OPEN_MAX, RequestEvent, RequestFilter, RequestKind, RequestState, WrongField, field_problems};
use crate::domain::list::ListPlace;
use crate::domain::outcome::OutcomeStatus;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::ops::access::{Whose, learner_of};
use crate::ops::context::{Bank, Context};
use crate::ops::disputes::disputes;
use crate::ops::error::OpError;
use crate::ops::evidence::{CORRECTION_REQUEST, attach};
use crate::ops::once::once;
use crate::ops::working_days::working_days;
use crate::store::connection::Conn;
use crate::store::deposits::OutcomeRow;
use crate::store::journal::tell;
use crate::store::records;
use crate::store::requests::{self as store, RequestRow};
use crate::store::types::{At, Key};

/// A request of the caller.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCorrectionRequest, example = json!({ "outcome_id": "01985a3e-7c00-7000-8000-000000000001", "kind": "wrong", "reason": "成绩应为 96 分，证书原件见附件", "fields": [{ "part": "score", "should_be": "96" }] }))]
pub struct NewRequest {
    /// One of the caller's outcomes that stands.
    pub outcome_id: Uuid,
    pub kind: RequestKind,
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
    /// What is wrong in particular; nothing where it is not the caller's at all.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub fields: Vec<WrongField>,
    /// Files that the learner uploaded.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Uuid>,
}

/// Why a refusal is not right.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "学校的答复没有说明为何不采信证书原件" }))]
pub struct Complaint {
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
    /// Files that the learner uploaded.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Uuid>,
}

/// Whether there is room for an open request about an outcome, which has to stand.
fn room(conn: &mut Conn, outcome: &OutcomeRow) -> Result<(), OpError> {
    let learner_id = outcome.learner_id.0;
    if !OutcomeStatus::parse(&outcome.status).is_some_and(OutcomeStatus::stands) {
        let state = outcome.status.clone();
        return Err(Rejection::WrongState { state }.into());
    }
    let open = disputes(conn, &[learner_id], &[outcome.outcome_id.0])?;
    if let Some(dispute) = open.into_values().next() {
        let request_id = dispute.request_id;
        return Err(Rejection::CorrectionRequested { request_id }.into());
    }
    if store::count_open(conn, learner_id)? >= OPEN_MAX {
        return Err(Rejection::TooManyCorrectionRequests { open_max: OPEN_MAX }.into());
    }
    Ok(())
}

/// Requests a correction of one of the caller's outcomes. The outcome is disputed from now on; nothing else changes.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState` of an outcome that does not stand, `CorrectionRequested` with the open one,
/// `TooManyCorrectionRequests`, and what the policy answers.
pub fn request_correction(bank: &Bank, context: &Context, key: Option<&str>, new: &NewRequest) -> Result<Request, OpError> {
    let mut problems = field_problems(new.kind, &new.fields);
    problems.extend(reason_problem(&new.reason));
    Rejection::any_of(problems)?;
    bank.store.write(|conn| {
        once(bank, context, conn, "request_correction", key, new, |conn| {
            let learner_id = learner_of(conn, context, Whose::Own, "request_correction")?.learner_id.0;
            let actor = context.somebody(conn)?;
            policy::allowed(&actor, Action::RequestCorrection, Resource::Learner(learner_id))?;
            // A correction of the outcome waits, or is seen.
            records::lock_learner(conn, learner_id)?;
            let outcome = records::outcome(conn, new.outcome_id)?.filter(|outcome| outcome.learner_id.0 == learner_id);
            let outcome = outcome.ok_or(Rejection::NotFound {})?;
            room(conn, &outcome)?;
            let row = requested(bank, context, conn, new, &outcome)?;
            store::insert(conn, &row)?;
            let (request_id, institution_id) = (row.request_id.0, row.institution_id.0);
            attach(
                conn,
                context,
                learner_id,
                &new.evidence,
                CORRECTION_REQUEST,
                request_id,
                Some(institution_id),
            )?;
            tell(conn, &[told(context, "request_correction", &row)])?;
            view_of(bank, context, conn, &actor, &row)
        })
    })
}

fn requested(bank: &Bank, context: &Context, conn: &mut Conn, new: &NewRequest, outcome: &OutcomeRow) -> Result<RequestRow, OpError> {
    let (request_id, today) = (Uuid::now_v7(), bank.day(context.now));
    let state = RequestState::Requested;
    let due = state.due(today, &working_days(conn)?);
    let words = Words {
        reason: new.reason.trim().to_owned(),
        fields: new.fields.clone(),
    };
    let words = serde_json::to_string(&words).map_err(|_| damaged(request_id))?;
    Ok(RequestRow {
        learner_id: outcome.learner_id.clone(),
        request_id: Key(request_id),
        outcome_id: outcome.outcome_id.clone(),
        institution_id: outcome.institution_id.clone(),
        kind: new.kind.to_string(),
        state: state.to_string(),
        is_open: state.is_open(),
        edition: 1,
        since: today,
        due: due.map(|due| due.what.to_string()),
        due_on: due.map(|due| due.on),
        escalated_at: None,
        requested_at: At(context.now),
        words_sealed: sealed(bank, request_id, Part::Words, &words)?,
        correction_id: None,
        answered_by: None,
        answered_by_name: None,
        answered_at: None,
        refusal_sealed: None,
        complained_at: None,
        complaint_sealed: None,
        decision: None,
        decided_by: None,
        decided_by_name: None,
        decided_at: None,
        decision_sealed: None,
    })
}

/// The caller's own requests, from a place in their list.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub fn list_own_correction_requests(
    bank: &Bank,
    context: &Context,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<RequestSummary>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_own_correction_requests")?;
        let filter = RequestFilter {
            learner_id: Some(learner.learner_id.0),
            ..RequestFilter::default()
        };
        let rows = store::list(conn, &filter, place, limit)?;
        Ok(summaries(conn, &rows, bank.day(context.now))?)
    })
}

/// Withdraws a request of the caller that is open.
///
/// # Errors
/// `NotFound`, `WrongState`, and what the policy answers.
pub fn withdraw_correction_request(bank: &Bank, context: &Context, key: Option<&str>, request_id: Uuid) -> Result<Request, OpError> {
    let operation = "withdraw_correction_request";
    bank.store.write(|conn| {
        once(bank, context, conn, operation, key, &request_id, |conn| {
            let (actor, row) = locked(conn, context, request_id, Action::RequestCorrection, operation)?;
            let withdrawn = after(&row, RequestEvent::Withdraw, bank.day(context.now), &working_days(conn)?)?;
            stored(conn, context, operation, &row, &withdrawn)?;
            view_of(bank, context, conn, &actor, &withdrawn)
        })
    })
}

/// Complains to the bank's officers against a refusal; the outcome is disputed again until they decide.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, `WindowOver`, what a new request is refused for, and what the policy answers.
pub fn complain_of_refusal(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    request_id: Uuid,
    complaint: &Complaint,
) -> Result<Request, OpError> {
    Rejection::any_of(reason_problem(&complaint.reason).into_iter().collect())?;
    let operation = "complain_of_refusal";
    bank.store.write(|conn| {
        once(bank, context, conn, operation, key, &(request_id, complaint), |conn| {
            let (actor, row) = locked(conn, context, request_id, Action::RequestCorrection, operation)?;
            let (today, working_days) = (bank.day(context.now), working_days(conn)?);
            let complained = after(&row, RequestEvent::Complain, today, &working_days)?;
            let until = state_of(&row)?.complaint_until(row.since, &working_days);
            if let Some(last_day) = until.filter(|last_day| *last_day < today) {
                return Err(Rejection::WindowOver { last_day }.into());
            }
            let outcome = records::outcome(conn, row.outcome_id.0)?.ok_or_else(|| damaged(request_id))?;
            room(conn, &outcome)?;
            let complained = RequestRow {
                complained_at: Some(At(context.now)),
                complaint_sealed: Some(sealed(bank, request_id, Part::Complaint, &complaint.reason)?),
                ..complained
            };
            stored(conn, context, operation, &row, &complained)?;
            attach(
                conn,
                context,
                row.learner_id.0,
                &complaint.evidence,
                CORRECTION_REQUEST,
                request_id,
                Some(row.institution_id.0),
            )?;
            view_of(bank, context, conn, &actor, &complained)
        })
    })
}
