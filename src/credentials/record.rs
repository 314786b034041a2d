//! A record, or a selection of it, as one credential (1EdTech, Comprehensive Learner Record 2.0, `ClrCredential`).

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::badge::{Profile, identity, moment, subject_id, urn};
use super::contexts::{CREDENTIALS, OPEN_BADGES, RECORDS};
use super::status::StatusEntry;

/// A learner's record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub id: Uuid,
    pub issuer: Profile,
    pub valid_from: DateTime<Utc>,
    /// As in [`super::badge::Badge`].
    pub holder: Option<String>,
    pub learner_name: String,
    /// The signed credentials of its outcomes, each of which can be taken out and shown alone.
    pub badges: Vec<Value>,
    pub status: StatusEntry,
}

impl Record {
    /// The credential, not signed yet. Whether it is the whole record is not said: the term that the standard has for it gets lost
    /// in some processors, and with it a part of what is signed.
    pub fn document(self) -> Map<String, Value> {
        Map::from_iter([
            // In the order in which the standard's schema asks for them.
            ("@context".to_owned(), json!([CREDENTIALS, RECORDS, OPEN_BADGES])),
            ("id".to_owned(), json!(urn(self.id))),
            ("type".to_owned(), json!(["VerifiableCredential", "ClrCredential"])),
            (
                "name".to_owned(),
                json!("学习成果与学分记录 Record of learning outcomes and credit"),
            ),
            ("issuer".to_owned(), self.issuer.document()),
            ("validFrom".to_owned(), moment(self.valid_from)),
            (
                "credentialSubject".to_owned(),
                json!({
                    "id": subject_id(self.id, self.holder.as_ref()), "type": ["ClrSubject"],
                    "identifier": identity(&self.learner_name), "verifiableCredential": self.badges
                }),
            ),
            ("credentialStatus".to_owned(), self.status.document()),
        ])
    }
}
