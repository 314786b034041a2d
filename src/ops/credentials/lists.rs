//! The lists that say which credentials count: a place for each, chosen at random, and lists that are signed anew when one of their
//! bits moved, and before they are no longer good.
//!
//! One list of an issuer, and one entry of a credential, says both that it is revoked and that it is suspended: Open Badges allows a
//! single entry, lists of two bits are refused by some verifiers, and those that only ask whether something is revoked would take a
//! suspended copy. So its bit is set as long as it is suspended, and for ever once it is revoked. Which of the two it is, the bank
//! itself says.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::issuers::{issuer_of, present_signer};
use crate::credentials::status::{ENTRIES, StatusBits, StatusEntry, list_credential};
use crate::credentials::{Refusal, Signer};
use crate::domain::credential::EntryState;
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::status_lists::{self as store, EntryRow, ListRow};
use crate::store::types::{At, Key};

/// So many places of a list are taken before the next one is begun: half, so that a free one is found at once.
const TAKEN_MAX: i64 = 65_536;

/// How long a signed list is good, and how long before that it is signed anew.
const LIFE: TimeDelta = TimeDelta::days(7);
const RENEWED: TimeDelta = TimeDelta::days(3);

/// How many lists are signed before other work is looked for.
const LISTS: i64 = 20;

/// A list as anybody reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusList {
    /// With a proof in it.
    pub document: String,
    /// The same as a compact JWT.
    pub token: String,
    pub signed_at: DateTime<Utc>,
    /// Another one for every signed edition.
    pub edition: String,
}

fn address(bank: &Bank, list_id: Uuid) -> String {
    format!("{}/api/v1/status-lists/{list_id}", bank.outside.public_url)
}

fn damaged(list_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("status list {list_id}"))
}

/// Why something of the bank's own was not signed; that is the bank's fault.
pub(in crate::ops) fn unsigned(refusal: &Refusal) -> OpError {
    OpError::Secret(format!("not signed: {}", refusal.clause(Language::English)))
}

/// A number below the length of a list.
fn random_place() -> Result<i64, OpError> {
    Ok(i64::try_from(crate::vault::opaque::random_number()? % u64::from(ENTRIES)).unwrap_or_default())
}

/// Places that are free in a list, as many as are asked for.
fn free_places(conn: &mut Conn, list_id: Uuid, count: usize) -> Result<HashSet<i64>, OpError> {
    let mut free = HashSet::new();
    while free.len() < count {
        let mut chosen = HashSet::new();
        while free.len() + chosen.len() < count {
            let place = random_place()?;
            if !free.contains(&place) {
                chosen.insert(place);
            }
        }
        let asked: Vec<i64> = chosen.iter().copied().collect();
        let taken = store::taken(conn, list_id, &asked)?;
        free.extend(chosen.into_iter().filter(|place| !taken.contains(place)));
    }
    Ok(free)
}

/// The list of an issuer in which the next places are; a new one is signed before anybody is told of it.
fn open_list(conn: &mut Conn, context: &Context, institution_id: Option<Uuid>) -> Result<Uuid, OpError> {
    if let Some(list) = store::with_room(conn, institution_id, TAKEN_MAX)? {
        return Ok(list.list_id.0);
    }
    let list_id = Uuid::now_v7();
    let row = ListRow {
        list_id: Key(list_id),
        institution_id: institution_id.map(Key),
        entries: 0,
        revision: 0,
        signed_revision: -1,
        signed_at: At(context.now),
        expires_at: At(context.now),
        document: String::new(),
        token: String::new(),
    };
    store::insert(conn, &row)?;
    Ok(list_id)
}

