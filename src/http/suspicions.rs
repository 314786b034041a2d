//! Suspicions that two accounts are one person's, for the bank's officers.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Id, Json, Key, Query};
use super::institutions::GivenReason;
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::render::language_of;
use super::state::Web;
use crate::domain::likeness::{Strength, SuspicionStatus};
use crate::domain::list::{ListOrder, ListPlace};
use crate::ops::suspicions::{self, Suspicion, SuspicionDetails};

/// Which suspicions to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SuspicionQuery {
    status: Option<SuspicionStatus>,
    strength: Option<Strength>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// List pairs of accounts that may be one person's; both learners see the look.
#[utoipa::path(tag = "learners", operation_id = "list_suspicions", params(SuspicionQuery),
    responses((status = 200, description = "A page, from the newest", body = Listed<Suspicion>,
        links(("suspicion" = (operation_id = "read_suspicion",
            parameters(("suspicion_id" = "$response.body#/items/0/suspicion_id")), description = "What distinguishes the first two"))))))]
#[get("/api/v1/duplicate-suspicions")]
pub(crate) async fn list_suspicions(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<SuspicionQuery>,
) -> Result<HttpResponse, Refusal> {
    let SuspicionQuery {
        status,
        strength,
        order,
        limit,
        cursor,
    } = query.0;
    let language = language_of(&request);
    let items = web
        .run(move |bank| {
            suspicions::list_suspicions(
                bank,
                &asking.0,
                (status, strength),
                ListPlace::new(order, cursor),
                limit.and_one(),
                language,
            )
        })
        .await?;
    Ok(page(&request, limit, items, |item| item.suspicion_id.to_string()))
}

/// Read a suspicion: the grounds, what distinguishes the two, which institutions know them, and how many outcomes each has.
#[utoipa::path(tag = "learners", operation_id = "read_suspicion", params(("suspicion_id" = Uuid, Path)),
    responses((status = 200, description = "The suspicion; both learners see the look", body = SuspicionDetails)))]
#[get("/api/v1/duplicate-suspicions/{suspicion_id}")]
pub(crate) async fn read_suspicion(web: web::Data<Web>, request: HttpRequest, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let language = language_of(&request);
    let details = web
        .run(move |bank| suspicions::read_suspicion(bank, &asking.0, id.0, language))
        .await?;
    Ok(HttpResponse::Ok().json(details))
}

/// Dismiss a suspicion: they are two persons. It comes back only for a ground that was not known by then.
#[utoipa::path(tag = "learners", operation_id = "dismiss_suspicion", request_body = GivenReason,
    params(("suspicion_id" = Uuid, Path), Key),
    responses((status = 200, description = "Dismissed", body = Suspicion)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/duplicate-suspicions/{suspicion_id}/dismiss")]
pub(crate) async fn dismiss_suspicion(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<GivenReason>,
) -> Result<HttpResponse, Refusal> {
    let language = language_of(&request);
    let suspicion = web
        .run(move |bank| suspicions::dismiss_suspicion(bank, &asking.0, key.0.as_deref(), id.0, &body.0.reason, language))
        .await?;
    Ok(HttpResponse::Ok().json(suspicion))
}
