//! The records: outcomes, and each with its decision, its reasons and its dispute.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::correction::request::RequestKind;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::access::Whose;
use crate::ops::corrections::requests::own::{NewRequest, request_correction};
use crate::ops::decisions::{Decision, Replay, read_decision, replay_decision};
use crate::ops::outcomes::{OutcomeView, list_record_outcomes, read_outcome};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

/// Outcomes on a page.
const OUTCOMES: usize = 20;

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    before: Leaf,
}

#[derive(Template)]
#[template(path = "records.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    outcomes: &'a [OutcomeView],
    pager: Pager,
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage<'a> {
    frame: &'a Frame,
    outcome: &'a OutcomeView,
    decision: Option<&'a Decision>,
    replay: Option<&'a Replay>,
    refused: Option<Refused>,
    /// What was typed, where it was refused.
    reason: &'a str,
    kind: &'a str,
    done: Option<&'static str>,
}

impl ListPage<'_> {
    fn name<'a>(&self, outcome: &'a OutcomeView) -> Name<'a> {
        self.frame.name_of(outcome)
    }
}

impl RecordPage<'_> {
    fn name(&self) -> Name<'_> {
        self.frame.name_of(self.outcome)
    }

    fn may_dispute(&self) -> bool {
        self.outcome.status.stands() && self.outcome.dispute.is_none()
    }
}

/// Lists the outcomes.
#[get("/records")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let before = wish.0.before;
    let limit = i64::try_from(OUTCOMES + 1).unwrap_or(i64::MAX);
    let mut outcomes = web
        .run(move |bank| list_record_outcomes(bank, &context, Whose::Own, None, before, limit))
        .await?;
    let pager = Pager::cut(frame.language, ("/records", "before"), &before, &mut outcomes, OUTCOMES, |one| {
        one.outcome_id
    });
    let shown = ListPage {
        frame: &frame,
        pager,
        outcomes: &outcomes,
    };
    page(StatusCode::OK, &shown)
}

/// Sends the outcomes as a table for spreadsheets.
#[get("/records.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let outcomes = web
        .run(move |bank| {
            read_all(
                |before, limit| list_record_outcomes(bank, &context, Whose::Own, None, before, limit),
                |outcome| outcome.outcome_id,
            )
        })
        .await?;
    let columns = [
        "outcomes-column-awarded",
        "outcomes-column-kind",
        "outcomes-column-achievement",
        "outcomes-column-institution",
        "outcomes-column-certificate",
        "outcomes-column-grade",
        "outcomes-column-score",
        "outcomes-column-hours",
        "outcomes-column-status",
        "outcomes-column-credit",
        "column-remark",
        "column-id",
    ];
    let rows = outcomes.iter().map(|outcome| {
        [
            outcome.awarded_on.to_string(),
            frame.kind_name(&outcome.kind).to_owned(),
            frame.name_of(outcome).text().to_owned(),
            outcome.institution_name.clone(),
            cell(outcome.certificate_number.as_ref()),
            cell(outcome.grade.as_ref()),
            cell(outcome.score.as_ref()),
            cell(outcome.hours),
            frame.status_name(&outcome.status).to_owned(),
            cell(outcome.decision.as_ref().map(|decision| decision.credit.to_string())),
            cell(outcome.dispute.as_ref().map(|_| frame.t("record-dispute-open"))),
            outcome.outcome_id.to_string(),
        ]
    });
    Ok(table(&frame, "nav-records", columns, rows))
}

async fn loaded(web: &Web, visit: &SignedIn, outcome_id: Uuid) -> Result<(OutcomeView, Option<Decision>), Refusal> {
    let (context, language) = (visit.context, visit.frame.language);
    web.run(move |bank| {
        let outcome = read_outcome(bank, &context, outcome_id)?;
        let decision = match &outcome.decision {
            Some(decision) => Some(read_decision(bank, &context, decision.decision_id, language)?),
            None => None,
        };
        Ok((outcome, decision))
    })
    .await
}

/// Shows one with its decision.
#[get("/records/{outcome_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let (outcome, decision) = loaded(&web, &visit, id.0).await?;
    let shown = RecordPage {
        frame: &visit.frame,
        outcome: &outcome,
        decision: decision.as_ref(),
        replay: None,
        refused: None,
        reason: "",
        kind: RequestKind::Wrong.as_str(),
        done: (done.0.done == "disputed").then_some("record-disputed"),
    };
    page(StatusCode::OK, &shown)
}

/// Works the decision out again, and shows what came of it.
#[post("/records/{outcome_id}/replay")]
pub(super) async fn work_out_again(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (outcome, decision) = loaded(&web, &visit, id.0).await?;
    let context = visit.context;
    let replay = match &decision {
        Some(decision) => {
            let decision_id = decision.decision_id;
            Some(web.run(move |bank| replay_decision(bank, &context, decision_id)).await?)
        }
        None => None,
    };
    let shown = RecordPage {
        frame: &visit.frame,
        outcome: &outcome,
        decision: decision.as_ref(),
        replay: replay.as_ref(),
        refused: None,
        reason: "",
        kind: RequestKind::Wrong.as_str(),
        done: None,
    };
    page(StatusCode::OK, &shown)
}

#[derive(Deserialize)]
pub(super) struct Disputed {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    reason: String,
}

/// Asks for a correction.
#[post("/records/{outcome_id}/dispute")]
pub(super) async fn ask_for_correction(web: web::Data<Web>, id: Id, posted: Posted<Disputed>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let (context, outcome_id) = (visit.context, id.0);
    let request = NewRequest {
        outcome_id,
        kind: RequestKind::parse(&form.kind).unwrap_or(RequestKind::Wrong),
        reason: form.reason.clone(),
        fields: Vec::new(),
        evidence: Vec::new(),
    };
    let answer = web
        .run(move |bank| request_correction(bank, &context, once.as_deref(), &request))
        .await;
    match answer {
        Ok(_) => Ok(see_other(&format!("/records/{outcome_id}?done=disputed"))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            let (outcome, decision) = loaded(&web, &visit, outcome_id).await?;
            let shown = RecordPage {
                frame: &visit.frame,
                outcome: &outcome,
                decision: decision.as_ref(),
                replay: None,
                refused: Some(refused),
                reason: &form.reason,
                kind: &form.kind,
                done: None,
            };
            page(status, &shown)
        }
    }
}
