//! Which packs judge an outcome: the version in force for its date, and the packs above it.

use chrono::NaiveDate;

use super::{Layer, Question};
use crate::domain::agreement::Agreement;
use crate::domain::condition::{Circumstances, Condition};
use crate::domain::facts::OutcomeFacts;
use crate::domain::pack::RulePack;
use crate::domain::recognition::SelectedBy;

/// A pack whose limits and exclusions hold, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Ruling<'a> {
    pub(super) layer: Layer,
    pub(super) pack: &'a RulePack,
    /// The place of the version in the question; absent for packs above.
    pub(super) version: Option<usize>,
}

impl Question {
    /// The version that judges an outcome, by the date that the pack itself names.
    pub(super) fn version_for(&self, outcome: &OutcomeFacts) -> Option<usize> {
        self.versions.iter().rposition(|version| {
            let day = match version.pack.selected_by {
                Some(SelectedBy::AwardDate) => outcome.awarded_on,
                Some(SelectedBy::DecisionDate) | None => self.decided_on,
            };
            version.pack.in_force_on(day)
        })
    }

    /// The packs whose limits hold: those above, and the institution's own as it is on the day of the decision, or its last
    /// version where none is in force any more. What is said of single outcomes, exclusions and limits per outcome, is
    /// taken from the version that judges the outcome.
    pub(super) fn rulings(&self) -> Vec<Ruling<'_>> {
        let above = self.above.iter().map(|above| Ruling {
            layer: Layer::Standard,
            pack: &above.pack,
            version: None,
        });
        let in_force = self.versions.iter().rposition(|version| version.pack.in_force_on(self.decided_on));
        let own = in_force
            .or_else(|| self.versions.len().checked_sub(1))
            .and_then(|place| self.own_ruling(place));
        above.chain(own).collect()
    }

    /// One version of the institution's own pack.
    pub(super) fn own_ruling(&self, place: usize) -> Option<Ruling<'_>> {
        Some(Ruling {
            layer: Layer::Institution,
            pack: &self.versions.get(place)?.pack,
            version: Some(place),
        })
    }

    /// The agreements in force on a day that cover an outcome.
    fn agreements_for<'a>(&'a self, day: NaiveDate, outcome: &'a OutcomeFacts) -> impl Iterator<Item = &'a Agreement> {
        self.agreements
            .iter()
            .filter(move |agreement| agreement.in_force_on(day) && agreement.covers(&outcome.issuer, &self.institution))
    }

    /// Judges a condition of a pack.
    pub(super) fn with_circumstances<T>(&self, pack: &RulePack, outcome: &OutcomeFacts, work: impl FnOnce(&Circumstances<'_>) -> T) -> T {
        self.with_circumstances_on(self.decided_on, pack, outcome, work)
    }

    /// Judges a condition of a pack as on another day.
    pub(super) fn with_circumstances_on<T>(
        &self,
        day: NaiveDate,
        pack: &RulePack,
        outcome: &OutcomeFacts,
        work: impl FnOnce(&Circumstances<'_>) -> T,
    ) -> T {
        let grades = |scale: &str| pack.grades(scale);
        work(&Circumstances {
            decided_on: day,
            enrolled_on: self.enrolled_on,
            owner: Some(&self.institution.credit_code),
            under_agreement: self.agreements_for(day, outcome).next().is_some(),
            grades: &grades,
        })
    }

    /// Whether an outcome meets a condition of a pack.
    pub(super) fn meets(&self, pack: &RulePack, condition: &Condition, outcome: &OutcomeFacts) -> bool {
        self.meets_on(self.decided_on, pack, condition, outcome)
    }

    /// Whether an outcome met a condition of a pack on another day.
    pub(super) fn meets_on(&self, day: NaiveDate, pack: &RulePack, condition: &Condition, outcome: &OutcomeFacts) -> bool {
        condition.is_empty() || self.with_circumstances_on(day, pack, outcome, |circumstances| condition.holds(outcome, circumstances))
    }
}
