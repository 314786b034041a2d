//! Account numbers: 14 digits and two check digits by ISO 7064, MOD 97-10.

/// The number of a learner's account, such as `1234567890123494`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNumber(String);

impl AccountNumber {
    /// Makes a number from random bits; the first digit is never 0.
    pub fn from_entropy(entropy: u64) -> Self {
        let body = 10_000_000_000_000 + entropy % 90_000_000_000_000;
        let check = 98 - body * 100 % 97;
        Self(format!("{body}{check:02}"))
    }

    /// Reads a number, spaces and hyphens forgiven; `None` when the check digits are wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|character| !matches!(character, ' ' | '-')).collect();
        let well_formed = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        let number: u64 = digits.parse().ok()?;
        // The check digits of MOD 97-10 are 02 to 98.
        (well_formed && number % 97 == 1 && (2..=98).contains(&(number % 100))).then_some(Self(digits))
    }

    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::AccountNumber;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_reads_back_and_no_slip_does(entropy: u64, place in 0..16usize, digit in 0..10u8) {
            let number = AccountNumber::from_entropy(entropy);
            prop_assert_eq!(AccountNumber::parse(number.as_str()), Some(number.clone()));
            let mut digits = number.as_str().as_bytes().to_vec();
            if digits[place] != b'0' + digit {
                digits[place] = b'0' + digit;
                prop_assert_eq!(AccountNumber::parse(std::str::from_utf8(&digits).unwrap()), None);
            }
            let mut digits = number.as_str().as_bytes().to_vec();
            if place < 15 && digits[place] != digits[place + 1] {
                digits.swap(place, place + 1);
                prop_assert_eq!(AccountNumber::parse(std::str::from_utf8(&digits).unwrap()), None);
            }
        }
    }
}
