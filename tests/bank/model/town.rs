//! The people of the model at the bank: what they do there, and what it then shows them.

use chrono::{Duration, NaiveDate};
use credit_bank::domain::actor::Caller;
use credit_bank::domain::claim::{AppealDecision, ClaimEvent as E, ObjectionAnswer, Verdict};
use credit_bank::ops::claims::act::{Act, act_on_claim};
use credit_bank::ops::claims::notice::{answer_objection, appeal_as_objector, object_to_claim};
use credit_bank::ops::claims::submit::submit_claim;
use credit_bank::ops::claims::view::ClaimView;
use credit_bank::ops::context::Context;
use credit_bank::ops::deposit::{DepositRequest, Deposited, deposit_outcomes};
use credit_bank::ops::error::OpError;
use credit_bank::ops::evidence::upload::{Upload, Uploader, upload_evidence};
use credit_bank::ops::rules::publish_recognition_rule;
use credit_bank::ops::worth::kept::{KeptWorth, keep_worth};
use credit_bank::ops::{achievements, users};
use serde_json::{Value, json};
use uuid::Uuid;

use super::book::{Sort, TWIN};
use super::claims::Deed;
use crate::common::{PASSWORD, World, log_in};
use crate::office::{IN_FORCE, Learner, Office, done, rules};

/// The courses of the programme with their credit in hundredths.
pub(crate) const COURSES: [(&str, i64); 6] = [
    ("E101", 350),
    ("E102", 450),
    ("E103", 200),
    ("E104", 400),
    ("E105", 500),
    ("E106", 300),
];

pub(crate) struct Town<'a> {
    pub(crate) office: Office<'a>,
    /// Two persons, and the second account of the first.
    pub(crate) learners: [Learner; TWIN + 1],
    /// Who decides what the bank itself decides: three review, three approve.
    pub(crate) officers: Vec<Context>,
    /// An evidence file of each learner.
    files: [Uuid; 2],
    web_id: Uuid,
}

/// When something happens: the steps of a day come one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct When {
    pub(crate) day: NaiveDate,
    pub(crate) tick: u32,
}

impl When {
    pub(crate) fn at(self, context: Context) -> Context {
        let noon = self.day.and_hms_opt(4, 0, 0).unwrap().and_utc();
        Context {
            now: noon + Duration::seconds(i64::from(self.tick)),
            request_id: Uuid::now_v7(),
            ..context
        }
    }

    pub(crate) fn bank(self) -> Context {
        self.at(Context::of(Caller::Bank, chrono::DateTime::UNIX_EPOCH))
    }
}

fn verdict(grant: bool) -> Verdict {
    if grant { Verdict::Grant } else { Verdict::Refuse }
}

fn credit_text(hundredths: i64) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

