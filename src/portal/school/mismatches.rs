//! Names that did not match their documents: what was not deposited for that reason, until somebody settles it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use crate::domain::policy::Action;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::mismatches::{Mismatch, MismatchStatus, list_mismatches, settle_mismatch};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::query;
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Posted, SignedIn};

/// Mismatches on a page.
const MISMATCHES: usize = 20;

/// Which of them, and what was done just before.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    status: String,
    #[serde(default)]
    before: Leaf,
    #[serde(default)]
    done: String,
}

impl Wish {
    /// Those that wait, where nothing else is wished.
    fn wanted(&self) -> MismatchStatus {
        MismatchStatus::parse(&self.status).unwrap_or(MismatchStatus::Open)
    }
}

#[derive(Template)]
#[template(path = "school/mismatches.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    wish: &'a Wish,
    mismatches: &'a [Mismatch],
    pager: Pager,
    refused: Option<Refused>,
    /// Of which the note was refused, and what was typed.
    note: Option<(Uuid, &'a str)>,
}

impl Page<'_> {
    fn statuses(&self) -> &'static [MismatchStatus] {
        MismatchStatus::ALL
    }

    fn is_status(&self, status: &MismatchStatus) -> bool {
        self.wish.wanted() == *status
    }

    fn shows_open(&self) -> bool {
        self.wish.wanted() == MismatchStatus::Open
    }

    fn may_settle(&self, mismatch: &Mismatch) -> bool {
        mismatch.status == MismatchStatus::Open && self.desk.may(Action::SettleMismatch)
    }

    fn is_refused(&self, mismatch: &Mismatch) -> bool {
        self.note.is_some_and(|(mismatch_id, _)| mismatch_id == mismatch.mismatch_id)
    }

    fn typed(&self, mismatch: &Mismatch) -> &str {
        self.note
            .filter(|(mismatch_id, _)| *mismatch_id == mismatch.mismatch_id)
            .map_or("", |(_, note)| note)
    }
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    institution_id: Uuid,
    wish: &Wish,
    (status, refused, note): (StatusCode, Option<Refused>, Option<(Uuid, &str)>),
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, institution_id).await?;
    let (context, before, wanted) = (visit.context, wish.before, wish.wanted());
    let limit = i64::try_from(MISMATCHES + 1).unwrap_or(i64::MAX);
    let mut mismatches = web
        .run(move |bank| list_mismatches(bank, &context, institution_id, Some(wanted), before, limit))
        .await?;
    let pager = Pager::cut(
        visit.frame.language,
        (
            &format!("/desk/{}/mismatches?{}", desk.institution_id, query(&[("status", &wish.status)])),
            "before",
        ),
        &before,
        &mut mismatches,
        MISMATCHES,
        |one| one.mismatch_id,
    );
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        pager,
        mismatches: &mismatches,
        wish,
        refused,
        note,
    };
    page(status, &shown)
}

/// Lists them.
#[get("/desk/{institution_id}/mismatches")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    answer(&web, &visit, id.0, &wish.0, (StatusCode::OK, None, None)).await
}

/// Sends them as a table for spreadsheets.
#[get("/desk/{institution_id}/mismatches.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let wanted = wish.0.wanted();
    let mismatches = web
        .run(move |bank| list_mismatches(bank, &context, id.0, Some(wanted), None, ROWS_MAX))
        .await?;
    let columns = [
        "column-created",
        "column-status",
        "column-given-name",
        "column-known-name",
        "column-document",
        "column-account",
        "outcomes-column-code",
        "outcomes-column-awarded",
        "outcomes-column-certificate",
        "mismatches-note",
        "column-id",
    ];
    let rows = mismatches.iter().map(|mismatch| {
        [
            frame.plain_moment(&mismatch.created_at),
            frame.word("mismatches-status", mismatch.status.as_str()).into_owned(),
            mismatch.given_name.clone(),
            mismatch.learner.name_masked.clone(),
            mismatch.learner.document_masked.clone(),
            mismatch.learner.account_number.clone(),
            mismatch.achievement_code.clone(),
            mismatch.awarded_on.to_string(),
            cell(mismatch.certificate_number.as_ref()),
            cell(mismatch.note.as_ref()),
            mismatch.mismatch_id.to_string(),
        ]
    });
    Ok(table(&frame, "mismatches-title", columns, rows))
}

/// What it was.
#[derive(Deserialize)]
pub(super) struct Settled {
    #[serde(default)]
    note: String,
}

/// Settles one.
#[post("/desk/{institution_id}/mismatches/{mismatch_id}/settle")]
pub(super) async fn settle(web: web::Data<Web>, id: Id, mismatch: Id<1>, posted: Posted<Settled>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, mismatch_id) = (visit.context, mismatch.0);
    let note = posted.form.note.replace("\r\n", "\n").trim().to_owned();
    let said = note.clone();
    match web.run(move |bank| settle_mismatch(bank, &context, mismatch_id, &said)).await {
        Ok(_) => Ok(see_other(&format!("/desk/{}/mismatches?done=settled", id.0))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            let typed = Some((mismatch_id, note.as_str()));
            answer(&web, &visit, id.0, &Wish::default(), (status, Some(refused), typed)).await
        }
    }
}
