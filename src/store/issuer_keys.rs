//! The keys that credentials are signed with: the bank's own, and those of institutions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::issuer_keys;
use super::types::{At, Key};

/// A key.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = issuer_keys)]
pub struct IssuerKeyRow {
    pub key_id: Key,
    /// Whose it is; the bank's own where there is none.
    pub institution_id: Option<Key>,
    /// Counted from 1 for each issuer.
    pub number: i64,
    pub seed_sealed: Vec<u8>,
    /// As a multibase text.
    pub public_key: String,
    pub created_at: At,
    /// It signs no more since.
    pub retired_at: Option<At>,
}

/// Adds a key. Two who make an issuer's next key at once break a key of the table that has no meaning of its own, so the later one
/// looks again.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &IssuerKeyRow) -> Result<(), StoreError> {
    diesel::insert_into(issuer_keys::table).values(row).execute(conn)?;
    Ok(())
}

/// All keys of an issuer, in the order in which they were made; the last one signs.
///
/// # Errors
/// When the database refuses.
pub fn of_issuer(conn: &mut Conn, institution_id: Option<Uuid>) -> Result<Vec<IssuerKeyRow>, StoreError> {
    let query = issuer_keys::table.into_boxed();
    let query = match institution_id {
        Some(institution_id) => query.filter(issuer_keys::institution_id.eq(Key(institution_id))),
        None => query.filter(issuer_keys::institution_id.is_null()),
    };
    Ok(query.order(issuer_keys::number).load(conn)?)
}

/// Keys after `after`.
///
/// # Errors
/// When the database refuses.
pub fn after(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<IssuerKeyRow>, StoreError> {
    let mut query = issuer_keys::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(issuer_keys::key_id.gt(Key(after)));
    }
    Ok(query.order(issuer_keys::key_id).limit(limit).load(conn)?)
}

/// Retires a key.
///
/// # Errors
/// When the database refuses.
pub fn retire(conn: &mut Conn, key_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(issuer_keys::table.find(Key(key_id)))
        .set(issuer_keys::retired_at.eq(Some(At(now))))
        .execute(conn)?;
    Ok(())
}

/// Replaces the sealed seed of a key, unless somebody replaced it since it was read.
///
/// # Errors
/// When the database refuses.
pub fn replace_sealed(conn: &mut Conn, row: &IssuerKeyRow, seed_sealed: &[u8]) -> Result<(), StoreError> {
    diesel::update(issuer_keys::table.find(row.key_id.clone()))
        .filter(issuer_keys::seed_sealed.eq(&row.seed_sealed))
        .set(issuer_keys::seed_sealed.eq(seed_sealed))
        .execute(conn)?;
    Ok(())
}
