//! Hostile packs: long, circular or senseless ones get a precise refusal, at once. What is no pack at all is refused where
//! bodies are read.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::PackFault::TooLarge;
use super::tests::{good, programme, set, standard};
use super::*;

#[test]
fn a_pack_of_ten_thousand_clauses_is_refused_at_once() {
    let mut pack: RulePack = serde_json::from_value(good()).unwrap();
    pack.clauses = vec![pack.clauses[3].clone(); 10_000];
    pack.limits = vec![pack.limits[0].clone(); 10_000];
    let begun = std::time::Instant::now();
    let found = problems(&pack, &[programme()], &[standard()]);
    assert!(begun.elapsed().as_secs() < 5);
    assert!(
        found
            .iter()
            .any(|problem| problem.pointer == "/clauses" && problem.fault == TooLarge)
    );
    assert_eq!(found.len(), PackProblem::MOST + 1);
    assert_eq!(found.last().unwrap().fault, TooLarge);
}

/// The seeds of the fuzz target `rule_pack`, cut off and bent in every way that is quick.
#[test]
fn seeds_of_the_fuzz_target_bent_in_many_ways_never_make_it_fall() {
    let mut seen = 0;
    for entry in std::fs::read_dir("fuzz/seeds/rule_pack").unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let letters: Vec<char> = text.chars().collect();
        let step = (letters.len() / 60).max(1);
        for end in (0..=letters.len()).step_by(step) {
            let cut: String = letters[..end].iter().collect();
            let bent: String = letters
                .iter()
                .enumerate()
                .map(|(place, letter)| if place == end { '9' } else { *letter })
                .collect();
            for text in [cut, bent] {
                seen += 1;
                if let Ok(pack) = serde_json::from_str::<RulePack>(&text) {
                    assert!(problems(&pack, &[], std::slice::from_ref(&pack)).len() <= PackProblem::MOST + 1);
                }
            }
        }
    }
    assert!(seen > 100, "{seen} texts were read");
}

/// Any value of JSON.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z0-9./~\\-]{0,6}".prop_map(Value::from),
        Just(json!("0")),
        Just(json!("certificate")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("outcomes|any_of|ranks|id|least", inner, 0..3).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// Every pointer into a document.
fn pointers(value: &Value, at: &str, into: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, item)| (name.clone(), item)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        let at = format!("{at}/{name}");
        into.push(at.clone());
        pointers(child, &at, into);
    }
}

proptest! {
    #[test]
    fn no_changed_pack_makes_it_fall(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), anything(), any::<bool>()), 1..4)) {
        let mut document = good();
        for (place, source, value, copy) in changes {
            let mut all = Vec::new();
            pointers(&document, "", &mut all);
            let value = if copy { document.pointer(&all[source.index(all.len())]).cloned().unwrap() } else { value };
            set(&mut document, &all[place.index(all.len())], value);
        }
        if let Ok(pack) = serde_json::from_value::<RulePack>(document) {
            let found = problems(&pack, &[programme()], &[standard(), pack.clone()]);
            prop_assert!(found.len() <= PackProblem::MOST + 1);
            for problem in found {
                prop_assert!(problem.pointer.is_empty() || problem.pointer.starts_with('/'));
            }
        }
    }
}
