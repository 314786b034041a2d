//! What can go wrong with the database; never shown to the public.

use diesel::result::{DatabaseErrorKind, Error};

/// A failure of the database or of what it holds.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The statement failed.
    #[error("the database refused a statement: {0}")]
    Statement(#[from] Error),
    /// A connection could not be opened.
    #[error("no connection to the database: {0}")]
    Connection(#[from] diesel::ConnectionError),
    /// No connection came free in time.
    #[error("the pool gave no connection: {0}")]
    Pool(String),
    /// The database does not promise that a commit is on disk.
    #[error("the database is not durable: {setting} is {value}")]
    NotDurable { setting: &'static str, value: String },
    /// Somebody else moved a row between our read and our write; trying again helps.
    #[error("a row moved while it was being written")]
    Stale,
    /// Other writers of this process came first for too long.
    #[error("the turn to write did not come in time")]
    Busy,
    /// A stored value does not parse.
    #[error("a stored value is damaged: {0}")]
    Damaged(String),
    /// A migration failed.
    #[error("a migration failed: {0}")]
    Migration(String),
}

/// A uniqueness rule of the database that a request can break, by its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    Username,
    InstitutionCreditCode,
    FrameworkCode,
    AchievementCode,
    AchievementVersion,
    CertificatePatternName,
    RuleVersion,
    Membership,
    RulePackVersion,
    OutcomeInClaim,
    TrustedIssuer,
}

/// The constraint's name (PostgreSQL), its columns (how SQLite says it), and what it means.
const MEANINGS: [(&str, &str, Taken); 11] = [
    (
        "trusted_issuers_identifier_unique",
        "trusted_issuers.identifier",
        Taken::TrustedIssuer,
    ),
    ("usernames_pk", "usernames.username", Taken::Username),
    (
        "institutions_credit_code_unique",
        "institutions.credit_code",
        Taken::InstitutionCreditCode,
    ),
    ("frameworks_code_unique", "frameworks.code", Taken::FrameworkCode),
    (
        "achievements_code_unique",
        "achievements.institution_id, achievements.code",
        Taken::AchievementCode,
    ),
    (
        "achievements_version_unique",
        "achievements.lineage_id, achievements.version",
        Taken::AchievementVersion,
    ),
    (
        "certificate_patterns_name_unique",
        "certificate_patterns.name",
        Taken::CertificatePatternName,
    ),
    (
        "recognition_rules_pk",
        "recognition_rules.rule_id, recognition_rules.version",
        Taken::RuleVersion,
    ),
    (
        "memberships_pk",
        "memberships.user_id, memberships.institution_id",
        Taken::Membership,
    ),
    (
        "rule_packs_version_unique",
        "rule_packs.code, rule_packs.version",
        Taken::RulePackVersion,
    ),
    (
        "claim_uses_whole_once",
        "claim_uses.learner_id, claim_uses.outcome_id",
        Taken::OutcomeInClaim,
    ),
];

impl StoreError {
    /// Which uniqueness rule was broken, if that is what happened.
    pub fn taken(&self) -> Option<Taken> {
        let Self::Statement(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information)) = self else {
            return None;
        };
        let name = information.constraint_name();
        let message = information.message();
        MEANINGS
            .iter()
            .find(|(constraint, columns, _)| name == Some(constraint) || (name.is_none() && message.contains(columns)))
            .map(|(_, _, meaning)| *meaning)
    }

    /// Whether the database is away or busy rather than wrong: the caller may try again.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Connection(_) | Self::Pool(_) | Self::Busy => true,
            Self::Statement(Error::DatabaseError(kind, information)) => {
                let message = information.message();
                let sayings = [
                    "server closed the connection",
                    "terminating connection",
                    "the database system is",
                    "disk is full",
                    "No space left",
                    "disk I/O error",
                    "could not connect",
                    "no connection to the server",
                ];
                matches!(kind, DatabaseErrorKind::ClosedConnection) || sayings.iter().any(|saying| message.contains(saying))
            }
            Self::Statement(Error::BrokenTransactionManager) => true,
            other => other.is_retryable(),
        }
    }

    /// Whether the same work may succeed when it is done again from the start.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Stale | Self::Statement(Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            Self::Statement(Error::DatabaseError(kind, information)) => {
                let message = information.message();
                message.contains("deadlock detected")
                    || message.contains("database is locked")
                    || message.contains("database table is locked")
                    // Two writers inserted the same natural key: the second look finds the first one's row.
                    || (matches!(kind, DatabaseErrorKind::UniqueViolation) && self.taken().is_none())
            }
            _ => false,
        }
    }
}
