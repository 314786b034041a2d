//! Mail on its way. Whoever takes one puts off the next try first, so that one that is lost with its server is tried again.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::mails;
use super::types::{At, Key};

/// A mail, sealed.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = mails)]
pub struct MailRow {
    pub mail_id: Key,
    pub letter_sealed: Vec<u8>,
    pub attempts: i64,
    pub next_attempt_at: At,
    pub created_at: At,
}

/// Adds a mail.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &MailRow) -> Result<(), StoreError> {
    diesel::insert_into(mails::table).values(row).execute(conn)?;
    Ok(())
}

/// The mail that has been due for longest.
///
/// # Errors
/// When the database refuses.
pub fn next_due(conn: &mut Conn, now: DateTime<Utc>) -> Result<Option<MailRow>, StoreError> {
    Ok(mails::table
        .filter(mails::next_attempt_at.le(At(now)))
        .order(mails::next_attempt_at)
        .first(conn)
        .optional()?)
}

/// Takes a mail for a try, and puts off the next; false when somebody else was quicker.
///
/// # Errors
/// When the database refuses.
pub fn take(conn: &mut Conn, row: &MailRow, next: DateTime<Utc>) -> Result<bool, StoreError> {
    let taken = diesel::update(mails::table.find(&row.mail_id))
        .filter(mails::attempts.eq(row.attempts))
        .set((mails::attempts.eq(row.attempts + 1), mails::next_attempt_at.eq(At(next))))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Removes a mail that is sent, or given up.
///
/// # Errors
/// When the database refuses.
pub fn delete(conn: &mut Conn, mail_id: Uuid) -> Result<(), StoreError> {
    diesel::delete(mails::table.find(Key(mail_id))).execute(conn)?;
    Ok(())
}
