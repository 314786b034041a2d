//! What the looks at a credential share: what comes of a step, and how what is in it is read.

use serde_json::{Map, Value};

use super::refusal::{Note, Refusal};

/// What came of a step.
pub type Found = Result<Note, Refusal>;

/// Whether the issuer's key made the signature.
pub(super) struct Signed {
    pub(super) key: Found,
    pub(super) proof: Found,
}

impl Signed {
    /// The signature cannot be looked at, whatever the key.
    pub(super) fn without_key(proof: Refusal) -> Self {
        Self {
            key: Err(Refusal::KeyNotReached {}),
            proof: Err(proof),
        }
    }

    /// There is no key by which the signature could be looked at.
    pub(super) fn with_wrong_key(key: Refusal) -> Self {
        Self {
            key: Err(key),
            proof: Err(Refusal::ProofNeedsKey {}),
        }
    }
}

/// The id of who issued a credential.
pub(super) fn issuer_of(credential: &Map<String, Value>) -> Option<&str> {
    match credential.get("issuer")? {
        Value::String(issuer) => Some(issuer),
        Value::Object(issuer) => issuer.get("id")?.as_str(),
        _ => None,
    }
}

/// Whether something is of a type.
pub(super) fn has_type(thing: &Map<String, Value>, name: &str) -> bool {
    thing.get("type").map(all).unwrap_or_default().into_iter().any(|own| own == name)
}

/// All of them, be it one or a list.
pub(super) fn all(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        other => vec![other],
    }
}
