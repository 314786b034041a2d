//! A learner's record in the forms that other systems read: ELMO of EMREX, the European Learning Model, JSON Resume, and delimited text.
//! Pure: what is said comes as an argument, and so does what signs.

pub mod elm;
pub mod elmo;
pub mod resume;
mod seal;
pub mod table;
#[cfg(test)]
mod tests;
mod xml;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::bilingual::Bilingual;
use crate::domain::record_line::RecordLine;

pub use seal::{SealError, XmlKey};

/// A learner's record as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub generated_at: DateTime<Utc>,
    pub bank: Bilingual,
    /// How others reach the bank; no slash at the end.
    pub bank_url: String,
    pub account_number: String,
    pub name: String,
    /// Surname and given names, where it is certain which is which.
    pub name_parts: Option<(String, String)>,
    pub born_on: Option<NaiveDate>,
    /// The outcomes that stand, by the day on which they were earned.
    pub lines: Vec<RecordLine>,
}
