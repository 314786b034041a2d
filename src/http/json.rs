//! JSON texts that come in: what is wrong with one is named by a pointer.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::rejection::{FieldProblem, Rejection};

/// Reads a JSON text whose texts can all be kept.
///
/// # Errors
/// `MalformedBody` or `InvalidBody` with the pointer of what is wrong.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Rejection> {
    let value = shape_from_json(bytes)?;
    refuse_nul(bytes)?;
    Ok(value)
}

/// Reads a JSON text whose own texts are looked at later.
///
/// # Errors
/// `MalformedBody` with the pointer of what is wrong.
pub(super) fn shape_from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Rejection> {
    let malformed = |pointer: String, detail: String| Rejection::MalformedBody {
        problems: vec![FieldProblem { pointer, detail }],
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let (pointer, detail) = match serde_path_to_error::deserialize(&mut deserializer) {
        Ok(value) => match deserializer.end() {
            Ok(()) => return Ok(value),
            Err(error) => (String::new(), error.to_string()),
        },
        Err(error) => place_and_sentence(error.path(), &error.inner().to_string()),
    };
    // In JSON Schema 4.0 is an integer; serde takes it for none. Rare, so it is only looked for here.
    if detail.starts_with("invalid type: floating point")
        && let Ok(value) = serde_json::from_slice::<Value>(bytes)
    {
        return serde_path_to_error::deserialize(with_whole_numbers(value)).map_err(|error| {
            let (pointer, detail) = place_and_sentence(error.path(), &error.inner().to_string());
            malformed(pointer, detail)
        });
    }
    Err(malformed(pointer, detail))
}

/// Writes numbers without a fraction as whole numbers.
fn with_whole_numbers(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(with_whole_numbers).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, with_whole_numbers(value))).collect(),
        Value::Number(number) => {
            let text = number.to_string();
            let whole = text.strip_suffix(".0").and_then(|whole| whole.parse::<i64>().ok());
            whole.map_or(Value::Number(number), Value::from)
        }
        other => other,
    }
}

/// The most characters of a step in a pointer, and of a sentence: what somebody sent is not sent back at any length.
const STEP_MAX: usize = 100;
const SENTENCE_MAX: usize = 500;

/// A member's step in a pointer (RFC 6901).
fn step(key: &str) -> String {
    let short: String = key.chars().take(STEP_MAX).collect();
    format!("/{}", short.replace('~', "~0").replace('/', "~1"))
}

/// A field that is missing or unknown is named itself, not the object around it.
pub(super) fn place_and_sentence(path: &serde_path_to_error::Path, message: &str) -> (String, String) {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&step(key)),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    // serde_json ends its sentences with the place in the text, which the pointer says better.
    let sentence = message.rsplit_once(" at line ").map_or(message, |(sentence, _)| sentence);
    let named = |start: &str| sentence.strip_prefix(start)?.split('`').next();
    if let Some(field) = named("missing field `") {
        return (format!("{pointer}{}", step(field)), "is required".to_owned());
    }
    if let Some(field) = named("duplicate field `") {
        return (format!("{pointer}{}", step(field)), "is given more than once".to_owned());
    }
    if let Some(field) = named("unknown field `") {
        let own = step(field);
        let pointer = if pointer.ends_with(&own) {
            pointer
        } else {
            format!("{pointer}{own}")
        };
        return (pointer, "is not a field of this body".to_owned());
    }
    (pointer, sentence.chars().take(SENTENCE_MAX).collect())
}

/// Refuses a JSON text one of whose texts has U+0000 in it: PostgreSQL keeps it in no text and in no JSON document, and it
/// is refused at the door on both back ends, rather than where a statement fails.
///
/// # Errors
/// `InvalidBody` with the pointer of the first one.
fn refuse_nul(bytes: &[u8]) -> Result<(), Rejection> {
    // JSON can only write it in this way, and nearly no body does; only then is it read once more.
    if !bytes.windows(6).any(|part| part == br"\u0000") {
        return Ok(());
    }
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    match place_of_nul(&value) {
        None => Ok(()),
        Some(pointer) => Err(Rejection::InvalidBody {
            problems: vec![FieldProblem::new(&pointer, "must not have the character U+0000")],
        }),
    }
}

