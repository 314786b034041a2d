//! Random weeks: what somebody does next is chosen by chance, said in words, done at the bank and written into the book.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use credit_bank::ops::claims::clocks::run_claim_clocks;
use credit_bank::ops::deposit::Novelty;
use credit_bank::ops::expiry::expire_lots;
use credit_bank::ops::review::{refuse_outcome, release_outcome};
use credit_bank::ops::worth::kept::KeptWorth;
use uuid::Uuid;

use super::book::{AVAILABLE, Book, Outcome, Sort, TWIN};
use super::claims::{Award, Claim, Subject, Use};
use super::compare::ReadTo;
use super::town::{COURSES, Town, When};
use crate::common::World;
use crate::office::{PREPARED, course, day, done};

/// An answer that a learner kept, and from what it was given.
#[derive(Clone)]
struct Kept {
    learner: usize,
    worth_id: Uuid,
    fingerprint: String,
    uses: Vec<Use>,
    awards: Vec<Award>,
}

pub(crate) struct Weeks<'a> {
    pub(crate) town: Town<'a>,
    pub(crate) book: Book,
    pub(crate) chance: fastrand::Rng,
    kept: Vec<Kept>,
    read_to: ReadTo,
    serial: usize,
    /// What was done, in words.
    pub(crate) story: Vec<String>,
    /// What was done, and what was refused, in a word or two each.
    pub(crate) done: BTreeSet<String>,
    pub(crate) refused: BTreeSet<String>,
}

/// The most that courses can be covered for, each by one outcome as a whole, if an outcome has so much credit.
fn most(credit: &mut [i64], courses: &[i64]) -> i64 {
    let Some((course, others)) = courses.split_first() else {
        return 0;
    };
    let mut found = most(credit, others);
    for place in 0..credit.len() {
        if credit[place] >= *course {
            credit[place] -= course;
            found = found.max(course + most(credit, others));
            credit[place] += course;
        }
    }
    found
}

impl<'a> Weeks<'a> {
    pub(crate) fn begin(world: &'a World, seed: u64) -> Self {
        let town = Town::found(world);
        let mut book = Book {
            today: day(PREPARED),
            ..Book::default()
        };
        for learner in [0, 1, TWIN] {
            let (id, awarded) = (town.learners[learner].outcomes[0], day("2024-03-01"));
            book.deposited(Outcome::new(id, learner, Sort::Electrician, awarded, book.today, "accepted"));
        }
        book.told.clear();
        book.today = day("2026-09-10");
        Self {
            read_to: town.read_to(),
            town,
            book,
            chance: fastrand::Rng::with_seed(seed),
            kept: Vec::new(),
            serial: 0,
            story: Vec::new(),
            done: BTreeSet::new(),
            refused: BTreeSet::new(),
        }
    }

    pub(crate) fn when(&self) -> When {
        When {
            day: self.book.today,
            tick: self.book.tick,
        }
    }

    pub(crate) fn say(&mut self, words: String) {
        self.story.push(format!("{} {words}", self.book.today));
    }

    pub(crate) fn note(&mut self, done: bool, what: String) {
        if let Some(words) = self.story.last_mut() {
            words.push_str(if done { "" } else { " (refused)" });
        }
        let noted = if done { &mut self.done } else { &mut self.refused };
        noted.insert(what);
    }

    /// One step, and whether the bank then has what the book has.
    pub(crate) fn step(&mut self) {
        self.book.tick += 1;
        match self.chance.usize(0..29) {
            0..3 => self.deposit(),
            3..5 => self.review(),
            5..8 => self.convert(),
            8 => self.submit_again(),
            9..11 => self.have_recognised(),
            11..13 => self.days_go_by(),
            13 => self.preview(),
            14 => self.apply(),
            15..17 => self.decide_case(),
            17 => self.merge(),
            _ => self.decide(),
        }
        self.name_what_was_brought();
        self.read_to = self.town.compare_told(&self.book, self.read_to);
        self.book.told.clear();
        let when = self.when();
        self.town.compare(&self.book, when, &mut self.chance, day(PREPARED));
    }

