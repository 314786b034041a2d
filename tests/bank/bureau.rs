//! A school whose people decide claims: for tests of what happens to credit that is claimed and used.

use credit_bank::domain::actor::Caller;
use credit_bank::domain::claim::{ClaimEvent, Verdict};
use credit_bank::ops::access::Whose;
use credit_bank::ops::claims::act::{Act, act_on_claim};
use credit_bank::ops::claims::submit::submit_claim;
use credit_bank::ops::context::Context;
use credit_bank::ops::deposit::{DepositRequest, Deposited, deposit_outcomes};
use credit_bank::ops::records::{AsOf, read_account};
use credit_bank::ops::worth::kept::keep_worth;
use credit_bank::ops::{learners, programmes};
use serde_json::json;
use uuid::Uuid;

use super::common::{PASSWORD, World, log_in};
use super::packs::{self, accept, case, document, draft, on, people};

/// The day on which everything happens.
pub(crate) const TODAY: &str = "2026-12-01";

pub(crate) struct Office {
    pub(crate) registrar: Context,
    pub(crate) officer: Context,
    pub(crate) reviewer: Context,
    pub(crate) approver: Context,
    pub(crate) programme_id: Uuid,
}

/// Somebody with an account, and outcomes.
pub(crate) struct Learner {
    pub(crate) context: Context,
    pub(crate) learner_id: Uuid,
}

impl Office {
    /// One person decides, without notice; a certificate covers both courses of the programme.
    pub(crate) fn open(world: &World) -> Self {
        let packs::People { registrar, officer } = people(world);
        let mut rules = document("certificates", "2026-11-30");
        rules["clauses"][0]["targets"] = json!("many");
        rules["clauses"][0]["mature"] = json!(true);
        rules["claims"] = json!({ "notice_working_days": 0 });
        let people = packs::People { registrar, officer };
        let pack = draft(world, &on(registrar, "2026-11-24"), &rules, &[case()]).unwrap();
        accept(world, &people, &pack, "2026-11-24").unwrap();
        let course = |code: &str, credits: &str| json!({ "code": code, "name": { "zh": code }, "credits": credits, "tags": ["core"], "required": true, "bucket": "major" });
        let programme = json!({ "institution_id": world.institution_id, "programme": { "code": "elec-2024", "name": { "zh": "电气自动化技术" },
            "required_credit": "20", "buckets": [{ "code": "major", "name": { "zh": "专业课" }, "minimum": "8" }],
            "courses": [course("E101", "3.5"), course("E102", "4.5")], "effective_from": "2024-09-01" } });
        let programme = serde_json::from_value(programme).unwrap();
        let programme = programmes::publish_programme(&world.bank, &registrar, None, &programme).unwrap();
        Self {
            registrar: on(registrar, TODAY),
            officer: on(officer, TODAY),
            reviewer: on(world.member("reviewer", "reviewer"), TODAY),
            approver: on(world.member("approver", "approver"), TODAY),
            programme_id: programme.programme_id,
        }
    }

    /// A certificate worth 9.00 for each of some persons.
    pub(crate) fn deposit(&self, world: &World, persons: impl Iterator<Item = usize>, series: usize) -> Vec<Deposited> {
        let requests: Vec<DepositRequest> = persons
            .map(|person| {
                let mut outcome = world.outcome();
                let identity = json!({ "document_kind": "passport", "document_number": format!("E{person:08}"), "name": "王芳" });
                outcome.learner = serde_json::from_value(identity).unwrap();
                outcome.certificate_number = Some(format!("S000441012345242{:06}", series * 100_000 + person));
                DepositRequest {
                    context: on(self.registrar, "2026-11-24"),
                    idempotency_key: None,
                    outcome,
                }
            })
            .collect();
        let answers = deposit_outcomes(&world.bank, &requests).unwrap();
        answers.into_iter().map(Result::unwrap).collect()
    }

    /// The account of whom an outcome was deposited for.
    pub(crate) fn learner(&self, world: &World, deposited: &Deposited, name: &str) -> Learner {
        let request = serde_json::from_value(json!({ "institution_id": world.institution_id })).unwrap();
        let code = learners::issue_claim_code(&world.bank, &world.registrar, None, deposited.learner_id, request).unwrap();
        let claim = json!({ "account_number": code.account_number, "claim_code": code.claim_code,
            "user": { "username": name, "display_name": name, "password": PASSWORD } });
        let anonymous = Context::of(Caller::Anonymous, world.registrar.now);
        learners::claim_account(&world.bank, &anonymous, &serde_json::from_value(claim).unwrap()).unwrap();
        Learner {
            context: on(log_in(&world.bank, name).1, TODAY),
            learner_id: deposited.learner_id,
        }
    }

    /// Claims what the learner has, with some outcomes for some courses; it is held from now on.
    pub(crate) fn claim(&self, world: &World, learner: &Learner, pins: &[(Uuid, &str)]) -> Uuid {
        let pins: Vec<serde_json::Value> = pins
            .iter()
            .map(|(outcome, course)| json!({ "outcome": outcome, "course": course }))
            .collect();
        let keep = json!({ "programme_id": self.programme_id, "pins": pins });
        let kept = keep_worth(&world.bank, &learner.context, None, &serde_json::from_value(keep).unwrap()).unwrap();
        let claim = json!({ "kind": "conversion", "worth_id": kept.worth_id });
        let claim = submit_claim(&world.bank, &learner.context, None, &serde_json::from_value(claim).unwrap());
        claim.unwrap().summary.claim_id
    }

    /// Grants a claim; its credit is used from now on.
    pub(crate) fn grant(&self, world: &World, claim_id: Uuid) {
        let verdict = Verdict::Grant;
        let reason = Act {
            reason: Some("属实".to_owned()),
            ..Act::default()
        };
        for (context, event, act) in [
            (&self.reviewer, ClaimEvent::Take, &Act::default()),
            (&self.reviewer, ClaimEvent::Vote { verdict }, &reason),
            (&self.reviewer, ClaimEvent::Propose { verdict }, &reason),
            (&self.approver, ClaimEvent::Approve, &Act::default()),
        ] {
            act_on_claim(&world.bank, context, None, claim_id, event, act).unwrap();
        }
    }
}

impl Learner {
    /// Available, held, redeemed and reversed credit.
    pub(crate) fn pockets(&self, world: &World, days: AsOf) -> [String; 4] {
        let account = read_account(&world.bank, &self.context, Whose::Own, &days).unwrap();
        let sum = |pocket: fn(&credit_bank::ops::records::Balance) -> i64| {
            let hundredths: i64 = account.balances.iter().map(pocket).sum();
            format!("{}.{:02}", hundredths / 100, hundredths % 100)
        };
        [
            sum(|balance| balance.available.hundredths()),
            sum(|balance| balance.held.hundredths()),
            sum(|balance| balance.redeemed.hundredths()),
            sum(|balance| balance.reversed.hundredths()),
        ]
    }
}
