//! What is told of a simulation. Small cells are withheld: where fewer than [`CELL_MIN`] learners share something, the
//! report does not say what, for whoever knows one of them would learn it of that one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::tally::{Case, CasePart, Cell, Moved, Tally};
use crate::domain::achievement::AchievementKind;
use crate::domain::allocation::ReasonCode;
use crate::domain::credit::{CourseCredit, CourseCreditSum};

/// The fewest learners of whom something is told.
pub const CELL_MIN: u64 = 5;

/// The most cases that gain, and the most that lose; where there are fewer of one, there is room for more of the other.
const CASES_OF_EACH: usize = 5;

/// The most institutions that are listed, those with the most learners.
const INSTITUTIONS_MAX: usize = 200;

/// Learners whose credit changes one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Change {
    /// Absent for 1 to 4.
    pub learners: Option<u64>,
    /// By how much in all; absent with the learners.
    pub credit: Option<CourseCreditSum>,
}

/// What the outcomes of one institution bring to all learners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InstitutionImpact {
    /// The unified social credit code of the institution that made the awards.
    #[schema(example = "914403003429409755")]
    pub credit_code: String,
    #[serde(flatten)]
    pub impact: Impact,
}

/// What the outcomes of one kind bring to all learners.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KindImpact {
    pub kind: AchievementKind,
    #[serde(flatten)]
    pub impact: Impact,
}

/// What some outcomes bring to all learners, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Impact {
    /// Learners who have credit from them on either side; never fewer than 5.
    pub learners: u64,
    /// Learners to whom they bring more; absent for 1 to 4.
    pub gained: Option<u64>,
    /// Learners to whom they bring less; absent for 1 to 4.
    pub lost: Option<u64>,
    pub credit_before: CourseCreditSum,
    pub credit_after: CourseCreditSum,
}

/// One outcome of a case. It says no issuer, date or score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SampleOutcome {
    /// The achievement's code.
    pub achievement: String,
    pub name: String,
    pub kind: AchievementKind,
    pub before: CourseCredit,
    pub after: CourseCredit,
    /// Why the draft uses less of it.
    pub reason: Option<ReasonCode>,
    /// The clause, limit or exclusion of the reason.
    pub rule: Option<String>,
}

/// A case: learners for whom the rules differ in the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SampleCase {
    /// How many learners are like it; never fewer than 5.
    pub learners: u64,
    pub before: CourseCredit,
    pub after: CourseCredit,
    /// The outcomes that are used on either side.
    pub outcomes: Vec<SampleOutcome>,
}

/// What a draft would change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SimulationReport {
    /// The day on which both rules decide.
    pub decided_on: NaiveDate,
    /// All learners of the bank.
    pub learners: u64,
    /// Those with an outcome that a rule of either side is for; absent for 1 to 4.
    pub concerned: Option<u64>,
    pub gained: Change,
    pub lost: Change,
    /// Absent where one of the two is, from which it would follow.
    pub unchanged: Option<u64>,
    /// What is recognised for all learners together; absent where 1 to 4 have credit on either side.
    pub credit_before: Option<CourseCreditSum>,
    pub credit_after: Option<CourseCreditSum>,
    /// By the institution that made the awards.
    pub institutions: Vec<InstitutionImpact>,
    /// How many institutions are withheld, or beyond the most that are listed.
    pub institutions_withheld: usize,
    pub kinds: Vec<KindImpact>,
    pub kinds_withheld: usize,
    /// The cases that change most, from the greatest loss to the greatest gain.
    pub samples: Vec<SampleCase>,
    /// Learners of whom at least one side is the best that was found, and not proven to be the best.
    pub not_proven: u64,
    /// Learners whose outcomes are too many to be allocated, and who are counted as unchanged.
    pub unanswered: u64,
}

/// A count of learners that is told; nobody is told, too.
fn told(learners: u64) -> Option<u64> {
    (learners == 0 || learners >= CELL_MIN).then_some(learners)
}

fn sum(hundredths: i64) -> CourseCreditSum {
    CourseCreditSum::from_hundredths(hundredths.clamp(0, CourseCreditSum::MAX_HUNDREDTHS)).unwrap_or_default()
}

fn credit(hundredths: i64) -> CourseCredit {
    CourseCredit::from_hundredths(hundredths.clamp(0, CourseCredit::MAX_HUNDREDTHS)).unwrap_or_default()
}

