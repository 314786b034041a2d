//! Validation, by mutation: a good pack with one thing changed has one problem, and it is told exactly.

use serde_json::{Value, json};

use super::PackFault::{self, Ambiguous, Contradiction, Cycle, Dangling, Invalid, NeverMatches, TooLarge, Unlawful};
use super::*;
use crate::domain::phrases::in_chinese;

pub(super) fn good() -> Value {
    serde_json::from_str(include_str!("../everything.json")).unwrap()
}

pub(super) fn programme() -> Programme {
    serde_json::from_str(include_str!("../everything.programme.json")).unwrap()
}

pub(super) fn standard() -> RulePack {
    let text = json!({ "code": "standard", "title": { "zh": "标准" }, "legal_basis": ["x"], "effective_from": "2020-01-01" });
    serde_json::from_value(text).unwrap()
}

fn found(document: &Value) -> Vec<PackProblem> {
    let pack: RulePack = serde_json::from_value(document.clone()).unwrap();
    problems(&pack, &[programme()], &[standard()])
}

/// Sets what stands at a pointer, `null` to take it away; the last step may be new.
pub(super) fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}")) {
        Value::Object(fields) if value.is_null() => drop(fields.remove(last)),
        Value::Object(fields) => drop(fields.insert(last.to_owned(), value)),
        Value::Array(items) if last == "-" => items.push(value),
        Value::Array(items) => items[last.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer}"),
    }
}

type Line = (&'static str, Value, &'static str, PackFault);

fn check(lines: Vec<Line>) {
    for (changed, value, pointer, fault) in lines {
        let mut document = good();
        set(&mut document, changed, value.clone());
        let problems = found(&document);
        let told = problems.iter().find(|problem| problem.pointer == pointer && problem.fault == fault);
        let problem = told.unwrap_or_else(|| panic!("{changed} = {value}: expected {fault} at {pointer}, found {problems:#?}"));
        assert_ne!(in_chinese(&problem.detail), problem.detail, "no Chinese");
        let rule = pointer.split('/').nth(2).filter(|step| {
            step.parse::<usize>().is_ok()
                && !pointer.starts_with("/legal")
                && !pointer.starts_with("/under")
                && !pointer.starts_with("/programmes")
        });
        assert_eq!(problem.rule.is_some(), rule.is_some(), "{pointer} {:?}", problem.rule);
    }
}

#[test]
fn the_good_pack_has_no_problems() {
    assert_eq!(found(&good()), Vec::new());
}

#[test]
#[rustfmt::skip]
fn what_the_author_left_open_is_asked() {
    check(vec![
        ("/selected_by", json!(null), "/selected_by", Ambiguous),
        ("/clauses/0/targets", json!(null), "/clauses/0/targets", Ambiguous),
        ("/clauses/0/coverage", json!(null), "/clauses/0/coverage", Ambiguous),
        ("/clauses/3/remainder", json!(null), "/clauses/3/remainder", Ambiguous),
        ("/clauses/0/outcomes/awarded_within/boundary", json!(null), "/clauses/0/outcomes/awarded_within/boundary", Ambiguous),
        ("/limits/0/outcomes", json!({ "any_of": [{ "awarded_within": { "years": 3 } }] }), "/limits/0/outcomes/any_of/0/awarded_within/boundary", Ambiguous),
        ("/exclusions/0/outcomes", json!({ "awarded_within": { "years": 3 } }), "/exclusions/0/outcomes/awarded_within/boundary", Ambiguous),
        ("/clauses/0/value/addends/0/when", json!({ "awarded_within": { "years": 3 } }), "/clauses/0/value/addends/0/when/awarded_within/boundary", Ambiguous),
        ("/limits/1/inside", json!(null), "/limits/1/inside", Ambiguous),
        ("/limits/2/outside", json!(null), "/limits/2/inside", Ambiguous),
        ("/definitions/names/near_names", json!(null), "/definitions/names/near_names", Ambiguous),
    ]);
}

