//! The bank on both back ends, through its operations. `tests/run` starts the PostgreSQL that this needs.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bureau;
mod catalogue;
mod claim_book;
mod claim_model;
mod claim_races;
mod claims;
mod common;
mod corrections;
mod deposits;
mod evidence;
mod expiry;
mod facts;
mod merge_races;
mod merges;
mod migrations;
mod office;
mod packs;
mod registry;
mod sessions;
mod simulation_runs;
mod simulations;
mod versions;
mod withdrawal;
