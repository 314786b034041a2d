//! Claims: where each stands, what happened to it, and what it uses.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::schema::{claim_steps, claim_uses, claims};
use super::types::{At, Key};
use crate::domain::claim::{ClaimFilter, ClaimPlace};
use crate::domain::list::ListPlace;

/// A claim as it stands.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = claims)]
pub struct ClaimRow {
    pub learner_id: Key,
    pub claim_id: Key,
    pub kind: String,
    /// Who decides; the bank itself where there is none.
    pub institution_id: Option<Key>,
    pub programme_id: Option<Key>,
    pub outcome_id: Option<Key>,
    pub status: String,
    pub verdict: Option<String>,
    /// Who had a hand in it, the votes of the present round, and open objections.
    pub standing: String,
    pub edition: i64,
    pub since: NaiveDate,
    pub due_on: Option<NaiveDate>,
    pub due: Option<String>,
    pub submitted_at: At,
    pub changed_at: At,
    /// How it is decided: the rules as they were when it was submitted.
    pub rules: String,
    /// What is claimed beside what the kept answer says.
    pub subject: String,
    pub worth_id: Option<Key>,
    /// Course credit of a conversion; bank credit proposed for a recognition.
    pub recognised_hundredths: Option<i64>,
    pub decision_number: Option<String>,
    pub decided_on: Option<NaiveDate>,
    /// The edition of which it was told that it is overdue; 0 for none.
    pub escalated_edition: i64,
    /// The merge by which it left this learner; then it is another's, under the same id.
    pub left_by: Option<Key>,
}

/// Something that happened to a claim; never changed.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = claim_steps)]
pub struct StepRow {
    pub learner_id: Key,
    pub claim_id: Key,
    pub sequence: i64,
    pub event: String,
    pub verdict: Option<String>,
    pub status: String,
    pub actor: String,
    pub actor_name: String,
    pub reason_sealed: Option<Vec<u8>>,
    pub details: String,
    pub on_day: NaiveDate,
    pub at: At,
}

/// An outcome that a claim uses.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = claim_uses)]
pub struct UseRow {
    pub learner_id: Key,
    pub claim_id: Key,
    pub outcome_id: Key,
    pub lot_id: Option<Key>,
    pub amount_hundredths: i64,
    /// Whether nothing of the outcome is left for another claim.
    pub whole: bool,
    /// Whether the claim still holds it, or has used it.
    pub standing: bool,
}

/// Adds a claim with what it uses.
///
/// # Errors
/// `Taken::OutcomeInClaim` where an outcome that is used as a whole stands in another claim, or the database refuses.
pub fn insert(conn: &mut Conn, claim: &ClaimRow, uses: &[UseRow]) -> Result<(), StoreError> {
    diesel::insert_into(claims::table).values(claim).execute(conn)?;
    for used in uses {
        diesel::insert_into(claim_uses::table).values(used).execute(conn)?;
    }
    Ok(())
}

/// Finds a claim.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, claim_id: Uuid) -> Result<Option<ClaimRow>, StoreError> {
    let here = claims::table
        .filter(claims::claim_id.eq(Key(claim_id)))
        .filter(claims::left_by.is_null());
    Ok(here.first(conn).optional()?)
}

/// Finds the claim that a decision was about, by the number of the decision.
///
/// # Errors
/// When the database refuses.
pub fn by_decision_number(conn: &mut Conn, decision_number: &str) -> Result<Option<ClaimRow>, StoreError> {
    let here = claims::table
        .filter(claims::decision_number.eq(Some(decision_number)))
        .filter(claims::left_by.is_null());
    Ok(here.first(conn).optional()?)
}

/// Claims, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, filter: &ClaimFilter, place: ListPlace, limit: i64) -> Result<Vec<ClaimRow>, StoreError> {
    listed(conn, filter, ClaimPlace::Submitted(place), limit)
}

