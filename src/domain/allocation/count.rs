//! Writes the bounds of a model down for the solver: amounts as they are, and what is counted by what says that it is used.

use std::collections::BTreeMap;

use super::model::{Arc, Bound, Measure};
use super::write::{Term, Writer};

impl Writer<'_> {
    pub(super) fn write_bound(&mut self, bound: &Bound) {
        match bound.measure {
            Measure::Amount => {
                let terms = self.amounts(&bound.arcs);
                self.at_most(terms, self.units(bound.most));
            }
            Measure::Outcomes => self.write_count(bound, |arc| arc.outcome),
            Measure::Places => self.write_count(bound, |arc| arc.place),
        }
    }

    fn write_count(&mut self, bound: &Bound, of: impl Fn(&Arc) -> usize) {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for number in bound.arcs.iter().filter(|arc| self.is_live(**arc)) {
            if let Some(arc) = self.model.arcs.get(*number) {
                groups.entry(of(arc)).or_default().push(*number);
            }
        }
        if i64::try_from(groups.len()).is_ok_and(|count| count <= bound.most) {
            return;
        }
        let mut counted: Vec<Term> = Vec::new();
        for (thing, arcs) in groups {
            let terms = match bound.measure {
                Measure::Places => self.place_used(thing, &arcs),
                _ => self.outcome_used(&arcs),
            };
            counted.extend(terms);
        }
        self.at_most(counted, bound.most);
    }

    /// Terms that add up to at least whether a place is used by any of the arcs, and to one at most where that can be had.
    fn place_used(&mut self, place: usize, arcs: &[usize]) -> Vec<Term> {
        let (parts, wholes) = self.split(arcs);
        // Of the columns that cover a whole course one is used at most, and then nothing covers a part of it.
        let mut terms = self.choices(&wholes);
        let all = self.layout.of_place.get(place).into_iter().flatten();
        let of_all = all.filter(|arc| self.is_part(**arc)).count() == parts.len();
        match (parts.as_slice(), self.covered.get(&place).filter(|_| of_all)) {
            ([], _) => {}
            (_, Some(covered)) => terms.push((*covered, 1)),
            ([part], None) => terms.push((self.used(*part), 1)),
            (parts, None) => {
                let any = self.mark(0, parts);
                self.links(parts, any);
                terms.push((any, 1));
            }
        }
        terms
    }

    /// Terms that add up to at least whether an outcome uses any of the arcs.
    fn outcome_used(&mut self, arcs: &[usize]) -> Vec<Term> {
        let mut by_offer: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for number in arcs {
            if let Some(arc) = self.model.arcs.get(*number) {
                by_offer.entry(arc.offer).or_default().push(*number);
            }
        }
        let mut terms = Vec::new();
        for (offer, arcs) in by_offer {
            let all = self.layout.of_offer.get(offer).into_iter().flatten();
            let (parts, wholes) = self.split(&arcs);
            if all.filter(|arc| self.is_live(**arc)).count() == arcs.len() {
                terms.extend(self.offered.get(offer).into_iter().flatten().copied());
            } else if parts.is_empty() && self.is_written(offer) {
                terms.extend(self.choices(&wholes));
            } else if let ([part], []) = (parts.as_slice(), wholes.as_slice()) {
                terms.push((self.used(*part), 1));
            } else {
                let any = self.mark(0, &arcs);
                self.links(&parts, any);
                for (choice, _) in self.choices(&wholes) {
                    self.at_most(vec![(choice, 1), (any, -1)], 0);
                }
                terms.push((any, 1));
            }
        }
        terms
    }

    /// One of the arcs is used, and what is counted as used brings something.
    pub(super) fn write_wish(&mut self, arcs: &[usize]) {
        let (parts, wholes) = self.split(arcs);
        let mut terms = self.choices(&wholes);
        for part in parts {
            let used = self.used(part);
            let mut amount = self.amounts(&[part]);
            amount.push((used, -1));
            self.at_least(amount, 0);
            terms.push((used, 1));
        }
        self.at_least(terms, 1);
    }
}
