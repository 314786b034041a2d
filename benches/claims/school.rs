//! A school whose people decide claims, and learners with outcomes and kept answers, made through the operations. The programme
//! and the rules are the demonstration's.

use chrono::{DateTime, Utc};
use credit_bank::domain::actor::Caller;
use credit_bank::domain::claim::{ClaimEvent, Verdict};
use credit_bank::domain::institution::InstitutionStep;
use credit_bank::domain::pack::life::PackStatus;
use credit_bank::ops::claims::act::{Act, act_on_claim};
use credit_bank::ops::claims::submit::{NewClaim, submit_claim};
use credit_bank::ops::context::{Bank, Context};
use credit_bank::ops::deposit::{DepositRequest, deposit_outcomes};
use credit_bank::ops::worth::kept::keep_worth;
use credit_bank::ops::{achievements, institutions, learners, members, packs, programmes, rules, sessions, setup};
use credit_bank::store::packs::{self as pack_rows, PackRow};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

const PASSWORD: &str = "lantern-orbit-violin-42";
const PACK: &str = include_str!("../../src/cli/demo/pack.json");
const PROGRAMME: &str = include_str!("../../src/cli/demo/programme.json");
const CREDIT_CODE: &str = "914403003429409755";

/// How many outcomes are deposited together.
const BATCH: usize = 1000;

/// Certificates of an electrician and of a welder, and a training.
pub(crate) const CERTIFICATES: [&str; 2] = ["occ-elec-4", "occ-weld-4"];
const TRAINING: &str = "training-64";

/// When certificates were awarded, and a day later the trainings.
pub(crate) const AWARDED: &str = "2024-03-01";
const TRAINED: &str = "2024-03-02";

/// The moment at which everything happens.
fn now() -> DateTime<Utc> {
    "2026-11-25T02:00:00Z".parse().unwrap()
}

/// Somebody who is logged in.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Person {
    user_id: Uuid,
    session_id: Uuid,
}

impl Person {
    /// A request of its own.
    pub(crate) fn asks(self) -> Context {
        let Self { user_id, session_id } = self;
        Context::of(Caller::User { user_id, session_id }, now())
    }
}

/// Whose claims one decides, and whose three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Panel {
    One,
    Three,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct School {
    pub(crate) institution_id: Uuid,
    pub(crate) registrar: Person,
    pub(crate) approver: Person,
    reviewers: Vec<Person>,
    /// With rules whose clauses are mature, and with others.
    programmes: [Uuid; 2],
}

/// A learner with an answer that can be claimed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    person: Person,
    pub(crate) learner_id: Uuid,
    worth_id: Uuid,
}

fn parsed<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn user(name: &str) -> Value {
    json!({ "username": name, "display_name": name, "password": PASSWORD })
}

fn log_in(bank: &Bank, name: &str) -> Person {
    let answer = sessions::log_in(bank, &Context::of(Caller::Anonymous, now()), name, PASSWORD, None).unwrap();
    let claims = bank.tokens.verify(&answer.access_token, now().timestamp()).unwrap();
    Person {
        user_id: claims.sub,
        session_id: claims.sid.unwrap(),
    }
}

