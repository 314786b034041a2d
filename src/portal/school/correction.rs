//! One correction with everything that follows from it: read, applied by somebody else, or given up.

use std::borrow::Cow;
use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use super::corrections::scope_said;
use crate::domain::correction::CorrectionState;
use crate::domain::correction::preview::Consequence;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::http::corrections::place;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::corrections::Correction;
use crate::ops::corrections::apply::apply_correction;
use crate::ops::corrections::give_up::give_up_correction;
use crate::ops::corrections::reading::{CorrectionItem, list_correction_items, read_correction};
use crate::ops::outcomes::{OutcomeView, name_outcomes};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::visit::{Nothing, Posted, SignedIn};

/// Outcomes on a page.
const ITEMS: usize = 20;

/// Which part of one, and what was done just before.
#[derive(Default, Deserialize)]
pub(super) struct Look {
    #[serde(default)]
    after: String,
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "school/correction.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    correction: &'a Correction,
    items: &'a [CorrectionItem],
    outcomes: &'a HashMap<Uuid, OutcomeView>,
    is_first: bool,
    next: Option<String>,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn scope(&self) -> Cow<'static, str> {
        scope_said(self.frame, &self.correction.scope)
    }

    fn outcome(&self, item: &CorrectionItem) -> Option<&OutcomeView> {
        self.outcomes.get(&item.item.outcome_id)
    }

    fn name<'b>(&self, outcome: &'b OutcomeView) -> Name<'b> {
        self.frame.name_of(outcome)
    }

    fn said(&self, consequence: &Consequence) -> Cow<'static, str> {
        said(self.frame, consequence)
    }

    /// The claim that it is about, where it is one of this institution's.
    fn claim(&self, consequence: &Consequence) -> Option<Uuid> {
        let (claim_id, institution_id) = match consequence {
            Consequence::VoidClaim {
                claim_id, institution_id, ..
            } => (*claim_id, *institution_id),
            Consequence::Reopen {
                claim_id, institution_id, ..
            } => (*claim_id, Some(*institution_id)),
            _ => return None,
        };
        let is_own = institution_id == Some(self.desk.institution_id) && self.desk.may(Action::ListClaims);
        is_own.then_some(claim_id)
    }

    fn is_previewed(&self) -> bool {
        self.correction.state == CorrectionState::Previewed
    }

    /// Whoever previewed it does not apply it.
    fn may_apply(&self) -> bool {
        self.is_previewed() && self.desk.may(Action::ApplyCorrection) && !self.frame.is_visitor(&self.correction.previewed_by)
    }

    fn may_give_up(&self) -> bool {
        self.is_previewed() && self.desk.may(Action::PreviewCorrection)
    }
}

/// What follows, in a sentence.
fn said(frame: &Frame, consequence: &Consequence) -> Cow<'static, str> {
    match consequence {
        Consequence::Nothing {} => frame.t("corrections-does-nothing"),
        Consequence::Reverse { amount, .. } => frame.t1("corrections-does-reverse", "credit", amount.to_string()),
        Consequence::VoidClaim { amount, .. } => frame.t1("corrections-does-void", "credit", amount.to_string()),
        Consequence::Reopen { amount, .. } => frame.t1("corrections-does-reopen", "credit", amount.to_string()),
        Consequence::RevokeCredentials { credential_ids } => frame.t1("corrections-does-revoke", "count", credential_ids.len()),
        Consequence::Replace { credit, .. } => frame.t1("corrections-does-replace", "credit", credit.to_string()),
    }
}

/// One with a part of its outcomes.
struct Loaded {
    correction: Correction,
    items: Vec<CorrectionItem>,
    outcomes: HashMap<Uuid, OutcomeView>,
}

