//! Hours of learning 学时, exact to a hundredth.

use serde::{Deserialize, Serialize};

use super::decimal::{DecimalError, checked_range, decimal, parse_hundredths};

decimal! {
    /// A number of hours; never negative.
    pub struct Hours, max_hundredths = 10_000_000, example = "56"
}
