//! The first administrator: a link that works once.

use serde::Serialize;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::sessions::{NewUser, add_user};
use crate::domain::actor::BankRole;
use crate::domain::list::ListPlace;
use crate::domain::rejection::Rejection;
use crate::store::journal::tell;
use crate::store::people;
use crate::vault::opaque;

/// The administrator who was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Administrator {
    pub user_id: Uuid,
}

/// Makes the link's secret on an empty bank; `None` on every later start.
///
/// # Errors
/// When the database or the randomness fails.
pub fn issue_setup_token(bank: &Bank, context: &Context) -> Result<Option<String>, OpError> {
    let token = opaque::random_token()?;
    let issued = bank.store.write(|conn| -> Result<bool, OpError> {
        if people::has_setup_token(conn)? || !people::staff(conn, ListPlace::Oldest(None), 1)?.is_empty() {
            return Ok(false);
        }
        people::insert_setup_token(conn, &opaque::digest(&token), context.now)?;
        tell(conn, &[context.told("issue_setup_token", "bank", Uuid::nil())])?;
        Ok(true)
    })?;
    Ok(issued.then_some(token))
}

/// Uses the link to make the first administrator.
///
/// # Errors
/// `AlreadySetUp` when the link is not good, `PasswordWeak`, `UsernameTaken`.
pub fn set_up(bank: &Bank, context: &Context, token: &str, user: &NewUser) -> Result<Administrator, OpError> {
    user.check()?;
    let password_hash = user.hash(bank)?;
    bank.store.write(|conn| {
        if !people::use_setup_token(conn, &opaque::digest(token), context.now)? {
            return Err(Rejection::AlreadySetUp {}.into());
        }
        let user_id = add_user(conn, context, user, &password_hash, Some(BankRole::Administrator), None)?;
        let told = context
            .told("set_up", "user", user_id)
            .with(serde_json::json!({ "bank_role": "administrator" }));
        tell(conn, &[told])?;
        Ok(Administrator { user_id })
    })
}

/// Makes an administrator from the command line, whoever else there is.
///
/// # Errors
/// `PasswordWeak`, `UsernameTaken`.
pub fn create_administrator(bank: &Bank, context: &Context, user: &NewUser) -> Result<Administrator, OpError> {
    user.check()?;
    let password_hash = user.hash(bank)?;
    bank.store.write(|conn| {
        let user_id = add_user(conn, context, user, &password_hash, Some(BankRole::Administrator), None)?;
        let told = context
            .told("create_administrator", "user", user_id)
            .with(serde_json::json!({ "bank_role": "administrator" }));
        tell(conn, &[told])?;
        Ok(Administrator { user_id })
    })
}
