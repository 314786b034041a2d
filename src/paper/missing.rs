//! Characters that no font has: found before a paper is set, because PDF/A refuses a glyph that is not there, and a paper is never
//! stopped by a name.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// What stands in the place of a character that cannot be set.
const PLACE: char = '〓';

/// Every character of the texts of `data`.
pub(super) fn characters(data: &Value) -> BTreeSet<char> {
    let mut found = BTreeSet::new();
    each_text(data, &mut |text| found.extend(text.chars()));
    found
}

fn each_text(data: &Value, visit: &mut impl FnMut(&str)) {
    match data {
        Value::String(text) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, visit)),
        Value::Object(fields) => fields.values().for_each(|field| each_text(field, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Marks that choose between forms of the character before, and break no line: nothing is seen of them.
fn is_unseen(character: char) -> bool {
    matches!(u32::from(character), 0xFE00..=0xFE0F | 0xE0100..=0xE01EF | 0x200B..=0x200F | 0x2060..=0x2064 | 0xFEFF | 0xAD)
}

/// What has to be set of a text's characters.
pub(super) fn is_set(character: char) -> bool {
    !is_unseen(character) && !character.is_control()
}

/// The data with 〓 for what is missing, and with what the paper says of it.
pub(super) fn replaced(data: &Value, missing: &BTreeSet<char>) -> Value {
    let mut replaced = with_places(data, missing);
    let in_name: BTreeSet<char> = characters(data.pointer("/learner/name").unwrap_or(&Value::Null));
    let notes: Vec<Value> = missing
        .iter()
        .map(|character| {
            let place = if in_name.contains(character) {
                json!({ "zh": "姓名", "en": "The name" })
            } else {
                json!({ "zh": "正文", "en": "The text" })
            };
            json!({ "code": code_point(*character), "where": place })
        })
        .collect();
    if let Some(fields) = replaced.as_object_mut() {
        fields.insert("missing".to_owned(), Value::Array(notes));
    }
    replaced
}

/// `U+3129D`.
fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

fn with_places(data: &Value, missing: &BTreeSet<char>) -> Value {
    match data {
        Value::String(text) => {
            let seen = text.chars().filter(|character| !is_unseen(*character));
            let set = seen.map(|character| match character {
                control if control.is_control() => ' ',
                absent if missing.contains(&absent) => PLACE,
                there => there,
            });
            Value::String(set.collect())
        }
        Value::Array(items) => items.iter().map(|item| with_places(item, missing)).collect(),
        Value::Object(fields) => {
            let replaced = fields.iter().map(|(name, field)| (name.clone(), with_places(field, missing)));
            Value::Object(replaced.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_seen_and_said() {
        let data = json!({ "learner": { "name": "吴\u{3129D}" }, "rows": [{ "text": "a\u{7}b\u{E0100}" }, { "text": "\u{1F600}" }] });
        let missing = BTreeSet::from(['\u{3129D}', '\u{1F600}']);
        let replaced = replaced(&data, &missing);
        assert_eq!(replaced["learner"]["name"], "吴〓");
        assert_eq!(replaced["rows"][0]["text"], "a b");
        assert_eq!(replaced["rows"][1]["text"], "〓");
        let notes = &replaced["missing"];
        assert_eq!(
            (&notes[0]["code"], &notes[0]["where"]["en"]),
            (&json!("U+1F600"), &json!("The text"))
        );
        assert_eq!(
            (&notes[1]["code"], &notes[1]["where"]["en"]),
            (&json!("U+3129D"), &json!("The name"))
        );
    }

    #[test]
    fn a_mark_that_only_chooses_a_form_is_not_missing() {
        assert!(!is_set('\u{FE00}') && !is_set('\u{E0101}') && !is_set('\u{200D}') && !is_set('\n'));
        assert!(is_set('王') && is_set(' ') && is_set('\u{3129D}'));
    }
}
