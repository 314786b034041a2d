//! The portfolio: everything of the record on one timeline, and where each item stands in it.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::portfolio::disclosure::DisclosedItem;
use crate::domain::portfolio::timeline::{Grouping, Item, ItemCount, ItemFilter, ItemKind, Verification};
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::portfolio::{Placing, Portfolio, list_portfolio, place_item};
use crate::portal::answer::{Refused, page, refused_form, see_other};
use crate::portal::download::{ROWS_MAX, cell, table};
use crate::portal::frame::Frame;
use crate::portal::public::share_view::{ShownItem, shown_item};
use crate::portal::visit::{Posted, SignedIn};

/// Items on a page.
const ITEMS: usize = 20;

/// What is looked at.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    group: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    year: String,
    #[serde(default)]
    skill: String,
    #[serde(default)]
    verification: String,
    #[serde(default)]
    shown: String,
    #[serde(default)]
    cursor: Option<Uuid>,
    #[serde(default)]
    done: String,
}

/// An item on the timeline.
struct Row {
    item_id: Uuid,
    /// What stands above it, where another group begins.
    group: Option<String>,
    item: ShownItem,
    is_own: bool,
    hidden: bool,
    place: Option<i16>,
    outcome_id: Option<Uuid>,
    is_disputed: bool,
}

#[derive(Template)]
#[template(path = "learner/portfolio.html")]
struct Page<'a> {
    frame: &'a Frame,
    rows: Vec<Row>,
    next: Option<Uuid>,
    portfolio: &'a Portfolio,
    wish: &'a Wish,
    /// The filter as a part of an address.
    asked: String,
    done: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "learner/placing.html")]
struct PlacePage<'a> {
    frame: &'a Frame,
    item_id: Uuid,
    title: String,
    hidden: bool,
    place: String,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn groupings(&self) -> &'static [Grouping] {
        Grouping::ALL
    }

    fn verifications(&self) -> &'static [Verification] {
        Verification::ALL
    }

    fn count_name(&self, count: &ItemCount) -> Cow<'static, str> {
        let of = count.of.as_deref().unwrap_or_default();
        match ItemKind::parse(of) {
            Some(kind) => self.frame.word("item", kind.as_str()),
            None => Cow::Owned(of.to_owned()),
        }
    }
}

impl Wish {
    fn grouping(&self) -> Grouping {
        Grouping::parse(&self.group).unwrap_or(Grouping::Timeline)
    }

    fn filter(&self) -> ItemFilter {
        ItemFilter {
            kinds: ItemKind::parse(&self.kind).into_iter().collect(),
            year: self.year.parse().ok(),
            skill: Some(self.skill.clone()).filter(|skill| !skill.is_empty()),
            hidden: match self.shown.as_str() {
                "hidden" => Some(true),
                "shown" => Some(false),
                _ => None,
            },
            verification: Verification::parse(&self.verification),
        }
    }

    /// The filter as a part of an address.
    fn asked(&self) -> String {
        let pairs = [
            ("group", &self.group),
            ("kind", &self.kind),
            ("year", &self.year),
            ("skill", &self.skill),
            ("verification", &self.verification),
            ("shown", &self.shown),
        ];
        let given = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish()
    }
}

/// Under what an item stands, where the timeline is grouped.
fn group_of(frame: &Frame, grouping: Grouping, item: &Item) -> Option<String> {
    match grouping {
        Grouping::Timeline => None,
        Grouping::Kind => Some(frame.word("item", item.kind.as_str()).into_owned()),
        Grouping::Year => Some(match item.day() {
            Some(day) => day.format("%Y").to_string(),
            None => frame.t("portfolio-no-year").into_owned(),
        }),
    }
}

fn row_of(frame: &Frame, group: Option<String>, item: &Item) -> Row {
    let (item_id, is_own) = (item.item_id, item.edition.is_some());
    Row {
        item_id,
        group,
        item: shown_item(&DisclosedItem::from(item.clone()), frame, &|file| {
            is_own.then(|| format!("/portfolio/entries/{item_id}/files/{}", file.file_id))
        }),
        is_own,
        hidden: item.hidden,
        place: item.place,
        outcome_id: match item.kind {
            ItemKind::Outcome => Some(item_id),
            _ => item.disputable_outcome_id,
        },
        is_disputed: item.dispute_request_id.is_some(),
    }
}

/// Shows the timeline.
#[get("/portfolio")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let done = match wish.0.done.as_str() {
        "placed" => Some("portfolio-placed"),
        "removed" => Some("portfolio-entry-removed"),
        _ => None,
    };
    let SignedIn { context, frame } = visit;
    let wish = wish.0;
    let (grouping, filter, cursor) = (wish.grouping(), wish.filter(), wish.cursor);
    let mut portfolio = web
        .run(move |bank| list_portfolio(bank, &context, grouping, &filter, cursor, ITEMS.saturating_add(1)))
        .await?;
    let more = portfolio.items.len() > ITEMS;
    portfolio.items.truncate(ITEMS);
    let mut last = None;
    let rows = portfolio.items.iter().map(|item| {
        let group = group_of(&frame, grouping, item);
        let is_new = group != last;
        last.clone_from(&group);
        row_of(&frame, group.filter(|_| is_new), item)
    });
    let shown = Page {
        frame: &frame,
        rows: rows.collect(),
        next: portfolio.items.last().filter(|_| more).map(|item| item.item_id),
        asked: wish.asked(),
        portfolio: &portfolio,
        wish: &wish,
        done,
    };
    page(StatusCode::OK, &shown)
}

