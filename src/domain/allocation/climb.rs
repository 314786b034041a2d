//! Good allocations quickly: what the relaxation suggests, made lawful, then improved by taking a few outcomes or courses
//! out and filling again. It proves nothing; the relaxation's bound does, when it is reached.

use fastrand::Rng;

use super::model::{Flow, Model};
use super::state::{Index, State};

/// The same seed for every question, so that a stored decision replays.
const SEED: u64 = 20_211_204;

/// After so many rounds the climber begins again at the best that is known.
const CYCLE: usize = 2000;

/// How easily worse is taken at the beginning and at the end of a cycle, in hundredths: twice as much half as often.
const STEP_FIRST: i64 = 25;
const STEP_LAST: i64 = 5;

/// Builds a flow from a suggestion and climbs until it has the value of the bound, or for some rounds.
pub(super) fn climbed(model: &Model, suggestion: &[i64], bound: i64, rounds: usize) -> Flow {
    let index = Index::of(model);
    let mut climber = Climber::new(model, &index, suggestion);
    climber.begin();
    for round in 0..rounds {
        if climber.best.value() >= bound {
            break;
        }
        climber.round(round);
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
    for round in 0..rounds {
        climber.round(round);
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
        let mut order: Vec<usize> = self.index.live.clone();
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

    fn round(&mut self, round: usize) {
        let past = round % CYCLE;
        if past == 0 {
            self.present = self.best.clone();
        }
        let left = i64::try_from(CYCLE - past).unwrap_or_default();
        let cycle = i64::try_from(CYCLE).unwrap_or(i64::MAX);
        let step = STEP_LAST + (STEP_FIRST - STEP_LAST) * left / cycle;
        let mut next = self.present.clone();
        self.disturb(&mut next);
        let allowance = i64::from(self.random.u32(..).trailing_zeros()) * step;
        if next.value() + allowance < self.present.value() || !self.grants_wishes(&next) {
            return;
        }
        let value = next.value();
        if value > self.best.value() || (value == self.best.value() && next.cost() < self.best.cost()) {
            self.best = next.clone();
        }
        self.present = next;
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
        // What was taken out may have left room for others, whom a limit kept out.
        let live = &self.index.live;
        let (before, after) = live.split_at(self.random.usize(0..=live.len()));
        for arc in after.iter().chain(before) {
            state.fill(*arc, i64::MAX);
        }
    }
}
