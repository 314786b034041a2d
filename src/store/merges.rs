//! Merges, and the accounts that they bind together and take apart.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::records::AccessRow;
use super::schema::{access_log, claim_uses, claims, evidence_files, learner_institutions, learners, lots, merges, outcomes};
use super::types::{At, Key};
use crate::domain::list::ListPlace;
use crate::domain::merge::{MergeFilter, MergeState};

/// A merge as it stands.
#[derive(Debug, Clone, Insertable, Queryable, AsChangeset)]
#[diesel(table_name = merges, primary_key(merge_id), treat_none_as_null = true)]
pub struct MergeRow {
    pub merge_id: Key,
    pub surviving_id: Key,
    pub absorbed_id: Key,
    pub state: String,
    pub reason: String,
    pub citation: String,
    pub proposed_by: String,
    pub proposed_by_name: String,
    pub proposed_at: At,
    pub decided_by: Option<String>,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<At>,
    pub decision_reason: Option<String>,
    pub merged_at: Option<At>,
    /// The institutions that knew only the one that was absorbed.
    pub came_to_know: String,
    pub reversal_reason: Option<String>,
    /// The outcomes that a reversal names beside those that came.
    pub reversal_outcomes: String,
    pub reversal_proposed_by: Option<String>,
    pub reversal_proposed_by_name: Option<String>,
    pub reversal_proposed_at: Option<At>,
    pub reversal_decided_by: Option<String>,
    pub reversal_decided_by_name: Option<String>,
    pub reversal_decided_at: Option<At>,
    pub reversal_decision_reason: Option<String>,
}

/// Adds a merge.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &MergeRow) -> Result<(), StoreError> {
    diesel::insert_into(merges::table).values(row).execute(conn)?;
    Ok(())
}

/// Finds a merge.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, merge_id: Uuid) -> Result<Option<MergeRow>, StoreError> {
    Ok(merges::table.find(Key(merge_id)).first(conn).optional()?)
}

/// Merges, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, filter: &MergeFilter, place: ListPlace, limit: i64) -> Result<Vec<MergeRow>, StoreError> {
    let mut query = merges::table.into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(merges::state.eq(state.as_str()));
    }
    if let Some(learner_id) = filter.learner_id {
        let either = merges::surviving_id.eq(Key(learner_id)).or(merges::absorbed_id.eq(Key(learner_id)));
        query = query.filter(either);
    }
    Ok(placed!(query, merges::merge_id, place.map(Key)).limit(limit).load(conn)?)
}

/// How many merges are in a state.
///
/// # Errors
/// When the database refuses.
pub fn count(conn: &mut Conn, state: MergeState) -> Result<i64, StoreError> {
    Ok(merges::table.filter(merges::state.eq(state.as_str())).count().get_result(conn)?)
}

