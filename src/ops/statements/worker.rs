//! The one thread that prints: the oldest paper first. What is printed is kept by its digest and never made again.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::super::background::{Background, Clock};
use super::super::context::{Bank, Context};
use super::super::credentials::attached::{Attached, state_of};
use super::super::error::OpError;
use super::super::evidence::content_place;
use super::content::Content;
use super::{damaged, waiting_place};
use crate::domain::actor::Caller;
use crate::domain::statement::StatementStatus;
use crate::files::Digest;
use crate::paper::{Order, Printed, Template};
use crate::store::connection::Conn;
use crate::store::journal::tell;
use crate::store::statements::{self as store, StatementRow};
use crate::store::types::At;

/// After how long without a sign of life a paper is taken from its runner: the longest takes some seconds.
pub const SILENCE: TimeDelta = TimeDelta::minutes(5);

/// How often a paper is begun before it is given up.
const ATTEMPTS_MAX: i64 = 3;

/// How many papers are looked at for one that can be printed.
const LOOKED_AT: i64 = 100;

/// How often the queue is looked at while it is empty.
const LOOK: Duration = Duration::from_secs(1);

/// Starts the thread that prints.
pub fn start_printer(bank: Arc<Bank>, clock: Clock) -> Background {
    Background::start("statement", LOOK, move |_| print_next_statement(&bank, &clock))
}

/// Prints the oldest paper that waits, or of whose runner nothing is heard; false when there is none.
///
/// # Errors
/// When the database or the store of contents fails; the paper is then taken again after the silence.
pub fn print_next_statement(bank: &Bank, clock: &impl Fn() -> DateTime<Utc>) -> Result<bool, OpError> {
    let (now, runner) = (clock(), Uuid::now_v7());
    let silent_since = now - SILENCE;
    let Some((row, credential)) = bank.store.read(|conn| next(bank, conn, silent_since))? else {
        return Ok(false);
    };
    if !bank.store.write(|conn| store::take(conn, &row, runner, now, silent_since))? {
        return Ok(true);
    }
    let printed = if row.attempts < ATTEMPTS_MAX {
        print(bank, &row, credential.as_deref())?
    } else {
        None
    };
    // The content first: what a crash leaves is one that nothing names.
    if let Some(printed) = &printed {
        let digest = Digest::of(&printed.pdf);
        bank.files.put(digest, bank.sealer.seal(&printed.pdf, &content_place(digest))?)?;
    }
    finish(bank, row, runner, printed.as_ref(), clock())?;
    Ok(true)
}

/// The oldest paper that can be printed, with the credential that is attached to it. One whose credential could not be signed is printed
/// without; one whose credential is being signed lets others go first.
fn next(bank: &Bank, conn: &mut Conn, silent_since: DateTime<Utc>) -> Result<Option<(StatementRow, Option<String>)>, OpError> {
    for row in store::waiting(conn, silent_since, LOOKED_AT)? {
        let state = match &row.credential_id {
            Some(credential_id) => state_of(bank, conn, row.learner_id.0, credential_id.0)?,
            None => Attached::Ended,
        };
        match state {
            Attached::Waits => {}
            Attached::Signed(text) => return Ok(Some((row, Some(text)))),
            Attached::Ended => return Ok(Some((row, None))),
        }
    }
    Ok(None)
}

/// Prints a paper; `None` where what it says cannot be printed, which another attempt would not change.
fn print(bank: &Bank, row: &StatementRow, credential: Option<&str>) -> Result<Option<Printed>, OpError> {
    let sealed = row.content_sealed.as_deref().ok_or_else(|| damaged(row))?;
    let plain = bank.sealer.open(sealed, &waiting_place(row.statement_id.0))?;
    let mut content: Content = serde_json::from_slice(&plain).map_err(|_| damaged(row))?;
    content.head_mut().credential = credential.is_some();
    let (template, data) = match &content {
        Content::Statement(data) => (Template::Statement, serde_json::to_value(data)),
        Content::Certificate(data) => (Template::Certificate, serde_json::to_value(data)),
    };
    let order = Order {
        template,
        data: &data.map_err(|_| damaged(row))?,
        number: &row.paper_number,
        credential: credential.map(str::as_bytes),
    };
    match bank.paper.print(&order) {
        Ok(printed) => Ok(Some(printed)),
        Err(error) => {
            tracing::error!(%error, statement_id = %row.statement_id.0, "a paper cannot be printed");
            Ok(None)
        }
    }
}

/// Saves what came of it, and tells it.
fn finish(bank: &Bank, row: StatementRow, runner: Uuid, printed: Option<&Printed>, now: DateTime<Utc>) -> Result<(), OpError> {
    let context = Context::of(Caller::Bank, now);
    let status = match printed {
        Some(_) => StatementStatus::Ready,
        None => StatementStatus::Failed,
    };
    let counted = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let missing: Vec<String> = printed
        .iter()
        .flat_map(|printed| &printed.missing)
        .map(|character| format!("U+{:04X}", u32::from(*character)))
        .collect();
    let row = StatementRow {
        status: status.to_string(),
        digest: printed.map(|printed| Digest::of(&printed.pdf).as_bytes().to_vec()),
        bytes: printed.map(|printed| counted(printed.pdf.len())),
        pages: printed.map(|printed| counted(printed.pages)),
        missing: missing.join(","),
        finished_at: Some(At(now)),
        ..row
    };
    bank.store.write(|conn| {
        // Taken back meanwhile, or taken by another runner: then there is nothing to tell.
        if store::end(conn, &row, runner)? {
            let told = context
                .told("finish_statement", "statement", row.statement_id.0)
                .of_learner(row.learner_id.0)
                .with(serde_json::json!({ "status": status }));
            tell(conn, &[told])?;
        }
        Ok::<_, OpError>(())
    })
}
