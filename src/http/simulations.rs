//! Simulations: drafts of rule packs tried on all learners, as jobs.

use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::extract::{Asking, Id, Json, Key, Query};
use super::paging::{ListQuery, Listed, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::list::ListPlace;
use crate::ops::simulation::{self, NewSimulation, Simulation, SimulationSummary};

/// Simulate a draft of a rule pack on all learners of the bank.
///
/// Compares what the draft would convert into a programme with what the rules in force convert today, as a job. An
/// institution has one of its packs at a time, the bank a few in all. The report tells nothing of fewer than five learners.
#[utoipa::path(tag = "rule-packs", operation_id = "start_simulation", request_body = NewSimulation,
    params(("pack_id" = Uuid, Path),
        Key),
    responses((status = 202, description = "Queued", body = Simulation)),
    extensions(("x-problems" = json!(["wrong_state", "pack_not_valid", "pack_layers_invalid", "simulation_open", "too_many_simulations"]))))]
#[post("/api/v1/rule-packs/{pack_id}/simulate")]
pub(crate) async fn start_simulation(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<NewSimulation>,
) -> Result<HttpResponse, Refusal> {
    let simulation = web
        .run(move |bank| simulation::start_simulation(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    let place = format!("/api/v1/simulations/{}", simulation.summary.simulation_id);
    Ok(HttpResponse::Accepted().insert_header(("Location", place)).json(simulation))
}

/// List the simulations of a version of a rule pack, from the newest.
#[utoipa::path(tag = "rule-packs", operation_id = "list_simulations", params(("pack_id" = Uuid, Path), ListQuery),
    responses((status = 200, description = "A page, from the newest, without the reports", body = Listed<SimulationSummary>)))]
#[get("/api/v1/rule-packs/{pack_id}/simulations")]
pub(crate) async fn list_simulations(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| simulation::list_simulations(bank, &asking.0, id.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.simulation_id.to_string()))
}

/// Read a simulation: how far it is, and its report when it is done.
#[utoipa::path(tag = "rule-packs", operation_id = "read_simulation", params(("simulation_id" = Uuid, Path)),
    responses((status = 200, description = "The simulation", body = Simulation)))]
#[get("/api/v1/simulations/{simulation_id}")]
pub(crate) async fn read_simulation(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let simulation = web.run(move |bank| simulation::read_simulation(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(simulation))
}

/// Cancel a simulation that waits or runs.
#[utoipa::path(tag = "rule-packs", operation_id = "cancel_simulation",
    params(("simulation_id" = Uuid, Path),
        Key),
    responses((status = 200, description = "Cancelled", body = Simulation)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/simulations/{simulation_id}/cancel")]
pub(crate) async fn cancel_simulation(web: web::Data<Web>, asking: Asking, id: Id, key: Key) -> Result<HttpResponse, Refusal> {
    let simulation = web
        .run(move |bank| simulation::cancel_simulation(bank, &asking.0, key.0.as_deref(), id.0))
        .await?;
    Ok(HttpResponse::Ok().json(simulation))
}
