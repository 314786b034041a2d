//! One-time codes by which learners claim their accounts, and the accounts that are bound to log-ins by them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::records::lock_learner;
use super::schema::{claim_codes, learners};
use super::types::{At, Key};

/// A one-time code by which a learner claims the account.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = claim_codes)]
pub struct ClaimCodeRow {
    pub learner_id: Key,
    pub claim_code_id: Key,
    pub code_digest: Vec<u8>,
    pub institution_id: Key,
    pub created_by: Key,
    pub created_at: At,
    pub expires_at: At,
    pub failures: i64,
    pub used_at: Option<At>,
}

/// Keeps a claim code.
///
/// # Errors
/// When the database refuses.
pub fn insert_claim_code(conn: &mut Conn, code: &ClaimCodeRow) -> Result<(), StoreError> {
    diesel::insert_into(claim_codes::table).values(code).execute(conn)?;
    Ok(())
}

/// The codes of a learner that can still be used.
///
/// # Errors
/// When the database refuses.
pub fn open_claim_codes(conn: &mut Conn, learner_id: Uuid, now: DateTime<Utc>) -> Result<Vec<ClaimCodeRow>, StoreError> {
    Ok(claim_codes::table
        .filter(claim_codes::learner_id.eq(Key(learner_id)))
        .filter(claim_codes::used_at.is_null())
        .filter(claim_codes::expires_at.gt(At(now)))
        .load(conn)?)
}

/// Counts a wrong guess against every open code of a learner.
///
/// # Errors
/// When the database refuses.
pub fn count_claim_failure(conn: &mut Conn, learner_id: Uuid) -> Result<(), StoreError> {
    diesel::update(
        claim_codes::table
            .filter(claim_codes::learner_id.eq(Key(learner_id)))
            .filter(claim_codes::used_at.is_null()),
    )
    .set(claim_codes::failures.eq(claim_codes::failures + 1))
    .execute(conn)?;
    Ok(())
}

/// Uses a code and binds the account to a user; false when either was done before.
///
/// # Errors
/// When the database refuses.
pub fn claim_account(
    conn: &mut Conn,
    learner_id: Uuid,
    claim_code_id: Uuid,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let used = diesel::update(claim_codes::table.find((Key(learner_id), Key(claim_code_id))))
        .filter(claim_codes::used_at.is_null())
        .set(claim_codes::used_at.eq(Some(At(now))))
        .execute(conn)?;
    Ok(used == 1 && bind(conn, learner_id, user_id)?)
}

/// Binds an account to a user; false when it is bound already.
///
/// # Errors
/// `Stale` where the account was merged into another since it was read, or the database refuses.
pub fn bind(conn: &mut Conn, learner_id: Uuid, user_id: Uuid) -> Result<bool, StoreError> {
    let bound = diesel::update(learners::table.find(Key(learner_id)))
        .filter(learners::user_id.is_null())
        .filter(learners::merged_into.is_null())
        .set(learners::user_id.eq(Some(Key(user_id))))
        .execute(conn)?;
    if bound == 0 {
        lock_learner(conn, learner_id)?;
    }
    Ok(bound == 1)
}
