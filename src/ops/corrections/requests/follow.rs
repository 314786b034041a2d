//! What follows for requests from corrections: one that is applied ends those about its outcomes, and one that is given up no
//! longer counts as promised.

use uuid::Uuid;

use super::{after, stored};
use crate::domain::correction::request::RequestEvent;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::working_days::working_days;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::requests::{self as store, RequestRow};
use crate::store::types::Key;

/// Ends a request because a correction ended its outcome. What is told of that correction tells of it.
///
/// # Errors
/// `Stale` where it moved meanwhile.
pub(in crate::ops::corrections) fn corrected(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    request_id: Uuid,
    correction_id: Uuid,
) -> Result<(), OpError> {
    let row = store::find(conn, request_id)?.ok_or(StoreError::Stale)?;
    let corrected = RequestRow {
        correction_id: Some(Key(correction_id)),
        ..after(&row, RequestEvent::Correct, bank.day(context.now), &working_days(conn)?)?
    };
    if !store::update(conn, &corrected, row.edition)? {
        return Err(StoreError::Stale.into());
    }
    Ok(())
}

/// Takes a correction that is given up from the requests for which it was promised. Their clocks run on.
///
/// # Errors
/// `Stale` where one moved meanwhile.
pub(in crate::ops::corrections) fn given_up(bank: &Bank, context: &Context, conn: &mut Conn, correction_id: Uuid) -> Result<(), OpError> {
    for row in store::promised(conn, correction_id)? {
        let left = RequestRow {
            correction_id: None,
            ..after(&row, RequestEvent::GiveUp, bank.day(context.now), &working_days(conn)?)?
        };
        stored(conn, context, "give_up_correction", &row, &left)?;
    }
    Ok(())
}
