//! Archives of other banks in a learner's record: taken in, kept with what is said of them, and looked at again. As evidence a record
//! of another bank is what a claim stands on.

use std::fs::File;
use std::io::Cursor;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::examine::{Examined, RecordVerdict, examine};
use super::pack::{Packing, failed};
use super::record::ReadRecord;
use super::restore::{LeftOut, Restored, restore};
use crate::domain::archive::{Extent, MANIFEST, RECORD};
use crate::domain::evidence::{FileName, MediaType};
use crate::domain::identity_document::IdentityDocument;
use crate::domain::list::ListPlace;
use crate::domain::rejection::Rejection;
use crate::ops::access::{Whose, learner_of};
use crate::ops::context::{Bank, Context};
use crate::ops::deposit::Novelty;
use crate::ops::error::OpError;
use crate::ops::evidence::read::download_evidence;
use crate::ops::evidence::upload::{Upload, keep_verified, may_keep};
use crate::ops::evidence::{EvidenceFile, shown, verdict_place};
use crate::ops::identity::document_of;
use crate::ops::verification::lookup::Reaching;
use crate::store::error::StoreError;
use crate::store::evidence::{self as store, FileRow};
use crate::store::journal::tell;

/// The most bytes of an archive that is taken in.
pub const BYTES_MAX: u64 = 1 << 30;

/// A record of another bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReceivedRecord {
    /// The record and the signed list, without the other files of the archive. Among the learner's evidence, under this id, a claim
    /// can name it.
    pub file: EvidenceFile,
    pub verdict: RecordVerdict,
}

/// As above, with the record itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReceivedRecordContent {
    #[serde(flatten)]
    pub about: ReceivedRecord,
    /// As the other bank wrote it.
    pub record: Value,
}

/// An archive that was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Reception {
    pub received: ReceivedRecord,
    pub restored: Restored,
    /// What was not taken over, and why.
    pub left_out: Vec<LeftOut>,
}

fn of_row(bank: &Bank, row: &FileRow) -> Result<ReceivedRecord, OpError> {
    let damaged = || StoreError::Damaged(format!("the verdict of evidence file {}", row.file_id.0));
    let sealed = row.verdict_sealed.as_deref().ok_or_else(damaged)?;
    let kept = bank.sealer.open(sealed, &verdict_place(row.file_id.0))?;
    Ok(ReceivedRecord {
        file: shown(bank, row)?,
        verdict: serde_json::from_slice(&kept).map_err(|_| damaged())?,
    })
}

fn kept(verdict: &RecordVerdict) -> Result<Vec<u8>, OpError> {
    serde_json::to_vec(verdict).map_err(failed)
}

/// Refuses the record of somebody else.
fn own(bank: &Bank, context: &Context, record: &ReadRecord) -> Result<(), OpError> {
    let document = bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "receive_archive")?;
        document_of(bank, &learner)
    })?;
    let identity = &record.identity;
    match IdentityDocument::parse(identity.document_kind, &identity.document_number, bank.day(context.now)) {
        Ok(named) if named.kind() == document.kind() && named.number() == document.number() => Ok(()),
        _ => Err(Rejection::ArchiveOfAnother {}.into()),
    }
}

/// Keeps the record and the signed list of an archive.
pub(super) fn keep_record<R>(bank: &Bank, context: &Context, examined: &Examined<R>) -> Result<(Novelty, EvidenceFile), OpError> {
    own(bank, context, &examined.record)?;
    let mut packing = Packing::begin()?;
    packing.add(RECORD, "application/json", &examined.unpacked.record)?;
    packing.add(MANIFEST, MediaType::Credential.as_str(), &examined.unpacked.manifest)?;
    let (mut file, _) = packing.end()?;
    let mut content = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut content).map_err(failed)?;
    let verdict = &examined.verdict;
    let name = format!("{}-{}.zip", verdict.account_number, bank.day(verdict.made_at));
    let upload = Upload {
        name: FileName::try_from(name).map_err(failed)?,
        declared: Some(MediaType::Record),
        content,
    };
    keep_verified(bank, context, None, &upload, (MediaType::Record, &kept(verdict)?))
}

/// Whether the caller has a learning account, before anything is sent.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn may_receive(bank: &Bank, context: &Context) -> Result<(), OpError> {
    may_keep(bank, context).map(drop)
}

