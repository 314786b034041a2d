//! One connection type over both back ends, and the manager that opens it by the URL's scheme.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::error::StoreError;

/// A connection to whichever back end the bank was started on.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// PostgreSQL 15 or newer.
    Postgres(PgConnection),
    /// The embedded SQLite.
    Sqlite(SqliteConnection),
}

/// Which database, as the configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseAddress {
    /// A `postgres://` URL; it may hold a password, so it is never printed.
    Postgres(String),
    /// A file of the embedded database.
    Sqlite(std::path::PathBuf),
}

/// How much of a database on SQLite a connection keeps in memory, in KiB. All writers of a process share one, and whatever a
/// transaction changes has to fit, or it is written twice: 1,000 outcomes of a large bank change some 20 MiB of pages.
const READER_CACHE_KIB: u32 = 8_000;
const WRITER_CACHE_KIB: u32 = 64_000;

/// What the connections are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
}

/// Opens connections for the pool and makes each one durable before it is used.
#[derive(Debug)]
pub(super) struct Manager {
    address: DatabaseAddress,
    purpose: Purpose,
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct NumericSetting {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

impl Manager {
    pub(super) fn new(address: DatabaseAddress, purpose: Purpose) -> Self {
        Self { address, purpose }
    }

    fn open(&self) -> Result<Conn, StoreError> {
        match &self.address {
            DatabaseAddress::Postgres(url) => open_postgres(url).map(Conn::Postgres),
            DatabaseAddress::Sqlite(path) => open_sqlite(path, self.purpose).map(Conn::Sqlite),
        }
    }
}

fn open_postgres(url: &str) -> Result<PgConnection, StoreError> {
    let mut conn = PgConnection::establish(url)?;
    conn.batch_execute("SET TIME ZONE 'UTC'; SET idle_in_transaction_session_timeout = '60s'; SET lock_timeout = '20s'")?;
    for (name, refused) in [("fsync", &["off"][..]), ("synchronous_commit", &["off", "local"][..])] {
        let setting: Setting = diesel::sql_query(format!("SELECT current_setting('{name}') AS value")).get_result(&mut conn)?;
        if refused.contains(&setting.value.as_str()) {
            return Err(StoreError::NotDurable {
                setting: name,
                value: setting.value,
            });
        }
    }
    Ok(conn)
}

/// Write-ahead log with a flush at every commit: a 2xx means on disk. Anything less is refused.
fn open_sqlite(path: &std::path::Path, purpose: Purpose) -> Result<SqliteConnection, StoreError> {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
    let cache_kib = match purpose {
        Purpose::Read => READER_CACHE_KIB,
        Purpose::Write => WRITER_CACHE_KIB,
    };
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = 15000;
         PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA cache_size = -{cache_kib};
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA trusted_schema = OFF;",
    ))?;
    let level: NumericSetting = diesel::sql_query("SELECT synchronous AS value FROM pragma_synchronous").get_result(&mut conn)?;
    if level.value < 2 {
        return Err(StoreError::NotDurable {
            setting: "synchronous",
            value: level.value.to_string(),
        });
    }
    let mode: Setting = diesel::sql_query("SELECT journal_mode AS value FROM pragma_journal_mode").get_result(&mut conn)?;
    if mode.value != "wal" {
        return Err(StoreError::NotDurable {
            setting: "journal_mode",
            value: mode.value,
        });
    }
    Ok(conn)
}

impl diesel::r2d2::ManageConnection for Manager {
    type Connection = Conn;
    type Error = StoreError;

    fn connect(&self) -> Result<Conn, StoreError> {
        self.open()
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), StoreError> {
        Ok(conn.batch_execute("SELECT 1")?)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        use diesel::connection::TransactionManager;
        std::thread::panicking() || <Conn as Connection>::TransactionManager::is_broken_transaction_manager(conn)
    }
}
