//! Merges: two accounts turn out to be one person's, one person says with evidence, and another confirms. Everything of the one
//! that is absorbed is the other's from then on, under the same ids; and so it is taken back.

mod carrying;
pub mod decide;
pub mod preview;
pub mod reading;
pub mod reversal;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::evidence::attach;
use super::once::once;
use crate::domain::account_number::AccountNumber;
use crate::domain::actor::Actor;
use crate::domain::merge::{MergeState, REASON_CHARACTERS_MAX};
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_prose;
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::merges::{self as store, MergeRow};
use crate::store::types::{At, Key};
use crate::store::{affected, evidence, records};
use reading::{MergeView, view_of};

/// How evidence names a merge that uses it.
const SUBJECT: &str = "merge";

/// One of the two accounts, by its id or by its number.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeParty {
    #[serde(default)]
    pub learner_id: Option<Uuid>,
    /// 16 digits; spaces and hyphens are forgiven.
    #[serde(default)]
    #[schema(max_length = 30, example = "1234567890123494")]
    pub account_number: Option<String>,
}

/// A merge to be proposed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "surviving": { "account_number": "1234567890123494" }, "absorbed": { "learner_id": "01985a3e-7c00-7000-8000-000000000002" }, "reason": "两个账户为同一人：旧身份证号为 15 位", "citation": "户籍证明 2026-118" }))]
pub struct NewMerge {
    /// The account that stays.
    pub surviving: MergeParty,
    /// The account that becomes part of it.
    pub absorbed: MergeParty,
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
    /// By what it is shown.
    #[schema(min_length = 1, max_length = 500)]
    pub citation: String,
    /// Files of either learner that show it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<Uuid>,
}

/// How a merge was taken back, or is proposed to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MergeReversal {
    pub reason: String,
    /// The outcomes that go with the absorbed account beside those that came with it.
    pub outcome_ids: Vec<Uuid>,
    /// Who proposed it, as the audit names them; somebody else decides, and only they withdraw it.
    pub proposed_by: String,
    pub proposed_by_name: String,
    pub proposed_at: DateTime<Utc>,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decision_reason: Option<String>,
}

/// A merge as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Merge {
    pub merge_id: Uuid,
    pub surviving_id: Uuid,
    pub absorbed_id: Uuid,
    pub state: MergeState,
    pub reason: String,
    pub citation: String,
    /// Who proposed it, as the audit names them; somebody else decides, and only they withdraw it.
    pub proposed_by: String,
    pub proposed_by_name: String,
    pub proposed_at: DateTime<Utc>,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decision_reason: Option<String>,
    pub reversal: Option<MergeReversal>,
}

fn damaged(merge_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("merge {merge_id}"))
}

fn state_of(row: &MergeRow) -> Result<MergeState, StoreError> {
    MergeState::parse(&row.state).ok_or_else(|| damaged(row.merge_id.0))
}

impl TryFrom<MergeRow> for Merge {
    type Error = StoreError;

    fn try_from(row: MergeRow) -> Result<Self, StoreError> {
        let state = state_of(&row)?;
        let proposal = row.reversal_proposed_by_name.zip(row.reversal_proposed_at);
        let reversal = match (row.reversal_reason, proposal) {
            (Some(reason), Some((proposed_by_name, proposed_at))) => Some(MergeReversal {
                reason,
                outcome_ids: serde_json::from_str(&row.reversal_outcomes).map_err(|_| damaged(row.merge_id.0))?,
                proposed_by: row.reversal_proposed_by.unwrap_or_default(),
                proposed_by_name,
                proposed_at: proposed_at.0,
                decided_by_name: row.reversal_decided_by_name,
                decided_at: row.reversal_decided_at.map(|at| at.0),
                decision_reason: row.reversal_decision_reason,
            }),
            _ => None,
        };
        Ok(Self {
            merge_id: row.merge_id.0,
            surviving_id: row.surviving_id.0,
            absorbed_id: row.absorbed_id.0,
            state,
            reason: row.reason,
            citation: row.citation,
            proposed_by: row.proposed_by,
            proposed_by_name: row.proposed_by_name,
            proposed_at: row.proposed_at.0,
            decided_by_name: row.decided_by_name,
            decided_at: row.decided_at.map(|at| at.0),
            decision_reason: row.decision_reason,
            reversal,
        })
    }
}

