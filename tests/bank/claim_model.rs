//! Random weeks at a school that decides claims, beside a book that is kept by hand: after every step the bank has what the
//! book has. A sequence is its seed, so that what fails is found again.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{Days, NaiveDate};
use credit_bank::domain::actor::Caller;
use credit_bank::domain::claim::{AppealDecision, ClaimEvent as E, ClaimFilter, ObjectionAnswer, Verdict};
use credit_bank::ops::claims::act::Act;
use credit_bank::ops::claims::notice::{answer_objection, appeal_as_objector, object_to_claim};
use credit_bank::ops::claims::reading::list_own_conversions;
use credit_bank::ops::claims::view::ClaimView;
use credit_bank::ops::context::Context;
use credit_bank::ops::expiry::expire_lots;
use credit_bank::ops::rules::publish_recognition_rule;
use credit_bank::ops::verify::verify;
use credit_bank::store::connection::DatabaseAddress;
use serde_json::json;
use uuid::Uuid;

use super::claim_book::{Book, Claim, Deed, Lot, NINE, Stands as S, came_everywhere, stored};
use super::common::{World, postgres_database};
use super::office::{IN_FORCE, Learner, Office, audit_rows, course, day, done, rules};
use super::packs::on;

const STEPS: usize = 120;
const COURSES: [(&str, &str); 6] = [
    ("E101", "3.5"),
    ("E102", "4.5"),
    ("E103", "2"),
    ("E104", "4"),
    ("E105", "5"),
    ("E106", "3"),
];

struct Weeks<'a> {
    office: Office<'a>,
    learners: [Learner; 2],
    book: Book,
    /// Kept answers, with the learner and the outcome that they use.
    kept: Vec<(usize, Uuid)>,
    today: NaiveDate,
    chance: fastrand::Rng,
    audit_before: i64,
    awarded: BTreeSet<NaiveDate>,
    /// What was done in which state, and what was refused.
    done: BTreeSet<String>,
    refused: BTreeSet<String>,
}

fn verdict(grant: bool) -> Verdict {
    if grant { Verdict::Grant } else { Verdict::Refuse }
}

impl<'a> Weeks<'a> {
    fn begin(world: &'a World, seed: u64) -> Self {
        let rule = json!({ "title": "有效期三年", "citation": "测试", "selector": { "family": "occ-elec", "rank": 2, "kind": "occupational_certificate" },
            "method": { "method": "fixed", "credit": "9.00" }, "selected_by": "award_date", "effective_from": "2020-01-01",
            "validity": { "years": 3, "boundary": "anniversary_included" } });
        let bank = Context::of(Caller::Bank, world.registrar.now);
        publish_recognition_rule(&world.bank, &bank, None, &serde_json::from_value(rule).unwrap()).unwrap();
        let mut document = rules(IN_FORCE, json!({ "unanswered": "lapses" }));
        document["clauses"][0]["mature"] = json!(false);
        let office = Office::open(world, &document, &COURSES);
        let learners = [0, 1].map(|number| office.learner(number, &["2023-10-20", "2024-03-01"]));
        let mut weeks = Self {
            audit_before: audit_rows(world),
            office,
            learners,
            book: Book::default(),
            kept: Vec::new(),
            today: day("2026-09-10"),
            chance: fastrand::Rng::with_seed(seed),
            awarded: ["2023-10-20", "2024-03-01"].map(day).into(),
            done: BTreeSet::new(),
            refused: BTreeSet::new(),
        };
        for learner in [0, 1] {
            for (number, until) in ["2026-10-20", "2027-03-01"].into_iter().enumerate() {
                let outcome = weeks.learners[learner].outcomes[number];
                weeks.book.lots.insert(outcome, fresh(learner, day(until)));
            }
        }
        weeks
    }

    fn date(&self) -> String {
        self.today.to_string()
    }

    fn step(&mut self) {
        match self.chance.usize(0..20) {
            0 => self.deposit(),
            1..3 => self.keep_and_submit(),
            3 => self.submit_again(),
            4..6 => self.days_go_by(),
            _ => self.decide(),
        }
    }

