//! Outcomes read and decided by people; decisions and their reasoning; mismatches; the audit.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, AtMost, Id, Json, Query};
use super::institutions::GivenReason;
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::render::language_of;
use super::state::Web;
use crate::domain::certificate_number::CertificateNumber;
use crate::domain::list::{ListOrder, ListPlace};
use crate::domain::outcome::{OutcomeFilter, OutcomeStatus};
use crate::ops::audit::{self, AuditEntry, AuditFilter};
use crate::ops::decisions::{self, Decision, Replay};
use crate::ops::mismatches::{self, Mismatch, MismatchStatus};
use crate::ops::outcomes::{self, OutcomeView};
use crate::ops::review::{self, Reviewed};

/// Which outcomes to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OutcomeQuery {
    /// The institution whose outcomes; the authority may leave it out.
    institution_id: Option<Uuid>,
    learner_id: Option<Uuid>,
    /// Only of the learner with this account; spaces and hyphens are forgiven.
    #[param(value_type = Option<String>, max_length = 30, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    account_number: Option<AtMost<30>>,
    achievement_id: Option<Uuid>,
    /// Only this certificate number.
    #[param(value_type = Option<String>, max_length = 64, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    certificate_number: Option<AtMost<64>>,
    status: Option<OutcomeStatus>,
    /// Awarded on this day or later.
    awarded_from: Option<NaiveDate>,
    /// Awarded on this day or earlier.
    awarded_to: Option<NaiveDate>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// Which mismatches to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MismatchQuery {
    /// The institution whose list it is.
    institution_id: Uuid,
    status: Option<MismatchStatus>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// Which writes to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    institution_id: Option<Uuid>,
    /// What was written: an outcome, an institution, a user.
    subject_id: Option<Uuid>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// What a mismatch was.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    #[schema(min_length = 1, max_length = 500, example = "姓名录入有误，已按证件更正后重新存入")]
    note: String,
}

/// A certificate number as the bank keeps it; what is no number finds nothing.
pub(crate) fn as_compared(text: &str) -> String {
    CertificateNumber::parse(text).map_or_else(|| text.to_owned(), |number| number.as_str().to_owned())
}

/// List an institution's own outcomes, or any by the authority's right; the learners see the look.
#[utoipa::path(tag = "outcomes", operation_id = "list_outcomes", params(OutcomeQuery),
    responses((status = 200, description = "A page, from the newest deposit", body = Listed<OutcomeView>,
        links(("decision" = (operation_id = "read_decision",
            parameters(("decision_id" = "$response.body#/items/0/decision/decision_id")), description = "Why the first of them brought what it did"))))))]
#[get("/api/v1/outcomes")]
pub(crate) async fn list_outcomes(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<OutcomeQuery>,
) -> Result<HttpResponse, Refusal> {
    let OutcomeQuery {
        institution_id,
        learner_id,
        account_number,
        achievement_id,
        certificate_number,
        status,
        awarded_from,
        awarded_to,
        order,
        limit,
        cursor,
    } = query.0;
    let filter = OutcomeFilter {
        learner_id,
        account_number: account_number.map(|text| text.0),
        institution_id,
        achievement_id,
        certificate_number: certificate_number.map(|text| as_compared(&text.0)),
        status,
        awarded_from,
        awarded_to,
        deposited_before: None,
    };
    let items = web
        .run(move |bank| outcomes::list_outcomes(bank, &asking.0, &filter, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.outcome_id.to_string()))
}

/// Read an outcome.
#[utoipa::path(tag = "outcomes", operation_id = "read_outcome", params(("outcome_id" = Uuid, Path)),
    responses((status = 200, description = "The outcome", body = OutcomeView)))]
