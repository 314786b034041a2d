//! Where something stands in a JSON text, as people count: their texts have no numbers beside their lines.

use std::collections::HashMap;

use serde_json::value::RawValue;

/// A place in a text. Lines and the characters in them count from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Where the value begins to which a path of names and numbers leads; of what is missing, where that begins in which it is missing.
/// Of a text that is no JSON, where it breaks off. The whole text is no place in it.
pub(super) fn spot_of(text: &str, path: &str) -> Option<Spot> {
    let mut found: &RawValue = match serde_json::from_str(text) {
        Ok(whole) => whole,
        Err(error) => {
            // It counts the bytes of the line.
            let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
            let before = line.get(..line.floor_char_boundary(error.column())).unwrap_or(line);
            return Some(Spot {
                line: error.line(),
                column: before.chars().count().max(1),
            });
        }
    };
    if path.is_empty() {
        return None;
    }
    for step in path.split('/') {
        let Some(inside) = inside(found.get(), &step.replace("~1", "/").replace("~0", "~")) else {
            break;
        };
        found = inside;
    }
    // What was found is a part of the text itself.
    let from = found.get().as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let before = text.get(..from)?;
    let line = before.rsplit('\n').next().unwrap_or_default();
    Some(Spot {
        line: before.matches('\n').count() + 1,
        column: line.chars().count() + 1,
    })
}

/// A member of an object by its name, or an item of a list by its number.
fn inside<'a>(text: &'a str, step: &str) -> Option<&'a RawValue> {
    if text.starts_with('{') {
        let mut members: HashMap<String, &'a RawValue> = serde_json::from_str(text).ok()?;
        members.remove(step)
    } else {
        let items: Vec<&'a RawValue> = serde_json::from_str(text).ok()?;
        items.into_iter().nth(step.parse().ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_a_line_and_a_column() {
        let text = [
            " {",
            r#"  "id": "甲", "value": { "of": 1 },"#,
            r#"  "to": ["#,
            r#"    { "to": "courses" },"#,
            "    7",
            r#"  ], "a/b": {} }"#,
        ]
        .join("\r\n");
        for (path, expected) in [
            ("", None),
            ("id", Some((2, 9))),
            // Characters are counted, not bytes.
            ("value", Some((2, 23))),
            ("value/of", Some((2, 31))),
            ("to", Some((3, 9))),
            ("to/0/to", Some((4, 13))),
            ("to/1", Some((5, 5))),
            ("a~1b", Some((6, 13))),
            // What is missing is missing from what is there.
            ("value/rounding", Some((2, 23))),
            ("to/9/to", Some((3, 9))),
            ("to/1/to", Some((5, 5))),
            ("title/zh", Some((1, 2))),
        ] {
            let found = spot_of(&text, path).map(|spot| (spot.line, spot.column));
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn a_text_that_is_no_json_breaks_off_somewhere() {
        for (text, expected) in [
            ("{\n \"id\": }", (2, 8)),
            ("", (1, 1)),
            ("{ \"a\": 1 } x", (1, 12)),
            ("{ \"甲\": \"乙\", }", (1, 13)),
        ] {
            let found = spot_of(text, "id").map(|spot| (spot.line, spot.column));
            assert_eq!(found, Some(expected), "{text}");
        }
    }
}
