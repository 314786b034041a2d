//! Credentials as compact JWTs (W3C, Securing Verifiable Credentials using JOSE; Open Badges 3.0, 8.2). The header's own key is
//! never believed: only keys of the issuer that the credential names count.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::{Map, Value};

use super::parts::{Signed, issuer_of};
use super::refusal::{Note, Refusal, shown};
use super::sources::Sources;

/// Longer ones are not read.
const BYTES_MAX: usize = 4 << 20;

/// What a JWT holds.
pub(super) struct Token {
    pub(super) credential: Map<String, Value>,
    pub(super) issuer: String,
    pub(super) algorithm: String,
    /// Seconds since 1970.
    pub(super) expires: Option<i64>,
    pub(super) begins: Option<i64>,
    pub(super) signed: Signed,
}

/// Verifies a compact JWT and gives its credential, with its issuer.
///
/// # Errors
/// Where it is no credential.
pub(super) fn verify(token: &str, sources: &dyn Sources) -> Result<Token, Refusal> {
    let broken = || Refusal::NotACredential { part: "JWT".to_owned() };
    let (message, signature) = token.rsplit_once('.').filter(|_| token.len() <= BYTES_MAX).ok_or_else(broken)?;
    let (header, payload) = message.split_once('.').ok_or_else(broken)?;
    let object = |part: &str| -> Option<Map<String, Value>> { serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok() };
    let header = object(header).ok_or_else(broken)?;
    let mut payload = object(payload).ok_or_else(broken)?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| broken())?;
    let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or_default().to_owned();
    let claim = |name: &str| payload.get(name).cloned();
    let (claimed, expires, begins) = (claim("iss"), claim("exp"), claim("nbf"));
    let names = [("jti", claim("jti")), ("sub", claim("sub"))];
    // Older ones keep the credential in a claim of its own.
    if let Some(Value::Object(inner)) = payload.remove("vc") {
        payload = inner;
    }
    let issuer = match (issuer_of(&payload), &claimed) {
        (Some(issuer), _) => issuer.to_owned(),
        (None, Some(Value::String(claimed))) => claimed.clone(),
        (None, _) => {
            return Err(Refusal::NotACredential { part: "issuer".to_owned() });
        }
    };
    let seconds = |moment: Option<Value>, part: &str| match moment {
        None => Ok(None),
        Some(moment) => moment
            .as_i64()
            .map(Some)
            .ok_or_else(|| Refusal::NotACredential { part: part.to_owned() }),
    };
    let same_issuer = claimed.is_none_or(|claimed| claimed == *issuer);
    let signed = if !matches!(algorithm.as_str(), "EdDSA" | "Ed25519" | "ES256" | "RS256") || header.contains_key("crit") {
        Signed::without_key(Refusal::ProofUnknown { what: shown(&algorithm) })
    } else if !same_issuer || !says_the_same(&payload, &names) {
        Signed::with_wrong_key(Refusal::KeyOfAnother {})
    } else {
        signed(
            message.as_bytes(),
            &signature,
            &algorithm,
            method_of(&header, &issuer).as_deref(),
            &issuer,
            sources,
        )
    };
    Ok(Token {
        credential: payload,
        issuer,
        algorithm,
        expires: seconds(expires, "exp")?,
        begins: seconds(begins, "nbf")?,
        signed,
    })
}

/// Whether the id and the subject that the JWT names are those of the credential in it.
fn says_the_same(credential: &Map<String, Value>, names: &[(&str, Option<Value>); 2]) -> bool {
    let subject = credential.get("credentialSubject").and_then(|subject| subject.get("id"));
    names.iter().all(|(name, claimed)| {
        let own = if *name == "jti" { credential.get("id") } else { subject };
        match (own, claimed) {
            (Some(own), Some(claimed)) => own == claimed,
            _ => true,
        }
    })
}

/// The key that the header names, if it is one of the issuer's own document.
fn method_of(header: &Map<String, Value>, issuer: &str) -> Option<String> {
    let named = header.get("kid").and_then(Value::as_str)?;
    match named.strip_prefix(issuer) {
        Some(rest) if rest.starts_with('#') => Some(named.to_owned()),
        _ if named.starts_with('#') => Some(format!("{issuer}{named}")),
        _ => None,
    }
}

fn signed(message: &[u8], signature: &[u8], algorithm: &str, method: Option<&str>, issuer: &str, sources: &dyn Sources) -> Signed {
    match sources.keys(issuer, method) {
        Err(refusal) => Signed::with_wrong_key(refusal),
        Ok(keys) => {
            let fits = keys.iter().any(|key| key.is_for(algorithm) && key.verifies(message, signature));
            Signed {
                key: Ok(Note::KeyIsIssuers { issuer: shown(issuer) }),
                proof: if fits {
                    Ok(Note::ProofFits { how: algorithm.to_owned() })
                } else {
                    Err(Refusal::SignatureWrong {})
                },
            }
        }
    }
}
