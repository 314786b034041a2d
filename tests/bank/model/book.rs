//! What the bank must have in its books, kept by hand and without asking it: outcomes with every movement of their credit,
//! claims, what they use and bought, corrections and cases, and what each step must leave in the audit.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::claims::{Claim, Subject};
use super::correcting::{Case, Correction};

pub(crate) const AVAILABLE: usize = 0;
pub(crate) const HELD: usize = 1;
pub(crate) const REDEEMED: usize = 2;
pub(crate) const EXPIRED: usize = 3;
pub(crate) const REVERSED: usize = 4;

/// The first learner under another document, with an account that the bank does not know to be the same person's. It is
/// deposited for, expires and is corrected, and claims nothing of its own.
pub(crate) const TWIN: usize = 2;

/// The pockets of a lot in hundredths, in the order of the constants.
pub(crate) type Pockets = [i64; 5];

/// What an outcome is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// 9.00 for three years; what a conversion leaves of it is lost.
    Electrician,
    /// 8.00 for three years; what a conversion leaves of it is kept.
    Web,
    /// Without a rule: people say what it is worth, for ever. What a conversion leaves of it is kept.
    Plain,
}

impl Sort {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Electrician => "occ-elec-4",
            Self::Web => "x-web-1",
            Self::Plain => "x-plain",
        }
    }

    /// What the rules give it.
    pub(crate) fn credit(self) -> i64 {
        match self {
            Self::Electrician => 900,
            Self::Web => 800,
            Self::Plain => 0,
        }
    }

    pub(crate) fn until(self, awarded: NaiveDate) -> Option<NaiveDate> {
        (self != Self::Plain).then(|| awarded + chrono::Months::new(36))
    }

    pub(crate) fn keeps_the_rest(self) -> bool {
        self != Self::Electrician
    }
}

/// A movement of an outcome's credit; a grant has no source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) recorded: NaiveDate,
    pub(crate) effective: NaiveDate,
    pub(crate) source: Option<usize>,
    pub(crate) target: usize,
    pub(crate) amount: i64,
    /// It takes back by a correction what should never have been.
    pub(crate) undoes: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) id: Uuid,
    /// Whose it is.
    pub(crate) learner: usize,
    /// Under whose document it was deposited.
    pub(crate) document: usize,
    pub(crate) sort: Sort,
    pub(crate) awarded: NaiveDate,
    pub(crate) number: Option<String>,
    pub(crate) until: Option<NaiveDate>,
    /// Where it stood since which day, in the bank's words.
    pub(crate) statuses: Vec<(NaiveDate, &'static str)>,
    /// None: it brought no credit.
    pub(crate) entries: Vec<Entry>,
    pub(crate) replaced_by: Option<Uuid>,
}

impl Outcome {
    pub(crate) fn new(id: Uuid, learner: usize, sort: Sort, awarded: NaiveDate, today: NaiveDate, status: &'static str) -> Self {
        Self {
            id,
            learner,
            document: learner,
            sort,
            awarded,
            number: None,
            until: sort.until(awarded),
            statuses: vec![(today, status)],
            entries: Vec::new(),
            replaced_by: None,
        }
    }

    pub(crate) fn status(&self) -> &'static str {
        self.statuses.last().unwrap().1
    }

    /// Where it stood at the end of a day; nothing where it was not there.
    pub(crate) fn status_on(&self, day: NaiveDate) -> Option<&'static str> {
        self.statuses.iter().rfind(|(since, _)| *since <= day).map(|(_, status)| *status)
    }

    pub(crate) fn stands(&self) -> bool {
        matches!(self.status(), "accepted" | "released")
    }

    /// Whether a correction ends it.
    pub(crate) fn may_end(&self) -> bool {
        self.stands() || self.status() == "flagged"
    }

    pub(crate) fn has_lot(&self) -> bool {
        !self.entries.is_empty()
    }

    pub(crate) fn pockets(&self) -> Pockets {
        sum(self.entries.iter())
    }

    /// As it was known at the end of a day.
    pub(crate) fn known_on(&self, day: NaiveDate) -> Pockets {
        sum(self.entries.iter().filter(|entry| entry.recorded <= day))
    }

    /// What had taken effect by the end of a day, as it is known now. What should never have been is not there, from
    /// wherever it has to be taken.
    pub(crate) fn effective_on(&self, day: NaiveDate) -> Pockets {
        let by_then = || self.entries.iter().filter(|entry| entry.effective <= day);
        let mut pockets = sum(by_then().filter(|entry| !entry.undoes));
        for entry in by_then().filter(|entry| entry.undoes) {
            let mut left = entry.amount;
            for pocket in [entry.source.unwrap(), AVAILABLE, HELD, REDEEMED] {
                let part = pockets[pocket].min(left);
                pockets[pocket] -= part;
                pockets[REVERSED] += part;
                left -= part;
            }
            assert_eq!(left, 0, "{self:?} on {day}");
        }
        pockets
    }

    fn granted_on(&self) -> NaiveDate {
        self.entries[0].effective
    }

    /// Whether a conversion can use some of it.
    pub(crate) fn usable(&self, today: NaiveDate) -> bool {
        self.stands() && self.pockets()[AVAILABLE] > 0 && self.until.is_none_or(|last| today <= last)
    }
}

