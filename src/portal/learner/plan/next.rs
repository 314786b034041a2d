//! What to learn next for a programme: what each achievement would add, and the shortest way to the most.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::allocation::Proof;
use crate::domain::allocation::advice::{Addition, Additions, Way};
use crate::domain::bilingual::Bilingual;
use crate::domain::facts::OutcomeFacts;
use crate::domain::programme::Bucket;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::ops::institutions::names_by_code;
use crate::ops::programmes::read_programme;
use crate::ops::worth::advice::{list_own_additions, read_shortest_way};
use crate::ops::worth::own::{OwnProgramme, read_own_worth};
use crate::ops::worth::{Wishes, Worth};
use crate::portal::answer::page;
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::standing::Standing;
use crate::portal::visit::SignedIn;

/// Achievements that are shown.
const SHOWN: usize = 40;

/// Institutions that are named of those that award one.
const NAMED: usize = 3;

/// Since when one is, or would be, enrolled.
#[derive(Default, Deserialize)]
pub(in crate::portal::learner) struct Enrolment {
    #[serde(default)]
    enrolled_on: String,
}

/// An achievement that would add something.
struct Line<'a> {
    addition: &'a Addition,
    /// The first of those that award it.
    offered_by: Vec<&'a str>,
    /// How many others do.
    others: usize,
    buckets: Vec<Name<'a>>,
}

#[derive(Template)]
#[template(path = "learner/plan_next.html")]
struct NextPage<'a> {
    frame: &'a Frame,
    programme_id: Uuid,
    name: &'a Bilingual,
    worth: &'a Worth,
    standing: Standing<'a>,
    lines: Vec<Line<'a>>,
    /// Whether there is more than is shown, or was tried.
    has_more: bool,
    way: &'a Way,
    names: &'a HashMap<String, (Uuid, String)>,
    enrolled_on: &'a str,
}

impl NextPage<'_> {
    fn issuer<'b>(&'b self, step: &'b OutcomeFacts) -> &'b str {
        let code = &step.issuer.credit_code;
        self.names.get(code).map_or(code.as_str(), |(_, name)| name.as_str())
    }

    fn is_proved(&self) -> bool {
        self.way.proof == Proof::Optimal
    }
}

struct Loaded {
    worths: Vec<Worth>,
    name: Bilingual,
    buckets: Vec<Bucket>,
    additions: Additions,
    way: Way,
    names: HashMap<String, (Uuid, String)>,
}

/// A day in the address; nothing where there is none, or what is none.
fn day_of(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

/// Shows what to learn next.
#[get("/plan/{programme_id}/next")]
pub(in crate::portal::learner) async fn show(
    web: web::Data<Web>,
    visit: SignedIn,
    id: Id,
    enrolment: Query<Enrolment>,
) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let language = frame.language;
    let enrolled_on = day_of(&enrolment.0.enrolled_on);
    let own = OwnProgramme {
        programme_id: id.0,
        enrolled_on,
    };
    let loaded = web
        .calculate(Width::One, move |bank| {
            let wishes = Wishes {
                enrolled_on,
                ..Wishes::default()
            };
            let worths = read_own_worth(bank, &context, Some(own.programme_id), &wishes, language)?.items;
            let programme = read_programme(bank, own.programme_id)?.programme;
            let additions = list_own_additions(bank, &context, own)?;
            let way = read_shortest_way(bank, &context, own)?.way;
            let shown = additions.items.iter().take(SHOWN);
            let mut codes: Vec<&str> = shown
                .flat_map(|addition| addition.offered_by.iter().take(NAMED))
                .map(String::as_str)
                .collect();
            codes.extend(way.steps.iter().map(|step| step.issuer.credit_code.as_str()));
            codes.sort_unstable();
            codes.dedup();
            let names = names_by_code(bank, &codes)?;
            Ok(Loaded {
                worths,
                name: programme.name,
                buckets: programme.buckets,
                additions,
                way,
                names,
            })
        })
        .await?;
    let Some(worth) = loaded.worths.first() else {
        return Err(Refusal::INTERNAL);
    };
    let named = |code: &'_ String| loaded.names.get(code).map(|(_, name)| name.as_str());
    let bucket = |code: &'_ String| {
        let bucket = loaded.buckets.iter().find(|bucket| bucket.code == *code);
        bucket.map(|bucket| frame.name_of(&bucket.name))
    };
    let lines = loaded.additions.items.iter().take(SHOWN).map(|addition| {
        let offered_by: Vec<&str> = addition.offered_by.iter().take(NAMED).filter_map(named).collect();
        Line {
            others: addition.offered_by.len().saturating_sub(offered_by.len()),
            offered_by,
            buckets: addition.buckets.iter().filter_map(bucket).collect(),
            addition,
        }
    });
    let shown = NextPage {
        frame: &frame,
        programme_id: id.0,
        name: &loaded.name,
        standing: Standing::of(&worth.allocation, &[], &frame),
        lines: lines.collect(),
        has_more: !loaded.additions.all_tried || loaded.additions.items.len() > SHOWN,
        way: &loaded.way,
        names: &loaded.names,
        enrolled_on: &enrolment.0.enrolled_on,
        worth,
    };
    page(StatusCode::OK, &shown)
}
