//! The one thread that runs simulations: it takes the oldest job, reads learners in small pages, and compares on all cores.
//! It says how far it is about once a second; a job of whose runner nothing is heard is taken again from the start.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::domain::actor::Caller;
use crate::domain::facts::OutcomeFacts;
use crate::domain::simulation::report::SimulationReport;
use crate::domain::simulation::sameness::Reads;
use crate::domain::simulation::tally::Tally;
use crate::domain::simulation::{Comparison, Difference, Sides, SimulationStatus};
use crate::ops::context::{Bank, Context};
use crate::ops::document::document_of;
use crate::ops::error::OpError;
use crate::ops::facts::facts_of_all;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::simulations::{self as store, SimulationRow};

/// Says what moment it is; this floor has no clock of its own.
pub type Clock = fn() -> DateTime<Utc>;

/// How many learners are read at once. Small, so that nobody waits long for a connection or a core.
const PAGE: i64 = 200;

/// How often the queue is looked at while it is empty.
const LOOK: Duration = Duration::from_secs(1);

/// How often a runner gives a sign of life, in milliseconds.
const BEAT_MILLISECONDS: i64 = 1_000;

/// After how long without a sign of life a job is taken from its runner.
pub const SILENCE: TimeDelta = TimeDelta::seconds(30);

/// How often a job is begun before it is given up: one that ends its runner each time would never end.
const ATTEMPTS_MAX: i64 = 3;

/// How many different cases are remembered; beyond it they are forgotten and solved again.
const MEMORY_MAX: usize = 50_000;

/// The running thread.
pub struct Simulator {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Simulator {
    /// Starts the thread.
    pub fn start(bank: Arc<Bank>, clock: Clock) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                match run_next(&bank, &clock, &|| stopped.load(Ordering::Relaxed)) {
                    Ok(true) => {}
                    Ok(false) => std::thread::park_timeout(LOOK),
                    Err(error) => {
                        tracing::warn!(%error, "a simulation broke off; it is begun again");
                        std::thread::park_timeout(LOOK);
                    }
                }
            }
        });
        Self { stop, thread }
    }

    /// Ends the thread; what it runs is put back into the queue.
    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
        if self.thread.join().is_err() {
            tracing::error!("the simulator had ended by itself");
        }
    }
}

/// Runs the oldest job that waits, or of whose runner nothing is heard; false when there is none.
///
/// # Errors
/// When the database fails; the job is then taken again after the silence.
pub fn run_next(bank: &Bank, clock: &impl Fn() -> DateTime<Utc>, stopped: &impl Fn() -> bool) -> Result<bool, OpError> {
    let (now, runner) = (clock(), Uuid::now_v7());
    let silent_since = now - SILENCE;
    let Some(job) = bank.store.read(|conn| store::next(conn, silent_since))? else {
        return Ok(false);
    };
    let simulation_id = job.simulation_id.0;
    let is_taken = bank
        .store
        .write(|conn| store::take(conn, simulation_id, runner, now, silent_since))?;
    if !is_taken {
        return Ok(true);
    }
    // One whose rules cannot be read fails at once, and so does one that was begun too often.
    let comparison: Option<Comparison> = serde_json::from_str(&job.comparison).ok();
    let report = match comparison.filter(|_| job.attempts < ATTEMPTS_MAX) {
        None => None,
        Some(comparison) => {
            let mut run = Run::new(bank, &comparison, simulation_id, runner);
            match run.learners(clock, stopped)? {
                Ended::Complete => Some(run.tally.report(comparison.decided_on)),
                Ended::Lost => return Ok(true),
                Ended::Stopped => {
                    bank.store.write(|conn| store::put_back(conn, simulation_id, runner))?;
                    return Ok(true);
                }
            }
        }
    };
    finish(bank, &job, runner, report.as_ref(), clock())?;
    Ok(true)
}

/// Saves what came of a job, and tells it.
fn finish(bank: &Bank, job: &SimulationRow, runner: Uuid, report: Option<&SimulationReport>, now: DateTime<Utc>) -> Result<(), OpError> {
    let status = if report.is_some() {
        SimulationStatus::Done
    } else {
        SimulationStatus::Failed
    };
    let document = report.map(document_of).transpose()?;
    let context = Context::of(Caller::Bank, now);
    bank.store.write(|conn| {
        if !store::end(conn, job.simulation_id.0, runner, now, status, document.clone())? {
            return Ok::<(), OpError>(());
        }
        let learners = report.map(|report| report.learners);
        let told = context
            .told("finish_simulation", "simulation", job.simulation_id.0)
            .of_institution(job.institution_id.0)
            .with(serde_json::json!({ "status": status, "learners": learners }));
        tell(conn, &[told])?;
        Ok(())
    })?;
    metrics::counter!("credit_bank_simulations_total", "status" => status.as_str()).increment(1);
    Ok(())
}