    pub(crate) fn some_outcome(&mut self, wanted: impl Fn(&Outcome) -> bool) -> Option<Outcome> {
        let outcomes: Vec<&Outcome> = self.book.outcomes.values().filter(|one| wanted(one)).collect();
        self.chance.choice(outcomes).cloned()
    }

    fn deposit(&mut self) {
        if self.chance.usize(0..6) == 0 {
            return self.deposit_again();
        }
        let document = self.chance.usize(0..=TWIN);
        let learner = self.book.owner(document);
        let until = self.book.today + Days::new(self.chance.u64(3..150));
        let sorts = [Sort::Electrician, Sort::Electrician, Sort::Web, Sort::Web, Sort::Plain];
        let sort = sorts[self.chance.usize(0..sorts.len())];
        // What was awarded after the achievement was closed waits for a person.
        let flagged = sort == Sort::Electrician && self.chance.usize(0..3) == 0;
        let awarded = if flagged {
            day("2026-02-03")
        } else {
            until - chrono::Months::new(36)
        };
        self.serial += 1;
        let number = (sort == Sort::Electrician && self.chance.bool()).then(|| format!("S000441012345242{:06}", self.serial));
        self.say(format!(
            "{sort:?} of {awarded} deposited for document {document}, number {number:?}"
        ));
        let deposited = self
            .town
            .deposit(self.when(), document, (sort, awarded), number.as_deref())
            .unwrap();
        let like: Vec<&Outcome> = self
            .book
            .outcomes
            .values()
            .filter(|one| number.is_none() && is_like(one, learner, sort, awarded))
            .collect();
        if let Some(same) = like.iter().find(|one| one.document == document) {
            // Said again in every word it is there already, whatever became of it but a correction.
            assert_eq!(
                (deposited.novelty, deposited.outcome_id, deposited.status.as_str()),
                (Novelty::AlreadyThere, same.id, same.status())
            );
            return self.note(true, "deposit again without a number".to_owned());
        }
        // By the other document of one person it only looks the same.
        let flagged = flagged || like.iter().any(|one| one.status() != "refused");
        let status = if flagged { "flagged" } else { "accepted" };
        assert_eq!((deposited.novelty, deposited.status.as_str()), (Novelty::Created, status));
        let mut outcome = Outcome::new(deposited.outcome_id, learner, sort, awarded, self.book.today, status);
        outcome.number = number;
        outcome.document = document;
        assert_eq!(deposited.usable_until, outcome.until.filter(|_| !flagged));
        self.book.deposited(outcome);
        self.note(true, format!("deposit {status}"));
    }

    /// A certificate's number is deposited once: as it was, it is there already; otherwise it is refused.
    fn deposit_again(&mut self) {
        let Some(outcome) = self.some_outcome(|one| one.number.is_some()) else {
            return;
        };
        let (document, number) = (outcome.document, outcome.number.clone());
        self.say(format!("{} deposited again", outcome.id));
        let again = self
            .town
            .deposit(self.when(), document, (outcome.sort, outcome.awarded), number.as_deref());
        let newest = self.book.outcomes.values().rfind(|one| one.number == outcome.number);
        let is_the_one = newest.unwrap().awarded == outcome.awarded;
        let found = again.map(|deposited| (deposited.novelty, deposited.outcome_id));
        assert_eq!(found, is_the_one.then_some((Novelty::AlreadyThere, newest.unwrap().id)));
        self.note(is_the_one, "deposit again".to_owned());
    }

    fn review(&mut self) {
        let likely = self.chance.usize(0..6) > 0;
        let Some(outcome) = self.some_outcome(|one| one.status() == "flagged" || !likely) else {
            return;
        };
        let release = self.chance.usize(0..4) > 0;
        self.say(format!("{} looked at: release {release}", outcome.id));
        let context = self.when().at(self.town.officer());
        let bank = &self.town.world().bank;
        let reviewed = if release {
            release_outcome(bank, &context, outcome.id, "属实")
        } else {
            refuse_outcome(bank, &context, outcome.id, "不属实")
        };
        let did = self.book.reviewed(outcome.id, release);
        assert_eq!(done(reviewed).is_some(), did);
        self.note(did, format!("review, release {release}"));
    }

