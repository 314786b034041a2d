//! The files of an entry: added from a form, fetched, and taken off again.

use std::io::Read as _;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use uuid::Uuid;

use super::entries::entry_page;
use crate::domain::evidence::{FileName, MediaType};
use crate::domain::portfolio::entry::EntryContent;
use crate::domain::rejection::Rejection;
use crate::http::extract::Id;
use crate::http::file::saved;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::evidence::read::{Downloaded, download_evidence};
use crate::ops::evidence::upload::{Upload, Uploader, upload_evidence};
use crate::ops::portfolio::entries::{edit_entry, read_entry};
use crate::portal::answer::{refused_form, see_other};
use crate::portal::upload::{SentFile, received};
use crate::portal::visit::{Nothing, Posted, SignedIn};

/// The file as it is uploaded.
fn upload_of(sent: SentFile, bytes_max: usize) -> Result<Upload, OpError> {
    let SentFile {
        name,
        media_type,
        mut content,
    } = sent;
    let name = FileName::try_from(name).map_err(|detail| Rejection::field("/file", detail))?;
    let mut read = Vec::new();
    let most = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    content
        .by_ref()
        .take(most)
        .read_to_end(&mut read)
        .map_err(|error| OpError::Secret(format!("a file of a form: {error}")))?;
    Ok(Upload {
        name,
        declared: MediaType::parse(&media_type),
        content: read,
    })
}

/// Uploads a file, and lets the entry use it. A file that the entry has already stays what it is.
fn added(bank: &Bank, context: &Context, once: Option<&str>, entry_id: Uuid, upload: &Upload) -> Result<(), OpError> {
    let entry = read_entry(bank, context, entry_id)?;
    let (_, file) = upload_evidence(bank, context, once, Uploader::Learner, upload)?;
    let mut artefacts = entry.content.artefacts.clone();
    if !artefacts.contains(&file.file_id) {
        artefacts.push(file.file_id);
    }
    let content = EntryContent {
        artefacts,
        ..entry.content
    };
    edit_entry(bank, context, entry_id, entry.edition, &content)?;
    Ok(())
}

/// Adds a file to an entry.
#[post("/portfolio/entries/{entry_id}/files")]
pub(super) async fn add(web: web::Data<Web>, id: Id, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let (posted, behind) = received::<Nothing>(&request, payload).await?;
    let visit = posted.visit.signed_in()?;
    let (context, entry_id, once) = (visit.context, id.0, posted.once);
    // Whose it is comes first: nobody learns by a file that an entry is there.
    web.run(move |bank| read_entry(bank, &context, entry_id).map(|_| ())).await?;
    let done = match behind.taken_as_evidence(&web).await {
        Ok(sent) => {
            let bytes_max = web.bank.evidence_bytes_max;
            web.run(move |bank| {
                let sent = sent.ok_or_else(|| Rejection::field("/file", "must be given"))?;
                added(bank, &context, once.as_deref(), entry_id, &upload_of(sent, bytes_max)?)
            })
            .await
        }
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => Ok(see_other(&format!("/portfolio/entries/{entry_id}?done=added#files"))),
        Err(refusal) => refuse(&web, &visit, entry_id, refusal).await,
    }
}

async fn refuse(web: &Web, visit: &SignedIn, entry_id: Uuid, refusal: Refusal) -> Result<HttpResponse, Refusal> {
    let (status, refused) = refused_form(refusal, &visit.frame)?;
    match status {
        StatusCode::NOT_FOUND => Err(Rejection::NotFound {}.into()),
        status => entry_page(web, visit, entry_id, (status, Some(refused)), None).await,
    }
}

/// Sends a file of an entry.
#[get("/portfolio/entries/{entry_id}/files/{file_id}")]
pub(super) async fn fetch(web: web::Data<Web>, visit: SignedIn, id: Id, file: Id<1>) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let Downloaded { file, content } = web
        .run(move |bank| {
            let entry = read_entry(bank, &context, id.0)?;
            let own = entry.artefacts.iter().find(|own| own.file_id == file.0);
            let learner_id = own.ok_or(Rejection::NotFound {})?.learner_id;
            download_evidence(bank, &context, learner_id, file.0)
        })
        .await?;
    Ok(saved(&file)?
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(content.to_vec()))
}

/// Takes a file off an entry; it stays among the learner's files.
#[post("/portfolio/entries/{entry_id}/files/{file_id}/remove")]
pub(super) async fn take_off(web: web::Data<Web>, id: Id, file: Id<1>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, entry_id, file_id) = (visit.context, id.0, file.0);
    let done = web
        .run(move |bank| {
            let entry = read_entry(bank, &context, entry_id)?;
            let mut artefacts = entry.content.artefacts.clone();
            artefacts.retain(|own| *own != file_id);
            let content = EntryContent {
                artefacts,
                ..entry.content
            };
            edit_entry(bank, &context, entry_id, entry.edition, &content)
        })
        .await;
    match done {
        Ok(_) => Ok(see_other(&format!("/portfolio/entries/{entry_id}?done=off#files"))),
        Err(refusal) => refuse(&web, &visit, entry_id, refusal).await,
    }
}
