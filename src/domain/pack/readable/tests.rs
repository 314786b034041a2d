//! The readable form says everything: whatever is changed in a document changes what is read.

use serde_json::{Value, json};

use super::*;
use crate::domain::pack::shipped;

fn text(pack: &RulePack, language: Language) -> String {
    let Readable { title, paragraphs } = readable(pack, language);
    let mut lines = vec![format!("# {title}")];
    for paragraph in paragraphs {
        lines.push(String::new());
        let citation = paragraph.citation.map(|citation| format!(" [{citation}]")).unwrap_or_default();
        lines.push(format!("## {}{citation}", paragraph.heading));
        lines.extend(paragraph.sentences.iter().map(|sentence| format!("- {sentence}")));
    }
    lines.join("\n") + "\n"
}

/// With `CREDIT_BANK_TEST_UPDATE=1` the committed texts are written anew.
#[test]
fn the_packs_that_ship_read_as_committed() {
    for shipped in shipped::ALL {
        let pack: RulePack = serde_json::from_str(shipped.document).unwrap();
        for (language, name) in [(Language::Chinese, "zh"), (Language::English, "en")] {
            let path = format!("packs/readable/{}.{name}.md", shipped.code);
            let read = text(&pack, language);
            if std::env::var("CREDIT_BANK_TEST_UPDATE").is_ok() {
                std::fs::create_dir_all("packs/readable").unwrap();
                std::fs::write(&path, &read).unwrap();
            }
            assert_eq!(
                std::fs::read_to_string(&path).unwrap_or_default(),
                read,
                "{path}: run with CREDIT_BANK_TEST_UPDATE=1"
            );
        }
    }
}

/// Every leaf, and every member that may be left out.
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

/// What a leaf may become: one of these is lawful in its place.
fn others() -> Vec<Value> {
    let words = [
        "7.77",
        "2031-05-06",
        "12-24",
        "veteran",
        "diploma",
        "course",
        "university",
        "own",
        "other",
        "declared",
        "national",
        "county",
        "individual",
        "team",
        "anniversary_excluded",
        "decision_date",
        "one",
        "many",
        "kept",
        "forfeited",
        "part",
        "whole_by_one",
        "same",
        "near",
        "class",
        "class_and_examination",
        "achievement",
        "family",
        "programme",
        "outcome",
        "outcomes",
        "courses",
        "selected_courses",
        "rank",
        "level",
        "grade",
        "bank_credit",
        "minus",
        "plus",
        "passed",
        "original",
        "something-else",
    ];
    let numbers = [json!(2), json!(7), json!(true), json!(false)];
    words.into_iter().map(Value::from).chain(numbers).collect()
}

fn remove(document: &mut Value, pointer: &str) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.remove(last)),
        Value::Array(items) => drop(items.remove(last.parse().unwrap())),
        _ => unreachable!(),
    }
}

#[test]
fn nothing_is_left_unsaid() {
    let documents = shipped::ALL
        .iter()
        .map(|shipped| shipped.document)
        .chain([include_str!("../everything.json")]);
    let mut changed = 0;
    for document in documents {
        let original: Value = serde_json::from_str(document).unwrap();
        let pack: RulePack = serde_json::from_value(original.clone()).unwrap();
        let before = [Language::Chinese, Language::English].map(|language| text(&pack, language));
        let mut all = Vec::new();
        pointers(&original, "", &mut all);
        for pointer in all {
            let leaf = original.pointer(&pointer).unwrap();
            let is_leaf = !leaf.is_object() && !leaf.is_array();
            let lawful = |document: Value| serde_json::from_value::<RulePack>(document).ok().filter(|other| *other != pack);
            let set = |other: Value| {
                let mut document = original.clone();
                *document.pointer_mut(&pointer).unwrap() = other;
                document
            };
            let mut without = original.clone();
            remove(&mut without, &pointer);
            let changed_to = others().into_iter().filter(|_| is_leaf).find_map(|other| lawful(set(other)));
            for other in changed_to.into_iter().chain(lawful(without)) {
                changed += 1;
                let after = [Language::Chinese, Language::English].map(|language| text(&other, language));
                let one_suffices = pointer.ends_with("/zh") || pointer.ends_with("/en");
                let differs = [before[0] != after[0], before[1] != after[1]];
                assert!(
                    differs[0] || (one_suffices && differs[1]),
                    "{}: {pointer} is not said in Chinese",
                    pack.code
                );
                assert!(differs[1] || one_suffices, "{}: {pointer} is not said in English", pack.code);
            }
        }
    }
    assert!(changed > 500, "{changed} changes were read");
}