fn sum<'a>(entries: impl Iterator<Item = &'a Entry>) -> Pockets {
    let mut pockets = [0; 5];
    for entry in entries {
        if let Some(source) = entry.source {
            pockets[source] -= entry.amount;
        }
        pockets[entry.target] += entry.amount;
    }
    pockets
}

/// What a write must leave in the audit and, for others, in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    /// The kind of its subject and the operation.
    pub(crate) event: &'static str,
    pub(crate) learner: Option<usize>,
    pub(crate) at_school: bool,
    pub(crate) subject: Uuid,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    pub(crate) today: NaiveDate,
    /// Counts the steps: a later one is later within the same day too.
    pub(crate) tick: u32,
    pub(crate) outcomes: BTreeMap<Uuid, Outcome>,
    /// Whether the twin's account was merged into the first learner's.
    pub(crate) merged: bool,
    pub(crate) claims: Vec<Claim>,
    pub(crate) corrections: Vec<Correction>,
    pub(crate) cases: Vec<Case>,
    /// What the present step must have told; the id of a lot is not known to the book.
    pub(crate) told: Vec<Line>,
    /// Claims of this step whose grant brought an outcome that the bank has to name.
    pub(crate) brought: Vec<usize>,
    /// The last number of a verdict, of the school and of the bank.
    pub(crate) numbers: [u32; 2],
}

impl Book {
    pub(crate) fn tell(&mut self, event: &'static str, learner: Option<usize>, at_school: bool, subject: Uuid) {
        self.told.push(Line {
            event,
            learner,
            at_school,
            subject,
        });
    }

    pub(crate) fn outcome(&self, id: Uuid) -> &Outcome {
        &self.outcomes[&id]
    }

    pub(crate) fn of_learner(&self, learner: usize) -> impl Iterator<Item = &Outcome> {
        self.outcomes.values().filter(move |outcome| outcome.learner == learner)
    }

    fn enter(&mut self, id: Uuid, entry: Entry) {
        let outcome = self.outcomes.get_mut(&id).unwrap();
        outcome.entries.push(entry);
        assert!(outcome.pockets().iter().all(|pocket| *pocket >= 0), "{outcome:?}");
    }

    /// Grants the credit of an outcome, with effect from a day.
    pub(crate) fn grant(&mut self, id: Uuid, amount: i64, effective: NaiveDate) {
        if amount == 0 {
            return;
        }
        let entry = Entry {
            recorded: self.today,
            effective,
            source: None,
            target: AVAILABLE,
            amount,
            undoes: false,
        };
        self.enter(id, entry);
    }

    /// Moves credit today.
    pub(crate) fn post(&mut self, id: Uuid, source: usize, target: usize, amount: i64) {
        if amount > 0 {
            let entry = Entry {
                recorded: self.today,
                effective: self.today,
                source: Some(source),
                target,
                amount,
                undoes: false,
            };
            self.enter(id, entry);
        }
    }

    /// Takes back by a correction, from the day of the grant on.
    pub(crate) fn undo(&mut self, id: Uuid, source: usize, amount: i64) {
        if amount > 0 {
            let entry = Entry {
                recorded: self.today,
                effective: self.outcome(id).granted_on(),
                source: Some(source),
                target: REVERSED,
                amount,
                undoes: true,
            };
            self.enter(id, entry);
        }
    }

    pub(crate) fn come_to(&mut self, id: Uuid, status: &'static str) {
        let today = self.today;
        self.outcomes.get_mut(&id).unwrap().statuses.push((today, status));
    }

    /// A deposit that was taken; one that waits for a person brings nothing yet.
    pub(crate) fn deposited(&mut self, outcome: Outcome) {
        let (id, learner, sort, today) = (outcome.id, outcome.learner, outcome.sort, self.today);
        // What waits for a person, or is over by now, brings nothing.
        let brings = outcome.status() != "flagged" && outcome.until.is_none_or(|last| today <= last);
        self.outcomes.insert(id, outcome);
        if brings {
            self.grant(id, sort.credit(), today);
        }
        self.tell("outcome.deposit_outcome", Some(learner), true, id);
    }

