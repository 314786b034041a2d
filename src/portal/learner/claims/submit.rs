//! What a kept answer claims is read once more, and submitted.

use actix_web::{HttpRequest, HttpResponse, post, web};
use askama::Template;
use uuid::Uuid;

use super::around::{FileLine, OwnOutcomes, by_key, file_lines, name_of_key, own_files, own_outcomes, rules_of, written};
use super::compose::destination_of;
use super::evidence::largest;
use crate::domain::allocation::Award;
use crate::domain::rejection::Rejection;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::submit::{NewClaim, submit_claim};
use crate::ops::worth::kept::{KeptAnswer, explain_kept_worth};
use crate::portal::answer::{Refused, page, said, see_other};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::standing::{OutcomeLine, outcome_lines};
use crate::portal::visit::SignedIn;

/// What was typed, where it was refused.
#[derive(Default)]
struct Typed {
    statement: String,
    evidence: Vec<Uuid>,
}

#[derive(Template)]
#[template(path = "learner/claim_submit.html")]
struct Page<'a> {
    frame: &'a Frame,
    answer: &'a KeptAnswer,
    outcomes: &'a OwnOutcomes,
    /// The outcomes that are used, with what becomes of the rest of each.
    lines: Vec<OutcomeLine<'a>>,
    files: Vec<FileLine>,
    largest: String,
    typed: Typed,
    refused: Option<Refused>,
    /// The claim that holds what this one would use.
    held_by: Option<Uuid>,
    /// The answer is of another day, so that it may not be claimed any more.
    is_old: bool,
}

impl Page<'_> {
    fn programme(&self) -> &str {
        self.answer.kept.programme_name.text(self.frame.language)
    }

    fn rules(&self) -> Option<String> {
        rules_of(self.frame, self.answer.judged_by.as_ref())
    }

    fn name<'b>(&'b self, award: &'b Award) -> Name<'b> {
        name_of_key(self.frame, self.outcomes, &award.outcome)
    }

    fn destination(&self, award: &Award) -> String {
        destination_of(self.frame, award, Some(&self.answer.kept.allocation))
    }

    fn may_submit(&self) -> bool {
        !self.is_old && !self.answer.kept.allocation.awards.is_empty()
    }
}

async fn answer(web: &Web, visit: &SignedIn, worth_id: Uuid, typed: Typed, refusal: Option<Refusal>) -> Result<HttpResponse, Refusal> {
    let held_by = match &refusal {
        Some(Refusal::Rejected(Rejection::CreditHeld { claim_id, .. })) => Some(*claim_id),
        _ => None,
    };
    let (status, refused) = said(refusal, visit.frame.language)?;
    let (context, language) = (visit.context, visit.frame.language);
    let (kept, outcomes, files) = web
        .run(move |bank| {
            let kept = explain_kept_worth(bank, &context, worth_id, language)?;
            Ok((kept, by_key(own_outcomes(bank, &context)?), own_files(bank, &context)?))
        })
        .await?;
    let mut lines = outcome_lines(&visit.frame, &kept.kept.allocation, &kept.said);
    lines.retain(OutcomeLine::is_used);
    let shown = Page {
        frame: &visit.frame,
        answer: &kept,
        lines,
        outcomes: &outcomes,
        files: file_lines(&files, &typed.evidence),
        largest: largest(web),
        typed,
        refused,
        held_by,
        is_old: kept.decided_on != web.bank.day(visit.context.now),
    };
    page(status, &shown)
}

/// Shows what would be claimed.
pub(super) async fn show(web: &Web, visit: &SignedIn, worth_id: Uuid) -> Result<HttpResponse, Refusal> {
    answer(web, visit, worth_id, Typed::default(), None).await
}

/// Submits the claim.
#[post("/claims/new")]
pub(super) async fn submit(web: web::Data<Web>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let form = written(&web, &request, payload).await?;
    let (context, worth_id) = (form.visit.context, form.id("worth_id")?);
    let statement = form.given("statement");
    let typed = Typed {
        statement: statement.clone().unwrap_or_default(),
        evidence: form.evidence.clone(),
    };
    let submitted = match form.refusal {
        Some(refusal) => Err(refusal),
        None => {
            let new = NewClaim::Conversion {
                worth_id,
                statement,
                evidence: form.evidence,
            };
            let once = form.once;
            web.run(move |bank| submit_claim(bank, &context, once.as_deref(), &new)).await
        }
    };
    match submitted {
        Ok(claim) => Ok(see_other(&format!("/claims/{}?done=submitted", claim.summary.claim_id))),
        Err(refusal) => answer(&web, &form.visit, worth_id, typed, Some(refusal)).await,
    }
}
