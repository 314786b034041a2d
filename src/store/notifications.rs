//! What learners are told in their accounts, and of what they want mail.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::insert::insert_rows;
use super::listing::placed;
use super::schema::{learners, notification_settings, notifications};
use super::types::{At, Document, Id, Json, Key, Moment};
use crate::domain::list::ListPlace;

/// Something that a learner is told.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = notifications)]
pub struct NotificationRow {
    pub learner_id: Key,
    pub notification_id: Key,
    pub kind: String,
    /// The event of which it tells; of a look, the operation.
    pub event_type: String,
    pub subject_id: Key,
    pub institution_id: Option<Key>,
    pub details: Document,
    pub at: At,
    pub read_at: Option<At>,
    /// Whether it waits to be told by mail.
    pub to_mail: bool,
}

/// Of what a learner wants mail, and where to.
#[derive(Debug, Clone, Insertable, Queryable, AsChangeset)]
#[diesel(table_name = notification_settings)]
#[diesel(primary_key(learner_id))]
#[diesel(treat_none_as_null = true)]
pub struct SettingsRow {
    pub learner_id: Key,
    pub edition: i64,
    pub language: String,
    /// Kinds, with spaces between.
    pub mail_kinds: String,
    pub address_sealed: Option<Vec<u8>>,
    pub confirmed_at: Option<At>,
    pub code_digest: Option<Vec<u8>>,
    pub code_expires_at: Option<At>,
    pub code_failures: i64,
    /// How many codes were asked for since the last was right.
    pub codes_sent: i64,
    pub code_sent_at: Option<At>,
    pub mailed_at: Option<At>,
}

/// Those of some learners who have a log-in, as who they are now: an account that nobody claimed is told nothing.
///
/// # Errors
/// When the database refuses.
pub fn claimed(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    if learner_ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    let some_ids: Vec<Option<Key>> = ids.iter().cloned().map(Some).collect();
    let found: Vec<(Key, Option<Key>)> = each_back_end!(conn, c => learners::table
        .filter(learners::learner_id.eq_any(&ids).or(learners::merged_into.eq_any(&some_ids).assume_not_null()))
        .filter(learners::user_id.is_not_null())
        .select((learners::learner_id, learners::merged_into))
        .load(c))?;
    Ok(found.into_iter().map(|(own, into)| into.unwrap_or(own).0).collect())
}

/// Those of some learners whose address is confirmed, with the kinds of which they want mail.
///
/// # Errors
/// When the database refuses.
pub fn with_mail(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, StoreError> {
    if learner_ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    let found: Vec<(Key, String)> = each_back_end!(conn, c => notification_settings::table
        .filter(notification_settings::learner_id.eq_any(&ids))
        .filter(notification_settings::confirmed_at.is_not_null())
        .select((notification_settings::learner_id, notification_settings::mail_kinds))
        .load(c))?;
    Ok(found.into_iter().map(|(key, kinds)| (key.0, kinds)).collect())
}

/// Adds notifications.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, rows: &[NotificationRow]) -> Result<(), StoreError> {
    use diesel::sql_types::{Bool, Nullable, Text};
    insert_rows!(conn, notifications, rows, {
        learner_id: Id, notification_id: Id, kind: Text, event_type: Text, subject_id: Id, institution_id: Nullable<Id>, details: Json,
        at: Moment, read_at: Nullable<Moment>, to_mail: Bool,
    });
    Ok(())
}

fn keys(ids: &[Uuid]) -> Vec<Key> {
    ids.iter().copied().map(Key).collect()
}

/// What some accounts were told, from a place in their list; all, or what is not read yet.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, accounts: &[Uuid], unread: bool, place: ListPlace, limit: i64) -> Result<Vec<NotificationRow>, StoreError> {
    let accounts = keys(accounts);
    Ok(each_back_end!(conn, c => {
        let mut query = notifications::table.filter(notifications::learner_id.eq_any(&accounts)).into_boxed();
        if unread {
            query = query.filter(notifications::read_at.is_null());
        }
        placed!(query, notifications::notification_id, place.map(Key)).limit(limit).load(c)
    })?)
}

