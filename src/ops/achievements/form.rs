//! An achievement as it is given and as it is shown.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::achievement::{AchievementKind, AchievementStatus, KindFields};
use crate::domain::hours::Hours;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_line;
use crate::store::error::StoreError;
use crate::store::standards::AchievementRow;

/// An achievement to be drafted.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "institution_id": "01985a3e-7c00-7000-8000-000000000001", "code": "tr-care", "name_chinese": "养老护理技能提升培训", "name_english": "Care of the elderly", "kind": "training", "hours": "60", "valid_from": "2024-01-01" }))]
pub struct NewAchievement {
    pub institution_id: Uuid,
    /// The institution's own code for it.
    #[schema(pattern = "^[a-z0-9][a-z0-9-]{0,39}$", example = "occ-elec-4")]
    pub code: String,
    #[schema(min_length = 1, max_length = 200, example = "电工(四级/中级工)")]
    pub name_chinese: String,
    #[serde(default)]
    #[schema(max_length = 200)]
    pub name_english: Option<String>,
    pub kind: AchievementKind,
    /// An ordered series such as `occ-elec`.
    #[serde(default)]
    #[schema(max_length = 40, example = "occ-elec")]
    pub family: Option<String>,
    /// The rank within the family, 1 the lowest.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 99, example = 2)]
    pub rank: Option<i16>,
    /// The framework that `level` is of.
    #[serde(default)]
    pub framework_id: Option<Uuid>,
    #[serde(default)]
    #[schema(minimum = 1, maximum = 99, example = 4)]
    pub level: Option<i16>,
    #[serde(default)]
    pub hours: Option<Hours>,
    /// Who issues the certificate, where that is not the institution itself.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub original_issuer: Option<String>,
    #[serde(default)]
    pub details: KindFields,
    pub valid_from: NaiveDate,
    /// The last day on which it can be earned.
    #[serde(default)]
    pub closed_on: Option<NaiveDate>,
}

/// An achievement as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Achievement {
    pub achievement_id: Uuid,
    /// The same for all versions.
    pub lineage_id: Uuid,
    pub version: i64,
    pub institution_id: Uuid,
    pub code: String,
    pub name_chinese: String,
    pub name_english: Option<String>,
    pub kind: String,
    pub family: Option<String>,
    pub rank: Option<i16>,
    pub framework_id: Option<Uuid>,
    pub level: Option<i16>,
    pub hours: Option<Hours>,
    pub original_issuer: Option<String>,
    pub details: KindFields,
    pub status: AchievementStatus,
    pub valid_from: NaiveDate,
    pub closed_on: Option<NaiveDate>,
    /// Changes with every change; goes into `If-Match`.
    pub edition: i64,
}

impl TryFrom<AchievementRow> for Achievement {
    type Error = StoreError;

    fn try_from(row: AchievementRow) -> Result<Self, StoreError> {
        let damaged = || StoreError::Damaged("an achievement".to_owned());
        Ok(Self {
            achievement_id: row.achievement_id.0,
            lineage_id: row.lineage_id.0,
            version: row.version,
            institution_id: row.institution_id.0,
            code: row.code,
            name_chinese: row.name_chinese,
            name_english: row.name_english,
            kind: row.kind,
            family: row.family,
            rank: row.rank,
            framework_id: row.framework_id.map(|key| key.0),
            level: row.level,
            hours: row
                .hours_hundredths
                .map(Hours::from_hundredths)
                .transpose()
                .map_err(|_| damaged())?,
            original_issuer: row.original_issuer,
            details: serde_json::from_value(row.details.0).map_err(|_| damaged())?,
            status: AchievementStatus::parse(&row.status).ok_or_else(damaged)?,
            valid_from: row.valid_from,
            closed_on: row.closed_on,
            edition: row.edition,
        })
    }
}

fn is_code(text: &str) -> bool {
    let spelled = text
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    spelled && (1..=40).contains(&text.len()) && !text.starts_with('-')
}

impl NewAchievement {
    /// Names every field that cannot be taken.
    ///
    /// # Errors
    /// `InvalidBody`.
    pub(super) fn check(&self) -> Result<(), Rejection> {
        let mut problems: Vec<FieldProblem> = self
            .details
            .problems(self.kind)
            .into_iter()
            .map(|(pointer, detail)| FieldProblem::new(pointer, detail))
            .collect();
        let mut refuse = |wrong: bool, pointer: &str, detail: &str| {
            if wrong {
                problems.push(FieldProblem::new(pointer, detail));
            }
        };
        let bad_text = |text: &str| !is_line(text, 200);
        refuse(!is_code(&self.code), "/code", "must have 1 to 40 of a-z, 0-9 and hyphen");
        refuse(bad_text(&self.name_chinese), "/name_chinese", "must have 1 to 200 characters");
        refuse(
            self.name_english.as_deref().is_some_and(bad_text),
            "/name_english",
            "must have 1 to 200 characters",
        );
        refuse(
            self.original_issuer.as_deref().is_some_and(bad_text),
            "/original_issuer",
            "must have 1 to 200 characters",
        );
        refuse(
            self.family.as_deref().is_some_and(|family| !is_code(family)),
            "/family",
            "must have 1 to 40 of a-z, 0-9 and hyphen",
        );
        refuse(
            self.rank.is_some() != self.family.is_some(),
            "/rank",
            "goes with a family, and a family with a rank",
        );
        refuse(self.rank.is_some_and(|rank| !(1..=99).contains(&rank)), "/rank", "must be 1 to 99");
        refuse(
            self.framework_id.is_some() != self.level.is_some(),
            "/level",
            "goes with a framework, and a framework with a level",
        );
        refuse(
            self.hours.is_some_and(|hours| hours.hundredths() == 0),
            "/hours",
            "must be more than nothing",
        );
        refuse(
            self.closed_on.is_some_and(|last| last < self.valid_from),
            "/closed_on",
            "is before valid_from",
        );
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Rejection::InvalidBody { problems })
        }
    }
}
