//! The log of what a webhook was sent, a test of it, and what is to be sent again.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{damaged, load, told, types_of};
use crate::domain::event::{Envelope, EventData, TEST_EVENT};
use crate::domain::list::ListPlace;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::domain::webhook::{DeliveryStatus, WebhookStatus};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::once::once;
use crate::store::connection::Conn;
use crate::store::deliveries::{self as store, DeliveryRow};
use crate::store::error::StoreError;
use crate::store::events::{self, EventRow, Wanted};
use crate::store::types::{At, Key};
use crate::store::webhooks::{self, WebhookRow};

/// How many deliveries of a webhook wait at most before further events wait in the feed; also how many are replayed at once.
pub const OPEN_MAX: i64 = 1_000;

/// A delivery, with what came of its last try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Delivery {
    pub delivery_id: Uuid,
    pub webhook_id: Uuid,
    /// The `webhook-id` that its receiver sees: the same at every try and replay.
    pub event_id: Uuid,
    #[schema(example = "outcome.deposit_outcome")]
    pub event_type: String,
    /// Its place in the feed; absent of a test.
    pub position: Option<i64>,
    pub status: DeliveryStatus,
    pub attempts: i64,
    pub created_at: DateTime<Utc>,
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub last_attempt_at: Option<DateTime<Utc>>,
    pub response_status: Option<i16>,
    /// The beginning of what was answered.
    pub response_excerpt: Option<String>,
    /// Why there was no answer: `address_refused`, `timed_out` or `no_connection`.
    pub failure: Option<String>,
    pub duration_ms: Option<i64>,
}

/// From when until before when.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayPeriod {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// How much is delivered again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Replayed {
    pub deliveries: i64,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        let status = DeliveryStatus::parse(&row.status).ok_or_else(|| StoreError::Damaged(format!("delivery {}", row.delivery_id.0)))?;
        Ok(Self {
            delivery_id: row.delivery_id.0,
            webhook_id: row.webhook_id.0,
            event_id: row.event_id.0,
            event_type: row.event_type,
            position: row.position,
            status,
            attempts: row.attempts,
            created_at: row.created_at.0,
            next_attempt_at: row.next_attempt_at.map(|at| at.0),
            last_attempt_at: row.last_attempt_at.map(|at| at.0),
            response_status: row.response_status,
            response_excerpt: row.response_excerpt,
            failure: row.failure,
            duration_ms: row.duration_ms,
        })
    }
}

/// The delivery of an event to a webhook.
pub(super) fn delivery_of(webhook_id: Uuid, event: &EventRow, now: DateTime<Utc>) -> Result<DeliveryRow, StoreError> {
    let body = body_of(&Envelope::from(event))?;
    Ok(DeliveryRow {
        position: Some(event.position),
        learner_id: event.learner_id.clone(),
        ..waiting(webhook_id, event.event_id.0, &event.event_type, body, now)
    })
}

fn body_of(envelope: &Envelope) -> Result<String, StoreError> {
    serde_json::to_string(envelope).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn waiting(webhook_id: Uuid, event_id: Uuid, event_type: &str, body: String, now: DateTime<Utc>) -> DeliveryRow {
    DeliveryRow {
        delivery_id: Key(Uuid::now_v7()),
        webhook_id: Key(webhook_id),
        event_id: Key(event_id),
        position: None,
        event_type: event_type.to_owned(),
        learner_id: None,
        body,
        status: DeliveryStatus::Pending.to_string(),
        attempts: 0,
        created_at: At(now),
        next_attempt_at: Some(At(now)),
        last_attempt_at: None,
        response_status: None,
        response_excerpt: None,
        failure: None,
        duration_ms: None,
    }
}

/// The log of a webhook, from a place in it.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn list_deliveries(
    bank: &Bank,
    context: &Context,
    (institution_id, webhook_id): (Uuid, Uuid),
    status: Option<DeliveryStatus>,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<Delivery>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        load(conn, context, institution_id, webhook_id, Action::ReadWebhooks)?;
        let rows = store::list(conn, webhook_id, status.map(DeliveryStatus::as_str), place, limit)?;
        Ok(rows.into_iter().map(Delivery::try_from).collect::<Result<_, _>>()?)
    })
}

/// Refuses a webhook that does not run: what it is sent would wait without end.
fn running(row: WebhookRow) -> Result<WebhookRow, Rejection> {
    if row.status == WebhookStatus::Active.as_str() {
        Ok(row)
    } else {
        Err(Rejection::WrongState { state: row.status })
    }
}

