//! What the templates read, as `data.json`. Every text for people is there in both languages where both are known.

use serde::{Deserialize, Serialize};

use crate::domain::bilingual::Bilingual;

/// A text in Chinese and, where there is one, in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Both {
    pub zh: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

/// A moment, in the bank's own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    pub year: i32,
    pub month: u32,
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
}

/// Who a paper is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub name: String,
    pub account_number: String,
    pub document_kind: Both,
    pub document_masked: String,
}

/// How it is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub url: String,
    pub modules: Vec<String>,
}

/// What all papers have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// In groups of four.
    pub number: String,
    /// The language that comes first: `zh` or `en`.
    pub language: String,
    pub bank: Both,
    pub issued: Moment,
    pub issued_on: String,
    pub as_of: String,
    pub learner: Holder,
    pub check: Check,
    /// Whether a signed credential is attached.
    pub credential: bool,
}

/// An outcome in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeLine {
    pub name: Both,
    pub kind: Both,
    pub level: Option<Both>,
    pub certificate_number: Option<String>,
    pub remark: Option<Both>,
    pub institution: String,
    pub awarded_on: String,
    pub grade: Option<String>,
    pub hours: Option<String>,
    pub credit: Option<String>,
}

/// Credit by category and level, or in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceLine {
    pub category: Both,
    pub level: Option<String>,
    pub granted: String,
    pub available: String,
    pub held: String,
    pub redeemed: String,
    pub expired: String,
    pub reversed: String,
}

/// What a statement says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementData {
    #[serde(flatten)]
    pub head: Head,
    pub outcomes: Vec<OutcomeLine>,
    pub balances: Vec<BalanceLine>,
    pub total: Option<BalanceLine>,
}

/// A line of a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub label: Both,
    pub value: Both,
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateData {
    #[serde(flatten)]
    pub head: Head,
    pub title: Both,
    pub paragraphs: Vec<Both>,
    pub facts: Vec<Fact>,
}

impl Both {
    /// A text in both languages.
    pub fn of(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: Some(en.into()),
        }
    }

    /// A text that is the same in both, such as a date or a name.
    pub fn same(text: impl Into<String>) -> Self {
        Self { zh: text.into(), en: None }
    }
}

impl From<Bilingual> for Both {
    fn from(text: Bilingual) -> Self {
        Self { zh: text.zh, en: text.en }
    }
}
