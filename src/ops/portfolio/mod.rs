//! The portfolio: everything of a learner's record on one timeline, what the learner writes into it, and who confirms that.

pub mod answers;
pub mod confirmations;
pub mod entries;
mod record;

use serde::Serialize;
use uuid::Uuid;

use super::access::{Whose, learner_of};
use super::context::{Bank, Context};
use super::error::OpError;
use crate::domain::policy::{Action, Resource};
use crate::domain::portfolio::entry::EntryContent;
use crate::domain::portfolio::timeline::{Grouping, Item, ItemCount, ItemFilter, PLACE_MAX, counts, order};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::portfolio::{self as store, PlaceRow};
use crate::store::records;
use crate::store::types::Key;

pub(super) use record::items_of;

/// How evidence and the audit name entries, and requests to confirm them.
const ENTRY: &str = "portfolio_entry";
const CONFIRMATION: &str = "entry_confirmation";

/// A part of the timeline, and how much there is of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Portfolio {
    pub items: Vec<Item>,
    /// Of the whole portfolio, whatever is asked for here.
    pub kinds: Vec<ItemCount>,
    /// From the newest.
    pub years: Vec<ItemCount>,
    /// From the most.
    pub skills: Vec<ItemCount>,
}

/// Where an item stands in the portfolio; what it says stays as it is.
#[derive(Debug, Clone, Copy, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "hidden": false, "place": 1 }))]
pub struct Placing {
    /// Left out of every view.
    #[serde(default)]
    pub hidden: bool,
    /// Placed items come first, in this order.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10000)]
    pub place: Option<i16>,
}

/// Where the words of an entry belong; they open nowhere else.
fn content_place(entry_id: Uuid) -> String {
    format!("portfolio_entries.content:{entry_id}")
}

fn damaged(entry_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("portfolio entry {entry_id}"))
}

fn sealed_content(bank: &Bank, entry_id: Uuid, content: &EntryContent) -> Result<Vec<u8>, OpError> {
    let plain = serde_json::to_vec(content).map_err(|_| damaged(entry_id))?;
    Ok(bank.sealer.seal(&plain, &content_place(entry_id))?)
}

fn opened_content(bank: &Bank, entry_id: Uuid, sealed: &[u8]) -> Result<EntryContent, OpError> {
    let plain = bank.sealer.open(sealed, &content_place(entry_id))?;
    Ok(serde_json::from_slice(&plain).map_err(|_| damaged(entry_id))?)
}

/// The caller's own account, to write to it: nobody else does so until the transaction ends.
pub(super) fn own_to_write(conn: &mut Conn, context: &Context, operation: &str) -> Result<LearnerRow, OpError> {
    let learner = learner_of(conn, context, Whose::Own, operation)?;
    context.authorised(conn, Action::WritePortfolio, Resource::Learner(learner.learner_id.0))?;
    records::lock_learner(conn, learner.learner_id.0)?;
    Ok(learner)
}

/// The caller's portfolio, in the order that is asked for, after the item `after`.
///
/// # Errors
/// `NotFound` for somebody without a learning account; `CursorUnknown` where `after` is not among what is asked for.
pub fn list_portfolio(
    bank: &Bank,
    context: &Context,
    grouping: Grouping,
    filter: &ItemFilter,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Portfolio, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_portfolio")?;
        let mut items = items_of(bank, conn, learner.learner_id.0)?;
        let [kinds, years, skills] = counts(&items);
        order(&mut items, grouping);
        items.retain(|item| filter.takes(item));
        let first = match after {
            None => 0,
            Some(after) => {
                let place = items.iter().position(|item| item.item_id == after);
                place.ok_or(Rejection::CursorUnknown {})?.saturating_add(1)
            }
        };
        Ok(Portfolio {
            items: items.into_iter().skip(first).take(limit).collect(),
            kinds,
            years,
            skills,
        })
    })
}

/// Places or hides something of the portfolio, whoever says it; a record itself is not touched by that.
///
/// # Errors
/// `InvalidBody`, `NotFound`, and what the policy answers.
pub fn place_item(bank: &Bank, context: &Context, item_id: Uuid, placing: &Placing) -> Result<Item, OpError> {
    if placing.place.is_some_and(|place| !(1..=PLACE_MAX).contains(&place)) {
        return Err(Rejection::field("/place", "must be 1 to 10000").into());
    }
    bank.store.write(|conn| {
        let learner = own_to_write(conn, context, "place_item")?;
        let learner_id = learner.learner_id.0;
        let found = items_of(bank, conn, learner_id)?.into_iter().find(|item| item.item_id == item_id);
        let item = found.ok_or(Rejection::NotFound {})?;
        let accounts = records::with_absorbed(conn, learner_id)?;
        let row = PlaceRow {
            learner_id: learner.learner_id,
            item_id: Key(item_id),
            hidden: placing.hidden,
            place: placing.place,
        };
        store::put_place(conn, &accounts, &row)?;
        tell(
            conn,
            &[context.told("place_item", "portfolio_item", item_id).of_learner(learner_id)],
        )?;
        Ok(Item {
            hidden: placing.hidden,
            place: placing.place,
            ..item
        })
    })
}
