//! The list of claims to decide: what is due first, or by when they came.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, routes, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::{Decider, about};
use crate::domain::claim::clock::{DueKind, WaitsFor};
use crate::domain::claim::{ClaimFilter, ClaimKind, ClaimPlace, ClaimStatus};
use crate::domain::list::{ListOrder, ListPlace};
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::clocks::{DueCount, count_due_claims};
use crate::ops::claims::deciding::{ClaimLine, list_claim_lines};
use crate::portal::answer::page;
use crate::portal::chosen::{Chosen, query};
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::office::around::Office;
use crate::portal::school::around::Desk;
use crate::portal::visit::SignedIn;

/// Claims on a page.
const CLAIMS: usize = 25;

/// What is looked at.
#[derive(Default, Deserialize)]
pub(in crate::portal) struct Wish {
    #[serde(default)]
    kind: Chosen<ClaimKind>,
    #[serde(default)]
    status: Chosen<ClaimStatus>,
    /// Not empty for what is overdue alone.
    #[serde(default)]
    overdue: String,
    /// By when they were submitted; left out, what is due first.
    #[serde(default)]
    order: Chosen<ListOrder>,
    /// At the office: `all`, or those that the bank itself decides.
    #[serde(default)]
    whose: String,
    /// The last claim of the page before, and the day on which something is due on it.
    #[serde(default)]
    after: Chosen<Uuid>,
    #[serde(default)]
    after_day: Chosen<NaiveDate>,
}

#[derive(Template)]
#[template(path = "deciding/claims.html")]
struct Page<'a> {
    frame: &'a Frame,
    decider: &'a Decider,
    base: String,
    counts: Vec<DueCount>,
    lines: &'a [ClaimLine],
    wish: &'a Wish,
    next: Option<String>,
}

impl Wish {
    fn is_overdue(&self) -> bool {
        !self.overdue.is_empty()
    }

    fn is_all(&self) -> bool {
        self.whose == "all"
    }

    fn filter(&self, decider: &Decider, today: NaiveDate) -> ClaimFilter {
        let institution_id = decider.institution_id();
        ClaimFilter {
            institution_id,
            of_the_bank: institution_id.is_none() && !self.is_all(),
            kind: self.kind.0,
            status: self.status.0,
            due_before: self.is_overdue().then_some(today),
            ..ClaimFilter::default()
        }
    }

    fn place(&self) -> ClaimPlace {
        match (self.order.0, self.after.0, self.after_day.0) {
            (order @ Some(_), after, _) => ClaimPlace::Submitted(ListPlace::new(order, after)),
            (None, Some(after), Some(day)) => ClaimPlace::Due(Some((day, after))),
            (None, ..) => ClaimPlace::Due(None),
        }
    }

    /// The place behind a claim; something is due on each of a list that is ordered by it.
    fn behind(&self, line: &ClaimLine) -> ClaimPlace {
        let claim_id = line.summary.claim_id;
        match (self.order.0, line.summary.due) {
            (order @ Some(_), _) => ClaimPlace::Submitted(ListPlace::new(order, Some(claim_id))),
            (None, due) => ClaimPlace::Due(due.map(|due| (due.on, claim_id))),
        }
    }

    /// The same choice in an address, and what is behind a place.
    fn query(&self, place: Option<ClaimPlace>) -> String {
        let (after, day) = match place {
            Some(ClaimPlace::Submitted(ListPlace::Newest(Some(claim_id)) | ListPlace::Oldest(Some(claim_id)))) => {
                (claim_id.to_string(), String::new())
            }
            Some(ClaimPlace::Due(Some((day, claim_id)))) => (claim_id.to_string(), day.to_string()),
            _ => (String::new(), String::new()),
        };
        query(&[
            ("kind", &self.kind.text()),
            ("status", &self.status.text()),
            ("overdue", if self.is_overdue() { "yes" } else { "" }),
            ("order", &self.order.text()),
            ("whose", if self.is_all() { "all" } else { "" }),
            ("after", &after),
            ("after_day", &day),
        ])
    }
}

