//! Answers to what a record is worth, kept by learners; never changed.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::worths;
use super::types::{At, Key};

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
        .count()
        .get_result(conn)?)
}

/// Finds one of a learner's.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, learner_id: Uuid, worth_id: Uuid) -> Result<Option<WorthRow>, StoreError> {
    let query = worths::table.find((Key(learner_id), Key(worth_id)));
    Ok(query.select(WorthRow::as_select()).first(conn).optional()?)
}

/// A learner's, from the newest, before `before`.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, learner_id: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<WorthHead>, StoreError> {
    let mut query = worths::table
        .select(WorthHead::as_select())
        .filter(worths::learner_id.eq(Key(learner_id)))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(worths::worth_id.lt(Key(before)));
    }
    Ok(query.order(worths::worth_id.desc()).limit(limit).load(conn)?)
}
