//! What learners complain of to the bank, where an institution refused a correction; all other requests; and the cases in which
//! institutions decide again.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Office;
use crate::domain::actor::BankRole;
use crate::domain::claim::AppealDecision;
use crate::domain::correction::request::{RequestFilter, RequestState};
use crate::domain::correction::{CaseFilter, CaseState};
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::corrections::cases::{Case, list_cases};
use crate::ops::corrections::requests::answer::{ComplaintDecision, decide_complaint, list_correction_requests, read_correction_request};
use crate::ops::corrections::requests::{Request, RequestSummary};
use crate::ops::institutions::names_of;
use crate::ops::outcomes::{OutcomeView, read_outcome};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::{Chosen, query};
use crate::portal::frame::Frame;
use crate::portal::visit::{Done, Posted, SignedIn};

/// Requests or cases on a page.
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
    before: Chosen<Uuid>,
}

impl Wish {
    fn is_overdue(&self) -> bool {
        !self.overdue.is_empty()
    }

    fn query(&self, before: &str) -> String {
        query(&[("state", &self.state), ("overdue", &self.overdue), ("before", before)])
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
    next: Option<String>,
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

    fn first(&self) -> String {
        self.wish.query("")
    }
}

/// Lists the requests: those that wait for the bank first of all.
#[get("/office/corrections")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let (context, wish) = (visit.context, wish.0);
    let filter = RequestFilter {
        state: wish.state(),
        due_before: wish.is_overdue().then(|| web.bank.day(context.now)),
        ..RequestFilter::default()
    };
    let (before, limit) = (wish.before.0, i64::try_from(ON_A_PAGE + 1).unwrap_or(i64::MAX));
    let (mut requests, institutions) = web
        .run(move |bank| {
            let requests = list_correction_requests(bank, &context, &filter, before, limit)?;
            let ids: Vec<Uuid> = requests.iter().map(|request| request.institution_id).collect();
            let names = names_of(bank, &ids)?;
            Ok((requests, names))
        })
        .await?;
    let more = requests.len() > ON_A_PAGE;
    requests.truncate(ON_A_PAGE);
    let shown = ListPage {
        frame: &visit.frame,
        office: &office,
        next: requests
            .last()
            .filter(|_| more)
            .map(|last| wish.query(&last.request_id.to_string())),
        requests: &requests,
        institutions,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
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
    fn kilobytes(&self, bytes: &i64) -> String {
        self.frame.t1("deciding-kilobytes", "size", (*bytes + 1023) / 1024).into_owned()
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

/// Which cases are looked at.
#[derive(Default, Deserialize)]
pub(super) struct CaseWish {
    #[serde(default)]
    state: Chosen<CaseState>,
    #[serde(default)]
    overdue: String,
    #[serde(default)]
    before: Chosen<Uuid>,
}

#[derive(Template)]
#[template(path = "office/cases.html")]
struct CasesPage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    cases: &'a [Case],
    institutions: HashMap<Uuid, String>,
    wish: &'a CaseWish,
    next: Option<String>,
}

impl CaseWish {
    fn is_overdue(&self) -> bool {
        !self.overdue.is_empty()
    }

    fn query(&self, before: &str) -> String {
        query(&[("state", &self.state.text()), ("overdue", &self.overdue), ("before", before)])
    }
}

impl CasesPage<'_> {
    fn states(&self) -> &'static [CaseState] {
        CaseState::ALL
    }

    fn institution(&self, institution_id: &Uuid) -> &str {
        self.institutions.get(institution_id).map_or("", String::as_str)
    }

    fn first(&self) -> String {
        self.wish.query("")
    }
}

/// Lists the cases. The institutions decide them; the bank sees that they do.
#[get("/office/corrections/cases")]
pub(super) async fn list_of_cases(web: web::Data<Web>, visit: SignedIn, wish: Query<CaseWish>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(&visit)?;
    let (context, wish) = (visit.context, wish.0);
    let filter = CaseFilter {
        state: wish.state.0,
        due_before: wish.is_overdue().then(|| web.bank.day(context.now)),
        ..CaseFilter::default()
    };
    let (before, limit) = (wish.before.0, i64::try_from(ON_A_PAGE + 1).unwrap_or(i64::MAX));
    let (mut cases, institutions) = web
        .run(move |bank| {
            let cases = list_cases(bank, &context, &filter, before, limit)?;
            let ids: Vec<Uuid> = cases.iter().map(|case| case.institution_id).collect();
            let names = names_of(bank, &ids)?;
            Ok((cases, names))
        })
        .await?;
    let more = cases.len() > ON_A_PAGE;
    cases.truncate(ON_A_PAGE);
    let shown = CasesPage {
        frame: &visit.frame,
        office: &office,
        next: cases.last().filter(|_| more).map(|last| wish.query(&last.case_id.to_string())),
        cases: &cases,
        institutions,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}
