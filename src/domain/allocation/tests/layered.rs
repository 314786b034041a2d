//! What others than the institution's pack of the day say: an agreement, the bank's standard, an earlier version.

use serde_json::json;

use super::published::{OTHER, OWN, THIRD, any_course, bank_credit, free, told};
use super::{clause, course, limit, outcome, question};
use crate::domain::allocation::{Layer, PackVersion, allocate};
use crate::domain::pack::{RulePack, validate};

#[test]
fn an_agreement_caps_one_direction_only() {
    let by = |key: &str, credit: &str, issuer: &str| {
        outcome(
            key,
            credit,
            json!({ "kind": "course", "issuer": { "credit_code": issuer, "kind": "vocational_college" } }),
        )
    };
    let rules = json!({ "clauses": [free("mutual", bank_credit(), json!({ "outcomes": { "origin": "under_agreement" } }))] });
    let mut question = question(
        vec![by("x1", "4", OTHER), by("x2", "4", OTHER), by("y", "5", THIRD)],
        any_course(),
        rules,
    );
    let party = |code: &str| json!({ "party": "institution", "credit_code": code });
    let agreement = |from: &str, to: &str| json!({ "code": "mutual", "title": { "zh": "互认协议" }, "citation": "第三条", "from": party(from), "to": party(to), "credit_cap": "6", "effective_from": "2024-01-01" });
    question.agreements = vec![serde_json::from_value(agreement(OTHER, OWN)).unwrap()];
    let expected = [
        "6.00",
        "x1 4.00 of 4.00",
        "x2 2.00 of 4.00, limit_reached mutual 2.00 of 8.00 for 6.00",
        "y 0.00 of 0.00, no_clause_matches mutual origin",
    ];
    assert_eq!(told(&question), expected);
    question.agreements = vec![serde_json::from_value(agreement(OWN, OTHER)).unwrap()];
    assert_eq!(told(&question)[0], "0.00");
}

#[test]
fn the_standard_caps_what_its_clauses_are_for_and_the_stricter_institution_stays_stricter() {
    let kind = |kind: &str| json!({ "outcomes": { "kinds": [kind] } });
    let fixed = |credit: &str| json!({ "of": { "base": "fixed", "credit": credit } });
    let rules = json!({ "clauses": [free("certificate", bank_credit(), kind("skill_certificate")), free("online", bank_credit(), kind("course")), free("training", fixed("2"), kind("training"))] });
    let online = |key: &str| outcome(key, "2", json!({ "kind": "course" }));
    let outcomes = vec![
        outcome("certificate", "5", json!({})),
        online("m1"),
        online("m2"),
        outcome("training", "5", json!({ "kind": "training" })),
    ];
    let mut question = question(outcomes, any_course(), rules);
    let standard = json!({ "code": "standard", "title": { "zh": "学分银行标准" }, "legal_basis": ["标准"], "effective_from": "2020-01-01", "selected_by": "decision_date",
        "clauses": [free("std-certificate", fixed("3"), kind("skill_certificate")), free("std-online", bank_credit(), kind("course")), free("std-training", fixed("4"), kind("training"))],
        "limits": [limit("std-online-total", json!({ "clauses": ["std-online"], "at_most": { "measure": "credit", "credit": "3" } }))] });
    let pack: RulePack = serde_json::from_value(standard).unwrap();
    assert_eq!(validate::problems(&pack, &[], &[]), []);
    question.above = vec![PackVersion { version: 1, pack }];
    assert_eq!(
        told(&question),
        [
            "8.00",
            "certificate 3.00 of 5.00, limit_reached std-certificate 2.00 of 5.00 for 3.00",
            "m1 1.00 of 2.00, limit_reached std-online-total 1.00 of 4.00 for 3.00",
            "m2 2.00 of 2.00",
            "training 2.00 of 2.00"
        ]
    );
}

#[test]
fn an_outcome_is_judged_wholly_by_the_version_of_its_award_date() {
    let awarded = |key: &str, day: &str, tags: &[&str]| outcome(key, "5", json!({ "awarded_on": day, "tags": tags }));
    let version = |credit: &str, bad: &str| {
        json!({ "selected_by": "award_date", "clauses": [free("certificate", bank_credit(), json!({}))],
        "exclusions": [{ "id": bad, "citation": "第三条", "outcomes": { "tags_any": [bad] } }],
        "limits": [limit("each", json!({ "per": "outcome", "at_most": { "measure": "credit", "credit": credit } }))] })
    };
    let outcomes = || {
        vec![
            awarded("old", "2023-12-31", &["short"]),
            awarded("new", "2024-01-01", &["online"]),
            awarded("new-short", "2024-06-01", &["short"]),
            awarded("old-online", "2023-06-01", &["online"]),
            awarded("ancient", "2019-12-31", &[]),
        ]
    };
    let mut question = question(outcomes(), any_course(), version("4", "online"));
    let mut second = super::question(Vec::new(), any_course(), version("2", "short")).versions.remove(0);
    second.version = 2;
    second.pack.effective_from = "2024-01-01".parse().unwrap();
    question.versions[0].pack.effective_to = "2023-12-31".parse().ok();
    question.versions.push(second);
    assert_eq!(
        told(&question),
        [
            "6.00",
            "old 4.00 of 5.00, limit_reached each 1.00 of 5.00 for 4.00",
            "new 2.00 of 5.00, limit_reached each 3.00 of 5.00 for 2.00",
            "new-short 0.00 of 0.00, excluded short",
            "old-online 0.00 of 0.00, excluded online",
            "ancient 0.00 of 0.00, no_pack_in_force"
        ]
    );
}

