//! The running program over HTTP, on both back ends: a real process, a real database, real tokens.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod archives;
mod claims;
mod contests;
mod conversion;
mod corrections;
mod crash;
mod credentials;
mod demo;
mod events;
mod evidence;
mod examples;
mod flushes;
mod foreign;
mod imports;
mod issuers;
mod lists;
mod merges;
mod notifications;
mod packs;
mod pages;
mod pictures;
mod portfolio;
mod racing;
mod readme;
mod recognitions;
mod record;
mod requests;
mod server;
mod share_files;
mod shares;
mod simulations;
mod spec;
mod standards;
mod start;
mod statements;
mod suspicions;
mod town;
mod walk;
mod worth;
