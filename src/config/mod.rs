//! The configuration: environment variables with the prefix `CREDIT_BANK_`, one struct per concern.
//! A value that cannot be used, and a variable that nobody knows, stop the start and are named.

mod evidence;
mod imports;
mod outside;
mod paper;
mod variables;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{FixedOffset, TimeDelta};
use secrecy::{ExposeSecret, SecretString};

use crate::store::connection::DatabaseAddress;
use crate::vault::passwords::PasswordCost;
pub use evidence::EvidenceConfig;
pub use imports::ImportConfig;
pub use outside::OutsideConfig;
pub use paper::PaperConfig;
use variables::Variables;
pub use variables::{ConfigError, Shown};

/// Which database, and how many connections to it.
#[derive(Debug)]
pub struct DatabaseConfig {
    /// `None` is the embedded database in the data directory.
    pub url: Option<SecretString>,
    pub connections_max: u32,
    /// How long a request waits for a free connection.
    pub wait_max: Duration,
}

/// Where the bank listens, and what it takes in.
#[derive(Debug)]
pub struct ServerConfig {
    pub listen: SocketAddr,
    /// The address by which others reach the bank; also the issuer of its tokens. No slash at the end.
    pub public_url: String,
    pub workers: usize,
    pub body_bytes_max: usize,
    /// How long requests in flight may take after SIGTERM.
    pub shutdown_max: Duration,
    /// The caller's address is the last one in `X-Forwarded-For`: only behind a proxy that sets it.
    pub behind_proxy: bool,
}

/// Log-ins, tokens and passwords.
#[derive(Debug)]
pub struct LogInConfig {
    pub access_token_life: TimeDelta,
    pub refresh_token_life: TimeDelta,
    /// How long a browser's log-in lasts without being used, and at the most.
    pub browser_idle: TimeDelta,
    pub browser_life: TimeDelta,
    pub claim_code_life: TimeDelta,
    pub password_cost: PasswordCost,
    pub passwords_parallel_max: usize,
    /// Attempts to log in, get a token or claim an account, per minute.
    pub attempts_per_account: u32,
    pub attempts_per_address: u32,
    /// Questions without an account, per minute.
    pub questions_per_address: u32,
}

/// What is logged, and how.
#[derive(Debug)]
pub struct LogConfig {
    /// Directives such as `info` or `credit_bank=debug,warn`.
    pub filter: String,
    pub json: bool,
}

/// The life of rule packs.
#[derive(Debug)]
pub struct PackConfig {
    /// How many calendar days an accepted pack is on public notice; 0 for none.
    pub notice_days: u16,
}

