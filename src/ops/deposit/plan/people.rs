//! The people of a slice: found, or opened.

use uuid::Uuid;

use super::super::prepare::Prepared;
use super::{Document, Person, Plan, damaged};
use crate::domain::movement::ChainHead;
use crate::ops::context::Context;
use crate::ops::error::OpError;
use crate::store::deposits::{KnownByRow, LearnerRow};
use crate::store::types::{At, Key};

impl Plan {
    /// Finds the learner or opens an unclaimed account, and notes that the institution knows the learner; true where one is opened.
    pub(super) fn meet(&mut self, context: &Context, institution_id: Uuid, prepared: &Prepared) -> Result<bool, OpError> {
        let is_new = !self.documents.contains_key(&prepared.document_index);
        if is_new {
            let (row, identity, account_number) = prepared.account.clone();
            self.brought.identities.push(identity);
            self.brought.account_numbers.push(account_number);
            // From now on others are compared with this one, in this slice and by whoever comes after it.
            let learner_id = row.learner_id.0;
            let likenesses = prepared.likenesses.iter().map(|index| (index.clone(), learner_id));
            self.brought.likenesses.extend(likenesses);
            self.doubles.newcomers.add(learner_id, prepared);
            self.add_person(&prepared.document_index, row, true);
        }
        let found = self.documents.get(&prepared.document_index);
        let Some((document, person)) = found.and_then(|document| Some((document, self.people.get_mut(&document.learner_id)?))) else {
            return Err(damaged("a learner of the slice"));
        };
        person.touched = true;
        if let Some(merged) = document.merged.filter(|merged| !self.brought.merged.contains(merged)) {
            self.brought.merged.push(merged);
        }
        if self.known_by.insert((person.row.learner_id.0, institution_id)) {
            let row = KnownByRow {
                learner_id: person.row.learner_id.clone(),
                institution_id: Key(institution_id),
                since: At(context.now),
            };
            self.brought.known_by.push(row);
        }
        Ok(is_new)
    }

    /// Adds an account without movements.
    pub(super) fn add_person(&mut self, document_index: &[u8], row: LearnerRow, opened_here: bool) {
        let learner_id = row.learner_id.0;
        let document = Document {
            learner_id,
            holder_id: learner_id,
            merged: None,
            names: vec![row.name_key.clone()],
        };
        self.documents.insert(document_index.to_vec(), document);
        let person = Person {
            row,
            opened_here,
            touched: opened_here,
            before: 0,
            head: ChainHead::genesis(learner_id),
        };
        self.people.insert(learner_id, person);
    }
}
