//! Credentials of others in a learner's record, over HTTP on both back ends: kept with their verdict, and nobody else's to see.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use reqwest::Method;
use serde_json::{Value, json};

use super::server::on_both;
use super::town::{Town, user};

const BADGE: &str = include_str!("../fixtures/open-badge.json");
const PATH: &str = "/api/v1/me/foreign-credentials";

/// A badge as a JWT of an issuer whose name is its key.
fn token() -> String {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap();
    let key = [&[0xED, 0x01], pair.public_key().as_ref()].concat();
    let issuer = format!("did:key:z{}", bs58::encode(key).into_string());
    let payload = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:x-badge:1", "type": ["VerifiableCredential", "OpenBadgeCredential"], "name": "焊工",
        "issuer": { "id": issuer, "type": ["Profile"] }, "validFrom": "2024-03-01T00:00:00Z",
        "credentialSubject": { "type": ["AchievementSubject"],
            "achievement": { "id": "urn:x-achievement", "type": ["Achievement"], "name": "焊工" } }
    });
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "EdDSA", "typ": "vc+jwt" })), part(&payload));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

#[test]
fn a_learner_keeps_credentials_of_others_that_are_genuine() {
    on_both(|server| {
        let town = Town::build(server);
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let learner = town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
        let john = json!({ "document_kind": "passport", "document_number": "E12345678", "name": "John Smith" });
        let john = json!({ "institution_id": town.other_school, "learner": john, "user": user("john") });
        server.post("/api/v1/learners", &town.stranger, &john).expect(201);
        let other = server.log_in("john");

        let badge: Value = serde_json::from_str(BADGE).unwrap();
        let document = json!({ "credential": badge });
        assert_eq!(server.submit(PATH, &document).refusal(), (401, "unauthenticated"));
        assert_eq!(server.post(PATH, &town.registrar, &document).refusal(), (404, "not_found"));
        let kept = server.post(PATH, &learner, &document).expect(201);
        assert_eq!(kept["verdict"]["standing"], "valid");
        let again = server.post(PATH, &learner, &document).expect(200);
        assert_eq!(again["file"]["file_id"], kept["file"]["file_id"], "the same is there once");
        let text = token();
        let compact = server.post(PATH, &learner, &json!({ "credential": text })).expect(201);

        let mut altered = badge.clone();
        altered["name"] = json!("别的");
        let forged = format!("{}AAAA", &text[..text.len() - 4]);
        for wrong in [json!({ "credential": altered }), json!({ "credential": forged })] {
            assert_eq!(server.post(PATH, &learner, &wrong).refusal(), (422, "credential_not_genuine"));
        }
        for wrong in [json!({}), json!({ "credential": 7 }), json!({ "credential": {}, "more": 1 })] {
            assert_eq!(server.post(PATH, &learner, &wrong).refusal(), (400, "malformed_body"), "{wrong}");
        }

        let list = server.get(PATH, &learner).expect(200);
        let listed: Vec<&Value> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| &item["file"]["file_id"])
            .collect();
        assert_eq!(listed, [&compact["file"]["file_id"], &kept["file"]["file_id"]], "from the newest");
        let first = server.get(&format!("{PATH}?limit=1"), &learner);
        assert!(first.header("link").is_some());
        let own = format!("{PATH}/{}", kept["file"]["file_id"].as_str().unwrap());
        let read = server.get(&own, &learner).expect(200);
        assert_eq!(
            (&read["credential"], &read["verdict"]),
            (&badge, &kept["verdict"]),
            "as it was imported"
        );
        let of_compact = format!("{PATH}/{}", compact["file"]["file_id"].as_str().unwrap());
        assert_eq!(server.get(&of_compact, &learner).expect(200)["credential"], json!(text));

        // Verified again, it is said how the bank knows the issuer by now.
        let did = &read["verdict"]["issuer"];
        let issuer = json!({ "identifier": did, "name": "示范学院", "reason": "名单" });
        server.post("/api/v1/issuers", &town.officer, &issuer).expect(201);
        let verify = format!("{own}/verify");
        let verified = server.post(&verify, &learner, &json!({})).expect(200);
        assert_eq!(verified["verdict"]["issuer_name"], "示范学院");
        assert_eq!(server.get(&own, &learner).expect(200)["verdict"], verified["verdict"]);

        for stranger in [&other, &town.registrar, &town.officer] {
            assert_eq!(server.get(&own, stranger).refusal(), (404, "not_found"));
            assert_eq!(server.post(&verify, stranger, &json!({})).refusal(), (404, "not_found"));
        }
        assert_eq!(server.get(PATH, &other).expect(200)["items"], json!([]));

        // It is evidence, and removed as such.
        let file = format!(
            "/api/v1/learners/{}/evidence/{}",
            deposited["learner_id"].as_str().unwrap(),
            kept["file"]["file_id"].as_str().unwrap()
        );
        assert_eq!(server.call(Method::DELETE, &file, Some(&learner), None).status, 204);
        assert_eq!(server.get(&own, &learner).refusal(), (404, "not_found"));
    });
}
