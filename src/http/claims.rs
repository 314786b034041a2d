//! Claims: the learner's own, and those that an institution or the bank decides.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Id, Json, Key, Query};
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::render::language_of;
use super::state::{Web, Width};
use crate::domain::claim::{ClaimFilter, ClaimKind, ClaimStatus};
use crate::domain::list::{ListOrder, ListPlace};
use crate::ops::claims::clocks::{self, DueCount};
use crate::ops::claims::letter::{self, ClaimReplay, Letter};
use crate::ops::claims::reading;
use crate::ops::claims::submit::{self, NewClaim};
use crate::ops::claims::view::{ClaimSummary, ClaimView, Conversion};

/// Which of one's own claims to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OwnClaimQuery {
    kind: Option<ClaimKind>,
    status: Option<ClaimStatus>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// Which claims to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClaimQuery {
    /// The institution that decides; left out, those that the bank itself decides.
    institution_id: Option<Uuid>,
    kind: Option<ClaimKind>,
    status: Option<ClaimStatus>,
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

/// Whose claims to count.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DueQuery {
    /// The institution that decides; left out, the bank itself.
    institution_id: Option<Uuid>,
}

/// Submit a claim.
///
/// A conversion claims what an answer says that was kept today, and holds exactly the credit that it uses. A recognition is
/// for an outcome that no rule valued, or for one that the learner declares.
#[utoipa::path(tag = "me", operation_id = "submit_claim", request_body = NewClaim, params(Key),
    responses((status = 201, description = "Submitted", body = ClaimView)),
    extensions(("x-problems" = json!(["not_found", "credit_held", "credit_gone", "outcome_in_claim", "worth_outdated", "nothing_to_convert",
        "already_recognised", "wrong_state", "too_many_claims", "awarded_in_the_future", "pack_layers_invalid"]))))]
#[post("/api/v1/me/claims")]
pub(crate) async fn submit_claim(web: web::Data<Web>, asking: Asking, key: Key, body: Json<NewClaim>) -> Result<HttpResponse, Refusal> {
    let claim = web
        .run(move |bank| submit::submit_claim(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(claim))
}

/// List one's own claims.
#[utoipa::path(tag = "me", operation_id = "list_own_claims", params(OwnClaimQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<ClaimSummary>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/claims")]
pub(crate) async fn list_own_claims(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<OwnClaimQuery>,
) -> Result<HttpResponse, Refusal> {
    let OwnClaimQuery {
        kind,
        status,
        order,
        limit,
        cursor,
    } = query.0;
    let filter = ClaimFilter {
        kind,
        status,
        ..ClaimFilter::default()
    };
    let items = web
        .run(move |bank| reading::list_own_claims(bank, &asking.0, &filter, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.claim_id.to_string()))
}

/// List what one's own credit bought.
///
/// Courses and buckets with the original and the converted values, and the number of the decision; what was taken back says so.
#[utoipa::path(tag = "me", operation_id = "list_own_conversions",
    responses((status = 200, description = "In the order of decisions", body = Listed<Conversion>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/conversions")]
pub(crate) async fn list_own_conversions(web: web::Data<Web>, asking: Asking) -> Result<HttpResponse, Refusal> {
    let items = web.run(move |bank| reading::list_own_conversions(bank, &asking.0)).await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}

/// List the claims that an institution decides, or the bank itself.
#[utoipa::path(tag = "claims", operation_id = "list_claims", params(ClaimQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<ClaimSummary>)))]
#[get("/api/v1/claims")]
pub(crate) async fn list_claims(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ClaimQuery>,
) -> Result<HttpResponse, Refusal> {
    let ClaimQuery {
        institution_id,
        kind,
        status,
        overdue,
        order,
        limit,
        cursor,
    } = query.0;
    let items = web
        .run(move |bank| {
            let filter = ClaimFilter {
                institution_id,
                of_the_bank: institution_id.is_none(),
                kind,
                status,
                due_before: overdue.then(|| bank.day(asking.0.now)),
                ..ClaimFilter::default()
            };
            reading::list_claims(bank, &asking.0, &filter, ListPlace::new(order, cursor), limit.and_one())
        })
        .await?;
    Ok(page(&request, limit, items, |item| item.claim_id.to_string()))
}

/// Count what waits for an institution, or for the bank itself, and what of it is overdue.
#[utoipa::path(tag = "claims", operation_id = "count_due_claims", params(DueQuery),
    responses((status = 200, description = "By what is due", body = Listed<DueCount>)))]
#[get("/api/v1/claims/due")]
pub(crate) async fn count_due_claims(web: web::Data<Web>, asking: Asking, query: Query<DueQuery>) -> Result<HttpResponse, Refusal> {
    let institution_id = query.0.institution_id;
    let items = web
        .run(move |bank| clocks::count_due_claims(bank, &asking.0, institution_id))
        .await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}

/// Read a claim.
#[utoipa::path(tag = "claims", operation_id = "read_claim", params(("claim_id" = Uuid, Path)),
    responses((status = 200, description = "With its steps, what it stands on, and what it bought", body = ClaimView)))]
#[get("/api/v1/claims/{claim_id}")]
pub(crate) async fn read_claim(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let claim = web.run(move |bank| reading::read_claim(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(claim))
}

/// Read the letter of the last verdict on a claim.
#[utoipa::path(tag = "claims", operation_id = "read_letter", params(("claim_id" = Uuid, Path)),
    responses((status = 200, description = "In the reader's language", body = Letter)))]
#[get("/api/v1/claims/{claim_id}/letter")]
pub(crate) async fn read_letter(web: web::Data<Web>, request: HttpRequest, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let language = language_of(&request);
    let letter = web.run(move |bank| letter::read_letter(bank, &asking.0, id.0, language)).await?;
    Ok(HttpResponse::Ok().json(letter))
}

/// Judge a claim again from what is kept, and say whether everything is as it was, byte for byte.
#[utoipa::path(tag = "claims", operation_id = "replay_claim", params(("claim_id" = Uuid, Path)),
    responses((status = 200, description = "Equal or not", body = ClaimReplay)), extensions(("x-problems" = json!(["unsolvable"]))))]
#[post("/api/v1/claims/{claim_id}/replay")]
pub(crate) async fn replay_claim(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let replay = web
        .calculate(Width::One, move |bank| letter::replay_claim(bank, &asking.0, id.0))
        .await?;
    Ok(HttpResponse::Ok().json(replay))
}
