//! Taking a merge back: the two were two persons after all. Everything that came with the absorbed account goes back, with
//! what was done to it since, and what came since that people say is its person's.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::decide::{Deciding, MergeDecision, decided, deciding, knowing, told_to_all};
use super::reading::MergeView;
use super::{carrying, damaged, reason_problem};
use crate::domain::claim::{ClaimFilter, ClaimStatus, Verdict};
use crate::domain::credit::Credit;
use crate::domain::list::ListPlace;
use crate::domain::lot::Pocket;
use crate::domain::merge::{MergeEvent, OUTCOMES_MAX};
use crate::domain::movement::{CauseKind, MovementKind};
use crate::domain::outcome::OutcomeFilter;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::ops::claims::void::void_claim;
use crate::ops::context::{Bank, Context};
use crate::ops::credentials::effects::revoke_of_another;
use crate::ops::error::OpError;
use crate::ops::once::once;
use crate::ops::posting::{Cause, Transfer, post};
use crate::ops::suspicions::dismiss_by_reversal;
use crate::store::carry::{self, Going, Way};
use crate::store::claims::{self, ClaimRow, UseRow};
use crate::store::connection::Conn;
use crate::store::deposits::OutcomeRow;
use crate::store::error::StoreError;
use crate::store::journal::Told;
use crate::store::merges::{self as store, MergeRow};
use crate::store::types::At;
use crate::store::{people, records};

/// A merge to be taken back.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reason": "经核实为同名的两个人", "outcome_ids": [] }))]
pub struct NewReversal {
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
    /// The outcomes deposited since the merge that are the absorbed person's.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub outcome_ids: Vec<Uuid>,
}

/// What goes back, and the open claims that end because they stand on credit of both.
struct Parting {
    going: Going,
    mixed: Vec<(ClaimRow, Vec<UseRow>)>,
}

/// A claim of the account that stays, with all that it uses.
struct Standing {
    row: ClaimRow,
    uses: Vec<UseRow>,
}

impl Standing {
    /// The outcomes that it is about.
    fn outcomes(&self) -> BTreeSet<Uuid> {
        let used = self.uses.iter().map(|used| used.outcome_id.0);
        used.chain(self.row.outcome_id.as_ref().map(|key| key.0)).collect()
    }

    fn holds(&self) -> bool {
        self.uses.iter().any(|used| used.standing)
    }

    /// Whether what it uses is used up: an open claim, or the appeal against a refusal, only holds.
    fn is_granted(&self) -> bool {
        let open = ClaimStatus::parse(&self.row.status).is_some_and(ClaimStatus::is_open);
        self.holds() && !open && self.row.verdict.as_deref() == Some(Verdict::Grant.as_str())
    }
}

/// The outcomes that are here, of which some go.
fn named(row: &MergeRow, came: &Going, here: &[OutcomeRow], outcome_ids: &[Uuid]) -> Result<BTreeSet<Uuid>, OpError> {
    let merged_at = row.merged_at.as_ref().ok_or_else(|| damaged(row.merge_id.0))?.0;
    let since = |id: &Uuid| {
        here.iter()
            .find(|outcome| outcome.outcome_id.0 == *id && outcome.deposited_at.0 >= merged_at)
    };
    let goes = |id: &Uuid| came.outcomes.contains(id) || outcome_ids.contains(id);
    let mut problems = Vec::new();
    for (number, id) in outcome_ids.iter().enumerate() {
        let pointer = || format!("/outcome_ids/{number}");
        match since(id) {
            None => problems.push(FieldProblem::new(pointer(), "is not an outcome deposited here since the merge")),
            Some(outcome) if outcome.replaces.as_ref().is_some_and(|key| !goes(&key.0)) => {
                problems.push(FieldProblem::new(pointer(), "took the place of an outcome that stays"));
            }
            Some(_) => {}
        }
    }
    Rejection::any_of(problems)?;
    Ok(came.outcomes.iter().chain(outcome_ids).copied().collect())
}

