//! Rules that many institutions publish and that a first version of the language could not say.

use serde_json::json;

use super::{clause, course, outcome, question, recognised};
use crate::domain::pack::validate::problems;

#[test]
fn the_college_english_test_counts_from_425_and_is_graded_on_its_own_scale() {
    let steps = [("550", "优秀"), ("500", "良好"), ("425", "及格")].map(|(score, grade)| json!({ "least_score": score, "grade": grade }));
    let rules = json!({ "clauses": [clause("cet-4", json!({
        "outcomes": { "achievements": ["cet-4"], "minimum_score": "425" }, "targets": "one", "value": { "of": { "base": "course_credit" } },
        "recorded": { "grade": "mapped", "steps": steps } }))] });
    let english = || course("E1", "4", &["english"], "major");
    for (score, expected, grade) in [
        ("424", "0.00", None),
        ("425", "4.00", Some("及格")),
        ("549.5", "4.00", Some("良好")),
        ("710", "4.00", Some("优秀")),
    ] {
        let test = outcome("test", "2", json!({ "achievement": "cet-4", "score": score }));
        let asked = question(vec![test], vec![english()], rules.clone());
        assert_eq!(problems(&asked.versions[0].pack, &[], &[]), []);
        assert_eq!(recognised(&asked), expected, "{score}");
        let allocation = crate::domain::allocation::allocate(&asked).unwrap();
        assert_eq!(
            allocation.awards.first().and_then(|award| award.recorded_grade.as_deref()),
            grade,
            "{score}"
        );
    }
}

#[test]
fn what_was_earned_before_the_enrolment_may_count_otherwise_than_what_was_earned_since() {
    let rules = json!({ "clauses": [
        clause("before", json!({ "outcomes": { "enrolment": "before" }, "value": { "of": { "base": "fixed", "credit": "1" } } })),
        clause("since", json!({ "outcomes": { "enrolment": "since" }, "value": { "of": { "base": "fixed", "credit": "2" } } })),
    ] });
    let courses = ["A", "B"].map(|code| course(code, "1", &[], "major")).to_vec();
    let mut asked = question(
        vec![outcome("certificate", "2", json!({ "awarded_on": "2024-03-01" }))],
        courses,
        rules,
    );
    assert_eq!(recognised(&asked), "0.00", "nobody said when the learner was enrolled");
    asked.enrolled_on = Some("2024-03-02".parse().unwrap());
    assert_eq!(recognised(&asked), "1.00");
    asked.enrolled_on = Some("2024-03-01".parse().unwrap());
    assert_eq!(recognised(&asked), "2.00", "the day itself is since");
}
