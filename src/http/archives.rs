//! Leaving with everything: one's own record as an archive, and archives of other banks, taken in.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, get, post, web};

use super::extract::{Asking, Id, Query};
use super::file::{FileContent, attachment, spooled};
use super::paging::{ListQuery, Listed, page};
use super::problem::Refusal;
use super::state::{Web, Width};
use super::stream::of_file;
use crate::domain::list::ListPlace;
use crate::domain::rejection::Rejection;
use crate::ops::archive::received::{self, ReceivedRecord, ReceivedRecordContent, Reception};
use crate::ops::archive::{self, MadeArchive};
use crate::ops::context::Context;
use crate::ops::deposit::Novelty;

/// Take everything along: one's own record as one signed file.
///
/// A ZIP with `record.json` (everything that the bank keeps of it: movements, lots, decisions with their inputs and rules, claims,
/// conversions, own entries, views, consents, looks), the files, the credentials that were issued, and `index.html` for people to read.
/// `manifest.json` is a W3C credential of the bank with the digest of each of them. Another bank takes it in with
/// `POST /api/v1/me/received-records`.
#[utoipa::path(tag = "archives", operation_id = "make_archive",
    responses((status = 200, description = "The archive", content((FileContent = "application/zip")),
        headers(("Content-Disposition" = String, description = "The file's name (RFC 8187)")))),
    extensions(("x-problems" = json!(["not_found", "stale_edition", "too_many_archives"]))))]
#[get("/api/v1/me/archive")]
pub(crate) async fn make_archive(web: web::Data<Web>, asking: Asking) -> Result<HttpResponse, Refusal> {
    archived(&web, asking.0).await
}

/// Makes an archive of the caller's own record, as often as anybody may, and sends it.
///
/// # Errors
/// `TooManyArchives`, `StaleEdition`, `NotFound` for a caller without a learning account.
pub(crate) async fn archived(web: &Web, context: Context) -> Result<HttpResponse, Refusal> {
    web.archive(&context)?;
    let MadeArchive { file_name, bytes, content } = web.calculate(Width::One, move |bank| archive::make_archive(bank, &context)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/zip"))
        .insert_header(attachment(&file_name, &file_name))
        .insert_header(ContentEncoding::Identity)
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(of_file(content, bytes)))
}

/// Take an archive of another bank in.
///
/// The body is the archive itself. Its signature is verified, every file is compared with what was signed, and the chain of movements,
/// the lots, every decision and every kept answer are worked out again. The record is kept with what came of that, and the files,
/// credentials, own entries and views are taken over. Outcomes and credit are not: a claim that names the record as evidence has them
/// recognised here. Only one's own archive is taken, with the identity document of the account. The same again (200) changes nothing.
#[utoipa::path(tag = "archives", operation_id = "receive_archive",
    request_body(content((FileContent = "application/zip"), (FileContent = "application/octet-stream"))),
    responses((status = 201, description = "Taken in", body = Reception), (status = 200, description = "Was there already", body = Reception)),
    extensions(("x-problems" = json!(["not_found", "archive_unreadable", "archive_not_genuine", "archive_of_another", "archive_too_large", "evidence_too_large", "evidence_full", "too_many_archives"]))))]
#[post("/api/v1/me/received-records")]
pub(crate) async fn receive_archive(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    body: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let context = asking.0;
    let known = ["application/zip", "application/octet-stream"];
    if !known.contains(&request.content_type().to_ascii_lowercase().as_str()) {
        return Err(Refusal::MEDIA_TYPE);
    }
    // The caller's right first: who has none need not send anything.
    web.run(move |bank| received::may_receive(bank, &context)).await?;
    web.archive(&context)?;
    let bytes_max = received::BYTES_MAX;
    let content = spooled(&web, &request, body, bytes_max, Rejection::ArchiveTooLarge { bytes_max }).await?;
    let (novelty, reception) = web
        .look_outside(move |bank| received::receive_archive(bank, &context, content))
        .await?;
    let status = match novelty {
        Novelty::Created => StatusCode::CREATED,
        Novelty::AlreadyThere => StatusCode::OK,
    };
    Ok(HttpResponse::build(status).json(reception))
}

/// List the records of other banks in one's own.
#[utoipa::path(tag = "archives", operation_id = "list_received_records", params(ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<ReceivedRecord>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/received-records")]
pub(crate) async fn list_received_records(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| received::list_received_records(bank, &asking.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.file.file_id.to_string()))
}

/// Read a record of another bank, as that bank wrote it.
///
/// It is removed as other evidence is: `DELETE /api/v1/learners/{learner_id}/evidence/{file_id}`.
#[utoipa::path(tag = "archives", operation_id = "read_received_record", params(("file_id" = Uuid, Path)),
    responses((status = 200, description = "The record, with what was said of it last", body = ReceivedRecordContent)))]
#[get("/api/v1/me/received-records/{file_id}")]
pub(crate) async fn read_received_record(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let record = web.run(move |bank| received::read_received_record(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(record))
}

/// Verify a record of another bank again, and work everything in it out again.
#[utoipa::path(tag = "archives", operation_id = "verify_received_record", params(("file_id" = Uuid, Path)),
    responses((status = 200, description = "What is said of it now", body = ReceivedRecord)),
    extensions(("x-problems" = json!(["archive_not_genuine"]))))]
#[post("/api/v1/me/received-records/{file_id}/verify")]
pub(crate) async fn verify_received_record(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let record = web
        .look_outside(move |bank| received::verify_received_record(bank, &asking.0, id.0))
        .await?;
    Ok(HttpResponse::Ok().json(record))
}