/// Works out what goes back as things stand now.
///
/// # Errors
/// `InvalidBody` where an outcome is named that cannot go, `CreditOfBoth` where people have to decide first.
fn parting(conn: &mut Conn, row: &MergeRow, outcome_ids: &[Uuid]) -> Result<Parting, OpError> {
    let surviving_id = row.surviving_id.0;
    let came = carry::left(conn, row.absorbed_id.0, row.merge_id.0)?;
    let filter = OutcomeFilter {
        learner_id: Some(surviving_id),
        ..OutcomeFilter::default()
    };
    let here = records::outcomes(conn, &filter, ListPlace::Newest(None), i64::MAX)?;
    let mut outcomes = named(row, &came, &here, outcome_ids)?;
    let filter = ClaimFilter {
        learner_id: Some(surviving_id),
        ..ClaimFilter::default()
    };
    let mut standing = Vec::new();
    for row in claims::list(conn, &filter, ListPlace::Newest(None), i64::MAX)? {
        let uses = claims::uses(conn, &row)?;
        standing.push(Standing { row, uses });
    }
    let mut going: BTreeSet<Uuid> = came.claims.iter().copied().collect();
    // What a claim brought, and what took the place of something, goes with it.
    loop {
        let before = (outcomes.len(), going.len());
        outcomes.extend(
            here.iter()
                .filter_map(|outcome| {
                    let replaced = outcome.replaces.as_ref()?;
                    outcomes.contains(&replaced.0).then_some(outcome.outcome_id.0)
                })
                .collect::<Vec<_>>(),
        );
        for claim in &standing {
            let about = claim.outcomes();
            if going.contains(&claim.row.claim_id.0) || (!about.is_empty() && about.is_subset(&outcomes)) {
                going.insert(claim.row.claim_id.0);
                outcomes.extend(about);
            }
        }
        if before == (outcomes.len(), going.len()) {
            break;
        }
    }
    let mixed = standing
        .iter()
        .filter(|claim| !going.contains(&claim.row.claim_id.0) && claim.holds() && !claim.outcomes().is_disjoint(&outcomes));
    let (granted, open): (Vec<&Standing>, Vec<&Standing>) = mixed.partition(|claim| claim.is_granted());
    if !granted.is_empty() {
        let claim_ids: Vec<String> = granted.iter().map(|claim| claim.row.claim_id.0.to_string()).collect();
        return Err(Rejection::CreditOfBoth {
            claim_ids: claim_ids.join(", "),
        }
        .into());
    }
    let mixed = open.into_iter().map(|claim| (claim.row.clone(), claim.uses.clone())).collect();
    let mut worths: BTreeSet<Uuid> = came.worths.into_iter().collect();
    let with_claims = standing.iter().filter(|claim| going.contains(&claim.row.claim_id.0));
    worths.extend(with_claims.filter_map(|claim| claim.row.worth_id.as_ref().map(|key| key.0)));
    Ok(Parting {
        going: Going {
            outcomes: outcomes.into_iter().collect(),
            claims: going.into_iter().collect(),
            worths: worths.into_iter().collect(),
        },
        mixed,
    })
}

/// Proposes to take a merge back. Nothing changes.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, `MergeOpen`, `CreditOfBoth`, `OwnAccount`, and what the policy answers.
pub fn propose_merge_reversal(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    merge_id: Uuid,
    new: &NewReversal,
) -> Result<MergeView, OpError> {
    let mut problems: Vec<FieldProblem> = reason_problem(&new.reason).into_iter().collect();
    if new.outcome_ids.len() > OUTCOMES_MAX {
        problems.push(FieldProblem::new("/outcome_ids", "must have 0 to 1000 items"));
    }
    Rejection::any_of(problems)?;
    let event = MergeEvent::ProposeReversal;
    bank.store.write(|conn| {
        once(bank, context, conn, event.as_str(), key, &(merge_id, new), |conn| {
            let mut deciding = deciding(conn, context, merge_id, event)?;
            let row = &mut deciding.row;
            if let Some(merge_id) = store::open_of(conn, &[row.surviving_id.0, row.absorbed_id.0])? {
                return Err(Rejection::MergeOpen { merge_id }.into());
            }
            // What stands in the way now is told now.
            parting(conn, row, &new.outcome_ids)?;
            row.reversal_reason = Some(new.reason.trim().to_owned());
            row.reversal_outcomes = serde_json::to_string(&new.outcome_ids).map_err(|_| damaged(merge_id))?;
            row.reversal_proposed_by = Some(context.caller.label());
            row.reversal_proposed_by_name = Some(deciding.actor.display_name().to_owned());
            row.reversal_proposed_at = Some(At(context.now));
            row.reversal_decided_by = None;
            row.reversal_decided_by_name = None;
            row.reversal_decided_at = None;
            row.reversal_decision_reason = None;
            let told = vec![context.told(event.as_str(), "merge", merge_id)];
            decided(bank, context, conn, deciding, event, &told)
        })
    })
}

/// Confirms that a merge is taken back: from now on the two are two.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, `OwnMergeProposal`, `OwnAccount`, `CreditOfBoth`, and what the policy answers.
pub fn confirm_merge_reversal(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    merge_id: Uuid,
    decision: &MergeDecision,
) -> Result<MergeView, OpError> {
    decide(bank, context, key, merge_id, MergeEvent::ConfirmReversal, decision)
}

