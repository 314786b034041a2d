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
    /// Absent for 1 to 4, and where 1 to 4 that are withheld would follow from it.
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
    /// Learners to whom they bring more. This and what follows is absent together: where 1 to 4 gain or lose, and where
    /// what is withheld elsewhere would follow from it.
    pub gained: Option<u64>,
    /// Learners to whom they bring less.
    pub lost: Option<u64>,
    pub credit_before: Option<CourseCreditSum>,
    pub credit_after: Option<CourseCreditSum>,
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
    /// Absent for 1 to 4 beside others, and where one of the two is, from which it would follow.
    pub unchanged: Option<u64>,
    /// What is recognised for all learners together; absent where 1 to 4 have credit on either side, or one of the three
    /// above is absent.
    pub credit_before: Option<CourseCreditSum>,
    pub credit_after: Option<CourseCreditSum>,
    /// By the institution that made the awards.
    pub institutions: Vec<InstitutionImpact>,
    /// How many institutions are withheld, or beyond the most that are listed.
    pub institutions_withheld: usize,
    pub kinds: Vec<KindImpact>,
    pub kinds_withheld: usize,
    /// The cases that change most, from the greatest loss to the greatest gain. One is left out where, beside it, the sums
    /// would tell of 1 to 4 others.
    pub samples: Vec<SampleCase>,
    /// Learners of whom at least one side is the best that was found, and not proven to be the best; absent for 1 to 4.
    pub not_proven: Option<u64>,
    /// Learners whose outcomes are too many to be allocated, and who are counted as unchanged; absent for 1 to 4.
    pub unanswered: Option<u64>,
}

/// Whether somebody is counted, and so few that it is not told.
fn is_few(learners: u64) -> bool {
    (1..CELL_MIN).contains(&learners)
}

/// A count of learners that is told; nobody is told, too.
fn told(learners: u64) -> Option<u64> {
    (!is_few(learners)).then_some(learners)
}

fn sum(hundredths: i64) -> CourseCreditSum {
    CourseCreditSum::from_hundredths(hundredths.clamp(0, CourseCreditSum::MAX_HUNDREDTHS)).unwrap_or_default()
}

fn credit(hundredths: i64) -> CourseCredit {
    CourseCredit::from_hundredths(hundredths.clamp(0, CourseCredit::MAX_HUNDREDTHS)).unwrap_or_default()
}

impl Change {
    fn of(moved: Moved, is_told: bool) -> Self {
        Self {
            learners: is_told.then_some(moved.learners),
            credit: is_told.then(|| sum(moved.hundredths)),
        }
    }
}

