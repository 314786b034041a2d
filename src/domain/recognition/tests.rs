//! Recognition as tables of cases, and as properties over all inputs.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn fixed(number: u128, version: i64, selector: Selector, credit: &str) -> RuleVersion {
    RuleVersion {
        rule_id: Uuid::from_u128(number),
        version,
        title: "规则".into(),
        citation: "测试".into(),
        selector,
        method: Method::Fixed {
            credit: credit.parse().unwrap(),
        },
        validity: None,
        selected_by: SelectedBy::AwardDate,
        effective_from: day("2020-01-01"),
        effective_to: None,
    }
}

fn by_hours(per_credit: &str, minimum: &str, step: &str, cap: Option<&str>) -> RuleVersion {
    RuleVersion {
        method: Method::ByHours {
            hours_per_credit: per_credit.parse().unwrap(),
            minimum_hours: minimum.parse().unwrap(),
            step: step.parse().unwrap(),
            cap: cap.map(|cap| cap.parse().unwrap()),
        },
        ..fixed(1, 1, of_kind(), "1")
    }
}

fn of_kind() -> Selector {
    Selector {
        kind: Some(AchievementKind::Training),
        ..Selector::default()
    }
}

fn of_family(rank: Option<i16>) -> Selector {
    Selector {
        family: Some("occ-elec".into()),
        rank,
        ..Selector::default()
    }
}

fn inputs() -> RecognitionInputs {
    RecognitionInputs {
        lineage_id: Uuid::from_u128(9),
        achievement_version: 1,
        kind: AchievementKind::Training,
        family: Some("occ-elec".into()),
        rank: Some(2),
        nominal_hours: None,
        awarded_on: day("2024-03-01"),
        hours: None,
        decided_on: day("2024-06-01"),
        granted: None,
    }
}

fn of(inputs: &RecognitionInputs, rules: &[RuleVersion]) -> String {
    let recognition = recognise(inputs, rules);
    recognition
        .reason
        .map_or_else(|| recognition.credit.to_string(), |reason| reason.to_string())
}

#[test]
fn the_most_specific_rule_is_used_and_equals_are_an_ambiguity() {
    let lineage = Selector {
        lineage_id: Some(Uuid::from_u128(9)),
        ..Selector::default()
    };
    let kind = fixed(1, 1, of_kind(), "1");
    let family = fixed(2, 1, of_family(None), "2");
    let rank = fixed(3, 1, of_family(Some(2)), "3");
    let named = fixed(4, 1, lineage, "4");
    let other_rank = fixed(5, 1, of_family(Some(3)), "5");
    let cases: [(&[&RuleVersion], &str); 7] = [
        (&[], "no_rule_in_force"),
        (&[&other_rank], "no_rule_in_force"),
        (&[&kind], "1.00"),
        (&[&kind, &family], "2.00"),
        (&[&rank, &kind, &family], "3.00"),
        (&[&rank, &named, &family, &kind], "4.00"),
        (&[&family, &fixed(6, 1, of_family(None), "6")], "ambiguous_rules"),
    ];
    for (rules, expected) in cases {
        let rules: Vec<RuleVersion> = rules.iter().map(|rule| (*rule).clone()).collect();
        assert_eq!(of(&inputs(), &rules), expected, "{rules:?}");
    }
}

#[test]
fn the_date_that_a_rule_names_chooses_its_version() {
    // Versions as they are read: each in force until the day before the next.
    let first = RuleVersion {
        effective_to: Some(day("2024-04-30")),
        ..fixed(1, 1, of_kind(), "1")
    };
    let second = RuleVersion {
        effective_from: day("2024-05-01"),
        ..fixed(1, 2, of_kind(), "2")
    };
    let by = |selected_by: SelectedBy| {
        [&first, &second].map(|rule| RuleVersion {
            selected_by,
            ..rule.clone()
        })
    };
    let cases = [
        (SelectedBy::AwardDate, "2024-03-01", "2024-06-01", "1.00"),
        (SelectedBy::DecisionDate, "2024-03-01", "2024-06-01", "2.00"),
        (SelectedBy::AwardDate, "2024-04-30", "2024-06-01", "1.00"),
        (SelectedBy::AwardDate, "2024-05-01", "2024-06-01", "2.00"),
        (SelectedBy::AwardDate, "2020-01-01", "2024-06-01", "1.00"),
        (SelectedBy::AwardDate, "2019-12-31", "2024-06-01", "no_rule_in_force"),
        (SelectedBy::DecisionDate, "2019-12-31", "2024-04-30", "1.00"),
    ];
    for (selected_by, awarded_on, decided_on, expected) in cases {
        let inputs = RecognitionInputs {
            awarded_on: day(awarded_on),
            decided_on: day(decided_on),
            ..inputs()
        };
        assert_eq!(of(&inputs, &by(selected_by)), expected, "{selected_by} {awarded_on} {decided_on}");
    }
}