impl Merge {
    /// Who made the proposal about which people have yet to decide, as the audit names them.
    pub fn open_proposal_by(&self) -> Option<&str> {
        match self.state {
            MergeState::Proposed => Some(&self.proposed_by),
            MergeState::ReversalProposed => self.reversal.as_ref().map(|reversal| reversal.proposed_by.as_str()),
            MergeState::Merged | MergeState::Declined | MergeState::Withdrawn | MergeState::Reversed => None,
        }
    }
}

fn reason_problem(reason: &str) -> Option<FieldProblem> {
    (!is_prose(reason, REASON_CHARACTERS_MAX)).then(|| FieldProblem::new("/reason", "must have 1 to 2000 visible characters"))
}

impl NewMerge {
    fn check(&self) -> Result<(), Rejection> {
        let mut problems: Vec<FieldProblem> = reason_problem(&self.reason).into_iter().collect();
        if !is_prose(&self.citation, 500) {
            problems.push(FieldProblem::new("/citation", "must have 1 to 500 characters"));
        }
        for (pointer, party) in [("/surviving", &self.surviving), ("/absorbed", &self.absorbed)] {
            if party.learner_id.is_some() == party.account_number.is_some() {
                problems.push(FieldProblem::new(pointer, "names one of “learner_id” and “account_number”"));
            }
        }
        Rejection::any_of(problems)
    }
}

/// The account that a proposal names, as it is.
fn party(conn: &mut Conn, party: &MergeParty, pointer: &str) -> Result<LearnerRow, OpError> {
    let found = match (party.learner_id, &party.account_number) {
        (Some(learner_id), _) => records::itself(conn, learner_id)?,
        (None, Some(number)) => match AccountNumber::parse(number) {
            Some(number) => records::account_itself(conn, number.as_str())?,
            None => None,
        },
        (None, None) => None,
    };
    let found = found.ok_or_else(|| Rejection::field(pointer, "names no account"))?;
    match found.merged_into {
        Some(_) => Err(Rejection::AlreadyMerged {
            learner_id: found.learner_id.0,
        }
        .into()),
        None => Ok(found),
    }
}

/// Nobody has a hand in a merge of an account of his own.
fn refuse_own(actor: &Actor, learner_ids: [Uuid; 2]) -> Result<(), Rejection> {
    match actor.learner_id() {
        Some(own) if learner_ids.contains(&own) => Err(Rejection::OwnAccount {}),
        _ => Ok(()),
    }
}

/// Both accounts as they are once nobody else can write to them.
fn locked(conn: &mut Conn, surviving_id: Uuid, absorbed_id: Uuid) -> Result<[LearnerRow; 2], OpError> {
    let mut both = [surviving_id, absorbed_id];
    both.sort_unstable();
    affected::lock_learners(conn, &both)?;
    let mut itself = |learner_id| {
        let row = records::itself(conn, learner_id)?;
        row.ok_or_else(|| StoreError::Damaged(format!("learner {learner_id}")))
    };
    Ok([itself(surviving_id)?, itself(absorbed_id)?])
}

/// Whether two accounts can be merged, whatever people say.
fn mergeable(conn: &mut Conn, surviving: &LearnerRow, absorbed: &LearnerRow) -> Result<(), OpError> {
    let absorbed_id = absorbed.learner_id.0;
    for row in [surviving, absorbed] {
        if row.merged_into.is_some() {
            return Err(Rejection::AlreadyMerged {
                learner_id: row.learner_id.0,
            }
            .into());
        }
    }
    if records::with_absorbed(conn, absorbed_id)?.len() > 1 {
        return Err(Rejection::HoldsMerged { learner_id: absorbed_id }.into());
    }
    Ok(())
}

