//! The comparison over small rules, what is the same to them, and the sum in any order.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::report::{SampleCase, SimulationReport};
use super::sameness::Reads;
use super::tally::Tally;
use super::{Comparison, Difference, EFFORT, Part, Rules};
use crate::domain::achievement::AchievementKind;
use crate::domain::allocation::{PackVersion, ReasonCode};
use crate::domain::facts::OutcomeFacts;
use crate::domain::recognition::SelectedBy;

fn pack(clauses: Value, limits: Value) -> PackVersion {
    let pack = json!({ "code": "pack", "title": { "zh": "办法" }, "owner": "914403003429409755", "legal_basis": ["x"],
        "effective_from": "2000-01-01", "selected_by": "decision_date", "clauses": clauses, "limits": limits,
        "definitions": { "calendars": [{ "code": "terms", "periods": [
            { "code": "spring", "first_day": "03-01", "last_day": "08-31" }, { "code": "autumn", "first_day": "09-01", "last_day": "02-29" }] }] } });
    PackVersion {
        version: 1,
        pack: serde_json::from_value(pack).unwrap(),
    }
}

fn clause(id: &str, outcomes: Value, value: Value) -> Value {
    json!({ "id": id, "citation": "第六条", "outcomes": outcomes, "to": [{ "to": "courses" }], "value": { "of": value },
        "targets": "one", "remainder": "forfeited", "coverage": "whole_by_one" })
}

fn comparison(before: Vec<PackVersion>, after: Vec<PackVersion>) -> Comparison {
    let course = |code: &str, credits: &str| json!({ "code": code, "name": { "zh": code }, "credits": credits, "required": true, "bucket": "major" });
    let programme = json!({ "code": "elec", "name": { "zh": "电气" }, "required_credit": "20",
        "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "0" }],
        "courses": [course("A", "3.5"), course("B", "3"), course("C", "1")], "effective_from": "2020-01-01" });
    let rules = |versions| Rules {
        versions,
        above: Vec::new(),
    };
    Comparison {
        institution: serde_json::from_value(json!({ "credit_code": "914403003429409755", "kind": "vocational_college" })).unwrap(),
        programme: serde_json::from_value(programme).unwrap(),
        before: rules(before),
        after: rules(after),
        agreements: Vec::new(),
        decided_on: "2026-11-24".parse().unwrap(),
        effort: EFFORT,
    }
}

fn outcome(key: &str, kind: &str, with: Value) -> OutcomeFacts {
    let mut outcome = json!({ "key": key, "name": "成果", "achievement": format!("a-{kind}"), "kind": kind,
        "issuer": { "credit_code": "91310000607378133K", "kind": "assessment_body" }, "bank_credit": "4", "awarded_on": "2024-05-10" });
    outcome.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    serde_json::from_value(outcome).unwrap()
}

#[test]
fn a_draft_gives_to_one_outcome_and_takes_from_another() {
    let certificates = clause(
        "certificates",
        json!({ "kinds": ["occupational_certificate"] }),
        json!({ "base": "bank_credit" }),
    );
    let training = clause(
        "training",
        json!({ "kinds": ["training"], "minimum_score": "70" }),
        json!({ "base": "fixed", "credit": "1" }),
    );
    let comparison = comparison(
        vec![pack(json!([certificates]), json!([]))],
        vec![pack(json!([training]), json!([]))],
    );
    let outcomes = [
        outcome("certificate", "occupational_certificate", json!({})),
        outcome("good", "training", json!({ "score": "70" })),
        outcome("poor", "training", json!({ "score": "69" })),
    ];
    let difference = comparison.sides().compare(&outcomes).unwrap();
    assert_eq!((difference.before, difference.after), (350, 100));
    assert!(difference.is_concerned && difference.is_proven);
    let parts: Vec<(i64, i64, Option<ReasonCode>)> = difference
        .parts
        .iter()
        .map(|part| (part.before, part.after, part.reason.as_ref().map(|(code, _)| *code)))
        .collect();
    assert_eq!(
        parts,
        [
            (350, 0, Some(ReasonCode::NoClauseMatches)),
            (0, 100, None),
            (0, 0, Some(ReasonCode::NoClauseMatches))
        ]
    );
}