/// Sends a webhook something to try it by; the log says what came of it.
///
/// # Errors
/// `NotFound`, `WrongState`, `TooManyDeliveries`, and what the policy answers.
pub fn test_webhook(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    institution_id: Uuid,
    webhook_id: Uuid,
) -> Result<Delivery, OpError> {
    bank.store.write(|conn| {
        once(bank, context, conn, "test_webhook", key, &(institution_id, webhook_id), |conn| {
            let row = running(load(conn, context, institution_id, webhook_id, Action::ManageWebhooks)?)?;
            room(conn, &row, 1)?;
            let event_id = Uuid::now_v7();
            let data = EventData {
                event_id,
                institution_id: Some(institution_id),
                learner_id: None,
                subject_id: webhook_id,
                details: serde_json::json!({}),
            };
            let body = body_of(&Envelope {
                event_type: TEST_EVENT.to_owned(),
                timestamp: context.now.to_rfc3339_opts(SecondsFormat::AutoSi, true),
                data,
            })?;
            let delivery = waiting(webhook_id, event_id, TEST_EVENT, body, context.now);
            again(conn, context, "test_webhook", &row, std::slice::from_ref(&delivery))?;
            Ok(Delivery::try_from(delivery)?)
        })
    })
}

/// Refuses more than may wait.
fn room(conn: &mut Conn, row: &WebhookRow, more: i64) -> Result<(), OpError> {
    if store::count_pending(conn, row.webhook_id.0)? + more > 2 * OPEN_MAX {
        return Err(Rejection::TooManyDeliveries { most: OPEN_MAX }.into());
    }
    Ok(())
}

fn again(conn: &mut Conn, context: &Context, operation: &'static str, row: &WebhookRow, deliveries: &[DeliveryRow]) -> Result<(), OpError> {
    store::insert(conn, deliveries)?;
    webhooks::wake(conn, row.webhook_id.0, context.now)?;
    Ok(told(conn, context, operation, row)?)
}

/// Delivers again what was delivered, or given up: a delivery of its own, of the same event and the same bytes.
///
/// # Errors
/// `NotFound`, `WrongState` where it still waits or the webhook does not run, `TooManyDeliveries`, and what the policy answers.
pub fn replay_delivery(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    (institution_id, webhook_id): (Uuid, Uuid),
    delivery_id: Uuid,
) -> Result<Delivery, OpError> {
    bank.store.write(|conn| {
        once(
            bank,
            context,
            conn,
            "replay_delivery",
            key,
            &(institution_id, webhook_id, delivery_id),
            |conn| {
                let row = load(conn, context, institution_id, webhook_id, Action::ManageWebhooks)?;
                let before = store::find(conn, delivery_id)?.filter(|delivery| delivery.webhook_id.0 == webhook_id);
                let before = before.ok_or(Rejection::NotFound {})?;
                if before.status == DeliveryStatus::Pending.as_str() {
                    return Err(Rejection::WrongState { state: before.status }.into());
                }
                let row = running(row)?;
                room(conn, &row, 1)?;
                let delivery = DeliveryRow {
                    position: before.position,
                    learner_id: before.learner_id,
                    ..waiting(webhook_id, before.event_id.0, &before.event_type, before.body, context.now)
                };
                again(conn, context, "replay_delivery", &row, std::slice::from_ref(&delivery))?;
                Ok(Delivery::try_from(delivery)?)
            },
        )
    })
}

/// Delivers again what happened in a period and the webhook wants.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, `TooManyDeliveries`, and what the policy answers.
pub fn replay_webhook(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    (institution_id, webhook_id): (Uuid, Uuid),
    replay: ReplayPeriod,
) -> Result<Replayed, OpError> {
    if replay.until <= replay.from {
        return Err(Rejection::field("/until", "is before from").into());
    }
    bank.store.write(|conn| {
        once(
            bank,
            context,
            conn,
            "replay_webhook",
            key,
            &(institution_id, webhook_id, replay),
            |conn| {
                let row = running(load(conn, context, institution_id, webhook_id, Action::ManageWebhooks)?)?;
                let wanted = Wanted {
                    institution_id: Some(institution_id),
                    types: types_of(&row),
                };
                let events = events::of_period(conn, &wanted, replay.from, replay.until, OPEN_MAX + 1)?;
                // What it has not been sent yet comes by itself.
                let events: Vec<EventRow> = events.into_iter().filter(|event| event.position <= row.fanned_to).collect();
                let number = i64::try_from(events.len()).map_err(|_| damaged(webhook_id))?;
                if number > OPEN_MAX {
                    return Err(Rejection::TooManyDeliveries { most: OPEN_MAX }.into());
                }
                room(conn, &row, number)?;
                let deliveries = events
                    .iter()
                    .map(|event| delivery_of(webhook_id, event, context.now))
                    .collect::<Result<Vec<_>, _>>()?;
                again(conn, context, "replay_webhook", &row, &deliveries)?;
                Ok(Replayed { deliveries: number })
            },
        )
    })
}
