//! Documents of `did:web`: where they are, and which keys of theirs sign credentials (W3C, Controlled Identifiers 1.0; did:web).

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::keys::PublicKey;
use super::refusal::{Refusal, shown};

/// So many keys of one document are looked at.
const METHODS_MAX: usize = 64;
const DID_CHARACTERS_MAX: usize = 300;

/// Where the document of a `did:web` is; `None` for what is no such id.
pub fn web_address(did: &str) -> Option<String> {
    let rest = did.strip_prefix("did:web:").filter(|_| did.len() <= DID_CHARACTERS_MAX)?;
    let lawful = |part: &str| {
        !part.is_empty() && part != "." && part != ".." && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._%".contains(&byte))
    };
    let mut parts = rest.split(':');
    // A port is written with its colon encoded; nothing else of a host may be.
    let host = parts.next().filter(|host| lawful(host))?.replace("%3A", ":").replace("%3a", ":");
    if host.contains('%') {
        return None;
    }
    let path: Vec<&str> = parts.collect();
    if !path.iter().all(|part| lawful(part)) {
        return None;
    }
    Some(if path.is_empty() {
        format!("https://{host}/.well-known/did.json")
    } else {
        format!("https://{host}/{}/did.json", path.join("/"))
    })
}

/// The keys by which a document lets credentials be signed; where a method is named, those of that name. A document whose id is
/// another says nothing of this one.
///
/// # Errors
/// `KeyNotListed`, or `KeyUnreachable` where it is no such document.
pub fn keys_of(document: &Value, did: &str, method: Option<&str>, now: DateTime<Utc>) -> Result<Vec<PublicKey>, Refusal> {
    if document.get("id").and_then(Value::as_str) != Some(did) {
        return Err(Refusal::KeyUnreachable { issuer: shown(did) });
    }
    let absolute = |id: &str| if id.starts_with('#') { format!("{did}{id}") } else { id.to_owned() };
    let list = |name: &str| document.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let described: Vec<&Value> = list("verificationMethod").iter().take(METHODS_MAX).collect();
    let id_of = |described: &Value| described.get("id").and_then(Value::as_str).map(absolute);
    let mut found = Vec::new();
    for listed in list("assertionMethod").iter().take(METHODS_MAX) {
        let (id, own) = match listed {
            Value::String(id) => {
                let id = absolute(id);
                let own = described.iter().copied().find(|one| id_of(one).as_deref() == Some(id.as_str()));
                (Some(id), own)
            }
            own => (id_of(own), Some(own)),
        };
        let wanted = method.is_none_or(|method| id.as_deref() == Some(method));
        if let Some(own) = own.filter(|own| wanted && is_good(own, did, now)) {
            found.extend(key_of(own));
        }
    }
    if found.is_empty() {
        return Err(Refusal::KeyNotListed {
            method: shown(method.unwrap_or(did)),
        });
    }
    Ok(found)
}

/// Whether a key is the document's own, and has not ended.
fn is_good(described: &Value, did: &str, now: DateTime<Utc>) -> bool {
    let own = described.get("controller").is_none_or(|controller| controller == did);
    let ended = |name: &str| match described.get(name) {
        None => false,
        Some(moment) => moment
            .as_str()
            .and_then(|text| text.parse::<DateTime<Utc>>().ok())
            .is_none_or(|moment| moment <= now),
    };
    own && !ended("revoked") && !ended("expires")
}

fn key_of(described: &Value) -> Option<PublicKey> {
    let multibase = described.get("publicKeyMultibase").and_then(Value::as_str);
    match multibase {
        Some(text) => PublicKey::from_multibase(text),
        None => PublicKey::from_jwk(described.get("publicKeyJwk")?),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_leads_to_one_place_or_nowhere() {
        let cases = [
            ("did:web:college.example", Some("https://college.example/.well-known/did.json")),
            (
                "did:web:college.example%3A8443:departments:music",
                Some("https://college.example:8443/departments/music/did.json"),
            ),
            ("did:web:", None),
            ("did:web:a%2Fb.example", None),
            ("did:web:user@college.example", None),
            ("did:web:college.example:..:other", None),
            ("did:web:college.example::x", None),
            ("did:web:college.example/other", None),
            ("did:web:college.example?x=y", None),
            ("did:key:z6Mk", None),
        ];
        for (did, address) in cases {
            assert_eq!(web_address(did).as_deref(), address, "{did}");
        }
    }

    #[test]
    fn only_keys_for_signing_credentials_that_have_not_ended_count() {
        let did = "did:web:college.example";
        let now = "2026-11-25T00:00:00Z".parse().unwrap();
        let key = |id: &str, more: Value| {
            let mut method = json!({ "id": id, "type": "Multikey", "controller": did,
                "publicKeyMultibase": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2" });
            method.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            method
        };
        let document = json!({ "id": did,
            "verificationMethod": [
                key("did:web:college.example#a", json!({})),
                key("#b", json!({})),
                key("#log-in", json!({})),
                key("#gone", json!({ "revoked": "2026-01-01T00:00:00Z" })),
                key("#over", json!({ "expires": "2026-11-25T00:00:00Z" })),
                key("#later", json!({ "expires": "2027-01-01T00:00:00Z" })),
                key("#other", json!({ "controller": "did:web:other.example" })),
            ],
            "authentication": ["#log-in"],
            "assertionMethod": ["did:web:college.example#a", "#b", "#gone", "#over", "#later", "#other", "#missing", key("#within", json!({}))] });
        let count = |method: Option<&str>| keys_of(&document, did, method, now).map(|keys| keys.len());
        assert_eq!(count(None), Ok(4));
        for good in ["a", "b", "later", "within"] {
            assert_eq!(count(Some(&format!("{did}#{good}"))), Ok(1), "{good}");
        }
        for bad in ["log-in", "gone", "over", "other", "missing", "never"] {
            assert!(
                matches!(count(Some(&format!("{did}#{bad}"))), Err(Refusal::KeyNotListed { .. })),
                "{bad}"
            );
        }
        assert!(matches!(
            keys_of(&document, "did:web:other.example", None, now),
            Err(Refusal::KeyUnreachable { .. })
        ));
    }
}
