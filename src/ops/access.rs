//! Looks at learners' records: every one by somebody else is in the learner's access log (invariant 10).

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::news::tell_learners;
use crate::domain::actor::Actor;
use crate::domain::list::ListPlace;
use crate::domain::notification::NotificationKind;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::notifications::{NotificationRow, claimed};
use crate::store::records::{self, AccessRow};
use crate::store::types::{At, Document, Key};

/// Whose record is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The caller's own.
    Own,
    /// That of a learner, by right.
    Learner(Uuid),
}

/// A look at the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Access {
    pub access_id: Uuid,
    pub at: DateTime<Utc>,
    /// The name of who looked: a person, or another system.
    pub actor_name: String,
    /// The institution for which it was.
    pub institution_id: Option<Uuid>,
    /// What was asked.
    #[schema(example = "list_outcomes")]
    pub operation: String,
    pub request_id: Uuid,
}

/// Notes a look at the records of some learners, of each as the one that it is now, and tells them; one's own is not noted.
///
/// # Errors
/// When the database refuses.
pub(super) fn note_access(
    conn: &mut Conn,
    context: &Context,
    actor: &Actor,
    institution_id: Option<Uuid>,
    operation: &str,
    learner_ids: &[Uuid],
) -> Result<(), StoreError> {
    let mut others: Vec<Uuid> = records::present(conn, learner_ids)?
        .into_iter()
        .filter(|learner_id| actor.learner_id() != Some(*learner_id))
        .collect();
    others.sort_unstable();
    others.dedup();
    let rows: Vec<AccessRow> = others
        .iter()
        .copied()
        .map(|learner_id| AccessRow {
            learner_id: Key(learner_id),
            access_id: Key(Uuid::now_v7()),
            actor: context.caller.label(),
            actor_name: actor.display_name().to_owned(),
            institution_id: institution_id.map(Key),
            operation: operation.to_owned(),
            request_id: Key(context.request_id),
            at: At(context.now),
        })
        .collect();
    records::insert_accesses(conn, &rows)?;
    let news = rows
        .into_iter()
        .map(|row| NotificationRow {
            learner_id: row.learner_id,
            notification_id: row.access_id,
            kind: NotificationKind::Looked.to_string(),
            event_type: row.operation,
            subject_id: row.request_id,
            institution_id: row.institution_id,
            details: Document(serde_json::json!({})),
            at: row.at,
            read_at: None,
            to_mail: false,
        })
        .collect();
    let claimed = claimed(conn, &others)?;
    tell_learners(conn, &claimed, news)?;
    Ok(())
}

/// Notes that somebody checked a paper of a learner by its number. It is in the list of looks, and not told by itself: whoever hands a
/// paper out knows that it will be checked.
///
/// # Errors
/// When the database refuses.
pub(super) fn note_check(conn: &mut Conn, context: &Context, actor: &Actor, learner_id: Uuid) -> Result<(), StoreError> {
    if actor.learner_id() == Some(learner_id) {
        return Ok(());
    }
    let row = AccessRow {
        learner_id: Key(learner_id),
        access_id: Key(Uuid::now_v7()),
        actor: context.caller.label(),
        actor_name: actor.display_name().to_owned(),
        institution_id: None,
        operation: "check_number".to_owned(),
        request_id: Key(context.request_id),
        at: At(context.now),
    };
    records::insert_accesses(conn, &[row])
}

/// The looks at a learner's record, from a place in their list.
///
/// # Errors
/// What the policy answers.
pub fn list_accesses(
    bank: &Bank,
    context: &Context,
    whose: Whose,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<Access>, OpError> {
    let place = place.into();
    reading(bank, whose, |conn| {
        let learner = learner_of(conn, context, whose, "list_accesses")?;
        let accounts = records::with_absorbed(conn, learner.learner_id.0)?;
        let rows = records::accesses(conn, &accounts, place, limit)?;
        Ok(rows
            .into_iter()
            .map(|row| Access {
                access_id: row.access_id.0,
                at: row.at.0,
                actor_name: row.actor_name,
                institution_id: row.institution_id.map(|key| key.0),
                operation: row.operation,
                request_id: row.request_id.0,
            })
            .collect())
    })
}

/// Loads the learner whose record is read, asks the policy, and notes the look where it is somebody else's.
///
/// # Errors
/// `NotFound` for somebody without a learning account, and what the policy answers.
pub(super) fn learner_of(conn: &mut Conn, context: &Context, whose: Whose, operation: &str) -> Result<LearnerRow, OpError> {
    let actor = context.somebody(conn)?;
    let (learner_id, action) = match whose {
        Whose::Own => (actor.learner_id().ok_or(Rejection::NotFound {})?, Action::ReadOwnRecord),
        Whose::Learner(learner_id) => (learner_id, Action::ReadLearnerRecord),
    };
    policy::allowed(&actor, action, Resource::Learner(learner_id))?;
    let row = records::learner(conn, learner_id)?.ok_or(Rejection::NotFound {})?;
    if whose != Whose::Own {
        note_access(conn, context, &actor, None, operation, &[learner_id])?;
    }
    Ok(row)
}

/// Runs a reading: one's own needs no write, somebody else's is noted.
pub(super) fn reading<T>(bank: &Bank, whose: Whose, work: impl Fn(&mut Conn) -> Result<T, OpError>) -> Result<T, OpError> {
    match whose {
        Whose::Own => bank.store.read(work),
        Whose::Learner(_) => bank.store.write(work),
    }
}

/// The moment before which a reading as of a day looks, and the day.
///
/// # Errors
/// `AsOfInTheFuture`.
pub(super) fn as_of(bank: &Bank, context: &Context, day: Option<NaiveDate>) -> Result<(NaiveDate, Option<DateTime<Utc>>), Rejection> {
    let today = bank.day(context.now);
    match day {
        None => Ok((today, None)),
        Some(day) if day > today => Err(Rejection::AsOfInTheFuture {}),
        Some(day) => Ok((day, bank.end_of_day(day))),
    }
}
