//! The cases in which institutions decide again on what a corrected outcome bought.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Office;
use crate::domain::correction::{CaseFilter, CaseState};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::corrections::cases::{Case, list_cases};
use crate::ops::institutions::names_of;
use crate::portal::answer::page;
use crate::portal::chosen::{Chosen, query};
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::SignedIn;

/// Cases on a page.
const CASES: usize = 25;

/// Which of them are looked at.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    state: Chosen<CaseState>,
    #[serde(default)]
    overdue: String,
    #[serde(default)]
    before: Leaf,
}

#[derive(Template)]
#[template(path = "office/cases.html")]
struct Page<'a> {
    frame: &'a Frame,
    office: &'a Office,
    cases: &'a [Case],
    institutions: HashMap<Uuid, String>,
    wish: &'a Wish,
    pager: Pager,
}

impl Wish {
    fn is_overdue(&self) -> bool {
        !self.overdue.is_empty()
    }

    fn filter(&self, today: NaiveDate) -> CaseFilter {
        CaseFilter {
            state: self.state.0,
            due_before: self.is_overdue().then_some(today),
            ..CaseFilter::default()
        }
    }

    fn query(&self) -> String {
        query(&[("state", &self.state.text()), ("overdue", &self.overdue)])
    }
}

impl Page<'_> {
    fn states(&self) -> &'static [CaseState] {
        CaseState::ALL
    }

    fn institution(&self, institution_id: &Uuid) -> &str {
        self.institutions.get(institution_id).map_or("", String::as_str)
    }
}

/// Lists the cases. The institutions decide them; the bank sees that they do.
#[get("/office/corrections/cases")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let (context, wish) = (visit.context, wish.0);
    let filter = wish.filter(web.bank.day(context.now));
    let (before, limit) = (wish.before, i64::try_from(CASES + 1).unwrap_or(i64::MAX));
    let (mut cases, institutions) = web
        .run(move |bank| {
            let cases = list_cases(bank, &context, &filter, before, limit)?;
            let ids: Vec<Uuid> = cases.iter().map(|case| case.institution_id).collect();
            let names = names_of(bank, &ids)?;
            Ok((cases, names))
        })
        .await?;
    let pager = Pager::cut(
        visit.frame.language,
        (&format!("/office/corrections/cases?{}", wish.query()), "before"),
        &before,
        &mut cases,
        CASES,
        |one| one.case_id,
    );
    let shown = Page {
        frame: &visit.frame,
        office: &office,
        pager,
        cases: &cases,
        institutions,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends the cases as a table for spreadsheets.
#[get("/office/corrections/cases.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Office::of(&visit)?;
    let SignedIn { context, frame } = visit;
    let filter = wish.0.filter(web.bank.day(context.now));
    let (cases, names) = web
        .run(move |bank| {
            let cases = list_cases(bank, &context, &filter, None, ROWS_MAX)?;
            let ids: Vec<Uuid> = cases.iter().map(|case| case.institution_id).collect();
            Ok((cases, names_of(bank, &ids)?))
        })
        .await?;
    let columns = [
        "column-opened",
        "column-institution",
        "column-learner",
        "column-account",
        "column-status",
        "column-due-on",
        "column-decided-by",
        "column-decided-at",
        "column-reason",
        "column-id",
    ];
    let rows = cases.iter().map(|case| {
        let learner = case.learner.as_ref();
        [
            case.opened_on.to_string(),
            cell(names.get(&case.institution_id)),
            cell(learner.map(|learner| &learner.name_masked)),
            cell(learner.map(|learner| &learner.account_number)),
            frame.word("office-case", case.state.as_str()).into_owned(),
            case.due_on.to_string(),
            cell(case.decided_by_name.as_ref()),
            frame.plain_moment_if(case.decided_at.as_ref()),
            cell(case.reason.as_ref()),
            case.case_id.to_string(),
        ]
    });
    Ok(table(&frame, "office-cases", columns, rows))
}
