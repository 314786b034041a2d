//! Open Badges 3.0 and Comprehensive Learner Records 2.0, as JSON with a proof or as compact JWTs; each is verified first. A
//! record tells one outcome for every credential in it, and each of those is verified by itself, because the record's own proof
//! would still hold if two of them had swapped their grades.
//!
//! Who it is: an identifier of the subject of the type `nationalIdentityNumber`, or `ext:` and the word of a kind of document
//! (`ext:passport`); and one of the type `name`. The achievement's `humanCode`, or else its id, is its code; the licence number, or
//! else the credential's id, is the certificate number.

use serde_json::{Map, Value};

use super::{Adapter, Found, Frame, Told, record, refused};
use crate::credentials::{Issuers, Refusal, Verified, verify};
use crate::domain::language::Language;
use crate::intake::about::PassedOver;
use crate::intake::cell::Content;
use crate::intake::field::Field;
use crate::intake::json;
use crate::intake::problem::{CellProblem, Reason};

/// The property in which the bank gives a credential back, since one that is added to would no longer fit its signature.
pub(in crate::intake) const KEPT_IN: &str = "credential";

/// Whether a line is a compact JWT: three parts, of which the first begins as `{"` does.
pub(in crate::intake) fn looks_like_jwt(line: &str) -> bool {
    let line = line.trim().trim_matches('"');
    let mut parts = line.split('.');
    let lawful = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')))
    };
    line.starts_with("eyJ") && lawful(parts.next()) && lawful(parts.next()) && lawful(parts.next()) && parts.next().is_none()
}

/// Whether a record is a credential, or one that the bank gave back.
pub(in crate::intake) fn recognises(record: &Value) -> bool {
    let is_jwt = |value: &Value| value.as_str().is_some_and(looks_like_jwt);
    is_credential(record) || record.get(KEPT_IN).is_some_and(|kept| is_credential(kept) || is_jwt(kept))
}

fn is_credential(record: &Value) -> bool {
    let is = |value: &Value| value == "VerifiableCredential" || value == "EnvelopedVerifiableCredential";
    record
        .get("type")
        .is_some_and(|types| is(types) || types.as_array().is_some_and(|types| types.iter().any(is)))
}

/// Credentials.
pub(in crate::intake) struct OpenBadges {
    issuers: Issuers,
    frame: Frame,
}

impl OpenBadges {
    pub(in crate::intake) fn new(issuers: Issuers, frame: Frame) -> Self {
        Self { issuers, frame }
    }

    fn verified(&self, credential: &Value) -> Result<Verified, Refusal> {
        verify(credential, &self.issuers, self.frame.today)
    }

    fn badge(&self, verified: &Verified, subject_of_record: Option<&Value>, part: usize) -> Told {
        let credential = &verified.credential;
        let subject = credential.get("credentialSubject").map(first).unwrap_or(&Value::Null);
        let Some(achievement) = subject.get("achievement") else {
            return Err(vec![unfit("credentialSubject.achievement")]);
        };
        let text = |value: &'_ Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let own = |name: &str| credential.get(name).and_then(Value::as_str).map(str::to_owned);
        let mut found = Found::default();
        // In a record the person may be named by the record alone.
        let named = [Some(subject), subject_of_record].into_iter().flatten();
        let (kind, number, name) = named.map(identity).fold((None, None, None), |before, next| {
            (before.0.or(next.0), before.1.or(next.1), before.2.or(next.2))
        });
        if number.is_none() {
            return Err(vec![unfit("credentialSubject.identifier (nationalIdentityNumber, ext:passport …)")]);
        }
        found.put_text(Field::DocumentKind, "credentialSubject.identifier", kind.as_deref());
        found.put_text(Field::DocumentNumber, "credentialSubject.identifier", number.as_deref());
        found.put_text(Field::Name, "credentialSubject.identifier", name.as_deref());
        let code = text(achievement, "humanCode").or_else(|| text(achievement, "id"));
        found.put_text(Field::AchievementCode, "credentialSubject.achievement", code.as_deref());
        found.put_text(
            Field::AchievementName,
            "credentialSubject.achievement.name",
            text(achievement, "name").as_deref(),
        );
        let days = [
            ("awardedDate", own("awardedDate")),
            ("credentialSubject.activityEndDate", text(subject, "activityEndDate")),
            ("validFrom", own("validFrom")),
            ("issuanceDate", own("issuanceDate")),
        ];
        if let Some((column, day)) = days.into_iter().find(|(_, day)| day.is_some()) {
            found.put_text(Field::AwardedOn, column, day.as_deref());
        }
        let licence = text(subject, "licenseNumber");
        found.put_text(Field::CertificateNumber, "id", licence.or_else(|| own("id")).as_deref());
        if let Some(credits) = subject.get("creditsEarned") {
            found.put(Field::Credits, "credentialSubject.creditsEarned", json::cell_of(credits));
        }
        // Several results are of several kinds, of which nobody says which one counts.
        let results = subject.get("result").map(all).unwrap_or_default();
        if let [result] = results.as_slice() {
            found.put_text(Field::Score, "credentialSubject.result.value", text(result, "value").as_deref());
        }
        let mut outcome = found.tell(part, &self.frame)?;
        outcome.signed_by = Some(verified.issuer.clone());
        Ok(outcome)
    }

