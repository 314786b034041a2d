//! What each form says of one record. Where `CREDIT_BANK_TEST_EXPORTS` names a directory they are written there as well, so that the
//! programs of others can look at them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{TimeZone, Utc};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::elm::elm;
use super::elmo::elmo;
use super::resume::resume;
use super::table::table;
use super::{Record, SealError, XmlKey};
use crate::domain::achievement::AchievementKind;
use crate::domain::bilingual::Bilingual;
use crate::domain::language::Language;
use crate::domain::record_line::{Issuer, NamedLevel, RecordLine};

fn both(zh: &str, en: &str) -> Bilingual {
    Bilingual {
        zh: zh.to_owned(),
        en: Some(en.to_owned()),
    }
}

fn line(number: u128, kind: AchievementKind, school: u128) -> RecordLine {
    RecordLine {
        outcome_id: Uuid::from_u128(number),
        achievement_code: format!("code-{number}"),
        name: both("电工 <四级> & 'x' \"y\"", "=Electrician, level 4"),
        kind,
        level: Some(NamedLevel {
            framework_code: "nqf".to_owned(),
            framework: both("资历框架", "Framework"),
            level: 4,
            name: both("四级", "Level 4"),
        }),
        issuer: Issuer {
            institution_id: Uuid::from_u128(school),
            name: format!("学校{school}"),
            credit_code: "914403003429409755".to_owned(),
        },
        awarded_on: "2024-03-01".parse().unwrap(),
        certificate_number: Some("S000441012345242000001".to_owned()),
        grade: Some("良好\r\n, \"B\"".to_owned()),
        grading_scale: None,
        score: Some("86".to_owned()),
        hours: Some("160".parse().unwrap()),
        original_credits: Some("3.5".to_owned()),
        credit: Some("9.00".parse().unwrap()),
        disputed: false,
    }
}

fn record() -> Record {
    use AchievementKind as K;
    let kinds = [
        K::Diploma,
        K::Course,
        K::OccupationalCertificate,
        K::Training,
        K::Contest,
        K::WorkExperience,
    ];
    Record {
        generated_at: Utc.with_ymd_and_hms(2026, 11, 25, 8, 30, 0).unwrap(),
        bank: both("学分银行", "Credit Bank"),
        bank_url: "https://bank.example".to_owned(),
        account_number: "1234567890123494".to_owned(),
        name: "欧阳明月".to_owned(),
        name_parts: Some(("欧阳".to_owned(), "明月".to_owned())),
        born_on: "1949-12-31".parse().ok(),
        lines: kinds
            .into_iter()
            .zip(1..)
            .map(|(kind, number)| line(number, kind, number % 2))
            .collect(),
    }
}

fn write(name: &str, text: &str) {
    if let Some(directory) = std::env::var_os("CREDIT_BANK_TEST_EXPORTS") {
        std::fs::write(std::path::Path::new(&directory).join(name), text).unwrap();
    }
}

/// The text between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let begin = text.find(from).unwrap() + from.len();
    &text[begin..begin + text[begin..].find(to).unwrap()]
}

#[test]
fn elmo_is_signed_as_a_whole_in_its_canonical_form() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let sign = |bytes: &[u8]| Some(pair.sign(&SystemRandom::new(), bytes).ok()?.as_ref().to_vec());
    let key = XmlKey {
        name: "did:web:bank.example#key-1",
        public: pair.public_key().as_ref(),
        sign: &sign,
    };
    let text = elmo(&record(), &key).unwrap();
    write("record.elmo.xml", &text);
    write(
        "empty.elmo.xml",
        &elmo(
            &Record {
                lines: Vec::new(),
                ..record()
            },
            &key,
        )
        .unwrap(),
    );
    assert!(text.contains("<title xml:lang=\"zh\">电工 &lt;四级&gt; &amp; 'x' \"y\"</title>"));
    assert!(text.contains(
        "<credit><scheme>institution</scheme><value>3.5</value></credit><credit><scheme>credit-bank</scheme><value>9.00</value></credit>"
    ));
    assert_eq!(text.matches("<report>").count(), 2, "one for each institution");
    assert_eq!(text.matches("<learningOpportunitySpecification>").count(), 6);
    // The digest is that of the document without its signature, and the signature that of what names the digest.
    let (declared, body) = text.split_once('\n').unwrap();
    assert_eq!(declared, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    let signature = format!("<ds:Signature{}</ds:Signature>", between(body, "<ds:Signature", "</ds:Signature>"));
    let digest = STANDARD.encode(Sha256::digest(body.replace(&signature, "").as_bytes()));
    assert_eq!(between(body, "<ds:DigestValue>", "</ds:DigestValue>"), digest);
    let signed = format!(
        "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{}</ds:SignedInfo>",
        between(body, "<ds:SignedInfo>", "</ds:SignedInfo>")
    );
    let value = STANDARD
        .decode(between(body, "<ds:SignatureValue>", "</ds:SignatureValue>"))
        .unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref());
    public.verify(signed.as_bytes(), &value).unwrap();
    let dead = XmlKey { sign: &|_| None, ..key };
    assert_eq!(elmo(&record(), &dead).unwrap_err(), SealError);
}

#[test]
fn the_european_learning_model_has_every_outcome_once_with_an_id_of_its_own() {
    let document = elm(&record());
    write("record.elm.json", &document.to_string());
    let claims = document["hasClaim"].as_array().unwrap();
    assert_eq!((claims.len(), &document["type"]), (6, &json!("Person")));
    assert_eq!(claims[0]["specifiedBy"]["volumeOfLearning"], "PT160H");
    assert_eq!(claims[0]["specifiedBy"]["creditPoint"][0]["point"], "9.00");
    assert_eq!(
        claims[0]["title"],
        json!({ "zh": ["电工 <四级> & 'x' \"y\""], "en": ["=Electrician, level 4"] })
    );
    assert!(!document.to_string().contains("eqf"), "nothing says what level it would be there");
}

#[test]
fn a_resume_has_each_kind_in_its_place() {
    let document = resume(&record(), Language::English);
    write("record.resume.json", &document.to_string());
    let counts = ["education", "certificates", "awards", "work"].map(|place| document[place].as_array().unwrap().len());
    assert_eq!(counts, [2, 2, 1, 1]);
    assert_eq!(
        document["basics"],
        json!({ "name": "欧阳明月" }),
        "no number of a document, no account"
    );
    assert_eq!(document["education"][0]["area"], "=Electrician, level 4");
}

#[test]
fn a_table_is_read_back_and_has_no_formula() {
    let text = table(&record(), Language::Chinese);
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(reader.headers().unwrap().len(), 13);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 6);
    assert_eq!(&rows[0][1], "'=Electrician, level 4");
    assert_eq!(&rows[0][7], "良好\r\n, \"B\"");
    assert_eq!(&rows[0][12], "9.00");
}
