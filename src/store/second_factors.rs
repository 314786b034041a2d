//! Second factors of log-ins: the secret of an authenticator, and codes for whoever has lost it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::passkeys::remove_passkeys_of;
use super::schema::{recovery_codes, second_factors};
use super::types::{At, Key};

/// The secret that an authenticator and the bank share.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = second_factors)]
pub struct SecondFactorRow {
    pub user_id: Key,
    pub secret_sealed: Vec<u8>,
    /// Of the last code that was taken: it and those before it are not taken again.
    pub last_step: i64,
    /// How many wrong codes were shown since.
    pub failures: i64,
    pub created_at: At,
    /// It is asked for from here on; before, it is being set up.
    pub confirmed_at: Option<At>,
}

/// The second factor of a user, set up or about to be.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, user_id: Uuid) -> Result<Option<SecondFactorRow>, StoreError> {
    Ok(second_factors::table.find(Key(user_id)).first(conn).optional()?)
}

/// Whether a user is asked for a code.
///
/// # Errors
/// When the database refuses.
pub fn is_set(conn: &mut Conn, user_id: Uuid) -> Result<bool, StoreError> {
    Ok(find(conn, user_id)?.is_some_and(|row| row.confirmed_at.is_some()))
}

/// Second factors after a user.
///
/// # Errors
/// When the database refuses.
pub fn after(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<SecondFactorRow>, StoreError> {
    let mut query = second_factors::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(second_factors::user_id.gt(Key(after)));
    }
    Ok(query.order(second_factors::user_id).limit(limit).load(conn)?)
}

/// Begins to set one up, in the place of one that was only begun.
///
/// # Errors
/// When the database refuses.
pub fn begin(conn: &mut Conn, row: &SecondFactorRow) -> Result<(), StoreError> {
    diesel::delete(second_factors::table.find(row.user_id.clone()))
        .filter(second_factors::confirmed_at.is_null())
        .execute(conn)?;
    diesel::insert_into(second_factors::table).values(row).execute(conn)?;
    Ok(())
}

/// Says from when on it is asked for.
///
/// # Errors
/// When the database refuses.
pub fn confirm(conn: &mut Conn, user_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(second_factors::table.find(Key(user_id)))
        .set(second_factors::confirmed_at.eq(Some(At(now))))
        .execute(conn)?;
    Ok(())
}

/// Takes the code of a step; false where that one or a later one was taken before.
///
/// # Errors
/// When the database refuses.
pub fn take_step(conn: &mut Conn, user_id: Uuid, step: i64) -> Result<bool, StoreError> {
    let changed = diesel::update(second_factors::table.find(Key(user_id)))
        .filter(second_factors::last_step.lt(step))
        .set((second_factors::last_step.eq(step), second_factors::failures.eq(0)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Counts a wrong code.
///
/// # Errors
/// When the database refuses.
pub fn count_failure(conn: &mut Conn, user_id: Uuid) -> Result<(), StoreError> {
    diesel::update(second_factors::table.find(Key(user_id)))
        .set(second_factors::failures.eq(second_factors::failures + 1))
        .execute(conn)?;
    Ok(())
}

/// Forgets the wrong codes.
///
/// # Errors
/// When the database refuses.
pub fn forget_failures(conn: &mut Conn, user_id: Uuid) -> Result<(), StoreError> {
    diesel::update(second_factors::table.find(Key(user_id)))
        .set(second_factors::failures.eq(0))
        .execute(conn)?;
    Ok(())
}

/// Replaces the sealed secret, unless somebody replaced it since it was read.
///
/// # Errors
/// When the database refuses.
pub fn replace_sealed(conn: &mut Conn, row: &SecondFactorRow, secret_sealed: &[u8]) -> Result<(), StoreError> {
    diesel::update(second_factors::table.find(row.user_id.clone()))
        .filter(second_factors::secret_sealed.eq(&row.secret_sealed))
        .set(second_factors::secret_sealed.eq(secret_sealed))
        .execute(conn)?;
    Ok(())
}

/// Removes the second factor with its recovery codes.
///
/// # Errors
/// When the database refuses.
pub fn remove(conn: &mut Conn, user_id: Uuid) -> Result<(), StoreError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(Key(user_id)))).execute(conn)?;
    remove_passkeys_of(conn, user_id)?;
    diesel::delete(second_factors::table.find(Key(user_id))).execute(conn)?;
    Ok(())
}

/// Puts recovery codes in the place of those that were there.
///
/// # Errors
/// When the database refuses.
pub fn put_recovery_codes(conn: &mut Conn, user_id: Uuid, digests: &[Vec<u8>]) -> Result<(), StoreError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(Key(user_id)))).execute(conn)?;
    for digest in digests {
        diesel::insert_into(recovery_codes::table)
            .values((recovery_codes::user_id.eq(Key(user_id)), recovery_codes::code_digest.eq(digest)))
            .execute(conn)?;
    }
    Ok(())
}

/// Uses a recovery code; false where there is no such unused one.
///
/// # Errors
/// When the database refuses.
pub fn use_recovery_code(conn: &mut Conn, user_id: Uuid, digest: &[u8], now: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(
        recovery_codes::table
            .filter(recovery_codes::user_id.eq(Key(user_id)))
            .filter(recovery_codes::code_digest.eq(digest)),
    )
    .filter(recovery_codes::used_at.is_null())
    .set(recovery_codes::used_at.eq(Some(At(now))))
    .execute(conn)?;
    Ok(changed == 1)
}

/// How many recovery codes are left.
///
/// # Errors
/// When the database refuses.
pub fn count_recovery_codes(conn: &mut Conn, user_id: Uuid) -> Result<i64, StoreError> {
    Ok(recovery_codes::table
        .filter(recovery_codes::user_id.eq(Key(user_id)))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(conn)?)
}
