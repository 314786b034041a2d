//! What learners write into their portfolios, where they place things, and which institutions were asked to confirm what.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::schema::{entry_confirmations, portfolio_entries, portfolio_places};
use super::types::{At, Key};
use crate::domain::list::ListPlace;
use crate::domain::portfolio::confirmation::ConfirmationFilter;

/// An entry as it stands.
#[derive(Debug, Clone, Insertable, Queryable, AsChangeset)]
#[diesel(table_name = portfolio_entries, primary_key(learner_id, entry_id), treat_none_as_null = true)]
pub struct EntryRow {
    pub learner_id: Key,
    pub entry_id: Key,
    pub edition: i64,
    /// Gone once it is removed.
    pub content_sealed: Option<Vec<u8>>,
    pub created_at: At,
    pub changed_at: At,
    pub removed_at: Option<At>,
}

/// A request to confirm an entry, with the entry as it was.
#[derive(Debug, Clone, Insertable, Queryable, AsChangeset)]
#[diesel(table_name = entry_confirmations, primary_key(learner_id, confirmation_id), treat_none_as_null = true)]
pub struct ConfirmationRow {
    pub learner_id: Key,
    pub confirmation_id: Key,
    pub entry_id: Key,
    pub institution_id: Key,
    pub entry_edition: i64,
    pub edition: i64,
    pub state: String,
    pub is_open: bool,
    /// Gone once the entry is removed.
    pub content_sealed: Option<Vec<u8>>,
    pub note_sealed: Option<Vec<u8>>,
    pub requested_at: At,
    pub answered_by: Option<String>,
    pub answered_by_name: Option<String>,
    pub answered_at: Option<At>,
    pub reason_sealed: Option<Vec<u8>>,
    /// When it came to where it stands, if not by an answer.
    pub closed_at: Option<At>,
}

/// Where something of the portfolio is placed, of whatever sort it is.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = portfolio_places)]
pub struct PlaceRow {
    pub learner_id: Key,
    pub item_id: Key,
    pub hidden: bool,
    pub place: Option<i16>,
}

fn keys(ids: &[Uuid]) -> Vec<Key> {
    ids.iter().copied().map(Key).collect()
}

/// Adds an entry.
///
/// # Errors
/// When the database refuses.
pub fn insert_entry(conn: &mut Conn, row: &EntryRow) -> Result<(), StoreError> {
    diesel::insert_into(portfolio_entries::table).values(row).execute(conn)?;
    Ok(())
}

/// Every entry of some accounts that is not removed.
///
/// # Errors
/// When the database refuses.
pub fn entries(conn: &mut Conn, accounts: &[Uuid]) -> Result<Vec<EntryRow>, StoreError> {
    let accounts = keys(accounts);
    Ok(each_back_end!(conn, c => portfolio_entries::table
        .filter(portfolio_entries::learner_id.eq_any(&accounts))
        .filter(portfolio_entries::removed_at.is_null())
        .order(portfolio_entries::entry_id)
        .load(c))?)
}

/// Finds an entry of some accounts that is not removed.
///
/// # Errors
/// When the database refuses.
pub fn entry(conn: &mut Conn, accounts: &[Uuid], entry_id: Uuid) -> Result<Option<EntryRow>, StoreError> {
    let accounts = keys(accounts);
    Ok(each_back_end!(conn, c => portfolio_entries::table
        .filter(portfolio_entries::learner_id.eq_any(&accounts))
        .filter(portfolio_entries::entry_id.eq(Key(entry_id)))
        .filter(portfolio_entries::removed_at.is_null())
        .first(c)
        .optional())?)
}

/// How many entries of a learner are not removed.
///
/// # Errors
/// When the database refuses.
pub fn count_entries(conn: &mut Conn, learner_id: Uuid) -> Result<i64, StoreError> {
    Ok(portfolio_entries::table
        .filter(portfolio_entries::learner_id.eq(Key(learner_id)))
        .filter(portfolio_entries::removed_at.is_null())
        .count()
        .get_result(conn)?)
}

