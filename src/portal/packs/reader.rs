//! Reads the texts of a form as a pack. Each is read by itself, so that all that cannot be read is told at once.

use chrono::NaiveDate;
use serde::de::DeserializeOwned;

use super::problems::CASES;
use super::sheet::Sheet;
use crate::domain::bilingual::Bilingual;
use crate::domain::pack::RulePack;
use crate::domain::pack_case::PackCase;
use crate::domain::recognition::SelectedBy;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::http::json::from_json;

/// Collects what cannot be read.
#[derive(Default)]
struct Reader {
    problems: Vec<FieldProblem>,
}

impl Reader {
    /// Reads a JSON text.
    fn json<T: DeserializeOwned>(&mut self, at: &str, text: &str) -> Option<T> {
        if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
            self.problems.push(FieldProblem::new(at, "must be JSON; it breaks off here"));
            return None;
        }
        match from_json(text.as_bytes()) {
            Ok(value) => Some(value),
            Err(Rejection::MalformedBody { problems } | Rejection::InvalidBody { problems }) => {
                let within = |problem: FieldProblem| FieldProblem::new(format!("{at}{}", problem.pointer), problem.detail);
                self.problems.extend(problems.into_iter().map(within));
                None
            }
            Err(_) => None,
        }
    }

    /// Reads a JSON text that may be absent.
    fn part<T: DeserializeOwned>(&mut self, sheet: &Sheet, name: &str) -> Option<T> {
        let (_, text) = sheet.parts.iter().find(|(own, text)| *own == name && !text.trim().is_empty())?;
        self.json(&format!("/{name}"), text)
    }

    /// Reads the texts of a list.
    fn list<T: DeserializeOwned>(&mut self, sheet: &Sheet, name: &str) -> Vec<T> {
        let items = sheet.lists.iter().filter(|list| list.name == name).flat_map(|list| &list.items);
        let read = items
            .enumerate()
            .map(|(number, item)| self.json(&format!("/{name}/{number}"), &item.text));
        read.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    /// Reads a day; none where nothing is typed.
    fn day(&mut self, at: &str, text: &str) -> Option<NaiveDate> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let day = text.parse().ok();
        if day.is_none() {
            self.problems.push(FieldProblem::new(at, "must be a date such as 2026-06-30"));
        }
        day
    }

    fn finish<T>(self, value: T) -> Result<T, Vec<FieldProblem>> {
        if self.problems.is_empty() { Ok(value) } else { Err(self.problems) }
    }
}

/// The lines of a field that say something.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// The pack that was typed, for an owner.
///
/// # Errors
/// All that cannot be read.
pub(super) fn pack(sheet: &Sheet, owner: Option<&str>) -> Result<RulePack, Vec<FieldProblem>> {
    let mut reader = Reader::default();
    let head = &sheet.head;
    let effective_from = reader.day("/effective_from", &head.effective_from);
    if head.effective_from.trim().is_empty() {
        reader.problems.push(FieldProblem::new("/effective_from", "is required"));
    }
    let effective_to = reader.day("/effective_to", &head.effective_to);
    let english = head.title_en.trim();
    let pack = RulePack {
        code: head.code.trim().to_owned(),
        title: Bilingual {
            zh: head.title_zh.trim().to_owned(),
            en: (!english.is_empty()).then(|| english.to_owned()),
        },
        owner: owner.map(str::to_owned),
        legal_basis: lines(&head.legal_basis),
        effective_from: effective_from.unwrap_or_default(),
        effective_to,
        selected_by: SelectedBy::parse(&head.selected_by),
        under: lines(&head.under),
        programmes: lines(&head.programmes),
        definitions: reader.part(sheet, "definitions").unwrap_or_default(),
        clauses: reader.list(sheet, "clauses"),
        limits: reader.list(sheet, "limits"),
        highest_only: reader.list(sheet, "highest_only"),
        once_only: reader.list(sheet, "once_only"),
        exclusions: reader.list(sheet, "exclusions"),
        admission: reader.part(sheet, "admission"),
        claims: reader.part(sheet, "claims"),
    };
    reader.finish(pack)
}

/// The test cases that were typed.
///
/// # Errors
/// All that cannot be read.
pub(super) fn cases(sheet: &Sheet) -> Result<Vec<PackCase>, Vec<FieldProblem>> {
    let mut reader = Reader::default();
    let cases = reader.list(sheet, CASES);
    reader.finish(cases)
}
