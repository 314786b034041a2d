//! What the machine never does, whatever happens: tried on every state that can be reached, and by chance.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::matrix::{events, states};
use super::rules::{ClaimRules, Unanswered};
use super::*;
use crate::domain::credit::Credit;
use crate::domain::lot::{LotBalance, Pocket};

/// Where the credit of a claim is: kept by hand, without asking the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Book {
    Free,
    Held,
    Used,
}

impl Book {
    /// What an effect does to it; `None` for what must never happen, such as using what is not held.
    fn after(self, effect: Option<CreditEffect>) -> Option<Self> {
        match (self, effect) {
            (book, None) => Some(book),
            (Self::Free, Some(CreditEffect::Hold)) => Some(Self::Held),
            (Self::Held, Some(CreditEffect::Release)) => Some(Self::Free),
            (Self::Held, Some(CreditEffect::Redeem)) => Some(Self::Used),
            (Self::Used, Some(CreditEffect::Restore)) => Some(Self::Free),
            (Self::Free, Some(CreditEffect::Award)) => Some(Self::Used),
            (Self::Used, Some(CreditEffect::Revoke)) => Some(Self::Free),
            _ => None,
        }
    }

    /// Where credit must be, by where the claim is.
    fn expected(kind: ClaimKind, state: ClaimState) -> Self {
        let granted = match state {
            ClaimState::Granted | ClaimState::Appealed { against: Verdict::Grant } | ClaimState::Closed { verdict: Verdict::Grant } => {
                return Self::Used;
            }
            ClaimState::Refused | ClaimState::Closed { .. } | ClaimState::Withdrawn | ClaimState::Lapsed | ClaimState::Voided => Self::Free,
            _ => Self::Held,
        };
        if kind == ClaimKind::Recognition { Self::Free } else { granted }
    }
}

fn all_rules() -> [ClaimRules; 4] {
    [
        (5, Unanswered::Waits),
        (5, Unanswered::Lapses),
        (0, Unanswered::Waits),
        (0, Unanswered::Lapses),
    ]
    .map(|(notice_working_days, unanswered)| ClaimRules {
        notice_working_days,
        unanswered,
        ..ClaimRules::default()
    })
}

/// Not a sample: all of them.
#[test]
fn no_way_through_the_machine_loses_or_doubles_credit() {
    for kind in ClaimKind::ALL.iter().copied() {
        for rules in all_rules() {
            let begun = kind.submitted();
            let mut open = vec![(begun.state, Book::Free.after(begun.effect).unwrap())];
            let mut seen: Vec<(ClaimState, Book)> = Vec::new();
            while let Some((state, book)) = open.pop() {
                if seen.contains(&(state, book)) {
                    continue;
                }
                assert_eq!(book, Book::expected(kind, state), "{kind} {state:?}");
                seen.push((state, book));
                for event in events() {
                    let Ok(next) = state.after(event, kind, &rules) else { continue };
                    let after = book.after(next.effect);
                    let Some(after) = after else {
                        panic!("{kind} {state:?} {event:?}: {:?} of what is {book:?}", next.effect)
                    };
                    open.push((next.state, after));
                }
            }
            let reached: BTreeSet<ClaimStatus> = seen.iter().map(|(state, _)| state.status()).collect();
            let mut expected: BTreeSet<ClaimStatus> = ClaimStatus::ALL.iter().copied().collect();
            if !rules.gives_notice() {
                expected.remove(&ClaimStatus::OnNotice);
            }
            if rules.unanswered == Unanswered::Waits {
                expected.remove(&ClaimStatus::Lapsed);
            }
            assert_eq!(reached, expected);
        }
    }
}

#[test]
fn nothing_happens_to_what_is_at_its_end() {
    for state in states().into_iter().filter(|state| state.status().is_final()) {
        for event in events() {
            for kind in ClaimKind::ALL.iter().copied() {
                for rules in all_rules() {
                    assert_eq!(
                        state.after(event, kind, &rules).unwrap_err().code(),
                        "wrong_state",
                        "{state:?} {event:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_stored_is_read_as_it_was_and_nonsense_is_not() {
    let mut lawful = 0;
    for status in ClaimStatus::ALL.iter().copied() {
        for verdict in [None, Some(Verdict::Grant), Some(Verdict::Refuse)] {
            for objections in [0, 1, 2, ClaimState::OPEN_OBJECTIONS_MAX] {
                let Some(state) = ClaimState::from_parts(status, verdict, objections) else {
                    continue;
                };
                lawful += 1;
                assert_eq!(
                    (state.status(), state.verdict(), state.open_objections()),
                    (status, verdict, objections)
                );
            }
        }
    }
    assert_eq!(lawful, states().len());
    assert_eq!(ClaimState::from_parts(ClaimStatus::Granted, Some(Verdict::Refuse), 0), None);
    assert_eq!(ClaimState::from_parts(ClaimStatus::OnNotice, Some(Verdict::Grant), 100), None);
}

/// Words of events are as unlike as the events.
#[test]
fn events_have_their_own_words() {
    let words: BTreeSet<&str> = events().into_iter().map(ClaimEvent::as_str).collect();
    assert_eq!(words.len(), 18);
    assert!(
        words
            .iter()
            .all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
    );
    assert!(events().into_iter().any(ClaimEvent::needs_reason));
}

proptest! {
    /// A lot, moved as operations would move it, beside the book: the two agree after every step, and nothing is used
    /// after a claim was taken back.
    #[test]
    fn any_history_keeps_a_lot_whole(steps in proptest::collection::vec(0..22usize, 0..200), rules in 0..4usize) {
        let rules = all_rules()[rules];
        let credit = Credit::from_hundredths(900).unwrap();
        let begun = ClaimKind::Conversion.submitted();
        let mut state = begun.state;
        let mut lot = LotBalance::granted(credit).transfer(Pocket::Available, Pocket::Held, credit).unwrap();
        let mut withdrawn = false;
        for step in steps {
            let event = events()[step];
            let Ok(next) = state.after(event, ClaimKind::Conversion, &rules) else { continue };
            let (source, target) = match next.effect {
                None => {
                    state = next.state;
                    continue;
                }
                Some(CreditEffect::Hold) => (Pocket::Available, Pocket::Held),
                Some(CreditEffect::Release) => (Pocket::Held, Pocket::Available),
                Some(CreditEffect::Redeem) => (Pocket::Held, Pocket::Redeemed),
                Some(CreditEffect::Restore) => (Pocket::Redeemed, Pocket::Available),
                Some(other) => panic!("{other} of a conversion"),
            };
            prop_assert!(!withdrawn);
            lot = lot.transfer(source, target, credit).unwrap();
            state = next.state;
            withdrawn |= state == ClaimState::Withdrawn;
            let pocket = match Book::expected(ClaimKind::Conversion, state) {
                Book::Free => Pocket::Available,
                Book::Held => Pocket::Held,
                Book::Used => Pocket::Redeemed,
            };
            prop_assert_eq!(lot.pocket(pocket), credit);
        }
    }
}
