//! The deposit path, set-based: what many deposits need is read at once, and what they bring is written at once.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Date, Nullable, SmallInt, Text};
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::insert::{SetBased, array, insert_rows};
use super::likenesses;
use super::mismatches::{self, MismatchRow};
use super::schema::{
    account_numbers, certificate_numbers, decisions, identity_index, learner_institutions, learners, lots, movements, outcomes,
};
use super::types::{At, Document, Id, Json, Key, Moment};
use crate::domain::credit::Credit;
use crate::domain::lot::LotBalance;
use crate::domain::movement::{CauseKind, Movement, MovementKind, NewMovement, Side};

/// A learner with the head of the chain.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = learners, treat_none_as_default_value = false)]
pub struct LearnerRow {
    pub learner_id: Key,
    pub account_number: String,
    pub document_kind: String,
    pub document_sealed: Vec<u8>,
    pub name_sealed: Vec<u8>,
    pub name_key: Vec<u8>,
    pub user_id: Option<Key>,
    pub opened_by: Key,
    pub opened_at: At,
    pub head_sequence: i64,
    pub head_hash: Vec<u8>,
    pub available_hundredths: i64,
    /// The learner who this one turned out to be; nothing is written to it while it is merged.
    pub merged_into: Option<Key>,
}

#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = account_numbers, treat_none_as_default_value = false)]
pub struct AccountNumberRow {
    pub account_number: String,
    pub learner_id: Key,
}

#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = identity_index, treat_none_as_default_value = false)]
pub struct IdentityRow {
    pub document_index: Vec<u8>,
    pub learner_id: Key,
}

#[derive(Debug, Clone, Insertable, Queryable, PartialEq)]
#[diesel(table_name = learner_institutions, treat_none_as_default_value = false)]
pub struct KnownByRow {
    pub learner_id: Key,
    pub institution_id: Key,
    pub since: At,
}

/// An outcome as it is stored.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = outcomes, treat_none_as_default_value = false)]
pub struct OutcomeRow {
    pub learner_id: Key,
    pub outcome_id: Key,
    pub institution_id: Key,
    pub achievement_id: Key,
    pub certificate_number: Option<String>,
    pub issuer_key: String,
    pub awarded_on: chrono::NaiveDate,
    pub grade: Option<String>,
    pub grading_scale: Option<String>,
    pub score: Option<String>,
    pub hours_hundredths: Option<i64>,
    pub original_credits: Option<String>,
    pub trainee_group: Option<String>,
    pub contest: Option<Document>,
    pub content_digest: Vec<u8>,
    pub status: String,
    pub flags: String,
    /// The records that it looks like, where it does.
    pub doubles: Option<Document>,
    pub deposited_by: String,
    pub deposited_at: At,
    pub reviewed_at: Option<At>,
    pub review_reason: Option<String>,
    /// When a correction ended it, and which.
    pub ended_at: Option<At>,
    pub ended_by: Option<Key>,
    /// The outcome that took its place, and the one whose place it took.
    pub corrected_by: Option<Key>,
    pub replaces: Option<Key>,
    /// The merge by which it left this learner; then it is another's, under the same id.
    pub left_by: Option<Key>,
}

#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = certificate_numbers, treat_none_as_default_value = false)]
pub struct CertificateRow {
    pub certificate_number: String,
    pub issuer_key: String,
    pub learner_id: Key,
    pub outcome_id: Key,
}

/// A decision with all that it depended on.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
pub struct DecisionRow {
    pub learner_id: Key,
    pub decision_id: Key,
    pub outcome_id: Key,
    pub result: String,
    pub credit_hundredths: i64,
    pub rule_id: Option<Key>,
    pub rule_version: Option<i64>,
    pub inputs: String,
    pub rules: String,
    pub recognition: String,
    pub decided_at: At,
}