/// How much some accounts have not read.
///
/// # Errors
/// When the database refuses.
pub fn count_unread(conn: &mut Conn, accounts: &[Uuid]) -> Result<i64, StoreError> {
    let accounts = keys(accounts);
    Ok(each_back_end!(conn, c => notifications::table
        .filter(notifications::learner_id.eq_any(&accounts))
        .filter(notifications::read_at.is_null())
        .select(count_star())
        .first(c))?)
}

/// Notes that one is read, or all; what was read before stays so. Says how many there are.
///
/// # Errors
/// When the database refuses.
pub fn mark_read(conn: &mut Conn, accounts: &[Uuid], one: Option<Uuid>, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let mut changed = 0;
    for account in accounts {
        let own = notifications::table.filter(notifications::learner_id.eq(Key(*account)));
        let mark = notifications::read_at.eq(Some(At(now)));
        changed += match one {
            Some(one) => diesel::update(
                own.filter(notifications::notification_id.eq(Key(one)))
                    .filter(notifications::read_at.is_null()),
            )
            .set(mark)
            .execute(conn)?,
            None => diesel::update(own.filter(notifications::read_at.is_null()))
                .set(mark)
                .execute(conn)?,
        };
    }
    Ok(changed)
}

/// Finds one of some accounts.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, accounts: &[Uuid], notification_id: Uuid) -> Result<Option<NotificationRow>, StoreError> {
    let accounts = keys(accounts);
    Ok(each_back_end!(conn, c => notifications::table
        .filter(notifications::learner_id.eq_any(&accounts))
        .filter(notifications::notification_id.eq(Key(notification_id)))
        .first(c)
        .optional())?)
}

/// Learners for whom something waits to be mailed, in order, after one of them.
///
/// # Errors
/// When the database refuses.
pub fn learners_to_mail(conn: &mut Conn, after: Uuid, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let ids: Vec<Key> = notifications::table
        .filter(notifications::to_mail.eq(true))
        .filter(notifications::learner_id.gt(Key(after)))
        .select(notifications::learner_id)
        .distinct()
        .order(notifications::learner_id)
        .limit(limit)
        .load(conn)?;
    Ok(ids.into_iter().map(|key| key.0).collect())
}

/// What waits to be mailed to a learner, in the order in which it happened.
///
/// # Errors
/// When the database refuses.
pub fn to_mail(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<NotificationRow>, StoreError> {
    Ok(notifications::table
        .filter(notifications::learner_id.eq(Key(learner_id)))
        .filter(notifications::to_mail.eq(true))
        .order(notifications::notification_id)
        .load(conn)?)
}

/// Notes that what waited to be mailed to a learner is on its way, or is wanted no more.
///
/// # Errors
/// When the database refuses.
pub fn note_mailed(conn: &mut Conn, learner_id: Uuid) -> Result<(), StoreError> {
    diesel::update(
        notifications::table
            .filter(notifications::learner_id.eq(Key(learner_id)))
            .filter(notifications::to_mail.eq(true)),
    )
    .set(notifications::to_mail.eq(false))
    .execute(conn)?;
    Ok(())
}

/// What a learner wants, if it was ever said.
///
/// # Errors
/// When the database refuses.
pub fn settings(conn: &mut Conn, learner_id: Uuid) -> Result<Option<SettingsRow>, StoreError> {
    Ok(notification_settings::table.find(Key(learner_id)).first(conn).optional()?)
}

/// Writes what a learner wants, where it still has the edition that was read, 0 for none; false where it has another.
///
/// # Errors
/// When the database refuses.
pub fn write_settings(conn: &mut Conn, row: &SettingsRow, edition: i64) -> Result<bool, StoreError> {
    if edition == 0 {
        // Two at once break the key, and the later one looks again.
        diesel::insert_into(notification_settings::table).values(row).execute(conn)?;
        return Ok(true);
    }
    let changed = each_back_end!(conn, c => diesel::update(notification_settings::table.find(&row.learner_id))
        .filter(notification_settings::edition.eq(edition))
        .set(row)
        .execute(c))?;
    Ok(changed == 1)
}
