//! Files of imports that are no longer needed are removed: they hold what the bank keeps sealed record by record, once more.

use chrono::TimeDelta;

use super::receive::forget;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::store::imports as store;

/// After how many hours a file that was never received as a whole is removed.
const RECEIVING_HOURS_MAX: i64 = 24;

/// How many are looked at together.
const PAGE: i64 = 100;

/// Removes the files of imports that ended so many days ago as the bank keeps them, and of those that never arrived. What became of
/// their rows stays.
///
/// # Errors
/// When the database or the store of contents fails; what is left is removed the next time.
pub fn forget_import_files(bank: &Bank, context: &Context) -> Result<u64, OpError> {
    let ended_before = context.now - TimeDelta::days(i64::from(bank.import_files_days));
    let begun_before = context.now - TimeDelta::hours(RECEIVING_HOURS_MAX);
    let mut forgotten = 0;
    loop {
        let old = bank
            .store
            .read(|conn| store::with_old_files(conn, ended_before, begun_before, PAGE))?;
        if old.is_empty() {
            return Ok(forgotten);
        }
        for row in old {
            forget(bank, context, row.import_id.0)?;
            forgotten += 1;
        }
    }
}
