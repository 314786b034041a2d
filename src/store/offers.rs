//! Offers of credentials to wallets, by their own ids.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::credential_offers;
use super::types::{At, Key};

/// An offer; its secrets are digests.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = credential_offers)]
pub struct OfferRow {
    pub offer_id: Key,
    pub learner_id: Key,
    pub credential_id: Key,
    pub configuration: String,
    pub secret_digest: Vec<u8>,
    pub code_index: Vec<u8>,
    pub failures: i64,
    pub created_at: At,
    pub expires_at: At,
    /// When a wallet took it up.
    pub redeemed_at: Option<At>,
    pub token_digest: Option<Vec<u8>>,
    pub token_expires_at: Option<At>,
    /// The copy that the wallet was given.
    pub issued_id: Option<Key>,
}

/// Adds an offer.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &OfferRow) -> Result<(), StoreError> {
    diesel::insert_into(credential_offers::table).values(row).execute(conn)?;
    Ok(())
}

/// Finds an offer.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, offer_id: Uuid) -> Result<Option<OfferRow>, StoreError> {
    Ok(credential_offers::table.find(Key(offer_id)).first(conn).optional()?)
}

/// How many offers of a learner can be taken up still.
///
/// # Errors
/// When the database refuses.
pub fn count_open(conn: &mut Conn, learner_id: Uuid, now: DateTime<Utc>) -> Result<i64, StoreError> {
    Ok(credential_offers::table
        .filter(credential_offers::learner_id.eq(Key(learner_id)))
        .filter(credential_offers::redeemed_at.is_null())
        .filter(credential_offers::expires_at.gt(At(now)))
        .count()
        .get_result(conn)?)
}

/// Counts a wrong code.
///
/// # Errors
/// When the database refuses.
pub fn count_failure(conn: &mut Conn, offer_id: Uuid) -> Result<(), StoreError> {
    diesel::update(credential_offers::table.find(Key(offer_id)))
        .set(credential_offers::failures.eq(credential_offers::failures + 1))
        .execute(conn)?;
    Ok(())
}

/// Notes that a wallet took an offer up, with its token; false where one did before.
///
/// # Errors
/// When the database refuses.
pub fn redeem(conn: &mut Conn, offer_id: Uuid, now: DateTime<Utc>, token_digest: &[u8], until: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(credential_offers::table.find(Key(offer_id)))
        .filter(credential_offers::redeemed_at.is_null())
        .set((
            credential_offers::redeemed_at.eq(Some(At(now))),
            credential_offers::token_digest.eq(Some(token_digest)),
            credential_offers::token_expires_at.eq(Some(At(until))),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notes which copy the wallet is given; false where it was given one before.
///
/// # Errors
/// When the database refuses.
pub fn issue(conn: &mut Conn, offer_id: Uuid, issued_id: Uuid) -> Result<bool, StoreError> {
    let changed = diesel::update(credential_offers::table.find(Key(offer_id)))
        .filter(credential_offers::issued_id.is_null())
        .set(credential_offers::issued_id.eq(Some(Key(issued_id))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Forgets offers that ended long ago, and says how many.
///
/// # Errors
/// When the database refuses.
pub fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, StoreError> {
    Ok(diesel::delete(credential_offers::table.filter(credential_offers::expires_at.lt(At(before)))).execute(conn)?)
}
