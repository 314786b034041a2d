//! The stable order: of outcomes that are worth as much the cheaper is used, and of courses that make no difference to any
//! rule, the earlier one goes to the earlier outcome.

use std::collections::BTreeMap;

use super::Question;
use super::model::{Flow, Model, ORDER_SCALE, PlaceKind, Purpose};
use crate::domain::credit::CourseCredit;

/// Everything by which the rules tell one place from another.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    capacity: i64,
    /// Each arc's offer and most, and the bounds that count it.
    arcs: Vec<(usize, i64, Vec<BoundName>)>,
}

/// A bound that counts one place only is known by its rule, so that courses with equal bounds of their own are alike.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum BoundName {
    Shared(usize),
    Own(String, i64),
}

/// The same flow with alike places filled in order.
pub(super) fn settled(model: &Model, flow: Flow) -> Flow {
    let mut alike: BTreeMap<Likeness, Vec<usize>> = BTreeMap::new();
    for (place, found) in likenesses(model).into_iter().enumerate() {
        if let Some(found) = found {
            alike.entry(found).or_default().push(place);
        }
    }
    let mut settled = flow.clone();
    for places in alike.values().filter(|places| places.len() > 1) {
        settle(model, &flow, places, &mut settled);
    }
    // Permuting alike places changes no sum; were that ever untrue, what the search found stands.
    if model.permits(&settled) { settled } else { flow }
}

fn likenesses(model: &Model) -> Vec<Option<Likeness>> {
    let mut bounds_of: Vec<Vec<BoundName>> = model.arcs.iter().map(|_| Vec::new()).collect();
    for (number, bound) in model.bounds.iter().enumerate() {
        let mut places: Vec<usize> = bound.arcs.iter().filter_map(|arc| Some(model.arcs.get(*arc)?.place)).collect();
        places.dedup();
        for arc in &bound.arcs {
            if let Some(names) = bounds_of.get_mut(*arc) {
                names.push(match places.as_slice() {
                    [_] => BoundName::Own(bound.rule.clone(), bound.most),
                    _ => BoundName::Shared(number),
                });
            }
        }
    }
    let wished: Vec<usize> = model
        .wishes
        .iter()
        .flat_map(|wish| &wish.arcs)
        .filter_map(|arc| Some(model.arcs.get(*arc)?.place))
        .collect();
    let mut found: Vec<Option<Likeness>> = model
        .places
        .iter()
        .enumerate()
        .map(|(number, place)| {
            let free = matches!(place.kind, PlaceKind::Course(_)) && !wished.contains(&number);
            free.then(|| Likeness {
                capacity: place.capacity,
                arcs: Vec::new(),
            })
        })
        .collect();
    for (arc, names) in model.arcs.iter().zip(bounds_of) {
        if let Some(Some(likeness)) = found.get_mut(arc.place) {
            likeness.arcs.push((arc.offer, arc.most, names));
        }
    }
    found
}

/// Gives the contents of some alike places, ordered by the outcomes in them, to these places in order.
fn settle(model: &Model, flow: &Flow, places: &[usize], settled: &mut Flow) {
    let arcs_at = |place: usize| -> Vec<usize> {
        let arcs = model.arcs.iter().enumerate();
        arcs.filter(|(_, arc)| arc.place == place).map(|(number, _)| number).collect()
    };
    let arcs: Vec<Vec<usize>> = places.iter().map(|place| arcs_at(*place)).collect();
    let mut contents: Vec<Vec<i64>> = arcs
        .iter()
        .map(|arcs| arcs.iter().filter_map(|arc| flow.get(*arc).copied()).collect())
        .collect();
    // The content of the earliest offer first, of empty places last: greater amounts at earlier offers come first.
    contents.sort_by(|one, other| other.cmp(one));
    for (arcs, content) in arcs.iter().zip(contents) {
        for (arc, amount) in arcs.iter().zip(content) {
            if let Some(place) = settled.get_mut(*arc) {
                *place = amount;
            }
        }
    }
}

/// What each outcome costs when it is used up: its bank credit, and by a trifle its place in the order. Where only the
/// highest of some counts, the highest is the cheapest of them, so that of equals it is the one that is used.
pub(super) fn costs(question: &Question, model: &Model) -> Vec<i64> {
    let places = (0..).take(question.outcomes.len());
    let outcomes = question.outcomes.iter().zip(places);
    let mut costs: Vec<i64> = outcomes
        .map(|(outcome, place)| {
            let credit = outcome.bank_credit.hundredths().min(CourseCredit::MAX_HUNDREDTHS);
            credit * ORDER_SCALE + place
        })
        .collect();
    let height = |place: &usize| {
        let outcome = question.outcomes.get(*place)?;
        let prize = outcome.contest.as_ref().and_then(|contest| contest.place);
        Some((outcome.rank, prize.map(std::cmp::Reverse), outcome.bank_credit))
    };
    for bound in model.bounds.iter().filter(|bound| bound.purpose == Purpose::Highest) {
        let mut members: Vec<usize> = bound.arcs.iter().filter_map(|arc| Some(model.arcs.get(*arc)?.outcome)).collect();
        members.sort_unstable();
        members.dedup();
        let mut own: Vec<i64> = members.iter().filter_map(|place| costs.get(*place).copied()).collect();
        own.sort_unstable();
        members.sort_by_key(|place| std::cmp::Reverse(height(place)));
        for (place, cost) in members.into_iter().zip(own) {
            if let Some(known) = costs.get_mut(place) {
                *known = cost;
            }
        }
    }
    costs
}