#[test]
#[rustfmt::skip]
fn references_to_nothing_are_told() {
    check(vec![
        ("/limits/1/clauses/0", json!("nothing"), "/limits/1/clauses/0", Dangling),
        ("/limits/1/inside/0", json!("nothing"), "/limits/1/inside/0", Dangling),
        ("/limits/2/outside/0", json!("nothing"), "/limits/2/outside/0", Dangling),
        ("/clauses/0/outcomes/families/0", json!("occ-weld"), "/clauses/0/outcomes/families/0", Dangling),
        ("/clauses/0/outcomes/ranks/most", json!(4), "/clauses/0/outcomes/ranks/most", Dangling),
        ("/clauses/0/outcomes/minimum_grade/scale", json!("x"), "/clauses/0/outcomes/minimum_grade/scale", Dangling),
        ("/clauses/0/outcomes/minimum_grade/grade", json!("甲"), "/clauses/0/outcomes/minimum_grade/grade", Dangling),
        ("/limits/3/calendar", json!("years"), "/limits/3/calendar", Dangling),
        ("/limits/3/calendar", json!(null), "/limits/3/calendar", Dangling),
        ("/clauses/0/to/0/select/codes/1", json!("E999"), "/clauses/0/to/0/select/codes/1", Dangling),
        ("/clauses/0/to/0/select/tags_any/0", json!("cor"), "/clauses/0/to/0/select/tags_any/0", Dangling),
        ("/exclusions/0/courses/tags_any/0", json!("politic"), "/exclusions/0/courses/tags_any/0", Dangling),
        ("/limits/4/courses/buckets/0", json!("majors"), "/limits/4/courses/buckets/0", Dangling),
        ("/clauses/3/to/0/bucket", json!("electives"), "/clauses/3/to/0/bucket", Dangling),
        ("/programmes/-", json!("elec-2030"), "/programmes/1", Dangling),
        ("/under/-", json!("nowhere"), "/under/1", Dangling),
        ("/definitions/overlaps/0/course", json!("M999"), "/definitions/overlaps/0/course", Dangling),
        ("/definitions/overlaps", json!(null), "/clauses/0/to/0/minimum_overlap", Dangling),
        ("/definitions/names", json!(null), "/clauses/0/to/0/name", Dangling),
        ("/definitions/names", json!(null), "/once_only/0/within", Dangling),
        ("/clauses/4/value/of", json!({ "base": "table", "by": "grade", "entries": [{ "when": "甲", "credit": "1" }] }), "/clauses/4/value/of/entries/0/when", Dangling),
        ("/clauses/0/value/of", json!({ "base": "table", "by": "rank", "entries": [{ "when": "9", "credit": "1" }] }), "/clauses/0/value/of/entries/0/when", Dangling),
    ]);
}

#[test]
#[rustfmt::skip]
fn contradictions_are_told() {
    check(vec![
        ("/limits/0/id", json!("certificate"), "/limits/0/id", Contradiction),
        ("/once_only/0/id", json!("highest"), "/once_only/0/id", Contradiction),
        ("/limits/1/outside", json!(["total"]), "/limits/1/outside/0", Contradiction),
        ("/limits/0/inside", json!(["certificates"]), "/limits/0/inside/0", Contradiction),
        ("/limits/0/inside", json!(["total"]), "/limits/0/inside/0", Contradiction),
        ("/limits/-", json!({ "id": "loose", "citation": "x", "per": "programme", "at_most": { "measure": "share", "percent": "60", "of": "required_credit" } }), "/limits/6/at_most", Contradiction),
        ("/limits/-", json!({ "id": "same", "citation": "x", "per": "programme", "at_most": { "measure": "credit", "credit": "9" }, "outside": ["total"] }), "/limits/6/outside", Contradiction),
        ("/limits/1/at_most", json!({ "measure": "credit", "credit": "0" }), "/limits/1/at_most/credit", Contradiction),
        ("/limits/0/at_most/percent", json!("0"), "/limits/0/at_most/percent", Contradiction),
        ("/limits/4/at_most/count", json!(0), "/limits/4/at_most/count", Contradiction),
        ("/clauses/1/value/cap", json!("2"), "/clauses/1/value/cap", Contradiction),
        ("/programmes/-", json!("elec-2024"), "/programmes/1", Contradiction),
        ("/definitions/families/0/ranks/0/rank", json!(3), "/definitions/families/0/ranks/2/rank", Contradiction),
        ("/definitions/names/synonyms/-", json!(["原理", "导论"]), "/definitions/names/synonyms/1/1", Contradiction),
    ]);
}

