//! The pieces of a file, read and made ready on another thread while the one before is judged.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::judge::Chunk;
use super::rows::{KeptRow, opened};
use super::run::Halt;
use crate::domain::actor::Caller;
use crate::intake::Reading;
use crate::ops::background::SharedClock;
use crate::ops::context::{Bank, Context};
use crate::ops::deposit::DepositRequest;
use crate::store::import_rows;

/// The import itself deposits: whoever committed it may have logged out since.
pub(super) fn context_of(import_id: Uuid, now: DateTime<Utc>) -> Context {
    Context {
        caller: Caller::Import { import_id },
        now,
        // All that one import writes is found again by it.
        request_id: import_id,
    }
}

/// Some rows, and what the dry run said of them.
pub(super) struct Piece {
    pub(super) chunk: Chunk,
    /// Empty where there was no dry run of them.
    pub(super) expected: Vec<KeptRow>,
}

/// Where pieces are cut.
pub(super) enum Cut {
    /// When there are some hundred outcomes.
    Anew,
    /// As the dry run cut them, from the piece of this number on.
    AsChecked { number: i64 },
}

/// The rows of a file that are still to be read.
pub(super) struct Pieces<'a> {
    pub(super) bank: &'a Arc<Bank>,
    pub(super) import_id: Uuid,
    pub(super) institution_id: Uuid,
    pub(super) codes: &'a BTreeMap<String, String>,
    pub(super) clock: SharedClock<'a>,
    pub(super) reading: Reading,
    pub(super) cut: Cut,
}

impl Pieces<'_> {
    fn read(&mut self) -> Result<Option<(Piece, Vec<DepositRequest>)>, Halt> {
        let checked = match &mut self.cut {
            Cut::Anew => None,
            Cut::AsChecked { number } => {
                let of = *number;
                *number += 1;
                self.bank.store.read(|conn| import_rows::chunk(conn, self.import_id, false, of))?
            }
        };
        let up_to = checked.as_ref().map(|chunk| u64::try_from(chunk.last_row).unwrap_or(u64::MAX));
        let Some(chunk) = Chunk::read(&mut self.reading, up_to)? else {
            return Ok(None);
        };
        let expected = match &checked {
            Some(checked) => opened(self.bank, checked)?,
            None => Vec::new(),
        };
        let requests = chunk.requests(context_of(self.import_id, (self.clock)()), self.institution_id, self.codes);
        Ok(Some((Piece { chunk, expected }, requests)))
    }
}

/// What cannot be read any further comes as the last piece, after all that could be.
impl Iterator for Pieces<'_> {
    type Item = (Result<Piece, Halt>, Vec<DepositRequest>);

    fn next(&mut self) -> Option<Self::Item> {
        match self.read() {
            Ok(piece) => piece.map(|(piece, requests)| (Ok(piece), requests)),
            Err(halt) => Some((Err(halt), Vec::new())),
        }
    }
}
