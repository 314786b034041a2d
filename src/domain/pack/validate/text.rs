//! A pack's text: refused by its size and its nesting before anything is built from it, then by its shape.

use serde_path_to_error::Segment;

use super::{PackFault, PackProblem};
use crate::domain::pack::RulePack;

/// How deep lists and objects may stand within each other. The deepest lawful pack needs fewer.
const NESTING_MAX: usize = 40;

/// Reads a pack.
pub(super) fn read(text: &str) -> Result<RulePack, PackProblem> {
    if text.chars().nth(RulePack::TEXT_MAX).is_some() {
        let detail = format!("must have at most {} characters", RulePack::TEXT_MAX);
        return Err(problem(PackFault::TooLarge, String::new(), detail));
    }
    if let Some(pointer) = nested_too_deep(text) {
        let detail = format!("must not have lists and objects more than {NESTING_MAX} deep within each other");
        return Err(problem(PackFault::TooLarge, pointer, detail));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let pack = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let (pointer, detail) = place_and_sentence(error.path(), &error.inner().to_string());
        problem(PackFault::Invalid, pointer, detail)
    })?;
    deserializer
        .end()
        .map_err(|error| problem(PackFault::Invalid, String::new(), without_place(&error.to_string()).to_owned()))?;
    Ok(pack)
}

fn problem(fault: PackFault, pointer: String, detail: String) -> PackProblem {
    PackProblem {
        pointer,
        fault,
        rule: None,
        detail,
    }
}

/// serde_json ends its sentences with the place in the text, which the pointer says better.
fn without_place(message: &str) -> &str {
    message.rsplit_once(" at line ").map_or(message, |(sentence, _)| sentence)
}

/// A field that is missing or unknown is named itself, not the object around it.
fn place_and_sentence(path: &serde_path_to_error::Path, message: &str) -> (String, String) {
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&step(key)),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let sentence = without_place(message);
    let named = |start: &str| sentence.strip_prefix(start)?.split('`').next();
    if let Some(field) = named("missing field `") {
        return (format!("{pointer}{}", step(field)), "is required".to_owned());
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
    (pointer, sentence.chars().take(500).collect())
}

/// A member's step in a pointer (RFC 6901).
fn step(key: &str) -> String {
    let short: String = key.chars().take(100).collect();
    format!("/{}", short.replace('~', "~0").replace('/', "~1"))
}

/// An object or a list that is open, and where in it the reader is.
enum Open {
    List(usize),
    Object(String),
}

/// Where the text nests deeper than is taken. It reads brackets and texts only, so anything that is not JSON passes
/// and is refused by the reader.
fn nested_too_deep(text: &str) -> Option<String> {
    let mut open: Vec<Open> = Vec::new();
    let mut last_text = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                last_text.clear();
                while let Some(letter) = letters.next().filter(|letter| *letter != '"') {
                    let kept = if letter == '\\' { letters.next() } else { Some(letter) };
                    last_text.extend(kept);
                }
            }
            '[' => open.push(Open::List(0)),
            '{' => open.push(Open::Object(String::new())),
            ']' | '}' => {
                open.pop();
            }
            ':' => {
                if let Some(Open::Object(key)) = open.last_mut() {
                    std::mem::swap(key, &mut last_text);
                }
            }
            ',' => {
                if let Some(Open::List(index)) = open.last_mut() {
                    *index += 1;
                }
            }
            _ => {}
        }
        if open.len() > NESTING_MAX {
            let place = open.iter().take(NESTING_MAX).map(|open| match open {
                Open::List(index) => format!("/{index}"),
                Open::Object(key) => step(key),
            });
            return Some(place.collect());
        }
    }
    None
}
