//! Frameworks 资历框架: named scales of levels.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::listing::placed;
use super::schema::frameworks;
use super::types::{At, Document, Key};
use crate::domain::list::ListPlace;

/// A framework; its levels are a JSON list.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = frameworks)]
pub struct FrameworkRow {
    pub framework_id: Key,
    pub code: String,
    pub name_chinese: String,
    pub name_english: String,
    pub levels: Document,
    pub created_at: At,
}

impl FrameworkRow {
    /// Whether the framework names this level.
    pub fn has_level(&self, level: i16) -> bool {
        let levels = self.levels.0.as_array();
        levels.is_some_and(|levels| {
            levels
                .iter()
                .any(|named| named.get("level").and_then(serde_json::Value::as_i64) == Some(level.into()))
        })
    }
}

/// Adds a framework; a taken code is [`super::error::Taken::FrameworkCode`].
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, framework: &FrameworkRow) -> Result<(), StoreError> {
    diesel::insert_into(frameworks::table).values(framework).execute(conn)?;
    Ok(())
}

/// Finds a framework.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, framework_id: Uuid) -> Result<Option<FrameworkRow>, StoreError> {
    Ok(frameworks::table.find(Key(framework_id)).first(conn).optional()?)
}

/// Frameworks from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, place: ListPlace, limit: i64) -> Result<Vec<FrameworkRow>, StoreError> {
    Ok(placed!(frameworks::table.into_boxed(), frameworks::framework_id, place.map(Key))
        .limit(limit)
        .load(conn)?)
}
