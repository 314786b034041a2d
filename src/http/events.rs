//! The feed of events, for systems that ask.

use actix_web::{HttpResponse, get, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, AtMost, Query};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::event::PublishedType;
use crate::ops::events::{self, FeedPage, FeedQuery};

/// How many events an answer has: 1 to 1000.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u16")]
pub struct EventLimit(u16);

impl Default for EventLimit {
    fn default() -> Self {
        Self(100)
    }
}

impl TryFrom<u16> for EventLimit {
    type Error = &'static str;

    fn try_from(size: u16) -> Result<Self, Self::Error> {
        if (1..=1000).contains(&size) {
            Ok(Self(size))
        } else {
            Err("must be 1 to 1000")
        }
    }
}

impl utoipa::PartialSchema for EventLimit {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Integer)
            .minimum(Some(1))
            .maximum(Some(1000))
            .default(Some(serde_json::json!(100)))
            .examples([serde_json::json!(100)])
            .into()
    }
}

impl utoipa::ToSchema for EventLimit {}

/// Which events.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// The institution; the bank's officers may leave it out, and API clients read their own's.
    institution_id: Option<Uuid>,
    /// `next` of the answer before; from the oldest that is kept, when left out.
    #[param(minimum = 0)]
    after: Option<i64>,
    #[serde(default)]
    #[param(inline)]
    limit: EventLimit,
    /// Names of types with commas between; all, when left out.
    #[param(value_type = Option<Vec<PublishedType>>, style = Form, explode = false)]
    types: Option<AtMost<4000>>,
}

/// Follow what happens, by asking again and again.
///
/// Events come in an order that never changes: ask with `after` as the `next` of the answer before, and no event is missed and none
/// comes twice, whatever happens at the same time. Of one learner the order is that in which it happened. Nothing personal is in an
/// event; `webhooks` of this description says what each type holds. An institution's members (registrars and administrators) and its
/// API clients (`events:read`) read what concerns it.
#[utoipa::path(tag = "events", operation_id = "list_events", params(EventQuery),
    responses((status = 200, description = "A piece of the feed, the oldest first", body = FeedPage)),
    extensions(("x-problems" = json!(["events_gone", "cursor_unknown"]))))]
#[get("/api/v1/events")]
pub(crate) async fn list_events(web: web::Data<Web>, asking: Asking, query: Query<EventQuery>) -> Result<HttpResponse, Refusal> {
    let EventQuery {
        institution_id,
        after,
        limit,
        types,
    } = query.0;
    let asked = FeedQuery {
        institution_id,
        // A list of none is left out, as forms do.
        types: types
            .iter()
            .filter(|names| !names.0.is_empty())
            .flat_map(|names| names.0.split(','))
            .map(str::to_owned)
            .collect(),
        after,
    };
    let page = web
        .run(move |bank| events::list_events(bank, &asking.0, &asked, i64::from(limit.0)))
        .await?;
    Ok(HttpResponse::Ok().json(page))
}
