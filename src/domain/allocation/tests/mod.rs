//! The allocation against worked cases, a brute-force oracle of its own, and the laws that every allocation keeps.

mod beyond;
mod earlier;
mod laws;
mod layered;
mod oracle;
mod published;
mod sayable;
mod worked;

use serde_json::{Value, json};

use super::{Allocation, Effort, PackVersion, Question, allocate};

/// An outcome with a key and some properties beside the usual ones.
pub(super) fn outcome(key: &str, credit: &str, more: Value) -> Value {
    let mut outcome = json!({ "key": key, "name": key, "achievement": key, "kind": "skill_certificate",
        "issuer": { "credit_code": "914403003429409755", "kind": "assessment_body" }, "bank_credit": credit, "awarded_on": "2024-05-01" });
    merge(&mut outcome, more);
    outcome
}

/// A course: code, credits, tags, bucket.
pub(super) fn course(code: &str, credits: &str, tags: &[&str], bucket: &str) -> Value {
    json!({ "code": code, "name": { "zh": code }, "credits": credits, "tags": tags, "required": true, "bucket": bucket })
}

/// A clause for everything, one for one, to all courses.
pub(super) fn clause(id: &str, more: Value) -> Value {
    let mut clause = json!({ "id": id, "citation": "第六条", "to": [{ "to": "courses" }], "value": { "of": { "base": "bank_credit" } },
        "targets": "many", "remainder": "forfeited", "coverage": "whole_by_one" });
    merge(&mut clause, more);
    clause
}

/// A limit of the whole programme.
pub(super) fn limit(id: &str, more: Value) -> Value {
    let mut limit = json!({ "id": id, "citation": "第八条", "per": "programme" });
    merge(&mut limit, more);
    limit
}

pub(super) fn merge(into: &mut Value, more: Value) {
    for (name, value) in more.as_object().unwrap() {
        into[name] = value.clone();
    }
}

/// A question about a programme of a hundred credits.
pub(super) fn question(outcomes: Vec<Value>, courses: Vec<Value>, rules: Value) -> Question {
    let mut pack = json!({ "code": "pack", "title": { "zh": "转换办法" }, "owner": "914403006990676707", "legal_basis": ["试行办法"],
        "effective_from": "2020-01-01", "selected_by": "decision_date" });
    merge(&mut pack, rules);
    let programme = json!({ "code": "programme", "name": { "zh": "专业" }, "required_credit": "100", "effective_from": "2020-01-01",
        "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "60" }, { "code": "elective", "name": { "zh": "选修课" }, "minimum": "20" }],
        "courses": courses });
    Question {
        institution: serde_json::from_value(json!({ "credit_code": "914403006990676707", "kind": "vocational_college" })).unwrap(),
        programme: serde_json::from_value(programme).unwrap(),
        versions: vec![PackVersion {
            version: 1,
            pack: serde_json::from_value(pack).unwrap(),
        }],
        above: Vec::new(),
        agreements: Vec::new(),
        outcomes: outcomes
            .into_iter()
            .map(|outcome| serde_json::from_value(outcome).unwrap())
            .collect(),
        decided_on: "2024-09-01".parse().unwrap(),
        earlier: Vec::new(),
        enrolled_on: None,
        pins: Vec::new(),
        left_out: Vec::new(),
        effort: Effort::default(),
    }
}

/// What is recognised, as text.
pub(super) fn recognised(question: &Question) -> String {
    allocate(question).unwrap().recognised.to_string()
}

/// The outcome's verdict as text: what is used, and each reason with its amount.
pub(super) fn verdict(allocation: &Allocation, key: &str) -> String {
    let verdict = allocation.verdicts.iter().find(|verdict| verdict.outcome == key).unwrap();
    let reasons: Vec<String> = verdict
        .reasons
        .iter()
        .map(|reason| format!("{} {}", reason.code, reason.amount))
        .collect();
    format!("{} of {}: {}", verdict.used, verdict.offered, reasons.join(", "))
}
