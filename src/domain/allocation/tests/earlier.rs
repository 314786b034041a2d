//! What was converted earlier takes its part: cases computed by hand, each with a first and a second conversion.

use serde_json::{Value, json};

use super::published::{OTHER, OWN, bank_credit, free, told};
use super::{clause, course, limit, outcome, question, recognised};
use crate::domain::allocation::{Allocation, EarlierAward, Question, allocate, sentences};
use crate::domain::language::Language;

/// What a clause brought to the free credit of the electives.
fn earlier(outcome: Value, clause: &str, amount: &str) -> EarlierAward {
    to(outcome, clause, amount, json!({ "to": "free_credit", "bucket": "elective" }))
}

fn to(outcome: Value, clause: &str, amount: &str, destination: Value) -> EarlierAward {
    serde_json::from_value(json!({ "outcome": outcome, "clause": clause, "destination": destination, "amount": amount })).unwrap()
}

/// A course of the major, as it was then.
fn at(code: &str, credits: &str) -> Value {
    json!({ "to": "course", "code": code, "name": { "zh": code }, "credits": credits, "bucket": "major" })
}

fn with(mut question: Question, earlier: Vec<EarlierAward>) -> Question {
    question.earlier = earlier;
    question
}

/// Free electives, as many as the bank recognised, kept where not used.
fn electives(outcomes: Vec<Value>, more: Value) -> Question {
    let up_to = json!({ "to": [{ "to": "free_credit", "bucket": "elective", "up_to": "80" }], "remainder": "kept" });
    let mut rules = json!({ "clauses": [free("credit", bank_credit(), up_to)] });
    super::merge(&mut rules, more);
    question(outcomes, vec![course("C1", "3", &[], "major")], rules)
}

fn credit(amount: &str) -> Value {
    json!({ "measure": "credit", "credit": amount })
}

fn said(allocation: &Allocation, question: &Question, key: &str, language: Language) -> String {
    let verdict = allocation.verdicts.iter().find(|verdict| verdict.outcome == key).unwrap();
    sentences::explain(allocation, verdict, question, language).concat()
}

#[test]
fn a_second_conversion_gets_what_the_first_left_of_the_cap() {
    let half =
        json!({ "limits": [limit("total", json!({ "at_most": { "measure": "share", "percent": "50", "of": "required_credit" } }))] });
    let mut second = electives(vec![outcome("mooc", "24", json!({}))], half);
    second.programme.required_credit = "80".parse().unwrap();
    let second = with(second, vec![earlier(outcome("degree", "30", json!({})), "credit", "30")]);
    let allocation = allocate(&second).unwrap();
    let of = |amount: crate::domain::credit::CourseCredit| amount.to_string();
    assert_eq!(
        (of(allocation.recognised), of(allocation.earlier), of(allocation.bound)),
        ("10.00".into(), "30.00".into(), "10.00".into())
    );
    assert_eq!(
        (of(allocation.converted()), of(allocation.missing())),
        ("40.00".into(), "40.00".into())
    );
    let cut = &allocation.cuts[0];
    assert_eq!(
        (cut.asked.as_str(), cut.allowed.as_str(), cut.earlier.as_deref()),
        ("54.00", "40.00", Some("30.00"))
    );
    let elective = &allocation.buckets[1];
    assert_eq!((of(elective.converted), of(elective.missing)), ("40.00".into(), "0.00".into()));
    assert!(
        said(&allocation, &second, "mooc", Language::Chinese)
            .ends_with("14.00 学分未用：机构转换规则第八条的限额为 40.00 学分，申请 54.00 学分，其中此前已转换 30.00 学分。")
    );
    assert!(said(&allocation, &second, "mooc", Language::English).ends_with(
        "14.00 credits are not used: 第八条 of the institution's rules allows 40.00 credits, and 54.00 credits were asked, of which 30.00 credits were converted earlier."
    ));
}

