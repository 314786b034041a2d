//! An import's job while a runner has it. Every step is guarded by its being the runner's still, so that of two servers on one
//! database only one deposits.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::schema::imports;
use super::types::{At, Document, Key};
use crate::domain::import::ImportStatus;

/// How far a runner is.
#[derive(Debug, Clone, Copy)]
pub struct Far {
    pub rows_done: i64,
    pub bytes_read: i64,
}

/// The job of a runner, in the state in which the runner took it.
macro_rules! of_runner {
    ($import_id:expr, $runner:expr, $status:expr) => {
        imports::table
            .find(Key($import_id))
            .filter(imports::runner.eq(Some(Key($runner))))
            .filter(imports::status.eq($status.as_str()))
    };
}

/// Whose job it is, and in which state it was taken.
#[derive(Debug, Clone, Copy)]
pub struct Lease {
    pub import_id: Uuid,
    pub runner: Uuid,
    pub status: ImportStatus,
}

impl Lease {
    /// Notes how far the runner is, as a sign of life; false when the job is no longer its own.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn beat(&self, conn: &mut Conn, now: DateTime<Utc>, far: Far) -> Result<bool, StoreError> {
        let beaten = diesel::update(of_runner!(self.import_id, self.runner, self.status))
            .set((
                imports::heartbeat.eq(Some(At(now))),
                imports::rows_done.eq(far.rows_done),
                imports::bytes_read.eq(far.bytes_read),
                imports::attempts.eq(1),
            ))
            .execute(conn)?;
        Ok(beaten == 1)
    }

    /// Keeps what is known of the file as a whole; false when the job is no longer the runner's.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn describe(&self, conn: &mut Conn, about: Document) -> Result<bool, StoreError> {
        let kept = diesel::update(of_runner!(self.import_id, self.runner, self.status))
            .set(imports::about.eq(Some(about)))
            .execute(conn)?;
        Ok(kept == 1)
    }

    /// Keeps the totals of the deposit so far, and how far the runner is; false when the job is no longer the runner's.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn count(&self, conn: &mut Conn, now: DateTime<Utc>, far: Far, totals: Document) -> Result<bool, StoreError> {
        let kept = diesel::update(of_runner!(self.import_id, self.runner, self.status))
            .set(imports::commit_totals.eq(Some(totals)))
            .execute(conn)?;
        Ok(kept == 1 && self.beat(conn, now, far)?)
    }

    /// Ends the dry run; false when the job is no longer the runner's.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn end_check(
        &self,
        conn: &mut Conn,
        now: DateTime<Utc>,
        rows: i64,
        totals: Document,
        unknown: Document,
    ) -> Result<bool, StoreError> {
        let ended = diesel::update(of_runner!(self.import_id, self.runner, self.status))
            .set((
                imports::status.eq(ImportStatus::Checked.as_str()),
                imports::rows_done.eq(rows),
                imports::rows_in_all.eq(rows),
                imports::check_totals.eq(Some(totals)),
                imports::unknown_codes.eq(Some(unknown)),
                imports::finished_at.eq(Some(At(now))),
                imports::runner.eq(None::<Key>),
                imports::heartbeat.eq(None::<At>),
            ))
            .execute(conn)?;
        Ok(ended == 1)
    }

    /// Ends the deposit, or stops it before rows that are not what the dry run said; false when the job is no longer the runner's.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn end_commit(&self, conn: &mut Conn, now: DateTime<Utc>, to: ImportStatus, changes: Option<Document>) -> Result<bool, StoreError> {
        let ended = diesel::update(of_runner!(self.import_id, self.runner, self.status))
            .set((
                imports::status.eq(to.as_str()),
                imports::changes.eq(changes),
                imports::finished_at.eq(Some(At(now))),
                imports::runner.eq(None::<Key>),
                imports::heartbeat.eq(None::<At>),
            ))
            .execute(conn)?;
        Ok(ended == 1)
    }

    /// Gives the job up, with why; false when it is no longer the runner's.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn fail(&self, conn: &mut Conn, now: DateTime<Utc>, problem: Document) -> Result<bool, StoreError> {
        let ended = diesel::update(of_runner!(self.import_id, self.runner, self.status))
            .set((
                imports::status.eq(ImportStatus::Failed.as_str()),
                imports::problem.eq(Some(problem)),
                imports::finished_at.eq(Some(At(now))),
                imports::runner.eq(None::<Key>),
                imports::heartbeat.eq(None::<At>),
            ))
            .execute(conn)?;
        Ok(ended == 1)
    }

    /// Puts the job back whose runner is being stopped; that is no attempt that failed.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put_back(&self, conn: &mut Conn) -> Result<(), StoreError> {
        diesel::update(of_runner!(self.import_id, self.runner, self.status))
            .set((
                imports::runner.eq(None::<Key>),
                imports::heartbeat.eq(None::<At>),
                imports::attempts.eq(0),
            ))
            .execute(conn)?;
        Ok(())
    }
}
