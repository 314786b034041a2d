//! Institutions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::pattern::{containing, lower};
use super::schema::institutions;
use super::types::{At, Key};
use crate::domain::institution::{InstitutionFilter, InstitutionStatus};
use crate::domain::list::ListPlace;

/// An organisation on the bank.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = institutions)]
pub struct InstitutionRow {
    pub institution_id: Key,
    pub name: String,
    pub kind: String,
    pub credit_code: String,
    pub credit_code_suspect: bool,
    pub division_code: String,
    pub status: String,
    pub status_reason: Option<String>,
    pub edition: i64,
    pub created_at: At,
    pub updated_at: At,
}

/// Adds an institution; a taken code is [`super::error::Taken::InstitutionCreditCode`].
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, institution: &InstitutionRow) -> Result<(), StoreError> {
    diesel::insert_into(institutions::table).values(institution).execute(conn)?;
    Ok(())
}

/// Finds an institution.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, institution_id: Uuid) -> Result<Option<InstitutionRow>, StoreError> {
    Ok(institutions::table.find(Key(institution_id)).first(conn).optional()?)
}

/// Some institutions.
///
/// # Errors
/// When the database refuses.
pub fn by_ids(conn: &mut Conn, institution_ids: &[Uuid]) -> Result<Vec<InstitutionRow>, StoreError> {
    let ids: Vec<Key> = institution_ids.iter().copied().map(Key).collect();
    Ok(each_back_end!(conn, c => institutions::table
        .filter(institutions::institution_id.eq_any(&ids))
        .load::<InstitutionRow>(c))?)
}

/// The institutions with some unified social credit codes.
///
/// # Errors
/// When the database refuses.
pub fn by_credit_codes(conn: &mut Conn, credit_codes: &[&str]) -> Result<Vec<InstitutionRow>, StoreError> {
    Ok(each_back_end!(conn, c => institutions::table
        .filter(institutions::credit_code.eq_any(credit_codes))
        .load::<InstitutionRow>(c))?)
}

/// Finds an institution by its unified social credit code.
///
/// # Errors
/// When the database refuses.
pub fn find_by_credit_code(conn: &mut Conn, credit_code: &str) -> Result<Option<InstitutionRow>, StoreError> {
    let query = institutions::table.filter(institutions::credit_code.eq(credit_code));
    Ok(query.first(conn).optional()?)
}

/// Replaces what an institution may change of itself, in the edition that was read; false when it moved on.
///
/// # Errors
/// When the database refuses.
pub fn replace(conn: &mut Conn, row: &InstitutionRow, edition: i64) -> Result<bool, StoreError> {
    let changed = diesel::update(institutions::table.find(&row.institution_id))
        .filter(institutions::edition.eq(edition))
        .set((
            institutions::name.eq(&row.name),
            institutions::division_code.eq(&row.division_code),
            institutions::edition.eq(edition + 1),
            institutions::updated_at.eq(&row.updated_at),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Institutions from a place in the order of their registration.
/// Where `visible` is given, only those that are public, and the ones in it.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    filter: &InstitutionFilter,
    visible: Option<&[Uuid]>,
    place: ListPlace,
    limit: i64,
) -> Result<Vec<InstitutionRow>, StoreError> {
    each_back_end!(conn, c => {
        let mut query = institutions::table.into_boxed();
        if let Some(status) = filter.status {
            query = query.filter(institutions::status.eq(status.as_str()));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(institutions::kind.eq(kind.as_str()));
        }
        if let Some(part) = &filter.name_contains {
            let pattern = containing(&part.to_ascii_lowercase());
            query = query.filter(lower(institutions::name.nullable()).like(pattern).escape('\\'));
        }
        if let Some(own) = visible {
            let own: Vec<Key> = own.iter().copied().map(Key).collect();
            let public = institutions::status.eq_any(["approved", "suspended"]);
            query = query.filter(public.or(institutions::institution_id.eq_any(own)));
        }
        Ok(placed!(query, institutions::institution_id, place.map(Key)).limit(limit).load(c)?)
    })
}

/// Moves an institution to another status, if it still is in the one that was read.
///
/// # Errors
/// `Stale` when somebody else moved it.
pub fn set_status(
    conn: &mut Conn,
    institution_id: Uuid,
    from: InstitutionStatus,
    to: InstitutionStatus,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let changed = diesel::update(institutions::table.find(Key(institution_id)))
        .filter(institutions::status.eq(from.as_str()))
        .set((
            institutions::status.eq(to.as_str()),
            institutions::status_reason.eq(Some(reason)),
            institutions::edition.eq(institutions::edition + 1),
            institutions::updated_at.eq(At(now)),
        ))
        .execute(conn)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Stale) }
}