#[test]
fn what_no_rule_reads_makes_no_difference_between_learners() {
    let training = clause(
        "training",
        json!({ "kinds": ["training"], "minimum_score": "70" }),
        json!({ "base": "bank_credit" }),
    );
    let comparison = comparison(Vec::new(), vec![pack(json!([training]), json!([]))]);
    let reads = Reads::of(&comparison);
    let seen = |with: Value| reads.seen(&comparison, &[outcome("x", "training", with)]);
    let first = seen(json!({ "score": "70", "hours": "8", "trainee_group": "veteran", "awarded_on": "2020-01-01" }));
    assert_eq!(
        first,
        seen(json!({ "score": "99", "awarded_on": "2021-01-01", "usable_until": "2029-01-01" }))
    );
    assert_ne!(first, seen(json!({ "score": "69.99" })), "a mark lies between them");
    assert_ne!(first, seen(json!({ "score": "70", "bank_credit": "5" })));
}

/// Rules that read one thing or another of an outcome.
fn any_clause() -> impl Strategy<Value = Value> {
    let condition = prop_oneof![
        Just(json!({})),
        Just(json!({ "minimum_score": "70" })),
        Just(json!({ "minimum_score": "85" })),
        Just(json!({ "minimum_hours": "40" })),
        Just(json!({ "awarded_from": "2023-01-01" })),
        Just(json!({ "awarded_within": { "years": 3, "boundary": "anniversary_included" } })),
        Just(json!({ "still_valid": true })),
        Just(json!({ "trainee_groups": ["veteran"] })),
        Just(json!({ "any_of": [{ "minimum_score": "60" }, { "none_of": [{ "minimum_hours": "20" }] }] })),
    ];
    let value = prop_oneof![
        Just(json!({ "base": "bank_credit" })),
        Just(json!({ "base": "fixed", "credit": "3" })),
        Just(json!({ "base": "hours", "per_credit": "16" })),
        Just(json!({ "base": "ratio", "of": "original_credit", "numerator": 1, "denominator": 2 })),
        Just(json!({ "base": "table", "by": "grade", "entries": [{ "when": "优", "credit": "1" }] })),
    ];
    (condition, value).prop_map(|(condition, value)| clause("clause", condition, value))
}

fn any_pack() -> impl Strategy<Value = PackVersion> {
    let limits = prop_oneof![
        Just(json!([])),
        Just(
            json!([{ "id": "term", "citation": "x", "per": "period", "calendar": "terms", "at_most": { "measure": "credit", "credit": "3" } }])
        ),
        Just(json!([{ "id": "each", "citation": "x", "per": "outcome", "at_most": { "measure": "bank_credit" } }])),
    ];
    let selected = prop_oneof![Just(SelectedBy::AwardDate), Just(SelectedBy::DecisionDate)];
    (proptest::collection::vec(any_clause(), 1..3), limits, selected).prop_map(|(clauses, limits, selected)| {
        let mut version = pack(Value::Array(clauses), limits);
        version.pack.selected_by = Some(selected);
        version
    })
}

fn any_outcome() -> impl Strategy<Value = OutcomeFacts> {
    let number = |least: i64, most: i64| proptest::option::of((least..=most).prop_map(|number| json!(number.to_string())));
    let day = |first: i32| (first..2026, 1..13_u32).prop_map(|(year, month)| json!(format!("{year}-{month:02}-15")));
    let words = (
        proptest::option::of(Just(json!("veteran"))),
        proptest::option::of(prop_oneof![Just(json!("优")), Just(json!("良"))]),
    );
    (
        1..9_i64,
        number(55, 100),
        number(8, 64),
        number(1, 6),
        day(1999),
        proptest::option::of(day(2024)),
        words,
    )
        .prop_map(|(credit, score, hours, original, awarded_on, usable_until, (group, grade))| {
            let mut with = json!({ "bank_credit": credit.to_string(), "awarded_on": awarded_on });
            for (name, value) in [
                ("score", score),
                ("hours", hours),
                ("original_credit", original),
                ("usable_until", usable_until),
                ("trainee_group", group),
                ("grade", grade),
            ] {
                if let Some(value) = value {
                    with[name] = value;
                }
            }
            outcome("key", "training", with)
        })
}

