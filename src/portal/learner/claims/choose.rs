//! What can be claimed: a conversion in one of the programmes, or recognition of what brought no credit.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::own_outcomes;
use super::submit;
use crate::domain::credit::Credit;
use crate::domain::programme::ProgrammeFilter;
use crate::http::extract::{AtMost, Query};
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::ops::outcomes::OutcomeView;
use crate::ops::programmes::{ProgrammeSummary, list_programmes};
use crate::ops::worth::own::read_own_worth;
use crate::ops::worth::{Wishes, Worth, Worths};
use crate::portal::answer::page;
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::visit::SignedIn;

/// The most programmes that a search finds.
const FOUND: i64 = 20;

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Wish {
    /// A kept answer, which is to be claimed.
    worth_id: Option<Uuid>,
    /// A part of a programme's name.
    q: Option<AtMost<100>>,
}

#[derive(Template)]
#[template(path = "learner/claim_choose.html")]
struct Page<'a> {
    frame: &'a Frame,
    worths: &'a Worths,
    /// Those by name that were looked for.
    found: &'a [ProgrammeSummary],
    q: &'a str,
    /// Outcomes that brought no credit.
    outcomes: Vec<&'a OutcomeView>,
    has_outcomes: bool,
}

impl Page<'_> {
    fn name<'b>(&self, outcome: &'b OutcomeView) -> Name<'b> {
        self.frame.name_of(outcome)
    }

    fn programme<'a>(&self, worth: &'a Worth) -> Name<'a> {
        self.frame.name_of(&worth.programme_name)
    }

    fn found_name<'a>(&self, programme: &'a ProgrammeSummary) -> Name<'a> {
        self.frame.name_of(&programme.name)
    }

    /// Whether programmes are looked for by name: where not all are listed.
    fn has_search(&self) -> bool {
        self.worths.more_programmes || !self.q.is_empty()
    }
}

/// Whether an outcome stands, and brought no credit.
pub(super) fn is_without_credit(outcome: &OutcomeView) -> bool {
    outcome.status.stands() && outcome.decision.as_ref().is_none_or(|decision| decision.credit == Credit::ZERO)
}

/// Shows what can be claimed, or what a kept answer would claim.
#[get("/claims/new")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    if let Some(worth_id) = wish.0.worth_id {
        return submit::show(&web, &visit, worth_id).await;
    }
    let q = wish.0.q.map(|q| q.0.trim().to_owned()).unwrap_or_default();
    let (context, language, part) = (visit.context, visit.frame.language, q.clone());
    let (worths, outcomes, found) = web
        .calculate(Width::All, move |bank| {
            let worths = read_own_worth(bank, &context, None, &Wishes::default(), language)?;
            let found = match part.is_empty() {
                true => Vec::new(),
                false => {
                    let filter = ProgrammeFilter {
                        name_contains: Some(part),
                        in_force_on: Some(bank.day(context.now)),
                        ..ProgrammeFilter::default()
                    };
                    list_programmes(bank, &filter, None, FOUND)?
                }
            };
            Ok((worths, own_outcomes(bank, &context)?, found))
        })
        .await?;
    let shown = Page {
        frame: &visit.frame,
        worths: &worths,
        found: &found,
        q: &q,
        has_outcomes: !outcomes.is_empty(),
        outcomes: outcomes.iter().filter(|outcome| is_without_credit(outcome)).collect(),
    };
    page(StatusCode::OK, &shown)
}
