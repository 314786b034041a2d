//! (a) Claims from their submission to their grant, through the operations: what one or several who work at once get done, and
//! how long each step takes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use credit_bank::ops::context::Bank;
use uuid::Uuid;

use crate::bare;
use crate::place::Place;
use crate::school::{Candidate, Panel, School};

/// Who decides, and how many claims are on their way at once.
const SETTINGS: [(Panel, usize); 4] = [(Panel::One, 1), (Panel::One, 8), (Panel::Three, 1), (Panel::Three, 8)];

/// How many claims a setting is measured on.
fn claims() -> usize {
    std::env::var("CREDIT_BANK_TEST_BENCH_CLAIMS").map_or(300, |text| text.parse().unwrap())
}

/// What came of a setting.
struct Decided {
    seconds: f64,
    /// Of the processors, by this process.
    processor: f64,
    /// How long each step took, from the quickest.
    steps: BTreeMap<&'static str, Vec<Duration>>,
    claim_ids: Vec<Uuid>,
}

/// Hands out places from 0 to `count`, to several threads; answers what each made of its places, and how many seconds it took.
pub(crate) fn shared<T: Send, S>(
    threads: usize,
    count: usize,
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> (Vec<T>, f64) {
    let next = AtomicUsize::new(0);
    let (next, work, begin) = (&next, &work, &begin);
    let ready = std::sync::Barrier::new(threads + 1);
    let ready = &ready;
    std::thread::scope(|scope| {
        let run = || {
            let mut state = begin();
            ready.wait();
            let places = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|place| *place < count));
            places.map(|place| work(&mut state, place)).collect::<Vec<T>>()
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        ready.wait();
        let began = Instant::now();
        let made = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        (made, began.elapsed().as_secs_f64())
    })
}

fn decide(bank: &Bank, school: &School, candidates: &[Candidate], panel: Panel, threads: usize) -> Decided {
    let whole_way = |(): &mut (), place: usize| {
        let candidate = candidates[place];
        let mut steps = Vec::new();
        let began = Instant::now();
        let claim_id = school.submit(bank, candidate);
        steps.push(("submit", began.elapsed()));
        school.grant(bank, candidate.learner_id, claim_id, panel, |name, act| {
            let began = Instant::now();
            act();
            steps.push((name, began.elapsed()));
        });
        (claim_id, steps)
    };
    let used = processor_seconds();
    let (made, seconds) = shared(threads, candidates.len(), || (), whole_way);
    let mut decided = Decided {
        seconds,
        processor: processor_seconds() - used,
        steps: BTreeMap::new(),
        claim_ids: Vec::new(),
    };
    for (claim_id, steps) in made {
        decided.claim_ids.push(claim_id);
        for (name, took) in steps {
            decided.steps.entry(name).or_default().push(took);
        }
    }
    decided.steps.values_mut().for_each(|took| took.sort_unstable());
    decided
}

/// Processor time of this process, all threads, in seconds: a hundredth of a second is a tick on Linux. A server's is not in it.
pub(crate) fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |field: usize| fields[field].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

fn quantile(sorted: &[Duration], share: f64) -> f64 {
    let place = ((sorted.len() as f64 * share) as usize).min(sorted.len() - 1);
    sorted[place].as_secs_f64() * 1000.0
}

/// Measures every setting in a new bank, and then the same rows written bare into a copy of that bank from before.
pub(crate) fn measure(name: &str, parent: &std::path::Path, server: Option<&str>) {
    let place = Place::new(parent, server, "deciding");
    let bank = place.open();
    let school = School::open(&bank);
    let candidates: Vec<Vec<Candidate>> = SETTINGS
        .iter()
        .enumerate()
        .map(|(number, (panel, _))| {
            let persons = number * claims()..(number + 1) * claims();
            for code in crate::school::CERTIFICATES {
                school.deposit(&bank, code, persons.clone());
            }
            school.candidates(&bank, persons, *panel)
        })
        .collect();
    drop(bank);
    place.analyse();
    let before = place.copy("deciding_bare");
    let bank = place.open();
    let decided: Vec<Decided> = SETTINGS
        .iter()
        .zip(&candidates)
        .map(|((panel, threads), candidates)| decide(&bank, &school, candidates, *panel, *threads))
        .collect();
    drop(bank);
    let mut rows = bare::Ways::read(&mut place.connect());
    for ((panel, threads), decided) in SETTINGS.iter().zip(decided) {
        let ways: Vec<_> = decided.claim_ids.iter().map(|claim_id| rows.of(*claim_id)).collect();
        let used = processor_seconds();
        let seconds = bare::write(&before, &ways, *threads);
        let processor = processor_seconds() - used;
        let rate = |seconds: f64| ways.len() as f64 / seconds;
        let members = if *panel == Panel::One { 1 } else { 3 };
        println!(
            "(a) {name}, panel of {members}, {threads} at once: {:.0} claims/s; the same rows bare, in as many transactions: {:.0}/s; ratio {:.2}",
            rate(decided.seconds),
            rate(seconds),
            seconds / decided.seconds,
        );
        let steps = ["submit", "take", "vote", "propose", "approve"].map(|step| {
            let took = &decided.steps[step];
            format!("{step} {:.1} / {:.1}", quantile(took, 0.5), quantile(took, 0.99))
        });
        println!("    p50 / p99 in ms: {}", steps.join(", "));
        let each = |seconds: f64| seconds * 1000.0 / ways.len() as f64;
        println!(
            "    of the processors, the server's left out: {:.1} ms a claim; bare: {:.1} ms",
            each(decided.processor),
            each(processor)
        );
    }
}
