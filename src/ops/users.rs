//! The bank's and the authority's own people.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use super::sessions::{NewUser, add_user};
use crate::domain::actor::BankRole;
use crate::domain::list::ListPlace;
use crate::domain::policy::{Action, Resource};
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::people::{self, UserRow};

/// Somebody of the bank or the authority.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "user": { "username": "officer-li", "display_name": "王老师", "password": "lantern-orbit-violin-42" }, "bank_role": "officer" }))]
pub struct NewStaff {
    pub user: NewUser,
    pub bank_role: BankRole,
}

/// Somebody of the bank or the authority as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Staff {
    pub user_id: Uuid,
    pub username: String,
    pub display_name: String,
    pub bank_role: BankRole,
}

impl TryFrom<UserRow> for Staff {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        let bank_role = row.bank_role.as_deref().and_then(BankRole::parse);
        Ok(Self {
            user_id: row.user_id.0,
            username: row.username,
            display_name: row.display_name,
            bank_role: bank_role.ok_or_else(|| StoreError::Damaged("a user's role".to_owned()))?,
        })
    }
}

/// Makes a user with a role at the bank or the authority.
///
/// # Errors
/// `InvalidBody`, `PasswordWeak`, `UsernameTaken`, and what the policy answers.
pub fn create_user(bank: &Bank, context: &Context, key: Option<&str>, new: &NewStaff) -> Result<Staff, OpError> {
    new.user.check_inside("/user")?;
    let password_hash = new.user.hash(bank)?;
    bank.store.write(|conn| {
        once(bank, context, conn, "create_user", key, new, |conn| {
            context.authorised(conn, Action::CreateUser, Resource::Bank)?;
            let user_id = add_user(conn, context, &new.user, &password_hash, Some(new.bank_role), None)?;
            let told = context.told("create_user", "user", user_id);
            tell(conn, &[told.with(serde_json::json!({ "bank_role": new.bank_role }))])?;
            Ok(Staff {
                user_id,
                username: new.user.username.clone(),
                display_name: new.user.display_name.trim().to_owned(),
                bank_role: new.bank_role,
            })
        })
    })
}

/// Lists the bank's and the authority's people.
///
/// # Errors
/// What the policy answers.
pub fn list_users(bank: &Bank, context: &Context, place: impl Into<ListPlace>, limit: i64) -> Result<Vec<Staff>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        context.authorised(conn, Action::ReadUsers, Resource::Bank)?;
        let rows = people::staff(conn, place, limit)?;
        Ok(rows.into_iter().map(Staff::try_from).collect::<Result<_, _>>()?)
    })
}
