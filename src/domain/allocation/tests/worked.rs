//! The worked cases of the field, each by its name.

use serde_json::json;

use super::{clause, course, limit, outcome, question, recognised, verdict};
use crate::domain::allocation::{Pin, Proof, Question, Unanswerable, allocate};

fn guangdong_total_half_and_mooc_quarter() -> Question {
    let outcomes = vec![
        outcome("degree", "30", json!({ "kind": "course", "tags": ["prior-degree"] })),
        outcome("mooc", "24", json!({ "kind": "course", "tags": ["mooc"] })),
        outcome("exam", "12", json!({ "kind": "course", "tags": ["self-study-exam"] })),
    ];
    let rules = json!({
        "clauses": [clause("credit", json!({ "to": [{ "to": "free_credit", "bucket": "major", "up_to": "80" }], "coverage": "part", "remainder": "kept" }))],
        "limits": [
            limit("total", json!({ "at_most": { "measure": "share", "percent": "50", "of": "required_credit" } })),
            limit("mooc", json!({ "outcomes": { "tags_any": ["mooc"] }, "inside": ["total"],
                "at_most": { "measure": "share", "percent": "25", "of": "required_credit" } })),
        ],
    });
    let mut question = question(outcomes, vec![course("C1", "1", &[], "elective")], rules);
    question.programme.required_credit = "80".parse().unwrap();
    question
}

#[test]
fn guangdong_total_50_percent_mooc_25_percent() {
    let allocation = allocate(&guangdong_total_half_and_mooc_quarter()).unwrap();
    assert_eq!(
        (allocation.recognised.to_string().as_str(), allocation.proof),
        ("40.00", Proof::Optimal)
    );
    let cuts: Vec<String> = allocation
        .cuts
        .iter()
        .map(|cut| format!("{}: {} asked, {} allowed, {} cut", cut.limit, cut.asked, cut.allowed, cut.cut))
        .collect();
    assert_eq!(
        cuts,
        [
            "mooc: 24.00 asked, 20.00 allowed, 4.00 cut",
            "total: 62.00 asked, 40.00 allowed, 22.00 cut"
        ]
    );
}

#[test]
fn guangdong_the_learner_may_pin_and_leave_out() {
    let mut question = guangdong_total_half_and_mooc_quarter();
    question.left_out = vec!["degree".to_owned()];
    let allocation = allocate(&question).unwrap();
    assert_eq!(allocation.recognised.to_string(), "32.00");
    assert_eq!(verdict(&allocation, "degree"), "0.00 of 0.00: left_out 0.00");
    question.left_out = Vec::new();
    question.pins = vec![Pin {
        outcome: "exam".to_owned(),
        course: None,
    }];
    let allocation = allocate(&question).unwrap();
    let exam = allocation.verdicts.iter().find(|verdict| verdict.outcome == "exam").unwrap();
    assert_eq!(allocation.recognised.to_string(), "40.00");
    assert!(exam.used.hundredths() > 0);
    question.pins = vec![Pin {
        outcome: "exam".to_owned(),
        course: Some("C1".to_owned()),
    }];
    assert_eq!(allocate(&question), Err(Unanswerable::PinsImpossible));
    question.pins = vec![Pin {
        outcome: "nobody".to_owned(),
        course: None,
    }];
    assert_eq!(allocate(&question), Err(Unanswerable::UnknownOutcome));
}

fn guangdong_2017(targets: &str) -> Question {
    let courses = [("A", "3.5"), ("B", "3"), ("C", "1"), ("D", "2.5")];
    question(
        vec![outcome("certificate", "4", json!({}))],
        courses.map(|(code, credits)| course(code, credits, &[], "major")).to_vec(),
        json!({ "clauses": [clause("certificate", json!({ "targets": targets }))] }),
    )
}

#[test]
fn guangdong_2017_one_course_leaves_half_a_credit_lost() {
    let allocation = allocate(&guangdong_2017("one")).unwrap();
    assert_eq!(allocation.recognised.to_string(), "3.50");
    assert_eq!(verdict(&allocation, "certificate"), "3.50 of 3.50: remainder_forfeited 0.50");
}

