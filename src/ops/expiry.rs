//! Expiry: available credit whose last day of use is over moves to the expired pocket, and learners are warned before.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::posting::{Cause, Transfer, post};
use crate::domain::credit::Credit;
use crate::domain::expiry::warning_due;
use crate::domain::lot::Pocket;
use crate::domain::movement::{CauseKind, MovementKind};
use crate::domain::policy::{Action, Resource};
use crate::store::affected::{lock_learners, lots_of_learners};
use crate::store::connection::Conn;
use crate::store::deposits::LotRow;
use crate::store::error::StoreError;
use crate::store::expiry as store;
use crate::store::journal::tell;
use crate::store::records;

/// How many learners are looked at in one transaction.
const PAGE: i64 = 100;

/// Expires what is due, and says how many lots that were. It may be broken off and begun again.
///
/// # Errors
/// What the policy answers: only the bank itself does this.
pub fn expire_lots(bank: &Bank, context: &Context) -> Result<u64, OpError> {
    each_page(bank, context, store::learners_with_due, |conn, learner_id, lots, today| {
        let is_due = |lot: &LotRow| lot.usable_until.is_some_and(|last| last < today) && lot.available_hundredths > 0;
        let due: Vec<LotRow> = lots.into_iter().filter(is_due).collect();
        expire(context, conn, learner_id, &due, today)
    })
}

/// Tells learners of available credit whose last day of use comes near: 90, 30 and 7 days before, each once a lot, in one event
/// a learner. Says how many learners were told. It may be broken off and begun again; run twice it tells nothing more.
///
/// Held credit is told of when it is free again: as long as it is held, the learner can do nothing with it.
///
/// # Errors
/// What the policy answers: only the bank itself does this.
pub fn warn_of_expiry(bank: &Bank, context: &Context) -> Result<u64, OpError> {
    each_page(bank, context, store::learners_to_warn, |conn, learner_id, lots, today| {
        warn(context, conn, learner_id, &lots, today)
    })
}

/// Does something with the lots of each learner on whom something is due, page by page. The learners are locked before their
/// lots are read, as by everybody else who moves credit.
fn each_page(
    bank: &Bank,
    context: &Context,
    due: impl Fn(&mut Conn, NaiveDate, Uuid, i64) -> Result<Vec<Uuid>, StoreError>,
    work: impl Fn(&mut Conn, Uuid, Vec<LotRow>, NaiveDate) -> Result<u64, OpError>,
) -> Result<u64, OpError> {
    let today = bank.day(context.now);
    let (mut done, mut after) = (0, Uuid::nil());
    loop {
        let (of_page, last) = bank.store.write(|conn| {
            context.authorised(conn, Action::ExpireLots, Resource::Bank)?;
            let learner_ids = due(conn, today, after, PAGE)?;
            lock_learners(conn, &learner_ids)?;
            let mut by_learner: BTreeMap<Uuid, Vec<LotRow>> = BTreeMap::new();
            for lot in lots_of_learners(conn, &learner_ids)? {
                by_learner.entry(lot.learner_id.0).or_default().push(lot);
            }
            let mut of_page = 0;
            for (learner_id, lots) in by_learner {
                of_page += work(conn, learner_id, lots, today)?;
            }
            Ok::<_, OpError>((of_page, learner_ids.last().copied()))
        })?;
        done += of_page;
        let Some(last) = last else { return Ok(done) };
        after = last;
    }
}

fn expire(context: &Context, conn: &mut Conn, learner_id: Uuid, lots: &[LotRow], today: NaiveDate) -> Result<u64, OpError> {
    let learner = records::itself(conn, learner_id)?.ok_or_else(|| StoreError::Damaged("a lot's learner".to_owned()))?;
    let mut transfers = Vec::new();
    let mut told = Vec::new();
    for lot in lots {
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
    post(conn, context, &learner, lots, &transfers, today)?;
    tell(conn, &told)?;
    Ok(lots.iter().map(|_| 1).sum())
}

fn warn(context: &Context, conn: &mut Conn, learner_id: Uuid, lots: &[LotRow], today: NaiveDate) -> Result<u64, OpError> {
    let mut items = Vec::new();
    let mut total = Credit::ZERO;
    for lot in lots {
        let available = lot.balance()?.pocket(Pocket::Available);
        let due = lot.usable_until.filter(|_| available > Credit::ZERO);
        let Some((usable_until, days)) = due.and_then(|last| Some((last, warning_due(last, today, lot.warned_days)?))) else {
            continue;
        };
        store::note_warned(conn, lot, days)?;
        total = total
            .checked_add(available)
            .ok_or_else(|| StoreError::Damaged("a balance out of range".to_owned()))?;
        items.push(serde_json::json!({
            "lot_id": lot.lot_id.0, "outcome_id": lot.outcome_id.0, "category": lot.category, "amount": available,
            "warning_days": days, "days_left": usable_until.signed_duration_since(today).num_days(), "usable_until": usable_until,
        }));
    }
    if items.is_empty() {
        return Ok(0);
    }
    let told = context.told("warn_of_expiry", "learner", learner_id).of_learner(learner_id);
    tell(conn, &[told.with(serde_json::json!({ "amount": total, "lots": items }))])?;
    Ok(1)
}
