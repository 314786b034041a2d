//! Credentials of learners: asked for, signed by a thread of their own, read, downloaded, given up; their issuers, their status.

pub(super) mod attached;
pub(in crate::ops) mod copies;
pub(crate) mod effects;
pub mod issue;
pub mod issuers;
pub mod lists;
pub(super) mod said;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::access::{Whose, learner_of};
use super::context::{Bank, Context};
use super::disputes::disputes;
use super::error::OpError;
use super::once::once;
use crate::domain::correction::request::RequestState;
use crate::domain::credential::{CredentialForm, CredentialKind, CredentialScope, CredentialStatus, KEPT_MAX, OUTCOMES_MAX, QUEUED_MAX};
use crate::domain::list::ListPlace;
use crate::domain::outcome::{OutcomeFilter, OutcomeStatus};
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::credentials::{self as store, CredentialRow, PartRow};
use crate::store::deposits::OutcomeRow;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::records;
use crate::store::status_lists;
use crate::store::types::{At, Key};
use crate::vault::opaque::random_number;

/// A credential that a learner asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "scope": { "of": "record" }, "form": "data_integrity" }))]
pub struct NewCredential {
    pub scope: CredentialScope,
    pub form: CredentialForm,
}

/// A credential, without its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CredentialSummary {
    pub credential_id: Uuid,
    pub kind: CredentialKind,
    pub form: CredentialForm,
    pub status: CredentialStatus,
    /// The outcomes that it says.
    pub outcome_ids: Vec<Uuid>,
    pub requested_at: DateTime<Utc>,
    pub issued_at: Option<DateTime<Utc>>,
    /// When it was revoked or given up, or could not be issued.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A credential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Credential {
    #[serde(flatten)]
    pub summary: CredentialSummary,
    /// What was signed: an object with a proof in it, or a compact JWT as a text. Absent until it is issued, and once it is given up.
    #[schema(value_type = Option<Value>)]
    pub document: Option<Value>,
}

/// A signed document as it was issued, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialDocument {
    pub credential_id: Uuid,
    pub form: CredentialForm,
    pub text: String,
}

/// Where the document of a credential belongs; it opens nowhere else.
fn document_place(credential_id: Uuid) -> String {
    format!("credentials.document:{credential_id}")
}

fn damaged(row: &CredentialRow) -> StoreError {
    StoreError::Damaged(format!("credential {}", row.credential_id.0))
}

fn summary_of(row: &CredentialRow, parts: &[PartRow]) -> Result<CredentialSummary, StoreError> {
    let own = parts.iter().filter(|part| part.credential_id == row.credential_id);
    Ok(CredentialSummary {
        credential_id: row.credential_id.0,
        kind: CredentialKind::parse(&row.kind).ok_or_else(|| damaged(row))?,
        form: CredentialForm::parse(&row.form).ok_or_else(|| damaged(row))?,
        status: CredentialStatus::parse(&row.status).ok_or_else(|| damaged(row))?,
        outcome_ids: own.map(|part| part.outcome_id.0).collect(),
        requested_at: row.requested_at.0,
        issued_at: row.issued_at.as_ref().map(|at| at.0),
        ended_at: row.ended_at.as_ref().map(|at| at.0),
    })
}

fn text_of(bank: &Bank, conn: &mut Conn, row: &CredentialRow) -> Result<Option<String>, OpError> {
    let Some(sealed) = store::document(conn, row)? else {
        return Ok(None);
    };
    let plain = bank.sealer.open(&sealed, &document_place(row.credential_id.0))?;
    let text = std::str::from_utf8(&plain).map_err(|_| damaged(row))?;
    Ok(Some(text.to_owned()))
}

fn view_of(bank: &Bank, conn: &mut Conn, row: &CredentialRow) -> Result<Credential, OpError> {
    let parts = store::parts(conn, std::slice::from_ref(row))?;
    let summary = summary_of(row, &parts)?;
    let document = match text_of(bank, conn, row)? {
        None => None,
        Some(token) if summary.form == CredentialForm::Jwt => Some(Value::String(token)),
        Some(text) => Some(serde_json::from_str(&text).map_err(|_| damaged(row))?),
    };
    Ok(Credential { summary, document })
}

/// Finds a credential of the caller, or of whom the caller absorbed.
fn own(conn: &mut Conn, context: &Context, credential_id: Uuid, operation: &str) -> Result<CredentialRow, OpError> {
    let learner = learner_of(conn, context, Whose::Own, operation)?;
    let accounts = records::with_absorbed(conn, learner.learner_id.0)?;
    Ok(store::find(conn, &accounts, credential_id)?.ok_or(Rejection::NotFound {})?)
}

