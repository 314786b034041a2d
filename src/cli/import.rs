//! `credit-bank import`: a file of an institution's outcomes, looked through and deposited beside a running server or without one.

use std::fs::File;
use std::io::{Read, Seek as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use uuid::Uuid;

use super::progress::Progress;
use super::serve::as_the_bank;
use super::{CommandError, start};
use crate::config::Config;
use crate::domain::evidence::FileName;
use crate::domain::import::{ImportStatus, ImportTotals};
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::intake::about::Format;
use crate::ops::context::Bank;
use crate::ops::deposit::Novelty;
use crate::ops::error::OpError;
use crate::ops::imports::act::{Commitment, check_import, commit_import};
use crate::ops::imports::download::{Wanted, download_import};
use crate::ops::imports::receive::{NewImport, begin_import};
use crate::ops::imports::worker::run_next_import;
use crate::ops::imports::{Import, read_import};
use crate::ops::institutions::find_institution;

/// What to import.
#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// The file.
    file: PathBuf,
    /// Whose outcomes they are: the institution's unified social credit code, or its id.
    #[arg(long)]
    institution: String,
    /// Only look through it: nothing is deposited.
    #[arg(long)]
    check_only: bool,
    /// Deposit also rows of which the answer is no longer what the dry run said.
    #[arg(long)]
    even_if_changed: bool,
    /// csv, xlsx, ndjson, nad_abc, open_badges or xapi; told by the content without it.
    #[arg(long, value_parser = format_of)]
    format: Option<Format>,
    /// Which sheet of a workbook.
    #[arg(long)]
    sheet: Option<String>,
    /// Where to write the rows that were refused, to be corrected and imported again.
    #[arg(long)]
    refused: Option<PathBuf>,
}

fn format_of(text: &str) -> Result<Format, String> {
    Format::parse(text).ok_or_else(|| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
        format!("is none of {}", known.join(", "))
    })
}

impl ImportArguments {
    /// Imports the file.
    ///
    /// # Errors
    /// Why it was not deposited as a whole.
    #[expect(clippy::print_stdout, reason = "this is what the command is for")]
    pub(super) fn run(&self, config: &Config) -> Result<(), CommandError> {
        let bank = Arc::new(start::open_bank(config)?);
        bank.store.migrate()?;
        let (novelty, import) = self.receive(&bank)?;
        let import_id = import.summary.import_id;
        println!("import {import_id}");
        let mut import = import;
        if novelty == Novelty::AlreadyThere {
            println!("This file was brought before, and that import is {}.", import.summary.status);
            if !import.summary.status.is_open() {
                import = check_import(&bank, &as_the_bank(), None, import_id, Language::English)?;
            }
        }
        if import.summary.status == ImportStatus::Stale {
            check_import(&bank, &as_the_bank(), None, import_id, Language::English)?;
        }
        let mut import = work(&bank, import_id)?;
        if let Some(totals) = &import.summary.check {
            print_totals("would be", totals);
        }
        for unknown in &import.unknown_codes {
            let meant: Vec<&str> = unknown.suggestions.iter().map(|one| one.code.as_str()).collect();
            println!(
                "no achievement {}, in {} outcomes; perhaps {}",
                unknown.code,
                unknown.outcomes,
                meant.join(", ")
            );
        }
        if import.summary.status == ImportStatus::Checked && !self.check_only {
            let commitment = Commitment {
                even_if_changed: self.even_if_changed,
            };
            commit_import(&bank, &as_the_bank(), None, import_id, &commitment, Language::English)?;
            import = work(&bank, import_id)?;
        }
        if let (Some(totals), false) = (&import.summary.deposit, import.summary.status == ImportStatus::Checked) {
            print_totals("are", totals);
        }
        self.write_refused(&bank, &import)?;
        ended(&import)
    }

    fn receive(&self, bank: &Bank) -> Result<(Novelty, Import), CommandError> {
        let context = as_the_bank();
        let institution_id = match Uuid::try_parse(&self.institution) {
            Ok(institution_id) => institution_id,
            Err(_) => match find_institution(bank, &context, &self.institution) {
                Err(OpError::Rejected(Rejection::NotFound {})) => {
                    return Err(CommandError::Other(format!(
                        "no institution has the unified social credit code {}",
                        self.institution
                    )));
                }
                found => found?.institution_id,
            },
        };
        let path = self.file.display().to_string();
        let failed = |error: std::io::Error| CommandError::Other(format!("{path}: {error}"));
        let name = self
            .file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let mut file = File::open(&self.file).map_err(failed)?;
        let new = NewImport {
            institution_id,
            file_name: FileName::try_from(name).map_err(CommandError::Other)?,
            format: self.format,
            sheet: self.sheet.clone(),
        };
        let mut receiving = begin_import(bank, &context, &new)?;
        let mut part = vec![0; 1 << 20];
        loop {
            let taken = match file.read(&mut part) {
                Ok(0) => break,
                Ok(read) => receiving
                    .take(bank, part.get(..read).unwrap_or_default())
                    .map_err(CommandError::from),
                Err(error) => Err(failed(error)),
            };
            if let Err(error) = taken {
                receiving.give_up(bank, &context)?;
                return Err(error);
            }
        }
        Ok(receiving.finish(bank, &context, Language::English)?)
    }