/// Writes an entry, if it still is as it was read.
///
/// # Errors
/// When the database refuses.
pub fn update_entry(conn: &mut Conn, row: &EntryRow, edition_read: i64) -> Result<bool, StoreError> {
    let changed = diesel::update(portfolio_entries::table.find((&row.learner_id, &row.entry_id)))
        .filter(portfolio_entries::edition.eq(edition_read))
        .filter(portfolio_entries::removed_at.is_null())
        .set(row)
        .execute(conn)?;
    Ok(changed == 1)
}

/// Where things of some accounts are placed.
///
/// # Errors
/// When the database refuses.
pub fn places(conn: &mut Conn, accounts: &[Uuid]) -> Result<Vec<PlaceRow>, StoreError> {
    let accounts = keys(accounts);
    Ok(each_back_end!(conn, c => portfolio_places::table
        .filter(portfolio_places::learner_id.eq_any(&accounts))
        .load(c))?)
}

/// Places something; where it is neither placed nor hidden, nothing is kept.
///
/// # Errors
/// When the database refuses.
pub fn put_place(conn: &mut Conn, accounts: &[Uuid], row: &PlaceRow) -> Result<(), StoreError> {
    let accounts = keys(accounts);
    each_back_end!(conn, c => diesel::delete(portfolio_places::table
            .filter(portfolio_places::learner_id.eq_any(&accounts))
            .filter(portfolio_places::item_id.eq(&row.item_id)))
        .execute(c))?;
    if row.hidden || row.place.is_some() {
        diesel::insert_into(portfolio_places::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Adds a request. Two at once to one institution break a unique key that has no meaning of its own, so the later one looks
/// again.
///
/// # Errors
/// When the database refuses.
pub fn insert_confirmation(conn: &mut Conn, row: &ConfirmationRow) -> Result<(), StoreError> {
    diesel::insert_into(entry_confirmations::table).values(row).execute(conn)?;
    Ok(())
}

/// Finds a request.
///
/// # Errors
/// When the database refuses.
pub fn confirmation(conn: &mut Conn, confirmation_id: Uuid) -> Result<Option<ConfirmationRow>, StoreError> {
    Ok(entry_confirmations::table
        .filter(entry_confirmations::confirmation_id.eq(Key(confirmation_id)))
        .first(conn)
        .optional()?)
}

/// Every request of some accounts, in order.
///
/// # Errors
/// When the database refuses.
pub fn confirmations(conn: &mut Conn, accounts: &[Uuid]) -> Result<Vec<ConfirmationRow>, StoreError> {
    let accounts = keys(accounts);
    Ok(each_back_end!(conn, c => entry_confirmations::table
        .filter(entry_confirmations::learner_id.eq_any(&accounts))
        .order(entry_confirmations::confirmation_id)
        .load(c))?)
}

/// Requests, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list_confirmations(
    conn: &mut Conn,
    filter: &ConfirmationFilter,
    place: ListPlace,
    limit: i64,
) -> Result<Vec<ConfirmationRow>, StoreError> {
    let mut query = entry_confirmations::table.into_boxed();
    if let Some(institution_id) = filter.institution_id {
        query = query.filter(entry_confirmations::institution_id.eq(Key(institution_id)));
    }
    if let Some(state) = filter.state {
        query = query.filter(entry_confirmations::state.eq(state.as_str()));
    }
    Ok(placed!(query, entry_confirmations::confirmation_id, place.map(Key))
        .limit(limit)
        .load(conn)?)
}

/// How many requests wait for an institution.
///
/// # Errors
/// When the database refuses.
pub fn count_open_confirmations(conn: &mut Conn, institution_id: Uuid) -> Result<i64, StoreError> {
    Ok(entry_confirmations::table
        .filter(entry_confirmations::institution_id.eq(Key(institution_id)))
        .filter(entry_confirmations::is_open.eq(true))
        .count()
        .get_result(conn)?)
}

/// Writes where a request stands, if it still stands where it was read.
///
/// # Errors
/// When the database refuses.
pub fn update_confirmation(conn: &mut Conn, row: &ConfirmationRow, edition_read: i64) -> Result<bool, StoreError> {
    let changed = diesel::update(entry_confirmations::table.find((&row.learner_id, &row.confirmation_id)))
        .filter(entry_confirmations::edition.eq(edition_read))
        .set(row)
        .execute(conn)?;
    Ok(changed == 1)
}
