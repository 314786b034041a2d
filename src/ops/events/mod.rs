//! The feed: events in an order in which nothing ever appears behind a place that somebody has read.

pub mod publisher;

use serde::Serialize;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use crate::domain::actor::Actor;
use crate::domain::event::{Envelope, EventData, parse_types};
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::store::events::{self as store, EventRow, Wanted};

/// An event at its place.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FeedEvent {
    /// Greater than that of every event before it; the same for ever.
    pub position: i64,
    #[serde(rename = "type")]
    #[schema(example = "outcome.deposit_outcome")]
    pub event_type: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: String,
    pub data: EventData,
}

/// A piece of the feed.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FeedPage {
    pub items: Vec<FeedEvent>,
    /// Where to go on: nothing up to here will ever appear again, and everything after it is still to come. Keep it together with
    /// what was done with the items, and each event is taken exactly once.
    pub next: i64,
    /// Whether there is more already.
    pub more: bool,
}

/// What is asked of the feed.
#[derive(Debug, Clone, Default)]
pub struct FeedQuery {
    /// The bank's people may leave it out; an API client reads its own institution's.
    pub institution_id: Option<Uuid>,
    /// All when empty.
    pub types: Vec<String>,
    /// From the beginning of what is kept, when left out.
    pub after: Option<i64>,
}

impl From<&EventRow> for Envelope {
    fn from(row: &EventRow) -> Self {
        let data = EventData {
            event_id: row.event_id.0,
            institution_id: row.institution_id.as_ref().map(|key| key.0),
            learner_id: row.learner_id.as_ref().map(|key| key.0),
            subject_id: row.subject_id.0,
            details: row.payload.0.clone(),
        };
        Self::of(&row.event_type, row.at.0, data)
    }
}

/// Reads on in the feed.
///
/// # Errors
/// `EventsGone` where some after the cursor are no longer kept, `CursorUnknown`, `InvalidQuery`, and what the policy answers.
pub fn list_events(bank: &Bank, context: &Context, query: &FeedQuery, limit: i64) -> Result<FeedPage, OpError> {
    let types = parse_types(query.types.iter().map(String::as_str)).ok_or_else(|| Rejection::InvalidQuery {
        name: "types".to_owned(),
        detail: "is not the name of a type of events".to_owned(),
    })?;
    bank.store.read(|conn| {
        let actor = context.somebody(conn)?;
        let institution_id = match (&actor, query.institution_id) {
            (Actor::Client { institution_id, .. }, None) => Some(*institution_id),
            (_, named) => named,
        };
        let resource = institution_id.map_or(Resource::Bank, Resource::Institution);
        policy::allowed(&actor, Action::ReadEvents, resource)?;
        let head = store::head(conn)?;
        let after = query.after.unwrap_or(head.pruned_to);
        if after > head.published_to || after < 0 {
            return Err(Rejection::CursorUnknown {}.into());
        }
        if after < head.pruned_to {
            return Err(Rejection::EventsGone { oldest: head.pruned_to }.into());
        }
        let wanted = Wanted {
            institution_id,
            types: types.clone(),
        };
        let mut rows = store::after(conn, &wanted, after, head.published_to, limit + 1)?;
        let more = i64::try_from(rows.len()).is_ok_and(|found| found > limit);
        if more {
            rows.pop();
        }
        // What is not wanted lies behind as well, where there is no more.
        let next = match rows.last() {
            Some(last) if more => last.position,
            _ => head.published_to,
        };
        let items = rows
            .iter()
            .map(|row| {
                let envelope = Envelope::from(row);
                FeedEvent {
                    position: row.position,
                    event_type: envelope.event_type,
                    timestamp: envelope.timestamp,
                    data: envelope.data,
                }
            })
            .collect();
        Ok(FeedPage { items, next, more })
    })
}