#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = lots, treat_none_as_default_value = false)]
pub struct LotRow {
    pub learner_id: Key,
    pub lot_id: Key,
    pub outcome_id: Key,
    pub decision_id: Key,
    pub category: String,
    pub level: Option<i16>,
    pub usable_until: Option<chrono::NaiveDate>,
    pub granted_hundredths: i64,
    pub available_hundredths: i64,
    pub held_hundredths: i64,
    pub redeemed_hundredths: i64,
    pub expired_hundredths: i64,
    pub reversed_hundredths: i64,
    pub created_at: At,
    pub warned_days: Option<i16>,
}

impl LotRow {
    /// Its pockets.
    ///
    /// # Errors
    /// `Damaged` when they do not add up.
    pub fn balance(&self) -> Result<LotBalance, StoreError> {
        let damaged = || StoreError::Damaged(format!("lot {}", self.lot_id.0));
        let credit = |hundredths| Credit::from_hundredths(hundredths).map_err(|_| damaged());
        let pockets = [
            credit(self.available_hundredths)?,
            credit(self.held_hundredths)?,
            credit(self.redeemed_hundredths)?,
            credit(self.expired_hundredths)?,
            credit(self.reversed_hundredths)?,
        ];
        LotBalance::from_parts(credit(self.granted_hundredths)?, pockets).ok_or_else(damaged)
    }
}

#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = movements, treat_none_as_default_value = false)]
pub struct MovementRow {
    pub learner_id: Key,
    pub sequence: i64,
    pub movement_id: Key,
    pub lot_id: Key,
    pub kind: String,
    pub source: String,
    pub target: String,
    pub amount_hundredths: i64,
    pub available_after_hundredths: i64,
    pub effective_on: chrono::NaiveDate,
    pub recorded_at: At,
    pub cause_kind: String,
    pub cause_id: Key,
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

impl MovementRow {
    /// The row of a movement in its place.
    pub fn new(learner_id: Uuid, movement: &Movement) -> Self {
        let content = &movement.content;
        Self {
            learner_id: Key(learner_id),
            sequence: movement.sequence,
            movement_id: Key(content.movement_id),
            lot_id: Key(content.lot_id),
            kind: content.kind.as_str().to_owned(),
            source: content.source.as_str().to_owned(),
            target: content.target.as_str().to_owned(),
            amount_hundredths: content.amount.hundredths(),
            available_after_hundredths: movement.available_after.hundredths(),
            effective_on: content.effective_on,
            recorded_at: At(content.recorded_at),
            cause_kind: content.cause_kind.as_str().to_owned(),
            cause_id: Key(content.cause_id),
            previous_hash: movement.previous_hash.to_vec(),
            hash: movement.hash.to_vec(),
        }
    }

