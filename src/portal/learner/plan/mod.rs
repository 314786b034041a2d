//! Worth and planner: what the own record is worth at every programme, how one stands on the pathways, and the answers that were kept.

pub(super) mod kept;
pub(super) mod next;
pub(super) mod programme;
mod wish;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;

use crate::domain::pack::readable::conditions;
use crate::domain::pathway::StageStanding;
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::ops::institutions::names_by_code;
use crate::ops::worth::kept::{KeptSummary, institutions_of_kept, list_kept_worths};
use crate::ops::worth::own::{OwnPathway, list_own_pathways, read_own_worth};
use crate::ops::worth::{NotAnswered, Wishes, Worth};
use crate::portal::answer::page;
use crate::portal::frame::Frame;
use crate::portal::standing::Standing;
use crate::portal::visit::SignedIn;

/// Kept answers that are shown beside the programmes.
const KEPT: i64 = 3;

/// In which order the programmes come.
#[derive(Default, Deserialize)]
pub(super) struct Order {
    /// `nearest` for the one of which the least is missing first; anything else for the one that takes the most.
    #[serde(default)]
    order: String,
}

impl Order {
    fn is_nearest(&self) -> bool {
        self.order == "nearest"
    }
}

/// A programme with what is filled of it.
struct Line<'a> {
    worth: &'a Worth,
    standing: Standing<'a>,
}

/// The institutions of the pathways, by their codes.
type Names = HashMap<String, (Uuid, String)>;

#[derive(Template)]
#[template(path = "learner/plan.html")]
struct PlanPage<'a> {
    frame: &'a Frame,
    lines: Vec<Line<'a>>,
    not_answered: &'a [NotAnswered],
    more_programmes: bool,
    /// Whether there is anything to convert.
    has_outcomes: bool,
    pathways: &'a [OwnPathway],
    names: &'a Names,
    kept: &'a [KeptSummary],
    /// The institutions of the programmes that they are about.
    kept_at: &'a HashMap<Uuid, String>,
    is_nearest: bool,
}

impl PlanPage<'_> {
    fn institution<'b>(&'b self, stage: &'b StageStanding) -> &'b str {
        self.names
            .get(&stage.institution)
            .map_or(stage.institution.as_str(), |(_, name)| name.as_str())
    }

    fn kept_at(&self, kept: &KeptSummary) -> &str {
        self.kept_at.get(&kept.programme_id).map_or("", String::as_str)
    }

    fn asked(&self, condition: &crate::domain::condition::Condition) -> String {
        conditions::text(condition, self.frame.language)
    }
}

/// Shows what the record is worth everywhere.
#[get("/plan")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, order: Query<Order>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let language = frame.language;
    let mut worths = web
        .calculate(Width::All, move |bank| {
            read_own_worth(bank, &context, None, &Wishes::default(), language)
        })
        .await?;
    let (pathways, names, kept, kept_at) = web
        .run(move |bank| {
            let pathways = list_own_pathways(bank, &context)?;
            let stages = pathways.iter().flat_map(|pathway| &pathway.stages);
            let codes: Vec<&str> = stages.map(|stage| stage.institution.as_str()).collect();
            let names = names_by_code(bank, &codes)?;
            let kept = list_kept_worths(bank, &context, None, KEPT)?;
            let kept_at = institutions_of_kept(bank, &kept)?;
            Ok((pathways, names, kept, kept_at))
        })
        .await?;
    if order.0.is_nearest() {
        worths.items.sort_by_key(|worth| worth.missing);
    }
    let lines = worths.items.iter().map(|worth| Line {
        standing: Standing::of(&worth.allocation, &[], &frame),
        worth,
    });
    let shown = PlanPage {
        has_outcomes: worths.items.iter().any(|worth| !worth.allocation.verdicts.is_empty()),
        lines: lines.collect(),
        not_answered: &worths.not_answered,
        more_programmes: worths.more_programmes,
        pathways: &pathways,
        names: &names,
        kept: &kept,
        kept_at: &kept_at,
        is_nearest: order.0.is_nearest(),
        frame: &frame,
    };
    page(StatusCode::OK, &shown)
}
