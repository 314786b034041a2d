//! What is around a page of the bank's own office.

use crate::domain::actor::{Actor, BankRole};
use crate::domain::rejection::Rejection;
use crate::http::problem::Refusal;
use crate::portal::places::{Entry, Place};
use crate::portal::visit::SignedIn;

/// The office, as somebody of the bank has it before them.
pub(in crate::portal) struct Office {
    pub(in crate::portal) role: BankRole,
    pub(in crate::portal) places: Vec<Place>,
}

/// The pages that somebody of a role has any use for.
pub(in crate::portal) fn pages_of(role: BankRole) -> Vec<Entry> {
    let mut pages = vec![
        ("/office/institutions", "office-nav-institutions"),
        ("/office/filings", "office-nav-filings"),
    ];
    if matches!(role, BankRole::Officer | BankRole::Auditor) {
        pages.extend([
            ("/office/outcomes", "office-nav-outcomes"),
            ("/office/claims", "office-nav-claims"),
            ("/office/corrections", "office-nav-corrections"),
            ("/office/duplicates", "office-nav-duplicates"),
            ("/office/overdue", "office-nav-overdue"),
        ]);
    }
    if matches!(role, BankRole::Administrator | BankRole::Auditor) {
        pages.extend([("/office/audit", "office-nav-audit"), ("/office/people", "office-nav-people")]);
    }
    pages.push(("/office/health", "office-nav-health"));
    pages
}

impl Office {
    /// Whether the role is that of the officers and auditors, who see claims, complaints and duplicates.
    pub(in crate::portal) fn sees_cases(&self) -> bool {
        matches!(self.role, BankRole::Officer | BankRole::Auditor)
    }

    /// The office, for whoever has a role at the bank.
    ///
    /// # Errors
    /// `NotFound` for everybody else.
    pub(in crate::portal) fn of(visit: &SignedIn) -> Result<Self, Refusal> {
        let role = match visit.frame.visitor.as_ref().map(|visitor| &visitor.actor) {
            Some(Actor::User { bank_role: Some(role), .. }) => *role,
            _ => return Err(Rejection::NotFound {}.into()),
        };
        Ok(Self {
            role,
            places: visit.frame.menu(pages_of(role)),
        })
    }
}
