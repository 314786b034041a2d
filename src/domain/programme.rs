//! A programme 专业: the target of a conversion, with its courses, their buckets and what graduation asks. One dated version.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::bilingual::Bilingual;
use super::credit::CourseCredit;
use super::limit::{CourseSelector, Limit};
use super::rejection::FieldProblem;

/// A group of courses with the least credit that graduation asks of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "major", "name": { "zh": "专业课", "en": "Major" }, "minimum": "60" }))]
pub struct Bucket {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9-]+$", example = "major")]
    pub code: String,
    pub name: Bilingual,
    pub minimum: CourseCredit,
}

/// A course of a programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "E101", "name": { "zh": "电工基础" }, "credits": "3.5", "tags": ["foundation"], "required": true, "bucket": "major" }))]
pub struct Course {
    #[schema(min_length = 1, max_length = 40, example = "E101")]
    pub code: String,
    pub name: Bilingual,
    pub credits: CourseCredit,
    /// Such as `foundation`, `core`, `elective`, `politics`, `pe`, `practicum`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub tags: Vec<String>,
    pub required: bool,
    #[schema(min_length = 1, max_length = 40, example = "major")]
    pub bucket: String,
}

/// What one version of a programme says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "elec-2024", "name": { "zh": "电气自动化技术", "en": "Electrical automation" }, "level": 4,
    "required_credit": "20", "residency_minimum": "8",
    "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "12" }, { "code": "elective", "name": { "zh": "选修课" }, "minimum": "4" }],
    "courses": [{ "code": "E101", "name": { "zh": "电工基础" }, "credits": "3.5", "tags": ["foundation"], "required": true, "bucket": "major" }],
    "effective_from": "2024-09-01" }))]
pub struct Programme {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9-]+$", example = "elec-2024")]
    pub code: String,
    pub name: Bilingual,
    /// Its level in the qualifications framework.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 99)]
    pub level: Option<i16>,
    /// What graduation asks in all.
    pub required_credit: CourseCredit,
    /// How much of it must be earned at the institution itself; the rest is the most that can be converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residency_minimum: Option<CourseCredit>,
    #[schema(min_items = 1, max_items = 40)]
    pub buckets: Vec<Bucket>,
    #[schema(min_items = 1, max_items = 400)]
    pub courses: Vec<Course>,
    /// Its own limits, beside those of the rule pack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 40)]
    pub limits: Vec<Limit>,
    pub effective_from: NaiveDate,
    /// The last day on which this version is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<NaiveDate>,
}

/// Which programmes to list.
#[derive(Debug, Clone, Default)]
pub struct ProgrammeFilter {
    pub institution_id: Option<Uuid>,
    pub code: Option<String>,
    pub level: Option<i16>,
    /// A part of the name in either language, in whichever case.
    pub name_contains: Option<String>,
    pub in_force_on: Option<NaiveDate>,
}

impl CourseSelector {
    /// Whether a course is one of these.
    pub fn selects(&self, course: &Course) -> bool {
        let has = |tag: &String| course.tags.contains(tag);
        (self.codes.is_empty() || self.codes.contains(&course.code))
            && (self.tags_any.is_empty() || self.tags_any.iter().any(has))
            && self.tags_all.iter().all(has)
            && !self.tags_none.iter().any(has)
            && (self.buckets.is_empty() || self.buckets.contains(&course.bucket))
            && self.required.is_none_or(|required| required == course.required)
    }

    /// Whether free credit of a bucket is counted: only a bucket can be asked of it.
    pub fn selects_free_credit(&self, bucket: &str) -> bool {
        let asks_courses = !self.codes.is_empty() || !self.tags_any.is_empty() || !self.tags_all.is_empty() || self.required.is_some();
        !asks_courses && (self.buckets.is_empty() || self.buckets.iter().any(|code| code == bucket))
    }
}

