//! Certificate numbers and the shapes that they have, as data.

use regex::{Regex, RegexBuilder};
use unicode_normalization::UnicodeNormalization;

/// 职业技能等级证书: Y or S, organisation 4, province 2, site 6, year 2, level 1 (1-5), serial 6.
pub const SKILL_LEVEL_CERTIFICATE: &str = "[YS][0-9]{4}[0-9]{2}[0-9]{6}[0-9]{2}[1-5][0-9]{6}";
/// 学历证书编号 since 2001: school 5, kind 1, year 4, level 2, serial 6; 17 digits before 2002.
pub const DIPLOMA: &str = "[0-9]{5}[1567](19|20)[0-9]{2}(01|02|04|05|06)[0-9]{6}|[0-9]{17}";

/// A certificate's number as it is compared: trimmed, half-width, upper case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CertificateNumber(String);

impl CertificateNumber {
    /// Reads a number of 1 to 64 visible characters; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.trim().nfkc().collect::<String>().to_uppercase();
        let visible = |character: char| !character.is_control() && !character.is_whitespace();
        ((1..=64).contains(&number.chars().count()) && number.chars().all(visible)).then_some(Self(number))
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A shape that whole numbers have.
#[derive(Debug, Clone)]
pub struct CertificatePattern(Regex);

impl CertificatePattern {
    /// Compiles a pattern of at most 200 characters; `None` when it is no regular expression or too large.
    pub fn compile(source: &str) -> Option<Self> {
        if source.is_empty() || source.len() > 200 {
            return None;
        }
        RegexBuilder::new(&format!("^(?:{source})$"))
            .size_limit(200_000)
            .build()
            .ok()
            .map(Self)
    }

    /// Whether the whole number has this shape.
    pub fn matches(&self, number: &CertificateNumber) -> bool {
        self.0.is_match(number.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_shapes() {
        let cases = [
            (SKILL_LEVEL_CERTIFICATE, "S000441012345243000001", true),
            (SKILL_LEVEL_CERTIFICATE, "s000441012345243000001", true),
            (SKILL_LEVEL_CERTIFICATE, "S000441012345246000001", false),
            (SKILL_LEVEL_CERTIFICATE, "XS000441012345243000001", false),
            (DIPLOMA, "104751202405000123", true),
            (DIPLOMA, "104752202405000123", false),
            (DIPLOMA, "10475199806000123", true),
        ];
        for (pattern, number, expected) in cases {
            let number = CertificateNumber::parse(number).unwrap();
            assert_eq!(
                CertificatePattern::compile(pattern).unwrap().matches(&number),
                expected,
                "{number:?}"
            );
        }
        assert!(CertificatePattern::compile("(").is_none());
        assert!(CertificatePattern::compile("a{1000}{1000}{1000}").is_none());
    }
}
