//! Confirming a merge that somebody else proposed, declining it, or taking the proposal back.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::reading::{MergeView, view_of};
use super::{carrying, damaged, locked, mergeable, reason_problem, refuse_own, state_of};
use crate::domain::actor::Actor;
use crate::domain::merge::{MergeEvent, MergeState};
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::once::once;
use crate::ops::suspicions::settle_by_merge;
use crate::store::carry::{self, Way};
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::identities::known_by;
use crate::store::journal::{Told, tell};
use crate::store::merges::{self as store, MergeRow};
use crate::store::people;
use crate::store::types::At;

/// Why somebody decides so.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "户籍证明已核对，两个账户为同一人" }))]
pub struct MergeDecision {
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

/// A merge that somebody does something with, once nobody else can write to either account.
pub(super) struct Deciding {
    pub(super) actor: Actor,
    /// As it will stand, and where it stood when it was read.
    pub(super) row: MergeRow,
    pub(super) before: MergeState,
    pub(super) surviving: LearnerRow,
    pub(super) absorbed: LearnerRow,
}

/// Loads a merge, authorises, locks, and asks the machine; the row has its next state.
pub(super) fn deciding(conn: &mut Conn, context: &Context, merge_id: Uuid, event: MergeEvent) -> Result<Deciding, OpError> {
    let actor = context.authorised(conn, Action::WriteMerge, Resource::Bank)?;
    let found = store::find(conn, merge_id)?.ok_or(Rejection::NotFound {})?;
    refuse_own(&actor, [found.surviving_id.0, found.absorbed_id.0])?;
    let [surviving, absorbed] = locked(conn, found.surviving_id.0, found.absorbed_id.0)?;
    // Of two at once the second is told what the first did.
    let mut row = store::find(conn, merge_id)?.ok_or(Rejection::NotFound {})?;
    let proposer = match event {
        MergeEvent::Confirm | MergeEvent::Decline | MergeEvent::Withdraw => Some(&row.proposed_by),
        MergeEvent::ConfirmReversal | MergeEvent::DeclineReversal => row.reversal_proposed_by.as_ref(),
        MergeEvent::ProposeReversal => None,
    };
    let own = proposer == Some(&context.caller.label());
    let before = state_of(&row)?;
    row.state = before.after(event, own)?.to_string();
    Ok(Deciding {
        actor,
        row,
        before,
        surviving,
        absorbed,
    })
}

/// Writes where a merge stands, tells of it, and shows it.
pub(super) fn decided(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    deciding: Deciding,
    event: MergeEvent,
    told: &[Told],
) -> Result<MergeView, OpError> {
    if !store::update(conn, &deciding.row, deciding.before)? {
        return Err(StoreError::Stale.into());
    }
    tell(conn, told)?;
    view_of(bank, context, conn, &deciding.actor, deciding.row, event.as_str())
}

/// What is told of what was done: to the learners, and to each institution that knows either, once.
pub(super) fn told_to_all(
    context: &Context,
    row: &MergeRow,
    event: MergeEvent,
    learner_ids: &[Uuid],
    institution_ids: &[Uuid],
) -> Vec<Told> {
    let about = || {
        context
            .told(event.as_str(), "merge", row.merge_id.0)
            .with(serde_json::json!({ "surviving_id": row.surviving_id.0, "absorbed_id": row.absorbed_id.0 }))
    };
    let learners = learner_ids.iter().map(|learner_id| about().of_learner(*learner_id));
    let institutions = institution_ids.iter().map(|institution_id| about().of_institution(*institution_id));
    learners.chain(institutions).collect()
}

/// The institutions that know the first of two learners, and those that know the second alone.
pub(super) fn knowing(conn: &mut Conn, surviving_id: Uuid, absorbed_id: Uuid) -> Result<(Vec<Uuid>, Vec<Uuid>), StoreError> {
    let pairs = known_by(conn, &[surviving_id, absorbed_id])?;
    let of = |learner: Uuid| {
        pairs
            .iter()
            .filter(move |(known, _)| *known == learner)
            .map(|(_, institution)| *institution)
    };
    let first: Vec<Uuid> = of(surviving_id).collect();
    let alone = of(absorbed_id).filter(|institution_id| !first.contains(institution_id)).collect();
    Ok((first, alone))
}

/// Confirms a merge: from now on both accounts are the one that stays.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, `OwnMergeProposal`, `OwnAccount`, `AlreadyMerged`, `HoldsMerged`, and what the policy
/// answers.
pub fn confirm_merge(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    merge_id: Uuid,
    decision: &MergeDecision,
) -> Result<MergeView, OpError> {
    decide(bank, context, key, merge_id, MergeEvent::Confirm, decision)
}

/// Declines a merge that somebody else proposed.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, `OwnMergeProposal`, `OwnAccount`, and what the policy answers.
pub fn decline_merge(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    merge_id: Uuid,
    decision: &MergeDecision,
) -> Result<MergeView, OpError> {
    decide(bank, context, key, merge_id, MergeEvent::Decline, decision)
}

/// Takes an own proposal back.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, `NotTheProposer`, `OwnAccount`, and what the policy answers.
pub fn withdraw_merge(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    merge_id: Uuid,
    decision: &MergeDecision,
) -> Result<MergeView, OpError> {
    decide(bank, context, key, merge_id, MergeEvent::Withdraw, decision)
}

fn decide(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    merge_id: Uuid,
    event: MergeEvent,
    decision: &MergeDecision,
) -> Result<MergeView, OpError> {
    Rejection::any_of(reason_problem(&decision.reason).into_iter().collect())?;
    bank.store.write(|conn| {
        once(bank, context, conn, event.as_str(), key, &(merge_id, decision), |conn| {
            let mut deciding = deciding(conn, context, merge_id, event)?;
            let row = &mut deciding.row;
            row.decided_by = Some(context.caller.label());
            row.decided_by_name = Some(deciding.actor.display_name().to_owned());
            row.decided_at = Some(At(context.now));
            row.decision_reason = Some(decision.reason.trim().to_owned());
            let told = if event == MergeEvent::Confirm {
                merge(context, conn, &mut deciding)?
            } else {
                vec![context.told(event.as_str(), "merge", merge_id)]
            };
            decided(bank, context, conn, deciding, event, &told)
        })
    })
}

fn merge(context: &Context, conn: &mut Conn, deciding: &mut Deciding) -> Result<Vec<Told>, OpError> {
    let (surviving, absorbed, row) = (&deciding.surviving, &deciding.absorbed, &mut deciding.row);
    let [surviving_id, absorbed_id] = [surviving.learner_id.0, absorbed.learner_id.0];
    mergeable(conn, surviving, absorbed)?;
    row.merged_at = Some(At(context.now));
    let way = Way {
        from: absorbed_id,
        to: surviving_id,
        merge_id: row.merge_id.0,
        back: false,
    };
    carry::mark_all(conn, absorbed_id, row.merge_id.0)?;
    carrying::carry(context, conn, &way)?;
    let (mut knowing, alone) = knowing(conn, surviving_id, absorbed_id)?;
    store::make_known(conn, surviving_id, &alone, context.now)?;
    row.came_to_know = serde_json::to_string(&alone).map_err(|_| damaged(row.merge_id.0))?;
    if let Some(user_id) = &absorbed.user_id {
        people::lead(conn, user_id.0, absorbed_id, surviving_id)?;
        if surviving.user_id.is_none() {
            store::set_user(conn, surviving_id, Some(user_id.0))?;
        }
    }
    // Last: nothing is written to an account that is merged.
    if !store::set_merged(conn, absorbed_id, None, Some(surviving_id))? {
        return Err(StoreError::Stale.into());
    }
    settle_by_merge(conn, context, row)?;
    knowing.extend(alone);
    Ok(told_to_all(context, row, MergeEvent::Confirm, &[surviving_id], &knowing))
}
