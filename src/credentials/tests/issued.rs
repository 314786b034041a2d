//! What the bank issues: built from plain values, signed, and taken by the bank's own verifier; altered, by nobody.

use chrono::{DateTime, FixedOffset, Utc};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{NaiveDate, today};
use crate::credentials::badge::{Achievement, Badge, Level, Original, Profile, Recognised, Scheme};
use crate::credentials::manifest::manifest;
use crate::credentials::record::Record;
use crate::credentials::status::{StatusBits, StatusEntry, list_credential};
use crate::credentials::{Issuers, Refusal, Signer, verify};
use crate::domain::achievement::AchievementKind;
use crate::domain::archive::ListedFile;
use crate::domain::credit::Credit;

const SCHOOL: &str = "did:web:bank.example:institutions:7";
const BANK: &str = "did:web:bank.example";

fn now() -> DateTime<Utc> {
    "2026-11-24T02:00:00Z".parse().unwrap()
}

fn signer(seed: u8, issuer: &str) -> Signer {
    Signer::new(&[seed; 32], issuer, "key-1").unwrap()
}

/// The keys of the school and of the bank, as their documents tell them.
fn issuers() -> Issuers {
    let mut issuers = Issuers::default();
    issuers.register(SCHOOL, signer(1, SCHOOL).public_key());
    issuers.register(BANK, signer(2, BANK).public_key());
    issuers
}

fn place(index: u32) -> StatusEntry {
    StatusEntry {
        list: "https://bank.example/api/v1/status-lists/1".to_owned(),
        index,
    }
}

fn profile(id: &str, name: &str) -> Profile {
    Profile {
        id: id.to_owned(),
        name: name.to_owned(),
        url: None,
    }
}

fn badge(number: u128) -> Badge {
    let level = Level {
        framework: "国家职业技能等级 National vocational skill levels".to_owned(),
        code: "4".to_owned(),
        name: "四级 Level 4".to_owned(),
        url: "https://bank.example/api/v1/frameworks#f-4".to_owned(),
    };
    Badge {
        id: Uuid::from_u128(number),
        issuer: profile(SCHOOL, "安阳职业技术学院"),
        valid_from: now(),
        offset: FixedOffset::east_opt(8 * 3600).unwrap(),
        awarded_on: "2024-03-01".parse().unwrap(),
        certificate_number: Some("S000441012345242000001".to_owned()),
        holder: None,
        learner_name: "王芳".to_owned(),
        achievement: Achievement {
            id: "https://bank.example/api/v1/achievements/1".to_owned(),
            code: "occ-elec-4".to_owned(),
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
            decision: "01985a3e-7c00-7000-8000-000000000001".to_owned(),
        }),
        status: place(7),
    }
}

/// What the bank signs: a badge, a record of several, a status list, and the list of an archive's files.
pub(super) fn documents() -> Vec<Value> {
    let badges = vec![secured(&badge(1)), secured(&badge(2))];
    let bank = profile(BANK, "学分银行");
    let file = ListedFile {
        path: "record.json".to_owned(),
        media_type: "application/json".to_owned(),
        digest: "sha384-AAAA".to_owned(),
    };
    let list = list_credential(&place(7).list, BANK, &StatusBits::default(), now(), now()).unwrap();
    vec![
        Value::Object(badge(3).document()),
        secured(&badge(4)),
        Value::Object(record(badges)),
        Value::Object(list),
        Value::Object(manifest(Uuid::from_u128(5), &bank, "档案", now(), &[file])),
    ]
}

fn code(credential: &Value) -> Result<(), &'static str> {
    verify(credential, &issuers(), today())
        .map(|_| ())
        .map_err(|refusal| refusal.code())
}

fn secured(badge: &Badge) -> Value {
    Value::Object(signer(1, SCHOOL).secure(badge.document(), now()).unwrap())
}

fn record(badges: Vec<Value>) -> Map<String, Value> {
    Record {
        id: Uuid::from_u128(99),
        issuer: profile(BANK, "学分银行 Credit bank"),
        valid_from: now(),
        holder: None,
        learner_name: "王芳".to_owned(),
        badges,
        status: place(8),
    }
    .document()
}

/// The official JSON Schema of CLR 2.0 fixes the first three, in this order.
#[test]
fn a_record_names_its_contexts_in_the_order_of_the_schema() {
    let expected = [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ];
    assert_eq!(record(Vec::new())["@context"], json!(expected));
}

