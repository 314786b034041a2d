//! What people do with claims, step by step.

use actix_web::{HttpResponse, post, web};
use serde::Deserialize;

use super::extract::{Asking, Id, Json, Key};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::claim::{AppealDecision, ClaimEvent, Verdict};
use crate::domain::credit::Credit;
use crate::ops::claims::act::{self, Act};
use crate::ops::claims::view::ClaimView;

/// A vote, or a proposal.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "verdict": "grant", "reason": "证书经核验属实，符合第六条", "clauses": ["certificates"] }))]
pub struct Judgement {
    verdict: Verdict,
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    /// The edition that was read; where it is given and the claim moved since, nothing is done.
    #[serde(default)]
    #[schema(minimum = 1)]
    edition: Option<i64>,
    /// Bank credit, where the grant of an outcome on record is proposed.
    #[serde(default)]
    credit: Option<Credit>,
    /// The clauses that a proposal stands on, by their ids.
    #[serde(default)]
    #[schema(max_items = 20)]
    clauses: Vec<String>,
}

/// What becomes of an appeal.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "decision": "uphold", "reason": "原结论认定事实清楚，依据正确" }))]
pub struct AppealJudgement {
    decision: AppealDecision,
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    #[serde(default)]
    #[schema(minimum = 1)]
    edition: Option<i64>,
}

impl Judgement {
    fn act(self) -> (Verdict, Act) {
        let act = Act {
            reason: Some(self.reason),
            edition: self.edition,
            credit: self.credit,
            clauses: self.clauses,
            evidence: Vec::new(),
        };
        (self.verdict, act)
    }
}

async fn acted(web: web::Data<Web>, asking: Asking, key: Key, id: Id, event: ClaimEvent, act: Act) -> Result<HttpResponse, Refusal> {
    let claim = web
        .run(move |bank| act::act_on_claim(bank, &asking.0, key.0.as_deref(), id.0, event, &act))
        .await?;
    Ok(HttpResponse::Ok().json(claim))
}

/// Begin to review a claim.
#[utoipa::path(tag = "claims", operation_id = "take_claim", request_body = Act, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "own_claim", "recused", "objector_judges", "window_open"]))))]
#[post("/api/v1/claims/{claim_id}/take")]
pub(crate) async fn take_claim(web: web::Data<Web>, asking: Asking, key: Key, id: Id, body: Json<Act>) -> Result<HttpResponse, Refusal> {
    acted(web, asking, key, id, ClaimEvent::Take, body.0).await
}

/// Ask the claimant for more.
///
/// The reason says what is asked for.
#[utoipa::path(tag = "claims", operation_id = "ask_information", request_body = Act, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "own_claim", "recused", "objector_judges"]))))]
#[post("/api/v1/claims/{claim_id}/ask-information")]
pub(crate) async fn ask_information(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<Act>,
) -> Result<HttpResponse, Refusal> {
    acted(web, asking, key, id, ClaimEvent::AskInformation, body.0).await
}

/// Give what was asked for.
///
/// By the claimant; the reason is what is told.
#[utoipa::path(tag = "claims", operation_id = "give_information", request_body = Act, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "not_the_claimant"]))))]
#[post("/api/v1/claims/{claim_id}/give-information")]
pub(crate) async fn give_information(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<Act>,
) -> Result<HttpResponse, Refusal> {
    acted(web, asking, key, id, ClaimEvent::GiveInformation, body.0).await
}

/// Step back from a claim.
#[utoipa::path(tag = "claims", operation_id = "recuse_from_claim", request_body = Act, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "own_claim", "recused", "objector_judges", "recusal_too_late"]))))]
#[post("/api/v1/claims/{claim_id}/recuse")]
pub(crate) async fn recuse_from_claim(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<Act>,
) -> Result<HttpResponse, Refusal> {
    acted(web, asking, key, id, ClaimEvent::Recuse, body.0).await
}

/// Approve what was proposed.
///
/// By somebody else than who proposed it. A refusal stands from then on; a grant is on public notice first, where the rules give one.
#[utoipa::path(tag = "claims", operation_id = "approve_claim", request_body = Act, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "own_claim", "recused", "objector_judges", "own_proposal", "credit_gone", "certificate_differs", "identity_mismatch", "already_recognised"]))))]
#[post("/api/v1/claims/{claim_id}/approve")]
pub(crate) async fn approve_claim(web: web::Data<Web>, asking: Asking, key: Key, id: Id, body: Json<Act>) -> Result<HttpResponse, Refusal> {
    acted(web, asking, key, id, ClaimEvent::Approve, body.0).await
}

