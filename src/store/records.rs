//! A learner's record: account, lots, movements, outcomes, decisions, and who looked.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::deposits::{DecisionRow, LearnerRow, LotRow, MovementRow, OutcomeRow};
use super::each_back_end;
use super::error::StoreError;
use super::insert::insert_rows;
use super::schema::{access_log, account_numbers, claim_codes, decisions, learner_institutions, learners, lots, movements, outcomes};
use super::types::{At, Id, Key, Moment};
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

/// A one-time code by which a learner claims the account.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = claim_codes)]
pub struct ClaimCodeRow {
    pub learner_id: Key,
    pub claim_code_id: Key,
    pub code_digest: Vec<u8>,
    pub institution_id: Key,
    pub created_by: Key,
    pub created_at: At,
    pub expires_at: At,
    pub failures: i64,
    pub used_at: Option<At>,
}

/// Finds a learner.
///
/// # Errors
/// When the database refuses.
pub fn learner(conn: &mut Conn, learner_id: Uuid) -> Result<Option<LearnerRow>, StoreError> {
    Ok(learners::table.find(Key(learner_id)).first(conn).optional()?)
}

/// Lets nobody else who does so write to a learner's record until the transaction ends, so that whatever is read from now on
/// stays true. On SQLite a writer is alone from the beginning.
///
/// # Errors
/// When the database refuses.
pub fn lock_learner(conn: &mut Conn, learner_id: Uuid) -> Result<(), StoreError> {
    if let Conn::Postgres(conn) = conn {
        let row = learners::table
            .find(Key(learner_id))
            .select(learners::learner_id)
            .for_no_key_update();
        row.first::<Key>(conn).optional()?;
    }
    Ok(())
}

/// Finds a learner by account number.
///
/// # Errors
/// When the database refuses.
pub fn learner_by_account(conn: &mut Conn, account_number: &str) -> Result<Option<LearnerRow>, StoreError> {
    let found: Option<Key> = account_numbers::table
        .find(account_number)
        .select(account_numbers::learner_id)
        .first(conn)
        .optional()?;
    match found {
        Some(key) => learner(conn, key.0),
        None => Ok(None),
    }
}

/// Whether the institution knows the learner.
///
/// # Errors
/// When the database refuses.
pub fn knows(conn: &mut Conn, institution_id: Uuid, learner_id: Uuid) -> Result<bool, StoreError> {
    let found: i64 = learner_institutions::table
        .find((Key(learner_id), Key(institution_id)))
        .count()
        .get_result(conn)?;
    Ok(found > 0)
}

/// Keeps a claim code.
///
/// # Errors
/// When the database refuses.
pub fn insert_claim_code(conn: &mut Conn, code: &ClaimCodeRow) -> Result<(), StoreError> {
    diesel::insert_into(claim_codes::table).values(code).execute(conn)?;
    Ok(())
}

/// The codes of a learner that can still be used.
///
/// # Errors
/// When the database refuses.
pub fn open_claim_codes(conn: &mut Conn, learner_id: Uuid, now: DateTime<Utc>) -> Result<Vec<ClaimCodeRow>, StoreError> {
    Ok(claim_codes::table
        .filter(claim_codes::learner_id.eq(Key(learner_id)))
        .filter(claim_codes::used_at.is_null())
        .filter(claim_codes::expires_at.gt(At(now)))
        .load(conn)?)
}

/// Counts a wrong guess against every open code of a learner.
///
/// # Errors
/// When the database refuses.
pub fn count_claim_failure(conn: &mut Conn, learner_id: Uuid) -> Result<(), StoreError> {
    diesel::update(
        claim_codes::table
            .filter(claim_codes::learner_id.eq(Key(learner_id)))
            .filter(claim_codes::used_at.is_null()),
    )
    .set(claim_codes::failures.eq(claim_codes::failures + 1))
    .execute(conn)?;
    Ok(())
}