    fn deposit(&mut self) {
        let learner = self.chance.usize(0..2);
        let until = self.today + Days::new(self.chance.u64(3..150));
        let awarded = until - chrono::Months::new(36);
        if !self.awarded.insert(awarded) {
            return;
        }
        let (_, outcome) = self.office.deposit(learner, &awarded.to_string(), &self.date());
        self.learners[learner].outcomes.push(outcome);
        self.book.lots.insert(outcome, fresh(learner, until));
        self.book.audit += 1;
    }

    fn keep_and_submit(&mut self) {
        let learner = self.chance.usize(0..2);
        let outcomes = self.learners[learner].outcomes.clone();
        let wanted = outcomes[self.chance.usize(0..outcomes.len())];
        // What is held, used or expired is no part of the question.
        let usable = |outcome: &&Uuid| {
            **outcome != wanted && {
                let lot = self.book.lots[*outcome];
                lot.available > 0 && self.today <= lot.until
            }
        };
        let left_out: Vec<&Uuid> = outcomes.iter().filter(usable).collect();
        let kept = self
            .office
            .keep(&self.learners[learner], &self.date(), json!({ "left_out": left_out }));
        let kept = kept.unwrap();
        self.book.audit += 1;
        let lot = self.book.lots[&wanted];
        if lot.available == 0 || lot.until < self.today {
            assert!(kept.allocation.awards.is_empty(), "{lot:?}: {:?}", kept.allocation.awards);
        }
        self.kept.push((learner, kept.worth_id));
        let submitted = self.submit(learner, kept.worth_id);
        assert_eq!(
            submitted,
            !kept.allocation.awards.is_empty(),
            "what was answered just now is claimed"
        );
    }

    fn submit_again(&mut self) {
        if let Some((learner, worth_id)) = self.chance.choice(self.kept.clone()) {
            self.submit(learner, worth_id);
        }
    }

    fn submit(&mut self, learner: usize, worth_id: Uuid) -> bool {
        let Some(view) = done(self.office.submit(&self.learners[learner], &self.date(), worth_id)) else {
            self.refused.insert("Submit".to_owned());
            return false;
        };
        assert!(view.uses.iter().all(|used| used.standing && used.amount.hundredths() == NINE));
        let claim = Claim {
            id: view.summary.claim_id,
            learner,
            stands: S::Submitted,
            since: self.today,
            uses: view.uses.iter().map(|used| used.outcome_id).collect(),
            courses: view.allocation.unwrap().awards.iter().map(course).collect(),
            votes: Default::default(),
            judges: Default::default(),
            open: Vec::new(),
            past: Vec::new(),
            objectors: Default::default(),
            appellant: None,
            told_overdue: false,
        };
        self.book.submitted(claim, self.today);
        self.done.insert("Submit".to_owned());
        true
    }

    fn days_go_by(&mut self) {
        self.today = self.today + Days::new(self.chance.u64(1..9));
        let now = on(self.office.world.registrar, &self.date()).now;
        // Whichever job of the night comes first.
        if self.chance.bool() {
            let expired = expire_lots(&self.office.world.bank, &Context::of(Caller::Bank, now)).unwrap();
            assert_eq!(expired, self.book.expire(self.today));
        }
        for _ in 0..self.chance.usize(1..3) {
            let ran = self.office.clocks_on(&self.date());
            let ran = [ran.granted, ran.closed, ran.lapsed, ran.escalated, ran.moved];
            let [granted, closed, lapsed, escalated] = self.book.clocks(self.today);
            assert_eq!(ran, [granted, closed, lapsed, escalated, 0]);
        }
    }

    /// Mostly what leads on, sometimes anything.
    fn decide(&mut self) {
        if self.book.claims.is_empty() {
            return;
        }
        // Mostly one of those that still go on.
        let all = 0..self.book.claims.len();
        let going_on = all.clone().filter(|number| self.book.claims[*number].due().is_some());
        let going_on: Vec<usize> = going_on.collect();
        let number = match self.chance.choice(going_on) {
            Some(number) if self.chance.usize(0..8) > 0 => number,
            _ => self.chance.usize(all),
        };
        let deed = self.deed(number);
        let claim = &self.book.claims[number];
        let (claim_id, owner, stands) = (claim.id, claim.learner, claim.stands);
        let did = self.book.did(number, deed, self.today);
        let answer = self.act(claim_id, owner, deed);
        assert_eq!(answer.is_some(), did, "{deed:?} on {}: {:?}", self.today, self.book.claims[number]);
        if let Some(Some(objection_id)) = answer {
            self.book.claims[number].open.push(objection_id);
        }
        let noted = if did { &mut self.done } else { &mut self.refused };
        let word = format!("{deed:?}");
        let word = word.split('(').next().unwrap_or_default();
        noted.insert(format!("{word} {stands:?}"));
    }