async fn loaded(
    web: &Web,
    visit: &SignedIn,
    (institution_id, correction_id): (Uuid, Uuid),
    after: &str,
    limit: i64,
) -> Result<Loaded, Refusal> {
    let after = match after {
        "" => None,
        after => Some(place(after)?),
    };
    let context = visit.context;
    web.run(move |bank| {
        let correction = read_correction(bank, &context, correction_id)?;
        if correction.institution_id != institution_id {
            return Err(Rejection::NotFound {}.into());
        }
        let items = list_correction_items(bank, &context, correction_id, after, limit)?;
        let outcome_ids: Vec<Uuid> = items.iter().map(|item| item.item.outcome_id).collect();
        let named = name_outcomes(bank, &context, institution_id, &outcome_ids)?;
        Ok(Loaded {
            correction,
            items,
            outcomes: named.into_iter().map(|outcome| (outcome.outcome_id, outcome)).collect(),
        })
    })
    .await
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    place: (Uuid, Uuid),
    look: &Look,
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, place.0).await?;
    let mut loaded = loaded(web, visit, place, &look.after, i64::try_from(ITEMS + 1).unwrap_or(i64::MAX)).await?;
    let more = loaded.items.len() > ITEMS;
    loaded.items.truncate(ITEMS);
    let last = loaded.items.last().filter(|_| more);
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        correction: &loaded.correction,
        outcomes: &loaded.outcomes,
        is_first: look.after.is_empty(),
        next: last.map(|item| format!("{}.{}", item.item.learner_id, item.item.outcome_id)),
        items: &loaded.items,
        refused,
        done: match look.done.as_str() {
            "previewed" => Some("corrections-done-previewed"),
            "applied" => Some("corrections-done-applied"),
            "given_up" => Some("corrections-done-given-up"),
            _ => None,
        },
    };
    page(status, &shown)
}

/// Shows one with what follows from it.
#[get("/desk/{institution_id}/corrections/{correction_id}")]
pub(super) async fn read(
    web: web::Data<Web>,
    visit: SignedIn,
    id: Id,
    correction: Id<1>,
    look: Query<Look>,
) -> Result<HttpResponse, Refusal> {
    answer(&web, &visit, (id.0, correction.0), &look.0, (StatusCode::OK, None)).await
}

/// Sends what follows for each outcome as a table for spreadsheets.
#[get("/desk/{institution_id}/corrections/{correction_id}/outcomes.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id, correction: Id<1>) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    // At once: each reading is a look at the learners in it.
    let loaded = loaded(&web, &visit, (id.0, correction.0), "", ROWS_MAX).await?;
    let frame = &visit.frame;
    let rows = loaded.items.iter().map(|one| {
        let outcome = loaded.outcomes.get(&one.item.outcome_id);
        let learner = outcome.and_then(|outcome| outcome.learner.as_ref());
        let follows: Vec<Cow<'static, str>> = one.item.consequences.iter().map(|each| said(frame, each)).collect();
        [
            cell(outcome.map(|outcome| frame.name_of(outcome).text().to_owned())),
            cell(learner.map(|learner| &learner.name_masked)),
            cell(learner.map(|learner| &learner.account_number)),
            one.item.awarded_on.to_string(),
            cell(one.item.certificate_number.as_ref()),
            frame.status_name(&one.item.status).to_string(),
            cell(one.item.lot.as_ref().map(|lot| &lot.granted)),
            cell(one.item.lot.as_ref().map(|lot| &lot.available)),
            follows.join(" "),
            one.item.outcome_id.to_string(),
        ]
    });
    let columns = [
        "column-achievement",
        "column-learner",
        "column-account",
        "record-awarded-on",
        "record-certificate-number",
        "column-status",
        "column-credit",
        "column-available",
        "corrections-follows",
        "column-id",
    ];
    Ok(table(frame, "corrections-items", columns, rows))
}

/// What was read, and is to be carried out.
#[derive(Deserialize)]
pub(super) struct Read {
    #[serde(default)]
    digest: String,
}

/// Applies it, exactly as it was read.
#[post("/desk/{institution_id}/corrections/{correction_id}/apply")]
pub(super) async fn apply(web: web::Data<Web>, id: Id, correction: Id<1>, posted: Posted<Read>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, correction_id) = (visit.context, correction.0);
    let applied = web
        .run(move |bank| apply_correction(bank, &context, once.as_deref(), correction_id, &form.digest))
        .await;
    after(&web, &visit, (id.0, correction_id), applied, "applied").await
}

/// Gives it up.
#[post("/desk/{institution_id}/corrections/{correction_id}/give-up")]
pub(super) async fn give_up(web: web::Data<Web>, id: Id, correction: Id<1>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, .. } = posted;
    let visit = visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, correction_id) = (visit.context, correction.0);
    let given_up = web
        .run(move |bank| give_up_correction(bank, &context, once.as_deref(), correction_id))
        .await;
    after(&web, &visit, (id.0, correction_id), given_up, "given_up").await
}

async fn after(
    web: &Web,
    visit: &SignedIn,
    place: (Uuid, Uuid),
    answered: Result<Correction, Refusal>,
    done: &str,
) -> Result<HttpResponse, Refusal> {
    match answered {
        Ok(_) => Ok(see_other(&format!("/desk/{}/corrections/{}?done={done}", place.0, place.1))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            answer(web, visit, place, &Look::default(), (status, Some(refused))).await
        }
    }
}