fn any_difference() -> impl Strategy<Value = Difference> {
    let part = (0..3_usize, 0..3_usize, 0..3_i64, 0..3_i64).prop_map(|(institution, kind, before, after)| Part {
        institution: format!("I{institution}"),
        kind: AchievementKind::ALL[kind],
        achievement: format!("a{kind}"),
        name: "成果".to_owned(),
        before: before * 50,
        after: after * 50,
        reason: None,
    });
    proptest::collection::vec(part, 0..3).prop_map(|parts| Difference {
        before: parts.iter().map(|part| part.before).sum(),
        after: parts.iter().map(|part| part.after).sum(),
        is_concerned: !parts.is_empty(),
        is_proven: parts.len() < 2,
        parts,
    })
}

fn report(tally: &Tally) -> SimulationReport {
    tally.report("2026-11-24".parse().unwrap())
}

fn tally_of<'a>(differences: impl IntoIterator<Item = &'a Difference>) -> Tally {
    let mut tally = Tally::default();
    for difference in differences {
        tally.add(difference);
    }
    tally
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn learners_who_are_the_same_to_the_rules_are_answered_the_same(
        before in any_pack(),
        after in any_pack(),
        mut outcomes in proptest::collection::vec(any_outcome(), 1..4),
    ) {
        for (place, outcome) in outcomes.iter_mut().enumerate() {
            outcome.key = format!("key-{place}");
        }
        let comparison = comparison(vec![before], vec![after]);
        let seen = Reads::of(&comparison).seen(&comparison, &outcomes);
        let mut sides = comparison.sides();
        prop_assert_eq!(sides.compare(&outcomes), sides.compare(&seen));
    }

    #[test]
    fn parts_are_merged_in_any_order_to_the_same_report(
        differences in proptest::collection::vec(any_difference(), 0..60),
        cuts in proptest::collection::vec(0..60_usize, 0..5),
        backwards in any::<bool>(),
    ) {
        let whole = tally_of(&differences);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(differences.len())).collect();
        cuts.extend([0, differences.len()]);
        cuts.sort_unstable();
        let mut parts: Vec<Tally> = cuts.windows(2).map(|cut| tally_of(&differences[cut[0]..cut[1]])).collect();
        if backwards {
            parts.reverse();
        }
        let mut merged = Tally::default();
        for part in parts {
            merged.merge(part);
        }
        prop_assert_eq!(report(&merged), report(&whole));
        prop_assert_eq!(merged, whole);
    }

    #[test]
    fn nothing_is_told_of_fewer_than_five(
        differences in proptest::collection::vec(any_difference(), 0..40),
        repeated in any_difference(),
        times in 0..9_usize,
        unanswered in 0..8_u64,
    ) {
        let mut tally = tally_of(differences.iter().chain(std::iter::repeat_n(&repeated, times)));
        tally.add_unanswered(unanswered);
        let told = report(&tally);
        let counts = [told.concerned, told.gained.learners, told.lost.learners, told.not_proven, told.unanswered];
        let impacts = told.kinds.iter().map(|row| row.impact).chain(told.institutions.iter().map(|row| row.impact));
        let of_impacts = impacts.clone().flat_map(|impact| [Some(impact.learners), impact.gained, impact.lost]);
        prop_assert!(counts.into_iter().chain(of_impacts).flatten().all(|count| count == 0 || count >= 5));
        prop_assert!(impacts.clone().all(|impact| impact.learners >= 5));
        prop_assert!(told.samples.iter().all(|case| case.learners >= 5));
        prop_assert_eq!(&withheld_that_follows(&told), &Vec::<String>::new(), "{:?}", told);
        let sum: i64 = told.kinds.iter().filter_map(|row| row.impact.credit_after).map(|credit| credit.hundredths()).sum();
        prop_assert!(told.credit_after.is_none_or(|all| sum <= all.hundredths()));
    }
}