#[test]
fn what_is_over_a_limit_by_now_takes_nothing_more_and_the_limit_keeps_its_own_number() {
    let tight = json!({ "limits": [limit("total", json!({ "at_most": credit("10") }))] });
    let second = with(
        electives(vec![outcome("mooc", "4", json!({}))], tight),
        vec![earlier(outcome("degree", "15", json!({})), "credit", "15")],
    );
    assert_eq!(
        told(&second),
        ["0.00", "mooc 0.00 of 4.00, limit_reached total 4.00 of 19.00 for 10.00"]
    );
}

#[test]
fn limits_per_family_count_what_the_family_brought() {
    let of = |key: &str, family: &str| outcome(key, "4", json!({ "family": family }));
    let limits = json!({ "limits": [limit("family", json!({ "per": "family", "at_most": credit("5") }))] });
    let second = with(
        electives(vec![of("a", "f1"), of("b", "f2")], limits),
        vec![earlier(of("first", "f1"), "credit", "3")],
    );
    assert_eq!(
        told(&second),
        [
            "6.00",
            "a 2.00 of 4.00, limit_reached family 2.00 of 7.00 for 5.00",
            "b 4.00 of 4.00"
        ]
    );
}

#[test]
fn a_course_takes_one_outcome_only_also_over_two_conversions() {
    let rules = json!({ "clauses": [clause("part", json!({ "coverage": "part", "remainder": "kept" }))],
        "limits": [limit("one-certificate", json!({ "per": "course", "at_most": { "measure": "count", "count": 1, "of": "outcomes" } }))] });
    let courses = ["A", "B"].map(|code| course(code, "4", &[], "major")).to_vec();
    let asked = question(vec![outcome("x", "3", json!({})), outcome("y", "3", json!({}))], courses, rules);
    let first = || vec![to(outcome("x", "5", json!({})), "part", "2", at("A", "4"))];
    // The same outcome goes on where it was; the other one has the other course alone.
    let allocation = allocate(&with(asked.clone(), first())).unwrap();
    assert_eq!(allocation.recognised.to_string(), "5.00");
    let mut other = asked;
    other.outcomes.remove(0);
    other.programme.courses.remove(1);
    assert_eq!(
        told(&with(other, first())),
        ["0.00", "y 0.00 of 2.00, limit_reached one-certificate 2.00 of 2 for 1"]
    );
}

fn highest(by: &str) -> Value {
    json!({ "highest_only": [{ "id": "highest", "citation": "第五条", "within": "family", "by": by }] })
}

#[test]
fn the_highest_that_was_converted_stays_it_and_is_named() {
    let of =
        |key: &str, rank: i64, credit: &str| outcome(key, credit, json!({ "family": "f1", "rank": rank, "name": format!("证书{key}") }));
    for by in ["value", "rank"] {
        let first = || vec![earlier(of("low", 4, "5"), "credit", "2")];
        let second = with(
            electives(vec![of("high", 2, "6"), of("low", 4, "3"), of("lowest", 5, "1")], highest(by)),
            first(),
        );
        let expected = [
            "3.00",
            "high 0.00 of 6.00, not_the_highest highest low",
            "low 3.00 of 3.00",
            "lowest 0.00 of 1.00, not_the_highest highest low",
        ];
        assert_eq!(told(&second), expected, "{by}");
        let allocation = allocate(&second).unwrap();
        assert_eq!(
            said(&allocation, &second, "high", Language::Chinese),
            "6.00 学分未用：机构转换规则第五条规定只取其中一项，此前已转换“证书low”。"
        );
        assert!(
            said(&allocation, &second, "high", Language::English)
                .ends_with("only one of them counts, and “证书low” was converted earlier.")
        );
    }
}