/// Claims in an order, from a place in it.
///
/// # Errors
/// When the database refuses.
pub fn listed(conn: &mut Conn, filter: &ClaimFilter, place: ClaimPlace, limit: i64) -> Result<Vec<ClaimRow>, StoreError> {
    let mut query = claims::table.filter(claims::left_by.is_null()).into_boxed();
    if let Some(learner_id) = filter.learner_id {
        query = query.filter(claims::learner_id.eq(Key(learner_id)));
    }
    if let Some(institution_id) = filter.institution_id {
        query = query.filter(claims::institution_id.eq(Key(institution_id)));
    }
    if filter.of_the_bank {
        query = query.filter(claims::institution_id.is_null());
    }
    if let Some(kind) = filter.kind {
        query = query.filter(claims::kind.eq(kind.as_str()));
    }
    if let Some(status) = filter.status {
        query = query.filter(claims::status.eq(status.as_str()));
    }
    if let Some(day) = filter.due_before {
        query = query.filter(claims::due_on.lt(day));
    }
    match place {
        ClaimPlace::Submitted(place) => Ok(placed!(query, claims::claim_id, place.map(Key)).limit(limit).load(conn)?),
        ClaimPlace::Due(after) => {
            query = query.filter(claims::due_on.is_not_null());
            if let Some((day, claim_id)) = after {
                let same_day = claims::due_on.eq(day).and(claims::claim_id.gt(Key(claim_id)));
                query = query.filter(claims::due_on.gt(day).or(same_day));
            }
            Ok(query.order((claims::due_on, claims::claim_id)).limit(limit).load(conn)?)
        }
    }
}

/// Claims on which something is due, after `after`, in order.
///
/// # Errors
/// When the database refuses.
pub fn due_after(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<ClaimRow>, StoreError> {
    let mut query = claims::table
        .filter(claims::due_on.is_not_null())
        .filter(claims::left_by.is_null())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(claims::claim_id.gt(Key(after)));
    }
    Ok(query.order(claims::claim_id).limit(limit).load(conn)?)
}

/// Notes that a claim was told to be overdue where it stands; false where it was so before.
///
/// # Errors
/// When the database refuses.
pub fn note_escalated(conn: &mut Conn, row: &ClaimRow) -> Result<bool, StoreError> {
    let changed = diesel::update(claims::table.find((&row.learner_id, &row.claim_id)))
        .filter(claims::edition.eq(row.edition))
        .filter(claims::escalated_edition.ne(row.edition))
        .filter(claims::left_by.is_null())
        .set(claims::escalated_edition.eq(row.edition))
        .execute(conn)?;
    Ok(changed == 1)
}

/// How many claims of an institution, or of the bank, wait for one thing, and on how many it was due before a day.
///
/// # Errors
/// When the database refuses.
pub fn count_due(conn: &mut Conn, institution_id: Option<Uuid>, due: &str, day: NaiveDate) -> Result<(i64, i64), StoreError> {
    let mut counts = [0, 0];
    for (count, overdue) in counts.iter_mut().zip([false, true]) {
        let mut query = claims::table
            .filter(claims::due.eq(due))
            .filter(claims::left_by.is_null())
            .into_boxed();
        query = match institution_id {
            Some(institution_id) => query.filter(claims::institution_id.eq(Key(institution_id))),
            None => query.filter(claims::institution_id.is_null()),
        };
        if overdue {
            query = query.filter(claims::due_on.lt(day));
        }
        *count = query.count().get_result(conn)?;
    }
    let [waiting, overdue] = counts;
    Ok((waiting, overdue))
}

/// On how many claims something was due before a day.
///
/// # Errors
/// When the database refuses.
pub fn count_overdue(conn: &mut Conn, day: NaiveDate) -> Result<i64, StoreError> {
    let overdue = claims::table.filter(claims::due_on.lt(day)).filter(claims::left_by.is_null());
    Ok(overdue.count().get_result(conn)?)
}

