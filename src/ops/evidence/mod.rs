//! Evidence files: uploaded for a learner, used by claims and the like, read by those who judge by them. The content is
//! sealed and lies in [`crate::files`]; it is written before its row and removed after it, and never inside a transaction.

pub mod read;
pub mod upload;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use crate::domain::actor::Actor;
use crate::domain::evidence::{FileName, MediaType};
use crate::domain::policy::{Action, Resource, allowed};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::files::Digest;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::evidence::{self as store, FileRow, UseRow};
use crate::store::types::{At, Key};

/// How many files one uploader (the learner, or an institution) has of one learner.
pub const FILES_MAX: i64 = 100;

/// How many files one subject has.
pub const OF_SUBJECT_MAX: usize = 20;

/// How evidence names a request for a correction that uses it.
pub(super) const CORRECTION_REQUEST: &str = "correction_request";

/// A file as it is shown, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(example = json!({ "file_id": "01985a3e-7c00-7000-8000-000000000001", "learner_id": "01985a3e-7c00-7000-8000-000000000002", "name": "毕业证书.pdf", "media_type": "application/pdf", "bytes": 184213, "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "institution_id": null, "uploaded_at": "2026-11-24T02:00:00Z", "in_use": false }))]
pub struct EvidenceFile {
    pub file_id: Uuid,
    pub learner_id: Uuid,
    /// What the uploader called it.
    #[schema(example = "毕业证书.pdf")]
    pub name: String,
    /// Told by the content.
    pub media_type: MediaType,
    #[schema(minimum = 1)]
    pub bytes: i64,
    /// The digest of the content, hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// The institution that uploaded it; none where it was the learner.
    pub institution_id: Option<Uuid>,
    pub uploaded_at: DateTime<Utc>,
    /// Something uses it, so it cannot be removed.
    pub in_use: bool,
}

/// Where a file's name belongs; it opens nowhere else.
fn name_place(file_id: Uuid) -> String {
    format!("evidence_files.name:{file_id}")
}

/// Where what is said of a credential belongs.
pub(super) fn verdict_place(file_id: Uuid) -> String {
    format!("evidence_files.verdict:{file_id}")
}

/// Where a content belongs.
pub(super) fn content_place(digest: Digest) -> String {
    format!("evidence.content:{digest}")
}

fn damaged(row: &FileRow) -> StoreError {
    StoreError::Damaged(format!("evidence file {}", row.file_id.0))
}

fn digest_of(row: &FileRow) -> Result<Digest, StoreError> {
    Digest::from_bytes(&row.digest).ok_or_else(|| damaged(row))
}

fn name_of(bank: &Bank, row: &FileRow) -> Result<FileName, OpError> {
    let name = bank.sealer.open(&row.name_sealed, &name_place(row.file_id.0))?;
    let name = std::str::from_utf8(&name).ok().map(str::to_owned);
    Ok(name.and_then(|name| FileName::try_from(name).ok()).ok_or_else(|| damaged(row))?)
}

pub(super) fn shown(bank: &Bank, row: &FileRow) -> Result<EvidenceFile, OpError> {
    Ok(EvidenceFile {
        file_id: row.file_id.0,
        learner_id: row.learner_id.0,
        name: name_of(bank, row)?.into(),
        media_type: MediaType::parse(&row.media_type).ok_or_else(|| damaged(row))?,
        bytes: row.bytes,
        sha256: digest_of(row)?.to_string(),
        institution_id: row.institution_id.as_ref().map(|key| key.0),
        uploaded_at: row.uploaded_at.0,
        in_use: row.held,
    })
}

/// By what right somebody looks at a file: as the learner or the bank's own, or for an institution.
struct Grant {
    institution_id: Option<Uuid>,
}

/// Finds the right by which somebody looks at a file: the learner, the bank's officers and auditors, those who judge or answer
/// for an institution that a use names, and the registrar of the institution that uploaded it.
fn grant(conn: &mut Conn, actor: &Actor, row: &FileRow) -> Result<Option<Grant>, StoreError> {
    let learner_id = row.learner_id.0;
    if allowed(actor, Action::ReadEvidence, Resource::Learner(learner_id)).is_ok() {
        return Ok(Some(Grant { institution_id: None }));
    }
    let may = |action: Action| move |institution_id: &Uuid| allowed(actor, action, Resource::Institution(*institution_id)).is_ok();
    // Who answers a request for a correction is not who judges claims.
    let action_for = |subject_kind: &str| match subject_kind {
        CORRECTION_REQUEST => Action::ReadCorrectionRequest,
        _ => Action::ReadEvidence,
    };
    let judge = store::readers(conn, learner_id, row.file_id.0)?
        .into_iter()
        .find(|(subject_kind, institution_id)| may(action_for(subject_kind))(institution_id))
        .map(|(_, institution_id)| institution_id);
    let uploader = row
        .institution_id
        .as_ref()
        .map(|key| key.0)
        .filter(may(Action::ReadUploadedEvidence));
    Ok(judge.or(uploader).map(|institution_id| Grant {
        institution_id: Some(institution_id),
    }))
}

