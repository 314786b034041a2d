//! How often a lone deposit waits for the disk.
#![cfg(target_os = "linux")]

#[path = "../../benches/load/flush.rs"]
mod flush;

use flush::Flushes;

use super::server::{BackEnd, Server, program};
use super::town::Town;

const DEPOSITS: usize = 20;

/// At least once each, for what is acknowledged is on disk; and on the whole at most twice. Counted where the program
/// calls the C library, so that it holds whatever the disk is.
#[test]
fn a_lone_deposit_waits_for_a_flush_and_for_no_more_than_two() {
    let flushes = Flushes::compile();
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(&directory.path().join("data"), &BackEnd::Sqlite);
    flushes.preload(&mut command);
    let server = Server::of_program(directory, BackEnd::Sqlite, &mut command);
    let town = Town::build(&server);
    let before = flushes.taken().len();
    for number in 0..DEPOSITS {
        let so_far = flushes.taken().len();
        let outcome = town.outcome(&format!("S0004410123452420{number:05}"));
        town.deposit(&server, &outcome).expect(201);
        assert!(flushes.taken().len() > so_far, "acknowledged before it was on disk");
    }
    let made = flushes.taken().len() - before;
    assert!(made <= 2 * DEPOSITS, "{DEPOSITS} deposits made {made} flushes");
}
