//! Badges of one shape, as the bank issues them.

use chrono::{DateTime, FixedOffset, Utc};
use credit_bank::credentials::Signer;
use credit_bank::credentials::badge::{Achievement, Badge, Level, Original, Profile, Recognised, Scheme};
use credit_bank::credentials::record::Record;
use credit_bank::credentials::status::StatusEntry;
use credit_bank::domain::achievement::AchievementKind;
use credit_bank::domain::credit::Credit;
use serde_json::{Map, Value};
use uuid::Uuid;

pub(crate) const SCHOOL: &str = "did:web:bank.example:institutions:7";
pub(crate) const BANK: &str = "did:web:bank.example";

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-24T02:00:00Z".parse().unwrap()
}

pub(crate) fn signer(issuer: &str) -> Signer {
    Signer::new(&[7; 32], issuer, "key-1").unwrap()
}

fn profile(id: &str, name: &str) -> Profile {
    Profile {
        id: id.to_owned(),
        name: name.to_owned(),
        url: None,
    }
}

fn place(index: u32) -> StatusEntry {
    StatusEntry {
        list: "https://bank.example/api/v1/status-lists/1".to_owned(),
        index,
    }
}

/// The badge of a number; each says something else.
pub(crate) fn badge(number: u32) -> Map<String, Value> {
    let level = Level {
        framework: "国家职业技能等级 National vocational skill levels".to_owned(),
        code: "4".to_owned(),
        name: "四级 Level 4".to_owned(),
        url: "https://bank.example/api/v1/frameworks#f-4".to_owned(),
    };
    let badge = Badge {
        id: Uuid::from_u128(u128::from(number)),
        issuer: profile(SCHOOL, "安阳职业技术学院"),
        valid_from: now(),
        offset: FixedOffset::east_opt(8 * 3600).unwrap(),
        awarded_on: "2024-03-01".parse().unwrap(),
        certificate_number: Some(format!("S000441012345242{number:06}")),
        holder: None,
        learner_name: "王芳".to_owned(),
        achievement: Achievement {
            id: format!("https://bank.example/api/v1/achievements/{number}"),
            code: format!("occ-elec-{number}"),
            version: 1,
            kind: AchievementKind::OccupationalCertificate,
            name: "电工(四级/中级工)".to_owned(),
            criteria: "达到公布的学习成果标准".to_owned(),
            creator: profile(SCHOOL, "安阳职业技术学院"),
            level: Some(level),
        },
        original: Original {
            grade: Some("良好".to_owned()),
            grading_scale: Some("优秀/良好/及格".to_owned()),
            score: Some("86".to_owned()),
            hours: Some("160".to_owned()),
            credits: Some("4.5".to_owned()),
        },
        recognised: Some(Recognised {
            credit: Credit::from_hundredths(1050).unwrap(),
            scheme: Scheme {
                name: "学分银行学分 Bank credit".to_owned(),
                url: "https://bank.example#bank-credit".to_owned(),
            },
            decision: Uuid::from_u128(u128::from(number) << 64).to_string(),
        }),
        status: place(number),
    };
    badge.document()
}

/// A record of some signed badges, not signed itself.
pub(crate) fn record(badges: Vec<Value>) -> Map<String, Value> {
    let record = Record {
        id: Uuid::from_u128(u128::MAX),
        issuer: profile(BANK, "学分银行 Credit bank"),
        valid_from: now(),
        holder: None,
        learner_name: "王芳".to_owned(),
        badges,
        status: place(131_071),
    };
    record.document()
}