    /// An officer looks at what waits; whether it still does.
    pub(crate) fn reviewed(&mut self, id: Uuid, release: bool) -> bool {
        let outcome = self.outcome(id).clone();
        if outcome.status() != "flagged" {
            return false;
        }
        let (status, event) = if release {
            ("released", "outcome.release_outcome")
        } else {
            ("refused", "outcome.refuse_outcome")
        };
        self.come_to(id, status);
        if release {
            self.grant(id, outcome.sort.credit(), self.today);
        }
        self.tell(event, Some(outcome.learner), true, id);
        true
    }

    /// Expires what is over, and says of how many outcomes.
    pub(crate) fn expire(&mut self) -> u64 {
        let today = self.today;
        let over = |outcome: &&Outcome| outcome.until.is_some_and(|last| last < today) && outcome.pockets()[AVAILABLE] > 0;
        let over: Vec<Outcome> = self.outcomes.values().filter(over).cloned().collect();
        let mut expired = 0;
        for outcome in over {
            self.post(outcome.id, AVAILABLE, EXPIRED, outcome.pockets()[AVAILABLE]);
            self.tell("lot.expire_lots", Some(outcome.learner), false, Uuid::nil());
            expired += 1;
        }
        expired
    }

    /// Awards on which an institution decides again: claim and place among its awards.
    fn in_question(&self) -> BTreeSet<(usize, usize)> {
        let open = self.cases.iter().filter(|case| case.state == "open");
        open.flat_map(|case| case.awards.iter().map(|award| (case.claim, *award))).collect()
    }

    /// Courses that a learner has or claims by other claims than one; what is in question takes nobody's place.
    pub(crate) fn taken(&self, learner: usize, but: Option<usize>) -> Vec<String> {
        let in_question = self.in_question();
        let mut taken = Vec::new();
        for (number, claim) in self.claims.iter().enumerate() {
            if claim.learner != learner || Some(number) == but {
                continue;
            }
            for (place, award) in claim.awards.iter().enumerate() {
                let has = claim.has_used() && award.ended.is_none() && !in_question.contains(&(number, place));
                if claim.holds() || has {
                    taken.push(award.course.clone());
                }
            }
        }
        taken
    }

    /// No course of anybody is covered twice, and nothing that ended has credit left or is held.
    pub(crate) fn laws(&self) {
        for learner in [0, 1] {
            let taken = self.taken(learner, None);
            assert_eq!(
                taken.iter().collect::<BTreeSet<_>>().len(),
                taken.len(),
                "a course twice: {taken:?}"
            );
        }
        for outcome in self.outcomes.values().filter(|outcome| !outcome.stands()) {
            let [available, held, ..] = outcome.pockets();
            assert_eq!((available, held), (0, 0), "credit of what does not stand: {outcome:?}");
        }
    }

    /// What a question is answered from: as long as it is the same, so is the answer.
    pub(crate) fn fingerprint(&self, learner: usize) -> String {
        // What brought no credit is looked at too, unless somebody says what it is worth just now.
        let bare = |outcome: &Outcome| outcome.stands() && !outcome.has_lot() && !self.claimed_by(outcome.id, None);
        let usable = self
            .of_learner(learner)
            .filter(|outcome| outcome.usable(self.today) || bare(outcome));
        let usable: Vec<(Uuid, i64)> = usable.map(|outcome| (outcome.id, outcome.pockets()[AVAILABLE])).collect();
        let in_question = self.in_question();
        let mut earlier = Vec::new();
        for (number, claim) in self.claims.iter().enumerate().filter(|(_, claim)| claim.learner == learner) {
            for (place, award) in claim.awards.iter().enumerate() {
                if claim.holds() || (claim.has_used() && award.ended.is_none() && !in_question.contains(&(number, place))) {
                    earlier.push((number, place, claim.holds(), claim.bought_on));
                }
            }
        }
        format!("{} {usable:?} {earlier:?}", self.today)
    }

    /// A claim that waits and is about an outcome as a whole.
    pub(crate) fn claimed_by(&self, outcome: Uuid, but: Option<usize>) -> bool {
        let about = |claim: &Claim| claim.subject == Subject::Outcome(outcome) && claim.holds();
        self.claims
            .iter()
            .enumerate()
            .any(|(number, claim)| Some(number) != but && about(claim))
    }
}
