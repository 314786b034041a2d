//! Pathways 贯通培养 (3+2, five-year, 3+4): stages one after the other, what the step to the next asks, what credit goes along.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::admission::AdmissionWeighting;
use super::bilingual::Bilingual;
use super::condition::{Circumstances, Condition};
use super::credit::CourseCredit;
use super::facts::OutcomeFacts;
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

/// One of the outcomes that a step asks for, and by which of the learner's it is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TransitionOutcome {
    pub asked: Condition,
    /// The key of the outcome that meets it, each outcome for one condition.
    pub met_by: Option<String>,
}

/// How a learner stands at a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StageStanding {
    pub name: Bilingual,
    pub institution: String,
    pub programme: String,
    pub years: u8,
    /// Whether the outcomes that the step to the next stage asks for are there; the credit of a stage is earned at its
    /// institution, which says so.
    pub outcomes_met: bool,
    pub outcomes: Vec<TransitionOutcome>,
    pub minimum_credit: Option<CourseCredit>,
    pub credit_carried_over: Option<CourseCredit>,
}

impl Pathway {
    /// How a learner with these outcomes stands at each stage on a day.
    pub fn standing(&self, outcomes: &[OutcomeFacts], decided_on: NaiveDate) -> Vec<StageStanding> {
        let of_stage = |stage: &Stage| {
            let transition = stage.transition.clone().unwrap_or_default();
            let met = matched(&transition.outcomes, outcomes, decided_on);
            let asked = transition.outcomes.into_iter().zip(&met);
            StageStanding {
                name: stage.name.clone(),
                institution: stage.institution.clone(),
                programme: stage.programme.clone(),
                years: stage.years,
                outcomes_met: met.iter().all(Option::is_some),
                outcomes: asked
                    .map(|(asked, place)| TransitionOutcome {
                        asked,
                        met_by: place.and_then(|place| outcomes.get(place)).map(|outcome| outcome.key.clone()),
                    })
                    .collect(),
                minimum_credit: transition.minimum_credit,
                credit_carried_over: transition.credit_carried_over,
            }
        };
        self.stages.iter().map(of_stage).collect()
    }
}

/// For each condition an outcome of its own, for as many conditions as can be met at once (augmenting paths).
fn matched(conditions: &[Condition], outcomes: &[OutcomeFacts], decided_on: NaiveDate) -> Vec<Option<usize>> {
    let circumstances = Circumstances {
        decided_on,
        enrolled_on: None,
        owner: None,
        under_agreement: false,
        grades: &|_| None,
    };
    let fits: Vec<Vec<usize>> = conditions
        .iter()
        .map(|condition| {
            (0..outcomes.len())
                .filter(|place| outcomes.get(*place).is_some_and(|outcome| condition.holds(outcome, &circumstances)))
                .collect()
        })
        .collect();
    let mut taken_by: Vec<Option<usize>> = vec![None; outcomes.len()];
    for condition in 0..conditions.len() {
        let mut seen = vec![false; outcomes.len()];
        find(condition, &fits, &mut taken_by, &mut seen);
    }
    let of = |condition: usize| taken_by.iter().position(|taken| *taken == Some(condition));
    (0..conditions.len()).map(of).collect()
}

/// Finds an outcome for a condition, moving others where that makes room; as deep as there are conditions, at most 20.
fn find(condition: usize, fits: &[Vec<usize>], taken_by: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for place in fits.get(condition).into_iter().flatten() {
        match seen.get_mut(*place) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        let holder = taken_by.get(*place).copied().flatten();
        if holder.is_none_or(|holder| find(holder, fits, taken_by, seen)) {
            if let Some(taken) = taken_by.get_mut(*place) {
                *taken = Some(condition);
            }
            return true;
        }
    }
    false
}
