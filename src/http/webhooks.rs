//! Webhooks of institutions and of their API clients, and the log of what they were sent.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Edition, Id, Json, Key, Query};
use super::institutions::with_edition;
use super::paging::{ListQuery, Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::list::{ListOrder, ListPlace};
use crate::domain::webhook::DeliveryStatus;
use crate::ops::clients::Rotation;
use crate::ops::webhooks::deliveries::{self, Delivery, ReplayPeriod, Replayed};
use crate::ops::webhooks::form::WebhookForm;
use crate::ops::webhooks::{self, IssuedWebhook, Webhook};

/// Which deliveries.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// `dead` lists what was given up.
    status: Option<DeliveryStatus>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// Make a webhook; its secret is shown this once.
///
/// What happens from now on is posted there as JSON, signed as Standard Webhooks says: `webhook-id`, `webhook-timestamp` and
/// `webhook-signature` (`v1`, HMAC-SHA-256 with the secret). Anything but a 2xx within 15 s is tried again for about three days, with
/// growing pauses; 410 ends it; redirects are not followed. Each event comes at least once, so take `webhook-id` for what was taken
/// before. Events of one learner come in order: while one waits for another try, later ones of that learner wait behind it until it is
/// delivered or given up. An API client (`webhooks:write`) sees and changes its own.
#[utoipa::path(tag = "events", operation_id = "create_webhook", request_body = WebhookForm,
    params(("institution_id" = Uuid, Path), Key),
    responses((status = 201, description = "Made", body = IssuedWebhook)), extensions(("x-problems" = json!(["too_many_webhooks"]))))]
#[post("/api/v1/institutions/{institution_id}/webhooks")]
pub(crate) async fn create_webhook(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<WebhookForm>,
) -> Result<HttpResponse, Refusal> {
    let issued = web
        .run(move |bank| webhooks::create_webhook(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Created().json(issued))
}

/// List the webhooks of an institution.
#[utoipa::path(tag = "events", operation_id = "list_webhooks", params(("institution_id" = Uuid, Path), ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Webhook>)))]
#[get("/api/v1/institutions/{institution_id}/webhooks")]
pub(crate) async fn list_webhooks(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| webhooks::list_webhooks(bank, &asking.0, id.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.webhook_id.to_string()))
}

/// Read a webhook.
#[utoipa::path(tag = "events", operation_id = "read_webhook", params(("institution_id" = Uuid, Path), ("webhook_id" = Uuid, Path)),
    responses((status = 200, description = "The webhook, with its edition as ETag", body = Webhook)))]
#[get("/api/v1/institutions/{institution_id}/webhooks/{webhook_id}")]
pub(crate) async fn read_webhook(web: web::Data<Web>, asking: Asking, id: Id, webhook_id: Id<1>) -> Result<HttpResponse, Refusal> {
    let webhook = web
        .run(move |bank| webhooks::read_webhook(bank, &asking.0, id.0, webhook_id.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), webhook.edition, &webhook))
}

/// Edit a webhook; what waits goes to the new address.
#[utoipa::path(tag = "events", operation_id = "edit_webhook", request_body = WebhookForm,
    params(("institution_id" = Uuid, Path), ("webhook_id" = Uuid, Path), Edition),
    responses((status = 200, description = "As it is now", body = Webhook)),
    extensions(("x-problems" = json!(["stale_edition", "precondition_needed", "invalid_header"]))))]
#[put("/api/v1/institutions/{institution_id}/webhooks/{webhook_id}")]
pub(crate) async fn edit_webhook(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    webhook_id: Id<1>,
    edition: Edition,
    body: Json<WebhookForm>,
) -> Result<HttpResponse, Refusal> {
    let webhook = web
        .run(move |bank| webhooks::edit_webhook(bank, &asking.0, id.0, webhook_id.0, edition.0, &body.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), webhook.edition, &webhook))
}

/// Remove a webhook, with its log and what it was still to be sent.
#[utoipa::path(tag = "events", operation_id = "remove_webhook", params(("institution_id" = Uuid, Path), ("webhook_id" = Uuid, Path)),
    responses((status = 204, description = "Removed")))]
#[delete("/api/v1/institutions/{institution_id}/webhooks/{webhook_id}")]
pub(crate) async fn remove_webhook(web: web::Data<Web>, asking: Asking, id: Id, webhook_id: Id<1>) -> Result<HttpResponse, Refusal> {
    web.run(move |bank| webhooks::remove_webhook(bank, &asking.0, id.0, webhook_id.0))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Pause a webhook: nothing is sent until it is resumed.
#[utoipa::path(tag = "events", operation_id = "pause_webhook", params(("institution_id" = Uuid, Path), ("webhook_id" = Uuid, Path)),
    responses((status = 200, description = "Paused", body = Webhook)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/institutions/{institution_id}/webhooks/{webhook_id}/pause")]
pub(crate) async fn pause_webhook(web: web::Data<Web>, asking: Asking, id: Id, webhook_id: Id<1>) -> Result<HttpResponse, Refusal> {
    let webhook = web
        .run(move |bank| webhooks::pause_webhook(bank, &asking.0, id.0, webhook_id.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), webhook.edition, &webhook))
}

/// Let a webhook run again that was paused, or disabled; what waits is sent at once.
#[utoipa::path(tag = "events", operation_id = "resume_webhook", params(("institution_id" = Uuid, Path), ("webhook_id" = Uuid, Path)),
    responses((status = 200, description = "Active", body = Webhook)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/institutions/{institution_id}/webhooks/{webhook_id}/resume")]
pub(crate) async fn resume_webhook(web: web::Data<Web>, asking: Asking, id: Id, webhook_id: Id<1>) -> Result<HttpResponse, Refusal> {
    let webhook = web
        .run(move |bank| webhooks::resume_webhook(bank, &asking.0, id.0, webhook_id.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), webhook.edition, &webhook))
}

/// Try a webhook: an event `webhook.test` is sent; the log says what came of it.
#[utoipa::path(tag = "events", operation_id = "test_webhook", params(("institution_id" = Uuid, Path), ("webhook_id" = Uuid, Path), Key),
    responses((status = 202, description = "On its way", body = Delivery)),
    extensions(("x-problems" = json!(["wrong_state", "too_many_deliveries"]))))]
