//! Imports: a small queue of jobs, like simulations, and what people do to them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::listing::placed;
use super::schema::imports;
use super::types::{At, Document, Key};
use crate::domain::import::ImportStatus;
use crate::domain::list::ListPlace;

/// An import.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = imports)]
pub struct ImportRow {
    pub import_id: Key,
    pub institution_id: Key,
    pub file_name_sealed: Vec<u8>,
    /// SHA-256 of the file; absent until it has arrived.
    pub digest: Option<Vec<u8>>,
    pub bytes: i64,
    pub options: Document,
    pub status: String,
    /// Which of the institution's few places it has while it is open.
    pub place: i64,
    pub about: Option<Document>,
    pub even_if_changed: bool,
    pub bytes_read: i64,
    pub rows_done: i64,
    pub rows_in_all: i64,
    pub check_totals: Option<Document>,
    pub commit_totals: Option<Document>,
    pub unknown_codes: Option<Document>,
    pub changes: Option<Document>,
    pub problem: Option<Document>,
    pub requested_by: String,
    pub created_at: At,
    pub committed_by: Option<String>,
    pub committed_at: Option<At>,
    pub released_by: Option<String>,
    /// When its present work was begun.
    pub started_at: Option<At>,
    pub finished_at: Option<At>,
    /// When its file was removed.
    pub file_removed_at: Option<At>,
    /// How often its present work was begun without coming further.
    pub attempts: i64,
    pub runner: Option<Key>,
    pub heartbeat: Option<At>,
}

/// Adds an import. Two that take the same place at once break a key that has no meaning of its own, so the later one looks again.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &ImportRow) -> Result<(), StoreError> {
    diesel::insert_into(imports::table).values(row).execute(conn)?;
    Ok(())
}

/// The places that an institution's open imports have.
///
/// # Errors
/// When the database refuses.
pub fn places(conn: &mut Conn, institution_id: Uuid) -> Result<Vec<i64>, StoreError> {
    Ok(imports::table
        .filter(imports::institution_id.eq(Key(institution_id)))
        .filter(imports::status.ne_all(ended()))
        .select(imports::place)
        .load(conn)?)
}

fn ended() -> Vec<&'static str> {
    let ended = ImportStatus::ALL.iter().filter(|status| !status.is_open());
    ended.map(|status| status.as_str()).collect()
}

/// Finds an import.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, import_id: Uuid) -> Result<Option<ImportRow>, StoreError> {
    Ok(imports::table.find(Key(import_id)).first(conn).optional()?)
}

/// The import of a file that an institution brought before and that is kept, unless that one was stopped or could not be read.
///
/// # Errors
/// When the database refuses.
pub fn of_file(conn: &mut Conn, institution_id: Uuid, digest: &[u8]) -> Result<Option<ImportRow>, StoreError> {
    let (receiving, cancelled, failed) = (ImportStatus::Receiving, ImportStatus::Cancelled, ImportStatus::Failed);
    Ok(imports::table
        .filter(imports::institution_id.eq(Key(institution_id)))
        .filter(imports::digest.eq(Some(digest)))
        .filter(imports::file_removed_at.is_null())
        .filter(imports::status.ne_all([receiving.as_str(), cancelled.as_str(), failed.as_str()]))
        .first(conn)
        .optional()?)
}

/// An institution's imports, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn list(
    conn: &mut Conn,
    institution_id: Uuid,
    status: Option<ImportStatus>,
    place: ListPlace,
    limit: i64,
) -> Result<Vec<ImportRow>, StoreError> {
    let mut query = imports::table.filter(imports::institution_id.eq(Key(institution_id))).into_boxed();
    if let Some(status) = status {
        query = query.filter(imports::status.eq(status.as_str()));
    }
    Ok(placed!(query, imports::import_id, place.map(Key)).limit(limit).load(conn)?)
}

/// Moves an import from one state to the next, with what changes beside it; false when it is in another state by now.
macro_rules! step {
    ($conn:expr, $import_id:expr, $from:expr, $changes:expr) => {
        diesel::update(imports::table.find(Key($import_id)))
            .filter(imports::status.eq($from.as_str()))
            .set($changes)
            .execute($conn)
            .map(|moved| moved == 1)
    };
}

/// The file has arrived, and its dry run waits.
///
/// # Errors
/// When the database refuses; the same file brought twice at once breaks a key, so the later one looks again.
pub fn arrive(conn: &mut Conn, import_id: Uuid, digest: &[u8], bytes: i64) -> Result<bool, StoreError> {
    Ok(step!(
        conn,
        import_id,
        ImportStatus::Receiving,
        (
            imports::status.eq(ImportStatus::Checking.as_str()),
            imports::digest.eq(Some(digest)),
            imports::bytes.eq(bytes),
        )
    )?)
}