/// How many open claims a learner has.
///
/// # Errors
/// When the database refuses.
pub fn count_waiting(conn: &mut Conn, learner_id: Uuid, statuses: &[&str]) -> Result<i64, StoreError> {
    Ok(each_back_end!(conn, c => claims::table
        .filter(claims::learner_id.eq(Key(learner_id)))
        .filter(claims::status.eq_any(statuses))
        .filter(claims::left_by.is_null())
        .count()
        .get_result(c))?)
}

/// Writes where a claim stands, if it still stands where it was read.
///
/// # Errors
/// When the database refuses.
pub fn update(conn: &mut Conn, row: &ClaimRow, edition_read: i64) -> Result<bool, StoreError> {
    let changed = diesel::update(claims::table.find((&row.learner_id, &row.claim_id)))
        .filter(claims::edition.eq(edition_read))
        .filter(claims::left_by.is_null())
        .set((
            claims::outcome_id.eq(&row.outcome_id),
            claims::status.eq(&row.status),
            claims::verdict.eq(&row.verdict),
            claims::standing.eq(&row.standing),
            claims::edition.eq(row.edition),
            claims::since.eq(row.since),
            claims::due_on.eq(row.due_on),
            claims::due.eq(&row.due),
            claims::changed_at.eq(&row.changed_at),
            claims::recognised_hundredths.eq(row.recognised_hundredths),
            claims::decision_number.eq(&row.decision_number),
            claims::decided_on.eq(row.decided_on),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Adds what happened.
///
/// # Errors
/// When the database refuses.
pub fn insert_step(conn: &mut Conn, step: &StepRow) -> Result<(), StoreError> {
    diesel::insert_into(claim_steps::table).values(step).execute(conn)?;
    Ok(())
}

/// What happened to a claim, in order.
///
/// # Errors
/// When the database refuses.
pub fn steps(conn: &mut Conn, row: &ClaimRow) -> Result<Vec<StepRow>, StoreError> {
    Ok(claim_steps::table
        .filter(claim_steps::learner_id.eq(&row.learner_id))
        .filter(claim_steps::claim_id.eq(&row.claim_id))
        .order(claim_steps::sequence)
        .load(conn)?)
}

/// What a claim uses.
///
/// # Errors
/// When the database refuses.
pub fn uses(conn: &mut Conn, row: &ClaimRow) -> Result<Vec<UseRow>, StoreError> {
    Ok(claim_uses::table
        .filter(claim_uses::learner_id.eq(&row.learner_id))
        .filter(claim_uses::claim_id.eq(&row.claim_id))
        .order(claim_uses::outcome_id)
        .load(conn)?)
}

/// The standing uses of some outcomes of a learner, by whatever claims.
///
/// # Errors
/// When the database refuses.
pub fn standing_uses(conn: &mut Conn, learner_id: Uuid, outcome_ids: &[Uuid]) -> Result<Vec<UseRow>, StoreError> {
    let ids: Vec<Key> = outcome_ids.iter().copied().map(Key).collect();
    Ok(each_back_end!(conn, c => claim_uses::table
        .filter(claim_uses::learner_id.eq(Key(learner_id)))
        .filter(claim_uses::outcome_id.eq_any(&ids))
        .filter(claim_uses::standing.eq(true))
        .order((claim_uses::outcome_id, claim_uses::claim_id))
        .load(c))?)
}

/// Notes that a claim holds its outcomes, or no longer does.
///
/// # Errors
/// `Taken::OutcomeInClaim`, or the database refuses.
pub fn set_standing(conn: &mut Conn, row: &ClaimRow, standing: bool) -> Result<(), StoreError> {
    let own = claim_uses::table
        .filter(claim_uses::learner_id.eq(&row.learner_id))
        .filter(claim_uses::claim_id.eq(&row.claim_id));
    diesel::update(own).set(claim_uses::standing.eq(standing)).execute(conn)?;
    Ok(())
}