    fn convert(&mut self) {
        let learner = self.chance.usize(0..2);
        let own: Vec<Uuid> = self.book.of_learner(learner).map(|one| one.id).collect();
        let wanted: BTreeSet<Uuid> = (0..self.chance.usize(1..3)).map(|_| own[self.chance.usize(0..own.len())]).collect();
        self.say(format!("learner {learner} converts {wanted:?}"));
        let today = self.book.today;
        let usable: Vec<&Outcome> = self.book.of_learner(learner).filter(|one| one.usable(today)).collect();
        let (asked, left_out): (Vec<&Outcome>, Vec<&Outcome>) = usable.into_iter().partition(|one| wanted.contains(&one.id));
        let left_out: Vec<Uuid> = left_out.iter().map(|one| one.id).collect();
        let kept = self.town.keep(self.when(), learner, &left_out).unwrap();
        let taken = self.book.taken(learner, None);
        let free = COURSES.iter().filter(|(code, _)| !taken.iter().any(|taken| taken == code));
        let free: Vec<i64> = free.map(|(_, credit)| *credit).collect();
        let mut credit: Vec<i64> = asked.iter().map(|one| one.pockets()[AVAILABLE]).collect();
        assert_eq!(
            kept.recognised.hundredths(),
            most(&mut credit, &free),
            "of {asked:?}, taken {taken:?}"
        );
        let (awards, uses) = self.planned(&kept, &taken);
        self.book.tell("worth.keep_worth", Some(learner), false, kept.worth_id);
        let answer = Kept {
            learner,
            worth_id: kept.worth_id,
            fingerprint: self.book.fingerprint(learner),
            uses,
            awards,
        };
        self.kept.push(answer.clone());
        self.submit(&answer);
    }

    /// What is claimed by an answer, which must be lawful: free courses as a whole, by outcomes that have the credit.
    fn planned(&self, kept: &KeptWorth, taken: &[String]) -> (Vec<Award>, Vec<Use>) {
        let (mut awards, mut uses): (Vec<Award>, Vec<Use>) = (Vec::new(), Vec::new());
        for award in &kept.allocation.awards {
            let (code, outcome) = (course(award), award.outcome.parse().unwrap());
            let whole = COURSES.iter().find(|(known, _)| *known == code).unwrap().1;
            assert_eq!(award.amount.hundredths(), whole, "{award:?}");
            assert!(
                !taken.contains(&code) && awards.iter().all(|award| award.course != code),
                "{award:?}"
            );
            match uses.iter_mut().find(|used| used.outcome == outcome) {
                Some(used) => used.amount += whole,
                None => uses.push(Use {
                    outcome,
                    amount: whole,
                    standing: true,
                }),
            }
            awards.push(Award {
                course: code,
                outcome,
                ended: None,
            });
        }
        for used in &mut uses {
            let outcome = self.book.outcome(used.outcome);
            let available = outcome.pockets()[AVAILABLE];
            assert!(used.amount <= available);
            if !outcome.sort.keeps_the_rest() {
                used.amount = available;
            }
        }
        (awards, uses)
    }

    fn submit_again(&mut self) {
        let Some(kept) = self.chance.choice(&self.kept).cloned() else {
            return;
        };
        self.say(format!("learner {} claims an earlier answer", kept.learner));
        self.submit(&kept);
    }

    fn submit(&mut self, kept: &Kept) {
        let lawful = !kept.awards.is_empty() && kept.fingerprint == self.book.fingerprint(kept.learner);
        let view = self.town.convert(self.when(), kept.learner, kept.worth_id);
        assert_eq!(view.is_some(), lawful, "a conversion is claimed");
        if let Some(view) = view {
            let mut claim = Claim::new(
                view.summary.claim_id,
                kept.learner,
                Subject::Conversion,
                self.book.today,
                self.book.tick,
            );
            claim.uses = kept.uses.clone();
            claim.awards = kept.awards.clone();
            self.book.submitted(claim);
        }
        self.note(lawful, "convert".to_owned());
    }

