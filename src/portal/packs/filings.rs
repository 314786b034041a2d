//! What was filed with the authority: what waits to be decided, and what was decided before.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::room::{Room, Shelf};
use crate::domain::list::{ListOrder, ListPlace};
use crate::domain::pack::catalogue::PackFilter;
use crate::domain::pack::life::PackStatus;
use crate::http::extract::{AtMost, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::institutions::names_of;
use crate::ops::packs::form::PackSummary;
use crate::ops::packs::reading::list_rule_packs;
use crate::portal::answer::page;
use crate::portal::chosen::{Chosen, query};
use crate::portal::download::read_all;
use crate::portal::frame::Frame;
use crate::portal::public::rule_packs::table_of;
use crate::portal::visit::SignedIn;

/// Filings on a page.
const FILINGS: usize = 50;

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    q: Option<AtMost<100>>,
    /// Those that wait, where nothing is said.
    status: Option<String>,
    /// What waits longest first, where nothing is said.
    #[serde(default)]
    order: Chosen<ListOrder>,
    after: Option<Uuid>,
}

impl Wish {
    fn part(&self) -> &str {
        self.q.as_ref().map_or("", |text| text.0.trim())
    }

    fn status(&self) -> PackStatus {
        self.status.as_deref().and_then(PackStatus::parse).unwrap_or(PackStatus::Filed)
    }

    fn filter(&self) -> PackFilter {
        PackFilter {
            text: Some(self.part().to_owned()).filter(|text| !text.is_empty()),
            status: Some(self.status()),
            ..PackFilter::default()
        }
    }

    fn order(&self) -> ListOrder {
        self.order.0.unwrap_or(ListOrder::Oldest)
    }

    fn sort(&self, packs: &mut [PackSummary]) {
        packs.sort_by_key(|pack| pack.filed_at);
        if self.order() == ListOrder::Newest {
            packs.reverse();
        }
    }

    fn query(&self, after: &str) -> String {
        query(&[
            ("q", self.part()),
            ("status", self.status().as_str()),
            ("order", &self.order.text()),
            ("after", after),
        ])
    }
}

/// A version with whose it is.
struct Line<'a> {
    pack: &'a PackSummary,
    /// `None` for the bank.
    owner: Option<&'a str>,
    days: i64,
}

#[derive(Template)]
#[template(path = "packs/filings.html")]
struct Page<'a> {
    frame: &'a Frame,
    room: &'a Room,
    lines: Vec<Line<'a>>,
    q: &'a str,
    status: PackStatus,
    order: ListOrder,
    is_first: bool,
    next: Option<String>,
    /// What is looked for, in an address.
    same: String,
}

impl Page<'_> {
    fn title<'b>(&self, line: &Line<'b>) -> &'b str {
        line.pack.title.text(self.frame.language)
    }

    fn statuses(&self) -> &'static [PackStatus] {
        PackStatus::ALL
    }

    fn is_asked(&self, status: &PackStatus) -> bool {
        self.status == *status
    }

    fn orders(&self) -> [ListOrder; 2] {
        [ListOrder::Oldest, ListOrder::Newest]
    }

    fn is_ordered(&self, order: &ListOrder) -> bool {
        self.order == *order
    }

    fn is_waiting(&self) -> bool {
        self.status == PackStatus::Filed && self.q.is_empty() && self.is_first
    }

    fn is_filed(&self) -> bool {
        self.status == PackStatus::Filed
    }
}

/// Lists what was filed, from what waits longest or from the newest.
#[get("/office/filings")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let room = Room::of(&web, &visit, Shelf::Filings).await?;
    let wish = wish.0;
    let (filter, after, context) = (wish.filter(), wish.after, visit.context);
    let place = ListPlace::new(Some(wish.order()), after);
    let limit = i64::try_from(FILINGS + 1).unwrap_or(i64::MAX);
    let (mut packs, names) = web
        .run(move |bank| {
            let packs = list_rule_packs(bank, &context, &filter, place, limit)?;
            let owners: Vec<Uuid> = packs.iter().filter_map(|pack| pack.institution_id).collect();
            Ok((packs, names_of(bank, &owners)?))
        })
        .await?;
    let more = packs.len() > FILINGS;
    packs.truncate(FILINGS);
    let next = packs.last().filter(|_| more).map(|pack| wish.query(&pack.pack_id.to_string()));
    wish.sort(&mut packs);
    let today = web.bank.day(context.now);
    let days = |at: DateTime<Utc>| (today - web.bank.day(at)).num_days().max(0);
    let line = |pack| {
        let pack: &PackSummary = pack;
        Line {
            owner: pack.institution_id.and_then(|owner_id| names.get(&owner_id)).map(String::as_str),
            days: pack.filed_at.map_or(0, days),
            pack,
        }
    };
    let shown = Page {
        frame: &visit.frame,
        room: &room,
        lines: packs.iter().map(line).collect(),
        q: wish.part(),
        status: wish.status(),
        order: wish.order(),
        is_first: after.is_none(),
        next,
        same: wish.query(""),
    };
    page(StatusCode::OK, &shown)
}

/// Sends it as a table for spreadsheets.
#[get("/office/filings.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    Room::of(&web, &visit, Shelf::Filings).await?;
    let SignedIn { context, frame } = visit;
    let (filter, order) = (wish.0.filter(), wish.0.order());
    let (mut packs, names) = web
        .run(move |bank| {
            let packs = read_all(
                |after, limit| list_rule_packs(bank, &context, &filter, ListPlace::new(Some(order), after), limit),
                |pack| pack.pack_id,
            )?;
            let owners: Vec<Uuid> = packs.iter().filter_map(|pack| pack.institution_id).collect();
            Ok((packs, names_of(bank, &owners)?))
        })
        .await?;
    wish.0.sort(&mut packs);
    Ok(table_of(&frame, "packs-filings", &packs, &names))
}
