//! Users, their roles, and the first administrator's link.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::listing::placed;
use super::schema::{institutions, memberships, setup_tokens, usernames, users};
use super::second_factors;
use super::sessions::open_session;
use super::types::{At, Key};
use crate::domain::actor::{Actor, BankRole, MemberRole, Membership};
use crate::domain::institution::InstitutionStatus;
use crate::domain::list::ListPlace;

/// Somebody who logs in.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = users)]
pub struct UserRow {
    pub user_id: Key,
    pub username: String,
    pub display_name: String,
    pub password_hash: String,
    pub bank_role: Option<String>,
    pub learner_id: Option<Key>,
    pub status: String,
    pub created_at: At,
    pub password_changed_at: At,
}

/// Adds a user; a taken name is [`super::error::Taken::Username`].
///
/// # Errors
/// When the database refuses.
pub fn insert_user(conn: &mut Conn, user: &UserRow) -> Result<(), StoreError> {
    diesel::insert_into(usernames::table)
        .values((usernames::username.eq(&user.username), usernames::user_id.eq(&user.user_id)))
        .execute(conn)?;
    diesel::insert_into(users::table).values(user).execute(conn)?;
    Ok(())
}

/// Gives a user a role at an institution.
///
/// # Errors
/// When the database refuses.
pub fn insert_membership(
    conn: &mut Conn,
    user_id: Uuid,
    institution_id: Uuid,
    role: MemberRole,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::insert_into(memberships::table)
        .values((
            memberships::user_id.eq(Key(user_id)),
            memberships::institution_id.eq(Key(institution_id)),
            memberships::role.eq(role.as_str()),
            memberships::created_at.eq(At(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Finds a user by name.
///
/// # Errors
/// When the database refuses.
pub fn user_by_name(conn: &mut Conn, username: &str) -> Result<Option<UserRow>, StoreError> {
    Ok(users::table
        .inner_join(usernames::table.on(usernames::user_id.eq(users::user_id)))
        .filter(usernames::username.eq(username))
        .select(users::all_columns)
        .first(conn)
        .optional()?)
}

/// Finds a user.
///
/// # Errors
/// When the database refuses.
pub fn user(conn: &mut Conn, user_id: Uuid) -> Result<Option<UserRow>, StoreError> {
    Ok(users::table.find(Key(user_id)).first(conn).optional()?)
}

/// Sets a new password.
///
/// # Errors
/// When the database refuses.
pub fn set_password(conn: &mut Conn, user_id: Uuid, password_hash: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(users::table.find(Key(user_id)))
        .set((users::password_hash.eq(password_hash), users::password_changed_at.eq(At(now))))
        .execute(conn)?;
    Ok(())
}

/// Who the user of an open log-in is now; `None` when the log-in ended or the user is disabled. In a browser somebody has power over
/// others' records only with a second factor: without one, nothing but the own account is theirs.
///
/// # Errors
/// When the database refuses, or a stored word is unknown.
pub fn load_actor(conn: &mut Conn, user_id: Uuid, session_id: Uuid) -> Result<Option<Actor>, StoreError> {
    let Some(user) = user(conn, user_id)? else { return Ok(None) };
    let Some(session) = open_session(conn, user_id, session_id)?.filter(|_| user.status == "active") else {
        return Ok(None);
    };
    let rows: Vec<(Key, String, String)> = memberships::table
        .inner_join(institutions::table.on(institutions::institution_id.eq(memberships::institution_id)))
        .filter(memberships::user_id.eq(Key(user_id)))
        .select((memberships::institution_id, memberships::role, institutions::status))
        .load(conn)?;
    let memberships = rows
        .into_iter()
        .map(|(institution_id, role, status)| {
            Some(Membership {
                institution_id: institution_id.0,
                role: MemberRole::parse(&role)?,
                status: InstitutionStatus::parse(&status)?,
            })
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| StoreError::Damaged("a membership".to_owned()))?;
    let bank_role = user.bank_role.as_deref().and_then(BankRole::parse);
    let has_power = session.browser.is_none() || second_factors::is_set(conn, user_id)?;
    Ok(Some(Actor::User {
        user_id,
        display_name: user.display_name,
        bank_role: bank_role.filter(|_| has_power),
        learner_id: user.learner_id.map(|key| key.0),
        memberships: if has_power { memberships } else { Vec::new() },
    }))
}

/// Whether a user has power over others' records: a role at the bank or at an institution.
///
/// # Errors
/// When the database refuses.
pub fn has_power(conn: &mut Conn, user_id: Uuid) -> Result<bool, StoreError> {
    let count: i64 = memberships::table
        .filter(memberships::user_id.eq(Key(user_id)))
        .count()
        .get_result(conn)?;
    Ok(count > 0 || user(conn, user_id)?.is_some_and(|user| user.bank_role.is_some()))
}

/// Whether a set-up link was ever made.
///
/// # Errors
/// When the database refuses.
pub fn has_setup_token(conn: &mut Conn) -> Result<bool, StoreError> {
    Ok(setup_tokens::table.count().get_result::<i64>(conn)? > 0)
}

/// Keeps the digest of a set-up link.
///
/// # Errors
/// When the database refuses.
pub fn insert_setup_token(conn: &mut Conn, digest: &[u8], now: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::insert_into(setup_tokens::table)
        .values((setup_tokens::token_digest.eq(digest), setup_tokens::created_at.eq(At(now))))
        .execute(conn)?;
    Ok(())
}

/// Uses a set-up link; false when there is no such unused one.
///
/// # Errors
/// When the database refuses.
pub fn use_setup_token(conn: &mut Conn, digest: &[u8], now: DateTime<Utc>) -> Result<bool, StoreError> {
    let used = diesel::update(setup_tokens::table.filter(setup_tokens::token_digest.eq(digest)))
        .filter(setup_tokens::used_at.is_null())
        .set(setup_tokens::used_at.eq(Some(At(now))))
        .execute(conn)?;
    Ok(used == 1)
}

/// A member's roles, with the names that are shown.
#[derive(Debug, Clone, Queryable)]
pub struct MemberRow {
    pub user_id: Key,
    pub username: String,
    pub display_name: String,
    pub role: String,
}

/// Every role of every member of an institution, in the order of users.
///
/// # Errors
/// When the database refuses.
pub fn members(conn: &mut Conn, institution_id: Uuid) -> Result<Vec<MemberRow>, StoreError> {
    Ok(memberships::table
        .inner_join(users::table.on(users::user_id.eq(memberships::user_id)))
        .filter(memberships::institution_id.eq(Key(institution_id)))
        .order((users::user_id, memberships::role))
        .select((users::user_id, users::username, users::display_name, memberships::role))
        .load(conn)?)
}

/// Takes all roles at an institution from a user; says how many there were.
///
/// # Errors
/// When the database refuses.
pub fn delete_memberships(conn: &mut Conn, user_id: Uuid, institution_id: Uuid) -> Result<usize, StoreError> {
    Ok(diesel::delete(
        memberships::table
            .filter(memberships::user_id.eq(Key(user_id)))
            .filter(memberships::institution_id.eq(Key(institution_id))),
    )
    .execute(conn)?)
}

/// The bank's own people, from a place in the order in which they were made.
///
/// # Errors
/// When the database refuses.
pub fn staff(conn: &mut Conn, place: ListPlace, limit: i64) -> Result<Vec<UserRow>, StoreError> {
    let query = users::table.filter(users::bank_role.is_not_null()).into_boxed();
    Ok(placed!(query, users::user_id, place.map(Key)).limit(limit).load(conn)?)
}

/// Binds a user to a learning account; false when the user has one already.
///
/// # Errors
/// When the database refuses.
pub fn set_learner(conn: &mut Conn, user_id: Uuid, learner_id: Uuid) -> Result<bool, StoreError> {
    let changed = diesel::update(users::table.find(Key(user_id)))
        .filter(users::learner_id.is_null())
        .set(users::learner_id.eq(Some(Key(learner_id))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Leads a log-in from one learning account to another; nothing happens where it leads elsewhere.
///
/// # Errors
/// When the database refuses.
pub fn lead(conn: &mut Conn, user_id: Uuid, from: Uuid, to: Uuid) -> Result<(), StoreError> {
    diesel::update(users::table.find(Key(user_id)).filter(users::learner_id.eq(Key(from))))
        .set(users::learner_id.eq(Some(Key(to))))
        .execute(conn)?;
    Ok(())
}
