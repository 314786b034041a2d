//! A school that decides claims: a programme, rules in force since September 2026, reviewers, approvers and learners. Whatever
//! happens does so on a chosen day.

use chrono::{DateTime, NaiveDate, Utc};
use credit_bank::domain::actor::Caller;
use credit_bank::domain::allocation::{Award, Destination};
use credit_bank::domain::claim::{ClaimEvent, ClaimStatus, Verdict};
use credit_bank::domain::credit::CourseCredit;
use credit_bank::domain::lot::Pocket;
use credit_bank::ops::access::Whose;
use credit_bank::ops::claims::act::{Act, act_on_claim};
use credit_bank::ops::claims::clocks::{Ran, run_claim_clocks};
use credit_bank::ops::claims::submit::{NewClaim, submit_claim};
use credit_bank::ops::claims::view::ClaimView;
use credit_bank::ops::context::Context;
use credit_bank::ops::deposit::{DepositRequest, deposit_outcomes};
use credit_bank::ops::error::OpError;
use credit_bank::ops::records::{AsOf, read_account};
use credit_bank::ops::worth::kept::{KeepWorth, KeptWorth, keep_worth};
use credit_bank::ops::{learners, programmes};
use serde_json::{Value, json};
use uuid::Uuid;

use super::common::{PASSWORD, World, log_in};
use super::packs::{People, accept, case, document, draft, on, people};

/// When the first version of the rules was filed and accepted, and the certificates deposited.
pub(crate) const PREPARED: &str = "2026-08-03";

/// The first day on which the first version is in force.
pub(crate) const IN_FORCE: &str = "2026-09-01";

pub(crate) struct Office<'a> {
    pub(crate) world: &'a World,
    pub(crate) people: People,
    pub(crate) programme_id: Uuid,
    pub(crate) reviewers: Vec<Context>,
    pub(crate) approvers: Vec<Context>,
}

/// A learner with an account, and the outcomes in the order of their deposit.
#[derive(Debug, Clone)]
pub(crate) struct Learner {
    pub(crate) context: Context,
    pub(crate) learner_id: Uuid,
    pub(crate) outcomes: Vec<Uuid>,
}

pub(crate) fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn credit(text: &str) -> CourseCredit {
    serde_json::from_value(json!(text)).unwrap()
}

/// Rules by which a certificate goes to as many courses as it has credit for, and one person decides.
pub(crate) fn rules(from: &str, claims: Value) -> Value {
    let mut document = document("certificates", from);
    document["clauses"][0]["targets"] = json!("many");
    document["clauses"][0]["mature"] = json!(true);
    document["claims"] = claims;
    document
}

impl<'a> Office<'a> {
    pub(crate) fn open(world: &'a World, document: &Value, courses: &[(&str, &str)]) -> Self {
        let people = people(world);
        let course = |(code, credits): &(&str, &str)| json!({ "code": code, "name": { "zh": format!("课程{code}") }, "credits": credits, "tags": ["core"], "required": false, "bucket": "major" });
        let programme = json!({ "institution_id": world.institution_id, "programme": { "code": "elec-2024", "name": { "zh": "电气自动化技术" }, "required_credit": "20",
            "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "0" }],
            "courses": courses.iter().map(course).collect::<Vec<_>>(), "effective_from": "2024-09-01" } });
        let programme = serde_json::from_value(programme).unwrap();
        let programme_id = programmes::publish_programme(&world.bank, &world.registrar, None, &programme)
            .unwrap()
            .programme_id;
        let office = Self {
            reviewers: ["reviewer-1", "reviewer-2", "reviewer-3"]
                .map(|name| world.member(name, "reviewer"))
                .into(),
            approvers: ["approver-1", "approver-2", "approver-3"]
                .map(|name| world.member(name, "approver"))
                .into(),
            world,
            people,
            programme_id,
        };
        office.publish(document, PREPARED, "3.5");
        office
    }

    /// Files and accepts a version of the rules, whose own case expects so much.
    pub(crate) fn publish(&self, document: &Value, date: &str, expected: &str) {
        let mut case = case();
        case["expected"]["recognised"] = json!(expected);
        let pack = draft(self.world, &on(self.people.registrar, date), document, &[case]).unwrap();
        accept(self.world, &self.people, &pack, date).unwrap();
    }

    pub(crate) fn deposit(&self, number: usize, awarded_on: &str, date: &str) -> (Uuid, Uuid) {
        let outcome = json!({ "institution_id": self.world.institution_id, "achievement_code": "occ-elec-4", "awarded_on": awarded_on,
            "learner": { "document_kind": "passport", "document_number": format!("E{number:08}"), "name": "王芳" } });
        let request = DepositRequest {
            context: on(self.world.registrar, date),
            idempotency_key: None,
            outcome: serde_json::from_value(outcome).unwrap(),
        };
        let deposited = deposit_outcomes(&self.world.bank, &[request]).unwrap().remove(0).unwrap();
        (deposited.learner_id, deposited.outcome_id)
    }

