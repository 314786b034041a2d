//! The corrections of an institution.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::around::Desk;
use crate::domain::correction::{CorrectionScope, CorrectionState, PeriodOf};
use crate::domain::policy::Action;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::corrections::Correction;
use crate::ops::corrections::reading::list_corrections;
use crate::portal::answer::page;
use crate::portal::chosen::query;
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::SignedIn;

/// Corrections on a page.
const CORRECTIONS: usize = 20;

/// Which of them.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    state: String,
    #[serde(default)]
    before: Leaf,
}

#[derive(Template)]
#[template(path = "school/corrections.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    wish: &'a Wish,
    corrections: &'a [Correction],
    pager: Pager,
}

impl ListPage<'_> {
    fn states(&self) -> &'static [CorrectionState] {
        CorrectionState::ALL
    }

    fn is_state(&self, state: &CorrectionState) -> bool {
        self.wish.state == state.as_str()
    }

    fn scope(&self, correction: &Correction) -> Cow<'static, str> {
        scope_said(self.frame, &correction.scope)
    }

    fn may_begin(&self) -> bool {
        self.desk.may(Action::PreviewCorrection)
    }
}

/// What a correction is about.
pub(super) fn scope_said(frame: &Frame, scope: &CorrectionScope) -> Cow<'static, str> {
    match scope {
        CorrectionScope::Outcome { .. } => frame.t("corrections-scope-outcome"),
        CorrectionScope::Batch {
            outcome_ids,
            certificate_numbers,
        } => frame.t1("corrections-scope-batch", "count", outcome_ids.len() + certificate_numbers.len()),
        CorrectionScope::Period { by, from, to, .. } => {
            let id = match by {
                PeriodOf::Awarded => "corrections-scope-awarded",
                PeriodOf::Deposited => "corrections-scope-deposited",
            };
            let (from, to) = (frame.day(from).into_owned(), frame.day(to).into_owned());
            frame.t2(id, ("from", from), ("to", to))
        }
    }
}

/// Lists them.
#[get("/desk/{institution_id}/corrections")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let wish = wish.0;
    let (context, institution_id, before) = (visit.context, id.0, wish.before);
    let state = CorrectionState::parse(&wish.state);
    let limit = i64::try_from(CORRECTIONS + 1).unwrap_or(i64::MAX);
    let mut corrections = web
        .run(move |bank| list_corrections(bank, &context, Some(institution_id), state, before, limit))
        .await?;
    let pager = Pager::cut(
        visit.frame.language,
        (
            &format!("/desk/{}/corrections?{}", desk.institution_id, query(&[("state", &wish.state)])),
            "before",
        ),
        &before,
        &mut corrections,
        CORRECTIONS,
        |one| one.correction_id,
    );
    let shown = ListPage {
        frame: &visit.frame,
        desk: &desk,
        pager,
        corrections: &corrections,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends them as a table for spreadsheets.
#[get("/desk/{institution_id}/corrections.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let state = CorrectionState::parse(&wish.0.state);
    let corrections = web
        .run(move |bank| {
            read_all(
                |before, limit| list_corrections(bank, &context, Some(id.0), state, before, limit),
                |correction| correction.correction_id,
            )
        })
        .await?;
    let columns = [
        "column-kind",
        "column-about",
        "corrections-state",
        "corrections-reason",
        "corrections-citation",
        "corrections-count-outcomes",
        "column-previewed-by",
        "column-previewed-at",
        "column-applied-by",
        "column-applied-at",
        "column-id",
    ];
    let rows = corrections.iter().map(|correction| {
        [
            frame.word("corrections-kind", correction.kind.as_str()).into_owned(),
            scope_said(&frame, &correction.scope).into_owned(),
            frame.word("corrections-state", correction.state.as_str()).into_owned(),
            correction.reason.clone(),
            correction.citation.clone(),
            correction.counts.outcomes.to_string(),
            correction.previewed_by_name.clone(),
            frame.plain_moment(&correction.previewed_at),
            cell(correction.applied_by_name.as_ref()),
            frame.plain_moment_if(correction.applied_at.as_ref()),
            correction.correction_id.to_string(),
        ]
    });
    Ok(table(&frame, "desk-nav-corrections", columns, rows))
}
