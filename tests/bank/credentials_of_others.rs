//! Credentials of others, on both back ends: issuers that are registered and ended, what is said of what they signed, imports that
//! they make possible, and credentials in a learner's record.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use credit_bank::domain::rejection::Rejection;
use credit_bank::domain::verdict::{CredentialStanding, CredentialVerdict, StepOutcome, VerdictStep};
use credit_bank::ops::claims::submit::submit_claim;
use credit_bank::ops::context::{Bank, Context};
use credit_bank::ops::deposit::Novelty;
use credit_bank::ops::error::OpError;
use credit_bank::ops::evidence::read::{download_evidence, remove_evidence};
use credit_bank::ops::foreign::{import_credential, list_foreign_credentials, read_foreign_credential, verify_foreign_credential};
use credit_bank::ops::issuers::{TrustedIssuer, end_issuer, list_issuers, register_issuer};
use credit_bank::ops::verification::lookup::Reaching;
use credit_bank::ops::verification::{Presented, verify_credential};
use credit_bank::ops::verify::verify as verify_all;
use credit_bank::outside::fetch::Fetcher;
use credit_bank::outside::target::Reach;
use credit_bank::store::standards;
use serde_json::{Value, json};

use super::common::{NUMBER, World, on_both, on_both_with};
use super::evidence::learner;
use super::imports::{checked, counts};
use super::packs::refused;
use super::registry::officer;

const BADGE: &str = include_str!("../fixtures/open-badge.json");

fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[5; 32]).unwrap()
}

fn multibase(pair: &Ed25519KeyPair) -> String {
    let key = [&[0xED, 0x01], pair.public_key().as_ref()].concat();
    format!("z{}", bs58::encode(key).into_string())
}

