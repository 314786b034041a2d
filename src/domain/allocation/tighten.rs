//! A model made narrower before it is searched: amounts that no lawful flow reaches are taken out, and bounds that forbid
//! nothing. Every lawful flow stays lawful, and nothing else becomes so; what the relaxation loses is what it could only split.

use std::collections::BTreeMap;

use super::model::{Arc, Bound, Layout, Measure, Model};
use crate::domain::pack::{Coverage, Targets};

/// One amount made narrower makes others so; after so many rounds little follows.
const ROUNDS_MAX: usize = 4;

/// The narrower model: the same offers, places and arcs in the same places, where an arc of nothing is not to be used.
pub(super) fn tightened(model: &Model) -> Model {
    let mut tight = model.clone();
    let layout = Layout::of(model);
    for _ in 0..ROUNDS_MAX {
        let before = extent(&tight);
        let mosts: Vec<i64> = (0..tight.arcs.len()).map(|arc| most(&tight, &layout, arc)).collect();
        for (arc, most) in tight.arcs.iter_mut().zip(mosts) {
            arc.most = most;
        }
        for place in &layout.of_place {
            cover_together(&mut tight, place);
        }
        let budgets: Vec<i64> = (0..tight.offers.len()).map(|offer| budget(&tight, &layout, offer)).collect();
        for (offer, budget) in tight.offers.iter_mut().zip(budgets) {
            offer.budget = budget;
        }
        if extent(&tight) == before {
            break;
        }
    }
    let live: Vec<bool> = tight.arcs.iter().map(|arc| arc.most > 0).collect();
    for bound in &mut tight.bounds {
        bound.arcs.retain(|arc| live.get(*arc) == Some(&true));
    }
    let narrowed: Vec<i64> = tight.bounds.iter().map(|bound| tight.reachable(bound)).collect();
    for (bound, most) in tight.bounds.iter_mut().zip(narrowed) {
        bound.most = most;
    }
    let binding: Vec<bool> = tight.bounds.iter().map(|bound| binds(&tight, bound)).collect();
    let bounds = std::mem::take(&mut tight.bounds).into_iter().zip(binding);
    tight.bounds = without_implied(bounds.filter(|(_, binds)| *binds).map(|(bound, _)| bound).collect());
    tight
}

/// How much there is to search; it shrinks with every round that helps.
fn extent(model: &Model) -> (i64, usize) {
    let amounts: i64 = model.arcs.iter().map(|arc| arc.most).sum();
    let budgets: i64 = model.offers.iter().map(|offer| offer.budget).sum();
    (amounts + budgets, model.arcs.iter().filter(|arc| arc.whole).count())
}

/// The most that may go along an arc when nothing else is used.
fn most(model: &Model, layout: &Layout, number: usize) -> i64 {
    let Some(arc) = model.arcs.get(number) else { return 0 };
    let budget = model.offers.get(arc.offer).map_or(0, |offer| offer.budget);
    let capacity = model.places.get(arc.place).map_or(0, |place| place.capacity);
    let bounds = layout.bounds_of_arc.get(number).into_iter().flatten();
    let allowed = bounds
        .filter_map(|bound| model.bounds.get(*bound))
        .map(|bound| match bound.measure {
            Measure::Amount => bound.most,
            Measure::Outcomes | Measure::Places => bound.most.saturating_mul(arc.most),
        });
    let room = allowed.fold(budget.min(capacity), i64::min).max(0);
    if arc.whole && room < arc.most { 0 } else { arc.most.min(room) }
}

/// Of what covers a course together: what cannot fill it with the others is not used, and what must fill it alone is whole.
fn cover_together(model: &mut Model, arcs: &[usize]) {
    let parts: Vec<usize> = arcs
        .iter()
        .copied()
        .filter(|arc| model.arcs.get(*arc).is_some_and(|arc| !arc.whole && arc.most > 0))
        .collect();
    let is_together = |arc: &Arc| model.coverage(arc) == Coverage::WholeTogether;
    if !parts.iter().filter_map(|arc| model.arcs.get(*arc)).any(is_together) {
        return;
    }
    let counts = model.bounds.iter().filter(|bound| bound.measure == Measure::Outcomes);
    let all_counted = counts.filter(|bound| parts.iter().all(|arc| bound.arcs.binary_search(arc).is_ok()));
    let outcomes_most = all_counted.map(|bound| bound.most).min().unwrap_or(i64::MAX);
    let mut by_outcome: BTreeMap<usize, i64> = BTreeMap::new();
    for arc in parts.iter().filter_map(|arc| model.arcs.get(*arc)) {
        let most = by_outcome.entry(arc.outcome).or_default();
        *most = arc.most.max(*most);
    }
    let others_most = usize::try_from(outcomes_most.saturating_sub(1)).unwrap_or(usize::MAX);
    let judged: Vec<(usize, i64, bool)> = parts
        .iter()
        .filter_map(|number| {
            let arc = model.arcs.get(*number).filter(|arc| is_together(arc))?;
            let others = by_outcome.iter().filter(|(outcome, _)| **outcome != arc.outcome);
            let mut others: Vec<i64> = others.map(|(_, most)| *most).collect();
            others.sort_unstable_by(|one, other| other.cmp(one));
            let reach = arc.most + others.iter().take(others_most).sum::<i64>();
            let capacity = model.places.get(arc.place)?.capacity;
            let alone = others.is_empty() || others_most == 0;
            Some((*number, if reach < capacity { 0 } else { arc.most }, alone))
        })
        .collect();
    for (number, most, alone) in judged {
        if let Some(arc) = model.arcs.get_mut(number) {
            arc.most = most;
            arc.whole = alone;
        }
    }
}

