//! How a lot goes from one account to another: what happened to it is told again where it comes, and where it was, everything
//! is reversed. Back it goes the same way, and then only what is new is told.

use chrono::NaiveDate;

use crate::domain::credit::Credit;
use crate::domain::lot::{LotBalance, Pocket};
use crate::domain::movement::{CauseKind, MovementKind, NewMovement, Side};

/// A movement that a merge itself makes: its kind, from where, to where, how much, and the day of the grant, on which it
/// takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carry {
    pub kind: MovementKind,
    pub source: Pocket,
    pub target: Pocket,
    pub amount: Credit,
    pub effective_on: NaiveDate,
}

/// What a merge adds to the movements of one lot, in two accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Where the lot was: everything that is not reversed already is.
    pub out: Vec<Carry>,
    /// Where it comes: what was carried away from there comes back to where it was.
    pub back: Vec<Carry>,
    /// And then what happened to it elsewhere, which is told again with the same days and causes.
    pub again: Vec<NewMovement>,
}

/// Where a history leaves the lot, without what merges did; and the day of its grant.
fn left(history: &[&NewMovement]) -> Option<(LotBalance, NaiveDate)> {
    let granted = history.first()?.effective_on;
    let balance = history
        .iter()
        .try_fold(None, |balance, movement| movement.applied_to(balance).ok().map(Some))?;
    Some((balance?, granted))
}

fn own(history: &[NewMovement]) -> Vec<&NewMovement> {
    history.iter().filter(|movement| movement.cause_kind != CauseKind::Merge).collect()
}

/// The same thing, told in another account: all but its own id, and when it was recorded.
fn same(one: &NewMovement, other: &NewMovement) -> bool {
    let told = |movement: &NewMovement| NewMovement {
        movement_id: one.movement_id,
        recorded_at: one.recorded_at,
        ..movement.clone()
    };
    told(one) == told(other)
}

/// A movement of everything in a pocket, where there is something.
fn whole(balance: &LotBalance, kind: MovementKind, effective_on: NaiveDate) -> Vec<Carry> {
    let pockets = Pocket::ALL.iter().filter(|pocket| **pocket != Pocket::Reversed);
    let full = pockets.filter(|pocket| balance.pocket(**pocket) > Credit::ZERO);
    full.map(|pocket| {
        let (source, target) = match kind {
            MovementKind::Restore => (Pocket::Reversed, *pocket),
            _ => (*pocket, Pocket::Reversed),
        };
        Carry {
            kind,
            source,
            target,
            amount: balance.pocket(*pocket),
            effective_on,
        }
    })
    .collect()
}

/// Works out how a lot goes from an account with one history of it to an account with another (none where it comes the first
/// time). `None` where the histories are not of one lot: what was told in the one must be how the other begins.
pub fn carried(from: &[NewMovement], to: &[NewMovement]) -> Option<Carried> {
    let (happened, told) = (own(from), own(to));
    let begins_so = told.len() <= happened.len() && told.iter().zip(&happened).all(|(one, other)| same(one, other));
    if !begins_so {
        return None;
    }
    let (now, granted_on) = left(&happened)?;
    let back = match left(&told) {
        Some((then, granted_on)) => whole(&then, MovementKind::Restore, granted_on),
        None => Vec::new(),
    };
    Some(Carried {
        out: whole(&now, MovementKind::Reverse, granted_on),
        back,
        again: happened.into_iter().skip(told.len()).cloned().collect(),
    })
}

