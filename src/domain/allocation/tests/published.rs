//! Rule sets of kinds that institutions publish, each with what comes of it as computed by hand.

use serde_json::{Value, json};

use super::{clause, course, limit, outcome, question};
use crate::domain::allocation::{Allocation, Question, allocate, allocate_all, sentences};
use crate::domain::language::Language;
use crate::domain::pack::validate;

pub(super) const OWN: &str = "914403006990676707";
pub(super) const OTHER: &str = "914403003429409755";
pub(super) const THIRD: &str = "91440300L83341734R";

/// A clause that brings free credit of the electives.
pub(super) fn free(id: &str, value: Value, more: Value) -> Value {
    let mut clause = json!({ "id": id, "citation": "第六条", "to": [{ "to": "free_credit", "bucket": "elective" }], "value": value, "remainder": "forfeited" });
    super::merge(&mut clause, more);
    clause
}

pub(super) fn bank_credit() -> Value {
    json!({ "of": { "base": "bank_credit" } })
}

/// The result; the rules must be such as validation takes.
fn lawful(question: &Question) -> Allocation {
    for version in &question.versions {
        let problems = validate::problems(&version.pack, std::slice::from_ref(&question.programme), &[]);
        assert!(problems.is_empty(), "{problems:?}");
    }
    allocate(question).unwrap()
}

