//! Starting a correction: one outcome is withdrawn or put right, or many are withdrawn. What follows is shown before anything changes.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use super::given::{Field, Given};
use super::offered::{newest, offered};
use crate::domain::correction::{CorrectedOutcome, CorrectionKind, CorrectionScope, PeriodOf};
use crate::domain::outcome::TraineeGroup;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::http::typed::Typed;
use crate::ops::achievements::form::Achievement;
use crate::ops::corrections::{NewCorrection, preview_correction};
use crate::ops::outcomes::{OutcomeView, read_outcome};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::visit::{Posted, SignedIn};

/// Of which outcome; of many, where none is named.
#[derive(Default, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    outcome_id: Option<Uuid>,
}

/// The form as filled in.
#[derive(Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    outcome_id: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    of: String,
    #[serde(default)]
    certificate_numbers: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    achievement_id: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    citation: String,
    #[serde(default)]
    achievement_code: String,
    #[serde(flatten)]
    given: Given,
}

impl Filled {
    fn scope(&self, typed: &mut Typed) -> CorrectionScope {
        if let Some(outcome_id) = typed.id("/outcome_id", &self.outcome_id) {
            return CorrectionScope::Outcome { outcome_id };
        }
        if self.of == "period" {
            return CorrectionScope::Period {
                by: PeriodOf::parse(&self.by).unwrap_or(PeriodOf::Awarded),
                from: typed.needed_day("/from", &self.from),
                to: typed.needed_day("/to", &self.to),
                achievement_id: typed.id("/achievement_id", &self.achievement_id),
            };
        }
        let numbers = self
            .certificate_numbers
            .split(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';' | '\u{ff0c}' | '\u{3001}'));
        CorrectionScope::Batch {
            outcome_ids: Vec::new(),
            certificate_numbers: numbers.filter(|number| !number.is_empty()).map(str::to_owned).collect(),
        }
    }

    fn corrected(&self, typed: &mut Typed) -> CorrectedOutcome {
        let given = &self.given;
        CorrectedOutcome {
            achievement_code: self.achievement_code.clone(),
            awarded_on: typed.needed_day("/corrected/awarded_on", &given.awarded_on),
            certificate_number: Typed::text(&given.certificate_number),
            grade: Typed::text(&given.grade),
            grading_scale: Typed::text(&given.grading_scale),
            score: Typed::text(&given.score),
            hours: typed.hours("/corrected/hours", &given.hours),
            credits: Typed::text(&given.credits),
            trainee_group: given.group(),
            contest: given.contest(typed, "/corrected"),
        }
    }

    fn correction(&self, institution_id: Uuid) -> Result<NewCorrection, Rejection> {
        let mut typed = Typed::default();
        let kind = CorrectionKind::parse(&self.kind).unwrap_or(CorrectionKind::Withdraw);
        let correction = NewCorrection {
            institution_id,
            kind,
            scope: self.scope(&mut typed),
            reason: self.reason.replace("\r\n", "\n").trim().to_owned(),
            citation: self.citation.replace("\r\n", "\n").trim().to_owned(),
            corrected: (kind == CorrectionKind::Correct).then(|| self.corrected(&mut typed)),
        };
        typed.check()?;
        Ok(correction)
    }
}

#[derive(Template)]
#[template(path = "school/correct.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    /// The one that is corrected.
    outcome: Option<&'a OutcomeView>,
    achievements: &'a [Achievement],
    filled: &'a Filled,
    today: chrono::NaiveDate,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn name<'b>(&self, outcome: &'b OutcomeView) -> Name<'b> {
        self.frame.name_of(outcome)
    }

    fn called<'b>(&self, achievement: &'b Achievement) -> Name<'b> {
        self.frame.name_of(achievement)
    }

    fn corrects(&self) -> bool {
        self.filled.kind == CorrectionKind::Correct.as_str()
    }

    fn is_period(&self) -> bool {
        self.filled.of == "period"
    }

    fn is_deposited(&self) -> bool {
        self.filled.by == PeriodOf::Deposited.as_str()
    }

    fn is_code(&self, achievement: &Achievement) -> bool {
        self.filled.achievement_code == achievement.code
    }

    fn is_version(&self, achievement: &Achievement) -> bool {
        self.filled.achievement_id == achievement.achievement_id.to_string()
    }

    fn groups(&self) -> &'static [TraineeGroup] {
        TraineeGroup::ALL
    }

    fn fields(&self, outcome: &OutcomeView) -> Vec<Field<'_>> {
        self.filled.given.all_fields(outcome.kind)
    }
}

async fn form(
    web: &Web,
    visit: &SignedIn,
    desk: &Desk,
    (filled, outcome): (&Filled, Option<&OutcomeView>),
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let mut achievements = offered(web, visit, desk.institution_id).await?;
    if outcome.is_some() {
        achievements = newest(achievements);
    }
    let shown = Page {
        frame: &visit.frame,
        desk,
        outcome,
        achievements: &achievements,
        filled,
        today: web.bank.day(visit.context.now),
        refused,
    };
    page(status, &shown)
}

/// The outcome that is to be corrected, if it is one of the institution's.
async fn chosen(web: &Web, visit: &SignedIn, institution_id: Uuid, outcome_id: Option<Uuid>) -> Result<Option<OutcomeView>, Refusal> {
    let Some(outcome_id) = outcome_id else { return Ok(None) };
    let context = visit.context;
    let outcome = web.run(move |bank| read_outcome(bank, &context, outcome_id)).await?;
    if outcome.institution_id != institution_id {
        return Err(Rejection::NotFound {}.into());
    }
    Ok(Some(outcome))
}

/// Shows the form, filled in with what the outcome says now.
#[get("/desk/{institution_id}/corrections/new")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id, asked: Query<Chosen>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    desk.needs(Action::PreviewCorrection)?;
    let outcome = chosen(&web, &visit, id.0, asked.0.outcome_id).await?;
    let filled = match &outcome {
        None => Filled::default(),
        Some(outcome) => Filled {
            outcome_id: outcome.outcome_id.to_string(),
            achievement_code: outcome.achievement_code.clone(),
            given: Given::of(outcome),
            ..Filled::default()
        },
    };
    form(&web, &visit, &desk, (&filled, outcome.as_ref()), (StatusCode::OK, None)).await
}

/// Works out what follows, keeps it, and leads to it.
#[post("/desk/{institution_id}/corrections/new")]
pub(super) async fn submit(web: web::Data<Web>, id: Id, posted: Posted<Filled>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form: filled } = posted;
    let visit = visit.signed_in()?;
    let desk = Desk::of(&web, &visit, id.0).await?;
    let context = visit.context;
    let previewed = match filled.correction(id.0) {
        Ok(new) => {
            web.calculate(Width::All, move |bank| preview_correction(bank, &context, once.as_deref(), &new))
                .await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match previewed {
        Ok(correction) => Ok(see_other(&format!(
            "/desk/{}/corrections/{}?done=previewed",
            id.0, correction.correction_id
        ))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            let outcome = chosen(&web, &visit, id.0, filled.outcome_id.parse().ok()).await?;
            form(&web, &visit, &desk, (&filled, outcome.as_ref()), (status, Some(refused))).await
        }
    }
}
