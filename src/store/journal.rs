//! What every write leaves behind in its own transaction: an audit row, an outbox row, and its saved answer.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::insert::insert_rows;
use super::listing::placed;
use super::schema::{audit_log, idempotency_keys, outbox};
use super::types::{At, Document, Id, Json, Key, Moment};
use crate::domain::list::ListPlace;

/// Who did what to which thing; no personal data in it.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = audit_log, treat_none_as_default_value = false)]
pub struct AuditRow {
    pub audit_id: Key,
    pub at: At,
    pub actor: String,
    pub institution_id: Option<Key>,
    pub operation: String,
    pub subject_kind: String,
    pub subject_id: Key,
    pub request_id: Key,
    pub details: Document,
}

/// Something that others may want to know.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
pub struct OutboxRow {
    pub event_id: Key,
    pub at: At,
    pub event_type: String,
    pub learner_id: Option<Key>,
    pub institution_id: Option<Key>,
    pub subject_id: Key,
    pub payload: Document,
}

/// A saved answer, sealed.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = idempotency_keys, treat_none_as_default_value = false)]
pub struct SavedAnswer {
    pub idempotency_key: String,
    pub owner: String,
    pub operation: String,
    pub request_digest: Vec<u8>,
    pub answer_sealed: Vec<u8>,
    pub created_at: At,
}

/// What is told of a write: who did what to which thing, when, in which request. Nothing personal.
#[derive(Debug, Clone)]
pub struct Told {
    pub actor: String,
    pub at: DateTime<Utc>,
    pub request_id: Uuid,
    pub operation: &'static str,
    pub subject_kind: &'static str,
    pub subject_id: Uuid,
    pub learner_id: Option<Uuid>,
    pub institution_id: Option<Uuid>,
    pub details: Value,
}

impl Told {
    /// Names the learner whose record it touches.
    pub fn of_learner(self, learner_id: Uuid) -> Self {
        Self {
            learner_id: Some(learner_id),
            ..self
        }
    }

    /// Names the institution that it concerns.
    pub fn of_institution(self, institution_id: Uuid) -> Self {
        Self {
            institution_id: Some(institution_id),
            ..self
        }
    }

    /// Adds what changed.
    pub fn with(self, details: Value) -> Self {
        Self { details, ..self }
    }
}

/// Writes the audit and the outbox rows of many writes.
///
/// # Errors
/// When the database refuses.
pub fn tell(conn: &mut Conn, told: &[Told]) -> Result<(), StoreError> {
    use diesel::sql_types::{Nullable, Text};
    let audit: Vec<AuditRow> = told
        .iter()
        .map(|told| AuditRow {
            audit_id: Key(Uuid::now_v7()),
            at: At(told.at),
            actor: told.actor.clone(),
            institution_id: told.institution_id.map(Key),
            operation: told.operation.to_owned(),
            subject_kind: told.subject_kind.to_owned(),
            subject_id: Key(told.subject_id),
            request_id: Key(told.request_id),
            details: Document(told.details.clone()),
        })
        .collect();
    let events: Vec<OutboxRow> = told
        .iter()
        .map(|told| OutboxRow {
            event_id: Key(Uuid::now_v7()),
            at: At(told.at),
            event_type: format!("{}.{}", told.subject_kind, told.operation),
            learner_id: told.learner_id.map(Key),
            institution_id: told.institution_id.map(Key),
            subject_id: Key(told.subject_id),
            payload: Document(told.details.clone()),
        })
        .collect();
    insert_rows!(conn, audit_log, &audit, {
        audit_id: Id, at: Moment, actor: Text, institution_id: Nullable<Id>, operation: Text,
        subject_kind: Text, subject_id: Id, request_id: Id, details: Json,
    });
    insert_rows!(conn, outbox, &events, {
        event_id: Id, at: Moment, event_type: Text, learner_id: Nullable<Id>, institution_id: Nullable<Id>, subject_id: Id, payload: Json,
    });
    Ok(())
}

/// Which audit rows to read.
#[derive(Debug, Default)]
pub struct AuditWish {
    pub institution_id: Option<Uuid>,
    pub subject_id: Option<Uuid>,
    pub operation: Option<String>,
    pub request_id: Option<Uuid>,
    pub actor: Option<String>,
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
}

/// Audit rows, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn audit(conn: &mut Conn, wish: &AuditWish, place: ListPlace, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    let mut query = audit_log::table.into_boxed();
    if let Some(institution_id) = wish.institution_id {
        query = query.filter(audit_log::institution_id.eq(Key(institution_id)));
    }
    if let Some(subject_id) = wish.subject_id {
        query = query.filter(audit_log::subject_id.eq(Key(subject_id)));
    }
    if let Some(operation) = &wish.operation {
        query = query.filter(audit_log::operation.eq(operation));
    }
    if let Some(request_id) = wish.request_id {
        query = query.filter(audit_log::request_id.eq(Key(request_id)));
    }
    if let Some(actor) = &wish.actor {
        query = query.filter(audit_log::actor.eq(actor));
    }
    if let Some(from) = wish.from {
        query = query.filter(audit_log::at.ge(At(from)));
    }
    if let Some(until) = wish.until {
        query = query.filter(audit_log::at.lt(At(until)));
    }
    Ok(placed!(query, audit_log::audit_id, place.map(Key)).limit(limit).load(conn)?)
}

/// The answers saved under some keys of one owner.
///
/// # Errors
/// When the database refuses.
pub fn saved_answers(conn: &mut Conn, owner: &str, keys: &[String]) -> Result<Vec<SavedAnswer>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(each_back_end!(conn, c => idempotency_keys::table
        .filter(idempotency_keys::owner.eq(owner))
        .filter(idempotency_keys::idempotency_key.eq_any(keys))
        .load::<SavedAnswer>(c))?)
}

/// Saves answers.
///
/// # Errors
/// When the database refuses.
pub fn save_answers(conn: &mut Conn, answers: &[SavedAnswer]) -> Result<(), StoreError> {
    use diesel::sql_types::{Binary, Text};
    insert_rows!(conn, idempotency_keys, answers, {
        idempotency_key: Text, owner: Text, operation: Text, request_digest: Binary, answer_sealed: Binary, created_at: Moment,
    });
    Ok(())
}
