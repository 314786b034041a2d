//! Requests for corrections 更正申请: a learner says what is wrong of an outcome, the institution that deposited it answers by a
//! day, and the bank's officers decide on a complaint against a refusal.

pub mod answer;
pub(super) mod follow;
pub mod own;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::actor::Actor;
use crate::domain::bilingual::Bilingual;
use crate::domain::claim::AppealDecision;
use crate::domain::correction::REASON_CHARACTERS_MAX;
use crate::domain::correction::request::{RequestDue, RequestEvent, RequestKind, RequestState, WrongField};
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_prose;
use crate::domain::working_days::WorkingDays;
use crate::ops::access::note_access;
use crate::ops::context::{Bank, Context};
use crate::ops::credentials::effects::{resume, suspend};
use crate::ops::error::OpError;
use crate::ops::evidence::{CORRECTION_REQUEST, EvidenceFile, of_subject};
use crate::ops::identity::{MaskedLearner, masked};
use crate::ops::names::{Ids, Names};
use crate::ops::working_days::working_days;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::{Told, tell};
use crate::store::records;
use crate::store::requests::{self as store, RequestRow};

/// A request in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
// Named as its id is: whoever follows ids by the description finds what a list's lead to.
#[schema(as = Request)]
pub struct RequestSummary {
    pub request_id: Uuid,
    pub learner_id: Uuid,
    /// For others' eyes; absent where the learner reads.
    pub learner: Option<MaskedLearner>,
    pub outcome_id: Uuid,
    /// What the outcome is called.
    pub outcome_name: Option<Bilingual>,
    /// Who deposited the outcome, and answers.
    pub institution_id: Uuid,
    pub institution_name: Option<String>,
    pub kind: RequestKind,
    pub state: RequestState,
    pub requested_at: DateTime<Utc>,
    /// The day on which it came to its state.
    pub since: NaiveDate,
    pub due: Option<RequestDue>,
    /// How many working days are left, with the last one.
    pub left_working_days: u32,
    /// By how many working days it is overdue.
    pub overdue_working_days: u32,
    /// The last day for a complaint, where it is refused.
    pub complaint_until: Option<NaiveDate>,
    /// The correction that is promised, or that ended the outcome.
    pub correction_id: Option<Uuid>,
}

/// A request with what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CorrectionRequestDetails)]
pub struct Request {
    #[serde(flatten)]
    pub summary: RequestSummary,
    /// What is wrong, in the learner's words.
    pub reason: String,
    /// What should be instead.
    pub fields: Vec<WrongField>,
    pub evidence: Vec<EvidenceFile>,
    pub answered_at: Option<DateTime<Utc>>,
    /// Not told to the learner, who deals with the institution.
    pub answered_by_name: Option<String>,
    /// Why it was refused.
    pub refusal: Option<String>,
    pub complained_at: Option<DateTime<Utc>>,
    pub complaint: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Not told to the learner, who deals with the bank.
    pub decided_by_name: Option<String>,
    pub decision: Option<AppealDecision>,
    pub decision_reason: Option<String>,
}

/// What the learner says, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Words {
    reason: String,
    fields: Vec<WrongField>,
}

/// The sealed parts of a request, each of which opens in its own place only.
#[derive(Clone, Copy)]
enum Part {
    Words,
    Refusal,
    Complaint,
    Decision,
}

/// What is wrong with a reason, if anything is.
fn reason_problem(reason: &str) -> Option<FieldProblem> {
    let refused = !is_prose(reason, REASON_CHARACTERS_MAX);
    refused.then(|| FieldProblem::new("/reason", "must have 1 to 2000 visible characters"))
}

fn damaged(request_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("correction request {request_id}"))
}

fn place(request_id: Uuid, part: Part) -> String {
    let part = match part {
        Part::Words => "words",
        Part::Refusal => "refusal",
        Part::Complaint => "complaint",
        Part::Decision => "decision",
    };
    format!("correction_requests.{part}:{request_id}")
}

fn sealed(bank: &Bank, request_id: Uuid, part: Part, text: &str) -> Result<Vec<u8>, OpError> {
    Ok(bank.sealer.seal(text.trim().as_bytes(), &place(request_id, part))?)
}

fn opened(bank: &Bank, row: &RequestRow, part: Part, sealed: &[u8]) -> Result<String, OpError> {
    let request_id = row.request_id.0;
    let plain = bank.sealer.open(sealed, &place(request_id, part))?;
    Ok(std::str::from_utf8(&plain).map_err(|_| damaged(request_id))?.to_owned())
}

fn state_of(row: &RequestRow) -> Result<RequestState, StoreError> {
    RequestState::parse(&row.state).ok_or_else(|| damaged(row.request_id.0))
}

fn resource(row: &RequestRow) -> Resource {
    Resource::Outcome {
        learner_id: row.learner_id.0,
        institution_id: row.institution_id.0,
    }
}

/// The row as an event leaves it, on the next edition. Where the state stays, its clock runs on.
fn after(row: &RequestRow, event: RequestEvent, today: NaiveDate, working_days: &WorkingDays) -> Result<RequestRow, OpError> {
    let before = state_of(row)?;
    let state = before.after(event)?;
    let stays = state == before;
    let since = if stays { row.since } else { today };
    let due = state.due(since, working_days);
    Ok(RequestRow {
        state: state.to_string(),
        is_open: state.is_open(),
        edition: row.edition + 1,
        since,
        due: due.map(|due| due.what.to_string()),
        due_on: due.map(|due| due.on),
        escalated_at: row.escalated_at.clone().filter(|_| stays),
        ..row.clone()
    })
}

