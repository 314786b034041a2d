//! The file of an import again, with what became of each row: in the same format, to be corrected and brought again.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use uuid::Uuid;

use super::file::PieceReader;
use super::rows::{KeptRow, Phase, opened, shown_phase};
use super::run::read_options;
use super::{ImportOptions, file_name, kept, readable, status_of};
use crate::domain::import::ImportResult;
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::intake::about::About;
use crate::intake::annotate::{Kept, Remark, annotate};
use crate::intake::file_problem::FileProblem;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::store::error::StoreError;
use crate::store::import_rows;
use crate::store::imports::ImportRow;

/// Which rows are downloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    All,
    /// Those that were refused.
    ToCorrect,
}

/// A file to be sent.
pub struct DownloadedImport {
    pub file_name: String,
    pub about: About,
    pub bytes: u64,
    /// At its beginning. It has no name in any directory, and is gone when it is closed.
    pub content: File,
}

/// Writes the file of an import again, with two columns more.
///
/// # Errors
/// `NotFound`, `ImportFileGone`, `WrongState` before anything is known of its rows.
pub fn download_import(
    bank: &Arc<Bank>,
    context: &Context,
    import_id: Uuid,
    wanted: Wanted,
    language: Language,
) -> Result<DownloadedImport, OpError> {
    let row = bank.store.read(|conn| readable(conn, context, import_id))?;
    let status = status_of(&row)?;
    if row.file_removed_at.is_some() {
        return Err(Rejection::ImportFileGone {}.into());
    }
    let about: Option<About> = kept(&row, row.about.as_ref())?;
    let (Some(about), true) = (about, row.check_totals.is_some()) else {
        let state = status.to_string();
        return Err(Rejection::WrongState { state }.into());
    };
    let phase = shown_phase(status, row.commit_totals.is_some());
    let options: ImportOptions = kept(&row, Some(&row.options))?.unwrap_or_default();
    let name = file_name(bank, &row)?;
    let (mut content, bytes) = write(bank, context, &row, &name, &options, (phase, wanted, language))?;
    content.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok(DownloadedImport {
        file_name: name,
        about,
        bytes,
        content,
    })
}

fn failed(error: std::io::Error) -> OpError {
    OpError::Secret(format!("a temporary file: {error}"))
}

fn write(
    bank: &Arc<Bank>,
    context: &Context,
    row: &ImportRow,
    name: &str,
    options: &ImportOptions,
    (phase, wanted, language): (Phase, Wanted, Language),
) -> Result<(File, u64), OpError> {
    let mut out = tempfile::tempfile().map_err(failed)?;
    let reader = PieceReader::open(bank, row.import_id.0, Arc::new(AtomicU64::new(0)))?;
    let mut remarks = Remarks {
        bank,
        import_id: row.import_id.0,
        phase,
        wanted,
        language,
        rows: VecDeque::new(),
        next: 0,
        failure: None,
    };
    let kept = match wanted {
        Wanted::All => Kept::All,
        Wanted::ToCorrect => Kept::WithRemark,
    };
    let options = read_options(bank, row.institution_id.0, options, context.now)?;
    let written = annotate(reader, name, &options, kept, &mut out, |row| remarks.of(row));
    if let Some(failure) = remarks.failure {
        return Err(failure);
    }
    written.map_err(|problem| match problem {
        FileProblem::Unreadable { detail } => OpError::Secret(format!("an import's file: {detail}")),
        problem => StoreError::Damaged(format!("the file of import {}: {}", row.import_id.0, problem.code())).into(),
    })?;
    let bytes = out.stream_position().map_err(failed)?;
    Ok((out, bytes))
}

/// What became of the rows, read as they come by.
struct Remarks<'a> {
    bank: &'a Bank,
    import_id: Uuid,
    phase: Phase,
    wanted: Wanted,
    language: Language,
    rows: VecDeque<KeptRow>,
    /// The chunk that is read next.
    next: i64,
    failure: Option<OpError>,
}

impl Remarks<'_> {
    fn of(&mut self, row: u64) -> Option<Remark> {
        while self.rows.back().is_none_or(|last| last.row < row) {
            match self.more() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.failure.get_or_insert(error);
                    return None;
                }
            }
        }
        while self.rows.front().is_some_and(|first| first.row < row) {
            self.rows.pop_front();
        }
        let of_row: Vec<&KeptRow> = self.rows.iter().take_while(|kept| kept.row == row).collect();
        let is_wanted = self.wanted == Wanted::All || of_row.iter().any(|kept| kept.result == ImportResult::Refused);
        (is_wanted && !of_row.is_empty()).then(|| remark(&of_row, self.language))
    }

    fn more(&mut self) -> Result<bool, OpError> {
        let (number, is_deposit) = (self.next, self.phase == Phase::Deposit);
        let chunk = self
            .bank
            .store
            .read(|conn| import_rows::chunk(conn, self.import_id, is_deposit, number))?;
        let Some(chunk) = chunk else { return Ok(false) };
        self.rows.extend(opened(self.bank, &chunk)?);
        self.next += 1;
        Ok(true)
    }
}

fn remark(rows: &[&KeptRow], language: Language) -> Remark {
    let mut results: Vec<&str> = Vec::new();
    let mut said = Vec::new();
    for kept in rows {
        let word = word(kept.result, language);
        if !results.contains(&word) {
            results.push(word);
        }
        said.extend((*kept).clone().explained(language));
    }
    let between = match language {
        Language::Chinese => "；",
        Language::English => "; ",
    };
    Remark {
        result: results.join(between),
        explanation: said.join(between),
    }
}

fn word(result: ImportResult, language: Language) -> &'static str {
    match (result, language) {
        (ImportResult::Accepted, Language::Chinese) => "已接受",
        (ImportResult::AlreadyThere, Language::Chinese) => "已存在",
        (ImportResult::Flagged, Language::Chinese) => "待核",
        (ImportResult::Refused, Language::Chinese) => "未接受",
        (result, Language::English) => result.as_str(),
    }
}