/// Lets a subject (a claim, an objection, …) use some of a learner's files, inside the transaction of the operation that
/// makes the subject; `institution_id` may read them because of it, where it is not
/// the bank itself that judges. Only what the caller may read can be attached, or a
/// guess at a file would open it. What is attached already stays as it is.
///
/// # Errors
/// `InvalidBody` with the pointer `/evidence/{n}` of a file that is not there for the caller; `EvidenceOfSubjectFull`.
pub fn attach(
    conn: &mut Conn,
    context: &Context,
    learner_id: Uuid,
    file_ids: &[Uuid],
    subject_kind: &str,
    subject_id: Uuid,
    institution_id: Option<Uuid>,
) -> Result<(), OpError> {
    let files_max = OF_SUBJECT_MAX;
    let before = store::of_subject(conn, learner_id, subject_kind, subject_id)?;
    let mut all: HashSet<Uuid> = file_ids.iter().copied().collect();
    all.extend(before.iter().map(|row| row.file_id.0));
    if all.len() > files_max {
        return Err(Rejection::EvidenceOfSubjectFull { files_max }.into());
    }
    let actor = context.somebody(conn)?;
    let mut problems = Vec::new();
    let mut uses = Vec::new();
    for (number, file_id) in file_ids.iter().enumerate() {
        let is_readable = match store::find(conn, learner_id, *file_id)? {
            Some(row) => grant(conn, &actor, &row)?.is_some(),
            None => false,
        };
        if is_readable && store::hold(conn, learner_id, *file_id)? {
            uses.push(UseRow {
                learner_id: Key(learner_id),
                file_id: Key(*file_id),
                subject_kind: subject_kind.to_owned(),
                subject_id: Key(subject_id),
                institution_id: institution_id.map(Key),
                attached_at: At(context.now),
            });
        } else {
            let detail = "is not a file of this learner that the caller may read";
            problems.push(FieldProblem::new(format!("/evidence/{number}"), detail));
        }
    }
    if !problems.is_empty() {
        return Err(Rejection::InvalidBody { problems }.into());
    }
    Ok(store::insert_uses(conn, &uses)?)
}

/// The files that a subject uses, in the order of uploads. Whoever shows them has asked for the right to the subject.
///
/// # Errors
/// When a name does not open, or the database is away.
pub fn of_subject(
    bank: &Bank,
    conn: &mut Conn,
    learner_id: Uuid,
    subject_kind: &str,
    subject_id: Uuid,
) -> Result<Vec<EvidenceFile>, OpError> {
    let rows = store::of_subject(conn, learner_id, subject_kind, subject_id)?;
    rows.iter().map(|row| shown(bank, row)).collect()
}

/// The files that subjects of a kind use, each with its subject. Whoever shows them has asked for the right to the subjects.
///
/// # Errors
/// When a name does not open, or the database is away.
pub(super) fn of_kind(bank: &Bank, conn: &mut Conn, learner_id: Uuid, subject_kind: &str) -> Result<Vec<(Uuid, EvidenceFile)>, OpError> {
    let rows = store::of_kind(conn, learner_id, subject_kind)?;
    rows.iter().map(|(subject_id, row)| Ok((*subject_id, shown(bank, row)?))).collect()
}

/// What is wrong with a content, for `verify`; `None` when it is what its digest says.
///
/// # Errors
/// When the store of contents fails.
pub(super) fn content_problem(bank: &Bank, digest: &[u8]) -> Result<Option<&'static str>, OpError> {
    let Some(digest) = Digest::from_bytes(digest) else {
        return Ok(Some("its digest is damaged"));
    };
    Ok(match bank.files.get(digest)? {
        None => Some("its content is not there"),
        Some(sealed) => match bank.sealer.open(&sealed, &content_place(digest)) {
            Ok(content) if Digest::of(&content) == digest => None,
            _ => Some("its content is damaged"),
        },
    })
}
