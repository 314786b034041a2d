//! The sum over learners: parts are merged in any order to the same sum.

use std::collections::BTreeMap;

use super::Difference;
use crate::domain::achievement::AchievementKind;
use crate::domain::allocation::ReasonCode;

/// Learners whose credit changed one way, and by how many hundredths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) learners: u64,
    pub(super) hundredths: i64,
}

/// The outcomes of one institution, or of one kind, of all learners.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// Learners who have credit from these outcomes on either side.
    pub(super) learners: u64,
    pub(super) gained: u64,
    pub(super) lost: u64,
    pub(super) before: i64,
    pub(super) after: i64,
}

/// What a case shows of one outcome. Nothing that tells people apart who earned the same: no issuer, date or score.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CasePart {
    pub(super) achievement: String,
    pub(super) name: String,
    pub(super) kind: AchievementKind,
    pub(super) before: i64,
    pub(super) after: i64,
    pub(super) reason: Option<(ReasonCode, Option<String>)>,
}

/// Learners for whom the rules differ in the same way: by so many hundredths, over such outcomes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Case {
    pub(super) change: i64,
    pub(super) parts: Vec<CasePart>,
}

/// The sum over some learners.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub(super) learners: u64,
    pub(super) concerned: u64,
    /// Learners who have credit on either side.
    pub(super) credited: u64,
    pub(super) gained: Moved,
    pub(super) lost: Moved,
    pub(super) before: i64,
    pub(super) after: i64,
    pub(super) not_proven: u64,
    pub(super) unanswered: u64,
    pub(super) institutions: BTreeMap<String, Cell>,
    pub(super) kinds: BTreeMap<AchievementKind, Cell>,
    pub(super) cases: BTreeMap<Case, u64>,
}

impl Moved {
    fn add(&mut self, other: Self) {
        self.learners += other.learners;
        self.hundredths += other.hundredths;
    }
}

impl Cell {
    fn add(&mut self, other: Self) {
        self.learners += other.learners;
        self.gained += other.gained;
        self.lost += other.lost;
        self.before += other.before;
        self.after += other.after;
    }

    /// One learner's own sum, as that of one learner.
    fn of_one(before: i64, after: i64) -> Self {
        Self {
            learners: u64::from(before > 0 || after > 0),
            gained: u64::from(after > before),
            lost: u64::from(after < before),
            before,
            after,
        }
    }
}

impl Case {
    fn of(difference: &Difference) -> Self {
        let used = difference.parts.iter().filter(|part| part.before > 0 || part.after > 0);
        let mut parts: Vec<CasePart> = used
            .map(|part| CasePart {
                achievement: part.achievement.clone(),
                name: part.name.clone(),
                kind: part.kind,
                before: part.before,
                after: part.after,
                // What is used as much as before needs no reason, though a rest of it may have one.
                reason: part.reason.clone().filter(|_| part.after < part.before),
            })
            .collect();
        parts.sort_unstable();
        Self {
            change: difference.after - difference.before,
            parts,
        }
    }
}

impl Tally {
    /// Adds learners who have nothing that counts.
    pub fn add_without_outcomes(&mut self, learners: u64) {
        self.learners += learners;
    }

    /// Adds learners whose question had no answer.
    pub fn add_unanswered(&mut self, learners: u64) {
        self.learners += learners;
        self.unanswered += learners;
    }

    /// Adds a learner.
    pub fn add(&mut self, difference: &Difference) {
        self.learners += 1;
        self.concerned += u64::from(difference.is_concerned);
        self.credited += u64::from(difference.before > 0 || difference.after > 0);
        self.not_proven += u64::from(!difference.is_proven);
        self.before += difference.before;
        self.after += difference.after;
        let change = difference.after - difference.before;
        let moved = Moved {
            learners: 1,
            hundredths: change.abs(),
        };
        match change {
            1.. => self.gained.add(moved),
            0 => {}
            ..0 => self.lost.add(moved),
        }
        let mut institutions: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        let mut kinds: BTreeMap<AchievementKind, (i64, i64)> = BTreeMap::new();
        for part in &difference.parts {
            for sum in [
                institutions.entry(&part.institution).or_default(),
                kinds.entry(part.kind).or_default(),
            ] {
                sum.0 += part.before;
                sum.1 += part.after;
            }
        }
        for (institution, (before, after)) in institutions {
            let cell = self.institutions.entry(institution.to_owned()).or_default();
            cell.add(Cell::of_one(before, after));
        }
        for (kind, (before, after)) in kinds {
            self.kinds.entry(kind).or_default().add(Cell::of_one(before, after));
        }
        if change != 0 {
            *self.cases.entry(Case::of(difference)).or_default() += 1;
        }
    }

    /// Adds the sum over other learners.
    pub fn merge(&mut self, other: Self) {
        self.learners += other.learners;
        self.concerned += other.concerned;
        self.credited += other.credited;
        self.gained.add(other.gained);
        self.lost.add(other.lost);
        self.before += other.before;
        self.after += other.after;
        self.not_proven += other.not_proven;
        self.unanswered += other.unanswered;
        for (institution, cell) in other.institutions {
            self.institutions.entry(institution).or_default().add(cell);
        }
        for (kind, cell) in other.kinds {
            self.kinds.entry(kind).or_default().add(cell);
        }
        for (case, learners) in other.cases {
            *self.cases.entry(case).or_default() += learners;
        }
    }
}
