//! Links to views: making them, turning them off, who looked; and what a program with a link sees.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};

use super::extract::{Asking, Id, Json, Key, Query, anonymous};
use super::file::{FileContent, saved};
use super::paging::{ListQuery, Listed, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::list::ListPlace;
use crate::domain::portfolio::share::{LookedWith, code_in};
use crate::domain::rejection::Rejection;
use crate::ops::evidence::read::Downloaded;
use crate::ops::shares::files::download_shared_file as download;
use crate::ops::shares::open::{Opened, open_share as open};
use crate::ops::shares::{self, NewShare, Share, ShareLook};

/// Where a PIN comes in.
const PIN_HEADER: &str = "Share-Pin";

/// Make a link to a view.
///
/// The PIN is not shown again. The link is, to the learner: the bank keeps it sealed, and finds it by a keyed digest.
#[utoipa::path(tag = "portfolio", operation_id = "create_share", request_body = NewShare, params(Key),
    responses((status = 201, description = "Made", body = Share)), extensions(("x-problems" = json!(["not_found", "shares_full"]))))]
#[post("/api/v1/me/shares")]
pub(crate) async fn create_share(web: web::Data<Web>, asking: Asking, key: Key, body: Json<NewShare>) -> Result<HttpResponse, Refusal> {
    let share = web
        .run(move |bank| shares::create_share(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(share))
}

/// List one's own shares.
#[utoipa::path(tag = "portfolio", operation_id = "list_shares", params(ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Share>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/shares")]
pub(crate) async fn list_shares(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| shares::list_shares(bank, &asking.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.share_id.to_string()))
}

/// Read a share of one's own.
#[utoipa::path(tag = "portfolio", operation_id = "read_share", params(("share_id" = Uuid, Path)),
    responses((status = 200, description = "The share", body = Share)))]
#[get("/api/v1/me/shares/{share_id}")]
pub(crate) async fn read_share(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let share = web.run(move |bank| shares::read_share(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(share))
}

/// Get the link of a share as a QR code.
#[utoipa::path(tag = "portfolio", operation_id = "read_share_qr", params(("share_id" = Uuid, Path)),
    responses((status = 200, description = "A picture", content_type = "image/svg+xml", body = String)))]
#[get("/api/v1/me/shares/{share_id}/qr")]
pub(crate) async fn read_share_qr(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let picture = web.run(move |bank| shares::read_share_qr(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(picture))
}

/// Turn a share off, for good.
#[utoipa::path(tag = "portfolio", operation_id = "turn_off_share", params(("share_id" = Uuid, Path)),
    responses((status = 204, description = "The link opens nothing any more")))]
#[delete("/api/v1/me/shares/{share_id}")]
pub(crate) async fn turn_off_share(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    web.run(move |bank| shares::turn_off_share(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List the looks through a share of one's own.
///
/// When, and with what family of browsers: who it was is not known, and from where is not kept.
#[utoipa::path(tag = "portfolio", operation_id = "list_share_looks", params(("share_id" = Uuid, Path), ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<ShareLook>)))]
#[get("/api/v1/me/shares/{share_id}/looks")]
pub(crate) async fn list_share_looks(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| shares::list_share_looks(bank, &asking.0, id.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.look_id.to_string()))
}

/// Somebody has a link, and perhaps a PIN: counts the attempt, and opens it.
///
/// # Errors
/// `TooManyAttempts`, and what opening answers.
pub async fn opened(web: &Web, request: &HttpRequest, code: &str, pin: Option<String>, looked_with: LookedWith) -> Result<Opened, Refusal> {
    // However it is written, it is one link; and no log-in has such a name.
    let code = code_in(code).unwrap_or_default();
    web.attempt(request, &format!("share:{code}"))?;
    let context = anonymous(request);
    web.run(move |bank| open(bank, &context, &code, pin.as_deref(), looked_with)).await
}

/// Read what a link shows, without an account.
///
/// What is shown is so at this moment. Each such reading is a look. A code that is none, a wrong PIN and a share that is over
/// are answered alike.
#[utoipa::path(tag = "shares", operation_id = "open_share", security(()),
    params(("code" = String, Path, description = "The code of the link", pattern = "^[2-9A-HJ-NP-Za-hj-np-z-]{20,23}$", example = "7KQ2M-XA9RT-PWN4V-E8GZC"),
        ("Share-Pin" = Option<String>, Header, description = "The PIN, where the link has one", pattern = "^[0-9]{6,12}$")),
    responses((status = 200, description = "What the view shows", body = Opened)),
    extensions(("x-problems" = json!(["share_closed", "too_many_attempts"]))))]
#[get("/api/v1/shares/{code}")]
pub(crate) async fn open_share(web: web::Data<Web>, request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, Refusal> {
    let pin = match request.headers().get(PIN_HEADER) {
        None => None,
        // What is no text is no PIN.
        Some(value) => Some(value.to_str().map_err(|_| Rejection::ShareClosed {})?.to_owned()),
    };
    let seen = opened(&web, &request, &code, pin, LookedWith::Program).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Robots-Tag", "noindex"))
        .json(seen))
}

/// Somebody who opened a link fetches a file by the ticket beside it.
///
/// # Errors
/// `TooManyQuestions`, and what fetching answers.
pub async fn fetched(web: &Web, request: &HttpRequest, code: String, ticket: String) -> Result<HttpResponse, Refusal> {
    web.question(request)?;
    let context = anonymous(request);
    let Downloaded { file, content } = web.run(move |bank| download(bank, &context, &code, &ticket)).await?;
    Ok(saved(&file)?
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header(("X-Robots-Tag", "noindex, nofollow, noarchive"))
        .body(content.to_vec()))
}

/// Download a file of what a link shows, without an account.
///
/// By the ticket that stands beside the file where the link was opened: for an hour, as long as the link is good and its view shows the
/// file. It is no look of its own. A ticket that is none, or is over, is answered as a link that does not open.
#[utoipa::path(tag = "shares", operation_id = "download_shared_file", security(()),
    params(("code" = String, Path, description = "The code of the link", pattern = "^[2-9A-HJ-NP-Za-hj-np-z-]{20,23}$", example = "7KQ2M-XA9RT-PWN4V-E8GZC"),
        ("ticket" = String, Path, description = "What stands beside the file", pattern = "^[A-Za-z0-9_-]{40,200}$", example = "AQAAAAE5Yx0WmCzL1nq3S7b2fU8Jt0cVgKQ4rH6dPpXoTeZyNwMv")),
    responses((status = 200, description = "The file as it was uploaded",
        content((FileContent = "application/pdf"), (FileContent = "image/jpeg"), (FileContent = "image/png"), (FileContent = "image/webp"), (FileContent = "image/heic")),
        headers(("ETag" = String, description = "The content's SHA-256"), ("Content-Disposition" = String, description = "The file's name (RFC 8187)")))),
    extensions(("x-problems" = json!(["share_closed", "too_many_questions"]))))]
#[get("/api/v1/shares/{code}/files/{ticket}")]
pub(crate) async fn download_shared_file(
    web: web::Data<Web>,
    request: HttpRequest,
    named: web::Path<(String, String)>,
) -> Result<HttpResponse, Refusal> {
    let (code, ticket) = named.into_inner();
    fetched(&web, &request, code, ticket).await
}
