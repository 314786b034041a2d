//! Simulations of drafts: a small queue of jobs. Every step is guarded by the state that it starts from, so that of two
//! servers on one database only one takes a job, and one that lost its job writes nothing.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::error::StoreError;
use super::listing::placed;
use super::schema::{learners, simulations};
use super::types::{At, Document, Key};
use crate::domain::list::ListPlace;
use crate::domain::simulation::SimulationStatus;

/// A job.
#[derive(Debug, Clone, Insertable, Queryable)]
#[diesel(table_name = simulations)]
pub struct SimulationRow {
    pub simulation_id: Key,
    pub pack_id: Key,
    /// Which edition of the pack it tries.
    pub pack_edition: i64,
    pub programme_id: Key,
    /// Whose programme it is.
    pub institution_id: Key,
    /// Whose pack it is; absent for the bank's own.
    pub owner_id: Option<Key>,
    pub status: String,
    /// Which of the few places it has while it is open.
    pub place: i64,
    /// The rules that it compares, as JSON text: it has to come back as it was.
    pub comparison: String,
    pub learners_done: i64,
    pub learners_in_all: i64,
    pub report: Option<Document>,
    pub requested_by: String,
    pub created_at: At,
    /// When it was last begun.
    pub started_at: Option<At>,
    pub finished_at: Option<At>,
    /// How often it was begun without being put back.
    pub attempts: i64,
    /// Who runs it.
    pub runner: Option<Key>,
    /// When the runner last gave a sign of life.
    pub heartbeat: Option<At>,
}

/// A job without the rules that it compares, which are long.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = simulations)]
pub struct SimulationHead {
    pub simulation_id: Key,
    pub pack_id: Key,
    pub pack_edition: i64,
    pub programme_id: Key,
    pub institution_id: Key,
    pub owner_id: Option<Key>,
    pub status: String,
    pub place: i64,
    pub learners_done: i64,
    pub learners_in_all: i64,
    pub report: Option<Document>,
    pub requested_by: String,
    pub created_at: At,
    pub started_at: Option<At>,
    pub finished_at: Option<At>,
}

const QUEUED: &str = SimulationStatus::Queued.as_str();
const RUNNING: &str = SimulationStatus::Running.as_str();

/// A job whose runner gave no sign of life since a moment: it runs no more, whatever its row says.
macro_rules! is_silent {
    ($since:expr) => {
        simulations::status
            .eq(RUNNING)
            .and(simulations::heartbeat.lt(Some(At($since))).assume_not_null())
    };
}

/// Adds a job. Two who take the same place at once, or start for packs of the same institution, break a unique key that has no
/// meaning of its own, so the later one looks again.
///
/// # Errors
/// When the database refuses.
pub fn insert(conn: &mut Conn, row: &SimulationRow) -> Result<(), StoreError> {
    diesel::insert_into(simulations::table).values(row).execute(conn)?;
    Ok(())
}

/// The jobs that wait or run, in the order of their places: there are only a few.
///
/// # Errors
/// When the database refuses.
pub fn open(conn: &mut Conn) -> Result<Vec<SimulationHead>, StoreError> {
    Ok(simulations::table
        .filter(simulations::status.eq_any([QUEUED, RUNNING]))
        .order(simulations::place)
        .select(SimulationHead::as_select())
        .load(conn)?)
}

/// Finds a job.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, simulation_id: Uuid) -> Result<Option<SimulationHead>, StoreError> {
    let row = simulations::table.find(Key(simulation_id)).select(SimulationHead::as_select());
    Ok(row.first(conn).optional()?)
}

/// The jobs of a pack, from a place in their list.
///
/// # Errors
/// When the database refuses.
pub fn of_pack(conn: &mut Conn, pack_id: Uuid, place: ListPlace, limit: i64) -> Result<Vec<SimulationHead>, StoreError> {
    let query = simulations::table
        .filter(simulations::pack_id.eq(Key(pack_id)))
        .select(SimulationHead::as_select())
        .into_boxed();
    Ok(placed!(query, simulations::simulation_id, place.map(Key)).limit(limit).load(conn)?)
}

