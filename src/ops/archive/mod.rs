//! Leaving with everything: the whole record of a learner as one signed file, and such files of other banks, taken in and worked
//! out again.

mod pack;
mod record;
mod unpack;

use std::fs::File;

use askama::Template;
use uuid::Uuid;

use crate::domain::archive::{FORMAT, MANIFEST, Manifest, RECORD};
use crate::ops::context::{Bank, Context};
use crate::ops::credentials::issuers::{bank_signer, issuer_of};
use crate::ops::credentials::{download_own_credential, list_own_credentials};
use crate::ops::error::OpError;
use crate::ops::evidence::read::download_evidence;
use crate::store::journal::tell;
use pack::Packing;
use record::{Record, gather};

/// The page by which people read an archive.
const PAGE: &str = "index.html";

/// An archive that was made.
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
}

impl Page<'_> {
    fn institution(&self, institution_id: &Uuid) -> &str {
        let named = self.record.institutions.iter().find(|named| named.institution_id == *institution_id);
        named.map_or("", |named| named.name.as_str())
    }
}

/// Makes an archive of the caller's own record: everything that the bank keeps of it, the files, the credentials that were issued,
/// a page to read, and the bank's signature over all of them.
///
/// # Errors
/// `NotFound` for somebody without a learning account; when a content is away.
pub fn make_archive(bank: &Bank, context: &Context) -> Result<MadeArchive, OpError> {
    let named = issuer_of(bank, None)?;
    let record = gather(bank, context, &named)?;
    let learner_id = record.identity.learner_id;
    let mut packing = Packing::begin()?;
    let text = serde_json::to_vec_pretty(&record).map_err(|error| OpError::Secret(format!("an archive: {error}")))?;
    packing.add(RECORD, &text)?;
    let mut files = Vec::new();
    for file in &record.evidence {
        let downloaded = download_evidence(bank, context, learner_id, file.file_id)?;
        let path = format!("evidence/{}.{}", file.file_id, file.media_type.extension());
        packing.add(&path, &downloaded.content)?;
        files.push((path, file.name.clone()));
    }
    for credential in issued(bank, context)? {
        packing.add(&credential.0, &credential.1)?;
        files.push((credential.0.clone(), credential.0));
    }
    let page = Page {
        record: &record,
        made_at: context.now.with_timezone(&bank.offset).format("%Y-%m-%d %H:%M %:z").to_string(),
        files: &files,
    };
    let page = page.render().map_err(|error| OpError::Secret(format!("an archive: {error}")))?;
    packing.add(PAGE, page.as_bytes())?;
    let made_at = record.made_at;
    let signer = bank_signer(bank, context)?;
    let (content, bytes) = packing.end(MANIFEST, |files| {
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            bank: named,
            made_at,
            files,
        };
        let payload = serde_json::to_vec(&manifest).map_err(|error| OpError::Secret(format!("an archive: {error}")))?;
        Ok(signer.sign_bytes(&payload, "credit-bank-archive+jws"))
    })?;
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