#[test]
fn a_badge_says_original_and_recognised_values_in_terms_of_the_standard() {
    let document = Value::Object(badge(1).document());
    let subject = &document["credentialSubject"];
    assert_eq!(subject["creditsEarned"].to_string(), "10.5");
    assert_eq!(subject["activityEndDate"], "2024-03-01T00:00:00+08:00");
    let told: Vec<(&str, &str)> = subject["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| {
            let descriptions = subject["achievement"]["resultDescription"].as_array().unwrap();
            let of = descriptions.iter().find(|one| one["id"] == result["resultDescription"]).unwrap();
            (of["resultType"].as_str().unwrap(), result["value"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("Result", "良好"),
            ("ext:creditBank.gradingScale", "优秀/良好/及格"),
            ("RawScore", "86"),
            ("ext:creditBank.hours", "160"),
            ("ext:creditBank.originalCredit", "4.5"),
            ("ext:creditBank.recognisedCredit", "10.50"),
            ("ext:creditBank.decision", "01985a3e-7c00-7000-8000-000000000001"),
        ]
    );
    let alignments = subject["result"][5]["alignment"].as_array().unwrap();
    let kinds: Vec<&str> = alignments.iter().map(|one| one["targetType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ext:creditBank.scheme", "ext:creditBank.level"]);
    // The person is named, and no number of a document is there.
    assert_eq!(
        subject["identifier"],
        json!([{ "type": "IdentityObject", "hashed": false, "identityHash": "王芳", "identityType": "name" }])
    );
    let mut bare = badge(1);
    (bare.original, bare.recognised) = (Original::default(), None);
    let bare = Value::Object(bare.document());
    assert_eq!(bare["credentialSubject"].get("result"), None);
    assert_eq!(bare["credentialSubject"].get("creditsEarned"), None);
}

#[test]
fn what_is_signed_is_verified_in_both_forms() {
    let signed = secured(&badge(1));
    assert_eq!(code(&signed), Ok(()));
    assert_eq!(signed["proof"]["verificationMethod"], "did:web:bank.example:institutions:7#key-1");
    let token = signer(1, SCHOOL).token(&badge(1).document()).unwrap();
    let verified = verify(&json!(token), &issuers(), today()).unwrap();
    assert_eq!(
        (verified.issuer.as_str(), &verified.credential["jti"]),
        (SCHOOL, &verified.credential["id"])
    );
    assert_eq!(verified.credential["nbf"], now().timestamp());

    let by_key = Signer::of_did_key(&[3; 32]).unwrap();
    let mut own = badge(1).document();
    own.insert(
        "issuer".to_owned(),
        json!({ "id": by_key.issuer(), "type": ["Profile"], "name": "x" }),
    );
    let own = Value::Object(by_key.secure(own, now()).unwrap());
    assert!(verify(&own, &Issuers::default(), today()).is_ok(), "by did:key");
}

#[test]
fn every_altered_value_of_a_badge_is_refused() {
    /// The pointers of all texts and numbers.
    fn leaves(at: &str, value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(object) => object
                .iter()
                .for_each(|(name, value)| leaves(&format!("{at}/{}", name.replace('/', "~1")), value, found)),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(place, value)| leaves(&format!("{at}/{place}"), value, found)),
            _ => found.push(at.to_owned()),
        }
    }
    let good = secured(&badge(1));
    let mut found = Vec::new();
    leaves("", &good, &mut found);
    assert!(found.len() > 80, "{} values", found.len());
    for pointer in found {
        let mut copy = good.clone();
        let value = copy.pointer_mut(&pointer).unwrap();
        *value = match &value {
            Value::String(text) => json!(format!("{text}x")),
            Value::Number(_) => json!(11),
            _ => json!(true),
        };
        assert!(code(&copy).is_err(), "{pointer} can be altered");
    }
}

#[test]
fn nothing_is_signed_that_the_signature_would_not_cover() {
    let signer = signer(1, SCHOOL);
    let with = |edit: fn(&mut Value)| {
        let mut document = Value::Object(badge(1).document());
        edit(&mut document);
        let document = document.as_object().unwrap().clone();
        signer.secure(document.clone(), now()).map(|_| ()).map_err(|refusal| refusal.code())
    };
    assert_eq!(with(|_| {}), Ok(()));
    assert_eq!(
        with(|document| document["credentialSubject"]["bonus"] = json!("1")),
        Err("not_covered")
    );
    assert_eq!(
        with(|document| document["credentialSubject"]["result"] = json!([])),
        Err("not_covered")
    );
    assert_eq!(
        with(|document| document["credentialSubject"]["achievement"]["id"] = json!("no iri")),
        Err("not_covered")
    );
    assert_eq!(
        with(|document| document["@context"][1] = json!({ "bonus": "https://x.example/" })),
        Err("context_unknown")
    );
    assert_eq!(with(|document| document["issuer"]["id"] = json!(BANK)), Err("key_of_another"));
    assert_eq!(
        with(|document| document["proof"] = json!({ "type": "DataIntegrityProof" })),
        Err("not_a_credential")
    );
}

