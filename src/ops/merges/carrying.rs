//! What goes from one account to the other, with its credit: the rows as they are, and the movements told again.

use std::collections::HashMap;

use uuid::Uuid;

use super::damaged;
use crate::domain::merge::carried::{Carried, Carry, carried};
use crate::domain::movement::{CauseKind, NewMovement};
use crate::ops::context::Context;
use crate::ops::error::OpError;
use crate::ops::posting::{Cause, Transfer, post_dated, tell_again};
use crate::store::carry::{self as store, Way};
use crate::store::connection::Conn;
use crate::store::deposits::LotRow;
use crate::store::error::StoreError;
use crate::store::records;

/// What happened to each lot of an account, in order.
fn histories(conn: &mut Conn, learner_id: Uuid) -> Result<HashMap<Uuid, Vec<NewMovement>>, StoreError> {
    let mut found: HashMap<Uuid, Vec<NewMovement>> = HashMap::new();
    for row in records::movements_in_order(conn, learner_id, None)? {
        let content = row.movement()?.content;
        found.entry(content.lot_id).or_default().push(content);
    }
    Ok(found)
}

/// Carries what is marked as left by a merge. Both accounts are locked, and neither is merged at this moment.
///
/// # Errors
/// `Damaged` where the two accounts tell different things of one lot, or the database refuses.
pub(super) fn carry(context: &Context, conn: &mut Conn, way: &Way) -> Result<(), OpError> {
    let leaving = store::left(conn, way.from, way.merge_id)?;
    let lots: Vec<LotRow> = records::lots_of(conn, way.from)?
        .into_iter()
        .filter(|lot| leaving.outcomes.contains(&lot.outcome_id.0))
        .collect();
    let (there, here) = (histories(conn, way.from)?, histories(conn, way.to)?);
    let mut plans: Vec<(Uuid, Carried)> = Vec::new();
    for lot in &lots {
        let of = |histories: &HashMap<Uuid, Vec<NewMovement>>| histories.get(&lot.lot_id.0).cloned().unwrap_or_default();
        let plan = carried(&of(&there), &of(&here)).ok_or_else(|| damaged(way.merge_id))?;
        plans.push((lot.lot_id.0, plan));
    }
    store::carry(conn, way)?;
    take_out(context, conn, way, &lots, &plans)?;
    let itself = records::itself(conn, way.to)?.ok_or_else(|| damaged(way.merge_id))?;
    let told = plans.into_iter().flat_map(|(lot_id, plan)| tell(context, way, lot_id, plan));
    tell_again(conn, &itself, told.collect())
}

/// Where the lots were, they are wholly reversed.
fn take_out(context: &Context, conn: &mut Conn, way: &Way, lots: &[LotRow], plans: &[(Uuid, Carried)]) -> Result<(), OpError> {
    let itself = records::itself(conn, way.from)?.ok_or_else(|| damaged(way.merge_id))?;
    let cause = Cause {
        kind: CauseKind::Merge,
        id: way.merge_id,
    };
    let transfer = |lot_id: Uuid, carry: &Carry| Transfer {
        lot_id,
        kind: carry.kind,
        source: carry.source,
        target: carry.target,
        amount: carry.amount,
    };
    let transfers: Vec<_> = plans
        .iter()
        .flat_map(|(lot_id, plan)| {
            let out = plan.out.iter();
            out.map(move |carry| (transfer(*lot_id, carry), cause, carry.effective_on))
        })
        .collect();
    post_dated(conn, context, &itself, lots, &transfers)
}

/// Where a lot comes: what was carried away from there comes back, and what happened since is told again.
fn tell(context: &Context, way: &Way, lot_id: Uuid, plan: Carried) -> Vec<NewMovement> {
    let back = plan.back.iter().map(|carry| {
        let (source, target) = carry.sides();
        NewMovement {
            movement_id: Uuid::now_v7(),
            lot_id,
            kind: carry.kind,
            source,
            target,
            amount: carry.amount,
            effective_on: carry.effective_on,
            recorded_at: context.now,
            cause_kind: CauseKind::Merge,
            cause_id: way.merge_id,
        }
    });
    let again = plan.again.into_iter().map(|content| NewMovement {
        movement_id: Uuid::now_v7(),
        recorded_at: context.now,
        ..content
    });
    back.chain(again).collect()
}
