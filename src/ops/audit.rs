//! The audit: who did what, when, in which request.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use crate::domain::policy::{Action, Resource};
use crate::store::journal::{self, AuditRow};

/// One write.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AuditEntry {
    pub audit_id: Uuid,
    pub at: DateTime<Utc>,
    /// `user:`, `client:`, `anonymous` or `bank`.
    #[schema(example = "bank")]
    pub actor: String,
    pub institution_id: Option<Uuid>,
    pub operation: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub request_id: Uuid,
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
}

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        Self {
            audit_id: row.audit_id.0,
            at: row.at.0,
            actor: row.actor,
            institution_id: row.institution_id.map(|key| key.0),
            operation: row.operation,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id.0,
            request_id: row.request_id.0,
            details: row.details.0,
        }
    }
}

/// Which writes to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditFilter {
    pub institution_id: Option<Uuid>,
    pub subject_id: Option<Uuid>,
}

/// Lists writes from the newest.
///
/// # Errors
/// What the policy answers.
pub fn list_audit(
    bank: &Bank,
    context: &Context,
    filter: AuditFilter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<AuditEntry>, OpError> {
    bank.store.read(|conn| {
        context.authorised(conn, Action::ReadAudit, Resource::Bank)?;
        let rows = journal::audit(conn, filter.institution_id, filter.subject_id, before, limit)?;
        Ok(rows.into_iter().map(AuditEntry::from).collect())
    })
}