/// A badge of an issuer as a JWT, with more in it.
fn token(issuer: &str, more: &[(&str, Value)]) -> String {
    let mut payload = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:x-badge:1", "type": ["VerifiableCredential", "OpenBadgeCredential"], "name": "电工/四级",
        "issuer": { "id": issuer, "type": ["Profile"] }, "validFrom": "2024-03-01T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                { "type": "IdentityObject", "hashed": false, "identityHash": "E12345678", "identityType": "ext:passport" },
                { "type": "IdentityObject", "hashed": false, "identityHash": "John Smith", "identityType": "name" }
            ],
            "achievement": { "id": "urn:x-achievement", "type": ["Achievement"], "humanCode": "occ-elec-4", "name": "电工" }
        }
    });
    for (name, value) in more {
        payload[*name] = value.clone();
    }
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "EdDSA", "typ": "vc+jwt" })), part(&payload));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(key().sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn register(world: &World, who: &Context, new: Value) -> Result<TrustedIssuer, OpError> {
    register_issuer(&world.bank, who, None, &serde_json::from_value(new).unwrap())
}

fn verdict(world: &World, token: &str) -> CredentialVerdict {
    let presented = Presented::Token(token.to_owned());
    verify_credential(&world.bank, &world.registrar, Reaching::Offline, &presented).unwrap()
}

fn step(verdict: &CredentialVerdict, step: VerdictStep) -> (&str, StepOutcome) {
    let found = verdict.steps.iter().find(|found| found.step == step).unwrap();
    (found.code.as_str(), found.outcome)
}

#[test]
fn issuers_are_registered_by_the_banks_people_and_ended_for_a_reason() {
    on_both(|world| {
        let bank = &world.bank;
        let officer = officer(world, "officer");
        let web = "did:web:college.example";
        let new = json!({ "identifier": web, "name": "示范学院", "reason": "名单", "keys": [{ "multibase": multibase(&key()) }] });
        assert_eq!(refused(register(world, &world.registrar, new.clone())), Rejection::Forbidden {});
        let issuer = register(world, &officer, new.clone()).unwrap();
        assert_eq!(refused(register(world, &officer, new.clone())), Rejection::IssuerRegistered {});
        let wrong = [
            (json!({ "identifier": "did:web:a%2Fb" }), "/identifier"),
            (json!({ "identifier": "did:key:z6Mk" }), "/identifier"),
            (json!({ "identifier": "http://college.example" }), "/identifier"),
            (json!({ "identifier": "https://college.example", "keys": [] }), "/keys"),
            (json!({ "keys": [{ "multibase": "z6Mk" }] }), "/keys/0"),
            (
                json!({ "keys": [{ "jwk": { "kty": "OKP", "crv": "Ed25519", "x": "AAAA" } }] }),
                "/keys/0",
            ),
            (json!({ "keys": [{}] }), "/keys/0"),
            (json!({ "name": "" }), "/name"),
            (json!({ "reason": " " }), "/reason"),
            (
                json!({ "identifier": "did:web:other.example", "institution_id": issuer.issuer_id }),
                "/institution_id",
            ),
        ];
        for (change, pointer) in wrong {
            let mut body = new.clone();
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let Rejection::InvalidBody { problems } = refused(register(world, &officer, body)) else {
                panic!("{change}")
            };
            assert_eq!(problems[0].pointer, pointer, "{change}");
        }

        let shown = verdict(world, &token(web, &[]));
        assert_eq!(
            (shown.standing, shown.issuer_name.as_deref()),
            (CredentialStanding::Valid, Some("示范学院"))
        );
        assert_eq!(step(&shown, VerdictStep::IssuerTrust), ("issuer_registered", StepOutcome::Passed));
        let end = |reason| end_issuer(bank, &officer, None, issuer.issuer_id, reason);
        assert!(matches!(refused(end("")), Rejection::InvalidBody { .. }));
        assert_eq!(end("学院已撤销").unwrap().end_reason.as_deref(), Some("学院已撤销"));
        assert!(matches!(refused(end("again")), Rejection::WrongState { .. }));
        let shown = verdict(world, &token(web, &[]));
        assert_eq!(
            (shown.standing, step(&shown, VerdictStep::Key).0),
            (CredentialStanding::Unknown, "issuer_needs_network")
        );
        // Again, with other keys: the first stays listed.
        let again = register(world, &officer, json!({ "identifier": web, "name": "示范学院", "reason": "恢复" })).unwrap();
        let listed = list_issuers(bank, Some(web), None, 10).unwrap();
        let ids: Vec<_> = listed.iter().map(|issuer| (issuer.issuer_id, issuer.ended_at.is_some())).collect();
        assert_eq!(ids, [(again.issuer_id, false), (issuer.issuer_id, true)]);
        assert_eq!(list_issuers(bank, Some(web), Some(again.issuer_id), 10).unwrap().len(), 1);
    });
}

#[test]
fn a_verdict_tells_how_the_bank_knows_the_issuer() {
    on_both(|world| {
        let officer = officer(world, "officer");
        let badge: Presented = serde_json::from_str(BADGE).unwrap();
        let verify = |presented: &Presented| verify_credential(&world.bank, &world.registrar, Reaching::Offline, presented).unwrap();
        let shown = verify(&badge);
        assert_eq!(shown.standing, CredentialStanding::Valid);
        assert_eq!(
            step(&shown, VerdictStep::IssuerTrust),
            ("issuer_not_registered", StepOutcome::NotChecked)
        );
        let did = shown.issuer.unwrap();
        let issuer = register(world, &officer, json!({ "identifier": did, "name": "示范学院", "reason": "名单" })).unwrap();
        assert_eq!(step(&verify(&badge), VerdictStep::IssuerTrust).0, "issuer_registered");
        end_issuer(&world.bank, &officer, None, issuer.issuer_id, "结束").unwrap();
        let shown = verify(&badge);
        assert_eq!(step(&shown, VerdictStep::IssuerTrust), ("issuer_ended", StepOutcome::Failed));
        assert_eq!(shown.standing, CredentialStanding::Valid);
        let mut altered: Value = serde_json::from_str(BADGE).unwrap();
        altered["name"] = json!("别的");
        let shown = verify(&serde_json::from_value(altered).unwrap());
        assert_eq!((shown.standing, shown.issuer_name.as_deref()), (CredentialStanding::Invalid, None));
        assert_eq!(
            step(&shown, VerdictStep::IssuerTrust),
            ("issuer_not_reached", StepOutcome::NotChecked)
        );
        let sentence = &shown
            .steps
            .iter()
            .find(|step| step.outcome == StepOutcome::Failed)
            .unwrap()
            .sentence_english;
        assert_eq!(sentence, "The signature does not fit the content.");
    });
}

#[test]
fn a_file_of_credentials_is_believed_by_its_institutions_own_issuer() {
    on_both(|world| {
        let officer = officer(world, "officer");
        let address = "https://college.example/issuer";
        let file = token(address, &[]).into_bytes();
        let refused = |content: &[u8]| counts(checked(world, content).summary.check.as_ref()).3;
        assert_eq!(refused(&file), 1);
        let key = json!([{ "multibase": multibase(&key()) }]);
        let new =
            json!({ "identifier": address, "name": "示范学院", "reason": "本校", "keys": key, "institution_id": world.institution_id });
        register(world, &officer, new).unwrap();
        assert_eq!(refused(&[&file[..], b"\n"].concat()), 0);
    });
}

/// Serves documents by their paths, made for the port at which they are.
fn serve(make: impl FnOnce(u16) -> BTreeMap<&'static str, String>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let documents = make(port);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut line = String::new();
            BufReader::new(stream.try_clone().unwrap()).read_line(&mut line).unwrap();
            let path = line.split(' ').nth(1).unwrap_or_default();
            let (status, body) = documents.get(path).map_or(("404 Not Found", ""), |body| ("200 OK", body));
            let length = body.len();
            drop(write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            ));
        }
    });
    port
}

