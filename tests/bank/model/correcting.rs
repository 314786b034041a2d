//! Corrections and cases in the book: what follows from the end of outcomes, what changed since a preview, and what is decided.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use uuid::Uuid;

use super::book::{AVAILABLE, Book, HELD, Outcome, Pockets, REDEEMED};
use super::claims::{Stands as S, Subject, last_day};

/// Which outcomes of the school.
#[derive(Debug, Clone)]
pub(crate) enum Scope {
    One(Uuid),
    Batch(BTreeSet<Uuid>),
    /// Awarded from one day to another.
    Period(NaiveDate, NaiveDate),
}

/// What follows for an outcome.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Follows {
    Nothing,
    Reverse(i64),
    /// A claim by its id, how much it holds of the outcome, and what else it lets go.
    Void(Uuid, i64, Vec<(Uuid, i64)>),
    /// A claim by its id, the number of its verdict, how much it used, and for which courses.
    Reopen(Uuid, u32, i64, Vec<String>),
    Replace(i64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) learner: usize,
    pub(crate) outcome: Uuid,
    pub(crate) status: &'static str,
    pub(crate) pockets: Option<Pockets>,
    pub(crate) follows: Vec<Follows>,
}

#[derive(Debug, Clone)]
pub(crate) struct Correction {
    pub(crate) id: Uuid,
    pub(crate) digest: String,
    pub(crate) scope: Scope,
    /// On which day the outcome that takes the place was awarded, where one does.
    pub(crate) corrected: Option<NaiveDate>,
    pub(crate) items: Vec<Item>,
    pub(crate) by_officer: bool,
    pub(crate) applied: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// The bank says it once it is open.
    pub(crate) id: Uuid,
    pub(crate) correction: Uuid,
    pub(crate) claim: usize,
    pub(crate) wrong: BTreeSet<Uuid>,
    /// Places among the awards of the claim.
    pub(crate) awards: Vec<usize>,
    pub(crate) state: &'static str,
    pub(crate) opened: u32,
    pub(crate) due: NaiveDate,
    pub(crate) replaced_by: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Confirm,
    Cancel,
    /// By a claim's place.
    Replace(usize),
}

impl Book {
    fn within(&self, scope: &Scope) -> Vec<&Outcome> {
        let all = self.outcomes.values();
        match scope {
            Scope::One(id) => vec![self.outcome(*id)],
            Scope::Batch(ids) => ids.iter().map(|id| self.outcome(*id)).collect(),
            Scope::Period(from, to) => all.filter(|one| one.may_end() && (*from..=*to).contains(&one.awarded)).collect(),
        }
    }

    /// What would follow; nothing where none of the outcomes would end.
    pub(crate) fn previewed(&self, scope: &Scope, corrected: bool) -> Option<Vec<Item>> {
        let within = self.within(scope);
        let ending: BTreeSet<Uuid> = within.iter().filter(|one| one.may_end()).map(|one| one.id).collect();
        // What claims let go is told for whatever is named, as long as something ends.
        let named: BTreeSet<Uuid> = within.iter().map(|one| one.id).collect();
        let items = within.iter().map(|one| Item {
            learner: one.learner,
            outcome: one.id,
            status: one.status(),
            pockets: one.has_lot().then(|| one.pockets()),
            follows: self.follows(one, &named, corrected),
        });
        (!ending.is_empty()).then(|| items.collect())
    }

