//! Credentials that are made here with keys of the test, and what becomes of altered copies.

mod issued;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::canonical::digest;
use super::{Issuers, PublicKey, Refusal, Verified, verify};

fn today() -> NaiveDate {
    "2026-11-24".parse().unwrap()
}

/// A key of the test, and the name that is made of it.
pub(super) struct Signer {
    pub(super) pair: Ed25519KeyPair,
    pub(super) did: String,
}

pub(super) fn signer(seed: u8) -> Signer {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let key = [&[0xED, 0x01], pair.public_key().as_ref()].concat();
    let did = format!("did:key:z{}", bs58::encode(key).into_string());
    Signer { pair, did }
}

pub(super) fn badge(issuer: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:0f0a5a52-3b35-4f0c-9d3e-1b8a3a3f1c01",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": { "id": issuer, "type": ["Profile"], "name": "示范职业学院" },
        "validFrom": "2024-03-01T00:00:00Z",
        "name": "养老护理",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                { "type": "IdentityObject", "hashed": false, "identityHash": "11010519491231002X", "identityType": "nationalIdentityNumber" },
                { "type": "IdentityObject", "hashed": false, "identityHash": "王芳", "identityType": "name" }
            ],
            "creditsEarned": 2.5,
            "achievement": {
                "id": "urn:uuid:0f0a5a52-3b35-4f0c-9d3e-1b8a3a3f1c02",
                "type": ["Achievement"],
                "humanCode": "tr-care",
                "name": "养老护理",
                "description": "老年人照护基础",
                "criteria": { "narrative": "完成培训并通过考核" },
                "resultDescription": [{
                    "id": "urn:uuid:0f0a5a52-3b35-4f0c-9d3e-1b8a3a3f1c03", "type": ["ResultDescription"], "name": "等级",
                    "resultType": "LetterGrade", "allowedValue": ["优", "良", "中"]
                }]
            },
            "result": [{ "type": ["Result"], "resultDescription": "urn:uuid:0f0a5a52-3b35-4f0c-9d3e-1b8a3a3f1c03", "value": "良" }]
        }
    })
}

/// Documents of all sorts: of the bank and of others, with and without a proof, in the contexts that are carried.
pub(super) fn documents() -> Vec<Value> {
    let signer = signer(7);
    let mut others = badge(&signer.did);
    // Compact IRIs, a term as a value of another, a context inside, and an extension.
    others["@context"] = json!([
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
    ]);
    others["credentialSubject"]["id"] = json!("ceterms:somebody");
    others["credentialSubject"]["achievement"]["achievementType"] = json!("Certificate");
    others["credentialSubject"]["achievement"]["creator"] = json!({ "id": "schema:Organization", "type": ["Profile"], "name": "name" });
    others["endorsement"] = json!([{
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "type": ["VerifiableCredential", "EndorsementCredential"], "id": "urn:x:1", "name": "Achievement", "validFrom": "2024-03-01T00:00:00Z",
        "issuer": { "id": signer.did, "type": ["Profile"] },
        "credentialSubject": { "id": "urn:x:2", "type": ["EndorsementSubject"], "endorsementComment": "好" }
    }]);
    let proof = json!({ "@context": others["@context"], "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022",
        "created": "2024-03-01T08:00:00Z", "verificationMethod": "did:web:a#key-1", "proofPurpose": "assertionMethod" });
    let mut all = vec![badge(&signer.did), signed_by_did_key(badge(&signer.did), &signer), others, proof];
    all.extend(issued::documents());
    all
}

fn signed(mut document: Value, signer: &Signer, method: &str) -> Value {
    let contexts = document["@context"].clone();
    let mut proof = json!({
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2024-03-01T08:00:00Z",
        "verificationMethod": method, "proofPurpose": "assertionMethod"
    });
    let mut configuration = proof.clone();
    configuration["@context"] = contexts;
    let message = [
        digest(configuration.as_object().unwrap()).unwrap(),
        digest(document.as_object().unwrap()).unwrap(),
    ]
    .concat();
    proof["proofValue"] = Value::from(format!("z{}", bs58::encode(signer.pair.sign(&message)).into_string()));
    document["proof"] = proof;
    document
}

pub(super) fn signed_by_did_key(document: Value, signer: &Signer) -> Value {
    let method = format!("{}#{}", signer.did, signer.did.trim_start_matches("did:key:"));
    signed(document, signer, &method)
}

fn verify_jwt(token: &str, issuers: &Issuers, today: NaiveDate) -> Result<Verified, Refusal> {
    verify(&json!(token), issuers, today)
}

fn code(credential: &Value) -> Result<(), &'static str> {
    verify(credential, &Issuers::default(), today())
        .map(|_| ())
        .map_err(|refusal| refusal.code())
}

