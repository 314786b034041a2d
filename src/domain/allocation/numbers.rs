//! From whole hundredths to the solver's floats and back. Nothing else in the domain knows a float, and no answer of the
//! solver's counts before the model has permitted it in whole numbers.
#![expect(
    clippy::float_arithmetic,
    reason = "the solver's answers are floats; here they become whole numbers, and the model checks the result"
)]

/// How far the solver's numbers may be off.
const IMPRECISION: f64 = 1e-4;

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

/// So many times a number of the solver's, as the nearest whole number.
pub(super) fn times(number: f64, times: i64) -> i64 {
    whole(number * float(times))
}

/// So many times a bound of the solver's, as the greatest whole number that is not above it.
pub(super) fn times_at_most(bound: f64, times: i64) -> i64 {
    whole(((bound + IMPRECISION) * float(times)).floor())
}

/// A number of the solver's in thousandths.
pub(super) fn thousandths(number: f64) -> i64 {
    times(number, 1000)
}

/// The greatest number of which both are multiples.
pub(super) fn greatest_common_divisor(one: i64, other: i64) -> i64 {
    if other == 0 {
        one
    } else {
        greatest_common_divisor(other, one % other)
    }
}
