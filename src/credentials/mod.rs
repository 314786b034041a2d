//! Credentials: the bank's own, made and signed, and those of others, verified: that they are what their issuer signed, and that
//! they are valid today. Nothing is fetched, so whether one was revoked since is not known here.

pub mod badge;
mod canonical;
mod contexts;
pub mod did;
mod integrity;
mod jwt;
mod keys;
pub mod record;
mod refusal;
mod sign;
pub mod status;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use serde_json::{Map, Value};

pub use keys::{Issuers, PublicKey};
pub use refusal::Refusal;
pub use sign::{SEED_BYTES, Signer};

/// A credential that its issuer signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    pub credential: Map<String, Value>,
    pub issuer: String,
}

/// The id of who issued a credential.
fn issuer_of(credential: &Map<String, Value>) -> Option<&str> {
    match credential.get("issuer")? {
        Value::String(issuer) => Some(issuer),
        Value::Object(issuer) => issuer.get("id")?.as_str(),
        _ => None,
    }
}

/// Verifies a credential that is signed by a proof in it, or in an envelope of a JWT.
///
/// # Errors
/// Why it is not taken for what its issuer signed.
pub fn verify(credential: &Value, issuers: &Issuers, today: NaiveDate) -> Result<Verified, Refusal> {
    let not = |part: &str| Refusal::NotACredential { part: part.to_owned() };
    let document = credential.as_object().ok_or_else(|| not("JSON"))?;
    let enveloped = document
        .get("id")
        .and_then(Value::as_str)
        .and_then(|id| id.split_once("data:application/vc+jwt,"));
    if let Some(("", token)) = enveloped {
        return verify_jwt(token, issuers, today);
    }
    let issuer = issuer_of(document).ok_or_else(|| not("issuer"))?;
    integrity::verify(document, issuer, issuers)?;
    valid_on(document, today)?;
    let mut credential = document.clone();
    credential.remove("proof");
    Ok(Verified {
        credential,
        issuer: issuer.to_owned(),
    })
}

/// Verifies a credential that is a compact JWT.
///
/// # Errors
/// As [`verify`].
pub fn verify_jwt(token: &str, issuers: &Issuers, today: NaiveDate) -> Result<Verified, Refusal> {
    let (credential, issuer) = jwt::verify(token.trim(), issuers, today)?;
    valid_on(&credential, today)?;
    Ok(Verified { credential, issuer })
}

fn valid_on(credential: &Map<String, Value>, today: NaiveDate) -> Result<(), Refusal> {
    let day = |name: &str| -> Result<Option<NaiveDate>, Refusal> {
        let Some(value) = credential.get(name) else { return Ok(None) };
        let read = value.as_str().and_then(|text| text.get(..10)).and_then(|text| text.parse().ok());
        read.map(Some).ok_or_else(|| Refusal::NotACredential { part: name.to_owned() })
    };
    // The names of the data model 2.0, and those of 1.1.
    for name in ["validFrom", "issuanceDate"] {
        if let Some(from) = day(name)?.filter(|from| *from > today) {
            return Err(Refusal::NotYetValid { from });
        }
    }
    for name in ["validUntil", "expirationDate"] {
        if let Some(on) = day(name)?.filter(|on| *on < today) {
            return Err(Refusal::Expired { on });
        }
    }
    Ok(())
}