#[test]
fn every_alteration_is_refused() {
    let signer = signer(7);
    let good = signed_by_did_key(badge(&signer.did), &signer);
    assert_eq!(code(&good), Ok(()));
    let altered: Vec<(&str, &str, Value, &str)> = vec![
        (
            "another name",
            "/credentialSubject/identifier/1/identityHash",
            json!("王方"),
            "signature_wrong",
        ),
        (
            "another number",
            "/credentialSubject/identifier/0/identityHash",
            json!("34052419800101001X"),
            "signature_wrong",
        ),
        ("more credit", "/credentialSubject/creditsEarned", json!(25), "signature_wrong"),
        ("another grade", "/credentialSubject/result/0/value", json!("优"), "signature_wrong"),
        (
            "another order of a list",
            "/credentialSubject/achievement/resultDescription/0/allowedValue",
            json!(["良", "优", "中"]),
            "signature_wrong",
        ),
        (
            "an item more in a list",
            "/credentialSubject/achievement/resultDescription/0/allowedValue",
            json!(["优", "良", "中", "差"]),
            "signature_wrong",
        ),
        ("an earlier day", "/validFrom", json!("2023-03-01T00:00:00Z"), "signature_wrong"),
        (
            "a type more",
            "/type",
            json!(["VerifiableCredential", "OpenBadgeCredential", "EndorsementCredential"]),
            "signature_wrong",
        ),
        ("a later proof", "/proof/created", json!("2025-03-01T08:00:00Z"), "signature_wrong"),
        (
            "another signature",
            "/proof/proofValue",
            json!(format!("z{}", bs58::encode([1; 64]).into_string())),
            "signature_wrong",
        ),
        ("no signature", "/proof/proofValue", json!("z"), "signature_wrong"),
        ("another suite", "/proof/cryptosuite", json!("eddsa-jcs-2022"), "proof_unknown"),
        ("another purpose", "/proof/proofPurpose", json!("authentication"), "proof_unknown"),
        (
            "a context of its own",
            "/@context",
            json!([good["@context"][0], { "name": "urn:x" }]),
            "context_unknown",
        ),
        (
            "a context that nobody carries",
            "/@context",
            json!([good["@context"][0], "https://x.example/context"]),
            "context_unknown",
        ),
        (
            "an id that is none",
            "/credentialSubject/achievement/id",
            json!("https://x/a b"),
            "not_covered",
        ),
        (
            "nothing where something was",
            "/credentialSubject/result/0/value",
            Value::Null,
            "not_covered",
        ),
        ("no list", "/credentialSubject/result", json!([]), "not_covered"),
        (
            "a type that nobody knows",
            "/credentialSubject/achievement/type",
            json!(["Achievement", "Diploma"]),
            "not_covered",
        ),
    ];
    for (name, pointer, value, expected) in altered {
        let mut copy = good.clone();
        *copy.pointer_mut(pointer).unwrap() = value;
        assert_eq!(code(&copy), Err(expected), "{name}");
    }
    let mut more = good.clone();
    more["credentialSubject"]["bonusCredit"] = json!("100");
    assert_eq!(code(&more), Err("not_covered"));
    // One that changes no meaning changes nothing that was signed.
    let mut longer = good.clone();
    longer["@context"] = json!([good["@context"][0], good["@context"][1], "https://w3id.org/security/multikey/v1"]);
    assert_eq!(code(&longer), Ok(()));
    let mut bare = good;
    bare.as_object_mut().unwrap().remove("proof");
    assert_eq!(code(&bare), Err("no_proof"));
}

#[test]
fn only_the_issuers_own_key_counts() {
    let (issuer, other) = (signer(7), signer(8));
    assert_eq!(code(&signed_by_did_key(badge(&issuer.did), &other)), Err("key_of_another"));
    let method = format!("{}#{}", issuer.did, issuer.did.trim_start_matches("did:key:"));
    assert_eq!(code(&signed(badge(&issuer.did), &other, &method)), Err("signature_wrong"));

    let web = signed(badge("did:web:college.example"), &issuer, "did:web:college.example#key-1");
    assert_eq!(code(&web), Err("issuer_needs_network"));
    let https = signed(
        badge("https://college.example/issuer"),
        &issuer,
        "https://college.example/issuer#key-1",
    );
    assert_eq!(code(&https), Err("issuer_unknown"));
    let mut issuers = Issuers::default();
    let key = PublicKey::from_multibase(issuer.did.trim_start_matches("did:key:")).unwrap();
    issuers.register("did:web:college.example", key);
    assert_eq!(verify(&web, &issuers, today()).unwrap().issuer, "did:web:college.example");
}

#[test]
fn a_credential_is_valid_on_its_days_only() {
    let signer = signer(7);
    let mut expired = badge(&signer.did);
    expired["validUntil"] = json!("2026-11-23T00:00:00Z");
    assert_eq!(code(&signed_by_did_key(expired, &signer)), Err("expired"));
    let mut coming = badge(&signer.did);
    coming["validFrom"] = json!("2026-11-25T00:00:00Z");
    assert_eq!(code(&signed_by_did_key(coming, &signer)), Err("not_yet_valid"));
}

