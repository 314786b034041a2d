//! Passkeys of users: their public halves.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::passkeys;
use super::types::{At, Key};

/// A passkey.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = passkeys)]
pub struct PasskeyRow {
    pub credential_id: Vec<u8>,
    pub user_id: Key,
    /// What its owner calls it.
    pub name: String,
    /// JSON, with what is needed to look at the next answer.
    pub public_key: String,
    pub created_at: At,
    pub used_at: Option<At>,
}

/// The passkeys of a user, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn passkeys_of(conn: &mut Conn, user_id: Uuid) -> Result<Vec<PasskeyRow>, StoreError> {
    Ok(passkeys::table
        .filter(passkeys::user_id.eq(Key(user_id)))
        .order((passkeys::created_at, passkeys::credential_id))
        .load(conn)?)
}

/// Whether somebody has this passkey.
///
/// # Errors
/// When the database refuses.
pub fn is_known(conn: &mut Conn, credential_id: &[u8]) -> Result<bool, StoreError> {
    let found: Option<Vec<u8>> = passkeys::table
        .find(credential_id)
        .select(passkeys::credential_id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Keeps a passkey.
///
/// # Errors
/// When the database refuses.
pub fn insert_passkey(conn: &mut Conn, row: &PasskeyRow) -> Result<(), StoreError> {
    diesel::insert_into(passkeys::table).values(row).execute(conn)?;
    Ok(())
}

/// Keeps a passkey as it is after it was shown.
///
/// # Errors
/// When the database refuses.
pub fn use_passkey(conn: &mut Conn, credential_id: &[u8], public_key: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(passkeys::table.find(credential_id))
        .set((passkeys::public_key.eq(public_key), passkeys::used_at.eq(Some(At(now)))))
        .execute(conn)?;
    Ok(())
}

/// Forgets a passkey.
///
/// # Errors
/// When the database refuses.
pub fn remove_passkey(conn: &mut Conn, credential_id: &[u8]) -> Result<(), StoreError> {
    diesel::delete(passkeys::table.find(credential_id)).execute(conn)?;
    Ok(())
}

/// Forgets every passkey of a user.
///
/// # Errors
/// When the database refuses.
pub fn remove_passkeys_of(conn: &mut Conn, user_id: Uuid) -> Result<(), StoreError> {
    diesel::delete(passkeys::table.filter(passkeys::user_id.eq(Key(user_id)))).execute(conn)?;
    Ok(())
}
