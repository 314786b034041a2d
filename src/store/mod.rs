//! The database: schema, one file per aggregate, two back ends, and the only doors to a connection.

pub mod affected;
pub mod agreements;
pub mod carry;
pub mod claim_codes;
pub mod claims;
pub mod clients;
pub mod connection;
pub mod conversions;
pub mod corrections;
pub mod credentials;
mod dated;
pub mod deliveries;
pub mod deposits;
pub mod doubles;
pub mod error;
pub mod events;
pub mod evidence;
pub mod expiry;
pub mod facts;
pub mod frameworks;
pub mod health;
pub mod identities;
pub mod import_lease;
pub mod import_rows;
pub mod imports;
mod insert;
pub mod institutions;
pub mod issuer_keys;
pub mod issuers;
pub mod journal;
pub mod likenesses;
mod listing;
pub mod mails;
pub mod merges;
pub mod mismatches;
pub mod notifications;
pub mod objections;
pub mod offers;
pub mod packs;
pub mod passkeys;
pub mod pathways;
mod pattern;
pub mod people;
pub mod pockets;
pub mod portfolio;
pub mod programmes;
pub mod records;
pub mod requests;
pub mod schema;
pub mod second_factors;
pub mod sessions;
pub mod shares;
pub mod simulations;
pub mod standards;
pub mod statements;
pub mod status_lists;
pub mod suspicions;
mod turns;
pub mod types;
pub mod webhooks;
pub mod working_years;
pub mod worths;

use std::sync::Arc;
use std::time::Duration;

use diesel::Connection;
use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::r2d2::Pool;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use connection::{Conn, DatabaseAddress, Manager, Purpose};
use error::StoreError;
use turns::Turns;

/// Runs one body on the connection of whichever back end it is: for what diesel cannot say over both at once.
macro_rules! each_back_end {
    ($conn:expr, $inner:ident => $body:expr) => {
        match $conn {
            $crate::store::connection::Conn::Postgres($inner) => $body,
            $crate::store::connection::Conn::Sqlite($inner) => $body,
        }
    };
}
use each_back_end;

const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// How often a write is begun when other writers were in its way, and the longest pause before it is begun again.
const ATTEMPTS_MAX: u32 = 16;
const PAUSE_MAX: Duration = Duration::from_millis(50);

/// How long a writer waits for the one before it.
const TURN_WAIT_MAX: Duration = Duration::from_secs(15);

/// Says whether the whole piece of work may be done again.
pub trait Retryable: From<StoreError> {
    /// True when another attempt may succeed.
    fn is_retryable(&self) -> bool;
}

impl Retryable for StoreError {
    fn is_retryable(&self) -> bool {
        self.is_retryable()
    }
}

/// A pool of connections to one database.
#[derive(Clone)]
pub struct Store {
    pool: Pool<Manager>,
    /// On SQLite, where there is one writer at a time anyway: the one connection of all writers, so that what it keeps in memory
    /// stays true. Whenever another connection has written, a connection forgets everything.
    writer: Option<Pool<Manager>>,
    turns: Arc<Turns>,
}

impl Store {
    /// Opens the database; nothing is migrated yet.
    ///
    /// # Errors
    /// When no connection can be opened, or the database is not durable.
    pub fn open(address: DatabaseAddress, connections_max: u32, wait_max: Duration) -> Result<Self, StoreError> {
        let pool = |connections_max: u32, purpose: Purpose| {
            let manager = Manager::new(address.clone(), purpose);
            // One connection by hand first: the pool hides why it could not open one.
            drop(diesel::r2d2::ManageConnection::connect(&manager)?);
            Pool::builder()
                .max_size(connections_max)
                .min_idle(Some(1))
                .connection_timeout(wait_max)
                .test_on_check_out(true)
                .build(manager)
                .map_err(|error| StoreError::Pool(error.to_string()))
        };
        let writer = match &address {
            DatabaseAddress::Postgres(_) => None,
            DatabaseAddress::Sqlite(_) => Some(pool(1, Purpose::Write)?),
        };
        Ok(Self {
            pool: pool(connections_max, Purpose::Read)?,
            writer,
            turns: Arc::new(Turns::new(TURN_WAIT_MAX)),
        })
    }

    /// Brings the schema up to date and says how many migrations ran.
    ///
    /// # Errors
    /// When a migration fails; what ran before it stays.
    pub fn migrate(&self) -> Result<usize, StoreError> {
        let mut conn = connection(self.writing())?;
        let ran = match &mut *conn {
            Conn::Postgres(conn) => {
                // Two instances that start together take turns.
                conn.batch_execute("SELECT pg_advisory_lock(7265738201)")?;
                let ran = conn.run_pending_migrations(POSTGRES_MIGRATIONS).map(|done| done.len());
                conn.batch_execute("SELECT pg_advisory_unlock(7265738201)")?;
                ran
            }
            Conn::Sqlite(conn) => conn.run_pending_migrations(SQLITE_MIGRATIONS).map(|done| done.len()),
        };
        ran.map_err(|error| StoreError::Migration(error.to_string()))
    }

