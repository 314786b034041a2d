//! Simulations: what a draft of a rule pack would change for all learners of the bank, as jobs. What a job looks at is
//! told of the bank as a whole and of no learner, so it is in the audit and in no learner's access log.

pub mod worker;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use super::packs::simulated::comparison;
use super::packs::to_act;
use super::programmes::PublishedProgramme;
use crate::domain::list::ListPlace;
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::domain::simulation::SimulationStatus;
use crate::domain::simulation::report::SimulationReport;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::programmes;
use crate::store::simulations::{self as store, SimulationHead, SimulationRow};
use crate::store::types::{At, Key};

/// How many simulations may wait or run in the bank.
pub const OPEN_MAX: i64 = 4;

/// What a draft is to be tried on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "programme_id": "01985a3e-7c00-7000-8000-000000000001" }))]
pub struct NewSimulation {
    /// The version of a programme into which outcomes are converted.
    pub programme_id: Uuid,
}

/// How far a simulation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SimulationProgress {
    pub learners_done: i64,
    /// Nought until it is begun.
    pub learners_in_all: i64,
    /// Absent until some are done, and when it has ended.
    pub learners_per_second: Option<i64>,
    /// At this rate.
    pub seconds_left: Option<i64>,
}

/// A simulation, without its report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SimulationSummary {
    pub simulation_id: Uuid,
    pub pack_id: Uuid,
    /// The edition of the pack that is tried; later editions do not change it.
    pub pack_edition: i64,
    pub programme_id: Uuid,
    /// The institution that converts.
    pub institution_id: Uuid,
    pub status: SimulationStatus,
    pub progress: SimulationProgress,
    pub created_at: DateTime<Utc>,
    /// When it was last begun.
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// A simulation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Simulation {
    #[serde(flatten)]
    pub summary: SimulationSummary,
    /// When it is done.
    pub report: Option<SimulationReport>,
}

fn damaged(row: &SimulationHead) -> StoreError {
    StoreError::Damaged(format!("simulation {}", row.simulation_id.0))
}

impl SimulationProgress {
    fn of(row: &SimulationHead, status: SimulationStatus, now: DateTime<Utc>) -> Self {
        let began = row.started_at.as_ref().filter(|_| status == SimulationStatus::Running);
        let milliseconds = began.map(|began| (now - began.0).num_milliseconds()).filter(|spent| *spent > 0);
        let done = Some(row.learners_done).filter(|done| *done > 0);
        let rate = |amount: i64| done.zip(milliseconds).map(|(done, spent)| (amount, done, spent));
        let left = row.learners_in_all.saturating_sub(row.learners_done).max(0);
        Self {
            learners_done: row.learners_done,
            learners_in_all: row.learners_in_all,
            learners_per_second: rate(0).map(|(_, done, spent)| done.saturating_mul(1000) / spent),
            seconds_left: rate(left).map(|(left, done, spent)| left.saturating_mul(spent) / done / 1000),
        }
    }
}

impl SimulationSummary {
    fn of(row: &SimulationHead, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let status = SimulationStatus::parse(&row.status).ok_or_else(|| damaged(row))?;
        Ok(Self {
            simulation_id: row.simulation_id.0,
            pack_id: row.pack_id.0,
            pack_edition: row.pack_edition,
            programme_id: row.programme_id.0,
            institution_id: row.institution_id.0,
            status,
            progress: SimulationProgress::of(row, status, now),
            created_at: row.created_at.0,
            started_at: row.started_at.as_ref().map(|at| at.0),
            finished_at: row.finished_at.as_ref().map(|at| at.0),
        })
    }
}

impl Simulation {
    fn of(row: SimulationHead, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let summary = SimulationSummary::of(&row, now)?;
        let report = row.report.as_ref().map(|report| serde_json::from_value(report.0.clone()));
        Ok(Self {
            summary,
            report: report.transpose().map_err(|_| damaged(&row))?,
        })
    }

    fn find(conn: &mut Conn, context: &Context, simulation_id: Uuid) -> Result<Self, OpError> {
        let row = store::find(conn, simulation_id)?.ok_or(Rejection::NotFound {})?;
        to_act(conn, context, row.pack_id.0, Action::ReadSimulation)?;
        Ok(Self::of(row, context.now)?)
    }
}

