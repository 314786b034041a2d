//! What an issuer says of a credential since: Bitstring Status List 1.0 of W3C. A list is a credential of the same issuer, and is
//! verified as one.

use std::io::Read;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use flate2::read::GzDecoder;
use serde_json::{Map, Value};

use super::dates::When;
use super::examine::{all, examine_plain, has_type};
use super::refusal::{Note, Refusal, shown};
use super::sources::Sources;

/// So many statuses one credential may have.
const ENTRIES_MAX: usize = 8;
/// A list has so many bits at least, so that a look at it does not tell whose credential is looked at.
const BITS_MIN: usize = 131_072;
/// A list is unfolded to so many bytes at most.
const BYTES_MAX: u64 = 4 << 20;

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
    let index: usize = text("statusListIndex").parse().map_err(|_| wrong("statusListIndex"))?;
    let size = match entry.get("statusSize") {
        None => 1,
        Some(size) => size
            .as_u64()
            .and_then(|size| usize::try_from(size).ok())
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
fn bits_of(list: &Value, issuer: &str, purpose: &str, sources: &dyn Sources, when: When) -> Result<Vec<u8>, Refusal> {
    let wrong = |part: &str| Refusal::StatusListWrong { part: part.to_owned() };
    let examined = examine_plain(list, sources, when);
    if let Some(refusal) = examined.refusals().next() {
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
    let encoded = subject
        .get("encodedList")
        .and_then(Value::as_str)
        .and_then(|text| text.strip_prefix('u'));
    unfolded(encoded.unwrap_or_default()).ok_or_else(|| wrong("encodedList"))
}

fn unfolded(encoded: &str) -> Option<Vec<u8>> {
    let packed = BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()?;
    let mut bits = Vec::new();
    GzDecoder::new(packed.as_slice()).take(BYTES_MAX + 1).read_to_end(&mut bits).ok()?;
    let lawful = u64::try_from(bits.len()).ok()? <= BYTES_MAX && bits.len() >= BITS_MIN / 8;
    lawful.then_some(bits)
}

/// The value of some bits; the first bit of a list is the highest of its first byte.
fn value_at(bits: &[u8], index: usize, size: usize) -> Option<u8> {
    let first = index.checked_mul(size)?;
    (first..first.checked_add(size)?).try_fold(0_u8, |value, place| {
        let byte = bits.get(place / 8)?;
        let bit = (byte >> (7 - place % 8)) & 1;
        Some((value << 1) | bit)
    })
}
