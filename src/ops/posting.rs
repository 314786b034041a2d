//! Posting: credit of one learner moves between pockets, by movements at the end of the chain (invariants 2, 3 and 9).

use chrono::NaiveDate;
use uuid::Uuid;

use super::context::Context;
use super::error::OpError;
use super::recognition::head_of;
use crate::domain::credit::Credit;
use crate::domain::lot::{LotBalance, Pocket};
use crate::domain::movement::{CauseKind, MovementKind, NewMovement, Side};
use crate::store::connection::Conn;
use crate::store::deposits::{self, Brought, LearnerRow, LotRow, MovementRow};
use crate::store::error::StoreError;
use crate::store::pockets::set_pockets;

/// An amount of one lot that moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Transfer {
    pub(super) lot_id: Uuid,
    pub(super) kind: MovementKind,
    pub(super) source: Pocket,
    pub(super) target: Pocket,
    pub(super) amount: Credit,
}

/// Why it moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) kind: CauseKind,
    pub(super) id: Uuid,
}

/// Moves amounts of a learner's lots, each for its own cause, lot by lot. The head of the chain moves with them: of two who
/// move credit of one learner at once the second begins again.
///
/// # Errors
/// `Stale` where a lot or the head moved meanwhile, `Damaged` where a transfer is not possible from what was read: whoever asks
/// for it must have looked.
pub(super) fn post(
    conn: &mut Conn,
    context: &Context,
    learner: &LearnerRow,
    lots: &[LotRow],
    transfers: &[(Transfer, Cause)],
    effective_on: NaiveDate,
) -> Result<(), OpError> {
    let dated: Vec<(Transfer, Cause, NaiveDate)> = transfers
        .iter()
        .map(|(transfer, cause)| (*transfer, *cause, effective_on))
        .collect();
    post_dated(conn, context, learner, lots, &dated)
}

/// As [`post`], each amount with the day on which it takes effect.
///
/// # Errors
/// As [`post`].
pub(super) fn post_dated(
    conn: &mut Conn,
    context: &Context,
    learner: &LearnerRow,
    lots: &[LotRow],
    transfers: &[(Transfer, Cause, NaiveDate)],
) -> Result<(), OpError> {
    let mut postings = Postings::default();
    postings.add(context, learner, lots, transfers)?;
    postings.write(conn)
}

/// What moves of several learners, to be written at once.
#[derive(Default)]
pub(super) struct Postings {
    pockets: Vec<(LotRow, LotBalance)>,
    brought: Brought,
}

impl Postings {
    /// Adds what moves of one learner; each learner once.
    ///
    /// # Errors
    /// `Damaged` as [`post`].
    pub(super) fn add(
        &mut self,
        context: &Context,
        learner: &LearnerRow,
        lots: &[LotRow],
        transfers: &[(Transfer, Cause, NaiveDate)],
    ) -> Result<(), OpError> {
        if transfers.is_empty() {
            return Ok(());
        }
        let damaged = |what: String| StoreError::Damaged(what);
        let learner_id = learner.learner_id.0;
        let mut head = head_of(learner)?;
        let mut moved = 0;
        for lot in lots {
            // The lot was read of an account that was merged meanwhile.
            if lot.learner_id != learner.learner_id {
                return Err(StoreError::Stale.into());
            }
            let before = lot.balance()?;
            let mut balance = before;
            for (transfer, cause, effective_on) in transfers.iter().filter(|(transfer, ..)| transfer.lot_id == lot.lot_id.0) {
                let content = NewMovement {
                    movement_id: Uuid::now_v7(),
                    lot_id: transfer.lot_id,
                    kind: transfer.kind,
                    source: Side::from(transfer.source),
                    target: Side::from(transfer.target),
                    amount: transfer.amount,
                    effective_on: *effective_on,
                    recorded_at: context.now,
                    cause_kind: cause.kind,
                    cause_id: cause.id,
                };
                balance = content
                    .applied_to(Some(balance))
                    .map_err(|refusal| damaged(format!("lot {}: {refusal}", transfer.lot_id)))?;
                let appended = head.append(learner_id, content);
                let (movement, next) = appended.map_err(|_| damaged("a balance out of range".to_owned()))?;
                head = next;
                moved += 1;
                self.brought.movements.push(MovementRow::new(learner_id, &movement));
            }
            if balance != before {
                self.pockets.push((lot.clone(), balance));
            }
        }
        if moved != transfers.len() {
            return Err(damaged(format!("a transfer of learner {learner_id} names no lot")).into());
        }
        self.brought.heads.push((
            learner_id,
            learner.head_sequence,
            head.sequence,
            head.hash.to_vec(),
            head.available.hundredths(),
        ));
        Ok(())
    }

    /// Writes it all.
    ///
    /// # Errors
    /// `Stale` where a lot or a head moved meanwhile.
    pub(super) fn write(self, conn: &mut Conn) -> Result<(), OpError> {
        if set_pockets(conn, &self.pockets)? != self.pockets.len() {
            return Err(StoreError::Stale.into());
        }
        deposits::bring(conn, &self.brought)?;
        Ok(())
    }
}

/// Tells in one account's chain what happened to lots in another's, which are carried there as they are.
///
/// # Errors
/// `Stale` where the head moved meanwhile, `Damaged` where a balance leaves its range.
pub(super) fn tell_again(conn: &mut Conn, learner: &LearnerRow, movements: Vec<NewMovement>) -> Result<(), OpError> {
    if movements.is_empty() {
        return Ok(());
    }
    let learner_id = learner.learner_id.0;
    let mut head = head_of(learner)?;
    let mut brought = Brought::default();
    for content in movements {
        let appended = head.append(learner_id, content);
        let (movement, next) = appended.map_err(|_| StoreError::Damaged("a balance out of range".to_owned()))?;
        head = next;
        brought.movements.push(MovementRow::new(learner_id, &movement));
    }
    brought.heads.push((
        learner_id,
        learner.head_sequence,
        head.sequence,
        head.hash.to_vec(),
        head.available.hundredths(),
    ));
    Ok(deposits::bring(conn, &brought)?)
}
