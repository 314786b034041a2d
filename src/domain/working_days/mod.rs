//! Working days 工作日: Monday to Friday without public holidays, and with the weekend days that are worked to make up for
//! them. What is published is data, a document a year; of a year without one the bank says that it does not know yet.
//!
//! How a window is counted, everywhere: the day of the event does not count (民法典 第二百零一条), and the window ends with
//! its last working day, that day included. So it never ends on a day on which nobody works (民法典 第二百零三条).

pub mod holidays;
pub mod shipped;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::words::words;
use holidays::HolidayYear;

words! {
    /// Whether the holidays of all years concerned are published, or some are guessed as Monday to Friday.
    pub enum Certainty {
        Published => "published",
        /// A notice is still to come, late in the year before; the day may move.
        Provisional => "provisional",
    }
}

/// A number of working days, ended by its last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Window {
    /// The last day inside.
    pub last_day: NaiveDate,
    pub certainty: Certainty,
}

/// How many working days there are between two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WorkingDayCount {
    pub days: u32,
    pub certainty: Certainty,
}

/// What a year has beside Monday to Friday.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Exceptions {
    holidays: BTreeSet<NaiveDate>,
    make_up_days: BTreeSet<NaiveDate>,
}

/// The working days of all years, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkingDays {
    years: BTreeMap<i32, Exceptions>,
}

impl WorkingDays {
    /// Put together from documents, a later one of a year in place of an earlier one. What lies outside its year is not
    /// counted; [`HolidayYear::problems`] refuses it before it comes here.
    pub fn of_years(years: &[HolidayYear]) -> Self {
        let exceptions = |year: &HolidayYear| {
            let inside = |day: &NaiveDate| day.year() == year.year;
            let days = year.holidays.iter().flat_map(|holiday| {
                let first = holiday.from.max(NaiveDate::from_ymd_opt(year.year, 1, 1).unwrap_or(holiday.from));
                first.iter_days().take_while(|day| *day <= holiday.to && inside(day))
            });
            Exceptions {
                holidays: days.collect(),
                make_up_days: year.make_up_days.iter().copied().filter(inside).collect(),
            }
        };
        Self {
            years: years.iter().map(|year| (year.year, exceptions(year))).collect(),
        }
    }

    /// Whether the holidays of a day's year are known.
    pub fn knows(&self, day: NaiveDate) -> bool {
        self.years.contains_key(&day.year())
    }

    /// Whether a day is worked; of a year that is not known, whether it is one of Monday to Friday.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        let ordinary = !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        match self.years.get(&day.year()) {
            Some(year) => year.make_up_days.contains(&day) || (ordinary && !year.holidays.contains(&day)),
            None => ordinary,
        }
    }

    /// The window of so many working days after a day, which itself does not count. A window of none ends that day,
    /// whether it is worked or not.
    pub fn add(&self, day: NaiveDate, working_days: u16) -> Window {
        let mut counted = day.iter_days().skip(1).filter(|day| self.is_working_day(*day));
        let last = match usize::from(working_days).checked_sub(1) {
            // No calendar that can be written goes on after the year 262142.
            Some(before_the_last) => counted.nth(before_the_last).unwrap_or(NaiveDate::MAX),
            None => day,
        };
        Window {
            last_day: last,
            certainty: self.certainty(day, last),
        }
    }

    /// How many working days come after `after`, up to `until` and with it; none where `until` is not later.
    pub fn count_between(&self, after: NaiveDate, until: NaiveDate) -> WorkingDayCount {
        let days = after.iter_days().skip(1).take_while(|day| *day <= until);
        let worked = days.filter(|day| self.is_working_day(*day)).count();
        WorkingDayCount {
            days: u32::try_from(worked).unwrap_or(u32::MAX),
            certainty: self.certainty(after, until),
        }
    }

    /// Of the days after one, up to another.
    fn certainty(&self, after: NaiveDate, until: NaiveDate) -> Certainty {
        let first = after.succ_opt().unwrap_or(after);
        if (first.year()..=until.year()).all(|year| self.years.contains_key(&year)) {
            Certainty::Published
        } else {
            Certainty::Provisional
        }
    }
}

#[cfg(test)]
mod tests;
