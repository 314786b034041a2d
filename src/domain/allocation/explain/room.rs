//! Outcomes that find no room though a course is free: a limit leaves less than the course, or not enough comes together.

use super::{Explainer, clause_of, credit, reached, reason};
use crate::domain::allocation::model::{Bound, Measure, Offer, Purpose};
use crate::domain::allocation::{Layer, Reason, ReasonCode};
use crate::domain::pack::Coverage;

impl<'a> Explainer<'a> {
    /// Outcomes that are not used, or not wholly, though a course is free: limits leave less than a whole course or no
    /// further one, or all that could cover it together do not suffice.
    pub(super) fn too_little_room(&mut self) {
        for outcome in 0..self.open.len() {
            let Some((gap, used)) = self
                .open
                .get(outcome)
                .map(|open| (open.gap(), open.used))
                .filter(|(gap, _)| *gap > 0)
            else {
                continue;
            };
            if let Some((bound, asked)) = self.blocked(outcome) {
                self.blame(outcome, gap, bound, asked);
            } else if let Some(why) = self.insufficient(outcome).filter(|_| used == 0)
                && let Some(open) = self.open.get_mut(outcome)
            {
                open.take(gap, why);
            }
        }
    }

    /// Lays what is left to a limit, together with what it took already.
    fn blame(&mut self, outcome: usize, gap: i64, bound: &Bound, asked: i64) {
        let why = reached(bound, asked);
        let mut known = self.cuts.iter_mut();
        match known.find(|cut| cut.limit == bound.rule && cut.layer == bound.layer && cut.group == bound.group) {
            Some(cut) => cut.cut = cut.cut.checked_add(credit(gap)).unwrap_or(cut.cut),
            None => self.cut(bound, &why, gap),
        }
        let Some(open) = self.open.get_mut(outcome) else { return };
        let same = |known: &&mut Reason| known.code == why.code && known.layer == why.layer && known.rule == why.rule;
        if let Some(known) = open.reasons.iter_mut().find(same) {
            known.amount = known.amount.checked_add(credit(gap)).unwrap_or(known.amount);
            open.left -= gap;
        } else {
            open.take(gap, why);
        }
    }

    fn filled(&self, place: usize) -> i64 {
        self.amount_of(|arc| self.model.arcs.get(arc).is_some_and(|arc| arc.place == place))
    }

    /// The limit that keeps an outcome from places that are free, and what was asked of it; nothing where a free place is
    /// kept by no limit.
    fn blocked(&self, outcome: usize) -> Option<(&'a Bound, i64)> {
        let model = self.model;
        let mut found = None;
        for (number, arc) in model.arcs.iter().enumerate().filter(|(_, arc)| arc.outcome == outcome) {
            let least = if arc.whole { arc.most } else { 1 };
            let capacity = model.places.get(arc.place).map_or(0, |place| place.capacity);
            if capacity - self.filled(arc.place) < least {
                continue;
            }
            let asked = |bound: &Bound| {
                let more = if bound.measure == Measure::Amount { least } else { 1 };
                model.measured(bound, self.flow) + more
            };
            let limits = model.bounds.iter().filter(|bound| bound.purpose == Purpose::Limit);
            let blocking = limits
                .filter(|bound| bound.arcs.binary_search(&number).is_ok() && asked(bound) > bound.most)
                .min_by_key(|bound| bound.arcs.len())?;
            found = found.or(Some((blocking, asked(blocking))));
        }
        found
    }

    /// That courses which several may cover together stay empty because all of them do not suffice.
    fn insufficient(&self, outcome: usize) -> Option<Reason> {
        let arcs = self.model.arcs.iter().filter(|arc| arc.outcome == outcome);
        let mut least: Option<(i64, &Offer)> = None;
        for arc in arcs.filter(|arc| !arc.whole) {
            let offer = self.model.offers.get(arc.offer)?;
            let capacity = self.model.places.get(arc.place).map_or(0, |place| place.capacity);
            if self.filled(arc.place) > 0 {
                continue;
            }
            if offer.coverage != Coverage::WholeTogether {
                return None;
            }
            if least.is_none_or(|(known, _)| capacity < known) {
                least = Some((capacity, offer));
            }
        }
        let (capacity, offer) = least?;
        let clause = clause_of(self.question, offer)?;
        Some(Reason {
            layer: Some(Layer::Institution),
            rule: Some(clause.id.clone()),
            citation: Some(clause.citation.clone()),
            detail: Some(credit(capacity).to_string()),
            ..reason(ReasonCode::TargetsTooLarge)
        })
    }
}
