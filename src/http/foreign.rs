//! Credentials of others in one's own record. They are removed, and read by those who judge a claim, as evidence is.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::extract::{Asking, Id, Json, Key, Query};
use super::paging::{ListQuery, Listed, page};
use super::problem::Refusal;
use super::state::Web;
use super::verification::ShownCredential;
use crate::domain::list::ListPlace;
use crate::ops::deposit::Novelty;
use crate::ops::foreign::{self, ForeignCredential, ForeignCredentialContent};

/// Import a credential of others into one's own record.
///
/// It is verified first, and kept with the verdict. As evidence it can be named by a claim to recognise what it says: its `file_id` is
/// one of the claim's `evidence`. The same credential again answers the first (200).
#[utoipa::path(tag = "credentials", operation_id = "import_credential", request_body = ShownCredential, params(Key),
    responses((status = 201, description = "Kept", body = ForeignCredential), (status = 200, description = "Was there already", body = ForeignCredential)),
    extensions(("x-problems" = json!(["not_found", "credential_not_genuine", "evidence_too_large", "evidence_full"]))))]
#[post("/api/v1/me/foreign-credentials")]
pub(crate) async fn import_credential(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<ShownCredential>,
) -> Result<HttpResponse, Refusal> {
    let (novelty, credential) = web
        .look_outside(move |bank| foreign::import_credential(bank, &asking.0, key.0.as_deref(), &body.0.credential))
        .await?;
    let status = match novelty {
        Novelty::Created => StatusCode::CREATED,
        Novelty::AlreadyThere => StatusCode::OK,
    };
    Ok(HttpResponse::build(status).json(credential))
}

/// List the credentials of others in one's own record.
#[utoipa::path(tag = "credentials", operation_id = "list_foreign_credentials", params(ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<ForeignCredential>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/foreign-credentials")]
pub(crate) async fn list_foreign_credentials(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| foreign::list_foreign_credentials(bank, &asking.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.file.file_id.to_string()))
}

/// Read a credential of others in one's own record, as it was imported.
///
/// It is removed as other evidence is: `DELETE /api/v1/learners/{learner_id}/evidence/{file_id}`.
#[utoipa::path(tag = "credentials", operation_id = "read_foreign_credential", params(("file_id" = Uuid, Path)),
    responses((status = 200, description = "The credential, with what was said of it last", body = ForeignCredentialContent)))]
#[get("/api/v1/me/foreign-credentials/{file_id}")]
pub(crate) async fn read_foreign_credential(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let credential = web.run(move |bank| foreign::read_foreign_credential(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(credential))
}

/// Verify a credential of others in one's own record again.
#[utoipa::path(tag = "credentials", operation_id = "verify_foreign_credential", params(("file_id" = Uuid, Path)),
    responses((status = 200, description = "What is said of it now", body = ForeignCredential)))]
#[post("/api/v1/me/foreign-credentials/{file_id}/verify")]
pub(crate) async fn verify_foreign_credential(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let credential = web
        .look_outside(move |bank| foreign::verify_foreign_credential(bank, &asking.0, id.0))
        .await?;
    Ok(HttpResponse::Ok().json(credential))
}