impl School {
    pub(crate) fn open(bank: &Bank) -> Self {
        let nobody = Context::of(Caller::Anonymous, now());
        let token = setup::issue_setup_token(bank, &Context::of(Caller::Bank, now())).unwrap().unwrap();
        setup::set_up(bank, &nobody, &token, &parsed(user("admin"))).unwrap();
        let administrator = log_in(bank, "admin").asks();
        let school = json!({ "name": "安阳职业技术学院", "kind": "vocational_college", "credit_code": CREDIT_CODE, "division_code": "410502", "member": user("registrar") });
        let institution_id = institutions::register_institution(bank, &nobody, None, &parsed(school))
            .unwrap()
            .institution_id;
        institutions::decide_institution(bank, &administrator, institution_id, InstitutionStep::Approve, "ok").unwrap();
        let registrar = log_in(bank, "registrar");
        let member = |name: &str, role: &str| {
            let new = json!({ "user": user(name), "roles": [role] });
            members::add_member(bank, &registrar.asks(), None, institution_id, &parsed(new)).unwrap();
            log_in(bank, name)
        };
        let of_family = |code: &str, family: &str| {
            json!({ "institution_id": institution_id, "code": code, "name_chinese": code, "kind": "occupational_certificate",
            "family": family, "rank": 2, "valid_from": "2020-01-01" })
        };
        let training = json!({ "institution_id": institution_id, "code": TRAINING, "name_chinese": "培训", "kind": "training", "hours": "64", "valid_from": "2020-01-01" });
        for achievement in [
            of_family(CERTIFICATES[0], "occ-elec"),
            of_family(CERTIFICATES[1], "occ-weld"),
            training,
        ] {
            let drafted = achievements::create_achievement(bank, &registrar.asks(), None, &parsed(achievement)).unwrap();
            achievements::publish_achievement(bank, &registrar.asks(), drafted.achievement_id).unwrap();
        }
        for (selector, credit) in [
            (json!({ "kind": "occupational_certificate" }), "9.00"),
            (json!({ "kind": "training" }), "4.00"),
        ] {
            let rule = json!({ "title": "标准", "citation": "测试", "selector": selector, "method": { "method": "fixed", "credit": credit },
                "selected_by": "award_date", "effective_from": "2020-01-01" });
            rules::publish_recognition_rule(bank, &administrator, None, &parsed(rule)).unwrap();
        }
        Self {
            institution_id,
            registrar,
            approver: member("approver", "approver"),
            reviewers: ["reviewer-1", "reviewer-2", "reviewer-3"]
                .iter()
                .map(|name| member(name, "reviewer"))
                .collect(),
            programmes: [true, false].map(|mature| programme(bank, registrar, institution_id, mature)),
        }
    }

    /// Deposits an outcome for each of some persons; answers whose they are.
    pub(crate) fn deposit(&self, bank: &Bank, code: &str, persons: std::ops::Range<usize>) -> Vec<Uuid> {
        let awarded_on = if code == TRAINING { TRAINED } else { AWARDED };
        let outcome = |person: usize| {
            json!({ "institution_id": self.institution_id, "achievement_code": code, "awarded_on": awarded_on, "score": "86", "certificate_number": format!("{code}-{person:06}"),
                "learner": { "document_kind": "passport", "document_number": format!("P{person:08}"), "name": "John Smith" } })
        };
        let requests: Vec<DepositRequest> = persons
            .map(|person| DepositRequest {
                context: self.registrar.asks(),
                idempotency_key: None,
                outcome: parsed(outcome(person)),
            })
            .collect();
        let deposited = requests.chunks(BATCH).flat_map(|some| deposit_outcomes(bank, some).unwrap());
        deposited.map(|deposited| deposited.unwrap().learner_id).collect()
    }

    /// Lets persons who have certificates take a training as well, log in, and keep an answer.
    pub(crate) fn candidates(&self, bank: &Bank, persons: std::ops::Range<usize>, panel: Panel) -> Vec<Candidate> {
        let learner_ids = self.deposit(bank, TRAINING, persons);
        let candidate = |learner_id: Uuid| {
            let request = parsed(json!({ "institution_id": self.institution_id }));
            let code = learners::issue_claim_code(bank, &self.registrar.asks(), None, learner_id, request).unwrap();
            let name = format!("learner-{}", code.account_number);
            let claim = json!({ "account_number": code.account_number, "claim_code": code.claim_code, "user": user(&name) });
            learners::claim_account(bank, &Context::of(Caller::Anonymous, now()), &parsed(claim)).unwrap();
            let person = log_in(bank, &name);
            let [mature, other] = self.programmes;
            let programme_id = if panel == Panel::One { mature } else { other };
            let kept = keep_worth(bank, &person.asks(), None, &parsed(json!({ "programme_id": programme_id }))).unwrap();
            Candidate {
                person,
                learner_id,
                worth_id: kept.worth_id,
            }
        };
        learner_ids.into_iter().map(candidate).collect()
    }