/// Where the status of each of an issuer's documents is found. Those that have a place keep it.
///
/// # Errors
/// When the database fails.
pub(super) fn places(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    institution_id: Option<Uuid>,
    document_ids: &[Uuid],
) -> Result<HashMap<Uuid, StatusEntry>, OpError> {
    let mut rows = store::entries(conn, document_ids)?;
    let placed: HashSet<Uuid> = rows.iter().map(|row| row.document_id.0).collect();
    let new: Vec<Uuid> = document_ids.iter().copied().filter(|id| !placed.contains(id)).collect();
    if !new.is_empty() {
        let list_id = open_list(conn, context, institution_id)?;
        let free = free_places(conn, list_id, new.len())?;
        let taken: Vec<EntryRow> = new
            .into_iter()
            .zip(free)
            .map(|(document_id, list_index)| EntryRow {
                list_id: Key(list_id),
                list_index,
                document_id: Key(document_id),
                state: EntryState::Valid.to_string(),
            })
            .collect();
        store::take(conn, list_id, &taken)?;
        rows.extend(taken);
    }
    let entry = |row: EntryRow| {
        let list_id = row.list_id.0;
        let index = u32::try_from(row.list_index).map_err(|_| damaged(list_id))?;
        let entry = StatusEntry {
            list: address(bank, list_id),
            index,
        };
        Ok((row.document_id.0, entry))
    };
    rows.into_iter().map(entry).collect()
}

/// The bits of a list, and who signs it.
fn read(bank: &Bank, conn: &mut Conn, row: &ListRow) -> Result<(StatusBits, Signer), OpError> {
    let list_id = row.list_id.0;
    let mut bits = StatusBits::default();
    for place in store::set_places(conn, list_id)? {
        let index = u32::try_from(place).map_err(|_| damaged(list_id))?;
        if !bits.set(index) {
            return Err(damaged(list_id).into());
        }
    }
    let institution_id = row.institution_id.as_ref().map(|key| key.0);
    let signer = present_signer(bank, conn, institution_id)?.ok_or_else(|| damaged(list_id))?;
    Ok((bits, signer))
}

/// Signs the lists of which a bit moved, and those that are good for a few days only; says how many. What moves meanwhile has a later
/// revision, and is signed next.
///
/// # Errors
/// When a key does not open, or the database fails.
pub fn sign_lists(bank: &Bank, context: &Context) -> Result<usize, OpError> {
    let rows = bank
        .store
        .read(|conn| store::to_sign(conn, context.now + RENEWED, LISTS).map_err(OpError::from))?;
    let mut done = 0;
    for row in rows {
        let list_id = row.list_id.0;
        let (bits, signer) = bank.store.read(|conn| read(bank, conn, &row))?;
        let institution_id = row.institution_id.as_ref().map(|key| key.0);
        let (address, issuer) = (address(bank, list_id), issuer_of(bank, institution_id)?);
        let expires_at = context.now + LIFE;
        let unsigned_list =
            list_credential(&address, &issuer, &bits, context.now, expires_at).map_err(|error| OpError::Secret(error.to_string()))?;
        let token = signer.token(&unsigned_list).map_err(|refusal| unsigned(&refusal))?;
        let secured = signer.secure(unsigned_list, context.now).map_err(|refusal| unsigned(&refusal))?;
        let signed = ListRow {
            signed_revision: row.revision,
            signed_at: At(context.now),
            expires_at: At(expires_at),
            document: serde_json::Value::Object(secured).to_string(),
            token,
            ..row
        };
        done += usize::from(bank.store.write(|conn| store::signed(conn, &signed).map_err(OpError::from))?);
    }
    Ok(done)
}

/// A list as it was last signed. Anybody may read it, and it says nothing of anybody.
///
/// # Errors
/// `NotFound`.
pub fn read_status_list(bank: &Bank, list_id: Uuid) -> Result<StatusList, OpError> {
    let row = bank.store.read(|conn| store::find(conn, list_id).map_err(OpError::from))?;
    let row = row.filter(|row| row.signed_revision >= 0).ok_or(Rejection::NotFound {})?;
    Ok(StatusList {
        edition: format!("{}-{}", row.signed_revision, row.signed_at.0.timestamp()),
        signed_at: row.signed_at.0,
        document: row.document,
        token: row.token,
    })
}