/// Declines to take a merge back, or takes the own proposal back.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `WrongState`, `OwnAccount`, and what the policy answers.
pub fn decline_merge_reversal(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    merge_id: Uuid,
    decision: &MergeDecision,
) -> Result<MergeView, OpError> {
    decide(bank, context, key, merge_id, MergeEvent::DeclineReversal, decision)
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
            row.reversal_decided_by = Some(context.caller.label());
            row.reversal_decided_by_name = Some(deciding.actor.display_name().to_owned());
            row.reversal_decided_at = Some(At(context.now));
            row.reversal_decision_reason = Some(decision.reason.trim().to_owned());
            let told = if event == MergeEvent::ConfirmReversal {
                part(bank, context, conn, &deciding)?
            } else {
                vec![context.told(event.as_str(), "merge", merge_id)]
            };
            decided(bank, context, conn, deciding, event, &told)
        })
    })
}

fn part(bank: &Bank, context: &Context, conn: &mut Conn, deciding: &Deciding) -> Result<Vec<Told>, OpError> {
    let (surviving, absorbed, row) = (&deciding.surviving, &deciding.absorbed, &deciding.row);
    let [surviving_id, absorbed_id, merge_id] = [surviving.learner_id.0, absorbed.learner_id.0, row.merge_id.0];
    let broken = |_| damaged(merge_id);
    let outcome_ids: Vec<Uuid> = serde_json::from_str(&row.reversal_outcomes).map_err(broken)?;
    let parting = parting(conn, row, &outcome_ids)?;
    for (claim, uses) in &parting.mixed {
        void(bank, context, conn, claim, uses, merge_id)?;
    }
    // First: nothing is written to an account that is merged.
    if !store::set_merged(conn, absorbed_id, Some(surviving_id), None)? {
        return Err(StoreError::Stale.into());
    }
    let way = Way {
        from: surviving_id,
        to: absorbed_id,
        merge_id,
        back: true,
    };
    revoke_of_another(conn, context, surviving_id, &parting.going.outcomes, merge_id)?;
    carry::mark(conn, surviving_id, merge_id, &parting.going)?;
    carrying::carry(context, conn, &way)?;
    let (mut knowing, alone) = knowing(conn, surviving_id, absorbed_id)?;
    store::know_by_outcomes(conn, absorbed_id, context.now)?;
    let came_to_know: Vec<Uuid> = serde_json::from_str(&row.came_to_know).map_err(broken)?;
    store::forget(conn, surviving_id, &came_to_know)?;
    if let Some(user_id) = &absorbed.user_id {
        people::lead(conn, user_id.0, surviving_id, absorbed_id)?;
        if surviving.user_id == absorbed.user_id {
            store::set_user(conn, surviving_id, None)?;
        }
    }
    let merged_at = row.merged_at.as_ref().ok_or_else(|| damaged(merge_id))?.0;
    store::share_looks(conn, surviving_id, absorbed_id, merged_at)?;
    dismiss_by_reversal(conn, context, row)?;
    knowing.extend(alone);
    Ok(told_to_all(
        context,
        row,
        MergeEvent::ConfirmReversal,
        &[surviving_id, absorbed_id],
        &knowing,
    ))
}

/// Ends an open claim that stands on credit of both, and releases what it holds.
fn void(bank: &Bank, context: &Context, conn: &mut Conn, claim: &ClaimRow, uses: &[UseRow], merge_id: Uuid) -> Result<(), OpError> {
    let claim_id = claim.claim_id.0;
    let learner = records::itself(conn, claim.learner_id.0)?.ok_or_else(|| damaged(merge_id))?;
    let cause = Cause {
        kind: CauseKind::Claim,
        id: claim_id,
    };
    let mut transfers = Vec::new();
    for used in uses.iter().filter(|used| used.standing) {
        if let Some(lot_id) = &used.lot_id {
            let transfer = Transfer {
                lot_id: lot_id.0,
                kind: MovementKind::Release,
                source: Pocket::Held,
                target: Pocket::Available,
                amount: Credit::from_hundredths(used.amount_hundredths).map_err(|_| damaged(merge_id))?,
            };
            transfers.push((transfer, cause));
        }
    }
    let mut lots = records::lots_of(conn, claim.learner_id.0)?;
    lots.retain(|lot| transfers.iter().any(|(transfer, _)| transfer.lot_id == lot.lot_id.0));
    post(conn, context, &learner, &lots, &transfers, bank.day(context.now))?;
    let because = serde_json::json!({ "merge_id": merge_id });
    if !void_claim(bank, context, conn, claim_id, because)? {
        return Err(StoreError::Stale.into());
    }
    Ok(())
}
