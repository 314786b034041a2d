//! The audit: who did what, when, in which request.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use crate::domain::list::ListPlace;
use crate::domain::policy::{Action, Resource};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::{self, AuditRow, AuditWish};
use crate::store::people;

/// One write.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AuditEntry {
    pub audit_id: Uuid,
    pub at: DateTime<Utc>,
    /// `user:`, `client:`, `anonymous` or `bank`.
    #[schema(example = "bank")]
    pub actor: String,
    /// What a user is called.
    pub actor_name: Option<String>,
    pub institution_id: Option<Uuid>,
    pub operation: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    pub request_id: Uuid,
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
}

impl AuditEntry {
    fn of(row: AuditRow, names: &HashMap<String, String>) -> Self {
        Self {
            audit_id: row.audit_id.0,
            at: row.at.0,
            actor_name: names.get(&row.actor).cloned(),
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
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    pub institution_id: Option<Uuid>,
    pub subject_id: Option<Uuid>,
    pub operation: Option<String>,
    pub request_id: Option<Uuid>,
    /// A user's name or id, or who it was as it is written in the audit.
    pub by: Option<String>,
    /// On this day or later, and on this day or earlier.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// How a user is written in the audit.
const USER: &str = "user:";

/// Who is meant, as it is written in the audit.
fn label_of(conn: &mut Conn, by: &str) -> Result<String, StoreError> {
    if let Ok(user_id) = Uuid::try_parse(by) {
        return Ok(format!("{USER}{user_id}"));
    }
    // PostgreSQL takes no U+0000 to compare with, and no name has one.
    let user = match by.contains('\0') {
        true => None,
        false => people::user_by_name(conn, by)?,
    };
    Ok(user.map_or_else(|| by.replace('\0', ""), |user| format!("{USER}{}", user.user_id.0)))
}

/// What the users are called who wrote.
fn names_of(conn: &mut Conn, rows: &[AuditRow]) -> Result<HashMap<String, String>, StoreError> {
    let mut names = HashMap::new();
    for row in rows {
        let user_id = row.actor.strip_prefix(USER).and_then(|id| Uuid::try_parse(id).ok());
        let Some(user_id) = user_id.filter(|_| !names.contains_key(&row.actor)) else {
            continue;
        };
        if let Some(user) = people::user(conn, user_id)? {
            names.insert(row.actor.clone(), user.display_name);
        }
    }
    Ok(names)
}

/// Lists writes, from a place in their list.
///
/// # Errors
/// What the policy answers.
pub fn list_audit(
    bank: &Bank,
    context: &Context,
    filter: &AuditFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<AuditEntry>, OpError> {
    let place = place.into();
    let begin_of = |day: NaiveDate| day.pred_opt().and_then(|day| bank.end_of_day(day));
    bank.store.read(|conn| {
        context.authorised(conn, Action::ReadAudit, Resource::Bank)?;
        let wish = AuditWish {
            institution_id: filter.institution_id,
            subject_id: filter.subject_id,
            operation: filter.operation.clone().map(|word| word.replace('\0', "")),
            request_id: filter.request_id,
            actor: filter.by.as_deref().map(|by| label_of(conn, by)).transpose()?,
            from: filter.from.and_then(begin_of),
            until: filter.to.and_then(|day| bank.end_of_day(day)),
        };
        let rows = journal::audit(conn, &wish, place, limit)?;
        let names = names_of(conn, &rows)?;
        Ok(rows.into_iter().map(|row| AuditEntry::of(row, &names)).collect())
    })
}
