//! The programmes of institutions: dated versions, each with its document.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::dated::{is_in_force, supersede};
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::pattern::{containing, lower};
use super::schema::programmes;
use super::types::{At, Document, Key};
use crate::domain::list::ListPlace;
use crate::domain::programme::ProgrammeFilter;

/// A version of a programme, without its document.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = programmes)]
pub struct ProgrammeRow {
    pub programme_id: Key,
    pub institution_id: Key,
    pub code: String,
    pub version: i64,
    pub name_chinese: String,
    pub name_english: Option<String>,
    pub level: Option<i16>,
    pub required_credit_hundredths: i64,
    pub effective_from: NaiveDate,
    pub effective_to: Option<NaiveDate>,
    /// The first day of the next version.
    pub superseded_on: Option<NaiveDate>,
    pub created_at: At,
    pub created_by: String,
}

/// Adds a version, and notes in the one before when it is superseded. Two who publish at once break a unique key that
/// has no meaning of its own, so the later one looks again.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &ProgrammeRow, document: Document, before: Option<Uuid>) -> Result<(), StoreError> {
    supersede!(conn, programmes, before, row.effective_from);
    diesel::insert_into(programmes::table)
        .values((row, programmes::document.eq(document)))
        .execute(conn)?;
    Ok(())
}

/// The newest version of an institution's code.
///
/// # Errors
/// When the database refuses.
pub fn latest(conn: &mut Conn, institution_id: Uuid, code: &str) -> Result<Option<ProgrammeRow>, StoreError> {
    Ok(programmes::table
        .filter(programmes::institution_id.eq(Key(institution_id)))
        .filter(programmes::code.eq(code))
        .order(programmes::version.desc())
        .select(ProgrammeRow::as_select())
        .first(conn)
        .optional()?)
}

/// Finds a version.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, programme_id: Uuid) -> Result<Option<(ProgrammeRow, Document)>, StoreError> {
    Ok(programmes::table
        .find(Key(programme_id))
        .select((ProgrammeRow::as_select(), programmes::document))
        .first(conn)
        .optional()?)
}

/// Some versions.
///
/// # Errors
/// When the database refuses.
pub fn by_ids(conn: &mut Conn, programme_ids: &[Uuid]) -> Result<Vec<ProgrammeRow>, StoreError> {
    let ids: Vec<Key> = programme_ids.iter().copied().map(Key).collect();
    Ok(each_back_end!(conn, c => programmes::table
        .filter(programmes::programme_id.eq_any(&ids))
        .select(ProgrammeRow::as_select())
        .load(c))?)
}

/// Versions from a place in the order of their publication.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, filter: &ProgrammeFilter, place: ListPlace, limit: i64) -> Result<Vec<ProgrammeRow>, StoreError> {
    let mut query = programmes::table.select(ProgrammeRow::as_select()).into_boxed();
    if let Some(institution_id) = filter.institution_id {
        query = query.filter(programmes::institution_id.eq(Key(institution_id)));
    }
    if let Some(code) = &filter.code {
        query = query.filter(programmes::code.eq(code.clone()));
    }
    if let Some(level) = filter.level {
        query = query.filter(programmes::level.eq(Some(level)));
    }
    if let Some(part) = &filter.name_contains {
        let pattern = containing(&part.to_ascii_lowercase());
        let chinese = lower(programmes::name_chinese.nullable()).like(pattern.clone()).escape('\\');
        let english = lower(programmes::name_english).like(pattern).escape('\\');
        query = query.filter(chinese.or(english));
    }
    if let Some(day) = filter.in_force_on {
        query = query.filter(is_in_force!(programmes, day));
    }
    Ok(placed!(query, programmes::programme_id, place.map(Key)).limit(limit).load(conn)?)
}

/// Of some codes, those that some institutions have: pairs of institution and code.
///
/// # Errors
/// When the database refuses.
pub fn codes_of(conn: &mut Conn, institution_ids: &[Uuid], codes: &[String]) -> Result<Vec<(Uuid, String)>, StoreError> {
    let ids: Vec<Key> = institution_ids.iter().copied().map(Key).collect();
    let rows: Vec<(Key, String)> = each_back_end!(conn, c => programmes::table
        .filter(programmes::institution_id.eq_any(&ids))
        .filter(programmes::code.eq_any(codes))
        .filter(programmes::version.eq(1))
        .select((programmes::institution_id, programmes::code))
        .load(c))?;
    Ok(rows.into_iter().map(|(institution_id, code)| (institution_id.0, code)).collect())
}

/// The newest versions of some codes at some institutions.
///
/// # Errors
/// When the database refuses.
pub fn newest_of(conn: &mut Conn, institution_ids: &[Uuid], codes: &[String]) -> Result<Vec<ProgrammeRow>, StoreError> {
    let ids: Vec<Key> = institution_ids.iter().copied().map(Key).collect();
    Ok(each_back_end!(conn, c => programmes::table
        .filter(programmes::institution_id.eq_any(&ids))
        .filter(programmes::code.eq_any(codes))
        .filter(programmes::superseded_on.is_null())
        .select(ProgrammeRow::as_select())
        .load(c))?)
}

/// Every version of an institution's programmes, by code and from the oldest.
///
/// # Errors
/// When the database refuses.
pub fn of_institution(conn: &mut Conn, institution_id: Uuid) -> Result<Vec<(ProgrammeRow, Document)>, StoreError> {
    Ok(programmes::table
        .filter(programmes::institution_id.eq(Key(institution_id)))
        .order((programmes::code, programmes::version))
        .select((ProgrammeRow::as_select(), programmes::document))
        .load(conn)?)
}
