//! Reading a learner's record: who it is, the account, the movements. One's own, or by right and then seen by the learner.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::{Whose, as_of, learner_of, reading};
use super::context::{Bank, Context};
use super::error::OpError;
use super::identity::{document_of, name_of};
use crate::domain::actor::{Actor, BankRole, MemberRole};
use crate::domain::correction::effective::balance_on;
use crate::domain::credit::Credit;
use crate::domain::expiry::{WARNING_DAYS, next_warning_on};
use crate::domain::identity_document::DocumentKind;
use crate::domain::ledger::MovementView;
use crate::domain::list::ListPlace;
use crate::domain::lot::{LotBalance, Pocket};
use crate::domain::movement::{Movement, Side};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::deposits::{LearnerRow, LotRow, MovementRow};
use crate::store::error::StoreError;
use crate::store::records::{self, MovementFilter};

/// A role at an institution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OwnRole {
    pub institution_id: Uuid,
    pub role: MemberRole,
}

/// The learner's own identity, unmasked: nobody else gets this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OwnIdentity {
    pub learner_id: Uuid,
    pub account_number: String,
    pub name: String,
    pub document_kind: DocumentKind,
    pub document_number: String,
}

/// Who the caller is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Me {
    /// The user, or the API client.
    pub id: Uuid,
    pub display_name: String,
    pub bank_role: Option<BankRole>,
    pub roles: Vec<OwnRole>,
    /// The scopes of the token, for an API client.
    pub scopes: Vec<String>,
    pub learner: Option<OwnIdentity>,
}

/// What one category and level hold, by pocket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Balance {
    #[schema(example = "occupational_certificate")]
    pub category: String,
    pub level: Option<i16>,
    pub granted: Credit,
    pub available: Credit,
    pub held: Credit,
    pub redeemed: Credit,
    pub expired: Credit,
    pub reversed: Credit,
}

/// Credit that is soon of no use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Expiring {
    pub lot_id: Uuid,
    pub outcome_id: Uuid,
    pub available: Credit,
    /// The last day of use.
    pub usable_until: NaiveDate,
    /// How many days are left; on the last day none.
    pub days_left: i64,
    /// When a warning of it is told next: 30 and 7 days before the last day.
    pub next_warning_on: Option<NaiveDate>,
}

/// Which record: as it was known at the end of a day, of what took effect by a day; as it is known now where none is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AsOf {
    pub as_of: Option<NaiveDate>,
    pub effective_on: Option<NaiveDate>,
}

/// The account at the end of a day, or now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Account {
    pub learner_id: Uuid,
    pub account_number: String,
    pub as_of: NaiveDate,
    /// The day on which it is looked at, where that is named: as it is known at `as_of` what took effect by then.
    pub effective_on: Option<NaiveDate>,
    pub available: Credit,
    pub balances: Vec<Balance>,
    /// Within 90 days, the soonest first.
    pub expiring_soon: Vec<Expiring>,
}

/// Who the caller is now.
///
/// # Errors
/// `Unauthenticated`.
pub fn read_me(bank: &Bank, context: &Context) -> Result<Me, OpError> {
    bank.store.read(|conn| match context.somebody(conn)? {
        Actor::User {
            user_id,
            display_name,
            bank_role,
            learner_id,
            memberships,
        } => {
            let row = match learner_id {
                Some(learner_id) => records::learner(conn, learner_id)?,
                None => None,
            };
            let own = |membership: crate::domain::actor::Membership| OwnRole {
                institution_id: membership.institution_id,
                role: membership.role,
            };
            Ok(Me {
                id: user_id,
                display_name,
                bank_role,
                roles: memberships.into_iter().map(own).collect(),
                scopes: Vec::new(),
                learner: row.map(|row| own_identity(bank, &row)).transpose()?,
            })
        }
        Actor::Client {
            client_id, name, scopes, ..
        } => Ok(Me {
            id: client_id,
            display_name: name,
            bank_role: None,
            roles: Vec::new(),
            scopes: scopes.iter().map(|scope| scope.to_string()).collect(),
            learner: None,
        }),
        Actor::Anonymous | Actor::Bank => Err(Rejection::Unauthenticated {}.into()),
    })
}

