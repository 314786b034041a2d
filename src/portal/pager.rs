//! The links below a list that is read from its newest or from its oldest things, a page at a time.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use askama::Template;
use serde::{Deserialize, Deserializer, de};
use uuid::Uuid;

use super::texts::text;
use crate::domain::language::Language;
use crate::domain::list::ListPlace;

/// The word with which an address asks for the oldest first.
const OLDEST: &str = "oldest";

/// Where a page of a list begins. In an address it is what the page is behind, after `oldest` where the oldest are first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaf<I = Uuid>(ListPlace<I>);

impl<I> Default for Leaf<I> {
    fn default() -> Self {
        Self(ListPlace::Newest(None))
    }
}

impl<I> From<Leaf<I>> for ListPlace<I> {
    fn from(leaf: Leaf<I>) -> Self {
        leaf.0
    }
}

impl<I: fmt::Display> fmt::Display for Leaf<I> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            ListPlace::Newest(None) => Ok(()),
            ListPlace::Newest(Some(past)) => past.fmt(formatter),
            ListPlace::Oldest(None) => formatter.write_str(OLDEST),
            ListPlace::Oldest(Some(past)) => write!(formatter, "{OLDEST}-{past}"),
        }
    }
}

impl<I: FromStr> FromStr for Leaf<I> {
    type Err = I::Err;

    fn from_str(text: &str) -> Result<Self, I::Err> {
        let past = |text: &str| (!text.is_empty()).then(|| text.parse()).transpose();
        Ok(Self(match text.strip_prefix(OLDEST) {
            Some(rest) => ListPlace::Oldest(past(rest.trim_start_matches('-'))?),
            None => ListPlace::Newest(past(text)?),
        }))
    }
}

impl<'de, I: FromStr<Err: fmt::Display>> Deserialize<'de> for Leaf<I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl<I> Leaf<I> {
    /// Whether it is the beginning of the list, from whichever end.
    pub(super) fn is_first(&self) -> bool {
        matches!(self.0, ListPlace::Newest(None) | ListPlace::Oldest(None))
    }

    fn is_oldest(&self) -> bool {
        matches!(self.0, ListPlace::Oldest(_))
    }

    /// The beginning from the same end, or from the other.
    fn beginning(&self, other: bool) -> Self {
        Self(match self.is_oldest() == other {
            true => ListPlace::Newest(None),
            false => ListPlace::Oldest(None),
        })
    }

    /// The page behind a thing, from the same end.
    fn behind(&self, past: I) -> Self {
        Self(match self.is_oldest() {
            true => ListPlace::Oldest(Some(past)),
            false => ListPlace::Newest(Some(past)),
        })
    }
}

/// A link, and what it says.
struct Way {
    to: String,
    says: Cow<'static, str>,
}

/// To the beginning, to what comes next, and to the other end of a list.
#[derive(Template)]
#[template(path = "pager.html")]
pub(super) struct Pager {
    first: Option<Way>,
    next: Option<Way>,
    turned: Option<Way>,
}

/// It is an element of its own.
impl askama::filters::HtmlSafe for Pager {}

impl Pager {
    /// Leaves of what was read, which is one more than fits if there is more, what a page has room for. The list is at `address`, with
    /// what is chosen in it; `field` is the parameter that the leaf comes in.
    pub(super) fn cut<T, I: fmt::Display>(
        language: Language,
        (address, field): (&str, &str),
        leaf: &Leaf<I>,
        items: &mut Vec<T>,
        room: usize,
        id: impl Fn(&T) -> I,
    ) -> Self {
        let more = items.len() > room;
        items.truncate(room);
        let to = |leaf: Leaf<I>| {
            let leaf = leaf.to_string();
            let chosen = address.trim_end_matches(['?', '&']);
            match (leaf.is_empty(), chosen.contains('?')) {
                (true, _) => chosen.to_owned(),
                (false, true) => format!("{chosen}&{field}={leaf}"),
                (false, false) => format!("{chosen}?{field}={leaf}"),
            }
        };
        let way = |leaf, says| Way {
            to: to(leaf),
            says: text(language, says, None),
        };
        let other = if leaf.is_oldest() { "newest-first" } else { "oldest-first" };
        let is_whole = leaf.is_first() && !more;
        Self {
            first: (!leaf.is_first()).then(|| way(leaf.beginning(false), "first-page")),
            next: items.last().filter(|_| more).map(|last| way(leaf.behind(id(last)), "next-page")),
            turned: (!is_whole || items.len() > 1).then(|| way(leaf.beginning(true), other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_is_in_an_address_what_it_is() {
        let id = Uuid::from_u128(7);
        for place in [
            ListPlace::Newest(None),
            ListPlace::Newest(Some(id)),
            ListPlace::Oldest(None),
            ListPlace::Oldest(Some(id)),
        ] {
            let leaf = Leaf(place);
            assert_eq!(leaf.to_string().parse::<Leaf>(), Ok(leaf));
        }
        assert_eq!("oldest-12".parse::<Leaf<i64>>(), Ok(Leaf(ListPlace::Oldest(Some(12)))));
        assert!("youngest".parse::<Leaf>().is_err() && "oldest-x".parse::<Leaf>().is_err());
    }

    fn ways(pager: &Pager) -> [Option<&str>; 3] {
        [&pager.first, &pager.next, &pager.turned].map(|way| way.as_ref().map(|way| way.to.as_str()))
    }

    #[test]
    fn links_lead_on_from_the_same_end_and_to_the_other() {
        let pager = |text: &str, address: &str, count: i64| {
            let mut items: Vec<i64> = (1..=count).collect();
            let pager = Pager::cut(
                Language::Chinese,
                (address, "before"),
                &text.parse().unwrap(),
                &mut items,
                3,
                |item: &i64| *item,
            );
            assert!(items.len() <= 3);
            pager
        };
        assert_eq!(ways(&pager("", "/records", 0)), [None, None, None]);
        assert_eq!(ways(&pager("", "/records", 1)), [None, None, None]);
        assert_eq!(ways(&pager("", "/records", 3)), [None, None, Some("/records?before=oldest")]);
        assert_eq!(
            ways(&pager("", "/records?kind=x", 4)),
            [None, Some("/records?kind=x&before=3"), Some("/records?kind=x&before=oldest")]
        );
        assert_eq!(
            ways(&pager("oldest-9", "/records?", 4)),
            [Some("/records?before=oldest"), Some("/records?before=oldest-3"), Some("/records")]
        );
    }
}
