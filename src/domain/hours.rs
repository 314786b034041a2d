//! Hours of learning 学时, exact to a hundredth.

use serde::{Deserialize, Serialize};

use super::decimal::{DecimalError, checked_range, decimal, parse_hundredths};

decimal! {
    /// A number of hours; never negative.
    pub struct Hours, max_hundredths = 9_999_999, pattern = "^[0-9]{1,5}([.][0-9]{1,2})?$", example = "56"
}
