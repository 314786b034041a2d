//! Deposits that were refused because the name does not match the document: the institution's list.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::schema::identity_mismatches;
use super::types::{At, Key};
use crate::domain::list::ListPlace;

/// One name that does not match one learner, as one institution gave it.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = identity_mismatches)]
pub struct MismatchRow {
    pub learner_id: Key,
    pub mismatch_id: Key,
    pub institution_id: Key,
    pub given_name_key: Vec<u8>,
    pub given_name_sealed: Vec<u8>,
    pub achievement_code: String,
    pub certificate_number: Option<String>,
    pub awarded_on: chrono::NaiveDate,
    pub status: String,
    pub created_at: At,
    pub settled_at: Option<At>,
    pub settled_by: Option<String>,
    pub note: Option<String>,
}

/// Notes mismatches; one that is on the list already is open again.
///
/// # Errors
/// When the database refuses.
pub fn note(conn: &mut Conn, rows: &[MismatchRow]) -> Result<(), StoreError> {
    for row in rows {
        each_back_end!(conn, c => diesel::insert_into(identity_mismatches::table)
            .values(row)
            .on_conflict((
                identity_mismatches::learner_id,
                identity_mismatches::institution_id,
                identity_mismatches::given_name_key,
            ))
            .do_update()
            .set(identity_mismatches::status.eq("open"))
            .execute(c))?;
    }
    Ok(())
}

/// The list of an institution, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    institution_id: Uuid,
    status: Option<&str>,
    place: ListPlace,
    limit: i64,
) -> Result<Vec<MismatchRow>, StoreError> {
    let mut query = identity_mismatches::table
        .filter(identity_mismatches::institution_id.eq(Key(institution_id)))
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(identity_mismatches::status.eq(status.to_owned()));
    }
    Ok(placed!(query, identity_mismatches::mismatch_id, place.map(Key))
        .limit(limit)
        .load(conn)?)
}

/// Finds one.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, mismatch_id: Uuid) -> Result<Option<MismatchRow>, StoreError> {
    Ok(identity_mismatches::table
        .filter(identity_mismatches::mismatch_id.eq(Key(mismatch_id)))
        .first(conn)
        .optional()?)
}

/// Settles one; false when it is settled already.
///
/// # Errors
/// When the database refuses.
pub fn settle(conn: &mut Conn, row: &MismatchRow, by: &str, note: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(identity_mismatches::table.find((&row.learner_id, &row.mismatch_id)))
        .filter(identity_mismatches::status.eq("open"))
        .set((
            identity_mismatches::status.eq("settled"),
            identity_mismatches::settled_at.eq(Some(At(now))),
            identity_mismatches::settled_by.eq(Some(by)),
            identity_mismatches::note.eq(Some(note)),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Mismatches of all institutions after `after`, for a walk over all of them.
///
/// # Errors
/// When the database refuses.
pub fn after(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<MismatchRow>, StoreError> {
    let mut query = identity_mismatches::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(identity_mismatches::mismatch_id.gt(Key(after)));
    }
    Ok(query.order(identity_mismatches::mismatch_id).limit(limit).load(conn)?)
}

/// Replaces the sealed name.
///
/// # Errors
/// When the database refuses.
pub fn replace_sealed(conn: &mut Conn, row: &MismatchRow, name: &[u8]) -> Result<(), StoreError> {
    diesel::update(identity_mismatches::table.find((&row.learner_id, &row.mismatch_id)))
        .set(identity_mismatches::given_name_sealed.eq(name))
        .execute(conn)?;
    Ok(())
}