/// The whole configuration.
#[derive(Debug)]
pub struct Config {
    pub data_directory: PathBuf,
    pub database: DatabaseConfig,
    pub server: ServerConfig,
    pub log_in: LogInConfig,
    pub log: LogConfig,
    pub packs: PackConfig,
    pub evidence: EvidenceConfig,
    pub imports: ImportConfig,
    /// How many archives of records one learner may make or bring within an hour.
    pub archives_per_hour: NonZeroU32,
    pub outside: OutsideConfig,
    pub paper: PaperConfig,
    /// The bank's own clock offset: it says which day it is.
    pub offset: FixedOffset,
    /// Every variable with its effective value, secrets hidden.
    pub shown: Vec<Shown>,
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// The first variable that cannot be used, by name.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::from_variables(std::env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), value.into_string().ok())))
    }

    /// Reads named values; `None` is a value that is not UTF-8.
    ///
    /// # Errors
    /// The first variable that cannot be used, by name.
    pub fn from_variables(given: impl IntoIterator<Item = (String, Option<String>)>) -> Result<Self, ConfigError> {
        let mut variables = Variables::new(given)?;
        let data_directory = PathBuf::from(variables.text("DATA_DIR", "./data", "where the embedded database and the keys are")?);
        let database = database(&mut variables)?;
        let server = server(&mut variables)?;
        let log_in = log_in(&mut variables)?;
        let log = LogConfig {
            filter: variables.text("LOG", "info", "which log lines are written, such as info or credit_bank=debug,warn")?,
            json: variables.choice("LOG_FORMAT", "text", &["text", "json"], "the form of log lines: text or json")? == "json",
        };
        let packs = PackConfig {
            notice_days: variables.number(
                "PACK_NOTICE_DAYS",
                "5",
                0,
                365,
                "how many days an accepted rule pack is on public notice",
            )?,
        };
        let evidence = evidence::evidence(&mut variables, &data_directory)?;
        let imports = imports::imports(&mut variables)?;
        let archives_per_hour = variables.number(
            "ARCHIVES_PER_HOUR",
            "10",
            1,
            1_000_000,
            "how many archives of records one learner may make or bring within an hour",
        )?;
        let outside = outside::outside(&mut variables)?;
        let paper = paper::paper(&mut variables)?;
        let offset = variables.parsed("UTC_OFFSET", "+08:00", "the bank's own clock, which says what day it is", |text| {
            text.parse::<FixedOffset>()
                .map_err(|_| "must be an offset such as +08:00".to_owned())
        })?;
        let shown = variables.finish()?;
        Ok(Self {
            data_directory,
            database,
            server,
            log_in,
            log,
            packs,
            evidence,
            imports,
            archives_per_hour: NonZeroU32::new(archives_per_hour).unwrap_or(NonZeroU32::MIN),
            outside,
            paper,
            offset,
            shown,
        })
    }

    /// The address of the database: the URL, else a file in the data directory.
    pub fn database_address(&self) -> DatabaseAddress {
        match &self.database.url {
            Some(url) => DatabaseAddress::Postgres(url.expose_secret().to_owned()),
            None => DatabaseAddress::Sqlite(self.data_directory.join("bank.sqlite")),
        }
    }

    /// The file of the keys.
    pub fn key_file(&self) -> PathBuf {
        self.data_directory.join("keys.json")
    }
}

fn database(variables: &mut Variables) -> Result<DatabaseConfig, ConfigError> {
    Ok(DatabaseConfig {
        url: variables.secret(
            "DATABASE_URL",
            "a postgres:// address; without it the embedded database is used",
            |text| match url::Url::parse(text) {
                Ok(url) if matches!(url.scheme(), "postgres" | "postgresql") => Ok(()),
                _ => Err("must begin with postgres://".to_owned()),
            },
        )?,
        connections_max: variables.number("DATABASE_CONNECTIONS_MAX", "16", 1, 500, "how many connections to the database")?,
        wait_max: Duration::from_secs(variables.number(
            "DATABASE_WAIT_SECONDS",
            "10",
            1,
            300,
            "how long a request waits for a connection",
        )?),
    })
}

fn server(variables: &mut Variables) -> Result<ServerConfig, ConfigError> {
    let listen: SocketAddr = variables.parsed("LISTEN", "127.0.0.1:8080", "the address and port to listen on", |text| {
        text.parse()
            .map_err(|_| "must be an address and a port such as 127.0.0.1:8080".to_owned())
    })?;
    let own = format!("http://{listen}");
    Ok(ServerConfig {
        listen,
        public_url: variables.parsed("PUBLIC_URL", &own, "how others reach the bank; the issuer of its tokens", |text| {
            match url::Url::parse(text) {
                Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => Ok(text.trim_end_matches('/').to_owned()),
                _ => Err("must be an http:// or https:// address".to_owned()),
            }
        })?,
        workers: variables.number("WORKERS", "2", 1, 256, "how many threads take requests")?,
        body_bytes_max: variables.number("BODY_BYTES_MAX", "2097152", 1024, 67_108_864, "the most bytes of a request's body")?,
        shutdown_max: Duration::from_secs(variables.number(
            "SHUTDOWN_SECONDS",
            "30",
            1,
            600,
            "how long requests in flight may take at the end",
        )?),
        behind_proxy: variables.choice("BEHIND_PROXY", "no", &["yes", "no"], "whether a proxy sets X-Forwarded-For")? == "yes",
    })
}