/// Queues the dry run again, at a place; false when the import is in another state by now.
///
/// # Errors
/// When the database refuses; a file that was brought by another import meanwhile breaks a key.
pub fn check_again(conn: &mut Conn, import_id: Uuid, from: ImportStatus, place: i64, options: Document) -> Result<bool, StoreError> {
    Ok(step!(
        conn,
        import_id,
        from,
        (
            imports::status.eq(ImportStatus::Checking.as_str()),
            imports::place.eq(place),
            imports::options.eq(options),
            imports::runner.eq(None::<Key>),
            imports::heartbeat.eq(None::<At>),
            imports::attempts.eq(0),
            imports::bytes_read.eq(0),
            imports::rows_done.eq(0),
            imports::started_at.eq(None::<At>),
            imports::finished_at.eq(None::<At>),
            imports::changes.eq(None::<Document>),
            imports::problem.eq(None::<Document>),
            imports::committed_by.eq(None::<String>),
            imports::committed_at.eq(None::<At>),
            imports::released_by.eq(None::<String>),
        )
    )?)
}

/// Somebody asks for the deposit of what was looked through.
///
/// # Errors
/// When the database refuses.
pub fn ask(
    conn: &mut Conn,
    import_id: Uuid,
    to: ImportStatus,
    by: &str,
    now: DateTime<Utc>,
    even_if_changed: bool,
) -> Result<bool, StoreError> {
    Ok(step!(
        conn,
        import_id,
        ImportStatus::Checked,
        (
            imports::status.eq(to.as_str()),
            imports::even_if_changed.eq(even_if_changed),
            imports::committed_by.eq(Some(by)),
            imports::committed_at.eq(Some(At(now))),
            imports::commit_totals.eq(None::<Document>),
            imports::rows_done.eq(0),
            imports::bytes_read.eq(0),
            imports::attempts.eq(0),
            imports::started_at.eq(None::<At>),
        )
    )?)
}

/// Somebody else releases what somebody asked for.
///
/// # Errors
/// When the database refuses.
pub fn release(conn: &mut Conn, import_id: Uuid, by: &str) -> Result<bool, StoreError> {
    Ok(step!(
        conn,
        import_id,
        ImportStatus::AwaitingRelease,
        (
            imports::status.eq(ImportStatus::Committing.as_str()),
            imports::released_by.eq(Some(by)),
        )
    )?)
}

/// Ends an import that waits or is under way, for nobody's runner any more.
///
/// # Errors
/// When the database refuses.
pub fn end(
    conn: &mut Conn,
    import_id: Uuid,
    from: ImportStatus,
    to: ImportStatus,
    now: DateTime<Utc>,
    problem: Option<Document>,
) -> Result<bool, StoreError> {
    Ok(step!(
        conn,
        import_id,
        from,
        (
            imports::status.eq(to.as_str()),
            imports::finished_at.eq(Some(At(now))),
            imports::problem.eq(problem),
            imports::runner.eq(None::<Key>),
            imports::heartbeat.eq(None::<At>),
        )
    )?)
}

/// A job that nobody runs, or of whose runner nothing was heard since a moment.
macro_rules! is_free {
    ($since:expr) => {
        imports::status
            .eq_any([ImportStatus::Checking.as_str(), ImportStatus::Committing.as_str()])
            .and(
                imports::runner
                    .is_null()
                    .or(imports::heartbeat.lt(Some(At($since))).assume_not_null()),
            )
    };
}

/// The oldest job that is free; a certain one, where it is named.
///
/// # Errors
/// When the database refuses.
pub fn next(conn: &mut Conn, only: Option<Uuid>, silent_since: DateTime<Utc>) -> Result<Option<ImportRow>, StoreError> {
    let mut query = imports::table.filter(is_free!(silent_since)).into_boxed();
    if let Some(import_id) = only {
        query = query.filter(imports::import_id.eq(Key(import_id)));
    }
    Ok(query.order(imports::import_id).first(conn).optional()?)
}

/// Takes a job that is free; false when somebody else was quicker.
///
/// # Errors
/// When the database refuses.
pub fn take(conn: &mut Conn, job: &ImportRow, runner: Uuid, now: DateTime<Utc>, silent_since: DateTime<Utc>) -> Result<bool, StoreError> {
    let started_at = job.started_at.clone().unwrap_or(At(now));
    let taken = diesel::update(imports::table.find(&job.import_id))
        .filter(imports::status.eq(&job.status))
        .filter(is_free!(silent_since))
        .set((
            imports::runner.eq(Some(Key(runner))),
            imports::heartbeat.eq(Some(At(now))),
            imports::started_at.eq(Some(started_at)),
            imports::attempts.eq(imports::attempts + 1),
        ))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Imports whose files are no longer needed: ended before a moment, or on their way in since before another.
///
/// # Errors
/// When the database refuses.
pub fn with_old_files(
    conn: &mut Conn,
    ended_before: DateTime<Utc>,
    begun_before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ImportRow>, StoreError> {
    let old = imports::status
        .eq_any(ended())
        .and(imports::finished_at.lt(Some(At(ended_before))).assume_not_null());
    let lost = imports::status
        .eq(ImportStatus::Receiving.as_str())
        .and(imports::created_at.lt(At(begun_before)));
    Ok(imports::table
        .filter(imports::file_removed_at.is_null())
        .filter(old.or(lost))
        .order(imports::import_id)
        .limit(limit)
        .load(conn)?)
}
