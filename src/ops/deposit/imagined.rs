//! What a dry run has imagined so far, so that the later slices of a file see what the earlier ones would bring. It is kept
//! small: some hundred bytes for each new person and each certificate of the file.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::plan::Plan;
use super::prepare::Prepared;
use crate::domain::hours::Hours;
use crate::domain::movement::ChainHead;
use crate::domain::outcome::OutcomeStatus;
use crate::domain::rejection::Rejection;
use crate::store::deposits::{LearnerRow, OutcomeRow};
use crate::store::types::{At, Key};

/// An index or a digest, of which the first half tells things apart well enough for one file.
type Half = [u8; 16];

fn half(bytes: &[u8]) -> Half {
    bytes.first_chunk().copied().unwrap_or_default()
}

struct ImaginedPerson {
    learner_id: Uuid,
    name_key: Box<[u8]>,
}

struct ImaginedCertificate {
    learner_id: Uuid,
    outcome_id: Uuid,
    institution_id: Uuid,
    achievement_id: Uuid,
    awarded_on: NaiveDate,
    hours: Option<Hours>,
    digest: [u8; 32],
}

/// What a dry run has imagined so far.
#[derive(Default)]
pub struct Imagined {
    people: HashMap<Half, ImaginedPerson>,
    certificates: HashMap<Half, ImaginedCertificate>,
}

fn certificate_key(number: &str, issuer_key: &str) -> Half {
    half(&Sha256::digest(format!("{number}\0{issuer_key}")))
}

impl Imagined {
    /// Lets a slice see what earlier ones would bring to it.
    pub(super) fn lend(&self, plan: &mut Plan, prepared: &[Result<Prepared, Rejection>]) {
        for one in prepared.iter().flatten() {
            if let Some(person) = self.people.get(&half(&one.document_index)) {
                plan.meet_imagined(&one.document_index, person.row(one));
            }
            for issuer_key in plan.issuer_keys(&one.content.achievement) {
                let Some(number) = &one.content.certificate_number else { continue };
                if let Some(certificate) = self.certificates.get(&certificate_key(number, &issuer_key)) {
                    plan.hold_imagined(number, &issuer_key, certificate.row(number, &issuer_key, one));
                }
            }
        }
    }

    /// Keeps what a slice would bring.
    pub(super) fn learn(&mut self, plan: &Plan) {
        for (document_index, learner_id, name_key) in plan.opened() {
            let person = ImaginedPerson {
                learner_id,
                name_key: name_key.into(),
            };
            self.people.insert(half(document_index), person);
        }
        for outcome in plan.outcomes() {
            let Some(number) = &outcome.certificate_number else { continue };
            let certificate = ImaginedCertificate {
                learner_id: outcome.learner_id.0,
                outcome_id: outcome.outcome_id.0,
                institution_id: outcome.institution_id.0,
                achievement_id: outcome.achievement_id.0,
                awarded_on: outcome.awarded_on,
                hours: outcome.hours_hundredths.and_then(|hours| Hours::from_hundredths(hours).ok()),
                digest: outcome.content_digest.as_slice().try_into().unwrap_or_default(),
            };
            self.certificates
                .insert(certificate_key(number, &outcome.issuer_key), certificate);
        }
    }
}

impl ImaginedPerson {
    /// The account that would be there by then.
    fn row(&self, prepared: &Prepared) -> LearnerRow {
        LearnerRow {
            learner_id: Key(self.learner_id),
            account_number: String::new(),
            document_kind: prepared.document.kind().as_str().to_owned(),
            document_sealed: Vec::new(),
            name_sealed: Vec::new(),
            name_key: self.name_key.to_vec(),
            user_id: None,
            opened_by: Key(Uuid::nil()),
            opened_at: At(DateTime::<Utc>::UNIX_EPOCH),
            head_sequence: 0,
            head_hash: ChainHead::genesis(self.learner_id).hash.to_vec(),
            available_hundredths: 0,
            merged_into: None,
        }
    }
}

impl ImaginedCertificate {
    /// The outcome that would be there by then. What is not kept of it is taken to be as in the row that meets it: where that
    /// is not so the digests differ, and the deposit itself says in what.
    fn row(&self, number: &str, issuer_key: &str, met_by: &Prepared) -> OutcomeRow {
        let content = &met_by.content;
        OutcomeRow {
            learner_id: Key(self.learner_id),
            outcome_id: Key(self.outcome_id),
            institution_id: Key(self.institution_id),
            achievement_id: Key(self.achievement_id),
            certificate_number: Some(number.to_owned()),
            issuer_key: issuer_key.to_owned(),
            awarded_on: self.awarded_on,
            grade: content.grade.clone(),
            grading_scale: content.grading_scale.clone(),
            // The likeliest difference, and the one that a name of a field helps with.
            score: None,
            hours_hundredths: self.hours.map(Hours::hundredths),
            original_credits: content.credits.clone(),
            trainee_group: content.trainee_group.map(|group| group.as_str().to_owned()),
            contest: None,
            content_digest: self.digest.to_vec(),
            status: OutcomeStatus::Accepted.as_str().to_owned(),
            flags: String::new(),
            deposited_by: String::new(),
            deposited_at: At(DateTime::<Utc>::UNIX_EPOCH),
            reviewed_at: None,
            review_reason: None,
            ended_at: None,
            ended_by: None,
            corrected_by: None,
            replaces: None,
            left_by: None,
        }
    }
}
