//! What a dry run lends a plan, and what it learns of it.

use uuid::Uuid;

use super::super::imagined::Brings;
use super::Plan;
use crate::store::deposits::{LearnerRow, OutcomeRow};
use crate::store::standards::AchievementRow;

impl Plan {
    /// The keys of the issuers of an achievement with a code: under them its certificate numbers are held.
    pub(in crate::ops::deposit) fn issuer_keys(&self, code: &str) -> Vec<String> {
        let mut keys: Vec<String> = self.achievements.of_code(code).map(AchievementRow::issuer_key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Takes an account to be there that an earlier slice of a dry run would have opened.
    pub(in crate::ops::deposit) fn meet_imagined(&mut self, document_index: &[u8], row: LearnerRow) {
        if !self.documents.contains_key(document_index) {
            self.add_person(document_index, row, false);
        }
    }

    /// Takes a certificate number to be held that an earlier slice of a dry run would have brought.
    pub(in crate::ops::deposit) fn hold_imagined(&mut self, number: &str, issuer_key: &str, outcome: OutcomeRow) {
        let place = (number.to_owned(), issuer_key.to_owned());
        self.certificates.entry(place).or_insert(outcome);
    }

    /// The accounts that are opened: the index of the document, the learner, and the key of the name.
    pub(in crate::ops::deposit) fn opened(&self) -> impl Iterator<Item = (&[u8], Uuid, &[u8])> {
        self.brought.identities.iter().filter_map(|identity| {
            let person = self.people.get(&identity.learner_id.0)?;
            Some((
                identity.document_index.as_slice(),
                person.row.learner_id.0,
                person.row.name_key.as_slice(),
            ))
        })
    }

    /// The outcomes that are brought, with what they say.
    pub(in crate::ops::deposit) fn brings(&self) -> impl Iterator<Item = Brings<'_>> {
        self.brought.outcomes.iter().filter_map(|outcome| {
            let (document_index, fact) = self.facts.get(&outcome.outcome_id.0)?;
            Some(Brings {
                document_index,
                fact: fact.clone(),
                outcome,
            })
        })
    }

    /// The learner to whom a document leads, so far.
    pub(in crate::ops::deposit) fn learner_of(&self, document_index: &[u8]) -> Option<Uuid> {
        self.documents.get(document_index).map(|document| document.learner_id)
    }

    /// Whether a dry run has lent what it imagined of a document's person before; from now on it has.
    pub(in crate::ops::deposit) fn is_lent(&mut self, document_index: &[u8]) -> bool {
        !self.lent.insert(document_index.to_vec())
    }
}
