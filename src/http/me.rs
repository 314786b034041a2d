//! One's own record: who one is, the account, the movements, the outcomes, and who looked.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Query};
use super::paging::{ListQuery, Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::ledger::MovementView;
use crate::domain::list::{ListOrder, ListPlace};
use crate::ops::access::{self, Access, Whose};
use crate::ops::outcomes::{self, OutcomeView};
use crate::ops::records::{self, Account, AsOf, Me};

/// As of which day.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccountQuery {
    /// The record as it stood at the end of this day at the bank; now, when left out.
    as_of: Option<NaiveDate>,
    /// Only what took effect by this day, as it is known at `as_of`: what a correction took back was never there.
    effective_on: Option<NaiveDate>,
}

/// Which movements.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MovementQuery {
    /// The record as it stood at the end of this day at the bank; now, when left out.
    as_of: Option<NaiveDate>,
    /// Only what took effect by this day.
    effective_on: Option<NaiveDate>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before: only movements with a smaller sequence number.
    cursor: Option<i64>,
}

/// Which outcomes of a record.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecordQuery {
    /// The record as it stood at the end of this day at the bank; now, when left out.
    as_of: Option<NaiveDate>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

pub(super) async fn account(web: &Web, asking: Asking, whose: Whose, query: AccountQuery) -> Result<HttpResponse, Refusal> {
    let AccountQuery { as_of, effective_on } = query;
    let days = AsOf { as_of, effective_on };
    let account = web.run(move |bank| records::read_account(bank, &asking.0, whose, &days)).await?;
    Ok(HttpResponse::Ok().json(account))
}

pub(super) async fn movement_page(
    web: &Web,
    request: &HttpRequest,
    asking: Asking,
    whose: Whose,
    query: MovementQuery,
) -> Result<HttpResponse, Refusal> {
    let MovementQuery {
        as_of,
        effective_on,
        order,
        limit,
        cursor,
    } = query;
    let days = AsOf { as_of, effective_on };
    let items = web
        .run(move |bank| records::list_movements(bank, &asking.0, whose, &days, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(request, limit, items, |item| item.sequence.to_string()))
}

pub(super) async fn outcome_page(
    web: &Web,
    request: &HttpRequest,
    asking: Asking,
    whose: Whose,
    query: RecordQuery,
) -> Result<HttpResponse, Refusal> {
    let RecordQuery {
        as_of,
        order,
        limit,
        cursor,
    } = query;
    let items = web
        .run(move |bank| outcomes::list_record_outcomes(bank, &asking.0, whose, as_of, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(request, limit, items, |item| item.outcome_id.to_string()))
}

pub(super) async fn access_page(
    web: &Web,
    request: &HttpRequest,
    asking: Asking,
    whose: Whose,
    query: ListQuery,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query;
    let items = web
        .run(move |bank| access::list_accesses(bank, &asking.0, whose, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(request, limit, items, |item| item.access_id.to_string()))
}

/// Who the caller is: roles, scopes, and one's own identity in full.
#[utoipa::path(tag = "me", operation_id = "read_me", responses((status = 200, description = "The caller", body = Me)))]
#[get("/api/v1/me")]
pub(crate) async fn read_me(web: web::Data<Web>, asking: Asking) -> Result<HttpResponse, Refusal> {
    let me = web.run(move |bank| records::read_me(bank, &asking.0)).await?;
    Ok(HttpResponse::Ok().json(me))
}

/// Read one's own account: balances by category and level, and what expires soon.
#[utoipa::path(tag = "me", operation_id = "read_account", params(AccountQuery),
    responses((status = 200, description = "The account", body = Account)), extensions(("x-problems" = json!(["not_found", "as_of_in_the_future", "effective_on_in_the_future"]))))]
#[get("/api/v1/me/account")]
pub(crate) async fn read_account(web: web::Data<Web>, asking: Asking, query: Query<AccountQuery>) -> Result<HttpResponse, Refusal> {
    account(&web, asking, Whose::Own, query.0).await
}

/// List one's own movements, with the running balance.
#[utoipa::path(tag = "me", operation_id = "list_movements", params(MovementQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<MovementView>)),
    extensions(("x-problems" = json!(["not_found", "as_of_in_the_future", "effective_on_in_the_future"]))))]
#[get("/api/v1/me/movements")]
pub(crate) async fn list_movements(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<MovementQuery>,
) -> Result<HttpResponse, Refusal> {
    movement_page(&web, &request, asking, Whose::Own, query.0).await
}

/// List one's own outcomes.
#[utoipa::path(tag = "me", operation_id = "list_own_outcomes", params(RecordQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<OutcomeView>,
        links(("decision" = (operation_id = "read_decision",
            parameters(("decision_id" = "$response.body#/items/0/decision/decision_id")), description = "Why the first of them brought what it did"))))),
    extensions(("x-problems" = json!(["not_found", "as_of_in_the_future"]))))]
#[get("/api/v1/me/outcomes")]
pub(crate) async fn list_own_outcomes(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<RecordQuery>,
) -> Result<HttpResponse, Refusal> {
    outcome_page(&web, &request, asking, Whose::Own, query.0).await
}

/// List who looked at one's own record.
#[utoipa::path(tag = "me", operation_id = "list_accesses", params(ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Access>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/access-log")]
pub(crate) async fn list_accesses(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    access_page(&web, &request, asking, Whose::Own, query.0).await
}
