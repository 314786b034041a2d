//! What changed between two versions: as sentences that came and went, and field by field.

use std::slice;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, routes, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::problems::field_of;
use super::room::{Open, PackId, Shelf};
use super::written::written;
use crate::domain::pack::catalogue::PackFilter;
use crate::domain::pack::life::PackStatus;
use crate::domain::pack::readable::{Paragraph, Readable};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::packs::form::PackSummary;
use crate::ops::packs::reading::{PackDifference, diff_rule_packs, list_rule_packs, read_rule_pack_text};
use crate::portal::answer::page;
use crate::portal::frame::Frame;
use crate::portal::visit::SignedIn;

/// The most versions from which one is chosen.
const VERSIONS: i64 = 100;

/// With what it is compared.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    with: Option<Uuid>,
}

/// A sentence of either version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Line<'a> {
    /// `removed`, `added`, or `same`.
    fate: &'static str,
    text: &'a str,
}

/// A paragraph of which something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Changed<'a> {
    heading: &'a str,
    citation: Option<&'a str>,
    lines: Vec<Line<'a>>,
}

/// What came of two readings of one paragraph. Sentences are few, so that each is looked for among all.
fn lines<'a>(before: &'a [String], after: &'a [String]) -> Vec<Line<'a>> {
    let line = |fate| move |text: &'a String| Line { fate, text };
    let gone = before.iter().filter(|text| !after.contains(text)).map(line("removed"));
    let there = after.iter().map(|text| Line {
        fate: if before.contains(text) { "same" } else { "added" },
        text,
    });
    gone.chain(there).collect()
}

/// What came of a paragraph. Another title or another place in the published text is a change as well, and stands first.
fn of_paragraph<'a>(before: Option<&'a Paragraph>, after: &'a Paragraph) -> Vec<Line<'a>> {
    let Some(before) = before else {
        return lines(&[], &after.sentences);
    };
    let mut all = lines(slice::from_ref(&before.heading), slice::from_ref(&after.heading));
    all.extend(lines(before.citation.as_slice(), after.citation.as_slice()));
    all.retain(|line| line.fate != "same");
    all.extend(lines(&before.sentences, &after.sentences));
    all
}

/// The paragraphs that are not the same in both, in the order of the newer one; what is gone stands last.
fn changed<'a>(before: &'a Readable, after: &'a Readable) -> Vec<Changed<'a>> {
    let is_same = |one: &Paragraph, other: &Paragraph| one.key == other.key;
    let of = |paragraph: &'a Paragraph, lines: Vec<Line<'a>>| Changed {
        heading: &paragraph.heading,
        citation: paragraph.citation.as_deref(),
        lines,
    };
    let present = after.paragraphs.iter().map(|paragraph| {
        let old = before.paragraphs.iter().find(|old| is_same(old, paragraph));
        of(paragraph, of_paragraph(old, paragraph))
    });
    let is_gone = |old: &&Paragraph| !after.paragraphs.iter().any(|paragraph| is_same(old, paragraph));
    let gone = before
        .paragraphs
        .iter()
        .filter(is_gone)
        .map(|old| of(old, lines(&old.sentences, &[])));
    let all = present.chain(gone);
    all.filter(|paragraph| paragraph.lines.iter().any(|line| line.fate != "same"))
        .collect()
}

#[derive(Template)]
#[template(path = "packs/compare.html")]
struct Page<'a> {
    frame: &'a Frame,
    open: &'a Open,
    part: &'a str,
    versions: &'a [PackSummary],
    with: Option<&'a PackSummary>,
    difference: Option<&'a PackDifference>,
    paragraphs: Vec<Changed<'a>>,
}

impl Page<'_> {
    fn is_chosen(&self, version: &PackSummary) -> bool {
        self.with.is_some_and(|with| with.pack_id == version.pack_id)
    }

    /// Where a change is, in words as far as it goes: in what, in which part of it, and what has no word.
    fn place(&self, pointer: &str) -> (String, Option<String>, String) {
        let (field, rest) = field_of(pointer);
        let name = match field.rsplit_once('-') {
            Some((list, "list")) => self.frame.word("packs-list", list),
            Some((list, _)) => self.frame.word("packs-rule", list),
            None => self.frame.word("packs-field", &field),
        };
        let part = match rest.as_str() {
            "title/zh" => Some("packs-field-title-zh"),
            "title/en" => Some("packs-field-title-en"),
            "legal_basis" => Some("packs-field-legal-basis"),
            "citation" => Some("packs-part-citation"),
            _ => None,
        };
        let part = part.map(|part| self.frame.t(part).into_owned());
        let rest = if part.is_some() { String::new() } else { rest };
        (name.into_owned(), part, rest)
    }

    fn written(&self, value: &Value) -> String {
        match value {
            Value::String(text) => match text.parse::<NaiveDate>() {
                Ok(day) => self.frame.day(&day).into_owned(),
                Err(_) => text.clone(),
            },
            other => written(other),
        }
    }
}