/// Send a proposal back into review.
///
/// Also while it is on notice. Votes begin anew.
#[utoipa::path(tag = "claims", operation_id = "send_back_claim", request_body = Act, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "own_claim", "recused", "objector_judges"]))))]
#[post("/api/v1/claims/{claim_id}/send-back")]
pub(crate) async fn send_back_claim(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<Act>,
) -> Result<HttpResponse, Refusal> {
    acted(web, asking, key, id, ClaimEvent::SendBack, body.0).await
}

/// Withdraw a claim.
///
/// By the claimant, before there is a verdict; what it held is available again.
#[utoipa::path(tag = "claims", operation_id = "withdraw_claim", request_body = Act, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "not_the_claimant"]))))]
#[post("/api/v1/claims/{claim_id}/withdraw")]
pub(crate) async fn withdraw_claim(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<Act>,
) -> Result<HttpResponse, Refusal> {
    acted(web, asking, key, id, ClaimEvent::Withdraw, body.0).await
}

/// Appeal against a refusal.
///
/// By the claimant; the credit is held again while the appeal runs.
#[utoipa::path(tag = "claims", operation_id = "appeal_claim", request_body = Act, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "not_the_claimant", "not_an_objector", "window_over", "credit_held", "credit_gone", "outcome_in_claim"]))))]
#[post("/api/v1/claims/{claim_id}/appeal")]
pub(crate) async fn appeal_claim(web: web::Data<Web>, asking: Asking, key: Key, id: Id, body: Json<Act>) -> Result<HttpResponse, Refusal> {
    acted(web, asking, key, id, ClaimEvent::Appeal, body.0).await
}

/// Take an appeal back.
///
/// By the claimant who made it.
#[utoipa::path(tag = "claims", operation_id = "withdraw_appeal", request_body = Act, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "not_the_appellant"]))))]
#[post("/api/v1/claims/{claim_id}/withdraw-appeal")]
pub(crate) async fn withdraw_appeal(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<Act>,
) -> Result<HttpResponse, Refusal> {
    acted(web, asking, key, id, ClaimEvent::WithdrawAppeal, body.0).await
}

/// Vote on a claim.
///
/// As one of the panel, once in each round; the reason is kept.
#[utoipa::path(tag = "claims", operation_id = "vote_on_claim", request_body = Judgement, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "own_claim", "recused", "objector_judges", "voted_already", "panel_full"]))))]
#[post("/api/v1/claims/{claim_id}/vote")]
pub(crate) async fn vote_on_claim(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<Judgement>,
) -> Result<HttpResponse, Refusal> {
    let (verdict, act) = body.0.act();
    acted(web, asking, key, id, ClaimEvent::Vote { verdict }, act).await
}

/// Propose a verdict on a claim.
///
/// When more than half of the panel voted for it. The reason, and the clauses that it names, go into the letter.
#[utoipa::path(tag = "claims", operation_id = "propose_verdict", request_body = Judgement, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "own_claim", "recused", "objector_judges", "no_majority"]))))]
#[post("/api/v1/claims/{claim_id}/propose")]
pub(crate) async fn propose_verdict(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<Judgement>,
) -> Result<HttpResponse, Refusal> {
    let (verdict, act) = body.0.act();
    acted(web, asking, key, id, ClaimEvent::Propose { verdict }, act).await
}

/// Decide an appeal.
///
/// By somebody who had no hand in the verdict.
#[utoipa::path(tag = "claims", operation_id = "decide_appeal", request_body = AppealJudgement, params(("claim_id" = Uuid, Path), Key),
    responses((status = 200, description = "Where it stands then", body = ClaimView)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "own_claim", "recused", "objector_judges", "judged_before", "credit_in_use"]))))]
#[post("/api/v1/claims/{claim_id}/decide-appeal")]
pub(crate) async fn decide_appeal(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<AppealJudgement>,
) -> Result<HttpResponse, Refusal> {
    let AppealJudgement { decision, reason, edition } = body.0;
    let act = Act {
        reason: Some(reason),
        edition,
        ..Act::default()
    };
    acted(web, asking, key, id, ClaimEvent::DecideAppeal { decision }, act).await
}
