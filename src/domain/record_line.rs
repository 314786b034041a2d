//! An outcome with all that papers and exports say of it, from wherever it is kept.

use chrono::NaiveDate;
use uuid::Uuid;

use super::achievement::AchievementKind;
use super::bilingual::Bilingual;
use super::credit::Credit;
use super::hours::Hours;

/// A level with its names, and the framework whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedLevel {
    pub framework_code: String,
    pub framework: Bilingual,
    pub level: i16,
    pub name: Bilingual,
}

/// The institution that issued it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    pub institution_id: Uuid,
    pub name: String,
    pub credit_code: String,
}

/// An outcome as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordLine {
    pub outcome_id: Uuid,
    pub achievement_code: String,
    pub name: Bilingual,
    pub kind: AchievementKind,
    pub level: Option<NamedLevel>,
    pub issuer: Issuer,
    pub awarded_on: NaiveDate,
    pub certificate_number: Option<String>,
    pub grade: Option<String>,
    pub grading_scale: Option<String>,
    pub score: Option<String>,
    pub hours: Option<Hours>,
    /// Credits as the institution gave them.
    pub original_credits: Option<String>,
    /// Bank credit; absent where none was decided yet.
    pub credit: Option<Credit>,
    /// The learner has asked for a correction of it.
    pub disputed: bool,
}

impl RecordLine {
    /// The grade, or the score where there is no grade.
    pub fn result(&self) -> Option<&str> {
        self.grade.as_deref().or(self.score.as_deref())
    }
}
