//! The question as whole numbers: offers of outcomes, places that take credit, and bounds. The search knows no more than
//! this, and every answer of the search is checked against it exactly.

use std::collections::BTreeSet;

use super::Layer;
use super::numbers::greatest_common_divisor;
use crate::domain::pack::{Coverage, Remainder, Targets};

/// An outcome under a clause that is for it.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) outcome: usize,
    /// The place of the pack's version in the question.
    pub(super) version: usize,
    /// The place of the clause in it.
    pub(super) clause: usize,
    /// The most that it may bring, in hundredths.
    pub(super) budget: i64,
    pub(super) spread: Targets,
    pub(super) coverage: Coverage,
    pub(super) rest: Remainder,
}

/// What takes credit: a course, or a bucket for free credit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PlaceKind {
    /// The course's place in the programme.
    Course(usize),
    /// The bucket's place in the programme.
    FreeCredit(usize),
    /// What took credit earlier and is in the programme no more: of which bucket, where that still is, and whether it was a
    /// course.
    Former { bucket: Option<usize>, is_course: bool },
}

#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) kind: PlaceKind,
    /// What it still takes, in hundredths.
    pub(super) capacity: i64,
    /// Whether it took credit earlier, so that nothing covers it as a whole any more.
    pub(super) begun: bool,
}

/// An offer that may go to a place.
#[derive(Debug, Clone)]
pub(super) struct Arc {
    pub(super) offer: usize,
    pub(super) outcome: usize,
    pub(super) place: usize,
    /// The most that goes this way, in hundredths.
    pub(super) most: i64,
    /// Whether all of it goes or nothing.
    pub(super) whole: bool,
}

/// What a bound is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    Limit,
    Highest,
    Once,
    NearNames,
}

/// What a bound measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Hundredths of credit.
    Amount,
    Outcomes,
    /// Places that are used.
    Places,
}

/// At most so much over some arcs.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    pub(super) layer: Layer,
    pub(super) purpose: Purpose,
    pub(super) rule: String,
    pub(super) citation: String,
    /// Which of the things that it counts separately.
    pub(super) group: Option<String>,
    pub(super) measure: Measure,
    /// What is left of what the rule allows.
    pub(super) most: i64,
    /// In ascending order.
    pub(super) arcs: Vec<usize>,
    pub(super) past: Past,
}

/// What was used of a bound before the question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Past {
    /// As the bound measures it.
    pub(super) used: i64,
    /// How much of it is more than the rule allows now.
    pub(super) excess: i64,
    /// The keys of the outcomes.
    pub(super) outcomes: Vec<String>,
}

impl Bound {
    /// What the rule itself allows.
    pub(super) fn allowed(&self) -> i64 {
        self.most + self.past.used - self.past.excess
    }

    /// Leaves what was not used earlier.
    pub(super) fn use_up(&mut self, used: i64, outcomes: Vec<String>) {
        let excess = (used - self.most).max(0);
        self.most = (self.most - used).max(0);
        self.past = Past { used, excess, outcomes };
    }
}

/// An outcome that the learner wants used, by one of these arcs.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) arcs: Vec<usize>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) outcomes: usize,
    pub(super) offers: Vec<Offer>,
    pub(super) places: Vec<Place>,
    pub(super) arcs: Vec<Arc>,
    pub(super) bounds: Vec<Bound>,
    pub(super) wishes: Vec<Wish>,
    /// What it costs to use an outcome whose rest is lost; of equal allocations the cheaper is taken.
    pub(super) costs: Vec<i64>,
}

/// A hundredth of credit outweighs the place of every outcome in the order.
pub(super) const ORDER_SCALE: i64 = 500;

/// More sums than these are not looked at one by one when an offer is added up.
const SUMS_MAX: usize = 20_000;

/// How much goes along each arc, in hundredths.
pub(super) type Flow = Vec<i64>;

/// What belongs together in a model.
pub(super) struct Layout {
    pub(super) of_offer: Vec<Vec<usize>>,
    pub(super) of_place: Vec<Vec<usize>>,
    /// The bounds that count an arc.
    pub(super) bounds_of_arc: Vec<Vec<usize>>,
}

