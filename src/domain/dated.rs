//! Dated versions of published documents: each is in force from its first day until its own last day, or until the next
//! version begins. What was published is never edited.

use chrono::NaiveDate;

use super::rejection::FieldProblem;

/// The last day in force: as published, or the day before the next version begins on `superseded_on`.
pub fn last_day_in_force(effective_to: Option<NaiveDate>, superseded_on: Option<NaiveDate>) -> Option<NaiveDate> {
    let before_next = superseded_on.and_then(|day| day.pred_opt());
    effective_to.min(before_next).or(effective_to).or(before_next)
}

/// A next version must begin later than the one before, of which this is the first day; else the field at `pointer` is wrong.
pub fn out_of_order(before: Option<NaiveDate>, effective_from: NaiveDate, pointer: &str) -> Option<FieldProblem> {
    let before = before.filter(|before| effective_from <= *before)?;
    let detail = format!("must be later than that of the version before, {before}");
    Some(FieldProblem::new(pointer, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_ends_on_its_own_last_day_or_before_the_next() {
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        let cases = [
            (None, None, None),
            (day("2024-06-30"), None, day("2024-06-30")),
            (None, day("2024-07-01"), day("2024-06-30")),
            (day("2024-03-31"), day("2024-07-01"), day("2024-03-31")),
            (day("2025-03-31"), day("2024-07-01"), day("2024-06-30")),
        ];
        for (effective_to, superseded_on, expected) in cases {
            assert_eq!(
                last_day_in_force(effective_to, superseded_on),
                expected,
                "{effective_to:?} {superseded_on:?}"
            );
        }
    }

    #[test]
    fn a_next_version_begins_later() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(out_of_order(None, day("2024-01-01"), "/effective_from"), None);
        assert_eq!(out_of_order(Some(day("2024-01-01")), day("2024-01-02"), "/effective_from"), None);
        let refused = out_of_order(Some(day("2024-01-01")), day("2024-01-01"), "/effective_from").unwrap();
        assert!(refused.detail.ends_with("2024-01-01"), "{}", refused.detail);
    }
}