impl<'a> Town<'a> {
    pub(crate) fn found(world: &'a World) -> Self {
        let bank = Context::of(Caller::Bank, world.registrar.now);
        let electricians = json!({ "title": "有效期三年", "citation": "测试", "selector": { "family": "occ-elec", "rank": 2, "kind": "occupational_certificate" },
            "method": { "method": "fixed", "credit": "9.00" }, "selected_by": "award_date", "effective_from": "2020-01-01",
            "validity": { "years": 3, "boundary": "anniversary_included" } });
        let web = json!({ "title": "Web前端", "citation": "测试", "selector": { "family": "x-web", "rank": 1 },
            "method": { "method": "fixed", "credit": "8.00" }, "selected_by": "award_date", "effective_from": "2020-01-01",
            "validity": { "years": 3, "boundary": "anniversary_included" } });
        for rule in [electricians, web] {
            publish_recognition_rule(&world.bank, &bank, None, &serde_json::from_value(rule).unwrap()).unwrap();
        }
        let achievement = |code: &str, family: Option<&str>| {
            let new = json!({ "institution_id": world.institution_id, "code": code, "name_chinese": code, "kind": "skill_certificate",
                "family": family, "rank": family.map(|_| 1), "valid_from": "2020-01-01" });
            let drafted = achievements::create_achievement(&world.bank, &world.registrar, None, &serde_json::from_value(new).unwrap());
            let id = drafted.unwrap().achievement_id;
            achievements::publish_achievement(&world.bank, &world.registrar, id).unwrap();
            id
        };
        let web_id = achievement(Sort::Web.code(), Some("x-web"));
        achievement(Sort::Plain.code(), None);
        let mut document = rules(IN_FORCE, json!({ "unanswered": "lapses" }));
        document["clauses"][0]["mature"] = json!(false);
        let mut skills = document["clauses"][0].clone();
        skills["id"] = json!("skills");
        skills["citation"] = json!("第七条");
        skills["outcomes"] = json!({ "kinds": ["skill_certificate"] });
        skills["remainder"] = json!("kept");
        document["clauses"].as_array_mut().unwrap().push(skills);
        let courses = COURSES.map(|(code, credit)| (code, credit_text(credit)));
        let courses: Vec<(&str, &str)> = courses.iter().map(|(code, credit)| (*code, credit.as_str())).collect();
        let office = Office::open(world, &document, &courses);
        let (_, administrator) = log_in(&world.bank, "admin");
        let officer = |number: usize| {
            let name = format!("officer-{number}");
            let new = json!({ "user": { "username": name, "display_name": name, "password": PASSWORD }, "bank_role": "officer" });
            users::create_user(&world.bank, &administrator, None, &serde_json::from_value(new).unwrap()).unwrap();
            log_in(&world.bank, &name).1
        };
        let learners = [0, 1, TWIN].map(|number| office.learner(number, &["2024-03-01"]));
        let files = [0, 1].map(|number: usize| {
            let upload = Upload {
                name: "证书.pdf".to_owned().try_into().unwrap(),
                declared: None,
                content: format!("%PDF-1.7\n{number}").into_bytes(),
            };
            let stored = upload_evidence(&world.bank, &learners[number].context, None, Uploader::Learner, &upload);
            stored.unwrap().1.file_id
        });
        Self {
            officers: (0..6).map(officer).collect(),
            office,
            learners,
            files,
            web_id,
        }
    }