#[post("/api/v1/institutions/{institution_id}/webhooks/{webhook_id}/test")]
pub(crate) async fn test_webhook(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    webhook_id: Id<1>,
    key: Key,
) -> Result<HttpResponse, Refusal> {
    let delivery = web
        .run(move |bank| deliveries::test_webhook(bank, &asking.0, key.0.as_deref(), id.0, webhook_id.0))
        .await?;
    Ok(HttpResponse::Accepted().json(delivery))
}

/// Give a webhook another secret; for some hours messages carry the signatures of both.
#[utoipa::path(tag = "events", operation_id = "rotate_webhook_secret", request_body = Rotation,
    params(("institution_id" = Uuid, Path), ("webhook_id" = Uuid, Path)),
    responses((status = 200, description = "The new secret, shown this once", body = IssuedWebhook)))]
#[post("/api/v1/institutions/{institution_id}/webhooks/{webhook_id}/rotate-secret")]
pub(crate) async fn rotate_webhook_secret(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    webhook_id: Id<1>,
    body: Json<Rotation>,
) -> Result<HttpResponse, Refusal> {
    let issued = web
        .run(move |bank| webhooks::rotate_webhook_secret(bank, &asking.0, id.0, webhook_id.0, body.0))
        .await?;
    Ok(HttpResponse::Ok().json(issued))
}

/// List what a webhook was sent and is to be sent, with what came of the last try.
#[utoipa::path(tag = "events", operation_id = "list_deliveries",
    params(("institution_id" = Uuid, Path), ("webhook_id" = Uuid, Path), DeliveryQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Delivery>)))]
#[get("/api/v1/institutions/{institution_id}/webhooks/{webhook_id}/deliveries")]
pub(crate) async fn list_deliveries(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    webhook_id: Id<1>,
    query: Query<DeliveryQuery>,
) -> Result<HttpResponse, Refusal> {
    let DeliveryQuery {
        status,
        order,
        limit,
        cursor,
    } = query.0;
    let items = web
        .run(move |bank| {
            deliveries::list_deliveries(
                bank,
                &asking.0,
                (id.0, webhook_id.0),
                status,
                ListPlace::new(order, cursor),
                limit.and_one(),
            )
        })
        .await?;
    Ok(page(&request, limit, items, |item| item.delivery_id.to_string()))
}

/// Deliver something again that was delivered or given up.
#[utoipa::path(tag = "events", operation_id = "replay_delivery",
    params(("institution_id" = Uuid, Path), ("webhook_id" = Uuid, Path), ("delivery_id" = Uuid, Path), Key),
    responses((status = 202, description = "On its way, as a delivery of its own", body = Delivery)),
    extensions(("x-problems" = json!(["wrong_state", "too_many_deliveries"]))))]
#[post("/api/v1/institutions/{institution_id}/webhooks/{webhook_id}/deliveries/{delivery_id}/replay")]
pub(crate) async fn replay_delivery(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    webhook_id: Id<1>,
    delivery_id: Id<2>,
    key: Key,
) -> Result<HttpResponse, Refusal> {
    let delivery = web
        .run(move |bank| deliveries::replay_delivery(bank, &asking.0, key.0.as_deref(), (id.0, webhook_id.0), delivery_id.0))
        .await?;
    Ok(HttpResponse::Accepted().json(delivery))
}

/// Deliver again what happened in a period, of the types that the webhook wants.
#[utoipa::path(tag = "events", operation_id = "replay_webhook", request_body = ReplayPeriod,
    params(("institution_id" = Uuid, Path), ("webhook_id" = Uuid, Path), Key),
    responses((status = 202, description = "On its way", body = Replayed)),
    extensions(("x-problems" = json!(["wrong_state", "too_many_deliveries"]))))]
#[post("/api/v1/institutions/{institution_id}/webhooks/{webhook_id}/replay")]
pub(crate) async fn replay_webhook(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    webhook_id: Id<1>,
    key: Key,
    body: Json<ReplayPeriod>,
) -> Result<HttpResponse, Refusal> {
    let replayed = web
        .run(move |bank| deliveries::replay_webhook(bank, &asking.0, key.0.as_deref(), (id.0, webhook_id.0), body.0))
        .await?;
    Ok(HttpResponse::Accepted().json(replayed))
}
