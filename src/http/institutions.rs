//! Institutions: they register, the authority decides, and they mend what is theirs.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Anyone, Asking, Edition, Id, Json, Key, Query};
use super::filters::NamePart;
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::institution::{InstitutionFilter, InstitutionKind, InstitutionStatus, InstitutionStep};
use crate::domain::list::{ListOrder, ListPlace};
use crate::ops::institutions::{self, Institution, InstitutionEdit, NewInstitution};

/// Why the authority decides so.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenReason {
    #[schema(min_length = 1, max_length = 500, example = "材料齐全")]
    pub reason: String,
}

/// Which institutions to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InstitutionQuery {
    /// Only those with this status.
    status: Option<InstitutionStatus>,
    /// Only those of this kind.
    kind: Option<InstitutionKind>,
    /// Only those whose name contains this.
    #[param(value_type = Option<String>, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]{1,100}$", example = "职业")]
    q: Option<NamePart>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// Answers what has an edition, so that it can be changed with `If-Match`.
pub fn with_edition(mut answer: actix_web::HttpResponseBuilder, edition: i64, body: &impl serde::Serialize) -> HttpResponse {
    answer.insert_header((header::ETAG, format!("\"{edition}\""))).json(body)
}

/// Register an institution with its first member, who gets every role there.
///
/// It waits for the authority. A credit code whose check character does not match is taken with a warning
/// (`credit_code_suspect`): some real codes are like that.
#[utoipa::path(tag = "institutions", operation_id = "register_institution", request_body = NewInstitution, security(()),
    params(Key),
    responses((status = 201, description = "Registered; it waits for the authority", body = Institution)),
    extensions(("x-problems" = json!(["credit_code_taken", "username_taken", "password_weak", "too_many_attempts"]))))]
#[post("/api/v1/institutions")]
pub(crate) async fn register_institution(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Anyone,
    key: Key,
    body: Json<NewInstitution>,
) -> Result<HttpResponse, Refusal> {
    web.attempt(&request, "")?;
    let institution = web
        .run(move |bank| institutions::register_institution(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(with_edition(HttpResponse::Created(), institution.edition, &institution))
}

/// List institutions; those that are or were approved are public.
#[utoipa::path(tag = "institutions", operation_id = "list_institutions", params(InstitutionQuery), security((), ("bearer" = [])),
    responses((status = 200, description = "A page, from the newest", body = Listed<Institution>)))]
#[get("/api/v1/institutions")]
pub(crate) async fn list_institutions(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Anyone,
    query: Query<InstitutionQuery>,
) -> Result<HttpResponse, Refusal> {
    let InstitutionQuery {
        status,
        kind,
        q,
        order,
        limit,
        cursor,
    } = query.0;
    let filter = InstitutionFilter {
        status,
        kind,
        name_contains: q.map(|part| part.0),
    };
    let items = web
        .run(move |bank| institutions::list_institutions(bank, &asking.0, &filter, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.institution_id.to_string()))
}

/// Read an institution.
#[utoipa::path(tag = "institutions", operation_id = "read_institution", params(("institution_id" = Uuid, Path)), security((), ("bearer" = [])),
    responses((status = 200, description = "The institution, with its edition as ETag", body = Institution)))]
#[get("/api/v1/institutions/{institution_id}")]
pub(crate) async fn read_institution(web: web::Data<Web>, asking: Anyone, id: Id) -> Result<HttpResponse, Refusal> {
    let institution = web.run(move |bank| institutions::read_institution(bank, &asking.0, id.0)).await?;
    Ok(with_edition(HttpResponse::Ok(), institution.edition, &institution))
}

/// Change an institution's name or place.
#[utoipa::path(tag = "institutions", operation_id = "edit_institution", request_body = InstitutionEdit,
    params(("institution_id" = Uuid, Path), Edition),
    responses((status = 200, description = "Changed", body = Institution)),
    extensions(("x-problems" = json!(["stale_edition", "precondition_needed", "invalid_header"]))))]
#[put("/api/v1/institutions/{institution_id}")]
pub(crate) async fn edit_institution(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    edition: Edition,
    body: Json<InstitutionEdit>,
) -> Result<HttpResponse, Refusal> {
    let institution = web
        .run(move |bank| institutions::edit_institution(bank, &asking.0, id.0, edition.0, &body.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), institution.edition, &institution))
}

async fn decide(web: &Web, asking: Asking, id: Id, step: InstitutionStep, reason: String) -> Result<HttpResponse, Refusal> {
    let institution = web
        .run(move |bank| institutions::decide_institution(bank, &asking.0, id.0, step, &reason))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), institution.edition, &institution))
}

/// Approve an institution that waits.
#[utoipa::path(tag = "institutions", operation_id = "approve_institution", request_body = GivenReason, params(("institution_id" = Uuid, Path)),
    responses((status = 200, description = "Approved", body = Institution)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/institutions/{institution_id}/approve")]
pub(crate) async fn approve_institution(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    body: Json<GivenReason>,
) -> Result<HttpResponse, Refusal> {
    decide(&web, asking, id, InstitutionStep::Approve, body.0.reason).await
}

/// Refuse an institution that waits.
#[utoipa::path(tag = "institutions", operation_id = "refuse_institution", request_body = GivenReason, params(("institution_id" = Uuid, Path)),
    responses((status = 200, description = "Refused", body = Institution)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/institutions/{institution_id}/refuse")]
pub(crate) async fn refuse_institution(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    body: Json<GivenReason>,
) -> Result<HttpResponse, Refusal> {
    decide(&web, asking, id, InstitutionStep::Refuse, body.0.reason).await
}

/// Suspend an institution: it can read but not deposit.
#[utoipa::path(tag = "institutions", operation_id = "suspend_institution", request_body = GivenReason, params(("institution_id" = Uuid, Path)),
    responses((status = 200, description = "Suspended", body = Institution)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/institutions/{institution_id}/suspend")]
pub(crate) async fn suspend_institution(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    body: Json<GivenReason>,
) -> Result<HttpResponse, Refusal> {
    decide(&web, asking, id, InstitutionStep::Suspend, body.0.reason).await
}

/// Reinstate a suspended institution.
#[utoipa::path(tag = "institutions", operation_id = "reinstate_institution", request_body = GivenReason, params(("institution_id" = Uuid, Path)),
    responses((status = 200, description = "Reinstated", body = Institution)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/institutions/{institution_id}/reinstate")]
pub(crate) async fn reinstate_institution(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    body: Json<GivenReason>,
) -> Result<HttpResponse, Refusal> {
    decide(&web, asking, id, InstitutionStep::Reinstate, body.0.reason).await
}
