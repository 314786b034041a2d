//! Log-ins: a short access token, and a refresh token that is good once.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::second_factor;
use crate::domain::actor::{BankRole, Caller};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_line;
use crate::store::connection::Conn;
use crate::store::error::{StoreError, Taken};
use crate::store::journal::tell;
use crate::store::people::{self, UserRow};
use crate::store::second_factors;
use crate::store::sessions::{self as store, SessionRow};
use crate::store::types::{At, Key};
use crate::vault::{opaque, passwords, tokens::AccessClaims};

/// Somebody who is to log in.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// 3 to 40 of a-z, 0-9, dot, hyphen, underscore.
    #[schema(min_length = 3, max_length = 40, pattern = "^[a-z0-9._-]{3,40}$", example = "registrar-wang")]
    pub username: String,
    #[schema(min_length = 1, max_length = 100, example = "王老师")]
    pub display_name: String,
    /// 10 to 128 characters, not easily guessed.
    #[schema(min_length = 10, max_length = 128, format = Password, example = "lantern-orbit-violin-42")]
    pub password: String,
}

impl NewUser {
    /// Names every field that cannot be used.
    ///
    /// # Errors
    /// `InvalidBody`, `PasswordWeak`.
    pub fn check(&self) -> Result<(), Rejection> {
        let mut problems = Vec::new();
        let spelled = self
            .username
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_'));
        if !spelled || !(3..=40).contains(&self.username.len()) {
            problems.push(FieldProblem::new(
                "/username",
                "must have 3 to 40 of a-z, 0-9, dot, hyphen and underscore",
            ));
        }
        if !is_line(&self.display_name, 100) {
            problems.push(FieldProblem::new("/display_name", "must have 1 to 100 characters"));
        }
        if !problems.is_empty() {
            return Err(Rejection::InvalidBody { problems });
        }
        check_password("/password", &self.password, &[&self.username, &self.display_name])
    }

    /// Names every field that cannot be used, of a user inside a larger body.
    ///
    /// # Errors
    /// `InvalidBody` and `PasswordWeak` with pointers that begin with `place`.
    pub fn check_inside(&self, place: &str) -> Result<(), Rejection> {
        self.check().map_err(|rejection| match rejection {
            Rejection::InvalidBody { problems } => Rejection::InvalidBody {
                problems: problems
                    .into_iter()
                    .map(|problem| FieldProblem::new(format!("{place}{}", problem.pointer), problem.detail))
                    .collect(),
            },
            Rejection::PasswordWeak { pointer, reason } => Rejection::PasswordWeak {
                pointer: format!("{place}{pointer}"),
                reason,
            },
            other => other,
        })
    }

    /// Hashes the password; slow by design.
    ///
    /// # Errors
    /// When argon2 fails.
    pub fn hash(&self, bank: &Bank) -> Result<String, OpError> {
        bank.passwords
            .hash(&self.password)
            .map_err(|error| OpError::Secret(error.to_string()))
    }
}

fn check_password(pointer: &str, password: &str, about_the_user: &[&str]) -> Result<(), Rejection> {
    match passwords::weakness(password, about_the_user) {
        Some(reason) => Err(Rejection::PasswordWeak {
            pointer: pointer.to_owned(),
            reason: reason.to_owned(),
        }),
        None => Ok(()),
    }
}

/// Adds a user inside another operation's transaction.
///
/// # Errors
/// `UsernameTaken`.
pub(super) fn add_user(
    conn: &mut Conn,
    context: &Context,
    user: &NewUser,
    password_hash: &str,
    bank_role: Option<BankRole>,
    learner_id: Option<Uuid>,
) -> Result<Uuid, OpError> {
    let user_id = Uuid::now_v7();
    let row = UserRow {
        user_id: Key(user_id),
        username: user.username.clone(),
        display_name: user.display_name.trim().to_owned(),
        password_hash: password_hash.to_owned(),
        bank_role: bank_role.map(|role| role.as_str().to_owned()),
        learner_id: learner_id.map(Key),
        status: "active".to_owned(),
        created_at: At(context.now),
        password_changed_at: At(context.now),
    };
    people::insert_user(conn, &row).map_err(|error| match error.taken() {
        Some(Taken::Username) => Rejection::UsernameTaken {}.into(),
        _ => OpError::Store(error),
    })?;
    Ok(user_id)
}

