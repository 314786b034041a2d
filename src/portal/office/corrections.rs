//! What learners complain of to the bank, where an institution refused a correction; and all other requests.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Office;
use crate::domain::actor::BankRole;
use crate::domain::claim::AppealDecision;
use crate::domain::correction::request::{RequestFilter, RequestState};
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::corrections::requests::answer::{ComplaintDecision, decide_complaint, list_correction_requests, read_correction_request};
use crate::ops::corrections::requests::{Request, RequestSummary};
use crate::ops::institutions::names_of;
use crate::ops::outcomes::{OutcomeView, read_outcome};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::query;
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::upload::size;
use crate::portal::visit::{Done, Posted, SignedIn};

/// Requests on a page.
const ON_A_PAGE: usize = 25;

/// What is looked at.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    /// A state, or `all`; complaints where it is empty.
    #[serde(default)]
    state: String,
    #[serde(default)]
    overdue: String,
    #[serde(default)]
    before: Leaf,
}

impl Wish {
    fn is_overdue(&self) -> bool {
        !self.overdue.is_empty()
    }

    fn query(&self) -> String {
        query(&[("state", &self.state), ("overdue", &self.overdue)])
    }

    fn filter(&self, today: NaiveDate) -> RequestFilter {
        RequestFilter {
            state: self.state(),
            due_before: self.is_overdue().then_some(today),
            ..RequestFilter::default()
        }
    }

    /// Which requests are meant.
    fn state(&self) -> Option<RequestState> {
        match self.state.as_str() {
            "" => Some(RequestState::Complained),
            word => RequestState::parse(word),
        }
    }
}

#[derive(Template)]
#[template(path = "office/corrections.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    requests: &'a [RequestSummary],
    institutions: HashMap<Uuid, String>,
    wish: &'a Wish,
    pager: Pager,
}

impl ListPage<'_> {
    fn states(&self) -> &'static [RequestState] {
        RequestState::ALL
    }

    fn is_chosen(&self, state: &RequestState) -> bool {
        self.wish.state() == Some(*state)
    }

    fn institution(&self, institution_id: &Uuid) -> &str {
        self.institutions.get(institution_id).map_or("", String::as_str)
    }
}

/// Lists the requests: those that wait for the bank first of all.
#[get("/office/corrections")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let (context, wish) = (visit.context, wish.0);
    let filter = wish.filter(web.bank.day(context.now));
    let (before, limit) = (wish.before, i64::try_from(ON_A_PAGE + 1).unwrap_or(i64::MAX));
    let (mut requests, institutions) = web
        .run(move |bank| {
            let requests = list_correction_requests(bank, &context, &filter, before, limit)?;
            let ids: Vec<Uuid> = requests.iter().map(|request| request.institution_id).collect();
            let names = names_of(bank, &ids)?;
            Ok((requests, names))
        })
        .await?;
    let pager = Pager::cut(
        visit.frame.language,
        (&format!("/office/corrections?{}", wish.query()), "before"),
        &before,
        &mut requests,
        ON_A_PAGE,
        |one| one.request_id,
    );
    let shown = ListPage {
        frame: &visit.frame,
        office: &office,
        pager,
        requests: &requests,
        institutions,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends the requests as a table for spreadsheets.
#[get("/office/corrections.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Office::of(&visit)?;
    let SignedIn { context, frame } = visit;
    let filter = wish.0.filter(web.bank.day(context.now));
    let (requests, names) = web
        .run(move |bank| {
            let requests = list_correction_requests(bank, &context, &filter, None, ROWS_MAX)?;
            let ids: Vec<Uuid> = requests.iter().map(|request| request.institution_id).collect();
            Ok((requests, names_of(bank, &ids)?))
        })
        .await?;
    let columns = [
        "column-requested",
        "column-kind",
        "column-institution",
        "column-status",
        "column-due",
        "column-due-on",
        "column-overdue",
        "column-id",
    ];
    let rows = requests.iter().map(|request| {
        [
            frame.plain_moment(&request.requested_at),
            frame.word("office-request-kind", request.kind.as_str()).into_owned(),
            cell(names.get(&request.institution_id)),
            frame.word("office-request", request.state.as_str()).into_owned(),
            cell(request.due.as_ref().map(|due| frame.word("office-due", due.what.as_str()))),
            cell(request.due.as_ref().map(|due| due.on)),
            request.overdue_working_days.to_string(),
            request.request_id.to_string(),
        ]
    });
    Ok(table(&frame, "office-nav-corrections", columns, rows))
}

/// What is decided.
#[derive(Default, Deserialize)]
pub(super) struct Decided {
    #[serde(default)]
    decision: String,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "office/correction.html")]
struct OnePage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    request: &'a Request,
    outcome: &'a OutcomeView,
    may_decide: bool,
    typed: &'a Decided,
    refused: Option<Refused>,
    done: bool,
}

impl OnePage<'_> {
    fn size(&self, bytes: &i64) -> String {
        size(*bytes)
    }
}

async fn one(
    web: &Web,
    visit: &SignedIn,
    request_id: Uuid,
    status: StatusCode,
    (typed, refused, done): (&Decided, Option<Refused>, bool),
) -> Result<HttpResponse, Refusal> {
    let office = Office::of(visit)?;
    let context = visit.context;
    let (request, outcome) = web
        .run(move |bank| {
            let request = read_correction_request(bank, &context, request_id)?;
            let outcome = read_outcome(bank, &context, request.summary.outcome_id)?;
            Ok((request, outcome))
        })
        .await?;
    let shown = OnePage {
        frame: &visit.frame,
        may_decide: office.role == BankRole::Officer && request.summary.state == RequestState::Complained,
        office: &office,
        request: &request,
        outcome: &outcome,
        typed,
        refused,
        done,
    };
    page(status, &shown)
}

/// Shows a request with what was said by both sides.
#[get("/office/corrections/{request_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = done.0.done == "decided";
    one(&web, &visit, id.0, StatusCode::OK, (&Decided::default(), None, done)).await
}

/// Decides on a complaint.
#[post("/office/corrections/{request_id}")]
pub(super) async fn decide(web: web::Data<Web>, id: Id, posted: Posted<Decided>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    Office::of(&visit)?;
    let (context, request_id) = (visit.context, id.0);
    let decided = match AppealDecision::parse(&form.decision) {
        None => Err(Rejection::field("/decision", "must be given").into()),
        Some(decision) => {
            let decision = ComplaintDecision {
                decision,
                reason: form.reason.clone(),
            };
            web.run(move |bank| decide_complaint(bank, &context, once.as_deref(), request_id, &decision))
                .await
        }
    };
    match decided {
        Ok(_) => Ok(see_other(&format!("/office/corrections/{request_id}?done=decided"))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            one(&web, &visit, request_id, status, (&form, Some(refused), false)).await
        }
    }
}
