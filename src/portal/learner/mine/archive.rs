//! Leaving with everything, and taking in what one brings: the whole record as one signed file, its outcomes in the forms of other
//! systems, archives of other banks, and credentials of others.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::rejection::Rejection;
use crate::http::archives::archived;
use crate::http::exports::exported;
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::archive::received::{BYTES_MAX, ReceivedRecord, Reception, list_received_records, may_receive, receive_archive};
use crate::ops::context::Context;
use crate::ops::evidence::FILES_MAX;
use crate::ops::exports::ExportForm;
use crate::ops::foreign::{ForeignCredential, import_credential, list_foreign_credentials};
use crate::portal::answer::{Refused, page, said, see_other};
use crate::portal::frame::Frame;
use crate::portal::upload::{Behind, received, size_max};
use crate::portal::verdict::presented;
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

use super::taken_in::received_page;

#[derive(Template)]
#[template(path = "learner/archive.html")]
struct Page<'a> {
    frame: &'a Frame,
    records: &'a [ReceivedRecord],
    credentials: &'a [ForeignCredential],
    size_max: String,
    /// What was pasted, where it was refused.
    pasted: &'a str,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn forms(&self) -> &'static [ExportForm] {
        ExportForm::ALL
    }
}

/// The page, with what was refused above it.
async fn answer(
    web: &Web,
    visit: &SignedIn,
    refusal: Option<Refusal>,
    pasted: &str,
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let (status, refused) = said(refusal, visit.frame.language)?;
    let context = visit.context;
    let (records, credentials) = web
        .run(move |bank| {
            let records = list_received_records(bank, &context, None, FILES_MAX)?;
            Ok((records, list_foreign_credentials(bank, &context, None, FILES_MAX)?))
        })
        .await?;
    let shown = Page {
        frame: &visit.frame,
        records: &records,
        credentials: &credentials,
        size_max: size_max(BYTES_MAX),
        pasted,
        refused,
        done,
    };
    page(status, &shown)
}

/// Shows the page.
#[get("/archive")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = (done.0.done == "removed").then_some("archive-removed");
    answer(&web, &visit, None, "", done).await
}

/// Makes an archive of the whole record, and sends it.
#[post("/archive/download")]
pub(super) async fn download(web: web::Data<Web>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    match archived(&web, visit.context).await {
        Ok(file) => Ok(file),
        Err(refusal) => answer(&web, &visit, Some(refusal), "", None).await,
    }
}

/// Sends the outcomes that stand in a form of other systems.
#[get("/archive/exports/{form}")]
pub(super) async fn export(web: web::Data<Web>, visit: SignedIn, form: web::Path<String>) -> Result<HttpResponse, Refusal> {
    let form = ExportForm::parse(&form).ok_or(Refusal::NOWHERE)?;
    exported(&web, visit.context, form, visit.frame.language).await
}

/// Takes the archive of a form in, if there may be another one; nothing of it is read before that is known.
async fn brought(web: &Web, context: Context, behind: Behind) -> Result<Reception, Refusal> {
    web.archive(&context)?;
    let bytes_max = BYTES_MAX;
    let sent = behind.taken(web, bytes_max, Rejection::ArchiveTooLarge { bytes_max }).await?;
    let sent = sent.ok_or_else(|| Rejection::field("/archive", "must be given"))?;
    let (_, reception) = web.look_outside(move |bank| receive_archive(bank, &context, sent.content)).await?;
    Ok(reception)
}

/// Takes an archive of another bank in.
#[post("/archive/records")]
pub(super) async fn receive(web: web::Data<Web>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let (posted, behind) = received::<Nothing>(&request, payload).await?;
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    web.run(move |bank| may_receive(bank, &context)).await?;
    match brought(&web, context, behind).await {
        Ok(reception) => received_page(&visit.frame, &reception),
        Err(refusal) => answer(&web, &visit, Some(refusal), "", None).await,
    }
}

#[derive(Deserialize)]
pub(super) struct Pasted {
    #[serde(default)]
    credential: String,
}

/// Takes a credential of others in.
#[post("/archive/credentials")]
pub(super) async fn import(web: web::Data<Web>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let (Posted { visit, once, form }, behind) = received::<Pasted>(&request, payload).await?;
    let visit = visit.signed_in()?;
    visit.learner_id()?;
    let context = visit.context;
    let presented = match behind.taken_as_evidence(&web).await {
        Ok(sent) => presented(&web, &form.credential, sent).await,
        Err(refusal) => Err(refusal),
    };
    let imported = match presented {
        Ok(presented) => {
            web.look_outside(move |bank| import_credential(bank, &context, once.as_deref(), &presented))
                .await
        }
        Err(refusal) => Err(refusal),
    };
    match imported {
        Ok((_, credential)) => Ok(see_other(&format!("/archive/credentials/{}?done=taken", credential.file.file_id))),
        Err(refusal) => answer(&web, &visit, Some(refusal), &form.credential, None).await,
    }
}
