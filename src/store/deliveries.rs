//! What webhooks are sent: what waits, and the log of what came of it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::insert::insert_rows;
use super::listing::placed;
use super::schema::webhook_deliveries;
use super::types::{At, Id, Key, Moment};
use crate::domain::list::ListPlace;

/// A delivery, with what came of its last try.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = webhook_deliveries)]
pub struct DeliveryRow {
    pub delivery_id: Key,
    pub webhook_id: Key,
    pub event_id: Key,
    /// Absent of a test.
    pub position: Option<i64>,
    pub event_type: String,
    pub learner_id: Option<Key>,
    /// What is sent, byte for byte the same at every try.
    pub body: String,
    pub status: String,
    pub attempts: i64,
    pub created_at: At,
    pub next_attempt_at: Option<At>,
    pub last_attempt_at: Option<At>,
    pub response_status: Option<i16>,
    pub response_excerpt: Option<String>,
    pub failure: Option<String>,
    pub duration_ms: Option<i64>,
}

/// A delivery that waits, without what is sent.
#[derive(Debug, Clone, Queryable)]
pub struct PendingRow {
    pub delivery_id: Key,
    pub position: Option<i64>,
    pub learner_id: Option<Key>,
    pub attempts: i64,
    pub next_attempt_at: Option<At>,
}

/// What came of a try.
#[derive(Debug, Clone)]
pub struct Tried {
    pub status: &'static str,
    pub attempts: i64,
    pub at: DateTime<Utc>,
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub response_status: Option<i16>,
    pub response_excerpt: Option<String>,
    pub failure: Option<&'static str>,
    pub duration_ms: i64,
}

/// Adds deliveries.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, rows: &[DeliveryRow]) -> Result<(), StoreError> {
    use diesel::sql_types::{BigInt, Nullable, SmallInt, Text};
    insert_rows!(conn, webhook_deliveries, rows, {
        delivery_id: Id, webhook_id: Id, event_id: Id, position: Nullable<BigInt>, event_type: Text, learner_id: Nullable<Id>, body: Text,
        status: Text, attempts: BigInt, created_at: Moment, next_attempt_at: Nullable<Moment>, last_attempt_at: Nullable<Moment>,
        response_status: Nullable<SmallInt>, response_excerpt: Nullable<Text>, failure: Nullable<Text>, duration_ms: Nullable<BigInt>,
    });
    Ok(())
}

/// Finds a delivery.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, delivery_id: Uuid) -> Result<Option<DeliveryRow>, StoreError> {
    Ok(webhook_deliveries::table.find(Key(delivery_id)).first(conn).optional()?)
}

/// The deliveries of a webhook, from a place in their list; all, or those that stand so.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, webhook_id: Uuid, status: Option<&str>, place: ListPlace, limit: i64) -> Result<Vec<DeliveryRow>, StoreError> {
    let mut query = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(Key(webhook_id)))
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(webhook_deliveries::status.eq(status.to_owned()));
    }
    Ok(placed!(query, webhook_deliveries::delivery_id, place.map(Key))
        .limit(limit)
        .load(conn)?)
}

/// How many deliveries of a webhook wait.
///
/// # Errors
/// When the database refuses.
pub fn count_pending(conn: &mut Conn, webhook_id: Uuid) -> Result<i64, StoreError> {
    Ok(webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(Key(webhook_id)))
        .filter(webhook_deliveries::status.eq("pending"))
        .count()
        .get_result(conn)?)
}

/// Everything of a webhook that waits; there is a limit to it where it is made.
///
/// # Errors
/// When the database refuses.
pub fn pending(conn: &mut Conn, webhook_id: Uuid) -> Result<Vec<PendingRow>, StoreError> {
    Ok(webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(Key(webhook_id)))
        .filter(webhook_deliveries::status.eq("pending"))
        .order(webhook_deliveries::delivery_id)
        .select((
            webhook_deliveries::delivery_id,
            webhook_deliveries::position,
            webhook_deliveries::learner_id,
            webhook_deliveries::attempts,
            webhook_deliveries::next_attempt_at,
        ))
        .load(conn)?)
}

/// Notes what came of a try.
///
/// # Errors
/// When the database refuses.
pub fn note(conn: &mut Conn, delivery_id: Uuid, tried: &Tried) -> Result<(), StoreError> {
    diesel::update(webhook_deliveries::table.find(Key(delivery_id)))
        .filter(webhook_deliveries::status.eq("pending"))
        .set((
            webhook_deliveries::status.eq(tried.status),
            webhook_deliveries::attempts.eq(tried.attempts),
            webhook_deliveries::last_attempt_at.eq(Some(At(tried.at))),
            webhook_deliveries::next_attempt_at.eq(tried.next_attempt_at.map(At)),
            webhook_deliveries::response_status.eq(tried.response_status),
            webhook_deliveries::response_excerpt.eq(&tried.response_excerpt),
            webhook_deliveries::failure.eq(tried.failure),
            webhook_deliveries::duration_ms.eq(Some(tried.duration_ms)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Makes everything of a webhook that waits due now.
///
/// # Errors
/// When the database refuses.
pub fn hurry(conn: &mut Conn, webhook_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(
        webhook_deliveries::table
            .filter(webhook_deliveries::webhook_id.eq(Key(webhook_id)))
            .filter(webhook_deliveries::status.eq("pending")),
    )
    .set(webhook_deliveries::next_attempt_at.eq(Some(At(now))))
    .execute(conn)?;
    Ok(())
}

/// Removes the deliveries of a webhook that is removed.
///
/// # Errors
/// When the database refuses.
pub fn delete_of(conn: &mut Conn, webhook_id: Uuid) -> Result<(), StoreError> {
    diesel::delete(webhook_deliveries::table.filter(webhook_deliveries::webhook_id.eq(Key(webhook_id)))).execute(conn)?;
    Ok(())
}

/// Removes what was delivered, or given up, and was made before a moment; its id says when that was. Says how many.
///
/// # Errors
/// When the database refuses.
pub fn prune(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, StoreError> {
    let milliseconds = u128::try_from(before.timestamp_millis()).unwrap_or(0);
    let first = Key(Uuid::from_u128(milliseconds << 80));
    Ok(diesel::delete(
        webhook_deliveries::table
            .filter(webhook_deliveries::delivery_id.lt(first))
            .filter(webhook_deliveries::status.ne("pending")),
    )
    .execute(conn)?)
}
