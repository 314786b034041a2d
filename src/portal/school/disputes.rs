//! Learners' disputes: listed by what is due, read, and answered with a correction or with a refusal and its reason.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use crate::domain::correction::request::{RequestAnswer, RequestFilter, RequestState};
use crate::domain::correction::{CorrectionScope, CorrectionState};
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::http::typed::Typed;
use crate::ops::corrections::Correction;
use crate::ops::corrections::reading::list_corrections;
use crate::ops::corrections::requests::answer::{Reply, answer_correction_request, list_correction_requests, read_correction_request};
use crate::ops::corrections::requests::{Request, RequestSummary};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::query;
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Done, Posted, SignedIn};

/// Disputes on a page.
const DISPUTES: usize = 20;

/// The previewed corrections among which those of the outcome are looked for.
const PREVIEWED: i64 = 200;

/// Which of them.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    state: String,
    #[serde(default)]
    overdue: String,
    #[serde(default)]
    before: Leaf,
}

impl Wish {
    fn is_overdue(&self) -> bool {
        self.overdue == "yes"
    }

    fn filter(&self, institution_id: Uuid, today: NaiveDate) -> RequestFilter {
        RequestFilter {
            institution_id: Some(institution_id),
            state: RequestState::parse(&self.state),
            due_before: self.is_overdue().then_some(today),
            ..RequestFilter::default()
        }
    }
}

#[derive(Template)]
#[template(path = "school/disputes.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    wish: &'a Wish,
    requests: &'a [RequestSummary],
    pager: Pager,
}

impl ListPage<'_> {
    fn states(&self) -> &'static [RequestState] {
        RequestState::ALL
    }

    fn is_state(&self, state: &RequestState) -> bool {
        self.wish.state == state.as_str()
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Answered {
    #[serde(default)]
    answer: String,
    #[serde(default)]
    correction_id: String,
    #[serde(default)]
    reason: String,
}

#[derive(Template)]
#[template(path = "school/dispute.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    request: &'a Request,
    /// The corrections of the outcome that are previewed.
    corrections: &'a [Correction],
    filled: &'a Answered,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn may_answer(&self) -> bool {
        let state = self.request.summary.state;
        matches!(state, RequestState::Requested | RequestState::Accepted) && self.desk.may(Action::AnswerCorrectionRequest)
    }

    /// What was accepted is not refused later.
    fn may_refuse(&self) -> bool {
        self.request.summary.state == RequestState::Requested
    }

    fn waits(&self) -> bool {
        self.request.summary.state.is_open()
    }

    fn may_begin(&self) -> bool {
        self.desk.may(Action::PreviewCorrection)
    }

    fn may_download(&self) -> bool {
        self.desk.may(Action::ReadEvidence)
    }

    fn refuses(&self) -> bool {
        self.filled.answer == RequestAnswer::Refuse.as_str()
    }

    fn is_chosen(&self, correction: &Correction) -> bool {
        self.filled.correction_id == correction.correction_id.to_string()
    }
}

/// Lists them.
#[get("/desk/{institution_id}/disputes")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let wish = wish.0;
    let (context, institution_id, before) = (visit.context, id.0, wish.before);
    let filter = wish.filter(institution_id, web.bank.day(context.now));
    let limit = i64::try_from(DISPUTES + 1).unwrap_or(i64::MAX);
    let mut requests = web
        .run(move |bank| list_correction_requests(bank, &context, &filter, before, limit))
        .await?;
    let pager = Pager::cut(
        visit.frame.language,
        (
            &format!(
                "/desk/{}/disputes?{}",
                desk.institution_id,
                query(&[("state", &wish.state), ("overdue", &wish.overdue)])
            ),
            "before",
        ),
        &before,
        &mut requests,
        DISPUTES,
        |one| one.request_id,
    );
    let shown = ListPage {
        frame: &visit.frame,
        desk: &desk,
        pager,
        requests: &requests,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends them as a table for spreadsheets.
#[get("/desk/{institution_id}/disputes.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let filter = wish.0.filter(id.0, web.bank.day(context.now));
    let requests = web
        .run(move |bank| list_correction_requests(bank, &context, &filter, None, ROWS_MAX))
        .await?;
    let columns = [
        "column-requested",
        "column-kind",
        "column-achievement",
        "column-learner",
        "column-account",
        "corrections-state",
        "column-due",
        "column-due-on",
        "column-overdue",
        "column-id",
    ];
    let rows = requests.iter().map(|request| {
        let learner = request.learner.as_ref();
        [
            frame.plain_moment(&request.requested_at),
            frame.word("corrections-request-kind", request.kind.as_str()).into_owned(),
            cell(request.outcome_name.as_ref().map(|name| frame.name_of(name).text().to_owned())),
            cell(learner.map(|learner| &learner.name_masked)),
            cell(learner.map(|learner| &learner.account_number)),
            frame.word("corrections-request", request.state.as_str()).into_owned(),
            cell(request.due.as_ref().map(|due| frame.word("corrections-due", due.what.as_str()))),
            cell(request.due.as_ref().map(|due| due.on)),
            request.overdue_working_days.to_string(),
            request.request_id.to_string(),
        ]
    });
    Ok(table(&frame, "desk-nav-disputes", columns, rows))
}