#[test]
fn keys_of_a_did_web_are_fetched_unless_they_lie_inside() {
    let document = |did: &str| {
        json!({ "id": did, "assertionMethod": ["#a"], "verificationMethod": [
            { "id": "#a", "type": "Multikey", "controller": did, "publicKeyMultibase": multibase(&key()) }] })
        .to_string()
    };
    let port = serve(|port| {
        BTreeMap::from([
            ("/.well-known/did.json", document(&format!("did:web:127.0.0.1%3A{port}"))),
            ("/other/did.json", document("did:web:college.example")),
        ])
    });
    let shown = |path: &str| Presented::Token(token(&format!("did:web:127.0.0.1%3A{port}{path}"), &[]));
    let verify = |world: &World, reaching, presented: &Presented| {
        let verdict = verify_credential(&world.bank, &world.registrar, reaching, presented).unwrap();
        (verdict.standing, step(&verdict, VerdictStep::Key).0.to_owned())
    };
    let unknown = |code: &str| (CredentialStanding::Unknown, code.to_owned());
    on_both(|world| {
        let good = (CredentialStanding::Valid, "key_is_issuers".to_owned());
        assert_eq!(verify(world, Reaching::Network, &shown("")), good);
        assert_eq!(verify(world, Reaching::Offline, &shown("")), unknown("issuer_needs_network"));
        for path in [":missing", ":other"] {
            assert_eq!(verify(world, Reaching::Network, &shown(path)), unknown("key_unreachable"), "{path}");
        }
    });
    let closed = |bank: &mut Bank| bank.fetcher = Fetcher::new(Reach::Open);
    on_both_with(closed, |world| {
        assert_eq!(verify(world, Reaching::Network, &shown("")), unknown("key_unreachable"));
    });
}

#[test]
fn a_credential_of_others_is_kept_with_its_verdict_and_is_evidence() {
    on_both(|world| {
        let bank = &world.bank;
        let (learner_id, own) = learner(world, "wangfang", "resident_identity_card", NUMBER);
        let did = format!("did:key:{}", multibase(&key()));
        let import = |presented: &Presented| import_credential(bank, &own, None, presented);
        let genuine = Presented::Token(token(&did, &[]));
        let (novelty, kept) = import(&genuine).unwrap();
        assert_eq!((novelty, kept.verdict.standing), (Novelty::Created, CredentialStanding::Valid));
        assert_eq!((kept.file.name.as_str(), kept.file.learner_id), ("电工四级", learner_id));
        let (novelty, again) = import(&genuine).unwrap();
        assert_eq!((novelty, again.file.file_id), (Novelty::AlreadyThere, kept.file.file_id));
        let over = Presented::Token(token(&did, &[("validUntil", json!("2025-01-01T00:00:00Z"))]));
        assert_eq!(import(&over).unwrap().1.verdict.standing, CredentialStanding::Expired);
        let Presented::Token(text) = &genuine else { panic!() };
        let forged = Presented::Token(format!("{}AAAA", &text[..text.len() - 4]));
        let Rejection::CredentialNotGenuine { reason_english, .. } = refused(import(&forged)) else {
            panic!()
        };
        assert_eq!(reason_english, "The signature does not fit the content.");
        assert_eq!(
            refused(import_credential(bank, &world.registrar, None, &genuine)),
            Rejection::NotFound {}
        );

        assert_eq!(list_foreign_credentials(bank, &own, None, 10).unwrap().len(), 2);
        let read = read_foreign_credential(bank, &own, kept.file.file_id).unwrap();
        assert_eq!((&read.about, &read.credential), (&kept, &genuine));
        let officer = officer(world, "officer");
        register(world, &officer, json!({ "identifier": did, "name": "示范学院", "reason": "名单" })).unwrap();
        let known = verify_foreign_credential(bank, &own, kept.file.file_id).unwrap();
        assert_eq!(known.verdict.issuer_name.as_deref(), Some("示范学院"));
        assert_eq!(read_foreign_credential(bank, &own, kept.file.file_id).unwrap().about, known);

        // What it says is claimed as anything else that a learner declares, and those who judge read it.
        let achievements = bank.store.read(|conn| standards::published_of(conn, world.institution_id)).unwrap();
        let claim = json!({ "kind": "recognition", "statement": "凭证为证", "evidence": [kept.file.file_id],
            "subject": { "of": "declared", "achievement_id": achievements[0].achievement_id.0, "awarded_on": "2024-03-01" } });
        submit_claim(bank, &own, None, &serde_json::from_value(claim).unwrap()).unwrap();
        let reviewer = world.member("reviewer", "reviewer");
        let downloaded = download_evidence(bank, &reviewer, learner_id, kept.file.file_id).unwrap();
        assert_eq!(downloaded.content.as_slice(), text.as_bytes());
        let remove = |file_id| remove_evidence(bank, &own, learner_id, file_id);
        assert_eq!(refused(remove(kept.file.file_id)), Rejection::EvidenceInUse {});
        let other = list_foreign_credentials(bank, &own, None, 1).unwrap()[0].file.file_id;
        remove(other).unwrap();
        assert_eq!(refused(read_foreign_credential(bank, &own, other)), Rejection::NotFound {});
        assert_eq!(verify_all(bank).unwrap().findings, Vec::<String>::new());
    });
}
