//! Requests to confirm entries of portfolios: a learner asks, and those who judge claims at the institution answer.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Id, Json, Key, Query};
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::list::{ListOrder, ListPlace};
use crate::domain::portfolio::confirmation::{ConfirmationFilter, ConfirmationState};
use crate::ops::portfolio::answers::{self, ConfirmationReply};
use crate::ops::portfolio::confirmations::{self, Confirmation, ConfirmationSummary, NewConfirmation};

/// Which requests to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConfirmationQuery {
    /// The institution that is asked; the bank's people may leave it out.
    institution_id: Option<Uuid>,
    state: Option<ConfirmationState>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// Ask an institution to confirm an entry of one's own.
///
/// It sees the entry as it is now, with its files, and the name and the document masked.
#[utoipa::path(tag = "portfolio", operation_id = "request_confirmation", request_body = NewConfirmation,
    params(("entry_id" = Uuid, Path), Key),
    responses((status = 201, description = "Requested", body = Confirmation)),
    extensions(("x-problems" = json!(["confirmation_open", "too_many_confirmations", "evidence_of_subject_full"]))))]
#[post("/api/v1/me/portfolio/entries/{entry_id}/confirmations")]
pub(crate) async fn request_confirmation(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<NewConfirmation>,
) -> Result<HttpResponse, Refusal> {
    let confirmation = web
        .run(move |bank| confirmations::request_confirmation(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Created().json(confirmation))
}

/// List the requests to confirm entries that an institution answers.
#[utoipa::path(tag = "portfolio", operation_id = "list_confirmations", params(ConfirmationQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<ConfirmationSummary>)))]
#[get("/api/v1/entry-confirmations")]
pub(crate) async fn list_confirmations(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ConfirmationQuery>,
) -> Result<HttpResponse, Refusal> {
    let ConfirmationQuery {
        institution_id,
        state,
        order,
        limit,
        cursor,
    } = query.0;
    let filter = ConfirmationFilter { institution_id, state };
    let items = web
        .run(move |bank| answers::list_confirmations(bank, &asking.0, &filter, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.confirmation_id.to_string()))
}

/// Read a request to confirm an entry.
///
/// For its learner, and for those who judge claims at the institution. The learner sees the look.
#[utoipa::path(tag = "portfolio", operation_id = "read_confirmation", params(("confirmation_id" = Uuid, Path)),
    responses((status = 200, description = "With the entry as it was then", body = Confirmation)))]
#[get("/api/v1/entry-confirmations/{confirmation_id}")]
pub(crate) async fn read_confirmation(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let confirmation = web.run(move |bank| answers::read_confirmation(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(confirmation))
}

/// Confirm or decline for the institution, or take a confirmation back.
#[utoipa::path(tag = "portfolio", operation_id = "answer_confirmation", request_body = ConfirmationReply,
    params(("confirmation_id" = Uuid, Path), Key),
    responses((status = 200, description = "As it is now", body = Confirmation)),
    extensions(("x-problems" = json!(["own_claim", "wrong_state"]))))]
#[post("/api/v1/entry-confirmations/{confirmation_id}/answer")]
pub(crate) async fn answer_confirmation(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<ConfirmationReply>,
) -> Result<HttpResponse, Refusal> {
    let confirmation = web
        .run(move |bank| answers::answer_confirmation(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Ok().json(confirmation))
}

/// Take back one's own request to confirm an entry, or what was confirmed.
///
/// The institution no longer sees the entry and its files.
#[utoipa::path(tag = "portfolio", operation_id = "withdraw_confirmation",
    params(("confirmation_id" = Uuid, Path), Key),
    responses((status = 200, description = "Withdrawn", body = Confirmation)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/entry-confirmations/{confirmation_id}/withdraw")]
pub(crate) async fn withdraw_confirmation(web: web::Data<Web>, asking: Asking, id: Id, key: Key) -> Result<HttpResponse, Refusal> {
    let confirmation = web
        .run(move |bank| confirmations::withdraw_confirmation(bank, &asking.0, key.0.as_deref(), id.0))
        .await?;
    Ok(HttpResponse::Ok().json(confirmation))
}
