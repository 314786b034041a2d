//! One job: a file is read from its beginning, looked through or deposited chunk by chunk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::changes::changes;
use super::file::PieceReader;
use super::judge::UnknownCodes;
use super::pieces::{Cut, Piece, Pieces, context_of};
use super::rows::{KeptRow, Phase, sealed};
use super::{ImportOptions, KeptFailure, Said, file_name, kept};
use crate::domain::import::{ImportStatus, ImportTotals};
use crate::domain::institution::InstitutionStatus;
use crate::domain::rejection::Rejection;
use crate::intake::file_problem::FileProblem;
use crate::intake::{Options, Reading};
use crate::ops::background::SharedClock;
use crate::ops::context::{Bank, Context};
use crate::ops::deposit::Imagined;
use crate::ops::deposit::slice::{Slice, each_in_turn};
use crate::ops::document::document_of;
use crate::ops::error::OpError;
use crate::ops::issuers::known_to;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::import_lease::{Far, Lease};
use crate::store::import_rows;
use crate::store::imports::ImportRow;
use crate::store::journal::{Told, tell};
use crate::store::{institutions, standards};

/// How a job ended for its runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// There is nothing more to do in it.
    Complete,
    /// Somebody stopped the import, or took the job.
    Lost,
    /// The runner is being stopped.
    Stopped,
}

/// Why a job does not go on.
pub(super) enum Halt {
    /// It ended before the end of its file.
    Ended(Ended),
    /// The file cannot be read any further, or its institution may not deposit any more.
    Failed(KeptFailure),
    Op(OpError),
}

impl From<OpError> for Halt {
    fn from(error: OpError) -> Self {
        Self::Op(error)
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Op(error.into())
    }
}

impl From<FileProblem> for Halt {
    fn from(problem: FileProblem) -> Self {
        match problem {
            // The store of contents failed, not the file: another attempt may succeed.
            FileProblem::Unreadable { detail } => Self::Op(OpError::Secret(format!("an import's file: {detail}"))),
            problem => Self::Failed(KeptFailure {
                code: problem.code().to_owned(),
                said: Said::of(|language| problem.sentence(language)),
            }),
        }
    }
}

fn refused(rejection: &Rejection) -> Halt {
    Halt::Failed(KeptFailure {
        code: rejection.code().to_owned(),
        said: Said::of(|language| rejection.sentence(language)),
    })
}

/// A job under way.
pub(super) struct Run<'a> {
    pub(super) bank: &'a Arc<Bank>,
    pub(super) job: &'a ImportRow,
    pub(super) lease: Lease,
    pub(super) clock: SharedClock<'a>,
    pub(super) stopped: &'a dyn Fn() -> bool,
}

