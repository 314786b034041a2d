//! What somebody objected to on public notice, with the answers.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::notices::{heading, institution};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::notice::{Objected, list_objected};
use crate::portal::answer::page;
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::SignedIn;

/// Claims on a page.
const CLAIMS: usize = 20;

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    before: Leaf,
}

#[derive(Template)]
#[template(path = "public/objected.html")]
struct ObjectedPage<'a> {
    frame: &'a Frame,
    objected: &'a [Objected],
    pager: Pager,
}

impl ObjectedPage<'_> {
    fn heading(&self, objected: &Objected) -> Cow<'static, str> {
        heading(self.frame, objected.kind, &objected.name_masked)
    }

    fn institution<'a>(&self, objected: &'a Objected) -> Cow<'a, str> {
        institution(self.frame, objected.institution_name.as_deref())
    }
}

/// Lists what the reader objected to.
#[get("/notices/mine")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let before = wish.0.before;
    let limit = i64::try_from(CLAIMS + 1).unwrap_or(i64::MAX);
    let mut objected = web.run(move |bank| list_objected(bank, &context, before, limit)).await?;
    let pager = Pager::cut(frame.language, ("/notices/mine", "before"), &before, &mut objected, CLAIMS, |one| {
        one.claim_id
    });
    let shown = ObjectedPage {
        frame: &frame,
        pager,
        objected: &objected,
    };
    page(StatusCode::OK, &shown)
}

/// Sends them as a table for spreadsheets, a line for each objection.
#[get("/notices/mine.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let objected = web
        .run(move |bank| {
            read_all(
                |before, limit| list_objected(bank, &context, before, limit),
                |objected| objected.claim_id,
            )
        })
        .await?;
    let columns = [
        "column-about",
        "column-institution",
        "column-raised",
        "column-answer",
        "column-appeal-until",
        "column-id",
    ];
    let objections = objected
        .iter()
        .flat_map(|claim| claim.objections.iter().map(move |objection| (claim, objection)));
    let rows = objections.map(|(claim, objection)| {
        [
            heading(&frame, claim.kind, &claim.name_masked).into_owned(),
            institution(&frame, claim.institution_name.as_deref()).into_owned(),
            objection.raised_on.to_string(),
            match objection.answer {
                Some(answer) => frame.word("notices-answer", answer.as_str()).into_owned(),
                None => frame.t("notices-unanswered").into_owned(),
            },
            cell(claim.appeal_until),
            claim.claim_id.to_string(),
        ]
    });
    Ok(table(&frame, "notices-mine", columns, rows))
}
