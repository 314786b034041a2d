//! Who asks: what a token proves, and what the database says of the one it names.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::institution::InstitutionStatus;
use super::words::words;

words! {
    /// The bank's and the authority's own people.
    pub enum BankRole {
        Administrator => "administrator",
        Officer => "officer",
        Auditor => "auditor",
    }
}

words! {
    /// What a member of an institution does there.
    pub enum MemberRole {
        Registrar => "registrar",
        Reviewer => "reviewer",
        Approver => "approver",
        InstitutionAdmin => "institution_admin",
    }
}

words! {
    /// What an API client of an institution may be allowed.
    pub enum Scope {
        OutcomesWrite => "outcomes:write",
        OutcomesRead => "outcomes:read",
        AchievementsWrite => "achievements:write",
        LearnersWrite => "learners:write",
        ProgrammesWrite => "programmes:write",
        RulePacksWrite => "rule_packs:write",
        EventsRead => "events:read",
        WebhooksWrite => "webhooks:write",
    }
}

/// Some scopes, as a token carries them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ScopeSet(u8);

impl ScopeSet {
    /// Reads scopes written one after the other with spaces between; `None` when one is unknown.
    pub fn parse(text: &str) -> Option<Self> {
        text.split_ascii_whitespace()
            .map(Scope::parse)
            .collect::<Option<Vec<_>>>()
            .map(Self::from_iter)
    }

    /// Whether the scope is among them.
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// The scopes that both have.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The scopes one by one.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.contains(*scope))
    }

    fn bit(scope: Scope) -> u8 {
        Scope::ALL.iter().position(|other| *other == scope).map_or(0, |place| 1 << place)
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | Self::bit(scope)))
    }
}

impl std::fmt::Display for ScopeSet {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<&str> = self.iter().map(Scope::as_str).collect();
        formatter.write_str(&words.join(" "))
    }
}

/// What an access token proves; the rest is looked up when it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Caller {
    /// No token.
    Anonymous,
    /// Somebody who logged in.
    User { user_id: Uuid, session_id: Uuid },
    /// Another system, with the scopes of its token.
    Client { client_id: Uuid, scopes: ScopeSet },
    /// What a file brings that somebody had the right to have deposited.
    Import { import_id: Uuid },
    /// The program itself: demonstration, expiry, set-up.
    Bank,
}

impl Caller {
    /// How the audit and the idempotency keys name the caller.
    pub fn label(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::User { user_id, .. } => format!("user:{user_id}"),
            Self::Client { client_id, .. } => format!("client:{client_id}"),
            Self::Import { import_id } => format!("import:{import_id}"),
            Self::Bank => "bank".to_owned(),
        }
    }
}

/// A role at an institution, and where that institution stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    pub institution_id: Uuid,
    pub role: MemberRole,
    pub status: InstitutionStatus,
}

/// Who asks, as the database knows them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    Anonymous,
    User {
        user_id: Uuid,
        display_name: String,
        bank_role: Option<BankRole>,
        learner_id: Option<Uuid>,
        memberships: Vec<Membership>,
    },
    Client {
        client_id: Uuid,
        name: String,
        institution_id: Uuid,
        status: InstitutionStatus,
        scopes: ScopeSet,
    },
    Bank,
}

impl Actor {
    /// The learner whose own account it is, if the actor is one.
    pub fn learner_id(&self) -> Option<Uuid> {
        match self {
            Self::User { learner_id, .. } => *learner_id,
            _ => None,
        }
    }

    /// The institutions that the actor belongs to.
    pub fn institution_ids(&self) -> Vec<Uuid> {
        match self {
            Self::Client { institution_id, .. } => vec![*institution_id],
            Self::User { memberships, .. } => memberships.iter().map(|membership| membership.institution_id).collect(),
            Self::Anonymous | Self::Bank => Vec::new(),
        }
    }

    /// The name that a learner sees in the access log.
    pub fn display_name(&self) -> &str {
        match self {
            Self::Anonymous => "anonymous",
            Self::User { display_name, .. } => display_name,
            Self::Client { name, .. } => name,
            Self::Bank => "bank",
        }
    }
}
