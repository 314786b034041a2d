//! Papers that a learner has issued: what one is about, and where it stands.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rejection::{FieldProblem, Rejection};
use super::words::words;

/// The most outcomes that are chosen for one statement.
pub const CHOSEN_MAX: usize = 300;

/// The most papers of one learner within a day and a night.
pub const STATEMENTS_A_DAY_MAX: i64 = 20;

words! {
    /// What a paper is about.
    pub enum StatementKind {
        /// 学习成果与学分证明: every outcome that stands, and the account.
        Record => "record",
        /// The same of chosen outcomes, without the account.
        Outcomes => "outcomes",
        /// 成果证书: a page about one outcome.
        Outcome => "outcome",
        /// 认定或转换结论: a page about a decision on a claim.
        Decision => "decision",
    }
}

words! {
    /// Where a paper stands.
    pub enum StatementStatus {
        /// It waits for being set, or is being set.
        Queued => "queued",
        Running => "running",
        /// It can be had.
        Ready => "ready",
        /// It could not be made.
        Failed => "failed",
        /// The learner took it back; who checks it is told.
        Revoked => "revoked",
    }
}

words! {
    /// The language that comes first on a paper; the other one is beside it.
    pub enum FirstLanguage {
        Chinese => "zh",
        English => "en",
    }
}

words! {
    /// What a public check says of a paper.
    pub enum Validity as "PaperValidity" {
        /// What it says is so today.
        Valid => "valid",
        /// It was taken back, by the learner or by whoever decided.
        Withdrawn => "withdrawn",
        /// Something that it says has been corrected or withdrawn since.
        Corrected => "corrected_since",
    }
}

/// What a learner asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "kind": "record", "language": "zh" }))]
pub struct NewStatement {
    pub kind: StatementKind,
    /// The outcomes that it is about: some for the kind `outcomes`, one for `outcome`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 300)]
    pub outcome_ids: Vec<Uuid>,
    /// The claim whose decision it is about, for the kind `decision`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim_id: Option<Uuid>,
    /// Which language comes first; Chinese, when left out.
    #[serde(default = "chinese")]
    pub language: FirstLanguage,
}

const fn chinese() -> FirstLanguage {
    FirstLanguage::Chinese
}

impl NewStatement {
    /// Refuses what is not the shape of its kind.
    ///
    /// # Errors
    /// `InvalidBody`.
    pub fn check(&self) -> Result<(), Rejection> {
        let outcomes = match self.kind {
            StatementKind::Record | StatementKind::Decision => 0..=0,
            StatementKind::Outcomes => 1..=CHOSEN_MAX,
            StatementKind::Outcome => 1..=1,
        };
        let mut problems = Vec::new();
        if !outcomes.contains(&self.outcome_ids.len()) {
            problems.push(FieldProblem::new("/outcome_ids", "does not fit the kind"));
        }
        if self.claim_id.is_some() != (self.kind == StatementKind::Decision) {
            problems.push(FieldProblem::new("/claim_id", "does not fit the kind"));
        }
        let mut seen = self.outcome_ids.clone();
        seen.sort_unstable();
        seen.dedup();
        if seen.len() != self.outcome_ids.len() {
            problems.push(FieldProblem::new("/outcome_ids", "names one twice"));
        }
        Rejection::any_of(problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_about_its_own() {
        let of = |kind, outcomes: usize, claim: bool| {
            let new = NewStatement {
                kind,
                outcome_ids: (0..outcomes)
                    .map(|number| Uuid::from_u128(u128::try_from(number).unwrap()))
                    .collect(),
                claim_id: claim.then(Uuid::nil),
                language: FirstLanguage::Chinese,
            };
            new.check().is_ok()
        };
        use StatementKind as K;
        let cases = [
            (K::Record, 0, false, true),
            (K::Record, 1, false, false),
            (K::Record, 0, true, false),
            (K::Outcomes, 1, false, true),
            (K::Outcomes, 300, false, true),
            (K::Outcomes, 301, false, false),
            (K::Outcomes, 0, false, false),
            (K::Outcome, 1, false, true),
            (K::Outcome, 2, false, false),
            (K::Decision, 0, true, true),
            (K::Decision, 0, false, false),
        ];
        for (kind, outcomes, claim, expected) in cases {
            assert_eq!(of(kind, outcomes, claim), expected, "{kind} of {outcomes}, {claim}");
        }
        let twice = NewStatement {
            kind: K::Outcomes,
            outcome_ids: vec![Uuid::nil(); 2],
            claim_id: None,
            language: FirstLanguage::English,
        };
        assert_eq!(twice.check().unwrap_err().code(), "invalid_body");
    }
}