    /// A learner with certificates of these days, 9.00 each.
    pub(crate) fn learner(&self, number: usize, awarded_on: &[&str]) -> Learner {
        let deposited: Vec<(Uuid, Uuid)> = awarded_on.iter().map(|day| self.deposit(number, day, PREPARED)).collect();
        let (learner_id, _) = deposited[0];
        let request = serde_json::from_value(json!({ "institution_id": self.world.institution_id })).unwrap();
        let code = learners::issue_claim_code(&self.world.bank, &self.world.registrar, None, learner_id, request).unwrap();
        let name = format!("learner-{number}");
        let claim = json!({ "account_number": code.account_number, "claim_code": code.claim_code,
            "user": { "username": name, "display_name": name, "password": PASSWORD } });
        let nobody = Context::of(Caller::Anonymous, self.world.registrar.now);
        learners::claim_account(&self.world.bank, &nobody, &serde_json::from_value(claim).unwrap()).unwrap();
        Learner {
            context: log_in(&self.world.bank, &name).1,
            learner_id,
            outcomes: deposited.iter().map(|deposited| deposited.1).collect(),
        }
    }

    /// Keeps an answer with wishes.
    pub(crate) fn keep(&self, learner: &Learner, date: &str, wishes: Value) -> Result<KeptWorth, OpError> {
        let mut keep = wishes;
        keep["programme_id"] = json!(self.programme_id);
        let keep: KeepWorth = serde_json::from_value(keep).unwrap();
        keep_worth(&self.world.bank, &on(learner.context, date), None, &keep)
    }

    pub(crate) fn submit(&self, learner: &Learner, date: &str, worth_id: Uuid) -> Result<ClaimView, OpError> {
        let new = NewClaim::Conversion {
            worth_id,
            statement: None,
            evidence: Vec::new(),
        };
        submit_claim(&self.world.bank, &on(learner.context, date), None, &new)
    }

    pub(crate) fn keep_and_submit(&self, learner: &Learner, date: &str, wishes: Value) -> ClaimView {
        let kept = self.keep(learner, date, wishes).unwrap();
        self.submit(learner, date, kept.worth_id).unwrap()
    }

    /// Does something with a claim, with a reason where one is needed.
    pub(crate) fn act(&self, who: Context, date: &str, claim_id: Uuid, event: ClaimEvent) -> Result<ClaimView, OpError> {
        let act = Act {
            reason: event.needs_reason().then(|| "经核验".to_owned()),
            ..Act::default()
        };
        act_on_claim(&self.world.bank, &on(who, date), None, claim_id, event, &act)
    }

    /// Takes, votes and proposes, by the first reviewer alone.
    pub(crate) fn propose(&self, date: &str, claim_id: Uuid, verdict: Verdict) {
        let one = self.reviewers[0];
        for event in [ClaimEvent::Take, ClaimEvent::Vote { verdict }, ClaimEvent::Propose { verdict }] {
            self.act(one, date, claim_id, event).unwrap();
        }
    }

    pub(crate) fn grant(&self, date: &str, claim_id: Uuid) -> ClaimView {
        self.propose(date, claim_id, Verdict::Grant);
        self.act(self.approvers[0], date, claim_id, ClaimEvent::Approve).unwrap()
    }

    pub(crate) fn clocks(&self, now: &str) -> Ran {
        run_claim_clocks(&self.world.bank, &Context::of(Caller::Bank, moment(now))).unwrap()
    }

    /// Runs the clocks at noon of a day.
    pub(crate) fn clocks_on(&self, date: &str) -> Ran {
        self.clocks(&format!("{date}T04:00:00Z"))
    }

    pub(crate) fn status(&self, claim_id: Uuid, date: &str) -> ClaimStatus {
        credit_bank::ops::claims::reading::read_claim(&self.world.bank, &on(self.reviewers[0], date), claim_id)
            .unwrap()
            .summary
            .status
    }

    /// What is available, held and redeemed.
    pub(crate) fn pockets(&self, learner: &Learner) -> [String; 3] {
        let account = read_account(&self.world.bank, &learner.context, Whose::Own, &AsOf::default()).unwrap();
        let balance = &account.balances[0];
        [&balance.available, &balance.held, &balance.redeemed].map(ToString::to_string)
    }

    /// The pockets of each lot in hundredths, straight from the rows, in the order of the lots.
    pub(crate) fn lots(&self, learner: &Learner) -> Vec<(Uuid, [i64; 5])> {
        let rows = self
            .world
            .bank
            .store
            .read(|conn| credit_bank::store::records::lots_of(conn, learner.learner_id))
            .unwrap();
        rows.iter()
            .map(|row| {
                let balance = row.balance().unwrap();
                let pocket = |pocket| balance.pocket(pocket).hundredths();
                let all = [Pocket::Available, Pocket::Held, Pocket::Redeemed, Pocket::Expired, Pocket::Reversed];
                assert_eq!(all.map(pocket).iter().sum::<i64>(), row.granted_hundredths, "conservation");
                (row.outcome_id.0, all.map(pocket))
            })
            .collect()
    }
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The code of the course that an award goes to.
pub(crate) fn course(award: &Award) -> String {
    match &award.destination {
        Destination::Course { code, .. } => code.clone(),
        Destination::FreeCredit { .. } => panic!("{award:?}"),
    }
}

/// What was done; nothing where it was refused for a reason.
pub(crate) fn done<T: std::fmt::Debug>(answer: Result<T, OpError>) -> Option<T> {
    match answer {
        Ok(found) => Some(found),
        Err(OpError::Rejected(_)) => None,
        Err(error) => panic!("{error:?}"),
    }
}