fn log_in(variables: &mut Variables) -> Result<LogInConfig, ConfigError> {
    Ok(LogInConfig {
        access_token_life: TimeDelta::seconds(variables.number(
            "ACCESS_TOKEN_SECONDS",
            "600",
            60,
            86_400,
            "how long an access token is good",
        )?),
        refresh_token_life: TimeDelta::days(variables.number("REFRESH_TOKEN_DAYS", "30", 1, 365, "how long a log-in can be refreshed")?),
        browser_idle: TimeDelta::minutes(variables.number(
            "BROWSER_IDLE_MINUTES",
            "30",
            1,
            1_440,
            "how long a browser's log-in lasts without being used",
        )?),
        browser_life: TimeDelta::hours(variables.number("BROWSER_HOURS", "12", 1, 720, "how long a browser's log-in lasts at the most")?),
        claim_code_life: TimeDelta::hours(variables.number(
            "CLAIM_CODE_HOURS",
            "72",
            1,
            720,
            "how long a code to claim an account is good",
        )?),
        password_cost: PasswordCost {
            memory_kib: variables.number("PASSWORD_MEMORY_KIB", "19456", 64, 4_194_304, "argon2id: memory of one hash")?,
            iterations: variables.number("PASSWORD_ITERATIONS", "2", 1, 100, "argon2id: passes over the memory")?,
            lanes: variables.number("PASSWORD_LANES", "1", 1, 16, "argon2id: lanes")?,
        },
        passwords_parallel_max: variables.number("PASSWORDS_PARALLEL_MAX", "2", 1, 64, "how many passwords are hashed at once")?,
        attempts_per_account: variables.number(
            "ATTEMPTS_PER_ACCOUNT",
            "10",
            1,
            1_000_000,
            "attempts to log in or claim, per account and minute",
        )?,
        attempts_per_address: variables.number(
            "ATTEMPTS_PER_ADDRESS",
            "60",
            1,
            1_000_000,
            "attempts to log in or claim, per address and minute",
        )?,
        questions_per_address: variables.number(
            "QUESTIONS_PER_ADDRESS",
            "30",
            1,
            1_000_000,
            "questions without an account, per address and minute",
        )?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Config, String> {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())));
        Config::from_variables(given).map_err(|error| error.to_string())
    }

    #[test]
    fn an_empty_environment_is_a_working_bank() {
        let config = read(&[("PATH", "/bin")]).unwrap();
        assert_eq!(config.server.public_url, "http://127.0.0.1:8080");
        assert_eq!(config.database_address(), DatabaseAddress::Sqlite("./data/bank.sqlite".into()));
    }

    #[test]
    fn a_wrong_variable_is_named() {
        let cases = [
            (
                "CREDIT_BANK_LISTEN",
                "8080",
                "CREDIT_BANK_LISTEN must be an address and a port such as 127.0.0.1:8080",
            ),
            (
                "CREDIT_BANK_LISTN",
                "127.0.0.1:80",
                "CREDIT_BANK_LISTN is not a setting; did you mean CREDIT_BANK_LISTEN?",
            ),
            (
                "CREDIT_BANK_FROBNICATE",
                "1",
                "CREDIT_BANK_FROBNICATE is not a setting; `credit-bank config` lists them",
            ),
            (
                "CREDIT_BANK_DATABASE_URL",
                "mysql://x",
                "CREDIT_BANK_DATABASE_URL must begin with postgres://",
            ),
            (
                "CREDIT_BANK_WORKERS",
                "0",
                "CREDIT_BANK_WORKERS must be a whole number from 1 to 256",
            ),
            ("CREDIT_BANK_LOG_FORMAT", "xml", "CREDIT_BANK_LOG_FORMAT must be one of: text, json"),
            ("CREDIT_BANK_DATA_DIR", "", "CREDIT_BANK_DATA_DIR is set but empty"),
        ];
        for (name, value, expected) in cases {
            assert_eq!(read(&[(name, value)]).unwrap_err(), expected);
        }
    }

    #[test]
    fn secrets_are_never_shown() {
        let config = read(&[("CREDIT_BANK_DATABASE_URL", "postgres://bank:hunter2@db/bank")]).unwrap();
        assert!(matches!(config.database_address(), DatabaseAddress::Postgres(_)));
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(
            config
                .shown
                .iter()
                .any(|shown| shown.name == "CREDIT_BANK_DATABASE_URL" && shown.value == "(hidden)")
        );
    }
}
