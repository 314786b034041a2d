//! Windows over national holidays, make-up days, and years that nobody has published yet.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn known() -> WorkingDays {
    WorkingDays::of_years(&shipped::years())
}

#[test]
fn windows_end_where_the_notices_say() {
    let published = Certainty::Published;
    let cases = [
        // An ordinary week: Monday, and the days after it.
        ("2025-06-09", 1, "2025-06-10", published),
        ("2025-06-09", 5, "2025-06-16", published),
        // National Day 2025: off from Wednesday, 1 October, to the 8th; Sunday, 28 September, and Saturday, 11 October, are worked.
        ("2025-09-26", 1, "2025-09-28", published),
        ("2025-09-26", 3, "2025-09-30", published),
        ("2025-09-30", 1, "2025-10-09", published),
        ("2025-09-30", 3, "2025-10-11", published),
        ("2025-09-30", 4, "2025-10-13", published),
        ("2025-10-03", 5, "2025-10-14", published),
        // Spring Festival 2026: off from 15 to 23 February; Saturdays the 14th and the 28th are worked.
        ("2026-02-13", 1, "2026-02-14", published),
        ("2026-02-13", 2, "2026-02-24", published),
        ("2026-02-23", 5, "2026-02-28", published),
        ("2026-02-20", 6, "2026-03-02", published),
        // An event on a day on which nobody works; a window of none.
        ("2026-02-21", 1, "2026-02-24", published),
        ("2026-02-21", 0, "2026-02-21", published),
        // Over New Year into a year that is known, and into one that is not.
        ("2025-12-31", 1, "2026-01-04", published),
        ("2026-12-30", 1, "2026-12-31", published),
        ("2026-12-31", 1, "2027-01-01", Certainty::Provisional),
        ("2026-12-28", 5, "2027-01-04", Certainty::Provisional),
        ("2031-01-03", 1, "2031-01-06", Certainty::Provisional),
    ];
    let days = known();
    for (event, length, last_day, certainty) in cases {
        let expected = Window {
            last_day: day(last_day),
            certainty,
        };
        assert_eq!(days.add(day(event), length), expected, "{length} after {event}");
    }
}

#[test]
fn single_days_are_worked_or_not() {
    let days = known();
    let cases = [
        ("2025-10-08", false),
        ("2025-10-09", true),
        ("2025-10-11", true),
        ("2025-10-12", false),
        ("2024-02-09", true),
        ("2024-02-18", true),
        ("2026-01-04", true),
        ("2027-10-01", true),
        ("2027-10-02", false),
    ];
    for (on, worked) in cases {
        assert_eq!(days.is_working_day(day(on)), worked, "{on}");
    }
    assert!(days.knows(day("2026-12-31")) && !days.knows(day("2027-01-01")));
}

#[test]
fn days_between_are_counted_without_the_first() {
    let days = known();
    let cases = [
        ("2025-09-30", "2025-10-08", 0),
        ("2025-09-30", "2025-10-11", 3),
        ("2025-10-11", "2025-09-30", 0),
        ("2025-10-11", "2025-10-11", 0),
        ("2025-12-31", "2026-12-31", 248),
    ];
    for (after, until, count) in cases {
        assert_eq!(days.count_between(day(after), day(until)).days, count, "{after} {until}");
    }
    assert_eq!(
        days.count_between(day("2026-12-31"), day("2027-01-01")).certainty,
        Certainty::Provisional
    );
}

#[test]
fn a_later_document_of_a_year_takes_the_place_of_an_earlier_one() {
    let mut years = shipped::years();
    let mut mended = years.last().unwrap().clone();
    mended.make_up_days.clear();
    years.push(mended);
    assert!(!WorkingDays::of_years(&years).is_working_day(day("2026-01-04")));
    assert!(WorkingDays::default().is_working_day(day("2026-01-01")));
}

#[test]
fn nonsense_that_nobody_validated_costs_no_more_than_its_year() {
    let mut year = shipped::years().pop().unwrap();
    year.holidays[0].from = NaiveDate::MIN;
    year.holidays[0].to = NaiveDate::MAX;
    let days = WorkingDays::of_years(&[year]);
    assert_eq!(days.count_between(day("2025-12-31"), day("2026-12-31")).days, 6, "the days made up");
    assert_eq!(days.add(NaiveDate::MAX, 1).last_day, NaiveDate::MAX);
}

proptest! {
    #[test]
    fn windows_are_monotone_end_on_a_working_day_and_count_back(start in 0..1_500i64, length in 0..80u16, later in 0..30i64) {
        let days = known();
        let event = day("2023-06-01") + chrono::Duration::days(start);
        let window = days.add(event, length);
        prop_assert!(length == 0 || days.is_working_day(window.last_day));
        prop_assert_eq!(days.count_between(event, window.last_day).days, u32::from(length));
        prop_assert!(window.last_day < days.add(event, length + 1).last_day);
        let after = days.add(event + chrono::Duration::days(later), length);
        prop_assert!(window.last_day <= after.last_day);
        prop_assert_eq!(window.certainty, days.count_between(event, window.last_day).certainty);
    }
}