#[test]
fn what_counts_once_was_counted_by_the_first_conversion() {
    let again = |key: &str, achievement: &str| {
        outcome(
            key,
            "2",
            json!({ "kind": "course", "achievement": achievement, "name": achievement }),
        )
    };
    let once = json!({ "once_only": [{ "id": "once", "citation": "第五条", "within": "achievement" }] });
    let first = || vec![earlier(again("first", "概论"), "credit", "2")];
    let second = with(electives(vec![again("again", "概论"), again("else", "导论")], once), first());
    assert_eq!(
        told(&second),
        ["2.00", "again 0.00 of 2.00, repeated once first", "else 2.00 of 2.00"]
    );
    let names =
        json!({ "definitions": { "names": { "first_ordinal_optional": true, "synonyms": [["概论", "导论"]], "near_names": "same" } } });
    let second = with(electives(vec![again("else", "导论")], names), first());
    assert_eq!(told(&second), ["0.00", "else 0.00 of 2.00, repeated names first"]);
}

#[test]
fn limits_of_number_count_outcomes_and_courses_of_the_first_conversion() {
    let two = json!({ "limits": [limit("two", json!({ "at_most": { "measure": "count", "count": 2, "of": "outcomes" } }))] });
    let asked = |keys: &[&str]| {
        electives(
            keys.iter()
                .map(|key| outcome(key, if *key == "y" { "3" } else { "2" }, json!({})))
                .collect(),
            two.clone(),
        )
    };
    let first = || {
        vec![
            earlier(outcome("x", "6", json!({})), "credit", "1"),
            earlier(outcome("x", "5", json!({})), "credit", "3"),
        ]
    };
    // The same outcome counts once, however often it is used.
    assert_eq!(recognised(&with(asked(&["x", "y"]), first())), "5.00");
    assert_eq!(
        told(&with(asked(&["y", "z"]), first())),
        ["3.00", "y 3.00 of 3.00", "z 0.00 of 2.00, limit_reached two 2.00 of 3 for 2"]
    );
    let rules = json!({ "clauses": [clause("part", json!({ "coverage": "part" }))],
        "limits": [limit("courses", json!({ "at_most": { "measure": "count", "count": 1, "of": "courses" } }))] });
    let courses = ["A", "B"].map(|code| course(code, "4", &[], "major")).to_vec();
    let asked = question(vec![outcome("y", "6", json!({}))], courses, rules);
    let begun = |code: &str| vec![to(outcome("x", "3", json!({})), "part", "3", at(code, "4"))];
    assert_eq!(recognised(&with(asked.clone(), begun("B"))), "1.00");
    // A course that the programme has no more still is one of them.
    assert_eq!(recognised(&with(asked, begun("former"))), "0.00");
}

#[test]
fn shares_of_a_bucket_and_the_residency_minimum_are_used_up_too() {
    let tenth = json!({ "limits": [limit("tenth", json!({ "per": "bucket", "at_most": { "measure": "share", "percent": "50", "of": "bucket_minimum" } }))] });
    let mooc = || vec![outcome("mooc", "8", json!({}))];
    let second = with(
        electives(mooc(), tenth),
        vec![earlier(outcome("first", "7", json!({})), "credit", "7")],
    );
    assert_eq!(
        told(&second),
        ["3.00", "mooc 3.00 of 8.00, limit_reached tenth 5.00 of 15.00 for 10.00"]
    );
    let mut resident = electives(mooc(), json!({}));
    resident.programme.residency_minimum = Some("90".parse().unwrap());
    let of = |issuer: &str| {
        outcome(
            "first",
            "7",
            json!({ "issuer": { "credit_code": issuer, "kind": "vocational_college" } }),
        )
    };
    let foreign = with(resident.clone(), vec![earlier(of(OTHER), "credit", "7")]);
    let own = with(resident, vec![earlier(of(OWN), "credit", "7")]);
    assert_eq!((recognised(&foreign), recognised(&own)), ("3.00".to_owned(), "8.00".to_owned()));
}

