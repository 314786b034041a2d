//! Files of outcomes imported end to end, each uploaded, looked through and deposited by the server's job, beside the bare load
//! of the very same rows in the same run, and how long others wait meanwhile. Prints one table.
//!
//!     cargo bench --bench intake [-- SQLite | PostgreSQL]
//!
//! A million outcomes for half a million people in a file of each institution, unless `CREDIT_BANK_TEST_BENCH_OUTCOMES` says
//! how many outcomes; the waits are measured for `CREDIT_BANK_TEST_BENCH_SECONDS` (10) alone and as long beside the deposit of
//! a further file, in the bank that is full by then. The imports and the measurement of waits are processes of their own, so
//! that the memory is theirs alone.
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
mod files;
mod latency;
#[path = "../claims/place.rs"]
mod place;
mod town;

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use files::Upload;
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
        uploads: Vec<Upload>,
    },
    Wait {
        place: Place,
        town: Town,
        upload: Upload,
        first: u64,
        seconds: f64,
    },
}

/// So many rows a second no deposit of a file reaches.
const ROWS_PER_SECOND_MAX: f64 = 5_000.0;

/// How many outcomes a transaction of the bare load brings: more than one of an import, so that it is not made slower by that.
const BARE_OUTCOMES: usize = 1_000;

/// What an import took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Imported {
    /// Of the uploads and dry runs.
    checking: f64,
    /// Of the deposits.
    depositing: f64,
    outcomes: u64,
    /// Of them those that wait for a person.
    flagged: u64,
    /// Of the processors, by all threads of the process; a server's is not in it.
    processor: f64,
    /// The most memory that the process ever held.
    peak_mib: u64,
}

fn variable<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).map_or(otherwise, |text| text.parse().ok().unwrap())
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
            Self::Import { place, town, uploads } => {
                let bank = Arc::new(place.open());
                let (began, used) = (Instant::now(), processor_seconds());
                let (mut depositing, mut outcomes, mut flagged) = (0.0, 0, 0);
                for upload in &uploads {
                    let checked = files::check(&bank, &town, upload);
                    let began = Instant::now();
                    let totals = files::deposit(&bank, &checked, &AtomicBool::new(false));
                    depositing += began.elapsed().as_secs_f64();
                    assert_eq!((totals.already_there, totals.refused), (0, 0));
                    outcomes += totals.accepted + totals.flagged;
                    flagged += totals.flagged;
                }
                let imported = Imported {
                    checking: began.elapsed().as_secs_f64() - depositing,
                    depositing,
                    outcomes,
                    flagged,
                    processor: processor_seconds() - used,
                    peak_mib: peak_mib(),
                };
                serde_json::to_string(&imported).unwrap()
            }
            Self::Wait {
                place,
                town,
                upload,
                first,
                seconds,
            } => serde_json::to_string(&latency::measure(place.open(), &town, &upload, first, seconds)).unwrap(),
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
    println!("{outcomes} outcomes for {} people", outcomes / 2);
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
    let file = |school: usize, what: &str| directory.path().join(format!("{what}-{school}.csv"));
    let schools = town.schools();
    let uploads = (0..schools).map(|school| {
        let numbers = (school as u64..outcomes).step_by(schools);
        files::write(&town, school, numbers, &file(school, "all"))
    });
    let errand = Errand::Import {
        place: place.clone(),
        town: town.clone(),
        uploads: uploads.collect(),
    };
    let imported: Imported = errand.sent();
    assert_eq!(imported.outcomes, outcomes);
    place.analyse();
    let bare = bare::load(&place, &empty, BARE_OUTCOMES);
    assert_eq!(bare.written as u64, outcomes);
    let rate = |seconds: f64| outcomes as f64 / seconds;
    let whole = imported.checking + imported.depositing;
    println!(
        "{name}: deposit of the files {:.0} outcomes/s, {} MiB at most; bare load of the same rows {:.0}/s: ratio {:.2}",
        rate(imported.depositing),
        imported.peak_mib,
        rate(bare.seconds),
        bare.seconds / imported.depositing,
    );
    println!(
        "{name}: with uploads and dry runs {:.0} outcomes/s: ratio {:.2}; {} of them wait for a person",
        rate(whole),
        bare.seconds / whole,
        imported.flagged,
    );
    println!(
        "{name}: processor time outside of a server, an outcome: import {:.0} µs, bare {:.0} µs",
        imported.processor * 1e6 / outcomes as f64,
        bare.processor * 1e6 / outcomes as f64,
    );
    // New ones of the first institution, behind those that single deposits can reach.
    let far = outcomes.next_multiple_of(schools as u64) + 1_000_000 * schools as u64;
    let further = (far..).step_by(schools).take((seconds * ROWS_PER_SECOND_MAX) as usize);
    let upload = files::write(&town, 0, further, &file(0, "further"));
    let errand = Errand::Wait {
        place,
        town,
        upload,
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
