//! A file on its way in, piece by piece.

use std::io::Read;

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::file::{PIECE_BYTES, put, remove};
use super::profile::profile_of;
use super::{Import, ImportOptions, name_place, status_of};
use crate::domain::evidence::FileName;
use crate::domain::import::{ImportEvent, ImportStatus, OPEN_MAX};
use crate::domain::language::Language;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::intake::about::Format;
use crate::ops::context::{Bank, Context};
use crate::ops::deposit::Novelty;
use crate::ops::document::document_of;
use crate::ops::error::OpError;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::import_rows;
use crate::store::imports::{self as store, ImportRow};
use crate::store::journal::tell;
use crate::store::types::{At, Key};

/// How much of a file is read at once.
const READ_BYTES: usize = 64 * 1024;

/// What whoever brings a file says about it.
#[derive(Debug, Clone)]
pub struct NewImport {
    pub institution_id: Uuid,
    pub file_name: FileName,
    /// Told by the content where it is not said.
    pub format: Option<Format>,
    /// Which sheet of a workbook.
    pub sheet: Option<String>,
}

/// A file that is being received.
pub struct Receiving {
    import_id: Uuid,
    institution_id: Uuid,
    piece: Vec<u8>,
    pieces: i64,
    bytes: u64,
    digest: Sha256,
}

/// The lowest of an institution's places that is free.
pub(super) fn free_place(conn: &mut Conn, institution_id: Uuid) -> Result<i64, OpError> {
    let taken = store::places(conn, institution_id)?;
    let free = (1..=OPEN_MAX).find(|place| !taken.contains(place));
    Ok(free.ok_or(Rejection::TooManyImports { open_max: OPEN_MAX })?)
}

/// Begins to receive a file.
///
/// # Errors
/// `TooManyImports`, and what the policy answers.
pub fn begin_import(bank: &Bank, context: &Context, new: &NewImport) -> Result<Receiving, OpError> {
    let import_id = Uuid::now_v7();
    let file_name_sealed = bank.sealer.seal(new.file_name.as_str().as_bytes(), &name_place(import_id))?;
    bank.store.write(|conn| {
        context.authorised(conn, Action::DepositOutcome, Resource::Institution(new.institution_id))?;
        let profile = profile_of(conn, new.institution_id)?;
        let options = ImportOptions {
            format: new.format,
            sheet: new.sheet.clone(),
            mapping: profile.mapping(),
            codes: profile.codes,
        };
        let row = ImportRow {
            import_id: Key(import_id),
            institution_id: Key(new.institution_id),
            file_name_sealed: file_name_sealed.clone(),
            digest: None,
            bytes: 0,
            options: document_of(&options)?,
            status: ImportStatus::Receiving.as_str().to_owned(),
            place: free_place(conn, new.institution_id)?,
            about: None,
            even_if_changed: false,
            bytes_read: 0,
            rows_done: 0,
            rows_in_all: 0,
            check_totals: None,
            commit_totals: None,
            unknown_codes: None,
            changes: None,
            problem: None,
            requested_by: context.caller.label(),
            created_at: At(context.now),
            committed_by: None,
            committed_at: None,
            released_by: None,
            started_at: None,
            finished_at: None,
            file_removed_at: None,
            attempts: 0,
            runner: None,
            heartbeat: None,
        };
        Ok::<(), OpError>(store::insert(conn, &row)?)
    })?;
    Ok(Receiving {
        import_id,
        institution_id: new.institution_id,
        piece: Vec::with_capacity(PIECE_BYTES),
        pieces: 0,
        bytes: 0,
        digest: Sha256::new(),
    })
}

/// Receives a file that is there as a whole.
///
/// # Errors
/// `ImportTooLarge`, `ImportEmpty`, `TooManyImports`, and what the policy answers; when the file cannot be read.
pub fn receive_import(
    bank: &Bank,
    context: &Context,
    new: &NewImport,
    content: &mut impl Read,
    language: Language,
) -> Result<(Novelty, Import), OpError> {
    let mut receiving = begin_import(bank, context, new)?;
    let mut piece = vec![0; READ_BYTES];
    loop {
        let read = content.read(&mut piece);
        let taken = read.map_err(|error| OpError::Secret(format!("a file for an import: {error}")));
        let taken = taken.and_then(|length| {
            receiving.take(bank, piece.get(..length).unwrap_or_default())?;
            Ok(length)
        });
        match taken {
            Ok(0) => return receiving.finish(bank, context, language),
            Ok(_) => {}
            Err(error) => {
                receiving.give_up(bank, context)?;
                return Err(error);
            }
        }
    }
}

