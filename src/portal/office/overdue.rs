//! Every clock that has run out: claims, requests for corrections with their complaints, and cases, whoever has to do something.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::around::Office;
use crate::domain::claim::{ClaimFilter, ClaimPlace};
use crate::domain::correction::request::{CorrectionDue, RequestFilter};
use crate::domain::correction::{CaseFilter, CaseState};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::deciding::{ClaimLine, list_claim_lines};
use crate::ops::context::{Bank, Context};
use crate::ops::corrections::cases::{Case, list_cases};
use crate::ops::corrections::requests::RequestSummary;
use crate::ops::corrections::requests::answer::list_correction_requests;
use crate::ops::error::OpError;
use crate::ops::institutions::names_of;
use crate::portal::answer::page;
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::visit::SignedIn;

/// How many of each kind are shown.
const SHOWN: i64 = 50;

/// Something that should have been done.
struct Late {
    /// `claim`, `request` or `case`.
    kind: &'static str,
    path: String,
    due: String,
    on: NaiveDate,
    /// By how many working days, where it is known.
    days: Option<u32>,
    who: String,
}

/// What was found, and of which kinds there is more.
struct Found {
    claims: Vec<ClaimLine>,
    requests: Vec<RequestSummary>,
    cases: Vec<Case>,
    names: HashMap<Uuid, String>,
}

#[derive(Template)]
#[template(path = "office/overdue.html")]
struct Page<'a> {
    frame: &'a Frame,
    office: &'a Office,
    lines: Vec<Late>,
    more: Vec<(&'static str, &'static str)>,
}

/// What is overdue, at most so many of each kind.
fn find(bank: &Bank, context: &Context, limit: i64) -> Result<Found, OpError> {
    let today = bank.day(context.now);
    let claims = ClaimFilter {
        due_before: Some(today),
        ..ClaimFilter::default()
    };
    let requests = RequestFilter {
        due_before: Some(today),
        ..RequestFilter::default()
    };
    let cases = CaseFilter {
        state: Some(CaseState::Open),
        due_before: Some(today),
        ..CaseFilter::default()
    };
    let claims = list_claim_lines(bank, context, &claims, ClaimPlace::Due(None), limit)?;
    let requests = list_correction_requests(bank, context, &requests, None, limit)?;
    let cases = list_cases(bank, context, &cases, None, limit)?;
    let of_requests = requests.iter().map(|request| request.institution_id);
    let ids: Vec<Uuid> = of_requests.chain(cases.iter().map(|case| case.institution_id)).collect();
    Ok(Found {
        names: names_of(bank, &ids)?,
        claims,
        requests,
        cases,
    })
}

fn lines_of(frame: &Frame, found: &Found) -> Vec<Late> {
    let name = |institution_id: &Uuid| found.names.get(institution_id).cloned().unwrap_or_default();
    let claims = found.claims.iter().filter_map(|line| {
        let (summary, due) = (&line.summary, line.summary.due?);
        Some(Late {
            kind: "claim",
            path: format!("/office/claims/{}", summary.claim_id),
            due: frame.word("deciding-due", due.what.as_str()).into_owned(),
            on: due.on,
            days: Some(summary.overdue_working_days),
            who: summary
                .institution_name
                .clone()
                .unwrap_or_else(|| frame.t("deciding-the-bank").into_owned()),
        })
    });
    let requests = found.requests.iter().filter_map(|request| {
        let due = request.due?;
        Some(Late {
            kind: "request",
            path: format!("/office/corrections/{}", request.request_id),
            due: frame.word("office-due", due.what.as_str()).into_owned(),
            on: due.on,
            days: Some(request.overdue_working_days),
            who: match due.what {
                CorrectionDue::DecideComplaint => frame.t("deciding-the-bank").into_owned(),
                _ => name(&request.institution_id),
            },
        })
    });
    let cases = found.cases.iter().map(|case| Late {
        kind: "case",
        path: format!("/office/claims/{}", case.claim_id),
        due: frame.word("office-due", "decide_case").into_owned(),
        on: case.due_on,
        days: None,
        who: name(&case.institution_id),
    });
    let mut lines: Vec<Late> = claims.chain(requests).chain(cases).collect();
    lines.sort_by_key(|line| line.on);
    lines
}

/// Shows them, the oldest first.
#[get("/office/overdue")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let context = visit.context;
    let mut found = web.run(move |bank| find(bank, &context, SHOWN + 1)).await?;
    let shown = usize::try_from(SHOWN).unwrap_or(usize::MAX);
    let kinds = [
        (found.claims.len(), "claims", "/office/claims?whose=all&overdue=yes"),
        (found.requests.len(), "requests", "/office/corrections?state=all&overdue=yes"),
        (found.cases.len(), "cases", "/office/corrections/cases?state=open&overdue=yes"),
    ];
    let more = kinds.into_iter().filter(|(found, ..)| *found > shown);
    let more = more.map(|(_, word, path)| (word, path)).collect();
    found.claims.truncate(shown);
    found.requests.truncate(shown);
    found.cases.truncate(shown);
    let page_shown = Page {
        frame: &visit.frame,
        office: &office,
        lines: lines_of(&visit.frame, &found),
        more,
    };
    page(StatusCode::OK, &page_shown)
}

/// Sends them as a table for spreadsheets.
#[get("/office/overdue.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    Office::of(&visit)?;
    let SignedIn { context, frame } = visit;
    let found = web.run(move |bank| find(bank, &context, ROWS_MAX)).await?;
    let columns = [
        "office-overdue-column-kind",
        "office-overdue-column-due",
        "office-overdue-column-on",
        "office-overdue-column-days",
        "office-overdue-column-who",
        "office-overdue-column-address",
    ];
    let rows = lines_of(&frame, &found).into_iter().map(|line| {
        [
            frame.word("office-overdue", line.kind).into_owned(),
            line.due,
            line.on.to_string(),
            cell(line.days),
            line.who,
            line.path,
        ]
    });
    Ok(table(&frame, "office-nav-overdue", columns, rows))
}
