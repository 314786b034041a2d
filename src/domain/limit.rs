//! Limits of a conversion: how much credit, what share or how many, at which scope, inside or outside which other limit.

use serde::{Deserialize, Serialize};

use super::bilingual::Bilingual;
use super::condition::Condition;
use super::credit::{CourseCredit, Percent};
use super::words::words;

words! {
    /// How the name of an outcome must stand to that of a course.
    pub enum NameMatch {
        /// Equal but for width, letter case, spaces and punctuation.
        Same => "same",
        /// Equal under the pack's table of names: ordinals of a first part, synonyms.
        Near => "near",
    }
}

/// Which courses of a programme; every property that is named must hold, of a list one suffices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CourseSelector {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags_any: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags_all: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags_none: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buckets: Vec<String>,
    /// Only required courses, or only those that are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
}

impl CourseSelector {
    /// Whether it asks nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

words! {
    /// What a limit counts separately for each of.
    pub enum Scope as "LimitScope" {
        Programme => "programme",
        Outcome => "outcome",
        Achievement => "achievement",
        Family => "family",
        Event => "event",
        Kind => "kind",
        Issuer => "issuer",
        Course => "course",
        Bucket => "bucket",
        /// Each term or year of a calendar, by award date.
        Period => "period",
    }
}

words! {
    /// What a share is a share of.
    pub enum ShareOf {
        /// The programme's required credit.
        RequiredCredit => "required_credit",
        /// The credit of all courses that the limit selects.
        SelectedCourses => "selected_courses",
        /// The minimum of the bucket; with the scope `bucket` only.
        BucketMinimum => "bucket_minimum",
    }
}

words! {
    /// What is counted.
    pub enum Counted {
        Outcomes => "outcomes",
        Courses => "courses",
    }
}

/// The most that is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "measure", rename_all = "snake_case", deny_unknown_fields)]
pub enum AtMost {
    /// So much course credit.
    Credit { credit: CourseCredit },
    /// A share, rounded down to a hundredth of a credit.
    Share { percent: Percent, of: ShareOf },
    /// So many outcomes or courses.
    Count {
        #[schema(maximum = 1000)]
        count: u16,
        of: Counted,
    },
    /// No more than the bank recognised for the outcome; with the scope `outcome` only.
    BankCredit {},
}

/// One limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "id": "mooc-share", "citation": "第八条", "title": { "zh": "慕课证书不超过 25%" },
    "outcomes": { "tags_any": ["mooc"] }, "per": "programme",
    "at_most": { "measure": "share", "percent": "25", "of": "required_credit" }, "inside": ["total"] }))]
pub struct Limit {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9-]+$", example = "mooc-share")]
    pub id: String,
    #[schema(min_length = 1, max_length = 200, example = "第八条")]
    pub citation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Bilingual>,
    /// Which outcomes it counts; all where nothing is asked.
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub outcomes: Condition,
    /// Counts only what these clauses bring.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
    /// Counts only what goes to these courses; free credit is counted where nothing, or only its bucket, is asked.
    #[serde(default, skip_serializing_if = "CourseSelector::is_empty")]
    pub courses: CourseSelector,
    pub per: Scope,
    /// The calendar of the scope `period`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub calendar: Option<String>,
    pub at_most: AtMost,
    /// What it counts is counted by these limits as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<String>,
    /// What it counts is not counted by these limits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<String>,
}