impl Run<'_> {
    /// Runs the job to its end.
    ///
    /// # Errors
    /// When the database or the store of contents fails: the job is taken again.
    pub(super) fn run(&self) -> Result<Ended, OpError> {
        let ended = match self.lease.status {
            ImportStatus::Committing => self.deposit(),
            _ => self.check(),
        };
        match ended {
            Ok(ended) | Err(Halt::Ended(ended)) => Ok(ended),
            Err(Halt::Op(error)) => Err(error),
            Err(Halt::Failed(failure)) => self.fail(&failure),
        }
    }

    /// Gives the job up for good.
    pub(super) fn fail(&self, failure: &KeptFailure) -> Result<Ended, OpError> {
        let (problem, now) = (document_of(failure)?, (self.clock)());
        self.bank.store.write(|conn| {
            if !self.lease.fail(conn, now, problem.clone())? {
                return Ok(Ended::Lost);
            }
            let told = self.context().told("fail_import", "import", self.import_id());
            self.tell(conn, told, serde_json::json!({ "code": failure.code }))?;
            Ok(Ended::Complete)
        })
    }

    fn import_id(&self) -> Uuid {
        self.lease.import_id
    }

    fn context(&self) -> Context {
        context_of(self.import_id(), (self.clock)())
    }

    fn tell(&self, conn: &mut Conn, told: Told, details: serde_json::Value) -> Result<(), OpError> {
        let told = told.of_institution(self.job.institution_id.0).with(details);
        Ok(tell(conn, &[told])?)
    }

    fn options(&self) -> Result<ImportOptions, OpError> {
        Ok(kept(self.job, Some(&self.job.options))?.unwrap_or_default())
    }

    fn open(&self, options: &ImportOptions, furthest: &Arc<AtomicU64>) -> Result<Reading, Halt> {
        let content = PieceReader::open(self.bank, self.import_id(), Arc::clone(furthest))?;
        let name = file_name(self.bank, self.job)?;
        let said = read_options(self.bank, self.job.institution_id.0, options, (self.clock)())?;
        Ok(crate::intake::open(content, &name, &said)?)
    }

    /// Refuses to go on for an institution that may not deposit any more.
    fn look_at_institution(&self) -> Result<(), Halt> {
        let institution_id = self.job.institution_id.0;
        let found = self.bank.store.read(|conn| institutions::find(conn, institution_id))?;
        let status = found.and_then(|row| InstitutionStatus::parse(&row.status));
        match status {
            Some(status) if status.may_deposit() => Ok(()),
            _ => Err(refused(&Rejection::InstitutionNotApproved {})),
        }
    }

    fn far(rows_done: u64, furthest: &AtomicU64) -> Far {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Far {
            rows_done: whole(rows_done),
            bytes_read: whole(furthest.load(Ordering::Relaxed)),
        }
    }

    /// Does `work` with each piece in order, while the next one is read and made ready.
    fn each_piece(
        &self,
        options: &ImportOptions,
        reading: Reading,
        cut: Cut,
        mut work: impl FnMut(Piece, &Slice) -> Result<(), Halt>,
    ) -> Result<(), Halt> {
        let pieces = Pieces {
            bank: self.bank,
            import_id: self.import_id(),
            institution_id: self.job.institution_id.0,
            codes: &options.codes,
            clock: self.clock,
            reading,
            cut,
        };
        each_in_turn(self.bank, pieces, |piece: Result<Piece, Halt>, slice| {
            if (self.stopped)() {
                return Err(Halt::Ended(self.put_back()?));
            }
            work(piece?, &slice)
        })
    }

    /// The dry run: from the first row, since what it has imagined is nowhere but in memory.
    fn check(&self) -> Result<Ended, Halt> {
        self.look_at_institution()?;
        let (options, furthest) = (self.options()?, Arc::new(AtomicU64::new(0)));
        let reading = self.open(&options, &furthest)?;
        let about = document_of(reading.about())?;
        let is_mine = self.bank.store.write(|conn| {
            import_rows::forget_chunks(conn, self.import_id(), false)?;
            self.lease.describe(conn, about.clone())
        })?;
        if !is_mine {
            return Ok(Ended::Lost);
        }
        let (mut totals, mut unknown, mut imagined) = (ImportTotals::default(), UnknownCodes::default(), Imagined::default());
        let mut number = 0;
        self.each_piece(&options, reading, Cut::Anew, |Piece { chunk, .. }, slice| {
            let answers = slice.imagine(self.bank, &mut imagined)?;
            chunk.unknown_codes(&answers).for_each(|code| unknown.add(code));
            let rows = chunk.kept(&answers, Phase::Check);
            add(&mut totals, chunk.rows, &rows);
            let place = (chunk.first_row, chunk.last_row);
            let row = sealed(self.bank, self.import_id(), Phase::Check, number, place, &rows)?;
            let (now, far) = ((self.clock)(), Self::far(totals.rows, &furthest));
            let is_mine = self.bank.store.write(|conn| {
                import_rows::add_chunk(conn, &row)?;
                self.lease.beat(conn, now, far)
            })?;
            number += 1;
            if is_mine { Ok(()) } else { Err(Halt::Ended(Ended::Lost)) }
        })?;
        self.end_check(&totals, unknown)
    }

    fn end_check(&self, totals: &ImportTotals, unknown: UnknownCodes) -> Result<Ended, Halt> {
        let institution_id = self.job.institution_id.0;
        let own = self.bank.store.read(|conn| standards::published_of(conn, institution_id))?;
        let unknown = document_of(&unknown.suggested(&own))?;
        let (rows, now, document) = (i64::try_from(totals.rows).unwrap_or(i64::MAX), (self.clock)(), document_of(totals)?);
        let ended = self.bank.store.write(|conn| {
            if !self.lease.end_check(conn, now, rows, document.clone(), unknown.clone())? {
                return Ok(Ended::Lost);
            }
            let told = self.context().told("end_check", "import", self.import_id());
            self.tell(conn, told, counts(totals))?;
            Ok::<_, OpError>(Ended::Complete)
        })?;
        Ok(ended)
    }

    fn put_back(&self) -> Result<Ended, OpError> {
        self.bank.store.write(|conn| self.lease.put_back(conn))?;
        Ok(Ended::Stopped)
    }

    /// The deposit: from behind the last row that was deposited, chunk by chunk as the dry run cut them.
    fn deposit(&self) -> Result<Ended, Halt> {
        let (options, furthest) = (self.options()?, Arc::new(AtomicU64::new(0)));
        let mut reading = self.open(&options, &furthest)?;
        let last = self.bank.store.read(|conn| import_rows::last_chunk(conn, self.import_id(), true))?;
        let mut totals: ImportTotals = kept(self.job, self.job.commit_totals.as_ref())?.unwrap_or_default();
        let mut number = 0;
        if let Some(last) = last {
            reading.skip_through(u64::try_from(last.last_row).unwrap_or(u64::MAX))?;
            number = last.number + 1;
        }
        self.each_piece(&options, reading, Cut::AsChecked { number }, |piece, slice| {
            self.look_at_institution()?;
            let ended = match self.deposit_piece(&piece, slice, number, &totals, &furthest)? {
                Deposit::Done(with) => {
                    (totals, number) = (with, number + 1);
                    return Ok(());
                }
                Deposit::Lost => Ended::Lost,
                Deposit::Differs => self.stop_before(&piece, slice)?,
            };
            Err(Halt::Ended(ended))
        })?;
        let now = (self.clock)();
        let ended = self.bank.store.write(|conn| {
            if !self.lease.end_commit(conn, now, ImportStatus::Done, None)? {
                return Ok(Ended::Lost);
            }
            let told = self.context().told("end_import", "import", self.import_id());
            self.tell(conn, told, counts(&totals))?;
            Ok::<_, OpError>(Ended::Complete)
        })?;
        Ok(ended)
    }

    /// Deposits a piece, and keeps what became of it in the same transaction; nothing of it where the job is no longer the
    /// runner's, or where an answer is not what the dry run said and nobody wanted it all the same.
    fn deposit_piece(
        &self,
        Piece { chunk, expected }: &Piece,
        slice: &Slice,
        number: i64,
        totals: &ImportTotals,
        furthest: &AtomicU64,
    ) -> Result<Deposit, OpError> {
        let now = (self.clock)();
        let done = slice.deposit_with(self.bank, |conn, answers| {
            let rows = chunk.kept(answers, Phase::Deposit);
            if !self.job.even_if_changed && !changes(expected, &rows).is_empty() {
                return Err(Undone::Differs.into());
            }
            let mut with = totals.clone();
            add(&mut with, chunk.rows, &rows);
            if !self.lease.count(conn, now, Self::far(with.rows, furthest), document_of(&with)?)? {
                return Err(Undone::Lost.into());
            }
            let place = (chunk.first_row, chunk.last_row);
            let row = sealed(self.bank, self.import_id(), Phase::Deposit, number, place, &rows)?;
            import_rows::add_chunk(conn, &row)?;
            Ok(with)
        });
        match done {
            Ok((answers, with)) => {
                count(&answers);
                Ok(Deposit::Done(with))
            }
            Err(OpError::Rejected(rejection)) if rejection == Undone::Differs.into() => Ok(Deposit::Differs),
            Err(OpError::Rejected(rejection)) if rejection == Undone::Lost.into() => Ok(Deposit::Lost),
            Err(error) => Err(error),
        }
    }

    /// Stops before a chunk of which answers are not what the dry run said, and says which.
    fn stop_before(&self, Piece { chunk, expected }: &Piece, slice: &Slice) -> Result<Ended, OpError> {
        let answers = slice.imagine(self.bank, &mut Imagined::default())?;
        let changed = document_of(&changes(expected, &chunk.kept(&answers, Phase::Check)))?;
        let now = (self.clock)();
        self.bank.store.write(|conn| {
            if !self.lease.end_commit(conn, now, ImportStatus::Stale, Some(changed.clone()))? {
                return Ok(Ended::Lost);
            }
            let told = self.context().told("stop_import", "import", self.import_id());
            self.tell(conn, told, serde_json::json!({ "before_row": chunk.first_row }))?;
            Ok(Ended::Complete)
        })
    }
}

