//! Merges of two accounts that are one person's: proposed by one, confirmed by another, and so taken back.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Id, Json, Key, Query};
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::list::{ListOrder, ListPlace};
use crate::domain::merge::{MergeFilter, MergeState};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::merges::decide::{self, MergeDecision};
use crate::ops::merges::reading::{self, MergeView};
use crate::ops::merges::reversal::{self, NewReversal};
use crate::ops::merges::{self, Merge, NewMerge};

/// Which merges to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MergeQuery {
    state: Option<MergeState>,
    /// Of this learner, whether surviving or absorbed.
    learner_id: Option<Uuid>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// Propose to merge two accounts of one person.
///
/// Nothing changes. The answer shows both persons masked, what each account has, and which outcomes look the same in both: whose
/// those are, institutions decide by corrections. Somebody else confirms it. Both learners see the look.
#[utoipa::path(tag = "merges", operation_id = "propose_merge", request_body = NewMerge,
    params(Key),
    responses((status = 201, description = "Proposed", body = MergeView)),
    extensions(("x-problems" = json!(["merge_of_one", "already_merged", "holds_merged", "merge_open", "own_account", "evidence_of_subject_full"]))))]
#[post("/api/v1/merges")]
pub(crate) async fn propose_merge(web: web::Data<Web>, asking: Asking, key: Key, body: Json<NewMerge>) -> Result<HttpResponse, Refusal> {
    let merge = web
        .run(move |bank| merges::propose_merge(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(merge))
}

/// List merges.
#[utoipa::path(tag = "merges", operation_id = "list_merges", params(MergeQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Merge>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/merges")]
pub(crate) async fn list_merges(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<MergeQuery>,
) -> Result<HttpResponse, Refusal> {
    let MergeQuery {
        state,
        learner_id,
        order,
        limit,
        cursor,
    } = query.0;
    let filter = MergeFilter { state, learner_id };
    let items = web
        .run(move |bank| reading::list_merges(bank, &asking.0, &filter, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.merge_id.to_string()))
}

/// Read a merge.
#[utoipa::path(tag = "merges", operation_id = "read_merge", params(("merge_id" = Uuid, Path)),
    responses((status = 200, description = "The two accounts, who did what, and what each has while it is proposed", body = MergeView)))]
#[get("/api/v1/merges/{merge_id}")]
pub(crate) async fn read_merge(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let merge = web.run(move |bank| reading::read_merge(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(merge))
}

/// What decides on a merge, or on taking it back.
type Deciding = fn(&Bank, &Context, Option<&str>, Uuid, &MergeDecision) -> Result<MergeView, OpError>;

async fn decided(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    id: Id,
    body: Json<MergeDecision>,
    operation: Deciding,
) -> Result<HttpResponse, Refusal> {
    let merge = web
        .run(move |bank| operation(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Ok().json(merge))
}

/// Confirm a merge that somebody else proposed.
///
/// From now on both documents, account numbers and log-ins lead to the account that stays, and everything of the other is there
/// under the same ids.
#[utoipa::path(tag = "merges", operation_id = "confirm_merge", request_body = MergeDecision,
    params(("merge_id" = Uuid, Path), Key),
    responses((status = 200, description = "Merged", body = MergeView)),
    extensions(("x-problems" = json!(["wrong_state", "own_merge_proposal", "own_account", "already_merged", "holds_merged"]))))]
#[post("/api/v1/merges/{merge_id}/confirm")]
pub(crate) async fn confirm_merge(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<MergeDecision>,
) -> Result<HttpResponse, Refusal> {
    decided(web, asking, key, id, body, decide::confirm_merge).await
}

/// Decline a merge that somebody else proposed.
#[utoipa::path(tag = "merges", operation_id = "decline_merge", request_body = MergeDecision,
    params(("merge_id" = Uuid, Path), Key),
    responses((status = 200, description = "Declined", body = MergeView)),
    extensions(("x-problems" = json!(["wrong_state", "own_merge_proposal", "own_account"]))))]
#[post("/api/v1/merges/{merge_id}/decline")]
pub(crate) async fn decline_merge(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<MergeDecision>,
) -> Result<HttpResponse, Refusal> {
    decided(web, asking, key, id, body, decide::decline_merge).await
}

/// Take back one's own proposal of a merge.
#[utoipa::path(tag = "merges", operation_id = "withdraw_merge", request_body = MergeDecision,
    params(("merge_id" = Uuid, Path), Key),
    responses((status = 200, description = "Withdrawn", body = MergeView)),
    extensions(("x-problems" = json!(["wrong_state", "not_the_proposer", "own_account"]))))]
#[post("/api/v1/merges/{merge_id}/withdraw")]
pub(crate) async fn withdraw_merge(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<MergeDecision>,
) -> Result<HttpResponse, Refusal> {
    decided(web, asking, key, id, body, decide::withdraw_merge).await
}

/// Propose to take a merge back.
///
/// Nothing changes. What was deposited since the merge stays where it is, but for the outcomes that are named.
#[utoipa::path(tag = "merges", operation_id = "propose_merge_reversal", request_body = NewReversal,
    params(("merge_id" = Uuid, Path), Key),
    responses((status = 200, description = "Proposed", body = MergeView)),
    extensions(("x-problems" = json!(["wrong_state", "merge_open", "credit_of_both", "own_account"]))))]
#[post("/api/v1/merges/{merge_id}/propose-reversal")]
pub(crate) async fn propose_merge_reversal(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<NewReversal>,
) -> Result<HttpResponse, Refusal> {
    let merge = web
        .run(move |bank| reversal::propose_merge_reversal(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(HttpResponse::Ok().json(merge))
}

/// Confirm that a merge is taken back, as somebody else proposed.
///
/// What came with the absorbed account goes back, with what was done to it since; open claims that stand on credit of both end,
/// and what they hold is released.
#[utoipa::path(tag = "merges", operation_id = "confirm_merge_reversal", request_body = MergeDecision,
    params(("merge_id" = Uuid, Path), Key),
    responses((status = 200, description = "Taken back: the two are two again", body = MergeView)),
    extensions(("x-problems" = json!(["wrong_state", "own_merge_proposal", "credit_of_both", "own_account"]))))]
#[post("/api/v1/merges/{merge_id}/confirm-reversal")]
pub(crate) async fn confirm_merge_reversal(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<MergeDecision>,
) -> Result<HttpResponse, Refusal> {
    decided(web, asking, key, id, body, reversal::confirm_merge_reversal).await
}

/// Decline to take a merge back, or take back one's own proposal to do so.
#[utoipa::path(tag = "merges", operation_id = "decline_merge_reversal", request_body = MergeDecision,
    params(("merge_id" = Uuid, Path), Key),
    responses((status = 200, description = "Declined: the merge stands", body = MergeView)),
    extensions(("x-problems" = json!(["wrong_state", "own_account"]))))]
#[post("/api/v1/merges/{merge_id}/decline-reversal")]
pub(crate) async fn decline_merge_reversal(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<MergeDecision>,
) -> Result<HttpResponse, Refusal> {
    decided(web, asking, key, id, body, reversal::decline_merge_reversal).await
}