/// The outcomes of a learner that a scope names; each of them stands, and nobody agreed that it has to be corrected.
fn outcomes_of(conn: &mut Conn, learner_id: Uuid, scope: &CredentialScope) -> Result<Vec<OutcomeRow>, OpError> {
    let stands = |row: &OutcomeRow| OutcomeStatus::parse(&row.status).is_some_and(OutcomeStatus::stands);
    let rows = match scope.outcome_ids() {
        Some(outcome_ids) => {
            let rows = store::outcomes_of(conn, learner_id, outcome_ids)?;
            if rows.len() != outcome_ids.len() {
                return Err(Rejection::NotFound {}.into());
            }
            if let Some(row) = rows.iter().find(|row| !stands(row)) {
                return Err(Rejection::OutcomeNotCertified {
                    outcome_id: row.outcome_id.0,
                }
                .into());
            }
            rows
        }
        None => {
            let filter = OutcomeFilter {
                learner_id: Some(learner_id),
                ..OutcomeFilter::default()
            };
            let mut rows = records::outcomes(conn, &filter, ListPlace::Newest(None), i64::MAX)?;
            rows.retain(stands);
            rows
        }
    };
    if rows.is_empty() {
        return Err(Rejection::NothingToCertify {}.into());
    }
    if rows.len() > OUTCOMES_MAX {
        return Err(Rejection::RecordTooLarge {
            outcomes_max: OUTCOMES_MAX,
        }
        .into());
    }
    match in_doubt(conn, learner_id, &rows)? {
        Some(outcome_id) => Err(Rejection::OutcomeInDoubt { outcome_id }.into()),
        None => Ok(rows),
    }
}

/// The first of some outcomes of which its institution agreed that it has to be corrected.
fn in_doubt(conn: &mut Conn, learner_id: Uuid, rows: &[OutcomeRow]) -> Result<Option<Uuid>, OpError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.outcome_id.0).collect();
    let disputed = disputes(conn, &[learner_id], &ids)?;
    let agreed = |id: &Uuid| disputed.get(id).is_some_and(|dispute| dispute.state == RequestState::Accepted);
    Ok(ids.into_iter().find(agreed))
}

/// An id that says nothing: the parts of a record are not to be told to belong together when they are shown alone.
fn random_id() -> Result<Uuid, OpError> {
    let (first, second) = (random_number()?, random_number()?);
    let bytes = ((u128::from(first) << 64) | u128::from(second)).to_be_bytes();
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

fn rows_of(
    learner_id: Uuid,
    new: &NewCredential,
    outcomes: &[OutcomeRow],
    now: DateTime<Utc>,
) -> Result<(CredentialRow, Vec<PartRow>), OpError> {
    let (credential_id, kind) = (Uuid::now_v7(), new.scope.kind());
    let parts = outcomes.iter().map(|outcome| {
        Ok(PartRow {
            learner_id: Key(learner_id),
            credential_id: Key(credential_id),
            outcome_id: outcome.outcome_id.clone(),
            institution_id: outcome.institution_id.clone(),
            document_id: Key(match kind {
                CredentialKind::Badge => credential_id,
                CredentialKind::Record => random_id()?,
            }),
        })
    });
    let parts = parts.collect::<Result<Vec<_>, OpError>>()?;
    let row = CredentialRow {
        learner_id: Key(learner_id),
        credential_id: Key(credential_id),
        kind: kind.to_string(),
        form: new.form.to_string(),
        status: CredentialStatus::Queued.to_string(),
        holder: None,
        requested_at: At(now),
        issued_at: None,
        ended_at: None,
        ended_by: None,
    };
    Ok((row, parts))
}

/// Asks for a credential of the caller's own outcomes: those that stand. It is queued, and signed within seconds.
///
/// # Errors
/// `InvalidBody`, `NotFound` for an outcome that is not the caller's, `OutcomeNotCertified`, `OutcomeInDoubt`, `NothingToCertify`,
/// `RecordTooLarge`, `TooManyCredentials`, `CredentialsFull`, and what the policy answers.
pub fn request_credential(bank: &Bank, context: &Context, key: Option<&str>, new: &NewCredential) -> Result<Credential, OpError> {
    new.scope.check()?;
    bank.store.write(|conn| {
        once(bank, context, conn, "request_credential", key, new, |conn| {
            let learner = learner_of(conn, context, Whose::Own, "request_credential")?;
            let learner_id = learner.learner_id.0;
            context.authorised(conn, Action::WriteOwnCredential, Resource::Learner(learner_id))?;
            records::lock_learner(conn, learner_id)?;
            let accounts = records::with_absorbed(conn, learner_id)?;
            if store::count(conn, &accounts, &[CredentialStatus::Queued])? >= QUEUED_MAX {
                return Err(Rejection::TooManyCredentials { queued_max: QUEUED_MAX }.into());
            }
            let kept = [CredentialStatus::Issued, CredentialStatus::Suspended, CredentialStatus::Revoked];
            if store::count(conn, &accounts, &kept)? >= KEPT_MAX {
                return Err(Rejection::CredentialsFull { kept_max: KEPT_MAX }.into());
            }
            let outcomes = outcomes_of(conn, learner_id, &new.scope)?;
            let row = queue(context, conn, learner_id, new, None, &outcomes)?;
            view_of(bank, conn, &row)
        })
    })
}

/// Queues a credential, bound to a holder's key where one is named, and tells of it.
fn queue(
    context: &Context,
    conn: &mut Conn,
    learner_id: Uuid,
    new: &NewCredential,
    holder: Option<&str>,
    outcomes: &[OutcomeRow],
) -> Result<CredentialRow, OpError> {
    let (row, parts) = rows_of(learner_id, new, outcomes, context.now)?;
    let row = CredentialRow {
        holder: holder.map(str::to_owned),
        ..row
    };
    store::insert(conn, &row, &parts)?;
    let told = context
        .told("request_credential", "credential", row.credential_id.0)
        .of_learner(learner_id)
        .with(serde_json::json!({ "kind": row.kind, "form": row.form }));
    tell(conn, &[told])?;
    Ok(row)
}

/// The caller's own credentials, from a place in their list.
///
/// # Errors
/// `NotFound` for a caller without a learning account.
pub fn list_own_credentials(
    bank: &Bank,
    context: &Context,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<CredentialSummary>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_own_credentials")?;
        let accounts = records::with_absorbed(conn, learner.learner_id.0)?;
        let rows = store::list(conn, &accounts, place, limit)?;
        let parts = store::parts(conn, &rows)?;
        Ok(rows.iter().map(|row| summary_of(row, &parts)).collect::<Result<_, _>>()?)
    })
}

