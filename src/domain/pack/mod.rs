//! A rule pack 转换规则: the document by which an institution says how outcomes become course credit in its programmes.
//! What a published text leaves open is absent here, and validation asks the author to choose.

pub mod calendar;
pub mod catalogue;
pub mod claims;
pub mod diff;
pub mod life;
pub mod names;
pub mod readable;
pub mod schema;
pub mod shipped;
pub mod validate;
pub mod value;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::admission::AdmissionWeighting;
use super::bilingual::Bilingual;
use super::claim::rules::ClaimRules;
use super::condition::Condition;
use super::credit::{CourseCredit, Percent, Score};
use super::limit::{CourseSelector, Limit, NameMatch};
use super::recognition::SelectedBy;
use super::words::words;
use calendar::Calendar;
use value::ClauseValue;

words! {
    /// Whether an outcome goes to one course or may be spread over many.
    pub enum Targets {
        One => "one",
        Many => "many",
    }
}

words! {
    /// What becomes of credit that finds no target.
    pub enum Remainder {
        Forfeited => "forfeited",
        Kept => "kept",
    }
}

words! {
    /// Whether a course may be covered in part.
    pub enum Coverage {
        /// One outcome covers a whole course by itself.
        WholeByOne => "whole_by_one",
        /// Several outcomes may cover a course together, but wholly.
        WholeTogether => "whole_together",
        /// A course may be covered in part.
        Part => "part",
    }
}

words! {
    /// What is never used twice.
    pub enum Within {
        Achievement => "achievement",
        Family => "family",
        Event => "event",
        /// Outcomes whose names are near each other by the pack's table.
        Name => "name",
    }
}

words! {
    /// By what one outcome is higher than another.
    pub enum HighestBy {
        /// By rank or, within an event, by place: a lower one is worth nothing wherever a higher one could be used.
        Rank => "rank",
        /// By what is recognised for it: a lower one may be used where it brings more than a higher one.
        Value => "value",
    }
}

words! {
    /// How courses with near names are treated.
    pub enum NearNames {
        /// As the same course: only one of them counts.
        Same => "same",
        /// As substitutes: each counts, but only one of them for a required course.
        Substitutes => "substitutes",
    }
}

words! {
    /// From what somebody is exempt.
    pub enum Exemption {
        Class => "class",
        ClassAndExamination => "class_and_examination",
    }
}

/// A rank of a family, such as 高级工.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyRank {
    #[schema(minimum = 1, maximum = 99)]
    pub rank: i16,
    pub name: Bilingual,
}

/// An ordered series of achievements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Family {
    #[schema(min_length = 1, max_length = 40, example = "occ-elec")]
    pub code: String,
    pub name: Bilingual,
    #[schema(max_items = 99)]
    pub ranks: Vec<FamilyRank>,
}

/// Grades of a scale, from the lowest to the highest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeScale {
    #[schema(min_length = 1, max_length = 40, example = "five-grades")]
    pub code: String,
    #[schema(min_items = 1, max_items = 30)]
    pub grades: Vec<String>,
}

/// When two names are near each other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameTable {
    /// Whether the first of a series is the same with and without its number (I, 1, 一, 上).
    #[serde(default)]
    pub first_ordinal_optional: bool,
    /// Words that stand for each other, such as 基础, 概论 and 导论.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub synonyms: Vec<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_names: Option<NearNames>,
}

/// How much of a course's content an achievement covers, as the institution found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Overlap {
    #[schema(min_length = 1, max_length = 40)]
    pub achievement: String,
    #[schema(min_length = 1, max_length = 40)]
    pub course: String,
    pub percent: Percent,
}

/// What the rest of the pack refers to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Definitions {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub families: Vec<Family>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub grade_scales: Vec<GradeScale>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub calendars: Vec<Calendar>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<NameTable>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 2000)]
    pub overlaps: Vec<Overlap>,
}

/// Where an outcome's credit may go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum Target {
    /// To courses of the programme.
    Courses {
        #[serde(default, skip_serializing_if = "CourseSelector::is_empty")]
        select: CourseSelector,
        /// How the outcome's name must stand to the course's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<NameMatch>,
        /// The least overlap of content, by the pack's table.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minimum_overlap: Option<Percent>,
    },
    /// To no course in particular, as credit of a bucket.
    FreeCredit {
        #[schema(max_length = 40)]
        bucket: String,
        /// The most of it in all; else the bucket's minimum.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        up_to: Option<CourseCredit>,
    },
}

