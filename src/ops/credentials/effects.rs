//! What becomes of credentials when something happens to the outcomes that they say. Always in the transaction of what happens.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use crate::domain::credential::{CredentialStatus, EntryState};
use crate::ops::context::Context;
use crate::ops::error::OpError;
use crate::store::connection::Conn;
use crate::store::credentials::{self as store, CredentialRow, PartRow};
use crate::store::journal::tell;
use crate::store::status_lists;

/// So many documents are moved in one statement.
const PAGE: usize = 500;

/// The credentials that somebody may show, by the outcomes that they say, in order.
///
/// # Errors
/// When the database fails.
pub(crate) fn live(conn: &mut Conn, learner_ids: &[Uuid], outcome_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Uuid>>, OpError> {
    Ok(by_outcome(&store::saying(conn, learner_ids, outcome_ids, &CredentialStatus::LIVE)?))
}

fn by_outcome(found: &[(CredentialRow, PartRow)]) -> HashMap<Uuid, Vec<Uuid>> {
    let mut credentials: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (_, part) in found {
        credentials.entry(part.outcome_id.0).or_default().push(part.credential_id.0);
    }
    credentials
}

/// What says an outcome: the part that does, and the credential as a whole.
fn documents(found: &[(CredentialRow, PartRow)]) -> Vec<Uuid> {
    let both = found.iter().flat_map(|(_, part)| [part.document_id.0, part.credential_id.0]);
    both.collect::<BTreeSet<_>>().into_iter().collect()
}

fn end(conn: &mut Conn, context: &Context, found: &[(CredentialRow, PartRow)], ended_by: Uuid) -> Result<(), OpError> {
    for page in documents(found).chunks(PAGE) {
        status_lists::revoke(conn, page)?;
    }
    for page in found.chunks(PAGE) {
        let (accounts, ids): (Vec<Uuid>, Vec<Uuid>) = page.iter().map(|(row, part)| (row.learner_id.0, part.credential_id.0)).unzip();
        store::end(conn, &accounts, &ids, CredentialStatus::Revoked, Some(ended_by), context.now)?;
    }
    Ok(())
}

/// Revokes every credential that says one of some outcomes, with the part that says it; the other parts of a record stay good when
/// they are shown alone. Answers which those are that somebody may have, by outcome.
///
/// # Errors
/// When the database fails.
pub(crate) fn revoke(
    conn: &mut Conn,
    context: &Context,
    learner_ids: &[Uuid],
    outcome_ids: &[Uuid],
    ended_by: Uuid,
) -> Result<HashMap<Uuid, Vec<Uuid>>, OpError> {
    let found = store::saying(conn, learner_ids, outcome_ids, &CredentialStatus::OPEN)?;
    end(conn, context, &found, ended_by)?;
    let shown: Vec<(CredentialRow, PartRow)> = found
        .into_iter()
        .filter(|(row, _)| row.status != CredentialStatus::Queued.as_str())
        .collect();
    Ok(by_outcome(&shown))
}

/// Revokes what was issued to one learner of outcomes that turn out to be another person's. What that person was issued before
/// stays good.
///
/// # Errors
/// When the database fails.
pub(crate) fn revoke_of_another(
    conn: &mut Conn,
    context: &Context,
    learner_id: Uuid,
    outcome_ids: &[Uuid],
    merge_id: Uuid,
) -> Result<(), OpError> {
    for page in outcome_ids.chunks(PAGE) {
        let mut found = store::saying(conn, &[learner_id], page, &CredentialStatus::OPEN)?;
        found.retain(|(row, _)| row.learner_id.0 == learner_id);
        end(conn, context, &found, merge_id)?;
        tell_of(conn, context, "revoke_credential", &found)?;
    }
    Ok(())
}

fn tell_of(conn: &mut Conn, context: &Context, operation: &'static str, found: &[(CredentialRow, PartRow)]) -> Result<(), OpError> {
    // A record may say several outcomes of one institution.
    let mut seen = BTreeSet::new();
    let told: Vec<_> = found
        .iter()
        .filter(|(row, part)| row.status != CredentialStatus::Queued.as_str() && seen.insert((part.credential_id.0, part.institution_id.0)))
        .map(|(row, part)| {
            context
                .told(operation, "credential", part.credential_id.0)
                .of_learner(row.learner_id.0)
                .of_institution(part.institution_id.0)
                .with(serde_json::json!({ "kind": row.kind, "form": row.form }))
        })
        .collect();
    Ok(tell(conn, &told)?)
}

/// Suspends what says an outcome that is in doubt.
///
/// # Errors
/// When the database fails.
pub(crate) fn suspend(conn: &mut Conn, context: &Context, learner_id: Uuid, outcome_id: Uuid) -> Result<(), OpError> {
    let found = store::saying(conn, &[learner_id], &[outcome_id], &CredentialStatus::OPEN)?;
    status_lists::suspend(conn, &documents(&found))?;
    let mut suspended = Vec::new();
    for (row, part) in found {
        let one = [part.credential_id.0];
        if store::move_to(conn, row.learner_id.0, &one, CredentialStatus::Issued, CredentialStatus::Suspended)? == 1 {
            suspended.push((row, part));
        }
    }
    tell_of(conn, context, "suspend_credential", &suspended)
}

/// Ends the suspension of what says an outcome that is no longer in doubt, unless another outcome of it is.
///
/// # Errors
/// When the database fails.
pub(crate) fn resume(conn: &mut Conn, context: &Context, learner_id: Uuid, outcome_id: Uuid) -> Result<(), OpError> {
    let found = store::saying(conn, &[learner_id], &[outcome_id], &CredentialStatus::OPEN)?;
    let mut resumed = Vec::new();
    for (row, part) in found {
        let credential_id = part.credential_id.0;
        // Of a badge, the part is the whole.
        let mut good = vec![part.document_id.0];
        let others: Vec<Uuid> = store::parts(conn, std::slice::from_ref(&row))?
            .iter()
            .map(|other| other.document_id.0)
            .filter(|id| *id != part.document_id.0)
            .collect();
        let in_doubt = status_lists::entries(conn, &others)?
            .iter()
            .any(|entry| entry.state == EntryState::Suspended.as_str());
        if !in_doubt {
            good.push(credential_id);
        }
        status_lists::resume(conn, &good)?;
        let (from, to) = (CredentialStatus::Suspended, CredentialStatus::Issued);
        if !in_doubt && store::move_to(conn, row.learner_id.0, &[credential_id], from, to)? == 1 {
            resumed.push((row, part));
        }
    }
    tell_of(conn, context, "resume_credential", &resumed)
}
