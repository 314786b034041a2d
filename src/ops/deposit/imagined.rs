//! What a dry run has imagined so far, so that the later slices of a file see what the earlier ones would bring. It is kept
//! small: some hundred bytes for each person and each certificate of the file.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::newcomers::{Half, Newcomers, half};
use super::plan::Plan;
use super::prepare::Prepared;
use crate::domain::doubles::{Fact, Standard};
use crate::domain::hours::Hours;
use crate::domain::movement::ChainHead;
use crate::domain::outcome::OutcomeStatus;
use crate::domain::rejection::Rejection;
use crate::store::deposits::{LearnerRow, OutcomeRow};
use crate::store::types::{At, Key};

/// A person of the file.
#[derive(Default)]
struct ImaginedPerson {
    /// The account that would be opened, with the key of its name.
    opened: Option<(Uuid, Half)>,
    facts: Vec<ImaginedFact>,
}

/// An outcome that would be brought. One file is of one institution.
struct ImaginedFact {
    institution_id: Uuid,
    standard: Arc<Standard>,
    awarded_on: NaiveDate,
    hours: Option<Hours>,
    /// What it says, where it has no certificate number.
    digest: Option<Half>,
}

struct ImaginedCertificate {
    learner_id: Uuid,
    achievement_id: Uuid,
    awarded_on: NaiveDate,
    hours: Option<Hours>,
    digest: Half,
}

/// What a dry run has imagined so far.
#[derive(Default)]
pub struct Imagined {
    /// By the index of the document.
    people: HashMap<Half, ImaginedPerson>,
    certificates: HashMap<Half, ImaginedCertificate>,
    /// Whose accounts would be opened.
    newcomers: Newcomers,
}

/// What a slice would bring of one outcome, for [`Imagined::learn`].
pub(super) struct Brings<'a> {
    pub(super) document_index: &'a [u8],
    pub(super) fact: Fact,
    pub(super) outcome: &'a OutcomeRow,
}

fn certificate_key(number: &str, issuer_key: &str) -> Half {
    half(&Sha256::digest(format!("{number}\0{issuer_key}")))
}

impl Imagined {
    /// Lets a slice see what earlier ones would bring to it.
    pub(super) fn lend(&self, plan: &mut Plan, prepared: &[Result<Prepared, Rejection>]) {
        for one in prepared.iter().flatten() {
            if let Some(person) = self.people.get(&half(&one.document_index)) {
                person.lend(plan, one);
            }
            if plan.learner_of(&one.document_index).is_none()
                && let Some(other) = self.newcomers.alike(one)
            {
                plan.doubles.lend_alike(&one.document_index, other);
            }
            let Some(number) = &one.content.certificate_number else { continue };
            for issuer_key in plan.issuer_keys(&one.content.achievement) {
                if let Some(certificate) = self.certificates.get(&certificate_key(number, &issuer_key)) {
                    plan.hold_imagined(number, &issuer_key, certificate.row(&issuer_key, one));
                }
            }
        }
    }

    /// Keeps what a slice would bring.
    pub(super) fn learn(&mut self, plan: &Plan) {
        for (document_index, learner_id, name_key) in plan.opened() {
            let person = self.people.entry(half(document_index)).or_default();
            person.opened = Some((learner_id, half(name_key)));
        }
        self.newcomers.extend(&plan.doubles.newcomers);
        for brings in plan.brings() {
            let outcome = brings.outcome;
            let digest = half(&outcome.content_digest);
            let fact = ImaginedFact {
                institution_id: brings.fact.institution_id,
                standard: brings.fact.standard,
                awarded_on: outcome.awarded_on,
                hours: brings.fact.hours,
                digest: outcome.certificate_number.is_none().then_some(digest),
            };
            self.people.entry(half(brings.document_index)).or_default().facts.push(fact);
            if let Some(number) = &outcome.certificate_number {
                let certificate = ImaginedCertificate {
                    learner_id: outcome.learner_id.0,
                    achievement_id: outcome.achievement_id.0,
                    awarded_on: outcome.awarded_on,
                    hours: brings.fact.hours,
                    digest,
                };
                self.certificates.insert(certificate_key(number, &outcome.issuer_key), certificate);
            }
        }
    }
}