    /// Claims what a candidate kept; answers the claim.
    pub(crate) fn submit(&self, bank: &Bank, candidate: Candidate) -> Uuid {
        let claim = NewClaim::Conversion {
            worth_id: candidate.worth_id,
            statement: Some("申请以证书转换课程".to_owned()),
            evidence: Vec::new(),
        };
        let key = key(candidate.learner_id, 1);
        let view = submit_claim(bank, &candidate.person.asks(), Some(&key), &claim).unwrap();
        view.summary.claim_id
    }

    /// Takes a claim to its grant, step by step: `note` is given each step's name, and how to do it.
    pub(crate) fn grant(&self, bank: &Bank, learner_id: Uuid, claim_id: Uuid, panel: Panel, mut note: impl FnMut(&'static str, &dyn Fn())) {
        let verdict = Verdict::Grant;
        let voters = if panel == Panel::One { 1 } else { 3 };
        let first = self.reviewers[0];
        let mut steps = vec![("take", first, ClaimEvent::Take)];
        steps.extend(
            self.reviewers
                .iter()
                .take(voters)
                .map(|one| ("vote", *one, ClaimEvent::Vote { verdict })),
        );
        steps.push(("propose", first, ClaimEvent::Propose { verdict }));
        steps.push(("approve", self.approver, ClaimEvent::Approve));
        for (place, (name, who, event)) in steps.into_iter().enumerate() {
            let act = Act {
                reason: event.needs_reason().then(|| "证书经核验属实，符合第六条".to_owned()),
                ..Act::default()
            };
            let key = key(learner_id, place + 2);
            note(name, &|| {
                act_on_claim(bank, &who.asks(), Some(&key), claim_id, event, &act).unwrap();
            });
        }
    }
}

/// The idempotency key of a step of a learner's claim.
pub(crate) fn key(learner_id: Uuid, step: usize) -> String {
    format!("{learner_id}/{step}")
}

/// The demonstration's programme and rules, without public notice.
fn programme(bank: &Bank, registrar: Person, institution_id: Uuid, mature: bool) -> Uuid {
    let code = if mature { "mature-2024" } else { "panel-2024" };
    let mut document: Value = serde_json::from_str(PROGRAMME).unwrap();
    document["code"] = json!(code);
    document["effective_from"] = json!("2024-09-01");
    let new = json!({ "institution_id": institution_id, "programme": document });
    let programme = programmes::publish_programme(bank, &registrar.asks(), None, &parsed(new)).unwrap();
    let mut document: Value = serde_json::from_str(PACK).unwrap();
    document["code"] = json!(format!("rules-{code}"));
    document["owner"] = json!(CREDIT_CODE);
    document["programmes"] = json!([code]);
    document["claims"] = json!({ "notice_working_days": 0 });
    for clause in document["clauses"].as_array_mut().unwrap() {
        clause["mature"] = json!(mature);
    }
    let new = json!({ "institution_id": institution_id, "document": document });
    let pack = packs::create_rule_pack(bank, &registrar.asks(), None, &parsed(new)).unwrap();
    assert!(pack.validation.as_ref().unwrap().problems.is_empty(), "{:?}", pack.validation);
    // Into force as the authority and the calendar would.
    let forced = bank.store.write(|conn| {
        let row = pack_rows::find(conn, pack.pack_id)?.unwrap();
        let row = PackRow {
            status: PackStatus::OnNotice.as_str().to_owned(),
            edition: row.edition + 1,
            ..row
        };
        pack_rows::step(conn, &row)
    });
    forced.unwrap();
    programme.programme_id
}
