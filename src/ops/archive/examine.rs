//! An archive looked at: that it is what its bank signed, and that everything in it comes out again as it is written.

use std::io::{Read, Seek};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::record::ReadRecord;
use super::unpack::{Unpacked, not_a_record, unpack};
use crate::credentials::manifest::listed_files;
use crate::domain::archive::{Extent, FORMAT, compare};
use crate::domain::ledger::LedgerProblem;
use crate::domain::rejection::Rejection;
use crate::domain::verdict::{CredentialStanding, CredentialVerdict, StepOutcome};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::verification::lookup::Reaching;
use crate::ops::verification::{Presented, verify_credential};

/// What is said of the record in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecordVerdict {
    /// The bank that made it.
    #[schema(example = "did:web:bank.example")]
    pub bank: String,
    pub made_at: DateTime<Utc>,
    /// The account at that bank.
    pub account_number: String,
    pub movements: usize,
    pub decisions: usize,
    /// Kept answers of what the record is worth.
    pub answers: usize,
    /// What does not come out as it is written: the chain of the movements, the lots, every decision from its inputs and rules, and
    /// every kept answer were worked out again. At most a hundred.
    pub problems: Vec<LedgerProblem>,
    /// Of the list of its files, which the bank signed and which the files are compared with.
    pub signature: CredentialVerdict,
    pub verified_at: DateTime<Utc>,
}

impl RecordVerdict {
    /// Whether the signature is good and all comes out.
    pub fn is_good(&self) -> bool {
        self.signature.standing == CredentialStanding::Valid && self.problems.is_empty()
    }
}

/// An archive that is what its bank signed, as far as that can be found out.
pub(super) struct Examined<R> {
    pub(super) unpacked: Unpacked<R>,
    pub(super) record: ReadRecord,
    pub(super) verdict: RecordVerdict,
}

/// Reads an archive and looks at it.
///
/// # Errors
/// `ArchiveUnreadable`, and `ArchiveNotGenuine` where the signature is not its bank's or a file is not what was signed. A bank whose
/// keys cannot be had is told in the verdict.
pub(super) fn examine<R: Read + Seek>(
    bank: &Bank,
    context: &Context,
    reaching: Reaching,
    extent: Extent,
    content: R,
) -> Result<Examined<R>, OpError> {
    let unpacked = unpack(content)?;
    let signed = unpacked.signed()?;
    let listed = listed_files(&signed).ok_or_else(not_a_record)?;
    let presented = Presented::Document(signed);
    let signature = verify_credential(bank, context, reaching, &presented)?;
    if signature.standing == CredentialStanding::Invalid {
        let failed = signature.steps.iter().find(|step| step.outcome == StepOutcome::Failed);
        return Err(Rejection::ArchiveNotGenuine {
            reason_chinese: failed.map(|step| step.sentence_chinese.clone()).unwrap_or_default(),
            reason_english: failed.map(|step| step.sentence_english.clone()).unwrap_or_default(),
        }
        .into());
    }
    compare(&listed, &unpacked.there, extent)?;
    let record: ReadRecord = serde_json::from_slice(&unpacked.record).map_err(|_| not_a_record())?;
    if record.format != FORMAT || signature.issuer.as_ref() != Some(&record.bank) {
        return Err(not_a_record().into());
    }
    let verdict = RecordVerdict {
        bank: record.bank.clone(),
        made_at: record.made_at,
        account_number: record.identity.account_number.clone(),
        movements: record.ledger.movements.len(),
        decisions: record.ledger.decisions.len(),
        answers: record.ledger.answers.len(),
        problems: record.problems(),
        signature,
        verified_at: context.now,
    };
    Ok(Examined { unpacked, record, verdict })
}

/// Looks at an archive, for anybody; nothing is kept.
///
/// # Errors
/// `ArchiveUnreadable`, `ArchiveNotGenuine`.
pub fn verify_archive(bank: &Bank, context: &Context, reaching: Reaching, content: impl Read + Seek) -> Result<RecordVerdict, OpError> {
    Ok(examine(bank, context, reaching, Extent::Whole, content)?.verdict)
}
