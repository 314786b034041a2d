//! The one thread that runs imports: the oldest job first, dry runs and deposits alike. A job of whose runner nothing is heard
//! is taken again: a dry run from its beginning, a deposit from behind the last row that was deposited.

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use super::run::{Ended, Run};
use super::{KeptFailure, Said, status_of};
use crate::domain::language::Language;
use crate::ops::background::{Background, Clock, SharedClock};
use crate::ops::context::Bank;
use crate::ops::error::OpError;
use crate::store::import_lease::Lease;
use crate::store::imports as store;

/// How often a job is begun without coming further before it is given up: one that ends its runner each time would never end.
const ATTEMPTS_MAX: i64 = 3;

/// How often the queue is looked at while it is empty.
const LOOK: Duration = Duration::from_secs(1);

/// Starts the thread that runs imports.
pub fn start_importer(bank: Arc<Bank>, clock: Clock) -> Background {
    Background::start("import", LOOK, move |stopped| run_next_import(&bank, None, &clock, stopped))
}

/// Runs the oldest job that waits, or of whose runner nothing is heard; a certain import's, where it is named. False when there is none.
///
/// # Errors
/// When the database or the store of contents fails; the job is then taken again after the silence.
pub fn run_next_import(bank: &Arc<Bank>, only: Option<Uuid>, clock: SharedClock<'_>, stopped: &dyn Fn() -> bool) -> Result<bool, OpError> {
    let (now, runner) = (clock(), Uuid::now_v7());
    let silent_since = now - bank.import_silence;
    let Some(job) = bank.store.read(|conn| store::next(conn, only, silent_since))? else {
        return Ok(false);
    };
    if !bank.store.write(|conn| store::take(conn, &job, runner, now, silent_since))? {
        return Ok(true);
    }
    let lease = Lease {
        import_id: job.import_id.0,
        runner,
        status: status_of(&job)?,
    };
    let run = Run {
        bank,
        job: &job,
        lease,
        clock,
        stopped,
    };
    let ended = if job.attempts >= ATTEMPTS_MAX {
        run.fail(&KeptFailure {
            code: "broke_off".to_owned(),
            said: Said::of(|language| match language {
                Language::Chinese => "处理这个文件时多次中断，请联系管理员。".to_owned(),
                Language::English => "Working on this file broke off several times; ask the bank's administrator.".to_owned(),
            }),
        })?
    } else {
        run.run()?
    };
    Ok(ended != Ended::Stopped)
}
