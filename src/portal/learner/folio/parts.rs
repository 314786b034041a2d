//! What the pages of the portfolio have in common: forms in which several things are chosen, what a refusal says of their fields, and the
//! page that asks once more before something is done for good.

use std::borrow::Cow;
use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::access::Whose;
use crate::ops::context::Context;
use crate::ops::outcomes::{OutcomeView, list_record_outcomes};
use crate::portal::answer::{Refused, page, refused};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::Leaf;
use crate::portal::places::Place;

/// The most outcomes among which one chooses, from the newest.
const CHOOSABLE: i64 = 300;

/// A form as it was sent, with names that stand in it several times.
pub(super) type Pairs = Vec<(String, String)>;

/// The last of a list on the page before.
#[derive(Default, Deserialize)]
pub(super) struct Before {
    #[serde(default)]
    pub(super) before: Leaf,
    #[serde(default)]
    pub(super) done: String,
}

/// What was given under a name; empty where nothing was.
pub(super) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    let found = pairs.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// All that was given under a name.
pub(super) fn values<'a>(pairs: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    let found = pairs.iter().filter(move |(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

/// The identifiers that were chosen under a name; what is none was not on the page.
pub(super) fn ids(pairs: &[(String, String)], name: &str) -> Vec<Uuid> {
    values(pairs, name).filter_map(|text| Uuid::try_parse(text).ok()).collect()
}

/// A text that was typed, or none.
pub(super) fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// How many rows are asked for, to know whether there is another page.
pub(super) fn and_one(rows: usize) -> i64 {
    i64::try_from(rows.saturating_add(1)).unwrap_or(i64::MAX)
}

/// Where else one can go from a page of the portfolio.
pub(super) fn menu(frame: &Frame) -> Vec<Place> {
    frame.menu([
        ("/portfolio", "nav-portfolio"),
        ("/views", "folio-nav-views"),
        ("/shares", "folio-nav-shares"),
        ("/statements", "folio-nav-statements"),
        ("/credentials", "folio-nav-credentials"),
    ])
}

/// The caller's newest outcomes.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub(super) async fn newest_outcomes(web: &Web, context: Context) -> Result<Vec<OutcomeView>, Refusal> {
    web.run(move |bank| list_record_outcomes(bank, &context, Whose::Own, None, None, CHOOSABLE))
        .await
}

/// Those outcomes that stand, about which papers and credentials are issued.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub(super) async fn standing_outcomes(web: &Web, context: Context) -> Result<Vec<OutcomeView>, Refusal> {
    let mut outcomes = newest_outcomes(web, context).await?;
    outcomes.retain(|outcome| outcome.status.stands());
    Ok(outcomes)
}

/// What outcomes are called, by their ids.
pub(super) fn outcome_names(frame: &Frame, outcomes: &[OutcomeView]) -> HashMap<Uuid, Name<'static>> {
    let named = outcomes
        .iter()
        .map(|outcome| (outcome.outcome_id, frame.name_of(outcome).into_owned()));
    named.collect()
}

/// What a paper or credential of one outcome is about.
pub(super) fn only_one<'a>(names: &'a HashMap<Uuid, Name<'static>>, outcome_ids: &[Uuid]) -> Option<&'a Name<'static>> {
    match outcome_ids {
        [outcome_id] => names.get(outcome_id),
        _ => None,
    }
}

/// An outcome that a paper or credential is about.
pub(super) struct About {
    pub(super) outcome_id: Uuid,
    pub(super) name: Name<'static>,
}

/// The outcomes that something is about; one that is not among the newest has no name here.
pub(super) fn about(frame: &Frame, names: &HashMap<Uuid, Name<'static>>, outcome_ids: &[Uuid]) -> Vec<About> {
    let named = outcome_ids.iter().map(|outcome_id| About {
        outcome_id: *outcome_id,
        name: match names.get(outcome_id) {
            Some(name) => name.clone(),
            None => Name::plain(frame.t("item-outcome")),
        },
    });
    named.collect()
}

/// Asks once more before something is done for good.
#[derive(Template)]
#[template(path = "learner/sure.html")]
pub(super) struct Sure<'a> {
    pub(super) frame: &'a Frame,
    /// What it is about.
    pub(super) of: String,
    pub(super) title: Cow<'static, str>,
    pub(super) text: Cow<'static, str>,
    /// Where the form goes.
    pub(super) action: String,
    /// Where one goes back to.
    pub(super) back: String,
    pub(super) refused: Option<Refused>,
}

impl Sure<'_> {
    /// Asks.
    ///
    /// # Errors
    /// When the page cannot be made.
    pub(super) fn ask(&self) -> Result<HttpResponse, Refusal> {
        page(StatusCode::OK, self)
    }

    /// Says why it was not done, and asks again.
    ///
    /// # Errors
    /// What is no expected refusal.
    pub(super) fn not_done(mut self, refusal: Refusal) -> Result<HttpResponse, Refusal> {
        let (status, refused) = refused(refusal, self.frame.language)?;
        self.refused = Some(refused);
        page(status, &self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_a_form_several_times() {
        let pairs: Pairs = [
            ("kind", "work"),
            ("item", "x"),
            ("item", "0197a000-0000-7000-8000-000000000000"),
            ("kind", "award"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        assert_eq!(value(&pairs, "kind"), "work");
        assert_eq!(value(&pairs, "name"), "");
        assert_eq!(values(&pairs, "kind").collect::<Vec<_>>(), ["work", "award"]);
        assert_eq!(ids(&pairs, "item").len(), 1);
        assert_eq!((given("  "), given(" a ")), (None, Some("a".to_owned())));
    }
}