impl ImaginedPerson {
    fn lend(&self, plan: &mut Plan, one: &Prepared) {
        if let Some((learner_id, name_key)) = self.opened {
            let same_name = half(&one.name_key) == name_key;
            let name_key = if same_name { one.name_key.clone() } else { name_key.to_vec() };
            plan.meet_imagined(&one.document_index, learner_row(learner_id, name_key, one));
        }
        let Some(learner_id) = plan.learner_of(&one.document_index) else {
            return;
        };
        let digest = half(&one.digest);
        for fact in &self.facts {
            if fact.digest == Some(digest) {
                plan.doubles.add_same(&outcome_row(learner_id, fact.institution_id, one));
            }
        }
        if plan.is_lent(&one.document_index) {
            return;
        }
        for fact in &self.facts {
            plan.doubles.add(
                learner_id,
                Fact {
                    outcome_id: None,
                    institution_id: fact.institution_id,
                    standard: Arc::clone(&fact.standard),
                    awarded_on: fact.awarded_on,
                    hours: fact.hours,
                    // Two certificates of one file and one institution are never doubles by their numbers.
                    certificate_number: fact.digest.is_none().then(Box::default),
                },
            );
        }
    }
}

/// The account that would be there by then.
fn learner_row(learner_id: Uuid, name_key: Vec<u8>, prepared: &Prepared) -> LearnerRow {
    LearnerRow {
        learner_id: Key(learner_id),
        account_number: String::new(),
        document_kind: prepared.account.0.document_kind.clone(),
        document_sealed: Vec::new(),
        name_sealed: Vec::new(),
        name_key,
        user_id: None,
        opened_by: Key(Uuid::nil()),
        opened_at: At(DateTime::<Utc>::UNIX_EPOCH),
        head_sequence: 0,
        head_hash: ChainHead::genesis(learner_id).hash.to_vec(),
        available_hundredths: 0,
        merged_into: None,
    }
}

/// The outcome that would be there by then, as the row that meets it says it.
fn outcome_row(learner_id: Uuid, institution_id: Uuid, met_by: &Prepared) -> OutcomeRow {
    let content = &met_by.content;
    OutcomeRow {
        learner_id: Key(learner_id),
        outcome_id: Key(Uuid::nil()),
        institution_id: Key(institution_id),
        achievement_id: Key(Uuid::nil()),
        certificate_number: content.certificate_number.clone(),
        issuer_key: String::new(),
        awarded_on: content.awarded_on,
        grade: content.grade.clone(),
        grading_scale: content.grading_scale.clone(),
        score: content.score.clone(),
        hours_hundredths: content.hours.map(Hours::hundredths),
        original_credits: content.credits.clone(),
        trainee_group: content.trainee_group.map(|group| group.as_str().to_owned()),
        contest: None,
        content_digest: met_by.digest.to_vec(),
        status: OutcomeStatus::Accepted.as_str().to_owned(),
        flags: String::new(),
        doubles: None,
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

impl ImaginedCertificate {
    /// The outcome that would be there by then. Of what is not kept the score is taken to differ where anything does: it is the
    /// likeliest, and the deposit itself says in what.
    fn row(&self, issuer_key: &str, met_by: &Prepared) -> OutcomeRow {
        let is_same = half(&met_by.digest) == self.digest;
        let blank = outcome_row(self.learner_id, Uuid::nil(), met_by);
        OutcomeRow {
            achievement_id: Key(self.achievement_id),
            issuer_key: issuer_key.to_owned(),
            awarded_on: self.awarded_on,
            hours_hundredths: self.hours.map(Hours::hundredths),
            score: blank.score.clone().filter(|_| is_same),
            content_digest: if is_same {
                blank.content_digest.clone()
            } else {
                self.digest.to_vec()
            },
            ..blank
        }
    }
}
