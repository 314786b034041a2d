//! What is told of credentials step by step, with lists of statuses and records of several.

use std::collections::BTreeMap;
use std::io::Write;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::tests::{Signer, badge, signed_by_did_key, signer, token};
use super::{Examination, Issuers, PublicKey, Refusal, Sources, When, examine};

/// Lists that are published, and keys that their names hold.
#[derive(Default)]
struct Published(BTreeMap<String, Value>);

impl Sources for Published {
    fn keys(&self, issuer: &str, method: Option<&str>) -> Result<Vec<PublicKey>, Refusal> {
        Issuers::default().keys(issuer, method)
    }

    fn status_list(&self, address: &str) -> Result<Value, Refusal> {
        self.0.get(address).cloned().ok_or(Refusal::StatusUnreachable {})
    }
}

fn when() -> When {
    When::at("2026-11-25T08:00:00Z".parse().unwrap())
}

/// The codes of the steps: format, proof, key, dates, status.
fn codes(examined: &Examination) -> Vec<&'static str> {
    let code = |found: &super::Found| match found {
        Ok(note) => note.code(),
        Err(refusal) => refusal.code(),
    };
    examined.found.iter().map(code).collect()
}

fn packed(bits: &[u8]) -> String {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bits).unwrap();
    format!("u{}", BASE64_URL_SAFE_NO_PAD.encode(packer.finish().unwrap()))
}

const LIST: &str = "https://college.example/status/1";

/// A list in which index 9 is set; for values of two bits, index 4 has the value 1.
fn list(issuer: &str, purpose: &str) -> Value {
    let mut bits = vec![0; 16_384];
    bits[1] = 0x40;
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"], "id": LIST, "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer, "validFrom": "2026-11-01T00:00:00Z", "validUntil": "2026-12-01T00:00:00Z",
        "credentialSubject": { "id": format!("{LIST}#list"), "type": "BitstringStatusList", "statusPurpose": purpose, "encodedList": packed(&bits) }
    })
}

fn entry(purpose: &str, index: usize) -> Value {
    json!({ "id": format!("{LIST}#{index}"), "type": "BitstringStatusListEntry", "statusPurpose": purpose,
        "statusListIndex": index.to_string(), "statusListCredential": LIST })
}

fn with_status(signer: &Signer, status: Value) -> Value {
    let mut credential = badge(&signer.did);
    credential["credentialStatus"] = status;
    signed_by_did_key(credential, signer)
}

fn status_of(credential: &Value, list: Value) -> &'static str {
    let published = Published(BTreeMap::from([(LIST.to_owned(), list)]));
    codes(&examine(credential, &published, when()))[4]
}

#[test]
fn every_step_is_told_whatever_came_of_another() {
    let (own, other) = (signer(7), signer(8));
    let good = signed_by_did_key(badge(&own.did), &own);
    let told = |credential: &Value| codes(&examine(credential, &Published::default(), when()));
    assert_eq!(told(&good), ["readable", "proof_fits", "key_is_issuers", "no_end", "no_status"]);
    let mut expired = badge(&own.did);
    expired["validUntil"] = json!("2026-11-25T07:59:59Z");
    let mut expired = signed_by_did_key(expired, &own);
    assert_eq!(told(&expired), ["readable", "proof_fits", "key_is_issuers", "expired", "no_status"]);
    expired["name"] = json!("别的");
    assert_eq!(
        told(&expired),
        ["readable", "signature_wrong", "key_is_issuers", "expired", "status_not_reached"]
    );
    assert_eq!(
        told(&signed_by_did_key(badge(&own.did), &other)),
        ["readable", "proof_needs_key", "key_of_another", "no_end", "status_not_reached"]
    );
    let mut foreign = good.clone();
    foreign["@context"][1] = json!("https://x.example/context");
    assert_eq!(
        told(&foreign),
        [
            "context_unknown",
            "proof_not_reached",
            "key_not_reached",
            "dates_not_reached",
            "status_not_reached"
        ]
    );
    assert_eq!(told(&json!(7))[0], "not_a_credential");
    let made = token(&json!({ "alg": "EdDSA", "typ": "vc+jwt" }), &badge(&own.did), |message| {
        own.pair.sign(message).as_ref().to_vec()
    });
    let examined = examine(&json!(made), &Published::default(), when());
    assert_eq!(
        codes(&examined),
        ["readable", "proof_fits", "key_is_issuers", "no_end", "no_status"]
    );
    assert_eq!(examined.secured_by.as_deref(), Some("EdDSA"));
    // With a proof it could not be signed: what its types do not say means nothing.
    let mut typeless = badge(&own.did);
    typeless["type"] = json!(["OpenBadgeCredential"]);
    let typeless = token(&json!({ "alg": "EdDSA", "typ": "vc+jwt" }), &typeless, |message| {
        own.pair.sign(message).as_ref().to_vec()
    });
    assert_eq!(told(&json!(typeless))[..2], ["not_a_credential", "proof_fits"]);
    let envelope = json!({ "@context": "https://www.w3.org/ns/credentials/v2", "type": "EnvelopedVerifiableCredential",
        "id": format!("data:application/vc+jwt,{made}") });
    assert_eq!(examine(&envelope, &Published::default(), when()).found, examined.found);
}

