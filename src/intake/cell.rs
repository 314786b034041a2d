//! What stands in one cell, and the units in which files are read.

use chrono::NaiveDate;

use super::file_problem::FileProblem;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    /// A number of a spreadsheet or of JSON, as digits. Beyond 15 of them whoever wrote the file may have rounded it.
    Number {
        text: String,
        rounded: bool,
    },
    Date(NaiveDate),
    /// The name of the error that a formula ended with.
    Failed(String),
    /// A value of JSON that is neither a text nor a number.
    Nested,
}

impl Cell {
    /// The text as people see it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Empty | Self::Nested => String::new(),
            Self::Text(text) | Self::Number { text, .. } | Self::Failed(text) => text.clone(),
            Self::Date(day) => day.to_string(),
        }
    }

    /// Whether nothing stands in it that anybody sees.
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim_matches(is_invisible).is_empty(),
            _ => false,
        }
    }

    /// A number of binary floating point, in its 15 digits.
    pub(super) fn of_float(number: f64) -> Self {
        // Written and read once more, so that 0.1 + 0.2 is 0.3 as spreadsheets show it.
        let text = format!("{number:.14e}").parse::<f64>().unwrap_or(number).to_string();
        Self::Number {
            text,
            rounded: number.abs() >= ROUNDED_FROM,
        }
    }
}

/// The least number of 16 digits.
const ROUNDED_FROM: f64 = 1e15;

/// Spaces of any kind, and the marks without width that come with copied text.
pub(super) fn is_invisible(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}')
}

/// One unit of a file, with its number as people count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) row: u64,
    pub(super) content: Content,
}

/// What a unit consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Cells(Vec<Cell>),
    /// A record of JSON, or a JWT, as its text.
    Record(String),
}

impl Unit {
    /// Whether nothing stands in it.
    pub(super) fn is_blank(&self) -> bool {
        match &self.content {
            Content::Cells(cells) => cells.iter().all(Cell::is_blank),
            Content::Record(text) => text.trim_matches(is_invisible).is_empty(),
        }
    }
}

/// Where units come from, in their order.
pub(super) trait Units: Send {
    /// The next unit; one without anything in it may be left out, as long as `empty` counts it.
    fn next_unit(&mut self) -> Result<Option<Unit>, FileProblem>;

    /// How many units without anything in them were left out so far.
    fn empty(&self) -> u64;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_spreadsheets_show_them() {
        let text = |number| match Cell::of_float(number) {
            Cell::Number { text, rounded } => (text, rounded),
            other => panic!("{other:?}"),
        };
        // What 0.1 + 0.2 is.
        assert_eq!(text(0.300_000_000_000_000_04), ("0.3".to_owned(), false));
        assert_eq!(text(32.0), ("32".to_owned(), false));
        assert_eq!(text(110_105_491_231_002.0), ("110105491231002".to_owned(), false));
        assert!(text(410_526_198_907_157_350.0).1);
        assert_eq!(text(f64::NAN).0, "NaN");
    }
}
