//! Webhooks of institutions. One server at a time delivers to each: it holds a lease on the row, and a lease that is not kept up is
//! taken by another.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::listing::placed;
use super::schema::webhooks;
use super::types::{At, Key};
use crate::domain::list::ListPlace;

/// A webhook; its secrets are sealed.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = webhooks)]
pub struct WebhookRow {
    pub webhook_id: Key,
    pub institution_id: Key,
    /// The API client that made it, whose alone it is beside the institution's people.
    pub client_id: Option<Key>,
    pub url: String,
    pub description: String,
    /// With spaces between; all when empty.
    pub event_types: String,
    pub secret_sealed: Vec<u8>,
    pub previous_secret_sealed: Option<Vec<u8>>,
    pub previous_secret_until: Option<At>,
    pub status: String,
    pub status_reason: Option<String>,
    pub edition: i64,
    /// Up to which number events have become deliveries.
    pub fanned_to: i64,
    /// Since when nothing was delivered in spite of tries.
    pub failing_since: Option<At>,
    /// When the next try is due.
    pub due_at: Option<At>,
    pub lease_holder: Option<Key>,
    pub lease_until: Option<At>,
    pub created_at: At,
    pub created_by: String,
}

/// Adds a webhook.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &WebhookRow) -> Result<(), StoreError> {
    diesel::insert_into(webhooks::table).values(row).execute(conn)?;
    Ok(())
}

/// Finds a webhook.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, webhook_id: Uuid) -> Result<Option<WebhookRow>, StoreError> {
    Ok(webhooks::table.find(Key(webhook_id)).first(conn).optional()?)
}

/// The webhooks of an institution, or of one of its clients, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    institution_id: Uuid,
    client_id: Option<Uuid>,
    place: ListPlace,
    limit: i64,
) -> Result<Vec<WebhookRow>, StoreError> {
    let mut query = webhooks::table
        .filter(webhooks::institution_id.eq(Key(institution_id)))
        .into_boxed();
    if let Some(client_id) = client_id {
        query = query.filter(webhooks::client_id.eq(Some(Key(client_id))));
    }
    Ok(placed!(query, webhooks::webhook_id, place.map(Key)).limit(limit).load(conn)?)
}

/// How many webhooks an institution has.
///
/// # Errors
/// When the database refuses.
pub fn count(conn: &mut Conn, institution_id: Uuid) -> Result<i64, StoreError> {
    Ok(webhooks::table
        .filter(webhooks::institution_id.eq(Key(institution_id)))
        .count()
        .get_result(conn)?)
}

