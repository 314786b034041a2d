//! Cases: what the institution bought with credit that turned out wrong, to be decided again.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use crate::domain::claim::{ClaimFilter, ClaimKind, ClaimStatus};
use crate::domain::correction::{CaseFilter, CaseState, CaseVerdict};
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::http::typed::Typed;
use crate::ops::claims::reading::list_claims;
use crate::ops::claims::view::ClaimSummary;
use crate::ops::corrections::cases::{Case, CaseDecision, decide_case, list_cases, read_case};
use crate::ops::outcomes::{OutcomeView, name_outcomes};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::query;
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Done, Posted, SignedIn};

/// Cases on a page, and claims that may take the place of one.
const CASES: usize = 20;
const CLAIMS: i64 = 50;

/// Which of them.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    state: String,
    #[serde(default)]
    overdue: String,
    #[serde(default)]
    before: Leaf,
}

impl Wish {
    fn is_overdue(&self) -> bool {
        self.overdue == "yes"
    }

    fn filter(&self, institution_id: Uuid, today: NaiveDate) -> CaseFilter {
        CaseFilter {
            institution_id: Some(institution_id),
            state: CaseState::parse(&self.state),
            due_before: self.is_overdue().then_some(today),
            ..CaseFilter::default()
        }
    }
}

#[derive(Template)]
#[template(path = "school/cases.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    wish: &'a Wish,
    cases: &'a [Case],
    pager: Pager,
    today: NaiveDate,
}

impl ListPage<'_> {
    fn states(&self) -> &'static [CaseState] {
        CaseState::ALL
    }

    fn is_state(&self, state: &CaseState) -> bool {
        self.wish.state == state.as_str()
    }

    fn waits(&self, case: &Case) -> bool {
        case.state == CaseState::Open
    }

    fn is_late(&self, case: &Case) -> bool {
        self.waits(case) && case.due_on < self.today
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Decided {
    #[serde(default)]
    verdict: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    claim_id: String,
}

#[derive(Template)]
#[template(path = "school/case.html")]
struct Page<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    case: &'a Case,
    /// The wrong outcomes, of those that are the institution's own.
    outcomes: &'a [OutcomeView],
    /// The learner's granted claims, one of which may take the place.
    claims: &'a [ClaimSummary],
    filled: &'a Decided,
    refused: Option<Refused>,
    is_done: bool,
}

impl Page<'_> {
    fn name<'b>(&self, outcome: &'b OutcomeView) -> Name<'b> {
        self.frame.name_of(outcome)
    }

    fn may_decide(&self) -> bool {
        self.case.state == CaseState::Open && self.desk.may(Action::DecideCase)
    }

    fn may_read_correction(&self) -> bool {
        // The correction is of the institution whose outcomes they were.
        !self.outcomes.is_empty() && self.desk.may(Action::ReadCorrection)
    }

    fn verdicts(&self) -> &'static [CaseVerdict] {
        CaseVerdict::ALL
    }

    fn is_verdict(&self, verdict: &CaseVerdict) -> bool {
        self.filled.verdict == verdict.as_str()
    }

    fn is_claim(&self, claim: &ClaimSummary) -> bool {
        self.filled.claim_id == claim.claim_id.to_string()
    }

    fn claim_name<'b>(&self, claim: &'b ClaimSummary) -> &'b str {
        claim.programme_name.as_ref().map_or("", |name| name.text(self.frame.language))
    }

    fn recognised(&self, claim: &ClaimSummary) -> String {
        claim.recognised.map(|credit| credit.to_string()).unwrap_or_default()
    }
}

/// Lists them.
#[get("/desk/{institution_id}/cases")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let wish = wish.0;
    let (context, before) = (visit.context, wish.before);
    let today = web.bank.day(context.now);
    let filter = wish.filter(id.0, today);
    let limit = i64::try_from(CASES + 1).unwrap_or(i64::MAX);
    let mut cases = web.run(move |bank| list_cases(bank, &context, &filter, before, limit)).await?;
    let pager = Pager::cut(
        visit.frame.language,
        (
            &format!(
                "/desk/{}/cases?{}",
                desk.institution_id,
                query(&[("state", &wish.state), ("overdue", &wish.overdue)])
            ),
            "before",
        ),
        &before,
        &mut cases,
        CASES,
        |one| one.case_id,
    );
    let shown = ListPage {
        frame: &visit.frame,
        desk: &desk,
        pager,
        cases: &cases,
        wish: &wish,
        today,
    };
    page(StatusCode::OK, &shown)
}

