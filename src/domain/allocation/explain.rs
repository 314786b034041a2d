//! Why what is not used is not: for every part of every outcome the rule that took it, with its numbers. What the rules took
//! adds up exactly to what was offered and is not used.

mod room;

use std::collections::BTreeMap;

use super::model::{Bound, Flow, Measure, Model, Offer, Purpose};
use super::offers::Hindrance;
use super::{Cut, Layer, Question, Reason, ReasonCode, Verdict};
use crate::domain::credit::CourseCredit;
use crate::domain::pack::{Clause, Remainder};

pub(super) fn credit(hundredths: i64) -> CourseCredit {
    CourseCredit::from_hundredths(hundredths.clamp(0, CourseCredit::MAX_HUNDREDTHS)).unwrap_or_default()
}

pub(super) fn clause_of<'a>(question: &'a Question, offer: &Offer) -> Option<&'a Clause> {
    question.versions.get(offer.version)?.pack.clauses.get(offer.clause)
}

/// What is still to be explained of one outcome.
struct Open {
    offered: i64,
    used: i64,
    /// What earlier rules left of the offer.
    left: i64,
    reasons: Vec<Reason>,
}

impl Open {
    fn gap(&self) -> i64 {
        self.left - self.used
    }

    fn take(&mut self, amount: i64, reason: Reason) {
        self.left -= amount;
        self.reasons.push(Reason {
            amount: credit(amount),
            ..reason
        });
    }
}

fn reason(code: ReasonCode) -> Reason {
    Reason {
        code,
        amount: CourseCredit::ZERO,
        layer: None,
        rule: None,
        citation: None,
        asked: None,
        allowed: None,
        earlier: None,
        detail: None,
    }
}

/// A number that a bound measures: credit with its decimals, a count without.
fn number(measure: Measure, number: i64) -> String {
    match measure {
        Measure::Amount => credit(number).to_string(),
        Measure::Outcomes | Measure::Places => number.to_string(),
    }
}

/// What of a bound was used earlier, where anything was.
fn used_earlier(bound: &Bound) -> Option<String> {
    (bound.past.used > 0).then(|| number(bound.measure, bound.past.used))
}

/// That a limit is reached: what was asked of it beside what was used earlier, and what it allows in all.
fn reached(bound: &Bound, asked: i64) -> Reason {
    Reason {
        asked: Some(number(bound.measure, asked + bound.past.used)),
        allowed: Some(number(bound.measure, bound.allowed())),
        earlier: used_earlier(bound),
        ..of_bound(ReasonCode::LimitReached, bound)
    }
}

fn of_bound(code: ReasonCode, bound: &Bound) -> Reason {
    Reason {
        layer: Some(bound.layer),
        rule: Some(bound.rule.clone()),
        citation: Some(bound.citation.clone()),
        ..reason(code)
    }
}

/// Explains a flow: a verdict for every outcome, and what each limit took.
pub(super) fn explain(
    question: &Question,
    model: &Model,
    hindrances: &BTreeMap<usize, Hindrance>,
    flow: &Flow,
) -> (Vec<Verdict>, Vec<Cut>) {
    let mut explainer = Explainer {
        question,
        model,
        flow,
        open: Vec::new(),
        cuts: Vec::new(),
    };
    explainer.begin();
    explainer.twins();
    explainer.taken();
    explainer.counts();
    explainer.amounts();
    explainer.rest();
    let Explainer { open, cuts, .. } = explainer;
    let verdicts = open.into_iter().enumerate().filter_map(|(number, open)| {
        let mut reasons: Vec<Reason> = hindrances.get(&number).map(hindered).into_iter().collect();
        reasons.extend(open.reasons);
        Some(Verdict {
            outcome: question.outcomes.get(number)?.key.clone(),
            offered: credit(open.offered),
            used: credit(open.used),
            reasons,
        })
    });
    (verdicts.collect(), cuts)
}

fn hindered(hindrance: &Hindrance) -> Reason {
    Reason {
        layer: hindrance.layer,
        rule: hindrance.rule.clone(),
        citation: hindrance.citation.clone(),
        detail: hindrance.detail.clone(),
        ..reason(hindrance.code)
    }
}

struct Explainer<'a> {
    question: &'a Question,
    model: &'a Model,
    flow: &'a Flow,
    open: Vec<Open>,
    cuts: Vec<Cut>,
}

