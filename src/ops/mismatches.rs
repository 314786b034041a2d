//! The institution's list of names that did not match their documents.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::access::note_access;
use super::context::{Bank, Context};
use super::error::OpError;
use super::identity::{MaskedLearner, masked};
use super::reseal::given_name_place;
use crate::domain::list::ListPlace;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::domain::text::is_prose;
use crate::domain::words::words;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::mismatches::{self as store, MismatchRow};
use crate::store::records;
use serde::Deserialize;

words! {
    /// Whether somebody has looked at it.
    pub enum MismatchStatus {
        Open => "open",
        Settled => "settled",
    }
}

/// A name that does not match its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Mismatch {
    pub mismatch_id: Uuid,
    pub institution_id: Uuid,
    /// Whom the document belongs to in the bank.
    pub learner: MaskedLearner,
    /// The name as the institution gave it.
    pub given_name: String,
    pub achievement_code: String,
    pub certificate_number: Option<String>,
    pub awarded_on: NaiveDate,
    pub status: MismatchStatus,
    pub created_at: DateTime<Utc>,
    pub settled_at: Option<DateTime<Utc>>,
    pub note: Option<String>,
}

fn view(bank: &Bank, conn: &mut Conn, row: MismatchRow) -> Result<Mismatch, OpError> {
    let damaged = || StoreError::Damaged(format!("mismatch {}", row.mismatch_id.0));
    // The account of the document, also where that was merged into another.
    let learner = records::itself(conn, row.learner_id.0)?.ok_or_else(damaged)?;
    let given = bank.sealer.open(&row.given_name_sealed, &given_name_place(row.mismatch_id.0))?;
    Ok(Mismatch {
        mismatch_id: row.mismatch_id.0,
        institution_id: row.institution_id.0,
        learner: masked(bank, &learner)?,
        given_name: String::from_utf8(given.to_vec()).map_err(|_| damaged())?,
        status: MismatchStatus::parse(&row.status).ok_or_else(damaged)?,
        achievement_code: row.achievement_code,
        certificate_number: row.certificate_number,
        awarded_on: row.awarded_on,
        created_at: row.created_at.0,
        settled_at: row.settled_at.map(|at| at.0),
        note: row.note,
    })
}

/// Lists an institution's mismatches, from a place in their list.
///
/// # Errors
/// What the policy answers.
pub fn list_mismatches(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    status: Option<MismatchStatus>,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<Mismatch>, OpError> {
    let place = place.into();
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::ReadMismatches, Resource::Institution(institution_id))?;
        let rows = store::list(conn, institution_id, status.map(MismatchStatus::as_str), place, limit)?;
        let learner_ids: Vec<Uuid> = rows.iter().map(|row| row.learner_id.0).collect();
        note_access(conn, context, &actor, Some(institution_id), "list_mismatches", &learner_ids)?;
        rows.into_iter().map(|row| view(bank, conn, row)).collect()
    })
}

/// Settles a mismatch with a note of what it was.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, and what the policy answers.
pub fn settle_mismatch(bank: &Bank, context: &Context, mismatch_id: Uuid, note: &str) -> Result<Mismatch, OpError> {
    if !is_prose(note, 500) {
        return Err(Rejection::field("/note", "must have 1 to 500 characters").into());
    }
    bank.store.write(|conn| {
        let actor = context.somebody(conn)?;
        let row = store::find(conn, mismatch_id)?.ok_or(Rejection::NotFound {})?;
        let institution_id = row.institution_id.0;
        policy::allowed(&actor, Action::SettleMismatch, Resource::Institution(institution_id))?;
        if !store::settle(conn, &row, &context.caller.label(), note, context.now)? {
            return Err(Rejection::WrongState { state: row.status }.into());
        }
        note_access(conn, context, &actor, Some(institution_id), "settle_mismatch", &[row.learner_id.0])?;
        let told = context
            .told("settle_mismatch", "identity_mismatch", mismatch_id)
            .of_learner(row.learner_id.0)
            .of_institution(institution_id);
        tell(conn, &[told])?;
        let row = store::find(conn, mismatch_id)?.ok_or(Rejection::NotFound {})?;
        view(bank, conn, row)
    })
}
