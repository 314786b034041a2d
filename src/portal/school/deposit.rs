//! Depositing one outcome: first what was earned is chosen, then the form asks for what that kind wants.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use super::given::{Field, Given};
use super::offered::{kind_of, newest, offered};
use crate::domain::identity_document::DocumentKind;
use crate::domain::outcome::TraineeGroup;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::outcomes::deposit;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::http::typed::Typed;
use crate::ops::achievements::form::Achievement;
use crate::ops::deposit::{DepositRequest, Deposited, NewOutcome, Novelty};
use crate::ops::identity::LearnerIdentity;
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::visit::{Posted, SignedIn};

/// What was chosen to be deposited.
#[derive(Default, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    achievement_code: String,
}

/// The form as filled in.
#[derive(Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    achievement_code: String,
    #[serde(default)]
    document_kind: String,
    #[serde(default)]
    document_number: String,
    #[serde(default)]
    name: String,
    #[serde(flatten)]
    given: Given,
}

impl Filled {
    fn outcome(&self, institution_id: Uuid) -> Result<NewOutcome, Rejection> {
        let mut typed = Typed::default();
        let document_kind = DocumentKind::parse(&self.document_kind);
        if document_kind.is_none() {
            typed.refuse("/learner/document_kind", "is required");
        }
        let outcome = NewOutcome {
            institution_id,
            learner: LearnerIdentity {
                document_kind: document_kind.unwrap_or(DocumentKind::ResidentIdentityCard),
                document_number: self.document_number.trim().to_owned(),
                name: self.name.trim().to_owned(),
            },
            achievement_code: self.achievement_code.clone(),
            awarded_on: typed.needed_day("/awarded_on", &self.given.awarded_on),
            certificate_number: Typed::text(&self.given.certificate_number),
            grade: Typed::text(&self.given.grade),
            grading_scale: Typed::text(&self.given.grading_scale),
            score: Typed::text(&self.given.score),
            hours: typed.hours("/hours", &self.given.hours),
            credits: Typed::text(&self.given.credits),
            trainee_group: self.given.group(),
            contest: self.given.contest(&mut typed, ""),
        };
        typed.check()?;
        Ok(outcome)
    }
}

#[derive(Template)]
#[template(path = "school/deposit_choose.html")]
struct ChoosePage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    achievements: &'a [Achievement],
    is_unknown: bool,
}

impl ChoosePage<'_> {
    fn called<'b>(&self, achievement: &'b Achievement) -> Name<'b> {
        self.frame.name_of(achievement)
    }

    fn kind(&self, achievement: &Achievement) -> &'static str {
        kind_of(achievement).called(self.frame.language)
    }
}

#[derive(Template)]
#[template(path = "school/deposit.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    achievement: &'a Achievement,
    filled: &'a Filled,
    today: chrono::NaiveDate,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn called(&self) -> Name<'_> {
        self.frame.name_of(self.achievement)
    }

    fn kind(&self) -> &'static str {
        kind_of(self.achievement).called(self.frame.language)
    }

    fn document_kinds(&self) -> &'static [DocumentKind] {
        DocumentKind::ALL
    }

    fn is_document(&self, kind: &DocumentKind) -> bool {
        self.filled.document_kind == kind.as_str()
    }

    fn document_name(&self, kind: &DocumentKind) -> &'static str {
        kind.called(self.frame.language)
    }

    fn groups(&self) -> &'static [TraineeGroup] {
        TraineeGroup::ALL
    }

    fn fields(&self) -> Vec<Field<'_>> {
        self.filled.given.fields(kind_of(self.achievement))
    }

    fn more_fields(&self) -> Vec<Field<'_>> {
        self.filled.given.more_fields(kind_of(self.achievement))
    }

    /// Whether one of the fields that few need was filled in, or refused.
    fn shows_more(&self) -> bool {
        let is_refused = |name: &str| self.refused.as_ref().is_some_and(|refused| refused.of(name).is_some());
        self.more_fields()
            .iter()
            .any(|field| !field.value.is_empty() || is_refused(field.name))
    }
}

async fn form(
    web: &Web,
    visit: &SignedIn,
    desk: &Desk,
    filled: &Filled,
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let achievements = newest(offered(web, visit, desk.institution_id).await?);
    let chosen = achievements.iter().find(|achievement| achievement.code == filled.achievement_code);
    let Some(achievement) = chosen else {
        let shown = ChoosePage {
            frame: &visit.frame,
            desk,
            achievements: &achievements,
            is_unknown: !filled.achievement_code.is_empty(),
        };
        return page(status, &shown);
    };
    let shown = Page {
        frame: &visit.frame,
        desk,
        achievement,
        filled,
        today: web.bank.day(visit.context.now),
        refused,
    };
    page(status, &shown)
}

/// Shows the form, or first what can be chosen.
#[get("/desk/{institution_id}/outcomes/new")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id, chosen: Query<Chosen>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    desk.needs(Action::DepositOutcome)?;
    let filled = Filled {
        achievement_code: chosen.0.achievement_code,
        ..Filled::default()
    };
    form(&web, &visit, &desk, &filled, (StatusCode::OK, None)).await
}

/// What is said above the outcome afterwards.
fn done(deposited: &Deposited) -> &'static str {
    match deposited.novelty {
        Novelty::AlreadyThere => "there",
        Novelty::Created if deposited.account_opened => "opened",
        Novelty::Created => "deposited",
    }
}

/// Deposits the outcome, and leads to it.
#[post("/desk/{institution_id}/outcomes/new")]
pub(super) async fn submit(web: web::Data<Web>, id: Id, posted: Posted<Filled>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form: filled } = posted;
    let visit = visit.signed_in()?;
    let desk = Desk::of(&web, &visit, id.0).await?;
    let deposited = match filled.outcome(id.0) {
        Ok(outcome) => {
            let request = DepositRequest {
                context: visit.context,
                idempotency_key: once,
                outcome,
            };
            deposit(&web, request).await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match deposited {
        Ok(deposited) => Ok(see_other(&format!(
            "/desk/{}/outcomes/{}?done={}",
            id.0,
            deposited.outcome_id,
            done(&deposited)
        ))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            form(&web, &visit, &desk, &filled, (status, Some(refused))).await
        }
    }
}
