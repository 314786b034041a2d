//! Papers of the own record: those that were issued, how far each is, the PDF, and taking one back.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use uuid::Uuid;

use super::parts::{About, Before, Sure, about, and_one, newest_outcomes, only_one, outcome_names};
use crate::domain::statement::StatementStatus;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::http::statements::printed;
use crate::ops::statements::{Statement, download_statement, list_statements, read_statement, revoke_statement};
use crate::portal::answer::{page, see_other};
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::Pager;
use crate::portal::upload::size;
use crate::portal::visit::{Nothing, Posted, SignedIn};

/// Papers on a page.
const ROWS: usize = 20;

/// The most outcomes of a paper that are named.
const NAMED: usize = 30;

#[derive(Template)]
#[template(path = "learner/statements.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    statements: &'a [Statement],
    names: &'a HashMap<Uuid, Name<'static>>,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "learner/statement.html")]
struct StatementPage<'a> {
    frame: &'a Frame,
    statement: &'a Statement,
    about: Vec<About>,
    /// How many outcomes are not named.
    others: usize,
    done: Option<&'static str>,
}

impl ListPage<'_> {
    /// What a paper about one outcome is about.
    fn about(&self, statement: &Statement) -> Option<&Name<'static>> {
        only_one(self.names, &statement.outcome_ids)
    }
}

impl StatementPage<'_> {
    fn is_under_way(&self) -> bool {
        is_under_way(self.statement)
    }

    fn may_be_revoked(&self) -> bool {
        !matches!(self.statement.status, StatementStatus::Revoked | StatementStatus::Failed)
    }

    /// Where anybody checks the number, on this site.
    fn check_path(&self) -> String {
        format!("/check/{}", self.statement.number.replace(' ', ""))
    }

    fn size(&self, bytes: &i64) -> String {
        size(*bytes)
    }
}

fn is_under_way(statement: &Statement) -> bool {
    matches!(statement.status, StatementStatus::Queued | StatementStatus::Running)
}

/// Lists the papers.
#[get("/statements")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, before: Query<Before>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let before = before.0.before;
    let mut statements = web.run(move |bank| list_statements(bank, &context, before, and_one(ROWS))).await?;
    let pager = Pager::cut(frame.language, ("/statements", "before"), &before, &mut statements, ROWS, |one| {
        one.statement_id
    });
    let outcomes = match statements.is_empty() {
        true => Vec::new(),
        false => newest_outcomes(&web, context).await?,
    };
    let shown = ListPage {
        frame: &frame,
        names: &outcome_names(&frame, &outcomes),
        pager,
        statements: &statements,
    };
    page(StatusCode::OK, &shown)
}

/// Sends the list of the papers as a table for spreadsheets.
#[get("/statements.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let statements = web
        .run(move |bank| {
            read_all(
                |before, limit| list_statements(bank, &context, before, limit),
                |statement| statement.statement_id,
            )
        })
        .await?;
    let names = outcome_names(&frame, &newest_outcomes(&web, context).await?);
    let columns = [
        "column-paper-number",
        "column-kind",
        "column-about",
        "column-status",
        "column-issued",
        "column-revoked",
        "column-id",
    ];
    let rows = statements.iter().map(|statement| {
        [
            statement.number.clone(),
            frame.word("papers-kind", statement.kind.as_str()).into_owned(),
            cell(only_one(&names, &statement.outcome_ids).map(Name::text)),
            frame.word("papers-state", statement.status.as_str()).into_owned(),
            frame.plain_moment(&statement.issued_at),
            frame.plain_moment_if(statement.revoked_at.as_ref()),
            statement.statement_id.to_string(),
        ]
    });
    Ok(table(&frame, "folio-nav-statements", columns, rows))
}

/// Shows a paper, and how far it is.
#[get("/statements/{statement_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, before: Query<Before>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let statement = web.run(move |bank| read_statement(bank, &context, id.0)).await?;
    let outcomes = newest_outcomes(&web, context).await?;
    let mut about = about(&frame, &outcome_names(&frame, &outcomes), &statement.outcome_ids);
    about.truncate(NAMED);
    let shown = StatementPage {
        frame: &frame,
        others: statement.outcome_ids.len().saturating_sub(about.len()),
        about,
        statement: &statement,
        done: match before.0.done.as_str() {
            "issued" if is_under_way(&statement) => Some("papers-issued"),
            "revoked" => Some("papers-revoked"),
            _ => None,
        },
    };
    page(StatusCode::OK, &shown)
}

/// Sends the PDF.
#[get("/statements/{statement_id}/pdf")]
pub(super) async fn fetch(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let paper = web.run(move |bank| download_statement(bank, &context, id.0)).await?;
    Ok(printed(paper))
}

fn sure<'a>(frame: &'a Frame, statement: &Statement) -> Sure<'a> {
    let at = format!("/statements/{}", statement.statement_id);
    Sure {
        frame,
        of: statement.number.clone(),
        title: frame.t("papers-revoke"),
        text: frame.t("papers-revoke-text"),
        action: format!("{at}/revoke"),
        back: at,
        refused: None,
    }
}

/// Asks before a paper is taken back.
#[get("/statements/{statement_id}/revoke")]
pub(super) async fn ask_to_revoke(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let statement = web.run(move |bank| read_statement(bank, &context, id.0)).await?;
    sure(&frame, &statement).ask()
}

/// Takes a paper back.
#[post("/statements/{statement_id}/revoke")]
pub(super) async fn revoke(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, .. } = posted;
    let SignedIn { context, frame } = visit.signed_in()?;
    let statement = web.run(move |bank| read_statement(bank, &context, id.0)).await?;
    let done = web.run(move |bank| revoke_statement(bank, &context, once.as_deref(), id.0)).await;
    match done {
        Ok(_) => Ok(see_other(&format!("/statements/{}?done=revoked", id.0))),
        Err(refusal) => sure(&frame, &statement).not_done(refusal),
    }
}