#[test]
fn agreements_and_periods_count_by_issuer_and_award_date() {
    let party = |code: &str| json!({ "party": "institution", "credit_code": code });
    let agreement = json!({ "code": "mutual", "title": { "zh": "互认协议" }, "citation": "第三条", "from": party(OTHER), "to": party(OWN), "credit_cap": "6", "effective_from": "2024-01-01" });
    let mut agreed = electives(vec![outcome("mooc", "8", json!({}))], json!({}));
    agreed.agreements = vec![serde_json::from_value(agreement).unwrap()];
    assert_eq!(
        recognised(&with(agreed, vec![earlier(outcome("first", "4", json!({})), "credit", "4")])),
        "2.00"
    );
    let years = json!({ "definitions": { "calendars": [{ "code": "years", "periods": [{ "code": "year", "first_day": "03-01", "last_day": "02-28" }] }] },
        "limits": [limit("year", json!({ "per": "period", "calendar": "years", "at_most": credit("6") }))] });
    for (awarded, expected) in [("2024-03-01", "2.00"), ("2024-02-29", "6.00")] {
        let first = outcome("first", "4", json!({ "awarded_on": awarded }));
        let second = electives(vec![outcome("mooc", "8", json!({}))], years.clone());
        assert_eq!(
            recognised(&with(second, vec![earlier(first, "credit", "4")])),
            expected,
            "{awarded}"
        );
    }
}

#[test]
fn a_condition_of_time_is_judged_as_on_the_day_of_the_first_conversion() {
    let recent = json!({ "limits": [limit("recent", json!({ "at_most": credit("6"),
        "outcomes": { "awarded_within": { "years": 2, "boundary": "anniversary_included" } } }))] });
    let second = electives(vec![outcome("mooc", "8", json!({}))], recent);
    let mut first = earlier(outcome("first", "4", json!({ "awarded_on": "2021-01-01" })), "credit", "4");
    assert_eq!(
        recognised(&with(second.clone(), vec![first.clone()])),
        "6.00",
        "too long ago to count"
    );
    first.decided_on = Some("2022-06-01".parse().unwrap());
    assert_eq!(recognised(&with(second, vec![first])), "2.00");
}

#[test]
fn a_course_that_was_covered_in_part_is_covered_further_in_parts_only() {
    let begun = || vec![to(outcome("first", "2", json!({})), "any", "1.5", at("A", "4"))];
    let asked = |coverage: &str| {
        question(
            vec![outcome("x", "4", json!({}))],
            vec![course("A", "4", &[], "major")],
            json!({ "clauses": [clause("any", json!({ "coverage": coverage }))] }),
        )
    };
    let parts = with(asked("part"), begun());
    assert_eq!(told(&parts), ["2.50", "x 2.50 of 2.50, remainder_forfeited any"]);
    let covered = allocate(&parts).unwrap();
    assert_eq!(
        (covered.buckets[0].converted.to_string(), covered.buckets[0].missing_courses.len()),
        ("4.00".to_owned(), 0)
    );
    for coverage in ["whole_by_one", "whole_together"] {
        let wholes = with(asked(coverage), begun());
        assert_eq!(told(&wholes), ["0.00", "x 0.00 of 0.00, covered_earlier any"], "{coverage}");
        let allocation = allocate(&wholes).unwrap();
        assert_eq!(allocation.buckets[0].missing_courses, ["A"]);
        assert_eq!(
            said(&allocation, &wholes, "x", Language::Chinese),
            "机构转换规则第六条所指的课程已由此前的转换覆盖。"
        );
    }
    // What was the whole course then is it still, though the course has grown.
    let grown = with(asked("part"), vec![to(outcome("first", "3", json!({})), "any", "3", at("A", "3"))]);
    let allocation = allocate(&grown).unwrap();
    assert_eq!(
        (allocation.recognised.to_string(), allocation.buckets[0].missing_courses.len()),
        ("0.00".to_owned(), 0)
    );
}

