//! What a learner is told in the account.

pub mod mailing;
pub mod settings;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::access::{Whose, learner_of};
use super::context::{Bank, Context};
use super::error::OpError;
use super::news::kind_of;
use crate::domain::language::Language;
use crate::domain::list::ListPlace;
use crate::domain::notification::{NotificationKind, sentence};
use crate::domain::policy::Action;
use crate::domain::policy::Resource;
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::notifications::{self as store, NotificationRow};
use crate::store::{institutions, records};

/// Something that a learner is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Notification {
    pub notification_id: Uuid,
    pub kind: NotificationKind,
    /// The sentence, in the reader's language.
    #[schema(example = "安阳职业技术学院存入了一项学习成果，认定 9.00 学分。")]
    pub text: String,
    /// The event of which it tells; of a look, the operation.
    #[schema(example = "outcome.deposit_outcome")]
    pub event_type: String,
    /// The outcome, claim, correction or whatever it is about; of a look, its request.
    pub subject_id: Uuid,
    pub institution_id: Option<Uuid>,
    pub at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

/// A page of notifications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Notifications {
    pub items: Vec<Notification>,
    /// How many are not read, on all pages.
    pub unread: i64,
}

/// How many were marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Marked {
    pub marked: usize,
}

/// The sentences of some notifications.
fn shown(conn: &mut Conn, rows: Vec<NotificationRow>, language: Language) -> Result<Vec<Notification>, OpError> {
    let mut names: HashMap<Uuid, Option<String>> = HashMap::new();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let institution_id = row.institution_id.as_ref().map(|key| key.0);
        if let Some(id) = institution_id.filter(|id| !names.contains_key(id)) {
            names.insert(id, institutions::find(conn, id)?.map(|institution| institution.name));
        }
        let by = institution_id.and_then(|id| names.get(&id)).and_then(Option::as_deref);
        let kind = kind_of(&row)?;
        found.push(Notification {
            notification_id: row.notification_id.0,
            kind,
            text: sentence(kind, &row.event_type, &row.details.0, by, language),
            event_type: row.event_type,
            subject_id: row.subject_id.0,
            institution_id,
            at: row.at.0,
            read_at: row.read_at.map(|at| at.0),
        });
    }
    Ok(found)
}

/// The caller's accounts: the own one and those that it absorbed.
fn accounts(conn: &mut Conn, context: &Context) -> Result<Vec<Uuid>, OpError> {
    let learner = learner_of(conn, context, Whose::Own, "notifications")?;
    Ok(records::with_absorbed(conn, learner.learner_id.0)?)
}

/// As [`accounts`], for what changes something.
fn accounts_to_write(conn: &mut Conn, context: &Context) -> Result<Vec<Uuid>, OpError> {
    let accounts = accounts(conn, context)?;
    if let Some(own) = accounts.first() {
        context.authorised(conn, Action::WriteOwnSettings, Resource::Learner(*own))?;
    }
    Ok(accounts)
}

/// What the caller is told, from a place in their list.
///
/// # Errors
/// `NotFound` for somebody without a learning account, and what the policy answers.
pub fn list_notifications(
    bank: &Bank,
    context: &Context,
    unread: bool,
    place: impl Into<ListPlace>,
    limit: i64,
    language: Language,
) -> Result<Notifications, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let accounts = accounts(conn, context)?;
        let rows = store::list(conn, &accounts, unread, place, limit)?;
        Ok(Notifications {
            items: shown(conn, rows, language)?,
            unread: store::count_unread(conn, &accounts)?,
        })
    })
}

/// Notes that one is read.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn mark_notification(bank: &Bank, context: &Context, notification_id: Uuid, language: Language) -> Result<Notification, OpError> {
    bank.store.write(|conn| {
        let accounts = accounts_to_write(conn, context)?;
        store::mark_read(conn, &accounts, Some(notification_id), context.now)?;
        let row = store::find(conn, &accounts, notification_id)?.ok_or(Rejection::NotFound {})?;
        let mut marked = shown(conn, vec![row], language)?;
        Ok(marked.pop().ok_or(Rejection::NotFound {})?)
    })
}

/// Notes that all are read, and says how many that were.
///
/// # Errors
/// `NotFound` for somebody without a learning account, and what the policy answers.
pub fn mark_all_notifications(bank: &Bank, context: &Context) -> Result<Marked, OpError> {
    bank.store.write(|conn| {
        let accounts = accounts_to_write(conn, context)?;
        let marked = store::mark_read(conn, &accounts, None, context.now)?;
        Ok(Marked { marked })
    })
}
