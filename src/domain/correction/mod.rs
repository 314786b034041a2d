//! Corrections 更正: an outcome turns out wrong, and everything that stands on it follows. What would follow is worked out
//! first, for people to see; what is applied is that and nothing else.

pub mod differences;
pub mod effective;
pub mod preview;
pub mod request;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::outcome::{ContestResult, TraineeGroup};
use super::rejection::FieldProblem;
use super::words::words;
use crate::domain::hours::Hours;

words! {
    /// What a correction does to outcomes.
    pub enum CorrectionKind {
        /// They no longer stand.
        Withdraw => "withdraw",
        /// Another outcome takes the place of one.
        Correct => "correct",
    }
}

words! {
    /// Where a correction stands.
    pub enum CorrectionState {
        Previewed => "previewed",
        Applied => "applied",
        /// Nobody applies it any more.
        GivenUp => "given_up",
    }
}

words! {
    /// Which day of outcomes a period is about.
    pub enum PeriodOf {
        Awarded => "awarded",
        Deposited => "deposited",
    }
}

words! {
    /// Where a case 重新认定 stands: an institution looks again at what it bought with credit that turned out wrong.
    pub enum CaseState {
        Open => "open",
        /// The conversion stands.
        Confirmed => "confirmed",
        /// The conversion is taken back as a whole.
        Cancelled => "cancelled",
        /// Another claim of the learner took the place of what the wrong outcome had bought.
        Replaced => "replaced",
    }
}

words! {
    /// What an institution decides on a case.
    pub enum CaseVerdict {
        Confirm => "confirm",
        Cancel => "cancel",
        Replace => "replace",
    }
}

impl CaseVerdict {
    /// Where the case then stands.
    pub fn state(self) -> CaseState {
        match self {
            Self::Confirm => CaseState::Confirmed,
            Self::Cancel => CaseState::Cancelled,
            Self::Replace => CaseState::Replaced,
        }
    }
}

/// Which cases to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct CaseFilter {
    pub institution_id: Option<Uuid>,
    pub learner_id: Option<Uuid>,
    pub correction_id: Option<Uuid>,
    pub state: Option<CaseState>,
    /// Only those that are open and were due before this day.
    pub due_before: Option<NaiveDate>,
}

/// The most outcomes or certificate numbers that a batch names.
pub const BATCH_MAX: usize = 1000;

/// The most outcomes that one correction is about: it is applied as a whole or not at all.
pub const OUTCOMES_MAX: usize = 10_000;

/// The working days in which an institution decides on a case.
pub const CASE_WORKING_DAYS: u16 = 15;

/// The most characters of a reason.
pub const REASON_CHARACTERS_MAX: usize = 2000;

/// Which outcomes a correction is about; all of them are of one institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum CorrectionScope {
    Outcome {
        outcome_id: Uuid,
    },
    /// Named one by one, by ids and by certificate numbers.
    Batch {
        #[serde(default)]
        #[schema(max_items = 1000)]
        outcome_ids: Vec<Uuid>,
        #[serde(default)]
        #[schema(max_items = 1000)]
        certificate_numbers: Vec<String>,
    },
    /// All that still stand and were awarded or deposited from one day to another, both included.
    Period {
        by: PeriodOf,
        from: NaiveDate,
        to: NaiveDate,
        /// Only those of this version of an achievement.
        #[serde(default)]
        achievement_id: Option<Uuid>,
    },
}

impl CorrectionScope {
    /// What must be mended.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        match self {
            Self::Outcome { .. } => {}
            Self::Batch {
                outcome_ids,
                certificate_numbers,
            } => {
                if !(1..=BATCH_MAX).contains(&(outcome_ids.len() + certificate_numbers.len())) {
                    problems.push(FieldProblem::new("/scope", "must name 1 to 1000 outcomes"));
                }
            }
            Self::Period { from, to, .. } => {
                if to < from {
                    problems.push(FieldProblem::new("/scope/to", "is before the first day"));
                }
            }
        }
        problems
    }
}

/// An outcome as it should have been deposited, in place of the wrong one; whose it is stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectedOutcome {
    /// The institution's code of a published achievement.
    #[schema(min_length = 1, max_length = 40, example = "occ-elec-4")]
    pub achievement_code: String,
    pub awarded_on: NaiveDate,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64, example = "S000441012345242000001")]
    pub certificate_number: Option<String>,
    #[serde(default)]
    #[schema(max_length = 40)]
    pub grade: Option<String>,
    #[serde(default)]
    #[schema(max_length = 40)]
    pub grading_scale: Option<String>,
    #[serde(default)]
    #[schema(max_length = 40, example = "86")]
    pub score: Option<String>,
    #[serde(default)]
    pub hours: Option<Hours>,
    #[serde(default)]
    #[schema(max_length = 40)]
    pub credits: Option<String>,
    #[serde(default)]
    pub trainee_group: Option<TraineeGroup>,
    #[serde(default)]
    pub contest: Option<ContestResult>,
}

#[cfg(test)]
mod tests;
