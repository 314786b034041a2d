//! Agreements: dated versions, each with its document.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::agreements;
use super::types::{At, Document, Key};
use crate::domain::agreement::AgreementFilter;

/// A version of an agreement. Of each side either the code or the kind is there.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = agreements)]
pub struct AgreementRow {
    pub agreement_id: Key,
    pub code: String,
    pub version: i64,
    pub from_credit_code: Option<String>,
    pub from_kind: Option<String>,
    pub to_credit_code: Option<String>,
    pub to_kind: Option<String>,
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
pub fn insert(conn: &mut Conn, row: &AgreementRow, before: Option<Uuid>) -> Result<(), StoreError> {
    if let Some(before) = before {
        diesel::update(agreements::table.find(Key(before)))
            .set(agreements::superseded_on.eq(Some(row.effective_from)))
            .execute(conn)?;
    }
    diesel::insert_into(agreements::table).values(row).execute(conn)?;
    Ok(())
}

/// The newest version of a code.
///
/// # Errors
/// When the database refuses.
pub fn latest(conn: &mut Conn, code: &str) -> Result<Option<AgreementRow>, StoreError> {
    Ok(agreements::table
        .filter(agreements::code.eq(code))
        .order(agreements::version.desc())
        .first(conn)
        .optional()?)
}

/// Finds a version.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, agreement_id: Uuid) -> Result<Option<AgreementRow>, StoreError> {
    Ok(agreements::table.find(Key(agreement_id)).first(conn).optional()?)
}

/// A side that a list is narrowed to: an institution's code, and its kind where the bank knows it.
pub type Side<'a> = (&'a str, Option<&'a str>);

/// Versions after `after`, in the order of publication; of a side, those that name the institution or its kind.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    filter: &AgreementFilter,
    from: Option<Side<'_>>,
    to: Option<Side<'_>>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<AgreementRow>, StoreError> {
    let mut query = agreements::table.into_boxed();
    if let Some(code) = &filter.code {
        query = query.filter(agreements::code.eq(code.clone()));
    }
    if let Some((code, kind)) = from {
        let named = agreements::from_credit_code.eq(Some(code.to_owned()));
        query = query.filter(named.or(agreements::from_kind.eq(kind.map(str::to_owned))));
    }
    if let Some((code, kind)) = to {
        let named = agreements::to_credit_code.eq(Some(code.to_owned()));
        query = query.filter(named.or(agreements::to_kind.eq(kind.map(str::to_owned))));
    }
    if let Some(day) = filter.in_force_on {
        query = query
            .filter(agreements::effective_from.le(day))
            .filter(agreements::effective_to.is_null().or(agreements::effective_to.ge(Some(day))))
            .filter(agreements::superseded_on.is_null().or(agreements::superseded_on.gt(Some(day))));
    }
    if let Some(after) = after {
        query = query.filter(agreements::agreement_id.gt(Key(after)));
    }
    Ok(query.order(agreements::agreement_id).limit(limit).load(conn)?)
}
