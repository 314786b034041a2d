//! Recognition in an operation: the rows of a decision and of the credit that it brings.

use chrono::NaiveDate;
use uuid::Uuid;

use super::context::Context;
use super::error::OpError;
use crate::domain::achievement::AchievementKind;
use crate::domain::credit::Credit;
use crate::domain::hours::Hours;
use crate::domain::movement::{CauseKind, ChainHead, MovementKind, NewMovement, Side};
use crate::domain::recognition::{NoCredit, Recognition, RecognitionInputs, RuleVersion};
use crate::store::deposits::{DecisionRow, LearnerRow, LotRow, MovementRow, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::standards::AchievementRow;
use crate::store::types::{At, Key};

fn damaged(what: &str) -> OpError {
    StoreError::Damaged(what.to_owned()).into()
}

/// The end of a learner's chain, from the row.
///
/// # Errors
/// When a stored value is damaged.
pub(super) fn head_of(row: &LearnerRow) -> Result<ChainHead, OpError> {
    Ok(ChainHead {
        sequence: row.head_sequence,
        hash: row.head_hash.as_slice().try_into().map_err(|_| damaged("a chain head"))?,
        available: Credit::from_hundredths(row.available_hundredths).map_err(|_| damaged("an available balance"))?,
    })
}

/// What a decision depends on beside the rules.
///
/// # Errors
/// When a stored value is damaged.
pub(super) fn inputs_of(
    achievement: &AchievementRow,
    awarded_on: NaiveDate,
    hours: Option<Hours>,
    today: NaiveDate,
) -> Result<RecognitionInputs, OpError> {
    Ok(RecognitionInputs {
        lineage_id: achievement.lineage_id.0,
        achievement_version: achievement.version,
        kind: AchievementKind::parse(&achievement.kind).ok_or_else(|| damaged("an achievement's kind"))?,
        family: achievement.family.clone(),
        rank: achievement.rank,
        nominal_hours: achievement
            .hours_hundredths
            .map(Hours::from_hundredths)
            .transpose()
            .map_err(|_| damaged("an achievement's hours"))?,
        awarded_on,
        hours,
        decided_on: today,
        granted: None,
    })
}

/// The text of the rules that made a result: they are kept with it, so that it replays without the others.
///
/// # Errors
/// When they cannot be written as text.
pub(super) fn rules_text(rules: &[RuleVersion], recognition: &Recognition) -> Result<String, OpError> {
    let ambiguous = recognition.reason == Some(NoCredit::AmbiguousRules);
    let used: Vec<&RuleVersion> = rules
        .iter()
        .filter(|rule| ambiguous || recognition.rule == Some((rule.rule_id, rule.version)))
        .collect();
    serde_json::to_string(&used).map_err(|error| damaged(&error.to_string()))
}

/// The row of a decision, with the text of the rules that made it.
///
/// # Errors
/// When it cannot be written as text.
pub(super) fn decision_row(
    context: &Context,
    outcome: &OutcomeRow,
    inputs: &RecognitionInputs,
    rules: String,
    recognition: &Recognition,
) -> Result<DecisionRow, OpError> {
    let text = |value: Result<String, serde_json::Error>| value.map_err(|error| damaged(&error.to_string()));
    Ok(DecisionRow {
        learner_id: outcome.learner_id.clone(),
        decision_id: Key(Uuid::now_v7()),
        outcome_id: outcome.outcome_id.clone(),
        result: recognition.reason.map_or_else(|| "credit".to_owned(), |reason| reason.to_string()),
        credit_hundredths: recognition.credit.hundredths(),
        rule_id: recognition.rule.map(|(rule_id, _)| Key(rule_id)),
        rule_version: recognition.rule.map(|(_, version)| version),
        inputs: text(serde_json::to_string(inputs))?,
        rules,
        recognition: text(serde_json::to_string(recognition))?,
        decided_at: At(context.now),
    })
}

/// The lot and the movement by which a decision's credit comes to the learner.
///
/// # Errors
/// When the balance would leave its range.
pub(super) fn grant(
    context: &Context,
    head: &ChainHead,
    outcome: &OutcomeRow,
    decision: &DecisionRow,
    achievement: &AchievementRow,
    recognition: &Recognition,
    today: NaiveDate,
) -> Result<(LotRow, MovementRow, ChainHead), OpError> {
    let lot_id = Uuid::now_v7();
    let amount = recognition.credit;
    let content = NewMovement {
        movement_id: Uuid::now_v7(),
        lot_id,
        kind: MovementKind::Grant,
        source: Side::Bank,
        target: Side::Available,
        amount,
        effective_on: today,
        recorded_at: context.now,
        cause_kind: CauseKind::Decision,
        cause_id: decision.decision_id.0,
    };
    let learner_id = outcome.learner_id.0;
    let (movement, head) = head.append(learner_id, content).map_err(|_| damaged("a balance out of range"))?;
    let lot = LotRow {
        learner_id: outcome.learner_id.clone(),
        lot_id: Key(lot_id),
        outcome_id: outcome.outcome_id.clone(),
        decision_id: decision.decision_id.clone(),
        category: achievement.kind.clone(),
        level: achievement.level,
        usable_until: recognition.usable_until,
        granted_hundredths: amount.hundredths(),
        available_hundredths: amount.hundredths(),
        held_hundredths: 0,
        redeemed_hundredths: 0,
        expired_hundredths: 0,
        reversed_hundredths: 0,
        created_at: At(context.now),
        warned_days: None,
    };
    Ok((lot, MovementRow::new(learner_id, &movement), head))
}
