//! From whole hundredths to the solver's floats and back. Nothing else in the domain knows a float, and no answer of the
//! solver's counts before the model has permitted it in whole numbers.

/// A number for the solver; amounts are far below the 2^53 up to which every whole number is exact.
pub(super) fn float(number: i64) -> f64 {
    i32::try_from(number).map_or(f64::from(i32::MAX), f64::from)
}

/// A number of the solver's as the nearest whole one.
#[expect(
    clippy::as_conversions,
    reason = "there is no other way from a float to a whole number; it saturates, and the model checks the result"
)]
pub(super) fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// The greatest number of which both are multiples.
pub(super) fn greatest_common_divisor(one: i64, other: i64) -> i64 {
    if other == 0 {
        one
    } else {
        greatest_common_divisor(other, one % other)
    }
}
