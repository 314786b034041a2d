//! Decisions: read with their reasoning, and recomputed from what they were made of (invariant 6).

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::access::note_access;
use super::context::{Bank, Context};
use super::disputes::{Dispute, disputes};
use super::error::OpError;
use crate::domain::credit::Credit;
use crate::domain::explanation::explain;
use crate::domain::language::Language;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::recognition::{Recognition, RecognitionInputs, RuleVersion, recognise};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::deposits::{DecisionRow, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::records;

/// A decision with all that it was made of.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Decision {
    pub decision_id: Uuid,
    pub outcome_id: Uuid,
    pub learner_id: Uuid,
    pub credit: Credit,
    /// Why there is no credit, if there is none.
    pub reason: Option<String>,
    pub rule_id: Option<Uuid>,
    pub rule_version: Option<i64>,
    pub decided_at: DateTime<Utc>,
    /// The learner's open request to correct the outcome.
    pub dispute: Option<Dispute>,
    /// The reasoning in sentences, in the caller's language.
    pub explanation: Vec<String>,
    /// What it depended on beside the rules.
    #[schema(value_type = Object)]
    pub inputs: serde_json::Value,
    /// The rule versions that made it.
    #[schema(value_type = Vec<Object>)]
    pub rules: serde_json::Value,
    /// The reasoning step by step.
    #[schema(value_type = Object)]
    pub recognition: serde_json::Value,
}

/// What came of recomputing a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Replay {
    pub decision_id: Uuid,
    /// Whether the recomputed decision is the stored one, byte for byte.
    pub equal: bool,
    pub stored_credit: Credit,
    pub recomputed_credit: Credit,
    /// SHA-256 of both texts, hexadecimal.
    pub stored_digest: String,
    pub recomputed_digest: String,
}

fn damaged(decision_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("decision {decision_id}"))
}

fn load(conn: &mut Conn, context: &Context, decision_id: Uuid, operation: &str) -> Result<(DecisionRow, OutcomeRow), OpError> {
    let actor = context.somebody(conn)?;
    let (decision, outcome) = records::decision(conn, decision_id)?.ok_or(Rejection::NotFound {})?;
    let resource = Resource::Outcome {
        learner_id: outcome.learner_id.0,
        institution_id: outcome.institution_id.0,
    };
    policy::allowed(&actor, Action::ReplayDecision, resource)?;
    note_access(
        conn,
        context,
        &actor,
        Some(outcome.institution_id.0),
        operation,
        &[outcome.learner_id.0],
    )?;
    Ok((decision, outcome))
}

/// Reads a decision with its reasoning.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_decision(bank: &Bank, context: &Context, decision_id: Uuid, language: Language) -> Result<Decision, OpError> {
    bank.store.write(|conn| {
        let (row, outcome) = load(conn, context, decision_id, "read_decision")?;
        let recognition: Recognition = serde_json::from_str(&row.recognition).map_err(|_| damaged(decision_id))?;
        let value = |text: &str| serde_json::from_str(text).map_err(|_| damaged(decision_id));
        let disputed = disputes(conn, &[outcome.learner_id.0], &[outcome.outcome_id.0])?;
        Ok(Decision {
            decision_id,
            outcome_id: outcome.outcome_id.0,
            learner_id: outcome.learner_id.0,
            credit: recognition.credit,
            reason: recognition.reason.map(|reason| reason.to_string()),
            rule_id: row.rule_id.map(|key| key.0),
            rule_version: row.rule_version,
            decided_at: row.decided_at.0,
            dispute: disputed.get(&outcome.outcome_id.0).copied(),
            explanation: explain(&recognition, language),
            inputs: value(&row.inputs)?,
            rules: value(&row.rules)?,
            recognition: value(&row.recognition)?,
        })
    })
}

/// Recomputes a decision from its kept inputs and rules.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn replay_decision(bank: &Bank, context: &Context, decision_id: Uuid) -> Result<Replay, OpError> {
    bank.store.write(|conn| {
        let (row, _) = load(conn, context, decision_id, "replay_decision")?;
        let inputs: RecognitionInputs = serde_json::from_str(&row.inputs).map_err(|_| damaged(decision_id))?;
        let rules: Vec<RuleVersion> = serde_json::from_str(&row.rules).map_err(|_| damaged(decision_id))?;
        let recomputed = recognise(&inputs, &rules);
        let text = serde_json::to_string(&recomputed).map_err(|_| damaged(decision_id))?;
        Ok(Replay {
            decision_id,
            equal: text == row.recognition,
            stored_credit: Credit::from_hundredths(row.credit_hundredths).map_err(|_| damaged(decision_id))?,
            recomputed_credit: recomputed.credit,
            stored_digest: digest(&row.recognition),
            recomputed_digest: digest(&text),
        })
    })
}

fn digest(text: &str) -> String {
    crate::domain::movement::hex(&crate::vault::opaque::digest(text))
}
