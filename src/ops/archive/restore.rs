//! What a learner takes over from an archive: files, credentials, own entries and views. Outcomes and credit are not taken over:
//! they are what the other bank says, and are recognised here by a claim that names the record.

use std::collections::HashMap;
use std::io::{Cursor, Read, Seek};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::examine::{Examined, examine};
use super::received::keep_record;
use super::{CREDENTIALS, place_of_file};
use crate::domain::archive::Extent;
use crate::domain::evidence::{FileName, MediaType};
use crate::domain::language::Language;
use crate::domain::portfolio::entry::EntryContent;
use crate::domain::portfolio::view::ViewDefinition;
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::credentials::issuers::issuer_of;
use crate::ops::deposit::Novelty;
use crate::ops::error::OpError;
use crate::ops::evidence::EvidenceFile;
use crate::ops::evidence::upload::{Upload, Uploader, upload_evidence};
use crate::ops::foreign::take_credential;
use crate::ops::portfolio::entries::{create_entry, list_entries};
use crate::ops::portfolio::{Placing, place_item};
use crate::ops::verification::Presented;
use crate::ops::verification::lookup::Reaching;
use crate::ops::views::{create_view, list_views};

/// How much was taken over that was not there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Restored {
    pub files: usize,
    pub credentials: usize,
    pub entries: usize,
    pub views: usize,
}

/// Something that was not taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LeftOut {
    /// Where it is in the archive, or what it is called.
    #[schema(example = "evidence/01985a3e-7c00-7000-8000-000000000001.pdf")]
    pub what: String,
    pub reason_chinese: String,
    pub reason_english: String,
}

/// What comes of taking over.
struct Taking<'a> {
    bank: &'a Bank,
    context: &'a Context,
    restored: Restored,
    left_out: Vec<LeftOut>,
    /// What files and entries are called here, by what they are called there.
    here: HashMap<Uuid, Uuid>,
}