/// Sends what is looked at as a table for spreadsheets.
#[get("/portfolio.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let (grouping, filter) = (wish.0.grouping(), wish.0.filter());
    let most = usize::try_from(ROWS_MAX).unwrap_or(usize::MAX);
    let portfolio = web
        .run(move |bank| list_portfolio(bank, &context, grouping, &filter, None, most))
        .await?;
    let columns = [
        "portfolio-column-kind",
        "portfolio-column-title",
        "portfolio-column-from",
        "portfolio-column-to",
        "portfolio-column-by",
        "portfolio-column-verification",
        "portfolio-column-shown",
    ];
    let rows = portfolio.items.iter().map(|item| cells_of(&frame, item));
    Ok(table(&frame, "nav-portfolio", columns, rows))
}

fn cells_of(frame: &Frame, item: &Item) -> [String; 7] {
    let names: Vec<&str> = item.institutions.iter().map(|institution| institution.name.as_str()).collect();
    let organisation = item.organisation.as_ref().map(|organisation| organisation.text(frame.language));
    [
        frame.word("item", item.kind.as_str()).into_owned(),
        item.title.text(frame.language).to_owned(),
        cell(item.from),
        cell(item.to),
        match organisation {
            Some(organisation) if names.is_empty() => organisation.to_owned(),
            _ => names.join(&frame.t("list-separator")),
        },
        frame.word("folio-verification", item.verification.as_str()).into_owned(),
        frame
            .t(if item.hidden { "portfolio-hidden" } else { "portfolio-shown" })
            .into_owned(),
    ]
}

/// Finds one of the caller's items.
async fn found(web: &Web, visit: &SignedIn, item_id: Uuid) -> Result<Item, Refusal> {
    let context = visit.context;
    let everything = ItemFilter::default();
    let portfolio = web
        .run(move |bank| list_portfolio(bank, &context, Grouping::Timeline, &everything, None, usize::MAX))
        .await?;
    let found = portfolio.items.into_iter().find(|item| item.item_id == item_id);
    found.ok_or_else(|| Rejection::NotFound {}.into())
}

/// Shows where an item stands.
#[get("/portfolio/items/{item_id}")]
pub(super) async fn show_place(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let item = found(&web, &visit, id.0).await?;
    let shown = PlacePage {
        frame: &visit.frame,
        item_id: id.0,
        title: item.title.text(visit.frame.language).to_owned(),
        hidden: item.hidden,
        place: item.place.map(|place| place.to_string()).unwrap_or_default(),
        refused: None,
    };
    page(StatusCode::OK, &shown)
}

#[derive(Deserialize)]
pub(super) struct Placed {
    #[serde(default)]
    hidden: String,
    #[serde(default)]
    place: String,
    /// The filter of the page on which the form was.
    #[serde(default)]
    asked: String,
}

/// Places, hides or shows an item.
#[post("/portfolio/items/{item_id}")]
pub(super) async fn set_place(web: web::Data<Web>, id: Id, posted: Posted<Placed>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, item_id, form) = (visit.context, id.0, posted.form);
    let place = form.place.trim();
    let placing = Placing {
        hidden: !form.hidden.is_empty(),
        // What is no number is refused as one that is too small.
        place: (!place.is_empty()).then(|| place.parse().unwrap_or_default()),
    };
    match web.run(move |bank| place_item(bank, &context, item_id, &placing)).await {
        Ok(_) => Ok(see_other(&back_to(&form.asked, item_id))),
        Err(refusal) => {
            let (status, refused) = refused_form(refusal, &visit.frame)?;
            let item = found(&web, &visit, item_id).await?;
            let shown = PlacePage {
                frame: &visit.frame,
                item_id,
                title: item.title.text(visit.frame.language).to_owned(),
                hidden: placing.hidden,
                place: form.place,
                refused: Some(refused),
            };
            page(status, &shown)
        }
    }
}

/// The timeline as it was looked at, at the item. Whatever a form says is read and written anew, so that it leads nowhere else.
fn back_to(asked: &str, item_id: Uuid) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let known = ["group", "kind", "year", "skill", "verification", "shown"];
    for (name, value) in url::form_urlencoded::parse(asked.as_bytes()) {
        if known.contains(&name.as_ref()) {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("done", "placed");
    format!("/portfolio?{}#item-{item_id}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_back_to_the_timeline_as_it_was_looked_at() {
        let wish = Wish {
            kind: "work".to_owned(),
            skill: "a&b".to_owned(),
            ..Wish::default()
        };
        assert_eq!(wish.asked(), "kind=work&skill=a%26b");
        let item_id = Uuid::nil();
        assert_eq!(
            back_to(&wish.asked(), item_id),
            format!("/portfolio?kind=work&skill=a%26b&done=placed#item-{item_id}")
        );
        assert_eq!(
            back_to("https://evil.example/?a=b\r\nSet-Cookie: c", item_id),
            format!("/portfolio?done=placed#item-{item_id}")
        );
    }
}
