//! Pathways 贯通培养 (3+2, five-year, 3+4): stages one after the other, what the step to the next asks, what credit goes along.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::admission::AdmissionWeighting;
use super::bilingual::Bilingual;
use super::condition::Condition;
use super::credit::CourseCredit;
use super::programme::is_code;
use super::rejection::FieldProblem;

/// What the step to the next stage asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// The least credit earned in the stage before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_credit: Option<CourseCredit>,
    /// Outcomes that must all be there, one for each condition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub outcomes: Vec<Condition>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission: Option<AdmissionWeighting>,
    /// How much of the stage's credit counts in the next, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_carried_over: Option<CourseCredit>,
}

/// A stage at one institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    pub name: Bilingual,
    /// The institution's unified social credit code.
    #[schema(max_length = 18, example = "914403003429409755")]
    pub institution: String,
    /// The programme's code there.
    #[schema(min_length = 1, max_length = 40, example = "elec-2024")]
    pub programme: String,
    #[schema(minimum = 1, maximum = 10)]
    pub years: u8,
    /// What the step from this stage to the next asks; absent at the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
}

/// One dated version of a pathway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "elec-3-2", "name": { "zh": "电气自动化“3+2”贯通培养" }, "citation": "安政办〔2021〕55号（九）",
    "stages": [
        { "name": { "zh": "中职段" }, "institution": "914403003429409755", "programme": "elec-secondary", "years": 3,
          "transition": { "minimum_credit": "170", "outcomes": [{ "families": ["occ-elec"], "ranks": { "least": 2 } }], "credit_carried_over": "20" } },
        { "name": { "zh": "高职段" }, "institution": "914403006990676707", "programme": "elec-2024", "years": 2 }],
    "effective_from": "2024-09-01" }))]
pub struct Pathway {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9-]+$", example = "elec-3-2")]
    pub code: String,
    pub name: Bilingual,
    #[schema(min_length = 1, max_length = 200)]
    pub citation: String,
    #[schema(min_items = 2, max_items = 6)]
    pub stages: Vec<Stage>,
    pub effective_from: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<NaiveDate>,
}

impl Pathway {
    /// Whether the version is in force on a day; both boundary days are inside.
    pub fn in_force_on(&self, day: NaiveDate) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }

    /// What an author must mend before the version can be published.
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
            self.citation.trim().is_empty() || self.citation.chars().count() > 200,
            "/citation".to_owned(),
            "must have 1 to 200 characters",
        );
        refuse(
            !(2..=6).contains(&self.stages.len()),
            "/stages".to_owned(),
            "must have 2 to 6 items",
        );
        refuse(
            self.effective_to.is_some_and(|last| last < self.effective_from),
            "/effective_to".to_owned(),
            "is before effective_from",
        );
        for (number, stage) in self.stages.iter().enumerate() {
            let last = number + 1 == self.stages.len();
            let at = |field: &str| format!("/stages/{number}/{field}");
            refuse(!stage.name.is_readable(), at("name"), "must have 1 to 200 characters");
            refuse(!(1..=10).contains(&stage.years), at("years"), "must be 1 to 10");
            refuse(
                last && stage.transition.is_some(),
                at("transition"),
                "means nothing at the last stage",
            );
            refuse(
                !last && stage.transition.is_none(),
                at("transition"),
                "is required at every stage but the last",
            );
            refuse(
                stage.transition.as_ref().is_some_and(|transition| transition.outcomes.len() > 20),
                at("transition/outcomes"),
                "must have 0 to 20 items",
            );
            if let Some(admission) = stage.transition.as_ref().and_then(|transition| transition.admission.as_ref()) {
                for problem in admission.problems(&at("transition/admission")) {
                    refuse(true, problem.pointer, &problem.detail);
                }
            }
        }
        problems
    }
}
