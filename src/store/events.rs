//! Events: what writes left in the outbox is given a number for ever, under one lock, so that no number appears behind one that
//! somebody has read; and the numbered ones are read from any place on.

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::schema::{event_heads, events, outbox};
use super::types::{At, Document, Key};

/// A numbered event.
#[derive(Debug, Clone, Queryable)]
pub struct EventRow {
    pub position: i64,
    pub event_id: Key,
    pub at: At,
    pub event_type: String,
    pub learner_id: Option<Key>,
    pub institution_id: Option<Key>,
    pub subject_id: Key,
    pub payload: Document,
}

/// What waits in the outbox, without what it says.
#[derive(Debug, Clone, Queryable)]
pub struct WaitingRow {
    pub sequence: i64,
    pub event_type: String,
    pub learner_id: Option<Key>,
}

/// How far the events are numbered, and how far the old ones are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    pub published_to: i64,
    pub pruned_to: i64,
}

/// There is one sequence of numbers.
const HEAD: &str = "events";

/// How many old events are removed at once.
const PRUNED_AT_ONCE: i64 = 2_000;

/// Whether anything waits in the outbox.
///
/// # Errors
/// When the database refuses.
pub fn is_waiting(conn: &mut Conn) -> Result<bool, StoreError> {
    let first: Option<i64> = outbox::table
        .select(outbox::sequence)
        .order(outbox::sequence)
        .first(conn)
        .optional()?;
    Ok(first.is_some())
}

/// How far the events are numbered.
///
/// # Errors
/// When the database refuses.
pub fn head(conn: &mut Conn) -> Result<Head, StoreError> {
    let found: Option<(i64, i64)> = event_heads::table
        .find(HEAD)
        .select((event_heads::published_to, event_heads::pruned_to))
        .first(conn)
        .optional()?;
    let head = found.map(|(published_to, pruned_to)| Head { published_to, pruned_to });
    Ok(head.unwrap_or_default())
}

/// Takes the numbering for this transaction: whoever else wants to number waits until it has ended.
///
/// # Errors
/// When the database refuses.
pub fn take_head(conn: &mut Conn) -> Result<Head, StoreError> {
    let beginning = (
        event_heads::head.eq(HEAD),
        event_heads::published_to.eq(0),
        event_heads::pruned_to.eq(0),
    );
    each_back_end!(conn, c => diesel::insert_into(event_heads::table).values(beginning).on_conflict_do_nothing().execute(c))?;
    diesel::update(event_heads::table.find(HEAD))
        .set(event_heads::published_to.eq(event_heads::published_to))
        .execute(conn)?;
    head(conn)
}

/// What waits, in the order of writing. Of one learner that is the order in which it happened: whoever writes to a record has
/// waited for the writer before him, who had taken his number by then.
///
/// # Errors
/// When the database refuses.
pub fn waiting(conn: &mut Conn, limit: i64) -> Result<Vec<WaitingRow>, StoreError> {
    Ok(outbox::table
        .order(outbox::sequence)
        .limit(limit)
        .select((outbox::sequence, outbox::event_type, outbox::learner_id))
        .load(conn)?)
}

fn listed(sequences: &[i64]) -> String {
    let texts: Vec<String> = sequences.iter().map(i64::to_string).collect();
    texts.join(", ")
}