/// Writes what people can change of a webhook that still has the edition that was read; false where it has another.
///
/// # Errors
/// When the database refuses.
pub fn update(conn: &mut Conn, row: &WebhookRow, edition: i64) -> Result<bool, StoreError> {
    let changed = diesel::update(webhooks::table.find(&row.webhook_id))
        .filter(webhooks::edition.eq(edition))
        .set((
            webhooks::url.eq(&row.url),
            webhooks::description.eq(&row.description),
            webhooks::event_types.eq(&row.event_types),
            webhooks::secret_sealed.eq(&row.secret_sealed),
            webhooks::previous_secret_sealed.eq(&row.previous_secret_sealed),
            webhooks::previous_secret_until.eq(&row.previous_secret_until),
            webhooks::status.eq(&row.status),
            webhooks::status_reason.eq(&row.status_reason),
            webhooks::failing_since.eq(&row.failing_since),
            webhooks::edition.eq(row.edition),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Says that a webhook has something to deliver now.
///
/// # Errors
/// When the database refuses.
pub fn wake(conn: &mut Conn, webhook_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(webhooks::table.find(Key(webhook_id)))
        .set(webhooks::due_at.eq(Some(At(now))))
        .execute(conn)?;
    Ok(())
}

/// Removes a webhook.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, webhook_id: Uuid) -> Result<(), StoreError> {
    diesel::delete(webhooks::table.find(Key(webhook_id))).execute(conn)?;
    Ok(())
}

/// Ends the webhooks of a client that was ended.
///
/// # Errors
/// When the database refuses.
pub fn disable_of_client(conn: &mut Conn, client_id: Uuid, reason: &str) -> Result<(), StoreError> {
    diesel::update(webhooks::table.filter(webhooks::client_id.eq(Some(Key(client_id)))))
        .set((
            webhooks::status.eq("disabled"),
            webhooks::status_reason.eq(Some(reason)),
            webhooks::edition.eq(webhooks::edition + 1),
        ))
        .execute(conn)?;
    Ok(())
}

/// Nobody holds it, as of a moment.
macro_rules! is_free {
    ($now:expr) => {
        webhooks::lease_until
            .is_null()
            .or(webhooks::lease_until.lt(Some(At($now))))
            .assume_not_null()
    };
}

/// Webhooks that nobody holds and that have something to do: a try is due, or there are events that it has not looked at.
///
/// # Errors
/// When the database refuses.
pub fn with_work(conn: &mut Conn, now: DateTime<Utc>, published_to: i64, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let due = webhooks::due_at.le(Some(At(now))).assume_not_null();
    // One that fails is left alone until its next try is due, whatever happens.
    let unseen = webhooks::fanned_to.lt(published_to).and(webhooks::failing_since.is_null());
    let ids: Vec<Key> = webhooks::table
        .filter(webhooks::status.eq("active"))
        .filter(is_free!(now))
        .filter(due.or(unseen))
        .order(webhooks::fanned_to)
        .select(webhooks::webhook_id)
        .limit(limit)
        .load(conn)?;
    Ok(ids.into_iter().map(|key| key.0).collect())
}

/// Takes a webhook that nobody holds; false when somebody else was quicker.
///
/// # Errors
/// When the database refuses.
pub fn take(conn: &mut Conn, webhook_id: Uuid, holder: Uuid, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool, StoreError> {
    let taken = diesel::update(webhooks::table.find(Key(webhook_id)))
        .filter(webhooks::status.eq("active"))
        .filter(is_free!(now))
        .set((
            webhooks::lease_holder.eq(Some(Key(holder))),
            webhooks::lease_until.eq(Some(At(until))),
        ))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Keeps up a lease; false when it is no longer the holder's, or the webhook is not to be delivered to now.
///
/// # Errors
/// When the database refuses.
pub fn keep(conn: &mut Conn, webhook_id: Uuid, holder: Uuid, until: DateTime<Utc>) -> Result<bool, StoreError> {
    let kept = diesel::update(webhooks::table.find(Key(webhook_id)))
        .filter(webhooks::lease_holder.eq(Some(Key(holder))))
        .filter(webhooks::status.eq("active"))
        .set(webhooks::lease_until.eq(Some(At(until))))
        .execute(conn)?;
    Ok(kept == 1)
}

/// Gives a lease back, with when there is something to do next.
///
/// # Errors
/// When the database refuses.
pub fn give_back(conn: &mut Conn, webhook_id: Uuid, holder: Uuid, due_at: Option<DateTime<Utc>>) -> Result<(), StoreError> {
    diesel::update(webhooks::table.find(Key(webhook_id)))
        .filter(webhooks::lease_holder.eq(Some(Key(holder))))
        .set((
            webhooks::lease_holder.eq(None::<Key>),
            webhooks::lease_until.eq(None::<At>),
            webhooks::due_at.eq(due_at.map(At)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes up to which number events have become deliveries; false when the lease is no longer the holder's.
///
/// # Errors
/// When the database refuses.
pub fn fan_out_to(conn: &mut Conn, webhook_id: Uuid, holder: Uuid, position: i64) -> Result<bool, StoreError> {
    let moved = diesel::update(webhooks::table.find(Key(webhook_id)))
        .filter(webhooks::lease_holder.eq(Some(Key(holder))))
        .set(webhooks::fanned_to.eq(position))
        .execute(conn)?;
    Ok(moved == 1)
}

/// Notes since when a webhook fails, or that it does not.
///
/// # Errors
/// When the database refuses.
pub fn note_failing(conn: &mut Conn, webhook_id: Uuid, since: Option<DateTime<Utc>>) -> Result<(), StoreError> {
    diesel::update(webhooks::table.find(Key(webhook_id)))
        .set(webhooks::failing_since.eq(since.map(At)))
        .execute(conn)?;
    Ok(())
}

/// Stops delivering to a webhook for a reason.
///
/// # Errors
/// When the database refuses.
pub fn stop(conn: &mut Conn, webhook_id: Uuid, status: &str, reason: &str) -> Result<(), StoreError> {
    diesel::update(webhooks::table.find(Key(webhook_id)))
        .set((
            webhooks::status.eq(status),
            webhooks::status_reason.eq(Some(reason)),
            webhooks::edition.eq(webhooks::edition + 1),
        ))
        .execute(conn)?;
    Ok(())
}
