//! The audit: who did what, when, in which request.

use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::around::Office;
use crate::domain::event::event_types;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::audit::{AuditEntry, AuditFilter, list_audit};
use crate::portal::answer::{Refused, page, said};
use crate::portal::chosen::query;
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::SignedIn;

/// Writes on a page.
const ENTRIES: i64 = 50;

/// The most characters of what is looked for.
const CHARACTERS_MAX: usize = 100;

/// What is looked for, as it was typed.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    operation: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    request: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    before: Leaf,
}

/// What is typed into a field: nothing where it is empty, and what is wrong with it otherwise.
fn typed<T: std::str::FromStr>(text: &str, field: &str, detail: &str, problems: &mut Vec<FieldProblem>) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let read = text.parse().ok();
    if read.is_none() {
        problems.push(FieldProblem::new(format!("/{field}"), detail));
    }
    read
}

impl Wish {
    fn filter(&self) -> Result<AuditFilter, Rejection> {
        let mut problems = Vec::new();
        let words = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        for (field, text) in [("operation", &self.operation), ("by", &self.by)] {
            if text.chars().count() > CHARACTERS_MAX {
                problems.push(FieldProblem::new(format!("/{field}"), "must have 1 to 100 characters"));
            }
        }
        let filter = AuditFilter {
            institution_id: None,
            subject_id: typed(&self.subject, "subject", "is not an identifier", &mut problems),
            request_id: typed(&self.request, "request", "is not an identifier", &mut problems),
            from: typed(&self.from, "from", "must be a date such as 2026-06-30", &mut problems),
            to: typed(&self.to, "to", "must be a date such as 2026-06-30", &mut problems),
            operation: words(&self.operation),
            by: words(&self.by),
        };
        Rejection::any_of(problems).map(|()| filter)
    }

    fn query(&self) -> String {
        query(&[
            ("operation", self.operation.trim()),
            ("subject", self.subject.trim()),
            ("by", self.by.trim()),
            ("request", self.request.trim()),
            ("from", self.from.trim()),
            ("to", self.to.trim()),
        ])
    }
}

#[derive(Template)]
#[template(path = "office/audit.html")]
struct Page<'a> {
    frame: &'a Frame,
    office: &'a Office,
    entries: &'a [AuditEntry],
    operations: Vec<&'static str>,
    wish: &'a Wish,
    pager: Pager,
    refused: Option<Refused>,
}

impl Page<'_> {
    /// The same without the name of a program: `user:`, `client:`, the bank itself, or nobody.
    fn who(&self, entry: &AuditEntry) -> String {
        who(self.frame, entry)
    }

    fn details(&self, entry: &AuditEntry) -> String {
        match entry.details.as_object().is_none_or(serde_json::Map::is_empty) {
            true => String::new(),
            false => entry.details.to_string(),
        }
    }
}

fn who(frame: &Frame, entry: &AuditEntry) -> String {
    match (&entry.actor_name, entry.actor.as_str()) {
        (Some(name), _) => name.clone(),
        (None, "bank") => frame.t("audit-bank").into_owned(),
        (None, "anonymous") => frame.t("audit-anonymous").into_owned(),
        (None, label) => label.to_owned(),
    }
}

/// Every operation that is ever in the audit.
fn operations() -> Vec<&'static str> {
    let names = event_types().filter_map(|event| event.name.split_once('.').map(|(_, operation)| operation));
    let mut names: Vec<&'static str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Shows what is found.
#[get("/office/audit")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let (context, wish) = (visit.context, wish.0);
    let before = wish.before;
    let (filter, problem) = match wish.filter() {
        Ok(filter) => (filter, None),
        Err(rejection) => (AuditFilter::default(), Some(rejection)),
    };
    let limit = if problem.is_some() { 0 } else { ENTRIES + 1 };
    let mut entries = web.run(move |bank| list_audit(bank, &context, &filter, before, limit)).await?;
    let most = usize::try_from(ENTRIES).unwrap_or(usize::MAX);
    let pager = Pager::cut(
        visit.frame.language,
        (&format!("/office/audit?{}", wish.query()), "before"),
        &before,
        &mut entries,
        most,
        |one| one.audit_id,
    );
    let (status, refused) = said(problem.map(Refusal::from), visit.frame.language)?;
    let shown = Page {
        frame: &visit.frame,
        office: &office,
        pager,
        entries: &entries,
        operations: operations(),
        wish: &wish,
        refused,
    };
    page(status, &shown)
}

/// Sends what is found as a table for spreadsheets.
#[get("/office/audit.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Office::of(&visit)?;
    let SignedIn { context, frame } = visit;
    let filter = wish.0.filter()?;
    let entries = web
        .run(move |bank| {
            read_all(
                |before, limit| list_audit(bank, &context, &filter, before, limit),
                |entry| entry.audit_id,
            )
        })
        .await?;
    let columns = [
        "audit-column-at",
        "audit-column-who",
        "audit-column-actor",
        "audit-column-operation",
        "audit-column-kind",
        "audit-column-subject",
        "audit-column-institution",
        "audit-column-request",
        "audit-column-details",
    ];
    let rows = entries.iter().map(|entry| {
        [
            frame.plain_moment(&entry.at),
            who(&frame, entry),
            entry.actor.clone(),
            entry.operation.clone(),
            entry.subject_kind.clone(),
            entry.subject_id.to_string(),
            cell(entry.institution_id),
            entry.request_id.to_string(),
            entry.details.to_string(),
        ]
    });
    Ok(table(&frame, "office-nav-audit", columns, rows))
}
