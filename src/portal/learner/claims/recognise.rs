//! Recognition is claimed: of an outcome on record that no rule valued, or of one that the learner declares.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::around::{FileLine, Written, file_lines, own_files, own_outcomes, written};
use super::choose::is_without_credit;
use super::evidence::largest;
use crate::domain::achievement::{AchievementFilter, AchievementKind};
use crate::domain::hours::Hours;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::http::extract::{AtMost, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::achievements::form::Achievement;
use crate::ops::achievements::{list_achievements, read_achievement};
use crate::ops::claims::submit::{Declared, NewClaim, RecognitionSubject, submit_claim};
use crate::ops::institutions::names_of;
use crate::ops::outcomes::OutcomeView;
use crate::portal::answer::{Refused, page, said, see_other};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::visit::SignedIn;

/// The most achievements that a search finds.
const FOUND: i64 = 20;

/// What was typed, where it was refused.
#[derive(Default)]
struct Typed {
    statement: String,
    awarded_on: String,
    certificate_number: String,
    grade: String,
    hours: String,
    evidence: Vec<Uuid>,
}

impl Typed {
    fn of(form: &Written) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Self {
            statement: text("statement"),
            awarded_on: text("awarded_on"),
            certificate_number: text("certificate_number"),
            grade: text("grade"),
            hours: text("hours"),
            evidence: form.evidence.clone(),
        }
    }
}

/// Which outcome.
#[derive(Deserialize)]
pub(super) struct Which {
    outcome_id: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "learner/claim_outcome.html")]
struct OutcomePage<'a> {
    frame: &'a Frame,
    outcome: &'a OutcomeView,
    files: Vec<FileLine>,
    largest: String,
    typed: Typed,
    refused: Option<Refused>,
    held_by: Option<Uuid>,
}

impl OutcomePage<'_> {
    fn name(&self) -> Name<'_> {
        self.frame.name_of(self.outcome)
    }

    fn may_submit(&self) -> bool {
        is_without_credit(self.outcome)
    }
}

/// Which achievement, or what it is called.
#[derive(Deserialize)]
pub(super) struct Wanted {
    achievement_id: Option<Uuid>,
    q: Option<AtMost<100>>,
}

/// An achievement that was found.
struct Found {
    achievement_id: Uuid,
    name: Name<'static>,
    about: String,
}

#[derive(Template)]
#[template(path = "learner/claim_search.html")]
struct SearchPage<'a> {
    frame: &'a Frame,
    q: &'a str,
    found: Vec<Found>,
    more: bool,
}

#[derive(Template)]
#[template(path = "learner/claim_declared.html")]
struct DeclaredPage<'a> {
    frame: &'a Frame,
    achievement: Found,
    files: Vec<FileLine>,
    largest: String,
    today: NaiveDate,
    typed: Typed,
    refused: Option<Refused>,
}

async fn outcome_page(
    web: &Web,
    visit: &SignedIn,
    outcome_id: Uuid,
    typed: Typed,
    refusal: Option<Refusal>,
) -> Result<HttpResponse, Refusal> {
    let held_by = match &refusal {
        Some(Refusal::Rejected(Rejection::CreditHeld { claim_id, .. })) => Some(*claim_id),
        _ => None,
    };
    let (status, refused) = said(refusal, visit.frame.language)?;
    let context = visit.context;
    let (outcome, files) = web
        .run(move |bank| {
            let outcomes = own_outcomes(bank, &context)?;
            let outcome = outcomes.into_iter().find(|outcome| outcome.outcome_id == outcome_id);
            Ok((outcome.ok_or(Rejection::NotFound {})?, own_files(bank, &context)?))
        })
        .await?;
    let shown = OutcomePage {
        frame: &visit.frame,
        outcome: &outcome,
        files: file_lines(&files, &typed.evidence),
        largest: largest(web),
        typed,
        refused,
        held_by,
    };
    page(status, &shown)
}

/// Shows an outcome for which recognition can be claimed.
#[get("/claims/new/recognition")]
pub(super) async fn show_outcome(web: web::Data<Web>, visit: SignedIn, which: Query<Which>) -> Result<HttpResponse, Refusal> {
    let outcome_id = which.0.outcome_id.ok_or(Rejection::NotFound {})?;
    outcome_page(&web, &visit, outcome_id, Typed::default(), None).await
}

async fn submitted(web: &Web, form: &mut Written, subject: Result<RecognitionSubject, Rejection>) -> Result<Uuid, Refusal> {
    if let Some(refusal) = form.refusal.take() {
        return Err(refusal);
    }
    let new = NewClaim::Recognition {
        subject: subject?,
        statement: form.text("statement").to_owned(),
        evidence: form.evidence.clone(),
    };
    let (context, once) = (form.visit.context, form.once.clone());
    let claim = web.run(move |bank| submit_claim(bank, &context, once.as_deref(), &new)).await?;
    Ok(claim.summary.claim_id)
}

