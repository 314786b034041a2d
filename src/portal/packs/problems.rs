//! What is wrong with a pack, by the fields of its form: the pointers of the document are the ids of fields here.

use super::spot::{Spot, spot_of};
use crate::domain::language::Language;
use crate::domain::phrases::{in_chinese, in_english};
use crate::domain::rejection::FieldProblem;

/// The lists of rules in the order of the document.
pub(super) const LISTS: [&str; 5] = ["clauses", "limits", "highest_only", "once_only", "exclusions"];

/// Parts of a document that are one text each, and may be absent.
pub(super) const PARTS: [&str; 3] = ["definitions", "admission", "claims"];

/// The list of the form of test cases.
pub(super) const CASES: &str = "cases";

/// Something that is wrong, beside the field that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// The id of the field.
    pub(super) field: String,
    /// Where in its text, as a path; empty where it is about the whole.
    pub(super) place: String,
    /// The same by its line.
    pub(super) spot: Option<Spot>,
    pub(super) detail: String,
}

/// The fields of the form that are no lists.
const FIELDS: [&str; 10] = [
    "code",
    "legal_basis",
    "effective_from",
    "effective_to",
    "selected_by",
    "under",
    "programmes",
    "definitions",
    "admission",
    "claims",
];

/// The field that a pointer is about, and the place in its text.
pub(super) fn field_of(pointer: &str) -> (String, String) {
    let pointer = pointer.strip_prefix("/document").unwrap_or(pointer);
    let mut steps = pointer.split('/').skip(1);
    let first = steps.next().unwrap_or_default();
    let rest: Vec<&str> = steps.collect();
    let place = |from: usize| rest.get(from..).unwrap_or_default().join("/");
    if LISTS.contains(&first) || first == CASES {
        return match rest.first() {
            Some(number) => (format!("{first}-{number}"), place(1)),
            None => (format!("{first}-list"), String::new()),
        };
    }
    match first {
        "title" if rest.first() == Some(&"en") => ("title_en".to_owned(), String::new()),
        "title" => ("title_zh".to_owned(), String::new()),
        _ if FIELDS.contains(&first) => (first.to_owned(), place(0)),
        _ => ("document".to_owned(), first.to_owned()),
    }
}

/// A problem as it is said to the author; `text_of` is what stands in a field whose text is JSON.
pub(super) fn said_of<'a>(problem: &FieldProblem, language: Language, text_of: impl FnOnce(&str) -> Option<&'a str>) -> Said {
    let (field, place) = field_of(&problem.pointer);
    let detail = match language {
        Language::Chinese => in_chinese(&problem.detail),
        Language::English => in_english(&problem.detail),
    };
    Said {
        spot: text_of(&field).and_then(|text| spot_of(text, &place)),
        field,
        place,
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_fields_of_the_form() {
        let cases = [
            ("/clauses/3/value/of", "clauses-3", "value/of"),
            ("/document/limits/0", "limits-0", ""),
            ("/clauses", "clauses-list", ""),
            ("/cases/2/expected/recognised", "cases-2", "expected/recognised"),
            ("/title", "title_zh", ""),
            ("/title/en", "title_en", ""),
            ("/legal_basis/1", "legal_basis", "1"),
            ("/definitions/families/0/code", "definitions", "families/0/code"),
            ("/owner", "document", "owner"),
            ("", "document", ""),
        ];
        for (pointer, field, place) in cases {
            assert_eq!(field_of(pointer), (field.to_owned(), place.to_owned()), "{pointer}");
        }
    }
}
