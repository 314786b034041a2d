//! A learner's record: account, lots, movements, outcomes, decisions, and who looked.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

use super::connection::Conn;
use super::deposits::{DecisionRow, LearnerRow, LotRow, MovementRow, OutcomeRow};
use super::each_back_end;
use super::error::StoreError;
use super::insert::insert_rows;
use super::listing::placed;
use super::schema::{access_log, account_numbers, decisions, learners, lots, movements, outcomes};
use super::types::{At, Id, Key, Moment};
use crate::domain::list::ListPlace;
use crate::domain::movement::MovementKind;
use crate::domain::outcome::{OutcomeFilter, OutcomeStatus};

/// A look at a learner's record by somebody else.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = access_log)]
pub struct AccessRow {
    pub learner_id: Key,
    pub access_id: Key,
    pub actor: String,
    pub actor_name: String,
    pub institution_id: Option<Key>,
    pub operation: String,
    pub request_id: Key,
    pub at: At,
}

/// Finds a learner; one who was merged into another is that other.
///
/// # Errors
/// When the database refuses.
pub fn learner(conn: &mut Conn, learner_id: Uuid) -> Result<Option<LearnerRow>, StoreError> {
    match itself(conn, learner_id)? {
        Some(LearnerRow {
            merged_into: Some(into), ..
        }) => itself(conn, into.0),
        found => Ok(found),
    }
}

/// Finds a learner as it is, merged or not: for whoever verifies, seals anew or merges.
///
/// # Errors
/// When the database refuses.
pub fn itself(conn: &mut Conn, learner_id: Uuid) -> Result<Option<LearnerRow>, StoreError> {
    Ok(learners::table.find(Key(learner_id)).first(conn).optional()?)
}

/// Who some learners are now: those who were merged are who absorbed them.
///
/// # Errors
/// When the database refuses.
pub fn present(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    let merged: Vec<(Key, Option<Key>)> = each_back_end!(conn, c => learners::table
        .filter(learners::learner_id.eq_any(&ids))
        .filter(learners::merged_into.is_not_null())
        .select((learners::learner_id, learners::merged_into))
        .load(c))?;
    let into = |learner_id: &Uuid| {
        merged
            .iter()
            .find(|(from, _)| from.0 == *learner_id)
            .and_then(|(_, into)| into.as_ref())
    };
    Ok(learner_ids
        .iter()
        .map(|learner_id| into(learner_id).map_or(*learner_id, |key| key.0))
        .collect())
}

/// A learner and all who were merged into it.
///
/// # Errors
/// When the database refuses.
pub fn with_absorbed(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let absorbed: Vec<Key> = learners::table
        .filter(learners::merged_into.eq(Key(learner_id)))
        .select(learners::learner_id)
        .load(conn)?;
    Ok(std::iter::once(learner_id).chain(absorbed.into_iter().map(|key| key.0)).collect())
}

/// Lets nobody else who does so write to a learner's record until the transaction ends, so that whatever is read from now on
/// stays true. On SQLite a writer is alone from the beginning.
///
/// # Errors
/// `Stale` where the learner was merged into another since it was read, or the database refuses.
pub fn lock_learner(conn: &mut Conn, learner_id: Uuid) -> Result<(), StoreError> {
    let row = learners::table.find(Key(learner_id)).select(learners::merged_into);
    let merged: Option<Option<Key>> = match conn {
        Conn::Postgres(conn) => row.for_no_key_update().first(conn).optional()?,
        Conn::Sqlite(conn) => row.first(conn).optional()?,
    };
    match merged.flatten() {
        Some(_) => Err(StoreError::Stale),
        None => Ok(()),
    }
}

/// Finds a learner by account number; one who was merged into another is that other.
///
/// # Errors
/// When the database refuses.
pub fn learner_by_account(conn: &mut Conn, account_number: &str) -> Result<Option<LearnerRow>, StoreError> {
    match account_itself(conn, account_number)? {
        Some(row) => learner(conn, row.learner_id.0),
        None => Ok(None),
    }
}

/// Finds a learner by account number as it is, merged or not.
///
/// # Errors
/// When the database refuses.
pub fn account_itself(conn: &mut Conn, account_number: &str) -> Result<Option<LearnerRow>, StoreError> {
    let found: Option<Key> = account_numbers::table
        .find(account_number)
        .select(account_numbers::learner_id)
        .first(conn)
        .optional()?;
    match found {
        Some(key) => itself(conn, key.0),
        None => Ok(None),
    }
}

/// Every lot of a learner.
///
/// # Errors
/// When the database refuses.
pub fn lots_of(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<LotRow>, StoreError> {
    Ok(lots::table
        .filter(lots::learner_id.eq(Key(learner_id)))
        .order(lots::lot_id)
        .load(conn)?)
}

/// Which movements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MovementFilter {
    /// Recorded before this moment.
    pub until: Option<DateTime<Utc>>,
    /// That took effect by this day.
    pub effective_on: Option<chrono::NaiveDate>,
    pub kind: Option<MovementKind>,
}