impl Taking<'_> {
    /// Notes what was refused as left out; `None` for it.
    fn taken<T>(&mut self, what: &str, result: Result<T, OpError>) -> Result<Option<T>, OpError> {
        match result {
            Ok(taken) => Ok(Some(taken)),
            Err(OpError::Rejected(refusal)) => {
                let reason = |language| {
                    let mut reason = refusal.sentence(language);
                    for problem in refusal.problems(language) {
                        reason.push_str(&format!(" {} {}", problem.pointer, problem.detail));
                    }
                    reason
                };
                self.left_out.push(LeftOut {
                    what: what.to_owned(),
                    reason_chinese: reason(Language::Chinese),
                    reason_english: reason(Language::English),
                });
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    fn file(&self, file: &EvidenceFile, content: Vec<u8>) -> Result<(Novelty, EvidenceFile), OpError> {
        let (bank, context) = (self.bank, self.context);
        match file.media_type {
            MediaType::Credential | MediaType::CredentialToken => credential(bank, context, &content),
            // What the other bank had taken in from a third.
            MediaType::Record => {
                let examined = examine(bank, context, Reaching::Offline, Extent::RecordAlone, Cursor::new(content))?;
                keep_record(bank, context, &examined)
            }
            media_type => {
                let upload = Upload {
                    name: FileName::try_from(file.name.clone()).map_err(|detail| Rejection::field("/name", detail))?,
                    declared: Some(media_type),
                    content,
                };
                upload_evidence(bank, context, None, Uploader::Learner, &upload)
            }
        }
    }

    /// The entry as it is here: it names its files as they are called here, and not such as were left out.
    fn entry(&self, content: &EntryContent) -> EntryContent {
        EntryContent {
            artefacts: content.artefacts.iter().filter_map(|id| self.here.get(id).copied()).collect(),
            ..content.clone()
        }
    }

    /// The view as it is here; `None` where something that it chose is not.
    fn view(&self, definition: &ViewDefinition) -> Option<ViewDefinition> {
        let items = match &definition.items {
            None => None,
            Some(items) => Some(items.iter().map(|id| self.here.get(id).copied()).collect::<Option<Vec<_>>>()?),
        };
        Some(ViewDefinition {
            items,
            ..definition.clone()
        })
    }
}

/// A credential in an archive. Nobody is asked for its status or its issuer's keys, who may be many and away: the learner has it
/// verified again at any time.
fn credential(bank: &Bank, context: &Context, content: &[u8]) -> Result<(Novelty, EvidenceFile), OpError> {
    let presented = std::str::from_utf8(content).ok().and_then(Presented::parse);
    let presented = presented.ok_or_else(|| Rejection::field("/credential", "is neither JSON nor a JWT"))?;
    let (novelty, kept) = take_credential(bank, context, None, Reaching::Offline, &presented)?;
    Ok((novelty, kept.file))
}

/// Takes over what the caller has not.
///
/// # Errors
/// When the database or a content is away. What is refused is told.
pub(super) fn restore<R: Read + Seek>(
    bank: &Bank,
    context: &Context,
    examined: &mut Examined<R>,
) -> Result<(Restored, Vec<LeftOut>), OpError> {
    let Examined { unpacked, record, .. } = examined;
    let mut taking = Taking {
        bank,
        context,
        restored: Restored::default(),
        left_out: Vec::new(),
        here: HashMap::new(),
    };
    // From the oldest, as they came.
    for file in record.evidence.iter().rev() {
        let path = place_of_file(file);
        let content = unpacked.take(&path, bank.evidence_bytes_max).map_err(OpError::from);
        let kept = content.and_then(|content| taking.file(file, content));
        if let Some((novelty, kept)) = taking.taken(&path, kept)? {
            taking.here.insert(file.file_id, kept.file_id);
            taking.restored.files += usize::from(novelty == Novelty::Created);
        }
    }
    // The bank has its own.
    let is_own = record.bank == issuer_of(bank, None)?;
    let paths: Vec<String> = unpacked.there.iter().map(|(path, _)| path.clone()).collect();
    for path in paths.iter().filter(|path| path.starts_with(CREDENTIALS) && !is_own) {
        let content = unpacked.take(path, bank.evidence_bytes_max).map_err(OpError::from);
        let kept = content.and_then(|content| credential(bank, context, &content));
        if let Some((novelty, _)) = taking.taken(path, kept)? {
            taking.restored.credentials += usize::from(novelty == Novelty::Created);
        }
    }
    let mut entries = list_entries(bank, context)?;
    for entry in &record.entries {
        let content = taking.entry(&entry.content);
        let there = entries.iter().find(|there| there.content == content).cloned();
        let (novelty, made) = match there {
            Some(there) => (Novelty::AlreadyThere, Some(there)),
            None => {
                let created = create_entry(bank, context, None, &content);
                (Novelty::Created, taking.taken(&format!("entries/{}", entry.entry_id), created)?)
            }
        };
        let Some(made) = made else { continue };
        taking.here.insert(entry.entry_id, made.entry_id);
        if novelty == Novelty::Created {
            taking.restored.entries += 1;
            let placed = record.timeline.iter().find(|placed| placed.item_id == entry.entry_id);
            if let Some(placed) = placed.filter(|placed| placed.hidden || placed.place.is_some()) {
                let placing = Placing {
                    hidden: placed.hidden,
                    place: placed.place,
                };
                let result = place_item(bank, context, made.entry_id, &placing);
                taking.taken(&format!("timeline/{}", entry.entry_id), result)?;
            }
            entries.push(made);
        }
    }
    let views = list_views(bank, context)?;
    for view in record.views.iter().rev() {
        let what = format!("views/{}", view.view_id);
        let definition = taking
            .view(&view.definition)
            .ok_or_else(|| Rejection::field("/items", "names something that only the other bank has").into());
        let Some(definition) = taking.taken(&what, definition)? else {
            continue;
        };
        if views.iter().all(|there| there.definition != definition) {
            let created = create_view(bank, context, None, &definition);
            taking.restored.views += usize::from(taking.taken(&what, created)?.is_some());
        }
    }
    Ok((taking.restored, taking.left_out))
}
