//! The model as a linear programme, relaxed or in whole numbers, for a solver. The solver calculates with floats, so its
//! answer is rounded to whole hundredths and taken only when the model itself, in whole numbers, permits it.

use std::collections::BTreeMap;

use microlp::{ComparisonOp, Error, LinearExpr, OptimizationDirection, Problem, Solution, SolutionStatus, SolveOptions, Variable};

use super::Unanswerable;
use super::columns::{Columns, columns};
use super::model::{Bound, Flow, Measure, Model, ORDER_SCALE, PlaceKind};
use super::numbers::{float, greatest_common_divisor, whole};
use super::search::Found;
use crate::domain::pack::{Coverage, Remainder, Targets};

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
    problem: Problem,
    /// What a unit of a variable sends along arcs, in units.
    sends: Vec<(Variable, Vec<(usize, i64)>)>,
    /// Variables that say whether any of some arcs is used.
    marks: Vec<(Variable, Vec<usize>)>,
    unit: i64,
}

/// The greatest amount of which everything in the model is a multiple: the solver then counts in it. Where courses may be
/// covered in part every hundredth counts.
fn unit_of(model: &Model) -> i64 {
    if model.arcs.iter().any(|arc| !arc.whole) {
        return 1;
    }
    model
        .arcs
        .iter()
        .fold(0, |unit, arc| greatest_common_divisor(unit, arc.most))
        .max(1)
}

impl Programme {
    pub(super) fn of(model: &Model, aim: Aim) -> Self {
        let direction = match aim {
            Aim::Relaxed | Aim::Value => OptimizationDirection::Maximize,
            Aim::Cost { .. } => OptimizationDirection::Minimize,
        };
        let writer = Writer {
            model,
            aim,
            programme: Self {
                problem: Problem::new(direction),
                sends: Vec::new(),
                marks: Vec::new(),
                unit: unit_of(model),
            },
            by_arc: vec![Vec::new(); model.arcs.len()],
            written: Vec::new(),
            used: BTreeMap::new(),
        };
        writer.write()
    }

    /// The relaxation's bound in hundredths, and its amounts.
    pub(super) fn relaxed(&self, arcs: usize) -> Result<Found, Unanswerable> {
        let outcome = self.problem.solve().map_err(unanswerable)?;
        let solution = outcome.into_solution().map_err(|_| Unanswerable::Unsolvable)?;
        Ok(Found {
            bound: self.bound(solution.objective()),
            flow: self.flow(&solution, arcs),
        })
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

    /// The greatest whole number of units that is not above a bound; a ten-thousandth is the solver's own imprecision.
    fn bound(&self, units: f64) -> i64 {
        whole((units + 1e-4).floor()).saturating_mul(self.unit)
    }

    fn flow(&self, solution: &Solution, arcs: usize) -> Flow {
        let mut flow = vec![0; arcs];
        for (variable, sends) in &self.sends {
            let value = solution.var_value(*variable);
            for (arc, units) in sends {
                if let Some(amount) = flow.get_mut(*arc) {
                    *amount += whole(value * float(units * self.unit));
                }
            }
        }
        flow
    }

    /// A flow as values of every variable.
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
        let sends = self.sends.iter().enumerate().map(|(number, (variable, sends))| {
            let value = match sends.as_slice() {
                [(arc, 1)] => at(*arc) / self.unit,
                sends => i64::from(sends.iter().all(|(arc, _)| used_by.get(arc) == Some(&number))),
            };
            (*variable, float(value))
        });
        let marks = self.marks.iter().map(|(mark, arcs)| {
            let used = arcs.iter().any(|arc| at(*arc) > 0);
            (*mark, float(i64::from(used)))
        });
        sends.chain(marks).collect()
    }
}

fn unanswerable(error: Error) -> Unanswerable {
    match error {
        Error::Infeasible => Unanswerable::PinsImpossible,
        _ => Unanswerable::Unsolvable,
    }
}

/// A variable, and what one of it counts for.
type Term = (Variable, f64);

/// Writes a model down.
struct Writer<'a> {
    model: &'a Model,
    aim: Aim,
    programme: Programme,
    /// The variables that send along each arc, and how many units.
    by_arc: Vec<Vec<(usize, i64)>>,
    /// Whether columns stand for every whole course of an offer.
    written: Vec<bool>,
    /// Whether an arc that takes parts is used.
    used: BTreeMap<usize, Variable>,
}

