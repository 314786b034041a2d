//! The twin's account is merged into the first learner's, at the bank and in the book.

use credit_bank::ops::merges::decide::confirm_merge;
use credit_bank::ops::merges::propose_merge;
use serde_json::json;
use uuid::Uuid;

use super::book::{Book, TWIN};
use super::town::{Town, When};
use super::weeks::Weeks;

impl Book {
    /// To whom a document leads.
    pub(crate) fn owner(&self, document: usize) -> usize {
        if document == TWIN && self.merged { 0 } else { document }
    }

    /// The learners who have an account of their own.
    pub(crate) fn accounts(&self) -> std::ops::Range<usize> {
        0..if self.merged { TWIN } else { TWIN + 1 }
    }

    /// The twin's account becomes part of the first learner's, whose books say so from today on.
    pub(crate) fn merge(&mut self, merge_id: Uuid) {
        self.merged = true;
        let today = self.today;
        for outcome in self.outcomes.values_mut().filter(|outcome| outcome.learner == TWIN) {
            outcome.learner = 0;
            for entry in &mut outcome.entries {
                entry.recorded = today;
            }
        }
        self.tell("merge.propose_merge", None, false, merge_id);
        self.tell("merge.confirm_merge", Some(0), false, merge_id);
        self.tell("merge.confirm_merge", None, true, merge_id);
    }
}

impl Town<'_> {
    /// One officer proposes that the twin is the first learner, another confirms it.
    pub(crate) fn merge(&self, when: When) -> Uuid {
        let [surviving, _, absorbed] = &self.learners;
        let new = json!({ "surviving": { "learner_id": surviving.learner_id }, "absorbed": { "learner_id": absorbed.learner_id },
            "reason": "同一人", "citation": "户籍证明" });
        let bank = &self.world().bank;
        let proposed = propose_merge(bank, &when.at(self.officers[0]), None, &serde_json::from_value(new).unwrap());
        let merge_id = proposed.unwrap().merge.merge_id;
        let decision = serde_json::from_value(json!({ "reason": "已核对" })).unwrap();
        confirm_merge(bank, &when.at(self.officers[1]), None, merge_id, &decision).unwrap();
        merge_id
    }
}

impl Weeks<'_> {
    /// The twin turns out to be the first learner, some day.
    pub(super) fn merge(&mut self) {
        if self.book.merged || self.chance.usize(0..4) > 0 {
            return;
        }
        self.say("the twin's account is merged into that of learner 0".to_owned());
        let merge_id = self.town.merge(self.when());
        self.book.merge(merge_id);
        self.note(true, "merge".to_owned());
    }
}
