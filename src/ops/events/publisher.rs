//! The publisher: what writes left in the outbox gets its place in the feed, and learners are told.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::domain::event::is_published;
use crate::domain::notification::{NotificationKind, kind_of, may_tell};
use crate::domain::policy::{Action, Resource};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::news::tell_learners;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::events::{self as store, EventRow, WaitingRow};
use crate::store::notifications::{NotificationRow, claimed};
use crate::store::{deliveries, records};

/// How many events get their places in one transaction: few enough that nobody waits long for the writer on SQLite.
pub const BATCH: i64 = 1_000;

/// Gives what waits its places, one batch, and says how many events that were. Several servers take turns.
///
/// Rows become visible when they are committed, and not in the order of any number that they got before. Whoever holds the
/// numbering sees what is committed by now and numbers it on, so that a number is given out only after all smaller ones can
/// be read.
///
/// # Errors
/// What the policy answers: only the bank itself does this.
pub fn publish_events(bank: &Bank, context: &Context) -> Result<u64, OpError> {
    if !bank.store.read(store::is_waiting)? {
        return Ok(0);
    }
    bank.store.write(|conn| {
        context.authorised(conn, Action::CarryEventsOut, Resource::Bank)?;
        let head = store::take_head(conn)?;
        let waiting = store::waiting(conn, BATCH)?;
        let (to_publish, to_drop): (Vec<&WaitingRow>, Vec<&WaitingRow>) = waiting.iter().partition(|row| is_published(&row.event_type));
        let sequences = |rows: &[&WaitingRow]| -> Vec<i64> { rows.iter().map(|row| row.sequence).collect() };
        store::publish(conn, head.published_to, &sequences(&to_publish), &sequences(&to_drop))?;
        tell(conn, head.published_to, &to_publish)?;
        let published = u64::try_from(to_publish.len()).unwrap_or_default();
        metrics::counter!("credit_bank_events_published_total").increment(published);
        Ok(u64::try_from(waiting.len()).unwrap_or_default())
    })
}

/// Tells learners of what was published after a place. Of a million deposits for learners without a log-in nothing is read but
/// whose they are.
fn tell(conn: &mut Conn, published_to: i64, published: &[&WaitingRow]) -> Result<(), StoreError> {
    let concerned: BTreeSet<Uuid> = published
        .iter()
        .filter(|row| may_tell(&row.event_type))
        .filter_map(|row| row.learner_id.as_ref().map(|key| key.0))
        .collect();
    if concerned.is_empty() {
        return Ok(());
    }
    let concerned: Vec<Uuid> = concerned.into_iter().collect();
    let now: HashMap<Uuid, Uuid> = concerned.iter().copied().zip(records::present(conn, &concerned)?).collect();
    let present: BTreeSet<Uuid> = now.values().copied().collect();
    let claimed = claimed(conn, &present.into_iter().collect::<Vec<_>>())?;
    let is_told = |row: &WaitingRow| {
        let present = row.learner_id.as_ref().and_then(|key| now.get(&key.0));
        may_tell(&row.event_type) && present.is_some_and(|present| claimed.contains(present))
    };
    let positions: Vec<i64> = (published_to + 1..)
        .zip(published)
        .filter(|(_, row)| is_told(row))
        .map(|(position, _)| position)
        .collect();
    let rows = store::at_positions(conn, &positions)?;
    let news = rows.into_iter().filter_map(|row| news_of(row, &now)).collect();
    tell_learners(conn, &claimed, news)?;
    Ok(())
}

fn news_of(row: EventRow, now: &HashMap<Uuid, Uuid>) -> Option<NotificationRow> {
    let kind = kind_of(&row.event_type, &row.payload.0)?;
    let learner_id = row.learner_id?;
    let present = *now.get(&learner_id.0)?;
    // Both accounts are told of their merge, and by then both are one.
    if kind == NotificationKind::Merge && present != learner_id.0 {
        return None;
    }
    Some(NotificationRow {
        learner_id: present.into(),
        notification_id: row.event_id,
        kind: kind.to_string(),
        event_type: row.event_type,
        subject_id: row.subject_id,
        institution_id: row.institution_id,
        details: row.payload,
        at: row.at,
        read_at: None,
        to_mail: false,
    })
}

/// Removes events and deliveries that are older than they are kept, some at once, and says how many.
///
/// # Errors
/// What the policy answers: only the bank itself does this.
pub fn prune_events(bank: &Bank, context: &Context) -> Result<u64, OpError> {
    let before = context.now - bank.outside.event_life;
    let mut gone = 0;
    loop {
        let of_piece = bank.store.write(|conn| {
            context.authorised(conn, Action::CarryEventsOut, Resource::Bank)?;
            let head = store::take_head(conn)?;
            Ok::<_, OpError>(store::prune(conn, head, before)?)
        })?;
        gone += u64::try_from(of_piece).unwrap_or_default();
        if of_piece == 0 {
            break;
        }
    }
    let deliveries = bank.store.write(|conn| deliveries::prune(conn, before).map_err(OpError::from))?;
    Ok(gone + u64::try_from(deliveries).unwrap_or_default())
}
