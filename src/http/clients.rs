//! API clients, and the OAuth 2.0 endpoint where they get their tokens (RFC 6749, RFC 8414).

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};

use super::extract::{Asking, Form, Id, Json, Key, Query};
use super::paging::{ListQuery, Listed, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::actor::Scope;
use crate::domain::list::ListPlace;
use crate::domain::rejection::Rejection;
use crate::ops::clients::{self, Client, IssuedClient, NewClient, Rotation, TokenAnswer};

/// Make an API client; its secret is shown this once.
#[utoipa::path(tag = "oauth", operation_id = "create_client", request_body = NewClient,
    params(("institution_id" = Uuid, Path),
        Key),
    responses((status = 201, description = "Made", body = IssuedClient)))]
#[post("/api/v1/institutions/{institution_id}/api-clients")]
pub(crate) async fn create_client(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<NewClient>,
) -> Result<HttpResponse, Refusal> {
    let issued = web
        .run(move |bank| clients::create_client(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Created().json(issued))
}

/// List the API clients of an institution.
#[utoipa::path(tag = "oauth", operation_id = "list_clients", params(("institution_id" = Uuid, Path), ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Client>)))]
#[get("/api/v1/institutions/{institution_id}/api-clients")]
pub(crate) async fn list_clients(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| clients::list_clients(bank, &asking.0, id.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.client_id.to_string()))
}

/// Give an API client another secret; the present one stays good for some hours.
#[utoipa::path(tag = "oauth", operation_id = "rotate_client_secret", request_body = Rotation,
    params(("institution_id" = Uuid, Path), ("client_id" = Uuid, Path)),
    responses((status = 200, description = "The new secret, shown this once", body = IssuedClient)),
    extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/institutions/{institution_id}/api-clients/{client_id}/rotate-secret")]
pub(crate) async fn rotate_client_secret(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    client_id: Id<1>,
    body: Json<Rotation>,
) -> Result<HttpResponse, Refusal> {
    let issued = web
        .run(move |bank| clients::rotate_client_secret(bank, &asking.0, id.0, client_id.0, body.0))
        .await?;
    Ok(HttpResponse::Ok().json(issued))
}

/// End an API client; its tokens are good for nothing at once.
#[utoipa::path(tag = "oauth", operation_id = "revoke_client", params(("institution_id" = Uuid, Path), ("client_id" = Uuid, Path)),
    responses((status = 200, description = "Ended", body = Client)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/institutions/{institution_id}/api-clients/{client_id}/revoke")]
pub(crate) async fn revoke_client(web: web::Data<Web>, asking: Asking, id: Id, client_id: Id<1>) -> Result<HttpResponse, Refusal> {
    let client = web
        .run(move |bank| clients::revoke_client(bank, &asking.0, id.0, client_id.0))
        .await?;
    Ok(HttpResponse::Ok().json(client))
}

/// The token request (RFC 6749, 4.4.2); the client's id and secret here or as HTTP Basic.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct TokenRequest {
    #[schema(pattern = "^client_credentials$", example = "client_credentials")]
    grant_type: String,
    /// Some of the client's scopes, with spaces between; all when left out.
    #[schema(
        max_length = 200,
        pattern = "^((outcomes:write|outcomes:read|achievements:write|learners:write|programmes:write|rule_packs:write|events:read|webhooks:write)( |$))+$",
        example = "outcomes:write"
    )]
    scope: Option<String>,
    #[schema(max_length = 100, example = "01985a3e-7c00-7000-8000-000000000001")]
    client_id: Option<String>,
    #[schema(max_length = 200, format = Password, example = "q3Jx0bW5cY0w8m1f7bS3h2k9d4Lr6Tn5Vz1aPe8uGi0")]
    client_secret: Option<String>,
}

/// Get an access token for an API client.
#[utoipa::path(tag = "oauth", operation_id = "issue_token", security((), ("client" = [])),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "A token", body = TokenAnswer)),
    extensions(("x-problems" = json!(["invalid_client", "unsupported_grant_type", "invalid_scope", "too_many_attempts"]))))]
#[post("/oauth2/token")]
pub(crate) async fn issue_token(web: web::Data<Web>, request: HttpRequest, form: Form<TokenRequest>) -> Result<HttpResponse, Refusal> {
    let TokenRequest {
        grant_type,
        scope,
        client_id,
        client_secret,
    } = form.0;
    if grant_type != "client_credentials" {
        return Err(Rejection::GrantUnsupported {}.into());
    }
    let (client_id, secret) = match basic(&request)? {
        Some(pair) => pair,
        None => client_id.zip(client_secret).ok_or(Rejection::ClientUnknown {})?,
    };
    web.attempt(&request, &client_id)?;
    let context = super::extract::anonymous(&request);
    let answer = web
        .run(move |bank| clients::issue_token(bank, &context, &client_id, &secret, scope.as_deref()))
        .await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// The id and secret of HTTP Basic, which are form-encoded inside (RFC 6749, 2.3.1).
fn basic(request: &HttpRequest) -> Result<Option<(String, String)>, Rejection> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let pair = || {
        let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
        let text = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (id, secret) = text.split_once(':')?;
        let decoded = |part: &str| {
            url::form_urlencoded::parse(format!("v={part}").as_bytes())
                .next()
                .map(|(_, value)| value.into_owned())
        };
        scheme.eq_ignore_ascii_case("basic").then_some((decoded(id)?, decoded(secret)?))
    };
    pair().map(Some).ok_or(Rejection::ClientUnknown {})
}

/// What the authorisation server offers (RFC 8414).
#[derive(Serialize, utoipa::ToSchema)]
pub struct ServerMetadata {
    issuer: String,
    token_endpoint: String,
    jwks_uri: String,
    grant_types_supported: Vec<&'static str>,
    response_types_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    scopes_supported: Vec<Scope>,
    service_documentation: String,
}

/// What the authorisation server offers (RFC 8414).
#[utoipa::path(tag = "oauth", operation_id = "read_authorization_server", security(()),
    responses((status = 200, description = "The metadata", body = ServerMetadata)))]
#[get("/.well-known/oauth-authorization-server")]
pub(crate) async fn read_authorization_server(web: web::Data<Web>) -> HttpResponse {
    let own = &web.public_url;
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json(ServerMetadata {
            issuer: own.clone(),
            token_endpoint: format!("{own}/oauth2/token"),
            jwks_uri: format!("{own}/.well-known/jwks.json"),
            grant_types_supported: vec!["client_credentials"],
            response_types_supported: Vec::new(),
            token_endpoint_auth_methods_supported: vec!["client_secret_basic", "client_secret_post"],
            scopes_supported: Scope::ALL.to_vec(),
            service_documentation: format!("{own}/docs/"),
        })
}