    /// Undoes every migration: for the test that runs them up, down and up.
    ///
    /// # Errors
    /// When a migration cannot be undone.
    pub fn revert_all(&self) -> Result<usize, StoreError> {
        let mut conn = connection(self.writing())?;
        let reverted = match &mut *conn {
            Conn::Postgres(conn) => conn.revert_all_migrations(POSTGRES_MIGRATIONS).map(|done| done.len()),
            Conn::Sqlite(conn) => conn.revert_all_migrations(SQLITE_MIGRATIONS).map(|done| done.len()),
        };
        reverted.map_err(|error| StoreError::Migration(error.to_string()))
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// When it gives none.
    pub fn answers(&self) -> Result<(), StoreError> {
        Ok(connection(&self.pool)?.batch_execute("SELECT 1")?)
    }

    /// How many connections are open, and how many of them are idle.
    pub fn pool_state(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections, state.idle_connections)
    }

    /// Reads from one consistent snapshot.
    ///
    /// # Errors
    /// Whatever the work answers, or that the database is away.
    pub fn read<T, E: Retryable>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut conn = connection(&self.pool)?;
        begin(&mut conn, Purpose::Read)?;
        let answer = work(&mut conn);
        // Nothing was written, so ending the snapshot either way is the same.
        match &answer {
            Ok(_) => commit(&mut conn)?,
            Err(_) => roll_back(&mut conn),
        }
        answer
    }

    /// Does the work in one durable transaction; it is all there or none of it.
    /// The work may run again when another writer was in its way, so it must touch nothing but the connection.
    ///
    /// # Errors
    /// Whatever the work answers, or that the database is away.
    pub fn write<T, E: Retryable>(&self, mut work: impl FnMut(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let mut attempt = 1;
        loop {
            match self.attempt(attempt, &mut work) {
                Err(error) if error.is_retryable() && attempt < ATTEMPTS_MAX => {
                    std::thread::sleep(Duration::from_millis(u64::from(attempt * attempt)).min(PAUSE_MAX));
                    attempt += 1;
                }
                answer => return answer,
            }
        }
    }

    /// Whoever begins again takes turns with the others who do so, on PostgreSQL too: of many who write to one learner all but
    /// one would be in vain at each attempt. The turn comes before the connection, so that those who wait hold none.
    fn attempt<T, E: Retryable>(&self, attempt: u32, work: &mut impl FnMut(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let _turn = if self.writer.is_some() || attempt > 1 {
            Some(self.turns.take()?)
        } else {
            None
        };
        let conn = &mut *connection(self.writing())?;
        begin(conn, Purpose::Write)?;
        match work(conn) {
            Ok(answer) => {
                commit(conn)?;
                Ok(answer)
            }
            Err(error) => {
                roll_back(conn);
                Err(error)
            }
        }
    }

    fn writing(&self) -> &Pool<Manager> {
        self.writer.as_ref().unwrap_or(&self.pool)
    }
}

fn connection(pool: &Pool<Manager>) -> Result<diesel::r2d2::PooledConnection<Manager>, StoreError> {
    pool.get().map_err(|error| StoreError::Pool(error.to_string()))
}

/// A writer on SQLite begins IMMEDIATE: one that first reads and then asks for the lock fails at once
/// when another wrote in between, whatever the busy time-out says.
fn begin(conn: &mut Conn, purpose: Purpose) -> Result<(), StoreError> {
    use diesel::connection::AnsiTransactionManager as Transactions;
    match (conn, purpose) {
        (Conn::Postgres(conn), Purpose::Read) => {
            Transactions::begin_transaction_sql(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        }
        (Conn::Postgres(conn), Purpose::Write) => Transactions::begin_transaction_sql(conn, "BEGIN")?,
        (Conn::Sqlite(conn), Purpose::Read) => Transactions::begin_transaction_sql(conn, "BEGIN DEFERRED")?,
        (Conn::Sqlite(conn), Purpose::Write) => Transactions::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?,
    }
    Ok(())
}

fn commit(conn: &mut Conn) -> Result<(), StoreError> {
    Ok(match conn {
        Conn::Postgres(conn) => <diesel::PgConnection as Connection>::TransactionManager::commit_transaction(conn),
        Conn::Sqlite(conn) => <diesel::SqliteConnection as Connection>::TransactionManager::commit_transaction(conn),
    }?)
}

/// A connection that cannot be rolled back is broken; the pool notices that and opens another.
fn roll_back(conn: &mut Conn) {
    let ended = match conn {
        Conn::Postgres(conn) => <diesel::PgConnection as Connection>::TransactionManager::rollback_transaction(conn),
        Conn::Sqlite(conn) => <diesel::SqliteConnection as Connection>::TransactionManager::rollback_transaction(conn),
    };
    if let Err(error) = ended {
        tracing::warn!(%error, "a transaction could not be rolled back");
    }
}
