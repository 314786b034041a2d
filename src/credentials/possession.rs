//! A wallet's proof that it has a key, and for whom it made it (OpenID for Verifiable Credential Issuance 1.0, appendix F.1).

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::keys::PublicKey;

/// Longer ones are not read.
const BYTES_MAX: usize = 8 << 10;
/// How far the clocks of wallets may be off, and how long a proof may be on its way.
const AGE_MAX: TimeDelta = TimeDelta::minutes(5);

/// A key that somebody has, and the nonce for which it was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Possession {
    /// The `did:key` or `did:jwk` by which a credential names its holder.
    pub holder: String,
    pub nonce: Option<String>,
}

/// Reads a proof made for an issuer now; `None` where it is none.
pub fn possession(proof: &str, issuer: &str, now: DateTime<Utc>) -> Option<Possession> {
    let (message, signature) = proof.rsplit_once('.').filter(|_| proof.len() <= BYTES_MAX)?;
    let (header, claims) = message.split_once('.')?;
    let object = |part: &str| -> Option<Map<String, Value>> { serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok() };
    let (header, claims) = (object(header)?, object(claims)?);
    let text = |name: &str| header.get(name).and_then(Value::as_str);
    if text("typ") != Some("openid4vci-proof+jwt") || header.contains_key("crit") {
        return None;
    }
    let (holder, key) = match (header.get("jwk"), text("kid")) {
        (Some(jwk), None) if jwk.get("d").is_none() => {
            let key = PublicKey::from_jwk(jwk)?;
            (format!("did:key:{}", key.to_multibase()?), key)
        }
        (None, Some(kid)) => {
            let did = kid.split('#').next()?;
            (did.to_owned(), super::keys::key_in(did)??)
        }
        _ => return None,
    };
    let for_issuer = match claims.get("aud")? {
        Value::String(audience) => audience == issuer,
        Value::Array(audiences) => audiences.iter().any(|audience| audience == issuer),
        _ => false,
    };
    let made = DateTime::from_timestamp(claims.get("iat")?.as_i64()?, 0)?;
    let is_fresh = (made - now).abs() <= AGE_MAX;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
    let fits = key.is_for(text("alg")?) && key.verifies(message.as_bytes(), &signature);
    (for_issuer && is_fresh && fits).then(|| Possession {
        holder,
        nonce: claims.get("nonce").and_then(Value::as_str).map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{signer, token};
    use super::*;

    #[test]
    fn a_proof_is_for_one_issuer_and_one_moment_by_the_key_that_it_names() {
        let (own, other) = (signer(7), signer(8));
        let issuer = "https://bank.example";
        let now: DateTime<Utc> = "2026-11-25T08:00:00Z".parse().unwrap();
        let x = |signer: &super::super::tests::Signer| {
            use aws_lc_rs::signature::KeyPair;
            BASE64_URL_SAFE_NO_PAD.encode(signer.pair.public_key())
        };
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x(&own) });
        let header = json!({ "alg": "EdDSA", "typ": "openid4vci-proof+jwt", "jwk": jwk });
        let claims = json!({ "aud": issuer, "iat": now.timestamp(), "nonce": "n" });
        let read = |header: &Value, claims: &Value| {
            let proof = token(header, claims, |message| own.pair.sign(message).as_ref().to_vec());
            possession(&proof, issuer, now)
        };
        let expected = Possession {
            holder: own.did.clone(),
            nonce: Some("n".to_owned()),
        };
        assert_eq!(read(&header, &claims), Some(expected.clone()));
        let with = |value: &Value, name: &str, change: Value| {
            let mut changed = value.clone();
            changed[name] = change;
            changed
        };
        let named = json!({ "alg": "EdDSA", "typ": "openid4vci-proof+jwt", "kid": format!("{}#{}", own.did, own.did.trim_start_matches("did:key:")) });
        assert_eq!(read(&named, &claims), Some(expected));
        assert!(read(&header, &with(&claims, "aud", json!(["https://other.example", issuer]))).is_some());
        for (header, claims) in [
            (with(&header, "typ", json!("JWT")), claims.clone()),
            (with(&header, "alg", json!("none")), claims.clone()),
            (with(&header, "alg", json!("ES256")), claims.clone()),
            (with(&header, "crit", json!(["b64"])), claims.clone()),
            (with(&header, "kid", json!(own.did)), claims.clone()),
            (with(&header["jwk"], "d", json!("AAAA")), claims.clone()),
            (
                with(&header, "jwk", json!({ "kty": "OKP", "crv": "Ed25519", "x": x(&other) })),
                claims.clone(),
            ),
            (header.clone(), with(&claims, "aud", json!("https://other.example"))),
            (header.clone(), with(&claims, "iat", json!(now.timestamp() - 301))),
            (header.clone(), with(&claims, "iat", json!(now.timestamp() + 301))),
            (header.clone(), json!({ "aud": issuer })),
            (header.clone(), json!({ "iat": now.timestamp() })),
        ] {
            assert_eq!(read(&header, &claims), None, "{header} {claims}");
        }
        assert_eq!(possession("a.b.c", issuer, now), None);
    }
}
