//! The ledger of a learner, read for an archive.

use uuid::Uuid;

use crate::domain::credit::{CourseCredit, Credit};
use crate::domain::ledger::{Ledger, LedgerAnswer, LedgerDecision, LedgerLot, MovementView};
use crate::domain::lot::Pocket;
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::{records, worths};

fn damaged(what: &str, id: Uuid) -> StoreError {
    StoreError::Damaged(format!("{what} {id}"))
}

/// Everything of a learner that can be worked out again.
///
/// # Errors
/// When the database refuses, or a stored value is damaged.
pub(super) fn ledger_of(conn: &mut Conn, learner: &LearnerRow) -> Result<Ledger, StoreError> {
    let learner_id = learner.learner_id.0;
    let movements = records::movements_in_order(conn, learner_id, None)?;
    let movements = movements.iter().map(|row| Ok(MovementView::from(&row.movement()?)));
    Ok(Ledger {
        learner_id,
        movements: movements.collect::<Result<_, StoreError>>()?,
        lots: lots(conn, learner_id)?,
        decisions: decisions(conn, learner_id)?,
        answers: answers(conn, learner_id)?,
    })
}

fn lots(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<LedgerLot>, StoreError> {
    let lot = |row: crate::store::deposits::LotRow| {
        let balance = row.balance()?;
        Ok(LedgerLot {
            lot_id: row.lot_id.0,
            outcome_id: row.outcome_id.0,
            decision_id: row.decision_id.0,
            category: row.category,
            level: row.level,
            usable_until: row.usable_until,
            granted: balance.granted_amount(),
            available: balance.pocket(Pocket::Available),
            held: balance.pocket(Pocket::Held),
            redeemed: balance.pocket(Pocket::Redeemed),
            expired: balance.pocket(Pocket::Expired),
            reversed: balance.pocket(Pocket::Reversed),
        })
    };
    records::lots_of(conn, learner_id)?.into_iter().map(lot).collect()
}

fn decisions(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<LedgerDecision>, StoreError> {
    // What was decided before accounts were merged stays where it was decided.
    let accounts = records::with_absorbed(conn, learner_id)?;
    let mut rows = records::decisions_of(conn, &accounts)?;
    rows.dedup_by(|one, other| one.decision_id == other.decision_id);
    let decision = |row: crate::store::deposits::DecisionRow| {
        Ok(LedgerDecision {
            decision_id: row.decision_id.0,
            outcome_id: row.outcome_id.0,
            credit: Credit::from_hundredths(row.credit_hundredths).map_err(|_| damaged("decision", row.decision_id.0))?,
            decided_at: row.decided_at.0,
            inputs: row.inputs,
            rules: row.rules,
            recognition: row.recognition,
        })
    };
    rows.into_iter().map(decision).collect()
}

fn answers(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<LedgerAnswer>, StoreError> {
    let answer = |row: worths::WorthRow| {
        let worth_id = row.head.worth_id.0;
        Ok(LedgerAnswer {
            worth_id,
            recognised: CourseCredit::from_hundredths(row.head.recognised_hundredths).map_err(|_| damaged("worth", worth_id))?,
            kept_at: row.head.kept_at.0,
            alternative: u16::try_from(row.head.alternative).map_err(|_| damaged("worth", worth_id))?,
            question: row.question,
            allocation: row.allocation,
        })
    };
    worths::all(conn, learner_id)?.into_iter().map(answer).collect()
}
