//! Descents of the relaxation: choice after choice is settled, the likeliest first, and the relaxation is solved again each
//! time. What remains above the best known is followed down to a flow; the relaxation's own bound is often reached so.

use fastrand::Rng;
use microlp::{Solution, Variable};

use super::integer::Programme;
use super::model::{Flow, Model};
use super::numbers::{float, thousandths};

/// The same seed for every question, so that a stored decision replays.
const SEED: u64 = 20_211_204;

/// So near to a whole number a choice is settled, in thousandths.
const SETTLED: i64 = 1;

/// How much chance weighs against likelihood, in thousandths, from the second descent on.
const CHANCE: i64 = 400;

/// Goes down for some rounds, or until a flow has the value of the bound; the best flow that is known then.
pub(super) fn descended(model: &Model, programme: &Programme, root: &Solution, begin: Flow, bound: i64, rounds: usize) -> Flow {
    let mut random = Rng::with_seed(SEED);
    let mut best = begin;
    for round in 0..rounds {
        let value = if model.permits(&best) { model.value(&best) } else { -1 };
        if value >= bound {
            break;
        }
        let chance = if round == 0 { 0 } else { CHANCE };
        let found = descend(programme, root.clone(), value, |likely| likely + random.i64(0..=chance));
        let flow = found.map(|solution| programme.flow(&solution, model.arcs.len()));
        if let Some(flow) = flow.filter(|flow| model.permits(flow) && model.value(flow) > value) {
            best = flow;
        }
    }
    best
}

/// Settles one choice after the other; nothing where the rest is worth no more than what is known.
fn descend(programme: &Programme, root: Solution, known: i64, mut weigh: impl FnMut(i64) -> i64) -> Option<Solution> {
    let mut solution = root;
    for _ in 0..programme.choices.len() {
        let open = programme.choices.iter().filter_map(|choice| {
            let likely = thousandths(solution.var_value(*choice));
            (SETTLED..=1000 - SETTLED).contains(&likely).then_some((*choice, likely))
        });
        let weighed: Vec<(i64, Variable)> = open.map(|(choice, likely)| (weigh(likely), choice)).collect();
        let Some((_, choice)) = weighed.into_iter().max_by_key(|(weight, _)| *weight) else {
            return Some(solution);
        };
        let taken = settle(programme, solution.clone(), choice, 1, known);
        solution = match taken {
            Some(taken) => taken,
            None => settle(programme, solution, choice, 0, known)?,
        };
    }
    Some(solution)
}

fn settle(programme: &Programme, solution: Solution, choice: Variable, value: i64, known: i64) -> Option<Solution> {
    let settled = solution.fix_var(choice, float(value)).ok()?.into_solution().ok()?;
    (programme.bound(settled.objective()) > known).then_some(settled)
}
