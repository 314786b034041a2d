//! Credentials of others in a learner's record: verified when they come, kept sealed among the evidence with what was said of them,
//! and verified again when the learner wants it. As evidence they are what a claim stands on.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::access::{Whose, learner_of};
use super::context::{Bank, Context};
use super::deposit::Novelty;
use super::error::OpError;
use super::evidence::read::download_evidence;
use super::evidence::upload::{Upload, keep_verified, may_keep};
use super::evidence::{EvidenceFile, shown, verdict_place};
use super::verification::lookup::Reaching;
use super::verification::{Presented, verify_credential};
use crate::domain::evidence::{FileName, MediaType};
use crate::domain::list::ListPlace;
use crate::domain::rejection::Rejection;
use crate::domain::verdict::{CredentialStanding, CredentialVerdict, StepOutcome};
use crate::store::error::StoreError;
use crate::store::evidence::{self as store, FileRow};
use crate::store::journal::tell;

/// The most characters that are taken of a credential's name.
const NAME_CHARACTERS_MAX: usize = 120;

/// What files of credentials are.
const CREDENTIALS: [&str; 2] = [MediaType::Credential.as_str(), MediaType::CredentialToken.as_str()];

/// A credential of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ForeignCredential {
    /// Among the learner's evidence, under this id, a claim can name it.
    pub file: EvidenceFile,
    pub verdict: CredentialVerdict,
    pub verified_at: DateTime<Utc>,
}

/// As above, with the credential itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ForeignCredentialContent {
    #[serde(flatten)]
    pub about: ForeignCredential,
    pub credential: Presented,
}

/// A verdict as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    verdict: CredentialVerdict,
    verified_at: DateTime<Utc>,
}

impl Kept {
    fn to_bytes(&self) -> Result<Vec<u8>, OpError> {
        serde_json::to_vec(self).map_err(|error| OpError::Secret(error.to_string()))
    }
}

fn of_row(bank: &Bank, row: &FileRow) -> Result<ForeignCredential, OpError> {
    let damaged = || StoreError::Damaged(format!("the verdict of evidence file {}", row.file_id.0));
    let sealed = row.verdict_sealed.as_deref().ok_or(Rejection::NotFound {})?;
    let kept = bank.sealer.open(sealed, &verdict_place(row.file_id.0))?;
    let Kept { verdict, verified_at } = serde_json::from_slice(&kept).map_err(|_| damaged())?;
    Ok(ForeignCredential {
        file: shown(bank, row)?,
        verdict,
        verified_at,
    })
}

/// What the file is called: as the credential is, as far as that can be a file's name.
fn name_of(verdict: &CredentialVerdict) -> Result<FileName, Rejection> {
    let lawful = |letter: &char| !letter.is_control() && !matches!(letter, '/' | '\\');
    let named = verdict.name.as_deref().unwrap_or_default();
    let name: String = named.chars().filter(lawful).take(NAME_CHARACTERS_MAX).collect();
    let name = if name.trim().is_empty() { "credential".to_owned() } else { name };
    FileName::try_from(name).map_err(|detail| Rejection::field("/credential", detail))
}

/// Why a credential is not its issuer's.
fn not_genuine(verdict: &CredentialVerdict) -> Rejection {
    let parts = std::iter::once(verdict).chain(&verdict.credentials);
    let failed = parts.flat_map(|part| &part.steps).find(|step| step.outcome == StepOutcome::Failed);
    Rejection::CredentialNotGenuine {
        reason_chinese: failed.map(|step| step.sentence_chinese.clone()).unwrap_or_default(),
        reason_english: failed.map(|step| step.sentence_english.clone()).unwrap_or_default(),
    }
}

/// Takes a credential of others into the caller's record. One that is revoked, over, or of which something could not be checked is
/// taken and says so; one that is not what its issuer signed is not. The same again answers the first.
///
/// # Errors
/// `CredentialNotGenuine`, `EvidenceTooLarge`, `EvidenceFull`, `NotFound` for a caller without a learning account.
pub fn import_credential(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    presented: &Presented,
) -> Result<(Novelty, ForeignCredential), OpError> {
    take_credential(bank, context, key, Reaching::Network, presented)
}

