//! What stands on outcomes: lots, uses, claims and conversions of many learners at once; and how outcomes end.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::claims::{ClaimRow, UseRow};
use super::connection::Conn;
use super::conversions::ConversionRow;
use super::deposits::{LotRow, OutcomeRow};
use super::each_back_end;
use super::error::StoreError;
use super::schema::{certificate_numbers, claim_uses, claims, conversions, learners, lots, movements, outcomes};
use super::types::{At, Key};
use crate::domain::movement::MovementKind;
use crate::domain::outcome::OutcomeStatus;

/// The statuses that a correction ends.
const STANDING: [&str; 3] = [
    OutcomeStatus::Accepted.as_str(),
    OutcomeStatus::Released.as_str(),
    OutcomeStatus::Flagged.as_str(),
];

/// From one day or moment to another.
#[derive(Debug, Clone, Copy)]
pub enum Span {
    /// Awarded on these days, both included.
    Awarded { from: NaiveDate, to: NaiveDate },
    /// Deposited from one moment to before another.
    Deposited { from: DateTime<Utc>, before: DateTime<Utc> },
}

fn keys(ids: &[Uuid]) -> Vec<Key> {
    ids.iter().copied().map(Key).collect()
}

/// The outcomes of an institution that have one of these ids or certificate numbers, in the order of learners.
///
/// # Errors
/// When the database refuses.
pub fn outcomes_named(
    conn: &mut Conn,
    institution_id: Uuid,
    outcome_ids: &[Uuid],
    certificate_numbers: &[String],
) -> Result<Vec<OutcomeRow>, StoreError> {
    let ids = keys(outcome_ids);
    Ok(each_back_end!(conn, c => outcomes::table
        .filter(outcomes::institution_id.eq(Key(institution_id)))
        .filter(outcomes::left_by.is_null())
        .filter(outcomes::outcome_id.eq_any(&ids).or(outcomes::certificate_number.eq_any(certificate_numbers).assume_not_null()))
        .order((outcomes::learner_id, outcomes::outcome_id))
        .load(c))?)
}

/// The outcomes of an institution that a correction can end, of a span and of an achievement where that is named, in the order
/// of learners.
///
/// # Errors
/// When the database refuses.
pub fn outcomes_of_span(
    conn: &mut Conn,
    institution_id: Uuid,
    span: Span,
    achievement_id: Option<Uuid>,
    limit: i64,
) -> Result<Vec<OutcomeRow>, StoreError> {
    let mut ids = outcomes::table
        .filter(outcomes::institution_id.eq(Key(institution_id)))
        .filter(outcomes::left_by.is_null())
        .into_boxed();
    ids = match span {
        Span::Awarded { from, to } => ids.filter(outcomes::awarded_on.between(from, to)),
        Span::Deposited { from, before } => ids
            .filter(outcomes::deposited_at.ge(At(from)))
            .filter(outcomes::deposited_at.lt(At(before))),
    };
    if let Some(achievement_id) = achievement_id {
        ids = ids.filter(outcomes::achievement_id.eq(Key(achievement_id)));
    }
    let [accepted, released, flagged] = STANDING;
    let standing = outcomes::status
        .eq(accepted)
        .or(outcomes::status.eq(released))
        .or(outcomes::status.eq(flagged));
    Ok(ids
        .filter(standing)
        .order((outcomes::learner_id, outcomes::outcome_id))
        .limit(limit)
        .load(conn)?)
}

