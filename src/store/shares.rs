//! Views of portfolios, the links that lead to them, and the looks through these.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::schema::{portfolio_views, share_codes, share_downloads, share_looks, shares};
use super::types::{At, Key};
use crate::domain::list::ListPlace;

/// A view as it stands.
#[derive(Debug, Clone, Insertable, Queryable, AsChangeset)]
#[diesel(table_name = portfolio_views, primary_key(learner_id, view_id), treat_none_as_null = true)]
pub struct ViewRow {
    pub learner_id: Key,
    pub view_id: Key,
    pub edition: i64,
    /// Gone once it is removed.
    pub definition_sealed: Option<Vec<u8>>,
    pub created_at: At,
    pub changed_at: At,
    pub removed_at: Option<At>,
}

/// A link to a view.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = shares)]
pub struct ShareRow {
    pub learner_id: Key,
    pub share_id: Key,
    pub view_id: Key,
    /// For whom it is, in the learner's words.
    pub recipient_sealed: Option<Vec<u8>>,
    pub code_sealed: Vec<u8>,
    pub pin_digest: Option<Vec<u8>>,
    pub created_at: At,
    pub expires_at: At,
    pub looks: i64,
    pub looks_max: i64,
    pub wrong_pins: i64,
    pub off_at: Option<At>,
}

#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = share_codes)]
pub struct ShareCodeRow {
    pub code_index: Vec<u8>,
    pub learner_id: Key,
    pub share_id: Key,
}

/// A look through a link.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = share_looks)]
pub struct LookRow {
    pub learner_id: Key,
    pub look_id: Key,
    pub share_id: Key,
    pub at: At,
    pub looked_with: String,
}

/// A file that was fetched in a look.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = share_downloads)]
pub struct DownloadRow {
    pub learner_id: Key,
    pub look_id: Key,
    pub file_id: Key,
    pub at: At,
}

/// Adds a view.
///
/// # Errors
/// When the database refuses.
pub fn insert_view(conn: &mut Conn, row: &ViewRow) -> Result<(), StoreError> {
    diesel::insert_into(portfolio_views::table).values(row).execute(conn)?;
    Ok(())
}

/// Finds a view that is not removed.
///
/// # Errors
/// When the database refuses.
pub fn view(conn: &mut Conn, learner_id: Uuid, view_id: Uuid) -> Result<Option<ViewRow>, StoreError> {
    let query = portfolio_views::table.find((Key(learner_id), Key(view_id)));
    Ok(query.filter(portfolio_views::removed_at.is_null()).first(conn).optional()?)
}

/// A learner's views that are not removed, from the newest; there are few.
///
/// # Errors
/// When the database refuses.
pub fn views(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<ViewRow>, StoreError> {
    Ok(portfolio_views::table
        .filter(portfolio_views::learner_id.eq(Key(learner_id)))
        .filter(portfolio_views::removed_at.is_null())
        .order(portfolio_views::view_id.desc())
        .load(conn)?)
}

/// Writes a view, if it still is as it was read.
///
/// # Errors
/// When the database refuses.
pub fn update_view(conn: &mut Conn, row: &ViewRow, edition_read: i64) -> Result<bool, StoreError> {
    let changed = diesel::update(portfolio_views::table.find((&row.learner_id, &row.view_id)))
        .filter(portfolio_views::edition.eq(edition_read))
        .filter(portfolio_views::removed_at.is_null())
        .set(row)
        .execute(conn)?;
    Ok(changed == 1)
}

/// Adds a share with its code.
///
/// # Errors
/// When the database refuses.
pub fn insert_share(conn: &mut Conn, row: &ShareRow, code: &ShareCodeRow) -> Result<(), StoreError> {
    diesel::insert_into(shares::table).values(row).execute(conn)?;
    diesel::insert_into(share_codes::table).values(code).execute(conn)?;
    Ok(())
}

/// Finds a share of a learner.
///
/// # Errors
/// When the database refuses.
pub fn share(conn: &mut Conn, learner_id: Uuid, share_id: Uuid) -> Result<Option<ShareRow>, StoreError> {
    Ok(shares::table.find((Key(learner_id), Key(share_id))).first(conn).optional()?)
}

/// Finds a share by the digest of its code.
///
/// # Errors
/// When the database refuses.
pub fn by_code(conn: &mut Conn, code_index: &[u8]) -> Result<Option<ShareRow>, StoreError> {
    let found: Option<ShareCodeRow> = share_codes::table.find(code_index).first(conn).optional()?;
    match found {
        Some(code) => share(conn, code.learner_id.0, code.share_id.0),
        None => Ok(None),
    }
}

/// A learner's shares, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list_shares(conn: &mut Conn, learner_id: Uuid, place: ListPlace, limit: i64) -> Result<Vec<ShareRow>, StoreError> {
    let query = shares::table.filter(shares::learner_id.eq(Key(learner_id))).into_boxed();
    Ok(placed!(query, shares::share_id, place.map(Key)).limit(limit).load(conn)?)
}

