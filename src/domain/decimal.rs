//! Exact quantities of two decimals: whole hundredths in an `i64`, never a float (invariant 1).

/// Why a text or a number is not such a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    #[error("must be a number such as 56 or 2.50, with at most two decimals")]
    NotDecimal,
    #[error("is too large")]
    TooLarge,
    #[error("is less than nothing")]
    Negative,
}

/// Reads `12`, `12.5` or `12.50` as hundredths.
pub(super) fn parse_hundredths(text: &str, max_hundredths: i64) -> Result<i64, DecimalError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 2 {
        return Err(DecimalError::NotDecimal);
    }
    if whole.len() > 12 {
        return Err(DecimalError::TooLarge);
    }
    let whole: i64 = whole.parse().map_err(|_| DecimalError::TooLarge)?;
    let hundredths: i64 = format!("{fraction:0<2}").parse().map_err(|_| DecimalError::NotDecimal)?;
    checked_range(
        whole
            .checked_mul(100)
            .and_then(|whole| whole.checked_add(hundredths))
            .ok_or(DecimalError::TooLarge)?,
        max_hundredths,
    )
}

/// Refuses what is below nothing or above the most.
pub(super) fn checked_range(hundredths: i64, max_hundredths: i64) -> Result<i64, DecimalError> {
    if hundredths < 0 {
        Err(DecimalError::Negative)
    } else if hundredths > max_hundredths {
        Err(DecimalError::TooLarge)
    } else {
        Ok(hundredths)
    }
}

/// Declares a quantity type over hundredths with text, serde and an API schema.
macro_rules! decimal {
    ($(#[$doc:meta])* pub struct $name:ident, max_hundredths = $max:expr, pattern = $pattern:literal, example = $example:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i64);

        impl $name {
            /// The most that one quantity may be, in hundredths.
            pub const MAX_HUNDREDTHS: i64 = $max;

            /// Takes whole hundredths.
            ///
            /// # Errors
            /// Below nothing, or above [`Self::MAX_HUNDREDTHS`].
            pub fn from_hundredths(hundredths: i64) -> Result<Self, DecimalError> {
                checked_range(hundredths, Self::MAX_HUNDREDTHS).map(Self)
            }

            /// Whole hundredths.
            pub const fn hundredths(self) -> i64 {
                self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = DecimalError;

            fn from_str(text: &str) -> Result<Self, DecimalError> {
                parse_hundredths(text, Self::MAX_HUNDREDTHS).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(formatter, "{}.{:02}", self.0 / 100, self.0 % 100)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some($pattern))
                    .examples([serde_json::json!($example)])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

pub(super) use decimal;