impl Layout {
    pub(super) fn of(model: &Model) -> Self {
        let mut layout = Self {
            of_offer: vec![Vec::new(); model.offers.len()],
            of_place: vec![Vec::new(); model.places.len()],
            bounds_of_arc: vec![Vec::new(); model.arcs.len()],
        };
        for (number, arc) in model.arcs.iter().enumerate() {
            if let Some(arcs) = layout.of_offer.get_mut(arc.offer) {
                arcs.push(number);
            }
            if let Some(arcs) = layout.of_place.get_mut(arc.place) {
                arcs.push(number);
            }
        }
        for (number, bound) in model.bounds.iter().enumerate() {
            for arc in &bound.arcs {
                if let Some(bounds) = layout.bounds_of_arc.get_mut(*arc) {
                    bounds.push(number);
                }
            }
        }
        layout
    }
}

impl Model {
    /// The model with some of its arcs only, in ascending order.
    pub(super) fn only(&self, kept: &[usize]) -> Self {
        let renumbered = |arcs: &[usize]| -> Vec<usize> { arcs.iter().filter_map(|arc| kept.binary_search(arc).ok()).collect() };
        let bounds = self.bounds.iter().map(|bound| Bound {
            arcs: renumbered(&bound.arcs),
            ..bound.clone()
        });
        let wishes = self.wishes.iter().map(|wish| Wish {
            arcs: renumbered(&wish.arcs),
        });
        Self {
            arcs: kept.iter().filter_map(|arc| self.arcs.get(*arc).cloned()).collect(),
            bounds: bounds.collect(),
            wishes: wishes.collect(),
            ..self.clone()
        }
    }

    /// What a flow recognises, in hundredths.
    pub(super) fn value(&self, flow: &[i64]) -> i64 {
        flow.iter().sum()
    }

    /// What a flow costs: a used outcome all of its credit, or what is used of it where the rest stays usable; and among
    /// equals, later outcomes more than earlier ones.
    pub(super) fn cost(&self, flow: &[i64]) -> i64 {
        let mut spent: Vec<i64> = vec![0; self.outcomes];
        let mut kept = 0;
        for (arc, amount) in self.arcs.iter().zip(flow).filter(|(_, amount)| **amount > 0) {
            if self.offers.get(arc.offer).is_some_and(|offer| offer.rest == Remainder::Kept) {
                kept += amount * ORDER_SCALE;
            } else if let Some(cost) = spent.get_mut(arc.outcome) {
                *cost = self.costs.get(arc.outcome).copied().unwrap_or_default();
            }
        }
        kept + spent.iter().sum::<i64>()
    }

    /// What an offer brings by itself at most, without the bounds and the other outcomes.
    pub(super) fn alone(&self, number: usize) -> i64 {
        let arcs = self.arcs.iter().enumerate().filter(|(_, arc)| arc.offer == number);
        self.alone_along(number, &arcs.map(|(arc, _)| arc).collect::<Vec<usize>>())
    }

    /// What an offer brings along its arcs by itself at most.
    pub(super) fn alone_along(&self, number: usize, arcs: &[usize]) -> i64 {
        let Some(offer) = self.offers.get(number) else { return 0 };
        let arcs: Vec<&Arc> = arcs.iter().filter_map(|arc| self.arcs.get(*arc)).collect();
        let all: i64 = arcs.iter().map(|arc| arc.most).sum();
        if offer.spread == Targets::One {
            return arcs.iter().map(|arc| arc.most).max().unwrap_or_default();
        }
        if all <= offer.budget || arcs.iter().any(|arc| !arc.whole) {
            return all.min(offer.budget);
        }
        // The greatest sum of whole courses that is not more than the budget.
        let mut sums = BTreeSet::from([0]);
        for arc in arcs {
            let more: Vec<i64> = sums.iter().map(|sum| sum + arc.most).filter(|sum| *sum <= offer.budget).collect();
            sums.extend(more);
            if sums.len() > SUMS_MAX {
                return offer.budget;
            }
        }
        sums.last().copied().unwrap_or_default()
    }

