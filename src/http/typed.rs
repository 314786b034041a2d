//! What people type into the fields of a form: texts, days and numbers, or nothing. All that is wrong is named at once.

use std::str::FromStr;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::hours::Hours;
use crate::domain::rejection::{FieldProblem, Rejection};

/// Reads fields one after the other, and keeps what is wrong with them.
#[derive(Debug, Default)]
pub struct Typed {
    problems: Vec<FieldProblem>,
}

impl Typed {
    /// A text without the blanks around it; none where nothing was typed.
    pub fn text(typed: &str) -> Option<String> {
        let text = typed.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A day; none where nothing was typed.
    pub fn day(&mut self, pointer: &str, typed: &str) -> Option<NaiveDate> {
        self.read(pointer, typed, "must be a date such as 2026-06-30")
    }

    /// A day that has to be there.
    pub fn needed_day(&mut self, pointer: &str, typed: &str) -> NaiveDate {
        if typed.trim().is_empty() {
            self.refuse(pointer, "is required");
        }
        self.day(pointer, typed).unwrap_or_default()
    }

    /// A number of hours; none where nothing was typed.
    pub fn hours(&mut self, pointer: &str, typed: &str) -> Option<Hours> {
        let text = Self::text(typed)?;
        match Hours::from_str(&text) {
            Ok(hours) => Some(hours),
            Err(error) => {
                self.refuse(pointer, error.to_string());
                None
            }
        }
    }

    /// An identifier; none where nothing was typed.
    pub fn id(&mut self, pointer: &str, typed: &str) -> Option<Uuid> {
        self.read(pointer, typed, "is not an identifier")
    }

    /// A whole number; none where nothing was typed.
    pub fn number<T: FromStr>(&mut self, pointer: &str, typed: &str) -> Option<T> {
        self.read(pointer, typed, "must be a whole number")
    }

    fn read<T: FromStr>(&mut self, pointer: &str, typed: &str, detail: &str) -> Option<T> {
        let text = Self::text(typed)?;
        let read = text.parse().ok();
        if read.is_none() {
            self.refuse(pointer, detail);
        }
        read
    }

    /// Says that a field is wrong.
    pub fn refuse(&mut self, pointer: &str, detail: impl Into<String>) {
        self.problems.push(FieldProblem::new(pointer, detail));
    }

    /// Refuses the form where any of its fields is wrong.
    ///
    /// # Errors
    /// `InvalidBody`.
    pub fn check(self) -> Result<(), Rejection> {
        Rejection::any_of(self.problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_nothing_and_all_that_is_wrong_is_named() {
        let mut typed = Typed::default();
        assert_eq!(typed.day("/awarded_on", " "), None);
        assert_eq!(typed.day("/awarded_on", " 2024-03-01"), "2024-03-01".parse().ok());
        assert_eq!(typed.hours("/hours", "56"), "56".parse().ok());
        assert_eq!(typed.number::<u16>("/place", "2"), Some(2));
        assert_eq!(Typed::text("  "), None);
        typed.needed_day("/from", "");
        typed.day("/to", "soon");
        typed.hours("/hours", "-1");
        typed.number::<u16>("/place", "1.5");
        let Err(Rejection::InvalidBody { problems }) = typed.check() else {
            panic!("nothing was refused");
        };
        let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
        assert_eq!(pointers, ["/from", "/to", "/hours", "/place"]);
        assert!(Typed::default().check().is_ok());
    }
}