/// A merge of one of some learners about which people have yet to decide, if there is one.
///
/// # Errors
/// When the database refuses.
pub fn open_of(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<Option<Uuid>, StoreError> {
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    let open: Vec<&str> = MergeState::ALL
        .iter()
        .filter(|state| state.is_open())
        .map(|state| state.as_str())
        .collect();
    let found: Option<Key> = each_back_end!(conn, c => merges::table
        .filter(merges::surviving_id.eq_any(&ids).or(merges::absorbed_id.eq_any(&ids)))
        .filter(merges::state.eq_any(&open))
        .select(merges::merge_id)
        .first(c)
        .optional())?;
    Ok(found.map(|key| key.0))
}

/// Writes where a merge stands, if it still stands where it was read.
///
/// # Errors
/// When the database refuses.
pub fn update(conn: &mut Conn, row: &MergeRow, state_read: MergeState) -> Result<bool, StoreError> {
    let still = merges::table.find(&row.merge_id).filter(merges::state.eq(state_read.as_str()));
    Ok(diesel::update(still).set(row).execute(conn)? == 1)
}

/// Says of a learner into whom it is merged, or that it is itself again; false where it was otherwise before.
///
/// # Errors
/// When the database refuses.
pub fn set_merged(conn: &mut Conn, learner_id: Uuid, before: Option<Uuid>, after: Option<Uuid>) -> Result<bool, StoreError> {
    let row = learners::table.find(Key(learner_id));
    let after = learners::merged_into.eq(after.map(Key));
    let changed = match before {
        Some(into) => diesel::update(row.filter(learners::merged_into.eq(Key(into))))
            .set(after)
            .execute(conn)?,
        None => diesel::update(row.filter(learners::merged_into.is_null()))
            .set(after)
            .execute(conn)?,
    };
    Ok(changed == 1)
}

/// Binds an account to a log-in, or to none.
///
/// # Errors
/// When the database refuses.
pub fn set_user(conn: &mut Conn, learner_id: Uuid, user_id: Option<Uuid>) -> Result<(), StoreError> {
    diesel::update(learners::table.find(Key(learner_id)))
        .set(learners::user_id.eq(user_id.map(Key)))
        .execute(conn)?;
    Ok(())
}

/// Lets institutions know a learner, since a moment.
///
/// # Errors
/// When the database refuses.
pub fn make_known(conn: &mut Conn, learner_id: Uuid, institution_ids: &[Uuid], since: DateTime<Utc>) -> Result<(), StoreError> {
    for institution_id in institution_ids {
        let row = (
            learner_institutions::learner_id.eq(Key(learner_id)),
            learner_institutions::institution_id.eq(Key(*institution_id)),
            learner_institutions::since.eq(At(since)),
        );
        each_back_end!(conn, c => diesel::insert_into(learner_institutions::table).values(row).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// Lets the institutions know a learner whose outcomes the learner has.
///
/// # Errors
/// When the database refuses.
pub fn know_by_outcomes(conn: &mut Conn, learner_id: Uuid, since: DateTime<Utc>) -> Result<(), StoreError> {
    let having = having(conn, learner_id)?;
    make_known(conn, learner_id, &having, since)
}

/// The institutions of the outcomes that a learner has.
fn having(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let found: Vec<Key> = outcomes::table
        .filter(outcomes::learner_id.eq(Key(learner_id)))
        .filter(outcomes::left_by.is_null())
        .select(outcomes::institution_id)
        .distinct()
        .load(conn)?;
    Ok(found.into_iter().map(|key| key.0).collect())
}

/// Institutions of some forget a learner of whom they have no outcome.
///
/// # Errors
/// When the database refuses.
pub fn forget(conn: &mut Conn, learner_id: Uuid, institution_ids: &[Uuid]) -> Result<(), StoreError> {
    let having = having(conn, learner_id)?;
    for institution_id in institution_ids.iter().filter(|id| !having.contains(id)) {
        diesel::delete(learner_institutions::table.find((Key(learner_id), Key(*institution_id)))).execute(conn)?;
    }
    Ok(())
}

/// Gives a learner the looks that another had since a moment: they were at the record of both.
///
/// # Errors
/// When the database refuses.
pub fn share_looks(conn: &mut Conn, from: Uuid, to: Uuid, since: DateTime<Utc>) -> Result<(), StoreError> {
    let looks: Vec<AccessRow> = access_log::table
        .filter(access_log::learner_id.eq(Key(from)))
        .filter(access_log::at.ge(At(since)))
        .load(conn)?;
    for look in looks {
        let look = AccessRow {
            learner_id: Key(to),
            ..look
        };
        each_back_end!(conn, c => diesel::insert_into(access_log::table).values(look).on_conflict_do_nothing().execute(c))?;
    }
    Ok(())
}

/// What a merged account still has that should be the other's.
///
/// # Errors
/// When the database refuses.
pub fn left_behind(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<&'static str>, StoreError> {
    macro_rules! any {
        ($($what:literal in $rows:expr),+) => {{
            let mut found = Vec::new();
            $(if $rows.count().get_result::<i64>(conn)? > 0 {
                found.push($what);
            })+
            found
        }};
    }
    Ok(any!(
        "an outcome" in outcomes::table.filter(outcomes::learner_id.eq(Key(learner_id))).filter(outcomes::left_by.is_null()),
        "a claim" in claims::table.filter(claims::learner_id.eq(Key(learner_id))).filter(claims::left_by.is_null()),
        "credit" in lots::table.filter(lots::learner_id.eq(Key(learner_id))).filter(lots::reversed_hundredths.ne(lots::granted_hundredths)),
        "what a claim uses" in claim_uses::table.filter(claim_uses::learner_id.eq(Key(learner_id))),
        "an evidence file" in evidence_files::table.filter(evidence_files::learner_id.eq(Key(learner_id)))
    ))
}