/// How many shares of a learner are neither off nor over.
///
/// # Errors
/// When the database refuses.
pub fn count_open(conn: &mut Conn, learner_id: Uuid, now: DateTime<Utc>) -> Result<i64, StoreError> {
    Ok(shares::table
        .filter(shares::learner_id.eq(Key(learner_id)))
        .filter(shares::off_at.is_null())
        .filter(shares::expires_at.gt(At(now)))
        .count()
        .get_result(conn)?)
}

/// Turns a share off; false where it was off already.
///
/// # Errors
/// When the database refuses.
pub fn turn_off(conn: &mut Conn, learner_id: Uuid, share_id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(shares::table.find((Key(learner_id), Key(share_id))))
        .filter(shares::off_at.is_null())
        .set(shares::off_at.eq(Some(At(now))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Turns off whatever leads to a view, and says what that was.
///
/// # Errors
/// When the database refuses.
pub fn turn_off_of_view(conn: &mut Conn, learner_id: Uuid, view_id: Uuid, now: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
    let open: Vec<Key> = shares::table
        .filter(shares::learner_id.eq(Key(learner_id)))
        .filter(shares::view_id.eq(Key(view_id)))
        .filter(shares::off_at.is_null())
        .select(shares::share_id)
        .order(shares::share_id)
        .load(conn)?;
    for key in &open {
        turn_off(conn, learner_id, key.0, now)?;
    }
    Ok(open.into_iter().map(|key| key.0).collect())
}

/// Counts a look, if the share still opens: of several at once no more are counted than it allows.
///
/// # Errors
/// When the database refuses.
pub fn count_look(conn: &mut Conn, row: &ShareRow, wrong_pins_max: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(shares::table.find((&row.learner_id, &row.share_id)))
        .filter(shares::off_at.is_null())
        .filter(shares::expires_at.gt(At(now)))
        .filter(shares::looks.lt(shares::looks_max))
        .filter(shares::wrong_pins.lt(wrong_pins_max))
        .set(shares::looks.eq(shares::looks + 1))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Counts a wrong PIN, as long as fewer than the most were counted, and says how many there are now; nothing where there
/// were as many before.
///
/// # Errors
/// When the database refuses.
pub fn count_wrong_pin(conn: &mut Conn, row: &ShareRow, wrong_pins_max: i64) -> Result<Option<i64>, StoreError> {
    let changed = diesel::update(shares::table.find((&row.learner_id, &row.share_id)))
        .filter(shares::wrong_pins.lt(wrong_pins_max))
        .set(shares::wrong_pins.eq(shares::wrong_pins + 1))
        .execute(conn)?;
    if changed == 0 {
        return Ok(None);
    }
    // The row is this transaction's until it ends.
    let now: i64 = shares::table
        .find((&row.learner_id, &row.share_id))
        .select(shares::wrong_pins)
        .first(conn)?;
    Ok(Some(now))
}

/// Adds a look.
///
/// # Errors
/// When the database refuses.
pub fn insert_look(conn: &mut Conn, row: &LookRow) -> Result<(), StoreError> {
    diesel::insert_into(share_looks::table).values(row).execute(conn)?;
    Ok(())
}

/// Notes that a file was fetched in a look; false where that is noted already.
///
/// # Errors
/// When the database refuses.
pub fn insert_download(conn: &mut Conn, row: &DownloadRow) -> Result<bool, StoreError> {
    let added = each_back_end!(conn, c => diesel::insert_into(share_downloads::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(added == 1)
}

/// The files that were fetched in some looks, in the order of looks and times.
///
/// # Errors
/// When the database refuses.
pub fn downloads(conn: &mut Conn, learner_id: Uuid, looks: &[LookRow]) -> Result<Vec<DownloadRow>, StoreError> {
    let look_ids: Vec<Key> = looks.iter().map(|look| look.look_id.clone()).collect();
    Ok(each_back_end!(conn, c => share_downloads::table
        .filter(share_downloads::learner_id.eq(Key(learner_id)))
        .filter(share_downloads::look_id.eq_any(&look_ids))
        .order((share_downloads::look_id, share_downloads::at, share_downloads::file_id))
        .load(c))?)
}

/// The looks through a share, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn looks(conn: &mut Conn, learner_id: Uuid, share_id: Uuid, place: ListPlace, limit: i64) -> Result<Vec<LookRow>, StoreError> {
    let query = share_looks::table
        .filter(share_looks::learner_id.eq(Key(learner_id)))
        .filter(share_looks::share_id.eq(Key(share_id)))
        .into_boxed();
    Ok(placed!(query, share_looks::look_id, place.map(Key)).limit(limit).load(conn)?)
}
