//! Whose credit is over, or is over soon; and the warnings that were told.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::deposits::LotRow;
use super::error::StoreError;
use super::schema::lots;
use super::types::Key;
use crate::domain::expiry::WARNING_DAYS;

/// Learners with available credit whose last day of use was before `today`, in order, after one of them.
///
/// # Errors
/// When the database refuses.
pub fn learners_with_due(conn: &mut Conn, today: NaiveDate, after: Uuid, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let due = lots::table
        .filter(lots::usable_until.lt(Some(today)))
        .filter(lots::available_hundredths.gt(0))
        .filter(lots::learner_id.gt(Key(after)));
    let ids: Vec<Key> = due
        .select(lots::learner_id)
        .distinct()
        .order(lots::learner_id)
        .limit(limit)
        .load(conn)?;
    Ok(ids.into_iter().map(|key| key.0).collect())
}

/// Learners to whom a warning is due on a day, in order, after one of them: with available credit, the day of a warning come,
/// and neither it nor a later one told.
///
/// # Errors
/// When the database refuses.
pub fn learners_to_warn(conn: &mut Conn, today: NaiveDate, after: Uuid, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let mut due = lots::table.select(lots::learner_id).distinct().into_boxed();
    for days in WARNING_DAYS {
        let until = today.checked_add_days(Days::new(days.unsigned_abs().into()));
        let untold = lots::warned_days.is_null().or(lots::warned_days.gt(Some(days)));
        // Each branch names everything, since the branches are alternatives of one statement.
        let branch = lots::available_hundredths
            .gt(0)
            .and(lots::learner_id.gt(Key(after)))
            .and(lots::usable_until.ge(Some(today)))
            .and(lots::usable_until.le(until))
            .and(untold);
        due = due.or_filter(branch.assume_not_null());
    }
    let ids: Vec<Key> = due.order(lots::learner_id).limit(limit).load(conn)?;
    Ok(ids.into_iter().map(|key| key.0).collect())
}

/// Notes that a warning of a lot is told.
///
/// # Errors
/// When the database refuses.
pub fn note_warned(conn: &mut Conn, lot: &LotRow, days: i16) -> Result<(), StoreError> {
    diesel::update(lots::table.find((&lot.learner_id, &lot.lot_id)))
        .set(lots::warned_days.eq(Some(days)))
        .execute(conn)?;
    Ok(())
}