pub(super) fn own_identity(bank: &Bank, row: &LearnerRow) -> Result<OwnIdentity, OpError> {
    let document = document_of(bank, row)?;
    Ok(OwnIdentity {
        learner_id: row.learner_id.0,
        account_number: row.account_number.clone(),
        name: name_of(bank, row)?.as_str().to_owned(),
        document_kind: document.kind(),
        document_number: document.number().to_owned(),
    })
}

/// The account: balances by category and level, and what expires soon.
///
/// # Errors
/// `AsOfInTheFuture`, `EffectiveOnInTheFuture`, `NotFound`, and what the policy answers.
pub fn read_account(bank: &Bank, context: &Context, whose: Whose, days: &AsOf) -> Result<Account, OpError> {
    let (day, until) = as_of(bank, context, days.as_of)?;
    effective(bank, context, days.effective_on)?;
    reading(bank, whose, |conn| {
        let learner = learner_of(conn, context, whose, "read_account")?;
        let lots = records::lots_of(conn, learner.learner_id.0)?;
        let held: Vec<(LotRow, LotBalance)> = match (until, days.effective_on) {
            (None, None) => lots.into_iter().map(with_balance).collect::<Result<_, _>>()?,
            (until, on) => {
                let rows = records::movements_in_order(conn, learner.learner_id.0, until)?;
                let movements = rows.iter().map(MovementRow::movement).collect::<Result<Vec<_>, _>>()?;
                match on {
                    None => at_that_time(lots, &movements),
                    Some(on) => taking_effect(lots, &movements, on)?,
                }
            }
        };
        Ok(Account {
            as_of: day,
            effective_on: days.effective_on,
            ..account(&learner, days.effective_on.unwrap_or(day), &held)?
        })
    })
}

/// Refuses a day that has not come.
fn effective(bank: &Bank, context: &Context, on: Option<NaiveDate>) -> Result<(), Rejection> {
    match on {
        Some(on) if on > bank.day(context.now) => Err(Rejection::EffectiveOnInTheFuture {}),
        _ => Ok(()),
    }
}

/// The lots on a day by the days on which their movements took effect.
fn taking_effect(lots: Vec<LotRow>, movements: &[Movement], on: NaiveDate) -> Result<Vec<(LotRow, LotBalance)>, StoreError> {
    let mut found = Vec::new();
    for lot in lots {
        let own: Vec<Movement> = movements
            .iter()
            .filter(|movement| movement.content.lot_id == lot.lot_id.0)
            .cloned()
            .collect();
        let begun = |movement: &Movement| movement.content.source == Side::Bank && movement.content.effective_on <= on;
        if own.iter().any(begun) {
            let balance = balance_on(&own, on).ok_or_else(|| StoreError::Damaged(format!("lot {}", lot.lot_id.0)))?;
            found.push((lot, balance));
        }
    }
    Ok(found)
}

fn with_balance(lot: LotRow) -> Result<(LotRow, LotBalance), StoreError> {
    let balance = lot.balance()?;
    Ok((lot, balance))
}

/// The lots as some movements left them; those that no movement brought were not there yet.
fn at_that_time(lots: Vec<LotRow>, movements: &[Movement]) -> Vec<(LotRow, LotBalance)> {
    let mut found = Vec::new();
    for lot in lots {
        let mut balance: Option<LotBalance> = None;
        for movement in movements.iter().filter(|movement| movement.content.lot_id == lot.lot_id.0) {
            balance = movement.content.applied_to(balance).ok();
        }
        if let Some(balance) = balance {
            found.push((lot, balance));
        }
    }
    found
}

/// What each category and level of a learner holds now, and all of them together where there are any.
///
/// # Errors
/// When the database refuses.
pub(super) fn balances_now(conn: &mut Conn, learner_id: Uuid) -> Result<(Vec<Balance>, Option<Balance>), StoreError> {
    let lots = records::lots_of(conn, learner_id)?;
    let held: Vec<(LotRow, LotBalance)> = lots.into_iter().map(with_balance).collect::<Result<_, _>>()?;
    let too_much = || StoreError::Damaged("a balance out of range".to_owned());
    let mut total: Option<Balance> = None;
    for (_, lot) in &held {
        let before = total.take().unwrap_or_else(|| nothing(String::new(), None));
        total = Some(more(before, lot).ok_or_else(too_much)?);
    }
    Ok((balances(&held)?, total))
}