impl Change {
    fn of(moved: Moved) -> Self {
        let learners = told(moved.learners);
        Self {
            learners,
            credit: learners.map(|_| sum(moved.hundredths)),
        }
    }
}

impl Impact {
    fn of(cell: Cell) -> Self {
        Self {
            learners: cell.learners,
            gained: told(cell.gained),
            lost: told(cell.lost),
            credit_before: sum(cell.before),
            credit_after: sum(cell.after),
        }
    }
}

impl SampleCase {
    fn of(case: &Case, learners: u64) -> Self {
        let outcome = |part: &CasePart| SampleOutcome {
            achievement: part.achievement.clone(),
            name: part.name.clone(),
            kind: part.kind,
            before: credit(part.before),
            after: credit(part.after),
            reason: part.reason.as_ref().map(|(code, _)| *code),
            rule: part.reason.as_ref().and_then(|(_, rule)| rule.clone()),
        };
        Self {
            learners,
            before: credit(case.parts.iter().map(|part| part.before).sum()),
            after: credit(case.parts.iter().map(|part| part.after).sum()),
            outcomes: case.parts.iter().map(outcome).collect(),
        }
    }
}

/// The cells that are told, those with the most learners first, and how many are withheld. Where one is withheld, the
/// smallest of the others is too: with the total and all the others, the one could be worked out.
fn cells<K: Clone + Ord>(all: impl Iterator<Item = (K, Cell)>, most: usize) -> (Vec<(K, Impact)>, usize) {
    let mut cells: Vec<(K, Cell)> = all.filter(|(_, cell)| cell.learners > 0).collect();
    cells.sort_by(|(one, first), (other, second)| second.learners.cmp(&first.learners).then_with(|| one.cmp(other)));
    let in_all = cells.len();
    cells.retain(|(_, cell)| cell.learners >= CELL_MIN);
    if cells.len() < in_all {
        cells.pop();
    }
    cells.truncate(most);
    let withheld = in_all - cells.len();
    (cells.into_iter().map(|(key, cell)| (key, Impact::of(cell))).collect(), withheld)
}

impl Tally {
    /// What is told of the sum.
    pub fn report(&self, decided_on: NaiveDate) -> SimulationReport {
        let (gained, lost) = (Change::of(self.gained), Change::of(self.lost));
        let credited = told(self.credited);
        let both = gained.learners.zip(lost.learners);
        let institutions = self.institutions.iter().map(|(code, cell)| (code.clone(), *cell));
        let (institutions, institutions_withheld) = cells(institutions, INSTITUTIONS_MAX);
        let kinds = self.kinds.iter().map(|(kind, cell)| (*kind, *cell));
        let (kinds, kinds_withheld) = cells(kinds, AchievementKind::ALL.len());
        SimulationReport {
            decided_on,
            learners: self.learners,
            concerned: told(self.concerned),
            gained,
            lost,
            unchanged: both.and_then(|(gained, lost)| self.learners.checked_sub(gained)?.checked_sub(lost)),
            credit_before: credited.map(|_| sum(self.before)),
            credit_after: credited.map(|_| sum(self.after)),
            institutions: institutions
                .into_iter()
                .map(|(credit_code, impact)| InstitutionImpact { credit_code, impact })
                .collect(),
            institutions_withheld,
            kinds: kinds.into_iter().map(|(kind, impact)| KindImpact { kind, impact }).collect(),
            kinds_withheld,
            samples: self.samples(),
            not_proven: self.not_proven,
            unanswered: self.unanswered,
        }
    }

    /// Cases stand in the order of their change, so that the greatest losses come first and the greatest gains last.
    fn samples(&self) -> Vec<SampleCase> {
        let shared: Vec<(&Case, u64)> = self
            .cases
            .iter()
            .filter(|(_, learners)| **learners >= CELL_MIN)
            .map(|(case, learners)| (case, *learners))
            .collect();
        let losses = shared.iter().filter(|(case, _)| case.change < 0).count();
        let gains = shared.len() - losses;
        let of_losses = losses.min(CASES_OF_EACH + CASES_OF_EACH.saturating_sub(gains));
        let of_gains = gains.min(CASES_OF_EACH + CASES_OF_EACH.saturating_sub(losses));
        let first = shared.iter().take(of_losses);
        let last = shared.iter().skip(shared.len() - of_gains);
        first.chain(last).map(|(case, learners)| SampleCase::of(case, *learners)).collect()
    }
}
