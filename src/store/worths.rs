//! Answers to what a record is worth, kept by learners; never changed.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::listing::placed;
use super::schema::worths;
use super::types::{At, Key};
use crate::domain::list::ListPlace;

/// A kept answer, without what it was made of.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = worths)]
pub struct WorthHead {
    pub learner_id: Key,
    pub worth_id: Key,
    pub programme_id: Key,
    pub programme_name_chinese: String,
    pub programme_name_english: Option<String>,
    pub recognised_hundredths: i64,
    /// Which of the equal allocations was kept: 0 for the first.
    pub alternative: i64,
    pub kept_at: At,
}

/// A kept answer. Question and allocation are texts, so that they replay byte for byte.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = worths)]
pub struct WorthRow {
    #[diesel(embed)]
    pub head: WorthHead,
    pub question: String,
    pub allocation: String,
}

/// Adds one.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &WorthRow) -> Result<(), StoreError> {
    diesel::insert_into(worths::table).values(row).execute(conn)?;
    Ok(())
}

/// How many a learner keeps.
///
/// # Errors
/// When the database refuses.
pub fn count(conn: &mut Conn, learner_id: Uuid) -> Result<i64, StoreError> {
    Ok(worths::table
        .filter(worths::learner_id.eq(Key(learner_id)))
        .filter(worths::left_by.is_null())
        .count()
        .get_result(conn)?)
}

/// Finds one of a learner's, also one that a merge took away: claims that did not go with it still stand on it.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, learner_id: Uuid, worth_id: Uuid) -> Result<Option<WorthRow>, StoreError> {
    let query = worths::table.find((Key(learner_id), Key(worth_id)));
    Ok(query.select(WorthRow::as_select()).first(conn).optional()?)
}

/// Whether one is among a learner's own; what a merge took away is not.
///
/// # Errors
/// When the database refuses.
pub fn is_here(conn: &mut Conn, learner_id: Uuid, worth_id: Uuid) -> Result<bool, StoreError> {
    let here = worths::table
        .find((Key(learner_id), Key(worth_id)))
        .filter(worths::left_by.is_null());
    Ok(here.count().get_result::<i64>(conn)? > 0)
}

/// A learner's, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, learner_id: Uuid, place: ListPlace, limit: i64) -> Result<Vec<WorthHead>, StoreError> {
    let query = worths::table
        .select(WorthHead::as_select())
        .filter(worths::learner_id.eq(Key(learner_id)))
        .filter(worths::left_by.is_null())
        .into_boxed();
    Ok(placed!(query, worths::worth_id, place.map(Key)).limit(limit).load(conn)?)
}

/// All of a learner's with question and allocation, in the order of their ids.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<WorthRow>, StoreError> {
    Ok(worths::table
        .select(WorthRow::as_select())
        .filter(worths::learner_id.eq(Key(learner_id)))
        .filter(worths::left_by.is_null())
        .order(worths::worth_id)
        .load(conn)?)
}
