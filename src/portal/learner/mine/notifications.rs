//! What a learner is told, with what is not read yet, and a way to what each is about.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::notification::NotificationKind;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::notifications::{Notification, list_notifications, mark_all_notifications, mark_notification};
use crate::portal::answer::{page, see_other};
use crate::portal::chosen::query;
use crate::portal::download::{read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Posted, SignedIn};

/// Notifications on a page.
const ITEMS: usize = 20;

/// The word by which only what is not read is asked for.
const UNREAD: &str = "unread";

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    show: String,
    #[serde(default)]
    before: Leaf,
    /// What was done just before.
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "learner/notifications.html")]
struct Page<'a> {
    frame: &'a Frame,
    items: &'a [Notification],
    unread: i64,
    only_unread: bool,
    pager: Pager,
    done: Option<&'static str>,
}

impl Page<'_> {
    /// What is asked for, as an address says it.
    fn asked(&self) -> &'static str {
        if self.only_unread { UNREAD } else { "" }
    }

    fn leads_to(&self, item: &Notification) -> Option<String> {
        leads_to(item)
    }
}

/// The page of what a notification is about, where there is one.
fn leads_to(item: &Notification) -> Option<String> {
    use NotificationKind as K;
    let subject = item.subject_id;
    match item.kind {
        K::Deposited | K::Recognised => Some(format!("/records/{subject}")),
        K::ClaimMoved => Some(format!("/claims/{subject}")),
        K::Correction => Some("/records".to_owned()),
        K::CorrectionRequest => Some("/claims/disputes".to_owned()),
        K::Expiring => Some("/passbook".to_owned()),
        K::Looked => Some(match item.event_type.as_str() {
            "open_share" | "download_shared_file" | "lock_share" => "/shares".to_owned(),
            _ => "/profile/looks".to_owned(),
        }),
        K::Confirmation => Some("/portfolio".to_owned()),
        K::Credential => Some("/credentials".to_owned()),
        K::Merge => None,
    }
}

/// Lists them.
#[get("/notifications")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let Wish { show: asked, before, done } = wish.0;
    let only_unread = asked == UNREAD;
    let (language, limit) = (frame.language, i64::try_from(ITEMS + 1).unwrap_or(i64::MAX));
    let mut found = web
        .run(move |bank| list_notifications(bank, &context, only_unread, before, limit, language))
        .await?;
    let pager = Pager::cut(
        frame.language,
        (&format!("/notifications?{}", query(&[("show", &asked)])), "before"),
        &before,
        &mut found.items,
        ITEMS,
        |one| one.notification_id,
    );
    let shown = Page {
        frame: &frame,
        pager,
        items: &found.items,
        unread: found.unread,
        only_unread,
        done: match done.as_str() {
            "read" => Some("notifications-marked"),
            "all" => Some("notifications-all-marked"),
            _ => None,
        },
    };
    page(StatusCode::OK, &shown)
}

/// Sends them as a table for spreadsheets.
#[get("/notifications.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let (only_unread, language) = (wish.0.show == UNREAD, frame.language);
    let items = web
        .run(move |bank| {
            read_all(
                |before, limit| Ok(list_notifications(bank, &context, only_unread, before, limit, language)?.items),
                |item| item.notification_id,
            )
        })
        .await?;
    let columns = ["column-time", "column-kind", "column-text", "column-read", "column-id"];
    let rows = items.iter().map(|item| {
        [
            frame.plain_moment(&item.at),
            frame.word("notifications-kind", item.kind.as_str()).into_owned(),
            item.text.clone(),
            frame.plain_moment_if(item.read_at.as_ref()),
            item.notification_id.to_string(),
        ]
    });
    Ok(table(&frame, "notifications-title", columns, rows))
}

#[derive(Deserialize)]
pub(super) struct Marked {
    /// What was looked at, to come back to.
    #[serde(default)]
    show: String,
}

/// The list as it was looked at.
fn back_to(marked: &Marked, done: &str) -> HttpResponse {
    let asked = if marked.show == UNREAD { UNREAD } else { "" };
    see_other(&format!("/notifications?show={asked}&done={done}"))
}

/// Notes that all are read.
#[post("/notifications/read")]
pub(super) async fn mark_all(web: web::Data<Web>, posted: Posted<Marked>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    web.run(move |bank| mark_all_notifications(bank, &context)).await?;
    Ok(back_to(&posted.form, "all"))
}

/// Notes that one is read.
#[post("/notifications/{notification_id}/read")]
pub(super) async fn mark(web: web::Data<Web>, id: Id, posted: Posted<Marked>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, language) = (visit.context, visit.frame.language);
    web.run(move |bank| mark_notification(bank, &context, id.0, language)).await?;
    Ok(back_to(&posted.form, "read"))
}
