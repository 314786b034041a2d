//! Public keys of issuers: by `did:key`, in which the key is the name, and as they were registered.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::{Value, json};

use super::refusal::Refusal;

/// A public key that credentials are signed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// EdDSA, of 32 bytes.
    Ed25519(Vec<u8>),
    /// ES256: a point of P-256, compressed or not.
    P256(Vec<u8>),
}

/// Longer texts are no keys.
const KEY_CHARACTERS_MAX: usize = 200;

impl PublicKey {
    /// Reads a multibase key as `did:key` and Multikey write it (`z6Mk...`, `zDn...`).
    pub fn from_multibase(text: &str) -> Option<Self> {
        let text = text.strip_prefix('z').filter(|text| text.len() <= KEY_CHARACTERS_MAX)?;
        let bytes = bs58::decode(text).into_vec().ok()?;
        match bytes.as_slice() {
            [0xED, 0x01, key @ ..] if key.len() == 32 => Some(Self::Ed25519(key.to_vec())),
            [0x80, 0x24, key @ ..] if key.len() == 33 => Some(Self::P256(key.to_vec())),
            _ => None,
        }
    }

    /// The key as `did:key` and Multikey write it.
    pub fn to_multibase(&self) -> String {
        let bytes = match self {
            Self::Ed25519(key) => [&[0xED, 0x01], key.as_slice()].concat(),
            Self::P256(point) => [&[0x80, 0x24], compressed(point).as_slice()].concat(),
        };
        format!("z{}", bs58::encode(bytes).into_string())
    }

    /// The key as a JSON Web Key; `None` for a compressed point, of which one half would have to be worked out.
    pub fn to_jwk(&self) -> Option<Value> {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Ed25519(key) => Some(json!({ "kty": "OKP", "crv": "Ed25519", "x": text(key) })),
            Self::P256(point) => {
                let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
                Some(json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) }))
            }
        }
    }

    /// Reads a JSON Web Key (RFC 7517) of Ed25519 or P-256.
    pub fn from_jwk(key: &Value) -> Option<Self> {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let bytes = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(text(name)?).ok().filter(|bytes| bytes.len() == 32);
        match (text("kty")?, text("crv")?) {
            ("OKP", "Ed25519") => Some(Self::Ed25519(bytes("x")?)),
            ("EC", "P-256") => Some(Self::P256([vec![4], bytes("x")?, bytes("y")?].concat())),
            _ => None,
        }
    }

    /// Whether a signature fits a message.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok(),
            Self::P256(key) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
                .verify(message, signature)
                .is_ok(),
        }
    }
}

/// A point with one half of it left out, which follows from the sign of it.
fn compressed(point: &[u8]) -> Vec<u8> {
    match point.strip_prefix(&[4]).and_then(|halves| halves.split_at_checked(32)) {
        Some((x, y)) => [&[2 + (y.last().copied().unwrap_or_default() & 1)], x].concat(),
        None => point.to_vec(),
    }
}

/// The issuers whose keys were registered, by their ids; those who are named by their key need no registration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Issuers(BTreeMap<String, Vec<PublicKey>>);

impl Issuers {
    /// Adds a key of an issuer.
    pub fn register(&mut self, issuer: impl Into<String>, key: PublicKey) {
        self.0.entry(issuer.into()).or_default().push(key);
    }

    /// The keys of an issuer.
    ///
    /// # Errors
    /// Where none is known.
    pub(super) fn keys_of(&self, issuer: &str) -> Result<Vec<PublicKey>, Refusal> {
        if let Some(keys) = self.0.get(issuer) {
            return Ok(keys.clone());
        }
        let issuer_shown = issuer.chars().take(120).collect::<String>();
        match issuer.strip_prefix("did:key:") {
            Some(key) => PublicKey::from_multibase(key)
                .map(|key| vec![key])
                .ok_or(Refusal::IssuerUnknown { issuer: issuer_shown }),
            None if issuer.starts_with("did:web:") => Err(Refusal::IssuerNeedsNetwork { issuer: issuer_shown }),
            None => Err(Refusal::IssuerUnknown { issuer: issuer_shown }),
        }
    }
}
