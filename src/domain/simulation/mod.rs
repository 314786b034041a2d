//! Simulation: what a draft of a rule pack would change for learners, before anybody is bound by it. Both rules decide on
//! the same day, so that what differs is the rules and not the calendar.

pub mod report;
pub mod sameness;
pub mod tally;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::achievement::AchievementKind;
use super::agreement::Agreement;
use super::allocation::{Allocation, Effort, PackVersion, Proof, Question, ReasonCode, Unanswerable, Verdict, allocate};
use super::facts::{Issuer, OutcomeFacts};
use super::programme::Programme;
use super::words::words;

words! {
    /// Where a simulation stands.
    pub enum SimulationStatus {
        Queued => "queued",
        Running => "running",
        Done => "done",
        /// It was begun too often without coming to its end.
        Failed => "failed",
        Cancelled => "cancelled",
    }
}

/// The work that a simulation spends on one learner: less than a decision's, since thousands of learners wait. Where it
/// does not suffice, the report says of how many nothing was proven.
pub const EFFORT: Effort = Effort {
    rounds: 100,
    neighbourhoods: 6,
    nodes: 40,
};

/// The rules of one side: versions of a pack, and the packs above them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub versions: Vec<PackVersion>,
    pub above: Vec<PackVersion>,
}

/// Everything that a simulation depends on beside the learners; stored with it, so that one that is begun again compares
/// the same rules, whatever became of the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The institution that converts.
    pub institution: Issuer,
    pub programme: Programme,
    /// As the rules are today; no version where none is in force.
    pub before: Rules,
    /// As they would be.
    pub after: Rules,
    pub agreements: Vec<Agreement>,
    /// The day on which both sides decide.
    pub decided_on: NaiveDate,
    pub effort: Effort,
}

/// What both sides say of one learner. Amounts are hundredths of course credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub before: i64,
    pub after: i64,
    /// Whether a rule of either side is for any of the outcomes.
    pub is_concerned: bool,
    /// Whether both sides are proven to be the best.
    pub is_proven: bool,
    pub parts: Vec<Part>,
}

/// What both sides say of one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The credit code of the institution that made the award.
    pub institution: String,
    pub kind: AchievementKind,
    pub achievement: String,
    pub name: String,
    pub before: i64,
    pub after: i64,
    /// Why the draft does not use it, or not all of it, and by which rule.
    pub reason: Option<(ReasonCode, Option<String>)>,
}

/// Both sides as questions, to be asked of one learner after the other.
#[derive(Debug, Clone)]
pub struct Sides {
    before: Question,
    after: Question,
}

impl Comparison {
    /// Both sides, without outcomes yet.
    pub fn sides(&self) -> Sides {
        let side = |rules: &Rules| Question {
            institution: self.institution.clone(),
            programme: self.programme.clone(),
            versions: rules.versions.clone(),
            above: rules.above.clone(),
            agreements: self.agreements.clone(),
            outcomes: Vec::new(),
            decided_on: self.decided_on,
            // A city's learners are not asked when they were enrolled.
            earlier: Vec::new(),
            enrolled_on: None,
            pins: Vec::new(),
            left_out: Vec::new(),
            effort: self.effort,
        };
        Sides {
            before: side(&self.before),
            after: side(&self.after),
        }
    }
}

impl Sides {
    /// Compares the sides over what one learner has.
    ///
    /// # Errors
    /// When one of the sides has no answer.
    pub fn compare(&mut self, outcomes: &[OutcomeFacts]) -> Result<Difference, Unanswerable> {
        let answer = |question: &mut Question| {
            question.outcomes = outcomes.to_vec();
            allocate(question)
        };
        let before = answer(&mut self.before)?;
        let after = answer(&mut self.after)?;
        let verdict_of = |side: &'_ Allocation, key: &str| side.verdicts.iter().find(|verdict| verdict.outcome == key).cloned();
        let part = |outcome: &OutcomeFacts| {
            let (was, is) = (verdict_of(&before, &outcome.key), verdict_of(&after, &outcome.key));
            let used = |verdict: &Option<Verdict>| verdict.as_ref().map(|verdict| verdict.used.hundredths()).unwrap_or_default();
            Part {
                institution: outcome.issuer.credit_code.clone(),
                kind: outcome.kind,
                achievement: outcome.achievement.clone(),
                name: outcome.name.clone(),
                before: used(&was),
                after: used(&is),
                reason: is.and_then(|verdict| verdict.reasons.into_iter().next().map(|first| (first.code, first.rule))),
            }
        };
        let offers = |side: &Allocation| side.verdicts.iter().any(|verdict| verdict.offered.hundredths() > 0);
        Ok(Difference {
            before: before.recognised.hundredths(),
            after: after.recognised.hundredths(),
            is_concerned: offers(&before) || offers(&after),
            is_proven: [&before, &after].iter().all(|side| side.proof == Proof::Optimal),
            parts: outcomes.iter().map(part).collect(),
        })
    }
}

#[cfg(test)]
mod tests;