    fn follows(&self, outcome: &Outcome, named: &BTreeSet<Uuid>, corrected: bool) -> Vec<Follows> {
        if !outcome.may_end() {
            return vec![Follows::Nothing];
        }
        let mut follows = Vec::new();
        let available = outcome.pockets()[AVAILABLE];
        if available > 0 {
            follows.push(Follows::Reverse(available));
        }
        for claim in &self.claims {
            let Some(used) = claim.uses.iter().find(|used| used.standing && used.outcome == outcome.id) else {
                continue;
            };
            if claim.holds() {
                let others = claim.uses.iter().filter(|other| other.standing && !named.contains(&other.outcome));
                let mut others: Vec<(Uuid, i64)> = others.map(|other| (other.outcome, other.amount)).collect();
                others.sort();
                follows.push(Follows::Void(claim.id, used.amount, others));
            } else if claim.has_used() && claim.subject == Subject::Conversion {
                let own = claim
                    .awards
                    .iter()
                    .filter(|award| award.outcome == outcome.id && award.ended.is_none());
                let mut courses: Vec<String> = own.map(|award| award.course.clone()).collect();
                courses.sort();
                follows.push(Follows::Reopen(claim.id, claim.number.unwrap(), used.amount, courses));
            }
        }
        if corrected {
            follows.push(Follows::Replace(outcome.sort.credit()));
        }
        follows
    }

    /// The outcomes of a preview of which something else follows by now.
    pub(crate) fn changed(&self, number: usize) -> BTreeSet<Uuid> {
        let correction = &self.corrections[number];
        let now = self
            .previewed(&correction.scope, correction.corrected.is_some())
            .unwrap_or_default();
        let differs = |one: &&Item, others: &[Item]| !others.contains(one);
        let gone = correction.items.iter().filter(|one| differs(one, &now));
        let come = now.iter().filter(|one| differs(one, &correction.items));
        gone.chain(come).map(|item| item.outcome).collect()
    }

    /// Carries out a preview of which nothing changed. `replacement` is the outcome that takes the place, as the bank says.
    pub(crate) fn applied(&mut self, number: usize, replacement: Option<Uuid>) {
        let correction = self.corrections[number].clone();
        let mut learners = BTreeSet::new();
        for item in &correction.items {
            for follows in &item.follows {
                match follows {
                    Follows::Reverse(amount) => self.undo(item.outcome, AVAILABLE, *amount),
                    Follows::Void(claim, amount, others) => {
                        self.undo(item.outcome, HELD, *amount);
                        self.voided(*claim, others);
                    }
                    Follows::Reopen(claim, ..) => self.reopened(&correction, *claim, item.outcome),
                    Follows::Nothing | Follows::Replace(_) => {}
                }
            }
        }
        for item in correction.items.iter().filter(|item| item.follows != [Follows::Nothing]) {
            learners.insert(self.outcome(item.outcome).learner);
            match (correction.corrected, replacement) {
                (Some(awarded), Some(id)) => self.replaced(item.outcome, id, awarded),
                _ => self.come_to(item.outcome, "withdrawn"),
            }
        }
        self.corrections[number].applied = true;
        for learner in learners {
            self.tell("correction.apply_correction", Some(learner), false, correction.id);
        }
        self.tell("correction.apply_correction", None, true, correction.id);
    }

    fn voided(&mut self, claim: Uuid, others: &[(Uuid, i64)]) {
        let number = self.claims.iter().position(|one| one.id == claim).unwrap();
        // Of two wrong outcomes in one claim the first ends it, and lets go what else it held.
        if self.claims[number].stands == S::Voided {
            return;
        }
        for (outcome, amount) in others {
            self.post(*outcome, HELD, AVAILABLE, *amount);
        }
        self.come_to_stand(number, S::Voided);
        for used in &mut self.claims[number].uses {
            used.standing = false;
        }
    }

    fn reopened(&mut self, correction: &Correction, claim: Uuid, outcome: Uuid) {
        let number = self.claims.iter().position(|one| one.id == claim).unwrap();
        let awards = self.claims[number].awards.iter().enumerate();
        let own = awards.filter(|(_, award)| award.outcome == outcome && award.ended.is_none());
        let own: Vec<usize> = own.map(|(place, _)| place).collect();
        let there = self
            .cases
            .iter_mut()
            .find(|case| case.correction == correction.id && case.claim == number);
        if let Some(case) = there {
            case.wrong.insert(outcome);
            case.awards.extend(own);
            return;
        }
        self.cases.push(Case {
            id: Uuid::nil(),
            correction: correction.id,
            claim: number,
            wrong: BTreeSet::from([outcome]),
            awards: own,
            state: "open",
            opened: self.tick,
            due: last_day(self.today, 15),
            replaced_by: None,
        });
    }