/// Sends them as a table for spreadsheets.
#[get("/desk/{institution_id}/cases.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Desk::of(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let filter = wish.0.filter(id.0, web.bank.day(context.now));
    let cases = web.run(move |bank| list_cases(bank, &context, &filter, None, ROWS_MAX)).await?;
    let columns = [
        "column-learner",
        "column-account",
        "corrections-state",
        "column-opened",
        "column-due-on",
        "column-wrong-outcomes",
        "column-conversions",
        "column-reason",
        "column-id",
    ];
    let rows = cases.iter().map(|case| {
        [
            cell(case.learner.as_ref().map(|learner| &learner.name_masked)),
            cell(case.learner.as_ref().map(|learner| &learner.account_number)),
            frame.word("corrections-case", case.state.as_str()).into_owned(),
            case.opened_on.to_string(),
            case.due_on.to_string(),
            case.outcome_ids.len().to_string(),
            case.conversion_ids.len().to_string(),
            cell(case.reason.as_ref()),
            case.case_id.to_string(),
        ]
    });
    Ok(table(&frame, "desk-nav-cases", columns, rows))
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    (institution_id, case_id): (Uuid, Uuid),
    filled: &Decided,
    (status, refused, is_done): (StatusCode, Option<Refused>, bool),
) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(web, visit, institution_id).await?;
    let context = visit.context;
    let (case, outcomes, claims) = web
        .run(move |bank| {
            let case = read_case(bank, &context, case_id)?;
            if case.institution_id != institution_id {
                return Err(Rejection::NotFound {}.into());
            }
            let outcomes = name_outcomes(bank, &context, institution_id, &case.outcome_ids)?;
            let filter = ClaimFilter {
                learner_id: Some(case.learner_id),
                institution_id: Some(institution_id),
                kind: Some(ClaimKind::Conversion),
                status: Some(ClaimStatus::Granted),
                ..ClaimFilter::default()
            };
            let mut claims = match case.state {
                CaseState::Open => list_claims(bank, &context, &filter, None, CLAIMS)?,
                CaseState::Confirmed | CaseState::Cancelled | CaseState::Replaced => Vec::new(),
            };
            claims.retain(|claim| claim.claim_id != case.claim_id);
            Ok((case, outcomes, claims))
        })
        .await?;
    let shown = Page {
        frame: &visit.frame,
        desk: &desk,
        case: &case,
        outcomes: &outcomes,
        claims: &claims,
        filled,
        refused,
        is_done,
    };
    page(status, &shown)
}

/// Shows one.
#[get("/desk/{institution_id}/cases/{case_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, case: Id<1>, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let is_done = done.0.done == "decided";
    answer(&web, &visit, (id.0, case.0), &Decided::default(), (StatusCode::OK, None, is_done)).await
}

fn decision_of(filled: &Decided) -> Result<CaseDecision, Rejection> {
    let mut typed = Typed::default();
    let verdict = CaseVerdict::parse(&filled.verdict);
    let claim_id = typed.id("/claim_id", &filled.claim_id);
    match verdict {
        None => typed.refuse("/verdict", "is required"),
        Some(CaseVerdict::Replace) if claim_id.is_none() => typed.refuse("/claim_id", "is required"),
        Some(_) => {}
    }
    typed.check()?;
    let verdict = verdict.unwrap_or(CaseVerdict::Confirm);
    Ok(CaseDecision {
        verdict,
        reason: filled.reason.replace("\r\n", "\n").trim().to_owned(),
        // Chosen before another verdict was.
        claim_id: claim_id.filter(|_| verdict == CaseVerdict::Replace),
    })
}

/// Decides it.
#[post("/desk/{institution_id}/cases/{case_id}/decide")]
pub(super) async fn decide(web: web::Data<Web>, id: Id, case: Id<1>, posted: Posted<Decided>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form: filled } = posted;
    let visit = visit.signed_in()?;
    Desk::of(&web, &visit, id.0).await?;
    let (context, case_id) = (visit.context, case.0);
    let decided = match decision_of(&filled) {
        Ok(decision) => {
            web.run(move |bank| decide_case(bank, &context, once.as_deref(), case_id, &decision))
                .await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match decided {
        Ok(_) => Ok(see_other(&format!("/desk/{}/cases/{case_id}?done=decided", id.0))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            answer(&web, &visit, (id.0, case_id), &filled, (status, Some(refused), false)).await
        }
    }
}
