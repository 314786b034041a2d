//! The weights of an admission: culture and skills. Paragraph (八) of the city's plan: skills weigh at least 50 %.

use serde::{Deserialize, Serialize};

use super::bilingual::Bilingual;
use super::credit::Percent;
use super::rejection::FieldProblem;

/// The least weight of skills (安政办〔2021〕55号, 八: "不低于50%").
const SKILLS_LEAST_HUNDREDTHS: i64 = 5_000;

/// One part of an admission's mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdmissionPart {
    pub name: Bilingual,
    /// Whether it tests vocational skills 职业技能 rather than culture 文化素质.
    pub tests_skills: bool,
    pub weight: Percent,
}

/// How an admission's mark is made up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdmissionWeighting {
    #[schema(min_items = 1, max_items = 20)]
    pub parts: Vec<AdmissionPart>,
}

impl AdmissionWeighting {
    /// What must be mended: weights that are not a whole, skills that weigh too little.
    pub fn problems(&self, pointer: &str) -> Vec<FieldProblem> {
        let sum = |parts: &mut dyn Iterator<Item = &AdmissionPart>| -> i64 { parts.map(|part| part.weight.hundredths()).sum() };
        let mut problems = Vec::new();
        let at = format!("{pointer}/parts");
        if !(1..=20).contains(&self.parts.len()) {
            return vec![FieldProblem::new(at, "must have 1 to 20 items")];
        }
        for (number, part) in self.parts.iter().enumerate() {
            if !part.name.is_readable() {
                problems.push(FieldProblem::new(format!("{at}/{number}/name"), "must have 1 to 200 characters"));
            }
        }
        if sum(&mut self.parts.iter()) != Percent::MAX_HUNDREDTHS {
            problems.push(FieldProblem::new(at.clone(), "must have weights of 100 in all"));
        }
        if sum(&mut self.parts.iter().filter(|part| part.tests_skills)) < SKILLS_LEAST_HUNDREDTHS {
            problems.push(FieldProblem::new(
                at,
                "must give skills a weight of at least 50 (paragraph (八) of 安政办〔2021〕55号)",
            ));
        }
        problems
    }
}
