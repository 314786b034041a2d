//! How long single deposits and account reads take, alone and beside an import in the same process: the bank's own threads,
//! connections and depositor, and no HTTP, so that what an import costs is not hidden by what HTTP costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use credit_bank::ops::access::Whose;
use credit_bank::ops::context::{Bank, Context};
use credit_bank::ops::deposit::BATCH_ROWS_MAX;
use credit_bank::ops::deposit::deposit_outcomes;
use credit_bank::ops::depositor::Depositor;
use credit_bank::ops::records::{AsOf, read_account};
use serde::{Deserialize, Serialize};

use crate::town::{Town, now};

/// How often each is asked for in a second: as people do, and not as fast as it goes, so that what is measured is how long
/// one waits and not how much there is of it.
const DEPOSITS_PER_SECOND: u64 = 50;
const READS_PER_SECOND: u64 = 100;

/// Halves and hundredths of what was waited for, in milliseconds.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Waits {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Latency {
    pub(crate) deposits: Waits,
    pub(crate) reads: Waits,
    /// What the import brought meanwhile, in outcomes a second.
    pub(crate) beside: f64,
}

fn waits(mut taken: Vec<Duration>) -> Waits {
    taken.sort_unstable();
    let share = |share: f64| taken[((taken.len() as f64 * share) as usize).min(taken.len() - 1)].as_secs_f64() * 1000.0;
    Waits {
        p50: share(0.5),
        p99: share(0.99),
    }
}

/// Does something so often a second until it is to stop; each wait is counted from when it was due.
fn paced(per_second: u64, stop: &AtomicBool, mut work: impl FnMut(u64)) -> Vec<Duration> {
    let began = Instant::now();
    let mut taken = Vec::new();
    for number in 0.. {
        let due = began + Duration::from_nanos(1_000_000_000 / per_second * number);
        if let Some(early) = due.checked_duration_since(Instant::now()) {
            std::thread::sleep(early);
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
        work(number);
        taken.push(due.elapsed());
    }
    taken
}

/// Measures for some seconds, first alone and then beside an import; numbers from `first` on are new.
pub(crate) fn measure(bank: Bank, town: &Town, first: u64, seconds: f64) -> [Latency; 2] {
    let bank = Arc::new(bank);
    let depositor = Depositor::start(Arc::clone(&bank));
    let next = AtomicU64::new(first);
    let size = BATCH_ROWS_MAX as u64;
    // Some learners who log in, each with what the town has of them.
    let learners: Vec<Context> = (0..20)
        .map(|number| {
            let request = town.outcome(number);
            let deposited = deposit_outcomes(&bank, std::slice::from_ref(&request)).unwrap();
            let learner_id = deposited.into_iter().next().unwrap().unwrap().learner_id;
            Context::of(town.claims(&bank, learner_id, &request), now())
        })
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    [false, true].map(|import| {
        let stop = AtomicBool::new(false);
        let brought = AtomicU64::new(0);
        let began = Instant::now();
        let (deposits, reads) = std::thread::scope(|scope| {
            if import {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let from = next.fetch_add(size, Ordering::Relaxed);
                        brought.fetch_add(crate::import(&bank, town, from..from + size), Ordering::Relaxed);
                    }
                });
            }
            let reading = scope.spawn(|| {
                paced(READS_PER_SECOND, &stop, |number| {
                    let context = &learners[number as usize % learners.len()];
                    let account = read_account(&bank, context, Whose::Own, &AsOf::default()).unwrap();
                    assert!(!account.balances.is_empty());
                })
            });
            let stopping = scope.spawn(|| {
                std::thread::sleep(Duration::from_secs_f64(seconds));
                stop.store(true, Ordering::Relaxed);
            });
            let deposits = paced(DEPOSITS_PER_SECOND, &stop, |_| {
                let request = town.outcome(next.fetch_add(1, Ordering::Relaxed));
                runtime.block_on(depositor.deposit(request)).unwrap();
            });
            stopping.join().unwrap();
            (deposits, reading.join().unwrap())
        });
        Latency {
            deposits: waits(deposits),
            reads: waits(reads),
            beside: brought.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64(),
        }
    })
}
