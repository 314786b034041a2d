//! The problems that were found, in order, never more than are told; and the plain checks that all rules share.

use super::{PackFault, PackProblem, shaped};

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    found: Vec<PackProblem>,
    more: bool,
    rule: Option<String>,
}

impl Report {
    /// What follows is about one rule.
    pub(super) fn about(&mut self, rule: &str) {
        self.rule = Some(rule.chars().take(40).collect());
    }

    /// What follows is about the document.
    pub(super) fn about_all(&mut self) {
        self.rule = None;
    }

    /// How many problems there are; never falls.
    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// Whether further problems would not be told.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= PackProblem::MOST
    }

    /// Adds a problem, unless there are too many already.
    pub(super) fn add(&mut self, fault: PackFault, pointer: impl Into<String>, detail: impl Into<String>) {
        if self.is_full() {
            self.more = true;
            return;
        }
        self.found.push(PackProblem {
            pointer: pointer.into(),
            fault,
            rule: self.rule.clone(),
            detail: shortened(detail.into()),
        });
    }

    /// A code of the shape of codes.
    pub(super) fn code(&mut self, code: &str, at: impl Fn() -> String) {
        if !shaped(code) {
            self.add(PackFault::Invalid, at(), "must have 1 to 40 of a-z, 0-9 and hyphen");
        }
    }

    /// A text that says something and is not too long.
    pub(super) fn text(&mut self, text: &str, most: usize, at: impl Fn() -> String) {
        if text.trim().is_empty() {
            self.add(PackFault::Invalid, at(), format!("must have 1 to {most} characters"));
        } else if text.chars().nth(most).is_some() {
            self.add(PackFault::TooLarge, at(), format!("must have 1 to {most} characters"));
        }
    }

    /// A list that is neither too short nor too long.
    pub(super) fn size(&mut self, items: usize, least: usize, most: usize, at: impl Fn() -> String) {
        if items > most {
            self.add(
                PackFault::TooLarge,
                at(),
                format!("must have {least} to {most} items, and has {items}"),
            );
        } else if items < least {
            self.add(
                PackFault::Invalid,
                at(),
                format!("must have {least} to {most} items, and has {items}"),
            );
        }
    }

    /// A list of words, each of which says something.
    pub(super) fn words(&mut self, words: &[String], at: impl Fn() -> String) {
        self.size(words.len(), 0, WORDS_MAX, &at);
        for (number, word) in words.iter().enumerate().take(WORDS_MAX) {
            self.text(word, WORD_CHARACTERS_MAX, || format!("{}/{number}", at()));
        }
    }

    /// Everything that was found; where there was more, the last one says so.
    pub(super) fn finish(self) -> Vec<PackProblem> {
        let Self { mut found, more, .. } = self;
        if more {
            found.push(PackProblem {
                pointer: String::new(),
                fault: PackFault::TooLarge,
                rule: None,
                detail: format!("has more problems than are told: only the first {} stand here", PackProblem::MOST),
            });
        }
        found
    }
}

/// The most words of a list, and characters of a word.
pub(super) const WORDS_MAX: usize = 200;
const WORD_CHARACTERS_MAX: usize = 100;

/// A sentence quotes what the author wrote, which may be of any length.
fn shortened(detail: String) -> String {
    const MOST: usize = 500;
    match detail.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", detail.get(..end).unwrap_or_default()),
        None => detail,
    }
}
