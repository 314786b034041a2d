//! The ledger of one learner as it leaves the bank: movements, lots, and decisions with all that they depended on, so that
//! whoever has it can work everything out again (invariants 2, 6 and 9).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::allocation::{Question, nth};
use super::credit::{CourseCredit, Credit};
use super::lot::LotBalance;
use super::movement::{CauseKind, Movement, MovementKind, NewMovement, Side, hex, verify_chain};
use super::phrases::in_chinese;
use super::recognition::{RecognitionInputs, RuleVersion, recognise};

/// A movement as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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

fn digest_of(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    rest.is_empty().then(|| bytes.try_into().ok())?
}

impl MovementView {
    /// The movement that it shows; `None` where its hashes are none.
    pub fn movement(&self) -> Option<Movement> {
        Some(Movement {
            content: NewMovement {
                movement_id: self.movement_id,
                lot_id: self.lot_id,
                kind: self.kind,
                source: self.source,
                target: self.target,
                amount: self.amount,
                effective_on: self.effective_on,
                recorded_at: self.recorded_at,
                cause_kind: self.cause_kind,
                cause_id: self.cause_id,
            },
            sequence: self.sequence,
            available_after: self.available_after,
            previous_hash: digest_of(&self.previous_hash)?,
            hash: digest_of(&self.hash)?,
        })
    }
}

/// A lot as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LedgerLot {
    pub lot_id: Uuid,
    pub outcome_id: Uuid,
    pub decision_id: Uuid,
    pub category: String,
    pub level: Option<i16>,
    /// The last day on which it can be used.
    pub usable_until: Option<NaiveDate>,
    pub granted: Credit,
    pub available: Credit,
    pub held: Credit,
    pub redeemed: Credit,
    pub expired: Credit,
    pub reversed: Credit,
}

impl LedgerLot {
    fn balance(&self) -> Option<LotBalance> {
        let pockets = [self.available, self.held, self.redeemed, self.expired, self.reversed];
        LotBalance::from_parts(self.granted, pockets)
    }
}

/// A decision on an outcome, as the texts that it is recomputed from and compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LedgerDecision {
    pub decision_id: Uuid,
    pub outcome_id: Uuid,
    pub credit: Credit,
    pub decided_at: DateTime<Utc>,
    /// What it depended on beside the rules: JSON, byte for byte.
    pub inputs: String,
    /// The rule versions that made it.
    pub rules: String,
    /// The result with its reasoning.
    pub recognition: String,
}

/// A kept answer of what a record is worth, as the texts that it is recomputed from and compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LedgerAnswer {
    pub worth_id: Uuid,
    pub recognised: CourseCredit,
    pub kept_at: DateTime<Utc>,
    /// Which of the equal allocations it is, from 0.
    pub alternative: u16,
    pub question: String,
    pub allocation: String,
}

/// All of one learner that can be worked out again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Ledger {
    pub learner_id: Uuid,
    pub movements: Vec<MovementView>,
    pub lots: Vec<LedgerLot>,
    pub decisions: Vec<LedgerDecision>,
    pub answers: Vec<LedgerAnswer>,
}

/// Something in a ledger that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LedgerProblem {
    /// What it is about, such as `movement 7` or `decision 0198...`.
    pub about: String,
    /// What is wrong with it.
    #[schema(example = "重新核算的结果不同")]
    pub reason_chinese: String,
    #[schema(example = "recomputed it is another")]
    pub reason_english: String,
}

impl LedgerProblem {
    /// A problem; the table of phrases has it in Chinese.
    pub fn new(about: impl Into<String>, what: &str) -> Self {
        Self {
            about: about.into(),
            reason_chinese: in_chinese(what),
            reason_english: what.to_owned(),
        }
    }
}

/// How many problems are named at most.
const PROBLEMS_MAX: usize = 100;

impl Ledger {
    /// Works everything out again: the chain of the movements, the lots from them, every decision from its inputs and rules, and
    /// every kept answer from its question. What is not the same, byte for byte, is named; at most a hundred things are.
    pub fn problems(&self) -> Vec<LedgerProblem> {
        let mut problems = Vec::new();
        let mut find = |about: String, what: &str| problems.push(LedgerProblem::new(about, what));
        let mut movements = Vec::new();
        for view in &self.movements {
            match view.movement() {
                Some(movement) => movements.push(movement),
                None => find(format!("movement {}", view.sequence), "its hashes are none"),
            }
        }
        if let Err(broken) = verify_chain(self.learner_id, &movements) {
            find(format!("movement {}", broken.sequence), broken.what);
        }
        for lot in &self.lots {
            let what = match lot.balance() {
                Some(stored) => lot_problem(lot.lot_id, &stored, &movements),
                None => Some("its pockets do not add up"),
            };
            if let Some(what) = what {
                find(format!("lot {}", lot.lot_id), what);
            }
            let decided = self.decisions.iter().any(|decision| decision.decision_id == lot.decision_id);
            if !decided {
                find(format!("lot {}", lot.lot_id), "the decision that brought it is not there");
            }
        }
        let is_known = |movement: &&Movement| self.lots.iter().any(|lot| lot.lot_id == movement.content.lot_id);
        for movement in movements.iter().filter(|movement| !is_known(movement)) {
            find(format!("movement {}", movement.sequence), "it names a lot that is not there");
        }
        for decision in self.decisions.iter().filter(|decision| decision.again().is_none()) {
            find(format!("decision {}", decision.decision_id), "recomputed it is another");
        }
        for answer in self.answers.iter().filter(|answer| answer.again().is_none()) {
            find(format!("answer {}", answer.worth_id), "recomputed it is another");
        }
        problems.truncate(PROBLEMS_MAX);
        problems
    }
}

impl LedgerDecision {
    /// Recomputes it; `None` where it does not come out as it is kept.
    fn again(&self) -> Option<()> {
        let inputs: RecognitionInputs = serde_json::from_str(&self.inputs).ok()?;
        let rules: Vec<RuleVersion> = serde_json::from_str(&self.rules).ok()?;
        let recomputed = recognise(&inputs, &rules);
        let text = serde_json::to_string(&recomputed).ok()?;
        (text == self.recognition && recomputed.credit == self.credit).then_some(())
    }
}

impl LedgerAnswer {
    fn again(&self) -> Option<()> {
        let question: Question = serde_json::from_str(&self.question).ok()?;
        let recomputed = nth(&question, usize::from(self.alternative)).ok()??;
        let text = serde_json::to_string(&recomputed).ok()?;
        (text == self.allocation && recomputed.recognised == self.recognised).then_some(())
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
