//! What the steps of a claim do to credit.

use chrono::NaiveDate;
use uuid::Uuid;

use super::conversion::{bought, in_pocket, still_fits};
use super::{Claim, damaged, recognition};
use crate::domain::claim::{ClaimKind, ClaimState, CreditEffect, Verdict};
use crate::domain::credit::Credit;
use crate::domain::lot::Pocket;
use crate::domain::movement::{CauseKind, MovementKind};
use crate::domain::outcome::OutcomeStatus;
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::posting::{Cause, Transfer, post, post_dated};
use crate::store::claims::{self as store, UseRow};
use crate::store::connection::Conn;
use crate::store::conversions;
use crate::store::deposits::LotRow;
use crate::store::error::Taken;
use crate::store::records;
use crate::store::types::At;

/// Carries out what a step does to credit. Where it awards, it says which outcome has how much, in hundredths.
///
/// # Errors
/// `CreditHeld` and `CreditGone` where what is to be held is no longer there; `CreditInUse` where what is to be revoked is used.
pub(super) fn apply(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    claim: &Claim,
    effect: CreditEffect,
) -> Result<Option<(Uuid, i64)>, OpError> {
    let uses = store::uses(conn, &claim.row)?;
    match effect {
        CreditEffect::Hold => {
            holdable(conn, claim, &uses, bank.day(context.now))?;
            // A new claim is what the rules say now; one that is appealed for was answered long ago.
            if matches!(claim.case.state, ClaimState::Appealed { .. }) {
                still_fits(conn, claim)?;
            }
            moved(
                bank,
                context,
                conn,
                claim,
                &uses,
                (MovementKind::Hold, Pocket::Available, Pocket::Held),
            )?;
            stand(conn, claim, true)?;
        }
        CreditEffect::Release => {
            moved(
                bank,
                context,
                conn,
                claim,
                &uses,
                (MovementKind::Release, Pocket::Held, Pocket::Available),
            )?;
            stand(conn, claim, false)?;
        }
        CreditEffect::Redeem => {
            moved(
                bank,
                context,
                conn,
                claim,
                &uses,
                (MovementKind::Redeem, Pocket::Held, Pocket::Redeemed),
            )?;
            let (number, day) = decision(claim)?;
            let rows = bought(conn, claim, &number, day, At(context.now))?;
            conversions::insert(conn, &rows)?;
        }
        CreditEffect::Restore => {
            restored(bank, context, conn, claim, &uses)?;
            conversions::end(conn, &claim.row, At(context.now), "appeal", claim.row.claim_id.0)?;
            stand(conn, claim, false)?;
        }
        CreditEffect::Award => return recognition::award(bank, context, conn, claim).map(Some),
        CreditEffect::Revoke => recognition::revoke(bank, context, conn, claim)?,
    }
    Ok(None)
}

fn decision(claim: &Claim) -> Result<(String, chrono::NaiveDate), OpError> {
    let number = claim.row.decision_number.clone().zip(claim.row.decided_on);
    Ok(number.ok_or_else(|| damaged(claim.row.claim_id.0))?)
}

/// Marks the uses; what another claim uses as a whole meanwhile cannot stand in two.
fn stand(conn: &mut Conn, claim: &Claim, standing: bool) -> Result<(), OpError> {
    store::set_standing(conn, &claim.row, standing).map_err(|failure| match failure.taken() {
        Some(Taken::OutcomeInClaim) => Rejection::OutcomeInClaim {}.into(),
        _ => failure.into(),
    })
}

/// A recognition holds no credit, and its outcome for as long as it waits: no other claim is about it meanwhile.
///
/// # Errors
/// `OutcomeInClaim` where an appeal comes after another claim about the same outcome.
pub(super) fn keep_outcome(conn: &mut Conn, claim: &Claim) -> Result<(), OpError> {
    let state = claim.case.state;
    let appealed = matches!(state, ClaimState::Appealed { against: Verdict::Refuse });
    match claim.case.kind {
        ClaimKind::Recognition => stand(conn, claim, state.status().is_open() || appealed),
        ClaimKind::Conversion => Ok(()),
    }
}

