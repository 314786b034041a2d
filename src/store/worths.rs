//! Answers to what a record is worth, kept by learners; never changed.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::worths;
use super::types::{At, Key};

/// A kept answer. Question and allocation are texts, so that they replay byte for byte.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = worths)]
pub struct WorthRow {
    pub learner_id: Key,
    pub worth_id: Key,
    pub programme_id: Key,
    pub question: String,
    pub allocation: String,
    pub recognised_hundredths: i64,
    pub kept_at: At,
}

/// Adds one.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &WorthRow) -> Result<(), StoreError> {
    diesel::insert_into(worths::table).values(row).execute(conn)?;
    Ok(())
}

/// Finds one of a learner's.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, learner_id: Uuid, worth_id: Uuid) -> Result<Option<WorthRow>, StoreError> {
    Ok(worths::table.find((Key(learner_id), Key(worth_id))).first(conn).optional()?)
}

/// A learner's, from the newest, before `before`.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, learner_id: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<WorthRow>, StoreError> {
    let mut query = worths::table.filter(worths::learner_id.eq(Key(learner_id))).into_boxed();
    if let Some(before) = before {
        query = query.filter(worths::worth_id.lt(Key(before)));
    }
    Ok(query.order(worths::worth_id.desc()).limit(limit).load(conn)?)
}
