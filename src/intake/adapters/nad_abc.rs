//! The wide template by which Indian institutions upload marks to the National Academic Depository and the Academic Bank of
//! Credits: one row a student and term, and 25 columns for every subject (`SUB1NM`, `SUB1`, `SUB1_CREDIT`, ...). Every subject is
//! an outcome.
//!
//! The number of an Academic Bank of Credits account is not an identity document, and the bank knows nobody by it. So two
//! columns are added to the template, `document_kind` and `document_number`; rows without them are refused and say so.
//! The template writes days first (`31/05/2024`).

use std::collections::BTreeMap;

use super::{Adapter, Found, Frame, Told, cells, refused};
use crate::intake::about::PassedOver;
use crate::intake::cell::{Cell, Content};
use crate::intake::field::Field;
use crate::intake::mapping::{Column, Mapping};
use crate::intake::problem::{CellProblem, Reason};

/// Columns by which the template is known.
const SIGNS: [&str; 3] = ["CNAME", "SUB1", "ABC_ACCOUNT_ID"];
/// Grades that stand for what was not passed, where the template does not say so itself.
const FAILED: [&str; 6] = ["F", "FAIL", "AB", "ABS", "ABSENT", "RA"];

/// Whether a header is the template's.
pub(in crate::intake) fn recognises(header: &[String]) -> bool {
    SIGNS
        .iter()
        .all(|sign| header.iter().any(|name| name.trim().eq_ignore_ascii_case(sign)))
}

/// Rows of students.
pub(in crate::intake) struct NadAbc {
    /// The places of the columns by their names in capitals.
    places: BTreeMap<String, usize>,
    /// Where the two columns are that say by which document a student is known.
    document_kind: Option<(String, usize)>,
    document_number: Option<(String, usize)>,
    subjects: usize,
    frame: Frame,
}

impl NadAbc {
    pub(in crate::intake) fn new(header: &[String], mapping: &Mapping, frame: Frame) -> Self {
        let named = header.iter().enumerate();
        let places: BTreeMap<String, usize> = named.map(|(place, name)| (name.trim().to_ascii_uppercase(), place)).collect();
        let telling = |field| {
            let mut named = header.iter().enumerate();
            named.find_map(|(place, name)| (mapping.field_of(name) == Some(field)).then(|| (name.clone(), place)))
        };
        let mut subjects = 0;
        while places.contains_key(&format!("SUB{}", subjects + 1)) {
            subjects += 1;
        }
        Self {
            document_kind: telling(Field::DocumentKind),
            document_number: telling(Field::DocumentNumber),
            places,
            subjects,
            frame,
        }
    }

    /// What each column of the template tells, as far as one column tells one thing.
    pub(in crate::intake) fn columns(&self, header: &[String]) -> Vec<Column> {
        let field_of = |name: &str| -> Option<Field> {
            let told = |column: &Option<(String, usize)>| column.as_ref().is_some_and(|(own, _)| own == name);
            let name = name.trim().to_ascii_uppercase();
            let rest = name
                .strip_prefix("SUB")
                .unwrap_or_default()
                .trim_start_matches(|letter: char| letter.is_ascii_digit());
            match (name.as_str(), rest) {
                _ if told(&self.document_kind) => Some(Field::DocumentKind),
                _ if told(&self.document_number) => Some(Field::DocumentNumber),
                ("CNAME", _) => Some(Field::Name),
                ("DOI", _) => Some(Field::AwardedOn),
                (_, "NM") => Some(Field::AchievementName),
                (_, "_TOT") => Some(Field::Score),
                (_, "_GRADE") => Some(Field::Grade),
                (_, "_CREDIT") => Some(Field::Credits),
                (name, "") if name.starts_with("SUB") => Some(Field::AchievementCode),
                _ => None,
            }
        };
        let column = |name: &String| Column {
            name: name.clone(),
            field: field_of(name),
            suggestion: None,
        };
        header.iter().map(column).collect()
    }