#[test]
fn an_outcome_of_the_standards_sort_meets_its_conditions_and_goes_where_it_lets() {
    // The institution asks nothing and lets everything go anywhere; the bank's standard asks a score, and sends juniors to
    // foundation courses.
    let rules = json!({ "clauses": [clause("anything", json!({}))] });
    let certificate = |key: &str, rank: i16, score: &str| outcome(key, "3", json!({ "family": "x-web", "rank": rank, "score": score }));
    let outcomes = vec![
        certificate("poor", 1, "79"),
        certificate("junior", 1, "80"),
        certificate("senior", 3, "80"),
        outcome("training", "3", json!({ "kind": "training" })),
    ];
    let courses = ["A", "B", "C"].map(|code| course(code, "3", &["core"], "major"));
    let foundation = course("F", "3", &["foundation"], "major");
    let mut asked = question(outcomes, courses.into_iter().chain([foundation]).collect(), rules);
    let of_rank = |id: &str, least: i16, tags: serde_json::Value| {
        let outcomes = json!({ "families": ["x-web"], "ranks": { "least": least, "most": least }, "minimum_score": "80" });
        clause(
            id,
            json!({ "outcomes": outcomes, "to": [{ "to": "courses", "select": { "tags_any": tags } }] }),
        )
    };
    let standard = json!({ "code": "standard", "title": { "zh": "学分银行标准" }, "legal_basis": ["标准"], "effective_from": "2020-01-01", "selected_by": "decision_date",
        "clauses": [of_rank("std-junior", 1, json!(["foundation"])), of_rank("std-senior", 3, json!(["core"]))] });
    let pack: RulePack = serde_json::from_value(standard).unwrap();
    assert_eq!(told(&asked)[0], "12.00", "without the standard all four are used");
    asked.above = vec![PackVersion { version: 1, pack }];
    let allocation = allocate(&asked).unwrap();
    assert_eq!(allocation.recognised.to_string(), "9.00");
    let poor = &allocation.verdicts[0].reasons[0];
    assert_eq!(
        (poor.code.as_str(), poor.layer, poor.rule.as_deref(), poor.detail.as_deref()),
        ("no_clause_matches", Some(Layer::Standard), Some("std-junior"), Some("score"))
    );
    let to = |key: &str| {
        let award = allocation.awards.iter().find(|award| award.outcome == key).unwrap();
        serde_json::to_value(&award.destination).unwrap()["code"].clone()
    };
    assert_eq!(to("junior"), "F");
    assert_ne!(to("senior"), "F");
    // Where the programme has nothing that the standard lets it go to, the standard says so.
    asked.programme.courses.retain(|course| course.code != "F");
    let allocation = allocate(&asked).unwrap();
    let junior = &allocation.verdicts[1].reasons[0];
    assert_eq!(
        (junior.code.as_str(), junior.layer, junior.rule.as_deref()),
        ("no_target", Some(Layer::Standard), Some("std-junior"))
    );
}

#[test]
fn what_a_standard_gives_for_an_outcome_it_gives_once_over_two_conversions() {
    let kept = json!({ "remainder": "kept" });
    let mut question = question(
        vec![outcome("x", "9", json!({}))],
        any_course(),
        json!({ "clauses": [free("credit", bank_credit(), kept.clone())] }),
    );
    let half = json!({ "of": { "base": "ratio", "of": "bank_credit", "numerator": 1, "denominator": 2 } });
    let standard = json!({ "code": "standard", "title": { "zh": "学分银行标准" }, "legal_basis": ["标准"], "effective_from": "2020-01-01",
        "selected_by": "decision_date", "clauses": [free("std", half, kept)] });
    let pack: RulePack = serde_json::from_value(standard).unwrap();
    question.above = vec![PackVersion { version: 1, pack }];
    assert_eq!(told(&question), ["4.50", "x 4.50 of 9.00, limit_reached std 4.50 of 9.00 for 4.50"]);
    // Of twelve the standard gives six, and three of these were converted.
    let first = json!({ "outcome": outcome("x", "12", json!({})), "clause": "credit", "destination": { "to": "free_credit", "bucket": "elective" }, "amount": "3" });
    question.earlier = vec![serde_json::from_value(first).unwrap()];
    assert_eq!(
        told(&question),
        ["3.00", "x 3.00 of 9.00, limit_reached std 6.00 of 12.00 for 6.00"]
    );
}
