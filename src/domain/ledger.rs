//! The ledger of one learner: its movements as shown, and its lots worked out again from them (invariants 2 and 9).

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::credit::Credit;
use super::lot::LotBalance;
use super::movement::{CauseKind, Movement, MovementKind, Side, hex};

/// A movement as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MovementView {
    pub sequence: i64,
    pub movement_id: Uuid,
    pub lot_id: Uuid,
    pub kind: MovementKind,
    pub source: Side,
    pub target: Side,
    pub amount: Credit,
    /// The running balance.
    pub available_after: Credit,
    pub effective_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    pub cause_kind: CauseKind,
    pub cause_id: Uuid,
    /// SHA-256, hexadecimal.
    pub previous_hash: String,
    pub hash: String,
}

impl From<&Movement> for MovementView {
    fn from(movement: &Movement) -> Self {
        let content = &movement.content;
        Self {
            sequence: movement.sequence,
            movement_id: content.movement_id,
            lot_id: content.lot_id,
            kind: content.kind,
            source: content.source,
            target: content.target,
            amount: content.amount,
            available_after: movement.available_after,
            effective_on: content.effective_on,
            recorded_at: content.recorded_at,
            cause_kind: content.cause_kind,
            cause_id: content.cause_id,
            previous_hash: hex(&movement.previous_hash),
            hash: hex(&movement.hash),
        }
    }
}

/// What is wrong with a lot: its pockets are worked out again from its movements.
pub fn lot_problem(lot_id: Uuid, stored: &LotBalance, movements: &[Movement]) -> Option<&'static str> {
    let mut own = movements.iter().filter(|movement| movement.content.lot_id == lot_id);
    let Some(first) = own.next().filter(|movement| movement.content.source == Side::Bank) else {
        return Some("no grant brought it");
    };
    let mut balance = LotBalance::granted(first.content.amount);
    for movement in own {
        match movement.content.applied_to(Some(balance)) {
            Ok(next) => balance = next,
            Err(_) => return Some("a movement could not have happened"),
        }
    }
    (balance != *stored).then_some("its pockets differ from its movements")
}