impl Writer<'_> {
    fn write(mut self) -> Programme {
        self.write_variables();
        self.write_offers();
        self.write_places();
        for bound in &self.model.bounds {
            self.write_bound(bound);
        }
        for wish in &self.model.wishes {
            let terms = self.users(&wish.arcs);
            self.at_least(terms, 1);
        }
        if let Aim::Cost { value } = self.aim {
            let all: Vec<usize> = (0..self.model.arcs.len()).collect();
            let terms = self.amounts(&all);
            self.at_least(terms, value / self.programme.unit);
        }
        self.programme
    }

    fn units(&self, hundredths: i64) -> i64 {
        hundredths / self.programme.unit
    }

    fn at_most(&mut self, terms: Vec<Term>, most: i64) {
        let expression: LinearExpr = terms.into_iter().collect();
        self.programme.problem.add_constraint(expression, ComparisonOp::Le, float(most));
    }

    fn at_least(&mut self, terms: Vec<Term>, least: i64) {
        let expression: LinearExpr = terms.into_iter().collect();
        self.programme.problem.add_constraint(expression, ComparisonOp::Ge, float(least));
    }

    fn binary(&mut self, worth: i64) -> Variable {
        match self.aim {
            Aim::Relaxed => self.programme.problem.add_var(float(worth), (0.0, 1.0)),
            Aim::Value | Aim::Cost { .. } => self.programme.problem.add_binary_var(float(worth)),
        }
    }

    fn integer(&mut self, worth: i64, most: i64) -> Variable {
        match self.aim {
            Aim::Relaxed => self.programme.problem.add_var(float(worth), (0.0, float(most))),
            Aim::Value | Aim::Cost { .. } => {
                let most = i32::try_from(most).unwrap_or(i32::MAX);
                self.programme.problem.add_integer_var(float(worth), (0, most))
            }
        }
    }

    /// A variable that says whether any of some arcs is used, and costs so much if it is.
    fn mark(&mut self, cost: i64, arcs: &[usize]) -> Variable {
        let mark = self.binary(cost);
        self.programme.marks.push((mark, arcs.to_vec()));
        mark
    }

    /// What a unit of an arc's credit counts for: itself, or its cost where the rest of the outcome stays usable.
    fn worth(&self, offer: usize, units: i64) -> i64 {
        match self.aim {
            Aim::Relaxed | Aim::Value => units,
            Aim::Cost { .. } => match self.model.offers.get(offer).map(|offer| offer.rest) {
                Some(Remainder::Kept) => units * self.programme.unit * ORDER_SCALE,
                _ => 0,
            },
        }
    }

    fn write_variables(&mut self) {
        let Columns { columns, written } = columns(self.model);
        self.written = written;
        for column in &columns {
            let arc_units = |arc: &usize| Some((*arc, self.units(self.model.arcs.get(*arc)?.most)));
            let sends: Vec<(usize, i64)> = column.arcs.iter().filter_map(arc_units).collect();
            let all: i64 = sends.iter().map(|(_, units)| units).sum();
            let worth = self.worth(column.offer, all);
            let variable = self.binary(worth);
            self.send(variable, sends);
        }
        for (number, arc) in self.model.arcs.iter().enumerate() {
            if arc.whole && self.is_written(arc.offer) {
                continue;
            }
            let most = self.units(arc.most);
            if arc.whole {
                let worth = self.worth(arc.offer, most);
                let variable = self.binary(worth);
                self.send(variable, vec![(number, most)]);
            } else {
                let worth = self.worth(arc.offer, 1);
                let variable = self.integer(worth, most);
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
    fn amounts(&self, arcs: &[usize]) -> Vec<Term> {
        let mut sums: BTreeMap<usize, i64> = BTreeMap::new();
        for (number, units) in arcs.iter().filter_map(|arc| self.by_arc.get(*arc)).flatten() {
            *sums.entry(*number).or_default() += units;
        }
        let terms = sums.into_iter();
        terms
            .filter_map(|(number, units)| Some((self.programme.sends.get(number)?.0, float(units))))
            .collect()
    }

    fn is_part(&self, arc: usize) -> bool {
        self.model.arcs.get(arc).is_some_and(|arc| !arc.whole)
    }

    /// Variables that together say which of some arcs are used: a column for all of its arcs, else one for each.
    fn users(&mut self, arcs: &[usize]) -> Vec<Term> {
        let mut numbers: Vec<usize> = Vec::new();
        let mut terms: Vec<Term> = Vec::new();
        for arc in arcs {
            if self.is_part(*arc) {
                terms.push((self.used(*arc), 1.0));
            } else {
                let by = self.by_arc.get(*arc).into_iter().flatten();
                numbers.extend(by.map(|(number, _)| *number));
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        let columns = numbers
            .into_iter()
            .filter_map(|number| Some((self.programme.sends.get(number)?.0, 1.0)));
        terms.extend(columns);
        terms
    }

    /// Whether an arc that takes parts is used.
    fn used(&mut self, arc: usize) -> Variable {
        if let Some(used) = self.used.get(&arc) {
            return *used;
        }
        let most = self.model.arcs.get(arc).map_or(0, |arc| self.units(arc.most));
        let used = self.mark(0, &[arc]);
        let amount = self.amounts(&[arc]);
        self.at_most(amount.iter().copied().chain([(used, -float(most))]).collect(), 0);
        // What is counted as used brings something.
        self.at_least(amount.into_iter().chain([(used, -1.0)]).collect(), 0);
        self.used.insert(arc, used);
        used
    }

    fn arcs_of(&self, keep: impl Fn(&super::model::Arc) -> bool) -> Vec<usize> {
        let arcs = self.model.arcs.iter().enumerate();
        arcs.filter(|(_, arc)| keep(arc)).map(|(number, _)| number).collect()
    }

    /// Each outcome is used by one offer at most, and where its offer is not spread, in one place.
    fn write_offers(&mut self) {
        let mut of_outcome: BTreeMap<usize, Vec<Term>> = BTreeMap::new();
        for (number, offer) in self.model.offers.iter().enumerate() {
            let arcs: Vec<usize> = self.arcs_of(|arc| arc.offer == number);
            let most = self.units(self.model.alone(number));
            let only_columns = self.is_written(number) && !arcs.iter().any(|arc| self.is_part(*arc));
            let spends = matches!(self.aim, Aim::Cost { .. }) && offer.rest == Remainder::Forfeited;
            let users = if offer.spread == Targets::One || only_columns {
                self.users(&arcs)
            } else {
                Vec::new()
            };
            if only_columns && !spends {
                of_outcome.entry(offer.outcome).or_default().extend(users);
                continue;
            }
            let cost = if spends {
                self.model.costs.get(offer.outcome).copied().unwrap_or_default()
            } else {
                0
            };
            let offered = self.mark(cost, &arcs);
            let amounts = self.amounts(&arcs);
            self.at_most(amounts.into_iter().chain([(offered, -float(most))]).collect(), 0);
            if !users.is_empty() {
                self.at_most(users.into_iter().chain([(offered, -1.0)]).collect(), 0);
            }
            of_outcome.entry(offer.outcome).or_default().push((offered, 1.0));
        }
        for terms in of_outcome.into_values().filter(|terms| terms.len() > 1) {
            self.at_most(terms, 1);
        }
    }

    /// Whether columns stand for every whole course of an offer.
    fn is_written(&self, offer: usize) -> bool {
        self.written.get(offer) == Some(&true)
    }

    fn write_places(&mut self) {
        for (number, place) in self.model.places.iter().enumerate() {
            let arcs = self.arcs_of(|arc| arc.place == number);
            if arcs.is_empty() {
                continue;
            }
            let capacity = self.units(place.capacity);
            let amounts = self.amounts(&arcs);
            self.at_most(amounts.clone(), capacity);
            let is_together = |arc: &&usize| {
                let arc = self.model.arcs.get(**arc);
                arc.is_some_and(|arc| self.model.coverage(arc) == Coverage::WholeTogether)
            };
            let together: Vec<usize> = arcs.iter().filter(is_together).copied().collect();
            if together.is_empty() || !matches!(place.kind, PlaceKind::Course(_)) {
                continue;
            }
            // Either nothing comes together here, or the course is covered to its last hundredth.
            let covered = self.mark(0, &together);
            let parts = self.amounts(&together);
            self.at_most(parts.into_iter().chain([(covered, -float(capacity))]).collect(), 0);
            self.at_least(amounts.into_iter().chain([(covered, -float(capacity))]).collect(), 0);
        }
    }

    fn write_bound(&mut self, bound: &Bound) {
        match bound.measure {
            Measure::Amount => {
                let terms = self.amounts(&bound.arcs);
                self.at_most(terms, self.units(self.model.reachable(bound)));
            }
            Measure::Outcomes => self.write_count(bound, |arc| arc.outcome),
            Measure::Places => self.write_count(bound, |arc| arc.place),
        }
    }

    fn write_count(&mut self, bound: &Bound, of: impl Fn(&super::model::Arc) -> usize) {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for number in &bound.arcs {
            if let Some(arc) = self.model.arcs.get(*number) {
                groups.entry(of(arc)).or_default().push(*number);
            }
        }
        if i64::try_from(groups.len()).is_ok_and(|count| count <= bound.most) {
            return;
        }
        let mut counted: Vec<Term> = Vec::new();
        for arcs in groups.into_values() {
            let terms = self.any_used(bound.measure, &arcs);
            counted.extend(terms);
        }
        let mut sums: BTreeMap<usize, Term> = BTreeMap::new();
        for (variable, factor) in counted {
            sums.entry(variable.idx()).or_insert((variable, 0.0)).1 += factor;
        }
        self.at_most(sums.into_values().collect(), bound.most);
    }

    /// Terms that add up to at least whether one of the arcs is used, and to one at most where that can be had.
    fn any_used(&mut self, measure: Measure, arcs: &[usize]) -> Vec<Term> {
        let parts = arcs.iter().any(|arc| self.is_part(*arc));
        // Of an outcome's columns one is used at most, and of those that cover a whole course too.
        if arcs.len() == 1 || (!parts && (measure == Measure::Places || self.are_columns(arcs))) {
            return self.users(arcs);
        }
        let room: i64 = arcs
            .iter()
            .filter_map(|arc| self.model.arcs.get(*arc))
            .map(|arc| self.units(arc.most))
            .sum();
        let any = self.mark(0, arcs);
        let amounts = self.amounts(arcs);
        self.at_most(amounts.into_iter().chain([(any, -float(room))]).collect(), 0);
        vec![(any, 1.0)]
    }

    fn are_columns(&self, arcs: &[usize]) -> bool {
        arcs.iter()
            .all(|arc| self.model.arcs.get(*arc).is_some_and(|arc| self.is_written(arc.offer)))
    }
}
