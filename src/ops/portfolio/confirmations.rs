//! Requests to confirm entries: what a learner asks of an institution, how it is shown, and how it moves.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::access::note_access;
use super::super::context::{Bank, Context};
use super::super::error::OpError;
use super::super::evidence::{EvidenceFile, attach, of_subject};
use super::super::identity::{MaskedLearner, masked};
use super::super::once::once;
use super::entries::found;
use super::{CONFIRMATION, opened_content, own_to_write};
use crate::domain::actor::Actor;
use crate::domain::institution::InstitutionStatus;
use crate::domain::policy::{Action, Resource};
use crate::domain::portfolio::confirmation::{ConfirmationEvent, ConfirmationState, OPEN_MAX, REASON_CHARACTERS_MAX};
use crate::domain::portfolio::entry::{EntryContent, EntryKind, OwnText};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_prose;
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::journal::{Told, tell};
use crate::store::portfolio::{self as store, ConfirmationRow, EntryRow};
use crate::store::types::{At, Key};
use crate::store::{evidence, institutions, records};

/// To ask an institution.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "institution_id": "01985a3e-7c00-7000-8000-000000000001", "note": "2023 年在贵校实训中心任助教，证明材料见附件" }))]
pub struct NewConfirmation {
    pub institution_id: Uuid,
    /// What the institution should know beside the entry.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
}

/// A request to confirm an entry, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = EntryConfirmationSummary)]
pub struct ConfirmationSummary {
    pub confirmation_id: Uuid,
    pub learner_id: Uuid,
    /// For others' eyes; absent where the learner reads.
    pub learner: Option<MaskedLearner>,
    pub entry_id: Uuid,
    pub institution_id: Uuid,
    /// The edition of the entry that it is about.
    pub entry_edition: i64,
    /// What the entry is, in the list of those who are asked; absent where they may not see it, as its content is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_kind: Option<EntryKind>,
    /// With its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_title: Option<OwnText>,
    pub state: ConfirmationState,
    pub requested_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
}

/// A request to confirm an entry, with the entry as it was when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = EntryConfirmation)]
pub struct Confirmation {
    #[serde(flatten)]
    pub summary: ConfirmationSummary,
    /// What is to be confirmed; gone for the institution once the request is over without a yes, and for all once the entry is
    /// removed.
    pub content: Option<EntryContent>,
    pub note: Option<String>,
    pub artefacts: Vec<EvidenceFile>,
    /// Not told to the learner, who deals with the institution.
    pub answered_by_name: Option<String>,
    /// Why the institution declined, or took the confirmation back.
    pub reason: Option<String>,
    /// When it was withdrawn or outdated.
    pub closed_at: Option<DateTime<Utc>>,
}

/// The sealed parts of a request beside the entry, each of which opens in its own place only.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Note,
    Reason,
}

fn damaged(row: &ConfirmationRow) -> StoreError {
    StoreError::Damaged(format!("entry confirmation {}", row.confirmation_id.0))
}

pub(super) fn place(confirmation_id: Uuid, part: Part) -> String {
    let part = match part {
        Part::Note => "note",
        Part::Reason => "reason",
    };
    format!("entry_confirmations.{part}:{confirmation_id}")
}

fn opened(bank: &Bank, row: &ConfirmationRow, part: Part, sealed: &Option<Vec<u8>>) -> Result<Option<String>, OpError> {
    let Some(sealed) = sealed else { return Ok(None) };
    let plain = bank.sealer.open(sealed, &place(row.confirmation_id.0, part))?;
    let text = std::str::from_utf8(&plain).map_err(|_| damaged(row))?;
    Ok(Some(text.to_owned()))
}

fn state_of(row: &ConfirmationRow) -> Result<ConfirmationState, StoreError> {
    ConfirmationState::parse(&row.state).ok_or_else(|| damaged(row))
}

pub(super) fn prose_problem(pointer: &str, text: Option<&String>) -> Option<FieldProblem> {
    let refused = text.is_some_and(|text| !is_prose(text, REASON_CHARACTERS_MAX));
    refused.then(|| FieldProblem::new(pointer, "must have 1 to 2000 visible characters"))
}

/// The requests about an entry, in order.
pub(super) fn of_entry(conn: &mut Conn, accounts: &[Uuid], entry_id: Uuid) -> Result<Vec<ConfirmationRow>, StoreError> {
    let mut rows = store::confirmations(conn, accounts)?;
    rows.retain(|row| row.entry_id.0 == entry_id);
    Ok(rows)
}