#[test]
#[rustfmt::skip]
fn what_can_never_match_is_told() {
    check(vec![
        ("/clauses/0/outcomes/ranks", json!({ "least": 3, "most": 2 }), "/clauses/0/outcomes/ranks", NeverMatches),
        ("/clauses/0/outcomes/awarded_to", json!("2024-01-31"), "/clauses/0/outcomes/awarded_to", NeverMatches),
        ("/clauses/4/outcomes/awarded_to", json!("2023-01-01"), "/clauses/4/outcomes/awarded_to", NeverMatches),
        ("/clauses/4/outcomes/awarded_from", json!("2030-01-01"), "/clauses/4/outcomes/awarded_from", NeverMatches),
        ("/clauses/0/outcomes/tags_none", json!(["national"]), "/clauses/0/outcomes/tags_none", NeverMatches),
        ("/clauses/0/outcomes/tags_none", json!(["elec", "power"]), "/clauses/0/outcomes/tags_none", NeverMatches),
        ("/clauses/3/outcomes/contest_scopes", json!(["national"]), "/clauses/3/outcomes/contest_scopes", NeverMatches),
        ("/clauses/3/outcomes/education_levels", json!(["41"]), "/clauses/3/outcomes/education_levels", NeverMatches),
        ("/clauses/2/outcomes/standing", json!("individual"), "/clauses/2/outcomes/team_positions", NeverMatches),
        ("/clauses/3/outcomes/any_of", json!([{ "levels": { "least": 5, "most": 4 } }]), "/clauses/3/outcomes/any_of", NeverMatches),
        ("/clauses/3/outcomes/none_of", json!([{}]), "/clauses/3/outcomes/none_of/0", NeverMatches),
        ("/exclusions/0", json!({ "id": "all", "citation": "x" }), "/exclusions/0", NeverMatches),
        ("/exclusions/-", json!({ "id": "x", "citation": "x", "outcomes": { "kinds": ["training"] } }), "/clauses/3", NeverMatches),
        ("/exclusions/-", json!({ "id": "x", "citation": "x", "courses": { "tags_any": ["pe"] } }), "/clauses/1", NeverMatches),
        ("/clauses/0/to/0/select/tags_none", json!(["major"]), "/clauses/0/to/0/select/tags_none", NeverMatches),
        ("/clauses/1/to/0/select", json!({ "tags_any": ["pe"], "buckets": ["major"] }), "/clauses/1/to/0/select", NeverMatches),
        ("/clauses/0/recorded/steps/0/least_score", json!("60"), "/clauses/0/recorded/steps/1/least_score", NeverMatches),
        ("/clauses/0/to/0/minimum_overlap", json!("90"), "/clauses/0/to/0/minimum_overlap", NeverMatches),
        ("/limits/1/per", json!("event"), "/limits/1/per", NeverMatches),
        ("/clauses/2/value/of/entries/1/when", json!("9"), "/clauses/2/value/of/entries/1/when", NeverMatches),
    ]);
}

