//! Claims 认定/转换申请: submitted by learners, decided by people under the rules that were in force, with what that does to
//! credit in the same transaction.

pub mod act;
pub mod clocks;
pub(super) mod conversion;
pub mod deciding;
mod effect;
pub mod letter;
pub mod notice;
pub mod reading;
pub mod recognition;
pub mod submit;
pub mod view;
pub(super) mod void;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::note_access;
use super::context::Context;
use super::error::OpError;
use super::working_days::working_days;
use crate::domain::actor::Actor;
use crate::domain::claim::case::ClaimCase;
use crate::domain::claim::people::{Panel, Parties};
use crate::domain::claim::rules::ClaimRules;
use crate::domain::claim::{ClaimKind, ClaimState, ClaimStatus, Verdict};
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::domain::working_days::WorkingDays;
use crate::store::claims::{self as store, ClaimRow, StepRow};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::types::Key;

/// How evidence names a claim that uses it, and an objection.
const SUBJECT: &str = "claim";
const OBJECTION: &str = "objection";

/// What a claim's next step depends on, beside its state.
#[derive(Serialize, Deserialize)]
struct Standing {
    open_objections: u8,
    parties: Parties,
    panel: Panel,
}

/// A claim as it was read.
pub(super) struct Claim {
    pub(super) row: ClaimRow,
    pub(super) case: ClaimCase,
    pub(super) rules: ClaimRules,
}

fn damaged(claim_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("claim {claim_id}"))
}

impl Claim {
    fn of(row: ClaimRow) -> Result<Self, StoreError> {
        let broken = || damaged(row.claim_id.0);
        let standing: Standing = serde_json::from_str(&row.standing).map_err(|_| broken())?;
        let status = ClaimStatus::parse(&row.status).ok_or_else(broken)?;
        let verdict = row
            .verdict
            .as_deref()
            .map(|word| Verdict::parse(word).ok_or_else(broken))
            .transpose()?;
        let case = ClaimCase {
            kind: ClaimKind::parse(&row.kind).ok_or_else(broken)?,
            state: ClaimState::from_parts(status, verdict, standing.open_objections).ok_or_else(broken)?,
            since: row.since,
            parties: standing.parties,
            panel: standing.panel,
        };
        Ok(Self {
            rules: serde_json::from_str(&row.rules).map_err(|_| broken())?,
            case,
            row,
        })
    }

    pub(super) fn resource(&self) -> Resource {
        Resource::Claim {
            learner_id: self.row.learner_id.0,
            institution_id: self.row.institution_id.as_ref().map(|key| key.0),
        }
    }

    /// The row as a case leaves it, on the next edition.
    fn moved(&self, case: &ClaimCase, working_days: &WorkingDays, now: crate::store::types::At) -> Result<ClaimRow, StoreError> {
        let due = case.state.due(case.since, &self.rules, working_days);
        Ok(ClaimRow {
            status: case.state.status().to_string(),
            verdict: case.state.verdict().map(|verdict| verdict.to_string()),
            standing: standing_of(self.row.claim_id.0, case)?,
            edition: self.row.edition + 1,
            since: case.since,
            due_on: due.map(|due| due.on),
            due: due.map(|due| due.what.to_string()),
            changed_at: now,
            ..self.row.clone()
        })
    }
}

fn standing_of(claim_id: Uuid, case: &ClaimCase) -> Result<String, StoreError> {
    let standing = Standing {
        open_objections: case.state.open_objections(),
        parties: case.parties.clone(),
        panel: case.panel.clone(),
    };
    serde_json::to_string(&standing).map_err(|_| damaged(claim_id))
}

/// Loads a claim and asks the policy; a look by somebody else is in the learner's access log.
fn load(conn: &mut Conn, context: &Context, claim_id: Uuid, action: Action, operation: &str) -> Result<(Actor, Claim), OpError> {
    let actor = context.somebody(conn)?;
    let row = store::find(conn, claim_id)?.ok_or(Rejection::NotFound {})?;
    let claim = Claim::of(row)?;
    policy::allowed(&actor, action, claim.resource())?;
    let institution_id = claim.row.institution_id.as_ref().map(|key| key.0);
    note_access(conn, context, &actor, institution_id, operation, &[claim.row.learner_id.0])?;
    Ok((actor, claim))
}

/// Where the reason of a step belongs; it opens nowhere else.
fn reason_place(claim_id: Uuid, sequence: i64) -> String {
    format!("claim_steps.reason:{claim_id}:{sequence}")
}

/// Where the text of an objection belongs.
fn objection_place(objection_id: Uuid) -> String {
    format!("objections.text:{objection_id}")
}

/// What is known of a step when it is written.
struct Step<'a> {
    event: &'static str,
    actor: &'a Actor,
    reason: Option<&'a str>,
    details: serde_json::Value,
}

/// Adds a step behind those of a claim that was moved to `row`.
fn note_step(
    bank: &super::context::Bank,
    context: &Context,
    conn: &mut Conn,
    row: &ClaimRow,
    step: &Step<'_>,
    on: NaiveDate,
) -> Result<(), OpError> {
    let claim_id = row.claim_id.0;
    let sequence = row.edition;
    let sealed = step
        .reason
        .map(|reason| bank.sealer.seal(reason.as_bytes(), &reason_place(claim_id, sequence)))
        .transpose()?;
    store::insert_step(
        conn,
        &StepRow {
            learner_id: Key(row.learner_id.0),
            claim_id: Key(claim_id),
            sequence,
            event: step.event.to_owned(),
            verdict: row.verdict.clone(),
            status: row.status.clone(),
            actor: context.caller.label(),
            actor_name: step.actor.display_name().to_owned(),
            reason_sealed: sealed,
            details: serde_json::to_string(&step.details).map_err(|_| damaged(claim_id))?,
            on_day: on,
            at: crate::store::types::At(context.now),
        },
    )?;
    Ok(())
}

/// The working days, for whoever computes a due day.
fn calendar(conn: &mut Conn) -> Result<WorkingDays, OpError> {
    Ok(working_days(conn)?)
}