pub(super) fn summary_of(learner_id: Uuid, row: &ConfirmationRow) -> Result<ConfirmationSummary, StoreError> {
    Ok(ConfirmationSummary {
        confirmation_id: row.confirmation_id.0,
        learner_id,
        learner: None,
        entry_id: row.entry_id.0,
        institution_id: row.institution_id.0,
        entry_edition: row.entry_edition,
        entry_kind: None,
        entry_title: None,
        state: state_of(row)?,
        requested_at: row.requested_at.0,
        answered_at: row.answered_at.as_ref().map(|at| at.0),
    })
}

pub(super) fn content_of(bank: &Bank, row: &ConfirmationRow) -> Result<Option<EntryContent>, OpError> {
    let sealed = row.content_sealed.as_deref();
    sealed.map(|sealed| opened_content(bank, row.entry_id.0, sealed)).transpose()
}

/// The request as its learner sees it.
pub(super) fn own_view(bank: &Bank, conn: &mut Conn, learner_id: Uuid, row: &ConfirmationRow) -> Result<Confirmation, OpError> {
    Ok(Confirmation {
        summary: summary_of(learner_id, row)?,
        content: content_of(bank, row)?,
        note: opened(bank, row, Part::Note, &row.note_sealed)?,
        artefacts: of_subject(bank, conn, learner_id, CONFIRMATION, row.confirmation_id.0)?,
        answered_by_name: None,
        reason: opened(bank, row, Part::Reason, &row.reason_sealed)?,
        closed_at: row.closed_at.as_ref().map(|at| at.0),
    })
}

/// The request as others see it: what it is about, as long as that is theirs to see.
pub(super) fn view_of(
    bank: &Bank,
    conn: &mut Conn,
    actor: &Actor,
    learner: &LearnerRow,
    row: &ConfirmationRow,
) -> Result<Confirmation, OpError> {
    let own = own_view(bank, conn, learner.learner_id.0, row)?;
    if actor.learner_id() == Some(learner.learner_id.0) {
        return Ok(own);
    }
    let shows = own.summary.state.shows_content();
    Ok(Confirmation {
        summary: ConfirmationSummary {
            learner: Some(masked(bank, learner)?),
            ..own.summary
        },
        content: own.content.filter(|_| shows),
        note: own.note.filter(|_| shows),
        answered_by_name: row.answered_by_name.clone(),
        ..own
    })
}

fn told(context: &Context, operation: &'static str, learner_id: Uuid, row: &ConfirmationRow) -> Told {
    context
        .told(operation, CONFIRMATION, row.confirmation_id.0)
        .of_learner(learner_id)
        .of_institution(row.institution_id.0)
        .with(serde_json::json!({ "entry_id": row.entry_id.0, "state": row.state }))
}

/// The row as an event leaves it. Without a yes the institution no longer sees the files.
pub(super) fn moved(
    conn: &mut Conn,
    context: &Context,
    operation: &'static str,
    learner_id: Uuid,
    row: ConfirmationRow,
    event: ConfirmationEvent,
) -> Result<ConfirmationRow, OpError> {
    let state = state_of(&row)?.after(event)?;
    let edition = row.edition;
    let closes = matches!(event, ConfirmationEvent::Withdraw | ConfirmationEvent::Outdate);
    let row = ConfirmationRow {
        state: state.to_string(),
        is_open: state.is_open(),
        edition: edition + 1,
        closed_at: closes.then_some(At(context.now)),
        ..row
    };
    if !store::update_confirmation(conn, &row, edition)? {
        return Err(StoreError::Stale.into());
    }
    if !state.shows_content() {
        evidence::release(conn, learner_id, CONFIRMATION, row.confirmation_id.0)?;
    }
    tell(conn, &[told(context, operation, learner_id, &row)])?;
    Ok(row)
}

/// Ends the open requests about an entry that changes.
pub(super) fn outdate(conn: &mut Conn, context: &Context, learner_id: Uuid, entry: &EntryRow) -> Result<(), OpError> {
    for row in of_entry(conn, &[entry.learner_id.0], entry.entry_id.0)? {
        if row.is_open {
            moved(conn, context, "outdate_confirmation", learner_id, row, ConfirmationEvent::Outdate)?;
        }
    }
    Ok(())
}

