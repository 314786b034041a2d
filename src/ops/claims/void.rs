//! A claim ends because an outcome that it uses was withdrawn or corrected, or turned out to be another person's. What becomes
//! of the credit is the business of whoever ends it.

use uuid::Uuid;

use super::{Claim, Step, calendar, damaged, note_step};
use crate::domain::actor::Actor;
use crate::domain::claim::ClaimEvent;
use crate::domain::claim::case::Deed;
use crate::domain::claim::people::ClaimActor;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::store::claims as store;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::types::At;

/// Ends a claim, and says because of what; false where it is at its end already. It uses nothing from then on.
///
/// # Errors
/// `Stale` where it moved meanwhile.
pub(in crate::ops) fn void_claim(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    claim_id: Uuid,
    because: serde_json::Value,
) -> Result<bool, OpError> {
    let row = store::find(conn, claim_id)?.ok_or_else(|| damaged(claim_id))?;
    let claim = Claim::of(row)?;
    let working_days = calendar(conn)?;
    let deed = Deed {
        event: ClaimEvent::Void,
        by: ClaimActor::Bank,
        on: bank.day(context.now),
    };
    let Ok(stepped) = claim.case.after(&deed, &claim.rules, &working_days) else {
        return Ok(false);
    };
    let row = claim.moved(&stepped.case, &working_days, At(context.now))?;
    if !store::update(conn, &row, claim.row.edition)? {
        return Err(StoreError::Stale.into());
    }
    store::set_standing(conn, &row, false)?;
    let step = Step {
        event: deed.event.as_str(),
        actor: &Actor::Bank,
        reason: None,
        details: because,
    };
    note_step(bank, context, conn, &row, &step, deed.on)?;
    Ok(true)
}
