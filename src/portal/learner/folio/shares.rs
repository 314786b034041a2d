//! Links to views: those that there are, each with its square code, and who looked.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use uuid::Uuid;

use super::parts::{Before, Sure, and_one};
use crate::domain::portfolio::share::ShareState;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::evidence::EvidenceFile;
use crate::ops::evidence::read::list_own_evidence;
use crate::ops::shares::{Share, ShareLook, list_share_looks, list_shares, read_share, read_share_qr, turn_off_share};
use crate::ops::views::{View, list_views};
use crate::portal::answer::{page, see_other};
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::Pager;
use crate::portal::visit::{Nothing, Posted, SignedIn};

/// Links, and looks, on a page.
const ROWS: usize = 20;

/// The most files of a learner of which the names are looked up.
const FILES: i64 = 500;

#[derive(Template)]
#[template(path = "learner/shares.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    shares: &'a [Share],
    views: &'a HashMap<Uuid, String>,
    pager: Pager,
}

/// A look, with what was fetched in it.
struct Look<'a> {
    look: &'a ShareLook,
    files: Vec<String>,
}

#[derive(Template)]
#[template(path = "learner/share.html")]
struct SharePage<'a> {
    frame: &'a Frame,
    share: &'a Share,
    view_name: Option<&'a str>,
    square_code: Option<String>,
    looks: Vec<Look<'a>>,
    pager: Pager,
    done: Option<&'static str>,
}

impl ListPage<'_> {
    fn view_name(&self, share: &Share) -> Option<&str> {
        self.views.get(&share.view_id).map(String::as_str)
    }
}

impl SharePage<'_> {
    fn opens(&self) -> bool {
        self.share.state == ShareState::Open
    }
}

fn names(views: Vec<View>) -> HashMap<Uuid, String> {
    views.into_iter().map(|view| (view.view_id, view.definition.name)).collect()
}

/// The files among which are those that were fetched in some looks.
fn files_of(bank: &Bank, context: &Context, looks: &[ShareLook]) -> Result<Vec<EvidenceFile>, OpError> {
    match looks.iter().any(|look| !look.file_ids.is_empty()) {
        true => list_own_evidence(bank, context, None, FILES),
        false => Ok(Vec::new()),
    }
}

fn file_names(files: Vec<EvidenceFile>) -> HashMap<Uuid, String> {
    files.into_iter().map(|file| (file.file_id, file.name)).collect()
}

/// What was fetched in a look.
fn fetched(frame: &Frame, names: &HashMap<Uuid, String>, look: &ShareLook) -> Vec<String> {
    let name = |file_id: &Uuid| match names.get(file_id) {
        Some(name) => name.clone(),
        None => frame.t("sharing-file-gone").into_owned(),
    };
    look.file_ids.iter().map(name).collect()
}

/// Lists the links.
#[get("/shares")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, before: Query<Before>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let before = before.0.before;
    let (mut shares, views) = web
        .run(move |bank| Ok((list_shares(bank, &context, before, and_one(ROWS))?, list_views(bank, &context)?)))
        .await?;
    let pager = Pager::cut(frame.language, ("/shares", "before"), &before, &mut shares, ROWS, |one| {
        one.share_id
    });
    let shown = ListPage {
        frame: &frame,
        views: &names(views),
        pager,
        shares: &shares,
    };
    page(StatusCode::OK, &shown)
}

