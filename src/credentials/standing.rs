//! What an issuer says of a credential since: Bitstring Status List 1.0 of W3C. A list is a credential of the same issuer, and is
//! verified as one.

use serde_json::{Map, Value};

use super::dates::When;
use super::parts::{all, has_type};
use super::plain::examine_plain;
use super::refusal::{Note, Refusal, shown};
use super::sources::Sources;
use super::status::StatusBits;

/// So many statuses one credential may have.
const ENTRIES_MAX: usize = 8;

/// What is said of a credential.
pub(super) fn check(credential: &Map<String, Value>, issuer: &str, sources: &dyn Sources, when: When) -> Result<Note, Refusal> {
    let entries = credential.get("credentialStatus").map(all).unwrap_or_default();
    if entries.is_empty() {
        return Ok(Note::NoStatus {});
    }
    if entries.len() > ENTRIES_MAX {
        return Err(Refusal::TooComplex {});
    }
    let (mut unknown, mut message, mut suspended) = (None, None, false);
    for entry in entries {
        match look(entry, issuer, sources, when) {
            Ok(Said::Nothing) => {}
            Ok(Said::Revoked) => return Err(Refusal::Revoked {}),
            Ok(Said::Suspended) => suspended = true,
            Ok(Said::Message(said)) => message = Some(said),
            Err(refusal) => unknown = unknown.or(Some(refusal)),
        }
    }
    match (suspended, unknown, message) {
        (true, ..) => Err(Refusal::Suspended {}),
        (false, Some(refusal), _) => Err(refusal),
        (false, None, Some(message)) => Ok(Note::Message { message }),
        (false, None, None) => Ok(Note::NotRevoked {}),
    }
}

enum Said {
    Nothing,
    Revoked,
    Suspended,
    Message(String),
}

fn look(entry: &Value, issuer: &str, sources: &dyn Sources, when: When) -> Result<Said, Refusal> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let wrong = |part: &str| Refusal::StatusListWrong { part: part.to_owned() };
    if !entry.as_object().is_some_and(|entry| has_type(entry, "BitstringStatusListEntry")) {
        return Err(Refusal::StatusUnknown { what: shown(text("type")) });
    }
    let purpose = text("statusPurpose");
    if !matches!(purpose, "revocation" | "suspension" | "message") {
        return Err(Refusal::StatusUnknown { what: shown(purpose) });
    }
    let index: u32 = text("statusListIndex").parse().map_err(|_| wrong("statusListIndex"))?;
    let size = match entry.get("statusSize") {
        None => 1,
        Some(size) => size
            .as_u64()
            .and_then(|size| u32::try_from(size).ok())
            .filter(|size| (1..=8).contains(size))
            .ok_or_else(|| wrong("statusSize"))?,
    };
    let list = sources.status_list(text("statusListCredential"))?;
    let bits = bits_of(&list, issuer, purpose, sources, when)?;
    let value = value_at(&bits, index, size).ok_or_else(|| wrong("statusListIndex"))?;
    Ok(match (purpose, value) {
        (_, 0) if purpose != "message" => Said::Nothing,
        ("revocation", _) => Said::Revoked,
        ("suspension", _) => Said::Suspended,
        (_, value) => message_of(entry, value).map_or(Said::Nothing, Said::Message),
    })
}

/// What a value means, by the credential's own table.
fn message_of(entry: &Value, value: u8) -> Option<String> {
    let messages = entry.get("statusMessage").map(all).unwrap_or_default();
    let found = messages.into_iter().find(|message| {
        let status = message
            .get("status")
            .and_then(Value::as_str)
            .and_then(|status| status.strip_prefix("0x"));
        status.and_then(|status| u8::from_str_radix(status, 16).ok()) == Some(value)
    })?;
    found.get("message").and_then(Value::as_str).map(shown)
}

/// The bits of a list that is this issuer's, for this purpose, and valid.
fn bits_of(list: &Value, issuer: &str, purpose: &str, sources: &dyn Sources, when: When) -> Result<StatusBits, Refusal> {
    let wrong = |part: &str| Refusal::StatusListWrong { part: part.to_owned() };
    let examined = examine_plain(list, sources, when);
    if let Some(refusal) = examined.before_status() {
        return Err(wrong(refusal.code()));
    }
    let Some(credential) = examined
        .credential
        .filter(|credential| has_type(credential, "BitstringStatusListCredential"))
    else {
        return Err(wrong("type"));
    };
    if examined.issuer.as_deref() != Some(issuer) {
        return Err(wrong("issuer"));
    }
    let subject = credential.get("credentialSubject").and_then(Value::as_object);
    let subject = subject
        .filter(|subject| has_type(subject, "BitstringStatusList"))
        .ok_or_else(|| wrong("credentialSubject"))?;
    let purposes = subject.get("statusPurpose").map(all).unwrap_or_default();
    if !purposes.into_iter().any(|own| own == purpose) {
        return Err(wrong("statusPurpose"));
    }
    let encoded = subject.get("encodedList").and_then(Value::as_str);
    encoded.and_then(StatusBits::decode).ok_or_else(|| wrong("encodedList"))
}

/// The value of some bits, the first of which is the highest.
fn value_at(bits: &StatusBits, index: u32, size: u32) -> Option<u8> {
    let first = index.checked_mul(size)?;
    (first..first.checked_add(size)?).try_fold(0_u8, |value, place| Some((value << 1) | u8::from(bits.get(place)?)))
}