/// Whether what is to be held is there; told with the claim that has it, if one has.
fn holdable(conn: &mut Conn, claim: &Claim, uses: &[UseRow], today: NaiveDate) -> Result<(), OpError> {
    let learner_id = claim.row.learner_id.0;
    let lots = records::lots_of(conn, learner_id)?;
    // What is past its last day is gone, whether the night's job expired it yet or not.
    let usable = |lot: &LotRow| lot.usable_until.is_none_or(|last| today <= last);
    let short: Vec<Uuid> = uses
        .iter()
        .filter(|used| {
            let lot = lots.iter().find(|lot| Some(&lot.lot_id) == used.lot_id.as_ref());
            used.lot_id.is_some() && lot.is_none_or(|lot| !usable(lot) || in_pocket(lot, Pocket::Available) < used.amount_hundredths)
        })
        .map(|used| used.outcome_id.0)
        .collect();
    let Some(first) = short.first() else {
        // An outcome without credit may have been withdrawn since it was released.
        for used in uses {
            if !stands(conn, used)? {
                let outcome_id = used.outcome_id.0;
                return Err(Rejection::CreditGone { outcome_id }.into());
            }
        }
        return Ok(());
    };
    let others = store::standing_uses(conn, learner_id, &short)?;
    let other = others.into_iter().find(|other| other.claim_id != claim.row.claim_id);
    Err(match other {
        Some(held) => Rejection::CreditHeld {
            claim_id: held.claim_id.0,
            outcome_id: held.outcome_id.0,
        },
        None => Rejection::CreditGone { outcome_id: *first },
    }
    .into())
}

/// Makes available again what was used and what no correction has taken back meanwhile; what turned out wrong is reversed as
/// the correction would have, from the day of its grant on.
fn restored(bank: &Bank, context: &Context, conn: &mut Conn, claim: &Claim, uses: &[UseRow]) -> Result<(), OpError> {
    let (mut good, mut wrong) = (Vec::new(), Vec::new());
    for used in uses.iter().filter(|used| used.standing) {
        let group = if stands(conn, used)? { &mut good } else { &mut wrong };
        group.push(used.clone());
    }
    let restore = (MovementKind::Restore, Pocket::Redeemed, Pocket::Available);
    moved(bank, context, conn, claim, &good, restore)?;
    let broken = || damaged(claim.row.claim_id.0);
    let learner = records::learner(conn, claim.row.learner_id.0)?.ok_or_else(broken)?;
    let lots = records::lots_of(conn, learner.learner_id.0)?;
    let mut transfers = Vec::new();
    for used in &wrong {
        let Some(lot) = lots.iter().find(|lot| Some(&lot.lot_id) == used.lot_id.as_ref()) else {
            continue;
        };
        let outcome = records::outcome(conn, used.outcome_id.0)?.ok_or_else(broken)?;
        let cause = Cause {
            kind: CauseKind::Correction,
            id: outcome.ended_by.ok_or_else(broken)?.0,
        };
        let transfer = Transfer {
            lot_id: lot.lot_id.0,
            kind: MovementKind::Reverse,
            source: Pocket::Redeemed,
            target: Pocket::Reversed,
            amount: Credit::from_hundredths(used.amount_hundredths).map_err(|_| broken())?,
        };
        transfers.push((transfer, cause, bank.day(lot.created_at.0)));
    }
    post_dated(conn, context, &learner, &lots, &transfers)
}

fn stands(conn: &mut Conn, used: &UseRow) -> Result<bool, OpError> {
    let outcome = records::outcome(conn, used.outcome_id.0)?;
    Ok(outcome.is_some_and(|row| OutcomeStatus::parse(&row.status).is_some_and(OutcomeStatus::stands)))
}

/// Moves what the claim uses of each lot.
fn moved(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    claim: &Claim,
    uses: &[UseRow],
    (kind, source, target): (MovementKind, Pocket, Pocket),
) -> Result<(), OpError> {
    debug_assert_eq!(claim.case.kind, ClaimKind::Conversion);
    let broken = || damaged(claim.row.claim_id.0);
    let learner = records::learner(conn, claim.row.learner_id.0)?.ok_or_else(broken)?;
    let cause = Cause {
        kind: CauseKind::Claim,
        id: claim.row.claim_id.0,
    };
    let mut transfers = Vec::new();
    for used in uses {
        if let Some(lot_id) = &used.lot_id {
            let transfer = Transfer {
                lot_id: lot_id.0,
                kind,
                source,
                target,
                amount: Credit::from_hundredths(used.amount_hundredths).map_err(|_| broken())?,
            };
            transfers.push((transfer, cause));
        }
    }
    let lots = records::lots_of(conn, learner.learner_id.0)?;
    let concerned: Vec<_> = lots
        .into_iter()
        .filter(|lot| transfers.iter().any(|(transfer, _)| transfer.lot_id == lot.lot_id.0))
        .collect();
    post(conn, context, &learner, &concerned, &transfers, bank.day(context.now))
}
