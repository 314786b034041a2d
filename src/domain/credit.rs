//! Bank credit 学分银行学分, course credit 课程学分 and shares: exact amounts of two decimals.

use serde::{Deserialize, Serialize};

use super::decimal::{DecimalError, checked_range, decimal, parse_hundredths};

decimal! {
    /// An amount of credit; never negative.
    pub struct Credit, max_hundredths = 100_000_000, pattern = "^([0-9]{1,6}([.][0-9]{1,2})?|1000000([.]0{1,2})?)$", example = "2.50"
}

decimal! {
    /// An amount of a programme's course credit; another unit than bank credit, never added to it.
    pub struct CourseCredit, max_hundredths = 1_000_000, pattern = "^([0-9]{1,4}([.][0-9]{1,2})?|10000([.]0{1,2})?)$", example = "3.5"
}

decimal! {
    /// Course credit of many learners together.
    pub struct CourseCreditSum, max_hundredths = 100_000_000_000, pattern = "^([0-9]{1,9}([.][0-9]{1,2})?|1000000000([.]0{1,2})?)$", example = "48210.50"
}

decimal! {
    /// Bank credit of many learners together.
    pub struct CreditSum, max_hundredths = 100_000_000_000, pattern = "^([0-9]{1,9}([.][0-9]{1,2})?|1000000000([.]0{1,2})?)$", example = "182040.50"
}

decimal! {
    /// A score, of whatever scale it was given on: of a hundred mostly, of 710 in the College English Test.
    pub struct Score, max_hundredths = 1_000_000, pattern = "^([0-9]{1,4}([.][0-9]{1,2})?|10000([.]0{1,2})?)$", example = "86"
}

decimal! {
    /// A share of a hundred.
    pub struct Percent, max_hundredths = 10_000, pattern = "^([0-9]{1,2}([.][0-9]{1,2})?|100([.]0{1,2})?)$", example = "50"
}

macro_rules! amount {
    ($name:ident) => {
        impl $name {
            /// Nothing.
            pub const ZERO: Self = Self(0);

            /// The sum, or `None` above the most that an amount may be.
            pub fn checked_add(self, other: Self) -> Option<Self> {
                Self::from_hundredths(self.0.checked_add(other.0)?).ok()
            }

            /// The difference, or `None` below nothing.
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                Self::from_hundredths(self.0.checked_sub(other.0)?).ok()
            }
        }
    };
}

amount!(Credit);
amount!(CourseCredit);
amount!(CourseCreditSum);
amount!(CreditSum);

impl From<Credit> for CreditSum {
    fn from(credit: Credit) -> Self {
        Self(credit.hundredths())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_that_are_credit_and_texts_that_are_not() {
        let cases = [
            ("2.50", Ok(250)),
            ("2.5", Ok(250)),
            ("2", Ok(200)),
            ("0.07", Ok(7)),
            ("1000000", Ok(100_000_000)),
            ("1000000.01", Err(DecimalError::TooLarge)),
            ("99999999999999999999", Err(DecimalError::TooLarge)),
            ("", Err(DecimalError::NotDecimal)),
            (".5", Err(DecimalError::NotDecimal)),
            ("5.", Err(DecimalError::NotDecimal)),
            ("-1", Err(DecimalError::NotDecimal)),
            ("1e3", Err(DecimalError::NotDecimal)),
            ("1.005", Err(DecimalError::NotDecimal)),
            ("２", Err(DecimalError::NotDecimal)),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Credit>().map(Credit::hundredths), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn text_and_back_is_the_same_amount(hundredths in 0..=Credit::MAX_HUNDREDTHS) {
            let credit = Credit::from_hundredths(hundredths).unwrap();
            prop_assert_eq!(credit.to_string().parse::<Credit>().unwrap(), credit);
        }

        #[test]
        fn what_is_taken_away_can_be_put_back(a in 0..=Credit::MAX_HUNDREDTHS, b in 0..=Credit::MAX_HUNDREDTHS) {
            let (a, b) = (Credit::from_hundredths(a).unwrap(), Credit::from_hundredths(b).unwrap());
            match a.checked_sub(b) {
                Some(rest) => prop_assert_eq!(rest.checked_add(b), Some(a)),
                None => prop_assert!(b > a),
            }
        }
    }
}
