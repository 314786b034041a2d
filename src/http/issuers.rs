//! Issuers of credentials whom the bank believes: listed for everybody, registered and ended by the bank's people.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, AtMost, Id, Json, Key, Query};
use super::institutions::GivenReason;
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::list::{ListOrder, ListPlace};
use crate::ops::issuers::{self, NewIssuer, TrustedIssuer};

/// Which issuers to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IssuerQuery {
    /// Only those of this id.
    #[param(value_type = Option<String>, max_length = 500, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$", example = "did:web:college.example")]
    identifier: Option<AtMost<500>>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// List the issuers of credentials whom the bank believes, and believed.
#[utoipa::path(tag = "credentials", operation_id = "list_issuers", params(IssuerQuery), security(()),
    responses((status = 200, description = "A page, from the newest", body = Listed<TrustedIssuer>)))]
#[get("/api/v1/issuers")]
pub(crate) async fn list_issuers(web: web::Data<Web>, request: HttpRequest, query: Query<IssuerQuery>) -> Result<HttpResponse, Refusal> {
    let IssuerQuery {
        identifier,
        order,
        limit,
        cursor,
    } = query.0;
    let items = web
        .run(move |bank| {
            issuers::list_issuers(
                bank,
                identifier.as_ref().map(|text| text.0.as_str()),
                ListPlace::new(order, cursor),
                limit.and_one(),
            )
        })
        .await?;
    Ok(page(&request, limit, items, |item| item.issuer_id.to_string()))
}

/// Register an issuer of credentials.
///
/// What it signs is believed in verdicts, in imported credentials, and, where it is an institution's own, in what that institution
/// uploads.
#[utoipa::path(tag = "credentials", operation_id = "register_issuer", request_body = NewIssuer, params(Key),
    responses((status = 201, description = "Registered", body = TrustedIssuer)),
    extensions(("x-problems" = json!(["issuer_registered"]))))]
#[post("/api/v1/issuers")]
pub(crate) async fn register_issuer(web: web::Data<Web>, asking: Asking, key: Key, body: Json<NewIssuer>) -> Result<HttpResponse, Refusal> {
    let issuer = web
        .run(move |bank| issuers::register_issuer(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(issuer))
}

/// End the registration of an issuer.
///
/// It stays listed. Registered again, with other keys or another name, it is another registration.
#[utoipa::path(tag = "credentials", operation_id = "end_issuer", request_body = GivenReason, params(("issuer_id" = Uuid, Path), Key),
    responses((status = 200, description = "Ended", body = TrustedIssuer)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/issuers/{issuer_id}/end")]
pub(crate) async fn end_issuer(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<GivenReason>,
) -> Result<HttpResponse, Refusal> {
    let issuer = web
        .run(move |bank| issuers::end_issuer(bank, &asking.0, key.0.as_deref(), id.0, &body.0.reason))
        .await?;
    Ok(HttpResponse::Ok().json(issuer))
}