    /// Writes the rows that were refused, where they are wanted.
    #[expect(clippy::print_stdout, reason = "this is what the command is for")]
    fn write_refused(&self, bank: &Arc<Bank>, import: &Import) -> Result<(), CommandError> {
        let totals = import.summary.deposit.as_ref().or(import.summary.check.as_ref());
        let refused = totals.map_or(0, |totals| totals.refused);
        let (Some(path), true) = (&self.refused, refused > 0) else {
            return Ok(());
        };
        let failed = |error: std::io::Error| CommandError::Other(format!("{}: {error}", path.display()));
        let import_id = import.summary.import_id;
        let mut file = download_import(bank, &as_the_bank(), import_id, Wanted::ToCorrect, Language::English)?.content;
        file.rewind().map_err(failed)?;
        let mut out = File::create(path).map_err(failed)?;
        std::io::copy(&mut file, &mut out).map_err(failed)?;
        out.flush().map_err(failed)?;
        println!("The refused rows are in {}.", path.display());
        Ok(())
    }
}

/// Works on an import, or waits for the server that does, until it stands still.
fn work(bank: &Arc<Bank>, import_id: Uuid) -> Result<Import, CommandError> {
    let shown = || read_import(bank, &as_the_bank(), import_id, Language::English);
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| watch(&shown, &ended));
        let worked = loop {
            match run_next_import(bank, Some(import_id), &crate::clock::now, &|| false) {
                Ok(true) => {}
                // Somebody else has it: it is done there, or free again after the silence.
                Ok(false) => match shown() {
                    Ok(import) if import.summary.status.is_for_the_bank() => std::thread::sleep(Duration::from_millis(500)),
                    Ok(import) => break Ok(import),
                    Err(error) => break Err(error),
                },
                Err(OpError::Store(error)) => {
                    tracing::warn!(%error, "the import broke off; it is taken again");
                    std::thread::sleep(bank.import_silence.to_std().unwrap_or_default());
                }
                Err(error) => break Err(error),
            }
        };
        ended.store(true, Ordering::Relaxed);
        Ok(worked?)
    })
}

/// Shows how far an import is, until it stands still.
fn watch(shown: &impl Fn() -> Result<Import, OpError>, ended: &AtomicBool) {
    let mut progress: Option<Progress> = None;
    while !ended.load(Ordering::Relaxed) {
        if let Ok(import) = shown() {
            let far = &import.summary.progress;
            let whole = |number: i64| u64::try_from(number).unwrap_or_default();
            let (done, all, what) = match far.rows_in_all {
                Some(rows) => (far.rows_done, rows, "rows"),
                None => (far.bytes_read, far.bytes, "bytes"),
            };
            let shown = progress.get_or_insert_with(|| Progress::begin(whole(all), what));
            shown.reach(whole(done));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    if let Some(progress) = progress {
        progress.end();
    }
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn print_totals(what: &str, totals: &ImportTotals) {
    println!(
        "{} rows: {} outcomes {what} accepted ({} credits), {} there already, {} flagged, {} refused; {} accounts opened",
        totals.rows, totals.accepted, totals.credit, totals.already_there, totals.flagged, totals.refused, totals.accounts_opened
    );
    for (code, outcomes) in totals.refusals.iter().chain(&totals.flags) {
        println!("    {code}: {outcomes}");
    }
}

#[expect(clippy::print_stdout, reason = "this is what the command is for")]
fn ended(import: &Import) -> Result<(), CommandError> {
    match import.summary.status {
        ImportStatus::Done | ImportStatus::Checked => Ok(()),
        ImportStatus::AwaitingRelease => {
            println!("Somebody of the institution has to release it.");
            Ok(())
        }
        ImportStatus::Stale => {
            for change in &import.changes {
                println!("row {}: {:?} is now {:?}", change.row, change.before, change.now);
            }
            Err(CommandError::Other(
                "the bank has changed since the dry run; import the file again, or use --even-if-changed".to_owned(),
            ))
        }
        status => {
            let problem = import.problem.as_ref().map(|problem| problem.detail.clone());
            Err(CommandError::Other(problem.unwrap_or_else(|| format!("the import is {status}"))))
        }
    }
}
