//! Allocation: which outcomes cover what in a programme, under the rule packs, limits and agreements that apply; the best
//! lawful way, with a reason for every outcome, used or not.

pub mod advice;
mod alternatives;
mod awards;
mod bounds;
mod climb;
mod columns;
mod count;
mod dive;
mod earlier;
mod explain;
mod further;
mod integer;
mod layers;
mod model;
mod neighbours;
mod numbers;
mod offers;
mod order;
mod search;
pub mod sentences;
mod standards;
pub mod standing;
mod state;
mod targets;
mod tighten;
mod write;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::agreement::Agreement;
use super::bilingual::Bilingual;
use super::credit::CourseCredit;
use super::facts::{Issuer, OutcomeFacts};
use super::pack::{Exemption, RulePack};
use super::programme::Programme;
use super::words::words;
pub use alternatives::nth;
pub use earlier::EarlierAward;
use offers::Offers;

words! {
    /// Whose rule it is; the stricter of several holds, and reasons name the layer.
    pub enum Layer {
        /// The bank's standard, and packs that the institution's stands under.
        Standard => "standard",
        Agreement => "agreement",
        Institution => "institution",
        Programme => "programme",
        /// What the learner pinned or left out.
        Learner => "learner",
    }
}

words! {
    /// What is known of an allocation's value.
    pub enum Proof {
        /// No lawful allocation recognises more.
        Optimal => "optimal",
        /// The work allowed was used up; nothing recognises more than the bound.
        BestFound => "best_found",
    }
}

words! {
    /// Why an outcome, or a part of it, is not used.
    pub enum ReasonCode {
        /// No version of the pack is in force for its date.
        NoPackInForce => "no_pack_in_force",
        /// No clause is for such an outcome; the clause that comes nearest says what it lacks.
        NoClauseMatches => "no_clause_matches",
        Excluded => "excluded",
        /// The clause's number is missing: no hours, no line in the table.
        ValueUnknown => "value_unknown",
        RoundsToNothing => "rounds_to_nothing",
        /// No course of the programme may be covered by it.
        NoTarget => "no_target",
        /// Every course that it may cover has more credit than it is worth.
        TargetsTooLarge => "targets_too_large",
        LimitReached => "limit_reached",
        NotTheHighest => "not_the_highest",
        Repeated => "repeated",
        /// Its courses are covered by other outcomes.
        TargetsTaken => "targets_taken",
        /// What was left over is lost.
        RemainderForfeited => "remainder_forfeited",
        /// What was left over stays usable.
        RemainderKept => "remainder_kept",
        /// It was converted in the programme earlier, and no part of it is left for a further use.
        AlreadyConverted => "already_converted",
        /// What it may cover was covered by earlier conversions.
        CoveredEarlier => "covered_earlier",
        /// The learner left it out.
        LeftOut => "left_out",
        /// The learner's other choices leave no room.
        PinnedElsewhere => "pinned_elsewhere",
    }
}

/// One version of a pack, and which it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackVersion {
    pub version: i64,
    pub pack: RulePack,
}

/// The learner's wish for one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// The outcome's key.
    #[schema(min_length = 1, max_length = 64)]
    pub outcome: String,
    /// The course's code that it must go to; absent to use it anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub course: Option<String>,
}

/// How much work may be spent before the best found is taken. Counted in steps of the search and not in time, so that a
/// stored decision replays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// Rounds of climbing.
    pub rounds: usize,
    /// Small questions that are solved exactly, and beside every third of them a descent of the relaxation.
    pub neighbourhoods: usize,
    /// Nodes of branch and bound on the whole question.
    pub nodes: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            rounds: 16_000,
            neighbourhoods: 3,
            nodes: 300,
        }
    }
}

impl Effort {
    /// Less, for one of many questions that are asked at once.
    pub fn glance() -> Self {
        Self {
            rounds: 150,
            neighbourhoods: 5,
            nodes: 40,
        }
    }
}

