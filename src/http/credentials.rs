//! Credentials of one's own record; issuers' documents and the status of credentials, for anybody.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde_json::Value;

use super::extract::{Asking, Id, Json, Key, Query};
use super::file::{FileContent, attachment};
use super::paging::{ListQuery, Listed, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::credential::CredentialForm;
use crate::domain::list::ListPlace;
use crate::ops::credentials::issuers::{self, IssuerKey, KeyRotation};
use crate::ops::credentials::lists;
use crate::ops::credentials::{self, Credential, CredentialDocument, CredentialSummary, NewCredential};

/// The media type of a credential with a proof in it (W3C, Verifiable Credentials Data Model 2.0, 6.2).
const SECURED: &str = "application/vc";

/// The media type of a credential as a compact JWT (W3C, Securing Verifiable Credentials using JOSE).
const TOKEN: &str = "application/vc+jwt";

/// What others read of the bank changes seldom, and is to be seen soon when it does.
const FOR_MINUTES: &str = "public, max-age=300";

/// Ask for a credential of one's own outcomes.
///
/// One outcome becomes a badge (Open Badges 3.0), issued by its institution; several, or all that stand, become a record (Comprehensive
/// Learner Record 2.0), issued by the bank, with a badge for each inside. It is signed within seconds: look at `Location` again. At
/// most 5 wait at once, 500 are kept, and a record has at most 500 outcomes.
#[utoipa::path(tag = "credentials", operation_id = "request_credential", request_body = NewCredential,
    params(Key),
    responses((status = 202, description = "Queued", body = Credential, headers(("Location" = String, description = "Where it is read")))),
    extensions(("x-problems" = json!(["not_found", "outcome_not_certified", "outcome_in_doubt", "nothing_to_certify", "record_too_large", "too_many_credentials", "credentials_full"]))))]
#[post("/api/v1/me/credentials")]
pub(crate) async fn request_credential(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewCredential>,
) -> Result<HttpResponse, Refusal> {
    let credential = web
        .run(move |bank| credentials::request_credential(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    let place = format!("/api/v1/me/credentials/{}", credential.summary.credential_id);
    Ok(HttpResponse::Accepted().insert_header(("Location", place)).json(credential))
}

/// List one's own credentials, from the newest.
#[utoipa::path(tag = "credentials", operation_id = "list_own_credentials", params(ListQuery),
    responses((status = 200, description = "A page, from the newest, without the documents", body = Listed<CredentialSummary>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/credentials")]
pub(crate) async fn list_own_credentials(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| credentials::list_own_credentials(bank, &asking.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.credential_id.to_string()))
}

/// Read a credential of one's own: where it stands, and its document.
#[utoipa::path(tag = "credentials", operation_id = "read_own_credential", params(("credential_id" = Uuid, Path)),
    responses((status = 200, description = "The credential", body = Credential)))]
#[get("/api/v1/me/credentials/{credential_id}")]
pub(crate) async fn read_own_credential(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let credential = web.run(move |bank| credentials::read_own_credential(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(credential))
}

/// Download the signed document of a credential of one's own, byte for byte as it was issued.
#[utoipa::path(tag = "credentials", operation_id = "download_own_credential", params(("credential_id" = Uuid, Path)),
    responses((status = 200, description = "The document: JSON with a proof in it, or a compact JWT",
        content((FileContent = "application/vc"), (FileContent = "application/vc+jwt")),
        headers(("Content-Disposition" = String, description = "A name for the file")))))]
#[get("/api/v1/me/credentials/{credential_id}/document")]
pub(crate) async fn download_own_credential(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let found = web
        .run(move |bank| credentials::download_own_credential(bank, &asking.0, id.0))
        .await?;
    Ok(document(found))
}

/// The signed document of a credential, to be saved.
pub fn document(found: CredentialDocument) -> HttpResponse {
    let (media_type, ending) = match found.form {
        CredentialForm::DataIntegrity => (SECURED, "json"),
        CredentialForm::Jwt => (TOKEN, "jwt"),
    };
    let name = format!("{}.{ending}", found.credential_id);
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header(attachment(&name, &name))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(found.text)
}

/// Give a credential of one's own up.
///
/// Its document is forgotten, and copies of it do not count any more, for ever.
#[utoipa::path(tag = "credentials", operation_id = "give_up_credential", params(("credential_id" = Uuid, Path)),
    responses((status = 204, description = "Given up")))]