/// Whether a code has the shape of codes.
pub fn is_code(code: &str) -> bool {
    (1..=40).contains(&code.len())
        && code
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

impl Programme {
    /// The most buckets, courses and limits.
    pub const BUCKETS_MAX: usize = 40;
    pub const COURSES_MAX: usize = 400;
    pub const LIMITS_MAX: usize = 40;

    /// What an author must mend before the version can be published. The limits are validated as those of a pack are.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut refuse = |wrong: bool, pointer: String, detail: &str| {
            if wrong {
                problems.push(FieldProblem::new(pointer, detail));
            }
        };
        refuse(!is_code(&self.code), "/code".to_owned(), "must have 1 to 40 of a-z, 0-9 and hyphen");
        refuse(!self.name.is_readable(), "/name".to_owned(), "must have 1 to 200 characters");
        refuse(
            self.level.is_some_and(|level| !(1..=99).contains(&level)),
            "/level".to_owned(),
            "must be 1 to 99",
        );
        refuse(
            self.required_credit == CourseCredit::ZERO,
            "/required_credit".to_owned(),
            "must be more than nothing",
        );
        refuse(
            self.residency_minimum.is_some_and(|minimum| minimum > self.required_credit),
            "/residency_minimum".to_owned(),
            "is more than required_credit",
        );
        refuse(
            self.effective_to.is_some_and(|last| last < self.effective_from),
            "/effective_to".to_owned(),
            "is before effective_from",
        );
        refuse(
            !(1..=Self::BUCKETS_MAX).contains(&self.buckets.len()),
            "/buckets".to_owned(),
            "must have 1 to 40 items",
        );
        refuse(
            !(1..=Self::COURSES_MAX).contains(&self.courses.len()),
            "/courses".to_owned(),
            "must have 1 to 400 items",
        );
        refuse(
            self.limits.len() > Self::LIMITS_MAX,
            "/limits".to_owned(),
            "must have 0 to 40 items",
        );
        problems.extend(self.bucket_problems());
        problems.extend(self.course_problems());
        problems
    }

    fn bucket_problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut codes = BTreeSet::new();
        let mut minima = CourseCredit::ZERO;
        for (number, bucket) in self.buckets.iter().enumerate() {
            let at = |field: &str| format!("/buckets/{number}/{field}");
            if !is_code(&bucket.code) {
                problems.push(FieldProblem::new(at("code"), "must have 1 to 40 of a-z, 0-9 and hyphen"));
            }
            if !codes.insert(&bucket.code) {
                problems.push(FieldProblem::new(at("code"), "is there twice"));
            }
            if !bucket.name.is_readable() {
                problems.push(FieldProblem::new(at("name"), "must have 1 to 200 characters"));
            }
            minima = minima.checked_add(bucket.minimum).unwrap_or(self.required_credit);
        }
        if minima > self.required_credit {
            let detail = format!("has minima of {minima} in all, more than required_credit, {}", self.required_credit);
            problems.push(FieldProblem::new("/buckets", detail));
        }
        problems
    }

    fn course_problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut codes = BTreeSet::new();
        for (number, course) in self.courses.iter().enumerate() {
            let mut refuse = |wrong: bool, field: &str, detail: &str| {
                if wrong {
                    problems.push(FieldProblem::new(format!("/courses/{number}/{field}"), detail));
                }
            };
            refuse(
                course.code.trim().is_empty() || course.code.chars().count() > 40,
                "code",
                "must have 1 to 40 characters",
            );
            refuse(!codes.insert(&course.code), "code", "is there twice");
            refuse(!course.name.is_readable(), "name", "must have 1 to 200 characters");
            refuse(course.credits == CourseCredit::ZERO, "credits", "must be more than nothing");
            refuse(
                course.tags.len() > 20 || !course.tags.iter().all(|tag| is_code(tag)),
                "tags",
                "must be at most 20 tags of a-z, 0-9 and hyphen",
            );
            refuse(
                !self.buckets.iter().any(|bucket| bucket.code == course.bucket),
                "bucket",
                "is not one of the programme's buckets",
            );
        }
        problems
    }
}