#[test]
fn a_list_of_its_issuer_says_what_became_of_a_credential() {
    let issuer = signer(7);
    let signed_list = |purpose: &str| signed_by_did_key(list(&issuer.did, purpose), &issuer);
    for (purpose, set) in [("revocation", "revoked"), ("suspension", "suspended")] {
        assert_eq!(status_of(&with_status(&issuer, entry(purpose, 9)), signed_list(purpose)), set);
        assert_eq!(
            status_of(&with_status(&issuer, entry(purpose, 8)), signed_list(purpose)),
            "not_revoked"
        );
    }
    let mut message = entry("message", 4);
    message["statusSize"] = json!(2);
    message["statusMessage"] = json!([{ "status": "0x0", "message": "有效" }, { "status": "0x1", "message": "姓名已更正" }]);
    let credential = with_status(&issuer, message);
    let published = Published(BTreeMap::from([(LIST.to_owned(), signed_list("message"))]));
    let [.., Ok(super::Note::Message { message })] = examine(&credential, &published, when()).found else {
        panic!("no message")
    };
    assert_eq!(message, "姓名已更正");
    // Of several, the worst counts, and what cannot be known is no good news.
    let both = json!([entry("suspension", 9), entry("revocation", 9)]);
    assert_eq!(status_of(&with_status(&issuer, both), signed_list("suspension")), "suspended");
    let half = json!([entry("revocation", 8), { "id": "urn:x:1", "type": "OtherStatus" }]);
    let made = token(
        &json!({ "alg": "EdDSA" }),
        &{
            let mut credential = badge(&issuer.did);
            credential["credentialStatus"] = half;
            credential
        },
        |message| issuer.pair.sign(message).as_ref().to_vec(),
    );
    assert_eq!(status_of(&json!(made), signed_list("revocation")), "status_unknown");
}

#[test]
fn a_list_that_cannot_be_believed_says_nothing() {
    let (issuer, other) = (signer(7), signer(8));
    let credential = with_status(&issuer, entry("revocation", 9));
    let edited = |pointer: &str, value: Value| {
        let mut edited = list(&issuer.did, "revocation");
        *edited.pointer_mut(pointer).unwrap() = value;
        edited
    };
    let wrong = [
        ("of another issuer", signed_by_did_key(list(&other.did, "revocation"), &other)),
        ("signed by another", signed_by_did_key(list(&issuer.did, "revocation"), &other)),
        ("for another purpose", signed_by_did_key(list(&issuer.did, "suspension"), &issuer)),
        ("not signed", list(&issuer.did, "revocation")),
        (
            "over",
            signed_by_did_key(edited("/validUntil", json!("2026-11-25T00:00:00Z")), &issuer),
        ),
        (
            "to come",
            signed_by_did_key(edited("/validFrom", json!("2026-11-26T00:00:00Z")), &issuer),
        ),
        (
            "no list",
            signed_by_did_key(edited("/type", json!(["VerifiableCredential"])), &issuer),
        ),
        (
            "too short",
            signed_by_did_key(edited("/credentialSubject/encodedList", json!(packed(&[0; 1024]))), &issuer),
        ),
        (
            "not packed",
            signed_by_did_key(edited("/credentialSubject/encodedList", json!("uAAAA")), &issuer),
        ),
    ];
    for (name, list) in wrong {
        assert_eq!(status_of(&credential, list), "status_list_wrong", "{name}");
    }
    let mut altered = signed_by_did_key(list(&issuer.did, "revocation"), &issuer);
    altered["credentialSubject"]["encodedList"] = json!(packed(&[0; 16_384]));
    assert_eq!(status_of(&credential, altered), "status_list_wrong");
    let beyond = with_status(&issuer, entry("revocation", 131_072));
    let good = signed_by_did_key(list(&issuer.did, "revocation"), &issuer);
    assert_eq!(status_of(&beyond, good), "status_list_wrong");
    let nowhere = examine(&credential, &Published::default(), when());
    assert_eq!(codes(&nowhere)[4], "status_unreachable");
}

/// The proof of the record covers all that is said, and not of which credential: it still fits when two have swapped their grades.
#[test]
fn a_record_is_verified_one_by_one() {
    let (college, school) = (signer(7), signer(8));
    let graded = |signer: &Signer, id: u8, grade: &str| {
        let mut credential = badge(&signer.did);
        credential["id"] = json!(format!("urn:uuid:0f0a5a52-3b35-4f0c-9d3e-1b8a3a3f1d{id:02}"));
        credential["credentialSubject"]["id"] = json!("urn:uuid:0f0a5a52-3b35-4f0c-9d3e-1b8a3a3f1e00");
        credential["credentialSubject"]["result"][0]["id"] = json!(format!("urn:uuid:0f0a5a52-3b35-4f0c-9d3e-1b8a3a3f1f{id:02}"));
        credential["credentialSubject"]["result"][0]["value"] = json!(grade);
        signed_by_did_key(credential, signer)
    };
    let record = signed_by_did_key(
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
                "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"],
            "id": "urn:uuid:0f0a5a52-3b35-4f0c-9d3e-1b8a3a3f1d99", "type": ["VerifiableCredential", "ClrCredential"],
            "issuer": { "id": college.did, "type": ["Profile"], "name": "示范职业学院" }, "validFrom": "2024-03-01T00:00:00Z", "name": "学习记录",
            "credentialSubject": { "id": "urn:uuid:0f0a5a52-3b35-4f0c-9d3e-1b8a3a3f1e00", "type": ["ClrSubject"],
                "verifiableCredential": [graded(&college, 1, "良"), graded(&school, 2, "优")] }
        }),
        &college,
    );
    let good = examine(&record, &Published::default(), when());
    assert_eq!(codes(&good)[1], "proof_fits");
    assert_eq!(good.held.iter().map(|held| codes(held)[1]).collect::<Vec<_>>(), ["proof_fits"; 2]);
    let mut altered = record;
    altered["credentialSubject"]["verifiableCredential"][1]["credentialSubject"]["result"][0]["value"] = json!("良好");
    let altered = examine(&altered, &Published::default(), when());
    assert_eq!(
        altered.held.iter().map(|held| codes(held)[1]).collect::<Vec<_>>(),
        ["proof_fits", "signature_wrong"]
    );
}