/// What would keep the canonical form busy for ever is refused at once.
#[test]
fn poisoned_documents_are_refused() {
    let signer = signer(7);
    let mut document = badge(&signer.did);
    let alike = json!({ "type": "IdentityObject", "hashed": false, "identityHash": "x", "identityType": "name" });
    document["credentialSubject"]["identifier"] = Value::Array(vec![alike; 9]);
    document["proof"] = json!({ "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022" });
    assert_eq!(code(&document), Err("too_complex"));
}

/// Made by another implementation (that of Digital Bazaar, in JavaScript) with a key of the test.
#[test]
fn a_credential_of_another_implementation_is_verified() {
    let credential: Value = serde_json::from_str(include_str!("../../tests/fixtures/open-badge.json")).unwrap();
    assert_eq!(code(&credential), Ok(()));
    let mut copy = credential;
    copy["credentialSubject"]["achievement"]["name"] = json!("别的");
    assert_eq!(code(&copy), Err("signature_wrong"));
}

pub(super) fn token(header: &Value, payload: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(payload));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

#[test]
fn tokens_are_verified_by_their_issuers_key() {
    let signer = signer(7);
    let payload = badge(&signer.did);
    let ed = |header: &Value, payload: &Value| token(header, payload, |message| signer.pair.sign(message).as_ref().to_vec());
    let header = json!({ "alg": "EdDSA", "typ": "vc+jwt", "kid": signer.did });
    let check = |token: &str| {
        verify_jwt(token, &Issuers::default(), today())
            .map(|verified| verified.issuer)
            .map_err(|refusal| refusal.code())
    };
    let good = ed(&header, &payload);
    assert_eq!(check(&good), Ok(signer.did.clone()));
    assert_eq!(
        check(&ed(&header, &json!({ "vc": payload, "iss": signer.did }))),
        Ok(signer.did.clone())
    );

    let (rest, signature) = good.rsplit_once('.').unwrap();
    let (first, _) = rest.split_once('.').unwrap();
    let mut other = payload.clone();
    other["credentialSubject"]["creditsEarned"] = json!(99);
    let forged = format!("{first}.{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode(other.to_string()));
    assert_eq!(check(&forged), Err("signature_wrong"));
    assert_eq!(check(&ed(&json!({ "alg": "none" }), &payload)), Err("proof_unknown"));
    assert_eq!(check(&ed(&json!({ "alg": "HS256" }), &payload)), Err("proof_unknown"));
    assert_eq!(check(&ed(&json!({ "alg": "ES256" }), &payload)), Err("signature_wrong"));
    assert_eq!(
        check(&ed(&json!({ "alg": "EdDSA", "crit": ["b64"] }), &payload)),
        Err("proof_unknown")
    );
    assert_eq!(
        check(&ed(&header, &json!({ "iss": "did:key:z6Mk", "vc": payload }))),
        Err("key_of_another")
    );
    let mut expired = payload.clone();
    expired["exp"] = json!(1_700_000_000);
    assert_eq!(check(&ed(&header, &expired)), Err("expired"));
    for broken in ["", "a", "a.b", "a.b.c", "eyJ.eyJ.x"] {
        assert_eq!(check(broken), Err("not_a_credential"), "{broken}");
    }
}

#[test]
fn keys_of_p_256_verify_too_compressed_or_not() {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
    let point = pair.public_key().as_ref();
    let (x, y) = (&point[1..33], &point[33..]);
    let compressed = [&[0x80, 0x24, 2 + (y[31] & 1)], x].concat();
    let did = format!("did:key:z{}", bs58::encode(compressed).into_string());
    let payload = badge(&did);
    let made = token(&json!({ "alg": "ES256" }), &payload, |message| {
        pair.sign(&random, message).unwrap().as_ref().to_vec()
    });
    assert_eq!(verify_jwt(&made, &Issuers::default(), today()).unwrap().issuer, did);

    let mut issuers = Issuers::default();
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": BASE64_URL_SAFE_NO_PAD.encode(x), "y": BASE64_URL_SAFE_NO_PAD.encode(y) });
    issuers.register("https://college.example", PublicKey::from_jwk(&jwk).unwrap());
    let payload = badge("https://college.example");
    let made = token(&json!({ "alg": "ES256" }), &payload, |message| {
        pair.sign(&random, message).unwrap().as_ref().to_vec()
    });
    assert!(verify_jwt(&made, &issuers, today()).is_ok());
    let refusal = verify_jwt(&made, &Issuers::default(), today()).unwrap_err();
    assert!(matches!(refusal, Refusal::IssuerUnknown { .. }));
}
