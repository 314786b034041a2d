//! Uploading evidence: by the learner, or by an institution for a learner whom it knows.

use uuid::Uuid;

use super::super::context::{Bank, Context};
use super::super::deposit::Novelty;
use super::super::error::OpError;
use super::super::once::once;
use super::{EvidenceFile, FILES_MAX, content_place, name_place, shown, verdict_place};
use crate::domain::evidence::{FileName, MediaType, judged};
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
use crate::files::Digest;
use crate::store::connection::Conn;
use crate::store::evidence::{self as store, FileRow};
use crate::store::journal::tell;
use crate::store::types::{At, Key};
use crate::store::{identities, records};

/// Who uploads, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uploader {
    /// The caller, for the own record.
    Learner,
    /// An institution, for a learner whom it knows.
    Institution { institution_id: Uuid, learner_id: Uuid },
}

/// What is uploaded.
#[derive(Debug)]
pub struct Upload {
    pub name: FileName,
    /// The type that the request says; the content has the last word.
    pub declared: Option<MediaType>,
    pub content: Vec<u8>,
}

/// Whose file it becomes, and of which institution.
#[derive(Clone, Copy)]
pub(in crate::ops) struct Owner {
    learner_id: Uuid,
    institution_id: Option<Uuid>,
}

/// Stores a file. The same content again, by the same uploader for the same learner, answers the first file with the name
/// that it had.
///
/// # Errors
/// `EvidenceEmpty`, `EvidenceTooLarge`, `EvidenceTypeUnknown`, `EvidenceTypeDiffers`, `EvidenceFull`; `NotFound` for a
/// caller without a learning account and for a learner whom the institution does not know; and what the policy answers.
pub fn upload_evidence(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    uploader: Uploader,
    upload: &Upload,
) -> Result<(Novelty, EvidenceFile), OpError> {
    // The caller's right first: who has none learns nothing of what is taken, and writes nothing.
    let owner = bank.store.read(|conn| owner_for(conn, context, uploader))?;
    let media_type = judged(&upload.content, bank.evidence_bytes_max, &upload.name, upload.declared)?;
    keep(bank, context, key, (uploader, owner), upload, Kind { media_type, verdict: None })
}

/// Stores what others signed and the learner shows, with what is said of it.
///
/// # Errors
/// `EvidenceTooLarge`, `EvidenceFull`, `NotFound` for a caller without a learning account, and what the policy answers.
pub(in crate::ops) fn keep_verified(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    upload: &Upload,
    (media_type, verdict): (MediaType, &[u8]),
) -> Result<(Novelty, EvidenceFile), OpError> {
    let owner = may_keep(bank, context)?;
    if upload.content.len() > bank.evidence_bytes_max {
        return Err(Rejection::EvidenceTooLarge {
            bytes_max: bank.evidence_bytes_max,
        }
        .into());
    }
    let kind = Kind {
        media_type,
        verdict: Some(verdict),
    };
    keep(bank, context, key, (Uploader::Learner, owner), upload, kind)
}

/// Whose it would be, before it is looked at.
pub(in crate::ops) fn may_keep(bank: &Bank, context: &Context) -> Result<Owner, OpError> {
    bank.store.read(|conn| owner_for(conn, context, Uploader::Learner))
}

/// What a file is, and, where others signed it, what is said of it.
#[derive(Clone, Copy)]
struct Kind<'a> {
    media_type: MediaType,
    verdict: Option<&'a [u8]>,
}

fn keep(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    (uploader, owner): (Uploader, Owner),
    upload: &Upload,
    kind: Kind<'_>,
) -> Result<(Novelty, EvidenceFile), OpError> {
    let digest = Digest::of(&upload.content);
    let is_there = bank.store.read(|conn| is_there(conn, owner, digest))?;
    if !is_there {
        put(bank, digest, &upload.content)?;
    }
    let request = (owner.learner_id, owner.institution_id, &upload.name, digest.to_string());
    let answer = bank.store.write(|conn| {
        once(bank, context, conn, "upload_evidence", key, &request, |conn| {
            // The learner may have been merged into another since the file was put.
            let owner = owner_for(conn, context, uploader)?;
            records::lock_learner(conn, owner.learner_id)?;
            add(bank, context, conn, owner, digest, kind, upload)
        })
    })?;
    // The last other file of this content may have been removed meanwhile, and the content with it.
    if !bank.files.has(digest)? {
        put(bank, digest, &upload.content)?;
    }
    Ok(answer)
}

