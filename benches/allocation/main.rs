//! How long an allocation takes, to proven optimality, on one core.
//!
//!     cargo bench --bench allocation
//!
//! Beside it, in the same run, the same questions under a greedy rule: what it is quicker by, and what it loses.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::print_stdout,
    reason = "a measurement stops by panicking, and its figures are no credit"
)]

mod instances;

use std::time::{Duration, Instant};

use credit_bank::domain::allocation::{Proof, allocate};
use instances::{Tightness, question};

const INSTANCES: u64 = 200;

fn quantile(sorted: &[Duration], hundredths: usize) -> f64 {
    sorted[(sorted.len() - 1) * hundredths / 100].as_secs_f64() * 1000.0
}

fn measure(name: &str, tightness: Tightness) {
    let mut times = Vec::new();
    let (mut proven, mut recognised, mut bounds) = (0, 0, 0);
    for seed in 0..INSTANCES {
        let question = question(seed, (60, 60, 40), tightness);
        let begun = Instant::now();
        let allocation = allocate(&question).unwrap();
        times.push(begun.elapsed());
        proven += u64::from(allocation.proof == Proof::Optimal);
        recognised += allocation.recognised.hundredths();
        bounds += allocation.bound.hundredths();
        if std::env::var("CREDIT_BANK_TEST_VERBOSE").is_ok() {
            println!(
                "{seed}: {:.1} ms, {} of {}",
                times[times.len() - 1].as_secs_f64() * 1000.0,
                allocation.recognised,
                allocation.bound
            );
        }
    }
    times.sort();
    println!(
        "{name} limits: median {:.1} ms, p99 {:.1} ms, most {:.1} ms; {proven} of {INSTANCES} proven optimal; {:.2} % of the bounds",
        quantile(&times, 50),
        quantile(&times, 99),
        quantile(&times, 100),
        recognised as f64 / bounds as f64 * 100.0,
    );
}

fn main() {
    println!("60 outcomes x 60 courses x 40 limits, one core:");
    measure("published", Tightness::Published);
    measure("narrow", Tightness::Narrow);
}
