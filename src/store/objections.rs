//! Objections to what is on public notice, and their answers.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::claims::ClaimRow;
use super::connection::Conn;
use super::error::StoreError;
use super::listing::placed;
use super::schema::objections;
use super::types::{At, Key};
use crate::domain::list::ListPlace;

/// An objection to what is on public notice.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = objections)]
pub struct ObjectionRow {
    pub learner_id: Key,
    pub claim_id: Key,
    pub objection_id: Key,
    pub raised_by: String,
    pub raised_by_name: String,
    /// Whose files its evidence are.
    pub raised_by_learner_id: Option<Key>,
    pub text_sealed: Vec<u8>,
    pub raised_on: NaiveDate,
    pub raised_at: At,
    pub answer: Option<String>,
    pub answer_reason: Option<String>,
    pub answered_by: Option<String>,
    pub answered_at: Option<At>,
}

/// Adds an objection.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &ObjectionRow) -> Result<(), StoreError> {
    diesel::insert_into(objections::table).values(row).execute(conn)?;
    Ok(())
}

/// The objections to a claim, in order.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, row: &ClaimRow) -> Result<Vec<ObjectionRow>, StoreError> {
    Ok(objections::table
        .filter(objections::learner_id.eq(&row.learner_id))
        .filter(objections::claim_id.eq(&row.claim_id))
        .order(objections::objection_id)
        .load(conn)?)
}

/// The claims to which somebody objected, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn claims_of(conn: &mut Conn, raised_by: &str, place: ListPlace, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let mut query = objections::table.select(objections::claim_id).distinct().into_boxed();
    query = query.filter(objections::raised_by.eq(raised_by));
    let found: Vec<Key> = placed!(query, objections::claim_id, place.map(Key)).limit(limit).load(conn)?;
    Ok(found.into_iter().map(|key| key.0).collect())
}

/// Answers an objection; false where it is answered already.
///
/// # Errors
/// When the database refuses.
pub fn answer(conn: &mut Conn, row: &ObjectionRow) -> Result<bool, StoreError> {
    let changed = diesel::update(objections::table.find((&row.learner_id, &row.claim_id, &row.objection_id)))
        .filter(objections::answered_at.is_null())
        .set((
            objections::answer.eq(&row.answer),
            objections::answer_reason.eq(&row.answer_reason),
            objections::answered_by.eq(&row.answered_by),
            objections::answered_at.eq(&row.answered_at),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
