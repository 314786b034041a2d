//! Imports: files of outcomes, brought, looked through and deposited.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, HttpResponseBuilder, get, post, put, web};
use futures_util::StreamExt as _;
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Edition, Id, Json, Key, Query};
use super::file::{FileContent, declared_length};
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::render::language_of;
use super::state::Web;
use super::stream::Lines;
use crate::domain::evidence::FileName;
use crate::domain::import::ImportStatus;
use crate::domain::language::Language;
use crate::domain::list::{ListOrder, ListPlace};
use crate::domain::rejection::Rejection;
use crate::intake::about::Format;
use crate::ops::context::{Bank, Context};
use crate::ops::deposit::Novelty;
use crate::ops::error::OpError;
use crate::ops::imports::act::{self, Commitment};
use crate::ops::imports::profile::{self, ImportProfile, NewImportProfile};
use crate::ops::imports::receive::{NewImport, begin_import};
use crate::ops::imports::{self, Import, ImportSummary};

/// What the file is called, and how it is read.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadImportQuery {
    /// The file's name.
    #[param(value_type = String, min_length = 1, max_length = 200, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f/\\\\]+$", example = "2024-outcomes.csv")]
    name: FileName,
    /// Told by the content where it is not said.
    format: Option<Format>,
    /// Which sheet of a workbook; the one that has a header of outcomes where it is not said.
    #[param(max_length = 100)]
    sheet: Option<String>,
}

/// Upload a file of outcomes; a dry run of it begins at once.
///
/// The body is the file itself: CSV, XLSX or NDJSON, the wide template of NAD/ABC, a list of Open Badges 3.0 or CLR 2.0
/// credentials, or xAPI statements. Nothing is deposited until the dry run is committed. A file that the institution brought
/// before answers that import (200) and changes nothing: the file's content is its idempotency key.
#[utoipa::path(tag = "imports", operation_id = "upload_import", params(("institution_id" = Uuid, Path), UploadImportQuery),
    request_body(content((FileContent = "application/octet-stream"), (FileContent = "text/csv"), (FileContent = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (FileContent = "application/x-ndjson"))),
    responses((status = 202, description = "Received; the dry run waits", body = Import), (status = 200, description = "Was brought before", body = Import)),
    extensions(("x-problems" = json!(["import_empty", "import_too_large", "too_many_imports"]))))]
#[post("/api/v1/institutions/{institution_id}/imports")]
pub(crate) async fn upload_import(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<UploadImportQuery>,
    mut body: web::Payload,
) -> Result<HttpResponse, Refusal> {
    let (context, language, bytes_max) = (asking.0, language_of(&request), web.bank.import_bytes_max);
    let new = NewImport {
        institution_id: id.0,
        file_name: query.0.name,
        format: query.0.format,
        sheet: query.0.sheet,
    };
    if !is_file(request.content_type()) {
        return Err(Refusal::MEDIA_TYPE);
    }
    // Not read at all where the first header says that it is too large.
    if declared_length(&request).is_some_and(|length| length > bytes_max) {
        return Err(Rejection::ImportTooLarge { bytes_max }.into());
    }
    let mut receiving = web.run(move |bank| begin_import(bank, &context, &new)).await?;
    while let Some(read) = body.next().await {
        // What was stored of a file that breaks off is removed.
        let Ok(bytes) = read else {
            web.run(move |bank| receiving.give_up(bank, &context)).await?;
            return Err(Refusal::BAD_REQUEST);
        };
        let (still, taken) = web
            .run(move |bank| {
                let taken = receiving.take(bank, &bytes);
                Ok((receiving, taken))
            })
            .await?;
        receiving = still;
        if let Err(refused) = taken {
            web.run(move |bank| receiving.give_up(bank, &context)).await?;
            return Err(refused.into());
        }
    }
    let (novelty, import) = web.run(move |bank| receiving.finish(bank, &context, language)).await?;
    let status = match novelty {
        Novelty::Created => StatusCode::ACCEPTED,
        Novelty::AlreadyThere => StatusCode::OK,
    };
    let place = format!("/api/v1/imports/{}", import.summary.import_id);
    Ok(HttpResponse::build(status).insert_header((header::LOCATION, place)).json(import))
}

