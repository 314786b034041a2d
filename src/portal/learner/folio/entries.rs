//! An entry of one's own: what it says, its files, and who was asked to confirm it.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use uuid::Uuid;

use super::parts::Sure;
use crate::domain::portfolio::confirmation::{ConfirmationEvent, ConfirmationState};
use crate::domain::portfolio::entry::OwnText;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::institutions::names_of;
use crate::ops::portfolio::confirmations::Confirmation;
use crate::ops::portfolio::entries::{Entry, read_entry, remove_entry};
use crate::portal::answer::{Refused, page, see_other};
use crate::portal::frame::Frame;
use crate::portal::upload::{size, size_max};
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

/// Asked of an institution.
struct Asked<'a> {
    confirmation: &'a Confirmation,
    institution: String,
    /// It is about the entry as it is now.
    is_present: bool,
    may_be_withdrawn: bool,
}

#[derive(Template)]
#[template(path = "learner/entry.html")]
struct Page<'a> {
    frame: &'a Frame,
    entry: &'a Entry,
    asked: Vec<Asked<'a>>,
    /// How large a file may be.
    file_size_max: String,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn title(&self) -> &str {
        self.entry.content.title.text(self.frame.language)
    }

    fn said<'b>(&self, text: &'b OwnText) -> &'b str {
        text.text(self.frame.language)
    }

    fn size(&self, bytes: &i64) -> String {
        size(*bytes)
    }
}

/// Whether an edit takes something away: an institution confirms the entry as it is now, or is asked to.
pub(super) fn has_answer(entry: &Entry) -> bool {
    let stands = |asked: &Confirmation| {
        let summary = &asked.summary;
        summary.entry_edition == entry.edition && matches!(summary.state, ConfirmationState::Requested | ConfirmationState::Confirmed)
    };
    entry.confirmations.iter().any(stands)
}

/// The page of an entry, with what is said above it.
///
/// # Errors
/// `NotFound`.
pub(super) async fn entry_page(
    web: &Web,
    visit: &SignedIn,
    entry_id: Uuid,
    (status, refused): (StatusCode, Option<Refused>),
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let (context, frame) = (visit.context, &visit.frame);
    let (entry, names) = web
        .run(move |bank| {
            let entry = read_entry(bank, &context, entry_id)?;
            let asked: Vec<Uuid> = entry.confirmations.iter().map(|asked| asked.summary.institution_id).collect();
            Ok((entry, names_of(bank, &asked)?))
        })
        .await?;
    let shown = Page {
        frame,
        asked: asked_of(frame, &entry, &names),
        entry: &entry,
        file_size_max: size_max(web.bank.evidence_bytes_max),
        refused,
        done,
    };
    page(status, &shown)
}

fn asked_of<'a>(frame: &Frame, entry: &'a Entry, names: &HashMap<Uuid, String>) -> Vec<Asked<'a>> {
    let asked = entry.confirmations.iter().rev().map(|confirmation| {
        let summary = &confirmation.summary;
        Asked {
            institution: match names.get(&summary.institution_id) {
                Some(name) => name.clone(),
                None => frame.t("portfolio-institution-gone").into_owned(),
            },
            is_present: summary.entry_edition == entry.edition,
            may_be_withdrawn: summary.state.after(ConfirmationEvent::Withdraw).is_ok(),
            confirmation,
        }
    });
    asked.collect()
}

/// Shows an entry.
#[get("/portfolio/entries/{entry_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = match done.0.done.as_str() {
        "created" => Some("portfolio-entry-created"),
        "edited" => Some("portfolio-entry-edited"),
        "added" => Some("portfolio-file-added"),
        "off" => Some("portfolio-file-off"),
        "asked" => Some("portfolio-asked"),
        "withdrawn" => Some("portfolio-asked-withdrawn-done"),
        _ => None,
    };
    entry_page(&web, &visit, id.0, (StatusCode::OK, None), done).await
}

fn sure<'a>(frame: &'a Frame, entry: &Entry) -> Sure<'a> {
    let at = format!("/portfolio/entries/{}", entry.entry_id);
    Sure {
        frame,
        of: entry.content.title.text(frame.language).to_owned(),
        title: frame.t("portfolio-entry-remove"),
        text: frame.t(match has_answer(entry) {
            true => "portfolio-entry-remove-answered",
            false => "portfolio-entry-remove-text",
        }),
        action: format!("{at}/remove"),
        back: at,
        refused: None,
    }
}

/// Asks before an entry is removed.
#[get("/portfolio/entries/{entry_id}/remove")]
pub(super) async fn ask_to_remove(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let entry = web.run(move |bank| read_entry(bank, &context, id.0)).await?;
    sure(&visit.frame, &entry).ask()
}

/// Removes an entry.
#[post("/portfolio/entries/{entry_id}/remove")]
pub(super) async fn remove(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    web.run(move |bank| remove_entry(bank, &context, id.0)).await?;
    Ok(see_other("/portfolio?done=removed"))
}