/// Uses a code and binds the account to a user; false when either was done before.
///
/// # Errors
/// When the database refuses.
pub fn claim_account(
    conn: &mut Conn,
    learner_id: Uuid,
    claim_code_id: Uuid,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let used = diesel::update(claim_codes::table.find((Key(learner_id), Key(claim_code_id))))
        .filter(claim_codes::used_at.is_null())
        .set(claim_codes::used_at.eq(Some(At(now))))
        .execute(conn)?;
    Ok(used == 1 && bind(conn, learner_id, user_id)?)
}

/// Binds an account to a user; false when it is bound already.
///
/// # Errors
/// When the database refuses.
pub fn bind(conn: &mut Conn, learner_id: Uuid, user_id: Uuid) -> Result<bool, StoreError> {
    let bound = diesel::update(learners::table.find(Key(learner_id)))
        .filter(learners::user_id.is_null())
        .set(learners::user_id.eq(Some(Key(user_id))))
        .execute(conn)?;
    Ok(bound == 1)
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

/// Movements of a learner from the newest, before a sequence number, up to a moment, and with effect by a day where these are named.
///
/// # Errors
/// When the database refuses.
pub fn movements_before(
    conn: &mut Conn,
    learner_id: Uuid,
    before: Option<i64>,
    until: Option<DateTime<Utc>>,
    effective_on: Option<chrono::NaiveDate>,
    limit: i64,
) -> Result<Vec<MovementRow>, StoreError> {
    let mut query = movements::table.filter(movements::learner_id.eq(Key(learner_id))).into_boxed();
    if let Some(before) = before {
        query = query.filter(movements::sequence.lt(before));
    }
    if let Some(until) = until {
        query = query.filter(movements::recorded_at.lt(At(until)));
    }
    if let Some(effective_on) = effective_on {
        query = query.filter(movements::effective_on.le(effective_on));
    }
    Ok(query.order(movements::sequence.desc()).limit(limit).load(conn)?)
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

/// Outcomes from the newest deposit, before `before`.
///
/// # Errors
/// When the database refuses.
pub fn outcomes(conn: &mut Conn, filter: &OutcomeFilter, before: Option<Uuid>, limit: i64) -> Result<Vec<OutcomeRow>, StoreError> {
    let mut query = outcomes::table.into_boxed();
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
    if let Some(status) = filter.status {
        query = query.filter(outcomes::status.eq(status.as_str()));
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
    if let Some(before) = before {
        query = query.filter(outcomes::outcome_id.lt(Key(before)));
    }
    Ok(query.order(outcomes::outcome_id.desc()).limit(limit).load(conn)?)
}

/// Finds a decision.
///
/// # Errors
/// When the database refuses.
pub fn decision(conn: &mut Conn, decision_id: Uuid) -> Result<Option<(DecisionRow, OutcomeRow)>, StoreError> {
    let Some(decision) = decisions::table
        .filter(decisions::decision_id.eq(Key(decision_id)))
        .first::<DecisionRow>(conn)
        .optional()?
    else {
        return Ok(None);
    };
    let outcome = outcomes::table
        .find((decision.learner_id.clone(), decision.outcome_id.clone()))
        .first(conn)?;
    Ok(Some((decision, outcome)))
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

/// The looks at a learner's record, from the newest.
///
/// # Errors
/// When the database refuses.
pub fn accesses(conn: &mut Conn, learner_id: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<AccessRow>, StoreError> {
    let mut query = access_log::table.filter(access_log::learner_id.eq(Key(learner_id))).into_boxed();
    if let Some(before) = before {
        query = query.filter(access_log::access_id.lt(Key(before)));
    }
    Ok(query.order(access_log::access_id.desc()).limit(limit).load(conn)?)
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

/// Finds an outcome.
///
/// # Errors
/// When the database refuses.
pub fn outcome(conn: &mut Conn, outcome_id: Uuid) -> Result<Option<OutcomeRow>, StoreError> {
    Ok(outcomes::table
        .filter(outcomes::outcome_id.eq(Key(outcome_id)))
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
        .set((
            outcomes::status.eq(to.as_str()),
            outcomes::reviewed_at.eq(Some(At(now))),
            outcomes::review_reason.eq(Some(reason)),
        ))
        .execute(conn)?;
    Ok(changed == 1)
}
