//! Credentials over HTTP, on both back ends: asked for, signed by the running bank, downloaded, and refused by its status list once
//! their outcome is withdrawn.

use std::time::{Duration, Instant};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use credit_bank::credentials::status::StatusBits;
use credit_bank::credentials::{Issuers, PublicKey, verify};
use reqwest::Method;
use serde_json::{Value, json};

use super::corrections::{apply, approver, preview};
use super::server::{Answer, Server, on_both};
use super::town::Town;

/// Asks for a credential, and waits for it.
pub(crate) fn ask(server: &Server, learner: &str, new: &Value) -> Value {
    let asked = server.post("/api/v1/me/credentials", learner, new);
    issued(server, learner, asked.header("location").unwrap())
}

/// The credential once it is signed.
fn issued(server: &Server, learner: &str, place: &str) -> Value {
    let begun = Instant::now();
    loop {
        let credential = server.get(place, learner).expect(200);
        if credential["status"] != "queued" {
            assert_eq!(credential["status"], "issued", "{credential}");
            return credential;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{credential}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// What anybody reads, without a token.
fn public(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = server.request(Method::GET, path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Answer::of(request.send().unwrap())
}

/// Who issued a credential, of either form.
fn issuer_of(document: &Value) -> String {
    let text = |value: &Value| value["issuer"]["id"].as_str().unwrap().to_owned();
    let Some(token) = document.as_str() else { return text(document) };
    let payload = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    text(&serde_json::from_slice(&payload).unwrap())
}

/// The keys of an issuer's document, read where its name leads.
fn issuers(server: &Server, did: &str) -> Issuers {
    let rest = did.strip_prefix("did:web:").unwrap();
    let (_, path) = rest.split_once(':').unwrap_or((rest, ".well-known"));
    let document = public(server, &format!("/{}/did.json", path.replace(':', "/")), &[]).expect(200);
    assert_eq!(document["id"], did);
    let mut issuers = Issuers::default();
    for method in document["verificationMethod"].as_array().unwrap() {
        if let Some(text) = method["publicKeyMultibase"].as_str() {
            issuers.register(did, PublicKey::from_multibase(text).unwrap());
        }
    }
    issuers
}

fn list_path(credential: &Value) -> String {
    let address = credential["credentialStatus"]["statusListCredential"].as_str().unwrap();
    let at = address.find("/api/v1/").unwrap();
    address[at..].to_owned()
}

fn is_set(credential: &Value, list: &Value) -> bool {
    let bits = StatusBits::decode(list["credentialSubject"]["encodedList"].as_str().unwrap()).unwrap();
    let index = credential["credentialStatus"]["statusListIndex"].as_str().unwrap();
    bits.get(index.parse().unwrap()).unwrap()
}

#[test]
fn a_credential_leaves_the_bank_and_is_refused_once_its_outcome_is_withdrawn() {
    on_both(|server| {
        let town = Town::build(server);
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let learner = town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
        let today = credit_bank::clock::now().date_naive();
        let mut issued_in_both = Vec::new();
        for (form, media_type) in [("data_integrity", "application/vc"), ("jwt", "application/vc+jwt")] {
            let new = json!({ "scope": { "of": "outcome", "outcome_id": deposited["outcome_id"] }, "form": form });
            let asked = server.post("/api/v1/me/credentials", &learner, &new);
            let place = asked.header("location").unwrap().to_owned();
            assert_eq!((asked.status, asked.expect(202)["status"].as_str()), (202, Some("queued")));
            let credential = issued(server, &learner, &place);
            let file = server.get(&format!("{place}/document"), &learner);
            assert_eq!((file.status, file.header("content-type")), (200, Some(media_type)));
            let did = issuer_of(&credential["document"]);
            assert!(did.ends_with(&format!(":institutions:{}", town.school)), "{did}");
            let issuers = issuers(server, &did);
            let verified = match form {
                "jwt" => verify(&json!(file.text), &issuers, today).unwrap(),
                _ => verify(&serde_json::from_str(&file.text).unwrap(), &issuers, today).unwrap(),
            };
            assert_eq!(verified.issuer, did);
            assert_eq!(credential["outcome_ids"], json!([deposited["outcome_id"]]));
            issued_in_both.push(Value::Object(verified.credential));
        }
        let listed = server.get("/api/v1/me/credentials?limit=1", &learner);
        assert!(listed.header("link").is_some());
        let path = list_path(&issued_in_both[0]);
        let list = public(server, &path, &[]);
        let tag = list.header("etag").unwrap().to_owned();
        assert_eq!(public(server, &path, &[("If-None-Match", tag.as_str())]).status, 304);
        assert!(!is_set(&issued_in_both[0], &list.expect(200)));
        let token = public(server, &path, &[("Accept", "application/vc+jwt")]);
        assert_eq!(token.header("content-type"), Some("application/vc+jwt"));
        assert_eq!(token.text.split('.').count(), 3);

        let approver = approver(server, &town);
        let previewed = preview(server, &town, &town.registrar, &deposited["outcome_id"]).expect(201);
        assert_eq!(previewed["counts"]["credentials"], 2);
        apply(server, &approver, &previewed).expect(200);
        let begun = Instant::now();
        for credential in &issued_in_both {
            while !is_set(credential, &public(server, &list_path(credential), &[]).expect(200)) {
                assert!(begun.elapsed() < Duration::from_secs(30), "the list is not signed anew");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        assert_ne!(public(server, &path, &[]).header("etag"), Some(tag.as_str()));
        let statuses = server.get("/api/v1/me/credentials", &learner).expect(200);
        assert!(statuses["items"].as_array().unwrap().iter().all(|one| one["status"] == "revoked"));
    });
}