/// Proposes a merge. Nothing changes; the answer shows what each of the two has, and what looks the same in both.
///
/// # Errors
/// `InvalidBody`, `MergeOfOne`, `AlreadyMerged`, `HoldsMerged`, `MergeOpen`, `OwnAccount`, `EvidenceOfSubjectFull`, and what the
/// policy answers.
pub fn propose_merge(bank: &Bank, context: &Context, key: Option<&str>, new: &NewMerge) -> Result<MergeView, OpError> {
    new.check()?;
    bank.store.write(|conn| {
        once(bank, context, conn, "propose_merge", key, new, |conn| {
            let actor = context.authorised(conn, Action::WriteMerge, Resource::Bank)?;
            let surviving_id = party(conn, &new.surviving, "/surviving")?.learner_id.0;
            let absorbed_id = party(conn, &new.absorbed, "/absorbed")?.learner_id.0;
            if surviving_id == absorbed_id {
                return Err(Rejection::MergeOfOne {}.into());
            }
            refuse_own(&actor, [surviving_id, absorbed_id])?;
            let [surviving, absorbed] = locked(conn, surviving_id, absorbed_id)?;
            mergeable(conn, &surviving, &absorbed)?;
            // Of two who propose at once the second finds the first one's.
            if let Some(merge_id) = store::open_of(conn, &[surviving_id, absorbed_id])? {
                return Err(Rejection::MergeOpen { merge_id }.into());
            }
            let row = proposed(context, &actor, new, surviving_id, absorbed_id);
            store::insert(conn, &row)?;
            attach_evidence(conn, context, &row, &new.evidence)?;
            let told = context
                .told("propose_merge", "merge", row.merge_id.0)
                .with(serde_json::json!({ "surviving_id": surviving_id, "absorbed_id": absorbed_id }));
            tell(conn, &[told])?;
            view_of(bank, context, conn, &actor, row, "propose_merge")
        })
    })
}

fn proposed(context: &Context, actor: &Actor, new: &NewMerge, surviving_id: Uuid, absorbed_id: Uuid) -> MergeRow {
    MergeRow {
        merge_id: Key(Uuid::now_v7()),
        surviving_id: Key(surviving_id),
        absorbed_id: Key(absorbed_id),
        state: MergeState::Proposed.to_string(),
        reason: new.reason.trim().to_owned(),
        citation: new.citation.trim().to_owned(),
        proposed_by: context.caller.label(),
        proposed_by_name: actor.display_name().to_owned(),
        proposed_at: At(context.now),
        decided_by: None,
        decided_by_name: None,
        decided_at: None,
        decision_reason: None,
        merged_at: None,
        came_to_know: "[]".to_owned(),
        reversal_reason: None,
        reversal_outcomes: "[]".to_owned(),
        reversal_proposed_by: None,
        reversal_proposed_by_name: None,
        reversal_proposed_at: None,
        reversal_decided_by: None,
        reversal_decided_by_name: None,
        reversal_decided_at: None,
        reversal_decision_reason: None,
    }
}

/// Each file is of one of the two.
fn attach_evidence(conn: &mut Conn, context: &Context, row: &MergeRow, file_ids: &[Uuid]) -> Result<(), OpError> {
    let both = [row.surviving_id.0, row.absorbed_id.0];
    let mut files: [Vec<Uuid>; 2] = [Vec::new(), Vec::new()];
    let mut problems = Vec::new();
    for (number, file_id) in file_ids.iter().enumerate() {
        let mut is_there = false;
        for (learner_id, own) in both.iter().zip(&mut files) {
            if !is_there && evidence::find(conn, *learner_id, *file_id)?.is_some() {
                own.push(*file_id);
                is_there = true;
            }
        }
        if !is_there {
            problems.push(FieldProblem::new(
                format!("/evidence/{number}"),
                "is not a file of one of the two learners",
            ));
        }
    }
    Rejection::any_of(problems)?;
    for (learner_id, own) in both.iter().zip(&files) {
        attach(conn, context, *learner_id, own, SUBJECT, row.merge_id.0, None)?;
    }
    Ok(())
}
