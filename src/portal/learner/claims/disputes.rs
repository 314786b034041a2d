//! What the learner said against records, how it was answered, and the cases of conversions whose outcomes turned out wrong.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::{Clock, FileLine, Written, clock, file_lines, name_among, own_files, written};
use super::compose::destination_of;
use super::evidence::largest;
use crate::domain::correction::CaseState;
use crate::domain::correction::request::RequestState;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::reading::list_own_conversions;
use crate::ops::claims::view::Conversion;
use crate::ops::corrections::cases::{Case, list_own_cases};
use crate::ops::corrections::requests::answer::read_correction_request;
use crate::ops::corrections::requests::own::{Complaint, complain_of_refusal, list_own_correction_requests, withdraw_correction_request};
use crate::ops::corrections::requests::{Request, RequestSummary};
use crate::ops::evidence::EvidenceFile;
use crate::portal::answer::{Refused, page, said, see_other};
use crate::portal::chosen::query;
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

/// Requests, and cases, on a page.
const ITEMS: i64 = 20;

/// Where the lists go on.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    before: Leaf,
    #[serde(default)]
    cases_before: Leaf,
}

/// A request in the list.
struct Line<'a> {
    request: &'a RequestSummary,
    title: Name<'a>,
    clock: Option<Clock>,
}

/// A case in the list.
struct CaseLine<'a> {
    case: &'a Case,
    title: Name<'a>,
    /// The outcomes that turned out wrong.
    wrong: Vec<Name<'a>>,
    /// What was bought with them: the amount, and where it went.
    bought: Vec<String>,
    /// The outcomes that could take their place.
    offered: Vec<Name<'a>>,
}

impl CaseLine<'_> {
    fn is_open(&self) -> bool {
        self.case.state == CaseState::Open
    }
}

#[derive(Template)]
#[template(path = "learner/disputes.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    lines: Vec<Line<'a>>,
    cases: Vec<CaseLine<'a>>,
    pager: Pager,
    cases_pager: Pager,
}

#[derive(Template)]
#[template(path = "learner/dispute.html")]
struct ReadPage<'a> {
    frame: &'a Frame,
    request: &'a Request,
    title: Name<'a>,
    clock: Option<Clock>,
    attached: Vec<FileLine>,
    files: Vec<FileLine>,
    largest: String,
    /// What was typed, where it was refused.
    reason: String,
    refused: Option<Refused>,
    done: Option<&'static str>,
    is_in_time: bool,
}

impl ReadPage<'_> {
    fn may_withdraw(&self) -> bool {
        self.request.summary.state.is_open()
    }

    fn may_complain(&self) -> bool {
        self.request.summary.state == RequestState::Refused && self.is_in_time
    }

    fn is_refused(&self) -> bool {
        self.request.summary.state == RequestState::Refused
    }
}

fn title_of<'a>(frame: &Frame, request: &'a RequestSummary) -> Name<'a> {
    let name = request.outcome_name.as_ref();
    name.map_or_else(|| Name::plain(frame.t("disputes-outcome")), |name| frame.name_of(name))
}

fn clock_of(frame: &Frame, request: &RequestSummary) -> Option<Clock> {
    let due = request.due?;
    let what = frame.word("disputes-due", due.what.as_str());
    Some(clock(frame, &what, due.on, request.left_working_days, request.overdue_working_days))
}

fn case_line<'a>(frame: &Frame, case: &'a Case, conversions: &[Conversion]) -> CaseLine<'a> {
    let name = |outcome_id: &Uuid| name_among(frame, &case.outcomes, *outcome_id);
    let bought = conversions
        .iter()
        .filter(|bought| case.conversion_ids.contains(&bought.conversion_id));
    CaseLine {
        title: case
            .programme_name
            .as_ref()
            .map_or_else(|| Name::plain(""), |name| frame.name_of(name)),
        wrong: case.outcome_ids.iter().map(name).collect(),
        bought: bought
            .map(|bought| {
                let amount = bought.award.amount.to_string();
                let to = destination_of(frame, &bought.award, None);
                frame.t2("disputes-case-bought-one", ("credit", amount), ("to", to)).into_owned()
            })
            .collect(),
        offered: case.offer.iter().flat_map(|offer| &offer.outcome_ids).map(name).collect(),
        case,
    }
}

