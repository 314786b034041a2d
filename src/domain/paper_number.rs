//! Numbers of papers that the bank issues: the year, 14 digits by chance, and two check digits by ISO 7064, MOD 97-10.

use super::text::in_fours;

/// The number of a statement or certificate, such as `20260000000000000129`. It cannot be guessed: whoever has it has the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperNumber(String);

const YEARS: std::ops::RangeInclusive<u128> = 2000..=9999;

impl PaperNumber {
    /// Makes a number of a year from random bits; `None` for a year of other than four digits.
    pub fn from_entropy(year: i32, entropy: u64) -> Option<Self> {
        let year = u128::try_from(year).ok().filter(|year| YEARS.contains(year))?;
        let body = year * 100_000_000_000_000 + u128::from(entropy) % 100_000_000_000_000;
        let check = 98 - body * 100 % 97;
        Some(Self(format!("{body}{check:02}")))
    }

    /// Reads a number, spaces and hyphens forgiven; `None` when the check digits are wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|character| !matches!(character, ' ' | '-')).collect();
        let well_formed = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        let number: u128 = digits.parse().ok()?;
        // The check digits of MOD 97-10 are 02 to 98.
        (well_formed && number % 97 == 1 && (2..=98).contains(&(number % 100))).then_some(Self(digits))
    }

    /// The 20 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people read it: `2026 0000 0000 0000 0129`.
    pub fn spaced(&self) -> String {
        in_fours(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::PaperNumber;
    use proptest::prelude::*;

    #[test]
    fn a_number_has_its_year_and_is_read_with_spaces() {
        let number = PaperNumber::from_entropy(2026, 1).unwrap();
        assert_eq!(&number.as_str()[..18], "202600000000000001");
        assert_eq!(PaperNumber::parse(&number.spaced()), Some(number.clone()));
        assert_eq!(number.spaced().len(), 24);
        assert_eq!(PaperNumber::from_entropy(999, 1), None);
        assert_eq!(PaperNumber::parse("1234567890123494"), None, "that of an account");
    }

    proptest! {
        #[test]
        fn a_number_reads_back_and_no_slip_does(entropy: u64, place in 0..20usize, digit in 0..10u8) {
            let number = PaperNumber::from_entropy(2026, entropy).unwrap();
            prop_assert_eq!(PaperNumber::parse(number.as_str()), Some(number.clone()));
            let mut digits = number.as_str().as_bytes().to_vec();
            if digits[place] != b'0' + digit {
                digits[place] = b'0' + digit;
                prop_assert_eq!(PaperNumber::parse(std::str::from_utf8(&digits).unwrap()), None);
            }
            let mut digits = number.as_str().as_bytes().to_vec();
            if place < 19 && digits[place] != digits[place + 1] {
                digits.swap(place, place + 1);
                prop_assert_eq!(PaperNumber::parse(std::str::from_utf8(&digits).unwrap()), None);
            }
        }
    }
}