/// Everything that an allocation depends on; stored with a decision, it replays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The institution that converts.
    pub institution: Issuer,
    pub programme: Programme,
    /// Versions of the institution's pack that may apply, in order.
    pub versions: Vec<PackVersion>,
    /// The packs above it, as they are in force: the bank's standard first.
    pub above: Vec<PackVersion>,
    pub agreements: Vec<Agreement>,
    pub outcomes: Vec<OutcomeFacts>,
    /// What was converted in the programme before: limits, courses and whatever counts only once take it into account.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierAward>,
    pub decided_on: NaiveDate,
    /// The day of the enrolment in the programme, for rules that ask whether an award came before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolled_on: Option<NaiveDate>,
    pub pins: Vec<Pin>,
    pub left_out: Vec<String>,
    pub effort: Effort,
}

/// Where a part of an outcome's credit goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Destination {
    Course {
        code: String,
        name: Bilingual,
        credits: CourseCredit,
        bucket: String,
    },
    FreeCredit {
        bucket: String,
    },
}

/// A part of an outcome's credit that is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Award {
    pub outcome: String,
    pub destination: Destination,
    pub amount: CourseCredit,
    pub clause: String,
    pub citation: String,
    /// The version of the pack that the clause is of.
    pub pack_version: i64,
    /// What the course is recorded with, such as 优秀; absent where it is recorded as passed.
    pub recorded_grade: Option<String>,
    pub exempt_from: Option<Exemption>,
}

/// Why an outcome, or a part of it, is not used, with the rule and its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reason {
    pub code: ReasonCode,
    /// How much of the outcome it is about.
    pub amount: CourseCredit,
    pub layer: Option<Layer>,
    /// The clause, limit or exclusion.
    pub rule: Option<String>,
    pub citation: Option<String>,
    /// What all that the limit counts would have brought, with what was converted earlier.
    pub asked: Option<String>,
    /// What the limit allows in all.
    pub allowed: Option<String>,
    /// How much of what was asked was converted earlier, or how many; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<String>,
    /// The property that is lacking, or the outcome that is used instead.
    pub detail: Option<String>,
}

/// What became of one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Verdict {
    pub outcome: String,
    /// What it could have brought by itself, without the limits and the other outcomes.
    pub offered: CourseCredit,
    pub used: CourseCredit,
    pub reasons: Vec<Reason>,
}

/// What a limit took away from what was offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cut {
    pub layer: Layer,
    pub limit: String,
    pub citation: String,
    /// Which of the things that it counts separately: a family, a bucket, a term.
    pub group: Option<String>,
    /// With what was converted earlier.
    pub asked: String,
    /// In all.
    pub allowed: String,
    /// How much of what was asked was converted earlier, or how many; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<String>,
    pub cut: CourseCredit,
}

/// How a bucket stands after the conversion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BucketStanding {
    pub bucket: String,
    pub name: Bilingual,
    pub minimum: CourseCredit,
    /// With what was converted earlier.
    pub converted: CourseCredit,
    /// What still is to be earned.
    pub missing: CourseCredit,
    /// The required courses that are not covered.
    pub missing_courses: Vec<String>,
}

/// The best lawful use that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Allocation {
    pub programme: String,
    pub required_credit: CourseCredit,
    /// What this conversion brings.
    pub recognised: CourseCredit,
    /// What earlier conversions brought; absent where nothing.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub earlier: CourseCredit,
    /// Nothing lawful recognises more than this; equal to `recognised` where the proof is `optimal`.
    pub bound: CourseCredit,
    pub proof: Proof,
    pub awards: Vec<Award>,
    pub verdicts: Vec<Verdict>,
    pub cuts: Vec<Cut>,
    pub buckets: Vec<BucketStanding>,
}

fn is_nothing(credit: &CourseCredit) -> bool {
    *credit == CourseCredit::ZERO
}

