//! The one thread that runs simulations: it takes the oldest job, reads learners in small pages, and compares on all cores.
//! It says how far it is about once a second, within a page too; a job of whose runner nothing is heard is taken again from
//! the start.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::actor::Caller;
use crate::domain::facts::OutcomeFacts;
use crate::domain::simulation::report::SimulationReport;
use crate::domain::simulation::sameness::Reads;
use crate::domain::simulation::tally::Tally;
use crate::domain::simulation::{Comparison, Difference, Sides, SimulationStatus};
use crate::ops::background::{Background, Clock};
use crate::ops::context::{Bank, Context};
use crate::ops::document::document_of;
use crate::ops::error::OpError;
use crate::ops::facts::facts_of_all;
use crate::ops::parallel::each;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::simulations::{self as store, SimulationRow};

/// How many learners are read at once. Small, so that nobody waits long for a connection or a core.
const PAGE: i64 = 200;

/// How many cases a core takes at once, and how many times that is solved between two looks at the clock. A case takes at
/// most about a second, so that a runner is never silent for long.
const PIECE: usize = 2;
const PIECES: usize = 8;

/// How often a runner gives a sign of life, in milliseconds.
const BEAT_MILLISECONDS: i64 = 1_000;

/// After how long without a sign of life a job is taken from its runner.
pub const SILENCE: TimeDelta = TimeDelta::seconds(30);

/// How often a job is begun before it is given up: one that ends its runner each time would never end.
const ATTEMPTS_MAX: i64 = 3;

/// How many different cases are remembered; beyond it they are forgotten and solved again.
const MEMORY_MAX: usize = 50_000;

/// How often the queue is looked at while it is empty.
const LOOK: Duration = Duration::from_secs(1);

/// Starts the thread that runs simulations.
pub fn start_simulator(bank: Arc<Bank>, clock: Clock) -> Background {
    Background::start("simulation", LOOK, move |stopped| run_next(&bank, &clock, &stopped))
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
            let mut run = Run::new(bank, &comparison, simulation_id, runner, now);
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

/// What a case is remembered by: a digest of it, since cases are long.
type Name = [u8; 32];

/// What is known of a case: nothing where its question has no answer.
type Known = Option<Arc<Difference>>;

/// One walk over the learners.
struct Run<'a> {
    bank: &'a Bank,
    comparison: &'a Comparison,
    simulation_id: Uuid,
    runner: Uuid,
    reads: Reads,
    sides: Sides,
    known: HashMap<Name, Known>,
    tally: Tally,
    done: i64,
    in_all: i64,
    /// When it last gave a sign of life.
    beaten: DateTime<Utc>,
}

impl<'a> Run<'a> {
    fn new(bank: &'a Bank, comparison: &'a Comparison, simulation_id: Uuid, runner: Uuid, now: DateTime<Utc>) -> Self {
        Self {
            bank,
            comparison,
            simulation_id,
            runner,
            reads: Reads::of(comparison),
            sides: comparison.sides(),
            known: HashMap::new(),
            tally: Tally::default(),
            done: 0,
            in_all: 0,
            beaten: now,
        }
    }

    fn learners(&mut self, clock: &impl Fn() -> DateTime<Utc>, stopped: &impl Fn() -> bool) -> Result<Ended, OpError> {
        self.in_all = self.bank.store.read(store::count_learners)?;
        if !self.beat(clock())? {
            return Ok(Ended::Lost);
        }
        let mut after = None;
        loop {
            if let Some(ended) = self.look(clock, stopped)? {
                return Ok(ended);
            }
            let page = self.bank.store.read(|conn| facts_of_all(conn, after, PAGE))?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            let learners = i64::try_from(page.len()).unwrap_or(PAGE);
            if let Some(ended) = self.page(page, clock, stopped)? {
                return Ok(ended);
            }
            self.done = self.done.saturating_add(learners);
        }
        // Learners who came meanwhile are among those that are done.
        self.in_all = self.done;
        let complete = self.beat(clock())?;
        Ok(if complete { Ended::Complete } else { Ended::Lost })
    }

    /// Gives a sign of life when it is time for one, and says whether the walk is to end before its end.
    fn look(&mut self, clock: &impl Fn() -> DateTime<Utc>, stopped: &impl Fn() -> bool) -> Result<Option<Ended>, OpError> {
        let now = clock();
        if (now - self.beaten).num_milliseconds() >= BEAT_MILLISECONDS && !self.beat(now)? {
            return Ok(Some(Ended::Lost));
        }
        Ok(stopped().then_some(Ended::Stopped))
    }

    fn beat(&mut self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.beaten = now;
        let (simulation_id, runner, done) = (self.simulation_id, self.runner, self.done);
        let in_all = self.in_all.max(done);
        self.bank
            .store
            .write(|conn| store::beat(conn, simulation_id, runner, now, done, in_all))
    }

    /// Adds the learners of a page, unless the walk is to end meanwhile. Those who are the same to the rules are solved once.
    fn page(
        &mut self,
        page: Vec<(Uuid, Vec<OutcomeFacts>)>,
        clock: &impl Fn() -> DateTime<Utc>,
        stopped: &impl Fn() -> bool,
    ) -> Result<Option<Ended>, OpError> {
        metrics::counter!("credit_bank_simulated_learners_total").increment(u64::try_from(page.len()).unwrap_or_default());
        let mut learners = Vec::with_capacity(page.len());
        let (mut new, mut is_new) = (Vec::new(), HashSet::new());
        for (_, outcomes) in page {
            if outcomes.is_empty() {
                self.tally.add_without_outcomes(1);
                continue;
            }
            let seen = self.reads.seen(self.comparison, &outcomes);
            let text = serde_json::to_vec(&seen).map_err(|error| StoreError::Damaged(error.to_string()))?;
            let name: Name = Sha256::digest(&text).into();
            if !self.known.contains_key(&name) && is_new.insert(name) {
                new.push((name, seen));
            }
            learners.push(name);
        }
        if self.known.len().saturating_add(new.len()) > MEMORY_MAX {
            let needed: HashSet<&Name> = learners.iter().collect();
            self.known.retain(|name, _| needed.contains(name));
        }
        let pieces: Vec<&[(Name, Vec<OutcomeFacts>)]> = new.chunks(PIECE).collect();
        for (number, pieces) in pieces.chunks(PIECES).enumerate() {
            if number > 0
                && let Some(ended) = self.look(clock, stopped)?
            {
                return Ok(Some(ended));
            }
            let solved = each(pieces, |piece| solved(&self.sides, piece));
            self.known.extend(solved.into_iter().flatten());
        }
        for name in learners {
            match self.known.get(&name) {
                Some(Some(difference)) => self.tally.add(difference),
                _ => self.tally.add_unanswered(1),
            }
        }
        Ok(None)
    }
}

/// Solves some cases one after the other.
fn solved(sides: &Sides, cases: &[(Name, Vec<OutcomeFacts>)]) -> Vec<(Name, Known)> {
    let mut sides = sides.clone();
    let solve = |(name, outcomes): &(Name, Vec<OutcomeFacts>)| (*name, sides.compare(outcomes).ok().map(Arc::new));
    cases.iter().map(solve).collect()
}
