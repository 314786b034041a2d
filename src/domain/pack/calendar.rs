//! Terms and years of a pack's own, for limits per period: not every year begins on New Year's Day.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// A stretch of every year; it may run over New Year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    #[schema(min_length = 1, max_length = 40, example = "spring")]
    pub code: String,
    /// Its first day, month and day.
    #[schema(pattern = "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", example = "03-01")]
    pub first_day: String,
    /// Its last day; 29 February is the last of that month in every year.
    #[schema(pattern = "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$", example = "08-31")]
    pub last_day: String,
}

/// Terms or years, for limits per period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    #[schema(min_length = 1, max_length = 40, example = "semesters")]
    pub code: String,
    #[schema(min_items = 1, max_items = 12)]
    pub periods: Vec<Period>,
}

impl Calendar {
    /// The period that a day is in, with the year in which it began.
    pub fn period_of(&self, day: NaiveDate) -> Option<String> {
        let own = (day.month(), day.day());
        self.periods.iter().find_map(|period| {
            let (first, last) = (month_and_day(&period.first_day)?, month_and_day(&period.last_day)?);
            // The end of February is its last day in every year.
            let last = if last == (2, 28) { (2, 29) } else { last };
            let year = if first <= last {
                (first <= own && own <= last).then_some(day.year())
            } else if own >= first {
                Some(day.year())
            } else {
                (own <= last).then_some(day.year() - 1)
            };
            year.map(|year| format!("{} {year}", period.code))
        })
    }
}

fn month_and_day(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    Some((month.parse().ok()?, day.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_over_new_year_belongs_to_the_year_in_which_it_began() {
        let period = |code: &str, first_day: &str, last_day: &str| Period {
            code: code.to_owned(),
            first_day: first_day.to_owned(),
            last_day: last_day.to_owned(),
        };
        let calendar = Calendar {
            code: "semesters".to_owned(),
            periods: vec![period("spring", "03-01", "08-31"), period("autumn", "09-01", "02-28")],
        };
        let cases = [
            ("2024-03-01", "spring 2024"),
            ("2024-08-31", "spring 2024"),
            ("2024-09-01", "autumn 2024"),
            ("2025-02-28", "autumn 2024"),
            ("2024-02-29", "autumn 2023"),
        ];
        for (day, expected) in cases {
            assert_eq!(calendar.period_of(day.parse().unwrap()).as_deref(), Some(expected), "{day}");
        }
    }
}
