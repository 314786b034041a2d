//! Credentials of the running program with implementations of others: they accept each kind that it issues and refuse every bad copy,
//! what they issue is verified here, and a wallet of others completes an issuance. `tests/run` installs them, and names the place.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod issued;
mod others;
mod scripts;
#[path = "../api/server.rs"]
#[expect(dead_code, reason = "the tests of the API use all of it")]
mod server;
#[path = "../api/town.rs"]
#[expect(dead_code, reason = "the tests of the API use all of it")]
mod town;
mod wallet;