    fn text(&self, cells: &[Cell], name: &str) -> Option<String> {
        let cell = cells.get(*self.places.get(name)?)?;
        Some(cell.shown().trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn subject(&self, cells: &[Cell], number: usize, part: usize) -> Option<Told> {
        let column = |suffix: &str| format!("SUB{number}{suffix}");
        let value = |suffix: &str| self.text(cells, &column(suffix));
        let (code, name) = (value(""), value("NM"));
        if code.is_none() && name.is_none() {
            return None;
        }
        let eligible = value("_CREDIT_ELIGIBILITY").map(|text| text.to_uppercase());
        let grade = value("_GRADE");
        let failed = match (eligible.as_deref(), grade.as_deref()) {
            (Some("N" | "NO"), _) => Some(("_CREDIT_ELIGIBILITY", "N")),
            (None, Some(grade)) => FAILED
                .iter()
                .find(|failed| grade.eq_ignore_ascii_case(failed))
                .map(|failed| ("_GRADE", *failed)),
            _ => None,
        };
        if let Some((suffix, status)) = failed {
            let status = status.to_owned();
            let problem = CellProblem::of_cell(
                Some(&column(suffix)),
                Some(Field::Grade),
                &status.clone(),
                Reason::NotPassed { status },
            );
            return Some(Err(vec![problem]));
        }
        let mut found = Found::default();
        for (field, name, cell) in self.common(cells) {
            found.put(field, name, cell.clone());
        }
        found.put_text(
            Field::AwardedOn,
            "DOI",
            self.text(cells, "DOI").map(|text| year_first(&text)).as_deref(),
        );
        found.put_text(Field::AchievementCode, &column(""), code.as_deref());
        found.put_text(Field::AchievementName, &column("NM"), name.as_deref());
        found.put_text(Field::Credits, &column("_CREDIT"), value("_CREDIT").as_deref());
        found.put_text(Field::Score, &column("_TOT"), value("_TOT").as_deref());
        found.put_text(Field::Grade, &column("_GRADE"), grade.as_deref());
        Some(found.tell(part, &self.frame))
    }

    /// Who it is: the same for all subjects of a row.
    fn common<'a>(&'a self, cells: &'a [Cell]) -> Vec<(Field, &'a str, &'a Cell)> {
        let told = |field, column: &'a Option<(String, usize)>| {
            let (name, place) = column.as_ref()?;
            Some((field, name.as_str(), cells.get(*place)?))
        };
        let name = self
            .places
            .get("CNAME")
            .and_then(|place| Some((Field::Name, "CNAME", cells.get(*place)?)));
        let kind = told(Field::DocumentKind, &self.document_kind);
        [kind, told(Field::DocumentNumber, &self.document_number), name]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// The template's `31/05/2024` as `2024-05-31`; anything else as it is.
fn year_first(text: &str) -> String {
    match text.split(['/', '-', '.']).collect::<Vec<_>>().as_slice() {
        [day, month, year] if year.len() == 4 && day.len() <= 2 && month.len() <= 2 => format!("{year}-{month}-{day}"),
        _ => text.to_owned(),
    }
}

impl Adapter for NadAbc {
    fn tell(&mut self, content: &Content, _: &mut PassedOver) -> Option<Vec<Told>> {
        let cells = cells(content);
        let known = self
            .document_number
            .as_ref()
            .and_then(|(_, place)| cells.get(*place))
            .is_some_and(|cell| !cell.is_blank());
        let kind_known = self
            .document_kind
            .as_ref()
            .and_then(|(_, place)| cells.get(*place))
            .is_some_and(|cell| !cell.is_blank());
        if !known || !kind_known {
            let reason = Reason::IdentityNotKnown {
                what: "ABC_ACCOUNT_ID".to_owned(),
            };
            let number = self.text(cells, "ABC_ACCOUNT_ID").unwrap_or_default();
            let column = Some("ABC_ACCOUNT_ID");
            return refused(CellProblem::of_cell(column, Some(Field::DocumentNumber), &number, reason));
        }
        let most = self.frame.limits.outcomes_per_row_max;
        let mut told = Vec::new();
        for number in 1..=self.subjects {
            if let Some(subject) = self.subject(cells, number, told.len()) {
                told.push(subject);
            }
            if told.len() > most {
                return refused(CellProblem::of_row(Reason::TooManyOutcomes { most }));
            }
        }
        if told.is_empty() {
            return refused(CellProblem::of_row(Reason::NoOutcome {}));
        }
        Some(told)
    }
}