/// Lists the requests and the cases.
#[get("/claims/disputes")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let wish = wish.0;
    let (before, cases_before) = (wish.before, wish.cases_before);
    let (mut requests, mut cases, conversions) = web
        .run(move |bank| {
            let requests = list_own_correction_requests(bank, &context, before, ITEMS + 1)?;
            let cases = list_own_cases(bank, &context, cases_before, ITEMS + 1)?;
            let conversions = match cases.is_empty() {
                true => Vec::new(),
                false => list_own_conversions(bank, &context)?,
            };
            Ok((requests, cases, conversions))
        })
        .await?;
    let language = frame.language;
    // Each list stays where it is while one goes on in the other.
    let beside = |field, leaf: &Leaf| format!("/claims/disputes?{}", query(&[(field, &leaf.to_string())]));
    let here = beside("cases_before", &cases_before);
    let cases_here = beside("before", &before);
    let most = usize::try_from(ITEMS).unwrap_or(usize::MAX);
    let pager = Pager::cut(language, (&here, "before"), &before, &mut requests, most, |request| {
        request.request_id
    });
    let cases_pager = Pager::cut(language, (&cases_here, "cases_before"), &cases_before, &mut cases, most, |case| {
        case.case_id
    });
    let lines = requests.iter().map(|request| Line {
        title: title_of(&frame, request),
        clock: clock_of(&frame, request),
        request,
    });
    let shown = ListPage {
        frame: &frame,
        lines: lines.collect(),
        cases: cases.iter().map(|case| case_line(&frame, case, &conversions)).collect(),
        pager,
        cases_pager,
    };
    page(StatusCode::OK, &shown)
}

/// Sends the requests as a table for spreadsheets.
#[get("/claims/disputes.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let requests = web
        .run(move |bank| {
            read_all(
                |before, limit| list_own_correction_requests(bank, &context, before, limit),
                |request| request.request_id,
            )
        })
        .await?;
    let columns = [
        "column-requested",
        "column-kind",
        "column-achievement",
        "column-institution",
        "column-status",
        "column-due",
        "column-due-on",
        "column-complaint-until",
        "column-id",
    ];
    let rows = requests.iter().map(|request| {
        [
            frame.plain_moment(&request.requested_at),
            frame.word("disputes-kind", request.kind.as_str()).into_owned(),
            title_of(&frame, request).text().to_owned(),
            cell(request.institution_name.as_ref()),
            frame.word("disputes-state", request.state.as_str()).into_owned(),
            cell(request.due.as_ref().map(|due| frame.word("disputes-due", due.what.as_str()))),
            cell(request.due.as_ref().map(|due| due.on)),
            cell(request.complaint_until),
            request.request_id.to_string(),
        ]
    });
    Ok(table(&frame, "disputes-title", columns, rows))
}

