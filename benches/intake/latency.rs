//! How long single deposits and account reads take, alone and beside an import in the same process: the bank's own threads,
//! connections and depositor, and no HTTP, so that what an import costs is not hidden by what HTTP costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use credit_bank::ops::access::Whose;
use credit_bank::ops::context::{Bank, Context};
use credit_bank::ops::deposit::deposit_outcomes;
use credit_bank::ops::depositor::Depositor;
use credit_bank::ops::records::{AsOf, read_account};
use serde::{Deserialize, Serialize};

use crate::files::{Upload, check, deposit};
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

/// When something is due that is done so often a second.
fn dues(per_second: u64) -> impl Iterator<Item = (u64, Instant)> {
    let began = Instant::now();
    (0..).map(move |number| (number, began + Duration::from_nanos(1_000_000_000 / per_second * number)))
}

/// Does something so often a second until it is to stop; each wait is counted from when it was due.
fn paced(per_second: u64, stop: &AtomicBool, mut work: impl FnMut(u64)) -> Vec<Duration> {
    let mut taken = Vec::new();
    for (number, due) in dues(per_second) {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if stop.load(Ordering::Relaxed) {
            break;
        }
        work(number);
        taken.push(due.elapsed());
    }
    taken
}

/// Single deposits, each by somebody who does not wait for the others.
async fn deposits(depositor: &Depositor, town: &Town, next: &AtomicU64, stop: &AtomicBool) -> Vec<Duration> {
    let mut asked = Vec::new();
    for (_, due) in dues(DEPOSITS_PER_SECOND) {
        tokio::time::sleep_until(due.into()).await;
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let (depositor, request) = (depositor.clone(), town.outcome(next.fetch_add(1, Ordering::Relaxed)));
        asked.push(tokio::spawn(async move {
            depositor.deposit(request).await.unwrap();
            due.elapsed()
        }));
    }
    let mut taken = Vec::new();
    for one in asked {
        taken.push(one.await.unwrap());
    }
    taken
}

/// Some learners who log in.
fn learners(bank: &Bank, town: &Town) -> Vec<Context> {
    let learner = |number: u64| {
        let request = town.outcome(number);
        let answers = deposit_outcomes(bank, std::slice::from_ref(&request)).unwrap();
        let learner_id = answers.into_iter().next().unwrap().unwrap().learner_id;
        Context::of(town.claims(bank, learner_id, &request), now())
    };
    (0..20).map(learner).collect()
}

/// Measures for some seconds, first alone and then beside the deposit of a file; numbers from `first` on are new.
pub(crate) fn measure(bank: Bank, town: &Town, upload: &Upload, first: u64, seconds: f64) -> [Latency; 2] {
    let bank = Arc::new(bank);
    let checked = check(&bank, town, upload);
    let depositor = Depositor::start(Arc::clone(&bank));
    let learners = learners(&bank, town);
    let next = AtomicU64::new(first);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    [false, true].map(|is_beside| {
        let (stop, began) = (AtomicBool::new(false), Instant::now());
        std::thread::scope(|scope| {
            let importing = is_beside.then(|| scope.spawn(|| deposit(&bank, &checked, &stop)));
            let reading = scope.spawn(|| {
                paced(READS_PER_SECOND, &stop, |number| {
                    let context = &learners[number as usize % learners.len()];
                    let account = read_account(&bank, context, Whose::Own, &AsOf::default()).unwrap();
                    assert!(!account.balances.is_empty());
                })
            });
            scope.spawn(|| {
                std::thread::sleep(Duration::from_secs_f64(seconds));
                stop.store(true, Ordering::Relaxed);
            });
            let deposits = waits(runtime.block_on(deposits(&depositor, town, &next, &stop)));
            let brought = importing.map_or(0, |importing| importing.join().unwrap().rows);
            Latency {
                deposits,
                reads: waits(reading.join().unwrap()),
                beside: brought as f64 / began.elapsed().as_secs_f64(),
            }
        })
    })
}
