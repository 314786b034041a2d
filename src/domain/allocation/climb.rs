//! Good allocations quickly: what the relaxation suggests, made lawful, then improved by taking a few outcomes or courses
//! out and filling again. It proves nothing; the relaxation's bound does, when it is reached.

use fastrand::Rng;

use super::model::{Flow, Model};
use super::state::{Index, State};

/// The same seed for every question, so that a stored decision replays.
const SEED: u64 = 20_211_204;

/// How much worse than before, in hundredths, a round may now and then be.
const ALLOWANCE: i64 = 100;

/// Builds a flow from a suggestion and climbs until it has the value of the bound, or for some rounds.
pub(super) fn climbed(model: &Model, suggestion: &[i64], bound: i64, rounds: usize) -> Flow {
    let index = Index::of(model);
    let mut climber = Climber::new(model, &index, suggestion);
    climber.begin();
    for _ in 0..rounds {
        if climber.best.value() >= bound {
            break;
        }
        climber.round();
    }
    climber.best.flow().clone()
}

/// Looks for a flow of the same value that costs less.
pub(super) fn cheaper(model: &Model, flow: Flow, rounds: usize) -> Flow {
    let index = Index::of(model);
    let mut climber = Climber::new(model, &index, &flow);
    climber.begin();
    if climber.best.value() < model.value(&flow) {
        return flow;
    }
    for _ in 0..rounds {
        climber.round();
    }
    let cheaper = climber.best.flow();
    let better = model.value(cheaper) == model.value(&flow) && model.cost(cheaper) < model.cost(&flow);
    if better && model.permits(cheaper) { cheaper.clone() } else { flow }
}

struct Climber<'a> {
    model: &'a Model,
    index: &'a Index,
    suggestion: &'a [i64],
    random: Rng,
    present: State<'a>,
    best: State<'a>,
}

impl<'a> Climber<'a> {
    fn new(model: &'a Model, index: &'a Index, suggestion: &'a [i64]) -> Self {
        Self {
            model,
            index,
            suggestion,
            random: Rng::with_seed(SEED),
            present: State::empty(model, index),
            best: State::empty(model, index),
        }
    }

    fn begin(&mut self) {
        let suggested = |arc: &usize| self.suggestion.get(*arc).copied().unwrap_or_default();
        let mut order: Vec<usize> = (0..self.model.arcs.len()).collect();
        order.sort_by_key(|arc| {
            let most = self.model.arcs.get(*arc).map_or(1, |arc| arc.most.max(1));
            (std::cmp::Reverse(suggested(arc) * 1000 / most), std::cmp::Reverse(most))
        });
        let mut state = State::empty(self.model, self.index);
        for wish in &self.model.wishes {
            let mut arcs: Vec<usize> = wish.arcs.clone();
            arcs.sort_by_key(|arc| std::cmp::Reverse(suggested(arc)));
            for arc in arcs {
                if wish.arcs.iter().all(|arc| state.at(*arc) == 0) {
                    state.fill(arc, i64::MAX);
                }
            }
        }
        for arc in &order {
            let amount = suggested(arc);
            if amount > 0 {
                state.fill(*arc, amount);
            }
        }
        for arc in &order {
            state.fill(*arc, i64::MAX);
        }
        self.present = state.clone();
        self.best = state;
    }

    fn round(&mut self) {
        let mut next = self.present.clone();
        self.disturb(&mut next);
        let allowance = if self.random.u8(0..8) == 0 {
            self.random.i64(0..=ALLOWANCE)
        } else {
            0
        };
        if !self.grants_wishes(&next) || next.value() + allowance < self.present.value() {
            return;
        }
        if (next.value(), -next.cost()) > (self.best.value(), -self.best.cost()) {
            self.best = next.clone();
        }
        // Somebody who has climbed down too far begins again at the top.
        self.present = if next.value() + 4 * ALLOWANCE < self.best.value() {
            self.best.clone()
        } else {
            next
        };
    }

    fn grants_wishes(&self, state: &State<'_>) -> bool {
        self.model.wishes.iter().all(|wish| wish.arcs.iter().any(|arc| state.at(*arc) > 0))
    }

    /// Takes some outcomes and what shares courses with them out, and fills again in another order.
    fn disturb(&mut self, state: &mut State<'a>) {
        let mut touched: Vec<usize> = Vec::new();
        for _ in 0..self.random.usize(1..=4) {
            if self.random.bool() && self.model.outcomes > 0 {
                let outcome = self.random.usize(0..self.model.outcomes);
                touched.extend(self.index.arcs_of_outcome.get(outcome).into_iter().flatten());
                state.clear_outcome(outcome);
            } else if !self.model.places.is_empty() {
                let place = self.random.usize(0..self.model.places.len());
                touched.extend(self.index.arcs_of_place.get(place).into_iter().flatten());
                state.clear_place(place);
            }
        }
        self.random.shuffle(&mut touched);
        if self.random.bool() {
            touched.sort_by_key(|arc| std::cmp::Reverse(self.suggestion.get(*arc).copied().unwrap_or_default()));
        }
        for arc in touched {
            state.fill(arc, i64::MAX);
        }
    }
}