impl Page<'_> {
    fn desk(&self) -> Option<&Desk> {
        self.decider.desk()
    }

    fn office(&self) -> Option<&Office> {
        self.decider.office()
    }

    fn kinds(&self) -> &'static [ClaimKind] {
        ClaimKind::ALL
    }

    fn statuses(&self) -> &'static [ClaimStatus] {
        ClaimStatus::ALL
    }

    fn orders(&self) -> &'static [ListOrder] {
        ListOrder::ALL
    }

    /// What waits for people here, not for the learner or for a window to run out.
    fn waiting(&self) -> impl Iterator<Item = &DueCount> {
        self.counts.iter().filter(|count| is_for_people(count.due))
    }

    fn is_filtered(&self) -> bool {
        self.wish.kind.0.is_some() || self.wish.status.0.is_some() || self.wish.is_overdue()
    }

    fn about<'b>(&self, line: &'b ClaimLine) -> Name<'b> {
        about(self.frame, &line.summary)
    }

    fn same(&self) -> String {
        self.wish.query(None)
    }
}

fn is_for_people(due: DueKind) -> bool {
    due.waits_for() == WaitsFor::Institution
}

fn count(lines: usize) -> i64 {
    i64::try_from(lines).unwrap_or(i64::MAX)
}

/// Lists the claims.
#[routes]
#[get("/desk/{institution_id}/claims")]
#[get("/office/claims")]
pub(super) async fn show(web: web::Data<Web>, request: HttpRequest, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let decider = Decider::of(&web, &visit, &request).await?;
    let SignedIn { context, frame } = visit;
    let wish = wish.0;
    let filter = wish.filter(&decider, web.bank.day(context.now));
    let (place, institution_id) = (wish.place(), decider.institution_id());
    let (counts, mut lines) = web
        .run(move |bank| {
            let counts = count_due_claims(bank, &context, institution_id)?;
            Ok((counts, list_claim_lines(bank, &context, &filter, place, count(CLAIMS + 1))?))
        })
        .await?;
    let more = lines.len() > CLAIMS;
    lines.truncate(CLAIMS);
    let shown = Page {
        frame: &frame,
        base: decider.base(),
        decider: &decider,
        counts,
        next: lines.last().filter(|_| more).map(|line| wish.query(Some(wish.behind(line)))),
        lines: &lines,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends the claims that are looked at as a table for spreadsheets.
#[routes]
#[get("/desk/{institution_id}/claims.csv")]
#[get("/office/claims.csv")]
pub(super) async fn download(
    web: web::Data<Web>,
    request: HttpRequest,
    visit: SignedIn,
    wish: Query<Wish>,
) -> Result<HttpResponse, Refusal> {
    let decider = Decider::of(&web, &visit, &request).await?;
    let SignedIn { context, frame } = visit;
    let wish = Wish {
        after: Chosen(None),
        after_day: Chosen(None),
        ..wish.0
    };
    let filter = wish.filter(&decider, web.bank.day(context.now));
    let place = wish.place();
    let lines = web
        .run(move |bank| list_claim_lines(bank, &context, &filter, place, ROWS_MAX))
        .await?;
    let columns = [
        "deciding-column-claim",
        "deciding-column-kind",
        "deciding-column-about",
        "deciding-column-learner",
        "deciding-column-account",
        "deciding-column-decider",
        "deciding-column-status",
        "deciding-column-submitted",
        "deciding-column-due",
        "deciding-column-due-on",
        "deciding-column-overdue",
        "deciding-column-recognised",
        "deciding-column-number",
    ];
    let rows = lines.iter().map(|line| {
        let summary = &line.summary;
        [
            summary.claim_id.to_string(),
            frame.word("deciding-kind", summary.kind.as_str()).into_owned(),
            about(&frame, summary).text().to_owned(),
            line.learner.name_masked.clone(),
            line.learner.account_number.clone(),
            summary
                .institution_name
                .clone()
                .unwrap_or_else(|| frame.t("deciding-the-bank").into_owned()),
            frame.word("deciding-status", summary.status.as_str()).into_owned(),
            frame.plain_moment(&summary.submitted_at),
            cell(summary.due.map(|due| frame.word("deciding-due", due.what.as_str()))),
            cell(summary.due.map(|due| due.on)),
            summary.overdue_working_days.to_string(),
            cell(summary.recognised),
            cell(summary.decision_number.as_ref()),
        ]
    });
    Ok(table(&frame, "deciding-title", columns, rows))
}