/// Whether a body can be a file of outcomes: what it is is told by its content.
fn is_file(content_type: &str) -> bool {
    const TAKEN: [&str; 10] = [
        "application/octet-stream",
        "text/csv",
        "text/plain",
        "text/tab-separated-values",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.ms-excel.sheet.macroenabled.12",
        "application/vnd.ms-excel",
        "application/x-ndjson",
        "application/json",
        "application/ld+json",
    ];
    TAKEN.contains(&content_type.to_ascii_lowercase().as_str())
}

/// Which imports to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    status: Option<ImportStatus>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// List an institution's imports, from the newest.
#[utoipa::path(tag = "imports", operation_id = "list_imports", params(("institution_id" = Uuid, Path), ImportQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<ImportSummary>)))]
#[get("/api/v1/institutions/{institution_id}/imports")]
pub(crate) async fn list_imports(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<ImportQuery>,
) -> Result<HttpResponse, Refusal> {
    let ImportQuery {
        status,
        order,
        limit,
        cursor,
    } = query.0;
    let items = web
        .run(move |bank| imports::list_imports(bank, &asking.0, id.0, status, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.import_id.to_string()))
}

/// Read an import: how far it is, what the dry run said, and what was deposited.
#[utoipa::path(tag = "imports", operation_id = "read_import", params(("import_id" = Uuid, Path)),
    responses((status = 200, description = "The import", body = Import)))]
#[get("/api/v1/imports/{import_id}")]
pub(crate) async fn read_import(web: web::Data<Web>, request: HttpRequest, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let language = language_of(&request);
    let import = web.run(move |bank| imports::read_import(bank, &asking.0, id.0, language)).await?;
    Ok(HttpResponse::Ok().json(import))
}

/// An event of the stream, as whoever reads server-sent events gets it.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it describes what is written line by line")]
pub struct ImportStreamEvent {
    /// `progress`, and `end` when nothing more happens by itself.
    #[schema(example = "progress")]
    event: String,
    /// Of `progress` the import as `read_import` answers it, as JSON.
    data: String,
}

/// Follow an import: server-sent events, one whenever it has come further.
///
/// Each event `progress` is the import as `read_import` answers it. The stream ends when nothing more happens by itself, with the
/// event `end`, and after ten minutes at the latest; whoever reads it begins again then.
#[utoipa::path(tag = "imports", operation_id = "follow_import", params(("import_id" = Uuid, Path)),
    responses((status = 200, description = "Events, as `text/event-stream`", body = ImportStreamEvent, content_type = "text/event-stream")))]
#[get("/api/v1/imports/{import_id}/progress")]
pub(crate) async fn follow_import(web: web::Data<Web>, request: HttpRequest, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let (context, language) = (asking.0, language_of(&request));
    // Refused as a whole before the stream begins.
    let first = web.run(move |bank| imports::read_import(bank, &context, id.0, language)).await?;
    let (lines, body) = Lines::new();
    actix_web::rt::spawn(follow(web, context, first, language, lines));
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        // Not held back by whoever compresses or passes on.
        .insert_header(ContentEncoding::Identity)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .body(body))
}

/// How often an import is looked at for those who follow it, and how many times.
const FOLLOW_EACH: std::time::Duration = std::time::Duration::from_millis(500);
const FOLLOW_TIMES: u32 = 1_200;

async fn follow(web: web::Data<Web>, context: Context, first: Import, language: Language, lines: Lines) {
    let (import_id, mut last, mut import) = (first.summary.import_id, String::new(), first);
    for _ in 0..FOLLOW_TIMES {
        let text = serde_json::to_string(&import).unwrap_or_default();
        if text != last && !lines.send(format!("event: progress\ndata: {text}\n\n")).await {
            return;
        }
        last = text;
        if !import.summary.status.is_for_the_bank() && import.summary.status != ImportStatus::Receiving {
            break;
        }
        actix_web::rt::time::sleep(FOLLOW_EACH).await;
        let asked = Context {
            now: crate::clock::now(),
            ..context
        };
        match web.run(move |bank| imports::read_import(bank, &asked, import_id, language)).await {
            Ok(now) => import = now,
            // The log-in ended, or the database is away: whoever follows begins again and is told.
            Err(_) => return,
        }
    }
    lines.send("event: end\ndata: {}\n\n".to_owned()).await;
}

/// What a person does to an import, in so many words.
type Step = fn(&Bank, &Context, Option<&str>, Uuid, Language) -> Result<Import, OpError>;

