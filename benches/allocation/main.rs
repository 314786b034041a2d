//! How long an allocation takes, to proven optimality, on one core.
//!
//!     cargo bench --bench allocation
//!
//! Times are of the processor where the system tells them, so that a busy machine counts less. Beside each, in the same run,
//! the same questions without any search, by the first lawful allocation that the relaxation suggests: what it loses.
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

use credit_bank::domain::allocation::{Effort, Proof, Question, allocate};
use credit_bank::ops::parallel::each;
use instances::{Tightness, question};

const INSTANCES: u64 = 200;

fn quantile(sorted: &[Duration], hundredths: usize) -> f64 {
    sorted[(sorted.len() - 1) * hundredths / 100].as_secs_f64() * 1000.0
}

/// What this thread has spent, or where the system does not tell, the time since the beginning.
fn spent(begun: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| begun.elapsed(), Duration::from_nanos)
}

fn measure(name: &str, size: (usize, usize, usize), tightness: Tightness) {
    let begun = Instant::now();
    let mut times = Vec::new();
    let mut walls = Vec::new();
    let (mut proven, mut recognised, mut bounds, mut greedy) = (0, 0, 0, 0);
    for seed in 0..INSTANCES {
        let question = question(seed, size, tightness);
        let (before, started) = (spent(begun), Instant::now());
        let allocation = allocate(&question).unwrap();
        times.push(spent(begun).saturating_sub(before));
        walls.push(started.elapsed());
        let first = Question {
            effort: Effort {
                rounds: 0,
                neighbourhoods: 0,
                nodes: 0,
            },
            ..question
        };
        greedy += allocate(&first).unwrap().recognised.hundredths();
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
    walls.sort();
    let (outcomes, courses, limits) = size;
    println!("{outcomes} outcomes x {courses} courses x {limits} {name} limits:");
    println!(
        "  median {:.1} ms, p99 {:.1} ms, most {:.1} ms (by the clock {:.1}, {:.1}, {:.1})",
        quantile(&times, 50),
        quantile(&times, 99),
        quantile(&times, 100),
        quantile(&walls, 50),
        quantile(&walls, 99),
        quantile(&walls, 100),
    );
    let percent = |part: i64| part as f64 / bounds as f64 * 100.0;
    println!(
        "  {proven} of {INSTANCES} proven optimal; {:.2} % of the bounds, {:.2} % without search",
        percent(recognised),
        percent(greedy),
    );
}

/// One record at fifty programmes, each with its own courses and rules, as `GET /me/worth` asks it.
fn what_if() {
    let mut times = Vec::new();
    for record in 0..20 {
        let outcomes = question(record, (20, 40, 12), Tightness::Published).outcomes;
        let asked: Vec<Question> = (0..50)
            .map(|programme| Question {
                outcomes: outcomes.clone(),
                effort: Effort::glance(),
                ..question(1_000 + programme, (20, 40, 12), Tightness::Published)
            })
            .collect();
        let begun = Instant::now();
        let answers = each(&asked, |question| allocate(question).unwrap());
        assert_eq!(answers.len(), 50);
        times.push(begun.elapsed());
    }
    times.sort();
    println!(
        "20 outcomes at 50 programmes of 40 courses and 12 limits, 20 records, all cores: median {:.0} ms, most {:.0} ms",
        times[times.len() / 2].as_secs_f64() * 1000.0,
        times[times.len() - 1].as_secs_f64() * 1000.0,
    );
}

fn main() {
    measure("published", (60, 60, 40), Tightness::Published);
    measure("narrow", (60, 60, 40), Tightness::Narrow);
    measure("published", (10, 30, 10), Tightness::Published);
    what_if();
}
