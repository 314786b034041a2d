//! Outcomes that wait for a person: released, and then recognised as if they had come in now; or refused.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::recognition::{decision_row, grant, head_of, inputs_of, rules_text};
use crate::domain::credit::Credit;
use crate::domain::hours::Hours;
use crate::domain::outcome::OutcomeStatus;
use crate::domain::policy::{Action, Resource};
use crate::domain::recognition::recognise;
use crate::domain::rejection::Rejection;
use crate::domain::text::is_prose;
use crate::store::connection::Conn;
use crate::store::deposits::{self, Brought, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::{records, standards};

/// What became of an outcome that waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Reviewed {
    pub outcome_id: Uuid,
    pub status: OutcomeStatus,
    pub reviewed_at: DateTime<Utc>,
    /// Absent where it was refused.
    pub decision_id: Option<Uuid>,
    pub credit: Credit,
    /// Why there is no credit, if it was released and there is none.
    pub reason: Option<String>,
}

fn check(reason: &str) -> Result<(), Rejection> {
    if !is_prose(reason, 500) {
        return Err(Rejection::field("/reason", "must have 1 to 500 characters"));
    }
    Ok(())
}

/// Loads an outcome that waits, and moves it on.
fn moved(conn: &mut Conn, context: &Context, outcome_id: Uuid, to: OutcomeStatus, reason: &str) -> Result<OutcomeRow, OpError> {
    context.authorised(conn, Action::ReviewOutcome, Resource::Bank)?;
    let row = records::outcome(conn, outcome_id)?.ok_or(Rejection::NotFound {})?;
    records::lock_learner(conn, row.learner_id.0)?;
    let now = records::outcome(conn, outcome_id)?.ok_or(Rejection::NotFound {})?;
    // A merge took it elsewhere meanwhile.
    if now.learner_id != row.learner_id {
        return Err(StoreError::Stale.into());
    }
    let row = now;
    if !records::review_outcome(conn, &row, to, reason, context.now)? {
        return Err(Rejection::WrongState { state: row.status }.into());
    }
    let told = context
        .told(
            if to == OutcomeStatus::Released {
                "release_outcome"
            } else {
                "refuse_outcome"
            },
            "outcome",
            outcome_id,
        )
        .of_learner(row.learner_id.0)
        .of_institution(row.institution_id.0)
        .with(serde_json::json!({ "reason": reason }));
    tell(conn, &[told])?;
    Ok(row)
}

/// Releases an outcome; it is recognised now, by the rules in force.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, and what the policy answers.
pub fn release_outcome(bank: &Bank, context: &Context, outcome_id: Uuid, reason: &str) -> Result<Reviewed, OpError> {
    check(reason)?;
    let today = bank.day(context.now);
    bank.store.write(|conn| {
        let row = moved(conn, context, outcome_id, OutcomeStatus::Released, reason)?;
        let damaged = |what: &str| StoreError::Damaged(what.to_owned());
        let achievement = standards::achievement(conn, row.achievement_id.0)?.ok_or_else(|| damaged("an outcome's achievement"))?;
        let learner = records::learner(conn, row.learner_id.0)?.ok_or_else(|| damaged("an outcome's learner"))?;
        let hours = row
            .hours_hundredths
            .map(Hours::from_hundredths)
            .transpose()
            .map_err(|_| damaged("hours"))?;
        let inputs = inputs_of(&achievement, row.awarded_on, hours, today)?;
        let rules = standards::rules(conn)?;
        let recognition = recognise(&inputs, &rules);
        let decision = decision_row(context, &row, &inputs, rules_text(&rules, &recognition)?, &recognition)?;
        let decision_id = decision.decision_id.0;
        let mut brought = Brought::default();
        if recognition.credit > Credit::ZERO {
            let (lot, movement, head) = grant(context, &head_of(&learner)?, &row, &decision, &achievement, &recognition, today)?;
            brought.lots.push(lot);
            brought.movements.push(movement);
            brought.heads.push((
                learner.learner_id.0,
                learner.head_sequence,
                head.sequence,
                head.hash.to_vec(),
                head.available.hundredths(),
            ));
        }
        brought.decisions.push(decision);
        deposits::bring(conn, &brought)?;
        Ok(Reviewed {
            outcome_id,
            status: OutcomeStatus::Released,
            reviewed_at: context.now,
            decision_id: Some(decision_id),
            credit: recognition.credit,
            reason: recognition.reason.map(|reason| reason.to_string()),
        })
    })
}

/// Refuses an outcome; it stays on record without credit.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, and what the policy answers.
pub fn refuse_outcome(bank: &Bank, context: &Context, outcome_id: Uuid, reason: &str) -> Result<Reviewed, OpError> {
    check(reason)?;
    bank.store.write(|conn| {
        moved(conn, context, outcome_id, OutcomeStatus::Refused, reason)?;
        Ok(Reviewed {
            outcome_id,
            status: OutcomeStatus::Refused,
            reviewed_at: context.now,
            decision_id: None,
            credit: Credit::ZERO,
            reason: None,
        })
    })
}