/// The least score that is given a grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GradeStep {
    pub least_score: Score,
    #[schema(min_length = 1, max_length = 40, example = "优秀")]
    pub grade: String,
}

/// What the converted course is recorded with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "grade", rename_all = "snake_case", deny_unknown_fields)]
pub enum Recorded {
    /// The outcome's own grade or score.
    Original {},
    /// Always the same, such as 优秀 or 90.
    Fixed {
        #[schema(min_length = 1, max_length = 40)]
        value: String,
    },
    /// By the outcome's score; the first step that it reaches.
    Mapped {
        #[schema(min_items = 1, max_items = 30)]
        steps: Vec<GradeStep>,
    },
    /// As passed, without a grade.
    Passed {},
}

/// One clause: which outcomes, to which targets, at what value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9-]+$", example = "senior-certificate")]
    pub id: String,
    #[schema(min_length = 1, max_length = 200, example = "第六条")]
    pub citation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Bilingual>,
    /// The law or decree by which a clause may ask for a trainee group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub legal_basis: Option<String>,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub outcomes: Condition,
    #[schema(min_items = 1, max_items = 20)]
    pub to: Vec<Target>,
    pub value: ClauseValue,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targets: Option<Targets>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remainder: Option<Remainder>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Recorded>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exempt_from: Option<Exemption>,
    /// Whether it is so well tried that one person decides claims under it instead of a panel 成熟条目.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mature: bool,
}

/// Of some outcomes at most one is used: the highest of a family, one result of an event, nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnlyOne {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9-]+$", example = "highest-of-family")]
    pub id: String,
    #[schema(min_length = 1, max_length = 200, example = "第五条")]
    pub citation: String,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub outcomes: Condition,
    pub within: Within,
    /// What makes one the highest; of `highest_only` the author must say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<HighestBy>,
}

/// What is not converted: outcomes, courses, or some to some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9-]+$", example = "politics-and-pe")]
    pub id: String,
    #[schema(min_length = 1, max_length = 200, example = "第四条")]
    pub citation: String,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub outcomes: Condition,
    #[serde(default, skip_serializing_if = "CourseSelector::is_empty")]
    pub courses: CourseSelector,
}

/// A rule pack, one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9-]+$", example = "hunan-x-certificates")]
    pub code: String,
    pub title: Bilingual,
    /// The owner's unified social credit code; absent for the bank's own standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 18, example = "914403003429409755")]
    pub owner: Option<String>,
    /// The laws, decrees and decisions on which it stands.
    #[schema(min_items = 1, max_items = 20)]
    pub legal_basis: Vec<String>,
    pub effective_from: NaiveDate,
    /// The last day in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<NaiveDate>,
    /// Which date chooses the version that judges an outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected_by: Option<SelectedBy>,
    /// The packs that this one stands under, by their codes; the bank's standard always is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 5)]
    pub under: Vec<String>,
    /// The programmes that it is for, by their codes; all of the owner's where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub programmes: Vec<String>,
    #[serde(default)]
    pub definitions: Definitions,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub clauses: Vec<Clause>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub limits: Vec<Limit>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub highest_only: Vec<OnlyOne>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub once_only: Vec<OnlyOne>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub exclusions: Vec<Exclusion>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission: Option<AdmissionWeighting>,
    /// How claims under it are decided, where not as usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<ClaimRules>,
}

impl RulePack {
    /// The most characters of a pack's JSON text.
    pub const TEXT_MAX: usize = 1_000_000;

    /// Whether the version is in force on a day; both boundary days are inside.
    pub fn in_force_on(&self, day: NaiveDate) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }

    /// Whether it is for a programme of its owner.
    pub fn is_for(&self, programme: &str) -> bool {
        self.programmes.is_empty() || self.programmes.iter().any(|code| code == programme)
    }

    /// The grades of a scale from the lowest.
    pub fn grades(&self, scale: &str) -> Option<&[String]> {
        let found = self.definitions.grade_scales.iter().find(|defined| defined.code == scale);
        found.map(|defined| defined.grades.as_slice())
    }
}

impl Clause {
    /// The author's choice; the narrower reading where a validated pack cannot be without one.
    pub fn spread(&self) -> Targets {
        self.targets.unwrap_or(Targets::One)
    }

    /// What becomes of the rest.
    pub fn rest(&self) -> Remainder {
        self.remainder.unwrap_or(Remainder::Forfeited)
    }

    /// How courses are covered.
    pub fn covering(&self) -> Coverage {
        self.coverage.unwrap_or(Coverage::WholeByOne)
    }
}
