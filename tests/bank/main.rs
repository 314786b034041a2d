//! The bank on both back ends, through its operations. `tests/run` starts the PostgreSQL that this needs.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod archives;
mod bureau;
mod catalogue;
mod claim_races;
mod claims;
mod common;
mod confirmations;
mod consents;
mod corrections;
mod credential_jobs;
mod credential_news;
mod credentials;
mod credentials_of_others;
mod deciding;
mod deposits;
mod disputes;
mod doubles;
mod events;
mod evidence;
mod expiry;
mod facts;
mod import_stops;
mod imports;
mod mailing;
mod merge_follows;
mod merge_races;
mod merges;
mod migrations;
mod model;
mod office;
mod overdue;
mod packs;
mod portfolio;
mod receiver;
mod registry;
mod requests;
mod sessions;
mod share_files;
mod shares;
mod simulation_runs;
mod simulations;
mod statements;
mod suspicions;
mod two_banks;
mod versions;
mod views;
mod wallets;
mod warnings;
mod webhook_owners;
mod webhook_turns;
mod webhooks;
mod withdrawal;
