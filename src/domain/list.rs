//! In which order a list is read, and where its reader goes on.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::words::words;

words! {
    /// In which order the things of a list came into being: `newest` first, as lists are, or `oldest` first.
    pub enum ListOrder {
        Newest => "newest",
        Oldest => "oldest",
    }
}

/// Where a list goes on. What it is ordered by grows with time: most ids are UUIDs of version 7 (RFC 9562).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListPlace<I = Uuid> {
    /// From the newest, or behind this one.
    Newest(Option<I>),
    /// From the oldest, or behind this one.
    Oldest(Option<I>),
}

impl<I> ListPlace<I> {
    /// The beginning of a list, or the place behind a thing; from the newest where no order is asked for.
    pub fn new(order: Option<ListOrder>, past: Option<I>) -> Self {
        match order {
            None | Some(ListOrder::Newest) => Self::Newest(past),
            Some(ListOrder::Oldest) => Self::Oldest(past),
        }
    }

    /// The same place, with what it is behind told in another way.
    pub fn map<J>(self, told: impl Fn(I) -> J) -> ListPlace<J> {
        match self {
            Self::Newest(past) => ListPlace::Newest(past.map(told)),
            Self::Oldest(past) => ListPlace::Oldest(past.map(told)),
        }
    }
}

/// The order that lists have where none is asked for.
impl<I> From<Option<I>> for ListPlace<I> {
    fn from(past: Option<I>) -> Self {
        Self::Newest(past)
    }
}
