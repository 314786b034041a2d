//! Signing by Ed25519: a proof `eddsa-rdfc-2022` in the document (W3C, Data Integrity EdDSA Cryptosuites 1.0, 3.2.1), or a
//! compact JWT around it (W3C, Securing Verifiable Credentials using JOSE; Open Badges 3.0, 8.2.4).
//!
//! Nothing is signed that would not be verified: a proof is made only of documents whose every value it covers. A token covers its
//! bytes, whatever they say.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::canonical::digest;
use super::integrity::SUITE;
use super::keys::PublicKey;
use super::parts::issuer_of;
use super::refusal::Refusal;

/// What a seed of a key consists of.
pub const SEED_BYTES: usize = 32;

/// What a key is called where it stands as a JSON Web Key, as tokens have it. Of two forms of one key each has a name of its own,
/// and verifiers of tokens look for the one that they know.
pub(super) fn jwk_fragment(fragment: &str) -> String {
    format!("{fragment}-jwk")
}

/// An issuer's key pair, and the name by which a signature says whose it is.
pub struct Signer {
    pair: Ed25519KeyPair,
    issuer: String,
    method: String,
    token_method: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Signer({})", self.method)
    }
}

impl Signer {
    /// The key that is made of a seed, for an issuer with an id of its own (`did:web:...`), in whose document it stands as
    /// `fragment`, and with `-jwk` behind it where it stands as a JSON Web Key (see [`super::did::document`]); `None` where the seed makes no key.
    pub fn new(seed: &[u8; SEED_BYTES], issuer: &str, fragment: &str) -> Option<Self> {
        Some(Self {
            pair: Ed25519KeyPair::from_seed_unchecked(seed).ok()?,
            issuer: issuer.to_owned(),
            method: format!("{issuer}#{fragment}"),
            token_method: format!("{issuer}#{}", jwk_fragment(fragment)),
        })
    }

    /// The key of an issuer who is named by it (`did:key`).
    pub fn of_did_key(seed: &[u8; SEED_BYTES]) -> Option<Self> {
        let named = Self::new(seed, "", "")?.public_key().to_multibase()?;
        let signer = Self::new(seed, &format!("did:key:{named}"), &named)?;
        Some(Self {
            token_method: signer.method.clone(),
            ..signer
        })
    }

    /// Who signs.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The key's own name, as proofs have it: the issuer's, `#` and the fragment.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// What others verify by.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::Ed25519(self.pair.public_key().as_ref().to_vec())
    }

    /// The document with a proof in it.
    ///
    /// # Errors
    /// Where the issuer is another, there is a proof already, or the signature would not cover all of it.
    pub fn secure(&self, mut document: Map<String, Value>, now: DateTime<Utc>) -> Result<Map<String, Value>, Refusal> {
        self.own(&document)?;
        let mut proof = Map::from_iter([
            ("type".to_owned(), json!("DataIntegrityProof")),
            ("cryptosuite".to_owned(), json!(SUITE)),
            ("created".to_owned(), json!(now.to_rfc3339_opts(SecondsFormat::Secs, true))),
            ("verificationMethod".to_owned(), json!(self.method)),
            ("proofPurpose".to_owned(), json!("assertionMethod")),
        ]);
        let mut configuration = proof.clone();
        configuration.insert("@context".to_owned(), document.get("@context").cloned().unwrap_or_default());
        let message = [digest(&configuration)?, digest(&document)?].concat();
        let signature = bs58::encode(self.pair.sign(&message)).into_string();
        proof.insert("proofValue".to_owned(), Value::String(format!("z{signature}")));
        document.insert("proof".to_owned(), Value::Object(proof));
        Ok(document)
    }

    /// The document as a compact JWT, which covers every byte of it. The claims that Open Badges asks for say what the document says.
    ///
    /// # Errors
    /// Where the issuer is another, there is a proof already, or a moment is none.
    pub fn token(&self, document: &Map<String, Value>) -> Result<String, Refusal> {
        self.own(document)?;
        let mut claims = document.clone();
        claims.insert("iss".to_owned(), json!(self.issuer));
        for (claim, said) in [("jti", document.get("id")), ("sub", subject_id(document))] {
            if let Some(said) = said {
                claims.insert(claim.to_owned(), said.clone());
            }
        }
        for (claim, name) in [("nbf", "validFrom"), ("exp", "validUntil")] {
            if let Some(moment) = document.get(name) {
                claims.insert(claim.to_owned(), json!(seconds(moment).ok_or_else(|| not_a_credential(name))?));
            }
        }
        let header = json!({ "alg": "EdDSA", "kid": self.token_method, "typ": "vc+jwt", "cty": "vc" });
        let part = |text: String| BASE64_URL_SAFE_NO_PAD.encode(text);
        let signed = format!("{}.{}", part(header.to_string()), part(Value::Object(claims).to_string()));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()));
        Ok(format!("{signed}.{signature}"))
    }

    /// Whether a document is this issuer's, and not signed yet.
    fn own(&self, document: &Map<String, Value>) -> Result<(), Refusal> {
        if issuer_of(document) != Some(self.issuer.as_str()) {
            return Err(Refusal::KeyOfAnother {});
        }
        if document.contains_key("proof") {
            return Err(not_a_credential("proof"));
        }
        Ok(())
    }
}

fn subject_id(document: &Map<String, Value>) -> Option<&Value> {
    document.get("credentialSubject")?.get("id")
}

fn seconds(moment: &Value) -> Option<i64> {
    Some(DateTime::parse_from_rfc3339(moment.as_str()?).ok()?.timestamp())
}

fn not_a_credential(part: &str) -> Refusal {
    Refusal::NotACredential { part: part.to_owned() }
}
