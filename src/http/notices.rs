//! Public notices of claims, with objections and their answers; and the calendar of working days.

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Edition, Id, Json, Key, Query};
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::claim::{ClaimEvent, ObjectionAnswer};
use crate::domain::list::{ListOrder, ListPlace};
use crate::domain::working_days::holidays::HolidayYear;
use crate::ops::claims::act::Act;
use crate::ops::claims::notice::{self, Notice};
use crate::ops::claims::view::Objection;
use crate::ops::working_days::{self, WorkingYear};

/// Which notices to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeQuery {
    /// Only those of this institution.
    institution_id: Option<Uuid>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// What becomes of an objection.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "answer": "dismissed", "reason": "经核查，证书真实有效" }))]
pub struct ObjectionJudgement {
    answer: ObjectionAnswer,
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    #[serde(default)]
    #[schema(minimum = 1)]
    edition: Option<i64>,
}

/// List what is on public notice.
///
/// For anybody; names are masked, and nothing leads to a record.
#[utoipa::path(tag = "notices", operation_id = "list_notices", params(NoticeQuery), security(()),
    responses((status = 200, description = "A page, from the newest", body = Listed<Notice>)))]
#[get("/api/v1/notices")]
pub(crate) async fn list_notices(web: web::Data<Web>, request: HttpRequest, query: Query<NoticeQuery>) -> Result<HttpResponse, Refusal> {
    let NoticeQuery {
        institution_id,
        order,
        limit,
        cursor,
    } = query.0;
    let items = web
        .run(move |bank| notice::list_notices(bank, institution_id, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.claim_id.to_string()))
}

/// Object to what is on public notice.
///
/// By anybody with an account; the name is told to those who decide, and to nobody else.
#[utoipa::path(tag = "notices", operation_id = "object_to_claim", request_body = Act, params(("claim_id" = Uuid, Path), Key),
    responses((status = 201, description = "Raised", body = Objection)),
    extensions(("x-problems" = json!(["own_claim", "stale_edition", "window_over", "too_many_objections"]))))]
#[post("/api/v1/notices/{claim_id}/objections")]
pub(crate) async fn object_to_claim(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<Act>,
) -> Result<HttpResponse, Refusal> {
    let objection = web
        .run(move |bank| notice::object_to_claim(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Created().json(objection))
}

/// List the objections that one raised to a claim.
#[utoipa::path(tag = "notices", operation_id = "list_own_objections", params(("claim_id" = Uuid, Path)),
    responses((status = 200, description = "With their answers", body = Listed<Objection>)))]
#[get("/api/v1/notices/{claim_id}/objections")]
pub(crate) async fn list_own_objections(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let items = web.run(move |bank| notice::list_own_objections(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}

/// Answer an objection.
///
/// Upheld, the claim goes back into review; dismissed, the notice goes on.
#[utoipa::path(tag = "notices", operation_id = "answer_objection", request_body = ObjectionJudgement,
    params(("claim_id" = Uuid, Path), ("objection_id" = Uuid, Path), Key),
    responses((status = 200, description = "Answered", body = Objection)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "own_claim", "recused", "objector_judges", "own_proposal"]))))]
#[post("/api/v1/notices/{claim_id}/objections/{objection_id}/answer")]
pub(crate) async fn answer_objection(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    claim: Id,
    objection: Id<1>,
    body: Json<ObjectionJudgement>,
) -> Result<HttpResponse, Refusal> {
    let ObjectionJudgement { answer, reason, edition } = body.0;
    let act = Act {
        reason: Some(reason),
        edition,
        ..Act::default()
    };
    let objection = web
        .run(move |bank| notice::answer_objection(bank, &asking.0, key.0.as_deref(), (claim.0, objection.0), answer, &act))
        .await?;
    Ok(HttpResponse::Ok().json(objection))
}

/// Appeal against a grant to which one objected in vain.
#[utoipa::path(tag = "notices", operation_id = "appeal_as_objector", request_body = Act, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "One's objections", body = Listed<Objection>)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "not_an_objector", "window_over"]))))]
#[post("/api/v1/notices/{claim_id}/appeal")]
pub(crate) async fn appeal_as_objector(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<Act>,
) -> Result<HttpResponse, Refusal> {
    let items = web
        .run(move |bank| notice::appeal_as_objector(bank, &asking.0, key.0.as_deref(), id.0, ClaimEvent::Appeal, &body.0))
        .await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}

/// List the calendar of working days, year by year.
#[utoipa::path(tag = "working days", operation_id = "list_working_years", security(()),
    responses((status = 200, description = "What came with the program, and what was put in its place", body = Listed<WorkingYear>)))]
#[get("/api/v1/working-years")]
pub(crate) async fn list_working_years(web: web::Data<Web>) -> Result<HttpResponse, Refusal> {
    let items = web.run(working_days::list_working_years).await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}

/// Put a year of the calendar in place of what is known of it.
///
/// What is due on claims moves with it. `If-Match` names the edition that is known, `"0"` for none, or for one that came with
/// the program.
#[utoipa::path(tag = "working days", operation_id = "put_working_year", request_body = HolidayYear,
    params(Edition, Key),
    responses((status = 200, description = "As it is now", body = WorkingYear)),
    extensions(("x-problems" = json!(["stale_edition", "precondition_needed", "invalid_header"]))))]
#[put("/api/v1/working-years")]
pub(crate) async fn put_working_year(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    edition: Edition,
    body: Json<HolidayYear>,
) -> Result<HttpResponse, Refusal> {
    let year = web
        .run(move |bank| working_days::put_working_year(bank, &asking.0, key.0.as_deref(), edition.0, &body.0))
        .await?;
    Ok(HttpResponse::Ok().json(year))
}