#[test]
fn every_part_of_a_record_stands_alone_and_none_can_be_swapped() {
    let mut other = badge(2);
    other.original.score = Some("61".to_owned());
    other.status = place(9);
    let signed = signer(2, BANK)
        .secure(record(vec![secured(&badge(1)), secured(&other)]), now())
        .unwrap();
    let signed = Value::Object(signed);
    assert_eq!(code(&signed), Ok(()));
    let parts = "/credentialSubject/verifiableCredential";
    for place in 0..2 {
        assert_eq!(code(signed.pointer(&format!("{parts}/{place}")).unwrap()), Ok(()));
    }
    // Every node has a name of its own, so that the record's own proof sees a swap too.
    let mut swapped = signed.clone();
    let value = |place: usize| format!("{parts}/{place}/credentialSubject/result/2/value");
    let (first, second) = (
        signed.pointer(&value(0)).unwrap().clone(),
        signed.pointer(&value(1)).unwrap().clone(),
    );
    assert_ne!(first, second);
    *swapped.pointer_mut(&value(0)).unwrap() = second;
    *swapped.pointer_mut(&value(1)).unwrap() = first;
    assert_eq!(code(&swapped), Err("signature_wrong"));
    let token = signer(2, BANK).token(&record(vec![secured(&badge(1))])).unwrap();
    assert!(verify(&json!(token), &issuers(), today()).is_ok());
}

#[test]
fn a_record_of_three_hundred_is_signed_and_verified() {
    // Signing each would take long in a test; what counts here is the record around them.
    let one = secured(&badge(1)).to_string();
    let badges: Vec<Value> = (0..300_u128)
        .map(|number| {
            let id = Uuid::from_u128(1000 + number).to_string();
            let mut copy: Value = serde_json::from_str(&one.replace(&Uuid::from_u128(1).to_string(), &id)).unwrap();
            copy["proof"]["proofValue"] = json!(format!("z{number}"));
            copy
        })
        .collect();
    let signed = signer(2, BANK).secure(record(badges), now()).unwrap();
    assert_eq!(code(&Value::Object(signed)), Ok(()));
}

#[test]
fn a_status_list_is_a_credential_of_its_issuer() {
    let mut bits = StatusBits::default();
    bits.set(7);
    let list = list_credential(
        "https://bank.example/api/v1/status-lists/1",
        SCHOOL,
        &bits,
        now(),
        now() + chrono::TimeDelta::days(7),
    )
    .unwrap();
    let signed = Value::Object(signer(1, SCHOOL).secure(list.clone(), now()).unwrap());
    assert_eq!(code(&signed), Ok(()));
    let read = StatusBits::decode(signed["credentialSubject"]["encodedList"].as_str().unwrap()).unwrap();
    assert_eq!((read.get(7), read.get(8)), (Some(true), Some(false)));
    let token = signer(1, SCHOOL).token(&list).unwrap();
    assert!(verify(&json!(token), &issuers(), today()).is_ok());
    let later: NaiveDate = "2026-12-02".parse().unwrap();
    assert!(matches!(verify(&signed, &issuers(), later), Err(Refusal::Expired { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever texts institutions give, and whatever credit there is: it is signed, verified, and told exactly.
    #[test]
    fn badges_of_any_texts_and_credit_are_verified(
        name in "\\PC{1,30}", grade in "\\PC{0,20}", score in "[0-9]{1,3}([.][0-9]{1,2})?", hundredths in 1..100_000_000_i64,
    ) {
        let mut badge = badge(1);
        badge.learner_name = name;
        badge.original.grade = Some(grade);
        badge.original.score = Some(score);
        let credit = Credit::from_hundredths(hundredths).unwrap();
        if let Some(recognised) = &mut badge.recognised {
            recognised.credit = credit;
        }
        let signed = secured(&badge);
        prop_assert_eq!(code(&signed), Ok(()));
        let results = signed["credentialSubject"]["result"].as_array().unwrap();
        let exact = results.iter().find(|one| one["resultDescription"].as_str().unwrap().ends_with("#recognised-credit")).unwrap();
        prop_assert_eq!(exact["value"].as_str().unwrap(), credit.to_string());
        let float: f64 = signed["credentialSubject"]["creditsEarned"].as_f64().unwrap();
        prop_assert_eq!(format!("{float:.2}"), credit.to_string());
    }
}