/// What a log-in answers.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LogIn {
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds.
    #[schema(example = 600)]
    pub expires_in: i64,
    /// Good once; its second use ends the log-in.
    pub refresh_token: String,
}

/// The user whom a name and a password are of.
///
/// # Errors
/// `WrongCredentials`, the same and as slow for unknown users.
pub(super) fn user_by_password(bank: &Bank, username: &str, password: &str) -> Result<UserRow, OpError> {
    let user = bank.store.read(|conn| people::user_by_name(conn, username))?;
    let matches = bank
        .passwords
        .matches(password, user.as_ref().map(|user| user.password_hash.as_str()));
    let user = user.filter(|user| matches && user.status == "active");
    Ok(user.ok_or(Rejection::WrongCredentials {})?)
}

/// A log-in that begins now.
pub(super) fn new_session(context: &Context, user: &UserRow, secret: &str, until: DateTime<Utc>) -> SessionRow {
    SessionRow {
        session_id: Key(Uuid::now_v7()),
        user_id: user.user_id.clone(),
        refresh_digest: opaque::digest(secret),
        browser: None,
        awaits_code: false,
        ceremony: None,
        created_at: At(context.now),
        refreshed_at: At(context.now),
        expires_at: At(until),
        ended_at: None,
        ended_because: None,
    }
}

/// Keeps a log-in, and tells it. Nobody asked yet: whoever knows the password is the one who wrote.
///
/// # Errors
/// When the database refuses.
pub(super) fn begin_session(conn: &mut Conn, context: &Context, row: &SessionRow) -> Result<(), StoreError> {
    let (user_id, session_id) = (row.user_id.0, row.session_id.0);
    let caller = Caller::User { user_id, session_id };
    store::insert_session(conn, row)?;
    tell(conn, &[Context { caller, ..*context }.told("log_in", "session", session_id)])
}

/// Logs in by name, password, and the code of the second factor where there is one.
///
/// # Errors
/// `WrongCredentials`, the same and as slow for unknown users; `SecondFactorNeeded`, `SecondFactorWrong`.
pub fn log_in(bank: &Bank, context: &Context, username: &str, password: &str, code: Option<&str>) -> Result<LogIn, OpError> {
    let user = user_by_password(bank, username, password)?;
    let secret = opaque::random_token()?;
    let row = new_session(context, &user, &secret, context.now + bank.refresh_token_life);
    if bank.store.read(|conn| second_factors::is_set(conn, user.user_id.0))? {
        let code = code.ok_or(Rejection::SecondFactorNeeded {})?;
        second_factor::pass(bank, context, user.user_id.0, code)?;
    }
    bank.store.write(|conn| begin_session(conn, context, &row))?;
    tokens_for(bank, context, user.user_id.0, row.session_id.0, &secret)
}

fn tokens_for(bank: &Bank, context: &Context, user_id: Uuid, session_id: Uuid, secret: &str) -> Result<LogIn, OpError> {
    let issued_at = context.now.timestamp();
    let claims = AccessClaims {
        iss: bank.tokens.issuer().to_owned(),
        aud: bank.tokens.issuer().to_owned(),
        sub: user_id,
        client_id: "credit-bank".to_owned(),
        jti: Uuid::now_v7(),
        iat: issued_at,
        exp: issued_at + bank.access_token_life.num_seconds(),
        sid: Some(session_id),
        scope: None,
    };
    let access_token = bank
        .tokens
        .sign(&claims)
        .ok_or_else(|| OpError::Secret("a token could not be signed".to_owned()))?;
    let expires_in = bank.access_token_life.num_seconds();
    Ok(LogIn {
        access_token,
        token_type: "Bearer",
        expires_in,
        refresh_token: format!("{session_id}.{secret}"),
    })
}