/// All of it as text: what is recognised; of each outcome what is used of what it offers, and why not more.
pub(super) fn told(question: &Question) -> Vec<String> {
    let allocation = lawful(question);
    let mut lines = vec![allocation.recognised.to_string()];
    for verdict in &allocation.verdicts {
        let mut line = format!("{} {} of {}", verdict.outcome, verdict.used, verdict.offered);
        for reason in &verdict.reasons {
            line += &format!(", {} {}", reason.code, reason.rule.as_deref().unwrap_or_default());
            if let (Some(asked), Some(allowed)) = (&reason.asked, &reason.allowed) {
                line += &format!(" {} of {asked} for {allowed}", reason.amount);
            } else if let Some(detail) = &reason.detail {
                line += &format!(" {detail}");
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

pub(super) fn any_course() -> Vec<Value> {
    vec![course("C1", "3", &[], "major")]
}

fn contest(key: &str, event: &str, place: u16, position: Option<u16>) -> Value {
    let mut result = json!({ "event": event, "place": place });
    if let Some(position) = position {
        result["team_position"] = json!(position);
    }
    outcome(
        key,
        "5",
        json!({ "kind": "contest", "contest_scope": "national", "contest": result }),
    )
}

#[test]
fn contests_count_by_place_with_half_a_credit_less_for_the_first_three_of_a_team() {
    let places = [("1", "4"), ("2", "3"), ("3", "2")].map(|(when, credit)| json!({ "when": when, "credit": credit }));
    let value = json!({ "of": { "base": "table", "by": "contest_place", "entries": places }, "addends": [{ "when": { "standing": "team" }, "sign": "minus", "credit": "0.5" }] });
    let outcomes = json!({ "kinds": ["contest"], "contest_scopes": ["national"], "contest_places": { "least": 1, "most": 3 },
        "any_of": [{ "standing": "individual" }, { "standing": "team", "team_positions": { "least": 1, "most": 3 } }] });
    let rules = json!({ "clauses": [free("national", value, json!({ "outcomes": outcomes }))],
        "highest_only": [{ "id": "one-event", "citation": "第九条", "outcomes": { "kinds": ["contest"] }, "within": "event", "by": "value" }] });
    let results = vec![
        contest("alone", "e1", 1, None),
        contest("third", "e2", 2, Some(3)),
        contest("fourth", "e3", 1, Some(4)),
        contest("same", "e1", 1, Some(1)),
        contest("low", "e4", 4, None),
    ];
    assert_eq!(
        told(&question(results, any_course(), rules)),
        [
            "6.50",
            "alone 4.00 of 4.00",
            "third 2.50 of 2.50",
            "fourth 0.00 of 0.00, no_clause_matches national alternatives",
            "same 0.00 of 3.50, not_the_highest one-event alone",
            "low 0.00 of 0.00, no_clause_matches national contest_place"
        ]
    );
}

#[test]
fn a_certificate_replaces_two_courses_at_most() {
    let courses = [("A", "3"), ("B", "2"), ("C", "2"), ("D", "1")].map(|(code, credits)| course(code, credits, &[], "major"));
    let rules = json!({ "clauses": [clause("certificate", json!({}))],
        "limits": [limit("two", json!({ "per": "outcome", "at_most": { "measure": "count", "count": 2, "of": "courses" } }))] });
    let question = question(vec![outcome("certificate", "8", json!({}))], courses.to_vec(), rules);
    assert_eq!(
        told(&question),
        ["5.00", "certificate 5.00 of 8.00, limit_reached two 3.00 of 4 for 2"]
    );
    let allocation = lawful(&question);
    let said = |language| sentences::explain(&allocation, &allocation.verdicts[0], &question, language).concat();
    assert!(said(Language::Chinese).ends_with("的限额为 2 项（门），申请 4 项（门）。"));
    assert!(said(Language::English).ends_with("allows 2 in number, and 4 in number were asked."));
}

#[test]
fn one_course_and_what_is_left_over_as_free_credit() {
    let courses = vec![course("A", "3", &[], "major"), course("B", "2", &[], "major")];
    let rules = json!({ "clauses": [clause("certificate", json!({ "to": [{ "to": "courses" }, { "to": "free_credit", "bucket": "elective", "up_to": "4" }] }))],
        "limits": [limit("one", json!({ "per": "outcome", "at_most": { "measure": "count", "count": 1, "of": "courses" } }))] });
    let question = question(vec![outcome("certificate", "8", json!({}))], courses, rules);
    assert_eq!(
        told(&question),
        ["7.00", "certificate 7.00 of 8.00, limit_reached one 1.00 of 2 for 1"]
    );
}

#[test]
fn one_online_course_a_term() {
    let online = |key: &str, day: &str| outcome(key, "2", json!({ "kind": "course", "tags": ["mooc"], "awarded_on": day }));
    let terms = json!([{ "code": "spring", "first_day": "03-01", "last_day": "08-31" }, { "code": "autumn", "first_day": "09-01", "last_day": "02-29" }]);
    let rules = json!({ "definitions": { "calendars": [{ "code": "terms", "periods": terms }] }, "clauses": [clause("online", json!({ "targets": "one" }))],
        "limits": [limit("one-a-term", json!({ "outcomes": { "tags_any": ["mooc"] }, "per": "period", "calendar": "terms", "at_most": { "measure": "count", "count": 1, "of": "outcomes" } }))] });
    let courses = ["A", "B", "C"].map(|code| course(code, "2", &[], "major")).to_vec();
    let outcomes = vec![
        online("spring", "2024-03-01"),
        online("summer", "2024-08-31"),
        online("autumn", "2024-02-29"),
    ];
    assert_eq!(
        told(&question(outcomes, courses, rules)),
        [
            "4.00",
            "spring 2.00 of 2.00",
            "summer 0.00 of 2.00, limit_reached one-a-term 2.00 of 2 for 1",
            "autumn 2.00 of 2.00"
        ]
    );
}

#[test]
fn sixteen_hours_are_a_credit_in_halves_from_thirty_two_hours_up_to_four() {
    let training = |key: &str, hours: &str| outcome(key, "0", json!({ "kind": "training", "hours": hours }));
    let value = json!({ "of": { "base": "hours", "per_credit": "16" }, "step": "0.5", "cap": "4" });
    let rules = json!({ "clauses": [free("training", value, json!({ "outcomes": { "kinds": ["training"], "minimum_hours": "32" } }))] });
    let outcomes = vec![
        training("h32", "32"),
        training("h47", "47"),
        training("h31", "31.99"),
        training("h100", "100"),
    ];
    assert_eq!(
        told(&question(outcomes, any_course(), rules)),
        [
            "8.50",
            "h32 2.00 of 2.00",
            "h47 2.50 of 2.50",
            "h31 0.00 of 0.00, no_clause_matches training hours",
            "h100 4.00 of 4.00"
        ]
    );
}

#[test]
fn prior_study_with_enough_overlap_and_score_within_eight_years() {
    let prior = |key: &str, score: &str, day: &str, achievement: &str| {
        outcome(
            key,
            "3",
            json!({ "kind": "course", "achievement": achievement, "score": score, "awarded_on": day }),
        )
    };
    let overlaps = [
        ("s1", "P1", "80"),
        ("s2", "P2", "79.99"),
        ("s2", "P4", "80"),
        ("s3", "P3", "95"),
        ("s3", "P2", "85"),
    ];
    let overlaps =
        overlaps.map(|(achievement, course, percent)| json!({ "achievement": achievement, "course": course, "percent": percent }));
    let rules = json!({ "definitions": { "overlaps": overlaps }, "clauses": [clause("prior", json!({ "targets": "one", "to": [{ "to": "courses", "minimum_overlap": "80" }],
        "outcomes": { "kinds": ["course"], "minimum_score": "75", "awarded_within": { "years": 8, "boundary": "anniversary_included" } } }))] });
    let courses = [("P1", "3"), ("P2", "3"), ("P3", "2"), ("P4", "3")].map(|(code, credits)| course(code, credits, &[], "major"));
    let outcomes = vec![
        prior("edge", "75", "2016-09-01", "s1"),
        prior("late", "90", "2016-08-31", "s1"),
        prior("low", "74.99", "2023-01-01", "s1"),
        prior("thin", "90", "2023-01-01", "s2"),
        prior("fit", "80", "2023-01-01", "s3"),
    ];
    assert_eq!(
        told(&question(outcomes, courses.to_vec(), rules)),
        [
            "9.00",
            "edge 3.00 of 3.00",
            "late 0.00 of 0.00, no_clause_matches prior too_long_ago",
            "low 0.00 of 0.00, no_clause_matches prior score",
            "thin 3.00 of 3.00",
            "fit 3.00 of 3.00"
        ]
    );
}

#[test]
fn a_cap_for_each_issuer_and_one_for_training_outside_or_inside_the_total() {
    let rules = |relation: &str| {
        json!({ "clauses": [free("all", bank_credit(), json!({ "to": [{ "to": "free_credit", "bucket": "elective", "up_to": "40" }] }))],
        "limits": [limit("total", json!({ "at_most": { "measure": "credit", "credit": "12" } })),
            limit("issuer", json!({ "outcomes": { "kinds": ["skill_certificate"] }, "per": "issuer", "inside": ["total"], "at_most": { "measure": "credit", "credit": "6" } })),
            limit("training", json!({ "outcomes": { "kinds": ["training"] }, relation: ["total"], "at_most": { "measure": "credit", "credit": "8" } }))] })
    };
    let by = |key: &str, credit: &str, issuer: &str| {
        outcome(
            key,
            credit,
            json!({ "issuer": { "credit_code": issuer, "kind": "assessment_body" } }),
        )
    };
    let outcomes = || {
        vec![
            by("a5", "5", OTHER),
            by("a4", "4", OTHER),
            by("b5", "5", THIRD),
            outcome("training", "10", json!({ "kind": "training" })),
        ]
    };
    assert_eq!(
        told(&question(outcomes(), any_course(), rules("outside"))),
        [
            "19.00",
            "a5 5.00 of 5.00",
            "a4 1.00 of 4.00, limit_reached issuer 3.00 of 9.00 for 6.00",
            "b5 5.00 of 5.00",
            "training 8.00 of 10.00, limit_reached training 2.00 of 10.00 for 8.00"
        ]
    );
    assert_eq!(told(&question(outcomes(), any_course(), rules("inside")))[0], "12.00");
}

#[test]
fn small_certificates_cover_a_whole_course_together_or_not_at_all() {
    let rules = json!({ "clauses": [clause("small", json!({ "targets": "one", "coverage": "whole_together" }))] });
    let small = |key: &str| outcome(key, "1", json!({}));
    let courses = vec![course("A", "3", &[], "major")];
    assert_eq!(
        told(&question(vec![small("a"), small("b"), small("c")], courses.clone(), rules.clone()))[0],
        "3.00"
    );
    assert_eq!(
        told(&question(vec![small("a"), small("b")], courses, rules)),
        [
            "0.00",
            "a 0.00 of 1.00, targets_too_large small 3.00",
            "b 0.00 of 1.00, targets_too_large small 3.00"
        ]
    );
}

#[test]
fn an_exemption_from_class_says_that_the_examination_remains() {
    let steps = [("90", "优秀"), ("80", "良好"), ("60", "及格")].map(|(score, grade)| json!({ "least_score": score, "grade": grade }));
    let rules = json!({ "clauses": [clause("class", json!({ "targets": "one", "exempt_from": "class", "outcomes": { "minimum_score": "60" }, "recorded": { "grade": "mapped", "steps": steps } }))] });
    let scored = |key: &str, score: &str| outcome(key, "3", json!({ "score": score }));
    let courses = ["A", "B"].map(|code| course(code, "3", &[], "major")).to_vec();
    let asked = question(
        vec![scored("good", "89.99"), scored("top", "90"), scored("poor", "59.99")],
        courses,
        rules,
    );
    let allocation = lawful(&asked);
    let grades: Vec<_> = allocation.awards.iter().map(|award| award.recorded_grade.as_deref()).collect();
    assert_eq!(grades, [Some("良好"), Some("优秀")]);
    let said = |language| sentences::explain(&allocation, &allocation.verdicts[0], &asked, language).concat();
    assert_eq!(
        said(Language::Chinese),
        "3.00 学分用于课程《A》（A），依据第六条。该课程免修但不免考，仍须参加考试。"
    );
    assert!(said(Language::English).ends_with("the examination still has to be taken."));
}

#[test]
fn a_share_of_the_major_courses_that_ends_within_a_course() {
    let courses = ["A", "B", "C", "D"].map(|code| course(code, "5", &[], "major")).to_vec();
    let rules = json!({ "clauses": [clause("certificate", json!({ "targets": "one", "to": [{ "to": "courses", "select": { "buckets": ["major"] } }] }))],
        "limits": [limit("major", json!({ "courses": { "buckets": ["major"] }, "at_most": { "measure": "share", "percent": "30", "of": "selected_courses" } }))] });
    let outcomes = vec![outcome("a", "5", json!({})), outcome("b", "5", json!({}))];
    assert_eq!(
        told(&question(outcomes, courses, rules)),
        [
            "5.00",
            "a 5.00 of 5.00",
            "b 0.00 of 5.00, limit_reached major 5.00 of 10.00 for 6.00"
        ]
    );
}

#[test]
fn never_more_than_the_bank_recognised_where_only_a_whole_course_will_do() {
    let rules = json!({ "clauses": [clause("exempt", json!({ "value": { "of": { "base": "course_credit" } } }))],
        "limits": [limit("bank", json!({ "per": "outcome", "at_most": { "measure": "bank_credit" } }))] });
    let question = question(
        vec![outcome("certificate", "1.5", json!({}))],
        vec![course("A", "2", &[], "major")],
        rules,
    );
    assert_eq!(
        told(&question),
        ["0.00", "certificate 0.00 of 2.00, limit_reached bank 2.00 of 2.00 for 1.50"]
    );
}

#[test]
fn what_is_earned_at_home_does_not_count_against_residency() {
    let rules =
        json!({ "clauses": [free("all", bank_credit(), json!({ "to": [{ "to": "free_credit", "bucket": "elective", "up_to": "90" }] }))] });
    let own = outcome(
        "own",
        "10",
        json!({ "issuer": { "credit_code": OWN, "kind": "vocational_college" } }),
    );
    let mut question = question(
        vec![own, outcome("a", "40", json!({})), outcome("b", "30", json!({}))],
        any_course(),
        rules,
    );
    question.programme.residency_minimum = "40".parse().ok();
    assert_eq!(
        told(&question),
        [
            "70.00",
            "own 10.00 of 10.00",
            "a 30.00 of 40.00, limit_reached residency-minimum 10.00 of 70.00 for 60.00",
            "b 30.00 of 30.00"
        ]
    );
}

#[test]
fn twenty_equal_alternatives_are_twenty() {
    let equal: Vec<Value> = (0..20).map(|number| outcome(&format!("o{number:02}"), "2", json!({}))).collect();
    let question = question(
        equal,
        vec![course("A", "2", &[], "major")],
        json!({ "clauses": [clause("all", json!({}))] }),
    );
    let mut used: Vec<String> = allocate_all(&question, 30)
        .unwrap()
        .iter()
        .map(|found| found.awards[0].outcome.clone())
        .collect();
    used.sort();
    used.dedup();
    assert_eq!(used.len(), 20);
}

#[test]
fn a_mapping_that_ends_above_nought_and_a_course_value_for_free_credit_are_refused() {
    let steps = json!({ "recorded": { "grade": "mapped", "steps": [{ "least_score": "60", "grade": "及格" }] } });
    let rules = json!({ "clauses": [clause("mapped", steps), free("all", json!({ "of": { "base": "course_credit" } }), json!({}))] });
    let question = question(Vec::new(), any_course(), rules);
    let problems = validate::problems(&question.versions[0].pack, std::slice::from_ref(&question.programme), &[]);
    let found: Vec<_> = problems.iter().map(|problem| (problem.pointer.as_str(), problem.fault)).collect();
    assert_eq!(
        found,
        [
            ("/clauses/0/recorded/steps", validate::PackFault::Ambiguous),
            ("/clauses/1/value/of/base", validate::PackFault::Contradiction)
        ]
    );
}