    fn deed(&mut self, number: usize) -> Deed {
        let claim = self.book.claims[number].clone();
        let chance = &mut self.chance;
        // Reviewers mostly agree on a claim.
        let leans_to_grant = !number.is_multiple_of(3);
        let grant = leans_to_grant == (chance.usize(0..8) > 0);
        let anybody = chance.usize(0..2);
        let (reviewer, approver) = (chance.usize(0..3), chance.usize(0..3));
        let objections: Vec<Uuid> = claim.open.iter().chain(&claim.past).copied().collect();
        let objection = chance.choice(objections).unwrap_or(Uuid::nil());
        let any = [
            Deed::Take,
            Deed::Ask,
            Deed::Give(anybody),
            Deed::Vote(reviewer, grant),
            Deed::Propose(grant),
            Deed::Approve(approver),
            Deed::SendBack,
            Deed::Object(anybody),
            Deed::Answer(approver, objection, chance.usize(0..3) == 0),
            Deed::Withdraw(anybody),
            Deed::Appeal(anybody),
            Deed::TakeAppealBack(anybody),
            Deed::Decide(approver, chance.bool()),
        ];
        let leads_on: &[usize] = match claim.stands {
            _ if chance.usize(0..5) == 0 => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
            S::Submitted => &[0],
            S::Reviewed => &[3, 3, 3, 4, 4, 1],
            S::Asked => &[2],
            S::ProposedGrant | S::ProposedRefusal => &[5],
            S::Noticed => &[7, 7, 8, 8, 6],
            S::Granted | S::Refused => &[10],
            S::GrantAppealed | S::RefusalAppealed => &[12, 12, 11],
            _ => &[9, 10],
        };
        any[leads_on[chance.usize(0..leads_on.len())]]
    }

    /// Does it at the bank; nothing where it is refused, and with an objection its id.
    fn act(&self, claim_id: Uuid, owner: usize, deed: Deed) -> Option<Option<Uuid>> {
        let (office, date) = (&self.office, self.date());
        let bank = &office.world.bank;
        let act = Act {
            reason: Some("经核验".to_owned()),
            ..Act::default()
        };
        let learner = |number: usize| self.learners[number].context;
        let by = |who: Context, event: E| -> Option<ClaimView> { done(office.act(who, &date, claim_id, event)) };
        let appeal = |number: usize, event: E| {
            if number == owner {
                return by(learner(number), event).map(|_| None);
            }
            done(appeal_as_objector(bank, &on(learner(number), &date), None, claim_id, event, &act)).map(|_| None)
        };
        let view = match deed {
            Deed::Object(number) => {
                let raised = object_to_claim(bank, &on(learner(number), &date), None, claim_id, &act);
                return done(raised).map(|raised| Some(raised.objection_id));
            }
            Deed::Answer(number, objection_id, upheld) => {
                let answer = if upheld {
                    ObjectionAnswer::Upheld
                } else {
                    ObjectionAnswer::Dismissed
                };
                let who = on(office.approvers[number], &date);
                return done(answer_objection(bank, &who, None, (claim_id, objection_id), answer, &act)).map(|_| None);
            }
            Deed::Appeal(number) => return appeal(number, E::Appeal),
            Deed::TakeAppealBack(number) => return appeal(number, E::WithdrawAppeal),
            Deed::Take => by(office.reviewers[0], E::Take),
            Deed::Ask => by(office.reviewers[1], E::AskInformation),
            Deed::Give(number) => by(learner(number), E::GiveInformation),
            Deed::Vote(number, grant) => by(office.reviewers[number], E::Vote { verdict: verdict(grant) }),
            Deed::Propose(grant) => by(office.reviewers[2], E::Propose { verdict: verdict(grant) }),
            Deed::Approve(number) => by(office.approvers[number], E::Approve),
            Deed::SendBack => by(office.approvers[0], E::SendBack),
            Deed::Withdraw(number) => by(learner(number), E::Withdraw),
            Deed::Decide(number, overturn) => {
                let decision = if overturn {
                    AppealDecision::Overturn
                } else {
                    AppealDecision::Uphold
                };
                by(office.approvers[number], E::DecideAppeal { decision })
            }
        };
        view.map(|_| None)
    }