impl Impact {
    fn of(cell: Cell, is_told: bool) -> Self {
        Self {
            learners: cell.learners,
            gained: is_told.then_some(cell.gained),
            lost: is_told.then_some(cell.lost),
            credit_before: is_told.then(|| sum(cell.before)),
            credit_after: is_told.then(|| sum(cell.after)),
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

/// Which of the three parts of all learners are told. Together they are all, so that one is never withheld alone.
#[derive(Debug, Clone, Copy)]
struct Told {
    gained: bool,
    lost: bool,
    unchanged: bool,
}

impl Told {
    fn of(gained: u64, lost: u64, unchanged: u64) -> Self {
        let few_unchanged = is_few(unchanged) && gained + lost > 0;
        let moved = !is_few(gained) && !is_few(lost);
        let mut told = Self {
            gained: !is_few(gained),
            lost: !is_few(lost),
            unchanged: moved && !few_unchanged,
        };
        if moved && few_unchanged {
            // Beside them the smaller of the other parts is withheld, where somebody is in it.
            let gained_is_smaller = lost == 0 || (gained > 0 && gained <= lost);
            (told.gained, told.lost) = (!gained_is_smaller, gained_is_smaller);
        }
        told
    }

    fn all(self) -> bool {
        self.gained && self.lost && self.unchanged
    }
}

/// The cells that are told, those with the most learners first, and how many are withheld. Where one is withheld, the
/// smallest of the others is too: with the total and all the others, the one could be worked out. So it is with the
/// credit of a cell in which few gain or lose, and with the total itself where it is withheld.
fn cells<K: Clone + Ord>(all: impl Iterator<Item = (K, Cell)>, total_is_told: bool, most: usize) -> (Vec<(K, Impact)>, usize) {
    let mut cells: Vec<(K, Cell)> = all.filter(|(_, cell)| cell.learners > 0).collect();
    cells.sort_by(|(one, first), (other, second)| second.learners.cmp(&first.learners).then_with(|| one.cmp(other)));
    let in_all = cells.len();
    cells.retain(|(_, cell)| cell.learners >= CELL_MIN);
    if cells.len() < in_all {
        cells.pop();
    }
    let is_told = |cell: &Cell| !is_few(cell.gained) && !is_few(cell.lost);
    let mut impacts: Vec<(K, Impact)> = cells
        .iter()
        .map(|(key, cell)| (key.clone(), Impact::of(*cell, is_told(cell))))
        .collect();
    let without_credit = cells.iter().filter(|(_, cell)| !is_told(cell)).count();
    if in_all - cells.len() + without_credit + usize::from(!total_is_told) == 1
        && let Some(((_, impact), (_, cell))) = impacts.iter_mut().zip(&cells).rfind(|(_, (_, cell))| is_told(cell))
    {
        *impact = Impact::of(*cell, false);
    }
    impacts.truncate(most);
    let withheld = in_all - impacts.len();
    (impacts, withheld)
}

impl Tally {
    /// What is told of the sum.
    pub fn report(&self, decided_on: NaiveDate) -> SimulationReport {
        let unchanged = self.learners.saturating_sub(self.gained.learners + self.lost.learners);
        let parts = Told::of(self.gained.learners, self.lost.learners, unchanged);
        let total = !is_few(self.credited) && parts.all();
        let institutions = self.institutions.iter().map(|(code, cell)| (code.clone(), *cell));
        let (institutions, institutions_withheld) = cells(institutions, total, INSTITUTIONS_MAX);
        let kinds = self.kinds.iter().map(|(kind, cell)| (*kind, *cell));
        let (kinds, kinds_withheld) = cells(kinds, total, AchievementKind::ALL.len());
        SimulationReport {
            decided_on,
            learners: self.learners,
            concerned: told(self.concerned),
            gained: Change::of(self.gained, parts.gained),
            lost: Change::of(self.lost, parts.lost),
            unchanged: parts.unchanged.then_some(unchanged),
            credit_before: total.then(|| sum(self.before)),
            credit_after: total.then(|| sum(self.after)),
            samples: self.samples(parts, &kinds),
            institutions: institutions
                .into_iter()
                .map(|(credit_code, impact)| InstitutionImpact { credit_code, impact })
                .collect(),
            institutions_withheld,
            kinds: kinds.into_iter().map(|(kind, impact)| KindImpact { kind, impact }).collect(),
            kinds_withheld,
            not_proven: told(self.not_proven),
            unanswered: told(self.unanswered),
        }
    }

    /// Cases stand in the order of their change, so that the greatest losses come first and the greatest gains last.
    fn samples(&self, parts: Told, kinds: &[(AchievementKind, Impact)]) -> Vec<SampleCase> {
        let is_told = |case: &Case| if case.change < 0 { parts.lost } else { parts.gained };
        let shared: Vec<(&Case, u64)> = self
            .cases
            .iter()
            .filter(|(case, learners)| **learners >= CELL_MIN && is_told(case))
            .map(|(case, learners)| (case, *learners))
            .collect();
        let losses = shared.iter().filter(|(case, _)| case.change < 0).count();
        let gains = shared.len() - losses;
        let of_losses = losses.min(CASES_OF_EACH + CASES_OF_EACH.saturating_sub(gains));
        let of_gains = gains.min(CASES_OF_EACH + CASES_OF_EACH.saturating_sub(losses));
        let first = shared.iter().take(of_losses);
        let last = shared.iter().skip(shared.len() - of_gains);
        let mut shown: Vec<(&Case, u64)> = first.chain(last).copied().collect();
        while let Some(place) = self.telling(&shown, kinds) {
            shown.remove(place);
        }
        shown.into_iter().map(|(case, learners)| SampleCase::of(case, learners)).collect()
    }

    /// The place of a case to be left out: the smallest of those that, taken out of a sum, leave 1 to 4 learners in it.
    fn telling(&self, shown: &[(&Case, u64)], kinds: &[(AchievementKind, Impact)]) -> Option<usize> {
        let smallest = |in_all: u64, is_in: &dyn Fn(&Case) -> bool| {
            let inside = shown.iter().enumerate().filter(|(_, (case, _))| is_in(case));
            let learners: u64 = inside.clone().map(|(_, (_, learners))| learners).sum();
            let smallest = inside.min_by_key(|(_, (_, learners))| *learners).map(|(place, _)| place);
            smallest.filter(|_| is_few(in_all.saturating_sub(learners)))
        };
        let told_kinds = kinds.iter().filter(|(_, impact)| impact.credit_before.is_some());
        smallest(self.gained.learners, &|case| case.change > 0)
            .or_else(|| smallest(self.lost.learners, &|case| case.change < 0))
            .or_else(|| {
                let mut kinds = told_kinds
                    .map(|(kind, impact)| smallest(impact.learners, &|case: &Case| case.parts.iter().any(|part| part.kind == *kind)));
                kinds.find_map(|place| place)
            })
    }
}
