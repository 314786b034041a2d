//! (d) A lone deposit in an idle bank: how many flushes to disk it makes, and how many it lasts altogether. Where a flush
//! takes no time to speak of, the latter says little; so the same is measured with flushes that take 3 ms longer, as on
//! an ordinary disk.

use std::time::Duration;

use crate::bank::{Bank, database_in};
use crate::cluster::Cluster;
use crate::flush::Flushes;
use crate::wire::{Measured, load, request};

/// How much longer a flush takes on an ordinary disk.
const LONGER: Duration = Duration::from_millis(3);

/// Measures both back ends.
pub(crate) fn deposits(seconds: f64) {
    let flushes = Flushes::compile();
    let bank = Bank::start(None, Some(&flushes));
    measure("SQLite", &bank, &flushes, seconds);
    drop(bank);
    let flushes = Flushes::compile();
    let cluster = Cluster::start(|command| flushes.preload(command));
    let bank = Bank::start(Some(database_in(&cluster.url)), None);
    measure("PostgreSQL", &bank, &flushes, seconds);
}

fn measure(name: &str, bank: &Bank, flushes: &Flushes, seconds: f64) {
    bank.batch(0..1000, 0);
    let alone = |first: usize, seconds: f64| -> Measured {
        load(&bank.address, 1, seconds, 201, |number| {
            let outcome = bank.outcome(number % 1000, first + number).to_string();
            request("POST", "/api/v1/outcomes", &bank.registrar, "", &outcome)
        })
    };
    alone(10_000_000, seconds / 4.0);
    for (first, longer) in [(20_000_000, Duration::ZERO), (30_000_000, LONGER)] {
        flushes.slow_by(longer);
        let before = flushes.taken().len();
        let deposits = alone(first, seconds);
        let mut taken = flushes.taken().split_off(before);
        taken.sort_unstable();
        let flush = taken[taken.len() / 2].as_secs_f64() * 1000.0;
        let lasted = deposits.percentile(0.5);
        println!(
            "(d) {name}: where a flush takes {flush:.2} ms, a lone deposit makes {:.2} flushes and takes {lasted:.2} ms (p50), {:.2} flushes",
            taken.len() as f64 / deposits.requests as f64,
            lasted / flush,
        );
    }
}
