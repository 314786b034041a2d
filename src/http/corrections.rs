//! Corrections: previewed by one, applied by another; and the cases of institutions that used what turned out wrong.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Id, Json, Key, Query};
use super::paging::{ListQuery, Listed, PageSize, page};
use super::problem::Refusal;
use super::state::{Web, Width};
use crate::domain::correction::{CaseFilter, CaseState, CorrectionState};
use crate::domain::list::{ListOrder, ListPlace};
use crate::domain::rejection::Rejection;
use crate::ops::corrections::cases::{self, Case, CaseDecision};
use crate::ops::corrections::clocks::{self, CorrectionDueCount};
use crate::ops::corrections::reading::{self, CorrectionItem};
use crate::ops::corrections::{self, Correction, NewCorrection, apply, give_up};

/// Which corrections to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CorrectionQuery {
    /// The institution whose outcomes; the bank's people may leave it out.
    institution_id: Option<Uuid>,
    state: Option<CorrectionState>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// A page of what a correction does.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ItemQuery {
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before: a learner and an outcome.
    #[param(pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}[.][0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    cursor: Option<String>,
}

/// Which cases to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CaseQuery {
    /// The institution that decides; the bank's people may leave it out.
    institution_id: Option<Uuid>,
    state: Option<CaseState>,
    correction_id: Option<Uuid>,
    /// Only those that are overdue.
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

/// Whose cases and requests to count.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CorrectionDueQuery {
    /// The institution; the bank's people may leave it out.
    institution_id: Option<Uuid>,
}

/// What was read, and is to be carried out.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyBody {
    /// The digest of the preview.
    #[schema(
        pattern = "^[0-9a-f]{64}$",
        example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    digest: String,
}

/// The learner and the outcome that a page of items comes after.
///
/// # Errors
/// `InvalidQuery`.
pub(crate) fn place(cursor: &str) -> Result<(Uuid, Uuid), Rejection> {
    let parsed = cursor
        .split_once('.')
        .and_then(|(learner_id, outcome_id)| Some((learner_id.parse().ok()?, outcome_id.parse().ok()?)));
    parsed.ok_or_else(|| Rejection::InvalidQuery {
        name: "cursor".to_owned(),
        detail: "is not one that a Link named".to_owned(),
    })
}

/// Preview a correction: withdraw or correct an outcome, a batch, or all of a period.
///
/// Nothing changes. The answer counts everything that stands on the outcomes and what follows; its items are listed by
/// themselves. Somebody else applies it, exactly as previewed.
#[utoipa::path(tag = "corrections", operation_id = "preview_correction", request_body = NewCorrection,
    params(Key),
    responses((status = 201, description = "Previewed, and kept to be applied", body = Correction)),
    extensions(("x-problems" = json!(["nothing_to_correct", "correction_too_large", "unknown_achievement", "foreign_achievement",
        "awarded_in_the_future", "awarded_too_long_ago", "hours_absurd", "certificate_differs", "identity_mismatch"]))))]
#[post("/api/v1/corrections")]
pub(crate) async fn preview_correction(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewCorrection>,
) -> Result<HttpResponse, Refusal> {
    let correction = web
        .calculate(Width::All, move |bank| {
            corrections::preview_correction(bank, &asking.0, key.0.as_deref(), &body.0)
        })
        .await?;
    Ok(HttpResponse::Created().json(correction))
}

/// List corrections.
#[utoipa::path(tag = "corrections", operation_id = "list_corrections", params(CorrectionQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Correction>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/corrections")]
pub(crate) async fn list_corrections(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<CorrectionQuery>,
) -> Result<HttpResponse, Refusal> {
    let CorrectionQuery {
        institution_id,
        state,
        order,
        limit,
        cursor,
    } = query.0;
    let items = web
        .run(move |bank| {
            reading::list_corrections(
                bank,
                &asking.0,
                institution_id,
                state,
                ListPlace::new(order, cursor),
                limit.and_one(),
            )
        })
        .await?;
    Ok(page(&request, limit, items, |item| item.correction_id.to_string()))
}

/// Count the cases and the requests for corrections that wait at an institution, and what of them is overdue.
#[utoipa::path(tag = "corrections", operation_id = "count_due_corrections", params(CorrectionDueQuery),
    responses((status = 200, description = "By what is due", body = Listed<CorrectionDueCount>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/corrections/due")]
pub(crate) async fn count_due_corrections(
    web: web::Data<Web>,
    asking: Asking,
    query: Query<CorrectionDueQuery>,
) -> Result<HttpResponse, Refusal> {
    let institution_id = query.0.institution_id;
    let items = web
        .run(move |bank| clocks::count_due_corrections(bank, &asking.0, institution_id))
        .await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}

/// Read a correction.
#[utoipa::path(tag = "corrections", operation_id = "read_correction", params(("correction_id" = Uuid, Path)),
    responses((status = 200, description = "What it is about, what follows, and who did it", body = Correction)))]
