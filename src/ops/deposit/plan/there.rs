//! What is answered to an outcome that is there already.

use super::super::prepare::Prepared;
use super::super::rows::{answer, differing};
use super::super::{Deposited, Novelty};
use super::{Plan, damaged};
use crate::domain::rejection::Rejection;
use crate::ops::error::OpError;
use crate::store::deposits::OutcomeRow;
use crate::store::standards::AchievementRow;

impl Plan {
    /// Answers the second deposit of the very same that has no certificate number.
    pub(super) fn there(&self, earlier: &OutcomeRow, prepared: &Prepared) -> Result<Deposited, OpError> {
        let person = self
            .learner_of(&prepared.document_index)
            .and_then(|learner_id| self.people.get(&learner_id))
            .ok_or_else(|| damaged("a learner of the slice"))?;
        let decision = self.decisions.get(&earlier.outcome_id.0);
        answer(Novelty::AlreadyThere, earlier, &person.row.account_number, decision)
    }

    /// Answers the second deposit of a certificate number.
    pub(super) fn again(
        &self,
        earlier: &OutcomeRow,
        prepared: &Prepared,
        achievement: &AchievementRow,
    ) -> Result<Result<Deposited, Rejection>, OpError> {
        let person = self
            .documents
            .get(&prepared.document_index)
            .and_then(|document| self.people.get(&document.learner_id))
            .filter(|person| person.row.learner_id == earlier.learner_id);
        let fields = differing(earlier, prepared, achievement, person.is_some())?;
        // Given with another document of the same person, the content has another digest and is the same.
        let same = earlier.content_digest == prepared.digest || fields.is_empty();
        let (Some(person), true) = (person, same) else {
            return Ok(Err(Rejection::CertificateDiffers { fields }));
        };
        let decision = self.decisions.get(&earlier.outcome_id.0);
        answer(Novelty::AlreadyThere, earlier, &person.row.account_number, decision).map(Ok)
    }
}
