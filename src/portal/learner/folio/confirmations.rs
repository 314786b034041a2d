//! Asking an institution to confirm an entry, and taking that back.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::parts::{Sure, given};
use crate::domain::institution::{InstitutionFilter, InstitutionStatus};
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::institutions::{Institution, list_institutions};
use crate::ops::portfolio::confirmations::{NewConfirmation, request_confirmation, withdraw_confirmation};
use crate::ops::portfolio::entries::{Entry, read_entry};
use crate::portal::answer::{Refused, page, refused_form, see_other};
use crate::portal::frame::Frame;
use crate::portal::visit::{Nothing, Posted, SignedIn};

/// The most institutions that are shown to be chosen from.
const FOUND_MAX: usize = 20;

/// The most characters of a name that is looked for.
const NAME_CHARACTERS_MAX: usize = 100;

/// Which institutions are looked for.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    institution_id: String,
    note: String,
    /// Which institutions were looked for.
    name: String,
}

#[derive(Template)]
#[template(path = "learner/ask.html")]
struct Page<'a> {
    frame: &'a Frame,
    entry: &'a Entry,
    found: &'a [Institution],
    there_are_more: bool,
    typed: &'a Typed,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn title(&self) -> &str {
        self.entry.content.title.text(self.frame.language)
    }

    fn is_chosen(&self, institution: &Institution) -> bool {
        self.found.len() == 1 || self.typed.institution_id == institution.institution_id.to_string()
    }
}

async fn ask_page(
    web: &Web,
    visit: &SignedIn,
    entry_id: Uuid,
    typed: &Typed,
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let part: String = typed
        .name
        .trim()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(NAME_CHARACTERS_MAX)
        .collect();
    let filter = InstitutionFilter {
        status: Some(InstitutionStatus::Approved),
        name_contains: given(&part),
        ..InstitutionFilter::default()
    };
    let limit = super::parts::and_one(FOUND_MAX);
    let (entry, mut found) = web
        .run(move |bank| {
            let entry = read_entry(bank, &context, entry_id)?;
            Ok((entry, list_institutions(bank, &context, &filter, None, limit)?))
        })
        .await?;
    let there_are_more = found.len() > FOUND_MAX;
    found.truncate(FOUND_MAX);
    let shown = Page {
        frame: &visit.frame,
        entry: &entry,
        found: &found,
        there_are_more,
        typed,
        refused,
    };
    page(status, &shown)
}

/// Shows the form.
#[get("/portfolio/entries/{entry_id}/ask")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let typed = Typed {
        name: wish.0.name,
        ..Typed::default()
    };
    ask_page(&web, &visit, id.0, &typed, (StatusCode::OK, None)).await
}

/// Asks an institution.
#[post("/portfolio/entries/{entry_id}/ask")]
pub(super) async fn send(web: web::Data<Web>, id: Id, posted: Posted<Typed>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let (context, entry_id) = (visit.context, id.0);
    let institution_id = Uuid::try_parse(&form.institution_id).ok();
    let note = given(&form.note.replace("\r\n", "\n"));
    let asked = web
        .run(move |bank| {
            read_entry(bank, &context, entry_id)?;
            let institution_id = institution_id.ok_or_else(|| Rejection::field("/institution_id", "must be given"))?;
            let new = NewConfirmation { institution_id, note };
            request_confirmation(bank, &context, once.as_deref(), entry_id, &new)
        })
        .await;
    match asked {
        Ok(_) => Ok(see_other(&format!("/portfolio/entries/{entry_id}?done=asked#asked"))),
        Err(refusal) => {
            let (status, refused) = refused_form(refusal, &visit.frame)?;
            ask_page(&web, &visit, entry_id, &form, (status, Some(refused))).await
        }
    }
}

/// Finds a request about an entry of the caller's.
async fn found(web: &Web, visit: &SignedIn, entry_id: Uuid, confirmation_id: Uuid) -> Result<Entry, Refusal> {
    let context = visit.context;
    let entry = web.run(move |bank| read_entry(bank, &context, entry_id)).await?;
    let is_about = entry
        .confirmations
        .iter()
        .any(|asked| asked.summary.confirmation_id == confirmation_id);
    match is_about {
        true => Ok(entry),
        false => Err(Rejection::NotFound {}.into()),
    }
}

fn sure<'a>(frame: &'a Frame, entry: &Entry, confirmation_id: Uuid) -> Sure<'a> {
    let at = format!("/portfolio/entries/{}", entry.entry_id);
    Sure {
        frame,
        of: entry.content.title.text(frame.language).to_owned(),
        title: frame.t("portfolio-withdraw"),
        text: frame.t("portfolio-withdraw-text"),
        action: format!("{at}/asked/{confirmation_id}/withdraw"),
        back: at,
        refused: None,
    }
}

/// Asks before a request is taken back.
#[get("/portfolio/entries/{entry_id}/asked/{confirmation_id}/withdraw")]
pub(super) async fn ask_to_withdraw(web: web::Data<Web>, visit: SignedIn, id: Id, asked: Id<1>) -> Result<HttpResponse, Refusal> {
    let entry = found(&web, &visit, id.0, asked.0).await?;
    sure(&visit.frame, &entry, asked.0).ask()
}

/// Takes a request back, or what was confirmed.
#[post("/portfolio/entries/{entry_id}/asked/{confirmation_id}/withdraw")]
pub(super) async fn withdraw(web: web::Data<Web>, id: Id, asked: Id<1>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, .. } = posted;
    let visit = visit.signed_in()?;
    let entry = found(&web, &visit, id.0, asked.0).await?;
    let (context, confirmation_id) = (visit.context, asked.0);
    let done = web
        .run(move |bank| withdraw_confirmation(bank, &context, once.as_deref(), confirmation_id))
        .await;
    match done {
        Ok(_) => Ok(see_other(&format!("/portfolio/entries/{}?done=withdrawn#asked", id.0))),
        Err(refusal) => sure(&visit.frame, &entry, confirmation_id).not_done(refusal),
    }
}
