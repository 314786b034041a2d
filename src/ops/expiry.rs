//! Expiry: available credit whose last day of use is over moves to the expired pocket.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::recognition::head_of;
use crate::domain::lot::Pocket;
use crate::domain::movement::{CauseKind, MovementKind, NewMovement, Side};
use crate::domain::policy::{Action, Resource};
use crate::store::connection::Conn;
use crate::store::deposits::{self, Brought, LotRow, MovementRow};
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::records;

/// How many lots expire in one transaction.
const PAGE: i64 = 200;

/// Expires what is due, and says how many lots that were. It may be broken off and begun again.
///
/// # Errors
/// What the policy answers: only the bank itself does this.
pub fn expire_lots(bank: &Bank, context: &Context) -> Result<u64, OpError> {
    let today = bank.day(context.now);
    let mut expired = 0;
    loop {
        let page = bank.store.write(|conn| {
            context.authorised(conn, Action::ExpireLots, Resource::Bank)?;
            let due = records::lots_due(conn, today, PAGE)?;
            let mut by_learner: BTreeMap<Uuid, Vec<LotRow>> = BTreeMap::new();
            for lot in due {
                by_learner.entry(lot.learner_id.0).or_default().push(lot);
            }
            let mut done = 0;
            for (learner_id, lots) in by_learner {
                done += expire(bank, context, conn, learner_id, lots)?;
            }
            Ok::<u64, OpError>(done)
        })?;
        expired += page;
        if page == 0 {
            return Ok(expired);
        }
    }
}

fn expire(bank: &Bank, context: &Context, conn: &mut Conn, learner_id: Uuid, lots: Vec<LotRow>) -> Result<u64, OpError> {
    let damaged = |what: &str| StoreError::Damaged(what.to_owned());
    let learner = records::learner(conn, learner_id)?.ok_or_else(|| damaged("a lot's learner"))?;
    let mut head = head_of(&learner)?;
    let mut brought = Brought::default();
    let mut told = Vec::new();
    for lot in &lots {
        let balance = lot.balance()?;
        let amount = balance.pocket(Pocket::Available);
        let after = balance
            .transfer(Pocket::Available, Pocket::Expired, amount)
            .map_err(|_| damaged("a lot that is due"))?;
        let content = NewMovement {
            movement_id: Uuid::now_v7(),
            lot_id: lot.lot_id.0,
            kind: MovementKind::Expire,
            source: Side::Available,
            target: Side::Expired,
            amount,
            effective_on: bank.day(context.now),
            recorded_at: context.now,
            cause_kind: CauseKind::Expiry,
            cause_id: lot.decision_id.0,
        };
        let (movement, next) = head.append(learner_id, content).map_err(|_| damaged("a balance out of range"))?;
        head = next;
        brought.movements.push(MovementRow::new(learner_id, &movement));
        if !records::set_pockets(conn, lot, &after)? {
            return Err(StoreError::Stale.into());
        }
        let row = context.told("expire_lots", "lot", lot.lot_id.0).of_learner(learner_id);
        told.push(row.with(serde_json::json!({ "amount": amount })));
    }
    brought.heads.push((
        learner_id,
        learner.head_sequence,
        head.sequence,
        head.hash.to_vec(),
        head.available.hundredths(),
    ));
    deposits::bring(conn, &brought)?;
    tell(conn, &told)?;
    Ok(lots.iter().map(|_| 1).sum())
}
