//! Giving a previewed correction up: it is kept, and nobody applies it any more.

use uuid::Uuid;

use super::requests::follow;
use super::{Correction, damaged};
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::once::once;
use crate::store::connection::Conn;
use crate::store::corrections as store;
use crate::store::journal::tell;

/// Gives up a correction that is previewed, by whoever may preview it. Requests for which it was promised wait for another.
///
/// # Errors
/// `NotFound`, `WrongState`, and what the policy answers.
pub fn give_up_correction(bank: &Bank, context: &Context, key: Option<&str>, correction_id: Uuid) -> Result<Correction, OpError> {
    bank.store.write(|conn| {
        once(bank, context, conn, "give_up_correction", key, &correction_id, |conn| {
            context.somebody(conn)?;
            let row = store::find(conn, correction_id)?.ok_or(Rejection::NotFound {})?;
            let resource = Resource::Institution(row.institution_id.0);
            // To whom the correction is not known, it is not there.
            context.authorised(conn, Action::ReadCorrection, resource)?;
            let actor = context.authorised(conn, Action::PreviewCorrection, resource)?;
            if !store::note_given_up(conn, correction_id, &context.caller.label(), actor.display_name(), context.now)? {
                return Err(Rejection::WrongState {
                    state: found(conn, correction_id)?.state.to_string(),
                }
                .into());
            }
            follow::given_up(bank, context, conn, correction_id)?;
            let told = context
                .told("give_up_correction", "correction", correction_id)
                .of_institution(row.institution_id.0);
            tell(conn, &[told])?;
            found(conn, correction_id)
        })
    })
}

fn found(conn: &mut Conn, correction_id: Uuid) -> Result<Correction, OpError> {
    let row = store::find(conn, correction_id)?.ok_or_else(|| damaged(correction_id))?;
    Ok(Correction::try_from(row)?)
}
