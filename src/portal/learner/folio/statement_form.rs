//! Having a paper issued.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::parts::{Pairs, ids, standing_outcomes, value};
use crate::domain::claim::ClaimFilter;
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::domain::statement::{FirstLanguage, NewStatement, StatementKind};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::reading::list_own_claims;
use crate::ops::claims::view::ClaimSummary;
use crate::ops::outcomes::OutcomeView;
use crate::ops::statements::{are_printed, issue_statement};
use crate::portal::answer::{Refused, page, refused_form, see_other};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::visit::{Posted, SignedIn};

/// The most claims among which one chooses, from the newest.
const CLAIMS: i64 = 100;

/// What the paper is to be about.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    outcome: Option<Uuid>,
    #[serde(default)]
    claim: Option<Uuid>,
}

/// A paper as it is filled in.
struct Typed {
    kind: StatementKind,
    outcome_ids: Vec<Uuid>,
    claim_id: Option<Uuid>,
    language: FirstLanguage,
}

#[derive(Template)]
#[template(path = "learner/statement_form.html")]
struct Page<'a> {
    frame: &'a Frame,
    outcomes: &'a [OutcomeView],
    /// Claims with a decision.
    claims: &'a [ClaimSummary],
    typed: &'a Typed,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn is_kind(&self, kind: &str) -> bool {
        self.typed.kind.as_str() == kind
    }

    fn has_outcome(&self, outcome: &OutcomeView) -> bool {
        self.typed.outcome_ids.contains(&outcome.outcome_id)
    }

    fn is_claim(&self, claim: &ClaimSummary) -> bool {
        self.typed.claim_id == Some(claim.claim_id)
    }

    fn name<'b>(&self, outcome: &'b OutcomeView) -> Name<'b> {
        self.frame.name_of(outcome)
    }

    fn is_english_first(&self) -> bool {
        self.typed.language == FirstLanguage::English
    }
}

impl Typed {
    fn read(pairs: &Pairs) -> Self {
        Self {
            kind: StatementKind::parse(value(pairs, "kind")).unwrap_or(StatementKind::Record),
            outcome_ids: ids(pairs, "outcome"),
            claim_id: Uuid::try_parse(value(pairs, "claim_id")).ok(),
            language: FirstLanguage::parse(value(pairs, "language")).unwrap_or(FirstLanguage::Chinese),
        }
    }

    /// The paper that is asked for. What was chosen for another kind is not part of it; one chosen outcome has a page of its own.
    fn statement(&self) -> NewStatement {
        let is_about_outcomes = matches!(self.kind, StatementKind::Outcomes | StatementKind::Outcome);
        NewStatement {
            kind: self.kind,
            outcome_ids: if is_about_outcomes { self.outcome_ids.clone() } else { Vec::new() },
            claim_id: self.claim_id.filter(|_| self.kind == StatementKind::Decision),
            language: self.language,
        }
    }
}

async fn form_page(
    web: &Web,
    visit: &SignedIn,
    typed: &Typed,
    (status, refused): (StatusCode, Option<Refused>),
) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let outcomes = standing_outcomes(web, context).await?;
    let mut claims = web
        .run(move |bank| list_own_claims(bank, &context, &ClaimFilter::default(), None, CLAIMS))
        .await?;
    claims.retain(|claim| claim.decision_number.is_some());
    let shown = Page {
        frame: &visit.frame,
        outcomes: &outcomes,
        claims: &claims,
        typed,
        refused,
    };
    page(status, &shown)
}

/// Shows the form.
#[get("/statements/new")]
pub(super) async fn show_new(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    // Nobody fills in a form that can only be refused.
    if !are_printed() {
        return Err(Rejection::StatementsOff {}.into());
    }
    let Wish { outcome, claim } = wish.0;
    let typed = Typed {
        kind: match (outcome, claim) {
            (Some(_), _) => StatementKind::Outcome,
            (None, Some(_)) => StatementKind::Decision,
            (None, None) => StatementKind::Record,
        },
        outcome_ids: outcome.into_iter().collect(),
        claim_id: claim,
        language: match visit.frame.language {
            Language::Chinese => FirstLanguage::Chinese,
            Language::English => FirstLanguage::English,
        },
    };
    form_page(&web, &visit, &typed, (StatusCode::OK, None)).await
}

/// Has a paper issued.
#[post("/statements/new")]
pub(super) async fn issue(web: web::Data<Web>, posted: Posted<Pairs>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let context = visit.context;
    let typed = Typed::read(&form);
    let new = typed.statement();
    match web.run(move |bank| issue_statement(bank, &context, once.as_deref(), &new)).await {
        Ok(statement) => Ok(see_other(&format!("/statements/{}?done=issued", statement.statement_id))),
        Err(refusal) => {
            let (status, refused) = refused_form(refusal, &visit.frame)?;
            form_page(&web, &visit, &typed, (status, Some(refused))).await
        }
    }
}