#[test]
fn hours_become_credit_rounded_down_to_the_step() {
    let rule = by_hours("16", "8", "0.50", Some("3"));
    let cases = [
        (None, None, "hours_missing"),
        (None, Some("40"), "2.50"),
        (Some("16"), Some("40"), "1.00"),
        (Some("7.99"), None, "below_minimum_hours"),
        (Some("8"), None, "0.50"),
        (Some("15.99"), None, "0.50"),
        (Some("23.99"), None, "1.00"),
        (Some("24"), None, "1.50"),
        (Some("48"), None, "3.00"),
        (Some("56"), None, "3.00"),
    ];
    for (hours, nominal, expected) in cases {
        let inputs = RecognitionInputs {
            hours: hours.map(|hours| hours.parse().unwrap()),
            nominal_hours: nominal.map(|hours: &str| hours.parse().unwrap()),
            ..inputs()
        };
        assert_eq!(of(&inputs, std::slice::from_ref(&rule)), expected, "{hours:?} {nominal:?}");
    }
    let coarse = by_hours("16", "1", "1", None);
    let few = RecognitionInputs {
        hours: Some("15".parse().unwrap()),
        ..inputs()
    };
    assert_eq!(of(&few, &[coarse]), "rounds_to_nothing");
}

#[test]
fn validity_ends_on_the_stated_side_of_the_anniversary() {
    let cases = [
        ("2024-03-01", 5, Boundary::AnniversaryIncluded, "2029-03-01"),
        ("2024-03-01", 5, Boundary::AnniversaryExcluded, "2029-02-28"),
        ("2024-02-29", 1, Boundary::AnniversaryIncluded, "2025-02-28"),
        ("2024-02-29", 4, Boundary::AnniversaryIncluded, "2028-02-29"),
        ("2024-01-01", 1, Boundary::AnniversaryExcluded, "2024-12-31"),
    ];
    for (awarded_on, years, boundary, expected) in cases {
        assert_eq!(
            usable_until(day(awarded_on), Validity { years, boundary }),
            day(expected),
            "{awarded_on} {years} {boundary}"
        );
    }
    let rule = RuleVersion {
        validity: Some(Validity {
            years: 5,
            boundary: Boundary::AnniversaryIncluded,
        }),
        ..fixed(1, 1, of_kind(), "1")
    };
    for (decided_on, expected) in [("2029-03-01", "1.00"), ("2029-03-02", "validity_over")] {
        let inputs = RecognitionInputs {
            decided_on: day(decided_on),
            ..inputs()
        };
        assert_eq!(of(&inputs, std::slice::from_ref(&rule)), expected);
    }
}

proptest! {
    #[test]
    fn rounding_never_creates_credit(hours in 0..9_999_999_i64, per_credit in 1..100_000_i64, step in 1..1000_i64, more in 0..1000_i64) {
        let rule = |hours_per_credit, step| RuleVersion {
            method: Method::ByHours { hours_per_credit, minimum_hours: Hours::from_hundredths(0).unwrap(), step, cap: None },
            ..fixed(1, 1, of_kind(), "1")
        };
        let rule = rule(Hours::from_hundredths(per_credit).unwrap(), Credit::from_hundredths(step).unwrap());
        let credit = |hours: i64| {
            let hours = Some(Hours::from_hundredths(hours.min(9_999_999)).unwrap());
            recognise(&RecognitionInputs { hours, ..inputs() }, std::slice::from_ref(&rule)).credit.hundredths()
        };
        let got = credit(hours);
        prop_assert!(i128::from(got) * i128::from(per_credit) <= i128::from(hours) * 100, "never more than the hours are worth");
        if got < Credit::MAX_HUNDREDTHS {
            prop_assert_eq!(got % step, 0);
            prop_assert!(i128::from(got + step) * i128::from(per_credit) > i128::from(hours) * 100, "and less than a step short of it");
        }
        prop_assert!(credit(hours + more) >= got, "more hours never bring less");
    }

    #[test]
    fn a_decision_replays_from_its_texts(hours in 0..9_999_999_i64, rank in 1..4_i16, fixed_credit in 1..10_000_i64) {
        let rules = vec![
            by_hours("16", "8", "0.50", Some("3")),
            fixed(2, 3, of_family(Some(rank)), &Credit::from_hundredths(fixed_credit).unwrap().to_string()),
        ];
        let inputs = RecognitionInputs { hours: Some(Hours::from_hundredths(hours).unwrap()), ..inputs() };
        let first = serde_json::to_string(&recognise(&inputs, &rules)).unwrap();
        let inputs: RecognitionInputs = serde_json::from_str(&serde_json::to_string(&inputs).unwrap()).unwrap();
        let rules: Vec<RuleVersion> = serde_json::from_str(&serde_json::to_string(&rules).unwrap()).unwrap();
        prop_assert_eq!(serde_json::to_string(&recognise(&inputs, &rules)).unwrap(), first);
    }
}