/// Movements of a learner, from a place by their sequence numbers, up to a moment, and with effect by a day where these are named.
///
/// # Errors
/// When the database refuses.
pub fn listed_movements(
    conn: &mut Conn,
    learner_id: Uuid,
    filter: &MovementFilter,
    place: ListPlace<i64>,
    limit: i64,
) -> Result<Vec<MovementRow>, StoreError> {
    let mut query = movements::table.filter(movements::learner_id.eq(Key(learner_id))).into_boxed();
    if let Some(until) = filter.until {
        query = query.filter(movements::recorded_at.lt(At(until)));
    }
    if let Some(effective_on) = filter.effective_on {
        query = query.filter(movements::effective_on.le(effective_on));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(movements::kind.eq(kind.as_str()));
    }
    Ok(placed!(query, movements::sequence, place).limit(limit).load(conn)?)
}

/// All movements of a learner in order; only those recorded before a moment, if one is named.
///
/// # Errors
/// When the database refuses.
pub fn movements_in_order(conn: &mut Conn, learner_id: Uuid, until: Option<DateTime<Utc>>) -> Result<Vec<MovementRow>, StoreError> {
    let mut query = movements::table.filter(movements::learner_id.eq(Key(learner_id))).into_boxed();
    if let Some(until) = until {
        query = query.filter(movements::recorded_at.lt(At(until)));
    }
    Ok(query.order(movements::sequence).load(conn)?)
}

/// Outcomes, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn outcomes(conn: &mut Conn, filter: &OutcomeFilter, place: ListPlace, limit: i64) -> Result<Vec<OutcomeRow>, StoreError> {
    let mut query = outcomes::table.filter(outcomes::left_by.is_null()).into_boxed();
    if let Some(learner_id) = filter.learner_id {
        query = query.filter(outcomes::learner_id.eq(Key(learner_id)));
    }
    if let Some(institution_id) = filter.institution_id {
        query = query.filter(outcomes::institution_id.eq(Key(institution_id)));
    }
    if let Some(achievement_id) = filter.achievement_id {
        query = query.filter(outcomes::achievement_id.eq(Key(achievement_id)));
    }
    if let Some(number) = &filter.certificate_number {
        query = query.filter(outcomes::certificate_number.eq(number.clone()));
    }
    match filter.status {
        Some(OutcomeStatus::Flagged) => query = query.filter(is_flagged()),
        Some(status) => query = query.filter(outcomes::status.eq(status.as_str())),
        None => {}
    }
    if let Some(from) = filter.awarded_from {
        query = query.filter(outcomes::awarded_on.ge(from));
    }
    if let Some(to) = filter.awarded_to {
        query = query.filter(outcomes::awarded_on.le(to));
    }
    if let Some(moment) = filter.deposited_before {
        query = query.filter(outcomes::deposited_at.lt(At(moment)));
    }
    Ok(placed!(query, outcomes::outcome_id, place.map(Key)).limit(limit).load(conn)?)
}

/// Whether an outcome waits for a person. Said in the statement itself, so that the databases see that the index of these alone will do.
fn is_flagged() -> SqlLiteral<Bool> {
    sql("outcomes.status = 'flagged'")
}

/// How many outcomes of an institution wait for a person.
///
/// # Errors
/// When the database refuses.
pub fn count_flagged(conn: &mut Conn, institution_id: Uuid) -> Result<i64, StoreError> {
    Ok(outcomes::table
        .filter(outcomes::left_by.is_null())
        .filter(outcomes::institution_id.eq(Key(institution_id)))
        .filter(is_flagged())
        .count()
        .get_result(conn)?)
}

/// Finds a decision, with the outcome that it is about.
///
/// # Errors
/// When the database refuses.
pub fn decision(conn: &mut Conn, decision_id: Uuid) -> Result<Option<(DecisionRow, OutcomeRow)>, StoreError> {
    let own_outcome = outcomes::learner_id
        .eq(decisions::learner_id)
        .and(outcomes::outcome_id.eq(decisions::outcome_id));
    // Every learner with whom the outcome ever was has the decision; the outcome is with one.
    Ok(decisions::table
        .inner_join(outcomes::table.on(own_outcome))
        .filter(decisions::decision_id.eq(Key(decision_id)))
        .filter(outcomes::left_by.is_null())
        .select((decisions::all_columns, outcomes::all_columns))
        .first(conn)
        .optional()?)
}

