//! Evidence files of one's own: kept once, and attached to claims, appeals and requests for corrections.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::around::stored;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::file::saved;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::evidence::EvidenceFile;
use crate::ops::evidence::read::{Downloaded, download_evidence, list_own_evidence, remove_evidence};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::download::{read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::upload::{received, size, size_max};
use crate::portal::visit::{Nothing, Posted, SignedIn};

/// Files on a page.
const FILES: i64 = 20;

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    before: Leaf,
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "learner/evidence.html")]
struct Page<'a> {
    frame: &'a Frame,
    files: &'a [EvidenceFile],
    pager: Pager,
    most: String,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn size(&self, file: &EvidenceFile) -> String {
        size(file.bytes)
    }

    /// Whether the learner may remove it now.
    fn may_go(&self, file: &EvidenceFile) -> bool {
        !file.in_use && file.institution_id.is_none()
    }
}

/// How large a file may be, as people say it.
pub(super) fn largest(web: &Web) -> String {
    size_max(web.bank.evidence_bytes_max)
}

async fn answer(web: &Web, visit: &SignedIn, status: StatusCode, wish: &Wish, refused: Option<Refused>) -> Result<HttpResponse, Refusal> {
    let (context, before) = (visit.context, wish.before);
    let mut files = web.run(move |bank| list_own_evidence(bank, &context, before, FILES + 1)).await?;
    let most = usize::try_from(FILES).unwrap_or(usize::MAX);
    let pager = Pager::cut(
        visit.frame.language,
        ("/claims/evidence", "before"),
        &before,
        &mut files,
        most,
        |one| one.file_id,
    );
    let shown = Page {
        frame: &visit.frame,
        files: &files,
        pager,
        most: largest(web),
        refused,
        done: match wish.done.as_str() {
            "uploaded" => Some("claims-evidence-uploaded"),
            "removed" => Some("claims-evidence-removed"),
            _ => None,
        },
    };
    page(status, &shown)
}

/// Lists the files.
#[get("/claims/evidence")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    answer(&web, &visit, StatusCode::OK, &wish.0, None).await
}

/// Sends the list of the files as a table for spreadsheets.
#[get("/claims/evidence.csv")]
pub(super) async fn download_list(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let files = web
        .run(move |bank| {
            read_all(
                |before, limit| list_own_evidence(bank, &context, before, limit),
                |file| file.file_id,
            )
        })
        .await?;
    let columns = ["column-name", "column-bytes", "column-uploaded", "column-remark", "column-id"];
    let rows = files.iter().map(|file| {
        let remarks = [
            file.institution_id.map(|_| frame.t("claims-evidence-of-institution")),
            file.in_use.then(|| frame.t("claims-evidence-in-use")),
        ];
        let remarks: Vec<_> = remarks.into_iter().flatten().collect();
        [
            file.name.clone(),
            file.bytes.to_string(),
            frame.plain_moment(&file.uploaded_at),
            remarks.join(&frame.t("list-separator")),
            file.file_id.to_string(),
        ]
    });
    Ok(table(&frame, "claims-evidence", columns, rows))
}

/// Keeps a file.
#[post("/claims/evidence")]
pub(super) async fn upload(web: web::Data<Web>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let (posted, behind) = received::<Nothing>(&request, payload).await?;
    let visit = posted.visit.signed_in()?;
    visit.learner_id()?;
    let kept = match behind.taken_as_evidence(&web).await {
        Ok(None) => Err(Rejection::field("/file", "must be given").into()),
        Ok(Some(file)) => stored(&web, visit.context, posted.once, file).await,
        Err(refusal) => Err(refusal),
    };
    match kept {
        Ok(_) => Ok(see_other("/claims/evidence?done=uploaded")),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            answer(&web, &visit, status, &Wish::default(), Some(refused)).await
        }
    }
}

/// Sends a file as it was uploaded.
#[get("/claims/evidence/{file_id}")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let (context, learner_id) = (visit.context, visit.learner_id()?);
    let Downloaded { file, content } = web.run(move |bank| download_evidence(bank, &context, learner_id, id.0)).await?;
    Ok(saved(&file)?
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(content.to_vec()))
}

/// Removes a file that nothing uses.
#[post("/claims/evidence/{file_id}/remove")]
pub(super) async fn remove(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, learner_id) = (visit.context, visit.learner_id()?);
    match web.run(move |bank| remove_evidence(bank, &context, learner_id, id.0)).await {
        Ok(()) => Ok(see_other("/claims/evidence?done=removed")),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            answer(&web, &visit, status, &Wish::default(), Some(refused)).await
        }
    }
}