/// What is told of a request, to both sides.
fn told(context: &Context, operation: &'static str, row: &RequestRow) -> Told {
    context
        .told(operation, CORRECTION_REQUEST, row.request_id.0)
        .of_learner(row.learner_id.0)
        .of_institution(row.institution_id.0)
        .with(serde_json::json!({ "outcome_id": row.outcome_id.0, "state": row.state,
            "correction_id": row.correction_id.as_ref().map(|key| key.0) }))
}

/// Writes where a request stands now, and tells it.
fn stored(conn: &mut Conn, context: &Context, operation: &'static str, before: &RequestRow, row: &RequestRow) -> Result<(), OpError> {
    if !store::update(conn, row, before.edition)? {
        return Err(StoreError::Stale.into());
    }
    // What its institution agreed to correct is in doubt until it is corrected, or nobody wants it any more.
    let agreed = |row: &RequestRow| row.state == RequestState::Accepted.as_str();
    match (agreed(before), agreed(row)) {
        (false, true) => suspend(conn, context, row.learner_id.0, row.outcome_id.0)?,
        (true, false) => resume(conn, context, row.learner_id.0, row.outcome_id.0)?,
        _ => {}
    }
    Ok(tell(conn, &[told(context, operation, row)])?)
}

/// Loads a request and asks the policy; a look by somebody else is in the learner's access log.
fn load(conn: &mut Conn, context: &Context, request_id: Uuid, action: Action, operation: &str) -> Result<(Actor, RequestRow), OpError> {
    // Nobody is told what is not there before he is asked who he is.
    context.somebody(conn)?;
    let row = store::find(conn, request_id)?.ok_or(Rejection::NotFound {})?;
    let actor = context.authorised(conn, action, resource(&row))?;
    note_access(conn, context, &actor, Some(row.institution_id.0), operation, &[row.learner_id.0])?;
    Ok((actor, row))
}

/// As [`load`]; nobody else writes to the request, or to the learner's outcomes, until the transaction ends. Of two at once
/// the second sees what the first did.
fn locked(conn: &mut Conn, context: &Context, request_id: Uuid, action: Action, operation: &str) -> Result<(Actor, RequestRow), OpError> {
    if let Some(row) = store::find(conn, request_id)? {
        records::lock_learner(conn, row.learner_id.0)?;
    }
    load(conn, context, request_id, action, operation)
}

/// Requests in a list, with the names of what they are about; whose they are is filled in for others' eyes.
fn summaries(conn: &mut Conn, rows: &[RequestRow], today: NaiveDate) -> Result<Vec<RequestSummary>, StoreError> {
    let working_days = working_days(conn)?;
    let ids = Ids {
        outcomes: rows.iter().map(|row| row.outcome_id.0).collect(),
        institutions: rows.iter().map(|row| row.institution_id.0).collect(),
        ..Ids::default()
    };
    let names = Names::load(conn, &ids)?;
    rows.iter().map(|row| summary_of(row, &names, today, &working_days)).collect()
}

fn summary_of(row: &RequestRow, names: &Names, today: NaiveDate, working_days: &WorkingDays) -> Result<RequestSummary, StoreError> {
    let state = state_of(row)?;
    let due = state.due(row.since, working_days);
    Ok(RequestSummary {
        request_id: row.request_id.0,
        learner_id: row.learner_id.0,
        learner: None,
        outcome_id: row.outcome_id.0,
        outcome_name: names.outcome(row.outcome_id.0),
        institution_id: row.institution_id.0,
        institution_name: names.institution(row.institution_id.0),
        kind: RequestKind::parse(&row.kind).ok_or_else(|| damaged(row.request_id.0))?,
        state,
        requested_at: row.requested_at.0,
        since: row.since,
        due,
        left_working_days: due.map_or(0, |due| working_days.count_between(today, due.on).days),
        overdue_working_days: due.map_or(0, |due| working_days.count_between(due.on, today).days),
        complaint_until: state.complaint_until(row.since, working_days),
        correction_id: row.correction_id.as_ref().map(|key| key.0),
    })
}

/// The whole request, for the learner or for those who answer.
fn view_of(bank: &Bank, context: &Context, conn: &mut Conn, actor: &Actor, row: &RequestRow) -> Result<Request, OpError> {
    let request_id = row.request_id.0;
    let own = actor.learner_id() == Some(row.learner_id.0);
    let learner = match own {
        true => None,
        false => records::learner(conn, row.learner_id.0)?,
    };
    let words = opened(bank, row, Part::Words, &row.words_sealed)?;
    let Words { reason, fields } = serde_json::from_str(&words).map_err(|_| damaged(request_id))?;
    let said = |part: Part, sealed: &Option<Vec<u8>>| sealed.as_deref().map(|sealed| opened(bank, row, part, sealed)).transpose();
    let mut summaries = summaries(conn, std::slice::from_ref(row), bank.day(context.now))?;
    let summary = summaries.pop().ok_or_else(|| damaged(request_id))?;
    Ok(Request {
        summary: RequestSummary {
            learner: learner.map(|learner| masked(bank, &learner)).transpose()?,
            ..summary
        },
        reason,
        fields,
        evidence: of_subject(bank, conn, row.learner_id.0, CORRECTION_REQUEST, request_id)?,
        answered_at: row.answered_at.as_ref().map(|at| at.0),
        answered_by_name: row.answered_by_name.clone().filter(|_| !own),
        refusal: said(Part::Refusal, &row.refusal_sealed)?,
        complained_at: row.complained_at.as_ref().map(|at| at.0),
        complaint: said(Part::Complaint, &row.complaint_sealed)?,
        decided_at: row.decided_at.as_ref().map(|at| at.0),
        decided_by_name: row.decided_by_name.clone().filter(|_| !own),
        decision: row.decision.as_deref().and_then(AppealDecision::parse),
        decision_reason: said(Part::Decision, &row.decision_sealed)?,
    })
}
