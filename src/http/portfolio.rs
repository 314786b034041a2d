//! One's own portfolio: the timeline, what one writes into it, and where things stand in it.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, AtMost, Edition, Id, Json, Key, Query};
use super::institutions::with_edition;
use super::paging::{PageSize, begin_page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::portfolio::entry::EntryContent;
use crate::domain::portfolio::timeline::{Grouping, Item, ItemFilter, ItemKind, Verification};
use crate::domain::rejection::Rejection;
use crate::ops::portfolio::entries::{self, Entry};
use crate::ops::portfolio::{self, Placing, Portfolio};

/// The years that are asked for, as in the description of the query.
const YEARS: std::ops::RangeInclusive<i32> = 1800..=2300;

/// Which items, in which order.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PortfolioQuery {
    /// By what the items are grouped: as one placed them and then from the newest, or by kind or year first.
    #[serde(default = "by_time")]
    #[param(inline)]
    group: Grouping,
    kind: Option<ItemKind>,
    /// The one in which it is placed: of its last day, or of its first where it goes on.
    #[param(minimum = 1800, maximum = 2300)]
    year: Option<i32>,
    #[param(value_type = Option<String>, max_length = 60, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    skill: Option<AtMost<60>>,
    /// Only what is hidden from views, or only what is not.
    hidden: Option<bool>,
    verification: Option<Verification>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

fn by_time() -> Grouping {
    Grouping::Timeline
}

/// List one's own portfolio: outcomes, credit, conversions and one's own entries on one timeline.
///
/// What institutions say cannot be edited here, only disputed, by a request for a correction of the outcome that is named.
#[utoipa::path(tag = "portfolio", operation_id = "list_portfolio", params(PortfolioQuery),
    responses((status = 200, description = "A page, with how much there is of what", body = Portfolio)),
    extensions(("x-problems" = json!(["not_found", "cursor_unknown"]))))]
#[get("/api/v1/me/portfolio")]
pub(crate) async fn list_portfolio(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<PortfolioQuery>,
) -> Result<HttpResponse, Refusal> {
    let PortfolioQuery {
        group,
        kind,
        year,
        skill,
        hidden,
        verification,
        limit,
        cursor,
    } = query.0;
    if year.is_some_and(|year| !YEARS.contains(&year)) {
        return Err(Rejection::InvalidQuery {
            name: "year".to_owned(),
            detail: format!("must be {} to {}", YEARS.start(), YEARS.end()),
        }
        .into());
    }
    let filter = ItemFilter {
        kinds: kind.into_iter().collect(),
        year,
        skill: skill.map(|skill| skill.0),
        hidden,
        verification,
    };
    let most = usize::try_from(limit.and_one()).unwrap_or(usize::MAX);
    let mut found = web
        .run(move |bank| portfolio::list_portfolio(bank, &asking.0, group, &filter, cursor, most))
        .await?;
    let mut answer = begin_page(&request, limit, &mut found.items, |item| item.item_id.to_string());
    Ok(answer.json(found))
}

/// Place or hide something of one's own portfolio.
///
/// Also what institutions say; the record itself stays as it is. What is hidden is in no view.
#[utoipa::path(tag = "portfolio", operation_id = "place_item", request_body = Placing, params(("item_id" = Uuid, Path)),
    responses((status = 200, description = "As it is now", body = Item)))]
#[put("/api/v1/me/portfolio/items/{item_id}")]
pub(crate) async fn place_item(web: web::Data<Web>, asking: Asking, id: Id, body: Json<Placing>) -> Result<HttpResponse, Refusal> {
    let item = web.run(move |bank| portfolio::place_item(bank, &asking.0, id.0, &body.0)).await?;
    Ok(HttpResponse::Ok().json(item))
}

/// Add an entry of one's own.
///
/// It is one's own word (`self_declared`) until an institution confirms it.
#[utoipa::path(tag = "portfolio", operation_id = "create_entry", request_body = EntryContent, params(Key),
    responses((status = 201, description = "Made", body = Entry)),
    extensions(("x-problems" = json!(["not_found", "entries_full", "evidence_of_subject_full"]))))]
#[post("/api/v1/me/portfolio/entries")]
pub(crate) async fn create_entry(web: web::Data<Web>, asking: Asking, key: Key, body: Json<EntryContent>) -> Result<HttpResponse, Refusal> {
    let entry = web
        .run(move |bank| entries::create_entry(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(with_edition(HttpResponse::Created(), entry.edition, &entry))
}

/// Read an entry of one's own, with what institutions said of it.
#[utoipa::path(tag = "portfolio", operation_id = "read_entry", params(("entry_id" = Uuid, Path)),
    responses((status = 200, description = "The entry", body = Entry)))]
#[get("/api/v1/me/portfolio/entries/{entry_id}")]
pub(crate) async fn read_entry(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let entry = web.run(move |bank| entries::read_entry(bank, &asking.0, id.0)).await?;
    Ok(with_edition(HttpResponse::Ok(), entry.edition, &entry))
}

/// Edit an entry of one's own.
///
/// What an institution confirmed stays on record as it was; the entry is one's own word again, and open requests to confirm
/// it end.
#[utoipa::path(tag = "portfolio", operation_id = "edit_entry", request_body = EntryContent,
    params(("entry_id" = Uuid, Path), Edition),
    responses((status = 200, description = "As it is now", body = Entry)),
    extensions(("x-problems" = json!(["stale_edition", "precondition_needed", "invalid_header", "evidence_of_subject_full"]))))]
#[put("/api/v1/me/portfolio/entries/{entry_id}")]
pub(crate) async fn edit_entry(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    edition: Edition,
    body: Json<EntryContent>,
) -> Result<HttpResponse, Refusal> {
    let entry = web
        .run(move |bank| entries::edit_entry(bank, &asking.0, id.0, edition.0, &body.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), entry.edition, &entry))
}

/// Remove an entry of one's own, with its words.
#[utoipa::path(tag = "portfolio", operation_id = "remove_entry", params(("entry_id" = Uuid, Path)),
    responses((status = 204, description = "Removed")))]
#[delete("/api/v1/me/portfolio/entries/{entry_id}")]
pub(crate) async fn remove_entry(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    web.run(move |bank| entries::remove_entry(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}