    /// The most that a bound of credit can be filled to: where only whole courses go, not every sum can be had.
    pub(super) fn reachable(&self, bound: &Bound) -> i64 {
        let arcs: Vec<&Arc> = bound.arcs.iter().filter_map(|arc| self.arcs.get(*arc)).collect();
        if bound.measure != Measure::Amount || arcs.is_empty() || arcs.iter().any(|arc| !arc.whole) {
            return bound.most;
        }
        let mut places: Vec<(usize, i64)> = arcs.iter().map(|arc| (arc.place, arc.most)).collect();
        places.sort_unstable();
        places.dedup();
        let unit = places.iter().fold(0, |unit, (_, most)| greatest_common_divisor(unit, *most)).max(1);
        let Ok(units) = usize::try_from(bound.most / unit) else {
            return bound.most;
        };
        if units > SUMS_MAX {
            return bound.most;
        }
        let mut sums = vec![false; units + 1];
        if let Some(nothing) = sums.first_mut() {
            *nothing = true;
        }
        for (_, most) in places {
            let Ok(step) = usize::try_from(most / unit) else { continue };
            for sum in (step..=units).rev() {
                let before = sums.get(sum - step).copied().unwrap_or_default();
                if let Some(reached) = sums.get_mut(sum).filter(|_| before) {
                    *reached = true;
                }
            }
        }
        let highest = sums.iter().rposition(|reached| *reached).unwrap_or_default();
        i64::try_from(highest).map_or(bound.most, |highest| highest * unit)
    }

    /// What a bound measures in a flow.
    pub(super) fn measured(&self, bound: &Bound, flow: &[i64]) -> i64 {
        let used = bound.arcs.iter().filter(|arc| flow.get(**arc).is_some_and(|amount| *amount > 0));
        match bound.measure {
            Measure::Amount => used.filter_map(|arc| flow.get(*arc)).sum(),
            Measure::Outcomes => distinct(used.filter_map(|arc| Some(self.arcs.get(*arc)?.outcome))),
            Measure::Places => distinct(used.filter_map(|arc| Some(self.arcs.get(*arc)?.place))),
        }
    }

    /// Whether a flow keeps every rule; exact, and independent of how it was found.
    pub(super) fn permits(&self, flow: &[i64]) -> bool {
        flow.len() == self.arcs.len()
            && self.arcs_permit(flow)
            && self.offers_permit(flow)
            && self.places_permit(flow)
            && self.bounds.iter().all(|bound| self.measured(bound, flow) <= bound.most)
            && self
                .wishes
                .iter()
                .all(|wish| wish.arcs.iter().any(|arc| flow.get(*arc).is_some_and(|amount| *amount > 0)))
    }

    fn arcs_permit(&self, flow: &[i64]) -> bool {
        self.arcs.iter().zip(flow).all(|(arc, amount)| {
            let part = !arc.whole && (0..=arc.most).contains(amount);
            part || *amount == 0 || *amount == arc.most
        })
    }

    fn offers_permit(&self, flow: &[i64]) -> bool {
        let mut totals = vec![(0_usize, 0_i64); self.offers.len()];
        for (arc, amount) in self.arcs.iter().zip(flow).filter(|(_, amount)| **amount > 0) {
            if let Some((places, total)) = totals.get_mut(arc.offer) {
                *places += 1;
                *total += amount;
            }
        }
        let mut chosen = vec![false; self.outcomes];
        self.offers.iter().zip(totals).all(|(offer, (places, total))| {
            let alone = places == 0 || chosen.get_mut(offer.outcome).is_some_and(|chosen| !std::mem::replace(chosen, true));
            alone && total <= offer.budget && (offer.spread == Targets::Many || places <= 1)
        })
    }

    fn places_permit(&self, flow: &[i64]) -> bool {
        let mut totals = vec![(false, 0_i64); self.places.len()];
        for (arc, amount) in self.arcs.iter().zip(flow).filter(|(_, amount)| **amount > 0) {
            if let Some((together, total)) = totals.get_mut(arc.place) {
                *together |= self.coverage(arc) == Coverage::WholeTogether;
                *total += amount;
            }
        }
        let mut places = self.places.iter().zip(totals);
        places.all(|(place, (together, total))| total <= place.capacity && (!together || total == place.capacity))
    }

    /// How the clause of an arc covers courses; free credit is never whole.
    pub(super) fn coverage(&self, arc: &Arc) -> Coverage {
        let course = self
            .places
            .get(arc.place)
            .is_some_and(|place| matches!(place.kind, PlaceKind::Course(_)));
        match self.offers.get(arc.offer) {
            Some(offer) if course => offer.coverage,
            _ => Coverage::Part,
        }
    }
}

fn distinct(items: impl Iterator<Item = usize>) -> i64 {
    let mut items: Vec<usize> = items.collect();
    items.sort_unstable();
    items.dedup();
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}
