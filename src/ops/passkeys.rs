//! Passkeys, which are shown in the place of an authenticator's code. They are added to a second factor that is set up, so that whoever
//! loses them has the authenticator and the recovery codes still, and a program's log-in has a code to send.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::second_factor::{password_matches, user_of};
use crate::domain::actor::Caller;
use crate::domain::language::Language;
use crate::domain::movement::hex;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::passkeys::{self as store, PasskeyRow};
use crate::store::types::{At, Key};
use crate::store::{people, second_factors, sessions};
use crate::vault::opaque;
use crate::vault::passkey::Site;

/// The most passkeys of a user.
const PASSKEYS_MAX: usize = 20;

/// The most characters of a name.
const NAME_MAX: usize = 50;

/// A passkey, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// What it is asked for by; not what the authenticator calls it.
    pub passkey_id: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

fn id_of(row: &PasskeyRow) -> String {
    hex(&opaque::digest(&hex(&row.credential_id)))
}

fn site(bank: &Bank) -> Result<Site, Rejection> {
    let name = bank.name.text(Language::English);
    Site::new(&bank.outside.public_url, name).ok_or(Rejection::PasskeysUnavailable {})
}

fn public_keys(rows: Vec<PasskeyRow>) -> Vec<String> {
    rows.into_iter().map(|row| row.public_key).collect()
}

/// The caller's passkeys, the oldest first; `None` where none can be added, because there is no second factor yet or the bank is reached
/// by a number.
///
/// # Errors
/// `Unauthenticated`.
pub fn list_passkeys(bank: &Bank, context: &Context) -> Result<Option<Vec<Passkey>>, OpError> {
    bank.store.read(|conn| {
        let user_id = user_of(context, conn)?;
        if site(bank).is_err() || !second_factors::is_set(conn, user_id)? {
            return Ok(None);
        }
        let rows = store::passkeys_of(conn, user_id)?;
        let shown = rows.into_iter().map(|row| Passkey {
            passkey_id: id_of(&row),
            name: row.name,
            created_at: row.created_at.0,
            used_at: row.used_at.map(|at| at.0),
        });
        Ok(Some(shown.collect()))
    })
}

fn session_of(context: &Context) -> Result<Uuid, Rejection> {
    match context.caller {
        Caller::User { session_id, .. } => Ok(session_id),
        _ => Err(Rejection::Unauthenticated {}),
    }
}

/// Begins to make a passkey: what the browser is asked, as JSON.
///
/// # Errors
/// `Unauthenticated`, `PasskeysUnavailable`, `PasskeysFull`.
pub fn begin_passkey(bank: &Bank, context: &Context) -> Result<String, OpError> {
    let site = site(bank)?;
    let session_id = session_of(context)?;
    bank.store.write(|conn| {
        let user_id = user_of(context, conn)?;
        let user = people::user(conn, user_id)?.ok_or(Rejection::Unauthenticated {})?;
        let known = room(conn, user_id)?;
        let begun = site
            .begin_making(user_id, &user.username, &user.display_name, &known)
            .ok_or(Rejection::PasskeysUnavailable {})?;
        sessions::begin_ceremony(conn, session_id, &begun.ceremony)?;
        Ok(begun.options)
    })
}

/// The ids of the passkeys that there are, where there is room for another.
fn room(conn: &mut Conn, user_id: Uuid) -> Result<Vec<Vec<u8>>, OpError> {
    if !second_factors::is_set(conn, user_id)? {
        return Err(Rejection::PasskeysUnavailable {}.into());
    }
    let rows = store::passkeys_of(conn, user_id)?;
    if rows.len() >= PASSKEYS_MAX {
        return Err(Rejection::PasskeysFull { most: PASSKEYS_MAX }.into());
    }
    Ok(rows.into_iter().map(|row| row.credential_id).collect())
}