async fn step(
    web: &Web,
    request: &HttpRequest,
    asking: Asking,
    id: Id,
    key: Key,
    mut answer: HttpResponseBuilder,
    step: Step,
) -> Result<HttpResponse, Refusal> {
    let language = language_of(request);
    let import = web.run(move |bank| step(bank, &asking.0, key.0.as_deref(), id.0, language)).await?;
    Ok(answer.json(import))
}

/// Look through an import again, from its first row and with the profile as it is now.
///
/// Also of one that has ended: what is there already is told so, and nothing comes twice.
#[utoipa::path(tag = "imports", operation_id = "check_import", params(("import_id" = Uuid, Path), Key),
    responses((status = 202, description = "The dry run waits", body = Import)),
    extensions(("x-problems" = json!(["wrong_state", "import_file_gone", "file_of_another_import", "too_many_imports"]))))]
#[post("/api/v1/imports/{import_id}/check")]
pub(crate) async fn check_import(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    key: Key,
) -> Result<HttpResponse, Refusal> {
    step(&web, &request, asking, id, key, HttpResponse::Accepted(), act::check_import).await
}

/// Have deposited what was looked through.
///
/// Where the institution's profile wants it, somebody else has to release it first. The deposit stops before rows of which the
/// answer is no longer what the dry run said (`stale`, with the changes), unless `even_if_changed`.
#[utoipa::path(tag = "imports", operation_id = "commit_import", params(("import_id" = Uuid, Path), Key), request_body = Commitment,
    responses((status = 202, description = "The deposit waits, or the release", body = Import)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/imports/{import_id}/commit")]
pub(crate) async fn commit_import(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<Commitment>,
) -> Result<HttpResponse, Refusal> {
    let language = language_of(&request);
    let import = web
        .run(move |bank| act::commit_import(bank, &asking.0, key.0.as_deref(), id.0, &body.0, language))
        .await?;
    Ok(HttpResponse::Accepted().json(import))
}

/// Release what somebody else wants deposited.
#[utoipa::path(tag = "imports", operation_id = "release_import", params(("import_id" = Uuid, Path), Key),
    responses((status = 202, description = "The deposit waits", body = Import)), extensions(("x-problems" = json!(["wrong_state", "own_import"]))))]
#[post("/api/v1/imports/{import_id}/release")]
pub(crate) async fn release_import(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    key: Key,
) -> Result<HttpResponse, Refusal> {
    step(&web, &request, asking, id, key, HttpResponse::Accepted(), act::release_import).await
}

/// Stop an import. What was deposited by then stays, and is told.
#[utoipa::path(tag = "imports", operation_id = "cancel_import", params(("import_id" = Uuid, Path), Key),
    responses((status = 200, description = "Stopped", body = Import)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/imports/{import_id}/cancel")]
pub(crate) async fn cancel_import(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    key: Key,
) -> Result<HttpResponse, Refusal> {
    step(&web, &request, asking, id, key, HttpResponse::Ok(), act::cancel_import).await
}

/// Read how an institution's files are read.
#[utoipa::path(tag = "imports", operation_id = "read_import_profile", params(("institution_id" = Uuid, Path)),
    responses((status = 200, description = "The profile", body = ImportProfile, headers(("ETag" = String, description = "The edition")))))]
#[get("/api/v1/institutions/{institution_id}/import-profile")]
pub(crate) async fn read_import_profile(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let profile = web.run(move |bank| profile::read_import_profile(bank, &asking.0, id.0)).await?;
    Ok(shown(&profile))
}

/// Save how an institution's files are read: its columns, its codes, and whether imports are released by somebody else.
#[utoipa::path(tag = "imports", operation_id = "put_import_profile", params(("institution_id" = Uuid, Path), Edition), request_body = NewImportProfile,
    responses((status = 200, description = "Saved", body = ImportProfile, headers(("ETag" = String, description = "The edition")))),
    extensions(("x-problems" = json!(["stale_edition", "precondition_needed", "invalid_header"]))))]
#[put("/api/v1/institutions/{institution_id}/import-profile")]
pub(crate) async fn put_import_profile(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    edition: Edition,
    body: Json<NewImportProfile>,
) -> Result<HttpResponse, Refusal> {
    let profile = web
        .run(move |bank| profile::put_import_profile(bank, &asking.0, id.0, edition.0, &body.0))
        .await?;
    Ok(shown(&profile))
}

fn shown(profile: &ImportProfile) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, format!("\"{}\"", profile.edition)))
        .json(profile)
}
