//! Requests for corrections: a learner says that a record is wrong, the institution answers, and the bank decides on complaints.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Id, Json, Key, Query};
use super::paging::{ListQuery, Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::correction::request::{RequestFilter, RequestState};
use crate::domain::list::{ListOrder, ListPlace};
use crate::ops::corrections::requests::answer::{self, ComplaintDecision, Reply};
use crate::ops::corrections::requests::own::{self, Complaint, NewRequest};
use crate::ops::corrections::requests::{Request, RequestSummary};

/// Which requests to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequestQuery {
    /// The institution that answers; the bank's people may leave it out.
    institution_id: Option<Uuid>,
    state: Option<RequestState>,
    outcome_id: Option<Uuid>,
    /// Only those on which something is overdue.
    #[serde(default)]
    overdue: bool,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// Request a correction of one of one's own outcomes.
///
/// It goes to the institution that deposited the outcome, which answers within 20 working days. Until it is closed the
/// outcome shows that it is disputed; nothing else changes.
#[utoipa::path(tag = "me", operation_id = "request_correction", request_body = NewRequest,
    params(Key),
    responses((status = 201, description = "Requested", body = Request)),
    extensions(("x-problems" = json!(["not_found", "wrong_state", "correction_requested", "too_many_correction_requests", "evidence_of_subject_full"]))))]
#[post("/api/v1/me/correction-requests")]
pub(crate) async fn request_correction(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewRequest>,
) -> Result<HttpResponse, Refusal> {
    let request = web
        .run(move |bank| own::request_correction(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(request))
}

/// List one's own requests for corrections.
#[utoipa::path(tag = "me", operation_id = "list_own_correction_requests", params(ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<RequestSummary>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/correction-requests")]
pub(crate) async fn list_own_correction_requests(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| own::list_own_correction_requests(bank, &asking.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.request_id.to_string()))
}

/// List the requests for corrections that an institution answers.
#[utoipa::path(tag = "corrections", operation_id = "list_correction_requests", params(RequestQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<RequestSummary>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/correction-requests")]
pub(crate) async fn list_correction_requests(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<RequestQuery>,
) -> Result<HttpResponse, Refusal> {
    let RequestQuery {
        institution_id,
        state,
        outcome_id,
        overdue,
        order,
        limit,
        cursor,
    } = query.0;
    let items = web
        .run(move |bank| {
            let filter = RequestFilter {
                institution_id,
                learner_id: None,
                outcome_id,
                state,
                due_before: overdue.then(|| bank.day(asking.0.now)),
            };
            answer::list_correction_requests(bank, &asking.0, &filter, ListPlace::new(order, cursor), limit.and_one())
        })
        .await?;
    Ok(page(&request, limit, items, |item| item.request_id.to_string()))
}

/// Read a request for a correction.
#[utoipa::path(tag = "corrections", operation_id = "read_correction_request", params(("request_id" = Uuid, Path)),
    responses((status = 200, description = "With what was said, and the files that came with it", body = Request)))]
#[get("/api/v1/correction-requests/{request_id}")]
pub(crate) async fn read_correction_request(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let request = web.run(move |bank| answer::read_correction_request(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(request))
}

/// Answer a request for a correction.
///
/// Accepted, it names a correction of the outcome that is previewed; the request is done when that, or another, is applied, and
/// until then another can be named. Refused, it says why, and the learner may complain to the bank within 10 working days.
#[utoipa::path(tag = "corrections", operation_id = "answer_correction_request", request_body = Reply,
    params(("request_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = Request)),
    extensions(("x-problems" = json!(["own_claim", "wrong_state", "correction_unfit"]))))]
#[post("/api/v1/correction-requests/{request_id}/answer")]
pub(crate) async fn answer_correction_request(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<Reply>,
) -> Result<HttpResponse, Refusal> {
    let request = web
        .run(move |bank| answer::answer_correction_request(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Ok().json(request))
}

/// Withdraw one's own request for a correction.
#[utoipa::path(tag = "corrections", operation_id = "withdraw_correction_request",
    params(("request_id" = Uuid, Path), Key),
    responses((status = 200, description = "Withdrawn", body = Request)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/correction-requests/{request_id}/withdraw")]
pub(crate) async fn withdraw_correction_request(web: web::Data<Web>, asking: Asking, id: Id, key: Key) -> Result<HttpResponse, Refusal> {
    let request = web
        .run(move |bank| own::withdraw_correction_request(bank, &asking.0, key.0.as_deref(), id.0))
        .await?;
    Ok(HttpResponse::Ok().json(request))
}

/// Complain to the bank against a refusal, once.
#[utoipa::path(tag = "corrections", operation_id = "complain_of_refusal", request_body = Complaint,
    params(("request_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = Request)),
    extensions(("x-problems" = json!(["wrong_state", "window_over", "correction_requested", "too_many_correction_requests", "evidence_of_subject_full"]))))]
#[post("/api/v1/correction-requests/{request_id}/complain")]
pub(crate) async fn complain_of_refusal(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<Complaint>,
) -> Result<HttpResponse, Refusal> {
    let request = web
        .run(move |bank| own::complain_of_refusal(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Ok().json(request))
}

/// Decide on a complaint against a refusal, for the bank.
///
/// Upheld, the refusal stands. Overturned, the institution has to correct the outcome as if it had accepted the request.
#[utoipa::path(tag = "corrections", operation_id = "decide_complaint", request_body = ComplaintDecision,
    params(("request_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = Request)),
    extensions(("x-problems" = json!(["own_claim", "judged_before", "wrong_state"]))))]
#[post("/api/v1/correction-requests/{request_id}/decide-complaint")]
pub(crate) async fn decide_complaint(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<ComplaintDecision>,
) -> Result<HttpResponse, Refusal> {
    let request = web
        .run(move |bank| answer::decide_complaint(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Ok().json(request))
}