fn nothing(category: String, level: Option<i16>) -> Balance {
    Balance {
        category,
        level,
        granted: Credit::ZERO,
        available: Credit::ZERO,
        held: Credit::ZERO,
        redeemed: Credit::ZERO,
        expired: Credit::ZERO,
        reversed: Credit::ZERO,
    }
}

/// By category and level, in their order.
fn balances(lots: &[(LotRow, LotBalance)]) -> Result<Vec<Balance>, StoreError> {
    let mut balances: Vec<Balance> = Vec::new();
    for (lot, held) in lots {
        let place = balances
            .iter()
            .position(|balance| balance.category == lot.category && balance.level == lot.level);
        let before = place.map(|place| balances.swap_remove(place));
        let before = before.unwrap_or_else(|| nothing(lot.category.clone(), lot.level));
        balances.push(more(before, held).ok_or_else(|| StoreError::Damaged("a balance out of range".to_owned()))?);
    }
    balances.sort_by(|a, b| (&a.category, a.level).cmp(&(&b.category, b.level)));
    Ok(balances)
}

fn account(learner: &LearnerRow, day: NaiveDate, lots: &[(LotRow, LotBalance)]) -> Result<Account, StoreError> {
    let too_much = || StoreError::Damaged("a balance out of range".to_owned());
    let mut available = Credit::ZERO;
    for (_, held) in lots {
        available = available.checked_add(held.pocket(Pocket::Available)).ok_or_else(too_much)?;
    }
    let balances = balances(lots)?;
    let mut expiring_soon: Vec<Expiring> = lots
        .iter()
        .filter_map(|(lot, held)| {
            let usable_until = lot.usable_until?;
            let days_left = usable_until.signed_duration_since(day).num_days();
            let available = held.pocket(Pocket::Available);
            (available > Credit::ZERO && days_left <= WARNING_DAYS.map(i64::from).into_iter().max()?).then_some(Expiring {
                lot_id: lot.lot_id.0,
                outcome_id: lot.outcome_id.0,
                available,
                usable_until,
                days_left,
                next_warning_on: next_warning_on(usable_until, day),
            })
        })
        .collect();
    expiring_soon.sort_by_key(|expiring| (expiring.usable_until, expiring.lot_id));
    Ok(Account {
        learner_id: learner.learner_id.0,
        account_number: learner.account_number.clone(),
        as_of: day,
        effective_on: None,
        available,
        balances,
        expiring_soon,
    })
}

fn more(before: Balance, lot: &LotBalance) -> Option<Balance> {
    Some(Balance {
        granted: before.granted.checked_add(lot.granted_amount())?,
        available: before.available.checked_add(lot.pocket(Pocket::Available))?,
        held: before.held.checked_add(lot.pocket(Pocket::Held))?,
        redeemed: before.redeemed.checked_add(lot.pocket(Pocket::Redeemed))?,
        expired: before.expired.checked_add(lot.pocket(Pocket::Expired))?,
        reversed: before.reversed.checked_add(lot.pocket(Pocket::Reversed))?,
        ..before
    })
}

/// Movements from a place by their sequence numbers.
///
/// # Errors
/// `AsOfInTheFuture`, `EffectiveOnInTheFuture`, `NotFound`, and what the policy answers.
pub fn list_movements(
    bank: &Bank,
    context: &Context,
    whose: Whose,
    days: &AsOf,
    place: impl Into<ListPlace<i64>>,
    limit: i64,
) -> Result<Vec<MovementView>, OpError> {
    let place = place.into();
    let (_, until) = as_of(bank, context, days.as_of)?;
    effective(bank, context, days.effective_on)?;
    reading(bank, whose, |conn| {
        let learner = learner_of(conn, context, whose, "list_movements")?;
        let filter = MovementFilter {
            until,
            effective_on: days.effective_on,
            kind: None,
        };
        let rows = records::listed_movements(conn, learner.learner_id.0, &filter, place, limit)?;
        let shown = rows.iter().map(|row| Ok(MovementView::from(&row.movement()?)));
        Ok(shown.collect::<Result<_, StoreError>>()?)
    })
}