/// Of numbers that add up to each other, one alone that is withheld follows from the others.
fn withheld_that_follows(told: &SimulationReport) -> Vec<String> {
    let mut sums = vec![
        (
            "all learners".to_owned(),
            vec![
                told.gained.learners.is_some(),
                told.lost.learners.is_some(),
                told.unchanged.is_some(),
            ],
        ),
        (
            "the change".to_owned(),
            vec![
                told.gained.credit.is_some(),
                told.lost.credit.is_some(),
                told.credit_before.is_some(),
                told.credit_after.is_some(),
            ],
        ),
    ];
    let tables = [
        (
            "kinds",
            told.kinds.iter().map(|row| row.impact).collect::<Vec<_>>(),
            told.kinds_withheld,
        ),
        (
            "institutions",
            told.institutions.iter().map(|row| row.impact).collect(),
            told.institutions_withheld,
        ),
    ];
    for (table, impacts, withheld) in tables {
        let mut parts: Vec<bool> = impacts.iter().map(|impact| impact.credit_before.is_some()).collect();
        parts.extend(std::iter::repeat_n(false, withheld));
        // Where nobody has credit, all sums are nought and none is withheld.
        if !parts.is_empty() {
            parts.push(told.credit_before.is_some());
        }
        sums.push((table.to_owned(), parts));
        for impact in impacts {
            let all = [
                impact.gained.is_some(),
                impact.lost.is_some(),
                impact.credit_before.is_some(),
                impact.credit_after.is_some(),
            ];
            if !all.iter().all(|told| *told == all[0]) {
                sums.push((format!("{table}: one of a row"), vec![false]));
            }
        }
    }
    let mut follows: Vec<String> = sums
        .into_iter()
        .filter(|(_, parts)| parts.iter().filter(|told| !**told).count() == 1)
        .map(|(name, _)| name)
        .collect();
    // What is left of a sum when the cases are taken out of it.
    let mut left = |name: &str, all: u64, is_in: &dyn Fn(&SampleCase) -> bool| {
        let shown: u64 = told.samples.iter().filter(|case| is_in(case)).map(|case| case.learners).sum();
        if matches!(all.saturating_sub(shown), 1..5) {
            follows.push(format!("{name} beside the cases"));
        }
    };
    left("gained", told.gained.learners.unwrap_or_default(), &|case| case.after > case.before);
    left("lost", told.lost.learners.unwrap_or_default(), &|case| case.after < case.before);
    for row in told.kinds.iter().filter(|row| row.impact.credit_before.is_some()) {
        left(row.kind.as_str(), row.impact.learners, &|case| {
            case.outcomes.iter().any(|outcome| outcome.kind == row.kind)
        });
    }
    follows
}

#[test]
fn the_one_who_gains_is_not_told_of_by_the_sums() {
    let part = |kind: usize, before: i64, after: i64| Part {
        institution: "I0".to_owned(),
        kind: AchievementKind::ALL[kind],
        achievement: format!("a{kind}"),
        name: "成果".to_owned(),
        before,
        after,
        reason: None,
    };
    let of = |parts: Vec<Part>| Difference {
        before: parts.iter().map(|part| part.before).sum(),
        after: parts.iter().map(|part| part.after).sum(),
        is_concerned: true,
        is_proven: false,
        parts,
    };
    let loser = of(vec![part(0, 300, 100)]);
    let others = vec![loser; 6];
    let unchanged = vec![of(vec![part(1, 100, 100)]); 9];
    let one = of(vec![part(0, 100, 450)]);
    let told = report(&tally_of(others.iter().chain(&unchanged).chain([&one])));
    assert_eq!((told.gained.learners, told.lost.learners), (None, Some(6)));
    assert_eq!((told.credit_before, told.credit_after), (None, None), "{told:?}");
    assert_eq!(withheld_that_follows(&told), Vec::<String>::new(), "{told:?}");
    // Without that one everything is told.
    let told = report(&tally_of(others.iter().chain(&unchanged)));
    let credits = [told.credit_before, told.credit_after].map(|credit| credit.map(|credit| credit.hundredths()));
    assert_eq!(credits, [Some(2700), Some(1500)]);
    assert!(told.kinds.iter().all(|row| row.impact.credit_after.is_some()), "{told:?}");
    assert_eq!(told.not_proven, Some(15));
}