#[get("/api/v1/outcomes/{outcome_id}")]
pub(crate) async fn read_outcome(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let outcome = web.run(move |bank| outcomes::read_outcome(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(outcome))
}

/// Release an outcome that waits; it is recognised now.
#[utoipa::path(tag = "outcomes", operation_id = "release_outcome", request_body = GivenReason, params(("outcome_id" = Uuid, Path)),
    responses((status = 200, description = "Released", body = Reviewed)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/outcomes/{outcome_id}/release")]
pub(crate) async fn release_outcome(web: web::Data<Web>, asking: Asking, id: Id, body: Json<GivenReason>) -> Result<HttpResponse, Refusal> {
    let reviewed = web
        .run(move |bank| review::release_outcome(bank, &asking.0, id.0, &body.0.reason))
        .await?;
    Ok(HttpResponse::Ok().json(reviewed))
}

/// Refuse an outcome that waits; it stays on record without credit.
#[utoipa::path(tag = "outcomes", operation_id = "refuse_outcome", request_body = GivenReason, params(("outcome_id" = Uuid, Path)),
    responses((status = 200, description = "Refused", body = Reviewed)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/outcomes/{outcome_id}/refuse")]
pub(crate) async fn refuse_outcome(web: web::Data<Web>, asking: Asking, id: Id, body: Json<GivenReason>) -> Result<HttpResponse, Refusal> {
    let reviewed = web
        .run(move |bank| review::refuse_outcome(bank, &asking.0, id.0, &body.0.reason))
        .await?;
    Ok(HttpResponse::Ok().json(reviewed))
}

/// Read a decision with its reasoning in sentences.
#[utoipa::path(tag = "decisions", operation_id = "read_decision", params(("decision_id" = Uuid, Path)),
    responses((status = 200, description = "The decision", body = Decision)))]
#[get("/api/v1/decisions/{decision_id}")]
pub(crate) async fn read_decision(web: web::Data<Web>, request: HttpRequest, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let language = language_of(&request);
    let decision = web
        .run(move |bank| decisions::read_decision(bank, &asking.0, id.0, language))
        .await?;
    Ok(HttpResponse::Ok().json(decision))
}

/// Recompute a decision from its kept inputs and rules, and say whether it is equal.
#[utoipa::path(tag = "decisions", operation_id = "replay_decision", params(("decision_id" = Uuid, Path)),
    responses((status = 200, description = "Whether it is equal", body = Replay)))]
#[post("/api/v1/decisions/{decision_id}/replay")]
pub(crate) async fn replay_decision(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let replay = web.run(move |bank| decisions::replay_decision(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(replay))
}

/// List the names that did not match their documents, for the institution that gave them.
#[utoipa::path(tag = "outcomes", operation_id = "list_mismatches", params(MismatchQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Mismatch>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/identity-mismatches")]
pub(crate) async fn list_mismatches(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<MismatchQuery>,
) -> Result<HttpResponse, Refusal> {
    let MismatchQuery {
        institution_id,
        status,
        order,
        limit,
        cursor,
    } = query.0;
    let items = web
        .run(move |bank| {
            mismatches::list_mismatches(
                bank,
                &asking.0,
                institution_id,
                status,
                ListPlace::new(order, cursor),
                limit.and_one(),
            )
        })
        .await?;
    Ok(page(&request, limit, items, |item| item.mismatch_id.to_string()))
}

/// Settle a mismatch with a note of what it was.
#[utoipa::path(tag = "outcomes", operation_id = "settle_mismatch", request_body = Note, params(("mismatch_id" = Uuid, Path)),
    responses((status = 200, description = "Settled", body = Mismatch)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/identity-mismatches/{mismatch_id}/settle")]
pub(crate) async fn settle_mismatch(web: web::Data<Web>, asking: Asking, id: Id, body: Json<Note>) -> Result<HttpResponse, Refusal> {
    let mismatch = web
        .run(move |bank| mismatches::settle_mismatch(bank, &asking.0, id.0, &body.0.note))
        .await?;
    Ok(HttpResponse::Ok().json(mismatch))
}

/// List writes: who did what, when, in which request.
#[utoipa::path(tag = "audit", operation_id = "list_audit", params(AuditQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<AuditEntry>)))]
#[get("/api/v1/audit")]
pub(crate) async fn list_audit(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<AuditQuery>,
) -> Result<HttpResponse, Refusal> {
    let AuditQuery {
        institution_id,
        subject_id,
        order,
        limit,
        cursor,
    } = query.0;
    let filter = AuditFilter {
        institution_id,
        subject_id,
        ..AuditFilter::default()
    };
    let items = web
        .run(move |bank| audit::list_audit(bank, &asking.0, &filter, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.audit_id.to_string()))
}