impl Receiving {
    /// Takes what comes next of the file, and stores each piece that is full.
    ///
    /// # Errors
    /// `ImportTooLarge`; what was stored is then given up by [`give_up`](Self::give_up).
    pub fn take(&mut self, bank: &Bank, mut bytes: &[u8]) -> Result<(), OpError> {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.bytes > bank.import_bytes_max {
            return Err(Rejection::ImportTooLarge {
                bytes_max: bank.import_bytes_max,
            }
            .into());
        }
        self.digest.update(bytes);
        while !bytes.is_empty() {
            let room = PIECE_BYTES.saturating_sub(self.piece.len()).min(bytes.len());
            let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            self.piece.extend_from_slice(now);
            bytes = later;
            if self.piece.len() == PIECE_BYTES {
                self.store(bank)?;
            }
        }
        Ok(())
    }

    fn store(&mut self, bank: &Bank) -> Result<(), OpError> {
        put(bank, self.import_id, self.pieces, &self.piece)?;
        self.pieces += 1;
        self.piece.clear();
        Ok(())
    }

    /// Ends receiving: the dry run waits. A file that the institution brought before answers that import, and changes nothing.
    ///
    /// # Errors
    /// `ImportEmpty`.
    pub fn finish(mut self, bank: &Bank, context: &Context, language: Language) -> Result<(Novelty, Import), OpError> {
        if self.bytes == 0 {
            self.give_up(bank, context)?;
            return Err(Rejection::ImportEmpty {}.into());
        }
        if !self.piece.is_empty() {
            self.store(bank)?;
        }
        let digest: [u8; 32] = std::mem::take(&mut self.digest).finalize().into();
        let bytes = i64::try_from(self.bytes).unwrap_or(i64::MAX);
        let (novelty, row) = bank.store.write(|conn| {
            context.authorised(conn, Action::DepositOutcome, Resource::Institution(self.institution_id))?;
            if let Some(earlier) = store::of_file(conn, self.institution_id, &digest)? {
                return Ok((Novelty::AlreadyThere, earlier));
            }
            if !store::arrive(conn, self.import_id, &digest, bytes)? {
                return Err(StoreError::Stale.into());
            }
            let told = context
                .told("upload_import", "import", self.import_id)
                .of_institution(self.institution_id)
                .with(serde_json::json!({ "bytes": bytes }));
            tell(conn, &[told])?;
            let row = store::find(conn, self.import_id)?.ok_or(Rejection::NotFound {})?;
            Ok::<_, OpError>((Novelty::Created, row))
        })?;
        if novelty == Novelty::AlreadyThere {
            self.give_up(bank, context)?;
        }
        Ok((novelty, Import::of(bank, &row, context.now, language)?))
    }

    /// Gives up what was received.
    ///
    /// # Errors
    /// When the store of contents or the database fails; the upkeep removes it then.
    pub fn give_up(&self, bank: &Bank, context: &Context) -> Result<(), OpError> {
        forget(bank, context, self.import_id)
    }
}

/// Removes the file of an import that has ended, or that was never received as a whole.
///
/// # Errors
/// When the store of contents or the database fails.
pub(super) fn forget(bank: &Bank, context: &Context, import_id: Uuid) -> Result<(), OpError> {
    let pieces = bank.store.read(|conn| import_rows::pieces(conn, import_id))?;
    // The contents first: what is left over after a crash is still noted, and removed the next time.
    remove(bank, &pieces)?;
    bank.store.write(|conn| {
        if let Some(row) = store::find(conn, import_id)? {
            let status = status_of(&row)?;
            if let (ImportStatus::Receiving, Some(next)) = (status, status.after(ImportEvent::Cancel)) {
                store::end(conn, import_id, status, next, context.now, None)?;
            }
        }
        Ok::<(), OpError>(import_rows::forget_pieces(conn, import_id, context.now)?)
    })
}
