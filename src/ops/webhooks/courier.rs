//! Delivering: one server at a time to each webhook, in order, at least once, and again for three days where it fails.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::deliveries::{OPEN_MAX, delivery_of};
use super::{secrets, told, types_of};
use crate::domain::actor::Caller;
use crate::domain::policy::{Action, Resource};
use crate::domain::webhook::{DeliveryStatus, PATIENCE, WebhookStatus, hold, next_attempt};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::outside::client::{Client, Exchange};
use crate::store::connection::Conn;
use crate::store::deliveries::{self as store, DeliveryRow, PendingRow, Tried};
use crate::store::error::StoreError;
use crate::store::events::{self, Wanted};
use crate::store::webhooks::{self, WebhookRow};
use crate::vault::{opaque, signatures};

/// For how long a webhook is held without a sign of life: longer than one exchange takes.
pub const LEASE: TimeDelta = TimeDelta::seconds(35);

/// How many events become deliveries at once.
const FAN: i64 = 200;

/// How much is sent to one webhook, and for how long, before another has its turn.
const TURN: usize = 50;
const TURN_TIME: TimeDelta = TimeDelta::seconds(20);

/// How many tries may fail one after the other before a webhook is left alone for a while.
const FAILURES_MAX: usize = 2;

/// How many webhooks with work are looked at for one that nobody else takes.
const LOOKED_AT: i64 = 20;

/// What a run is given: which moment it is, and whether to end.
pub struct Run<'a> {
    pub bank: &'a Bank,
    pub client: &'a Client,
    pub clock: &'a dyn Fn() -> DateTime<Utc>,
    pub stopped: &'a dyn Fn() -> bool,
}