    /// The movement that the row holds.
    ///
    /// # Errors
    /// `Damaged` when a stored value does not parse.
    pub fn movement(&self) -> Result<Movement, StoreError> {
        let damaged = || StoreError::Damaged(format!("movement {} of a learner", self.sequence));
        let credit = |hundredths| Credit::from_hundredths(hundredths).map_err(|_| damaged());
        Ok(Movement {
            content: NewMovement {
                movement_id: self.movement_id.0,
                lot_id: self.lot_id.0,
                kind: MovementKind::parse(&self.kind).ok_or_else(damaged)?,
                source: Side::parse(&self.source).ok_or_else(damaged)?,
                target: Side::parse(&self.target).ok_or_else(damaged)?,
                amount: credit(self.amount_hundredths)?,
                effective_on: self.effective_on,
                recorded_at: self.recorded_at.0,
                cause_kind: CauseKind::parse(&self.cause_kind).ok_or_else(damaged)?,
                cause_id: self.cause_id.0,
            },
            sequence: self.sequence,
            available_after: credit(self.available_after_hundredths)?,
            previous_hash: self.previous_hash.as_slice().try_into().map_err(|_| damaged())?,
            hash: self.hash.as_slice().try_into().map_err(|_| damaged())?,
        })
    }
}

/// Everything that a set of deposits brings.
#[derive(Debug, Default)]
pub struct Brought {
    pub learners: Vec<LearnerRow>,
    pub identities: Vec<IdentityRow>,
    pub account_numbers: Vec<AccountNumberRow>,
    pub known_by: Vec<KnownByRow>,
    /// The likenesses of those whose accounts are opened, by which they are found to be somebody else's.
    pub likenesses: Vec<(Vec<u8>, Uuid)>,
    pub outcomes: Vec<OutcomeRow>,
    pub certificates: Vec<CertificateRow>,
    pub decisions: Vec<DecisionRow>,
    pub lots: Vec<LotRow>,
    pub movements: Vec<MovementRow>,
    pub mismatches: Vec<MismatchRow>,
    /// Heads that moved, or must not have moved: learner, sequence before, sequence, hash, available.
    pub heads: Vec<(Uuid, i64, i64, Vec<u8>, i64)>,
    /// Whose documents led to another learner, and to whom: they must do so still.
    pub merged: Vec<(Uuid, Uuid)>,
}

/// The outcomes that hold some certificate numbers.
///
/// # Errors
/// When the database refuses.
pub fn outcomes_by_certificate(conn: &mut Conn, numbers: &[String]) -> Result<Vec<(CertificateRow, OutcomeRow)>, StoreError> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let held: Vec<CertificateRow> = each_back_end!(conn, c => certificate_numbers::table
        .filter(certificate_numbers::certificate_number.eq_any(numbers))
        .load(c))?;
    if held.is_empty() {
        return Ok(Vec::new());
    }
    let learner_ids: Vec<&Key> = held.iter().map(|row| &row.learner_id).collect();
    let outcome_ids: Vec<&Key> = held.iter().map(|row| &row.outcome_id).collect();
    let rows: Vec<OutcomeRow> = each_back_end!(conn, c => outcomes::table
        .filter(outcomes::learner_id.eq_any(&learner_ids))
        .filter(outcomes::outcome_id.eq_any(&outcome_ids))
        .filter(outcomes::left_by.is_null())
        .load(c))?;
    let by_id: HashMap<Uuid, OutcomeRow> = rows.into_iter().map(|row| (row.outcome_id.0, row)).collect();
    Ok(held
        .into_iter()
        .filter_map(|certificate| {
            let outcome = by_id.get(&certificate.outcome_id.0)?.clone();
            Some((certificate, outcome))
        })
        .collect())
}

/// The decisions on some outcomes.
///
/// # Errors
/// When the database refuses.
pub fn decisions_of<'a>(conn: &mut Conn, outcomes: impl Iterator<Item = &'a OutcomeRow>) -> Result<Vec<DecisionRow>, StoreError> {
    let (learner_ids, outcome_ids): (Vec<&Key>, Vec<&Key>) = outcomes.map(|outcome| (&outcome.learner_id, &outcome.outcome_id)).unzip();
    if outcome_ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(each_back_end!(conn, c => decisions::table
        .filter(decisions::learner_id.eq_any(&learner_ids))
        .filter(decisions::outcome_id.eq_any(&outcome_ids))
        .load(c))?)
}

