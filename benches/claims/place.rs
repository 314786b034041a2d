//! Where a bank's records lie, how a bank is opened there, and how they are copied, so that a baseline begins from what the
//! bank began from.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{FixedOffset, TimeDelta};
use credit_bank::domain::bilingual::Bilingual;
use credit_bank::files::{Files, FilesAddress};
use credit_bank::ops::context::{Bank, Outside};
use credit_bank::outside::fetch::Fetcher;
use credit_bank::outside::target::Reach;
use credit_bank::paper::{Paper, PaperSettings};
use credit_bank::store::Store;
use credit_bank::store::connection::{Conn, DatabaseAddress};
use credit_bank::vault::key_ring::KeyRing;
use credit_bank::vault::passwords::{PasswordCost, Passwords};
use credit_bank::vault::seal::Sealer;
use credit_bank::vault::tokens::Tokens;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

/// As many as ask at once, and some more.
const CONNECTIONS: u32 = 10;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Place {
    data: PathBuf,
    /// The database's own, in a server; none for SQLite.
    url: Option<String>,
}

fn database(url: &str, name: &str) -> String {
    format!("{}/{name}", url.rsplit_once('/').unwrap().0)
}

fn on_server(url: &str, statement: &str) {
    PgConnection::establish(url).unwrap().batch_execute(statement).unwrap();
}

impl Place {
    /// A new one, empty; in a server where one is named.
    pub(crate) fn new(parent: &Path, server: Option<&str>, name: &str) -> Self {
        let data = parent.join(name);
        std::fs::create_dir(&data).unwrap();
        let url = server.map(|server| {
            on_server(server, &format!("CREATE DATABASE {name}"));
            database(server, name)
        });
        Self { data, url }
    }

    /// The same again. Nobody is connected meanwhile.
    pub(crate) fn copy(&self, name: &str) -> Self {
        let data = self.data.with_file_name(name);
        std::fs::create_dir(&data).unwrap();
        let copy = |file: &str| std::fs::copy(self.data.join(file), data.join(file)).unwrap();
        copy("keys.json");
        let url = self.url.as_ref().map(|url| {
            let own = url.rsplit_once('/').unwrap().1;
            on_server(&database(url, "postgres"), &format!("CREATE DATABASE {name} TEMPLATE {own}"));
            database(url, name)
        });
        if url.is_none() {
            self.connect().batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            copy("bank.sqlite");
        }
        Self { data, url }
    }

    fn file(&self) -> PathBuf {
        self.data.join("bank.sqlite")
    }

    /// A bare connection, as durable as the bank's own are.
    pub(crate) fn connect(&self) -> Conn {
        if let Some(url) = &self.url {
            return Conn::Postgres(PgConnection::establish(url).unwrap());
        }
        let mut conn = SqliteConnection::establish(self.file().to_str().unwrap()).unwrap();
        conn.batch_execute(
            "PRAGMA busy_timeout = 15000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 4000;",
        )
        .unwrap();
        Conn::Sqlite(conn)
    }

    pub(crate) fn open(&self) -> Bank {
        let address = match &self.url {
            Some(url) => DatabaseAddress::Postgres(url.clone()),
            None => DatabaseAddress::Sqlite(self.file()),
        };
        let ring = KeyRing::load_or_create(&self.data.join("keys.json")).unwrap();
        let cost = PasswordCost {
            memory_kib: 64,
            iterations: 1,
            lanes: 1,
        };
        let store = Store::open(address, CONNECTIONS, Duration::from_secs(60)).unwrap();
        store.migrate().unwrap();
        Bank {
            store,
            sealer: Sealer::new(&ring).unwrap(),
            passwords: Passwords::new(cost, 1).unwrap(),
            tokens: Tokens::new(&ring, "http://127.0.0.1:8080").unwrap(),
            offset: FixedOffset::east_opt(8 * 3600).unwrap(),
            access_token_life: TimeDelta::minutes(10),
            refresh_token_life: TimeDelta::days(30),
            browser_idle: TimeDelta::minutes(30),
            browser_life: TimeDelta::hours(12),
            claim_code_life: TimeDelta::hours(72),
            pack_notice_days: 5,
            files: Files::open(&FilesAddress::Directory(self.data.join("evidence"))).unwrap(),
            evidence_bytes_max: 10 << 20,
            import_bytes_max: 64 << 20,
            import_files_days: 30,
            import_silence: TimeDelta::seconds(30),
            outside: Outside {
                reach: Reach::Anybody,
                event_life: TimeDelta::days(90),
                mail_server: None,
                mail_pause: TimeDelta::hours(1),
                public_url: "http://127.0.0.1:8080".to_owned(),
            },
            fetcher: Fetcher::new(Reach::Anybody),
            name: Bilingual {
                zh: "学分银行".to_owned(),
                en: Some("Credit Bank".to_owned()),
            },
            contact: None,
            paper: Paper::open(&PaperSettings::default()).unwrap(),
        }
    }

    /// Lets the database know how much there is, as it does by itself in time.
    pub(crate) fn analyse(&self) {
        self.connect().batch_execute("ANALYZE").unwrap();
    }
}

/// Begins a transaction that writes.
pub(crate) fn begin(conn: &mut Conn) {
    let words = match conn {
        Conn::Postgres(_) => "BEGIN",
        Conn::Sqlite(_) => "BEGIN IMMEDIATE",
    };
    conn.batch_execute(words).unwrap();
}

pub(crate) fn commit(conn: &mut Conn) {
    conn.batch_execute("COMMIT").unwrap();
}