#[test]
#[rustfmt::skip]
fn what_is_not_lawful_is_told() {
    let twice = json!({ "base": "table", "by": "level", "entries": [{ "when": "3", "credit": "1" }, { "when": "3", "credit": "2" }] });
    let odd = json!({ "base": "table", "by": "level", "entries": [{ "when": "03", "credit": "1" }] });
    check(vec![
        ("/claims/panel", json!(4), "/claims/panel", Invalid),
        ("/claims/notice_working_days", json!(2), "/claims/notice_working_days", Invalid),
        ("/claims/appeal_working_days", json!(16), "/claims/appeal_working_days", Invalid),
        ("/code", json!("Ä"), "/code", Invalid),
        ("/clauses/0/id", json!("Sixth clause"), "/clauses/0/id", Invalid),
        ("/limits/0/citation", json!(" "), "/limits/0/citation", Invalid),
        ("/effective_to", json!("2023-12-31"), "/effective_to", Invalid),
        ("/owner", json!("9144"), "/owner", Invalid),
        ("/legal_basis", json!([]), "/legal_basis", Invalid),
        ("/clauses/0/value/of/denominator", json!(0), "/clauses/0/value/of/denominator", Invalid),
        ("/clauses/0/value/of/numerator", json!(0), "/clauses/0/value/of/numerator", Invalid),
        ("/clauses/3/value/of/per_credit", json!("0"), "/clauses/3/value/of/per_credit", Invalid),
        ("/clauses/0/value/step", json!("0"), "/clauses/0/value/step", Invalid),
        ("/clauses/0/value/cap", json!("0.25"), "/clauses/0/value/cap", Invalid),
        ("/clauses/0/to/0/minimum_overlap", json!("0"), "/clauses/0/to/0/minimum_overlap", Invalid),
        ("/clauses/0/to", json!([]), "/clauses/0/to", Invalid),
        ("/limits/5/per", json!("programme"), "/limits/5/at_most/measure", Invalid),
        ("/limits/0/at_most/of", json!("bucket_minimum"), "/limits/0/at_most/of", Invalid),
        ("/limits/0/calendar", json!("semesters"), "/limits/0/calendar", Invalid),
        ("/definitions/calendars/0/periods/0/last_day", json!("02-30"), "/definitions/calendars/0/periods/0/last_day", Invalid),
        ("/definitions/calendars/0/periods/0/last_day", json!("09-01"), "/definitions/calendars/0/periods/1", Invalid),
        ("/clauses/4/value/of", twice, "/clauses/4/value/of/entries/1/when", Invalid),
        ("/clauses/4/value/of", odd, "/clauses/4/value/of/entries/0/when", Invalid),
        ("/clauses/1/legal_basis", json!(null), "/clauses/1/outcomes/trainee_groups", Unlawful),
        ("/limits/0/outcomes", json!({ "trainee_groups": ["veteran"] }), "/limits/0/outcomes/trainee_groups", Unlawful),
        ("/under", json!(["everything"]), "/under/0", Cycle),
        ("/clauses/0/citation", json!("条".repeat(201)), "/clauses/0/citation", TooLarge),
        ("/clauses/0/outcomes/tags_any", json!(vec!["x"; 201]), "/clauses/0/outcomes/tags_any", TooLarge),
        ("/clauses/0/outcomes/tags_any/0", json!("x".repeat(101)), "/clauses/0/outcomes/tags_any/0", TooLarge),
        ("/clauses/0/value/addends", json!(vec![json!({ "when": {}, "sign": "plus", "credit": "1" }); 21]), "/clauses/0/value/addends", TooLarge),
        ("/clauses/3/outcomes", json!({ "any_of": [{ "any_of": [{ "any_of": [{ "any_of": [{ "levels": { "least": 1 } }] }] }] }] }), "/clauses/3/outcomes/any_of/0/any_of/0/any_of/0/any_of/0", TooLarge),
    ]);
}

#[test]
fn an_admission_that_gives_skills_too_little_is_unlawful() {
    let mut document = good();
    set(&mut document, "/admission/parts/0/weight", json!("60"));
    set(&mut document, "/admission/parts/1/weight", json!("40"));
    let problems = found(&document);
    assert_eq!(
        (problems.len(), problems[0].fault, problems[0].pointer.as_str()),
        (1, Unlawful, "/admission/parts")
    );
}

#[test]
fn layers_that_lead_back_or_are_too_many_are_told() {
    let pack = |code: &str, under: &[&str]| RulePack {
        code: code.to_owned(),
        under: under.iter().map(|code| (*code).to_owned()).collect(),
        ..standard()
    };
    let mut own: RulePack = serde_json::from_value(good()).unwrap();
    own.under = vec!["a".to_owned()];
    let cases: [(Vec<RulePack>, Option<PackFault>); 5] = [
        (vec![pack("a", &["everything"])], Some(Cycle)),
        (vec![pack("a", &["b"]), pack("b", &["everything"])], Some(Cycle)),
        (vec![pack("a", &["b"]), pack("b", &["a"])], Some(Cycle)),
        (
            (0..6)
                .map(|n| pack(["a", "b", "c", "d", "e", "f"][n], &[["b", "c", "d", "e", "f", "g"][n]]))
                .collect(),
            Some(Cycle),
        ),
        (
            (0..4).map(|n| pack(["a", "b", "c", "d"][n], &[["b", "c", "d", "x"][n]])).collect(),
            None,
        ),
    ];
    for (above, expected) in cases {
        let problems = problems(&own, &[programme()], &above);
        assert_eq!(problems.first().map(|problem| problem.fault), expected, "{problems:?}");
        assert!(problems.iter().all(|problem| in_chinese(&problem.detail) != problem.detail));
    }
}

#[test]
fn limits_of_a_programme_stand_by_themselves() {
    let mut limits: Vec<Limit> = serde_json::from_value(good()["limits"].clone()).unwrap();
    limits.truncate(3);
    let found = limit_problems(&limits, &programme());
    assert_eq!(
        found
            .iter()
            .map(|problem| (problem.pointer.as_str(), problem.fault))
            .collect::<Vec<_>>(),
        [("/limits/1/clauses", Invalid), ("/limits/2/clauses", Invalid)]
    );
    assert_eq!(limit_problems(&limits[..1], &programme()), Vec::new());
}