#[test]
fn guangdong_2017_many_courses_lose_nothing() {
    let allocation = allocate(&guangdong_2017("many")).unwrap();
    assert_eq!(allocation.recognised.to_string(), "4.00");
    assert_eq!(verdict(&allocation, "certificate"), "4.00 of 4.00: ");
}

#[test]
fn korea_ceilings_24_a_semester_42_a_year() {
    let outcomes = vec![
        outcome("spring", "27", json!({ "awarded_on": "2024-04-10" })),
        outcome("autumn", "21", json!({ "awarded_on": "2024-10-10" })),
    ];
    let rules = json!({
        "definitions": { "calendars": [
            { "code": "semesters", "periods": [{ "code": "spring", "first_day": "03-01", "last_day": "08-31" }, { "code": "autumn", "first_day": "09-01", "last_day": "02-28" }] },
            { "code": "years", "periods": [{ "code": "year", "first_day": "03-01", "last_day": "02-28" }] }] },
        "clauses": [clause("credit", json!({ "to": [{ "to": "free_credit", "bucket": "major", "up_to": "80" }], "coverage": "part", "remainder": "kept" }))],
        "limits": [
            limit("semester", json!({ "per": "period", "calendar": "semesters", "at_most": { "measure": "credit", "credit": "24" } })),
            limit("year", json!({ "per": "period", "calendar": "years", "at_most": { "measure": "credit", "credit": "42" } })),
        ],
    });
    let mut question = question(outcomes, vec![course("C1", "1", &[], "elective")], rules);
    question.decided_on = "2025-03-01".parse().unwrap();
    let allocation = allocate(&question).unwrap();
    assert_eq!(allocation.recognised.to_string(), "42.00");
    let cuts: Vec<String> = allocation
        .cuts
        .iter()
        .map(|cut| format!("{} {:?} {}", cut.limit, cut.group, cut.cut))
        .collect();
    assert_eq!(cuts, ["semester Some(\"spring 2024\") 3.00", "year Some(\"year 2024\") 3.00"]);
}

#[test]
fn shelf_life_7_years_says_whether_the_boundary_is_inside() {
    let cases = [
        ("anniversary_included", "2026-07-01", "3.00"),
        ("anniversary_included", "2026-07-02", "0.00"),
        ("anniversary_excluded", "2026-06-30", "3.00"),
        ("anniversary_excluded", "2026-07-01", "0.00"),
    ];
    for (boundary, decided_on, expected) in cases {
        let rules =
            json!({ "clauses": [clause("recent", json!({ "outcomes": { "awarded_within": { "years": 7, "boundary": boundary } } }))] });
        let earned = outcome("old", "3", json!({ "awarded_on": "2019-07-01" }));
        let mut question = question(vec![earned], vec![course("C1", "3", &[], "major")], rules);
        question.decided_on = decided_on.parse().unwrap();
        let allocation = allocate(&question).unwrap();
        assert_eq!(allocation.recognised.to_string(), expected, "{boundary} on {decided_on}");
        if expected == "0.00" {
            let reason = &allocation.verdicts[0].reasons[0];
            assert_eq!(
                (reason.code.as_str(), reason.rule.as_deref(), reason.detail.as_deref()),
                ("no_clause_matches", Some("recent"), Some("too_long_ago"))
            );
        }
    }
}

#[test]
fn highest_of_a_family_only() {
    let family = |key: &str, credit: &str, rank: i16, on: &str| {
        outcome(key, credit, json!({ "family": "occ-elec", "rank": rank, "awarded_on": on }))
    };
    let rules = json!({
        "clauses": [clause("certificates", json!({}))],
        "highest_only": [{ "id": "highest", "citation": "第五条", "within": "family", "by": "value" }],
    });
    let courses = vec![
        course("C1", "3", &[], "major"),
        course("C2", "3", &[], "major"),
        course("C3", "3", &[], "major"),
    ];
    let outcomes = vec![family("senior", "9", 3, "2024-05-01"), family("middle", "6", 2, "2024-06-01")];
    let allocation = allocate(&question(outcomes, courses, rules)).unwrap();
    assert_eq!(allocation.recognised.to_string(), "9.00");
    let second = &allocation.verdicts[1];
    assert_eq!(second.used.to_string(), "0.00");
    assert_eq!(
        (second.reasons[0].code.as_str(), second.reasons[0].detail.as_deref()),
        ("not_the_highest", Some("senior"))
    );
}