/// Asks an institution to confirm an entry of the caller's as it is now.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `ConfirmationOpen`, `TooManyConfirmations`, and what the policy answers.
pub fn request_confirmation(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    entry_id: Uuid,
    new: &NewConfirmation,
) -> Result<Confirmation, OpError> {
    Rejection::any_of(prose_problem("/note", new.note.as_ref()).into_iter().collect())?;
    bank.store.write(|conn| {
        once(bank, context, conn, "request_confirmation", key, &(entry_id, new), |conn| {
            let learner_id = own_to_write(conn, context, "request_confirmation")?.learner_id.0;
            let entry = found(conn, learner_id, entry_id)?;
            let asked = institutions::find(conn, new.institution_id)?;
            let status = asked.and_then(|row| InstitutionStatus::parse(&row.status));
            if !status.is_some_and(InstitutionStatus::may_deposit) {
                return Err(Rejection::field("/institution_id", "is not an institution that can be asked").into());
            }
            let accounts = records::with_absorbed(conn, learner_id)?;
            let mut open = store::confirmations(conn, &accounts)?;
            open.retain(|row| row.is_open);
            let same = |row: &&ConfirmationRow| row.entry_id.0 == entry_id && row.institution_id.0 == new.institution_id;
            if let Some(row) = open.iter().find(same) {
                let confirmation_id = row.confirmation_id.0;
                return Err(Rejection::ConfirmationOpen { confirmation_id }.into());
            }
            if i64::try_from(open.len()).is_ok_and(|open| open >= OPEN_MAX) {
                return Err(Rejection::TooManyConfirmations { open_max: OPEN_MAX }.into());
            }
            let row = requested(bank, context, &entry, new)?;
            store::insert_confirmation(conn, &row)?;
            let files = content_of(bank, &row)?.map(|content| content.artefacts).unwrap_or_default();
            let institution = Some(new.institution_id);
            attach(conn, context, learner_id, &files, CONFIRMATION, row.confirmation_id.0, institution)?;
            tell(conn, &[told(context, "request_confirmation", learner_id, &row)])?;
            own_view(bank, conn, learner_id, &row)
        })
    })
}

fn requested(bank: &Bank, context: &Context, entry: &EntryRow, new: &NewConfirmation) -> Result<ConfirmationRow, OpError> {
    let confirmation_id = Uuid::now_v7();
    let note = new.note.as_ref().map(|note| note.trim());
    let seal = |note: &str| bank.sealer.seal(note.as_bytes(), &place(confirmation_id, Part::Note));
    Ok(ConfirmationRow {
        learner_id: entry.learner_id.clone(),
        confirmation_id: Key(confirmation_id),
        entry_id: entry.entry_id.clone(),
        institution_id: Key(new.institution_id),
        entry_edition: entry.edition,
        edition: 1,
        state: ConfirmationState::Requested.to_string(),
        is_open: true,
        content_sealed: entry.content_sealed.clone(),
        note_sealed: note.map(seal).transpose()?,
        requested_at: At(context.now),
        answered_by: None,
        answered_by_name: None,
        answered_at: None,
        reason_sealed: None,
        closed_at: None,
    })
}

/// Loads a request with its learner as the one that it is now, and asks the policy; a look by somebody else is noted.
pub(super) fn load(
    conn: &mut Conn,
    context: &Context,
    confirmation_id: Uuid,
    action: Action,
    operation: &str,
) -> Result<(Actor, LearnerRow, ConfirmationRow), OpError> {
    context.somebody(conn)?;
    let row = store::confirmation(conn, confirmation_id)?.ok_or(Rejection::NotFound {})?;
    let learner = records::learner(conn, row.learner_id.0)?.ok_or_else(|| damaged(&row))?;
    let (learner_id, institution_id) = (learner.learner_id.0, row.institution_id.0);
    let resource = Resource::Claim {
        learner_id,
        institution_id: Some(institution_id),
    };
    let actor = context.authorised(conn, action, resource)?;
    note_access(conn, context, &actor, Some(institution_id), operation, &[learner_id])?;
    Ok((actor, learner, row))
}

/// Takes back a request of the caller's, or what was confirmed: the institution no longer sees what it was about.
///
/// # Errors
/// `NotFound`, `WrongState`, and what the policy answers.
pub fn withdraw_confirmation(bank: &Bank, context: &Context, key: Option<&str>, confirmation_id: Uuid) -> Result<Confirmation, OpError> {
    let operation = "withdraw_confirmation";
    bank.store.write(|conn| {
        once(bank, context, conn, operation, key, &confirmation_id, |conn| {
            let (_, learner, _) = load(conn, context, confirmation_id, Action::WritePortfolio, operation)?;
            let learner_id = learner.learner_id.0;
            records::lock_learner(conn, learner_id)?;
            // As it is now that nobody else writes.
            let row = store::confirmation(conn, confirmation_id)?.ok_or(Rejection::NotFound {})?;
            let row = moved(conn, context, operation, learner_id, row, ConfirmationEvent::Withdraw)?;
            own_view(bank, conn, learner_id, &row)
        })
    })
}
