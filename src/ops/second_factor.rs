//! The second factor of a log-in: codes of an authenticator, and recovery codes for whoever has lost it. Whoever has set one up is
//! asked for it at every log-in, of a browser and of a program.

use chrono::{DateTime, TimeDelta, Utc};
use qrcode::EcLevel;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::square_code::picture_of;
use crate::domain::actor::Caller;
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::people;
use crate::store::second_factors::{self as store, SecondFactorRow};
use crate::store::sessions::end_sessions_of;
use crate::store::types::{At, Key};
use crate::vault::spoken_code::{comparable, new_code};
use crate::vault::{authenticator, opaque};

/// How many recovery codes there are at first.
const RECOVERY_CODES: usize = 10;

/// How many wrong codes in a row an authenticator bears: with so many, one of a million is still not guessed.
const FAILURES_MAX: i64 = 30;

/// For how long the secret that is about to be set up stays the same.
const BEGUN: TimeDelta = TimeDelta::hours(1);

/// Where a secret belongs; it opens nowhere else.
pub(super) fn secret_place(user_id: Uuid) -> String {
    format!("second_factors.secret:{user_id}")
}

/// What is shown to whoever sets an authenticator up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSecondFactor {
    /// To be typed.
    pub secret: String,
    /// To be read from the screen: an SVG document. Absent where the names do not go into one.
    pub square_code: Option<String>,
}

/// Whether there is a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFactor {
    pub since: Option<DateTime<Utc>>,
    pub recovery_codes_left: i64,
}

/// Takes a code, of the authenticator or for recovery; each is good once. A wrong one is counted, whatever becomes of the rest.
///
/// # Errors
/// `SecondFactorWrong`; `SecondFactorLocked` after too many wrong codes, until a recovery code is used.
pub(super) fn pass(bank: &Bank, context: &Context, user_id: Uuid, code: &str) -> Result<(), OpError> {
    let code = comparable(code);
    let refused = bank.store.write(|conn| {
        let Some(row) = store::find(conn, user_id)? else {
            return Ok::<_, OpError>(Some(Rejection::SecondFactorWrong {}));
        };
        if store::use_recovery_code(conn, user_id, &opaque::digest(&code), context.now)? {
            store::forget_failures(conn, user_id)?;
            tell(conn, &[context.told("use_recovery_code", "user", user_id)])?;
            return Ok(None);
        }
        if row.failures >= FAILURES_MAX {
            return Ok(Some(Rejection::SecondFactorLocked {}));
        }
        let secret = bank.sealer.open(&row.secret_sealed, &secret_place(user_id))?;
        let step = authenticator::step_of(&secret, &code, context.now.timestamp());
        if let Some(step) = step
            && store::take_step(conn, user_id, step)?
        {
            return Ok(None);
        }
        store::count_failure(conn, user_id)?;
        Ok(Some(Rejection::SecondFactorWrong {}))
    })?;
    refused.map_or(Ok(()), |rejection| Err(rejection.into()))
}

/// The user who asks.
///
/// # Errors
/// `Unauthenticated` for a program of an institution, and for nobody.
pub(super) fn user_of(context: &Context, conn: &mut Conn) -> Result<Uuid, OpError> {
    context.actor(conn)?;
    match context.caller {
        Caller::User { user_id, .. } => Ok(user_id),
        _ => Err(Rejection::Unauthenticated {}.into()),
    }
}

/// Says whether the caller has a second factor.
///
/// # Errors
/// `Unauthenticated`.
pub fn read_second_factor(bank: &Bank, context: &Context) -> Result<SecondFactor, OpError> {
    bank.store.read(|conn| {
        let user_id = user_of(context, conn)?;
        let row = store::find(conn, user_id)?;
        Ok(SecondFactor {
            since: row.and_then(|row| row.confirmed_at).map(|at| at.0),
            recovery_codes_left: store::count_recovery_codes(conn, user_id)?,
        })
    })
}

/// Begins to set up an authenticator: the same secret again where that was begun within the hour.
///
/// # Errors
/// `SecondFactorSet` when there is one.
pub fn begin_second_factor(bank: &Bank, context: &Context) -> Result<NewSecondFactor, OpError> {
    let fresh = authenticator::new_secret()?;
    bank.store.write(|conn| {
        let user_id = user_of(context, conn)?;
        let user = people::user(conn, user_id)?.ok_or(Rejection::Unauthenticated {})?;
        let place = secret_place(user_id);
        let secret = match store::find(conn, user_id)? {
            Some(row) if row.confirmed_at.is_some() => return Err(Rejection::SecondFactorSet {}.into()),
            Some(row) if row.created_at.0 + BEGUN > context.now => bank.sealer.open(&row.secret_sealed, &place)?.to_vec(),
            _ => {
                let row = SecondFactorRow {
                    user_id: Key(user_id),
                    secret_sealed: bank.sealer.seal(&fresh, &place)?,
                    last_step: 0,
                    failures: 0,
                    created_at: At(context.now),
                    confirmed_at: None,
                };
                store::begin(conn, &row)?;
                fresh.to_vec()
            }
        };
        let address = authenticator::address(&secret, &bank.name.zh, &user.username);
        Ok(NewSecondFactor {
            secret: authenticator::spoken_secret(&secret),
            square_code: address.and_then(|address| picture_of(&address, EcLevel::L).ok()),
        })
    })
}

