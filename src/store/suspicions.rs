//! Likenesses of learners (keyed indexes, nothing in clear), the pairs who may be one person, and how far the search has come.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::deposits::KnownByRow;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::schema::{duplicate_suspicions, learner_institutions, likenesses, outcomes, walks};
use super::types::{At, Key};
use crate::domain::likeness::{Strength, SuspicionStatus};
use crate::domain::list::ListPlace;
use crate::domain::outcome::OutcomeStatus;

/// Two learners who may be one person, in the order of their ids.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = duplicate_suspicions)]
pub struct SuspicionRow {
    pub suspicion_id: Key,
    pub first_learner_id: Key,
    pub second_learner_id: Key,
    /// A JSON list; every ground that there ever was.
    pub grounds: String,
    pub strength: String,
    pub status: String,
    pub found_at: At,
    pub changed_at: At,
    pub dismissed_at: Option<At>,
    pub dismissed_by: Option<String>,
    pub dismissed_by_name: Option<String>,
    pub reason: Option<String>,
}

/// How far a walk over what institutions know of learners has come.
#[derive(Debug, Clone, PartialEq, Insertable, Queryable)]
#[diesel(table_name = walks)]
pub struct WalkRow {
    pub walk: String,
    pub since: At,
    pub learner_id: Key,
    pub institution_id: Key,
}

/// Takes a walk for this transaction, from its beginning where nobody walked before: whoever else wants it waits.
///
/// # Errors
/// When the database refuses.
pub fn take_walk(conn: &mut Conn, walk: &str) -> Result<WalkRow, StoreError> {
    let beginning = WalkRow {
        walk: walk.to_owned(),
        since: At(DateTime::UNIX_EPOCH),
        learner_id: Key(Uuid::nil()),
        institution_id: Key(Uuid::nil()),
    };
    each_back_end!(conn, c => diesel::insert_into(walks::table).values(&beginning).on_conflict_do_nothing().execute(c))?;
    diesel::update(walks::table.find(walk))
        .set(walks::since.eq(walks::since))
        .execute(conn)?;
    Ok(walks::table.find(walk).first(conn)?)
}

/// Notes how far a walk has come.
///
/// # Errors
/// When the database refuses.
pub fn move_walk(conn: &mut Conn, row: &WalkRow) -> Result<(), StoreError> {
    diesel::update(walks::table.find(&row.walk))
        .set((
            walks::since.eq(&row.since),
            walks::learner_id.eq(&row.learner_id),
            walks::institution_id.eq(&row.institution_id),
        ))
        .execute(conn)?;
    Ok(())
}

/// What institutions got to know of learners after the place of a walk and before a moment, in order. Whoever is new in the bank is
/// new to an institution.
///
/// # Errors
/// When the database refuses.
pub fn known_after(conn: &mut Conn, place: &WalkRow, until: DateTime<Utc>, limit: i64) -> Result<Vec<KnownByRow>, StoreError> {
    let same_learner = learner_institutions::learner_id
        .eq(&place.learner_id)
        .and(learner_institutions::institution_id.gt(&place.institution_id));
    let same_moment = learner_institutions::since
        .eq(&place.since)
        .and(learner_institutions::learner_id.gt(&place.learner_id).or(same_learner));
    Ok(learner_institutions::table
        // Said twice, so that the index is entered at the place.
        .filter(learner_institutions::since.ge(&place.since))
        .filter(learner_institutions::since.gt(&place.since).or(same_moment))
        .filter(learner_institutions::since.lt(At(until)))
        .order((
            learner_institutions::since,
            learner_institutions::learner_id,
            learner_institutions::institution_id,
        ))
        .limit(limit)
        .load(conn)?)
}

/// Some of the learners who have a likeness.
///
/// # Errors
/// When the database refuses.
pub fn learners_like(conn: &mut Conn, likeness: &[u8], limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let ids: Vec<Key> = likenesses::table
        .filter(likenesses::likeness.eq(likeness))
        .select(likenesses::learner_id)
        .order(likenesses::learner_id)
        .limit(limit)
        .load(conn)?;
    Ok(ids.into_iter().map(|key| key.0).collect())
}

/// The suspicion about two learners, in the order of their ids.
///
/// # Errors
/// When the database refuses.
pub fn about(conn: &mut Conn, first: Uuid, second: Uuid) -> Result<Option<SuspicionRow>, StoreError> {
    Ok(duplicate_suspicions::table.find((Key(first), Key(second))).first(conn).optional()?)
}

/// Finds a suspicion.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, suspicion_id: Uuid) -> Result<Option<SuspicionRow>, StoreError> {
    Ok(duplicate_suspicions::table
        .filter(duplicate_suspicions::suspicion_id.eq(Key(suspicion_id)))
        .first(conn)
        .optional()?)
}

/// Adds a suspicion.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &SuspicionRow) -> Result<(), StoreError> {
    diesel::insert_into(duplicate_suspicions::table).values(row).execute(conn)?;
    Ok(())
}

/// Writes a suspicion that still stands as it was read; false where somebody else changed it meanwhile.
///
/// # Errors
/// When the database refuses.
pub fn update(conn: &mut Conn, row: &SuspicionRow, as_read: &SuspicionRow) -> Result<bool, StoreError> {
    let changed = diesel::update(duplicate_suspicions::table.find((&row.first_learner_id, &row.second_learner_id)))
        .filter(duplicate_suspicions::status.eq(&as_read.status))
        .filter(duplicate_suspicions::grounds.eq(&as_read.grounds))
        .set((
            duplicate_suspicions::grounds.eq(&row.grounds),
            duplicate_suspicions::strength.eq(&row.strength),
            duplicate_suspicions::status.eq(&row.status),
            duplicate_suspicions::changed_at.eq(&row.changed_at),
            duplicate_suspicions::dismissed_at.eq(&row.dismissed_at),
            duplicate_suspicions::dismissed_by.eq(&row.dismissed_by),
            duplicate_suspicions::dismissed_by_name.eq(&row.dismissed_by_name),
            duplicate_suspicions::reason.eq(&row.reason),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Suspicions, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    status: Option<SuspicionStatus>,
    strength: Option<Strength>,
    place: ListPlace,
    limit: i64,
) -> Result<Vec<SuspicionRow>, StoreError> {
    let mut query = duplicate_suspicions::table.into_boxed();
    if let Some(status) = status {
        query = query.filter(duplicate_suspicions::status.eq(status.as_str()));
    }
    if let Some(strength) = strength {
        query = query.filter(duplicate_suspicions::strength.eq(strength.as_str()));
    }
    Ok(placed!(query, duplicate_suspicions::suspicion_id, place.map(Key))
        .limit(limit)
        .load(conn)?)
}

/// How many suspicions have a status.
///
/// # Errors
/// When the database refuses.
pub fn count(conn: &mut Conn, status: SuspicionStatus) -> Result<i64, StoreError> {
    let of = duplicate_suspicions::table.filter(duplicate_suspicions::status.eq(status.as_str()));
    Ok(of.count().get_result(conn)?)
}

/// How many outcomes of a learner have a status.
///
/// # Errors
/// When the database refuses.
pub fn count_outcomes(conn: &mut Conn, learner_id: Uuid, status: OutcomeStatus) -> Result<i64, StoreError> {
    Ok(outcomes::table
        .filter(outcomes::learner_id.eq(Key(learner_id)))
        .filter(outcomes::status.eq(status.as_str()))
        .count()
        .get_result(conn)?)
}
