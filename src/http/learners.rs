//! Learners for institutions and the authority: registered, found, given codes; and the claim of an account.

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::extract::{Anyone, Asking, Id, Json, Key, Query};
use super::me::{AccountQuery, MovementQuery, RecordQuery, access_page, account, movement_page, outcome_page};
use super::paging::ListQuery;
use super::paging::Listed;
use super::problem::Refusal;
use super::state::Web;
use crate::domain::ledger::MovementView;
use crate::ops::access::{Access, Whose};
use crate::ops::identity::MaskedLearner;
use crate::ops::learners::{self, AccountClaim, ClaimCode, ClaimCodeRequest, LearnerSearch, NewLearner};
use crate::ops::outcomes::OutcomeView;
use crate::ops::records::Account;

/// Register a learner: finds the account by document, or opens one.
///
/// With `user` the account is bound to that log-in at once; without, the learner claims it later.
#[utoipa::path(tag = "learners", operation_id = "register_learner", request_body = NewLearner,
    params(Key),
    responses((status = 201, description = "Registered", body = MaskedLearner)),
    extensions(("x-problems" = json!(["identity_mismatch", "account_already_claimed", "username_taken", "password_weak"]))))]
#[post("/api/v1/learners")]
pub(crate) async fn register_learner(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewLearner>,
) -> Result<HttpResponse, Refusal> {
    let learner = web
        .run(move |bank| learners::register_learner(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(learner))
}

/// Find a learner by document.
///
/// An institution finds those whom it knows, the authority anyone. The number goes into the body, never into an
/// address. The learner sees the look.
#[utoipa::path(tag = "learners", operation_id = "find_learner", request_body = LearnerSearch,
    responses((status = 200, description = "Found", body = MaskedLearner)), extensions(("x-problems" = json!(["not_found"]))))]
#[post("/api/v1/learners/find")]
pub(crate) async fn find_learner(web: web::Data<Web>, asking: Asking, body: Json<LearnerSearch>) -> Result<HttpResponse, Refusal> {
    let learner = web.run(move |bank| learners::find_learner(bank, &asking.0, &body.0)).await?;
    Ok(HttpResponse::Ok().json(learner))
}

/// Hand out a one-time code by which a learner whom the institution knows claims the account.
#[utoipa::path(tag = "learners", operation_id = "issue_claim_code", request_body = ClaimCodeRequest,
    params(("learner_id" = Uuid, Path),
        Key),
    responses((status = 201, description = "The code, shown this once", body = ClaimCode)),
    extensions(("x-problems" = json!(["learner_not_known", "account_already_claimed"]))))]
#[post("/api/v1/learners/{learner_id}/claim-codes")]
pub(crate) async fn issue_claim_code(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<ClaimCodeRequest>,
) -> Result<HttpResponse, Refusal> {
    let code = web
        .run(move |bank| learners::issue_claim_code(bank, &asking.0, key.0.as_deref(), id.0, body.0))
        .await?;
    Ok(HttpResponse::Created().json(code))
}

/// Claim an account with a one-time code: with a new log-in, or with that of the caller.
#[utoipa::path(tag = "learners", operation_id = "claim_account", request_body = AccountClaim, security((), ("bearer" = [])),
    responses((status = 201, description = "Claimed", body = MaskedLearner)),
    extensions(("x-problems" = json!(["claim_code_wrong", "account_already_claimed", "already_a_learner", "username_taken", "password_weak", "too_many_attempts"]))))]
#[post("/api/v1/accounts/claim")]
pub(crate) async fn claim_account(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Anyone,
    body: Json<AccountClaim>,
) -> Result<HttpResponse, Refusal> {
    web.attempt(&request, &body.0.account_number)?;
    let learner = web.run(move |bank| learners::claim_account(bank, &asking.0, &body.0)).await?;
    Ok(HttpResponse::Created().json(learner))
}

/// Read a learner's account by the authority's right; the learner sees the look.
#[utoipa::path(tag = "learners", operation_id = "read_learner_account", params(("learner_id" = Uuid, Path), AccountQuery),
    responses((status = 200, description = "The account", body = Account)), extensions(("x-problems" = json!(["as_of_in_the_future", "effective_on_in_the_future"]))))]
#[get("/api/v1/learners/{learner_id}/account")]
pub(crate) async fn read_learner_account(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    query: Query<AccountQuery>,
) -> Result<HttpResponse, Refusal> {
    account(&web, asking, Whose::Learner(id.0), query.0).await
}

/// List a learner's movements by the authority's right; the learner sees the look.
#[utoipa::path(tag = "learners", operation_id = "list_learner_movements", params(("learner_id" = Uuid, Path), MovementQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<MovementView>)),
    extensions(("x-problems" = json!(["as_of_in_the_future", "effective_on_in_the_future"]))))]
#[get("/api/v1/learners/{learner_id}/movements")]
pub(crate) async fn list_learner_movements(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<MovementQuery>,
) -> Result<HttpResponse, Refusal> {
    movement_page(&web, &request, asking, Whose::Learner(id.0), query.0).await
}

/// List a learner's outcomes by the authority's right; the learner sees the look.
#[utoipa::path(tag = "learners", operation_id = "list_learner_outcomes", params(("learner_id" = Uuid, Path), RecordQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<OutcomeView>)),
    extensions(("x-problems" = json!(["as_of_in_the_future"]))))]
#[get("/api/v1/learners/{learner_id}/outcomes")]
pub(crate) async fn list_learner_outcomes(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<RecordQuery>,
) -> Result<HttpResponse, Refusal> {
    outcome_page(&web, &request, asking, Whose::Learner(id.0), query.0).await
}

/// List who looked at a learner's record, by the authority's right; the learner sees this look too.
#[utoipa::path(tag = "learners", operation_id = "list_learner_accesses", params(("learner_id" = Uuid, Path), ListQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Access>)))]
#[get("/api/v1/learners/{learner_id}/access-log")]
pub(crate) async fn list_learner_accesses(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    access_page(&web, &request, asking, Whose::Learner(id.0), query.0).await
}