/// The caller, who has shown a code.
fn shown_by(bank: &Bank, context: &Context, is_set_up: bool, code: &str) -> Result<Uuid, OpError> {
    let (user_id, found) = bank.store.read(|conn| {
        let user_id = user_of(context, conn)?;
        Ok::<_, OpError>((user_id, store::is_set(conn, user_id)?))
    })?;
    match (found, is_set_up) {
        (true, false) => return Err(Rejection::SecondFactorSet {}.into()),
        (false, true) => return Err(Rejection::SecondFactorWrong {}.into()),
        _ => {}
    }
    pass(bank, context, user_id, code)?;
    Ok(user_id)
}

/// The caller, who has shown the password again.
///
/// # Errors
/// `Unauthenticated`, `WrongCredentials`.
pub(super) fn password_matches(bank: &Bank, context: &Context, password: &str) -> Result<Uuid, OpError> {
    let (user_id, user) = bank.store.read(|conn| {
        let user_id = user_of(context, conn)?;
        Ok::<_, OpError>((user_id, people::user(conn, user_id)?))
    })?;
    let hash = user.as_ref().map(|user| user.password_hash.as_str());
    if !bank.passwords.matches(password, hash) {
        return Err(Rejection::WrongCredentials {}.into());
    }
    Ok(user_id)
}

/// Ends the setting up with a code that the authenticator shows, and answers the recovery codes, this once.
///
/// The password is asked for again: whoever finds a browser open must not lock its owner out.
///
/// # Errors
/// `WrongCredentials`, `SecondFactorSet`, `SecondFactorWrong`.
pub fn confirm_second_factor(bank: &Bank, context: &Context, password: &str, code: &str) -> Result<Vec<String>, OpError> {
    password_matches(bank, context, password)?;
    let user_id = shown_by(bank, context, false, code)?;
    let codes = new_codes()?;
    bank.store.write(|conn| {
        store::confirm(conn, user_id, context.now)?;
        put_codes(conn, user_id, &codes)?;
        Ok::<_, OpError>(tell(conn, &[context.told("set_second_factor", "user", user_id)])?)
    })?;
    Ok(codes)
}

/// Makes new recovery codes in the place of those that are left, and answers them, this once.
///
/// # Errors
/// `SecondFactorWrong`, `SecondFactorLocked`.
pub fn renew_recovery_codes(bank: &Bank, context: &Context, code: &str) -> Result<Vec<String>, OpError> {
    let user_id = shown_by(bank, context, true, code)?;
    let codes = new_codes()?;
    bank.store.write(|conn| {
        put_codes(conn, user_id, &codes)?;
        Ok::<_, OpError>(tell(conn, &[context.told("renew_recovery_codes", "user", user_id)])?)
    })?;
    Ok(codes)
}

/// Removes the second factor, for whoever shows a code of it.
///
/// # Errors
/// `SecondFactorWrong`, `SecondFactorLocked`.
pub fn remove_second_factor(bank: &Bank, context: &Context, code: &str) -> Result<(), OpError> {
    let user_id = shown_by(bank, context, true, code)?;
    bank.store.write(|conn| {
        store::remove(conn, user_id)?;
        Ok(tell(conn, &[context.told("remove_second_factor", "user", user_id)])?)
    })
}

/// Removes the second factor of somebody who has lost it, and ends every log-in of theirs: for those who run the bank, who have made
/// sure that it is them.
///
/// # Errors
/// `NotFound` for a user who does not exist or has none.
pub fn take_second_factor_away(bank: &Bank, context: &Context, username: &str) -> Result<(), OpError> {
    bank.store.write(|conn| {
        let user = people::user_by_name(conn, username)?.ok_or(Rejection::NotFound {})?;
        let user_id = user.user_id.0;
        if context.caller != Caller::Bank || store::find(conn, user_id)?.is_none() {
            return Err(Rejection::NotFound {}.into());
        }
        store::remove(conn, user_id)?;
        end_sessions_of(conn, user_id, "second factor taken away", context.now)?;
        Ok(tell(conn, &[context.told("remove_second_factor", "user", user_id)])?)
    })
}

fn new_codes() -> Result<Vec<String>, OpError> {
    let codes = (0..RECOVERY_CODES).map(|_| new_code());
    Ok(codes.collect::<Result<_, _>>()?)
}

fn put_codes(conn: &mut Conn, user_id: Uuid, codes: &[String]) -> Result<(), StoreError> {
    let digests: Vec<Vec<u8>> = codes.iter().map(|code| opaque::digest(&comparable(code))).collect();
    store::put_recovery_codes(conn, user_id, &digests)
}