fn is_about(correction: &Correction, outcome_id: Uuid) -> bool {
    match &correction.scope {
        CorrectionScope::Outcome { outcome_id: one } => *one == outcome_id,
        CorrectionScope::Batch { outcome_ids, .. } => outcome_ids.contains(&outcome_id),
        CorrectionScope::Period { .. } => false,
    }
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    (institution_id, request_id): (Uuid, Uuid),
    filled: &Answered,
    (status, refused, done): (StatusCode, Option<Refused>, Option<&'static str>),
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, institution_id).await?;
    let context = visit.context;
    let (request, corrections) = web
        .run(move |bank| {
            let request = read_correction_request(bank, &context, request_id)?;
            if request.summary.institution_id != institution_id {
                return Err(Rejection::NotFound {}.into());
            }
            let outcome_id = request.summary.outcome_id;
            let previewed = Some(CorrectionState::Previewed);
            let mut corrections = list_corrections(bank, &context, Some(institution_id), previewed, None, PREVIEWED)?;
            corrections.retain(|correction| is_about(correction, outcome_id));
            Ok((request, corrections))
        })
        .await?;
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        request: &request,
        corrections: &corrections,
        filled,
        refused,
        done,
    };
    page(status, &shown)
}

/// Shows one.
#[get("/desk/{institution_id}/disputes/{request_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, request: Id<1>, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = match done.0.done.as_str() {
        "accepted" => Some("corrections-done-accepted"),
        "refused" => Some("corrections-done-refused"),
        _ => None,
    };
    answer(&web, &visit, (id.0, request.0), &Answered::default(), (StatusCode::OK, None, done)).await
}

fn reply_of(filled: &Answered) -> Result<Reply, Rejection> {
    let mut typed = Typed::default();
    let refuses = filled.answer == RequestAnswer::Refuse.as_str();
    let correction_id = typed.id("/correction_id", &filled.correction_id);
    if refuses {
        return Ok(Reply {
            answer: RequestAnswer::Refuse,
            correction_id: None,
            reason: Some(filled.reason.replace("\r\n", "\n").trim().to_owned()),
        });
    }
    if correction_id.is_none() {
        typed.refuse("/correction_id", "is required");
    }
    typed.check()?;
    Ok(Reply {
        answer: RequestAnswer::Accept,
        correction_id,
        reason: None,
    })
}

/// Answers it.
#[post("/desk/{institution_id}/disputes/{request_id}/answer")]
pub(super) async fn reply(web: web::Data<Web>, id: Id, request: Id<1>, posted: Posted<Answered>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form: filled } = posted;
    let visit = visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, request_id) = (visit.context, request.0);
    let replied = match reply_of(&filled) {
        Ok(reply) => {
            web.run(move |bank| answer_correction_request(bank, &context, once.as_deref(), request_id, &reply))
                .await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match replied {
        Ok(request) => Ok(see_other(&format!(
            "/desk/{}/disputes/{request_id}?done={}",
            id.0, request.summary.state
        ))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            answer(&web, &visit, (id.0, request_id), &filled, (status, Some(refused), None)).await
        }
    }
}
