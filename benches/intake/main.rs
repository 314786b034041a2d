//! An import of outcomes end to end through the operation that imports use, beside the bare load of the very same rows in the
//! same run, and how long others wait meanwhile. Prints one table.
//!
//!     cargo bench --bench intake [-- SQLite | PostgreSQL]
//!
//! A million outcomes for half a million people, unless `CREDIT_BANK_TEST_BENCH_OUTCOMES` says how many outcomes, and
//! `CREDIT_BANK_TEST_BENCH_SLICE` how many of them a transaction brings; the waits are
//! measured for `CREDIT_BANK_TEST_BENCH_SECONDS` (10) alone and as long beside an import, in the bank that the first import
//! filled. The import and the measurement of waits are processes of their own, so that the memory is theirs alone.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "a measurement stops by panicking, and its figures are no credit"
)]

mod bare;
#[path = "../load/cluster.rs"]
mod cluster;
mod latency;
#[path = "../claims/place.rs"]
mod place;
mod town;

use std::ops::Range;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use credit_bank::domain::outcome::OutcomeStatus;
use credit_bank::ops::context::Bank;
use credit_bank::ops::deposit::BATCH_ROWS_MAX;
use credit_bank::ops::deposit::slice::each_in_turn;
use credit_bank::ops::error::OpError;
use latency::Latency;
use place::Place;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use town::Town;

/// What a process is to do.
#[derive(Debug, Serialize, Deserialize)]
enum Errand {
    Import {
        place: Place,
        town: Town,
        outcomes: u64,
    },
    Wait {
        place: Place,
        town: Town,
        first: u64,
        seconds: f64,
    },
}

/// What an import took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Imported {
    seconds: f64,
    /// Of the processors, by all threads of the process; a server's is not in it.
    processor: f64,
    /// The most memory that the process ever held.
    peak_mib: u64,
}

fn variable<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).map_or(otherwise, |text| text.parse().ok().unwrap())
}

/// How many outcomes a transaction brings.
fn slice_rows() -> usize {
    variable("CREDIT_BANK_TEST_BENCH_SLICE", BATCH_ROWS_MAX)
}

/// Brings the outcomes of these numbers until it is to stop; answers how many.
pub(crate) fn import(bank: &Bank, town: &Town, numbers: Range<u64>, stop: &AtomicBool) -> u64 {
    let size = slice_rows() as u64;
    let slices = numbers
        .clone()
        .step_by(slice_rows())
        .take_while(|_| !stop.load(Ordering::Relaxed))
        .map(|first| {
            let rows = first..numbers.end.min(first + size);
            ((), rows.map(|number| town.outcome(number)).collect())
        });
    let mut brought = 0;
    each_in_turn(bank, slices, |(), slice| {
        let (answers, ()) = slice.deposit_with(bank, |_, _| Ok(()))?;
        for answer in answers {
            assert_eq!(answer?.status, OutcomeStatus::Accepted);
            brought += 1;
        }
        Ok::<_, OpError>(())
    })
    .unwrap();
    brought
}

/// Processor time of this process, all threads, in seconds: a hundredth of a second is a tick on Linux.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |field: usize| fields[field].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

/// The most memory that this process ever held.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

impl Errand {
    /// Does it, in the process that was started for it.
    fn run(self) -> String {
        match self {
            Self::Import { place, town, outcomes } => {
                let bank = place.open();
                let (began, used) = (Instant::now(), processor_seconds());
                assert_eq!(import(&bank, &town, 0..outcomes, &AtomicBool::new(false)), outcomes);
                let imported = Imported {
                    seconds: began.elapsed().as_secs_f64(),
                    processor: processor_seconds() - used,
                    peak_mib: peak_mib(),
                };
                serde_json::to_string(&imported).unwrap()
            }
            Self::Wait {
                place,
                town,
                first,
                seconds,
            } => serde_json::to_string(&latency::measure(place.open(), &town, first, seconds)).unwrap(),
        }
    }

    fn sent<T: DeserializeOwned>(&self) -> T {
        let output = Command::new(std::env::current_exe().unwrap())
            .arg(serde_json::to_string(self).unwrap())
            .stderr(std::process::Stdio::inherit())
            .output()
            .unwrap();
        assert!(output.status.success());
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let Some(errand) = asked.iter().find(|argument| argument.starts_with('{')) {
        println!("{}", serde_json::from_str::<Errand>(errand).unwrap().run());
        return;
    }
    let outcomes: u64 = variable("CREDIT_BANK_TEST_BENCH_OUTCOMES", 1_000_000);
    let seconds: f64 = variable("CREDIT_BANK_TEST_BENCH_SECONDS", 10.0);
    let is_asked = |part: &str| asked.is_empty() || asked.iter().any(|argument| argument == part);
    println!("{outcomes} outcomes for {} people, {} a transaction", outcomes / 2, slice_rows());
    for name in ["SQLite", "PostgreSQL"].into_iter().filter(|name| is_asked(name)) {
        let cluster = (name == "PostgreSQL").then(|| cluster::Cluster::start(|_| {}));
        measure(name, cluster.as_ref().map(|cluster| cluster.url.as_str()), outcomes, seconds);
    }
}

fn measure(name: &str, server: Option<&str>, outcomes: u64, seconds: f64) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let place = Place::new(directory.path(), server, "town");
    let bank = place.open();
    let town = Town::found(&bank, outcomes / 2);
    drop(bank);
    let empty = place.copy("bare");
    let errand = Errand::Import {
        place: place.clone(),
        town: town.clone(),
        outcomes,
    };
    let imported: Imported = errand.sent();
    place.analyse();
    let bare = bare::load(&place, &empty, slice_rows());
    assert_eq!(bare.written as u64, outcomes);
    let rate = |seconds: f64| outcomes as f64 / seconds;
    println!(
        "{name}: import {:.0} outcomes/s, {} MiB at most; bare load of the same rows {:.0}/s: ratio {:.2}",
        rate(imported.seconds),
        imported.peak_mib,
        rate(bare.seconds),
        bare.seconds / imported.seconds,
    );
    println!(
        "{name}: processor time outside of a server, an outcome: import {:.0} µs, bare {:.0} µs",
        imported.processor * 1e6 / outcomes as f64,
        bare.processor * 1e6 / outcomes as f64,
    );
    let errand = Errand::Wait {
        place,
        town,
        first: outcomes,
        seconds,
    };
    let [alone, beside]: [Latency; 2] = errand.sent();
    for (what, alone, beside) in [
        ("an account read", alone.reads, beside.reads),
        ("a single deposit", alone.deposits, beside.deposits),
    ] {
        println!(
            "{name}: {what} p50 {:.2} ms, p99 {:.2} ms; beside an import p50 {:.2} ms, p99 {:.2} ms: ratio {:.1}, {:.1}",
            alone.p50,
            alone.p99,
            beside.p50,
            beside.p99,
            beside.p50 / alone.p50,
            beside.p99 / alone.p99,
        );
    }
    println!(
        "{name}: that import, beside 100 reads and 50 deposits a second: {:.0} outcomes/s",
        beside.beside
    );
}
