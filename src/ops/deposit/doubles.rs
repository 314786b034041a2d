//! What the learners of a slice have already: the very same, which is there already, and what looks like a double.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use super::newcomers::{Newcomers, look_alikes};
use super::prepare::Prepared;
use crate::domain::doubles::{DAYS_APART_MAX, Double, Fact, Standard, flag};
use crate::domain::hours::Hours;
use crate::domain::outcome::OutcomeFlag;
use crate::ops::context::Bank;
use crate::ops::error::OpError;
use crate::store::connection::Conn;
use crate::store::deposits::OutcomeRow;
use crate::store::doubles::{self as store, EarlierRow};
use crate::store::standards::AchievementRow;

/// What the learners of a slice have already.
#[derive(Default)]
pub(super) struct Doubles {
    known: HashMap<Uuid, Vec<Fact>>,
    /// Outcomes without a certificate number, by who deposited them and what they say.
    same: HashMap<(Uuid, Vec<u8>), OutcomeRow>,
    /// Whom somebody looks like whose document the bank does not know.
    persons: HashMap<Vec<u8>, Uuid>,
    /// Those whose accounts the slice opens.
    pub(super) newcomers: Newcomers,
    standards: HashMap<Uuid, Arc<Standard>>,
}

/// The standard that an achievement sets.
fn standard_of(row: &AchievementRow) -> Standard {
    Standard::new(row.institution_id.0, &row.code, row.family.as_deref(), row.rank, &row.name_chinese)
}

fn fact_of(row: EarlierRow) -> Fact {
    let standard = Standard::new(row.owner_id.0, &row.code, row.family.as_deref(), row.rank, &row.name_chinese);
    Fact {
        outcome_id: Some(row.outcome_id.0),
        institution_id: row.institution_id.0,
        standard: Arc::new(standard),
        awarded_on: row.awarded_on,
        hours: row.hours_hundredths.and_then(|hours| Hours::from_hundredths(hours).ok()),
        certificate_number: row.certificate_number.map(String::into_boxed_str),
    }
}

impl Doubles {
    /// Reads what the learners of a slice have that its outcomes could be doubles of.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn load(
        bank: &Bank,
        conn: &mut Conn,
        wanted: &[&Prepared],
        learner_ids: &[Uuid],
        documents: &HashSet<&[u8]>,
        achievements: &[AchievementRow],
    ) -> Result<Self, OpError> {
        let mut doubles = Self {
            standards: achievements
                .iter()
                .map(|row| (row.achievement_id.0, Arc::new(standard_of(row))))
                .collect(),
            ..Self::default()
        };
        if let Some(days) = days(wanted) {
            let mut families: Vec<String> = achievements.iter().filter_map(|row| row.family.clone()).collect();
            families.sort_unstable();
            families.dedup();
            for row in store::earlier(conn, learner_ids, days, &families)? {
                doubles.known.entry(row.learner_id.0).or_default().push(fact_of(row));
            }
        }
        let without_number = wanted.iter().filter(|prepared| prepared.content.certificate_number.is_none());
        let digests: Vec<Vec<u8>> = without_number.map(|prepared| prepared.digest.to_vec()).collect();
        for row in store::the_same(conn, learner_ids, &digests)? {
            doubles.same.insert((row.institution_id.0, row.content_digest.clone()), row);
        }
        doubles.persons = look_alikes(bank, conn, wanted, documents)?;
        Ok(doubles)
    }

    /// The outcomes without a certificate number that are there.
    pub(super) fn same_rows(&self) -> impl Iterator<Item = &OutcomeRow> {
        self.same.values()
    }

    /// The outcome that says the same, where it is there without a certificate number.
    pub(super) fn same(&self, institution_id: Uuid, prepared: &Prepared) -> Option<&OutcomeRow> {
        self.same.get(&(institution_id, prepared.digest.to_vec()))
    }

    /// What a new outcome of a learner says, as far as doubles are told by it.
    pub(super) fn fact(&self, institution_id: Uuid, achievement: &AchievementRow, prepared: &Prepared) -> Fact {
        let standard = self.standards.get(&achievement.achievement_id.0).map(Arc::clone);
        Fact {
            outcome_id: None,
            institution_id,
            standard: standard.unwrap_or_else(|| Arc::new(standard_of(achievement))),
            awarded_on: prepared.content.awarded_on,
            hours: prepared.content.hours,
            certificate_number: prepared.content.certificate_number.as_deref().map(Box::from),
        }
    }

    /// What a new outcome looks like: each flag once, with the first record that it looks like.
    pub(super) fn found(&self, learner_id: Option<Uuid>, prepared: &Prepared, fact: &Fact) -> Vec<Double> {
        let mut found: Vec<Double> = Vec::new();
        let known = learner_id.and_then(|learner_id| self.known.get(&learner_id));
        for other in known.into_iter().flatten() {
            let Some(flag) = flag(fact, other) else { continue };
            if found.iter().all(|double| double.flag != flag) {
                found.push(Double {
                    flag,
                    outcome_id: other.outcome_id,
                    learner_id: None,
                });
            }
        }
        // What opens an account is looked at; what comes after it is of somebody whom the bank knows.
        let other = match learner_id {
            Some(_) => None,
            None => self
                .persons
                .get(&prepared.document_index)
                .copied()
                .or_else(|| self.newcomers.alike(prepared)),
        };
        if let Some(other) = other {
            found.push(Double {
                flag: OutcomeFlag::OnePersonTwoNumbers,
                outcome_id: None,
                learner_id: Some(other),
            });
        }
        found
    }

    /// An outcome is as if it were not there: another takes its place.
    pub(super) fn take_place(&mut self, outcome_id: Uuid) {
        self.same.retain(|_, outcome| outcome.outcome_id.0 != outcome_id);
    }

    /// Somebody new looks like this one, whom a dry run has met.
    pub(super) fn lend_alike(&mut self, document_index: &[u8], other: Uuid) {
        self.persons.entry(document_index.to_vec()).or_insert(other);
    }

    /// A learner has this from now on.
    pub(super) fn add(&mut self, learner_id: Uuid, fact: Fact) {
        self.known.entry(learner_id).or_default().push(fact);
    }

    /// An outcome without a certificate number is there from now on.
    pub(super) fn add_same(&mut self, outcome: &OutcomeRow) {
        if outcome.certificate_number.is_none() {
            self.same
                .insert((outcome.institution_id.0, outcome.content_digest.clone()), outcome.clone());
        }
    }
}

/// The days around those of a slice; `None` for an empty one.
fn days(wanted: &[&Prepared]) -> Option<(NaiveDate, NaiveDate)> {
    let days = || wanted.iter().map(|prepared| prepared.content.awarded_on);
    let (first, last) = (days().min()?, days().max()?);
    let around = TimeDelta::days(DAYS_APART_MAX);
    let first = first.checked_sub_signed(around).unwrap_or(NaiveDate::MIN);
    Some((first, last.checked_add_signed(around).unwrap_or(NaiveDate::MAX)))
}