/// Takes an archive of the caller's from another bank in: works everything in it out again, keeps the record with what came of
/// that, and takes the files, the credentials, the own entries and the views over. What the caller has already, word for word and
/// byte for byte, stays as it is; so the same archive again changes nothing.
///
/// # Errors
/// `ArchiveUnreadable`, `ArchiveNotGenuine`, `ArchiveOfAnother`, `EvidenceFull`, `EvidenceTooLarge`, `NotFound` for a caller without a
/// learning account, and what the policy answers.
pub fn receive_archive(bank: &Bank, context: &Context, content: File) -> Result<(Novelty, Reception), OpError> {
    may_receive(bank, context)?;
    let mut examined = examine(bank, context, Reaching::Network, Extent::Whole, content)?;
    let (novelty, file) = keep_record(bank, context, &examined)?;
    let (restored, left_out) = restore(bank, context, &mut examined)?;
    let received = bank.store.write(|conn| {
        let told = context
            .told("receive_archive", "evidence_file", file.file_id)
            .of_learner(file.learner_id)
            .with(serde_json::json!({ "bank": examined.verdict.bank, "left_out": left_out.len() }));
        tell(conn, &[told])?;
        let row = store::find(conn, file.learner_id, file.file_id)?.ok_or(Rejection::NotFound {})?;
        of_row(bank, &row)
    })?;
    let reception = Reception {
        received,
        restored,
        left_out,
    };
    Ok((novelty, reception))
}

/// The caller's records of other banks, from a place in their list.
///
/// # Errors
/// `NotFound` for a caller without a learning account.
pub fn list_received_records(
    bank: &Bank,
    context: &Context,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<ReceivedRecord>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_received_records")?;
        let rows = store::list_verified(conn, learner.learner_id.0, &[MediaType::Record.as_str()], place, limit)?;
        rows.iter().map(|row| of_row(bank, row)).collect()
    })
}

fn found(bank: &Bank, context: &Context, file_id: Uuid) -> Result<FileRow, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "read_received_record")?;
        let row = store::find(conn, learner.learner_id.0, file_id)?;
        Ok(row
            .filter(|row| row.media_type == MediaType::Record.as_str())
            .ok_or(Rejection::NotFound {})?)
    })
}

fn again(bank: &Bank, context: &Context, reaching: Reaching, row: &FileRow) -> Result<Examined<Cursor<Vec<u8>>>, OpError> {
    let downloaded = download_evidence(bank, context, row.learner_id.0, row.file_id.0)?;
    examine(
        bank,
        context,
        reaching,
        Extent::RecordAlone,
        Cursor::new(downloaded.content.to_vec()),
    )
}

/// Reads a record of another bank, as that bank wrote it.
///
/// # Errors
/// `NotFound`.
pub fn read_received_record(bank: &Bank, context: &Context, file_id: Uuid) -> Result<ReceivedRecordContent, OpError> {
    let row = found(bank, context, file_id)?;
    let examined = again(bank, context, Reaching::Offline, &row)?;
    Ok(ReceivedRecordContent {
        about: of_row(bank, &row)?,
        record: serde_json::from_slice(&examined.unpacked.record).map_err(failed)?,
    })
}

/// Looks at a record of another bank again, and works everything in it out again.
///
/// # Errors
/// `NotFound`; `ArchiveNotGenuine` where the bank's key turns out to be another.
pub fn verify_received_record(bank: &Bank, context: &Context, file_id: Uuid) -> Result<ReceivedRecord, OpError> {
    let row = found(bank, context, file_id)?;
    let verdict = again(bank, context, Reaching::Network, &row)?.verdict;
    let sealed = bank.sealer.seal(&kept(&verdict)?, &verdict_place(file_id))?;
    bank.store.write(|conn| {
        let learner_id = learner_of(conn, context, Whose::Own, "verify_received_record")?.learner_id.0;
        if !store::put_verdict(conn, learner_id, file_id, &sealed)? {
            return Err(Rejection::NotFound {}.into());
        }
        let told = context
            .told("verify_received_record", "evidence_file", file_id)
            .of_learner(learner_id)
            .with(serde_json::json!({ "standing": verdict.signature.standing, "problems": verdict.problems.len() }));
        tell(conn, &[told])?;
        let row = store::find(conn, learner_id, file_id)?.ok_or(Rejection::NotFound {})?;
        of_row(bank, &row)
    })
}