/// Serves the webhook that has waited for longest and that nobody else serves; false when there is none.
///
/// # Errors
/// When the database fails; what was under way is tried again once the lease has run out.
pub fn deliver_next(run: &Run) -> Result<bool, OpError> {
    let now = (run.clock)();
    let waiting = run.bank.store.read(|conn| {
        let head = events::head(conn)?;
        webhooks::with_work(conn, now, head.published_to, LOOKED_AT)
    })?;
    let holder = Uuid::now_v7();
    for webhook_id in waiting {
        let is_taken = run.bank.store.write(|conn| {
            Context::of(Caller::Bank, now).authorised(conn, Action::CarryEventsOut, Resource::Bank)?;
            Ok::<_, OpError>(webhooks::take(conn, webhook_id, holder, now, now + LEASE)?)
        })?;
        if is_taken {
            serve(run, webhook_id, holder)?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// One turn of a webhook.
fn serve(run: &Run, webhook_id: Uuid, holder: Uuid) -> Result<(), OpError> {
    let begun = (run.clock)();
    let Some(row) = run.bank.store.write(|conn| fan_out(conn, webhook_id, holder, begun))? else {
        return Ok(());
    };
    let mut held: HashSet<Uuid> = HashSet::new();
    let mut failing_since = row.failing_since.as_ref().map(|at| at.0);
    let mut failures = 0;
    let queue = run.bank.store.read(|conn| store::pending(conn, webhook_id))?;
    for pending in ready(&queue, failing_since.is_some(), begun).into_iter().take(TURN) {
        let now = (run.clock)();
        let is_over = now - begun > TURN_TIME || failures == FAILURES_MAX;
        if is_over || (run.stopped)() || !run.bank.store.write(|conn| webhooks::keep(conn, webhook_id, holder, now + LEASE))? {
            break;
        }
        let learner_id = pending.learner_id.as_ref().map(|key| key.0);
        if learner_id.is_some_and(|learner_id| held.contains(&learner_id)) {
            continue;
        }
        let Some(delivery) = run.bank.store.read(|conn| store::find(conn, pending.delivery_id.0))? else {
            continue;
        };
        let exchange = send(run, &row, &delivery, now)?;
        let is_delivered = matches!(&exchange.answer, Ok(answer) if (200..300).contains(&answer.status));
        failures = if is_delivered { 0 } else { failures + 1 };
        held.extend(learner_id.filter(|_| !is_delivered));
        failing_since = if is_delivered { None } else { failing_since.or(Some(now)) };
        note(run, &row, &delivery, &exchange, failing_since)?;
    }
    let now = (run.clock)();
    Ok(run.bank.store.write(|conn| {
        // The row first: who adds something to deliver touches it last, so that what is added by now is seen, and what comes later
        // wakes the webhook after this.
        webhooks::keep(conn, webhook_id, holder, now + LEASE)?;
        let due_at = match failing_since {
            Some(since) => Some(now + hold(since, now)),
            None => next_due(&store::pending(conn, webhook_id)?),
        };
        webhooks::give_back(conn, webhook_id, holder, due_at)
    })?)
}

/// Makes deliveries of events that the webhook has not looked at, as far as there is room. `None` where it is no longer the holder's.
fn fan_out(conn: &mut Conn, webhook_id: Uuid, holder: Uuid, now: DateTime<Utc>) -> Result<Option<WebhookRow>, OpError> {
    let Some(row) = webhooks::find(conn, webhook_id)? else {
        return Ok(None);
    };
    let head = events::head(conn)?;
    if row.fanned_to >= head.published_to || store::count_pending(conn, webhook_id)? + FAN > OPEN_MAX {
        return Ok(Some(row));
    }
    let wanted = Wanted {
        institution_id: Some(row.institution_id.0),
        types: types_of(&row),
    };
    // One that was paused for longer than events are kept does not get what is gone by now.
    let found = events::after(conn, &wanted, row.fanned_to, head.published_to, FAN)?;
    let is_all = i64::try_from(found.len()).is_ok_and(|number| number < FAN);
    let looked_to = match found.last() {
        Some(last) if !is_all => last.position,
        _ => head.published_to,
    };
    let deliveries = found
        .iter()
        .map(|event| delivery_of(webhook_id, event, now))
        .collect::<Result<Vec<_>, StoreError>>()?;
    store::insert(conn, &deliveries)?;
    let is_own = webhooks::fan_out_to(conn, webhook_id, holder, looked_to)?;
    if !is_own {
        return Err(StoreError::Stale.into());
    }
    Ok(Some(row))
}

fn in_order(queue: &[PendingRow]) -> Vec<&PendingRow> {
    let mut ordered: Vec<&PendingRow> = queue.iter().collect();
    ordered.sort_by_key(|pending| (pending.position, pending.delivery_id.0));
    ordered
}

/// When something can be sent next: what waits behind something of its learner waits for that.
fn next_due(queue: &[PendingRow]) -> Option<DateTime<Utc>> {
    let mut seen: HashSet<Uuid> = HashSet::new();
    let first = |pending: &&PendingRow| pending.learner_id.as_ref().is_none_or(|key| seen.insert(key.0));
    let firsts = in_order(queue).into_iter().filter(first);
    firsts.filter_map(|pending| pending.next_attempt_at.as_ref().map(|at| at.0)).min()
}

/// What can be sent now, in the order of events. Of one learner nothing is sent while something earlier waits for another try. While
/// the webhook fails, what was tried least comes first, so that one event that it never takes does not stand before all others.
fn ready(queue: &[PendingRow], is_failing: bool, now: DateTime<Utc>) -> Vec<PendingRow> {
    let mut held: HashSet<Uuid> = HashSet::new();
    let mut found: Vec<PendingRow> = Vec::new();
    for pending in in_order(queue) {
        let is_due = pending.next_attempt_at.as_ref().is_some_and(|at| at.0 <= now);
        let learner_id = pending.learner_id.as_ref().map(|key| key.0);
        let is_held = learner_id.is_some_and(|learner_id| held.contains(&learner_id));
        if is_due && !is_held {
            found.push(pending.clone());
        }
        // While one may fail, the next of its learner waits for the next turn.
        if !is_due || is_failing {
            held.extend(learner_id);
        }
    }
    if is_failing {
        found.sort_by_key(|pending| (pending.attempts, pending.position, pending.delivery_id.0));
    }
    found
}

/// Sends a delivery, signed with every secret that is good now.
fn send(run: &Run, row: &WebhookRow, delivery: &DeliveryRow, now: DateTime<Utc>) -> Result<Exchange, OpError> {
    let message_id = delivery.event_id.0.to_string();
    let timestamp = now.timestamp();
    let signatures: Vec<String> = secrets(run.bank, row, now)?
        .iter()
        .filter_map(|secret| signatures::sign(secret, &message_id, timestamp, &delivery.body))
        .collect();
    let headers = [
        ("webhook-id", message_id),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signatures.join(" ")),
    ];
    Ok(run.client.post_json(&row.url, &headers, &delivery.body))
}

/// Notes what came of a try, and stops a webhook whose receiver is gone, or that has failed for long.
fn note(
    run: &Run,
    row: &WebhookRow,
    delivery: &DeliveryRow,
    exchange: &Exchange,
    failing_since: Option<DateTime<Utc>>,
) -> Result<(), OpError> {
    let now = (run.clock)();
    let attempts = delivery.attempts + 1;
    let seed = opaque::random_number()?;
    let status_of = exchange.answer.as_ref().map(|answer| answer.status).unwrap_or_default();
    let is_delivered = (200..300).contains(&status_of);
    let next = match status_of {
        _ if is_delivered => None,
        410 => None,
        _ => next_attempt(delivery.created_at.0, attempts, now, seed),
    };
    let status = match (is_delivered, next) {
        (true, _) => DeliveryStatus::Delivered,
        (false, Some(_)) => DeliveryStatus::Pending,
        (false, None) => DeliveryStatus::Dead,
    };
    let tried = Tried {
        status: status.as_str(),
        attempts,
        at: now,
        next_attempt_at: next,
        response_status: i16::try_from(status_of).ok().filter(|status| *status > 0),
        response_excerpt: exchange.answer.as_ref().ok().map(|answer| answer.excerpt.clone()),
        failure: exchange.answer.as_ref().err().map(|failure| failure.as_str()),
        duration_ms: i64::try_from(exchange.took.as_millis()).unwrap_or(i64::MAX),
    };
    let stopped = match failing_since {
        _ if status_of == 410 => Some((WebhookStatus::Disabled, "gone")),
        Some(since) if now - since >= PATIENCE => Some((WebhookStatus::Paused, "failing")),
        _ => None,
    };
    let webhook_id = row.webhook_id.0;
    run.bank.store.write(|conn| {
        store::note(conn, delivery.delivery_id.0, &tried)?;
        webhooks::note_failing(conn, webhook_id, failing_since)?;
        if let Some((status, reason)) = stopped {
            webhooks::stop(conn, webhook_id, status.as_str(), reason)?;
            let row = WebhookRow {
                status: status.to_string(),
                ..row.clone()
            };
            told(conn, &Context::of(Caller::Bank, now), "give_up_webhook", &row)?;
        }
        Ok::<_, OpError>(())
    })?;
    metrics::counter!("credit_bank_webhook_tries_total", "delivered" => is_delivered.to_string()).increment(1);
    Ok(())
}