    fn record(&self, verified: &Verified) -> Vec<Told> {
        let subject = verified.credential.get("credentialSubject").map(first).unwrap_or(&Value::Null);
        let inner = subject.get("verifiableCredential").map(all).unwrap_or_default();
        let most = self.frame.limits.outcomes_per_row_max;
        if inner.len() > most {
            return vec![Err(vec![CellProblem::of_row(Reason::TooManyOutcomes { most })])];
        }
        if inner.is_empty() {
            return vec![Err(vec![CellProblem::of_row(Reason::NoOutcome {})])];
        }
        let told = inner
            .into_iter()
            .enumerate()
            .map(|(part, credential)| match self.verified(credential) {
                Ok(badge) => self.badge(&badge, Some(subject), part),
                Err(refusal) => Err(vec![refused_by(&refusal)]),
            });
        told.collect()
    }
}

/// The only one, or the first of several.
fn first(value: &Value) -> &Value {
    match value {
        Value::Array(values) => values.first().unwrap_or(value),
        other => other,
    }
}

/// All of them, be it one or a list.
fn all(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        other => vec![other],
    }
}

/// The kind and the number of a document, and the name, as far as identifiers of a subject tell them openly.
fn identity(subject: &Value) -> (Option<String>, Option<String>, Option<String>) {
    let (mut kind, mut number, mut name) = (None, None, None);
    for identifier in subject.get("identifier").map(all).unwrap_or_default() {
        let text = |name: &str| identifier.get(name).and_then(Value::as_str);
        let hashed = identifier
            .get("hashed")
            .is_some_and(|hashed| *hashed != Value::Bool(false) && hashed != "false");
        let (Some(sort), Some(value), false) = (text("identityType"), text("identityHash"), hashed) else {
            continue;
        };
        match sort.strip_prefix("ext:").unwrap_or(sort) {
            "name" => name = Some(value.to_owned()),
            "nationalIdentityNumber" => {
                kind = Some("resident_identity_card".to_owned());
                number = Some(value.to_owned());
            }
            other if sort.starts_with("ext:") && crate::intake::spoken::document_kind(other).is_ok() => {
                kind = Some(other.to_owned());
                number = Some(value.to_owned());
            }
            _ => {}
        }
    }
    (kind, number, name)
}

fn unfit(part: &str) -> CellProblem {
    CellProblem::of_row(Reason::CredentialUnfit {
        detail_chinese: part.to_owned(),
        detail_english: part.to_owned(),
    })
}

fn refused_by(refusal: &Refusal) -> CellProblem {
    CellProblem::of_row(Reason::CredentialRefused {
        detail_chinese: refusal.clause(Language::Chinese),
        detail_english: refusal.clause(Language::English),
    })
}

fn is_record(credential: &Map<String, Value>) -> bool {
    let types = credential.get("type").map(all).unwrap_or_default();
    types.iter().any(|one| *one == "ClrCredential")
}

impl Adapter for OpenBadges {
    fn tell(&mut self, content: &Content, _: &mut PassedOver) -> Option<Vec<Told>> {
        let text = record(content);
        let value = if looks_like_jwt(text) {
            Value::String(text.trim_matches('"').to_owned())
        } else {
            match json::parse(text, self.frame.limits.json_depth_max) {
                Ok(mut value) => value.get_mut(KEPT_IN).map(Value::take).unwrap_or(value),
                Err(reason) => return refused(CellProblem::of_row(reason)),
            }
        };
        Some(match self.verified(&value) {
            Ok(verified) if is_record(&verified.credential) => self.record(&verified),
            Ok(verified) => vec![self.badge(&verified, None, 0)],
            Err(refusal) => vec![Err(vec![refused_by(&refusal)])],
        })
    }
}
