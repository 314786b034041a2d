//! Statements and certificates, as they were asked for and printed, and whose a paper's number is. Waiting ones are a queue of jobs: every
//! step is guarded by the state that it starts from, so that of two servers one prints, and one that lost its job writes nothing.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::each_back_end;
use super::error::StoreError;
use super::listing::placed;
use super::schema::{paper_numbers, statements};
use super::types::{At, Document, Key};
use crate::domain::list::ListPlace;
use crate::domain::statement::StatementStatus;

/// A paper.
#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = statements)]
pub struct StatementRow {
    pub learner_id: Key,
    pub statement_id: Key,
    pub paper_number: String,
    pub kind: String,
    pub language: String,
    pub status: String,
    /// The outcomes that it is about.
    pub outcome_ids: Document,
    pub claim_id: Option<Key>,
    /// Whose outcome or decision it is about, where it is about one.
    pub institution_id: Option<Key>,
    /// The signed credential that is attached to it.
    pub credential_id: Option<Key>,
    /// What is to be printed, until it is.
    pub content_sealed: Option<Vec<u8>>,
    pub issued_by: String,
    pub issued_at: At,
    /// How often printing was begun.
    pub attempts: i64,
    pub runner: Option<Key>,
    pub heartbeat: Option<At>,
    /// SHA-256 of the PDF.
    pub digest: Option<Vec<u8>>,
    pub bytes: Option<i64>,
    pub pages: Option<i64>,
    /// The characters that no font has, as `U+3129D` with commas between.
    pub missing: String,
    pub finished_at: Option<At>,
    pub revoked_at: Option<At>,
}

/// Whose a number is.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = paper_numbers)]
struct NumberRow {
    paper_number: String,
    learner_id: Key,
    statement_id: Key,
}

const QUEUED: &str = StatementStatus::Queued.as_str();
const RUNNING: &str = StatementStatus::Running.as_str();
const READY: &str = StatementStatus::Ready.as_str();

/// What waits, or whose runner gave no sign of life since a moment.
macro_rules! is_open {
    ($since:expr) => {
        statements::status.eq(QUEUED).or(statements::status
            .eq(RUNNING)
            .and(statements::heartbeat.lt(Some(At($since))).assume_not_null()))
    };
}

/// Adds a paper that waits, with its number. A number that is taken breaks a unique key without a meaning of its own, so it is tried
/// again with another.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &StatementRow) -> Result<(), StoreError> {
    let number = NumberRow {
        paper_number: row.paper_number.clone(),
        learner_id: Key(row.learner_id.0),
        statement_id: Key(row.statement_id.0),
    };
    diesel::insert_into(paper_numbers::table).values(&number).execute(conn)?;
    diesel::insert_into(statements::table).values(row).execute(conn)?;
    Ok(())
}

/// Finds a paper of one of some learners: of one and of whom it absorbed.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, learner_ids: &[Uuid], statement_id: Uuid) -> Result<Option<StatementRow>, StoreError> {
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    Ok(each_back_end!(conn, c => statements::table
        .filter(statements::learner_id.eq_any(&ids))
        .filter(statements::statement_id.eq(Key(statement_id)))
        .first(c)
        .optional())?)
}

/// Finds a paper by its number.
///
/// # Errors
/// When the database refuses.
pub fn by_number(conn: &mut Conn, paper_number: &str) -> Result<Option<StatementRow>, StoreError> {
    let found: Option<NumberRow> = paper_numbers::table.find(paper_number).first(conn).optional()?;
    match found {
        Some(number) => find(conn, &[number.learner_id.0], number.statement_id.0),
        None => Ok(None),
    }
}

/// The papers of some learners, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(conn: &mut Conn, learner_ids: &[Uuid], place: ListPlace, limit: i64) -> Result<Vec<StatementRow>, StoreError> {
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    Ok(each_back_end!(conn, c => {
        let query = statements::table.filter(statements::learner_id.eq_any(&ids)).into_boxed();
        placed!(query, statements::statement_id, place.map(Key)).limit(limit).load(c)
    })?)
}

/// How many papers a learner had issued since a moment.
///
/// # Errors
/// When the database refuses.
pub fn count_since(conn: &mut Conn, learner_id: Uuid, since: DateTime<Utc>) -> Result<i64, StoreError> {
    Ok(statements::table
        .filter(statements::learner_id.eq(Key(learner_id)))
        .filter(statements::issued_at.gt(At(since)))
        .select(count_star())
        .first(conn)?)
}

/// The papers that wait, or whose runner gave no sign of life since `silent_since`, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn waiting(conn: &mut Conn, silent_since: DateTime<Utc>, limit: i64) -> Result<Vec<StatementRow>, StoreError> {
    Ok(statements::table
        .filter(is_open!(silent_since))
        .order(statements::statement_id)
        .limit(limit)
        .load(conn)?)
}

/// Takes a paper that waits or whose runner is silent; false when somebody else was quicker.
///
/// # Errors
/// When the database refuses.
pub fn take(
    conn: &mut Conn,
    row: &StatementRow,
    runner: Uuid,
    now: DateTime<Utc>,
    silent_since: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let taken = diesel::update(statements::table.find((Key(row.learner_id.0), Key(row.statement_id.0))))
        .filter(is_open!(silent_since))
        .set((
            statements::status.eq(RUNNING),
            statements::runner.eq(Some(Key(runner))),
            statements::attempts.eq(statements::attempts + 1),
            statements::heartbeat.eq(Some(At(now))),
        ))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Ends the printing of a paper that is the runner's own, as `row` says; what was to be printed is forgotten. False when it is no longer
/// its own.
///
/// # Errors
/// When the database refuses.
pub fn end(conn: &mut Conn, row: &StatementRow, runner: Uuid) -> Result<bool, StoreError> {
    let ended = diesel::update(statements::table.find((Key(row.learner_id.0), Key(row.statement_id.0))))
        .filter(statements::runner.eq(Some(Key(runner))))
        .filter(statements::status.eq(RUNNING))
        .set((
            statements::status.eq(&row.status),
            statements::content_sealed.eq(None::<Vec<u8>>),
            statements::digest.eq(&row.digest),
            statements::bytes.eq(row.bytes),
            statements::pages.eq(row.pages),
            statements::missing.eq(&row.missing),
            statements::finished_at.eq(&row.finished_at),
        ))
        .execute(conn)?;
    Ok(ended == 1)
}

/// Takes a paper back that waits, is being printed, or can be had; false for any other.
///
/// # Errors
/// When the database refuses.
pub fn revoke(conn: &mut Conn, row: &StatementRow, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let revoked = diesel::update(statements::table.find((Key(row.learner_id.0), Key(row.statement_id.0))))
        .filter(statements::status.eq_any([QUEUED, RUNNING, READY]))
        .set((
            statements::status.eq(StatementStatus::Revoked.as_str()),
            statements::content_sealed.eq(None::<Vec<u8>>),
            statements::revoked_at.eq(Some(At(now))),
        ))
        .execute(conn)?;
    Ok(revoked == 1)
}

/// Whether a paper has this content.
///
/// # Errors
/// When the database refuses.
pub fn is_content_used(conn: &mut Conn, digest: &[u8]) -> Result<bool, StoreError> {
    let found: Option<Key> = statements::table
        .select(statements::statement_id)
        .filter(statements::digest.eq(Some(digest)))
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}