fn owner_for(conn: &mut Conn, context: &Context, uploader: Uploader) -> Result<Owner, OpError> {
    let actor = context.somebody(conn)?;
    match uploader {
        Uploader::Learner => {
            let learner_id = actor.learner_id().ok_or(Rejection::NotFound {})?;
            policy::allowed(&actor, Action::UploadEvidence, Resource::Learner(learner_id))?;
            Ok(Owner {
                learner_id,
                institution_id: None,
            })
        }
        Uploader::Institution {
            institution_id,
            learner_id,
        } => {
            policy::allowed(&actor, Action::UploadEvidence, Resource::Institution(institution_id))?;
            let learner = records::learner(conn, learner_id)?.ok_or(Rejection::NotFound {})?;
            let learner_id = learner.learner_id.0;
            if !identities::knows(conn, institution_id, learner_id)? {
                return Err(Rejection::NotFound {}.into());
            }
            Ok(Owner {
                learner_id,
                institution_id: Some(institution_id),
            })
        }
    }
}

/// Whether the uploader has the file already.
///
/// # Errors
/// `EvidenceFull` where it would be one too many.
fn is_there(conn: &mut Conn, owner: Owner, digest: Digest) -> Result<bool, OpError> {
    if store::by_digest(conn, owner.learner_id, owner.institution_id, digest.as_bytes())?.is_some() {
        return Ok(true);
    }
    if store::count(conn, owner.learner_id, owner.institution_id)? >= FILES_MAX {
        return Err(Rejection::EvidenceFull { files_max: FILES_MAX }.into());
    }
    Ok(false)
}

fn put(bank: &Bank, digest: Digest, content: &[u8]) -> Result<(), OpError> {
    let sealed = bank.sealer.seal(content, &content_place(digest))?;
    Ok(bank.files.put(digest, sealed)?)
}

fn add(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    owner: Owner,
    digest: Digest,
    kind: Kind<'_>,
    upload: &Upload,
) -> Result<(Novelty, EvidenceFile), OpError> {
    let Owner {
        learner_id,
        institution_id,
    } = owner;
    if let Some(row) = store::by_digest(conn, learner_id, institution_id, digest.as_bytes())? {
        return Ok((Novelty::AlreadyThere, shown(bank, &row)?));
    }
    is_there(conn, owner, digest)?;
    let file_id = Uuid::now_v7();
    let row = FileRow {
        learner_id: Key(learner_id),
        file_id: Key(file_id),
        digest: digest.as_bytes().to_vec(),
        media_type: kind.media_type.as_str().to_owned(),
        bytes: i64::try_from(upload.content.len()).unwrap_or(i64::MAX),
        name_sealed: bank.sealer.seal(upload.name.as_str().as_bytes(), &name_place(file_id))?,
        uploaded_by: context.caller.label(),
        institution_id: institution_id.map(Key),
        uploaded_at: At(context.now),
        held: false,
        removed_at: None,
        brought_by: None,
        verdict_sealed: match kind.verdict {
            Some(verdict) => Some(bank.sealer.seal(verdict, &verdict_place(file_id))?),
            None => None,
        },
    };
    store::insert(conn, &row)?;
    let told = context
        .told("upload_evidence", "evidence_file", file_id)
        .of_learner(learner_id)
        .with(serde_json::json!({ "media_type": kind.media_type, "bytes": row.bytes }));
    let told = match institution_id {
        Some(institution_id) => told.of_institution(institution_id),
        None => told,
    };
    tell(conn, &[told])?;
    Ok((Novelty::Created, shown(bank, &row)?))
}
