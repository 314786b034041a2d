//! Improvement by parts: some outcomes are freed, the others stay as they are, and the small question that is left is
//! solved exactly. It finds what moves of single courses do not.

use fastrand::Rng;

use super::integer::{Aim, Programme};
use super::model::{Arc, Bound, Flow, Measure, Model, Offer, Place};
use super::tighten::tightened;
use crate::domain::pack::Coverage;

/// The same seed for every question, so that a stored decision replays.
const SEED: u64 = 20_211_204;

/// How many arcs the small question has at most.
const ARCS_MAX: usize = 120;

/// How much work one small question is worth.
const NODES_MAX: u64 = 60;

/// Improves a flow until it has the value of the bound, or for some rounds. One that grants wishes is left as it is.
pub(super) fn improved(model: &Model, begin: Flow, bound: i64, rounds: usize) -> Flow {
    let mut random = Rng::with_seed(SEED);
    let mut best = begin;
    if !model.wishes.is_empty() {
        return best;
    }
    for _ in 0..rounds {
        let value = model.value(&best);
        if value >= bound {
            break;
        }
        let Some(next) = with_some_freed(model, &best, &mut random) else {
            continue;
        };
        if model.value(&next) >= value && model.permits(&next) {
            best = next;
        }
    }
    best
}

/// Frees outcomes that share courses, and solves what is free exactly.
fn with_some_freed(model: &Model, flow: &Flow, random: &mut Rng) -> Option<Flow> {
    let freed = freed(model, random);
    let at = |arc: usize| flow.get(arc).copied().unwrap_or_default();
    let mut kept = flow.clone();
    let mut arcs = Vec::new();
    for (number, arc) in model.arcs.iter().enumerate() {
        if freed.get(arc.outcome) == Some(&true) {
            if let Some(amount) = kept.get_mut(number) {
                *amount = 0;
            }
            arcs.push(number);
        }
    }
    // A course that others cover together is all theirs, and what they cannot cover alone is given up.
    let broken = broken_places(model, &kept);
    for (number, arc) in model.arcs.iter().enumerate() {
        let given_up = broken.get(arc.place) == Some(&true) && model.coverage(arc) == Coverage::WholeTogether;
        if let Some(amount) = kept.get_mut(number).filter(|_| given_up) {
            *amount = 0;
        }
    }
    let small = tightened(&small_model(model, &kept, &arcs));
    let begin = arcs.iter().map(|arc| at(*arc)).collect();
    let begin: Flow = if broken.contains(&true) { vec![0; arcs.len()] } else { begin };
    let found = Programme::of(&small, Aim::Value).solve(&small, &begin, NODES_MAX).ok()?;
    for (arc, amount) in arcs.iter().zip(found.flow) {
        if let Some(kept) = kept.get_mut(*arc) {
            *kept += amount;
        }
    }
    Some(kept)
}

/// A few outcomes that have courses in common.
fn freed(model: &Model, random: &mut Rng) -> Vec<bool> {
    let mut freed = vec![false; model.outcomes];
    let mut count = 0;
    let mut tries = 0;
    while count < ARCS_MAX && tries < 40 {
        tries += 1;
        let Some(arc) = model.arcs.get(random.usize(0..model.arcs.len())) else {
            break;
        };
        let sharing = model
            .arcs
            .iter()
            .filter(|other| other.place == arc.place)
            .map(|other| other.outcome);
        for outcome in sharing.collect::<Vec<usize>>() {
            let own = model.arcs.iter().filter(|arc| arc.outcome == outcome).count();
            if let Some(free) = freed.get_mut(outcome).filter(|free| !**free)
                && count + own <= ARCS_MAX
            {
                *free = true;
                count += own;
            }
        }
    }
    freed
}

fn broken_places(model: &Model, kept: &Flow) -> Vec<bool> {
    let here = |place: usize| {
        model
            .arcs
            .iter()
            .zip(kept)
            .filter(move |(arc, amount)| arc.place == place && **amount > 0)
    };
    let is_broken = |(number, place): (usize, &Place)| {
        let together = here(number).any(|(arc, _)| model.coverage(arc) == Coverage::WholeTogether);
        together && here(number).map(|(_, amount)| *amount).sum::<i64>() < place.capacity
    };
    model.places.iter().enumerate().map(is_broken).collect()
}

/// What is left for some arcs while the others stay as they are.
fn small_model(model: &Model, kept: &Flow, arcs: &[usize]) -> Model {
    let at = |arc: usize| kept.get(arc).copied().unwrap_or_default();
    let places = model.places.iter().enumerate().map(|(number, place)| {
        let taken: i64 = model
            .arcs
            .iter()
            .zip(kept)
            .filter(|(arc, _)| arc.place == number)
            .map(|(_, amount)| *amount)
            .sum();
        Place {
            capacity: place.capacity - taken,
            ..place.clone()
        }
    });
    let places: Vec<Place> = places.collect();
    let mut offers: Vec<Offer> = Vec::new();
    let mut known: Vec<usize> = Vec::new();
    let mut small_arcs: Vec<Arc> = Vec::new();
    for number in arcs {
        let Some(arc) = model.arcs.get(*number) else { continue };
        let offer = known.iter().position(|offer| *offer == arc.offer).unwrap_or_else(|| {
            known.push(arc.offer);
            offers.extend(model.offers.get(arc.offer).cloned());
            known.len() - 1
        });
        let left = places.get(arc.place).map_or(0, |place| place.capacity);
        let whole_lost = arc.whole && left < arc.most;
        // A course that is begun cannot be covered together any more: it would have to be full from the start.
        let together = model.coverage(arc) == Coverage::WholeTogether;
        let begun = together && model.places.get(arc.place).is_some_and(|place| place.capacity > left);
        let most = if whole_lost || begun { 0 } else { arc.most.min(left) };
        small_arcs.push(Arc {
            offer,
            most,
            ..arc.clone()
        });
    }
    let bounds = model.bounds.iter().filter_map(|bound| {
        let inside: Vec<usize> = arcs
            .iter()
            .enumerate()
            .filter(|(_, arc)| bound.arcs.binary_search(arc).is_ok())
            .map(|(small, _)| small)
            .collect();
        let used = match bound.measure {
            Measure::Amount => bound.arcs.iter().map(|arc| at(*arc)).sum(),
            Measure::Outcomes | Measure::Places => model.measured(bound, kept),
        };
        (!inside.is_empty()).then(|| Bound {
            most: (bound.most - used).max(0),
            arcs: inside,
            ..bound.clone()
        })
    });
    Model {
        outcomes: model.outcomes,
        bounds: bounds.collect(),
        offers,
        places,
        arcs: small_arcs,
        wishes: Vec::new(),
        costs: model.costs.clone(),
    }
}
