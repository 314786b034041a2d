//! Putting the bank together from its configuration.

use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use tracing_subscriber::EnvFilter;

use super::CommandError;
use crate::config::Config;
use crate::files::Files;
use crate::ops::context::{Bank, Outside};
use crate::outside::fetch::Fetcher;
use crate::paper::Paper;
use crate::store::Store;
use crate::vault::key_ring::KeyRing;
use crate::vault::passwords::Passwords;
use crate::vault::seal::Sealer;
use crate::vault::tokens::Tokens;

/// Starts the log.
///
/// # Errors
/// When the filter cannot be read.
pub(super) fn log(config: &Config) -> Result<(), CommandError> {
    let filter = EnvFilter::try_new(&config.log.filter).map_err(|error| CommandError::Other(format!("CREDIT_BANK_LOG: {error}")))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if config.log.json {
        lines.json().flatten_event(true).try_init()
    } else {
        lines.try_init()
    };
    started.map_err(|error| CommandError::Other(error.to_string()))
}

/// Makes the data directory with mode 0700, and refuses one that others can read.
///
/// # Errors
/// When it cannot be made, or others can read it.
pub(super) fn data_directory(config: &Config) -> Result<(), CommandError> {
    let path: &Path = &config.data_directory;
    let failed = |error| CommandError::DataDirectory(path.display().to_string(), error);
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let name = path.display();
        return Err(CommandError::Other(format!(
            "others can read the data directory {name} (mode {mode:o}): run `chmod 700 {name}`"
        )));
    }
    Ok(())
}

/// Opens the database.
///
/// # Errors
/// When it is away, or not durable.
pub(super) fn open_store(config: &Config) -> Result<Store, CommandError> {
    let database = &config.database;
    Ok(Store::open(config.database_address(), database.connections_max, database.wait_max)?)
}

/// Opens the bank: data directory, keys, database; nothing is migrated.
///
/// # Errors
/// What is wrong with any of them.
pub(super) fn open_bank(config: &Config) -> Result<Bank, CommandError> {
    data_directory(config)?;
    let ring = KeyRing::load_or_create(&config.key_file())?;
    let store = open_store(config)?;
    let log_in = &config.log_in;
    let damaged = || CommandError::Other("the key file holds a damaged key".to_owned());
    Ok(Bank {
        store,
        sealer: Sealer::new(&ring).ok_or_else(damaged)?,
        passwords: Passwords::new(log_in.password_cost, log_in.passwords_parallel_max)
            .map_err(|error| CommandError::Other(error.to_string()))?,
        tokens: Tokens::new(&ring, &config.server.public_url).ok_or_else(damaged)?,
        offset: config.offset,
        access_token_life: log_in.access_token_life,
        refresh_token_life: log_in.refresh_token_life,
        browser_idle: log_in.browser_idle,
        browser_life: log_in.browser_life,
        claim_code_life: log_in.claim_code_life,
        pack_notice_days: config.packs.notice_days,
        files: Files::open(&config.evidence.address)?,
        evidence_bytes_max: config.evidence.bytes_max,
        import_bytes_max: config.imports.bytes_max,
        import_files_days: config.imports.files_days,
        import_silence: config.imports.silence,
        outside: Outside {
            reach: config.outside.reach,
            event_life: config.outside.event_life,
            mail_server: config.outside.mail_server.clone(),
            mail_pause: config.outside.mail_pause,
            public_url: config.server.public_url.clone(),
        },
        fetcher: Fetcher::new(config.outside.fetch_reach),
        name: config.paper.name.clone(),
        contact: config.paper.contact.clone(),
        paper: Paper::open(&config.paper.settings).map_err(|error| CommandError::Other(error.to_string()))?,
    })
}