    /// The bank has what the book has.
    fn compare(&self) {
        self.book.covers_once();
        let world = self.office.world;
        assert_eq!(
            audit_rows(world) - self.audit_before,
            self.book.audit,
            "one row of the audit a write"
        );
        for (number, learner) in self.learners.iter().enumerate() {
            let lots = self.office.lots(learner);
            assert_eq!(lots.len(), learner.outcomes.len());
            for (outcome, pockets) in lots {
                let lot = self.book.lots[&outcome];
                assert_eq!(pockets, [lot.available, lot.held, lot.redeemed, lot.expired, 0]);
            }
            let filter = ClaimFilter {
                learner_id: Some(learner.learner_id),
                ..ClaimFilter::default()
            };
            let rows = world
                .bank
                .store
                .read(|conn| credit_bank::store::claims::list(conn, &filter, None, 100))
                .unwrap();
            let own = |claim: &&Claim| claim.learner == number;
            assert_eq!(rows.len(), self.book.claims.iter().filter(own).count());
            for row in rows {
                let claim = self.book.claims.iter().find(|claim| claim.id == row.claim_id.0).unwrap();
                let (status, verdict) = stored(claim.stands);
                let verdict = verdict.map(|verdict| verdict.to_string());
                assert_eq!((row.status, row.verdict), (status.to_string(), verdict));
                assert_eq!((row.since, row.due_on), (claim.since, claim.due()), "{claim:?}");
            }
            let bought = list_own_conversions(&world.bank, &learner.context).unwrap();
            let standing = bought.iter().filter(|bought| bought.ended_at.is_none());
            let standing: BTreeSet<(Uuid, String)> = standing.map(|bought| (bought.claim_id, course(&bought.award))).collect();
            let claims = self.book.claims.iter().filter(own).filter(|claim| claim.has_used());
            let granted: BTreeSet<(Uuid, String)> = claims
                .flat_map(|claim| claim.courses.iter().map(|course| (claim.id, course.clone())))
                .collect();
            assert_eq!(standing, granted);
        }
    }
}

fn fresh(learner: usize, until: NaiveDate) -> Lot {
    Lot {
        learner,
        available: NINE,
        held: 0,
        redeemed: 0,
        expired: 0,
        until,
    }
}

fn live(address: impl Fn(&Path) -> DatabaseAddress, seeds: std::ops::Range<u64>) -> [BTreeSet<String>; 3] {
    let (mut done, mut refused, mut ends) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for seed in seeds {
        let directory = tempfile::tempdir().unwrap();
        let world = World::new(address(directory.path()), directory.path().join("evidence"));
        let mut weeks = Weeks::begin(&world, seed);
        for step in 0..STEPS {
            let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                weeks.step();
                weeks.compare();
            }));
            assert!(told.is_ok(), "seed {seed}, step {step}");
        }
        assert_eq!(verify(&world.bank).unwrap().findings, Vec::<String>::new(), "seed {seed}");
        ends.extend(weeks.book.claims.iter().map(|claim| format!("{:?}", claim.stands)));
        done.extend(weeks.done);
        refused.extend(weeks.refused);
    }
    [done, refused, ends]
}

#[test]
fn random_weeks_on_sqlite_leave_what_the_book_has() {
    let [done, refused, ends] = live(|directory| DatabaseAddress::Sqlite(directory.join("bank.sqlite")), 0..40);
    came_everywhere(&done, &refused, &ends);
}

#[test]
fn random_weeks_on_postgresql_leave_what_the_book_has() {
    live(|_| DatabaseAddress::Postgres(postgres_database()), 1000..1012);
}
