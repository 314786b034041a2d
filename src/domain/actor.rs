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
    }
}

/// What an access token proves; the rest is looked up when it is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// No token.
    Anonymous,
    /// Somebody who logged in.
    User { user_id: Uuid, session_id: Uuid },
    /// The program itself: demonstration, expiry, set-up.
    Bank,
}

impl Caller {
    /// How the audit and the idempotency keys name the caller.
    pub fn label(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".to_owned(),
            Self::User { user_id, .. } => format!("user:{user_id}"),
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
        scopes: Vec<Scope>,
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

    /// The one institution that the actor belongs to; `None` for people of several, who must name it.
    pub fn institution_id(&self) -> Option<Uuid> {
        match self {
            Self::Client { institution_id, .. } => Some(*institution_id),
            Self::User { memberships, .. } => {
                let first = memberships.first()?.institution_id;
                memberships
                    .iter()
                    .all(|membership| membership.institution_id == first)
                    .then_some(first)
            }
            _ => None,
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
