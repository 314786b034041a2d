//! Files as institutions upload them: a corpus of nasty ones, each with its expected answer; files given back; damaged ones by
//! the thousand; and how much memory reading takes. No server and no database.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]
#![expect(clippy::as_conversions, reason = "a test may calculate as it likes")]

mod annotated;
mod common;
mod credentials;
mod memory;
mod mutated;
mod nasty_records;
mod nasty_texts;
mod nasty_workbooks;
