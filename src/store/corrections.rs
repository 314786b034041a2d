//! Corrections with what they do to each outcome, and the cases that they open.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Nullable, Text};
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::insert::insert_rows;
use super::listing::placed;
use super::schema::{correction_cases, correction_items, corrections};
use super::types::{At, Id, Key, Moment};
use crate::domain::correction::{CaseFilter, CaseState, CorrectionState};
use crate::domain::list::ListPlace;

/// A correction as it stands.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = corrections)]
pub struct CorrectionRow {
    pub correction_id: Key,
    pub institution_id: Key,
    pub kind: String,
    pub scope: String,
    /// What takes the place of the outcome that is corrected.
    pub corrected: Option<String>,
    pub reason: String,
    pub citation: String,
    pub digest: String,
    pub counts: String,
    pub state: String,
    pub previewed_by: String,
    pub previewed_by_name: String,
    pub previewed_at: At,
    pub applied_by: Option<String>,
    pub applied_by_name: Option<String>,
    pub applied_at: Option<At>,
    pub given_up_by: Option<String>,
    pub given_up_by_name: Option<String>,
    pub given_up_at: Option<At>,
}

/// What a correction does to one outcome.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = correction_items)]
pub struct ItemRow {
    pub learner_id: Key,
    pub correction_id: Key,
    pub outcome_id: Key,
    pub item: String,
    pub offers: String,
    pub applied: bool,
}

/// A case as it stands.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = correction_cases)]
pub struct CaseRow {
    pub learner_id: Key,
    pub case_id: Key,
    pub correction_id: Key,
    pub claim_id: Key,
    pub institution_id: Key,
    pub outcome_ids: String,
    pub conversion_ids: String,
    pub offer: Option<String>,
    pub state: String,
    pub opened_on: NaiveDate,
    pub due_on: NaiveDate,
    pub opened_at: At,
    pub decided_by: Option<String>,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<At>,
    pub reason: Option<String>,
    pub replaced_by: Option<Key>,
    /// When it was told that it is overdue.
    pub escalated_at: Option<At>,
}

/// Adds a correction with its items.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &CorrectionRow, items: &[ItemRow]) -> Result<(), StoreError> {
    diesel::insert_into(corrections::table).values(row).execute(conn)?;
    insert_rows!(conn, correction_items, items, {
        learner_id: Id, correction_id: Id, outcome_id: Id, item: Text, offers: Text, applied: Bool,
    });
    Ok(())
}

/// Finds a correction.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, correction_id: Uuid) -> Result<Option<CorrectionRow>, StoreError> {
    Ok(corrections::table.find(Key(correction_id)).first(conn).optional()?)
}

/// Corrections, from a place in their list; of one institution, and in one state, if these are named.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    institution_id: Option<Uuid>,
    state: Option<CorrectionState>,
    place: ListPlace,
    limit: i64,
) -> Result<Vec<CorrectionRow>, StoreError> {
    let mut query = corrections::table.into_boxed();
    if let Some(institution_id) = institution_id {
        query = query.filter(corrections::institution_id.eq(Key(institution_id)));
    }
    if let Some(state) = state {
        query = query.filter(corrections::state.eq(state.as_str()));
    }
    Ok(placed!(query, corrections::correction_id, place.map(Key)).limit(limit).load(conn)?)
}

/// The items of a correction in the order of learners and outcomes, after one of them.
///
/// # Errors
/// When the database refuses.
pub fn items(conn: &mut Conn, correction_id: Uuid, after: Option<(Uuid, Uuid)>, limit: i64) -> Result<Vec<ItemRow>, StoreError> {
    let mut query = correction_items::table
        .filter(correction_items::correction_id.eq(Key(correction_id)))
        .into_boxed();
    if let Some((learner_id, outcome_id)) = after {
        // The first condition is where the index begins to be read.
        let further = correction_items::outcome_id.gt(Key(outcome_id));
        query = query
            .filter(correction_items::learner_id.ge(Key(learner_id)))
            .filter(correction_items::learner_id.gt(Key(learner_id)).or(further));
    }
    Ok(query
        .order((correction_items::learner_id, correction_items::outcome_id))
        .limit(limit)
        .load(conn)?)
}