/// Keeps other writers away from the credit of some learners until the transaction ends: on PostgreSQL their rows are locked
/// by writing them as they are; on SQLite a writer is alone already.
///
/// # Errors
/// When the database refuses.
pub fn lock_learners(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<(), StoreError> {
    if let Conn::Postgres(conn) = conn {
        diesel::update(learners::table.filter(learners::learner_id.eq_any(keys(learner_ids))))
            .set(learners::head_sequence.eq(learners::head_sequence))
            .execute(conn)?;
    }
    Ok(())
}

/// Every lot of some learners, in their order.
///
/// # Errors
/// When the database refuses.
pub fn lots_of_learners(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<Vec<LotRow>, StoreError> {
    let ids = keys(learner_ids);
    Ok(each_back_end!(conn, c => lots::table
        .filter(lots::learner_id.eq_any(&ids))
        .order((lots::learner_id, lots::lot_id))
        .load(c))?)
}

/// The day on which the grant of every lot of some learners took effect, by lot: of an outcome that took the place of another
/// it is before the lot was written.
///
/// # Errors
/// When the database refuses.
pub fn granted_on(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<HashMap<Uuid, NaiveDate>, StoreError> {
    let ids = keys(learner_ids);
    let rows: Vec<(Key, NaiveDate)> = each_back_end!(conn, c => movements::table
        .filter(movements::learner_id.eq_any(&ids))
        .filter(movements::kind.eq(MovementKind::Grant.as_str()))
        .select((movements::lot_id, movements::effective_on))
        .load(c))?;
    Ok(rows.into_iter().map(|(lot_id, day)| (lot_id.0, day)).collect())
}

/// The standing uses of some learners' outcomes, all of them: in order.
///
/// # Errors
/// When the database refuses.
pub fn standing_uses_of_learners(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<Vec<UseRow>, StoreError> {
    let ids = keys(learner_ids);
    Ok(each_back_end!(conn, c => claim_uses::table
        .filter(claim_uses::learner_id.eq_any(&ids))
        .filter(claim_uses::standing.eq(true))
        .order((claim_uses::learner_id, claim_uses::claim_id, claim_uses::outcome_id))
        .load(c))?)
}

/// Some claims of some learners.
///
/// # Errors
/// When the database refuses.
pub fn claims_of_learners(conn: &mut Conn, learner_ids: &[Uuid], claim_ids: &[Uuid]) -> Result<Vec<ClaimRow>, StoreError> {
    let ids = keys(learner_ids);
    let mut rows: Vec<ClaimRow> = each_back_end!(conn, c => claims::table
        .filter(claims::learner_id.eq_any(&ids))
        .filter(claims::left_by.is_null())
        .order((claims::learner_id, claims::claim_id))
        .load(c))?;
    // By a second list SQLite would look for every learner with every claim, and a learner has but a few.
    let wanted: HashSet<Uuid> = claim_ids.iter().copied().collect();
    rows.retain(|row| wanted.contains(&row.claim_id.0));
    Ok(rows)
}

/// What some claims of some learners bought and was not taken back.
///
/// # Errors
/// When the database refuses.
pub fn conversions_of_claims(conn: &mut Conn, learner_ids: &[Uuid], claim_ids: &[Uuid]) -> Result<Vec<ConversionRow>, StoreError> {
    let (learner_ids, claim_ids) = (keys(learner_ids), keys(claim_ids));
    Ok(each_back_end!(conn, c => conversions::table
        .filter(conversions::learner_id.eq_any(&learner_ids))
        .filter(conversions::claim_id.eq_any(&claim_ids))
        .filter(conversions::ended_at.is_null())
        .order((conversions::learner_id, conversions::conversion_id))
        .load(c))?)
}

/// Ends outcomes, each named with its learner, by a correction that withdraws them; says how many.
///
/// # Errors
/// When the database refuses.
pub fn withdraw_outcomes(
    conn: &mut Conn,
    outcomes_of_learners: &[(Uuid, Uuid)],
    correction_id: Uuid,
    at: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let ended = || {
        (
            outcomes::status.eq(OutcomeStatus::Withdrawn.as_str()),
            outcomes::ended_at.eq(Some(At(at))),
            outcomes::ended_by.eq(Some(Key(correction_id))),
        )
    };
    let [accepted, released, flagged] = STANDING;
    let standing = || {
        outcomes::status
            .eq(accepted)
            .or(outcomes::status.eq(released))
            .or(outcomes::status.eq(flagged))
    };
    Ok(match conn {
        Conn::Postgres(conn) => {
            let (learner_ids, outcome_ids): (Vec<Uuid>, Vec<Uuid>) = outcomes_of_learners.iter().copied().unzip();
            diesel::update(outcomes::table)
                .filter(outcomes::learner_id.eq_any(keys(&learner_ids)))
                .filter(outcomes::outcome_id.eq_any(keys(&outcome_ids)))
                .filter(outcomes::left_by.is_null())
                .filter(standing())
                .set(ended())
                .execute(conn)?
        }
        // It would look for every learner with every outcome of two lists.
        Conn::Sqlite(conn) => {
            let mut count = 0;
            for (learner_id, outcome_id) in outcomes_of_learners {
                count += diesel::update(outcomes::table.find((Key(*learner_id), Key(*outcome_id))))
                    .filter(outcomes::left_by.is_null())
                    .filter(standing())
                    .set(ended())
                    .execute(conn)?;
            }
            count
        }
    })
}

/// Ends an outcome whose place another takes, and says so at both; false where it does not stand.
///
/// # Errors
/// When the database refuses.
pub fn replace_outcome(
    conn: &mut Conn,
    learner_id: Uuid,
    outcome_id: Uuid,
    by: Uuid,
    correction_id: Uuid,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let ended = each_back_end!(conn, c => diesel::update(outcomes::table
            .filter(outcomes::learner_id.eq(Key(learner_id)))
            .filter(outcomes::outcome_id.eq(Key(outcome_id)))
            .filter(outcomes::left_by.is_null())
            .filter(outcomes::status.eq_any(STANDING)))
        .set((
            outcomes::status.eq(OutcomeStatus::Corrected.as_str()),
            outcomes::ended_at.eq(Some(At(at))),
            outcomes::ended_by.eq(Some(Key(correction_id))),
            outcomes::corrected_by.eq(Some(Key(by))),
        ))
        .execute(c))?;
    diesel::update(outcomes::table.find((Key(learner_id), Key(by))))
        .set(outcomes::replaces.eq(Some(Key(outcome_id))))
        .execute(conn)?;
    Ok(ended == 1)
}

/// Frees the certificate number that points to an outcome, so that the outcome which takes its place can have it. The outcome
/// itself keeps its number for ever.
///
/// # Errors
/// When the database refuses.
pub fn free_certificate(conn: &mut Conn, outcome: &OutcomeRow) -> Result<(), StoreError> {
    let Some(number) = &outcome.certificate_number else { return Ok(()) };
    diesel::delete(
        certificate_numbers::table
            .find((number, &outcome.issuer_key))
            .filter(certificate_numbers::outcome_id.eq(&outcome.outcome_id)),
    )
    .execute(conn)?;
    Ok(())
}

/// Notes that a claim no longer uses some outcomes, and that what it bought with them is taken back.
///
/// # Errors
/// When the database refuses.
pub fn end_uses(
    conn: &mut Conn,
    learner_id: Uuid,
    claim_id: Uuid,
    outcome_ids: &[Uuid],
    correction_id: Uuid,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ids = keys(outcome_ids);
    each_back_end!(conn, c => diesel::update(claim_uses::table
            .filter(claim_uses::learner_id.eq(Key(learner_id)))
            .filter(claim_uses::claim_id.eq(Key(claim_id)))
            .filter(claim_uses::outcome_id.eq_any(&ids)))
        .set(claim_uses::standing.eq(false))
        .execute(c))?;
    each_back_end!(conn, c => diesel::update(conversions::table
            .filter(conversions::learner_id.eq(Key(learner_id)))
            .filter(conversions::claim_id.eq(Key(claim_id)))
            .filter(conversions::outcome_id.eq_any(&ids))
            .filter(conversions::ended_at.is_null()))
        .set((
            conversions::ended_at.eq(Some(At(at))),
            conversions::ended_because.eq(Some("correction")),
            conversions::ended_by.eq(Some(Key(correction_id))),
        ))
        .execute(c))?;
    Ok(())
}