    /// Another outcome takes the place of one, with effect from the same day.
    fn replaced(&mut self, old: Uuid, new: Uuid, awarded: NaiveDate) {
        let before = self.outcome(old).clone();
        self.come_to(old, "corrected");
        self.outcomes.get_mut(&old).unwrap().replaced_by = Some(new);
        let mut outcome = Outcome::new(new, before.learner, before.sort, awarded, self.today, "accepted");
        outcome.number = before.number.clone();
        outcome.document = before.document;
        self.outcomes.insert(new, outcome);
        let effective = before.entries.first().map_or(self.today, |grant| grant.effective);
        self.grant(new, before.sort.credit(), effective);
        self.tell("outcome.deposit_outcome", Some(before.learner), true, new);
    }

    /// Another claim that covers, or may yet cover, a course that is in question: the case cannot be confirmed beside it.
    fn rival(&self, case: &Case) -> bool {
        let claim = &self.claims[case.claim];
        let places: Vec<&String> = case.awards.iter().map(|place| &claim.awards[*place].course).collect();
        self.claims.iter().enumerate().any(|(number, other)| {
            let since = other.submitted > case.opened && other.learner == claim.learner && number != case.claim;
            let has = |award: &super::claims::Award| {
                places.contains(&&award.course) && (other.holds() || (other.has_used() && award.ended.is_none()))
            };
            since && other.awards.iter().any(has)
        })
    }

    /// Decides a case if it may be decided so, and says whether.
    pub(crate) fn decided(&mut self, number: usize, decision: Decision) -> bool {
        let case = self.cases[number].clone();
        if case.state != "open" {
            return false;
        }
        let claim = self.claims[case.claim].clone();
        let (state, only) = match decision {
            Decision::Confirm if self.rival(&case) => return false,
            Decision::Confirm => ("confirmed", None),
            Decision::Cancel => ("cancelled", None),
            Decision::Replace(by) => {
                let other = &self.claims[by];
                let same = other.learner == claim.learner && other.subject == Subject::Conversion && by != case.claim;
                if !same || !other.has_used() || other.submitted <= case.opened {
                    return false;
                }
                ("replaced", Some(&case.wrong))
            }
        };
        if decision != Decision::Confirm {
            self.taken_back(case.claim, only);
        }
        if decision == Decision::Cancel && matches!(claim.stands, S::Granted | S::GrantAppealed) {
            self.come_to_stand(case.claim, S::Voided);
        }
        let case = &mut self.cases[number];
        case.state = state;
        if let Decision::Replace(by) = decision {
            case.replaced_by = Some(by);
        }
        let id = case.id;
        self.tell("case.decide_case", Some(claim.learner), true, id);
        true
    }

    /// Takes back what a claim used, or only what it used of some outcomes.
    fn taken_back(&mut self, number: usize, only: Option<&BTreeSet<Uuid>>) {
        let concerned = |outcome: &Uuid| only.is_none_or(|only| only.contains(outcome));
        for used in self.claims[number].uses.clone() {
            if !used.standing || !concerned(&used.outcome) {
                continue;
            }
            if self.outcome(used.outcome).stands() {
                self.post(used.outcome, REDEEMED, AVAILABLE, used.amount);
            } else {
                self.undo(used.outcome, REDEEMED, used.amount);
            }
        }
        let claim = &mut self.claims[number];
        for used in claim.uses.iter_mut().filter(|used| concerned(&used.outcome)) {
            used.standing = false;
        }
        for award in claim
            .awards
            .iter_mut()
            .filter(|award| award.ended.is_none() && concerned(&award.outcome))
        {
            award.ended = Some("correction");
        }
    }
}
