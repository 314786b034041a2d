//! 统一社会信用代码: the 18 characters by which an institution is known (GB 32100-2015).

use unicode_normalization::UnicodeNormalization;

const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A code of the right shape. Its check character may still be wrong: three real ones are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditCode(String);

impl CreditCode {
    /// Reads a code; `None` unless it has 18 characters of the standard's alphabet.
    pub fn parse(text: &str) -> Option<Self> {
        let code = text
            .nfkc()
            .filter(|character| !character.is_whitespace())
            .collect::<String>()
            .to_uppercase();
        (code.len() == 18 && code.chars().all(|character| ALPHABET.contains(character))).then_some(Self(code))
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the last character follows from the others. A mismatch is a warning, never a refusal.
    pub fn check_character_matches(&self) -> bool {
        let mut values = self.0.chars().filter_map(|character| ALPHABET.find(character));
        let mut weight = 1;
        let mut sum = 0;
        for value in values.by_ref().take(17) {
            sum += value * weight;
            weight = weight * 3 % 31;
        }
        values.next() == Some((31 - sum % 31) % 31)
    }
}

#[cfg(test)]
mod tests {
    use super::CreditCode;

    #[test]
    fn real_codes_and_three_legal_ones_that_fail_the_check() {
        let cases = [
            ("914403003429409755", true),
            ("914403006990676707", true),
            ("91440300L83341734R", true),
            ("91350100M0001TGQXM", false),
            ("91350211M0000XUF46", false),
            ("91350203M0001FUE2P", false),
        ];
        for (text, expected) in cases {
            assert_eq!(CreditCode::parse(text).unwrap().check_character_matches(), expected, "{text}");
        }
    }

    #[test]
    fn other_shapes_are_no_code() {
        for text in ["", "91440300342940975", "91440300342940975I", "9144030034294097555"] {
            assert_eq!(CreditCode::parse(text), None, "{text}");
        }
    }
}
