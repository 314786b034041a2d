//! Identity documents: what a learner is found by. Nothing here prints a number.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::language::Language;
use super::words::words;

words! {
    /// The kinds of document by which the bank knows a person.
    pub enum DocumentKind {
        ResidentIdentityCard => "resident_identity_card",
        Passport => "passport",
        HongKongMacaoPermit => "hong_kong_macao_permit",
        TaiwanPermit => "taiwan_permit",
        ForeignPermanentResidentCard => "foreign_permanent_resident_card",
    }
}

impl DocumentKind {
    /// What people call it.
    pub const fn called(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::ResidentIdentityCard => ("居民身份证", "resident identity card"),
            Self::Passport => ("护照", "passport"),
            Self::HongKongMacaoPermit => ("港澳居民来往内地通行证", "permit for residents of Hong Kong and Macao"),
            Self::TaiwanPermit => ("台湾居民来往大陆通行证", "permit for residents of Taiwan"),
            Self::ForeignPermanentResidentCard => ("外国人永久居留身份证", "foreign permanent resident card"),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}

/// Why a number is not a document's number; the number itself is never in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    #[error("was damaged by a spreadsheet: it is in scientific notation; format the column as text and export again")]
    DamagedBySpreadsheet,
    #[error("must have 18 characters (or 15 in its old form)")]
    Length,
    #[error("has characters that such a number never has")]
    Characters,
    #[error("does not hold a real date of birth")]
    BirthDate,
    #[error("has the wrong check digit")]
    CheckDigit,
}

/// A document of a known kind whose number is well-formed, in its canonical form.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityDocument {
    kind: DocumentKind,
    number: String,
}

impl std::fmt::Debug for IdentityDocument {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "IdentityDocument({}, {})", self.kind, self.masked())
    }
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

impl IdentityDocument {
    /// Reads a number as people and spreadsheets write it: full-width, spaces and lower case are forgiven, and a
    /// 15-digit legacy number becomes the 18-digit one of the same person (GB 11643-1999).
    ///
    /// # Errors
    /// See [`DocumentError`]. `today` bounds the date of birth.
    pub fn parse(kind: DocumentKind, text: &str, today: NaiveDate) -> Result<Self, DocumentError> {
        let number: String = text
            .nfkc()
            .filter(|character| !character.is_whitespace())
            .collect::<String>()
            .to_uppercase();
        if number.contains("E+") {
            return Err(DocumentError::DamagedBySpreadsheet);
        }
        let number = match kind {
            DocumentKind::ResidentIdentityCard => resident_number(number, today)?,
            _ if !(5..=20).contains(&number.len()) => return Err(DocumentError::Length),
            _ if !number.bytes().all(|byte| byte.is_ascii_alphanumeric()) => return Err(DocumentError::Characters),
            _ => number,
        };
        Ok(Self { kind, number })
    }

    /// The kind of document.
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The number in full: only for sealing and for the learner.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// What the keyed index is computed over.
    pub fn canonical(&self) -> String {
        format!("{}:{}", self.kind, self.number)
    }

    /// The date of birth that the number holds, if it holds one: those of resident identity cards do, and since 2023 those of
    /// foreigners' permanent resident cards, which have 18 characters too.
    pub fn birth_date(&self) -> Option<NaiveDate> {
        let holds = matches!(
            self.kind,
            DocumentKind::ResidentIdentityCard | DocumentKind::ForeignPermanentResidentCard
        );
        let digits = self.number.get(6..14).filter(|_| holds && self.number.len() == 18)?;
        NaiveDate::parse_from_str(digits, "%Y%m%d").ok()
    }

    /// The code of the division that issued the first number, of a resident identity card.
    pub fn division(&self) -> Option<&str> {
        self.number.get(..6).filter(|_| self.kind == DocumentKind::ResidentIdentityCard)
    }

    /// The number among those who were born on the same day in the same division, of a resident identity card; odd for men.
    pub fn sequence(&self) -> Option<&str> {
        self.number.get(14..17).filter(|_| self.kind == DocumentKind::ResidentIdentityCard)
    }