    pub(crate) fn world(&self) -> &'a World {
        self.office.world
    }

    /// Who has a place in the cast of those who decide.
    fn judge(&self, who: usize, of_school: bool) -> Context {
        match (of_school, who) {
            (false, _) => self.officers[who],
            (true, 0..3) => self.office.reviewers[who],
            (true, _) => self.office.approvers[who - 3],
        }
    }

    pub(crate) fn approver(&self, who: usize) -> Context {
        self.office.approvers[who]
    }

    pub(crate) fn officer(&self) -> Context {
        self.office.people.officer
    }

    pub(crate) fn deposit(
        &self,
        when: When,
        learner: usize,
        (sort, awarded): (Sort, NaiveDate),
        number: Option<&str>,
    ) -> Option<Deposited> {
        let outcome = json!({ "institution_id": self.world().institution_id, "achievement_code": sort.code(), "awarded_on": awarded,
            "certificate_number": number,
            "learner": { "document_kind": "passport", "document_number": format!("E{learner:08}"), "name": "王芳" } });
        let request = DepositRequest {
            context: when.at(self.world().registrar),
            idempotency_key: None,
            outcome: serde_json::from_value(outcome).unwrap(),
        };
        deposit_outcomes(&self.world().bank, &[request]).unwrap().remove(0).ok()
    }

    pub(crate) fn keep(&self, when: When, learner: usize, left_out: &[Uuid]) -> Result<KeptWorth, OpError> {
        let keep = json!({ "programme_id": self.office.programme_id, "left_out": left_out });
        let context = when.at(self.learners[learner].context);
        keep_worth(&self.world().bank, &context, None, &serde_json::from_value(keep).unwrap())
    }

    /// Submits twice under one key: it is done once.
    fn submit(&self, when: When, learner: usize, new: &Value) -> Option<ClaimView> {
        let new = serde_json::from_value(new.clone()).unwrap();
        let context = when.at(self.learners[learner].context);
        let key = format!("submit-{}", when.tick);
        let once = done(submit_claim(&self.world().bank, &context, Some(&key), &new));
        let again = done(submit_claim(&self.world().bank, &context, Some(&key), &new));
        let id = |view: &Option<ClaimView>| view.as_ref().map(|view| view.summary.claim_id);
        assert_eq!(id(&once), id(&again), "the saved answer");
        once
    }

    pub(crate) fn convert(&self, when: When, learner: usize, worth_id: Uuid) -> Option<ClaimView> {
        self.submit(when, learner, &json!({ "kind": "conversion", "worth_id": worth_id }))
    }

    pub(crate) fn have_recognised(&self, when: When, learner: usize, outcome_id: Uuid) -> Option<ClaimView> {
        let subject = json!({ "of": "outcome", "outcome_id": outcome_id });
        self.submit(
            when,
            learner,
            &json!({ "kind": "recognition", "subject": subject, "statement": "申请认定" }),
        )
    }

    pub(crate) fn declare(&self, when: When, learner: usize, awarded: NaiveDate) -> Option<ClaimView> {
        let subject = json!({ "of": "declared", "achievement_id": self.web_id, "awarded_on": awarded });
        let new = json!({ "kind": "recognition", "subject": subject, "statement": "申请认定", "evidence": [self.files[learner]] });
        self.submit(when, learner, &new)
    }

    /// Does it; nothing where it is refused, and with an objection its id.
    pub(crate) fn act(
        &self,
        when: When,
        (claim_id, owner): (Uuid, usize),
        (of_school, worth): (bool, bool),
        deed: Deed,
    ) -> Option<Option<Uuid>> {
        let bank = &self.world().bank;
        let act = Act {
            reason: Some("经核验".to_owned()),
            ..Act::default()
        };
        let learner = |number: usize| when.at(self.learners[number].context);
        let judge = |who: usize| when.at(self.judge(who, of_school));
        let by = |context: Context, event: E, act: &Act| -> Option<ClaimView> {
            let key = format!("act-{}", when.tick);
            let once = done(act_on_claim(bank, &context, Some(&key), claim_id, event, act));
            if once.is_some() {
                let again = done(act_on_claim(bank, &context, Some(&key), claim_id, event, act));
                assert_eq!(
                    again.map(|view| view.summary.edition),
                    once.as_ref().map(|view| view.summary.edition)
                );
            }
            once
        };
        let appeal = |number: usize, event: E| {
            if number == owner {
                return by(learner(number), event, &act).map(|_| None);
            }
            done(appeal_as_objector(bank, &learner(number), None, claim_id, event, &act)).map(|_| None)
        };
        let view = match deed {
            Deed::Object(number) => {
                let raised = object_to_claim(bank, &learner(number), None, claim_id, &act);
                return done(raised).map(|raised| Some(raised.objection_id));
            }
            Deed::Answer(who, objection_id, upheld) => {
                let answer = if upheld {
                    ObjectionAnswer::Upheld
                } else {
                    ObjectionAnswer::Dismissed
                };
                return done(answer_objection(bank, &judge(who), None, (claim_id, objection_id), answer, &act)).map(|_| None);
            }
            Deed::Appeal(number) => return appeal(number, E::Appeal),
            Deed::TakeAppealBack(number) => return appeal(number, E::WithdrawAppeal),
            Deed::Take(who) => by(judge(who), E::Take, &act),
            Deed::Ask(who) => by(judge(who), E::AskInformation, &act),
            Deed::Give(number) => by(learner(number), E::GiveInformation, &act),
            Deed::Vote(who, grant) => by(judge(who), E::Vote { verdict: verdict(grant) }, &act),
            Deed::Recuse(who) => by(judge(who), E::Recuse, &act),
            Deed::Propose(who, grant, credit) => {
                let credit = (grant && worth).then(|| serde_json::from_value(json!(credit_text(credit))).unwrap());
                let verdict = verdict(grant);
                by(judge(who), E::Propose { verdict }, &Act { credit, ..act.clone() })
            }
            Deed::Approve(who) => by(judge(who), E::Approve, &act),
            Deed::SendBack(who) => by(judge(who), E::SendBack, &act),
            Deed::Withdraw(number) => by(learner(number), E::Withdraw, &act),
            Deed::Decide(who, overturn) => {
                let decision = if overturn {
                    AppealDecision::Overturn
                } else {
                    AppealDecision::Uphold
                };
                by(judge(who), E::DecideAppeal { decision }, &act)
            }
        };
        view.map(|_| None)
    }
}
