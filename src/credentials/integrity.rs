//! Data Integrity proofs of the suite `eddsa-rdfc-2022` (W3C, Data Integrity EdDSA Cryptosuites 1.0, 3.2).

use serde_json::{Map, Value};

use super::canonical::digest;
use super::keys::Issuers;
use super::refusal::Refusal;

/// The only suite that is signed and verified.
pub(super) const SUITE: &str = "eddsa-rdfc-2022";
/// So many proofs one document may have.
const PROOFS_MAX: usize = 4;

/// Verifies every proof of a document, and that the issuer's key made it.
///
/// # Errors
/// Why it is not taken for what the issuer signed.
pub(super) fn verify(document: &Map<String, Value>, issuer: &str, issuers: &Issuers) -> Result<(), Refusal> {
    let proofs = match document.get("proof") {
        Some(Value::Array(proofs)) if !proofs.is_empty() => proofs.as_slice(),
        Some(proof @ Value::Object(_)) => std::slice::from_ref(proof),
        _ => return Err(Refusal::NoProof {}),
    };
    if proofs.len() > PROOFS_MAX {
        return Err(Refusal::TooComplex {});
    }
    let mut unsigned = document.clone();
    unsigned.remove("proof");
    let content = digest(&unsigned)?;
    for proof in proofs {
        let proof = proof.as_object().ok_or(Refusal::NoProof {})?;
        verify_one(proof, &unsigned, content, issuer, issuers)?;
    }
    Ok(())
}

fn verify_one(
    proof: &Map<String, Value>,
    unsigned: &Map<String, Value>,
    content: [u8; 32],
    issuer: &str,
    issuers: &Issuers,
) -> Result<(), Refusal> {
    let text = |name: &str| proof.get(name).and_then(Value::as_str).unwrap_or_default();
    let unknown = |what: &str| Refusal::ProofUnknown {
        what: what.chars().take(60).collect(),
    };
    if text("type") != "DataIntegrityProof" {
        return Err(unknown(text("type")));
    }
    if text("cryptosuite") != SUITE {
        return Err(unknown(text("cryptosuite")));
    }
    if text("proofPurpose") != "assertionMethod" {
        return Err(unknown(text("proofPurpose")));
    }
    // Chains of proofs need the earlier ones beneath them, which is not done here.
    if proof.contains_key("previousProof") {
        return Err(unknown("previousProof"));
    }
    let method = text("verificationMethod");
    if method.split('#').next() != Some(issuer) {
        return Err(Refusal::KeyOfAnother {});
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
    let keys = issuers.keys_of(issuer)?;
    let fits = keys
        .iter()
        .any(|key| matches!(key, super::keys::PublicKey::Ed25519(_)) && key.verifies(&message, &signature));
    if fits { Ok(()) } else { Err(Refusal::SignatureWrong {}) }
}