    /// The first three and the last two characters; enough to recognise one's own.
    pub fn masked(&self) -> String {
        let count = self.number.chars().count();
        self.number
            .chars()
            .enumerate()
            .map(|(place, character)| if place < 3 || place + 2 >= count { character } else { '*' })
            .collect()
    }
}

fn resident_number(number: String, today: NaiveDate) -> Result<String, DocumentError> {
    let full = match number.len() {
        18 => number,
        15 => {
            let (division, rest) = number.split_at_checked(6).ok_or(DocumentError::Characters)?;
            let body = format!("{division}19{rest}");
            let check = check_character(&body).ok_or(DocumentError::Characters)?;
            format!("{body}{check}")
        }
        _ => return Err(DocumentError::Length),
    };
    let (body, check) = full.split_at_checked(17).ok_or(DocumentError::Characters)?;
    let expected = check_character(body).ok_or(DocumentError::Characters)?;
    let born = body
        .get(6..14)
        .and_then(|text| NaiveDate::parse_from_str(text, "%Y%m%d").ok())
        .ok_or(DocumentError::BirthDate)?;
    if born > today || born < NaiveDate::from_ymd_opt(1880, 1, 1).unwrap_or(NaiveDate::MIN) {
        return Err(DocumentError::BirthDate);
    }
    if check.starts_with(expected) {
        Ok(full)
    } else {
        Err(DocumentError::CheckDigit)
    }
}

fn check_character(body: &str) -> Option<char> {
    let mut sum = 0;
    for (character, weight) in body.chars().zip(WEIGHTS) {
        sum += character.to_digit(10)? * weight;
    }
    CHECK_CHARACTERS.get(usize::try_from(sum % 11).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, DocumentError> {
        let today = "2026-11-24".parse().unwrap();
        IdentityDocument::parse(DocumentKind::ResidentIdentityCard, text, today).map(|document| document.number().to_owned())
    }

    #[test]
    fn resident_identity_numbers() {
        let cases = [
            ("11010519491231002X", Ok("11010519491231002X")),
            ("34052419800101001X", Ok("34052419800101001X")),
            ("34052419800101001x", Ok("34052419800101001X")),
            (" 340524 19800101 001X ", Ok("34052419800101001X")),
            ("３４０５２４１９８００１０１００１Ｘ", Ok("34052419800101001X")),
            ("340524800101001", Ok("34052419800101001X")),
            ("340524198001010011", Err(DocumentError::CheckDigit)),
            ("340524198013010010", Err(DocumentError::BirthDate)),
            ("340524202712310012", Err(DocumentError::BirthDate)),
            ("3.40524E+17", Err(DocumentError::DamagedBySpreadsheet)),
            ("3405241980010100", Err(DocumentError::Length)),
            ("34052419800101A01X", Err(DocumentError::Characters)),
            ("", Err(DocumentError::Length)),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), expected.map(str::to_owned), "{text:?}");
        }
    }

    #[test]
    fn what_a_number_says_of_its_holder() {
        let said = |kind, text| {
            let document = IdentityDocument::parse(kind, text, "2026-11-24".parse().unwrap()).unwrap();
            let born = document.birth_date().map(|day| day.to_string());
            (born, document.division().map(str::to_owned), document.sequence().map(str::to_owned))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            said(DocumentKind::ResidentIdentityCard, "340524800101001"),
            (some("1980-01-01"), some("340524"), some("001"))
        );
        assert_eq!(
            said(DocumentKind::ForeignPermanentResidentCard, "911826198006150015"),
            (some("1980-06-15"), None, None)
        );
        for (kind, text) in [
            (DocumentKind::ForeignPermanentResidentCard, "GBR310080061501"),
            (DocumentKind::Passport, "E12345678"),
            // A number of 18 characters that holds no date.
            (DocumentKind::TaiwanPermit, "911826198006150015"),
        ] {
            assert_eq!(said(kind, text), (None, None, None), "{text}");
        }
    }

    #[test]
    fn a_number_is_never_printed() {
        let today = "2026-11-24".parse().unwrap();
        let document = IdentityDocument::parse(DocumentKind::ResidentIdentityCard, "11010519491231002X", today).unwrap();
        assert_eq!(document.masked(), "110*************2X");
        assert!(!format!("{document:?}").contains("19491231"));
    }
}
