//! A lot on a day, as it is known now: what a correction took back was never there, whatever was done with it meanwhile.

use chrono::NaiveDate;

use crate::domain::credit::Credit;
use crate::domain::lot::{LotBalance, Pocket};
use crate::domain::movement::{CauseKind, Movement, MovementKind};

/// Whether a movement takes back what should never have been.
fn takes_back(movement: &Movement) -> bool {
    movement.content.kind == MovementKind::Reverse && movement.content.cause_kind == CauseKind::Correction
}

/// Whether a lot's credit is another account's by now: the last merge that touched it took it away.
fn is_away(movements: &[Movement]) -> bool {
    let merges = movements.iter().rfind(|movement| movement.content.cause_kind == CauseKind::Merge);
    merges.is_some_and(|movement| movement.content.kind == MovementKind::Reverse)
}

/// Where a lot's credit was at the end of a day by the days on which its movements took effect. The movements are those of
/// one lot, in their order; `None` where none brought it by then, or they could not have happened.
///
/// What a correction reversed takes effect on the day of the grant, although credit may have been held or used since: it is
/// taken from where it was then, and from the other pockets where that holds less. What a merge carried to another account
/// was never here; what it carried back was never away.
pub fn balance_on(movements: &[Movement], day: NaiveDate) -> Option<LotBalance> {
    let mut balance: Option<LotBalance> = None;
    let mut taken_back: Vec<(Pocket, Credit)> = Vec::new();
    for movement in movements.iter().filter(|movement| movement.content.effective_on <= day) {
        let content = &movement.content;
        if content.cause_kind == CauseKind::Merge {
            continue;
        }
        if takes_back(movement) {
            taken_back.push((Pocket::parse(content.source.as_str())?, content.amount));
            continue;
        }
        balance = Some(content.applied_to(balance).ok()?);
    }
    let balance = taken_back
        .into_iter()
        .try_fold(balance?, |balance, (source, amount)| taken(balance, source, amount))?;
    if is_away(movements) { emptied(balance) } else { Some(balance) }
}

/// Everything in the reversed pocket.
fn emptied(balance: LotBalance) -> Option<LotBalance> {
    Pocket::ALL
        .iter()
        .filter(|pocket| **pocket != Pocket::Reversed && balance.pocket(**pocket) > Credit::ZERO)
        .try_fold(balance, |left, pocket| {
            left.carry(*pocket, Pocket::Reversed, balance.pocket(*pocket)).ok()
        })
}

/// Takes an amount out of a lot, from one pocket first.
fn taken(mut balance: LotBalance, first: Pocket, amount: Credit) -> Option<LotBalance> {
    let mut left = amount;
    for pocket in [first, Pocket::Available, Pocket::Held, Pocket::Redeemed] {
        let part = balance.pocket(pocket).min(left);
        if part > Credit::ZERO {
            balance = balance.transfer(pocket, Pocket::Reversed, part).ok()?;
            left = left.checked_sub(part)?;
        }
    }
    (left == Credit::ZERO).then_some(balance)
}
