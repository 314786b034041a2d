//! Movements 流水: immutable ledger rows, chained by hash for each learner (invariants 3 and 9).

use std::fmt::{Display, Write};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::credit::Credit;
use super::language::Language;
use super::lot::{LotBalance, Pocket, TransferRefusal};
use super::words::words;

words! {
    /// What a movement is.
    pub enum MovementKind {
        Grant => "grant",
        Expire => "expire",
        /// For an open claim.
        Hold => "hold",
        /// The claim came to nothing.
        Release => "release",
        /// The redemption 兑换: the claim was granted.
        Redeem => "redeem",
        /// What took the credit was taken back, and it is the learner's again.
        Restore => "restore",
        /// What brought the credit is no longer so.
        Reverse => "reverse",
    }
}

impl MovementKind {
    /// What people call it.
    pub const fn called(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::Grant => ("取得", "grant"),
            Self::Expire => ("失效", "expiry"),
            Self::Hold => ("冻结", "hold"),
            Self::Release => ("解冻", "release"),
            Self::Redeem => ("兑换", "redemption"),
            Self::Restore => ("恢复", "restoration"),
            Self::Reverse => ("冲正", "reversal"),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}

words! {
    /// One side of a movement: a pocket, or the bank that grants.
    pub enum Side {
        Bank => "bank",
        Available => "available",
        Held => "held",
        Redeemed => "redeemed",
        Expired => "expired",
        Reversed => "reversed",
    }
}

words! {
    /// What made the movement happen.
    pub enum CauseKind {
        Decision => "decision",
        Expiry => "expiry",
        Claim => "claim",
        Correction => "correction",
        /// Two accounts turned out to be one person's, or not to be.
        Merge => "merge",
    }
}

impl From<Pocket> for Side {
    fn from(pocket: Pocket) -> Self {
        match pocket {
            Pocket::Available => Self::Available,
            Pocket::Held => Self::Held,
            Pocket::Redeemed => Self::Redeemed,
            Pocket::Expired => Self::Expired,
            Pocket::Reversed => Self::Reversed,
        }
    }
}

/// What is to be written, before it has its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMovement {
    pub movement_id: Uuid,
    pub lot_id: Uuid,
    pub kind: MovementKind,
    pub source: Side,
    pub target: Side,
    pub amount: Credit,
    pub effective_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    pub cause_kind: CauseKind,
    pub cause_id: Uuid,
}

impl NewMovement {
    /// The lot after it; a grant begins one.
    ///
    /// # Errors
    /// Where it could not have happened: see [`TransferRefusal`].
    pub fn applied_to(&self, before: Option<LotBalance>) -> Result<LotBalance, TransferRefusal> {
        let pocket = |side: Side| Pocket::parse(side.as_str()).ok_or(TransferRefusal::NoSuchTransfer);
        match (self.source, before) {
            (Side::Bank, None) if self.target == Side::Available => Ok(LotBalance::granted(self.amount)),
            (Side::Bank, _) | (_, None) => Err(TransferRefusal::NoSuchTransfer),
            (source, Some(balance)) if self.cause_kind == CauseKind::Merge => {
                balance.carry(pocket(source)?, pocket(self.target)?, self.amount)
            }
            (source, Some(balance)) => balance.transfer(pocket(source)?, pocket(self.target)?, self.amount),
        }
    }
}

/// A movement in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    pub content: NewMovement,
    /// Its number among the learner's movements, from 1.
    pub sequence: i64,
    /// The learner's available credit after it.
    pub available_after: Credit,
    pub previous_hash: [u8; 32],
    pub hash: [u8; 32],
}

/// The end of a learner's chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    pub sequence: i64,
    pub hash: [u8; 32],
    pub available: Credit,
}

/// Why a movement cannot follow the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the learner's available credit would leave its range")]
pub struct BalanceOutOfRange;

/// The first row at which a chain is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("movement {sequence}: {what}")]
pub struct ChainBreak {
    pub sequence: i64,
    pub what: &'static str,
}

impl ChainHead {
    /// The head of a learner who has no movement yet.
    pub fn genesis(learner_id: Uuid) -> Self {
        let hash = Sha256::digest(format!("credit-bank/movement-chain/v1:{learner_id}")).into();
        Self {
            sequence: 0,
            hash,
            available: Credit::ZERO,
        }
    }

    /// Puts a movement at the end of the chain.
    ///
    /// # Errors
    /// When more would leave the available credit than there is.
    pub fn append(&self, learner_id: Uuid, content: NewMovement) -> Result<(Movement, Self), BalanceOutOfRange> {
        let mut available = self.available;
        if content.source == Side::Available {
            available = available.checked_sub(content.amount).ok_or(BalanceOutOfRange)?;
        }
        if content.target == Side::Available {
            available = available.checked_add(content.amount).ok_or(BalanceOutOfRange)?;
        }
        let sequence = self.sequence + 1;
        let hash = hash_of(learner_id, sequence, &content, available, &self.hash);
        let movement = Movement {
            content,
            sequence,
            available_after: available,
            previous_hash: self.hash,
            hash,
        };
        Ok((movement, Self { sequence, hash, available }))
    }
}

