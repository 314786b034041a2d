//! A city's institutions with their achievements and rules, and outcomes of its people, made on the fly: identity numbers
//! with valid check digits, trainings and certificates in the proportions of the city's published 2024 figures.

use chrono::{DateTime, Days, NaiveDate, Utc};
use credit_bank::domain::actor::Caller;
use credit_bank::domain::certificate_number::SKILL_LEVEL_CERTIFICATE;
use credit_bank::domain::identity_document::DocumentKind;
use credit_bank::domain::institution::InstitutionStep;
use credit_bank::ops::context::{Bank, Context};
use credit_bank::ops::deposit::{DepositRequest, NewOutcome};
use credit_bank::ops::identity::LearnerIdentity;
use credit_bank::ops::{achievements, institutions, learners, rules, sessions, setup};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

const PASSWORD: &str = "lantern-orbit-violin-42";
const INSTITUTIONS: &str = include_str!("../../src/cli/demo/institutions.json");
const ACHIEVEMENTS: &str = include_str!("../../src/cli/demo/achievements.json");
const CITATION: &str = "安政〔2021〕55号";

const DIVISIONS: [&str; 9] = [
    "410502", "410503", "410505", "410506", "410522", "410523", "410526", "410527", "410581",
];
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅鑫宇浩轩子涵雨欣梓萱思佳琪晨博文";

/// How many days of birth, and how many numbers of a day.
const BIRTHS: u64 = 365 * 45;
const SERIALS: u64 = 999;

/// A published achievement.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Offered {
    code: String,
    name: String,
    kind: String,
    family: String,
    rank: i16,
    hours: u32,
    bank_credit: String,
    closed_on: String,
}

/// An institution, and who deposits for it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct School {
    institution_id: Uuid,
    user_id: Uuid,
    session_id: Uuid,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Town {
    schools: Vec<School>,
    offered: Vec<Offered>,
    /// How many people there are.
    people: u64,
}

/// The moment at which everything happens.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-25T02:00:00Z".parse().unwrap()
}

fn parsed<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn user(name: &str) -> Value {
    json!({ "username": name, "display_name": name, "password": PASSWORD })
}

fn nobody() -> Context {
    Context::of(Caller::Anonymous, now())
}

pub(crate) fn log_in(bank: &Bank, name: &str) -> Caller {
    let answer = sessions::log_in(bank, &nobody(), name, PASSWORD, None).unwrap();
    let claims = bank.tokens.verify(&answer.access_token, now().timestamp()).unwrap();
    Caller::User {
        user_id: claims.sub,
        session_id: claims.sid.unwrap(),
    }
}

