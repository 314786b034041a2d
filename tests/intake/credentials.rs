//! Lists of credentials: JWTs made here with keys of the test, and one with a proof that another implementation made.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use credit_bank::intake::about::Format;
use serde_json::{Value, json};

use crate::common::{opened, options, rows, told};

const BADGE: &str = include_str!("../fixtures/open-badge.json");

struct Signer {
    pair: Ed25519KeyPair,
    did: String,
}

fn signer(seed: u8) -> Signer {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let key = [&[0xED, 0x01], pair.public_key().as_ref()].concat();
    let did = format!("did:key:z{}", bs58::encode(key).into_string());
    Signer { pair, did }
}

impl Signer {
    fn token(&self, payload: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({ "alg": "EdDSA", "typ": "vc+jwt" })), part(payload));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    fn badge(&self, code: &str) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
            "id": format!("urn:x-badge:{code}"),
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": { "id": self.did, "type": ["Profile"] },
            "validFrom": "2024-03-01T00:00:00Z",
            "credentialSubject": {
                "type": ["AchievementSubject"],
                "identifier": [
                    { "type": "IdentityObject", "hashed": false, "identityHash": "E12345678", "identityType": "ext:passport" },
                    { "type": "IdentityObject", "hashed": false, "identityHash": "John Smith", "identityType": "name" }
                ],
                "creditsEarned": 2.5,
                "achievement": { "id": "urn:x-achievement", "type": ["Achievement"], "humanCode": code, "name": "Care" },
                "result": [{ "type": ["Result"], "value": "86" }]
            }
        })
    }
}

#[test]
fn tokens_one_a_line_become_outcomes() {
    let signer = signer(3);
    let good = signer.token(&signer.badge("tr-care"));
    let other = signer.token(&signer.badge("tr-safety"));
    let forged = format!("{}{}", &other[..other.len() - 4], "AAAA");
    let mut nobody = signer.badge("tr-care");
    nobody["credentialSubject"]["identifier"] =
        json!([{ "type": "IdentityObject", "hashed": true, "identityHash": "sha256$x", "identityType": "nationalIdentityNumber" }]);
    let file = format!("{good}\n{other}\n{forged}\n{}\n", signer.token(&nobody));
    let expected = [
        "1: tr-care 2024-03-01",
        "2: tr-safety 2024-03-01",
        "3: credential_refused",
        "4: credential_unfit",
    ];
    assert_eq!(told(file.as_bytes(), &options()), expected);
    let array = json!([good, other, forged, signer.token(&nobody)]).to_string();
    assert_eq!(told(array.as_bytes(), &options()), expected);
    assert_eq!(opened(array.as_bytes(), &options()).unwrap().about().format, Format::OpenBadges);
    let read = rows(file.as_bytes(), &options()).unwrap();
    let told = read[0].outcomes[0].as_ref().unwrap();
    assert_eq!(told.signed_by.as_deref(), Some(signer.did.as_str()));
    assert_eq!(
        (told.document_kind.as_str(), told.document_number.as_str(), told.name.as_str()),
        ("passport", "E12345678", "John Smith")
    );
    assert_eq!((told.credits.as_deref(), told.score.as_deref()), (Some("2.5"), Some("86")));
    assert_eq!(told.certificate_number.as_deref(), Some("urn:x-badge:tr-care"));
}

#[test]
fn every_credential_of_a_record_is_verified_by_itself() {
    let (college, board) = (signer(3), signer(4));
    let enveloped = |token: &str| json!({ "type": "EnvelopedVerifiableCredential", "id": format!("data:application/vc+jwt,{token}") });
    let good = college.token(&college.badge("tr-care"));
    let forged = format!("{}{}", &good[..good.len() - 4], "AAAA");
    let record = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"],
        "id": "urn:x-record", "type": ["VerifiableCredential", "ClrCredential"], "issuer": board.did, "validFrom": "2024-06-01T00:00:00Z",
        "credentialSubject": { "type": ["ClrSubject"], "verifiableCredential": [enveloped(&good), enveloped(&forged), serde_json::from_str::<Value>(BADGE).unwrap()] }
    });
    let file = board.token(&record);
    assert_eq!(
        told(file.as_bytes(), &options()),
        ["1: tr-care 2024-03-01", "1: credential_refused", "1: tr-care 2024-03-01"]
    );
}

#[test]
fn a_credential_with_a_proof_over_several_lines_is_read() {
    assert_eq!(told(BADGE.as_bytes(), &options()), ["1: tr-care 2024-03-01"]);
    let altered = BADGE.replace("11010519491231002X", "34052419800101001X");
    assert_eq!(told(altered.as_bytes(), &options()), ["1: credential_refused"]);
}

#[test]
fn a_credential_given_back_still_fits_its_signature() {
    let signer = signer(3);
    let file = format!("[{BADGE}, \"{}\"]", signer.token(&signer.badge("tr-b")));
    let mut out = std::io::Cursor::new(Vec::new());
    let remark = |_| {
        Some(credit_bank::intake::annotate::Remark {
            result: "x".to_owned(),
            explanation: "y".to_owned(),
        })
    };
    let kept = credit_bank::intake::annotate::Kept::All;
    let content = std::io::Cursor::new(file.clone().into_bytes());
    credit_bank::intake::annotate::annotate(content, "upload", &options(), kept, &mut out, remark).unwrap();
    assert_eq!(told(&out.into_inner(), &options()), told(file.as_bytes(), &options()));
}
