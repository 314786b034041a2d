//! The one clock. Everything below the web and the command line gets its moment as an argument.

use chrono::{DateTime, SubsecRound, Utc};

/// Now, cut to microseconds: both back ends keep no more, and hash chains would differ.
#[expect(clippy::disallowed_methods, reason = "this is the one place that may ask the system's clock")]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}