/// All decisions on the outcomes of some accounts, in the order of their ids.
///
/// # Errors
/// When the database refuses.
pub fn decisions_of(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<Vec<DecisionRow>, StoreError> {
    let keys: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    Ok(each_back_end!(conn, c => decisions::table
        .filter(decisions::learner_id.eq_any(&keys))
        .order(decisions::decision_id)
        .load(c))?)
}

/// Writes looks into learners' access logs.
///
/// # Errors
/// When the database refuses.
pub fn insert_accesses(conn: &mut Conn, rows: &[AccessRow]) -> Result<(), StoreError> {
    use diesel::sql_types::{Nullable, Text};
    insert_rows!(conn, access_log, rows, {
        learner_id: Id, access_id: Id, actor: Text, actor_name: Text, institution_id: Nullable<Id>, operation: Text, request_id: Id, at: Moment,
    });
    Ok(())
}

/// The looks at the record of a learner, whose accounts are several where some were merged, from a place in their list. A look that two
/// of them have is one.
///
/// # Errors
/// When the database refuses.
pub fn accesses(conn: &mut Conn, learner_ids: &[Uuid], place: ListPlace, limit: i64) -> Result<Vec<AccessRow>, StoreError> {
    // A few accounts at most: each is read by itself, as far as it may be needed.
    let mut found: Vec<AccessRow> = Vec::new();
    for learner_id in learner_ids {
        let query = access_log::table.filter(access_log::learner_id.eq(Key(*learner_id))).into_boxed();
        let rows: Vec<AccessRow> = placed!(query, access_log::access_id, place.map(Key)).limit(limit).load(conn)?;
        found.extend(rows);
    }
    found.sort_unstable_by_key(|look| look.access_id.0);
    if let ListPlace::Newest(_) = place {
        found.reverse();
    }
    found.dedup_by(|one, other| one.access_id == other.access_id);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// Learners after `after`, in order, for a walk over all of them.
///
/// # Errors
/// When the database refuses.
pub fn learners_after(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<LearnerRow>, StoreError> {
    let mut query = learners::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(learners::learner_id.gt(Key(after)));
    }
    Ok(query.order(learners::learner_id).limit(limit).load(conn)?)
}

/// Replaces a learner's sealed identity.
///
/// # Errors
/// When the database refuses.
pub fn replace_sealed(conn: &mut Conn, learner_id: Uuid, document: &[u8], name: &[u8]) -> Result<(), StoreError> {
    diesel::update(learners::table.find(Key(learner_id)))
        .set((learners::document_sealed.eq(document), learners::name_sealed.eq(name)))
        .execute(conn)?;
    Ok(())
}

/// Some learners.
///
/// # Errors
/// When the database refuses.
pub fn learners(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<Vec<LearnerRow>, StoreError> {
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    Ok(each_back_end!(conn, c => learners::table.filter(learners::learner_id.eq_any(&ids)).load(c))?)
}

/// The same by their ids.
///
/// # Errors
/// When the database refuses.
pub fn learners_by_id(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<HashMap<Uuid, LearnerRow>, StoreError> {
    let rows = learners(conn, learner_ids)?;
    Ok(rows.into_iter().map(|row| (row.learner_id.0, row)).collect())
}

/// The achievement of each of some outcomes, whosever they are.
///
/// # Errors
/// When the database refuses.
pub fn achievements_of(conn: &mut Conn, outcome_ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    let ids: Vec<Key> = outcome_ids.iter().copied().map(Key).collect();
    let rows: Vec<(Key, Key)> = each_back_end!(conn, c => outcomes::table
        .filter(outcomes::outcome_id.eq_any(&ids))
        .filter(outcomes::left_by.is_null())
        .select((outcomes::outcome_id, outcomes::achievement_id))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(outcome_id, achievement_id)| (outcome_id.0, achievement_id.0))
        .collect())
}

/// Finds an outcome.
///
/// # Errors
/// When the database refuses.
pub fn outcome(conn: &mut Conn, outcome_id: Uuid) -> Result<Option<OutcomeRow>, StoreError> {
    Ok(outcomes::table
        .filter(outcomes::outcome_id.eq(Key(outcome_id)))
        .filter(outcomes::left_by.is_null())
        .first(conn)
        .optional()?)
}

/// Moves an outcome that waits to another status; false when it waits no more.
///
/// # Errors
/// When the database refuses.
pub fn review_outcome(conn: &mut Conn, row: &OutcomeRow, to: OutcomeStatus, reason: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(outcomes::table.find((&row.learner_id, &row.outcome_id)))
        .filter(outcomes::status.eq(OutcomeStatus::Flagged.as_str()))
        .filter(outcomes::left_by.is_null())
        .set((
            outcomes::status.eq(to.as_str()),
            outcomes::reviewed_at.eq(Some(At(now))),
            outcomes::review_reason.eq(Some(reason)),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
