//! Log-ins of programs and of browsers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::sessions;
use super::types::{At, Key};

/// A log-in, with the digest of its present refresh token, or of the secret in the cookie of a browser.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    pub session_id: Key,
    pub user_id: Key,
    pub refresh_digest: Vec<u8>,
    /// What sort of browser it is; a program has none.
    pub browser: Option<String>,
    /// Nobody is logged in until the second factor is shown too.
    pub awaits_code: bool,
    pub created_at: At,
    pub refreshed_at: At,
    /// It ends then at the latest.
    pub expires_at: At,
    pub ended_at: Option<At>,
    pub ended_because: Option<String>,
    /// What is remembered between the two requests with which a passkey is made or shown.
    pub ceremony: Option<String>,
}

/// A user's log-in, where it is one that counts: neither ended nor waiting for the second factor.
///
/// # Errors
/// When the database refuses.
pub fn open_session(conn: &mut Conn, user_id: Uuid, session_id: Uuid) -> Result<Option<SessionRow>, StoreError> {
    let row = session(conn, session_id)?;
    Ok(row.filter(|row| row.user_id.0 == user_id && row.ended_at.is_none() && !row.awaits_code))
}

/// Opens a log-in.
///
/// # Errors
/// When the database refuses.
pub fn insert_session(conn: &mut Conn, session: &SessionRow) -> Result<(), StoreError> {
    diesel::insert_into(sessions::table).values(session).execute(conn)?;
    Ok(())
}

/// Finds a log-in.
///
/// # Errors
/// When the database refuses.
pub fn session(conn: &mut Conn, session_id: Uuid) -> Result<Option<SessionRow>, StoreError> {
    Ok(sessions::table.find(Key(session_id)).first(conn).optional()?)
}

/// Gives a log-in its next secret, if it still has the one that was shown.
///
/// # Errors
/// When the database refuses.
pub fn rotate_session(conn: &mut Conn, session_id: Uuid, from: &[u8], to: &[u8], now: DateTime<Utc>) -> Result<bool, StoreError> {
    let changed = diesel::update(sessions::table.find(Key(session_id)))
        .filter(sessions::refresh_digest.eq(from))
        .filter(sessions::ended_at.is_null())
        .set((sessions::refresh_digest.eq(to), sessions::refreshed_at.eq(At(now))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Ends a log-in.
///
/// # Errors
/// When the database refuses.
pub fn end_session(conn: &mut Conn, session_id: Uuid, because: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(Key(session_id)))
        .filter(sessions::ended_at.is_null())
        .set((sessions::ended_at.eq(Some(At(now))), sessions::ended_because.eq(Some(because))))
        .execute(conn)?;
    Ok(())
}

/// Ends every log-in of a user.
///
/// # Errors
/// When the database refuses.
pub fn end_sessions_of(conn: &mut Conn, user_id: Uuid, because: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(sessions::table.filter(sessions::user_id.eq(Key(user_id))))
        .filter(sessions::ended_at.is_null())
        .set((sessions::ended_at.eq(Some(At(now))), sessions::ended_because.eq(Some(because))))
        .execute(conn)?;
    Ok(())
}

/// Notes that a browser's log-in was used.
///
/// # Errors
/// When the database refuses.
pub fn touch_session(conn: &mut Conn, session_id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(Key(session_id)))
        .set(sessions::refreshed_at.eq(At(now)))
        .execute(conn)?;
    Ok(())
}

/// Remembers what the answer to a ceremony will be compared with, in the place of what was remembered before.
///
/// # Errors
/// When the database refuses.
pub fn begin_ceremony(conn: &mut Conn, session_id: Uuid, ceremony: &str) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(Key(session_id)))
        .set(sessions::ceremony.eq(Some(ceremony)))
        .execute(conn)?;
    Ok(())
}

/// Takes what was remembered: an answer is looked at once. Nothing where it was taken meanwhile.
///
/// # Errors
/// When the database refuses.
pub fn take_ceremony(conn: &mut Conn, session_id: Uuid) -> Result<Option<String>, StoreError> {
    let Some(row) = session(conn, session_id)? else { return Ok(None) };
    let taken = diesel::update(sessions::table.find(Key(session_id)))
        .filter(sessions::ceremony.eq(&row.ceremony))
        .set(sessions::ceremony.eq(None::<String>))
        .execute(conn)?;
    Ok(row.ceremony.filter(|_| taken == 1))
}

/// Opens a log-in that waited for the second factor, with another secret.
///
/// # Errors
/// When the database refuses.
pub fn complete_session(conn: &mut Conn, session_id: Uuid, to: &[u8], until: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(Key(session_id)))
        .filter(sessions::ended_at.is_null())
        .set((
            sessions::awaits_code.eq(false),
            sessions::refresh_digest.eq(to),
            sessions::refreshed_at.eq(At(now)),
            sessions::expires_at.eq(At(until)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The open log-ins of a user, the newest first.
///
/// # Errors
/// When the database refuses.
pub fn open_sessions(conn: &mut Conn, user_id: Uuid, now: DateTime<Utc>, limit: i64) -> Result<Vec<SessionRow>, StoreError> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(Key(user_id)))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::awaits_code.eq(false))
        .filter(sessions::expires_at.gt(At(now)))
        .order(sessions::session_id.desc())
        .limit(limit)
        .load(conn)?)
}
