//! The outcomes of an institution: searched, read page by page, and sent as a table.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use super::offered::offered;
use crate::domain::outcome::{OutcomeFilter, OutcomeStatus};
use crate::domain::policy::Action;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::review::as_compared;
use crate::http::state::Web;
use crate::http::typed::Typed;
use crate::ops::achievements::form::Achievement;
use crate::ops::outcomes::{OutcomeView, list_outcomes};
use crate::portal::answer::{Refused, page, refused};
use crate::portal::download::ROWS_MAX;
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::outcome::table_of;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::SignedIn;

/// Outcomes on a page.
const OUTCOMES: usize = 30;

/// What is looked for.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    status: String,
    #[serde(default)]
    achievement_id: String,
    #[serde(default)]
    account_number: String,
    #[serde(default)]
    certificate_number: String,
    #[serde(default)]
    awarded_from: String,
    #[serde(default)]
    awarded_to: String,
    #[serde(default)]
    before: Leaf,
}

impl Wish {
    fn pairs(&self) -> [(&'static str, &str); 6] {
        [
            ("status", &self.status),
            ("achievement_id", &self.achievement_id),
            ("account_number", &self.account_number),
            ("certificate_number", &self.certificate_number),
            ("awarded_from", &self.awarded_from),
            ("awarded_to", &self.awarded_to),
        ]
    }

    fn is_narrow(&self) -> bool {
        self.pairs().iter().any(|(_, value)| !value.is_empty())
    }

    /// The same in an address.
    fn query(&self) -> String {
        let asked = self.pairs().into_iter().filter(|(_, value)| !value.is_empty());
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish()
    }

    fn filter(&self, institution_id: Uuid) -> Result<OutcomeFilter, Refusal> {
        let mut typed = Typed::default();
        let filter = OutcomeFilter {
            institution_id: Some(institution_id),
            account_number: Typed::text(&self.account_number),
            achievement_id: typed.id("/achievement_id", &self.achievement_id),
            certificate_number: Typed::text(&self.certificate_number).map(|number| as_compared(&number)),
            status: OutcomeStatus::parse(&self.status),
            awarded_from: typed.day("/awarded_from", &self.awarded_from),
            awarded_to: typed.day("/awarded_to", &self.awarded_to),
            ..OutcomeFilter::default()
        };
        typed.check()?;
        Ok(filter)
    }
}

#[derive(Template)]
#[template(path = "school/outcomes.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    wish: &'a Wish,
    achievements: &'a [Achievement],
    outcomes: &'a [OutcomeView],
    pager: Pager,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn statuses(&self) -> &'static [OutcomeStatus] {
        OutcomeStatus::ALL
    }

    fn is_status(&self, status: &OutcomeStatus) -> bool {
        self.wish.status == status.as_str()
    }

    fn is_achievement(&self, achievement: &Achievement) -> bool {
        self.wish.achievement_id == achievement.achievement_id.to_string()
    }

    fn called<'b>(&self, achievement: &'b Achievement) -> Name<'b> {
        self.frame.name_of(achievement)
    }

    fn name<'b>(&self, outcome: &'b OutcomeView) -> Name<'b> {
        self.frame.name_of(outcome)
    }

    fn may_deposit(&self) -> bool {
        self.desk.may(Action::DepositOutcome)
    }
}

/// Lists them.
#[get("/desk/{institution_id}/outcomes")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let wish = wish.0;
    let (context, before) = (visit.context, wish.before);
    let limit = i64::try_from(OUTCOMES + 1).unwrap_or(i64::MAX);
    let found = match wish.filter(id.0) {
        Ok(filter) => web.run(move |bank| list_outcomes(bank, &context, &filter, before, limit)).await,
        Err(refusal) => Err(refusal),
    };
    let (mut outcomes, status, refused) = match found {
        Ok(outcomes) => (outcomes, StatusCode::OK, None),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            (Vec::new(), status, Some(refused))
        }
    };
    let pager = Pager::cut(
        visit.frame.language,
        (&format!("/desk/{}/outcomes?{}", desk.institution_id, wish.query()), "before"),
        &before,
        &mut outcomes,
        OUTCOMES,
        |one| one.outcome_id,
    );
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        achievements: &offered(&web, &visit, id.0).await?,
        pager,
        outcomes: &outcomes,
        wish: &wish,
        refused,
    };
    page(status, &shown)
}

/// Sends those that are looked for as a table for spreadsheets.
#[get("/desk/{institution_id}/outcomes.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let filter = wish.0.filter(id.0)?;
    let outcomes = web.run(move |bank| list_outcomes(bank, &context, &filter, None, ROWS_MAX)).await?;
    Ok(table_of(&frame, "desk-nav-outcomes", &outcomes))
}
