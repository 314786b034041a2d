//! An institution's files of outcomes: those that it brought, and the form by which it brings one.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use crate::domain::actor::MemberRole;
use crate::domain::evidence::FileName;
use crate::domain::import::ImportStatus;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::deposit::Novelty;
use crate::ops::imports::receive::{NewImport, receive_import};
use crate::ops::imports::{Format, Import, ImportSummary, list_imports};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::query;
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::upload::{Behind, SentFile, received, size_max};
use crate::portal::visit::{Posted, SignedIn};

/// Imports on a page.
const IMPORTS: usize = 20;

/// The most characters of the name of a sheet.
const SHEET_MAX: usize = 100;

/// Which imports are looked at.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    status: String,
    #[serde(default)]
    before: Leaf,
}

/// What is said of a file beside the file.
#[derive(Default, Deserialize)]
pub(super) struct Upload {
    #[serde(default)]
    format: String,
    #[serde(default)]
    sheet: String,
}

#[derive(Template)]
#[template(path = "school/files.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    imports: &'a [ImportSummary],
    pager: Pager,
    wish: &'a Wish,
    typed: &'a Upload,
    size_max: String,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn may_bring(&self) -> bool {
        self.desk.roles.contains(&MemberRole::Registrar)
    }

    fn statuses(&self) -> &'static [ImportStatus] {
        ImportStatus::ALL
    }

    fn formats(&self) -> &'static [Format] {
        Format::ALL
    }
}

async fn shown(web: &Web, visit: &SignedIn, desk: &Desk, wish: &Wish, answer: Answered<'_>) -> Result<HttpResponse, Refusal> {
    let (context, institution_id, before) = (visit.context, desk.institution_id, wish.before);
    let status = ImportStatus::parse(&wish.status);
    let limit = i64::try_from(IMPORTS + 1).unwrap_or(i64::MAX);
    let mut imports = web
        .run(move |bank| list_imports(bank, &context, institution_id, status, before, limit))
        .await?;
    let pager = Pager::cut(
        visit.frame.language,
        (
            &format!("/desk/{}/files?{}", desk.institution_id, query(&[("status", &wish.status)])),
            "before",
        ),
        &before,
        &mut imports,
        IMPORTS,
        |one| one.import_id,
    );
    let shown = Page {
        frame: &visit.frame,
        desk,
        pager,
        imports: &imports,
        wish,
        typed: answer.typed,
        size_max: size_max(web.bank.import_bytes_max),
        refused: answer.refused,
    };
    page(answer.status, &shown)
}

/// How a page answers a form.
struct Answered<'a> {
    status: StatusCode,
    refused: Option<Refused>,
    typed: &'a Upload,
}

/// Lists the files, and asks for one.
#[get("/desk/{institution_id}/files")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let answer = Answered {
        status: StatusCode::OK,
        refused: None,
        typed: &Upload::default(),
    };
    shown(&web, &visit, &desk, &wish.0, answer).await
}

/// Sends the files as a table for spreadsheets, with what came of each.
#[get("/desk/{institution_id}/files.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let status = ImportStatus::parse(&wish.0.status);
    let imports = web
        .run(move |bank| {
            read_all(
                |before, limit| list_imports(bank, &context, id.0, status, before, limit),
                |import| import.import_id,
            )
        })
        .await?;
    let columns = [
        "files-file",
        "column-status",
        "column-created",
        "column-finished",
        "file-figure-outcomes",
        "file-result-accepted",
        "file-result-flagged",
        "file-result-already-there",
        "file-result-refused",
        "column-id",
    ];
    let rows = imports.iter().map(|import| {
        let totals = import.deposit.as_ref().or(import.check.as_ref());
        [
            import.file_name.clone(),
            frame.word("files-status", import.status.as_str()).into_owned(),
            frame.plain_moment(&import.created_at),
            frame.plain_moment_if(import.finished_at.as_ref()),
            cell(totals.map(|totals| totals.outcomes)),
            cell(totals.map(|totals| totals.accepted)),
            cell(totals.map(|totals| totals.flagged)),
            cell(totals.map(|totals| totals.already_there)),
            cell(totals.map(|totals| totals.refused)),
            import.import_id.to_string(),
        ]
    });
    Ok(table(&frame, "desk-nav-files", columns, rows))
}

/// What is to be imported, with the file that was sent.
fn named(institution_id: Uuid, sent: Option<SentFile>, upload: &Upload) -> Result<(NewImport, SentFile), Rejection> {
    let sent = sent.ok_or_else(|| Rejection::field("/file", "is required"))?;
    let file_name = FileName::try_from(sent.name.clone()).map_err(|detail| Rejection::field("/file", detail))?;
    let sheet = upload.sheet.trim();
    if sheet.chars().count() > SHEET_MAX {
        return Err(Rejection::field("/sheet", "must have 1 to 100 characters"));
    }
    let new = NewImport {
        institution_id,
        file_name,
        format: Format::parse(&upload.format),
        sheet: Some(sheet.to_owned()).filter(|sheet| !sheet.is_empty()),
    };
    Ok((new, sent))
}

/// Takes the file of a form and imports it. From others than those who deposit none is taken, however large it may be.
async fn brought(web: &Web, visit: &SignedIn, desk: &Desk, upload: &Upload, behind: Behind) -> Result<(Novelty, Import), Refusal> {
    desk.needs(Action::DepositOutcome)?;
    let bytes_max = web.bank.import_bytes_max;
    let sent = behind.taken(web, bytes_max, Rejection::ImportTooLarge { bytes_max }).await?;
    let (new, mut sent) = named(desk.institution_id, sent, upload)?;
    let (context, language) = (visit.context, visit.frame.language);
    web.run(move |bank| receive_import(bank, &context, &new, &mut sent.content, language))
        .await
}

/// Takes a file; its dry run begins at once.
#[post("/desk/{institution_id}/files")]
pub(super) async fn bring(web: web::Data<Web>, request: HttpRequest, id: Id, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let (Posted { visit, form, .. }, behind) = received::<Upload>(&request, payload).await?;
    let visit = visit.signed_in()?;
    let desk = Desk::of(&web, &visit, id.0).await?;
    let language = visit.frame.language;
    match brought(&web, &visit, &desk, &form, behind).await {
        Ok((novelty, import)) => {
            let done = match novelty {
                Novelty::Created => "received",
                Novelty::AlreadyThere => "known",
            };
            Ok(see_other(&format!("/desk/{}/files/{}?done={done}", id.0, import.summary.import_id)))
        }
        Err(refusal) => {
            let (status, refused) = refused(refusal, language)?;
            let answer = Answered {
                status,
                refused: Some(refused),
                typed: &form,
            };
            shown(&web, &visit, &desk, &Wish::default(), answer).await
        }
    }
}