/// The oldest job that waits, or whose runner gave no sign of life since `silent_since`.
///
/// # Errors
/// When the database refuses.
pub fn next(conn: &mut Conn, silent_since: DateTime<Utc>) -> Result<Option<SimulationRow>, StoreError> {
    Ok(simulations::table
        .filter(simulations::status.eq(QUEUED).or(is_silent!(silent_since)))
        .order(simulations::simulation_id)
        .first(conn)
        .optional()?)
}

/// Takes a job that waits or whose runner is silent; false when somebody else was quicker.
///
/// # Errors
/// When the database refuses.
pub fn take(
    conn: &mut Conn,
    simulation_id: Uuid,
    runner: Uuid,
    now: DateTime<Utc>,
    silent_since: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let taken = diesel::update(simulations::table.find(Key(simulation_id)))
        .filter(simulations::status.eq(QUEUED).or(is_silent!(silent_since)))
        .set((
            simulations::status.eq(RUNNING),
            simulations::runner.eq(Some(Key(runner))),
            simulations::attempts.eq(simulations::attempts + 1),
            simulations::learners_done.eq(0),
            simulations::started_at.eq(Some(At(now))),
            simulations::heartbeat.eq(Some(At(now))),
        ))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Notes how far a runner is, as a sign of life; false when the job is no longer its own.
///
/// # Errors
/// When the database refuses.
pub fn beat(conn: &mut Conn, simulation_id: Uuid, runner: Uuid, now: DateTime<Utc>, done: i64, in_all: i64) -> Result<bool, StoreError> {
    let beaten = diesel::update(simulations::table.find(Key(simulation_id)))
        .filter(simulations::runner.eq(Some(Key(runner))))
        .filter(simulations::status.eq(RUNNING))
        .set((
            simulations::learners_done.eq(done),
            simulations::learners_in_all.eq(in_all),
            simulations::heartbeat.eq(Some(At(now))),
        ))
        .execute(conn)?;
    Ok(beaten == 1)
}

/// Ends a job that is the runner's own, with a report where it is done; false when it is no longer its own.
///
/// # Errors
/// When the database refuses.
pub fn end(
    conn: &mut Conn,
    simulation_id: Uuid,
    runner: Uuid,
    now: DateTime<Utc>,
    status: SimulationStatus,
    report: Option<Document>,
) -> Result<bool, StoreError> {
    let ended = diesel::update(simulations::table.find(Key(simulation_id)))
        .filter(simulations::runner.eq(Some(Key(runner))))
        .filter(simulations::status.eq(RUNNING))
        .set((
            simulations::status.eq(status.as_str()),
            simulations::report.eq(report),
            simulations::finished_at.eq(Some(At(now))),
        ))
        .execute(conn)?;
    Ok(ended == 1)
}

/// Puts a job back into the queue whose runner is being stopped; that is no attempt that failed.
///
/// # Errors
/// When the database refuses.
pub fn put_back(conn: &mut Conn, simulation_id: Uuid, runner: Uuid) -> Result<(), StoreError> {
    diesel::update(simulations::table.find(Key(simulation_id)))
        .filter(simulations::runner.eq(Some(Key(runner))))
        .filter(simulations::status.eq(RUNNING))
        .set((
            simulations::status.eq(QUEUED),
            simulations::attempts.eq(simulations::attempts - 1),
            simulations::learners_done.eq(0),
        ))
        .execute(conn)?;
    Ok(())
}

/// Cancels a job that waits or runs; false when it has ended.
///
/// # Errors
/// When the database refuses.
pub fn cancel(conn: &mut Conn, simulation_id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let cancelled = diesel::update(simulations::table.find(Key(simulation_id)))
        .filter(simulations::status.eq_any([QUEUED, RUNNING]))
        .set((
            simulations::status.eq(SimulationStatus::Cancelled.as_str()),
            simulations::finished_at.eq(Some(At(now))),
        ))
        .execute(conn)?;
    Ok(cancelled == 1)
}

/// How many learners the bank has.
///
/// # Errors
/// When the database refuses.
pub fn count_learners(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(learners::table
        .filter(learners::merged_into.is_null())
        .select(count_star())
        .first(conn)?)
}
