//! Copies of a learner's credential for the keys of wallets: credentials of their own, that say the same of the same outcomes.

use serde_json::Value;
use uuid::Uuid;

use super::{CredentialScope, NewCredential};
use super::{damaged, outcomes_of, queue, view_of};
use crate::domain::credential::{CredentialForm, CredentialKind, CredentialStatus, KEPT_MAX};
use crate::domain::rejection::Rejection;
use crate::domain::wallet::WalletConfiguration;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::store::connection::Conn;
use crate::store::credentials::{self as store, CredentialRow};
use crate::store::records;

/// A credential of a learner, or of whom the learner absorbed, that can be shown.
fn issued(conn: &mut Conn, learner_id: Uuid, credential_id: Uuid) -> Result<CredentialRow, OpError> {
    let accounts = records::with_absorbed(conn, learner_id)?;
    let row = store::find(conn, &accounts, credential_id)?.ok_or(Rejection::NotFound {})?;
    if row.status != CredentialStatus::Issued.as_str() {
        return Err(Rejection::WrongState { state: row.status }.into());
    }
    Ok(row)
}

/// What a wallet asks for to get a copy of a credential.
///
/// # Errors
/// `NotFound`, `WrongState`.
pub(in crate::ops) fn offered(conn: &mut Conn, learner_id: Uuid, credential_id: Uuid) -> Result<WalletConfiguration, OpError> {
    let row = issued(conn, learner_id, credential_id)?;
    let kind = CredentialKind::parse(&row.kind).ok_or_else(|| damaged(&row))?;
    let form = CredentialForm::parse(&row.form).ok_or_else(|| damaged(&row))?;
    Ok(WalletConfiguration::of(kind, form))
}

/// Queues a copy of a credential for a key, and says which credential it is. The outcomes must stand still.
///
/// # Errors
/// `NotFound`, `WrongState`, `CredentialsFull`, and why an outcome cannot be certified any more.
pub(in crate::ops) fn copy_for(
    conn: &mut Conn,
    context: &Context,
    (learner_id, credential_id): (Uuid, Uuid),
    holder: &str,
) -> Result<Uuid, OpError> {
    let learner_id = records::learner(conn, learner_id)?.ok_or(Rejection::NotFound {})?.learner_id.0;
    records::lock_learner(conn, learner_id)?;
    let original = issued(conn, learner_id, credential_id)?;
    let accounts = records::with_absorbed(conn, learner_id)?;
    let kept = [CredentialStatus::Issued, CredentialStatus::Suspended, CredentialStatus::Revoked];
    if store::count(conn, &accounts, &kept)? >= KEPT_MAX {
        return Err(Rejection::CredentialsFull { kept_max: KEPT_MAX }.into());
    }
    let parts = store::parts(conn, std::slice::from_ref(&original))?;
    let outcome_ids: Vec<Uuid> = parts.iter().map(|part| part.outcome_id.0).collect();
    let kind = CredentialKind::parse(&original.kind).ok_or_else(|| damaged(&original))?;
    let new = NewCredential {
        scope: match (kind, outcome_ids.as_slice()) {
            (CredentialKind::Badge, [outcome_id]) => CredentialScope::Outcome { outcome_id: *outcome_id },
            _ => CredentialScope::Selection { outcome_ids },
        },
        form: CredentialForm::parse(&original.form).ok_or_else(|| damaged(&original))?,
    };
    let outcomes = outcomes_of(conn, learner_id, &new.scope)?;
    let row = queue(context, conn, learner_id, &new, Some(holder), &outcomes)?;
    Ok(row.credential_id.0)
}

/// The signed copy for a key, once there is one.
///
/// # Errors
/// `InvalidProof` for another key's, `WrongState` where it is none any more.
pub(in crate::ops) fn copy_of(bank: &Bank, learner_id: Uuid, copy_id: Uuid, holder: &str) -> Result<Option<Value>, OpError> {
    bank.store.read(|conn| {
        let learner_id = records::learner(conn, learner_id)?.ok_or(Rejection::NotFound {})?.learner_id.0;
        let accounts = records::with_absorbed(conn, learner_id)?;
        let row = store::find(conn, &accounts, copy_id)?.ok_or(Rejection::NotFound {})?;
        if row.holder.as_deref() != Some(holder) {
            return Err(Rejection::InvalidProof {}.into());
        }
        match CredentialStatus::parse(&row.status) {
            Some(CredentialStatus::Queued) => Ok(None),
            Some(CredentialStatus::Issued) => Ok(view_of(bank, conn, &row)?.document),
            _ => Err(Rejection::WrongState { state: row.status }.into()),
        }
    })
}