    fn have_recognised(&mut self) {
        let learner = self.chance.usize(0..2);
        let (subject, lawful, view) = if self.chance.usize(0..3) == 0 {
            let awarded = self.book.today + Days::new(self.chance.u64(3..150)) - chrono::Months::new(36);
            self.say(format!("learner {learner} declares a certificate of {awarded}"));
            (Subject::Declared(awarded), true, self.town.declare(self.when(), learner, awarded))
        } else {
            let likely = self.chance.usize(0..6) > 0;
            let fits = |one: &Outcome| one.learner == learner && (!likely || (one.sort == Sort::Plain && one.stands()));
            let Some(outcome) = self.some_outcome(fits) else { return };
            self.say(format!("learner {learner} has {} recognised", outcome.id));
            let lawful = outcome.stands() && !outcome.has_lot() && !self.book.claimed_by(outcome.id, None);
            (
                Subject::Outcome(outcome.id),
                lawful,
                self.town.have_recognised(self.when(), learner, outcome.id),
            )
        };
        assert_eq!(view.is_some(), lawful, "a recognition is claimed");
        if let Some(view) = view {
            let mut claim = Claim::new(view.summary.claim_id, learner, subject, self.book.today, self.book.tick);
            if let Subject::Outcome(outcome) = subject {
                claim.uses.push(Use {
                    outcome,
                    amount: 0,
                    standing: true,
                });
            }
            self.book.submitted(claim);
        }
        let word = if matches!(subject, Subject::Outcome(_)) {
            "outcome"
        } else {
            "declared"
        };
        self.note(lawful, format!("recognise {word}"));
    }

    fn days_go_by(&mut self) {
        self.book.today = self.book.today + Days::new(self.chance.u64(1..9));
        let bank = &self.town.world().bank;
        // Whichever job of the night comes first.
        let expires = self.chance.bool();
        self.say(format!("days go by; credit expires: {expires}"));
        let mut ran = Vec::new();
        if expires {
            let expired = expire_lots(bank, &self.when().bank()).unwrap();
            assert_eq!(expired, self.book.expire(), "lots that expire");
            ran.push(("expire", expired));
        }
        for _ in 0..self.chance.usize(1..3) {
            let clocks = run_claim_clocks(bank, &self.when().bank()).unwrap();
            let [granted, closed, lapsed, escalated] = self.book.clocks();
            let found = [clocks.granted, clocks.closed, clocks.lapsed, clocks.escalated, clocks.moved];
            assert_eq!(found, [granted, closed, lapsed, escalated, 0], "what the clocks did");
            ran.extend([
                ("granted", granted),
                ("closed", closed),
                ("lapsed", lapsed),
                ("escalated", escalated),
            ]);
        }
        for (what, count) in ran {
            if count > 0 {
                self.note(true, what.to_owned());
            }
        }
    }

    /// The bank names the outcomes that granted declarations became; their ids were not known before.
    fn name_what_was_brought(&mut self) {
        for number in std::mem::take(&mut self.book.brought) {
            let claim = &self.book.claims[number];
            let context = self.when().at(self.town.learners[claim.learner].context);
            let view = credit_bank::ops::claims::reading::read_claim(&self.town.world().bank, &context, claim.id).unwrap();
            self.book.became(number, view.outcome_id.unwrap());
        }
    }
}

/// Whether an outcome says, without a number, that a learner has a sort of a day; a correction ends that.
fn is_like(one: &Outcome, learner: usize, sort: Sort, awarded: NaiveDate) -> bool {
    let ended = matches!(one.status(), "withdrawn" | "corrected");
    !ended && one.number.is_none() && (one.learner, one.sort, one.awarded) == (learner, sort, awarded)
}