/// How the walk over the learners ended.
enum Ended {
    Complete,
    /// Somebody cancelled the job, or took it.
    Lost,
    Stopped,
}

/// What is known of a case: nothing where its question has no answer.
type Known = Option<Arc<Difference>>;

/// One walk over the learners.
struct Run<'a> {
    bank: &'a Bank,
    comparison: &'a Comparison,
    simulation_id: Uuid,
    runner: Uuid,
    reads: Reads,
    /// As many as there are cores.
    sides: Vec<Sides>,
    known: HashMap<String, Known>,
    tally: Tally,
}

impl<'a> Run<'a> {
    fn new(bank: &'a Bank, comparison: &'a Comparison, simulation_id: Uuid, runner: Uuid) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            bank,
            comparison,
            simulation_id,
            runner,
            reads: Reads::of(comparison),
            sides: vec![comparison.sides(); cores],
            known: HashMap::new(),
            tally: Tally::default(),
        }
    }

    fn learners(&mut self, clock: &impl Fn() -> DateTime<Utc>, stopped: &impl Fn() -> bool) -> Result<Ended, OpError> {
        let in_all = self.bank.store.read(store::count_learners)?;
        let (mut done, mut after, mut beaten) = (0_i64, None, clock());
        if !self.beat(beaten, done, in_all)? {
            return Ok(Ended::Lost);
        }
        loop {
            if stopped() {
                return Ok(Ended::Stopped);
            }
            let page = self.bank.store.read(|conn| facts_of_all(conn, after, PAGE))?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            done = done.saturating_add(i64::try_from(page.len()).unwrap_or(PAGE));
            self.page(page)?;
            let now = clock();
            if (now - beaten).num_milliseconds() >= BEAT_MILLISECONDS {
                beaten = now;
                if !self.beat(now, done, in_all)? {
                    return Ok(Ended::Lost);
                }
            }
        }
        // Learners who came meanwhile are among those that are done.
        let complete = self.beat(clock(), done, done)?;
        Ok(if complete { Ended::Complete } else { Ended::Lost })
    }

    fn beat(&self, now: DateTime<Utc>, done: i64, in_all: i64) -> Result<bool, StoreError> {
        let (simulation_id, runner) = (self.simulation_id, self.runner);
        self.bank
            .store
            .write(|conn| store::beat(conn, simulation_id, runner, now, done, in_all.max(done)))
    }

    /// Adds the learners of a page. Those who are the same to the rules are solved once.
    fn page(&mut self, page: Vec<(Uuid, Vec<OutcomeFacts>)>) -> Result<(), OpError> {
        metrics::counter!("credit_bank_simulated_learners_total").increment(u64::try_from(page.len()).unwrap_or_default());
        let mut learners = Vec::with_capacity(page.len());
        let (mut new, mut is_new) = (Vec::new(), HashSet::new());
        for (_, outcomes) in page {
            if outcomes.is_empty() {
                self.tally.add_without_outcomes(1);
                continue;
            }
            let seen = self.reads.seen(self.comparison, &outcomes);
            let name = serde_json::to_string(&seen).map_err(|error| StoreError::Damaged(error.to_string()))?;
            if !self.known.contains_key(&name) && is_new.insert(name.clone()) {
                new.push((name.clone(), seen));
            }
            learners.push(name);
        }
        if self.known.len().saturating_add(new.len()) > MEMORY_MAX {
            let needed: HashSet<&String> = learners.iter().collect();
            self.known.retain(|name, _| needed.contains(name));
        }
        let solved = solved(&mut self.sides, &new)?;
        self.known.extend(solved);
        for name in learners {
            match self.known.get(&name) {
                Some(Some(difference)) => self.tally.add(difference),
                _ => self.tally.add_unanswered(1),
            }
        }
        Ok(())
    }
}

/// Solves cases on all cores; whichever is free takes the next.
fn solved(sides: &mut [Sides], cases: &[(String, Vec<OutcomeFacts>)]) -> Result<Vec<(String, Known)>, OpError> {
    let next = AtomicUsize::new(0);
    let work = |sides: &mut Sides| {
        let mut found = Vec::new();
        while let Some((name, outcomes)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            found.push((name.clone(), sides.compare(outcomes).ok().map(Arc::new)));
        }
        found
    };
    let mut all = Vec::with_capacity(cases.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = sides.iter_mut().map(|sides| scope.spawn(|| work(sides))).collect();
        for thread in threads {
            let found = thread
                .join()
                .map_err(|_| StoreError::Damaged("a case ended the thread that solved it".to_owned()))?;
            all.extend(found);
        }
        Ok(all)
    })
}
