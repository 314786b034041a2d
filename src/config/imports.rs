//! Files of outcomes: how large one may be, and how long it is kept.

use chrono::TimeDelta;

use super::variables::{ConfigError, Variables};

/// How large a file of outcomes may be, and how long it is kept.
#[derive(Debug)]
pub struct ImportConfig {
    pub bytes_max: u64,
    pub files_days: u16,
    pub silence: TimeDelta,
}

/// Reads the settings.
///
/// # Errors
/// The first variable that cannot be used, by name.
pub(super) fn imports(variables: &mut Variables) -> Result<ImportConfig, ConfigError> {
    Ok(ImportConfig {
        bytes_max: variables.number(
            "IMPORT_BYTES_MAX",
            "268435456",
            1024,
            4_294_967_296,
            "the most bytes of a file of outcomes",
        )?,
        files_days: variables.number(
            "IMPORT_FILES_DAYS",
            "30",
            1,
            3_650,
            "for how many days the file of an import is kept after the import has ended",
        )?,
        silence: TimeDelta::seconds(variables.number(
            "IMPORT_SILENCE_SECONDS",
            "30",
            1,
            3_600,
            "after how many seconds without a sign of life an import is taken from whoever works on it",
        )?),
    })
}