/// Claims recognition of an outcome on record.
#[post("/claims/new/recognition")]
pub(super) async fn submit_outcome(web: web::Data<Web>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let mut form = written(&web, &request, payload).await?;
    let (outcome_id, typed) = (form.id("outcome_id")?, Typed::of(&form));
    let subject = RecognitionSubject::Outcome { outcome_id };
    match submitted(&web, &mut form, Ok(subject)).await {
        Ok(claim_id) => Ok(see_other(&format!("/claims/{claim_id}?done=submitted"))),
        Err(refusal) => outcome_page(&web, &form.visit, outcome_id, typed, Some(refusal)).await,
    }
}

fn found_of(frame: &Frame, achievement: &Achievement, institution: Option<&String>) -> Found {
    let kind = AchievementKind::parse(&achievement.kind).map(|kind| frame.kind_name(&kind).to_owned());
    let about: Vec<String> = institution.cloned().into_iter().chain(kind).collect();
    Found {
        achievement_id: achievement.achievement_id,
        name: frame.name_of(achievement).into_owned(),
        about: about.join(" · "),
    }
}

async fn search_page(web: &Web, visit: &SignedIn, q: &str) -> Result<HttpResponse, Refusal> {
    let (context, part) = (visit.context, q.to_owned());
    let (mut achievements, institutions) = web
        .run(move |bank| {
            if part.is_empty() {
                return Ok(Default::default());
            }
            let filter = AchievementFilter {
                name_contains: Some(part),
                newest: true,
                ..AchievementFilter::default()
            };
            let achievements = list_achievements(bank, &context, &filter, None, FOUND + 1)?;
            let ids: Vec<Uuid> = achievements.iter().map(|achievement| achievement.institution_id).collect();
            let names = names_of(bank, &ids)?;
            Ok((achievements, names))
        })
        .await?;
    let most = usize::try_from(FOUND).unwrap_or(usize::MAX);
    let more = achievements.len() > most;
    achievements.truncate(most);
    let found = achievements
        .iter()
        .map(|achievement| found_of(&visit.frame, achievement, institutions.get(&achievement.institution_id)));
    let shown = SearchPage {
        frame: &visit.frame,
        q,
        found: found.collect(),
        more,
    };
    page(StatusCode::OK, &shown)
}

async fn declared_page(
    web: &Web,
    visit: &SignedIn,
    achievement_id: Uuid,
    typed: Typed,
    refusal: Option<Refusal>,
) -> Result<HttpResponse, Refusal> {
    let (status, refused) = said(refusal, visit.frame.language)?;
    let context = visit.context;
    let (achievement, institutions, files) = web
        .run(move |bank| {
            let files = own_files(bank, &context)?;
            let achievement = read_achievement(bank, &context, achievement_id)?;
            let names = names_of(bank, &[achievement.institution_id])?;
            Ok((achievement, names, files))
        })
        .await?;
    let shown = DeclaredPage {
        frame: &visit.frame,
        achievement: found_of(&visit.frame, &achievement, institutions.get(&achievement.institution_id)),
        files: file_lines(&files, &typed.evidence),
        largest: largest(web),
        today: web.bank.day(visit.context.now),
        typed,
        refused,
    };
    page(status, &shown)
}

/// Looks for the achievement that is declared, and shows what is asked of it.
#[get("/claims/new/declared")]
pub(super) async fn show_declared(web: web::Data<Web>, visit: SignedIn, wanted: Query<Wanted>) -> Result<HttpResponse, Refusal> {
    match wanted.0 {
        Wanted {
            achievement_id: Some(achievement_id),
            ..
        } => declared_page(&web, &visit, achievement_id, Typed::default(), None).await,
        Wanted { q, .. } => {
            // Whoever has no learning account has nothing to declare.
            visit.learner_id()?;
            let q = q.map(|q| q.0.trim().to_owned()).unwrap_or_default();
            search_page(&web, &visit, &q).await
        }
    }
}

/// What is declared, as it was typed.
fn declared_of(form: &Written, achievement_id: Uuid) -> Result<RecognitionSubject, Rejection> {
    let mut problems = Vec::new();
    let awarded_on = form.text("awarded_on").parse();
    if awarded_on.is_err() {
        problems.push(FieldProblem::new("/awarded_on", "must be a date such as 2026-06-30"));
    }
    let hours = form.given("hours").map(|hours| hours.parse::<Hours>()).transpose();
    if let Err(error) = &hours {
        problems.push(FieldProblem::new("/hours", error.to_string()));
    }
    match (awarded_on, hours) {
        (Ok(awarded_on), Ok(hours)) => Ok(RecognitionSubject::Declared(Declared {
            achievement_id,
            awarded_on,
            certificate_number: form.given("certificate_number"),
            grade: form.given("grade"),
            hours,
        })),
        _ => Err(Rejection::InvalidBody { problems }),
    }
}

/// Claims recognition of an outcome that is declared.
#[post("/claims/new/declared")]
pub(super) async fn submit_declared(web: web::Data<Web>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let mut form = written(&web, &request, payload).await?;
    let (achievement_id, typed) = (form.id("achievement_id")?, Typed::of(&form));
    let subject = declared_of(&form, achievement_id);
    match submitted(&web, &mut form, subject).await {
        Ok(claim_id) => Ok(see_other(&format!("/claims/{claim_id}?done=submitted"))),
        Err(refusal) => declared_page(&web, &form.visit, achievement_id, typed, Some(refusal)).await,
    }
}