#[delete("/api/v1/me/credentials/{credential_id}")]
pub(crate) async fn give_up_credential(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    web.run(move |bank| credentials::give_up_credential(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What anybody may keep for minutes; nothing is sent to whoever has this edition already.
fn public(request: &HttpRequest, media_type: &str, edition: &str, body: String) -> HttpResponse {
    let tag = format!("\"{edition}\"");
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|given| given.to_str().ok())
        .is_some_and(|given| given.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, FOR_MINUTES))
        .insert_header((header::VARY, "Accept"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    if known {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, media_type)).body(body)
}

/// Read a list of the status of credentials (Bitstring Status List 1.0).
///
/// As a credential with a proof in it, or as a compact JWT for who asks for `application/vc+jwt`. Its one purpose is `revocation`: the
/// bit of a credential that is suspended is set too, and cleared when the doubt is over.
#[utoipa::path(tag = "credentials", operation_id = "read_status_list", security(()), params(("list_id" = Uuid, Path)),
    responses((status = 200, description = "The list as it was last signed",
        content((Value = "application/vc"), (FileContent = "application/vc+jwt")),
        headers(("ETag" = String, description = "Another one whenever it is signed"))),
        (status = 304, description = "The edition that the caller has")))]
#[get("/api/v1/status-lists/{list_id}")]
pub(crate) async fn read_status_list(web: web::Data<Web>, request: HttpRequest, id: Id) -> Result<HttpResponse, Refusal> {
    let list = web.run(move |bank| lists::read_status_list(bank, id.0)).await?;
    let accepted = request.headers().get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    let as_token = accepted.is_some_and(|accepted| {
        let mut media_types = accepted.split(',').filter_map(|one| one.split(';').next());
        media_types.any(|one| one.trim().eq_ignore_ascii_case(TOKEN))
    });
    Ok(if as_token {
        public(&request, TOKEN, &format!("{}-jwt", list.edition), list.token)
    } else {
        public(&request, SECURED, &list.edition, list.document)
    })
}

fn issuer(request: &HttpRequest, document: &Value) -> HttpResponse {
    let methods = document.get("verificationMethod").and_then(Value::as_array).map_or(0, Vec::len);
    public(request, "application/did+json", &format!("keys-{methods}"), document.to_string())
}

/// Read the bank's own issuer document (`did:web`).
///
/// With all keys that it ever signed with, each as a Multikey and as a JSON Web Key.
#[utoipa::path(tag = "credentials", operation_id = "read_bank_did", security(()),
    responses((status = 200, description = "The document", body = Value, content_type = "application/did+json",
        headers(("ETag" = String, description = "Another one when a key is added"))),
        (status = 304, description = "The edition that the caller has")))]
#[get("/.well-known/did.json")]
pub(crate) async fn read_bank_did(web: web::Data<Web>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let document = web.run(issuers::read_bank_did).await?;
    Ok(issuer(&request, &document))
}

/// Read an institution's issuer document (`did:web`).
#[utoipa::path(tag = "credentials", operation_id = "read_institution_did", security(()), params(("institution_id" = Uuid, Path)),
    responses((status = 200, description = "The document", body = Value, content_type = "application/did+json",
        headers(("ETag" = String, description = "Another one when a key is added"))),
        (status = 304, description = "The edition that the caller has")))]
#[get("/institutions/{institution_id}/did.json")]
pub(crate) async fn read_institution_did(web: web::Data<Web>, request: HttpRequest, id: Id) -> Result<HttpResponse, Refusal> {
    let document = web.run(move |bank| issuers::read_institution_did(bank, id.0)).await?;
    Ok(issuer(&request, &document))
}

/// Make a new key for an issuer.
///
/// The one before signs no more, and what it signed stays valid. For the bank's administrators, and for an institution's own.
#[utoipa::path(tag = "credentials", operation_id = "rotate_issuer_key", request_body = KeyRotation, params(Key),
    responses((status = 201, description = "The key that signs from now on", body = IssuerKey)), extensions(("x-problems" = json!(["not_found", "institution_not_approved"]))))]
#[post("/api/v1/issuer-keys")]
pub(crate) async fn rotate_issuer_key(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<KeyRotation>,
) -> Result<HttpResponse, Refusal> {
    let made = web
        .run(move |bank| issuers::rotate_issuer_key(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(made))
}
