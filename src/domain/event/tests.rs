//! The table holds what is told, and nothing else.

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::domain::institution::InstitutionStep;

fn sources(directory: &str) -> Vec<String> {
    let mut open = vec![std::path::PathBuf::from(directory)];
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(std::fs::read_to_string(&path).unwrap());
        }
    }
    found
}

/// The names that are told in one place with both words there.
fn plainly_told() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in sources("src/ops") {
        for rest in text.split(".told(").skip(1) {
            let words: Vec<&str> = rest.split(')').next().unwrap().split(',').map(str::trim).collect();
            let plain = |word: &str| word.strip_prefix('"').and_then(|word| word.strip_suffix('"')).map(str::to_owned);
            if let (Some(operation), Some(kind)) = (
                words.first().and_then(|word| plain(word)),
                words.get(1).and_then(|word| plain(word)),
            ) {
                found.insert(format!("{kind}.{operation}"));
            }
        }
    }
    found
}

#[test]
fn what_is_told_is_in_the_table() {
    let told = plainly_told();
    assert!(told.len() > 35, "{told:?}");
    let missing: Vec<&String> = told.iter().filter(|name| event_type(name).is_none()).collect();
    assert_eq!(missing, Vec::<&String>::new());
    let claims = std::fs::read_to_string("src/domain/claim/mod.rs").unwrap();
    let of_events = claims
        .split("impl ClaimEvent {")
        .nth(1)
        .unwrap()
        .split("pub fn parse")
        .next()
        .unwrap();
    let words: Vec<&str> = of_events
        .split("=> \"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(words.len() > 15, "{words:?}");
    // What voids a claim is told by the correction.
    for word in words.into_iter().filter(|word| *word != "void") {
        assert!(event_type(&format!("claim.{word}")).is_some(), "{word}");
    }
    for step in InstitutionStep::ALL {
        assert!(event_type(&format!("institution.{step}")).is_some(), "{step}");
    }
}

#[test]
fn what_is_in_the_table_is_told() {
    let told = plainly_told();
    let all = [sources("src/ops"), sources("src/domain")].concat();
    // The table itself does not count.
    let all: Vec<String> = all.into_iter().filter(|text| !text.contains("pub const EVENT_TYPES")).collect();
    let mut names = BTreeSet::new();
    for known in EVENT_TYPES {
        assert!(names.insert(known.name), "{} is there twice", known.name);
        let (kind, operation) = known.name.split_once('.').unwrap();
        // Where the words come together from two places, each of them is said somewhere.
        let said = |word: &str| all.iter().any(|text| text.contains(&format!("\"{word}\"")));
        assert!(
            told.contains(known.name) || (said(kind) && said(operation)),
            "nobody tells {}",
            known.name
        );
    }
}

#[test]
fn an_envelope_says_what_is_documented_and_nothing_else() {
    let id = Uuid::nil();
    let data = EventData {
        event_id: id,
        institution_id: None,
        learner_id: Some(id),
        subject_id: id,
        details: json!({ "reason": "张三的材料", "status": "accepted", "credit": "9.00" }),
    };
    let at = "2026-11-24T02:00:00Z".parse().unwrap();
    let envelope = Envelope::of("outcome.deposit_outcome", at, data.clone());
    assert_eq!(
        serde_json::to_value(&envelope).unwrap(),
        json!({ "type": "outcome.deposit_outcome", "timestamp": "2026-11-24T02:00:00Z", "data": { "event_id": id, "institution_id": null,
            "learner_id": id, "subject_id": id, "details": { "credit": "9.00", "status": "accepted" } } })
    );
    assert_eq!(Envelope::of("outcome.refuse_outcome", at, data).data.details, json!({}));
}

#[test]
fn details_that_are_not_as_documented_are_found() {
    let deposit = event_type("outcome.deposit_outcome").unwrap();
    assert_eq!(
        deposit.faults(&json!({ "credit": "9.00", "status": "accepted" })),
        Vec::<String>::new()
    );
    assert_eq!(deposit.faults(&json!({ "credit": 9, "status": null })).len(), 2);
    let simulation = event_type("simulation.finish_simulation").unwrap();
    assert_eq!(
        simulation.faults(&json!({ "status": "failed", "learners": null })),
        Vec::<String>::new()
    );
}

#[test]
fn only_what_is_published_can_be_asked_for() {
    assert_eq!(
        parse_types(["claim.take", "claim.take", "outcome.deposit_outcome"]),
        Some(vec!["claim.take".to_owned(), "outcome.deposit_outcome".to_owned()])
    );
    for unknown in ["", "claim", "session.log_in", "webhook.test", "claim.take "] {
        assert_eq!(parse_types([unknown]), None, "{unknown}");
    }
}
