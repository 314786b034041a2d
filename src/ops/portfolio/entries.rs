//! What a learner writes into the portfolio: made, read, edited and removed. An edit makes an entry the learner's own word again.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::access::{Whose, learner_of};
use super::super::context::{Bank, Context};
use super::super::error::OpError;
use super::super::evidence::{EvidenceFile, attach, of_subject};
use super::super::once::once;
use super::confirmations::{Confirmation, of_entry, outdate, own_view};
use super::{CONFIRMATION, ENTRY, opened_content, own_to_write, sealed_content};
use crate::domain::portfolio::confirmation::{ConfirmationState, Said, confirmed_by};
use crate::domain::portfolio::entry::{ENTRIES_MAX, EntryContent};
use crate::domain::portfolio::timeline::Verification;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::portfolio::{self as store, ConfirmationRow, EntryRow, PlaceRow};
use crate::store::types::{At, Key};
use crate::store::{evidence, records};

/// An entry of the learner's own, with what institutions said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = PortfolioEntry)]
pub struct Entry {
    pub entry_id: Uuid,
    pub edition: i64,
    pub content: EntryContent,
    pub verification: Verification,
    pub artefacts: Vec<EvidenceFile>,
    pub created_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    /// Each with the edition that it is about, from the first.
    pub confirmations: Vec<Confirmation>,
}

/// The entry as its learner sees it.
fn view_of(bank: &Bank, conn: &mut Conn, learner_id: Uuid, row: &EntryRow) -> Result<Entry, OpError> {
    let entry_id = row.entry_id.0;
    let rows = of_entry(conn, &[row.learner_id.0], entry_id)?;
    let said: Vec<Said> = rows
        .iter()
        .filter_map(|row| {
            Some(Said {
                institution_id: row.institution_id.0,
                entry_edition: row.entry_edition,
                state: ConfirmationState::parse(&row.state)?,
            })
        })
        .collect();
    let verification = match confirmed_by(row.edition, &said).is_empty() {
        true => Verification::SelfDeclared,
        false => Verification::Confirmed,
    };
    Ok(Entry {
        entry_id,
        edition: row.edition,
        content: opened_content(bank, entry_id, row.content_sealed.as_deref().unwrap_or_default())?,
        verification,
        artefacts: of_subject(bank, conn, learner_id, ENTRY, entry_id)?,
        created_at: row.created_at.0,
        changed_at: row.changed_at.0,
        confirmations: rows
            .iter()
            .map(|row| own_view(bank, conn, learner_id, row))
            .collect::<Result<_, _>>()?,
    })
}

/// Lets the entry use its files; what is wrong with one is named where the caller named it.
fn attach_files(conn: &mut Conn, context: &Context, learner_id: Uuid, entry_id: Uuid, files: &[Uuid]) -> Result<(), OpError> {
    match attach(conn, context, learner_id, files, ENTRY, entry_id, None) {
        Err(OpError::Rejected(Rejection::InvalidBody { problems })) => {
            let moved = |problem: FieldProblem| FieldProblem {
                pointer: problem.pointer.replace("/evidence/", "/artefacts/"),
                ..problem
            };
            let problems = problems.into_iter().map(moved).collect();
            Err(Rejection::InvalidBody { problems }.into())
        }
        other => other,
    }
}

/// Adds an entry to the caller's portfolio.
///
/// # Errors
/// `InvalidBody`, `EntriesFull`, `NotFound` for somebody without a learning account, and what the policy answers.
pub fn create_entry(bank: &Bank, context: &Context, key: Option<&str>, content: &EntryContent) -> Result<Entry, OpError> {
    Rejection::any_of(content.problems())?;
    bank.store.write(|conn| {
        once(bank, context, conn, "create_entry", key, content, |conn| {
            let learner = own_to_write(conn, context, "create_entry")?;
            let learner_id = learner.learner_id.0;
            if store::count_entries(conn, learner_id)? >= ENTRIES_MAX {
                let entries_max = ENTRIES_MAX;
                return Err(Rejection::EntriesFull { entries_max }.into());
            }
            let entry_id = Uuid::now_v7();
            let row = EntryRow {
                learner_id: learner.learner_id,
                entry_id: Key(entry_id),
                edition: 1,
                content_sealed: Some(sealed_content(bank, entry_id, content)?),
                created_at: At(context.now),
                changed_at: At(context.now),
                removed_at: None,
            };
            store::insert_entry(conn, &row)?;
            attach_files(conn, context, learner_id, entry_id, &content.artefacts)?;
            tell(conn, &[context.told("create_entry", ENTRY, entry_id).of_learner(learner_id)])?;
            view_of(bank, conn, learner_id, &row)
        })
    })
}

