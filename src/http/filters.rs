//! What lists of published documents are narrowed by, in a query: codes, levels, parts of names.

use serde::Deserialize;

/// A code: 1 to 40 of a-z, 0-9 and hyphen.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Code(pub String);

impl TryFrom<String> for Code {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if crate::domain::programme::is_code(&text) {
            Ok(Self(text))
        } else {
            Err("must have 1 to 40 of a-z, 0-9 and hyphen")
        }
    }
}

/// A level of the qualifications framework: 1 to 99.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i16")]
pub struct Level(pub i16);

impl TryFrom<i16> for Level {
    type Error = &'static str;

    fn try_from(level: i16) -> Result<Self, Self::Error> {
        if (1..=99).contains(&level) {
            Ok(Self(level))
        } else {
            Err("must be 1 to 99")
        }
    }
}

/// A part of a name: 1 to 100 characters, none of them a control character.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct NamePart(pub String);

impl TryFrom<String> for NamePart {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
            Ok(Self(text))
        } else {
            Err("must have 1 to 100 visible characters")
        }
    }
}

/// A unified social credit code (GB 32100-2015).
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct CreditCode(pub String);

impl TryFrom<String> for CreditCode {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match crate::domain::credit_code::CreditCode::parse(&text) {
            Some(code) if code.as_str() == text => Ok(Self(text)),
            _ => Err("must have the 18 characters of a unified social credit code"),
        }
    }
}
