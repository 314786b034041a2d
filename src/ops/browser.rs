//! Log-ins of browsers: the secret is in a cookie, and the bank keeps who it is, until when, and when it was last used.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::passkeys;
use super::second_factor;
use super::sessions::{begin_session, new_session, split, user_by_password};
use crate::domain::actor::{Actor, Caller};
use crate::domain::movement::hex;
use crate::domain::portfolio::share::LookedWith;
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::people;
use crate::store::second_factors;
use crate::store::sessions::{self as store, SessionRow};
use crate::vault::opaque;

/// How long the code of the second factor is waited for.
const CODE_WAIT: TimeDelta = TimeDelta::minutes(10);

/// A use is noted when the last note is older than this.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The most log-ins that are shown.
const SESSIONS_MAX: i64 = 100;

/// A log-in of a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// What the browser keeps.
    pub cookie: String,
    /// The second factor is to be shown yet.
    pub awaits_code: bool,
}

/// Whose browser it is.
#[derive(Debug, Clone)]
pub struct Visitor {
    pub caller: Caller,
    pub actor: Actor,
    /// There is none though this person has power over others' records, which the log-in does not give for that reason.
    pub lacks_second_factor: bool,
}

/// One of the caller's log-ins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    pub session_id: Uuid,
    /// What sort of browser it is; a program has none.
    pub browser: Option<LookedWith>,
    pub began_at: DateTime<Utc>,
    pub used_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// The one that asks.
    pub is_this: bool,
}

/// Logs a browser in by name and password; where there is a second factor, it is waited for.
///
/// # Errors
/// `WrongCredentials`, the same and as slow for unknown users.
pub fn sign_in(bank: &Bank, context: &Context, username: &str, password: &str, browser: LookedWith) -> Result<SignedIn, OpError> {
    let user = user_by_password(bank, username, password)?;
    let secret = opaque::random_token()?;
    bank.store.write(|conn| {
        let awaits_code = second_factors::is_set(conn, user.user_id.0)?;
        let life = if awaits_code { CODE_WAIT } else { bank.browser_life };
        let row = SessionRow {
            browser: Some(browser.to_string()),
            awaits_code,
            ..new_session(context, &user, &secret, context.now + life)
        };
        if awaits_code {
            store::insert_session(conn, &row)?;
        } else {
            begin_session(conn, context, &row)?;
        }
        let cookie = format!("{}.{secret}", row.session_id.0);
        Ok(SignedIn { cookie, awaits_code })
    })
}

/// Completes a log-in that waits for the second factor; the browser gets another secret.
///
/// # Errors
/// `Unauthenticated` where none waits, `SecondFactorWrong`.
pub fn show_code(bank: &Bank, context: &Context, cookie: &str, code: &str) -> Result<SignedIn, OpError> {
    let (user_id, session_id) = waiting(bank, context, cookie)?;
    let context = Context {
        caller: Caller::User { user_id, session_id },
        ..*context
    };
    second_factor::pass(bank, &context, user_id, code)?;
    complete(bank, &context, session_id)
}

/// Asks for a passkey, for a log-in that waits for the second factor: what the browser is asked, as JSON.
///
/// # Errors
/// `Unauthenticated` where none waits, `PasskeysUnavailable`.
pub fn ask_for_passkey(bank: &Bank, context: &Context, cookie: &str) -> Result<String, OpError> {
    let (user_id, session_id) = waiting(bank, context, cookie)?;
    passkeys::ask(bank, user_id, session_id)
}

/// Of a log-in that waits for the second factor, whether there is a passkey to show; nothing where none waits.
///
/// # Errors
/// When the database fails.
pub fn may_show_passkey(bank: &Bank, context: &Context, cookie: &str) -> Result<Option<bool>, OpError> {
    bank.store.read(|conn| match kept(conn, cookie, context.now)? {
        Some(row) if row.awaits_code => Ok(Some(passkeys::has_passkeys(conn, row.user_id.0)?)),
        _ => Ok(None),
    })
}

/// Completes a log-in that waits for the second factor with a passkey; the browser gets another secret.
///
/// # Errors
/// `Unauthenticated` where none waits, `PasskeyRefused`.
pub fn show_passkey(bank: &Bank, context: &Context, cookie: &str, answer: &str) -> Result<SignedIn, OpError> {
    let (user_id, session_id) = waiting(bank, context, cookie)?;
    let context = Context {
        caller: Caller::User { user_id, session_id },
        ..*context
    };
    passkeys::pass(bank, &context, user_id, session_id, answer)?;
    complete(bank, &context, session_id)
}

