//! People: the bank's own, and the members of institutions.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};

use super::extract::{Asking, Id, Json, Key, Query};
use super::paging::{ListQuery, Listed, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::list::ListPlace;
use crate::ops::members::{self, Member, NewMember, Roles};
use crate::ops::users::{self, NewStaff, Staff};

/// Make a user with a role at the bank or the authority.
#[utoipa::path(tag = "people", operation_id = "create_user", request_body = NewStaff,
    params(Key),
    responses((status = 201, description = "Made", body = Staff)), extensions(("x-problems" = json!(["username_taken", "password_weak"]))))]
#[post("/api/v1/users")]
pub(crate) async fn create_user(web: web::Data<Web>, asking: Asking, key: Key, body: Json<NewStaff>) -> Result<HttpResponse, Refusal> {
    let made = web
        .run(move |bank| users::create_user(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(made))
}

/// List the bank's and the authority's people.
#[utoipa::path(tag = "people", operation_id = "list_users", params(ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Staff>)))]
#[get("/api/v1/users")]
pub(crate) async fn list_users(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| users::list_users(bank, &asking.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.user_id.to_string()))
}

/// Give somebody roles at an institution: somebody new, or somebody who logs in already.
#[utoipa::path(tag = "people", operation_id = "add_member", request_body = NewMember,
    params(("institution_id" = Uuid, Path),
        Key),
    responses((status = 201, description = "Added", body = Member)),
    extensions(("x-problems" = json!(["username_taken", "password_weak", "unknown_user", "membership_exists"]))))]
#[post("/api/v1/institutions/{institution_id}/members")]
pub(crate) async fn add_member(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<NewMember>,
) -> Result<HttpResponse, Refusal> {
    let member = web
        .run(move |bank| members::add_member(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Created().json(member))
}

/// List the members of an institution; they are few.
#[utoipa::path(tag = "people", operation_id = "list_members", params(("institution_id" = Uuid, Path)),
    responses((status = 200, description = "All of them", body = Listed<Member>)))]
#[get("/api/v1/institutions/{institution_id}/members")]
pub(crate) async fn list_members(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let items = web.run(move |bank| members::list_members(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}

/// Give a member other roles in place of those before.
#[utoipa::path(tag = "people", operation_id = "set_member_roles", request_body = Roles,
    params(("institution_id" = Uuid, Path), ("user_id" = Uuid, Path)),
    responses((status = 200, description = "Changed", body = Member)), extensions(("x-problems" = json!(["last_institution_admin"]))))]
#[put("/api/v1/institutions/{institution_id}/members/{user_id}")]
pub(crate) async fn set_member_roles(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    user_id: Id<1>,
    body: Json<Roles>,
) -> Result<HttpResponse, Refusal> {
    let member = web
        .run(move |bank| members::set_member_roles(bank, &asking.0, id.0, user_id.0, &body.0.roles))
        .await?;
    Ok(HttpResponse::Ok().json(member))
}

/// Take every role at an institution from a member.
#[utoipa::path(tag = "people", operation_id = "remove_member", params(("institution_id" = Uuid, Path), ("user_id" = Uuid, Path)),
    responses((status = 204, description = "Removed")), extensions(("x-problems" = json!(["last_institution_admin"]))))]
#[delete("/api/v1/institutions/{institution_id}/members/{user_id}")]
pub(crate) async fn remove_member(web: web::Data<Web>, asking: Asking, id: Id, user_id: Id<1>) -> Result<HttpResponse, Refusal> {
    web.run(move |bank| members::remove_member(bank, &asking.0, id.0, user_id.0))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
