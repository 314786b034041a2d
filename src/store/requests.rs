//! Learners' requests to correct outcomes, and what is disputed because of them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::schema::correction_requests;
use super::types::{At, Key};
use crate::domain::correction::request::{RequestFilter, RequestState};
use crate::domain::list::ListPlace;

/// A request as it stands.
#[derive(Debug, Clone, Insertable, Queryable, AsChangeset)]
#[diesel(table_name = correction_requests, primary_key(learner_id, request_id), treat_none_as_null = true)]
pub struct RequestRow {
    pub learner_id: Key,
    pub request_id: Key,
    pub outcome_id: Key,
    /// Who deposited the outcome, and answers.
    pub institution_id: Key,
    pub kind: String,
    pub state: String,
    pub is_open: bool,
    pub edition: i64,
    pub since: NaiveDate,
    pub due: Option<String>,
    pub due_on: Option<NaiveDate>,
    /// When it was told that it is overdue where it stands.
    pub escalated_at: Option<At>,
    pub requested_at: At,
    /// What the learner says.
    pub words_sealed: Vec<u8>,
    /// The correction that was promised, or that ended the outcome.
    pub correction_id: Option<Key>,
    pub answered_by: Option<String>,
    pub answered_by_name: Option<String>,
    pub answered_at: Option<At>,
    pub refusal_sealed: Option<Vec<u8>>,
    pub complained_at: Option<At>,
    pub complaint_sealed: Option<Vec<u8>>,
    pub decision: Option<String>,
    pub decided_by: Option<String>,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<At>,
    pub decision_sealed: Option<Vec<u8>>,
}

/// That an outcome is disputed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = correction_requests)]
pub struct DisputeRow {
    pub outcome_id: Key,
    pub request_id: Key,
    pub state: String,
    pub requested_at: At,
}

/// Adds a request. Two about one outcome break a unique key that has no meaning of its own, so the later one looks again.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &RequestRow) -> Result<(), StoreError> {
    diesel::insert_into(correction_requests::table).values(row).execute(conn)?;
    Ok(())
}

/// Finds a request.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, request_id: Uuid) -> Result<Option<RequestRow>, StoreError> {
    Ok(correction_requests::table
        .filter(correction_requests::request_id.eq(Key(request_id)))
        .first(conn)
        .optional()?)
}

/// Requests, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, filter: &RequestFilter, place: ListPlace, limit: i64) -> Result<Vec<RequestRow>, StoreError> {
    let mut query = correction_requests::table.into_boxed();
    if let Some(institution_id) = filter.institution_id {
        query = query.filter(correction_requests::institution_id.eq(Key(institution_id)));
    }
    if let Some(learner_id) = filter.learner_id {
        query = query.filter(correction_requests::learner_id.eq(Key(learner_id)));
    }
    if let Some(outcome_id) = filter.outcome_id {
        query = query.filter(correction_requests::outcome_id.eq(Key(outcome_id)));
    }
    if let Some(state) = filter.state {
        query = query.filter(correction_requests::state.eq(state.as_str()));
    }
    if let Some(day) = filter.due_before {
        query = query.filter(correction_requests::due_on.lt(day));
    }
    Ok(placed!(query, correction_requests::request_id, place.map(Key))
        .limit(limit)
        .load(conn)?)
}

/// Writes where a request stands, if it still stands where it was read.
///
/// # Errors
/// When the database refuses.
pub fn update(conn: &mut Conn, row: &RequestRow, edition_read: i64) -> Result<bool, StoreError> {
    let changed = diesel::update(correction_requests::table.find((&row.learner_id, &row.request_id)))
        .filter(correction_requests::edition.eq(edition_read))
        .set(row)
        .execute(conn)?;
    Ok(changed == 1)
}

/// How many requests of a learner are open.
///
/// # Errors
/// When the database refuses.
pub fn count_open(conn: &mut Conn, learner_id: Uuid) -> Result<i64, StoreError> {
    Ok(correction_requests::table
        .filter(correction_requests::learner_id.eq(Key(learner_id)))
        .filter(correction_requests::is_open.eq(true))
        .count()
        .get_result(conn)?)
}

/// Which of some learners' outcomes are disputed.
///
/// # Errors
/// When the database refuses.
pub fn disputes(conn: &mut Conn, learner_ids: &[Uuid], outcome_ids: &[Uuid]) -> Result<Vec<DisputeRow>, StoreError> {
    if outcome_ids.is_empty() {
        return Ok(Vec::new());
    }
    let keys = |ids: &[Uuid]| ids.iter().copied().map(Key).collect::<Vec<_>>();
    let (learner_ids, outcome_ids) = (keys(learner_ids), keys(outcome_ids));
    Ok(each_back_end!(conn, c => correction_requests::table
        .filter(correction_requests::learner_id.eq_any(&learner_ids))
        .filter(correction_requests::outcome_id.eq_any(&outcome_ids))
        .filter(correction_requests::is_open.eq(true))
        .select(DisputeRow::as_select())
        .load(c))?)
}

/// The accepted requests that name a correction.
///
/// # Errors
/// When the database refuses.
pub fn promised(conn: &mut Conn, correction_id: Uuid) -> Result<Vec<RequestRow>, StoreError> {
    Ok(correction_requests::table
        .filter(correction_requests::correction_id.eq(Key(correction_id)))
        .filter(correction_requests::state.eq(RequestState::Accepted.as_str()))
        .order(correction_requests::request_id)
        .load(conn)?)
}

/// Open requests after `after`, in order.
///
/// # Errors
/// When the database refuses.
pub fn due_after(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<RequestRow>, StoreError> {
    let mut query = correction_requests::table
        .filter(correction_requests::is_open.eq(true))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(correction_requests::request_id.gt(Key(after)));
    }
    Ok(query.order(correction_requests::request_id).limit(limit).load(conn)?)
}

/// Writes another due day, if the request still stands where it was read.
///
/// # Errors
/// When the database refuses.
pub fn move_due(conn: &mut Conn, row: &RequestRow, on: NaiveDate) -> Result<bool, StoreError> {
    let changed = diesel::update(correction_requests::table.find((&row.learner_id, &row.request_id)))
        .filter(correction_requests::edition.eq(row.edition))
        .set(correction_requests::due_on.eq(Some(on)))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Notes that a request was told to be overdue where it stands; false where it was so before, or moved on.
///
/// # Errors
/// When the database refuses.
pub fn note_escalated(conn: &mut Conn, row: &RequestRow, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(correction_requests::table.find((&row.learner_id, &row.request_id)))
        .filter(correction_requests::edition.eq(row.edition))
        .filter(correction_requests::escalated_at.is_null())
        .set(correction_requests::escalated_at.eq(Some(At(at))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// How many requests of an institution, or of all, wait for one thing, and on how many it was due before a day.
///
/// # Errors
/// When the database refuses.
pub fn count_due(conn: &mut Conn, institution_id: Option<Uuid>, due: &str, day: NaiveDate) -> Result<(i64, i64), StoreError> {
    let mut counts = [0, 0];
    for (count, overdue) in counts.iter_mut().zip([false, true]) {
        let mut query = correction_requests::table.filter(correction_requests::due.eq(due)).into_boxed();
        if let Some(institution_id) = institution_id {
            query = query.filter(correction_requests::institution_id.eq(Key(institution_id)));
        }
        if overdue {
            query = query.filter(correction_requests::due_on.lt(day));
        }
        *count = query.count().get_result(conn)?;
    }
    let [waiting, overdue] = counts;
    Ok((waiting, overdue))
}