/// Keeps the passkey that the browser made. The password is asked for again: whoever finds a browser open must not make a way in.
///
/// # Errors
/// `MalformedBody` for a name, `WrongCredentials`, `PasskeyRefused`, `PasskeyTaken`, `PasskeysUnavailable`, `PasskeysFull`.
pub fn add_passkey(bank: &Bank, context: &Context, password: &str, name: &str, answer: &str) -> Result<(), OpError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        let problem = FieldProblem {
            pointer: "/name".to_owned(),
            detail: format!("must have 1 to {NAME_MAX} characters, none of them a control character"),
        };
        return Err(Rejection::MalformedBody { problems: vec![problem] }.into());
    }
    let site = site(bank)?;
    let user_id = password_matches(bank, context, password)?;
    let ceremony = taken(bank, session_of(context)?)?;
    let made = site.finish_making(&ceremony, answer).ok_or(Rejection::PasskeyRefused {})?;
    bank.store.write(|conn| {
        room(conn, user_id)?;
        if store::is_known(conn, &made.credential_id)? {
            return Err(Rejection::PasskeyTaken {}.into());
        }
        let row = PasskeyRow {
            credential_id: made.credential_id.clone(),
            user_id: Key(user_id),
            name: name.to_owned(),
            public_key: made.public_key.clone(),
            created_at: At(context.now),
            used_at: None,
        };
        store::insert_passkey(conn, &row)?;
        Ok(tell(conn, &[context.told("add_passkey", "user", user_id)])?)
    })
}

/// Removes a passkey.
///
/// # Errors
/// `NotFound` where the caller has no such passkey.
pub fn remove_passkey(bank: &Bank, context: &Context, passkey_id: &str) -> Result<(), OpError> {
    bank.store.write(|conn| {
        let user_id = user_of(context, conn)?;
        let rows = store::passkeys_of(conn, user_id)?;
        let row = rows.iter().find(|row| id_of(row) == passkey_id).ok_or(Rejection::NotFound {})?;
        store::remove_passkey(conn, &row.credential_id)?;
        Ok(tell(conn, &[context.told("remove_passkey", "user", user_id)])?)
    })
}

/// What is remembered of a ceremony; an answer is looked at once, whatever becomes of it.
fn taken(bank: &Bank, session_id: Uuid) -> Result<String, OpError> {
    let taken = bank
        .store
        .write(|conn| sessions::take_ceremony(conn, session_id).map_err(OpError::from))?;
    Ok(taken.ok_or(Rejection::PasskeyRefused {})?)
}

/// Whether a user has a passkey to show.
///
/// # Errors
/// When the database fails.
pub(super) fn has_passkeys(conn: &mut Conn, user_id: Uuid) -> Result<bool, StoreError> {
    Ok(!store::passkeys_of(conn, user_id)?.is_empty())
}

/// Asks for one of a user's passkeys, for a log-in that waits for the second factor.
///
/// # Errors
/// `PasskeysUnavailable` where there is none.
pub(super) fn ask(bank: &Bank, user_id: Uuid, session_id: Uuid) -> Result<String, OpError> {
    let site = site(bank)?;
    bank.store.write(|conn| {
        let keys = public_keys(store::passkeys_of(conn, user_id)?);
        let begun = site.begin_showing(&keys).filter(|_| !keys.is_empty());
        let begun = begun.ok_or(Rejection::PasskeysUnavailable {})?;
        sessions::begin_ceremony(conn, session_id, &begun.ceremony)?;
        Ok(begun.options)
    })
}

/// Looks at the passkey that was shown.
///
/// # Errors
/// `PasskeyRefused`.
pub(super) fn pass(bank: &Bank, context: &Context, user_id: Uuid, session_id: Uuid, answer: &str) -> Result<(), OpError> {
    let site = site(bank)?;
    let ceremony = taken(bank, session_id)?;
    bank.store.write(|conn| {
        let keys = public_keys(store::passkeys_of(conn, user_id)?);
        let shown = site.finish_showing(&ceremony, answer, &keys).ok_or(Rejection::PasskeyRefused {})?;
        Ok(store::use_passkey(conn, &shown.credential_id, &shown.public_key, context.now)?)
    })
}