/// The lowest place that is free: one for an institution that owns the pack, and [`OPEN_MAX`] in the bank. The bank's own
/// packs leave every institution its one.
fn free_place(conn: &mut Conn, owner_id: Option<&Key>) -> Result<i64, OpError> {
    let open = store::open(conn)?;
    if let Some(own) = open.iter().find(|row| owner_id.is_some() && row.owner_id.as_ref() == owner_id) {
        return Err(Rejection::SimulationOpen {
            status: own.status.clone(),
        }
        .into());
    }
    let is_free = |place: &i64| open.iter().all(|row| row.place != *place);
    let free = (1..=OPEN_MAX).find(is_free);
    Ok(free.ok_or(Rejection::TooManySimulations { open_max: OPEN_MAX })?)
}

/// Queues a simulation of a version that is on its way.
///
/// # Errors
/// `InvalidBody`, `PackNotValid`, `PackLayersInvalid`, `WrongState`, `SimulationOpen`, `TooManySimulations`, and what the
/// policy answers.
pub fn start_simulation(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    pack_id: Uuid,
    new: &NewSimulation,
) -> Result<Simulation, OpError> {
    let today = bank.day(context.now);
    bank.store.write(|conn| {
        once(bank, context, conn, "start_simulation", key, &(pack_id, new), |conn| {
            let pack = to_act(conn, context, pack_id, Action::RunSimulation)?;
            let found = programmes::find(conn, new.programme_id)?;
            let found = found.ok_or_else(|| Rejection::field("/programme_id", "is not a programme of the bank"))?;
            let programme = PublishedProgramme::try_from(found)?;
            let institution_id = programme.institution_id;
            let comparison = comparison(conn, &pack, programme, today)?;
            let text = serde_json::to_string(&comparison).map_err(|error| StoreError::Damaged(error.to_string()))?;
            let row = SimulationRow {
                simulation_id: Key(Uuid::now_v7()),
                pack_id: pack.pack_id.clone(),
                pack_edition: pack.edition,
                programme_id: Key(new.programme_id),
                institution_id: Key(institution_id),
                owner_id: pack.institution_id.clone(),
                status: SimulationStatus::Queued.as_str().to_owned(),
                place: free_place(conn, pack.institution_id.as_ref())?,
                comparison: text,
                learners_done: 0,
                learners_in_all: 0,
                report: None,
                requested_by: context.caller.label(),
                created_at: At(context.now),
                started_at: None,
                finished_at: None,
                attempts: 0,
                runner: None,
                heartbeat: None,
            };
            store::insert(conn, &row)?;
            let details = serde_json::json!({ "code": pack.code, "version": pack.version, "edition": pack.edition,
                "programme_id": new.programme_id });
            let told = context
                .told("start_simulation", "simulation", row.simulation_id.0)
                .of_institution(institution_id)
                .with(details);
            tell(conn, &[told])?;
            Simulation::find(conn, context, row.simulation_id.0)
        })
    })
}

/// Reads a simulation: how far it is, and its report when it is done.
///
/// # Errors
/// `NotFound`.
pub fn read_simulation(bank: &Bank, context: &Context, simulation_id: Uuid) -> Result<Simulation, OpError> {
    bank.store.read(|conn| Simulation::find(conn, context, simulation_id))
}

/// The simulations of a version of a pack, from a place in their list.
///
/// # Errors
/// `NotFound`.
pub fn list_simulations(
    bank: &Bank,
    context: &Context,
    pack_id: Uuid,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<SimulationSummary>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        to_act(conn, context, pack_id, Action::ReadSimulation)?;
        let rows = store::of_pack(conn, pack_id, place, limit)?;
        let shown = rows.iter().map(|row| SimulationSummary::of(row, context.now));
        Ok(shown.collect::<Result<_, StoreError>>()?)
    })
}

/// Cancels a simulation that waits or runs; whoever runs it notices within about a second.
///
/// # Errors
/// `NotFound`, `WrongState` of one that has ended, and what the policy answers.
pub fn cancel_simulation(bank: &Bank, context: &Context, key: Option<&str>, simulation_id: Uuid) -> Result<Simulation, OpError> {
    bank.store.write(|conn| {
        once(bank, context, conn, "cancel_simulation", key, &simulation_id, |conn| {
            let found = Simulation::find(conn, context, simulation_id)?;
            to_act(conn, context, found.summary.pack_id, Action::RunSimulation)?;
            if !store::cancel(conn, simulation_id, context.now)? {
                let state = found.summary.status.to_string();
                return Err(Rejection::WrongState { state }.into());
            }
            let told = context
                .told("cancel_simulation", "simulation", simulation_id)
                .of_institution(found.summary.institution_id);
            tell(conn, &[told])?;
            Simulation::find(conn, context, simulation_id)
        })
    })
}
