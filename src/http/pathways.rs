//! Pathways, by the authority; everybody may read them.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Id, Json, Key, Query};
use super::filters::Code;
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::list::{ListOrder, ListPlace};
use crate::domain::pathway::Pathway;
use crate::ops::pathways::{self, PublishedPathway};

/// Which pathways to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PathwayQuery {
    /// Only those with this code.
    #[param(value_type = Option<String>, pattern = "^[a-z0-9-]{1,40}$")]
    code: Option<Code>,
    /// Only the versions in force on this day.
    in_force_on: Option<NaiveDate>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// Publish a pathway, or the next version of its code.
///
/// The bank has each stage's institution and its programme.
#[utoipa::path(tag = "pathways", operation_id = "publish_pathway", request_body = Pathway,
    params(Key),
    responses((status = 201, description = "Published", body = PublishedPathway)))]
#[post("/api/v1/pathways")]
pub(crate) async fn publish_pathway(web: web::Data<Web>, asking: Asking, key: Key, body: Json<Pathway>) -> Result<HttpResponse, Refusal> {
    let pathway = web
        .run(move |bank| pathways::publish_pathway(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(pathway))
}

/// List versions of pathways.
#[utoipa::path(tag = "pathways", operation_id = "list_pathways", params(PathwayQuery), security(()),
    responses((status = 200, description = "A page, from the newest", body = Listed<PublishedPathway>)))]
#[get("/api/v1/pathways")]
pub(crate) async fn list_pathways(web: web::Data<Web>, request: HttpRequest, query: Query<PathwayQuery>) -> Result<HttpResponse, Refusal> {
    let PathwayQuery {
        code,
        in_force_on,
        order,
        limit,
        cursor,
    } = query.0;
    let code = code.map(|code| code.0);
    let items = web
        .run(move |bank| pathways::list_pathways(bank, code.as_deref(), in_force_on, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.pathway_id.to_string()))
}

/// Read a version of a pathway.
#[utoipa::path(tag = "pathways", operation_id = "read_pathway", params(("pathway_id" = Uuid, Path)), security(()),
    responses((status = 200, description = "The version", body = PublishedPathway)))]
#[get("/api/v1/pathways/{pathway_id}")]
pub(crate) async fn read_pathway(web: web::Data<Web>, id: Id) -> Result<HttpResponse, Refusal> {
    let pathway = web.run(move |bank| pathways::read_pathway(bank, id.0)).await?;
    Ok(HttpResponse::Ok().json(pathway))
}
