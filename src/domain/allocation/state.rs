//! A flow that is being built: what is used of every offer, place and bound, so that the room of an arc is known at once.

use std::collections::BTreeMap;

use super::model::{Flow, Measure, Model};
use crate::domain::pack::{Coverage, Targets};

/// What is looked up of a model again and again.
pub(super) struct Index {
    pub(super) arcs_of_outcome: Vec<Vec<usize>>,
    pub(super) arcs_of_place: Vec<Vec<usize>>,
    /// The arcs that may be used at all.
    pub(super) live: Vec<usize>,
    /// The bounds that count an arc, and as which of the things that they count.
    bounds_of_arc: Vec<Vec<(usize, usize)>>,
    /// How many things each bound counts.
    slots: Vec<usize>,
    /// Whether an arc covers a course together with others.
    together: Vec<bool>,
}

impl Index {
    pub(super) fn of(model: &Model) -> Self {
        let mut index = Self {
            arcs_of_outcome: vec![Vec::new(); model.outcomes],
            arcs_of_place: vec![Vec::new(); model.places.len()],
            live: Vec::new(),
            bounds_of_arc: vec![Vec::new(); model.arcs.len()],
            slots: Vec::new(),
            together: model
                .arcs
                .iter()
                .map(|arc| !arc.whole && model.coverage(arc) == Coverage::WholeTogether)
                .collect(),
        };
        for (number, arc) in model.arcs.iter().enumerate().filter(|(_, arc)| arc.most > 0) {
            index.live.push(number);
            if let Some(arcs) = index.arcs_of_outcome.get_mut(arc.outcome) {
                arcs.push(number);
            }
            if let Some(arcs) = index.arcs_of_place.get_mut(arc.place) {
                arcs.push(number);
            }
        }
        for (number, bound) in model.bounds.iter().enumerate() {
            let mut slots: BTreeMap<usize, usize> = BTreeMap::new();
            for arc in &bound.arcs {
                let Some(found) = model.arcs.get(*arc) else { continue };
                let thing = match bound.measure {
                    Measure::Amount => 0,
                    Measure::Outcomes => found.outcome,
                    Measure::Places => found.place,
                };
                let next = slots.len();
                let slot = *slots.entry(thing).or_insert(next);
                if let Some(bounds) = index.bounds_of_arc.get_mut(*arc) {
                    bounds.push((number, slot));
                }
            }
            index.slots.push(slots.len());
        }
        index
    }
}

/// The flow and what it uses.
#[derive(Clone)]
pub(super) struct State<'a> {
    model: &'a Model,
    index: &'a Index,
    flow: Flow,
    value: i64,
    offer_used: Vec<i64>,
    offer_places: Vec<usize>,
    place_used: Vec<i64>,
    /// The offer that an outcome is used by.
    chosen: Vec<Option<usize>>,
    bound_used: Vec<i64>,
    /// How many arcs in use each of a bound's things has.
    slot_used: Vec<Vec<usize>>,
}

impl<'a> State<'a> {
    pub(super) fn empty(model: &'a Model, index: &'a Index) -> Self {
        Self {
            model,
            index,
            flow: vec![0; model.arcs.len()],
            value: 0,
            offer_used: vec![0; model.offers.len()],
            offer_places: vec![0; model.offers.len()],
            place_used: vec![0; model.places.len()],
            chosen: vec![None; model.outcomes],
            bound_used: vec![0; model.bounds.len()],
            slot_used: index.slots.iter().map(|slots| vec![0; *slots]).collect(),
        }
    }

    pub(super) fn value(&self) -> i64 {
        self.value
    }

    pub(super) fn flow(&self) -> &Flow {
        &self.flow
    }

    pub(super) fn at(&self, arc: usize) -> i64 {
        self.flow.get(arc).copied().unwrap_or_default()
    }

    /// What the flow costs.
    pub(super) fn cost(&self) -> i64 {
        self.model.cost(&self.flow)
    }

    /// How much more may go along an arc by itself.
    pub(super) fn room(&self, number: usize) -> i64 {
        let (Some(arc), Some(own)) = (self.model.arcs.get(number), self.flow.get(number).copied()) else {
            return 0;
        };
        if arc.most <= own {
            return 0;
        }
        let Some(offer) = self.model.offers.get(arc.offer) else { return 0 };
        let chosen = self.chosen.get(arc.outcome).copied().flatten();
        let elsewhere = self.offer_places.get(arc.offer).copied().unwrap_or_default() > usize::from(own > 0);
        if chosen.is_some_and(|chosen| chosen != arc.offer) || (offer.spread == Targets::One && elsewhere) || (arc.whole && own > 0) {
            return 0;
        }
        let capacity = self.model.places.get(arc.place).map_or(0, |place| place.capacity);
        let mut room = (arc.most - own)
            .min(offer.budget - self.offer_used.get(arc.offer).copied().unwrap_or_default())
            .min(capacity - self.place_used.get(arc.place).copied().unwrap_or_default());
        if room <= 0 {
            return 0;
        }
        for (bound, slot) in self.index.bounds_of_arc.get(number).into_iter().flatten() {
            let (Some(limit), Some(used)) = (self.model.bounds.get(*bound), self.bound_used.get(*bound)) else {
                continue;
            };
            if limit.measure == Measure::Amount {
                room = room.min(limit.most - used);
            } else if *used >= limit.most && self.slot(*bound, *slot) == 0 {
                return 0;
            }
        }
        if arc.whole && room < arc.most { 0 } else { room.max(0) }
    }