/// Whose log-in waits for the second factor, and which it is.
fn waiting(bank: &Bank, context: &Context, cookie: &str) -> Result<(Uuid, Uuid), OpError> {
    let waiting = bank.store.read(|conn| kept(conn, cookie, context.now))?;
    let row = waiting.filter(|row| row.awaits_code).ok_or(Rejection::Unauthenticated {})?;
    Ok((row.user_id.0, row.session_id.0))
}

/// Opens the log-in.
fn complete(bank: &Bank, context: &Context, session_id: Uuid) -> Result<SignedIn, OpError> {
    let next = opaque::random_token()?;
    let until = context.now + bank.browser_life;
    bank.store.write(|conn| {
        store::complete_session(conn, session_id, &opaque::digest(&next), until, context.now)?;
        tell(conn, &[context.told("log_in", "session", session_id)])
    })?;
    Ok(SignedIn {
        cookie: format!("{session_id}.{next}"),
        awaits_code: false,
    })
}

/// The log-in of a cookie, where it is neither ended nor over.
fn kept(conn: &mut Conn, cookie: &str, now: DateTime<Utc>) -> Result<Option<SessionRow>, StoreError> {
    let Some((session_id, secret)) = split(cookie) else {
        return Ok(None);
    };
    let row = store::session(conn, session_id)?;
    Ok(row.filter(|row| {
        row.browser.is_some() && row.ended_at.is_none() && row.expires_at.0 > now && opaque::matches(secret, &row.refresh_digest)
    }))
}

/// Whose browser a cookie is of; nobody's where the log-in ended, was not used for too long, or waits for its second factor.
///
/// # Errors
/// When the database fails.
pub fn visitor(bank: &Bank, context: &Context, cookie: &str) -> Result<Option<Visitor>, OpError> {
    let found = bank.store.read(|conn| {
        let row = kept(conn, cookie, context.now)?.filter(|row| !row.awaits_code);
        let Some(row) = row.filter(|row| row.refreshed_at.0 + bank.browser_idle > context.now) else {
            return Ok::<_, OpError>(None);
        };
        let (user_id, session_id) = (row.user_id.0, row.session_id.0);
        let Some(actor) = people::load_actor(conn, user_id, session_id)? else {
            return Ok(None);
        };
        let lacks_second_factor = !second_factors::is_set(conn, user_id)? && people::has_power(conn, user_id)?;
        let visitor = Visitor {
            caller: Caller::User { user_id, session_id },
            actor,
            lacks_second_factor,
        };
        Ok(Some((visitor, row)))
    })?;
    let Some((visitor, row)) = found else { return Ok(None) };
    if row.refreshed_at.0 + NOTED_EVERY <= context.now {
        let session_id = row.session_id.0;
        bank.store
            .write(|conn| store::touch_session(conn, session_id, context.now).map_err(OpError::from))?;
    }
    Ok(Some(visitor))
}

/// What shows that a form is of a page that the browser of this cookie was given.
pub fn form_token(cookie: &str) -> String {
    hex(&opaque::digest(&format!("form:{cookie}")))
}

/// The caller's open log-ins, the newest first.
///
/// # Errors
/// `Unauthenticated`.
pub fn list_sessions(bank: &Bank, context: &Context) -> Result<Vec<OpenSession>, OpError> {
    let Caller::User { user_id, session_id } = context.caller else {
        return Err(Rejection::Unauthenticated {}.into());
    };
    bank.store.read(|conn| {
        context.actor(conn)?;
        let rows = store::open_sessions(conn, user_id, context.now, SESSIONS_MAX)?;
        let idle = |row: &SessionRow| row.browser.is_some() && row.refreshed_at.0 + bank.browser_idle <= context.now;
        Ok(rows
            .into_iter()
            .filter(|row| !idle(row))
            .map(|row| OpenSession {
                session_id: row.session_id.0,
                browser: row
                    .browser
                    .as_deref()
                    .map(|word| LookedWith::parse(word).unwrap_or(LookedWith::Other)),
                began_at: row.created_at.0,
                used_at: row.refreshed_at.0,
                expires_at: row.expires_at.0,
                is_this: row.session_id.0 == session_id,
            })
            .collect())
    })
}

/// Ends one of the caller's log-ins.
///
/// # Errors
/// `NotFound` where the caller has no such open log-in.
pub fn end_session(bank: &Bank, context: &Context, session_id: Uuid) -> Result<(), OpError> {
    let Caller::User { user_id, .. } = context.caller else {
        return Err(Rejection::Unauthenticated {}.into());
    };
    bank.store.write(|conn| {
        context.actor(conn)?;
        let row = store::session(conn, session_id)?;
        let own = row.is_some_and(|row| row.user_id.0 == user_id && row.ended_at.is_none());
        if !own {
            return Err(Rejection::NotFound {}.into());
        }
        store::end_session(conn, session_id, "ended by its owner", context.now)?;
        Ok(tell(conn, &[context.told("end_session", "session", session_id)])?)
    })
}
