//! What a rule pack may ask of an outcome: the facts by which clauses match and from which values are made. They come
//! from the bank's records, or from somebody who invents an outcome to see what it would be worth.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::achievement::{AchievementKind, ContestScope};
use super::credit::{Credit, Score};
use super::hours::Hours;
use super::institution::InstitutionKind;
use super::language::Language;
use super::outcome::{ContestResult, TraineeGroup};
use super::rejection::FieldProblem;
use super::words::words;

words! {
    /// Whether somebody other than the learner stands for an outcome.
    pub enum Verification {
        /// An institution deposited it.
        Verified => "verified",
        /// The learner says so.
        Declared => "declared",
    }
}

/// Who made the award.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Unified social credit code (GB 32100-2015).
    #[schema(min_length = 1, max_length = 18, example = "914403003429409755")]
    pub credit_code: String,
    pub kind: InstitutionKind,
}

/// An outcome as rules see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "key": "certificate", "name": "电工(三级/高级工)", "achievement": "occ-elec-3", "kind": "occupational_certificate",
    "family": "occ-elec", "rank": 3, "issuer": { "credit_code": "914403003429409755", "kind": "assessment_body" },
    "bank_credit": "12.00", "awarded_on": "2024-05-10" }))]
pub struct OutcomeFacts {
    /// Names it in the answer: an id, or any text where it is invented.
    #[schema(min_length = 1, max_length = 64, example = "certificate")]
    pub key: String,
    #[schema(min_length = 1, max_length = 200, example = "电工(三级/高级工)")]
    pub name: String,
    /// Its name in English, where it has one. No rule looks at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200, example = "Electrician, level 3")]
    pub name_english: Option<String>,
    /// The achievement's code at its institution.
    #[schema(min_length = 1, max_length = 40, example = "occ-elec-3")]
    pub achievement: String,
    pub kind: AchievementKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "occ-elec")]
    pub family: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 99)]
    pub rank: Option<i16>,
    /// Its level in the framework that the pack and the programme speak of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 99)]
    pub level: Option<i16>,
    /// GB/T 4658-2006, of a diploma.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[1-9][0-9]$", example = "41")]
    pub education_level: Option<String>,
    /// What the achievement is tagged with, such as `mooc` or `self-study-exam`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub tags: Vec<String>,
    pub issuer: Issuer,
    /// What the bank recognised and the learner has available.
    pub bank_credit: Credit,
    /// The credit that it carried where it was earned, as given there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_credit: Option<Credit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
    /// As given, on the scale of its achievement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "良好")]
    pub grade: Option<String>,
    pub awarded_on: NaiveDate,
    /// The last day on which it can be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usable_until: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contest_scope: Option<ContestScope>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contest: Option<ContestResult>,
    #[serde(default = "verified")]
    pub verification: Verification,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trainee_group: Option<TraineeGroup>,
}

fn verified() -> Verification {
    Verification::Verified
}

impl OutcomeFacts {
    /// What it is called in a language, where it has a name there.
    pub fn called(&self, language: Language) -> &str {
        match (&self.name_english, language) {
            (Some(name), Language::English) => name,
            _ => &self.name,
        }
    }

    /// What is wrong with an invented outcome, below a pointer.
    pub fn problems(&self, pointer: &str) -> Vec<FieldProblem> {
        let mut problems = self.text_problems(pointer);
        let mut refuse = |wrong: bool, field: &str, detail: &str| {
            if wrong {
                problems.push(FieldProblem::new(format!("{pointer}/{field}"), detail));
            }
        };
        let outside = |number: Option<i16>| number.is_some_and(|number| !(1..=99).contains(&number));
        refuse(outside(self.rank), "rank", "must be 1 to 99");
        refuse(outside(self.level), "level", "must be 1 to 99");
        let is_level = |code: &str| matches!(code.as_bytes(), [b'1'..=b'9', b'0'..=b'9']);
        let strange = self.education_level.as_deref().is_some_and(|code| !is_level(code));
        refuse(strange, "education_level", "is not a code of GB/T 4658-2006");
        refuse(self.tags.len() > 20, "tags", "must have 0 to 20 items");
        for (field, detail) in self.contest.iter().flat_map(ContestResult::problems) {
            problems.push(FieldProblem::new(format!("{pointer}{field}"), detail));
        }
        problems
    }

    fn text_problems(&self, pointer: &str) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut length = |text: &str, least: usize, most: usize, field: &str| {
            if !(least..=most).contains(&text.chars().count()) {
                problems.push(FieldProblem::new(
                    format!("{pointer}/{field}"),
                    format!("must have {least} to {most} characters"),
                ));
            }
        };
        length(&self.key, 1, 64, "key");
        length(&self.name, 1, 200, "name");
        if let Some(name) = &self.name_english {
            length(name, 1, 200, "name_english");
        }
        length(&self.achievement, 1, 40, "achievement");
        length(&self.issuer.credit_code, 1, 18, "issuer/credit_code");
        length(self.family.as_deref().unwrap_or_default(), 0, 40, "family");
        length(self.grade.as_deref().unwrap_or_default(), 0, 40, "grade");
        // One tag more than there may be is enough to see that there are too many.
        for tag in self.tags.iter().take(21) {
            length(tag, 0, 100, "tags");
        }
        problems
    }
}
