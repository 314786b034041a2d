//! Lists of the status of credentials: who has which place, and the list as it was last signed.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::insert::insert_rows;
use super::schema::{status_entries, status_lists};
use super::types::{At, Id, Key};
use crate::domain::credential::EntryState;

/// A list.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = status_lists)]
pub struct ListRow {
    pub list_id: Key,
    /// Whose credentials it is about; none for the bank's own.
    pub institution_id: Option<Key>,
    /// How many places are taken.
    pub entries: i64,
    /// Moves with every change of a bit.
    pub revision: i64,
    /// The revision that the document says.
    pub signed_revision: i64,
    pub signed_at: At,
    pub expires_at: At,
    /// As it was signed: with a proof in it, and as a token.
    pub document: String,
    pub token: String,
}

/// A place of a list.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = status_entries)]
pub struct EntryRow {
    pub list_id: Key,
    pub list_index: i64,
    /// The credential whose status it is; in a record every part has one of its own.
    pub document_id: Key,
    pub state: String,
}

const VALID: &str = EntryState::Valid.as_str();
const SUSPENDED: &str = EntryState::Suspended.as_str();
const REVOKED: &str = EntryState::Revoked.as_str();

fn keys(ids: &[Uuid]) -> Vec<Key> {
    ids.iter().copied().map(Key).collect()
}

/// Adds a list.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &ListRow) -> Result<(), StoreError> {
    diesel::insert_into(status_lists::table).values(row).execute(conn)?;
    Ok(())
}

/// Finds a list.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, list_id: Uuid) -> Result<Option<ListRow>, StoreError> {
    Ok(status_lists::table.find(Key(list_id)).first(conn).optional()?)
}

/// The newest list of an issuer in which at most `entries_max` places are taken.
///
/// # Errors
/// When the database refuses.
pub fn with_room(conn: &mut Conn, institution_id: Option<Uuid>, entries_max: i64) -> Result<Option<ListRow>, StoreError> {
    let query = status_lists::table.filter(status_lists::entries.le(entries_max)).into_boxed();
    let query = match institution_id {
        Some(institution_id) => query.filter(status_lists::institution_id.eq(Key(institution_id))),
        None => query.filter(status_lists::institution_id.is_null()),
    };
    Ok(query.order(status_lists::list_id.desc()).first(conn).optional()?)
}

/// Which of some places of a list are taken.
///
/// # Errors
/// When the database refuses.
pub fn taken(conn: &mut Conn, list_id: Uuid, places: &[i64]) -> Result<HashSet<i64>, StoreError> {
    let found: Vec<i64> = each_back_end!(conn, c => status_entries::table
        .filter(status_entries::list_id.eq(Key(list_id)))
        .filter(status_entries::list_index.eq_any(places))
        .select(status_entries::list_index)
        .load(c))?;
    Ok(found.into_iter().collect())
}

/// Takes places of a list. Two who take one place at once break a key that has no meaning of its own, so the later one looks again.
///
/// # Errors
/// When the database refuses.
pub fn take(conn: &mut Conn, list_id: Uuid, entries: &[EntryRow]) -> Result<(), StoreError> {
    use diesel::sql_types::{BigInt, Text};
    insert_rows!(conn, status_entries, entries, { list_id: Id, list_index: BigInt, document_id: Id, state: Text });
    let more = i64::try_from(entries.len()).unwrap_or_default();
    diesel::update(status_lists::table.find(Key(list_id)))
        .set(status_lists::entries.eq(status_lists::entries + more))
        .execute(conn)?;
    Ok(())
}

/// The places of some documents.
///
/// # Errors
/// When the database refuses.
pub fn entries(conn: &mut Conn, document_ids: &[Uuid]) -> Result<Vec<EntryRow>, StoreError> {
    let ids = keys(document_ids);
    Ok(each_back_end!(conn, c => status_entries::table
        .filter(status_entries::document_id.eq_any(&ids))
        .load(c))?)
}

/// Moves documents from the states in `from` to another, and the revisions of their lists with them, so that these are signed anew.
fn moved(conn: &mut Conn, document_ids: &[Uuid], from: &[&str], to: &str) -> Result<(), StoreError> {
    if document_ids.is_empty() {
        return Ok(());
    }
    let ids = keys(document_ids);
    let mut lists: Vec<Key> = each_back_end!(conn, c => status_entries::table
        .filter(status_entries::document_id.eq_any(&ids))
        .filter(status_entries::state.eq_any(from))
        .select(status_entries::list_id)
        .distinct()
        .load(c))?;
    // In one order, so that two who move lists do not wait for each other.
    lists.sort_unstable_by_key(|list| list.0);
    for list in lists {
        diesel::update(status_lists::table.find(list))
            .set(status_lists::revision.eq(status_lists::revision + 1))
            .execute(conn)?;
    }
    each_back_end!(conn, c => diesel::update(status_entries::table)
        .filter(status_entries::document_id.eq_any(&ids))
        .filter(status_entries::state.eq_any(from))
        .set(status_entries::state.eq(to))
        .execute(c))?;
    Ok(())
}

/// Revokes some documents for ever.
///
/// # Errors
/// When the database refuses.
pub fn revoke(conn: &mut Conn, document_ids: &[Uuid]) -> Result<(), StoreError> {
    moved(conn, document_ids, &[VALID, SUSPENDED], REVOKED)
}

/// Suspends some documents that are valid.
///
/// # Errors
/// When the database refuses.
pub fn suspend(conn: &mut Conn, document_ids: &[Uuid]) -> Result<(), StoreError> {
    moved(conn, document_ids, &[VALID], SUSPENDED)
}

/// Makes some documents valid again that are suspended.
///
/// # Errors
/// When the database refuses.
pub fn resume(conn: &mut Conn, document_ids: &[Uuid]) -> Result<(), StoreError> {
    moved(conn, document_ids, &[SUSPENDED], VALID)
}

/// The lists that are to be signed: those of which something moved since, and those that are no longer good at a moment.
///
/// # Errors
/// When the database refuses.
pub fn to_sign(conn: &mut Conn, good_until: DateTime<Utc>, limit: i64) -> Result<Vec<ListRow>, StoreError> {
    let moved = status_lists::signed_revision.lt(status_lists::revision);
    Ok(status_lists::table
        .filter(moved.or(status_lists::expires_at.lt(At(good_until))))
        .order(status_lists::list_id)
        .limit(limit)
        .load(conn)?)
}

/// The places of a list that do not count: what is suspended or revoked.
///
/// # Errors
/// When the database refuses.
pub fn set_places(conn: &mut Conn, list_id: Uuid) -> Result<Vec<i64>, StoreError> {
    Ok(status_entries::table
        .filter(status_entries::list_id.eq(Key(list_id)))
        .filter(status_entries::state.ne(VALID))
        .select(status_entries::list_index)
        .load(conn)?)
}

/// Saves a list as it was signed, unless a later revision was signed meanwhile.
///
/// # Errors
/// When the database refuses.
pub fn signed(conn: &mut Conn, row: &ListRow) -> Result<bool, StoreError> {
    let saved = diesel::update(status_lists::table.find(row.list_id.clone()))
        .filter(status_lists::signed_revision.le(row.signed_revision))
        .set((
            status_lists::signed_revision.eq(row.signed_revision),
            status_lists::signed_at.eq(row.signed_at.clone()),
            status_lists::expires_at.eq(row.expires_at.clone()),
            status_lists::document.eq(&row.document),
            status_lists::token.eq(&row.token),
        ))
        .execute(conn)?;
    Ok(saved == 1)
}
