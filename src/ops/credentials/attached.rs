//! Credentials that are attached to papers: asked for with the paper, waited for before it is printed, given up with it.

use uuid::Uuid;

use super::{NewCredential, give_up, in_doubt, queue, text_of};
use crate::domain::credential::{CredentialForm, CredentialScope, CredentialStatus, OUTCOMES_MAX};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::store::connection::Conn;
use crate::store::credentials as store;

/// How far a credential is.
pub(in crate::ops) enum Attached {
    Waits,
    /// What was signed.
    Signed(String),
    /// It could not be signed, or was given up.
    Ended,
}

/// Asks for a credential of some outcomes, which stand; `None` where none is issued: of nothing, of more than one credential has, and
/// where one of them is going to be corrected.
///
/// # Errors
/// When the database refuses.
pub(in crate::ops) fn ask_for(context: &Context, conn: &mut Conn, learner_id: Uuid, outcome_ids: &[Uuid]) -> Result<Option<Uuid>, OpError> {
    if !(1..=OUTCOMES_MAX).contains(&outcome_ids.len()) {
        return Ok(None);
    }
    let outcomes = store::outcomes_of(conn, learner_id, outcome_ids)?;
    if in_doubt(conn, learner_id, &outcomes)?.is_some() {
        return Ok(None);
    }
    let scope = match outcome_ids {
        [one] => CredentialScope::Outcome { outcome_id: *one },
        several => CredentialScope::Selection {
            outcome_ids: several.to_vec(),
        },
    };
    let new = NewCredential {
        scope,
        form: CredentialForm::DataIntegrity,
    };
    let row = queue(context, conn, learner_id, &new, None, &outcomes)?;
    Ok(Some(row.credential_id.0))
}

/// How far a credential is.
///
/// # Errors
/// When the database refuses, or the document does not open.
pub(in crate::ops) fn state_of(bank: &Bank, conn: &mut Conn, learner_id: Uuid, credential_id: Uuid) -> Result<Attached, OpError> {
    let Some(row) = store::find(conn, &[learner_id], credential_id)? else {
        return Ok(Attached::Ended);
    };
    Ok(match text_of(bank, conn, &row)? {
        Some(text) => Attached::Signed(text),
        None if row.status == CredentialStatus::Queued.as_str() => Attached::Waits,
        None => Attached::Ended,
    })
}

/// Gives a credential up with the paper that it is attached to.
///
/// # Errors
/// When the database refuses.
pub(in crate::ops) fn give_up_with(context: &Context, conn: &mut Conn, learner_id: Uuid, credential_id: Uuid) -> Result<(), OpError> {
    match store::find(conn, &[learner_id], credential_id)? {
        Some(row) => give_up(context, conn, &row, learner_id),
        None => Ok(()),
    }
}
