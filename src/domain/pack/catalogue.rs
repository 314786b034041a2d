//! By what the public catalogue of rule packs is searched.

use chrono::NaiveDate;
use uuid::Uuid;

use super::RulePack;
use super::life::PackStatus;

/// Which versions to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackFilter {
    pub institution_id: Option<Uuid>,
    /// Only the bank's own standards.
    pub of_bank: bool,
    pub code: Option<String>,
    /// As it is today.
    pub status: Option<PackStatus>,
    /// A text of the title, the code, the legal basis or a citation.
    pub text: Option<String>,
    pub in_force_on: Option<NaiveDate>,
    /// The code of a programme that it is for.
    pub programme: Option<String>,
}

impl RulePack {
    /// What the public catalogue is searched by: title, code, legal basis and citations, in small letters, a line each.
    pub fn search_text(&self) -> String {
        let titles = [Some(&self.title.zh), self.title.en.as_ref(), Some(&self.code)]
            .into_iter()
            .flatten();
        let clauses = self.clauses.iter().map(|clause| &clause.citation);
        let limits = self.limits.iter().map(|limit| &limit.citation);
        let only_one = self.highest_only.iter().chain(&self.once_only).map(|rule| &rule.citation);
        let exclusions = self.exclusions.iter().map(|exclusion| &exclusion.citation);
        let all = titles
            .chain(&self.legal_basis)
            .chain(clauses)
            .chain(limits)
            .chain(only_one)
            .chain(exclusions);
        all.map(|text| text.to_lowercase()).collect::<Vec<_>>().join("\n")
    }
}
