//! Credentials as compact JWTs (W3C, Securing Verifiable Credentials using JOSE; Open Badges 3.0, 8.2). The header's own key is
//! never believed: only keys of the issuer that the credential names count.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};

use super::issuer_of;
use super::keys::{Issuers, PublicKey};
use super::refusal::Refusal;

/// Longer ones are not read.
const BYTES_MAX: usize = 4 << 20;

/// Verifies a compact JWT and gives its credential, with its issuer.
///
/// # Errors
/// Why it is not taken for what the issuer signed.
pub(super) fn verify(token: &str, issuers: &Issuers, today: NaiveDate) -> Result<(Map<String, Value>, String), Refusal> {
    let broken = || Refusal::NotACredential { part: "JWT".to_owned() };
    let (signed, signature) = token.rsplit_once('.').filter(|_| token.len() <= BYTES_MAX).ok_or_else(broken)?;
    let (header, payload) = signed.split_once('.').ok_or_else(broken)?;
    let object = |part: &str| -> Option<Map<String, Value>> { serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok() };
    let header = object(header).ok_or_else(broken)?;
    let mut payload = object(payload).ok_or_else(broken)?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| broken())?;
    let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or_default();
    if !matches!(algorithm, "EdDSA" | "Ed25519" | "ES256") || header.contains_key("crit") {
        return Err(Refusal::ProofUnknown {
            what: algorithm.chars().take(60).collect(),
        });
    }
    let claim = |name: &str| payload.get(name).cloned();
    let (claimed, expires, begins) = (claim("iss"), claim("exp"), claim("nbf"));
    // Older ones keep the credential in a claim of its own.
    if let Some(Value::Object(inner)) = payload.remove("vc") {
        payload = inner;
    }
    let issuer = match (issuer_of(&payload), claimed) {
        (Some(issuer), None) => issuer.to_owned(),
        (Some(issuer), Some(claimed)) if claimed == *issuer => issuer.to_owned(),
        (None, Some(Value::String(claimed))) => claimed,
        _ => return Err(Refusal::KeyOfAnother {}),
    };
    let keys = issuers.keys_of(&issuer)?;
    let fits = keys.iter().any(|key| {
        let of_algorithm = matches!(key, PublicKey::P256(_)) == (algorithm == "ES256");
        of_algorithm && key.verifies(signed.as_bytes(), &signature)
    });
    if !fits {
        return Err(Refusal::SignatureWrong {});
    }
    let day = |moment: Option<Value>| moment.and_then(|moment| Some(DateTime::from_timestamp(moment.as_i64()?, 0)?.date_naive()));
    if let Some(on) = day(expires).filter(|day| *day < today) {
        return Err(Refusal::Expired { on });
    }
    if let Some(from) = day(begins).filter(|day| *day > today) {
        return Err(Refusal::NotYetValid { from });
    }
    Ok((payload, issuer))
}
