//! Expiry: available credit whose last day of use is over moves to the expired pocket.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::posting::{Cause, Transfer, post};
use crate::domain::lot::Pocket;
use crate::domain::movement::{CauseKind, MovementKind};
use crate::domain::policy::{Action, Resource};
use crate::store::connection::Conn;
use crate::store::deposits::LotRow;
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
    let learner = records::itself(conn, learner_id)?.ok_or_else(|| StoreError::Damaged("a lot's learner".to_owned()))?;
    let mut transfers = Vec::new();
    let mut told = Vec::new();
    for lot in &lots {
        let amount = lot.balance()?.pocket(Pocket::Available);
        let transfer = Transfer {
            lot_id: lot.lot_id.0,
            kind: MovementKind::Expire,
            source: Pocket::Available,
            target: Pocket::Expired,
            amount,
        };
        let cause = Cause {
            kind: CauseKind::Expiry,
            id: lot.decision_id.0,
        };
        transfers.push((transfer, cause));
        let row = context.told("expire_lots", "lot", lot.lot_id.0).of_learner(learner_id);
        told.push(row.with(serde_json::json!({ "amount": amount })));
    }
    post(conn, context, &learner, &lots, &transfers, bank.day(context.now))?;
    tell(conn, &told)?;
    Ok(lots.iter().map(|_| 1).sum())
}
