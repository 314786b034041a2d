//! Views of the portfolio: those that there are, and each as its audience sees it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use uuid::Uuid;

use super::parts::Sure;
use crate::domain::portfolio::view::Audience;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::views::{View, list_views, preview_view, read_view, remove_view};
use crate::portal::answer::{page, see_other};
use crate::portal::download::table;
use crate::portal::frame::Frame;
use crate::portal::public::share_view::{Shown, previewed};
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

#[derive(Template)]
#[template(path = "learner/views.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    views: &'a [View],
    done: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "learner/preview.html")]
struct PreviewPage<'a> {
    frame: &'a Frame,
    view_id: Uuid,
    view_name: &'a str,
    record: Shown,
    done: Option<&'static str>,
}

impl ListPage<'_> {
    fn audiences(&self) -> &'static [Audience] {
        Audience::ALL
    }
}

/// Lists the views.
#[get("/views")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let views = web.run(move |bank| list_views(bank, &context)).await?;
    let shown = ListPage {
        frame: &frame,
        views: &views,
        done: (done.0.done == "removed").then_some("sharing-view-removed"),
    };
    page(StatusCode::OK, &shown)
}

/// Sends the views as a table for spreadsheets.
#[get("/views.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let views = web.run(move |bank| list_views(bank, &context)).await?;
    let rows = views.iter().map(|view| {
        [
            view.definition.name.clone(),
            frame.word("sharing-audience", view.definition.audience.as_str()).into_owned(),
            frame.plain_moment(&view.created_at),
            frame.plain_moment(&view.changed_at),
            view.view_id.to_string(),
        ]
    });
    let columns = ["column-name", "column-audience", "column-created", "column-changed", "column-id"];
    Ok(table(&frame, "folio-nav-views", columns, rows))
}

/// Shows a view exactly as its audience sees it.
#[get("/views/{view_id}/preview")]
pub(super) async fn preview(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let (view, record) = web
        .run(move |bank| Ok((read_view(bank, &context, id.0)?, preview_view(bank, &context, id.0)?)))
        .await?;
    let shown = PreviewPage {
        frame: &frame,
        view_id: view.view_id,
        view_name: &view.definition.name,
        record: previewed(&record, &frame),
        done: match done.0.done.as_str() {
            "created" => Some("sharing-view-created"),
            "edited" => Some("sharing-view-edited"),
            _ => None,
        },
    };
    page(StatusCode::OK, &shown)
}

/// Asks before a view is removed.
#[get("/views/{view_id}/remove")]
pub(super) async fn ask_to_remove(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let view = web.run(move |bank| read_view(bank, &context, id.0)).await?;
    let sure = Sure {
        frame: &frame,
        of: view.definition.name,
        title: frame.t("sharing-view-remove"),
        text: frame.t("sharing-view-remove-text"),
        action: format!("/views/{}/remove", id.0),
        back: format!("/views/{}", id.0),
        refused: None,
    };
    sure.ask()
}

/// Removes a view; links to it are off from now on.
#[post("/views/{view_id}/remove")]
pub(super) async fn remove(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    web.run(move |bank| remove_view(bank, &context, id.0)).await?;
    Ok(see_other("/views?done=removed"))
}
