//! The pages in a real browser: what people of each kind do there, in both languages, with and without JavaScript, on a desk and on a
//! phone; without a violation of axe's rules, a complaint of the browser, or a page that does not fit. `tests/run` installs what it needs.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod claims;
mod desk;
mod files;
mod folio;
mod mine;
mod office;
mod packs;
mod pages;
mod passkeys;
#[path = "../api/pictures.rs"]
mod pictures;
#[path = "../api/server.rs"]
#[expect(dead_code, reason = "the tests of the API use all of it")]
mod server;
#[path = "../api/town.rs"]
#[expect(dead_code, reason = "the tests of the API use all of it")]
mod town;
mod worth;
