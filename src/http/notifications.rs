//! What a learner is told, of what there is mail, and where to.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Edition, Id, Json, Query};
use super::institutions::with_edition;
use super::paging::{PageSize, begin_page};
use super::problem::Refusal;
use super::render::language_of;
use super::state::Web;
use crate::domain::list::{ListOrder, ListPlace};
use crate::ops::notifications::settings::{self, MailAddress, MailWishes, NotificationPreferences};
use crate::ops::notifications::{self, Marked, Notification, Notifications};

/// Which notifications.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationQuery {
    /// Only what is not read yet.
    #[serde(default)]
    unread: bool,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// What came by mail.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailCode {
    #[schema(min_length = 1, max_length = 20, example = "04711337")]
    code: String,
}

/// List what one is told: deposits, recognitions, moves of claims, corrections, expiry, looks and merges.
#[utoipa::path(tag = "me", operation_id = "list_notifications", params(NotificationQuery),
    responses((status = 200, description = "A page, from the newest, in the reader's language", body = Notifications)),
    extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/notifications")]
pub(crate) async fn list_notifications(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<NotificationQuery>,
) -> Result<HttpResponse, Refusal> {
    let NotificationQuery {
        unread,
        order,
        limit,
        cursor,
    } = query.0;
    let language = language_of(&request);
    let mut found = web
        .run(move |bank| {
            notifications::list_notifications(bank, &asking.0, unread, ListPlace::new(order, cursor), limit.and_one(), language)
        })
        .await?;
    let mut answer = begin_page(&request, limit, &mut found.items, |item| item.notification_id.to_string());
    Ok(answer.json(found))
}

/// Note that one is read.
#[utoipa::path(tag = "me", operation_id = "mark_notification", params(("notification_id" = Uuid, Path)),
    responses((status = 200, description = "As it is now", body = Notification)))]
#[post("/api/v1/me/notifications/{notification_id}/read")]
pub(crate) async fn mark_notification(web: web::Data<Web>, request: HttpRequest, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let language = language_of(&request);
    let marked = web
        .run(move |bank| notifications::mark_notification(bank, &asking.0, id.0, language))
        .await?;
    Ok(HttpResponse::Ok().json(marked))
}

/// Note that all are read.
#[utoipa::path(tag = "me", operation_id = "mark_all_notifications",
    responses((status = 200, description = "How many that were", body = Marked)), extensions(("x-problems" = json!(["not_found"]))))]
#[post("/api/v1/me/notifications/read")]
pub(crate) async fn mark_all_notifications(web: web::Data<Web>, asking: Asking) -> Result<HttpResponse, Refusal> {
    let marked = web.run(move |bank| notifications::mark_all_notifications(bank, &asking.0)).await?;
    Ok(HttpResponse::Ok().json(marked))
}

/// Read of what one gets mail, and where to.
#[utoipa::path(tag = "me", operation_id = "read_notification_preferences",
    responses((status = 200, description = "With their edition as ETag", body = NotificationPreferences)),
    extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/notification-preferences")]
pub(crate) async fn read_notification_preferences(web: web::Data<Web>, asking: Asking) -> Result<HttpResponse, Refusal> {
    let preferences = web
        .run(move |bank| settings::read_notification_preferences(bank, &asking.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), preferences.edition, &preferences))
}

/// Say of what one wants mail.
#[utoipa::path(tag = "me", operation_id = "put_notification_preferences", request_body = MailWishes, params(Edition),
    responses((status = 200, description = "As they are now", body = NotificationPreferences)),
    extensions(("x-problems" = json!(["not_found", "stale_edition", "precondition_needed", "invalid_header"]))))]
#[put("/api/v1/me/notification-preferences")]
pub(crate) async fn put_notification_preferences(
    web: web::Data<Web>,
    asking: Asking,
    edition: Edition,
    body: Json<MailWishes>,
) -> Result<HttpResponse, Refusal> {
    let preferences = web
        .run(move |bank| settings::put_notification_preferences(bank, &asking.0, edition.0, &body.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), preferences.edition, &preferences))
}

/// Give an address for mail; it is sent a code, and nothing else before the code came back.
#[utoipa::path(tag = "me", operation_id = "give_address", request_body = MailAddress,
    responses((status = 202, description = "A code is on its way", body = NotificationPreferences)),
    extensions(("x-problems" = json!(["not_found", "mail_off", "too_many_attempts"]))))]
#[post("/api/v1/me/email")]
pub(crate) async fn give_address(web: web::Data<Web>, asking: Asking, body: Json<MailAddress>) -> Result<HttpResponse, Refusal> {
    let preferences = web.run(move |bank| settings::give_address(bank, &asking.0, &body.0)).await?;
    Ok(HttpResponse::Accepted().json(preferences))
}

/// Confirm the address by the code that it was sent.
#[utoipa::path(tag = "me", operation_id = "confirm_address", request_body = MailCode,
    responses((status = 200, description = "Confirmed", body = NotificationPreferences)),
    extensions(("x-problems" = json!(["not_found", "mail_code_wrong"]))))]
#[post("/api/v1/me/email/confirm")]
pub(crate) async fn confirm_address(web: web::Data<Web>, asking: Asking, body: Json<MailCode>) -> Result<HttpResponse, Refusal> {
    let preferences = web
        .run(move |bank| settings::confirm_address(bank, &asking.0, &body.0.code))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), preferences.edition, &preferences))
}

/// Forget the address; no mail is sent any more.
#[utoipa::path(tag = "me", operation_id = "remove_address",
    responses((status = 200, description = "Without an address", body = NotificationPreferences)),
    extensions(("x-problems" = json!(["not_found"]))))]
#[delete("/api/v1/me/email")]
pub(crate) async fn remove_address(web: web::Data<Web>, asking: Asking) -> Result<HttpResponse, Refusal> {
    let preferences = web.run(move |bank| settings::remove_address(bank, &asking.0)).await?;
    Ok(with_edition(HttpResponse::Ok(), preferences.edition, &preferences))
}