enum Deposit {
    Done(ImportTotals),
    Lost,
    Differs,
}

/// Why a transaction of a chunk is undone although nothing failed.
enum Undone {
    Lost,
    Differs,
}

impl From<Undone> for Rejection {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Lost => Self::NotFound {},
            Undone::Differs => Self::StaleEdition {},
        }
    }
}

impl From<Undone> for OpError {
    fn from(undone: Undone) -> Self {
        Self::Rejected(undone.into())
    }
}

fn add(totals: &mut ImportTotals, rows: u64, kept: &[KeptRow]) {
    totals.rows += rows;
    for row in kept {
        totals.add(row.counted());
    }
}

/// What is told of totals: nothing personal.
fn counts(totals: &ImportTotals) -> serde_json::Value {
    serde_json::json!({ "rows": totals.rows, "accepted": totals.accepted, "already_there": totals.already_there,
        "flagged": totals.flagged, "refused": totals.refused, "accounts_opened": totals.accounts_opened, "credit": totals.credit })
}

fn count(answers: &crate::ops::deposit::Answers) {
    let deposited = u64::try_from(answers.iter().filter(|answer| answer.is_ok()).count()).unwrap_or_default();
    metrics::counter!("credit_bank_imported_outcomes_total").increment(deposited);
}

/// What the readers of files are told.
///
/// # Errors
/// When the database is away.
pub(super) fn read_options(bank: &Bank, institution_id: Uuid, options: &ImportOptions, now: DateTime<Utc>) -> Result<Options, OpError> {
    let mut said = Options::new(bank.day(now));
    said.format = options.format;
    said.sheet = options.sheet.clone();
    said.mapping = options.mapping.clone();
    said.limits.file_bytes_max = bank.import_bytes_max;
    said.issuers = known_to(bank, institution_id, now)?;
    Ok(said)
}
