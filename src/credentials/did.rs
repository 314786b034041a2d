//! Issuers by their addresses (the method `did:web`), and the documents in which others find their keys.

use serde_json::{Value, json};

use super::keys::PublicKey;
use super::sign::jwk_fragment;

/// The `did:web` of whoever is reached at an address, below it by `segments`: the port is escaped, and each segment follows a
/// colon. `None` where the address is none.
pub fn did_web(address: &str, segments: &[&str]) -> Option<String> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let mut parts = rest.trim_end_matches('/').split('/');
    let host = parts.next().filter(|host| !host.is_empty())?.replace(':', "%3A");
    let named = parts.chain(segments.iter().copied());
    Some(named.fold(format!("did:web:{host}"), |did, segment| format!("{did}:{segment}")))
}

/// A key of an issuer, and what it is called in the issuer's document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedKey {
    pub fragment: String,
    pub key: PublicKey,
}

/// The document of an issuer (W3C, Controlled Identifiers 1.0). All keys may assert: a retired one signs no more, but what it
/// signed stays valid. Each stands there twice, as a Multikey and as a JSON Web Key, because verifiers know the one or the other.
pub fn document(did: &str, keys: &[NamedKey]) -> Value {
    let mut methods = Vec::new();
    for NamedKey { fragment, key } in keys {
        methods.push(json!({
            "id": format!("{did}#{fragment}"), "type": "Multikey", "controller": did, "publicKeyMultibase": key.to_multibase()
        }));
        if let Some(jwk) = key.to_jwk() {
            methods.push(json!({
                "id": format!("{did}#{}", jwk_fragment(fragment)), "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk
            }));
        }
    }
    let names: Vec<&Value> = methods.iter().filter_map(|method| method.get("id")).collect();
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1"],
        "id": did, "verificationMethod": methods, "assertionMethod": names
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_a_name_that_leads_back_to_it() {
        let cases: [(&str, &[&str], Option<&str>); 5] = [
            ("https://bank.example", &[], Some("did:web:bank.example")),
            ("http://127.0.0.1:8080", &[], Some("did:web:127.0.0.1%3A8080")),
            (
                "https://bank.example:8443/",
                &["institutions", "7"],
                Some("did:web:bank.example%3A8443:institutions:7"),
            ),
            ("https://city.example/bank", &[], Some("did:web:city.example:bank")),
            ("bank.example", &[], None),
        ];
        for (address, segments, expected) in cases {
            assert_eq!(did_web(address, segments).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn every_key_stands_in_both_forms_and_may_assert() {
        let key = PublicKey::Ed25519(vec![7; 32]);
        let keys = ["key-1", "key-2"].map(|fragment| NamedKey {
            fragment: fragment.to_owned(),
            key: key.clone(),
        });
        let document = document("did:web:bank.example", &keys);
        let methods = document["verificationMethod"].as_array().unwrap();
        let read: Vec<PublicKey> = methods
            .iter()
            .map(|method| match method["publicKeyMultibase"].as_str() {
                Some(text) => PublicKey::from_multibase(text).unwrap(),
                None => PublicKey::from_jwk(&method["publicKeyJwk"]).unwrap(),
            })
            .collect();
        assert_eq!(read, vec![key; 4]);
        assert_eq!(
            document["assertionMethod"],
            json!([
                "did:web:bank.example#key-1",
                "did:web:bank.example#key-1-jwk",
                "did:web:bank.example#key-2",
                "did:web:bank.example#key-2-jwk"
            ])
        );
    }
}