fn place_of_nul(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(place, item)| Some(format!("/{place}{}", place_of_nul(item)?))),
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, field)| Some(format!("/{name}{}", place_of_nul(field)?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::pack::RulePack;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only read by serde")]
        rows: Vec<Row>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        #[expect(dead_code, reason = "only read by serde")]
        day: chrono::NaiveDate,
    }

    #[test]
    fn what_is_wrong_with_a_body_is_named_by_its_pointer() {
        let cases = [
            (r#"{"rows":[{"day":"2024-01-01"},{}]}"#, "/rows/1/day", "is required"),
            (
                r#"{"rows":[{"day":"2024-01-01","x":1}]}"#,
                "/rows/0/x",
                "is not a field of this body",
            ),
            (
                r#"{"rows":[{"day":"yesterday"}]}"#,
                "/rows/0/day",
                "input contains invalid characters",
            ),
            (r#"{"rows":7}"#, "/rows", "invalid type: integer `7`, expected a sequence"),
            ("{", "", "EOF while parsing an object"),
            (r#"{"rows":[]} x"#, "", "trailing characters at line 1 column 13"),
        ];
        for (text, pointer, detail) in cases {
            let Rejection::MalformedBody { problems } = from_json::<Body>(text.as_bytes()).unwrap_err() else {
                panic!("{text}")
            };
            assert_eq!(
                (problems[0].pointer.as_str(), problems[0].detail.as_str()),
                (pointer, detail),
                "{text}"
            );
        }
    }

    #[test]
    fn hostile_packs_get_a_precise_refusal() {
        let nested = "[".repeat(100_000);
        let conditions = format!("{{\"clauses\":[{{\"outcomes\":{}", "{\"any_of\":[".repeat(50_000));
        let base = r#"{"code":"x","title":{"zh":"x"},"legal_basis":["x"],"effective_from":"2024-01-01""#;
        let long = "k".repeat(1_000_000);
        let cases = [
            (nested, "/0".to_owned(), "invalid type: sequence, expected a string"),
            (
                conditions,
                format!("/clauses/0/outcomes{}", "/any_of/0".repeat(62)),
                "recursion limit exceeded",
            ),
            (String::new(), String::new(), "EOF while parsing a value"),
            ("{}".to_owned(), "/code".to_owned(), "is required"),
            (format!("{base},\"code\":\"y\"}}"), "/code".to_owned(), "is given more than once"),
            (
                format!("{base},\"effectve_to\":1}}"),
                "/effectve_to".to_owned(),
                "is not a field of this body",
            ),
            (
                format!("{base},\"{long}\":1}}"),
                format!("/{}", "k".repeat(100)),
                "is not a field of this body",
            ),
            (
                format!("{base},\"limits\":7}}"),
                "/limits".to_owned(),
                "invalid type: integer `7`, expected a sequence",
            ),
            (
                format!("{base},\"clauses\":[1e999]}}"),
                "/clauses/0".to_owned(),
                "number out of range",
            ),
        ];
        for (text, pointer, detail) in cases {
            let begun = std::time::Instant::now();
            let Rejection::MalformedBody { problems } = from_json::<RulePack>(text.as_bytes()).unwrap_err() else {
                panic!("{pointer}")
            };
            assert_eq!(
                (problems[0].pointer.as_str(), problems[0].detail.as_str()),
                (pointer.as_str(), detail)
            );
            assert!(begun.elapsed().as_secs() < 2);
        }
    }

    #[test]
    fn the_first_text_with_the_character_is_named() {
        let cases = [
            (r#"{"reason":"plain"}"#, None),
            (r#"{"reason":"a backslash: \\u0000"}"#, None),
            (r#"{"reason":"x\u0000"}"#, Some("/reason")),
            (r#"{"rows":[{},{"name":"\u0000"}]}"#, Some("/rows/1/name")),
        ];
        for (text, pointer) in cases {
            let place = refuse_nul(text.as_bytes()).err().map(|rejection| match rejection {
                Rejection::InvalidBody { problems } => problems[0].pointer.clone(),
                other => panic!("{other:?}"),
            });
            assert_eq!(place.as_deref(), pointer, "{text}");
        }
    }
}
