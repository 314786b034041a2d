//! What was converted earlier in the same programme: it takes its part of courses and limits, and whatever counts only once.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::explain::credit;
use super::model::{Arc, Model, Offer, Place, PlaceKind};
use super::{Destination, Question};
use crate::domain::credit::CourseCredit;
use crate::domain::facts::OutcomeFacts;
use crate::domain::pack::{Coverage, Remainder, Targets};

/// A part of an outcome's credit that an earlier decision converted in the same programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EarlierAward {
    /// As it was judged then; an outcome of the question with the same key is the same outcome.
    pub outcome: OutcomeFacts,
    /// The id of the clause that brought it. It counts for limits that name this clause, whether or not the rules still have
    /// it.
    #[schema(min_length = 1, max_length = 40, example = "certificates")]
    pub clause: String,
    /// Where it went, as the programme was then.
    pub destination: Destination,
    pub amount: CourseCredit,
    /// The day of that decision, as of which conditions of time are judged; absent for the day of this question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_on: Option<NaiveDate>,
}

/// What a place took earlier, in hundredths.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    pub(super) amount: i64,
    /// A course that was covered wholly stays so, whatever credit the programme gives it since.
    pub(super) is_full: bool,
}

impl Question {
    /// The earlier awards that brought something.
    pub(super) fn past(&self) -> Vec<&EarlierAward> {
        self.earlier.iter().filter(|award| award.amount > CourseCredit::ZERO).collect()
    }

    /// What was converted earlier in all.
    pub(super) fn converted_earlier(&self) -> CourseCredit {
        credit(self.earlier.iter().map(|award| award.amount.hundredths()).sum())
    }

    /// The day as of which an earlier award is judged.
    pub(super) fn day_of(&self, award: &EarlierAward) -> NaiveDate {
        award.decided_on.unwrap_or(self.decided_on)
    }

    /// The places of an earlier award's version and clause: in the version that judges its outcome, or else in the last that
    /// has the clause. So a new version of the rules gives no second helping.
    pub(super) fn clause_of_award(&self, award: &EarlierAward) -> Option<(usize, usize)> {
        let place_in = |version: usize| {
            let clauses = &self.versions.get(version)?.pack.clauses;
            Some((version, clauses.iter().position(|clause| clause.id == award.clause)?))
        };
        let judging = self.version_for(&award.outcome).and_then(place_in);
        judging.or_else(|| (0..self.versions.len()).rev().find_map(place_in))
    }

    /// Where an earlier award went, as the programme is now.
    pub(super) fn place_of_award(&self, award: &EarlierAward) -> PlaceKind {
        let programme = &self.programme;
        let bucket = |code: &String| programme.buckets.iter().position(|bucket| bucket.code == *code);
        match &award.destination {
            Destination::Course { code, bucket: former, .. } => {
                let course = programme.courses.iter().position(|course| course.code == *code);
                course.map_or_else(
                    || PlaceKind::Former {
                        bucket: bucket(former),
                        is_course: true,
                    },
                    PlaceKind::Course,
                )
            }
            Destination::FreeCredit { bucket: code } => bucket(code).map_or(
                PlaceKind::Former {
                    bucket: None,
                    is_course: false,
                },
                PlaceKind::FreeCredit,
            ),
        }
    }

    /// What each place of the programme took earlier.
    pub(super) fn taken_earlier(&self) -> BTreeMap<PlaceKind, Taken> {
        let mut all: BTreeMap<PlaceKind, (i64, i64)> = BTreeMap::new();
        for award in self.past() {
            let whole = match &award.destination {
                Destination::Course { credits, .. } => credits.hundredths(),
                Destination::FreeCredit { .. } => i64::MAX,
            };
            let (amount, least) = all.entry(self.place_of_award(award)).or_insert((0, whole));
            *amount += award.amount.hundredths();
            *least = whole.min(*least);
        }
        let taken = |(kind, (amount, whole))| {
            let is_full = amount >= whole;
            (kind, Taken { amount, is_full })
        };
        all.into_iter().map(taken).collect()
    }
}

/// The model with one more outcome and one more arc for each earlier award, behind the others: for the bounds to be made over.
pub(super) fn with_past<'a>(question: &Question, model: &'a Model, past: &[&EarlierAward]) -> Cow<'a, Model> {
    if past.is_empty() {
        return Cow::Borrowed(model);
    }
    let mut whole = model.clone();
    let mut former: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    for award in past {
        let amount = award.amount.hundredths();
        let kind = question.place_of_award(award);
        let known = match &award.destination {
            Destination::Course { code, .. } => (true, code.as_str()),
            Destination::FreeCredit { bucket } => (false, bucket.as_str()),
        };
        let place = match kind {
            PlaceKind::Former { .. } => former.get(&known).copied(),
            _ => whole.places.iter().position(|place| place.kind == kind),
        };
        let place = place.unwrap_or_else(|| {
            whole.places.push(Place {
                kind,
                capacity: 0,
                begun: true,
            });
            former.insert(known, whole.places.len() - 1);
            whole.places.len() - 1
        });
        // The place behind the last version has no clause.
        let (version, clause) = question.clause_of_award(award).unwrap_or((question.versions.len(), 0));
        whole.arcs.push(Arc {
            offer: whole.offers.len(),
            outcome: whole.outcomes,
            place,
            most: amount,
            whole: false,
        });
        whole.offers.push(Offer {
            outcome: whole.outcomes,
            version,
            clause,
            budget: amount,
            spread: Targets::Many,
            coverage: Coverage::Part,
            rest: Remainder::Forfeited,
        });
        whole.outcomes += 1;
    }
    Cow::Owned(whole)
}