/// SHA-256 over one JSON array of texts, in this order: learner, sequence, movement, lot, kind, source, target,
/// amount, available after, effective date, recorded moment in microseconds, cause, cause's id, previous hash.
fn hash_of(learner_id: Uuid, sequence: i64, content: &NewMovement, available: Credit, previous: &[u8; 32]) -> [u8; 32] {
    let recorded_at = content.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let previous = hex(previous);
    let parts: [&dyn Display; 14] = [
        &learner_id,
        &sequence,
        &content.movement_id,
        &content.lot_id,
        &content.kind,
        &content.source,
        &content.target,
        &content.amount,
        &available,
        &content.effective_on,
        &recorded_at,
        &content.cause_kind,
        &content.cause_id,
        &previous,
    ];
    let mut text = String::with_capacity(512);
    for part in parts {
        text.push(if text.is_empty() { '[' } else { ',' });
        // None of the parts can hold a character that JSON escapes: ids, numbers, dates and our own words.
        // Writing to a text does not fail.
        let _written = write!(text, "\"{part}\"");
    }
    text.push(']');
    Sha256::digest(text).into()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Recomputes a learner's whole chain from its rows in order.
///
/// # Errors
/// The first row that is not what it should be.
pub fn verify_chain(learner_id: Uuid, movements: &[Movement]) -> Result<ChainHead, ChainBreak> {
    let mut head = ChainHead::genesis(learner_id);
    for movement in movements {
        let broken = |what| ChainBreak {
            sequence: movement.sequence,
            what,
        };
        if movement.sequence != head.sequence + 1 {
            return Err(broken("is not the next in the sequence"));
        }
        if movement.previous_hash != head.hash {
            return Err(broken("does not name the hash before it"));
        }
        let (expected, next) = head
            .append(learner_id, movement.content.clone())
            .map_err(|_| broken("takes more than there is"))?;
        if movement.available_after != expected.available_after {
            return Err(broken("has the wrong running balance"));
        }
        if movement.hash != expected.hash {
            return Err(broken("was edited: its hash does not match its content"));
        }
        head = next;
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(number: u128, amount: &str) -> NewMovement {
        NewMovement {
            movement_id: Uuid::from_u128(number),
            lot_id: Uuid::from_u128(1000 + number),
            kind: MovementKind::Grant,
            source: Side::Bank,
            target: Side::Available,
            amount: amount.parse().unwrap(),
            effective_on: "2024-03-01".parse().unwrap(),
            recorded_at: "2024-03-01T08:00:00Z".parse().unwrap(),
            cause_kind: CauseKind::Decision,
            cause_id: Uuid::from_u128(2000 + number),
        }
    }

    fn chain(learner_id: Uuid) -> Vec<Movement> {
        let mut head = ChainHead::genesis(learner_id);
        let mut rows = Vec::new();
        for content in [grant(1, "6.00"), grant(2, "2.50"), grant(3, "12.00")] {
            let (movement, next) = head.append(learner_id, content).unwrap();
            rows.push(movement);
            head = next;
        }
        rows
    }

    #[test]
    fn a_chain_verifies_to_its_head() {
        let learner = Uuid::from_u128(7);
        let head = verify_chain(learner, &chain(learner)).unwrap();
        assert_eq!((head.sequence, head.available.to_string().as_str()), (3, "20.50"));
    }

    #[test]
    fn every_edited_field_is_found() {
        let learner = Uuid::from_u128(7);
        type Edit = fn(&mut Movement);
        let edits: [(&str, Edit); 14] = [
            ("movement", |m| m.content.movement_id = Uuid::nil()),
            ("lot", |m| m.content.lot_id = Uuid::nil()),
            ("kind", |m| m.content.kind = MovementKind::Expire),
            ("source", |m| m.content.source = Side::Held),
            ("target", |m| m.content.target = Side::Held),
            ("amount", |m| m.content.amount = "2.51".parse().unwrap()),
            ("date", |m| m.content.effective_on = "2024-03-02".parse().unwrap()),
            ("moment", |m| m.content.recorded_at = "2024-03-01T08:00:00.000001Z".parse().unwrap()),
            ("cause", |m| m.content.cause_kind = CauseKind::Expiry),
            ("cause id", |m| m.content.cause_id = Uuid::nil()),
            ("sequence", |m| m.sequence = 5),
            ("balance", |m| m.available_after = "9.00".parse().unwrap()),
            ("previous", |m| m.previous_hash = [0; 32]),
            ("hash", |m| m.hash = [0; 32]),
        ];
        for (name, edit) in edits {
            let mut rows = chain(learner);
            edit(&mut rows[1]);
            assert!(verify_chain(learner, &rows).is_err(), "{name}");
        }
        let mut rows = chain(learner);
        rows.remove(1);
        assert_eq!(verify_chain(learner, &rows).unwrap_err().sequence, 3);
        assert!(verify_chain(Uuid::from_u128(8), &chain(learner)).is_err(), "another learner's rows");
    }

    #[test]
    fn the_hash_is_what_it_was_in_the_first_chain() {
        let learner = Uuid::from_u128(7);
        let last = chain(learner).pop().unwrap();
        assert_eq!(hex(&last.hash), "b9cddb3911dd263c7a3ebdce540af82f612bfd9ff4f018e66706c191dd0b134a");
    }

    #[test]
    fn no_more_leaves_than_there_is() {
        let learner = Uuid::from_u128(7);
        let expiry = NewMovement {
            kind: MovementKind::Expire,
            source: Side::Available,
            target: Side::Expired,
            ..grant(1, "1.00")
        };
        assert_eq!(ChainHead::genesis(learner).append(learner, expiry), Err(BalanceOutOfRange));
    }
}