/// Reads a credential of the caller, with its document.
///
/// # Errors
/// `NotFound`.
pub fn read_own_credential(bank: &Bank, context: &Context, credential_id: Uuid) -> Result<Credential, OpError> {
    bank.store.read(|conn| {
        let row = own(conn, context, credential_id, "read_own_credential")?;
        view_of(bank, conn, &row)
    })
}

/// Reads the signed document of a credential of the caller, as it was issued.
///
/// # Errors
/// `NotFound`, also where it is not issued yet, and where it was given up.
pub fn download_own_credential(bank: &Bank, context: &Context, credential_id: Uuid) -> Result<CredentialDocument, OpError> {
    bank.store.read(|conn| {
        let row = own(conn, context, credential_id, "download_own_credential")?;
        Ok(CredentialDocument {
            credential_id,
            form: CredentialForm::parse(&row.form).ok_or_else(|| damaged(&row))?,
            text: text_of(bank, conn, &row)?.ok_or(Rejection::NotFound {})?,
        })
    })
}

/// Gives a credential up: its document is forgotten, and copies of it do not count any more. Once given up it stays so.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn give_up_credential(bank: &Bank, context: &Context, credential_id: Uuid) -> Result<(), OpError> {
    bank.store.write(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "give_up_credential")?;
        let learner_id = learner.learner_id.0;
        context.authorised(conn, Action::WriteOwnCredential, Resource::Learner(learner_id))?;
        records::lock_learner(conn, learner_id)?;
        let row = own(conn, context, credential_id, "give_up_credential")?;
        give_up(context, conn, &row, learner_id)
    })
}

fn give_up(context: &Context, conn: &mut Conn, row: &CredentialRow, learner_id: Uuid) -> Result<(), OpError> {
    let credential_id = row.credential_id.0;
    if !store::give_up(conn, row, context.now)? {
        return Ok(());
    }
    let parts = store::parts(conn, std::slice::from_ref(row))?;
    let mut documents: Vec<Uuid> = parts.iter().map(|part| part.document_id.0).collect();
    documents.push(credential_id);
    status_lists::revoke(conn, &documents)?;
    let told = context
        .told("give_up_credential", "credential", credential_id)
        .of_learner(learner_id)
        .with(serde_json::json!({ "kind": row.kind, "form": row.form }));
    Ok(tell(conn, &[told])?)
}