impl Allocation {
    /// What is converted in the programme in all: earlier, and by this conversion.
    pub fn converted(&self) -> CourseCredit {
        explain::credit(self.earlier.hundredths() + self.recognised.hundredths())
    }

    /// What graduation asks beyond that.
    pub fn missing(&self) -> CourseCredit {
        self.required_credit.checked_sub(self.converted()).unwrap_or_default()
    }
}

words! {
    /// Why a question has no answer at all.
    pub enum Unanswerable {
        TooManyOutcomes => "too_many_outcomes",
        /// Two outcomes of one key.
        OutcomeTwice => "outcome_twice",
        /// A pin or an exclusion of nothing that is there.
        UnknownOutcome => "unknown_outcome",
        UnknownCourse => "unknown_course",
        /// No lawful allocation keeps every pin.
        PinsImpossible => "pins_impossible",
        /// The search failed; the question is beyond what it can do.
        Unsolvable => "unsolvable",
    }
}

/// The most outcomes that one question may have.
pub const OUTCOMES_MAX: usize = 500;

/// Finds the allocation that recognises most; of those that recognise as much, the one that leaves the most valuable
/// outcomes unused; of those, the first in the stable order of outcomes and courses.
///
/// The first is exact where the proof is `optimal`. The second is exact where besides no more than 150 ways to use an outcome
/// in one place are left once those that no rule lets through are taken out, and the search for it ends within the effort's
/// nodes; with more it is the best that climbing finds. The third is exact among courses that no rule tells apart.
///
/// # Errors
/// When the question cannot be answered.
pub fn allocate(question: &Question) -> Result<Allocation, Unanswerable> {
    let problem = problem(question)?;
    let found = search::best(&problem.model, question.effort)?;
    let flow = order::settled(&problem.model, found.flow);
    Ok(told(question, &problem, flow, found.bound))
}

/// Up to `most` allocations that recognise as much as the best one, which comes first; each uses the outcomes in another
/// way, so that the learner can choose.
///
/// # Errors
/// When the question cannot be answered.
pub fn allocate_all(question: &Question, most: usize) -> Result<Vec<Allocation>, Unanswerable> {
    let problem = problem(question)?;
    let found = search::best(&problem.model, question.effort)?;
    let first = order::settled(&problem.model, found.flow);
    let flows = alternatives::alternatives(&problem.model, &first, most, Effort::glance());
    // The first is settled; settling the others would make those alike that differ by the course alone.
    let all = flows.into_iter().map(|flow| told(question, &problem, flow, found.bound));
    Ok(all.collect())
}

/// The question as whole numbers, and why some outcomes are not in it.
fn problem(question: &Question) -> Result<Offers, Unanswerable> {
    if question.outcomes.len() > OUTCOMES_MAX {
        return Err(Unanswerable::TooManyOutcomes);
    }
    let keys: BTreeSet<&str> = question.outcomes.iter().map(|outcome| outcome.key.as_str()).collect();
    if keys.len() < question.outcomes.len() {
        return Err(Unanswerable::OutcomeTwice);
    }
    let rulings = question.rulings();
    let mut problem = offers::offers(question, &rulings);
    bounds::add(question, &rulings, &mut problem.model)?;
    problem.model.costs = order::costs(question, &problem.model);
    Ok(problem)
}

fn told(question: &Question, problem: &Offers, flow: model::Flow, bound: i64) -> Allocation {
    let model = &problem.model;
    let recognised = model.value(&flow);
    let awards = awards::awards(question, model, &flow);
    let (verdicts, cuts) = explain::explain(question, model, &problem.hindrances, &flow);
    Allocation {
        programme: question.programme.code.clone(),
        required_credit: question.programme.required_credit,
        recognised: explain::credit(recognised),
        earlier: question.converted_earlier(),
        bound: explain::credit(bound),
        proof: if recognised >= bound { Proof::Optimal } else { Proof::BestFound },
        buckets: standing::after(question, &awards),
        awards,
        verdicts,
        cuts,
    }
}

#[cfg(test)]
mod tests;