#[test]
fn of_a_family_the_highest_is_used_where_both_would_bring_as_much() {
    let family = |key: &str, credit: &str, rank: i16| outcome(key, credit, json!({ "family": "occ-elec", "rank": rank }));
    let rules = json!({
        "clauses": [clause("certificates", json!({}))],
        "highest_only": [{ "id": "highest", "citation": "第五条", "within": "family", "by": "value" }],
    });
    let outcomes = vec![family("middle", "6", 2), family("senior", "9", 3)];
    let allocation = allocate(&question(outcomes, vec![course("C1", "3", &[], "major")], rules)).unwrap();
    assert_eq!(verdict(&allocation, "senior"), "3.00 of 3.00: remainder_forfeited 6.00");
    assert_eq!(verdict(&allocation, "middle"), "0.00 of 3.00: not_the_highest 3.00");
}

#[test]
fn highest_by_rank_leaves_nothing_to_a_lower_one_that_would_bring_more() {
    let family = |key: &str, rank: i16, tag: &str| outcome(key, "4", json!({ "family": "occ-elec", "rank": rank, "tags": [tag] }));
    let to = |tag: &str| json!([{ "to": "courses", "select": { "tags_any": [tag] } }]);
    let of = |by: &str| {
        let rules = json!({
            "clauses": [
                clause("senior", json!({ "outcomes": { "ranks": { "least": 3 } }, "to": to("core") })),
                clause("middle", json!({ "outcomes": { "ranks": { "most": 2 } }, "to": to("foundation") })),
            ],
            "highest_only": [{ "id": "highest", "citation": "第五条", "within": "family", "by": by }],
        });
        let outcomes = vec![family("middle", 2, "a"), family("senior", 3, "b")];
        let courses = vec![course("K", "3", &["core"], "major"), course("F", "4", &["foundation"], "major")];
        allocate(&question(outcomes, courses, rules)).unwrap()
    };
    let by_rank = of("rank");
    assert_eq!(by_rank.recognised.to_string(), "3.00");
    assert_eq!(verdict(&by_rank, "middle"), "0.00 of 0.00: not_the_highest 0.00");
    let by_value = of("value");
    assert_eq!(by_value.recognised.to_string(), "4.00");
    assert_eq!(verdict(&by_value, "senior"), "0.00 of 3.00: not_the_highest 3.00");
}

#[test]
fn hunan_one_certificate_per_course_8_credits_each_by_rank() {
    let tag = |rank: &str, tags: serde_json::Value| {
        clause(
            rank,
            json!({ "outcomes": { "ranks": { "least": rank.parse::<i16>().unwrap(), "most": rank.parse::<i16>().unwrap() } },
                "to": [{ "to": "courses", "select": { "tags_any": tags, "required": true } }] }),
        )
    };
    let rules = json!({
        "clauses": [tag("1", json!(["foundation"])), tag("2", json!(["core"])), tag("3", json!(["foundation", "core"]))],
        "limits": [
            limit("eight", json!({ "per": "outcome", "at_most": { "measure": "credit", "credit": "8" } })),
            limit("bank", json!({ "per": "outcome", "at_most": { "measure": "bank_credit" } })),
            limit("one", json!({ "per": "course", "at_most": { "measure": "count", "count": 1, "of": "outcomes" } })),
        ],
    });
    let courses = vec![
        course("F1", "4", &["foundation"], "major"),
        course("F2", "3", &["foundation"], "major"),
        course("K1", "5", &["core"], "major"),
        course("K2", "4", &["core"], "major"),
    ];
    let outcomes = vec![
        outcome("junior", "6", json!({ "rank": 1 })),
        outcome("middle", "9", json!({ "rank": 2 })),
        outcome("senior", "12", json!({ "rank": 3 })),
    ];
    // Junior takes a foundation course, middle a core course, senior at most eight of what is left: 4 + 4 + 5 + 3 in all.
    let allocation = allocate(&question(outcomes, courses, rules)).unwrap();
    assert_eq!(
        (allocation.recognised.to_string().as_str(), allocation.proof),
        ("16.00", Proof::Optimal)
    );
}