#[test]
fn what_was_kept_is_used_further_and_what_was_forfeited_is_not() {
    let fixed = |rest: &str, targets: &str| {
        let value = json!({ "of": { "base": "fixed", "credit": "5" } });
        let rules = json!({ "clauses": [clause("other", json!({ "outcomes": { "achievements": ["none"] } })),
            clause("fixed", json!({ "value": value, "remainder": rest, "targets": targets, "coverage": "part" }))] });
        let courses = ["A", "B"].map(|code| course(code, "4", &[], "major")).to_vec();
        question(vec![outcome("x", "7", json!({}))], courses, rules)
    };
    let used = |clause: &str| vec![to(outcome("x", "10", json!({})), clause, "3", at("A", "4"))];
    // Of the five that it is worth two are left, though the bank has seven.
    assert_eq!(told(&with(fixed("kept", "many"), used("fixed"))), ["2.00", "x 2.00 of 2.00"]);
    // One course only: the one that it began.
    assert_eq!(recognised(&with(fixed("kept", "one"), used("fixed"))), "1.00");
    let forfeited = with(fixed("forfeited", "many"), used("fixed"));
    assert_eq!(told(&forfeited), ["0.00", "x 0.00 of 0.00, already_converted fixed"]);
    let allocation = allocate(&forfeited).unwrap();
    assert_eq!(
        said(&allocation, &forfeited, "x", Language::Chinese),
        "此前已在本专业转换，按机构转换规则第六条没有可以再用的余额。"
    );
    let gone = with(fixed("kept", "many"), used("gone"));
    assert_eq!(told(&gone), ["0.00", "x 0.00 of 0.00, already_converted"]);
    assert_eq!(
        said(&allocate(&gone).unwrap(), &gone, "x", Language::English),
        "It was converted in this programme earlier and cannot be used again."
    );
    let mut spent = with(fixed("kept", "many"), used("fixed"));
    spent.outcomes[0].bank_credit = "0".parse().unwrap();
    assert_eq!(told(&spent), ["0.00", "x 0.00 of 0.00, already_converted fixed"]);
    let all = json!({ "limits": [limit("bank", json!({ "per": "outcome", "at_most": { "measure": "bank_credit" } }))] });
    let rest = with(
        electives(vec![outcome("x", "7", json!({}))], all),
        vec![earlier(outcome("x", "10", json!({})), "credit", "3")],
    );
    assert_eq!(recognised(&rest), "7.00");
}

#[test]
fn a_clause_and_limits_that_name_it_count_it_by_its_id() {
    let named = json!({ "limits": [limit("named", json!({ "clauses": ["credit"], "at_most": credit("6") }))] });
    for (by, expected) in [("credit", "2.00"), ("gone", "6.00")] {
        let second = electives(vec![outcome("mooc", "8", json!({}))], named.clone());
        assert_eq!(
            recognised(&with(second, vec![earlier(outcome("first", "4", json!({})), by, "4")])),
            expected,
            "{by}"
        );
    }
    // A clause gives the free credit that it says once, and not at every conversion; the bucket's minimum is 20.
    let rules = json!({ "clauses": [free("credit", bank_credit(), json!({}))] });
    let second = question(vec![outcome("mooc", "18", json!({}))], vec![course("C1", "3", &[], "major")], rules);
    assert_eq!(
        recognised(&with(second, vec![earlier(outcome("first", "4", json!({})), "credit", "4")])),
        "16.00"
    );
}

#[test]
fn a_course_that_is_no_more_counts_for_the_programme_and_for_its_bucket() {
    let first = || {
        vec![
            to(outcome("a", "4", json!({})), "credit", "4", at("former", "4")),
            earlier(outcome("b", "1", json!({})), "credit", "1"),
        ]
    };
    let asked = |more: Value| {
        let limits = json!({ "limits": [limit("limited", more)] });
        with(electives(vec![outcome("mooc", "8", json!({}))], limits), first())
    };
    assert_eq!(recognised(&asked(json!({ "at_most": credit("6") }))), "1.00");
    assert_eq!(
        recognised(&asked(
            json!({ "courses": { "buckets": ["major", "elective"] }, "at_most": credit("6") })
        )),
        "1.00"
    );
    assert_eq!(recognised(&asked(json!({ "per": "bucket", "at_most": credit("6") }))), "5.00");
    let standing = allocate(&asked(json!({ "at_most": credit("6") }))).unwrap().buckets;
    let converted: Vec<String> = standing.iter().map(|bucket| bucket.converted.to_string()).collect();
    assert_eq!(converted, ["4.00", "2.00"]);
}