/// Shows what changed, by default since the version in force, and where there is none since the version before.
#[routes]
#[get("/desk/{institution_id}/packs/{pack_id}/compare")]
#[get("/office/packs/{pack_id}/compare")]
#[get("/office/filings/{pack_id}/compare")]
pub(super) async fn show(
    web: web::Data<Web>,
    visit: SignedIn,
    shelf: Shelf,
    id: PackId,
    wish: Query<Wish>,
) -> Result<HttpResponse, Refusal> {
    let open = Open::of(&web, &visit, shelf, id.0).await?;
    let (context, language) = (visit.context, visit.frame.language);
    let filter = PackFilter {
        institution_id: open.pack.institution_id,
        of_bank: open.pack.institution_id.is_none(),
        code: Some(open.pack.code.clone()),
        ..PackFilter::default()
    };
    let (pack_id, version, asked) = (id.0, open.pack.version, wish.0.with);
    let (versions, with, found) = web
        .run(move |bank| {
            let mut versions = list_rule_packs(bank, &context, &filter, None, VERSIONS)?;
            versions.retain(|other| other.pack_id != pack_id);
            let with = match asked {
                Some(with) => versions.iter().position(|other| other.pack_id == with),
                None => versions
                    .iter()
                    .position(|other| other.status == PackStatus::InForce)
                    .or_else(|| versions.iter().position(|other| other.version < version)),
            };
            let found = match with.and_then(|place| versions.get(place)) {
                None => None,
                Some(with) => Some((
                    diff_rule_packs(bank, &context, pack_id, with.pack_id)?,
                    read_rule_pack_text(bank, &context, with.pack_id, language)?,
                    read_rule_pack_text(bank, &context, pack_id, language)?,
                )),
            };
            Ok((versions, with, found))
        })
        .await?;
    let shown = Page {
        frame: &visit.frame,
        open: &open,
        part: "packs-tab-compare",
        with: with.and_then(|place| versions.get(place)),
        versions: &versions,
        difference: found.as_ref().map(|(difference, ..)| difference),
        paragraphs: found.as_ref().map(|(_, before, after)| changed(before, after)).unwrap_or_default(),
    };
    page(StatusCode::OK, &shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(paragraphs: &[(&str, &[&str])]) -> Readable {
        let paragraph = |(heading, sentences): &(&str, &[&str])| Paragraph {
            key: heading.split(": ").next().unwrap().to_owned(),
            heading: (*heading).to_owned(),
            citation: None,
            sentences: sentences.iter().map(|sentence| (*sentence).to_owned()).collect(),
        };
        Readable {
            title: String::new(),
            paragraphs: paragraphs.iter().map(paragraph).collect(),
        }
    }

    #[test]
    fn what_came_and_what_went_is_told_and_nothing_else() {
        let before = text(&[("One", &["a", "b"]), ("Two", &["c"]), ("Three", &["d"]), ("Five: old", &["f", "g"])]);
        let after = text(&[
            ("Five: new", &["f", "g"]),
            ("Three", &["d"]),
            ("One", &["a", "B"]),
            ("Four", &["e"]),
        ]);
        let found: Vec<(&str, Vec<(&str, &str)>)> = changed(&before, &after)
            .into_iter()
            .map(|paragraph| {
                (
                    paragraph.heading,
                    paragraph.lines.iter().map(|line| (line.fate, line.text)).collect(),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                (
                    "Five: new",
                    vec![("removed", "Five: old"), ("added", "Five: new"), ("same", "f"), ("same", "g")]
                ),
                ("One", vec![("removed", "b"), ("same", "a"), ("added", "B")]),
                ("Four", vec![("added", "e")]),
                ("Two", vec![("removed", "c")]),
            ]
        );
        assert_eq!(changed(&before, &before), Vec::new());
    }
}