/// Sends the links as a table for spreadsheets. What opens one is not in it.
#[get("/shares.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let (shares, views) = web
        .run(move |bank| {
            let shares = read_all(|before, limit| list_shares(bank, &context, before, limit), |share| share.share_id)?;
            Ok((shares, list_views(bank, &context)?))
        })
        .await?;
    let views = names(views);
    let columns = [
        "column-recipient",
        "column-view",
        "column-status",
        "column-created",
        "column-expires",
        "column-looks",
        "column-looks-max",
        "column-id",
    ];
    let rows = shares.iter().map(|share| {
        [
            cell(share.recipient.as_ref()),
            match views.get(&share.view_id) {
                Some(name) => name.clone(),
                None => frame.t("sharing-view-gone").into_owned(),
            },
            frame.word("sharing-state", share.state.as_str()).into_owned(),
            frame.plain_moment(&share.created_at),
            frame.plain_moment(&share.expires_at),
            share.looks.to_string(),
            share.looks_max.to_string(),
            share.share_id.to_string(),
        ]
    });
    Ok(table(&frame, "folio-nav-shares", columns, rows))
}

/// Sends who looked through a link as a table for spreadsheets.
#[get("/shares/{share_id}/looks.csv")]
pub(super) async fn download_looks(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let (looks, files) = web
        .run(move |bank| {
            let looks = read_all(
                |before, limit| list_share_looks(bank, &context, id.0, before, limit),
                |look| look.look_id,
            )?;
            let files = files_of(bank, &context, &looks)?;
            Ok((looks, files))
        })
        .await?;
    let file_names = file_names(files);
    let rows = looks.iter().map(|look| {
        [
            frame.plain_moment(&look.at),
            frame.word("browser", look.looked_with.as_str()).into_owned(),
            fetched(&frame, &file_names, look).join(&frame.t("list-separator")),
            look.look_id.to_string(),
        ]
    });
    let columns = ["column-time", "column-browser", "column-fetched", "column-id"];
    Ok(table(&frame, "sharing-who-looked", columns, rows))
}

/// Shows a link: its address, its square code, and who looked.
#[get("/shares/{share_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, before: Query<Before>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let (share_id, Before { before, done }) = (id.0, before.0);
    let (share, square_code, mut looks, views, files) = web
        .run(move |bank| {
            let share = read_share(bank, &context, share_id)?;
            let square_code = match share.state {
                ShareState::Open => Some(read_share_qr(bank, &context, share_id)?),
                _ => None,
            };
            let looks = list_share_looks(bank, &context, share_id, before, and_one(ROWS))?;
            let files = files_of(bank, &context, &looks)?;
            Ok((share, square_code, looks, list_views(bank, &context)?, files))
        })
        .await?;
    let address = format!("/shares/{share_id}");
    let pager = Pager::cut(frame.language, (&address, "before"), &before, &mut looks, ROWS, |look| look.look_id);
    let file_names = file_names(files);
    let views = names(views);
    let shown = SharePage {
        frame: &frame,
        share: &share,
        view_name: views.get(&share.view_id).map(String::as_str),
        square_code,
        pager,
        looks: looks
            .iter()
            .map(|look| Look {
                files: fetched(&frame, &file_names, look),
                look,
            })
            .collect(),
        done: match done.as_str() {
            "created" => Some("sharing-created"),
            "off" => Some("sharing-turned-off"),
            _ => None,
        },
    };
    page(StatusCode::OK, &shown)
}

fn sure<'a>(frame: &'a Frame, share: &Share) -> Sure<'a> {
    let at = format!("/shares/{}", share.share_id);
    Sure {
        frame,
        of: share.recipient.clone().unwrap_or_else(|| share.code.clone()),
        title: frame.t("sharing-turn-off"),
        text: frame.t("sharing-turn-off-text"),
        action: format!("{at}/off"),
        back: at,
        refused: None,
    }
}

/// Asks before a link is turned off.
#[get("/shares/{share_id}/off")]
pub(super) async fn ask_to_turn_off(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let share = web.run(move |bank| read_share(bank, &context, id.0)).await?;
    sure(&frame, &share).ask()
}

/// Turns a link off, for good.
#[post("/shares/{share_id}/off")]
pub(super) async fn turn_off(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    web.run(move |bank| turn_off_share(bank, &context, id.0)).await?;
    Ok(see_other(&format!("/shares/{}?done=off", id.0)))
}
