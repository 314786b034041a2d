//! Previews of every state, and of many by chance: nothing is lost, nothing is left over, and the same facts give the same text.

use chrono::{DateTime, Days};
use proptest::prelude::*;

use super::differences::differences;
use super::effective::balance_on;
use super::preview::*;
use super::*;
use crate::domain::claim::{ClaimStatus, Verdict};
use crate::domain::credit::{CourseCredit, Credit};
use crate::domain::lot::{LotBalance, Pocket};
use crate::domain::movement::{CauseKind, ChainHead, Movement, MovementKind, NewMovement, Side};
use crate::domain::outcome::OutcomeStatus;

fn credit(hundredths: i64) -> Credit {
    Credit::from_hundredths(hundredths).unwrap()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn outcome(number: u128, status: OutcomeStatus, balance: Option<LotBalance>) -> Affected {
    Affected {
        learner_id: id(1),
        outcome_id: id(100 + number),
        certificate_number: None,
        awarded_on: day("2024-03-01"),
        status,
        lot: balance.map(|balance| (id(200 + number), balance)),
        uses: Vec::new(),
        credentials: Vec::new(),
    }
}

fn used(claim: u128, status: ClaimStatus, verdict: Option<Verdict>, amount: i64) -> AffectedUse {
    AffectedUse {
        claim_id: id(300 + claim),
        institution_id: Some(id(2)),
        status,
        verdict,
        amount: credit(amount),
        others: Vec::new(),
        decision_number: None,
        bought: vec![Bought {
            conversion_id: id(400 + claim),
            programme_id: id(3),
            programme_code: "elec".to_owned(),
            place: "E101".to_owned(),
            amount: CourseCredit::from_hundredths(350).unwrap(),
        }],
    }
}

#[test]
fn every_status_of_an_outcome_has_an_answer() {
    let cases = [
        (OutcomeStatus::Accepted, "reverse"),
        (OutcomeStatus::Released, "reverse"),
        (OutcomeStatus::Flagged, ""),
        (OutcomeStatus::Refused, "nothing"),
        (OutcomeStatus::Withdrawn, "nothing"),
        (OutcomeStatus::Corrected, "nothing"),
    ];
    assert_eq!(cases.len(), OutcomeStatus::ALL.len());
    for (status, expected) in cases {
        let lot = (status != OutcomeStatus::Flagged).then(|| LotBalance::granted(credit(900)));
        let items = preview(&[outcome(1, status, lot)], None);
        assert_eq!(words(&items), expected, "{status}");
        assert_eq!(items[0].ends(), expected != "nothing");
    }
}

fn words(items: &[PreviewItem]) -> String {
    let word = |consequence: &Consequence| {
        let value = serde_json::to_value(consequence).unwrap();
        value["what"].as_str().unwrap().to_owned()
    };
    let all: Vec<String> = items.iter().flat_map(|item| &item.consequences).map(word).collect();
    all.join(" ")
}

#[test]
fn every_state_of_a_claim_has_an_answer() {
    let (grant, refuse) = (Some(Verdict::Grant), Some(Verdict::Refuse));
    let cases = [
        (ClaimStatus::Submitted, None, "void_claim"),
        (ClaimStatus::InReview, None, "void_claim"),
        (ClaimStatus::InformationAsked, None, "void_claim"),
        (ClaimStatus::Proposed, refuse, "void_claim"),
        (ClaimStatus::OnNotice, grant, "void_claim"),
        (ClaimStatus::Granted, grant, "reopen"),
        (ClaimStatus::Refused, refuse, ""),
        (ClaimStatus::Appealed, grant, "reopen"),
        (ClaimStatus::Appealed, refuse, "void_claim"),
        (ClaimStatus::Closed, grant, "reopen"),
        (ClaimStatus::Closed, refuse, ""),
        (ClaimStatus::Withdrawn, None, ""),
        (ClaimStatus::Lapsed, None, ""),
        (ClaimStatus::Voided, None, ""),
    ];
    let told: std::collections::BTreeSet<ClaimStatus> = cases.iter().map(|case| case.0).collect();
    assert_eq!(told.len(), ClaimStatus::ALL.len());
    for (status, verdict, expected) in cases {
        let one = Affected {
            uses: vec![used(1, status, verdict, 0)],
            ..outcome(1, OutcomeStatus::Accepted, None)
        };
        assert_eq!(words(&preview(&[one], None)), expected, "{status} {verdict:?}");
    }
}

#[test]
fn what_changed_is_named_by_outcome() {
    let whole = || Some(LotBalance::granted(credit(900)));
    let before = preview(
        &[
            outcome(1, OutcomeStatus::Accepted, whole()),
            outcome(2, OutcomeStatus::Accepted, whole()),
        ],
        None,
    );
    assert_eq!(differences(&before, &before), Vec::new());
    let held = LotBalance::granted(credit(900))
        .transfer(Pocket::Available, Pocket::Held, credit(100))
        .unwrap();
    let after = preview(
        &[
            outcome(3, OutcomeStatus::Accepted, whole()),
            outcome(2, OutcomeStatus::Accepted, Some(held)),
        ],
        None,
    );
    let said: Vec<(String, String)> = differences(&before, &after)
        .into_iter()
        .map(|one| (one.pointer, one.detail))
        .collect();
    let at = |number: u128, said: &str| (format!("/items/{}", id(100 + number)), said.to_owned());
    assert_eq!(
        said,
        [
            at(1, "is no longer among the outcomes"),
            at(2, "is used or kept differently now"),
            at(3, "is among the outcomes only now"),
        ]
    );
    assert_ne!(
        digest(CorrectionKind::Withdraw, "", &before),
        digest(CorrectionKind::Withdraw, "", &after)
    );
    assert_ne!(
        digest(CorrectionKind::Withdraw, "", &before),
        digest(CorrectionKind::Correct, "", &before)
    );
}

#[test]
fn scopes_say_what_is_wrong_with_them() {
    let batch = |ids: usize, numbers: usize| CorrectionScope::Batch {
        outcome_ids: vec![id(1); ids],
        certificate_numbers: vec![String::new(); numbers],
    };
    let period = |from: &str, to: &str| CorrectionScope::Period {
        by: PeriodOf::Awarded,
        from: day(from),
        to: day(to),
        achievement_id: None,
    };
    let cases = [
        (CorrectionScope::Outcome { outcome_id: id(1) }, 0),
        (batch(0, 0), 1),
        (batch(1, 0), 0),
        (batch(500, 500), 0),
        (batch(500, 501), 1),
        (period("2024-01-01", "2024-01-01"), 0),
        (period("2024-01-02", "2024-01-01"), 1),
    ];
    for (scope, problems) in cases {
        assert_eq!(scope.problems().len(), problems, "{scope:?}");
    }
}

/// A learner's outcomes with claims over them, as they can stand: by outcome what was granted; by claim its state and how much
/// of each outcome it uses.
fn record(granted: &[i64], claims: &[(usize, Vec<i64>)]) -> Vec<Affected> {
    let mut all: Vec<Affected> = (0..)
        .zip(granted)
        .map(|(number, granted)| outcome(number, OutcomeStatus::Accepted, Some(LotBalance::granted(credit(*granted)))))
        .collect();
    let states = [
        (ClaimStatus::InReview, None),
        (ClaimStatus::Appealed, Some(Verdict::Refuse)),
        (ClaimStatus::Granted, Some(Verdict::Grant)),
        (ClaimStatus::Closed, Some(Verdict::Grant)),
    ];
    for (number, (state, wanted)) in (0..).zip(claims) {
        let (status, verdict) = states[state % states.len()];
        let mut parts = Vec::new();
        for (one, wanted) in all.iter_mut().zip(wanted) {
            let (lot_id, balance) = one.lot.unwrap();
            let amount = credit(*wanted).min(balance.pocket(Pocket::Available));
            if amount == Credit::ZERO {
                continue;
            }
            let mut next = balance.transfer(Pocket::Available, Pocket::Held, amount).unwrap();
            if state % states.len() > 1 {
                next = next.transfer(Pocket::Held, Pocket::Redeemed, amount).unwrap();
            }
            one.lot = Some((lot_id, next));
            parts.push(Part {
                outcome_id: one.outcome_id,
                lot_id,
                amount,
            });
        }
        for part in &parts {
            let one = all.iter_mut().find(|one| one.outcome_id == part.outcome_id).unwrap();
            one.uses.push(AffectedUse {
                others: parts.iter().filter(|other| other.outcome_id != part.outcome_id).copied().collect(),
                ..used(number, status, verdict, part.amount.hundredths())
            });
        }
    }
    all
}

proptest! {
    #[test]
    fn a_preview_can_be_carried_out_and_nothing_is_lost(
        granted in proptest::collection::vec(1..2_000i64, 1..6),
        claims in proptest::collection::vec((0..4usize, proptest::collection::vec(0..900i64, 6)), 0..6),
        ending in proptest::collection::vec(any::<bool>(), 6),
        turn in any::<bool>(),
    ) {
        let all = record(&granted, &claims);
        let mut affected: Vec<Affected> = all.iter().zip(&ending).filter(|(_, ends)| **ends).map(|(one, _)| one.clone()).collect();
        let items = preview(&affected, None);
        if turn {
            affected.reverse();
        }
        let again = preview(&affected, None);
        prop_assert_eq!(digest(CorrectionKind::Withdraw, "x", &items), digest(CorrectionKind::Withdraw, "x", &again));
        let mut lots: Vec<(Uuid, LotBalance)> = all.iter().filter_map(|one| one.lot).collect();
        let mut reversed = 0;
        for one in moves(&items) {
            let lot = lots.iter_mut().find(|(lot_id, _)| *lot_id == one.lot_id).unwrap();
            lot.1 = lot.1.transfer(one.source, one.target, one.amount).unwrap();
            if one.target == Pocket::Reversed {
                reversed += one.amount.hundredths();
            }
        }
        prop_assert_eq!(counts(id(2), &items).reversed, format!("{}.{:02}", reversed / 100, reversed % 100));
        for ((one, (_, after)), granted) in all.iter().zip(&lots).zip(&granted) {
            let sum: i64 = Pocket::ALL.iter().map(|pocket| after.pocket(*pocket).hundredths()).sum();
            prop_assert_eq!(sum, *granted);
            let before = one.lot.unwrap().1;
            prop_assert_eq!(after.pocket(Pocket::Redeemed), before.pocket(Pocket::Redeemed), "what is used waits for its case");
            if affected.contains(one) {
                prop_assert_eq!((after.pocket(Pocket::Available), after.pocket(Pocket::Held)), (Credit::ZERO, Credit::ZERO));
            } else {
                prop_assert_eq!(after.pocket(Pocket::Reversed), Credit::ZERO);
            }
        }
    }

    #[test]
    fn on_every_day_a_lot_is_whole_and_what_was_taken_back_was_never_there(
        steps in proptest::collection::vec((0..5usize, 0..5usize, 1..600i64, any::<bool>()), 0..25),
        on in 0..30u64,
    ) {
        let begun = day("2024-01-10");
        let mut head = ChainHead::genesis(id(1));
        let mut balance = LotBalance::granted(credit(900));
        let mut movements: Vec<Movement> = Vec::new();
        let mut append = |kind, source, target, amount, effective_on, cause_kind| {
            let content = NewMovement {
                movement_id: id(5), lot_id: id(6), kind, source, target, amount, effective_on,
                recorded_at: DateTime::UNIX_EPOCH, cause_kind, cause_id: id(7),
            };
            let (movement, next) = head.append(id(1), content).unwrap();
            head = next;
            movements.push(movement);
        };
        append(MovementKind::Grant, Side::Bank, Side::Available, credit(900), begun, CauseKind::Decision);
        let (mut today, mut taken_back) = (begun, 0);
        for (source, target, amount, corrects) in steps {
            let (source, target) = (Pocket::ALL[source], Pocket::ALL[target]);
            let Ok(next) = balance.transfer(source, target, credit(amount)) else { continue };
            balance = next;
            today = today + Days::new(1);
            let takes_back = corrects && target == Pocket::Reversed;
            let (kind, effective_on, cause) = if takes_back {
                taken_back += amount;
                (MovementKind::Reverse, begun, CauseKind::Correction)
            } else {
                (MovementKind::Hold, today, CauseKind::Claim)
            };
            append(kind, source.into(), target.into(), credit(amount), effective_on, cause);
        }
        let asked = day("2024-01-01") + Days::new(on);
        match balance_on(&movements, asked) {
            None => prop_assert!(asked < begun),
            Some(found) => {
                let sum: i64 = Pocket::ALL.iter().map(|pocket| found.pocket(*pocket).hundredths()).sum();
                prop_assert_eq!(sum, 900);
                prop_assert!(found.pocket(Pocket::Reversed).hundredths() >= taken_back);
                if asked >= today {
                    prop_assert_eq!(found.pocket(Pocket::Reversed), balance.pocket(Pocket::Reversed));
                }
            }
        }
    }
}
