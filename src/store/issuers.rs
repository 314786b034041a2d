//! Issuers of credentials whom the bank believes.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::schema::trusted_issuers;
use super::types::{At, Document, Key};
use crate::domain::list::ListPlace;

/// A registered issuer.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = trusted_issuers)]
pub struct IssuerRow {
    pub issuer_id: Key,
    pub identifier: String,
    pub name: String,
    pub keys: Document,
    pub institution_id: Option<Key>,
    pub reason: String,
    pub registered_at: At,
    pub registered_by: String,
    pub ended_at: Option<At>,
    pub ended_by: Option<String>,
    pub end_reason: Option<String>,
}

/// Adds an issuer; an identifier that is registered already is [`super::error::Taken::TrustedIssuer`].
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &IssuerRow) -> Result<(), StoreError> {
    diesel::insert_into(trusted_issuers::table).values(row).execute(conn)?;
    Ok(())
}

/// Finds an issuer.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, issuer_id: Uuid) -> Result<Option<IssuerRow>, StoreError> {
    Ok(trusted_issuers::table.find(Key(issuer_id)).first(conn).optional()?)
}

/// Every registration of an identifier, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn by_identifier(conn: &mut Conn, identifier: &str) -> Result<Vec<IssuerRow>, StoreError> {
    let query = trusted_issuers::table.filter(trusted_issuers::identifier.eq(identifier));
    Ok(query.order(trusted_issuers::issuer_id.desc()).load(conn)?)
}

/// Issuers, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, identifier: Option<&str>, place: ListPlace, limit: i64) -> Result<Vec<IssuerRow>, StoreError> {
    let mut query = trusted_issuers::table.into_boxed();
    if let Some(identifier) = identifier {
        query = query.filter(trusted_issuers::identifier.eq(identifier.to_owned()));
    }
    Ok(placed!(query, trusted_issuers::issuer_id, place.map(Key)).limit(limit).load(conn)?)
}

/// The issuers that are believed in what an institution brings: its own, and those that are nobody's.
///
/// # Errors
/// When the database refuses.
pub fn for_institution(conn: &mut Conn, institution_id: Uuid) -> Result<Vec<IssuerRow>, StoreError> {
    Ok(each_back_end!(conn, c => trusted_issuers::table
        .filter(trusted_issuers::ended_at.is_null())
        .filter(trusted_issuers::institution_id.eq(Some(Key(institution_id))).or(trusted_issuers::institution_id.is_null()))
        .load::<IssuerRow>(c))?)
}

/// Ends a registration that has not ended; false where it has.
///
/// # Errors
/// When the database refuses.
pub fn end(conn: &mut Conn, issuer_id: Uuid, at: At, by: &str, reason: &str) -> Result<bool, StoreError> {
    let changed = diesel::update(trusted_issuers::table.find(Key(issuer_id)))
        .filter(trusted_issuers::ended_at.is_null())
        .set((
            trusted_issuers::ended_at.eq(Some(at)),
            trusted_issuers::ended_by.eq(Some(by)),
            trusted_issuers::end_reason.eq(Some(reason)),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