    fn slot(&self, bound: usize, slot: usize) -> usize {
        self.slot_used
            .get(bound)
            .and_then(|slots| slots.get(slot))
            .copied()
            .unwrap_or_default()
    }

    /// Sends more along an arc, or takes some back where it is negative.
    fn change(&mut self, number: usize, by: i64) {
        let Some(arc) = self.model.arcs.get(number) else { return };
        let Some(own) = self.flow.get_mut(number) else { return };
        let was_used = *own > 0;
        *own += by;
        let is_used = *own > 0;
        self.value += by;
        add(&mut self.offer_used, arc.offer, by);
        add(&mut self.place_used, arc.place, by);
        if was_used != is_used {
            if let Some(places) = self.offer_places.get_mut(arc.offer) {
                *places = if is_used { *places + 1 } else { places.saturating_sub(1) };
            }
            let places = self.offer_places.get(arc.offer).copied().unwrap_or_default();
            if let Some(chosen) = self.chosen.get_mut(arc.outcome) {
                *chosen = (places > 0).then_some(arc.offer);
            }
        }
        for (bound, slot) in self.index.bounds_of_arc.get(number).into_iter().flatten() {
            let counts = self.model.bounds.get(*bound).is_some_and(|limit| limit.measure != Measure::Amount);
            if !counts {
                add(&mut self.bound_used, *bound, by);
                continue;
            }
            let Some(used) = self.slot_used.get_mut(*bound).and_then(|slots| slots.get_mut(*slot)) else {
                continue;
            };
            let before = *used;
            if is_used && !was_used {
                *used += 1;
            } else if was_used && !is_used {
                *used = used.saturating_sub(1);
            }
            let step = i64::from(*used > 0) - i64::from(before > 0);
            add(&mut self.bound_used, *bound, step);
        }
    }

    /// Sends as much as there is room for, up to `most`; courses that are covered together only as wholes.
    pub(super) fn fill(&mut self, number: usize, most: i64) {
        if self.index.together.get(number) == Some(&true) {
            self.fill_together(number);
            return;
        }
        let room = self.room(number);
        let whole = self.model.arcs.get(number).is_some_and(|arc| arc.whole);
        let amount = if whole { room } else { room.min(most) };
        if amount > 0 {
            self.change(number, amount);
        }
    }

    /// Covers a course together, beginning with an arc, or leaves it as it was.
    fn fill_together(&mut self, number: usize) {
        let Some(place) = self.model.arcs.get(number).map(|arc| arc.place) else {
            return;
        };
        let capacity = self.model.places.get(place).map_or(0, |place| place.capacity);
        let left = |state: &Self| capacity - state.place_used.get(place).copied().unwrap_or_default();
        let others = self.index.arcs_of_place.get(place).into_iter().flatten().copied();
        let order: Vec<usize> = std::iter::once(number).chain(others.filter(|other| *other != number)).collect();
        let mut sent = Vec::new();
        for arc in order {
            if self.model.arcs.get(arc).is_some_and(|arc| arc.whole) {
                continue;
            }
            let amount = self.room(arc).min(left(self));
            if amount > 0 {
                self.change(arc, amount);
                sent.push((arc, amount));
            }
        }
        if left(self) > 0 {
            for (arc, amount) in sent {
                self.change(arc, -amount);
            }
        }
    }

    /// Takes back what goes along an arc, and with it what covers the same course together.
    pub(super) fn clear(&mut self, number: usize) {
        let own = self.at(number);
        if own == 0 {
            return;
        }
        self.change(number, -own);
        let index = self.index;
        let place = self.model.arcs.get(number).map(|arc| arc.place);
        for other in place.and_then(|place| index.arcs_of_place.get(place)).into_iter().flatten() {
            let amount = self.at(*other);
            if amount > 0 && index.together.get(*other) == Some(&true) {
                self.change(*other, -amount);
            }
        }
    }

    pub(super) fn clear_outcome(&mut self, outcome: usize) {
        let index = self.index;
        for arc in index.arcs_of_outcome.get(outcome).into_iter().flatten() {
            self.clear(*arc);
        }
    }

    pub(super) fn clear_place(&mut self, place: usize) {
        let index = self.index;
        for arc in index.arcs_of_place.get(place).into_iter().flatten() {
            self.clear(*arc);
        }
    }
}

fn add(amounts: &mut [i64], place: usize, by: i64) {
    if let Some(amount) = amounts.get_mut(place) {
        *amount += by;
    }
}
