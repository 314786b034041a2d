//! Expiry: when a learner is told that credit will soon be of no use.

use chrono::{Days, NaiveDate};

/// How many days before the last day of use it is told, the earliest first.
pub const WARNING_DAYS: [i16; 3] = [90, 30, 7];

/// The warning that is to be told on a day, as its number of days: the latest whose day has come. `None` where it or a later one
/// was told already, and where the last day of use is over. So credit that comes with ten days left is warned of as at 30
/// days and then at 7, and after days on which nobody warned one warning is told and not all that were missed.
pub fn warning_due(usable_until: NaiveDate, today: NaiveDate, told: Option<i16>) -> Option<i16> {
    let left = usable_until.signed_duration_since(today).num_days();
    let latest = WARNING_DAYS.into_iter().rfind(|days| (0..=i64::from(*days)).contains(&left))?;
    told.is_none_or(|told| latest < told).then_some(latest)
}

/// The first day after `today` on which a warning is told.
pub fn next_warning_on(usable_until: NaiveDate, today: NaiveDate) -> Option<NaiveDate> {
    let day = |days: i16| usable_until.checked_sub_days(Days::new(days.unsigned_abs().into()));
    WARNING_DAYS.into_iter().filter_map(day).find(|day| *day > today)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn last() -> NaiveDate {
        "2027-03-01".parse().unwrap()
    }

    fn before(days: u64) -> NaiveDate {
        last().checked_sub_days(Days::new(days)).unwrap()
    }

    #[test]
    fn the_latest_warning_whose_day_has_come_is_told_once() {
        let cases = [
            (91, None, None),
            (90, None, Some(90)),
            (90, Some(90), None),
            (31, Some(90), None),
            (30, Some(90), Some(30)),
            (8, Some(30), None),
            (7, Some(30), Some(7)),
            (0, Some(30), Some(7)),
            (0, Some(7), None),
            // Granted with ten days left.
            (10, None, Some(30)),
            // Nobody warned for a long time.
            (5, Some(90), Some(7)),
            (5, None, Some(7)),
        ];
        for (left, told, expected) in cases {
            assert_eq!(warning_due(last(), before(left), told), expected, "{left} days left, told {told:?}");
        }
        assert_eq!(warning_due(last(), last().succ_opt().unwrap(), None), None, "it is over");
    }

    #[test]
    fn the_next_warning_has_a_day() {
        let cases = [(200, Some(90)), (90, Some(30)), (30, Some(7)), (8, Some(7)), (7, None), (0, None)];
        for (left, expected) in cases {
            assert_eq!(next_warning_on(last(), before(left)), expected.map(before), "{left} days left");
        }
    }

    proptest! {
        /// Whatever the days on which somebody looks: each warning at most once, in order, and the last look before the end
        /// leaves none untold whose day had come.
        #[test]
        fn each_warning_is_told_at_most_once_in_order(mut looks in proptest::collection::vec(0u64..200, 1..40)) {
            looks.sort_unstable_by(|one, other| other.cmp(one));
            let mut told = Vec::new();
            for left in &looks {
                let due = warning_due(last(), before(*left), told.last().copied());
                told.extend(due);
                prop_assert_eq!(warning_due(last(), before(*left), told.last().copied()), None, "a second look on the same day");
            }
            prop_assert!(told.windows(2).all(|two| two[0] > two[1]), "{:?}", told);
            let least = *looks.last().unwrap();
            let expected = WARNING_DAYS.into_iter().rfind(|days| least <= u64::try_from(*days).unwrap());
            prop_assert_eq!(told.last().copied(), expected);
        }
    }
}
