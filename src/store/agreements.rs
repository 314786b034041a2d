//! Agreements: dated versions, each with its document.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::dated::{is_in_force, supersede, versions_by_code};
use super::error::StoreError;
use super::listing::placed;
use super::schema::agreements;
use super::types::{At, Document, Key};
use crate::domain::agreement::AgreementFilter;
use crate::domain::list::ListPlace;

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

versions_by_code!(agreements, AgreementRow);

/// Versions after `after`, in the order of publication; of a side, those that name the institution or its kind. `kinds`
/// are those of the two sides' institutions, where the bank has them.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    filter: &AgreementFilter,
    kinds: (Option<&str>, Option<&str>),
    place: ListPlace,
    limit: i64,
) -> Result<Vec<AgreementRow>, StoreError> {
    let mut query = agreements::table.into_boxed();
    if let Some(code) = &filter.code {
        query = query.filter(agreements::code.eq(code.clone()));
    }
    if let Some(code) = &filter.from {
        let named = agreements::from_credit_code.eq(Some(code.clone()));
        query = query.filter(named.or(agreements::from_kind.eq(kinds.0.map(str::to_owned))));
    }
    if let Some(code) = &filter.to {
        let named = agreements::to_credit_code.eq(Some(code.clone()));
        query = query.filter(named.or(agreements::to_kind.eq(kinds.1.map(str::to_owned))));
    }
    if let Some(day) = filter.in_force_on {
        query = query.filter(is_in_force!(agreements, day));
    }
    Ok(placed!(query, agreements::agreement_id, place.map(Key)).limit(limit).load(conn)?)
}
