//! Reading evidence by right, every look noted; and removing what nothing uses.

use uuid::Uuid;
use zeroize::Zeroizing;

use super::super::access::{Whose, learner_of, note_access};
use super::super::context::{Bank, Context};
use super::super::error::OpError;
use super::{EvidenceFile, content_place, damaged, digest_of, grant, shown};
use crate::domain::list::ListPlace;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::files::Digest;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::evidence::{self as store, FileRow};
use crate::store::journal::tell;
use crate::store::{records, statements};

/// A file with its content, as it was uploaded.
#[derive(Debug)]
pub struct Downloaded {
    pub file: EvidenceFile,
    pub content: Zeroizing<Vec<u8>>,
}

/// The caller's own files, from a place in their list; those that institutions uploaded are among them.
///
/// # Errors
/// `NotFound` for a caller without a learning account.
pub fn list_own_evidence(bank: &Bank, context: &Context, place: impl Into<ListPlace>, limit: i64) -> Result<Vec<EvidenceFile>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_own_evidence")?;
        let rows = store::list(conn, learner.learner_id.0, place, limit)?;
        rows.iter().map(|row| shown(bank, row)).collect()
    })
}

/// Finds a file of a learner, or of whom the learner was merged into.
fn found(conn: &mut Conn, learner_id: Uuid, file_id: Uuid) -> Result<FileRow, OpError> {
    let learner = records::learner(conn, learner_id)?.ok_or(Rejection::NotFound {})?;
    Ok(store::find(conn, learner.learner_id.0, file_id)?.ok_or(Rejection::NotFound {})?)
}

/// Finds a file that the caller may look at, and notes the look where it is somebody else's. Who may not is told that
/// there is none.
fn looked_at(conn: &mut Conn, context: &Context, learner_id: Uuid, file_id: Uuid, operation: &str) -> Result<FileRow, OpError> {
    let actor = context.somebody(conn)?;
    let row = found(conn, learner_id, file_id)?;
    let grant = grant(conn, &actor, &row)?.ok_or(Rejection::NotFound {})?;
    note_access(conn, context, &actor, grant.institution_id, operation, &[row.learner_id.0])?;
    Ok(row)
}

/// Reads what is said of a file.
///
/// # Errors
/// `NotFound`, also for those who may not look at it.
pub fn read_evidence(bank: &Bank, context: &Context, learner_id: Uuid, file_id: Uuid) -> Result<EvidenceFile, OpError> {
    bank.store.write(|conn| {
        let row = looked_at(conn, context, learner_id, file_id, "read_evidence")?;
        shown(bank, &row)
    })
}

/// Reads a file with its content. The look is noted before the content is read, even if that then fails.
///
/// # Errors
/// `NotFound`, also for those who may not look at it; and when the content is away.
pub fn download_evidence(bank: &Bank, context: &Context, learner_id: Uuid, file_id: Uuid) -> Result<Downloaded, OpError> {
    let row = bank
        .store
        .write(|conn| looked_at(conn, context, learner_id, file_id, "download_evidence"))?;
    downloaded(bank, &row)
}

/// A file with its content. Whoever sends it has asked for the right, and noted the look.
///
/// # Errors
/// `NotFound` where the file was removed meanwhile; and when the content is away.
pub(in crate::ops) fn downloaded(bank: &Bank, row: &FileRow) -> Result<Downloaded, OpError> {
    let digest = digest_of(row)?;
    // A removal at the same time takes the content away; then there is nothing to look at.
    let sealed = match bank.files.get(digest)? {
        Some(sealed) => sealed,
        None if bank
            .store
            .read(|conn| store::find(conn, row.learner_id.0, row.file_id.0))?
            .is_none() =>
        {
            return Err(Rejection::NotFound {}.into());
        }
        None => return Err(damaged(row).into()),
    };
    Ok(Downloaded {
        file: shown(bank, row)?,
        content: bank.sealer.open(&sealed, &content_place(digest))?,
    })
}

/// Removes a file that nothing uses: the learner what the learner uploaded, a registrar what the institution did. The
/// content goes with the last file that has it.
///
/// # Errors
/// `NotFound`, also for those who may not look at it; `Forbidden` for those who may only look; `EvidenceInUse`.
pub fn remove_evidence(bank: &Bank, context: &Context, learner_id: Uuid, file_id: Uuid) -> Result<(), OpError> {
    let (digest, is_used) = bank.store.write(|conn| {
        let actor = context.somebody(conn)?;
        let row = found(conn, learner_id, file_id)?;
        let learner_id = row.learner_id.0;
        records::lock_learner(conn, learner_id)?;
        let institution_id = row.institution_id.as_ref().map(|key| key.0);
        let resource = institution_id.map_or(Resource::Learner(learner_id), Resource::Institution);
        if let Err(refusal) = policy::allowed(&actor, Action::RemoveEvidence, resource) {
            let may_look = grant(conn, &actor, &row)?.is_some();
            return Err(OpError::Rejected(match refusal {
                Rejection::NotFound {} if may_look => Rejection::Forbidden {},
                Rejection::Forbidden {} if !may_look => Rejection::NotFound {},
                other => other,
            }));
        }
        if !store::remove(conn, learner_id, file_id, context.now)? {
            return Err(Rejection::EvidenceInUse {}.into());
        }
        let is_used = is_content_used(conn, &row.digest)?;
        let told = context
            .told("remove_evidence", "evidence_file", file_id)
            .of_learner(learner_id)
            .with(serde_json::json!({ "content_removed": !is_used }));
        let told = match institution_id {
            Some(institution_id) => told.of_institution(institution_id),
            None => told,
        };
        tell(conn, &[told])?;
        Ok::<_, OpError>((digest_of(&row)?, is_used))
    })?;
    if !is_used && let Err(error) = remove_content(bank, digest) {
        // The file is removed all the same; its sealed content lies where nothing names it any more.
        tracing::warn!(%error, %digest, "the content of a removed evidence file is still there");
    }
    Ok(())
}

/// Whether a file, or a paper of the bank, has this content: a learner may upload a statement as evidence.
fn is_content_used(conn: &mut Conn, digest: &[u8]) -> Result<bool, StoreError> {
    Ok(store::is_content_used(conn, digest)? || statements::is_content_used(conn, digest)?)
}

/// Removes a content that no file has. One that is uploaded again meanwhile is put back: whoever uploads looks for the
/// content after the row is there, and this looks for rows after the content is gone, so that one of the two sees the
/// other.
fn remove_content(bank: &Bank, digest: Digest) -> Result<(), OpError> {
    let Some(sealed) = bank.files.get(digest)? else { return Ok(()) };
    bank.files.remove(digest)?;
    if bank.store.read(|conn| is_content_used(conn, digest.as_bytes()))? {
        bank.files.put(digest, sealed)?;
    }
    Ok(())
}
