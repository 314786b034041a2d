//! A pack as it stands in forms: its head as fields, and each of its rules as a text of its own, so that what is wrong stands beside
//! the rule that it is about. Here what was typed is kept whatever it is, and only afterwards read.

use serde::Serialize;

use super::problems::{CASES, LISTS, PARTS, Said, field_of, said_of};
use super::written::written;
use crate::domain::language::Language;
use crate::domain::pack::RulePack;
use crate::domain::pack::readable::{Paragraph, readable};
use crate::domain::rejection::FieldProblem;

/// One text of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) text: String,
    /// What it says, where the whole document can be read.
    pub(super) words: Option<Paragraph>,
}

/// A list of texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct List {
    pub(super) name: &'static str,
    pub(super) items: Vec<Item>,
}

/// What a button of the form asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Save,
    /// To save over what somebody else saved meanwhile.
    SaveOver,
    Check,
    Add(&'static str),
    Remove(&'static str, usize),
    Up(&'static str, usize),
    Down(&'static str, usize),
}

/// The head of a document as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) code: String,
    pub(super) title_zh: String,
    pub(super) title_en: String,
    /// One to a line, like the other lists of the head.
    pub(super) legal_basis: String,
    pub(super) effective_from: String,
    pub(super) effective_to: String,
    pub(super) selected_by: String,
    pub(super) under: String,
    pub(super) programmes: String,
}

/// A form of a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) head: Head,
    pub(super) parts: Vec<(&'static str, String)>,
    pub(super) lists: Vec<List>,
    /// What is wrong with it, once it was looked at.
    pub(super) said: Vec<Said>,
}

fn known(name: &str) -> Option<&'static str> {
    LISTS.into_iter().chain([CASES]).find(|known| *known == name)
}

impl Asked {
    /// Reads the value of a button; to look through it is what is done without one.
    fn of(text: &str) -> Self {
        let mut words = text.split(':');
        let (verb, list) = (words.next().unwrap_or_default(), words.next().and_then(known));
        let place = words.next().and_then(|number| number.parse().ok());
        match (verb, list, place) {
            ("save", None, None) => Self::Save,
            ("over", None, None) => Self::SaveOver,
            ("add", Some(list), None) => Self::Add(list),
            ("remove", Some(list), Some(place)) => Self::Remove(list, place),
            ("up", Some(list), Some(place)) => Self::Up(list, place),
            ("down", Some(list), Some(place)) => Self::Down(list, place),
            _ => Self::Check,
        }
    }
}

fn lines(items: &[String]) -> String {
    items.join("\n")
}

/// What an added text begins with: it lacks what its author has to say, and nothing else.
fn blank(list: &str, number: usize) -> String {
    let text = match list {
        "clauses" => {
            r#"{
  "id": "clause-{number}",
  "citation": "",
  "title": { "zh": "" },
  "outcomes": { "kinds": [] },
  "to": [{ "to": "courses" }],
  "value": { "of": { "base": "bank_credit" } }
}"#
        }
        "limits" => {
            r#"{
  "id": "limit-{number}",
  "citation": "",
  "per": "course",
  "at_most": { "measure": "count", "count": 1, "of": "outcomes" }
}"#
        }
        "highest_only" => r#"{ "id": "highest-{number}", "citation": "", "within": "family", "by": "rank" }"#,
        "once_only" => r#"{ "id": "once-{number}", "citation": "", "within": "achievement" }"#,
        "exclusions" => r#"{ "id": "exclusion-{number}", "citation": "", "outcomes": { "kinds": [] } }"#,
        _ => {
            r#"{
  "name": "",
  "decided_on": "",
  "programme": {},
  "outcomes": [],
  "expected": { "recognised": "0" }
}"#
        }
    };
    text.replace("{number}", &number.to_string())
}

fn items<T: Serialize>(rules: &[T]) -> Vec<Item> {
    let item = |rule: &T| Item {
        text: written(rule),
        words: None,
    };
    rules.iter().map(item).collect()
}

fn part<T: Serialize>(part: Option<&T>) -> String {
    part.map(written).unwrap_or_default()
}

impl Sheet {
    /// The form of a document.
    pub(super) fn of(document: &RulePack) -> Self {
        let lists = [
            ("clauses", items(&document.clauses)),
            ("limits", items(&document.limits)),
            ("highest_only", items(&document.highest_only)),
            ("once_only", items(&document.once_only)),
            ("exclusions", items(&document.exclusions)),
        ];
        let parts = vec![
            ("definitions", part(Some(&document.definitions))),
            ("admission", part(document.admission.as_ref())),
            ("claims", part(document.claims.as_ref())),
        ];
        let day = |day: Option<chrono::NaiveDate>| day.map_or_else(String::new, |day| day.to_string());
        Self {
            head: Head {
                code: document.code.clone(),
                title_zh: document.title.zh.clone(),
                title_en: document.title.en.clone().unwrap_or_default(),
                legal_basis: lines(&document.legal_basis),
                effective_from: document.effective_from.to_string(),
                effective_to: day(document.effective_to),
                selected_by: document.selected_by.map_or_else(String::new, |by| by.to_string()),
                under: lines(&document.under),
                programmes: lines(&document.programmes),
            },
            parts,
            lists: lists.into_iter().map(|(name, items)| List { name, items }).collect(),
            said: Vec::new(),
        }
    }