#[get("/api/v1/corrections/{correction_id}")]
pub(crate) async fn read_correction(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let correction = web.run(move |bank| reading::read_correction(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(correction))
}

/// List what a correction does to each outcome.
///
/// Each as it stood at the preview, with what follows for its lot and for the claims that use it; the learners see the look.
#[utoipa::path(tag = "corrections", operation_id = "list_correction_items", params(("correction_id" = Uuid, Path), ItemQuery),
    responses((status = 200, description = "A page, by learner and outcome", body = Listed<CorrectionItem>)))]
#[get("/api/v1/corrections/{correction_id}/items")]
pub(crate) async fn list_correction_items(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<ItemQuery>,
) -> Result<HttpResponse, Refusal> {
    let after = query.0.cursor.as_deref().map(place).transpose()?;
    let limit = query.0.limit;
    let items = web
        .run(move |bank| reading::list_correction_items(bank, &asking.0, id.0, after, limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |one| {
        format!("{}.{}", one.item.learner_id, one.item.outcome_id)
    }))
}

/// Apply a correction that somebody else previewed.
///
/// Exactly the preview, in one transaction: available and held credit is reversed, claims that hold it end, and where credit is
/// used the institution gets a case. Where something changed since, nothing is done, and `errors` names the differences.
#[utoipa::path(tag = "corrections", operation_id = "apply_correction", request_body = ApplyBody,
    params(("correction_id" = Uuid, Path), Key),
    responses((status = 200, description = "Applied", body = Correction)),
    extensions(("x-problems" = json!(["own_preview", "wrong_state", "correction_changed", "unknown_achievement", "foreign_achievement",
        "certificate_differs", "identity_mismatch"]))))]
#[post("/api/v1/corrections/{correction_id}/apply")]
pub(crate) async fn apply_correction(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<ApplyBody>,
) -> Result<HttpResponse, Refusal> {
    let correction = web
        .run(move |bank| apply::apply_correction(bank, &asking.0, key.0.as_deref(), id.0, &body.0.digest))
        .await?;
    Ok(HttpResponse::Ok().json(correction))
}

/// Give up a correction that is previewed: nobody applies it any more.
///
/// Requests of learners for which it was promised wait for another.
#[utoipa::path(tag = "corrections", operation_id = "give_up_correction",
    params(("correction_id" = Uuid, Path), Key),
    responses((status = 200, description = "Given up", body = Correction)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/corrections/{correction_id}/give-up")]
pub(crate) async fn give_up_correction(web: web::Data<Web>, asking: Asking, id: Id, key: Key) -> Result<HttpResponse, Refusal> {
    let correction = web
        .run(move |bank| give_up::give_up_correction(bank, &asking.0, key.0.as_deref(), id.0))
        .await?;
    Ok(HttpResponse::Ok().json(correction))
}

/// List the cases of an institution.
#[utoipa::path(tag = "corrections", operation_id = "list_cases", params(CaseQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Case>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/correction-cases")]
pub(crate) async fn list_cases(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<CaseQuery>,
) -> Result<HttpResponse, Refusal> {
    let CaseQuery {
        institution_id,
        state,
        correction_id,
        overdue,
        order,
        limit,
        cursor,
    } = query.0;
    let items = web
        .run(move |bank| {
            let filter = CaseFilter {
                institution_id,
                learner_id: None,
                correction_id,
                state,
                due_before: overdue.then(|| bank.day(asking.0.now)),
            };
            cases::list_cases(bank, &asking.0, &filter, ListPlace::new(order, cursor), limit.and_one())
        })
        .await?;
    Ok(page(&request, limit, items, |item| item.case_id.to_string()))
}

/// List one's own cases, with what is offered.
#[utoipa::path(tag = "me", operation_id = "list_own_cases", params(ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Case>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/correction-cases")]
pub(crate) async fn list_own_cases(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| cases::list_own_cases(bank, &asking.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.case_id.to_string()))
}

/// Read a case.
#[utoipa::path(tag = "corrections", operation_id = "read_case", params(("case_id" = Uuid, Path)),
    responses((status = 200, description = "The case", body = Case)))]
#[get("/api/v1/correction-cases/{case_id}")]
pub(crate) async fn read_case(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let case = web.run(move |bank| cases::read_case(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(case))
}

/// Decide on a case: confirm what was bought, cancel it, or replace it by another claim of the learner.
#[utoipa::path(tag = "corrections", operation_id = "decide_case", request_body = CaseDecision,
    params(("case_id" = Uuid, Path), Key),
    responses((status = 200, description = "Decided", body = Case)),
    extensions(("x-problems" = json!(["own_claim", "wrong_state", "replacement_unfit", "place_claimed"]))))]
#[post("/api/v1/correction-cases/{case_id}/decide")]
pub(crate) async fn decide_case(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<CaseDecision>,
) -> Result<HttpResponse, Refusal> {
    let case = web
        .run(move |bank| cases::decide_case(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Ok().json(case))
}
