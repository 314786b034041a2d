//! Leaving with everything: the whole record of a learner as one signed file, and such files of other banks, taken in and worked
//! out again.

pub mod examine;
mod ledger;
mod pack;
pub mod received;
mod record;
mod restore;
mod unpack;

use std::fs::File;

use askama::Template;
use uuid::Uuid;

use super::context::{Bank, Context};
use super::credentials::issuers::bank_signer;
use super::credentials::lists::unsigned;
use super::credentials::said::bank_profile;
use super::credentials::{CredentialDocument, download_own_credential};
use super::error::OpError;
use super::evidence::EvidenceFile;
use super::evidence::read::download_evidence;
use super::statements::download_statement;
use crate::credentials::manifest::manifest;
use crate::domain::achievement::AchievementKind;
use crate::domain::archive::{MANIFEST, RECORD};
use crate::domain::claim::ClaimStatus;
use crate::domain::credential::{CredentialForm, CredentialStatus};
use crate::domain::evidence::MediaType;
use crate::domain::language::Language;
use crate::domain::movement::MovementKind;
use crate::domain::outcome::OutcomeStatus;
use crate::domain::statement::StatementStatus;
use crate::store::journal::tell;
use pack::{Packing, failed};
use record::{Record, gather};

/// The page by which people read an archive.
const PAGE: &str = "index.html";

const JSON: &str = "application/json";

/// Of what the list of an archive's files is.
const NAME: &str = "学习档案 Archive of a learning record";

/// An archive that was made.
#[derive(Debug)]
pub struct MadeArchive {
    pub file_name: String,
    pub bytes: u64,
    /// At its beginning. It has no name in any directory, and is gone when it is closed.
    pub content: File,
}

#[derive(Template)]
#[template(path = "archive.html")]
struct Page<'a> {
    record: &'a Record,
    made_at: String,
    /// Where they are, and what they are called.
    files: &'a [(String, String)],
    bank_name: &'a str,
}

/// What something is called, in Chinese and in English.
type Both = (&'static str, &'static str);

fn both(called: impl Fn(Language) -> &'static str) -> Both {
    (called(Language::Chinese), called(Language::English))
}

impl Page<'_> {
    fn category(category: &str) -> Both {
        both(|language| AchievementKind::parse(category).unwrap_or(AchievementKind::Other).called(language))
    }

    fn outcome(status: &OutcomeStatus) -> Both {
        both(|language| status.called(language))
    }

    fn claim(status: &ClaimStatus) -> Both {
        both(|language| status.called(language))
    }

    fn movement(kind: &MovementKind) -> Both {
        both(|language| kind.called(language))
    }

    fn institution(&self, institution_id: &Uuid) -> &str {
        let named = self
            .record
            .institutions
            .iter()
            .find(|named| named.institution_id == *institution_id);
        named.map_or("", |named| named.name.as_str())
    }
}

/// Where in an archive a file of evidence is.
fn place_of_file(file: &EvidenceFile) -> String {
    let ending = file.media_type.endings().first().copied().unwrap_or("bin");
    format!("evidence/{}.{ending}", file.file_id)
}

/// Where in an archive a credential is, and what it is.
fn place_of_credential(credential: &CredentialDocument) -> (String, MediaType) {
    let (ending, media_type) = match credential.form {
        CredentialForm::DataIntegrity => ("json", MediaType::Credential),
        CredentialForm::Jwt => ("jwt", MediaType::CredentialToken),
    };
    (format!("{CREDENTIALS}{}.{ending}", credential.credential_id), media_type)
}

/// Where in an archive the credentials are that its bank issued.
const CREDENTIALS: &str = "credentials/";

/// Makes an archive of the caller's own record: everything that the bank keeps of it, the files, the credentials that were issued,
/// a page to read, and the bank's signature over all of them.
///
/// # Errors
/// `NotFound` for somebody without a learning account, `StaleEdition` where the record does not hold still; when a content is away.
pub fn make_archive(bank: &Bank, context: &Context) -> Result<MadeArchive, OpError> {
    let profile = bank_profile(bank)?;
    let record = gather(bank, context, &profile.id)?;
    let learner_id = record.identity.learner_id;
    let mut packing = Packing::begin()?;
    packing.add(RECORD, JSON, &serde_json::to_vec_pretty(&record).map_err(failed)?)?;
    let mut files = Vec::new();
    for file in &record.evidence {
        let path = place_of_file(file);
        let downloaded = download_evidence(bank, context, learner_id, file.file_id)?;
        packing.add(&path, file.media_type.as_str(), &downloaded.content)?;
        files.push((path, file.name.clone()));
    }
    let has_document = |status| {
        matches!(
            status,
            CredentialStatus::Issued | CredentialStatus::Suspended | CredentialStatus::Revoked
        )
    };
    for credential in record.credentials.iter().filter(|credential| has_document(credential.status)) {
        let document = download_own_credential(bank, context, credential.credential_id)?;
        let (path, media_type) = place_of_credential(&document);
        packing.add(&path, media_type.as_str(), document.text.as_bytes())?;
        files.push((path.clone(), path));
    }
    for statement in record
        .statements
        .iter()
        .filter(|statement| statement.status == StatementStatus::Ready)
    {
        let printed = download_statement(bank, context, statement.statement_id)?;
        let path = format!("statements/{}.pdf", statement.statement_id);
        packing.add(&path, MediaType::Pdf.as_str(), &printed.content)?;
        files.push((path, statement.number.clone()));
    }
    let page = Page {
        record: &record,
        made_at: context.now.with_timezone(&bank.offset).format("%Y-%m-%d %H:%M %:z").to_string(),
        files: &files,
        bank_name: &profile.name,
    };
    packing.add(PAGE, "text/html", page.render().map_err(failed)?.as_bytes())?;
    let listed = manifest(Uuid::now_v7(), &profile, NAME, context.now, packing.files());
    let signed = bank_signer(bank, context)?
        .secure(listed, context.now)
        .map_err(|refusal| unsigned(&refusal))?;
    packing.add(
        MANIFEST,
        MediaType::Credential.as_str(),
        &serde_json::to_vec_pretty(&signed).map_err(failed)?,
    )?;
    let (content, bytes) = packing.end()?;
    bank.store.write(|conn| {
        let told = context
            .told("make_archive", "learner", learner_id)
            .of_learner(learner_id)
            .with(serde_json::json!({ "bytes": bytes }));
        Ok::<_, OpError>(tell(conn, &[told])?)
    })?;
    Ok(MadeArchive {
        file_name: format!("{}-{}.zip", record.identity.account_number, bank.day(context.now)),
        bytes,
        content,
    })
}