/// Exchanges a refresh token for new tokens. One that was used before ends the log-in: somebody copied it.
///
/// # Errors
/// `RefreshTokenInvalid`.
pub fn refresh_session(bank: &Bank, context: &Context, refresh_token: &str) -> Result<LogIn, OpError> {
    let (session_id, secret) = split(refresh_token).ok_or(Rejection::RefreshTokenInvalid {})?;
    let next = opaque::random_token()?;
    let user_id = bank.store.write(|conn| -> Result<Option<Uuid>, StoreError> {
        let Some(session) = store::session(conn, session_id)?
            .filter(|row| row.browser.is_none() && row.ended_at.is_none() && row.expires_at.0 > context.now)
        else {
            return Ok(None);
        };
        if store::rotate_session(conn, session_id, &opaque::digest(secret), &opaque::digest(&next), context.now)? {
            tell(conn, &[context.told("refresh_session", "session", session_id)])?;
            return Ok(Some(session.user_id.0));
        }
        store::end_session(conn, session_id, "refresh token used twice", context.now)?;
        tell(conn, &[context.told("end_copied_session", "session", session_id)])?;
        Ok(None)
    })?;
    let user_id = user_id.ok_or(Rejection::RefreshTokenInvalid {})?;
    tokens_for(bank, context, user_id, session_id, &next)
}

/// The log-in and the secret in what a client keeps.
pub(super) fn split(kept: &str) -> Option<(Uuid, &str)> {
    let (session_id, secret) = kept.split_once('.')?;
    Some((session_id.parse().ok()?, secret))
}

/// Ends the caller's log-in.
///
/// # Errors
/// `Unauthenticated`.
pub fn log_out(bank: &Bank, context: &Context) -> Result<(), OpError> {
    let Caller::User { session_id, .. } = context.caller else {
        return Err(Rejection::Unauthenticated {}.into());
    };
    bank.store.write(|conn| {
        context.actor(conn)?;
        store::end_session(conn, session_id, "logged out", context.now)?;
        Ok(tell(conn, &[context.told("log_out", "session", session_id)])?)
    })
}

/// Changes the caller's password and ends all of the caller's log-ins.
///
/// # Errors
/// `WrongCredentials` when the present one is not right, `PasswordWeak`.
pub fn change_password(bank: &Bank, context: &Context, present: &str, new: &str) -> Result<(), OpError> {
    let Caller::User { user_id, .. } = context.caller else {
        return Err(Rejection::Unauthenticated {}.into());
    };
    let user = bank.store.read(|conn| {
        context.actor(conn)?;
        Ok::<_, OpError>(people::user(conn, user_id)?)
    })?;
    let user = user.ok_or(Rejection::Unauthenticated {})?;
    if !bank.passwords.matches(present, Some(&user.password_hash)) {
        return Err(Rejection::WrongCredentials {}.into());
    }
    put_password(bank, context, &user, new)
}

/// Gives another password to somebody who has forgotten it, and ends every log-in of theirs: for those who run the bank, who have made sure
/// that it is them. A second factor stays.
///
/// # Errors
/// `NotFound` for a user who does not exist, `PasswordWeak`.
pub fn set_password_of(bank: &Bank, context: &Context, username: &str, new: &str) -> Result<(), OpError> {
    let user = bank.store.read(|conn| people::user_by_name(conn, username))?;
    let user = user.filter(|_| context.caller == Caller::Bank).ok_or(Rejection::NotFound {})?;
    put_password(bank, context, &user, new)
}

fn put_password(bank: &Bank, context: &Context, user: &UserRow, new: &str) -> Result<(), OpError> {
    check_password("/new_password", new, &[&user.username, &user.display_name])?;
    let password_hash = bank.passwords.hash(new).map_err(|error| OpError::Secret(error.to_string()))?;
    let user_id = user.user_id.0;
    bank.store.write(|conn| {
        people::set_password(conn, user_id, &password_hash, context.now)?;
        store::end_sessions_of(conn, user_id, "password changed", context.now)?;
        Ok(tell(conn, &[context.told("change_password", "user", user_id)])?)
    })
}
