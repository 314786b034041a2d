//! The years that ship with the product, from the notices of the State Council. Later ones are added to a running bank as
//! documents of the same form.

use super::holidays::HolidayYear;

/// The documents' texts, from the earliest year.
const TEXTS: [&str; 3] = [
    include_str!("../../../calendars/china-2024.json"),
    include_str!("../../../calendars/china-2025.json"),
    include_str!("../../../calendars/china-2026.json"),
];

/// The years that ship, from the earliest.
pub fn years() -> Vec<HolidayYear> {
    // A test reads each of them, so that none is ever left out.
    TEXTS.iter().filter_map(|text| serde_json::from_str(text).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_year_that_ships_is_read_and_has_no_problems() {
        let years = years();
        assert_eq!(years.iter().map(|year| year.year).collect::<Vec<_>>(), [2024, 2025, 2026]);
        for year in years {
            assert_eq!(year.problems(), Vec::new(), "{}", year.year);
        }
    }

    /// The notices say how many days each year has off: 放假 days on Monday to Friday, less the weekend days worked.
    #[test]
    fn the_years_have_as_many_working_days_as_published() {
        use crate::domain::working_days::WorkingDays;
        let days = WorkingDays::of_years(&years());
        let new_years_eve = |year: i32| chrono::NaiveDate::from_ymd_opt(year, 12, 31).unwrap();
        // Monday to Friday, less the legal holidays of 全国年节及纪念日放假办法 that are given on such days or in their place:
        // 11 until 2024, 13 from 2025 on.
        for (year, weekdays, legal) in [(2024, 262, 11), (2025, 261, 13), (2026, 261, 13)] {
            let counted = days.count_between(new_years_eve(year - 1), new_years_eve(year)).days;
            assert_eq!(counted, weekdays - legal, "{year}");
        }
    }
}