/// As [`import_credential`], with or without asking others.
///
/// # Errors
/// As there.
pub(super) fn take_credential(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    reaching: Reaching,
    presented: &Presented,
) -> Result<(Novelty, ForeignCredential), OpError> {
    may_keep(bank, context)?;
    let verdict = verify_credential(bank, context, reaching, presented)?;
    if verdict.standing == CredentialStanding::Invalid {
        return Err(not_genuine(&verdict).into());
    }
    let (media_type, content) = match presented {
        Presented::Document(document) => {
            let content = serde_json::to_vec(document).map_err(|error| OpError::Secret(error.to_string()))?;
            (MediaType::Credential, content)
        }
        Presented::Token(token) => (MediaType::CredentialToken, token.trim().as_bytes().to_vec()),
    };
    let upload = Upload {
        name: name_of(&verdict)?,
        declared: Some(media_type),
        content,
    };
    let kept = Kept {
        verdict,
        verified_at: context.now,
    };
    let (novelty, file) = keep_verified(bank, context, key, &upload, (media_type, &kept.to_bytes()?))?;
    let row = bank.store.read(|conn| store::find(conn, file.learner_id, file.file_id))?;
    Ok((novelty, of_row(bank, &row.ok_or(Rejection::NotFound {})?)?))
}

/// The caller's credentials of others, from a place in their list.
///
/// # Errors
/// `NotFound` for a caller without a learning account.
pub fn list_foreign_credentials(
    bank: &Bank,
    context: &Context,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<ForeignCredential>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_foreign_credentials")?;
        let rows = store::list_verified(conn, learner.learner_id.0, &CREDENTIALS, place, limit)?;
        rows.iter().map(|row| of_row(bank, row)).collect()
    })
}

fn own(bank: &Bank, context: &Context, file_id: Uuid) -> Result<FileRow, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "read_foreign_credential")?;
        let row = store::find(conn, learner.learner_id.0, file_id)?;
        Ok(row
            .filter(|row| CREDENTIALS.contains(&row.media_type.as_str()))
            .ok_or(Rejection::NotFound {})?)
    })
}

fn content_of(bank: &Bank, context: &Context, row: &FileRow) -> Result<Presented, OpError> {
    let downloaded = download_evidence(bank, context, row.learner_id.0, row.file_id.0)?;
    let text = std::str::from_utf8(&downloaded.content).ok();
    let presented = text.and_then(Presented::parse);
    Ok(presented.ok_or_else(|| StoreError::Damaged(format!("evidence file {}", row.file_id.0)))?)
}

/// Reads a credential of the caller's, with its content.
///
/// # Errors
/// `NotFound`.
pub fn read_foreign_credential(bank: &Bank, context: &Context, file_id: Uuid) -> Result<ForeignCredentialContent, OpError> {
    let row = own(bank, context, file_id)?;
    Ok(ForeignCredentialContent {
        about: of_row(bank, &row)?,
        credential: content_of(bank, context, &row)?,
    })
}

/// Verifies a credential of the caller's again.
///
/// # Errors
/// `NotFound`.
pub fn verify_foreign_credential(bank: &Bank, context: &Context, file_id: Uuid) -> Result<ForeignCredential, OpError> {
    let row = own(bank, context, file_id)?;
    let presented = content_of(bank, context, &row)?;
    let kept = Kept {
        verdict: verify_credential(bank, context, Reaching::Network, &presented)?,
        verified_at: context.now,
    };
    let sealed = bank.sealer.seal(&kept.to_bytes()?, &verdict_place(file_id))?;
    bank.store.write(|conn| {
        let learner_id = learner_of(conn, context, Whose::Own, "verify_foreign_credential")?.learner_id.0;
        if !store::put_verdict(conn, learner_id, file_id, &sealed)? {
            return Err(Rejection::NotFound {}.into());
        }
        let told = context
            .told("verify_foreign_credential", "evidence_file", file_id)
            .of_learner(learner_id);
        tell(conn, &[told.with(serde_json::json!({ "standing": kept.verdict.standing }))])?;
        let row = store::find(conn, learner_id, file_id)?.ok_or(Rejection::NotFound {})?;
        of_row(bank, &row)
    })
}