/// The most that an offer may bring under every bound of credit by itself.
fn budget(model: &Model, layout: &Layout, number: usize) -> i64 {
    let arcs = layout.of_offer.get(number).map_or(&[][..], Vec::as_slice);
    let Some(offer) = model.offers.get(number) else { return 0 };
    let mosts = || arcs.iter().filter_map(|arc| model.arcs.get(*arc)).map(|arc| arc.most);
    if offer.spread == Targets::One {
        return mosts().max().unwrap_or_default().min(offer.budget);
    }
    room(model, layout, arcs).min(model.alone_along(number, arcs))
}

/// The most that goes along some arcs of one outcome under every bound of credit.
pub(super) fn room(model: &Model, layout: &Layout, arcs: &[usize]) -> i64 {
    let most = |arc: &usize| model.arcs.get(*arc).map_or(0, |arc| arc.most);
    let all: i64 = arcs.iter().map(most).sum();
    let mut inside: BTreeMap<usize, i64> = BTreeMap::new();
    for arc in arcs {
        for bound in layout.bounds_of_arc.get(*arc).into_iter().flatten() {
            *inside.entry(*bound).or_default() += most(arc);
        }
    }
    let over = inside.into_iter().filter_map(|(bound, amount)| {
        let bound = model.bounds.get(bound).filter(|bound| bound.measure == Measure::Amount)?;
        Some(amount - bound.most)
    });
    all - over.max().unwrap_or_default().max(0)
}

/// Whether there is anything that a bound forbids.
fn binds(model: &Model, bound: &Bound) -> bool {
    let arcs = || bound.arcs.iter().filter_map(|arc| model.arcs.get(*arc));
    let count = |mut items: Vec<usize>| {
        items.sort_unstable();
        items.dedup();
        i64::try_from(items.len()).unwrap_or(i64::MAX)
    };
    match bound.measure {
        Measure::Outcomes => count(arcs().map(|arc| arc.outcome).collect()) > bound.most,
        Measure::Places => count(arcs().map(|arc| arc.place).collect()) > bound.most,
        Measure::Amount => by_outcomes(model, bound).min(by_places(model, bound)) > bound.most,
    }
}

/// What the outcomes in a bound bring there at most.
fn by_outcomes(model: &Model, bound: &Bound) -> i64 {
    let mut offers: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    for arc in bound.arcs.iter().filter_map(|arc| model.arcs.get(*arc)) {
        let one = model.offers.get(arc.offer).is_some_and(|offer| offer.spread == Targets::One);
        let amount = offers.entry((arc.outcome, arc.offer)).or_default();
        *amount = if one { arc.most.max(*amount) } else { *amount + arc.most };
    }
    let mut outcomes: BTreeMap<usize, i64> = BTreeMap::new();
    for ((outcome, offer), amount) in offers {
        let amount = amount.min(model.offers.get(offer).map_or(0, |offer| offer.budget));
        let most = outcomes.entry(outcome).or_default();
        *most = amount.max(*most);
    }
    outcomes.into_values().sum()
}

/// What the places in a bound take there at most.
fn by_places(model: &Model, bound: &Bound) -> i64 {
    let mut places: BTreeMap<usize, i64> = BTreeMap::new();
    for arc in bound.arcs.iter().filter_map(|arc| model.arcs.get(*arc)) {
        *places.entry(arc.place).or_default() += arc.most;
    }
    let capped = places
        .into_iter()
        .map(|(place, amount)| amount.min(model.places.get(place).map_or(0, |place| place.capacity)));
    capped.sum()
}

/// The bounds without those that another implies: it counts all of the same arcs and more, and allows no more.
fn without_implied(bounds: Vec<Bound>) -> Vec<Bound> {
    let implies = |one: &Bound, other: &Bound| {
        one.measure == other.measure
            && one.most <= other.most
            && one.arcs.len() >= other.arcs.len()
            && other.arcs.iter().all(|arc| one.arcs.binary_search(arc).is_ok())
    };
    let keeps: Vec<bool> = bounds
        .iter()
        .enumerate()
        .map(|(number, bound)| {
            !bounds.iter().enumerate().any(|(other_number, other)| {
                let earlier = other_number < number || !implies(bound, other);
                other_number != number && earlier && implies(other, bound)
            })
        })
        .collect();
    let kept = bounds.into_iter().zip(keeps).filter(|(_, keep)| *keep);
    kept.map(|(bound, _)| bound).collect()
}
