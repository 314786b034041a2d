//! One's own claims: where each stands, and how long that may take.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::around::{Clock, clock_of, decider_of, title_of};
use crate::domain::claim::{ClaimFilter, ClaimKind, ClaimStatus, Verdict};
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::reading::list_own_claims;
use crate::ops::claims::view::ClaimSummary;
use crate::portal::answer::page;
use crate::portal::chosen::query;
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::SignedIn;

/// Claims on a page.
const CLAIMS: i64 = 20;

/// What is looked at.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    before: Leaf,
    #[serde(default)]
    done: String,
}

/// A claim in the list.
struct Line<'a> {
    claim: &'a ClaimSummary,
    title: Name<'a>,
    decider: String,
    /// What it would bring, or brought.
    credit: Option<String>,
    clock: Option<Clock>,
    /// Where it stands.
    status: String,
}

#[derive(Template)]
#[template(path = "learner/claims.html")]
struct Page<'a> {
    frame: &'a Frame,
    lines: Vec<Line<'a>>,
    wish: &'a Wish,
    pager: Pager,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn kinds(&self) -> &'static [ClaimKind] {
        ClaimKind::ALL
    }

    fn statuses(&self) -> &'static [ClaimStatus] {
        ClaimStatus::ALL
    }

    fn called(&self, status: &ClaimStatus) -> &'static str {
        status.called(self.frame.language)
    }

    fn is_kind(&self, kind: &ClaimKind) -> bool {
        self.wish.kind == kind.as_str()
    }

    fn is_status(&self, status: &ClaimStatus) -> bool {
        self.wish.status == status.as_str()
    }

    /// Whether some of the claims are not asked for.
    fn is_filtered(&self) -> bool {
        !self.wish.kind.is_empty() || !self.wish.status.is_empty()
    }
}

/// Whether a claim brought credit, or still may.
fn may_bring(claim: &ClaimSummary) -> bool {
    let is_over = matches!(claim.status, ClaimStatus::Withdrawn | ClaimStatus::Lapsed | ClaimStatus::Voided);
    !is_over && claim.verdict != Some(Verdict::Refuse)
}

/// Where a claim stands; of one that is closed, also what was decided.
fn standing_of(claim: &ClaimSummary, language: Language) -> String {
    let status = claim.status.called(language);
    let verdict = claim
        .verdict
        .filter(|_| claim.status == ClaimStatus::Closed)
        .map(|verdict| match verdict {
            Verdict::Grant => ClaimStatus::Granted,
            Verdict::Refuse => ClaimStatus::Refused,
        });
    match verdict {
        Some(verdict) => format!("{status} · {}", verdict.called(language)),
        None => status.to_owned(),
    }
}

/// A word of a set in an address; none where it is empty.
fn word<T>(name: &str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    parse(text).map(Some).ok_or_else(|| {
        Rejection::InvalidQuery {
            name: name.to_owned(),
            detail: "is not one of the choices".to_owned(),
        }
        .into()
    })
}

fn filter_of(wish: &Wish) -> Result<ClaimFilter, Refusal> {
    Ok(ClaimFilter {
        kind: word("kind", &wish.kind, ClaimKind::parse)?,
        status: word("status", &wish.status, ClaimStatus::parse)?,
        ..ClaimFilter::default()
    })
}

/// Lists the claims.
#[get("/claims")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let wish = wish.0;
    let (filter, before) = (filter_of(&wish)?, wish.before);
    let mut claims = web
        .run(move |bank| list_own_claims(bank, &context, &filter, before, CLAIMS + 1))
        .await?;
    let most = usize::try_from(CLAIMS).unwrap_or(usize::MAX);
    let pager = Pager::cut(
        frame.language,
        (
            &format!("/claims?{}", query(&[("kind", &wish.kind), ("status", &wish.status)])),
            "before",
        ),
        &before,
        &mut claims,
        most,
        |one| one.claim_id,
    );
    let lines = claims.iter().map(|claim| Line {
        title: title_of(&frame, claim),
        decider: decider_of(&frame, claim),
        credit: claim.recognised.filter(|_| may_bring(claim)).map(|credit| credit.to_string()),
        clock: clock_of(&frame, claim),
        status: standing_of(claim, frame.language),
        claim,
    });
    let shown = Page {
        frame: &frame,
        lines: lines.collect(),
        wish: &wish,
        pager,
        done: (wish.done == "withdrawn").then_some("claims-done-withdrawn"),
    };
    page(StatusCode::OK, &shown)
}

/// Sends the claims that are looked at as a table for spreadsheets.
#[get("/claims.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let filter = filter_of(&wish.0)?;
    let claims = web
        .run(move |bank| {
            read_all(
                |before, limit| list_own_claims(bank, &context, &filter, before, limit),
                |claim| claim.claim_id,
            )
        })
        .await?;
    let columns = [
        "claims-column-submitted",
        "claims-column-kind",
        "claims-column-about",
        "claims-column-decider",
        "claims-column-status",
        "claims-column-due",
        "claims-column-credit",
        "claims-column-number",
        "claims-column-decided",
    ];
    let rows = claims.iter().map(|claim| {
        [
            web.bank.day(claim.submitted_at).to_string(),
            frame.word("claims-kind", claim.kind.as_str()).into_owned(),
            title_of(&frame, claim).text().to_owned(),
            decider_of(&frame, claim),
            standing_of(claim, frame.language),
            cell(claim.due.map(|due| due.on)),
            cell(claim.recognised),
            cell(claim.decision_number.as_ref()),
            cell(claim.decided_on),
        ]
    });
    Ok(table(&frame, "nav-claims", columns, rows))
}
