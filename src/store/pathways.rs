//! Pathways: dated versions, each with its document.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::dated::{is_in_force, supersede, versions_by_code};
use super::error::StoreError;
use super::listing::placed;
use super::schema::pathways;
use super::types::{At, Document, Key};
use crate::domain::list::ListPlace;

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

versions_by_code!(pathways, PathwayRow);

/// Versions after `after`, in the order of publication; of one code, or in force on a day, where these are named.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    code: Option<&str>,
    in_force_on: Option<NaiveDate>,
    place: ListPlace,
    limit: i64,
) -> Result<Vec<PathwayRow>, StoreError> {
    let mut query = pathways::table.into_boxed();
    if let Some(code) = code {
        query = query.filter(pathways::code.eq(code.to_owned()));
    }
    if let Some(day) = in_force_on {
        query = query.filter(is_in_force!(pathways, day));
    }
    Ok(placed!(query, pathways::pathway_id, place.map(Key)).limit(limit).load(conn)?)
}