impl Carry {
    /// Its sides, as a movement names them.
    pub fn sides(&self) -> (Side, Side) {
        (Side::from(self.source), Side::from(self.target))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::correction::effective::balance_on;
    use crate::domain::movement::{ChainHead, Movement, verify_chain};
    use chrono::{DateTime, Days};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn credit(hundredths: i64) -> Credit {
        Credit::from_hundredths(hundredths).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// An account with one lot in it.
    struct Account {
        id: Uuid,
        head: ChainHead,
        movements: Vec<Movement>,
    }

    impl Account {
        fn new(number: u128) -> Self {
            let id = Uuid::from_u128(number);
            let (head, movements) = (ChainHead::genesis(id), Vec::new());
            Self { id, head, movements }
        }

        fn history(&self) -> Vec<NewMovement> {
            self.movements.iter().map(|movement| movement.content.clone()).collect()
        }

        fn balance(&self) -> Option<LotBalance> {
            let history = self.history();
            history
                .iter()
                .fold(None, |balance, movement| Some(movement.applied_to(balance).unwrap()))
        }

        fn append(&mut self, content: NewMovement) {
            let (movement, head) = self.head.append(self.id, content).unwrap();
            self.head = head;
            self.movements.push(movement);
        }

        fn movement(kind: MovementKind, sides: (Side, Side), amount: Credit, on: NaiveDate, cause_kind: CauseKind) -> NewMovement {
            NewMovement {
                movement_id: Uuid::from_u128(5),
                lot_id: Uuid::from_u128(6),
                kind,
                source: sides.0,
                target: sides.1,
                amount,
                effective_on: on,
                recorded_at: DateTime::UNIX_EPOCH,
                cause_kind,
                cause_id: Uuid::from_u128(7),
            }
        }

        fn carry(&mut self, carries: &[Carry]) {
            for carry in carries {
                let content = Self::movement(carry.kind, carry.sides(), carry.amount, carry.effective_on, CauseKind::Merge);
                self.append(content);
            }
        }
    }

    fn merge(from: &mut Account, to: &mut Account) {
        let carried = carried(&from.history(), &to.history()).unwrap();
        from.carry(&carried.out);
        to.carry(&carried.back);
        for content in carried.again {
            to.append(content);
        }
    }

    #[test]
    fn histories_of_two_lots_are_never_one() {
        let on = day("2024-01-10");
        let sides = (Side::Bank, Side::Available);
        let grant = |amount| Account::movement(MovementKind::Grant, sides, credit(amount), on, CauseKind::Decision);
        assert!(carried(&[grant(900)], &[]).is_some());
        assert_eq!(carried(&[grant(900)], &[grant(800)]), None);
        assert_eq!(carried(&[], &[grant(900)]), None);
    }

    proptest! {
        #[test]
        fn there_and_back_again_a_lot_is_what_was_done_with_it_and_never_in_two_accounts(
            steps in proptest::collection::vec((0..5usize, 0..5usize, 1..600i64, any::<bool>()), 0..40),
            on in 0..50u64,
        ) {
            let begun = day("2024-01-10");
            let (mut here, mut there) = (Account::new(1), Account::new(2));
            // What it would be if nobody had ever merged anything.
            let mut alone = Account::new(1);
            let grant = Account::movement(MovementKind::Grant, (Side::Bank, Side::Available), credit(900), begun, CauseKind::Decision);
            here.append(grant.clone());
            alone.append(grant);
            let mut today = begun;
            for (source, target, amount, merges) in steps {
                if merges {
                    merge(&mut here, &mut there);
                    std::mem::swap(&mut here, &mut there);
                }
                let (source, target) = (Pocket::ALL[source], Pocket::ALL[target]);
                if here.balance().unwrap().transfer(source, target, credit(amount)).is_err() {
                    continue;
                }
                today = today + Days::new(1);
                let sides = (source.into(), target.into());
                let content = Account::movement(MovementKind::Hold, sides, credit(amount), today, CauseKind::Claim);
                here.append(content.clone());
                alone.append(content);
            }
            prop_assert_eq!(here.balance(), alone.balance());
            let asked = day("2024-01-01") + Days::new(on);
            prop_assert_eq!(balance_on(&here.movements, asked), balance_on(&alone.movements, asked));
            if let Some(elsewhere) = there.balance() {
                prop_assert_eq!(elsewhere.pocket(Pocket::Reversed), credit(900));
                // Where nothing was left to carry away, it was all taken back there already, each part on its own day.
                let carried_away = there.movements.last().unwrap().content.cause_kind == CauseKind::Merge;
                if let Some(then) = balance_on(&there.movements, asked).filter(|_| carried_away) {
                    prop_assert_eq!(then.pocket(Pocket::Reversed), credit(900), "what left was never here");
                }
            }
            for account in [&here, &there] {
                prop_assert_eq!(verify_chain(account.id, &account.movements).unwrap(), account.head);
            }
        }
    }
}
