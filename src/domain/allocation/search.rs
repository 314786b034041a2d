//! The search: the relaxation bounds the value from above; climbing finds good allocations quickly; where they do not meet,
//! small questions are solved exactly in turn, and at last the whole one by branch and bound.

use super::integer::{Aim, Programme};
use super::model::{Flow, Model};
use super::tighten::tightened;
use super::{Effort, Unanswerable, climb, dive, neighbours};

/// Up to so many arcs that may be used the cheapest of equal allocations is searched for exactly.
const CHEAPEST_ARCS_MAX: usize = 150;

/// Up to so many arcs that may be used a step of branch and bound is quick, and so many times more of them are taken: a small question
/// is to be proved, and with conditions on whole courses 300 steps were not always enough for it.
const QUICK_ARCS_MAX: usize = 60;
const STEPS_OF_QUICK: u64 = 10;

/// So many rounds of climbing for value are allowed for one that looks for less cost.
const ROUNDS_PER_CHEAPER: usize = 5;

/// A descent of the relaxation takes the work of so many small questions.
const NEIGHBOURHOODS_PER_DESCENT: usize = 3;

/// The best that was found.
pub(super) struct Found {
    pub(super) flow: Flow,
    /// Nothing is worth more, in hundredths.
    pub(super) bound: i64,
}

/// Finds a flow of the greatest value, and of these one of least cost.
///
/// # Errors
/// `PinsImpossible` when nothing grants every wish; `Unsolvable` when the solver fails.
pub(super) fn best(model: &Model, effort: Effort) -> Result<Found, Unanswerable> {
    let tight = tightened(model);
    if tight.arcs.iter().all(|arc| arc.most == 0) {
        let nothing = Found {
            flow: vec![0; model.arcs.len()],
            bound: 0,
        };
        return if model.wishes.is_empty() {
            Ok(nothing)
        } else {
            Err(Unanswerable::PinsImpossible)
        };
    }
    let found = best_of(&tight, effort)?;
    // Nothing that the narrower model permits is against the rules; were that ever untrue, it is no answer.
    if model.permits(&found.flow) {
        Ok(found)
    } else {
        Err(Unanswerable::Unsolvable)
    }
}

fn best_of(model: &Model, effort: Effort) -> Result<Found, Unanswerable> {
    let found = most_valuable(model, effort)?;
    if found.bound > model.value(&found.flow) {
        return Ok(found);
    }
    let flow = cheapest(model, found.flow, effort);
    Ok(Found { flow, ..found })
}

fn most_valuable(model: &Model, effort: Effort) -> Result<Found, Unanswerable> {
    let programme = Programme::of(model, Aim::Relaxed);
    let relaxed = programme.relaxed()?;
    let bound = programme.bound(relaxed.objective());
    let suggestion = programme.flow(&relaxed, model.arcs.len());
    let climbed = climb::climbed(model, &suggestion, bound, effort.rounds);
    let dived = dive::descended(
        model,
        &programme,
        &relaxed,
        climbed,
        bound,
        effort.neighbourhoods / NEIGHBOURHOODS_PER_DESCENT,
    );
    let flow = neighbours::improved(model, dived, bound, effort.neighbourhoods);
    let lawful = model.permits(&flow);
    if lawful && model.value(&flow) >= bound {
        return Ok(Found { flow, bound });
    }
    if lawful && effort.nodes == 0 {
        return Ok(Found { flow, bound });
    }
    let nodes = match usable(model) {
        0..=QUICK_ARCS_MAX => effort.nodes.saturating_mul(STEPS_OF_QUICK),
        _ => effort.nodes,
    };
    let exact = Programme::of(model, Aim::Value).solve(model, &flow, nodes);
    match exact {
        // A better one may come from either; the narrower bound holds for both.
        Ok(exact) if !lawful || model.value(&exact.flow) >= model.value(&flow) => Ok(Found {
            bound: exact.bound.min(bound),
            ..exact
        }),
        Ok(exact) => Ok(Found {
            bound: exact.bound.min(bound).max(model.value(&flow)),
            flow,
        }),
        Err(_) if lawful => Ok(Found { flow, bound }),
        Err(failure) => Err(failure),
    }
}

/// How many arcs may be used.
fn usable(model: &Model) -> usize {
    model.arcs.iter().filter(|arc| arc.most > 0).count()
}

/// Of flows of the same value one that costs less; where the search for it fails, the flow itself.
fn cheapest(model: &Model, flow: Flow, effort: Effort) -> Flow {
    let value = model.value(&flow);
    if value == 0 {
        return flow;
    }
    if usable(model) > CHEAPEST_ARCS_MAX {
        return climb::cheaper(model, flow, effort.rounds / ROUNDS_PER_CHEAPER);
    }
    match Programme::of(model, Aim::Cost { value }).solve(model, &flow, effort.nodes) {
        Ok(found) if model.value(&found.flow) == value && model.cost(&found.flow) <= model.cost(&flow) => found.flow,
        _ => flow,
    }
}
