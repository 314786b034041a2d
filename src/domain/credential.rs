//! Credentials of a learner 可验证凭证: kinds, forms, and where one stands.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rejection::{FieldProblem, Rejection};
use super::words::words;

/// The most credentials of one learner that wait to be signed.
pub const QUEUED_MAX: i64 = 5;

/// The most credentials that one learner keeps; one that is given up is not kept.
pub const KEPT_MAX: i64 = 500;

/// The most outcomes of one record.
pub const OUTCOMES_MAX: usize = 500;

words! {
    /// What a credential says.
    pub enum CredentialKind {
        /// One outcome (Open Badges 3.0).
        Badge => "badge",
        /// Several outcomes (Comprehensive Learner Record 2.0).
        Record => "record",
    }
}

words! {
    /// How a credential is signed.
    pub enum CredentialForm {
        /// By a proof in the document, `eddsa-rdfc-2022`.
        DataIntegrity => "data_integrity",
        /// As a compact JWT.
        Jwt => "jwt",
    }
}

words! {
    /// Where a credential stands.
    pub enum CredentialStatus {
        /// It waits to be signed.
        Queued => "queued",
        Issued => "issued",
        /// An outcome of it is in doubt: its institution agreed that it has to be corrected. Verifiers refuse it meanwhile.
        Suspended => "suspended",
        /// An outcome of it was withdrawn or corrected, or is another person's.
        Revoked => "revoked",
        /// The learner gave it up.
        GivenUp => "given_up",
        /// It could not be issued.
        Failed => "failed",
    }
}

impl CredentialStatus {
    /// Those that may still end.
    pub const OPEN: [Self; 3] = [Self::Queued, Self::Issued, Self::Suspended];

    /// Those of which somebody may have a copy that verifiers take, now or later.
    pub const LIVE: [Self; 2] = [Self::Issued, Self::Suspended];
}

words! {
    /// What a status list says of a document.
    pub enum EntryState {
        Valid => "valid",
        Suspended => "suspended",
        Revoked => "revoked",
    }
}

/// What a credential is to be about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum CredentialScope {
    /// One outcome, as a badge.
    Outcome { outcome_id: Uuid },
    /// Some outcomes, as a record.
    Selection {
        #[schema(min_items = 1, max_items = 500)]
        outcome_ids: Vec<Uuid>,
    },
    /// All outcomes that stand, as a record.
    Record {},
}

impl CredentialScope {
    /// What sort of credential it makes.
    pub fn kind(&self) -> CredentialKind {
        match self {
            Self::Outcome { .. } => CredentialKind::Badge,
            Self::Selection { .. } | Self::Record {} => CredentialKind::Record,
        }
    }

    /// The outcomes that are named; `None` for all.
    pub fn outcome_ids(&self) -> Option<&[Uuid]> {
        match self {
            Self::Outcome { outcome_id } => Some(std::slice::from_ref(outcome_id)),
            Self::Selection { outcome_ids } => Some(outcome_ids),
            Self::Record {} => None,
        }
    }

    /// Refuses an empty or an overlong selection, and one that names an outcome twice.
    ///
    /// # Errors
    /// `InvalidBody`.
    pub fn check(&self) -> Result<(), Rejection> {
        let Self::Selection { outcome_ids } = self else { return Ok(()) };
        let mut problems = Vec::new();
        if outcome_ids.is_empty() || outcome_ids.len() > OUTCOMES_MAX {
            problems.push(FieldProblem::new("/scope/outcome_ids", "must name 1 to 500 outcomes"));
        }
        let mut seen = std::collections::HashSet::new();
        for (place, outcome_id) in outcome_ids.iter().take(OUTCOMES_MAX).enumerate() {
            if !seen.insert(outcome_id) {
                problems.push(FieldProblem::new(format!("/scope/outcome_ids/{place}"), "is named twice"));
            }
        }
        Rejection::any_of(problems)
    }
}