/// Numbers what waits under some sequences after `published_to`, in their order, and empties the outbox of it and of what is
/// not published.
///
/// # Errors
/// When the database refuses.
pub fn publish(conn: &mut Conn, published_to: i64, to_publish: &[i64], to_drop: &[i64]) -> Result<(), StoreError> {
    const COLUMNS: &str = "event_id, at, event_type, learner_id, institution_id, subject_id, payload";
    let mut statements = Vec::new();
    if !to_publish.is_empty() {
        // Within the database: of a million events none has to come here and go back.
        statements.push(format!(
            "INSERT INTO events (position, {COLUMNS}) SELECT {published_to} + row_number() OVER (ORDER BY sequence), {COLUMNS} \
                FROM outbox WHERE sequence IN ({})",
            listed(to_publish)
        ));
    }
    let gone: Vec<i64> = to_publish.iter().chain(to_drop).copied().collect();
    if !gone.is_empty() {
        statements.push(format!("DELETE FROM outbox WHERE sequence IN ({})", listed(&gone)));
    }
    for statement in statements {
        each_back_end!(conn, c => c.batch_execute(&statement))?;
    }
    let numbered = i64::try_from(to_publish.len()).map_err(|error| StoreError::Damaged(error.to_string()))?;
    diesel::update(event_heads::table.find(HEAD))
        .set(event_heads::published_to.eq(published_to + numbered))
        .execute(conn)?;
    Ok(())
}

/// Events by their numbers, in their order.
///
/// # Errors
/// When the database refuses.
pub fn at_positions(conn: &mut Conn, positions: &[i64]) -> Result<Vec<EventRow>, StoreError> {
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    Ok(each_back_end!(conn, c => events::table
        .filter(events::position.eq_any(positions))
        .order(events::position)
        .load(c))?)
}

/// Which events somebody wants: of one institution or of all, of some types or of all.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub institution_id: Option<Uuid>,
    /// All when empty.
    pub types: Vec<String>,
}

/// The events wanted after a number and up to another, in their order.
///
/// # Errors
/// When the database refuses.
pub fn after(conn: &mut Conn, wanted: &Wanted, after: i64, up_to: i64, limit: i64) -> Result<Vec<EventRow>, StoreError> {
    Ok(each_back_end!(conn, c => {
        let mut query = events::table
            .filter(events::position.gt(after))
            .filter(events::position.le(up_to))
            .into_boxed();
        if let Some(institution_id) = wanted.institution_id {
            query = query.filter(events::institution_id.eq(Some(Key(institution_id))));
        }
        if !wanted.types.is_empty() {
            query = query.filter(events::event_type.eq_any(&wanted.types));
        }
        query.order(events::position).limit(limit).load(c)
    })?)
}

/// The events wanted that happened from a moment until before another, in their order.
///
/// # Errors
/// When the database refuses.
pub fn of_period(
    conn: &mut Conn,
    wanted: &Wanted,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<EventRow>, StoreError> {
    Ok(each_back_end!(conn, c => {
        let mut query = events::table
            .filter(events::at.ge(At(from)))
            .filter(events::at.lt(At(until)))
            .into_boxed();
        if let Some(institution_id) = wanted.institution_id {
            query = query.filter(events::institution_id.eq(Some(Key(institution_id))));
        }
        if !wanted.types.is_empty() {
            query = query.filter(events::event_type.eq_any(&wanted.types));
        }
        query.order(events::position).limit(limit).load(c)
    })?)
}

/// Removes some of the events that happened before a moment, the oldest first, and says how many. The numbering must be taken.
///
/// # Errors
/// When the database refuses.
pub fn prune(conn: &mut Conn, head: Head, before: DateTime<Utc>) -> Result<i64, StoreError> {
    let oldest = |conn: &mut Conn, from: i64| -> Result<Option<i64>, StoreError> {
        Ok(events::table
            .filter(events::position.gt(from))
            .filter(events::position.le(from + PRUNED_AT_ONCE))
            .filter(events::at.ge(At(before)))
            .select(events::position)
            .order(events::position)
            .first(conn)
            .optional()?)
    };
    // Up to the first that is young enough: what is kept has no gaps.
    let up_to = match oldest(conn, head.pruned_to)? {
        Some(young) => young - 1,
        None => (head.pruned_to + PRUNED_AT_ONCE).min(head.published_to),
    };
    if up_to <= head.pruned_to {
        return Ok(0);
    }
    diesel::delete(events::table.filter(events::position.le(up_to))).execute(conn)?;
    diesel::update(event_heads::table.find(HEAD))
        .set(event_heads::pruned_to.eq(up_to))
        .execute(conn)?;
    Ok(up_to - head.pruned_to)
}
