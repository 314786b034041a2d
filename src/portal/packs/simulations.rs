//! Simulations of a version: those that were run, and the form that starts one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, routes, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::room::{Open, PackId, Shelf, may};
use crate::domain::language::Language;
use crate::domain::policy::Action;
use crate::domain::programme::ProgrammeFilter;
use crate::domain::rejection::Rejection;
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::institutions::names_of;
use crate::ops::packs::form::Pack;
use crate::ops::programmes::{ProgrammeSummary, list_programmes, read_programme};
use crate::ops::simulation::{NewSimulation, SimulationSummary, list_simulations, start_simulation};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::{Posted, SignedIn};

/// Simulations on a page.
const SIMULATIONS: usize = 20;

/// Programmes that are read at once, and the most that are offered.
const PIECE: i64 = 200;
const PROGRAMMES_MAX: usize = 1_000;

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    before: Leaf,
}

/// A programme on which a pack can be tried.
struct Choice {
    programme_id: String,
    text: String,
}

/// A simulation with what its programme is called.
struct Line<'a> {
    run: &'a SimulationSummary,
    programme: String,
}

#[derive(Template)]
#[template(path = "packs/simulations.html")]
struct Page<'a> {
    frame: &'a Frame,
    open: &'a Open,
    part: &'a str,
    lines: Vec<Line<'a>>,
    pager: Pager,
    choices: Vec<Choice>,
    chosen: &'a str,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn may_start(&self) -> bool {
        self.open.pack.status.is_open() && may(self.frame, Action::RunSimulation, self.open.pack.institution_id)
    }

    fn is_chosen(&self, choice: &Choice) -> bool {
        choice.programme_id == self.chosen
    }
}

/// The programmes that a pack is for and that have not ended.
fn programmes_for(bank: &Bank, context: &Context, pack: &Pack) -> Result<(Vec<ProgrammeSummary>, HashMap<Uuid, String>), OpError> {
    let today = bank.day(context.now);
    let filter = ProgrammeFilter {
        institution_id: pack.institution_id,
        ..ProgrammeFilter::default()
    };
    let mut found: Vec<ProgrammeSummary> = Vec::new();
    let mut after = None;
    while found.len() < PROGRAMMES_MAX {
        let piece = list_programmes(bank, &filter, after, PIECE)?;
        let Some(last) = piece.last() else { break };
        after = Some(last.programme_id);
        let is_due =
            |programme: &ProgrammeSummary| programme.effective_to.is_none_or(|last| today <= last) && pack.document.is_for(&programme.code);
        found.extend(piece.into_iter().filter(is_due));
    }
    // Beside programmes of its owner nobody needs to be told whose they are.
    let names = match pack.institution_id {
        Some(_) => HashMap::new(),
        None => {
            let owners: Vec<Uuid> = found.iter().map(|programme| programme.institution_id).collect();
            names_of(bank, &owners)?
        }
    };
    Ok((found, names))
}

/// What the programmes of some simulations are called.
fn called(bank: &Bank, runs: &[SimulationSummary], language: Language) -> Result<HashMap<Uuid, String>, OpError> {
    let mut called: HashMap<Uuid, String> = HashMap::new();
    for run in runs {
        if let Entry::Vacant(place) = called.entry(run.programme_id) {
            let programme = read_programme(bank, run.programme_id)?.programme;
            place.insert(programme.name.text(language).to_owned());
        }
    }
    Ok(called)
}

async fn shown(
    web: &Web,
    visit: &SignedIn,
    open: &Open,
    before: Leaf,
    (status, refused, chosen): (StatusCode, Option<Refused>, &str),
) -> Result<HttpResponse, Refusal> {
    let (context, pack_id, language) = (visit.context, open.pack.pack_id, visit.frame.language);
    let limit = i64::try_from(SIMULATIONS + 1).unwrap_or(i64::MAX);
    let pack = open.pack.clone();
    let (mut runs, programmes, names, called) = web
        .run(move |bank| {
            let runs = list_simulations(bank, &context, pack_id, before, limit)?;
            let called = called(bank, &runs, language)?;
            let (programmes, names) = programmes_for(bank, &context, &pack)?;
            Ok((runs, programmes, names, called))
        })
        .await?;
    let pager = Pager::cut(
        language,
        (&format!("{}/simulations", open.path), "before"),
        &before,
        &mut runs,
        SIMULATIONS,
        |one| one.simulation_id,
    );
    let frame = &visit.frame;
    let choice = |programme: &ProgrammeSummary| {
        let version = frame.t1("packs-version", "version", programme.version);
        let name = programme.name.text(language);
        let of = names
            .get(&programme.institution_id)
            .map(|owner| format!("{owner} · "))
            .unwrap_or_default();
        Choice {
            programme_id: programme.programme_id.to_string(),
            text: format!("{of}{name} · {} · {version}", programme.code),
        }
    };
    let shown = Page {
        frame,
        open,
        part: "packs-tab-simulations",
        pager,
        lines: runs
            .iter()
            .map(|run| Line {
                run,
                programme: called.get(&run.programme_id).cloned().unwrap_or_default(),
            })
            .collect(),
        choices: programmes.iter().map(choice).collect(),
        chosen,
        refused,
    };
    page(status, &shown)
}