#[test]
fn veterans_are_exempt_from_the_courses_that_the_decree_names() {
    let rules = json!({ "clauses": [clause("veterans", json!({ "legal_basis": "退役军人部发〔2021〕53号",
        "outcomes": { "trainee_groups": ["veteran"] }, "to": [{ "to": "courses", "select": { "tags_any": ["pe", "military"] } }],
        "value": { "of": { "base": "course_credit" } }, "exempt_from": "class_and_examination" }))] });
    let courses = vec![
        course("PE", "2", &["pe"], "major"),
        course("MT", "2", &["military"], "major"),
        course("X", "3", &[], "major"),
    ];
    let outcomes = vec![outcome(
        "service",
        "0",
        json!({ "kind": "work_experience", "trainee_group": "veteran" }),
    )];
    let allocation = allocate(&question(outcomes, courses, rules)).unwrap();
    assert_eq!(allocation.recognised.to_string(), "4.00");
    assert_eq!(allocation.awards.len(), 2);
}

#[test]
fn bucket_minima_are_missed_though_the_total_is_met() {
    let programme = json!({ "code": "p", "name": { "zh": "专业" }, "required_credit": "140", "effective_from": "2020-01-01",
        "buckets": [{ "code": "major", "name": { "zh": "专业" }, "minimum": "60" }, { "code": "general", "name": { "zh": "公共" }, "minimum": "30" },
            { "code": "elective", "name": { "zh": "选修" }, "minimum": "40" }],
        "courses": [course("C1", "1", &[], "major")] });
    let programme: crate::domain::programme::Programme = serde_json::from_value(programme).unwrap();
    let has = [("major", "58"), ("general", "30"), ("elective", "52")];
    let has = has.map(|(bucket, credit)| (bucket.to_owned(), credit.parse().unwrap())).into();
    let standings = super::super::standing::audit(&programme, &has, &["C1".to_owned()]);
    let missing: Vec<String> = standings
        .iter()
        .map(|standing| format!("{} {}", standing.bucket, standing.missing))
        .collect();
    assert_eq!(missing, ["major 2.00", "general 0.00", "elective 0.00"]);
}

#[test]
fn of_equal_allocations_the_more_valuable_outcome_stays_unused() {
    let outcomes = vec![outcome("large", "6", json!({})), outcome("small", "4", json!({}))];
    let rules = json!({ "clauses": [clause("certificates", json!({}))] });
    let allocation = allocate(&question(outcomes, vec![course("C1", "3", &[], "major")], rules)).unwrap();
    assert_eq!(verdict(&allocation, "large"), "0.00 of 3.00: targets_taken 3.00");
    assert_eq!(verdict(&allocation, "small"), "3.00 of 3.00: remainder_forfeited 1.00");
}

#[test]
fn a_greedy_choice_loses_where_the_search_does_not() {
    // Who gives the first outcome the larger course leaves none to the second, which could use no other.
    let outcomes = vec![
        outcome("flexible", "3", json!({ "family": "f1", "tags": ["mooc"] })),
        outcome("bound", "3", json!({ "family": "f2", "tags": ["training"] })),
    ];
    let courses = vec![course("A", "3", &["core"], "major"), course("B", "2.5", &["foundation"], "major")];
    let to = |tag: &str| json!([{ "to": "courses", "select": { "tags_any": [tag] } }]);
    let rules = json!({ "clauses": [
        clause("all", json!({ "to": to("core") })),
        clause("first", json!({ "outcomes": { "families": ["f1"] }, "to": to("foundation") })),
    ] });
    let question = question(outcomes, courses, rules);
    assert_eq!(recognised(&question), "5.50");
    assert_eq!(super::oracle::greedy(&question), 300);
}
