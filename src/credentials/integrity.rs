//! Data Integrity proofs of the suite `eddsa-rdfc-2022` (W3C, Data Integrity EdDSA Cryptosuites 1.0, 3.2).

use serde_json::{Map, Value};

use super::canonical::digest;
use super::keys::PublicKey;
use super::parts::Signed;
use super::refusal::{Note, Refusal, shown};
use super::sources::Sources;
use crate::domain::verdict::VerdictStep;

/// The only suite that is signed and verified.
pub(super) const SUITE: &str = "eddsa-rdfc-2022";
/// So many proofs one document may have.
const PROOFS_MAX: usize = 4;

/// Verifies every proof of a document, and that the issuer's key made it.
///
/// # Errors
/// Where it is no document that can be looked at.
pub(super) fn verify(document: &Map<String, Value>, issuer: &str, sources: &dyn Sources) -> Result<Signed, Refusal> {
    let proofs = match document.get("proof") {
        Some(Value::Array(proofs)) if !proofs.is_empty() => proofs.as_slice(),
        Some(proof @ Value::Object(_)) => std::slice::from_ref(proof),
        _ => return Ok(Signed::without_key(Refusal::NoProof {})),
    };
    if proofs.len() > PROOFS_MAX {
        return Ok(Signed::without_key(Refusal::TooComplex {}));
    }
    let mut unsigned = document.clone();
    unsigned.remove("proof");
    let content = match digest(&unsigned) {
        Ok(content) => content,
        Err(refusal) if refusal.step() == VerdictStep::Format => return Err(refusal),
        Err(refusal) => return Ok(Signed::without_key(refusal)),
    };
    let mut last = Signed::without_key(Refusal::NoProof {});
    for proof in proofs {
        last = verify_one(proof, &unsigned, content, issuer, sources);
        if last.key.is_err() || last.proof.is_err() {
            break;
        }
    }
    Ok(last)
}

fn verify_one(proof: &Value, unsigned: &Map<String, Value>, content: [u8; 32], issuer: &str, sources: &dyn Sources) -> Signed {
    let (method, message, signature) = match prepared(proof, unsigned, content) {
        Ok(prepared) => prepared,
        Err(refusal) => return Signed::without_key(refusal),
    };
    if method.split('#').next() != Some(issuer) {
        return Signed::with_wrong_key(Refusal::KeyOfAnother {});
    }
    let keys = match sources.keys(issuer, Some(method)) {
        Ok(keys) => keys,
        Err(refusal) => return Signed::with_wrong_key(refusal),
    };
    let fits = keys
        .iter()
        .any(|key| matches!(key, PublicKey::Ed25519(_)) && key.verifies(&message, &signature));
    Signed {
        key: Ok(Note::KeyIsIssuers { issuer: shown(issuer) }),
        proof: if fits {
            Ok(Note::ProofFits { how: SUITE.to_owned() })
        } else {
            Err(Refusal::SignatureWrong {})
        },
    }
}

/// The method, the message and the signature of a proof that can be verified.
fn prepared<'a>(proof: &'a Value, unsigned: &Map<String, Value>, content: [u8; 32]) -> Result<(&'a str, Vec<u8>, Vec<u8>), Refusal> {
    let proof = proof.as_object().ok_or(Refusal::NoProof {})?;
    let text = |name: &str| proof.get(name).and_then(Value::as_str).unwrap_or_default();
    let expected = [
        ("type", "DataIntegrityProof"),
        ("cryptosuite", SUITE),
        ("proofPurpose", "assertionMethod"),
    ];
    if let Some((name, _)) = expected.into_iter().find(|(name, value)| text(name) != *value) {
        return Err(Refusal::ProofUnknown { what: shown(text(name)) });
    }
    // Chains of proofs need the earlier ones beneath them, which is not done here.
    if proof.contains_key("previousProof") {
        return Err(Refusal::ProofUnknown {
            what: "previousProof".to_owned(),
        });
    }
    let mut configuration = proof.clone();
    configuration.remove("proofValue");
    let contexts = unsigned.get("@context").cloned().unwrap_or_default();
    // A proof with fewer contexts than the document would not cover what the others mean.
    if configuration.get("@context").is_some_and(|own| *own != contexts) {
        return Err(Refusal::SignatureWrong {});
    }
    configuration.insert("@context".to_owned(), contexts);
    let signature = text("proofValue").strip_prefix('z').filter(|value| value.len() <= 100);
    let signature = signature
        .and_then(|value| bs58::decode(value).into_vec().ok())
        .filter(|bytes| bytes.len() == 64);
    let signature = signature.ok_or(Refusal::SignatureWrong {})?;
    let message = [digest(&configuration)?, content].concat();
    Ok((text("verificationMethod"), message, signature))
}