/// A number that looks drawn and is the same at each run.
fn mixed(number: u64, salt: u64) -> u64 {
    let mut value = number
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(salt.wrapping_mul(0xD1B5_4A32_D192_ED03));
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

fn of<T: Copy>(all: &[T], drawn: u64) -> T {
    all[(drawn % all.len() as u64) as usize]
}

/// A person's identity number; no two persons have the same.
fn identity_number(person: u64) -> String {
    let all = DIVISIONS.len() as u64 * BIRTHS * SERIALS;
    // The factor is a prime that does not divide how many there are, so that each number comes once.
    let scattered = person * 100_000_007 % all;
    let born: NaiveDate = "1962-01-01".parse().unwrap();
    let born = born + Days::new(scattered / SERIALS % BIRTHS);
    let division = of(&DIVISIONS, scattered / SERIALS / BIRTHS);
    let body = format!("{division}{}{:03}", born.format("%Y%m%d"), scattered % SERIALS + 1);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = body
        .bytes()
        .zip(weights)
        .map(|(digit, weight)| usize::from(digit - b'0') * weight)
        .sum();
    format!("{body}{}", char::from(b"10X98765432"[sum % 11]))
}

fn name(person: u64) -> String {
    let (surnames, given): (Vec<char>, Vec<char>) = (SURNAMES.chars().collect(), GIVEN.chars().collect());
    let second = (!mixed(person, 3).is_multiple_of(3)).then(|| of(&given, mixed(person, 4)));
    [Some(of(&surnames, mixed(person, 1))), Some(of(&given, mixed(person, 2))), second]
        .into_iter()
        .flatten()
        .collect()
}

fn learner(person: u64) -> LearnerIdentity {
    LearnerIdentity {
        document_kind: DocumentKind::ResidentIdentityCard,
        document_number: identity_number(person),
        name: name(person),
    }
}

impl Town {
    /// Founds it in an empty bank.
    pub(crate) fn found(bank: &Bank, people: u64) -> Self {
        let token = setup::issue_setup_token(bank, &Context::of(Caller::Bank, now())).unwrap().unwrap();
        setup::set_up(bank, &nobody(), &token, &parsed(user("admin"))).unwrap();
        let administrator = Context::of(log_in(bank, "admin"), now());
        let offered: Vec<Offered> = serde_json::from_str(ACHIEVEMENTS).unwrap();
        publish_rules(bank, &administrator, &offered);
        let schools: Vec<Value> = serde_json::from_str(INSTITUTIONS).unwrap();
        let schools = schools.iter().map(|school| open(bank, &administrator, school, &offered)).collect();
        Self { schools, offered, people }
    }

    /// How many institutions there are.
    pub(crate) fn schools(&self) -> usize {
        self.schools.len()
    }

    /// An institution, and whoever deposits for it.
    pub(crate) fn school(&self, place: usize) -> (Uuid, Context) {
        let School {
            institution_id,
            user_id,
            session_id,
        } = self.schools[place];
        (institution_id, Context::of(Caller::User { user_id, session_id }, now()))
    }

    /// The outcome of this number, as its institution deposits it; neighbours are of different institutions. Whoever has several
    /// has different ones, since doubles would wait for a person.
    pub(crate) fn outcome(&self, number: u64) -> DepositRequest {
        let (institution_id, context) = self.school((number % self.schools.len() as u64) as usize);
        // So many steps through all of the people that those of one file are scattered, each once in a round.
        let (person, round) = (number * 100_000_007 % self.people, number / self.people);
        // 20,151 trainings, 17,568 occupational and 2,815 X certificates.
        let kind = match mixed(number, 6) % 40_534 {
            0..20_151 => "training",
            20_151..37_719 => "occupational_certificate",
            _ => "skill_certificate",
        };
        let of_kind: Vec<&Offered> = self.offered.iter().filter(|offered| offered.kind == kind).collect();
        // The steps of a family stand together.
        let achieved = of(&of_kind, mixed(person, 7) % 1_000 + round * 5);
        let first: NaiveDate = "2024-01-01".parse().unwrap();
        let awarded_on = first + Days::new(mixed(number, 8) % 366);
        let certificate_number = match kind {
            "training" => None,
            "skill_certificate" => Some(format!("X{}{number:08}", awarded_on.format("%Y"))),
            _ => {
                let level = achieved.code.as_bytes()[achieved.code.len() - 1];
                let (site, serial) = (number / 1_000_000, number % 1_000_000);
                Some(format!(
                    "S0004410{site:05}{}{}{serial:06}",
                    awarded_on.format("%y"),
                    char::from(level)
                ))
            }
        };
        let hours = if mixed(number, 9) % 10 < 8 {
            achieved.hours
        } else {
            achieved.hours + of(&[4, 8], mixed(number, 10))
        };
        let outcome = NewOutcome {
            institution_id,
            learner: learner(person),
            achievement_code: achieved.code.clone(),
            awarded_on,
            certificate_number,
            grade: None,
            grading_scale: None,
            score: Some((60 + mixed(number, 11) % 41).to_string()),
            hours: Some(hours.to_string().parse().unwrap()),
            credits: None,
            trainee_group: None,
            contest: None,
        };
        DepositRequest {
            context,
            idempotency_key: None,
            outcome,
        }
    }

    /// Lets a person log in to the account that is there.
    pub(crate) fn claims(&self, bank: &Bank, learner_id: Uuid, request: &DepositRequest) -> Caller {
        let code = json!({ "institution_id": request.outcome.institution_id });
        let code = learners::issue_claim_code(bank, &request.context, None, learner_id, parsed(code)).unwrap();
        let name = format!("learner-{}", code.account_number);
        let claim = json!({ "account_number": code.account_number, "claim_code": code.claim_code, "user": user(&name) });
        learners::claim_account(bank, &nobody(), &parsed(claim)).unwrap();
        log_in(bank, &name)
    }
}

/// As the demonstration's: one rule for each step of a family, and one for all trainings.
fn publish_rules(bank: &Bank, administrator: &Context, offered: &[Offered]) {
    let publish = |title: String, selector: Value, method: Value| {
        let rule = json!({ "title": title, "citation": CITATION, "selector": selector, "method": method, "selected_by": "award_date",
            "effective_from": "2019-01-01" });
        rules::publish_recognition_rule(bank, administrator, None, &parsed(rule)).unwrap();
    };
    let mut steps: Vec<(&str, i16, &str)> = offered
        .iter()
        .filter(|one| !one.bank_credit.is_empty())
        .map(|one| (one.family.as_str(), one.rank, one.bank_credit.as_str()))
        .collect();
    steps.sort_unstable();
    steps.dedup();
    for (family, rank, credit) in steps {
        publish(
            format!("{family} 第 {rank} 级认定标准"),
            json!({ "family": family, "rank": rank }),
            json!({ "method": "fixed", "credit": credit }),
        );
    }
    publish(
        "职业技能培训学时认定标准".to_owned(),
        json!({ "kind": "training" }),
        json!({ "method": "by_hours", "hours_per_credit": "16", "minimum_hours": "8", "step": "0.50", "cap": null }),
    );
    for (name, kind, pattern) in [
        ("职业技能等级证书", "occupational_certificate", SKILL_LEVEL_CERTIFICATE),
        ("X 证书", "skill_certificate", "X(19|20)[0-9]{10}"),
    ] {
        let pattern = json!({ "name": name, "kind": kind, "pattern": pattern, "citation": CITATION });
        rules::publish_certificate_pattern(bank, administrator, None, &parsed(pattern)).unwrap();
    }
}

fn open(bank: &Bank, administrator: &Context, school: &Value, offered: &[Offered]) -> School {
    let registrar = format!("registrar-{}", school["code"].as_str().unwrap());
    let new = json!({ "name": school["name"], "kind": school["kind"], "credit_code": school["credit_code"],
        "division_code": school["division"], "member": user(&registrar) });
    let institution_id = institutions::register_institution(bank, &nobody(), None, &parsed(new))
        .unwrap()
        .institution_id;
    institutions::decide_institution(bank, administrator, institution_id, InstitutionStep::Approve, "ok").unwrap();
    let caller = log_in(bank, &registrar);
    let context = Context::of(caller, now());
    for of in offered {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let new = json!({
            "institution_id": institution_id, "code": of.code, "name_chinese": of.name, "kind": of.kind, "family": text(&of.family),
            "rank": (of.rank > 0).then_some(of.rank), "hours": of.hours.to_string(), "valid_from": "2019-01-01", "closed_on": text(&of.closed_on),
        });
        let drafted = achievements::create_achievement(bank, &context, None, &parsed(new)).unwrap();
        achievements::publish_achievement(bank, &context, drafted.achievement_id).unwrap();
    }
    let Caller::User { user_id, session_id } = caller else {
        panic!("a registrar is a user")
    };
    School {
        institution_id,
        user_id,
        session_id,
    }
}
