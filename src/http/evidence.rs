//! Evidence files: uploading, reading and removing.
//!
//! A file is the whole body of its request: one file has one answer and one idempotency key, its size is known from the
//! first header, nothing has to be taken apart, and `curl --data-binary @file` is a client. A form of a browser, which can
//! only send `multipart/form-data`, is a page's business: the page takes its file out and asks the same operation.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Id, Key, Query};
use super::file::{FileBody, FileContent, saved};
use super::paging::{ListQuery, Listed, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::evidence::FileName;
use crate::domain::list::ListPlace;
use crate::ops::deposit::Novelty;
use crate::ops::evidence::EvidenceFile;
use crate::ops::evidence::read::{self, Downloaded};
use crate::ops::evidence::upload::{self, Upload, Uploader};

/// What the file is called.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OwnUploadQuery {
    /// The file's name; an ending that it has must be one of the content's type.
    #[param(value_type = String, min_length = 1, max_length = 200, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f/\\\\]+$", example = "毕业证书.pdf")]
    name: FileName,
}

/// For which institution, and what the file is called.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LearnerUploadQuery {
    /// The institution that uploads; it knows the learner.
    institution_id: Uuid,
    /// The file's name; an ending that it has must be one of the content's type.
    #[param(value_type = String, min_length = 1, max_length = 200, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f/\\\\]+$", example = "毕业证书.pdf")]
    name: FileName,
}

async fn upload(web: &Web, asking: Asking, key: Key, uploader: Uploader, name: FileName, body: FileBody) -> Result<HttpResponse, Refusal> {
    let upload = Upload {
        name,
        declared: body.declared,
        content: body.content,
    };
    let (novelty, file) = web
        .run(move |bank| upload::upload_evidence(bank, &asking.0, key.0.as_deref(), uploader, &upload))
        .await?;
    let status = match novelty {
        Novelty::Created => StatusCode::CREATED,
        Novelty::AlreadyThere => StatusCode::OK,
    };
    Ok(HttpResponse::build(status).json(file))
}

/// Upload a file as evidence for one's own record.
///
/// The body is the file itself: PDF, JPEG, PNG, WebP or HEIC, which its content must show. The same content again answers
/// the first file (200). At most 100 files; the largest size is 10 MiB unless the bank says otherwise.
#[utoipa::path(tag = "evidence", operation_id = "upload_evidence",
    params(OwnUploadQuery, Key),
    request_body(content((FileContent = "application/pdf"), (FileContent = "image/jpeg"), (FileContent = "image/png"), (FileContent = "image/webp"), (FileContent = "image/heic"), (FileContent = "application/octet-stream"))),
    responses((status = 201, description = "Stored", body = EvidenceFile), (status = 200, description = "Was there already", body = EvidenceFile)),
    extensions(("x-problems" = json!(["not_found", "evidence_empty", "evidence_too_large", "evidence_type_unknown", "evidence_type_differs", "evidence_full"]))))]
#[post("/api/v1/me/evidence")]
pub(crate) async fn upload_evidence(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    query: Query<OwnUploadQuery>,
    body: FileBody,
) -> Result<HttpResponse, Refusal> {
    upload(&web, asking, key, Uploader::Learner, query.0.name, body).await
}

/// Upload a file as evidence for a learner whom the institution knows.
///
/// The learner reads it, and so does the institution's registrar. Otherwise like an upload by the learner.
#[utoipa::path(tag = "evidence", operation_id = "upload_learner_evidence",
    params(("learner_id" = Uuid, Path), LearnerUploadQuery, Key),
    request_body(content((FileContent = "application/pdf"), (FileContent = "image/jpeg"), (FileContent = "image/png"), (FileContent = "image/webp"), (FileContent = "image/heic"), (FileContent = "application/octet-stream"))),
    responses((status = 201, description = "Stored", body = EvidenceFile), (status = 200, description = "Was there already", body = EvidenceFile)),
    extensions(("x-problems" = json!(["evidence_empty", "evidence_too_large", "evidence_type_unknown", "evidence_type_differs", "evidence_full"]))))]
#[post("/api/v1/learners/{learner_id}/evidence")]
pub(crate) async fn upload_learner_evidence(
    web: web::Data<Web>,
    asking: Asking,
    learner: Id,
    key: Key,
    query: Query<LearnerUploadQuery>,
    body: FileBody,
) -> Result<HttpResponse, Refusal> {
    let uploader = Uploader::Institution {
        institution_id: query.0.institution_id,
        learner_id: learner.0,
    };
    upload(&web, asking, key, uploader, query.0.name, body).await
}

/// List one's own evidence files, also those that institutions uploaded.
#[utoipa::path(tag = "evidence", operation_id = "list_own_evidence", params(ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<EvidenceFile>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/evidence")]
pub(crate) async fn list_own_evidence(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| read::list_own_evidence(bank, &asking.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.file_id.to_string()))
}

/// Read what is said of an evidence file.
///
/// For the learner, for those who judge at an institution where it is evidence, for the registrar of the institution that
/// uploaded it, and for the bank's officers and auditors. The learner sees the look.
#[utoipa::path(tag = "evidence", operation_id = "read_evidence", params(("learner_id" = Uuid, Path), ("file_id" = Uuid, Path)),
    responses((status = 200, description = "The file, without its content", body = EvidenceFile)))]
#[get("/api/v1/learners/{learner_id}/evidence/{file_id}")]
pub(crate) async fn read_evidence(web: web::Data<Web>, asking: Asking, learner: Id, file: Id<1>) -> Result<HttpResponse, Refusal> {
    let file = web.run(move |bank| read::read_evidence(bank, &asking.0, learner.0, file.0)).await?;
    Ok(HttpResponse::Ok().json(file))
}

/// Download an evidence file.
///
/// For those who may read what is said of it. The learner sees the look.
#[utoipa::path(tag = "evidence", operation_id = "download_evidence", params(("learner_id" = Uuid, Path), ("file_id" = Uuid, Path)),
    responses((status = 200, description = "The file as it was uploaded",
        content((FileContent = "application/pdf"), (FileContent = "image/jpeg"), (FileContent = "image/png"), (FileContent = "image/webp"), (FileContent = "image/heic")),
        headers(("ETag" = String, description = "The content's SHA-256"), ("Content-Disposition" = String, description = "The file's name (RFC 8187)")))))]
#[get("/api/v1/learners/{learner_id}/evidence/{file_id}/content")]
pub(crate) async fn download_evidence(web: web::Data<Web>, asking: Asking, learner: Id, file: Id<1>) -> Result<HttpResponse, Refusal> {
    let Downloaded { file, content } = web
        .run(move |bank| read::download_evidence(bank, &asking.0, learner.0, file.0))
        .await?;
    Ok(saved(&file)?
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(content.to_vec()))
}

/// Remove an evidence file that nothing uses.
///
/// The learner removes what the learner uploaded, a registrar what the institution did.
#[utoipa::path(tag = "evidence", operation_id = "remove_evidence", params(("learner_id" = Uuid, Path), ("file_id" = Uuid, Path)),
    responses((status = 204, description = "Removed")), extensions(("x-problems" = json!(["evidence_in_use"]))))]
#[delete("/api/v1/learners/{learner_id}/evidence/{file_id}")]
pub(crate) async fn remove_evidence(web: web::Data<Web>, asking: Asking, learner: Id, file: Id<1>) -> Result<HttpResponse, Refusal> {
    web.run(move |bank| read::remove_evidence(bank, &asking.0, learner.0, file.0))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