/// Writes it all. The heads move only from where they were read, and only of learners who are nobody else meanwhile: else
/// `Stale`, and the whole work begins again.
///
/// # Errors
/// When the database refuses, or a head moved.
pub fn bring(conn: &mut Conn, brought: &Brought) -> Result<(), StoreError> {
    insert_rows!(conn, learners, &brought.learners, {
        learner_id: Id, account_number: Text, document_kind: Text, document_sealed: Binary, name_sealed: Binary, name_key: Binary,
        user_id: Nullable<Id>, opened_by: Id, opened_at: Moment, head_sequence: BigInt, head_hash: Binary, available_hundredths: BigInt,
    });
    insert_rows!(conn, identity_index, &brought.identities, { document_index: Binary, learner_id: Id });
    insert_rows!(conn, account_numbers, &brought.account_numbers, { account_number: Text, learner_id: Id });
    insert_rows!(conn, learner_institutions, &brought.known_by, { learner_id: Id, institution_id: Id, since: Moment });
    likenesses::keep(conn, &brought.likenesses)?;
    insert_rows!(conn, outcomes, &brought.outcomes, {
        learner_id: Id, outcome_id: Id, institution_id: Id, achievement_id: Id, certificate_number: Nullable<Text>, issuer_key: Text,
        awarded_on: Date, grade: Nullable<Text>, grading_scale: Nullable<Text>, score: Nullable<Text>, hours_hundredths: Nullable<BigInt>,
        original_credits: Nullable<Text>, trainee_group: Nullable<Text>, contest: Nullable<Json>, content_digest: Binary, status: Text, flags: Text, doubles: Nullable<Json>,
        deposited_by: Text, deposited_at: Moment, reviewed_at: Nullable<Moment>, review_reason: Nullable<Text>,
        ended_at: Nullable<Moment>, ended_by: Nullable<Id>, corrected_by: Nullable<Id>, replaces: Nullable<Id>,
    });
    insert_rows!(conn, certificate_numbers, &brought.certificates, { certificate_number: Text, issuer_key: Text, learner_id: Id, outcome_id: Id });
    insert_rows!(conn, decisions, &brought.decisions, {
        learner_id: Id, decision_id: Id, outcome_id: Id, result: Text, credit_hundredths: BigInt, rule_id: Nullable<Id>,
        rule_version: Nullable<BigInt>, inputs: Text, rules: Text, recognition: Text, decided_at: Moment,
    });
    insert_rows!(conn, lots, &brought.lots, {
        learner_id: Id, lot_id: Id, outcome_id: Id, decision_id: Id, category: Text, level: Nullable<SmallInt>, usable_until: Nullable<Date>,
        granted_hundredths: BigInt, available_hundredths: BigInt, held_hundredths: BigInt, redeemed_hundredths: BigInt,
        expired_hundredths: BigInt, reversed_hundredths: BigInt, created_at: Moment, warned_days: Nullable<SmallInt>,
    });
    insert_rows!(conn, movements, &brought.movements, {
        learner_id: Id, sequence: BigInt, movement_id: Id, lot_id: Id, kind: Text, source: Text, target: Text, amount_hundredths: BigInt,
        available_after_hundredths: BigInt, effective_on: Date, recorded_at: Moment, cause_kind: Text, cause_id: Id, previous_hash: Binary, hash: Binary,
    });
    mismatches::note(conn, &brought.mismatches)?;
    move_heads(conn, &brought.heads)?;
    for (absorbed, surviving) in &brought.merged {
        // Written as it is, so that whoever takes the merge back waits, or is seen.
        let still = learners::table
            .find(Key(*absorbed))
            .filter(learners::merged_into.eq(Key(*surviving)));
        let same = diesel::update(still)
            .set(learners::merged_into.eq(Some(Key(*surviving))))
            .execute(conn)?;
        if same == 0 {
            return Err(StoreError::Stale);
        }
    }
    Ok(())
}

fn move_heads(conn: &mut Conn, heads: &[(Uuid, i64, i64, Vec<u8>, i64)]) -> Result<(), StoreError> {
    if heads.is_empty() {
        return Ok(());
    }
    let moved = match conn {
        Conn::Postgres(conn) => SetBased {
            before: "UPDATE learners SET head_sequence = given.sequence, head_hash = given.hash, available_hundredths = given.available FROM unnest(",
            columns: vec![
                array!(heads, Id, head => head.0),
                array!(heads, BigInt, head => head.1),
                array!(heads, BigInt, head => head.2),
                array!(heads, Binary, head => &head.3),
                array!(heads, BigInt, head => head.4),
            ],
            after: ") AS given (learner_id, before, sequence, hash, available)
                WHERE learners.learner_id = given.learner_id AND learners.head_sequence = given.before AND learners.merged_into IS NULL",
        }
        .execute(conn)?,
        Conn::Sqlite(conn) => {
            let mut moved = 0;
            for (learner_id, before, sequence, hash, available) in heads {
                moved += diesel::update(learners::table.find(Key(*learner_id)))
                    .filter(learners::head_sequence.eq(before))
                    .filter(learners::merged_into.is_null())
                    .set((
                        learners::head_sequence.eq(sequence),
                        learners::head_hash.eq(hash),
                        learners::available_hundredths.eq(available),
                    ))
                    .execute(conn)?;
            }
            moved
        }
    };
    if moved == heads.len() { Ok(()) } else { Err(StoreError::Stale) }
}
