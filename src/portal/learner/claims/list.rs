//! One's own claims: where each stands, and how long that may take.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::{Clock, clock_of, decider_of, title_of};
use crate::domain::claim::{ClaimFilter, ClaimKind, ClaimStatus, Verdict};
use crate::domain::rejection::Rejection;
use crate::http::extract::Query;
use crate::http::file::attachment;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::reading::list_own_claims;
use crate::ops::claims::view::ClaimSummary;
use crate::ops::exports::delimited;
use crate::portal::answer::page;
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::visit::SignedIn;

/// Claims on a page.
const CLAIMS: i64 = 20;

/// Claims that are read at once for a download.
const PIECE: i64 = 200;

/// The most claims of a download.
const CLAIMS_MAX: usize = 5_000;

/// What is looked at.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    before: Option<Uuid>,
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
}

#[derive(Template)]
#[template(path = "learner/claims.html")]
struct Page<'a> {
    frame: &'a Frame,
    lines: Vec<Line<'a>>,
    wish: &'a Wish,
    next: Option<Uuid>,
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
    let more = claims.len() > most;
    claims.truncate(most);
    let lines = claims.iter().map(|claim| Line {
        title: title_of(&frame, claim),
        decider: decider_of(&frame, claim),
        credit: claim.recognised.filter(|_| may_bring(claim)).map(|credit| credit.to_string()),
        clock: clock_of(&frame, claim),
        claim,
    });
    let shown = Page {
        frame: &frame,
        lines: lines.collect(),
        wish: &wish,
        next: claims.last().filter(|_| more).map(|claim| claim.claim_id),
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
            let mut claims: Vec<ClaimSummary> = Vec::new();
            while claims.len() < CLAIMS_MAX {
                let before = claims.last().map(|claim| claim.claim_id);
                let piece = list_own_claims(bank, &context, &filter, before, PIECE)?;
                if piece.is_empty() {
                    break;
                }
                claims.extend(piece);
            }
            Ok(claims)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(attachment("claims.csv", &frame.t("claims-file")))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(table_of(&web, &frame, &claims)))
}

fn table_of(web: &Web, frame: &Frame, claims: &[ClaimSummary]) -> String {
    let head = [
        "submitted",
        "kind",
        "about",
        "decider",
        "status",
        "due",
        "credit",
        "number",
        "decided",
    ];
    let head: Vec<String> = head
        .iter()
        .map(|column| frame.t(&format!("claims-column-{column}")).into_owned())
        .collect();
    let rows = claims.iter().map(|claim| {
        vec![
            web.bank.day(claim.submitted_at).to_string(),
            frame.word("claims-kind", claim.kind.as_str()).into_owned(),
            title_of(frame, claim).text().to_owned(),
            decider_of(frame, claim),
            claim.status.called(frame.language).to_owned(),
            claim.due.map_or_else(String::new, |due| due.on.to_string()),
            claim.recognised.map_or_else(String::new, |credit| credit.to_string()),
            claim.decision_number.clone().unwrap_or_default(),
            claim.decided_on.map_or_else(String::new, |day| day.to_string()),
        ]
    });
    delimited(std::iter::once(head).chain(rows))
}
