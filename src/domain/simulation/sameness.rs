//! Which learners are the same to the rules: what no rule reads of an outcome is left out, and of a score or of hours only
//! how far they reach. Equal texts are solved once, so that a city is as quick as its different cases.
//!
//! Packs and all that is in them are taken apart by name and without `..`: a property that is added does not compile
//! here until somebody says what it reads.

use std::collections::BTreeSet;

use super::{Comparison, Rules};
use crate::domain::condition::Condition;
use crate::domain::credit::Score;
use crate::domain::facts::OutcomeFacts;
use crate::domain::hours::Hours;
use crate::domain::limit::{Limit, Scope};
use crate::domain::pack::value::{Addend, Base, ClauseValue, RatioOf, TableKey};
use crate::domain::pack::{Clause, Exclusion, OnlyOne, RulePack};
use crate::domain::recognition::SelectedBy;

/// What the rules of a comparison read of an outcome, of that which is seldom equal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    award_date: bool,
    last_day: bool,
    grade: bool,
    exact_hours: bool,
    original_credit: bool,
    trainee_group: bool,
    scores: BTreeSet<Score>,
    hours: BTreeSet<Hours>,
}

impl Reads {
    /// Looks through all rules of both sides.
    pub fn of(comparison: &Comparison) -> Self {
        let mut reads = Self::default();
        for Rules { versions, above } in [&comparison.before, &comparison.after] {
            for version in versions.iter().chain(above) {
                reads.pack(&version.pack);
            }
        }
        for limit in &comparison.programme.limits {
            reads.limit(limit);
        }
        reads
    }

    fn pack(&mut self, pack: &RulePack) {
        let RulePack {
            code: _,
            title: _,
            owner: _,
            legal_basis: _,
            effective_from: _,
            effective_to: _,
            selected_by,
            under: _,
            programmes: _,
            definitions: _,
            clauses,
            limits,
            highest_only,
            once_only,
            exclusions,
            admission: _,
            claims: _,
        } = pack;
        self.award_date |= *selected_by == Some(SelectedBy::AwardDate);
        for clause in clauses {
            self.clause(clause);
        }
        for limit in limits {
            self.limit(limit);
        }
        for only in highest_only.iter().chain(once_only) {
            let OnlyOne {
                id: _,
                citation: _,
                outcomes,
                within: _,
                by: _,
            } = only;
            self.condition(outcomes);
        }
        for exclusion in exclusions {
            let Exclusion {
                id: _,
                citation: _,
                outcomes,
                courses: _,
            } = exclusion;
            self.condition(outcomes);
        }
    }

    fn clause(&mut self, clause: &Clause) {
        let Clause {
            id: _,
            citation: _,
            title: _,
            legal_basis: _,
            outcomes,
            to: _,
            value,
            targets: _,
            remainder: _,
            coverage: _,
            // Of the grade that is recorded a simulation says nothing.
            recorded: _,
            exempt_from: _,
            mature: _,
        } = clause;
        self.condition(outcomes);
        self.value(value);
    }

    fn limit(&mut self, limit: &Limit) {
        let Limit {
            id: _,
            citation: _,
            title: _,
            outcomes,
            clauses: _,
            courses: _,
            per,
            calendar: _,
            at_most: _,
            inside: _,
            outside: _,
        } = limit;
        self.condition(outcomes);
        self.award_date |= *per == Scope::Period;
    }

    fn value(&mut self, value: &ClauseValue) {
        let ClauseValue {
            of,
            addends,
            step: _,
            cap: _,
        } = value;
        match of {
            Base::Hours { per_credit: _ } => self.exact_hours = true,
            Base::Ratio {
                of,
                numerator: _,
                denominator: _,
            } => self.original_credit |= *of == RatioOf::OriginalCredit,
            Base::Table { by, entries: _ } => self.grade |= *by == TableKey::Grade,
            Base::BankCredit {} | Base::Fixed { credit: _ } | Base::CourseCredit {} => {}
        }
        for Addend { when, sign: _, credit: _ } in addends {
            self.condition(when);
        }
    }

    fn condition(&mut self, condition: &Condition) {
        let Condition {
            // Properties of the achievement and of who made the award, which stay as they are.
            kinds: _,
            issuers: _,
            issuer_kinds: _,
            origin: _,
            achievements: _,
            families: _,
            ranks: _,
            levels: _,
            education_levels: _,
            tags_any: _,
            tags_all: _,
            tags_none: _,
            verification: _,
            contest_scopes: _,
            contest_places: _,
            standing: _,
            team_positions: _,
            trainee_groups,
            minimum_score,
            minimum_grade,
            minimum_hours,
            awarded_from,
            awarded_to,
            awarded_within,
            enrolment,
            still_valid,
            any_of,
            none_of,
        } = condition;
        self.trainee_group |= !trainee_groups.is_empty();
        self.scores.extend(minimum_score);
        self.grade |= minimum_grade.is_some();
        self.hours.extend(minimum_hours);
        self.award_date |= awarded_from.is_some() || awarded_to.is_some() || awarded_within.is_some() || enrolment.is_some();
        self.last_day |= still_valid;
        for other in any_of.iter().chain(none_of) {
            self.condition(other);
        }
    }

    /// What a learner has as the rules see it, under keys that are the places in the order of deposits. It is answered as
    /// the outcomes themselves are: in what it converts, not in the grades that are recorded.
    pub fn seen(&self, comparison: &Comparison, outcomes: &[OutcomeFacts]) -> Vec<OutcomeFacts> {
        let seen = |(place, outcome): (usize, &OutcomeFacts)| OutcomeFacts {
            // As many digits as the most outcomes of a question have: texts are put in order by limits per outcome.
            key: format!("{place:03}"),
            name_english: None,
            awarded_on: if self.award_date {
                outcome.awarded_on
            } else {
                comparison.decided_on
            },
            usable_until: outcome.usable_until.filter(|_| self.last_day),
            grade: outcome.grade.clone().filter(|_| self.grade),
            original_credit: outcome.original_credit.filter(|_| self.original_credit),
            trainee_group: outcome.trainee_group.filter(|_| self.trainee_group),
            score: outcome.score.and_then(|score| reached(&self.scores, score)),
            hours: match self.exact_hours {
                true => outcome.hours,
                false => outcome.hours.and_then(|hours| reached(&self.hours, hours)),
            },
            ..outcome.clone()
        };
        outcomes.iter().enumerate().map(seen).collect()
    }
}

/// The highest of the marks that a number reaches: none of the conditions can tell the two apart.
fn reached<T: Ord + Copy>(marks: &BTreeSet<T>, number: T) -> Option<T> {
    marks.range(..=number).next_back().copied()
}
