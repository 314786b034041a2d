//! Pathways: dated versions, each with its document.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::pathways;
use super::types::{At, Document, Key};

/// A version of a pathway.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = pathways)]
pub struct PathwayRow {
    pub pathway_id: Key,
    pub code: String,
    pub version: i64,
    pub effective_from: NaiveDate,
    pub effective_to: Option<NaiveDate>,
    /// The first day of the next version.
    pub superseded_on: Option<NaiveDate>,
    pub created_at: At,
    pub created_by: String,
    pub document: Document,
}

/// Adds a version, and notes in the one before when it is superseded. Two who publish at once break a unique key that
/// has no meaning of its own, so the later one looks again.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &PathwayRow, before: Option<Uuid>) -> Result<(), StoreError> {
    if let Some(before) = before {
        diesel::update(pathways::table.find(Key(before)))
            .set(pathways::superseded_on.eq(Some(row.effective_from)))
            .execute(conn)?;
    }
    diesel::insert_into(pathways::table).values(row).execute(conn)?;
    Ok(())
}

/// The newest version of a code.
///
/// # Errors
/// When the database refuses.
pub fn latest(conn: &mut Conn, code: &str) -> Result<Option<PathwayRow>, StoreError> {
    Ok(pathways::table
        .filter(pathways::code.eq(code))
        .order(pathways::version.desc())
        .first(conn)
        .optional()?)
}

/// Finds a version.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, pathway_id: Uuid) -> Result<Option<PathwayRow>, StoreError> {
    Ok(pathways::table.find(Key(pathway_id)).first(conn).optional()?)
}

/// Versions after `after`, in the order of publication; of one code, or in force on a day, where these are named.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    code: Option<&str>,
    in_force_on: Option<NaiveDate>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<PathwayRow>, StoreError> {
    let mut query = pathways::table.into_boxed();
    if let Some(code) = code {
        query = query.filter(pathways::code.eq(code.to_owned()));
    }
    if let Some(day) = in_force_on {
        query = query
            .filter(pathways::effective_from.le(day))
            .filter(pathways::effective_to.is_null().or(pathways::effective_to.ge(Some(day))))
            .filter(pathways::superseded_on.is_null().or(pathways::superseded_on.gt(Some(day))));
    }
    if let Some(after) = after {
        query = query.filter(pathways::pathway_id.gt(Key(after)));
    }
    Ok(query.order(pathways::pathway_id).limit(limit).load(conn)?)
}
