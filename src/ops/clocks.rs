//! What every clock does: due days follow the calendar, and what is overdue is told once. What else a clock brings is the
//! business of whoever runs it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::working_days::working_days;
use crate::domain::policy::{Action, Resource};
use crate::domain::working_days::WorkingDays;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::{Told, tell};

/// How many are looked at together.
const PAGE: i64 = 100;

/// Something that has to be done by a day.
pub(super) trait Watched: Sized {
    /// Those on which something is due, in the order of their ids, after one of them.
    fn page(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<Self>, StoreError>;

    fn id(&self) -> Uuid;

    /// The due day that is stored, by which lists go.
    fn stored_due_on(&self) -> Option<NaiveDate>;

    /// The due day by the calendar as it is known now.
    fn due_on(&self, working_days: &WorkingDays) -> Result<Option<NaiveDate>, StoreError>;

    /// Stores another due day; false where it moved on meanwhile.
    fn move_due(&self, conn: &mut Conn, context: &Context, on: NaiveDate) -> Result<bool, StoreError>;

    /// Notes that it is told to be overdue; false where it was so before, or moved on meanwhile.
    fn note_escalated(&self, conn: &mut Conn, context: &Context) -> Result<bool, StoreError>;

    /// What is told of it.
    fn told(&self, context: &Context, due_on: NaiveDate) -> Told;
}

/// What is done with one that is past its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// It is told, once.
    Tell,
    /// Nothing is told of it.
    Leave,
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Told of for the first time since they are overdue.
    pub escalated: u64,
    /// Whose due day another calendar moved.
    pub moved: u64,
}

/// Runs one clock; each that is past its day is shown to `overdue`. It may be broken off and begun again; run twice it does
/// nothing more.
///
/// # Errors
/// What the policy answers to `action`, and what `overdue` does.
pub(super) fn sweep<T: Watched>(
    bank: &Bank,
    context: &Context,
    action: Action,
    mut overdue: impl FnMut(&T, &WorkingDays) -> Result<Overdue, OpError>,
) -> Result<Swept, OpError> {
    let today = bank.day(context.now);
    let mut swept = Swept::default();
    let mut after: Option<Uuid> = None;
    loop {
        let (working_days, page) = bank.store.read(|conn| {
            context.authorised(conn, action, Resource::Bank)?;
            Ok::<_, OpError>((working_days(conn)?, T::page(conn, after, PAGE)?))
        })?;
        let Some(last) = page.last() else { return Ok(swept) };
        after = Some(last.id());
        for one in &page {
            let Some(due_on) = one.due_on(&working_days)? else { continue };
            // A holiday notice came, or went: lists go by the day that is stored.
            if one.stored_due_on() != Some(due_on) && bank.store.write(|conn| one.move_due(conn, context, due_on))? {
                swept.moved += 1;
            }
            if due_on < today && overdue(one, &working_days)? == Overdue::Tell {
                swept.escalated += u64::from(escalated(bank, context, one, due_on)?);
            }
        }
    }
}

/// Tells once of one that is overdue where it stands.
fn escalated<T: Watched>(bank: &Bank, context: &Context, one: &T, due_on: NaiveDate) -> Result<bool, OpError> {
    bank.store.write(|conn| {
        if !one.note_escalated(conn, context)? {
            return Ok(false);
        }
        tell(conn, &[one.told(context, due_on)])?;
        Ok::<_, OpError>(true)
    })
}