    /// The form of texts of one list.
    pub(super) fn of_list(name: &'static str, texts: impl Iterator<Item = String>) -> Self {
        let items = texts.map(|text| Item { text, words: None }).collect();
        Self {
            lists: vec![List { name, items }],
            ..Self::default()
        }
    }

    /// What was typed, and what was asked for. Texts of a list come under its name, in their order.
    pub(super) fn typed(lists: &[&'static str], pairs: Vec<(String, String)>) -> (Self, Asked) {
        let mut sheet = Self {
            parts: PARTS.into_iter().map(|name| (name, String::new())).collect(),
            lists: lists.iter().map(|name| List { name, items: Vec::new() }).collect(),
            ..Self::default()
        };
        let mut asked = Asked::Check;
        for (name, value) in pairs {
            let head = &mut sheet.head;
            let field = match name.as_str() {
                "do" => {
                    asked = Asked::of(&value);
                    continue;
                }
                "code" => &mut head.code,
                "title_zh" => &mut head.title_zh,
                "title_en" => &mut head.title_en,
                "legal_basis" => &mut head.legal_basis,
                "effective_from" => &mut head.effective_from,
                "effective_to" => &mut head.effective_to,
                "selected_by" => &mut head.selected_by,
                "under" => &mut head.under,
                "programmes" => &mut head.programmes,
                other => {
                    if let Some(list) = sheet.lists.iter_mut().find(|list| list.name == other) {
                        list.items.push(Item { text: value, words: None });
                    } else if let Some((_, part)) = sheet.parts.iter_mut().find(|(name, _)| *name == other) {
                        *part = value;
                    }
                    continue;
                }
            };
            *field = value;
        }
        (sheet, asked)
    }

    /// Adds, removes or moves a text; nothing where there is none.
    pub(super) fn arrange(&mut self, asked: Asked) {
        let (name, place) = match asked {
            Asked::Save | Asked::SaveOver | Asked::Check => return,
            Asked::Add(name) => (name, 0),
            Asked::Remove(name, place) | Asked::Up(name, place) | Asked::Down(name, place) => (name, place),
        };
        let Some(list) = self.lists.iter_mut().find(|list| list.name == name) else {
            return;
        };
        let items = &mut list.items;
        let swapped = match asked {
            Asked::Add(_) => {
                let text = blank(name, items.len() + 1);
                items.push(Item { text, words: None });
                return;
            }
            Asked::Remove(..) => {
                if place < items.len() {
                    items.remove(place);
                }
                return;
            }
            Asked::Up(..) => place.checked_sub(1),
            _ => place.checked_add(1),
        };
        if let Some(other) = swapped.filter(|other| place.max(*other) < items.len()) {
            items.swap(place, other);
        }
    }

    /// Puts what a document says beside its rules.
    pub(super) fn say(&mut self, document: &RulePack, language: Language) {
        let mut paragraphs = readable(document, language).paragraphs;
        // The rules stand together, and behind them what is one text each.
        let behind = usize::from(document.admission.is_some()) + usize::from(document.claims.is_some());
        let rules: usize = self.lists.iter().map(|list| list.items.len()).sum();
        let first = paragraphs.len().saturating_sub(rules + behind);
        let mut words = paragraphs.drain(first..);
        for item in self.lists.iter_mut().flat_map(|list| &mut list.items) {
            item.words = words.next();
        }
    }

    /// Notes what is wrong, by pointers into the document.
    pub(super) fn note(&mut self, problems: impl IntoIterator<Item = FieldProblem>, language: Language) {
        let problems = problems.into_iter();
        let said = problems.map(|problem| said_of(&problem, language, |field| self.text_of(field)));
        self.said = said.collect();
    }

    /// What stands in a field whose text is JSON.
    fn text_of(&self, field: &str) -> Option<&str> {
        if let Some((_, part)) = self.parts.iter().find(|(name, _)| *name == field) {
            // A part that is absent is not one that breaks off.
            return Some(part.as_str()).filter(|text| !text.trim().is_empty());
        }
        let (name, place) = field.rsplit_once('-')?;
        let list = self.lists.iter().find(|list| list.name == name)?;
        list.items.get(place.parse::<usize>().ok()?).map(|item| item.text.as_str())
    }

    /// What is wrong and about nothing that the form shows.
    pub(super) fn elsewhere(&self) -> impl Iterator<Item = &Said> {
        let fields: Vec<String> = self
            .lists
            .iter()
            .flat_map(|list| (0..list.items.len()).map(|place| format!("{}-{place}", list.name)))
            .collect();
        self.said.iter().filter(move |said| {
            let is_rule = said.field.rsplit_once('-').is_some_and(|(name, _)| known(name).is_some());
            said.field == field_of("").0 || (is_rule && !fields.contains(&said.field))
        })
    }
}

#[cfg(test)]
#[path = "sheet_tests.rs"]
mod tests;