/// An entry of the caller's, with the id of the account as it is now.
pub(super) fn found(conn: &mut Conn, learner_id: Uuid, entry_id: Uuid) -> Result<EntryRow, OpError> {
    let accounts = records::with_absorbed(conn, learner_id)?;
    Ok(store::entry(conn, &accounts, entry_id)?.ok_or(Rejection::NotFound {})?)
}

/// The caller's entries, from the oldest.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub(in crate::ops) fn list_entries(bank: &Bank, context: &Context) -> Result<Vec<Entry>, OpError> {
    bank.store.read(|conn| {
        let learner_id = learner_of(conn, context, Whose::Own, "list_entries")?.learner_id.0;
        let accounts = records::with_absorbed(conn, learner_id)?;
        let rows = store::entries(conn, &accounts)?;
        rows.iter().map(|row| view_of(bank, conn, learner_id, row)).collect()
    })
}

/// Reads an entry of the caller's.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_entry(bank: &Bank, context: &Context, entry_id: Uuid) -> Result<Entry, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "read_entry")?;
        let row = found(conn, learner.learner_id.0, entry_id)?;
        view_of(bank, conn, learner.learner_id.0, &row)
    })
}

/// Edits an entry. What was confirmed stays on record as it was; the entry is the learner's own word again, and requests that
/// are open end. An edit that changes nothing does nothing.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `StaleEdition`, and what the policy answers.
pub fn edit_entry(bank: &Bank, context: &Context, entry_id: Uuid, edition: i64, content: &EntryContent) -> Result<Entry, OpError> {
    Rejection::any_of(content.problems())?;
    bank.store.write(|conn| {
        let learner_id = own_to_write(conn, context, "edit_entry")?.learner_id.0;
        let row = found(conn, learner_id, entry_id)?;
        if row.edition != edition {
            return Err(Rejection::StaleEdition {}.into());
        }
        if opened_content(bank, entry_id, row.content_sealed.as_deref().unwrap_or_default())? == *content {
            return view_of(bank, conn, learner_id, &row);
        }
        outdate(conn, context, learner_id, &row)?;
        let edited = EntryRow {
            edition: row.edition + 1,
            content_sealed: Some(sealed_content(bank, entry_id, content)?),
            changed_at: At(context.now),
            ..row
        };
        if !store::update_entry(conn, &edited, edition)? {
            return Err(StoreError::Stale.into());
        }
        // Held again before the transaction ends, so that nobody removes what stays.
        evidence::release(conn, learner_id, ENTRY, entry_id)?;
        attach_files(conn, context, learner_id, entry_id, &content.artefacts)?;
        tell(conn, &[context.told("edit_entry", ENTRY, entry_id).of_learner(learner_id)])?;
        view_of(bank, conn, learner_id, &edited)
    })
}

/// Removes an entry with its words, also those that institutions were sent; that they were asked, and what they answered,
/// stays on record.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn remove_entry(bank: &Bank, context: &Context, entry_id: Uuid) -> Result<(), OpError> {
    bank.store.write(|conn| {
        let learner_id = own_to_write(conn, context, "remove_entry")?.learner_id.0;
        let row = found(conn, learner_id, entry_id)?;
        outdate(conn, context, learner_id, &row)?;
        for confirmation in of_entry(conn, &[row.learner_id.0], entry_id)? {
            evidence::release(conn, learner_id, CONFIRMATION, confirmation.confirmation_id.0)?;
            let before = confirmation.edition;
            let emptied = ConfirmationRow {
                edition: before + 1,
                content_sealed: None,
                note_sealed: None,
                ..confirmation
            };
            if !store::update_confirmation(conn, &emptied, before)? {
                return Err(StoreError::Stale.into());
            }
        }
        evidence::release(conn, learner_id, ENTRY, entry_id)?;
        let accounts = records::with_absorbed(conn, learner_id)?;
        let nowhere = PlaceRow {
            learner_id: row.learner_id.clone(),
            item_id: Key(entry_id),
            hidden: false,
            place: None,
        };
        store::put_place(conn, &accounts, &nowhere)?;
        let edition = row.edition;
        let removed = EntryRow {
            edition: edition + 1,
            content_sealed: None,
            changed_at: At(context.now),
            removed_at: Some(At(context.now)),
            ..row
        };
        if !store::update_entry(conn, &removed, edition)? {
            return Err(StoreError::Stale.into());
        }
        Ok(tell(conn, &[context.told("remove_entry", ENTRY, entry_id).of_learner(learner_id)])?)
    })
}