/// Lists the simulations.
#[routes]
#[get("/desk/{institution_id}/packs/{pack_id}/simulations")]
#[get("/office/packs/{pack_id}/simulations")]
#[get("/office/filings/{pack_id}/simulations")]
pub(super) async fn list(
    web: web::Data<Web>,
    visit: SignedIn,
    shelf: Shelf,
    id: PackId,
    wish: Query<Wish>,
) -> Result<HttpResponse, Refusal> {
    let open = Open::of(&web, &visit, shelf, id.0).await?;
    shown(&web, &visit, &open, wish.0.before, (StatusCode::OK, None, "")).await
}

/// Sends them as a table for spreadsheets.
#[routes]
#[get("/desk/{institution_id}/packs/{pack_id}/simulations.csv")]
#[get("/office/packs/{pack_id}/simulations.csv")]
#[get("/office/filings/{pack_id}/simulations.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, shelf: Shelf, id: PackId) -> Result<HttpResponse, Refusal> {
    Open::of(&web, &visit, shelf, id.0).await?;
    let SignedIn { context, frame } = visit;
    let language = frame.language;
    let (runs, called) = web
        .run(move |bank| {
            let runs = read_all(
                |before, limit| list_simulations(bank, &context, id.0, before, limit),
                |run| run.simulation_id,
            )?;
            let called = called(bank, &runs, language)?;
            Ok((runs, called))
        })
        .await?;
    let columns = [
        "column-programme",
        "column-status",
        "column-edition",
        "column-created",
        "column-finished",
        "column-id",
    ];
    let rows = runs.iter().map(|run| {
        [
            cell(called.get(&run.programme_id)),
            frame.word("simulations-status", run.status.as_str()).into_owned(),
            run.pack_edition.to_string(),
            frame.plain_moment(&run.created_at),
            frame.plain_moment_if(run.finished_at.as_ref()),
            run.simulation_id.to_string(),
        ]
    });
    Ok(table(&frame, "packs-tab-simulations", columns, rows))
}

/// On what a version is to be tried.
#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    programme_id: String,
}

/// Starts a simulation, and leads to it.
#[routes]
#[post("/desk/{institution_id}/packs/{pack_id}/simulations")]
#[post("/office/packs/{pack_id}/simulations")]
#[post("/office/filings/{pack_id}/simulations")]
pub(super) async fn start(web: web::Data<Web>, shelf: Shelf, id: PackId, posted: Posted<Chosen>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let open = Open::of(&web, &visit, shelf, id.0).await?;
    if !may(&visit.frame, Action::RunSimulation, open.pack.institution_id) {
        return Err(Rejection::Forbidden {}.into());
    }
    let (context, pack_id) = (visit.context, id.0);
    let answer = match Uuid::try_parse(&form.programme_id) {
        Err(_) => Err(Rejection::field("/programme_id", "is not a programme of the bank").into()),
        Ok(programme_id) => {
            let new = NewSimulation { programme_id };
            web.run(move |bank| start_simulation(bank, &context, once.as_deref(), pack_id, &new))
                .await
        }
    };
    match answer {
        Ok(simulation) => {
            let place = format!("{}/simulations/{}", open.path, simulation.summary.simulation_id);
            Ok(see_other(&place))
        }
        Err(refusal) => {
            let (status, mut refused) = refused(refusal, visit.frame.language)?;
            // What is wrong with a pack stands in its editor.
            refused.fields.retain(|(field, _)| field == "programme_id");
            shown(&web, &visit, &open, Leaf::default(), (status, Some(refused), &form.programme_id)).await
        }
    }
}
