//! A credential looked at by itself: nothing of its status, nor of what it holds.

use serde_json::{Map, Value};

use super::dates::{self, When};
use super::parts::{Found, Signed, has_type, issuer_of};
use super::refusal::{Note, Refusal};
use super::sources::Sources;
use super::{integrity, jwt};

/// How a secured credential in an object of JSON begins (W3C, Verifiable Credentials Data Model 2.0, 4.13.1).
const ENVELOPE: &str = "data:application/vc+jwt,";

/// What was found out about a credential.
#[derive(Debug, Clone, PartialEq)]
pub struct Examination {
    /// As it is, without its proof; nobody vouches for it unless key and proof are good.
    pub credential: Option<Map<String, Value>>,
    pub issuer: Option<String>,
    /// The cryptosuite, or the algorithm of the JWT.
    pub secured_by: Option<String>,
    /// In the order of the steps.
    pub found: [Found; 5],
    /// The credentials within, each by itself.
    pub held: Vec<Examination>,
}

impl Examination {
    fn unreadable(refusal: Refusal) -> Self {
        Self {
            credential: None,
            issuer: None,
            secured_by: None,
            found: [
                Err(refusal),
                Err(Refusal::ProofNotReached {}),
                Err(Refusal::KeyNotReached {}),
                Err(Refusal::DatesNotReached {}),
                Err(Refusal::StatusNotReached {}),
            ],
            held: Vec::new(),
        }
    }

    /// The first that stands against it, the status aside; what could not be reached because of something else, last.
    pub(super) fn before_status(&self) -> Option<&Refusal> {
        let not_reached = |refusal: &&Refusal| {
            matches!(
                refusal,
                Refusal::ProofNotReached {} | Refusal::ProofNeedsKey {} | Refusal::KeyNotReached {} | Refusal::DatesNotReached {}
            )
        };
        let [format, proof, key, dates, _] = &self.found;
        let against = || [format, proof, key, dates].into_iter().filter_map(|found| found.as_ref().err());
        against().find(|refusal| !not_reached(refusal)).or_else(|| against().next())
    }
}

/// Looks at a credential without asking for its status, nor at what it holds.
pub(super) fn examine_plain(presented: &Value, sources: &dyn Sources, when: When) -> Examination {
    let not = |part: &str| Examination::unreadable(Refusal::NotACredential { part: part.to_owned() });
    match presented {
        Value::String(token) => examine_token(token.trim(), sources, when),
        Value::Object(document) => {
            let id = document.get("id").and_then(Value::as_str);
            if let Some(token) = id.and_then(|id| id.strip_prefix(ENVELOPE)) {
                return examine_token(token, sources, when);
            }
            let Some(issuer) = issuer_of(document) else { return not("issuer") };
            match integrity::verify(document, issuer, sources) {
                Err(refusal) => Examination::unreadable(refusal),
                Ok(signed) => {
                    let mut credential = document.clone();
                    credential.remove("proof");
                    examined(
                        credential,
                        issuer.to_owned(),
                        integrity::SUITE.to_owned(),
                        signed,
                        (None, None),
                        when,
                    )
                }
            }
        }
        _ => not("JSON"),
    }
}

fn examine_token(token: &str, sources: &dyn Sources, when: When) -> Examination {
    match jwt::verify(token, sources) {
        Err(refusal) => Examination::unreadable(refusal),
        Ok(token) => examined(
            token.credential,
            token.issuer,
            token.algorithm,
            token.signed,
            (token.begins, token.expires),
            when,
        ),
    }
}

fn examined(
    credential: Map<String, Value>,
    issuer: String,
    secured_by: String,
    signed: Signed,
    (begins, expires): (Option<i64>, Option<i64>),
    when: When,
) -> Examination {
    let format = if has_type(&credential, "VerifiableCredential") {
        Ok(Note::Readable {
            what: kind_of(&credential),
        })
    } else {
        Err(Refusal::NotACredential { part: "type".to_owned() })
    };
    Examination {
        found: [
            format,
            signed.proof,
            signed.key,
            dates::check(&credential, begins, expires, when),
            Err(Refusal::StatusNotReached {}),
        ],
        credential: Some(credential),
        issuer: Some(issuer),
        secured_by: Some(secured_by),
        held: Vec::new(),
    }
}

/// What sort of credential it is, by its types.
fn kind_of(credential: &Map<String, Value>) -> &'static str {
    let kinds = [
        ("ClrCredential", "Comprehensive Learner Record 2.0"),
        ("OpenBadgeCredential", "Open Badges 3.0"),
        ("AchievementCredential", "Open Badges 3.0"),
        ("EndorsementCredential", "Open Badges 3.0"),
        ("BitstringStatusListCredential", "Bitstring Status List 1.0"),
    ];
    let found = kinds.into_iter().find(|(name, _)| has_type(credential, name));
    found.map_or("W3C Verifiable Credential", |(_, kind)| kind)
}
