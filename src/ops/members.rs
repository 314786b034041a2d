//! Who acts for an institution, and in which roles.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use super::sessions::{NewUser, add_user};
use crate::domain::actor::MemberRole;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::error::{StoreError, Taken};
use crate::store::journal::tell;
use crate::store::people;

/// A member to be: somebody who logs in already, or somebody new.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "user": { "username": "registrar-wang", "display_name": "王老师", "password": "lantern-orbit-violin-42" }, "roles": ["registrar", "reviewer"] }))]
pub struct NewMember {
    /// The log-in name of somebody who has one; not together with `user`.
    #[serde(default)]
    #[schema(max_length = 40, example = "reviewer-li")]
    pub username: Option<String>,
    /// Somebody new; not together with `username`.
    #[serde(default)]
    pub user: Option<NewUser>,
    #[schema(min_items = 1, max_items = 4)]
    pub roles: Vec<MemberRole>,
}

/// A member's roles.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    #[schema(min_items = 1, max_items = 4)]
    pub roles: Vec<MemberRole>,
}

/// A member as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Member {
    pub user_id: Uuid,
    pub username: String,
    pub display_name: String,
    pub roles: Vec<MemberRole>,
}

fn distinct(roles: &[MemberRole]) -> Result<Vec<MemberRole>, Rejection> {
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() {
        return Err(Rejection::field("/roles", "must name at least one role"));
    }
    Ok(roles)
}

fn members(conn: &mut Conn, institution_id: Uuid) -> Result<Vec<Member>, StoreError> {
    let mut members: Vec<Member> = Vec::new();
    for row in people::members(conn, institution_id)? {
        let role = MemberRole::parse(&row.role).ok_or_else(|| StoreError::Damaged("a membership".to_owned()))?;
        match members.last_mut().filter(|member| member.user_id == row.user_id.0) {
            Some(member) => member.roles.push(role),
            None => members.push(Member {
                user_id: row.user_id.0,
                username: row.username,
                display_name: row.display_name,
                roles: vec![role],
            }),
        }
    }
    // In the order of the rights that they give, as forms have them.
    members.iter_mut().for_each(|member| member.roles.sort_unstable());
    Ok(members)
}

fn member(conn: &mut Conn, institution_id: Uuid, user_id: Uuid) -> Result<Member, OpError> {
    let found = members(conn, institution_id)?.into_iter().find(|member| member.user_id == user_id);
    Ok(found.ok_or(Rejection::NotFound {})?)
}

/// An institution keeps somebody who can manage it.
fn keeps_an_admin(conn: &mut Conn, institution_id: Uuid) -> Result<(), OpError> {
    let members = members(conn, institution_id)?;
    if members.iter().any(|member| member.roles.contains(&MemberRole::InstitutionAdmin)) {
        Ok(())
    } else {
        Err(Rejection::LastAdministrator {}.into())
    }
}

/// Gives somebody roles at an institution.
///
/// # Errors
/// `InvalidBody`, `PasswordWeak`, `UsernameTaken`, `UnknownUser`, `MembershipExists`, and what the policy answers.
pub fn add_member(bank: &Bank, context: &Context, key: Option<&str>, institution_id: Uuid, new: &NewMember) -> Result<Member, OpError> {
    let roles = distinct(&new.roles)?;
    let password_hash = match (&new.user, &new.username) {
        (Some(user), None) => {
            user.check_inside("/user")?;
            Some(user.hash(bank)?)
        }
        (None, Some(_)) => None,
        _ => return Err(Rejection::field("/user", "give either “user” or “username”").into()),
    };
    bank.store.write(|conn| {
        once(bank, context, conn, "add_member", key, &(institution_id, new), |conn| {
            context.authorised(conn, Action::ManageMembers, Resource::Institution(institution_id))?;
            let user_id = match (&new.user, &password_hash) {
                (Some(user), Some(password_hash)) => add_user(conn, context, user, password_hash, None, None)?,
                _ => {
                    let username = new.username.clone().unwrap_or_default();
                    let user = people::user_by_name(conn, &username)?;
                    user.ok_or(Rejection::UnknownUser { username })?.user_id.0
                }
            };
            for role in &roles {
                people::insert_membership(conn, user_id, institution_id, *role, context.now).map_err(|error| match error.taken() {
                    Some(Taken::Membership) => Rejection::MembershipExists {}.into(),
                    _ => OpError::Store(error),
                })?;
            }
            tell_of(conn, context, "add_member", institution_id, user_id, &roles)?;
            member(conn, institution_id, user_id)
        })
    })
}

fn tell_of(
    conn: &mut Conn,
    context: &Context,
    operation: &'static str,
    institution_id: Uuid,
    user_id: Uuid,
    roles: &[MemberRole],
) -> Result<(), StoreError> {
    let told = context
        .told(operation, "member", user_id)
        .of_institution(institution_id)
        .with(serde_json::json!({ "roles": roles }));
    tell(conn, &[told])
}

/// Lists the members of an institution.
///
/// # Errors
/// What the policy answers.
pub fn list_members(bank: &Bank, context: &Context, institution_id: Uuid) -> Result<Vec<Member>, OpError> {
    bank.store.read(|conn| {
        context.authorised(conn, Action::ReadMembers, Resource::Institution(institution_id))?;
        Ok(members(conn, institution_id)?)
    })
}

/// Gives a member other roles in place of those before.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `LastAdministrator`, and what the policy answers.
pub fn set_member_roles(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    user_id: Uuid,
    roles: &[MemberRole],
) -> Result<Member, OpError> {
    let roles = distinct(roles)?;
    bank.store.write(|conn| {
        context.authorised(conn, Action::ManageMembers, Resource::Institution(institution_id))?;
        if people::delete_memberships(conn, user_id, institution_id)? == 0 {
            return Err(Rejection::NotFound {}.into());
        }
        for role in &roles {
            people::insert_membership(conn, user_id, institution_id, *role, context.now)?;
        }
        keeps_an_admin(conn, institution_id)?;
        tell_of(conn, context, "set_member_roles", institution_id, user_id, &roles)?;
        member(conn, institution_id, user_id)
    })
}

/// Takes every role at an institution from a member.
///
/// # Errors
/// `NotFound`, `LastAdministrator`, and what the policy answers.
pub fn remove_member(bank: &Bank, context: &Context, institution_id: Uuid, user_id: Uuid) -> Result<(), OpError> {
    bank.store.write(|conn| {
        context.authorised(conn, Action::ManageMembers, Resource::Institution(institution_id))?;
        if people::delete_memberships(conn, user_id, institution_id)? == 0 {
            return Err(Rejection::NotFound {}.into());
        }
        keeps_an_admin(conn, institution_id)?;
        Ok(tell_of(conn, context, "remove_member", institution_id, user_id, &[])?)
    })
}
