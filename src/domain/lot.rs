//! Lots 学分批次: the credit that one outcome brought, and in which pockets it is now (invariant 2).

use serde::{Deserialize, Serialize};

use super::credit::Credit;
use super::words::words;

words! {
    /// Where credit of a lot can be.
    pub enum Pocket {
        Available => "available",
        Held => "held",
        Redeemed => "redeemed",
        Expired => "expired",
        Reversed => "reversed",
    }
}

/// Why an amount cannot move; checked in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransferRefusal {
    #[error("credit never moves between these pockets")]
    NoSuchTransfer,
    #[error("the amount must be more than nothing")]
    NothingToMove,
    #[error("the pocket holds less than the amount")]
    NotEnough,
}

/// The pockets of one lot. Its parts always add up to what was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LotBalance {
    granted: Credit,
    pockets: [Credit; 5],
}

impl LotBalance {
    /// A new lot: everything granted is available.
    pub fn granted(amount: Credit) -> Self {
        Self {
            granted: amount,
            pockets: [amount, Credit::ZERO, Credit::ZERO, Credit::ZERO, Credit::ZERO],
        }
    }

    /// Rebuilds a stored lot; `None` when the parts do not add up.
    /// `pockets` are in the order available, held, redeemed, expired, reversed.
    pub fn from_parts(granted: Credit, pockets: [Credit; 5]) -> Option<Self> {
        let sum = pockets.iter().try_fold(Credit::ZERO, |sum, part| sum.checked_add(*part))?;
        (sum == granted).then_some(Self { granted, pockets })
    }

    /// What the outcome brought.
    pub fn granted_amount(&self) -> Credit {
        self.granted
    }

    /// What is in a pocket.
    pub fn pocket(&self, pocket: Pocket) -> Credit {
        let [available, held, redeemed, expired, reversed] = self.pockets;
        match pocket {
            Pocket::Available => available,
            Pocket::Held => held,
            Pocket::Redeemed => redeemed,
            Pocket::Expired => expired,
            Pocket::Reversed => reversed,
        }
    }

    /// Moves an amount from one pocket to another.
    ///
    /// # Errors
    /// See [`TransferRefusal`].
    pub fn transfer(self, source: Pocket, target: Pocket, amount: Credit) -> Result<Self, TransferRefusal> {
        use Pocket as P;
        let lawful = matches!(
            (source, target),
            (P::Available, P::Held | P::Expired | P::Reversed)
                | (P::Held, P::Available | P::Redeemed | P::Reversed)
                | (P::Redeemed, P::Available | P::Reversed)
        );
        if !lawful {
            return Err(TransferRefusal::NoSuchTransfer);
        }
        self.moved(source, target, amount)
    }

    /// Moves an amount out of one account or back into it, by a merge: from wherever it is to the reversed pocket, and from
    /// there to where it was. Nothing else does this.
    ///
    /// # Errors
    /// See [`TransferRefusal`].
    pub fn carry(self, source: Pocket, target: Pocket, amount: Credit) -> Result<Self, TransferRefusal> {
        if (source == Pocket::Reversed) == (target == Pocket::Reversed) {
            return Err(TransferRefusal::NoSuchTransfer);
        }
        self.moved(source, target, amount)
    }

    fn moved(self, source: Pocket, target: Pocket, amount: Credit) -> Result<Self, TransferRefusal> {
        if amount == Credit::ZERO {
            return Err(TransferRefusal::NothingToMove);
        }
        let less = self.pocket(source).checked_sub(amount).ok_or(TransferRefusal::NotEnough)?;
        let more = self.pocket(target).checked_add(amount).ok_or(TransferRefusal::NotEnough)?;
        Ok(self.with(source, less).with(target, more))
    }

    fn with(mut self, pocket: Pocket, amount: Credit) -> Self {
        let [available, held, redeemed, expired, reversed] = &mut self.pockets;
        *match pocket {
            Pocket::Available => available,
            Pocket::Held => held,
            Pocket::Redeemed => redeemed,
            Pocket::Expired => expired,
            Pocket::Reversed => reversed,
        } = amount;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn credit(hundredths: i64) -> Credit {
        Credit::from_hundredths(hundredths).unwrap()
    }

    #[test]
    fn refusals_come_in_their_order() {
        let lot = LotBalance::granted(credit(500));
        let cases = [
            (Pocket::Reversed, Pocket::Available, 0, TransferRefusal::NoSuchTransfer),
            (Pocket::Expired, Pocket::Available, 1, TransferRefusal::NoSuchTransfer),
            (Pocket::Available, Pocket::Available, 1, TransferRefusal::NoSuchTransfer),
            (Pocket::Available, Pocket::Held, 0, TransferRefusal::NothingToMove),
            (Pocket::Available, Pocket::Held, 501, TransferRefusal::NotEnough),
            (Pocket::Held, Pocket::Redeemed, 1, TransferRefusal::NotEnough),
        ];
        for (source, target, amount, expected) in cases {
            assert_eq!(lot.transfer(source, target, credit(amount)), Err(expected), "{source} -> {target}");
        }
    }

    #[test]
    fn parts_that_do_not_add_up_are_no_lot() {
        let parts = [credit(100), credit(0), credit(0), credit(0), credit(0)];
        assert!(LotBalance::from_parts(credit(100), parts).is_some());
        assert_eq!(LotBalance::from_parts(credit(101), parts), None);
    }

    #[test]
    fn a_merge_carries_to_the_reversed_pocket_and_back_and_nowhere_else() {
        let lot = LotBalance::granted(credit(500));
        let expired = lot.transfer(Pocket::Available, Pocket::Expired, credit(500)).unwrap();
        let carried = expired.carry(Pocket::Expired, Pocket::Reversed, credit(500)).unwrap();
        assert_eq!(carried.pocket(Pocket::Reversed), credit(500));
        assert_eq!(carried.carry(Pocket::Reversed, Pocket::Expired, credit(500)), Ok(expired));
        for (source, target) in [(Pocket::Available, Pocket::Held), (Pocket::Reversed, Pocket::Reversed)] {
            assert_eq!(lot.carry(source, target, credit(1)), Err(TransferRefusal::NoSuchTransfer));
        }
        assert_eq!(
            lot.carry(Pocket::Reversed, Pocket::Held, credit(1)),
            Err(TransferRefusal::NotEnough)
        );
    }

    proptest! {
        #[test]
        fn nothing_is_made_or_lost_by_any_sequence_of_transfers(
            granted in 1..1_000_000i64,
            steps in proptest::collection::vec((0..5usize, 0..5usize, 0..1_000_000i64, any::<bool>()), 0..60),
        ) {
            let mut lot = LotBalance::granted(credit(granted));
            for (source, target, amount, merges) in steps {
                let (source, target, amount) = (Pocket::ALL[source], Pocket::ALL[target], credit(amount));
                let moved = if merges { lot.carry(source, target, amount) } else { lot.transfer(source, target, amount) };
                if let Ok(next) = moved {
                    lot = next;
                }
                let sum: i64 = Pocket::ALL.iter().map(|pocket| lot.pocket(*pocket).hundredths()).sum();
                prop_assert_eq!(sum, granted);
            }
        }
    }
}
