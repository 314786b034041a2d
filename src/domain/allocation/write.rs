//! Writes a model down for the solver: columns for whole courses, amounts for parts, and marks that say what is used.

use std::collections::BTreeMap;

use microlp::{ComparisonOp, LinearExpr, Variable};

use super::columns::{Columns, columns};
use super::integer::{Aim, Programme};
use super::model::{Layout, Model, ORDER_SCALE};
use super::numbers::float;
use super::tighten::room;
use crate::domain::pack::{Coverage, Remainder, Targets};

/// A variable, and what one of it counts for.
pub(super) type Term = (Variable, i64);

/// A model that is being written.
pub(super) struct Writer<'a> {
    pub(super) model: &'a Model,
    aim: Aim,
    programme: Programme,
    pub(super) layout: Layout,
    /// The variables that send along each arc, and how many units.
    by_arc: Vec<Vec<(usize, i64)>>,
    /// Whether columns stand for every whole course of an offer.
    written: Vec<bool>,
    /// Whether an arc that takes parts is used.
    used: BTreeMap<usize, Variable>,
    /// What says together whether an offer is used.
    pub(super) offered: Vec<Vec<Term>>,
    /// Whether a course is covered together.
    pub(super) covered: BTreeMap<usize, Variable>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(model: &'a Model, aim: Aim, programme: Programme) -> Self {
        Self {
            model,
            aim,
            programme,
            layout: Layout::of(model),
            by_arc: vec![Vec::new(); model.arcs.len()],
            written: Vec::new(),
            used: BTreeMap::new(),
            offered: Vec::new(),
            covered: BTreeMap::new(),
        }
    }

    pub(super) fn write(mut self) -> Programme {
        self.write_variables();
        self.write_offers();
        self.write_places();
        for bound in &self.model.bounds {
            self.write_bound(bound);
        }
        for wish in &self.model.wishes {
            self.write_wish(&wish.arcs);
        }
        if let Aim::Cost { value } = self.aim {
            let all: Vec<usize> = (0..self.model.arcs.len()).collect();
            let terms = self.amounts(&all);
            self.at_least(terms, value / self.programme.unit);
        }
        self.programme
    }

    pub(super) fn units(&self, hundredths: i64) -> i64 {
        hundredths / self.programme.unit
    }

    pub(super) fn at_most(&mut self, terms: Vec<Term>, most: i64) {
        self.row(terms, ComparisonOp::Le, most);
    }

    pub(super) fn at_least(&mut self, terms: Vec<Term>, least: i64) {
        self.row(terms, ComparisonOp::Ge, least);
    }

    fn row(&mut self, mut terms: Vec<Term>, comparison: ComparisonOp, amount: i64) {
        terms.sort_unstable_by_key(|(variable, _)| variable.idx());
        terms.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                earlier.1 += later.1;
            }
            same
        });
        let terms = terms.into_iter().filter(|(_, factor)| *factor != 0);
        let expression: LinearExpr = terms.map(|(variable, factor)| (variable, float(factor))).collect();
        self.programme.problem.add_constraint(expression, comparison, float(amount));
    }

    fn binary(&mut self, worth: i64) -> Variable {
        let choice = match self.aim {
            Aim::Relaxed => self.programme.problem.add_var(float(worth), (float(0), float(1))),
            Aim::Value | Aim::Cost { .. } => self.programme.problem.add_binary_var(float(worth)),
        };
        self.programme.choices.push(choice);
        choice
    }

    /// A variable that says whether any of some arcs is used, and costs so much if it is.
    pub(super) fn mark(&mut self, cost: i64, arcs: &[usize]) -> Variable {
        let mark = self.binary(cost);
        self.programme.marks.push((mark, arcs.to_vec()));
        mark
    }

    /// Whether using an offer costs what its outcome is worth, however much of it is used.
    fn spends(&self, offer: usize) -> bool {
        let rest = self.model.offers.get(offer).map(|offer| offer.rest);
        matches!(self.aim, Aim::Cost { .. }) && rest != Some(Remainder::Kept)
    }

    /// What so much credit of an offer counts for: itself, or its cost where the rest of the outcome stays usable.
    fn worth(&self, offer: usize, units: i64) -> i64 {
        match self.aim {
            Aim::Relaxed | Aim::Value => units,
            Aim::Cost { .. } if self.spends(offer) => 0,
            Aim::Cost { .. } => units * self.programme.unit * ORDER_SCALE,
        }
    }

    fn cost(&self, offer: usize) -> i64 {
        let outcome = self
            .model
            .offers
            .get(offer)
            .filter(|_| self.spends(offer))
            .map(|offer| offer.outcome);
        outcome
            .and_then(|outcome| self.model.costs.get(outcome))
            .copied()
            .unwrap_or_default()
    }

    fn write_variables(&mut self) {
        let Columns { columns, written } = columns(self.model, &self.layout);
        self.written = written;
        for column in &columns {
            let arc_units = |arc: &usize| Some((*arc, self.units(self.model.arcs.get(*arc)?.most)));
            let sends: Vec<(usize, i64)> = column.arcs.iter().filter_map(arc_units).collect();
            let all: i64 = sends.iter().map(|(_, units)| units).sum();
            let cost = if self.is_columns(column.offer) {
                self.cost(column.offer)
            } else {
                0
            };
            let variable = self.binary(self.worth(column.offer, all) + cost);
            self.send(variable, sends);
        }
        for (number, arc) in self.model.arcs.iter().enumerate() {
            if arc.most == 0 || (arc.whole && self.is_written(arc.offer)) {
                continue;
            }
            let most = self.units(arc.most);
            if arc.whole {
                let variable = self.binary(self.worth(arc.offer, most));
                self.send(variable, vec![(number, most)]);
            } else {
                let worth = float(self.worth(arc.offer, 1));
                let variable = self.programme.problem.add_var(worth, (float(0), float(most)));
                self.send(variable, vec![(number, 1)]);
            }
        }
    }

    fn send(&mut self, variable: Variable, sends: Vec<(usize, i64)>) {
        let number = self.programme.sends.len();
        for (arc, units) in &sends {
            if let Some(by) = self.by_arc.get_mut(*arc) {
                by.push((number, *units));
            }
        }
        self.programme.sends.push((variable, sends));
    }

    /// What the variables send along some arcs.
    pub(super) fn amounts(&self, arcs: &[usize]) -> Vec<Term> {
        let by = arcs.iter().filter_map(|arc| self.by_arc.get(*arc)).flatten();
        by.filter_map(|(number, units)| Some((self.programme.sends.get(*number)?.0, *units)))
            .collect()
    }

    pub(super) fn is_live(&self, arc: usize) -> bool {
        self.model.arcs.get(arc).is_some_and(|arc| arc.most > 0)
    }

    pub(super) fn is_part(&self, arc: usize) -> bool {
        self.model.arcs.get(arc).is_some_and(|arc| !arc.whole && arc.most > 0)
    }

    fn most(&self, arc: usize) -> i64 {
        self.model.arcs.get(arc).map_or(0, |arc| self.units(arc.most))
    }

    /// Of some arcs those that take parts, and those that are whole.
    pub(super) fn split(&self, arcs: &[usize]) -> (Vec<usize>, Vec<usize>) {
        arcs.iter()
            .copied()
            .filter(|arc| self.is_live(*arc))
            .partition(|arc| self.is_part(*arc))
    }

    /// Whether columns stand for every whole course of an offer.
    pub(super) fn is_written(&self, offer: usize) -> bool {
        self.written.get(offer) == Some(&true)
    }

    /// Whether columns stand for all of an offer.
    fn is_columns(&self, offer: usize) -> bool {
        let mut arcs = self.layout.of_offer.get(offer).into_iter().flatten();
        self.is_written(offer) && !arcs.any(|arc| self.is_part(*arc))
    }

    /// The choices of whole courses that touch some arcs, each once.
    pub(super) fn choices(&self, wholes: &[usize]) -> Vec<Term> {
        let by = wholes.iter().filter_map(|arc| self.by_arc.get(*arc)).flatten();
        let mut numbers: Vec<usize> = by.map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let sends = numbers.into_iter().filter_map(|number| self.programme.sends.get(number));
        sends.map(|(variable, _)| (*variable, 1)).collect()
    }

    /// Whether an arc that takes parts is used.
    pub(super) fn used(&mut self, arc: usize) -> Variable {
        if let Some(used) = self.used.get(&arc) {
            return *used;
        }
        let used = self.mark(0, &[arc]);
        self.links(&[arc], used);
        self.used.insert(arc, used);
        used
    }

    /// Nothing goes along any of the arcs unless the mark is set.
    pub(super) fn links(&mut self, parts: &[usize], mark: Variable) {
        for arc in parts {
            let mut terms = self.amounts(&[*arc]);
            terms.push((mark, -self.most(*arc)));
            self.at_most(terms, 0);
        }
    }

    /// Each outcome is used by one offer at most, and where its offer is not spread, in one place.
    fn write_offers(&mut self) {
        let mut of_outcome: BTreeMap<usize, Vec<Term>> = BTreeMap::new();
        for (number, offer) in self.model.offers.iter().enumerate() {
            let arcs = self.layout.of_offer.get(number).cloned().unwrap_or_default();
            let (parts, wholes) = self.split(&arcs);
            let terms = if parts.is_empty() && wholes.is_empty() {
                Vec::new()
            } else if self.is_columns(number) {
                self.choices(&wholes)
            } else {
                vec![(self.write_offered(number, &parts, &wholes), 1)]
            };
            of_outcome.entry(offer.outcome).or_default().extend(terms.iter().copied());
            self.offered.push(terms);
        }
        for terms in of_outcome.into_values().filter(|terms| terms.len() > 1) {
            self.at_most(terms, 1);
        }
    }

    /// A mark for an offer that is not written in columns alone.
    fn write_offered(&mut self, number: usize, parts: &[usize], wholes: &[usize]) -> Variable {
        let all: Vec<usize> = parts.iter().chain(wholes).copied().collect();
        let offered = self.mark(self.cost(number), &all);
        let offer = self.model.offers.get(number);
        let mut choices = self.choices(wholes);
        if let ([], [part]) = (wholes, parts) {
            self.used.insert(*part, offered);
            self.links(parts, offered);
            return offered;
        }
        if offer.is_some_and(|offer| offer.spread == Targets::One) {
            for part in parts {
                choices.push((self.used(*part), 1));
            }
            choices.push((offered, -1));
            self.at_most(choices, 0);
            return offered;
        }
        if self.is_written(number) {
            if !choices.is_empty() {
                choices.push((offered, -1));
                self.at_most(choices, 0);
            }
        } else {
            for (choice, _) in choices {
                self.at_most(vec![(choice, 1), (offered, -1)], 0);
            }
        }
        self.links(parts, offered);
        let most = offer.map_or(0, |offer| offer.budget).min(room(self.model, &self.layout, &all));
        if most < all.iter().map(|arc| self.model.arcs.get(*arc).map_or(0, |arc| arc.most)).sum() {
            let mut terms = self.amounts(&all);
            terms.push((offered, -self.units(most)));
            self.at_most(terms, 0);
        }
        offered
    }

    fn write_places(&mut self) {
        for (number, place) in self.model.places.iter().enumerate() {
            let arcs = self.layout.of_place.get(number).cloned().unwrap_or_default();
            let (parts, wholes) = self.split(&arcs);
            let capacity = self.units(place.capacity);
            let amounts = self.amounts(&arcs);
            if parts.iter().chain(&wholes).map(|arc| self.most(*arc)).sum::<i64>() > capacity {
                self.at_most(amounts.clone(), capacity);
            }
            let is_together = |arc: &usize| {
                let arc = self.model.arcs.get(*arc);
                arc.is_some_and(|arc| self.model.coverage(arc) == Coverage::WholeTogether)
            };
            let together: Vec<usize> = parts.iter().copied().filter(is_together).collect();
            if together.is_empty() {
                continue;
            }
            // Either nothing comes together here, or the course is covered to its last hundredth.
            let covered = self.mark(0, &together);
            self.links(&together, covered);
            let mut terms = self.amounts(&parts);
            terms.push((covered, -capacity));
            self.at_least(terms, 0);
            let mut choices = self.choices(&wholes);
            if !choices.is_empty() {
                choices.push((covered, 1));
                self.at_most(choices, 1);
            }
            if together.len() == parts.len() {
                self.covered.insert(number, covered);
            }
        }
    }
}
