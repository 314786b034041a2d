//! Views of one's own portfolio for an audience.

use actix_web::{HttpResponse, delete, get, post, put, web};

use super::extract::{Asking, Edition, Id, Json, Key};
use super::institutions::with_edition;
use super::paging::Listed;
use super::problem::Refusal;
use super::state::Web;
use crate::domain::portfolio::disclosure::Disclosure;
use crate::domain::portfolio::view::ViewDefinition;
use crate::ops::views::{self, View};

/// Make a view of one's own portfolio.
///
/// An audience has a preset that shows what it needs and no more: schools what was learnt with what result, employers what
/// somebody can do without marks and numbers of persons, subsidy offices that this person has this certificate.
#[utoipa::path(tag = "portfolio", operation_id = "create_view", request_body = ViewDefinition, params(Key),
    responses((status = 201, description = "Made", body = View)), extensions(("x-problems" = json!(["not_found", "views_full"]))))]
#[post("/api/v1/me/views")]
pub(crate) async fn create_view(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<ViewDefinition>,
) -> Result<HttpResponse, Refusal> {
    let view = web
        .run(move |bank| views::create_view(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(with_edition(HttpResponse::Created(), view.edition, &view))
}

/// List one's own views: all of them, from the newest.
#[utoipa::path(tag = "portfolio", operation_id = "list_views",
    responses((status = 200, description = "At most 50", body = Listed<View>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/views")]
pub(crate) async fn list_views(web: web::Data<Web>, asking: Asking) -> Result<HttpResponse, Refusal> {
    let items = web.run(move |bank| views::list_views(bank, &asking.0)).await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}

/// Read a view of one's own.
#[utoipa::path(tag = "portfolio", operation_id = "read_view", params(("view_id" = Uuid, Path)),
    responses((status = 200, description = "The view", body = View)))]
#[get("/api/v1/me/views/{view_id}")]
pub(crate) async fn read_view(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let view = web.run(move |bank| views::read_view(bank, &asking.0, id.0)).await?;
    Ok(with_edition(HttpResponse::Ok(), view.edition, &view))
}

/// Edit a view; whoever has a link to it sees the new choice from now on.
#[utoipa::path(tag = "portfolio", operation_id = "edit_view", request_body = ViewDefinition,
    params(("view_id" = Uuid, Path), Edition),
    responses((status = 200, description = "As it is now", body = View)),
    extensions(("x-problems" = json!(["stale_edition", "precondition_needed", "invalid_header"]))))]
#[put("/api/v1/me/views/{view_id}")]
pub(crate) async fn edit_view(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    edition: Edition,
    body: Json<ViewDefinition>,
) -> Result<HttpResponse, Refusal> {
    let view = web
        .run(move |bank| views::edit_view(bank, &asking.0, id.0, edition.0, &body.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), view.edition, &view))
}

/// Remove a view; links to it open nothing from now on.
#[utoipa::path(tag = "portfolio", operation_id = "remove_view", params(("view_id" = Uuid, Path)),
    responses((status = 204, description = "Removed")))]
#[delete("/api/v1/me/views/{view_id}")]
pub(crate) async fn remove_view(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    web.run(move |bank| views::remove_view(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// See a view exactly as its audience does.
#[utoipa::path(tag = "portfolio", operation_id = "preview_view", params(("view_id" = Uuid, Path)),
    responses((status = 200, description = "What is shown at this moment", body = Disclosure)))]
#[get("/api/v1/me/views/{view_id}/preview")]
pub(crate) async fn preview_view(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let seen = web.run(move |bank| views::preview_view(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(seen))
}
