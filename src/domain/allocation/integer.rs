//! The model as a linear programme, relaxed or in whole numbers, for a solver. The solver calculates with floats, so its
//! answer is rounded to whole hundredths and taken only when the model itself, in whole numbers, permits it.

use std::collections::BTreeMap;

use microlp::{Error, OptimizationDirection, Problem, Solution, SolutionStatus, SolveOptions, Variable};

use super::Unanswerable;
use super::model::{Flow, Measure, Model};
use super::numbers::{float, greatest_common_divisor, times, times_at_most};
use super::search::Found;
use super::write::Writer;

/// What a search is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// A bound on the value, with courses split and choices mixed.
    Relaxed,
    /// The most credit.
    Value,
    /// At least so much credit, at the least cost.
    Cost { value: i64 },
}

/// The programme and what its variables stand for.
pub(super) struct Programme {
    pub(super) problem: Problem,
    /// What a unit of a variable sends along arcs, in units.
    pub(super) sends: Vec<(Variable, Vec<(usize, i64)>)>,
    /// Variables that say whether any of some arcs is used.
    pub(super) marks: Vec<(Variable, Vec<usize>)>,
    /// The variables that are either nothing or one.
    pub(super) choices: Vec<Variable>,
    pub(super) unit: i64,
    /// Whether nothing is covered in part, so that every value is a multiple of the unit.
    pub(super) stepped: bool,
}

impl Programme {
    /// Writes a model down.
    pub(super) fn of(model: &Model, aim: Aim) -> Self {
        let direction = match aim {
            Aim::Relaxed | Aim::Value => OptimizationDirection::Maximize,
            Aim::Cost { .. } => OptimizationDirection::Minimize,
        };
        let (unit, stepped) = unit_of(model);
        let empty = Self {
            problem: Problem::new(direction),
            sends: Vec::new(),
            marks: Vec::new(),
            choices: Vec::new(),
            unit,
            stepped,
        };
        Writer::new(model, aim, empty).write()
    }

    /// The relaxation's solution; its objective bounds every flow's value.
    pub(super) fn relaxed(&self) -> Result<Solution, Unanswerable> {
        let outcome = self.problem.solve().map_err(unanswerable)?;
        outcome.into_solution().map_err(|_| Unanswerable::Unsolvable)
    }

    /// Solves it in whole numbers, beginning with a lawful flow.
    pub(super) fn solve(&self, model: &Model, begin: &Flow, nodes: u64) -> Result<Found, Unanswerable> {
        let mut options = SolveOptions::default();
        options.node_limit = Some(nodes);
        options.warm_start = Some(self.hint(begin));
        let outcome = self.problem.solve_with(options).map_err(unanswerable)?;
        let best_bound = outcome.stats().best_bound;
        let solution = outcome.into_solution().map_err(|_| Unanswerable::Unsolvable)?;
        let flow = self.flow(&solution, model.arcs.len());
        if !model.permits(&flow) {
            return Err(Unanswerable::Unsolvable);
        }
        let value = model.value(&flow);
        let bound = match (solution.status(), best_bound) {
            (SolutionStatus::Optimal, _) | (_, None) => value,
            (SolutionStatus::Feasible, Some(bound)) => self.bound(bound).max(value),
        };
        Ok(Found { flow, bound })
    }

    /// A bound of the solver's in hundredths.
    pub(super) fn bound(&self, units: f64) -> i64 {
        if self.stepped {
            times_at_most(units, 1).saturating_mul(self.unit)
        } else {
            times_at_most(units, self.unit)
        }
    }

    pub(super) fn flow(&self, solution: &Solution, arcs: usize) -> Flow {
        let mut flow = vec![0; arcs];
        for (variable, sends) in &self.sends {
            let value = solution.var_value(*variable);
            for (arc, units) in sends {
                if let Some(amount) = flow.get_mut(*arc) {
                    *amount += times(value, units * self.unit);
                }
            }
        }
        flow
    }

    /// A flow as values of the variables that stand for choices; the amounts follow.
    fn hint(&self, flow: &Flow) -> Vec<(Variable, f64)> {
        let at = |arc: usize| flow.get(arc).copied().unwrap_or_default();
        // Where a column is one of several of an outcome, the one that is equal to all that is used is meant.
        let mut used_by: BTreeMap<usize, usize> = BTreeMap::new();
        for (number, (_, sends)) in self.sends.iter().enumerate() {
            if sends.iter().all(|(arc, units)| at(*arc) == units * self.unit) {
                for (arc, _) in sends {
                    let longest = used_by
                        .get(arc)
                        .and_then(|other| self.sends.get(*other))
                        .map_or(0, |(_, sends)| sends.len());
                    if sends.len() > longest {
                        used_by.insert(*arc, number);
                    }
                }
            }
        }
        let chosen = self
            .sends
            .iter()
            .enumerate()
            .filter(|(_, (_, sends))| !matches!(sends.as_slice(), [(_, 1)]));
        let chosen = chosen.map(|(number, (variable, sends))| {
            let value = i64::from(sends.iter().all(|(arc, _)| used_by.get(arc) == Some(&number)));
            (*variable, float(value))
        });
        let marks = self.marks.iter().map(|(mark, arcs)| {
            let used = arcs.iter().any(|arc| at(*arc) > 0);
            (*mark, float(i64::from(used)))
        });
        chosen.chain(marks).collect()
    }
}

/// The greatest amount of which everything in the model is a multiple: the solver then counts in it; and whether nothing is
/// covered in part.
fn unit_of(model: &Model) -> (i64, bool) {
    let live = || model.arcs.iter().filter(|arc| arc.most > 0);
    let stepped = live().all(|arc| arc.whole);
    let mut unit = live().fold(0, |unit, arc| greatest_common_divisor(unit, arc.most));
    if !stepped {
        let places = model.places.iter().map(|place| place.capacity);
        let offers = live().filter_map(|arc| Some(model.offers.get(arc.offer)?.budget));
        let bounds = model.bounds.iter().filter(|bound| bound.measure == Measure::Amount);
        let others = places.chain(offers).chain(bounds.map(|bound| bound.most));
        unit = others.fold(unit, greatest_common_divisor);
    }
    (unit.max(1), stepped)
}

fn unanswerable(error: Error) -> Unanswerable {
    match error {
        Error::Infeasible => Unanswerable::PinsImpossible,
        _ => Unanswerable::Unsolvable,
    }
}
