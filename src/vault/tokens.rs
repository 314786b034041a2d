//! Access tokens: JWTs by RFC 9068 (`at+jwt`), ES256, with the key's id.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::key_ring::KeyRing;

/// The claims of an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    pub iss: String,
    pub aud: String,
    /// The user, or the client itself.
    pub sub: Uuid,
    pub client_id: String,
    pub jti: Uuid,
    /// Seconds since 1970.
    pub iat: i64,
    pub exp: i64,
    /// The log-in that it belongs to; absent for clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

struct Key {
    key_id: String,
    public_x: String,
    public_y: String,
    decoding: DecodingKey,
}

/// Signs and verifies access tokens of one issuer.
pub struct Tokens {
    issuer: String,
    keys: Vec<Key>,
    present: String,
    encoding: EncodingKey,
    pair: EcdsaKeyPair,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Tokens({}, {} keys)", self.issuer, self.keys.len())
    }
}

impl Tokens {
    /// Takes the signing keys of a ring; `None` when one is damaged.
    pub fn new(ring: &KeyRing, issuer: &str) -> Option<Self> {
        let mut keys = Vec::new();
        let mut present = None;
        for key in ring.signing_keys() {
            let pkcs8 = key.pkcs8()?;
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).ok()?;
            // An uncompressed point: 4, then 32 bytes each of x and y.
            let (x, y) = pair.public_key().as_ref().strip_prefix(&[4])?.split_at_checked(32)?;
            let (public_x, public_y) = (BASE64_URL_SAFE_NO_PAD.encode(x), BASE64_URL_SAFE_NO_PAD.encode(y));
            let decoding = DecodingKey::from_ec_components(&public_x, &public_y).ok()?;
            if !key.retired {
                present = Some((key.key_id.clone(), EncodingKey::from_ec_der(&pkcs8), pair));
            }
            keys.push(Key {
                key_id: key.key_id.clone(),
                public_x,
                public_y,
                decoding,
            });
        }
        let (present, encoding, pair) = present?;
        Some(Self {
            issuer: issuer.to_owned(),
            keys,
            present,
            encoding,
            pair,
        })
    }

    /// The issuer, which is also the audience.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Signs with the present key; `None` when the library refuses.
    pub fn sign(&self, claims: &AccessClaims) -> Option<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(self.present.clone());
        jsonwebtoken::encode(&header, claims, &self.encoding).ok()
    }

    /// Signs the XML of an export with the present key, by ECDSA with SHA-256: both numbers, 32 bytes each. Nothing else that the key
    /// signs begins as XML does, so that neither can stand for the other.
    pub fn sign_xml(&self, xml: &[u8]) -> Option<Vec<u8>> {
        let is_xml = xml.first() == Some(&b'<');
        let random = aws_lc_rs::rand::SystemRandom::new();
        let signature = is_xml.then(|| self.pair.sign(&random, xml).ok()).flatten()?;
        Some(signature.as_ref().to_vec())
    }

    /// The present key's id, and its public point, uncompressed.
    pub fn present_key(&self) -> (&str, &[u8]) {
        (&self.present, self.pair.public_key().as_ref())
    }

    /// Verifies type, algorithm, key, signature, issuer, audience and expiry; no key is taken from the header.
    pub fn verify(&self, token: &str, now_seconds: i64) -> Option<AccessClaims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.alg != Algorithm::ES256 || header.typ.as_deref() != Some("at+jwt") {
            return None;
        }
        let key = self.keys.iter().find(|key| header.kid.as_deref() == Some(key.key_id.as_str()))?;
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.issuer]);
        // The moment comes in as an argument, so expiry is judged here and not by the library's clock.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<AccessClaims>(token, &key.decoding, &validation).ok()?.claims;
        (claims.exp > now_seconds).then_some(claims)
    }

    /// The public keys (RFC 7517), retired ones included.
    pub fn key_set(&self) -> serde_json::Value {
        let keys: Vec<_> = self
            .keys
            .iter()
            .map(|key| {
                serde_json::json!({
                    "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256",
                    "kid": key.key_id, "x": key.public_x, "y": key.public_y,
                })
            })
            .collect();
        serde_json::json!({ "keys": keys })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> AccessClaims {
        AccessClaims {
            iss: "http://bank".into(),
            aud: "http://bank".into(),
            sub: Uuid::from_u128(1),
            client_id: "bank".into(),
            jti: Uuid::from_u128(2),
            iat: 1000,
            exp: 1600,
            sid: Some(Uuid::from_u128(3)),
            scope: None,
        }
    }

    #[test]
    fn xml_is_signed_by_the_key_that_the_key_set_names_and_nothing_else_is() {
        let tokens = Tokens::new(&KeyRing::generate().unwrap(), "http://bank").unwrap();
        let (key_id, public) = tokens.present_key();
        let signature = tokens.sign_xml(b"<a></a>").unwrap();
        let verifier = aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED, public);
        verifier.verify(b"<a></a>", &signature).unwrap();
        let named = &tokens.key_set()["keys"][0];
        assert_eq!((named["kid"].as_str().unwrap(), public.len()), (key_id, 65));
        assert_eq!(named["x"].as_str().unwrap(), BASE64_URL_SAFE_NO_PAD.encode(&public[1..33]));
        assert_eq!(tokens.sign_xml(b"eyJhbGciOiJFUzI1NiJ9.e30"), None, "that would be a token");
    }

    #[test]
    fn tokens_verify_until_they_expire_and_after_a_rotation() {
        let mut ring = KeyRing::generate().unwrap();
        let token = Tokens::new(&ring, "http://bank").unwrap().sign(&claims()).unwrap();
        ring.rotate_signing().unwrap();
        let tokens = Tokens::new(&ring, "http://bank").unwrap();
        assert_eq!(tokens.verify(&token, 1599), Some(claims()));
        assert_eq!(tokens.verify(&token, 1600), None);
        assert_eq!(tokens.key_set()["keys"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn forged_tokens_are_refused() {
        let ring = KeyRing::generate().unwrap();
        let tokens = Tokens::new(&ring, "http://bank").unwrap();
        let good = tokens.sign(&claims()).unwrap();
        let parts: Vec<&str> = good.split('.').collect();
        let header = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let kid = &tokens.present;
        let confused = {
            let mut head = Header::new(Algorithm::HS256);
            head.typ = Some("at+jwt".into());
            head.kid = Some(kid.clone());
            jsonwebtoken::encode(&head, &claims(), &EncodingKey::from_secret(tokens.keys[0].public_x.as_bytes())).unwrap()
        };
        let untyped = {
            let mut head = Header::new(Algorithm::ES256);
            head.kid = Some(kid.clone());
            jsonwebtoken::encode(&head, &claims(), &tokens.encoding).unwrap()
        };
        let other_audience = tokens
            .sign(&AccessClaims {
                aud: "http://other".into(),
                ..claims()
            })
            .unwrap();
        let other_issuer = tokens
            .sign(&AccessClaims {
                iss: "http://other".into(),
                ..claims()
            })
            .unwrap();
        let other_bank = Tokens::new(&KeyRing::generate().unwrap(), "http://bank")
            .unwrap()
            .sign(&claims())
            .unwrap();
        let none = format!(
            "{}.{}.",
            header(&format!("{{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"{kid}\"}}")),
            parts[1]
        );
        let changed = format!("{}.{}.{}", parts[0], header("{\"sub\":\"x\"}"), parts[2]);
        for (what, token) in [
            ("confused", confused),
            ("untyped", untyped),
            ("audience", other_audience),
            ("issuer", other_issuer),
            ("other bank", other_bank),
            ("none", none),
            ("changed", changed),
            ("empty", String::new()),
        ] {
            assert_eq!(tokens.verify(&token, 1200), None, "{what}");
        }
        assert!(tokens.verify(&good, 1200).is_some());
    }
}
