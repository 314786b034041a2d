//! Plain rows: one outcome each, told by columns or by the properties of a record. What other adapters find out becomes an
//! outcome here too, so that values are judged in one place.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use super::cell::{Cell, is_invisible};
use super::field::Field;
use super::numbers::{hours, is_rounded, is_scientific, place};
use super::problem::{CellProblem, Reason};
use super::told::ToldOutcome;
use super::{dates, spoken};
use crate::domain::identity_document::{DocumentError, DocumentKind, IdentityDocument};
use crate::domain::outcome::ContestResult;

/// What is given for one outcome, by what it tells.
pub(super) struct Given<'a> {
    pub(super) cells: BTreeMap<Field, &'a Cell>,
    pub(super) columns: Arc<BTreeMap<Field, String>>,
    pub(super) part: u16,
    pub(super) today: NaiveDate,
    pub(super) characters_max: usize,
}

/// Words that stand for nothing in a column that may be empty.
const NOTHING: [&str; 8] = ["-", "--", "—", "——", "/", "无", "N/A", "n/a"];

struct Judge<'a, 'b> {
    given: &'b Given<'a>,
    problems: Vec<CellProblem>,
}

impl Judge<'_, '_> {
    fn refuse(&mut self, field: Field, value: &str, reason: Reason) {
        let column = self.given.columns.get(&field).map(String::as_str);
        self.problems.push(CellProblem::of_cell(column, Some(field), value, reason));
    }

    /// The text of a cell without what nobody sees around it; nothing where it is blank or wrong.
    fn text(&mut self, field: Field) -> Option<String> {
        let cell = *self.given.cells.get(&field)?;
        if cell.is_blank() {
            return None;
        }
        let shown = cell.shown();
        let text = shown.trim_matches(is_invisible);
        let reason = match cell {
            Cell::Failed(value) => Some(Reason::SpreadsheetError { value: value.clone() }),
            Cell::Nested => Some(Reason::NotText {}),
            _ if text.chars().count() > self.given.characters_max => Some(Reason::CellTooLong {
                characters_max: self.given.characters_max,
            }),
            _ if text.chars().any(char::is_control) && field != Field::Name => Some(Reason::ControlCharacter {}),
            _ => None,
        };
        match reason {
            None => Some(text.to_owned()),
            Some(reason) => {
                self.refuse(field, text, reason);
                None
            }
        }
    }

    fn optional(&mut self, field: Field) -> Option<String> {
        self.text(field).filter(|text| !NOTHING.contains(&text.as_str()))
    }

    fn needed(&mut self, field: Field) -> Option<String> {
        let before = self.problems.len();
        let text = self.text(field);
        if text.is_none() && self.problems.len() == before {
            self.refuse(field, "", Reason::Missing {});
        }
        text
    }

    /// Numbers that name something, of which no digit may be lost.
    fn undamaged(&mut self, field: Field, text: &str) {
        let rounded = matches!(self.given.cells.get(&field), Some(Cell::Number { rounded: true, .. }));
        if rounded || is_scientific(text) {
            self.refuse(field, text, Reason::DamagedNumber {});
        }
    }

    fn read<T>(&mut self, field: Field, read: impl FnOnce(&str) -> Result<T, Reason>) -> Option<T> {
        let text = self.optional(field)?;
        match read(&text) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.refuse(field, &text, reason);
                None
            }
        }
    }

    fn document_number(&mut self, kind: Option<DocumentKind>) -> Option<String> {
        let number = without_apostrophe(self.needed(Field::DocumentNumber)?);
        self.undamaged(Field::DocumentNumber, &number);
        let resident = DocumentKind::ResidentIdentityCard;
        let wrong = || IdentityDocument::parse(resident, &number, self.given.today) == Err(DocumentError::CheckDigit);
        if kind == Some(resident) && is_rounded(&number, wrong) {
            self.refuse(Field::DocumentNumber, &number, Reason::DamagedNumber {});
        }
        Some(number)
    }

    fn awarded_on(&mut self) -> Option<NaiveDate> {
        match self.given.cells.get(&Field::AwardedOn) {
            Some(Cell::Date(day)) => Some(*day),
            _ => {
                let text = self.needed(Field::AwardedOn)?;
                let read = dates::date(&text);
                read.map_err(|reason| self.refuse(Field::AwardedOn, &text, reason)).ok()
            }
        }
    }

    fn contest(&mut self) -> Option<ContestResult> {
        let contest = ContestResult {
            event: self.optional(Field::ContestEvent),
            place: self.read(Field::ContestPlace, |text| place(text, 999)),
            team_position: self.read(Field::ContestTeamPosition, |text| place(text, 99)),
        };
        Some(contest).filter(|contest| *contest != ContestResult::default())
    }
}

/// People put an apostrophe before a number so that a spreadsheet keeps all of its digits.
fn without_apostrophe(number: String) -> String {
    number.strip_prefix(['\'', '’', '‘', '＇']).map(str::to_owned).unwrap_or(number)
}

/// Half-width digits and letters, for what is compared or counted later.
fn half_width(text: String) -> String {
    text.nfkc().collect()
}

/// Makes an outcome of what is given.
///
/// # Errors
/// Everything that is wrong with it, cell by cell.
pub(super) fn tell(given: &Given<'_>) -> Result<ToldOutcome, Vec<CellProblem>> {
    let mut judge = Judge {
        given,
        problems: Vec::new(),
    };
    let kind = match judge.optional(Field::DocumentKind) {
        None => Some(DocumentKind::ResidentIdentityCard),
        Some(text) => spoken::document_kind(&text)
            .map_err(|reason| judge.refuse(Field::DocumentKind, &text, reason))
            .ok(),
    };
    let document_number = judge.document_number(kind);
    let name = judge.needed(Field::Name);
    let achievement_code = judge.needed(Field::AchievementCode);
    let awarded_on = judge.awarded_on();
    let certificate_number = judge.optional(Field::CertificateNumber).map(without_apostrophe);
    if let Some(number) = &certificate_number {
        judge.undamaged(Field::CertificateNumber, number);
    }
    let hours = judge.read(Field::Hours, hours);
    let trainee_group = judge.read(Field::TraineeGroup, spoken::trainee_group).flatten();
    let contest = judge.contest();
    let achievement_name = judge.optional(Field::AchievementName);
    let grade = judge.optional(Field::Grade);
    let grading_scale = judge.optional(Field::GradingScale);
    let score = judge.optional(Field::Score).map(half_width);
    let credits = judge.optional(Field::Credits).map(half_width);
    match (kind, document_number, name, achievement_code, awarded_on) {
        (Some(document_kind), Some(document_number), Some(name), Some(achievement_code), Some(awarded_on)) if judge.problems.is_empty() => {
            Ok(ToldOutcome {
                part: given.part,
                document_kind,
                document_number,
                name: name.split_whitespace().collect::<Vec<_>>().join(" "),
                achievement_code,
                achievement_name,
                awarded_on,
                certificate_number,
                grade,
                grading_scale,
                score,
                hours,
                credits,
                trainee_group,
                contest,
                signed_by: None,
                columns: Arc::clone(&given.columns),
            })
        }
        _ => Err(judge.problems),
    }
}