/// Notes that a previewed correction was applied, with all of its items; false where it was so before.
///
/// # Errors
/// When the database refuses.
pub fn note_applied(conn: &mut Conn, correction_id: Uuid, by: &str, by_name: &str, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(corrections::table.find(Key(correction_id)))
        .filter(corrections::state.eq(CorrectionState::Previewed.as_str()))
        .set((
            corrections::state.eq(CorrectionState::Applied.as_str()),
            corrections::applied_by.eq(Some(by)),
            corrections::applied_by_name.eq(Some(by_name)),
            corrections::applied_at.eq(Some(At(at))),
        ))
        .execute(conn)?;
    diesel::update(correction_items::table.filter(correction_items::correction_id.eq(Key(correction_id))))
        .set(correction_items::applied.eq(true))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notes that a previewed correction is given up; false where it is not previewed any more.
///
/// # Errors
/// When the database refuses.
pub fn note_given_up(conn: &mut Conn, correction_id: Uuid, by: &str, by_name: &str, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(corrections::table.find(Key(correction_id)))
        .filter(corrections::state.eq(CorrectionState::Previewed.as_str()))
        .set((
            corrections::state.eq(CorrectionState::GivenUp.as_str()),
            corrections::given_up_by.eq(Some(by)),
            corrections::given_up_by_name.eq(Some(by_name)),
            corrections::given_up_at.eq(Some(At(at))),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Keeps a previewed correction from being given up until the transaction ends; false where it is not previewed any more, or
/// is not about the outcome.
///
/// # Errors
/// When the database refuses.
pub fn keep_previewed(conn: &mut Conn, correction_id: Uuid, learner_id: Uuid, outcome_id: Uuid) -> Result<bool, StoreError> {
    let kept = diesel::update(corrections::table.find(Key(correction_id)))
        .filter(corrections::state.eq(CorrectionState::Previewed.as_str()))
        .set(corrections::state.eq(CorrectionState::Previewed.as_str()))
        .execute(conn)?;
    let items: i64 = correction_items::table
        .find((Key(learner_id), Key(correction_id), Key(outcome_id)))
        .count()
        .get_result(conn)?;
    Ok(kept == 1 && items == 1)
}

/// Opens cases.
///
/// # Errors
/// When the database refuses.
pub fn open_cases(conn: &mut Conn, rows: &[CaseRow]) -> Result<(), StoreError> {
    insert_rows!(conn, correction_cases, rows, {
        learner_id: Id, case_id: Id, correction_id: Id, claim_id: Id, institution_id: Id, outcome_ids: Text, conversion_ids: Text,
        offer: Nullable<Text>, state: Text, opened_on: Date, due_on: Date, opened_at: Moment, decided_by: Nullable<Text>,
        decided_by_name: Nullable<Text>, decided_at: Nullable<Moment>, reason: Nullable<Text>, replaced_by: Nullable<Id>,
        escalated_at: Nullable<Moment>,
    });
    Ok(())
}

/// Finds a case.
///
/// # Errors
/// When the database refuses.
pub fn find_case(conn: &mut Conn, case_id: Uuid) -> Result<Option<CaseRow>, StoreError> {
    Ok(correction_cases::table
        .filter(correction_cases::case_id.eq(Key(case_id)))
        .first(conn)
        .optional()?)
}

/// Cases, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn cases(conn: &mut Conn, filter: &CaseFilter, place: ListPlace, limit: i64) -> Result<Vec<CaseRow>, StoreError> {
    let mut query = correction_cases::table.into_boxed();
    if let Some(institution_id) = filter.institution_id {
        query = query.filter(correction_cases::institution_id.eq(Key(institution_id)));
    }
    if let Some(learner_id) = filter.learner_id {
        query = query.filter(correction_cases::learner_id.eq(Key(learner_id)));
    }
    if let Some(correction_id) = filter.correction_id {
        query = query.filter(correction_cases::correction_id.eq(Key(correction_id)));
    }
    if let Some(state) = filter.state {
        query = query.filter(correction_cases::state.eq(state.as_str()));
    }
    if let Some(day) = filter.due_before {
        query = query
            .filter(correction_cases::state.eq(CaseState::Open.as_str()))
            .filter(correction_cases::due_on.lt(day));
    }
    Ok(placed!(query, correction_cases::case_id, place.map(Key)).limit(limit).load(conn)?)
}

/// The conversions of a learner on which an institution decides again.
///
/// # Errors
/// When the database refuses, or a stored value is damaged.
pub fn conversions_in_question(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let lists: Vec<String> = correction_cases::table
        .filter(correction_cases::learner_id.eq(Key(learner_id)))
        .filter(correction_cases::state.eq(CaseState::Open.as_str()))
        .select(correction_cases::conversion_ids)
        .load(conn)?;
    let mut found = Vec::new();
    for list in lists {
        let ids: Vec<Uuid> = serde_json::from_str(&list).map_err(|_| StoreError::Damaged(format!("a case of learner {learner_id}")))?;
        found.extend(ids);
    }
    Ok(found)
}

/// Writes what was decided on an open case; false where it is decided already.
///
/// # Errors
/// When the database refuses.
pub fn decide_case(conn: &mut Conn, row: &CaseRow) -> Result<bool, StoreError> {
    let changed = diesel::update(correction_cases::table.find((&row.learner_id, &row.case_id)))
        .filter(correction_cases::state.eq(CaseState::Open.as_str()))
        .set((
            correction_cases::state.eq(&row.state),
            correction_cases::decided_by.eq(&row.decided_by),
            correction_cases::decided_by_name.eq(&row.decided_by_name),
            correction_cases::decided_at.eq(&row.decided_at),
            correction_cases::reason.eq(&row.reason),
            correction_cases::replaced_by.eq(&row.replaced_by),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Open cases after `after`, in order.
///
/// # Errors
/// When the database refuses.
pub fn open_cases_after(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<CaseRow>, StoreError> {
    let mut query = correction_cases::table
        .filter(correction_cases::state.eq(CaseState::Open.as_str()))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(correction_cases::case_id.gt(Key(after)));
    }
    Ok(query.order(correction_cases::case_id).limit(limit).load(conn)?)
}

/// Writes another due day of an open case.
///
/// # Errors
/// When the database refuses.
pub fn move_case_due(conn: &mut Conn, row: &CaseRow, on: NaiveDate) -> Result<bool, StoreError> {
    let changed = diesel::update(correction_cases::table.find((&row.learner_id, &row.case_id)))
        .filter(correction_cases::state.eq(CaseState::Open.as_str()))
        .set(correction_cases::due_on.eq(on))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notes that an open case was told to be overdue; false where it was so before, or is decided.
///
/// # Errors
/// When the database refuses.
pub fn note_case_escalated(conn: &mut Conn, row: &CaseRow, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(correction_cases::table.find((&row.learner_id, &row.case_id)))
        .filter(correction_cases::state.eq(CaseState::Open.as_str()))
        .filter(correction_cases::escalated_at.is_null())
        .set(correction_cases::escalated_at.eq(Some(At(at))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// How many cases of an institution, or of all, are open, and how many of them were due before a day.
///
/// # Errors
/// When the database refuses.
pub fn count_open_cases(conn: &mut Conn, institution_id: Option<Uuid>, day: NaiveDate) -> Result<(i64, i64), StoreError> {
    let mut counts = [0, 0];
    for (count, overdue) in counts.iter_mut().zip([false, true]) {
        let mut query = correction_cases::table
            .filter(correction_cases::state.eq(CaseState::Open.as_str()))
            .into_boxed();
        if let Some(institution_id) = institution_id {
            query = query.filter(correction_cases::institution_id.eq(Key(institution_id)));
        }
        if overdue {
            query = query.filter(correction_cases::due_on.lt(day));
        }
        *count = query.count().get_result(conn)?;
    }
    let [waiting, overdue] = counts;
    Ok((waiting, overdue))
}