/// Names in one cell.
fn joined(names: &[Name<'_>], separator: &str) -> String {
    names.iter().map(Name::text).collect::<Vec<_>>().join(separator)
}

/// Sends the cases as a table for spreadsheets.
#[get("/claims/disputes/cases.csv")]
pub(super) async fn download_cases(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let (cases, conversions) = web
        .run(move |bank| {
            let cases = read_all(|before, limit| list_own_cases(bank, &context, before, limit), |case| case.case_id)?;
            Ok((cases, list_own_conversions(bank, &context)?))
        })
        .await?;
    let columns = [
        "column-opened",
        "column-institution",
        "column-programme",
        "column-status",
        "column-due-on",
        "disputes-case-wrong",
        "disputes-case-bought",
        "disputes-case-offer",
        "column-reason",
        "column-decided-at",
        "column-id",
    ];
    let separator = frame.t("list-separator");
    let rows = cases.iter().map(|case| {
        let line = case_line(&frame, case, &conversions);
        [
            case.opened_on.to_string(),
            cell(case.institution_name.as_ref()),
            line.title.text().to_owned(),
            frame.word("disputes-case-state", case.state.as_str()).into_owned(),
            case.due_on.to_string(),
            joined(&line.wrong, &separator),
            line.bought.join(&separator),
            joined(&line.offered, &separator),
            cell(case.reason.as_ref()),
            frame.plain_moment_if(case.decided_at.as_ref()),
            case.case_id.to_string(),
        ]
    });
    Ok(table(&frame, "disputes-cases", columns, rows))
}

/// What is shown beside a request.
#[derive(Default)]
struct Beside {
    reason: String,
    evidence: Vec<Uuid>,
    refusal: Option<Refusal>,
    done: Option<&'static str>,
}

async fn loaded(web: &Web, visit: &SignedIn, request_id: Uuid) -> Result<(Request, Vec<EvidenceFile>), Refusal> {
    // Those who answer it have it among what waits for them.
    let (context, own) = (visit.context, visit.learner_id()?);
    web.run(move |bank| {
        let request = read_correction_request(bank, &context, request_id)?;
        if request.summary.learner_id != own {
            return Err(Rejection::NotFound {}.into());
        }
        let files = match request.summary.state {
            RequestState::Refused => own_files(bank, &context)?,
            _ => Vec::new(),
        };
        Ok((request, files))
    })
    .await
}

async fn answer(web: &Web, visit: &SignedIn, request_id: Uuid, beside: Beside) -> Result<HttpResponse, Refusal> {
    let Beside {
        reason,
        evidence,
        refusal,
        done,
    } = beside;
    let (status, refused) = said(refusal, visit.frame.language)?;
    let (request, mut files) = loaded(web, visit, request_id).await?;
    files.retain(|file| request.evidence.iter().all(|attached| attached.file_id != file.file_id));
    let today = web.bank.day(visit.context.now);
    let shown = ReadPage {
        frame: &visit.frame,
        title: title_of(&visit.frame, &request.summary),
        clock: clock_of(&visit.frame, &request.summary),
        attached: file_lines(&request.evidence, &[]),
        files: file_lines(&files, &evidence),
        largest: largest(web),
        is_in_time: request.summary.complaint_until.is_some_and(|last| today <= last),
        request: &request,
        reason,
        refused,
        done,
    };
    page(status, &shown)
}

/// Shows a request with what was said.
#[get("/claims/disputes/{request_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let beside = Beside {
        done: match done.0.done.as_str() {
            "withdrawn" => Some("disputes-done-withdrawn"),
            "complained" => Some("disputes-done-complained"),
            _ => None,
        },
        ..Beside::default()
    };
    answer(&web, &visit, id.0, beside).await
}

/// Takes a request back.
#[post("/claims/disputes/{request_id}/withdraw")]
pub(super) async fn withdraw(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, once, request_id) = (visit.context, posted.once, id.0);
    let withdrawn = web
        .run(move |bank| withdraw_correction_request(bank, &context, once.as_deref(), request_id))
        .await;
    match withdrawn {
        Ok(_) => Ok(see_other(&format!("/claims/disputes/{request_id}?done=withdrawn"))),
        Err(refusal) => {
            let beside = Beside {
                refusal: Some(refusal),
                ..Beside::default()
            };
            answer(&web, &visit, request_id, beside).await
        }
    }
}

/// Complains to the bank against a refusal.
#[post("/claims/disputes/{request_id}/complain")]
pub(super) async fn complain(web: web::Data<Web>, id: Id, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let form: Written = written(&web, &request, payload).await?;
    let (context, request_id, reason) = (form.visit.context, id.0, form.text("reason").to_owned());
    let complaint = Complaint {
        reason: reason.clone(),
        evidence: form.evidence.clone(),
    };
    let (once, refusal) = (form.once, form.refusal);
    let complained = match refusal {
        Some(refusal) => Err(refusal),
        None => {
            web.run(move |bank| complain_of_refusal(bank, &context, once.as_deref(), request_id, &complaint))
                .await
        }
    };
    match complained {
        Ok(_) => Ok(see_other(&format!("/claims/disputes/{request_id}?done=complained"))),
        Err(refusal) => {
            let beside = Beside {
                reason,
                evidence: form.evidence,
                refusal: Some(refusal),
                done: None,
            };
            answer(&web, &form.visit, request_id, beside).await
        }
    }
}
