//! JSON as people write it: in the order of the document, and what is short on one line.

use serde::Serialize;

/// The most characters of a line that is not broken up.
const LINE: usize = 76;

/// A value as it is written in a form.
pub(super) fn written<T: Serialize>(value: &T) -> String {
    let mut page = String::new();
    lay_out(&serde_json::to_string(value).unwrap_or_default(), 0, 0, &mut page);
    page
}

/// Goes through a JSON text and says of each letter whether it stands inside a text.
fn letters(text: &str) -> impl Iterator<Item = (usize, char, bool)> {
    let (mut is_inside, mut is_escaped) = (false, false);
    text.char_indices().map(move |(place, letter)| {
        let was_inside = is_inside;
        if is_escaped {
            is_escaped = false;
        } else if letter == '\\' {
            is_escaped = is_inside;
        } else if letter == '"' {
            is_inside = !is_inside;
        }
        (place, letter, was_inside)
    })
}

/// The parts of what stands between brackets.
fn parts(inside: &str) -> Vec<&str> {
    let (mut depth, mut from) = (0_usize, 0);
    let mut found = Vec::new();
    for (place, letter, is_text) in letters(inside) {
        match letter {
            _ if is_text => {}
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.extend(inside.get(from..place));
                from = place + 1;
            }
            _ => {}
        }
    }
    found.extend(inside.get(from..));
    found
}

/// The same on one line.
fn flat(text: &str) -> String {
    let mut line = String::new();
    for (_, letter, is_text) in letters(text) {
        match letter {
            ',' | ':' | '{' if !is_text => line.extend([letter, ' ']),
            '}' if !is_text && line.ends_with("{ ") => {
                line.pop();
                line.push('}');
            }
            '}' if !is_text => line.push_str(" }"),
            _ => line.push(letter),
        }
    }
    line
}

/// Writes a JSON text from a column on; `used` characters of its first line are taken.
fn lay_out(text: &str, indent: usize, used: usize, page: &mut String) {
    let line = flat(text);
    let bounds = match text.chars().next() {
        Some('{') => Some(('{', '}')),
        Some('[') => Some(('[', ']')),
        _ => None,
    };
    let inside = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    let Some((first, last)) = bounds.filter(|_| indent + used + line.chars().count() > LINE && !inside.is_empty()) else {
        page.push_str(&line);
        return;
    };
    page.push(first);
    for (number, part) in parts(inside).into_iter().enumerate() {
        page.push_str(if number == 0 { "\n" } else { ",\n" });
        page.extend(std::iter::repeat_n(' ', indent + 2));
        let colon = letters(part).find(|(_, letter, is_text)| first == '{' && *letter == ':' && !is_text);
        let (key, value) = colon.and_then(|(place, ..)| part.split_at_checked(place + 1)).unwrap_or(("", part));
        page.push_str(key);
        if !key.is_empty() {
            page.push(' ');
        }
        lay_out(value, indent + 2, key.chars().count() + 1, page);
    }
    page.push('\n');
    page.extend(std::iter::repeat_n(' ', indent));
    page.push(last);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::pack::shipped;

    #[test]
    fn what_is_short_stands_on_one_line_and_nothing_else_changes() {
        let short = json!({ "a": [1, 2], "b": { "c": "x, {y}: \"z\"" }, "d": {}, "e": [] });
        assert_eq!(
            written(&short),
            r#"{ "a": [1, 2], "b": { "c": "x, {y}: \"z\"" }, "d": {}, "e": [] }"#
        );
        let long = json!({ "a": "a".repeat(60), "b": [{ "c": "c".repeat(60) }, { "d": 1 }] });
        let expected = format!(
            "{{\n  \"a\": \"{}\",\n  \"b\": [\n    {{ \"c\": \"{}\" }},\n    {{ \"d\": 1 }}\n  ]\n}}",
            "a".repeat(60),
            "c".repeat(60)
        );
        assert_eq!(written(&long), expected);
        for shipped in shipped::ALL {
            for text in [shipped.document, shipped.cases] {
                let value: Value = serde_json::from_str(text).unwrap();
                assert_eq!(serde_json::from_str::<Value>(&written(&value)).unwrap(), value, "{}", shipped.code);
            }
        }
    }
}