impl Explainer<'_> {
    fn begin(&mut self) {
        let mut offered = vec![0; self.model.outcomes];
        for (number, offer) in self.model.offers.iter().enumerate() {
            let own = self.model.alone(number);
            if let Some(known) = offered.get_mut(offer.outcome) {
                *known = own.max(*known);
            }
        }
        let used = |outcome: usize| self.amount_of(|arc| self.model.arcs.get(arc).is_some_and(|arc| arc.outcome == outcome));
        self.open = offered
            .into_iter()
            .enumerate()
            .map(|(outcome, offered)| {
                let used = used(outcome);
                // Two clauses at once are not lawful, so that what is used is never more than what one offers.
                let offered = offered.max(used);
                Open {
                    offered,
                    used,
                    left: offered,
                    reasons: Vec::new(),
                }
            })
            .collect();
    }

    fn amount_of(&self, keep: impl Fn(usize) -> bool) -> i64 {
        let amounts = self.flow.iter().enumerate();
        amounts.filter(|(arc, _)| keep(*arc)).map(|(_, amount)| *amount).sum()
    }

    /// The outcomes that have an arc in a bound, in their order.
    fn members(&self, bound: &Bound) -> Vec<usize> {
        let mut members: Vec<usize> = bound
            .arcs
            .iter()
            .filter_map(|arc| self.model.arcs.get(*arc).map(|arc| arc.outcome))
            .collect();
        members.sort_unstable();
        members.dedup();
        members
    }

    /// Outcomes that are not used because another of the same family, event or name is.
    fn twins(&mut self) {
        for bound in self.model.bounds.iter().filter(|bound| bound.purpose != Purpose::Limit) {
            let members = self.members(bound);
            let is_used = |outcome: &usize| self.open.get(*outcome).is_some_and(|open| open.used > 0);
            let outcomes = &self.question.outcomes;
            let key = |outcome: usize| outcomes.get(outcome).map(|outcome| &outcome.key);
            let winner = members.iter().copied().find(is_used).and_then(key);
            let code = match bound.purpose {
                Purpose::Highest => ReasonCode::NotTheHighest,
                _ => ReasonCode::Repeated,
            };
            for outcome in members {
                // Substitutes are barred from required courses only.
                if !self.wholly_inside(outcome, bound) {
                    continue;
                }
                let before = || bound.past.outcomes.iter().find(|known| Some(*known) != key(outcome));
                let (Some(other), Some(open)) = (
                    winner.or_else(before),
                    self.open.get_mut(outcome).filter(|open| open.used == 0 && open.gap() > 0),
                ) else {
                    continue;
                };
                let amount = open.gap();
                let why = Reason {
                    detail: Some(other.clone()),
                    earlier: used_earlier(bound),
                    ..of_bound(code, bound)
                };
                open.take(amount, why);
            }
        }
    }

    fn wholly_inside(&self, outcome: usize, bound: &Bound) -> bool {
        let mut own = self.model.arcs.iter().enumerate().filter(|(_, arc)| arc.outcome == outcome);
        own.all(|(number, _)| bound.arcs.binary_search(&number).is_ok())
    }

    /// Outcomes for which no place has room any more: others took it, whatever the limits are.
    fn taken(&mut self) {
        let filled: Vec<i64> = (0..self.model.places.len())
            .map(|place| self.amount_of(|arc| self.model.arcs.get(arc).is_some_and(|arc| arc.place == place)))
            .collect();
        let has_room = |outcome: usize| {
            self.model.arcs.iter().filter(|arc| arc.outcome == outcome).any(|arc| {
                let capacity = self.model.places.get(arc.place).map_or(0, |place| place.capacity);
                let free = capacity - filled.get(arc.place).copied().unwrap_or_default();
                if arc.whole { free >= arc.most } else { free > 0 }
            })
        };
        let crowded: Vec<usize> = (0..self.open.len()).filter(|outcome| !has_room(*outcome)).collect();
        for outcome in crowded {
            if let Some(open) = self.open.get_mut(outcome).filter(|open| open.gap() > 0) {
                let amount = open.gap();
                open.take(amount, reason(ReasonCode::TargetsTaken));
            }
        }
    }

    /// Outcomes that limits of number keep out.
    fn counts(&mut self) {
        for bound in self.model.bounds.iter().filter(|bound| bound.purpose == Purpose::Limit) {
            if bound.measure == Measure::Amount || self.model.measured(bound, self.flow) < bound.most {
                continue;
            }
            let members = self.members(bound);
            let asked = match bound.measure {
                Measure::Outcomes => members.len(),
                _ => {
                    let mut places: Vec<usize> = bound.arcs.iter().filter_map(|arc| Some(self.model.arcs.get(*arc)?.place)).collect();
                    places.sort_unstable();
                    places.dedup();
                    places.len()
                }
            };
            let why = reached(bound, i64::try_from(asked).unwrap_or(i64::MAX));
            let mut total = 0;
            for outcome in members {
                if !self.wholly_inside(outcome, bound) {
                    continue;
                }
                let Some(open) = self.open.get_mut(outcome).filter(|open| open.gap() > 0) else {
                    continue;
                };
                let unused = open.used == 0;
                if bound.measure == Measure::Outcomes && !unused {
                    continue;
                }
                let amount = open.gap();
                total += amount;
                open.take(amount, why.clone());
            }
            self.cut(bound, &why, total);
        }
    }

    /// What limits of credit took, the narrowest first.
    fn amounts(&mut self) {
        let is_amount = |bound: &&Bound| bound.purpose == Purpose::Limit && bound.measure == Measure::Amount;
        let mut bounds: Vec<&Bound> = self.model.bounds.iter().filter(is_amount).collect();
        bounds.sort_by_key(|bound| bound.arcs.len());
        for bound in bounds {
            let members = self.members(bound);
            let through = |outcome: usize| -> i64 {
                let own = |arc: &&usize| self.model.arcs.get(**arc).is_some_and(|arc| arc.outcome == outcome);
                let room: i64 = bound
                    .arcs
                    .iter()
                    .filter(own)
                    .filter_map(|arc| Some(self.model.arcs.get(*arc)?.most))
                    .sum();
                self.open.get(outcome).map_or(0, |open| open.left.min(room))
            };
            let asked: i64 = members.iter().map(|outcome| through(*outcome)).sum();
            let mut over = asked - bound.most;
            if over <= 0 {
                continue;
            }
            let why = reached(bound, asked);
            let mut total = 0;
            for outcome in members.into_iter().rev() {
                let Some(open) = self.open.get_mut(outcome) else { continue };
                let amount = open.gap().min(over);
                if amount <= 0 {
                    continue;
                }
                over -= amount;
                total += amount;
                open.take(amount, why.clone());
            }
            self.cut(bound, &why, total);
        }
    }

    fn cut(&mut self, bound: &Bound, why: &Reason, total: i64) {
        if total > 0 {
            self.cuts.push(Cut {
                layer: bound.layer,
                limit: bound.rule.clone(),
                citation: bound.citation.clone(),
                group: bound.group.clone(),
                asked: why.asked.clone().unwrap_or_default(),
                allowed: why.allowed.clone().unwrap_or_default(),
                earlier: why.earlier.clone(),
                cut: credit(total),
            });
        }
    }

    /// What is left unexplained went to other outcomes; and what a used outcome does not fill is lost or kept.
    fn rest(&mut self) {
        let pinned = !self.model.wishes.is_empty();
        self.too_little_room();
        for (outcome, open) in self.open.iter_mut().enumerate() {
            let gap = open.gap();
            if gap > 0 {
                let why = if pinned {
                    Reason {
                        layer: Some(Layer::Learner),
                        ..reason(ReasonCode::PinnedElsewhere)
                    }
                } else {
                    reason(ReasonCode::TargetsTaken)
                };
                open.take(gap, why);
            }
            let mut taken = self
                .model
                .arcs
                .iter()
                .zip(self.flow)
                .filter(|(arc, amount)| arc.outcome == outcome && **amount > 0);
            let offer = taken.next().and_then(|(arc, _)| self.model.offers.get(arc.offer));
            let Some(offer) = offer.filter(|offer| offer.budget < CourseCredit::MAX_HUNDREDTHS) else {
                continue;
            };
            let rest = offer.budget - open.offered;
            if rest > 0 {
                let code = match offer.rest {
                    Remainder::Forfeited => ReasonCode::RemainderForfeited,
                    Remainder::Kept => ReasonCode::RemainderKept,
                };
                let clause = clause_of(self.question, offer);
                open.reasons.push(Reason {
                    amount: credit(rest),
                    layer: Some(Layer::Institution),
                    rule: clause.map(|clause| clause.id.clone()),
                    citation: clause.map(|clause| clause.citation.clone()),
                    ..reason(code)
                });
            }
        }
    }
}
