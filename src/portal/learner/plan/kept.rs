//! The answers that a learner kept: each with its reasons, replayed on demand, and a claim to begin from it.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::allocation::Pin;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::ops::institutions::names_by_code;
use crate::ops::worth::kept::{
    KeptAnswer, KeptSummary, WorthReplay, explain_kept_worth, institutions_of_kept, list_kept_worths, replay_worth,
};
use crate::portal::answer::page;
use crate::portal::download::{read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::standing::{AwardLine, OutcomeLine, Standing, award_lines, outcome_lines};
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

/// Answers on a page.
const ANSWERS: usize = 20;

#[derive(Default, Deserialize)]
pub(in crate::portal::learner) struct Wish {
    #[serde(default)]
    before: Leaf,
}

#[derive(Template)]
#[template(path = "learner/plan_kept_list.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    kept: &'a [KeptSummary],
    /// The institutions of the programmes.
    institutions: &'a HashMap<Uuid, String>,
    pager: Pager,
}

impl ListPage<'_> {
    fn institution(&self, kept: &KeptSummary) -> &str {
        self.institutions.get(&kept.programme_id).map_or("", String::as_str)
    }
}

#[derive(Template)]
#[template(path = "learner/plan_kept.html")]
struct KeptPage<'a> {
    frame: &'a Frame,
    answer: &'a KeptAnswer,
    institution: &'a str,
    standing: Standing<'a>,
    lines: Vec<OutcomeLine<'a>>,
    awards: Vec<AwardLine<'a>>,
    replay: Option<&'a WorthReplay>,
    done: Option<&'static str>,
}

impl KeptPage<'_> {
    fn name<'b>(&'b self, key: &'b str) -> Name<'b> {
        let said = self.answer.said.iter().find(|said| said.outcome == *key);
        said.map_or_else(|| Name::plain(key), |said| self.frame.name_of(said))
    }

    /// What was wished of an outcome that had to be used.
    fn pinned(&self, pin: &Pin) -> String {
        let name = self.name(&pin.outcome).text().to_owned();
        match &pin.course {
            Some(course) => self
                .frame
                .t2("plan-wished-course", ("outcome", name), ("course", course.clone()))
                .into_owned(),
            None => self.frame.t1("plan-wished-use", "outcome", name).into_owned(),
        }
    }

    fn has_wishes(&self) -> bool {
        !self.answer.pins.is_empty() || !self.answer.left_out.is_empty()
    }
}

/// Lists them.
#[get("/plan/kept")]
pub(in crate::portal::learner) async fn list(web: web::Data<Web>, visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let before = wish.0.before;
    let limit = i64::try_from(ANSWERS + 1).unwrap_or(i64::MAX);
    let (mut kept, institutions) = web
        .run(move |bank| {
            let kept = list_kept_worths(bank, &context, before, limit)?;
            let institutions = institutions_of_kept(bank, &kept)?;
            Ok((kept, institutions))
        })
        .await?;
    let pager = Pager::cut(frame.language, ("/plan/kept", "before"), &before, &mut kept, ANSWERS, |one| {
        one.worth_id
    });
    let shown = ListPage {
        frame: &frame,
        pager,
        kept: &kept,
        institutions: &institutions,
    };
    page(StatusCode::OK, &shown)
}

/// Sends them as a table for spreadsheets.
#[get("/plan/kept.csv")]
pub(in crate::portal::learner) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let (kept, institutions) = web
        .run(move |bank| {
            let kept = read_all(
                |before, limit| list_kept_worths(bank, &context, before, limit),
                |kept| kept.worth_id,
            )?;
            let institutions = institutions_of_kept(bank, &kept)?;
            Ok((kept, institutions))
        })
        .await?;
    let rows = kept.iter().map(|kept| {
        [
            frame.plain_moment(&kept.kept_at),
            institutions.get(&kept.programme_id).cloned().unwrap_or_default(),
            kept.programme_name.text(frame.language).to_owned(),
            kept.recognised.to_string(),
            kept.worth_id.to_string(),
        ]
    });
    let columns = [
        "column-time",
        "column-institution",
        "column-programme",
        "column-credit",
        "column-id",
    ];
    Ok(table(&frame, "plan-kept", columns, rows))
}

async fn shown(web: &Web, visit: &SignedIn, worth_id: Uuid, replayed: bool, done: Option<&'static str>) -> Result<HttpResponse, Refusal> {
    let (context, language) = (visit.context, visit.frame.language);
    let (answer, name) = web
        .run(move |bank| {
            let answer = explain_kept_worth(bank, &context, worth_id, language)?;
            let name = names_by_code(bank, &[answer.institution.as_str()])?;
            let name = name.into_values().next().map(|(_, name)| name);
            Ok((answer, name))
        })
        .await?;
    let replay = if replayed {
        Some(
            web.calculate(Width::One, move |bank| replay_worth(bank, &context, worth_id))
                .await?,
        )
    } else {
        None
    };
    let allocation = &answer.kept.allocation;
    let shown = KeptPage {
        frame: &visit.frame,
        institution: name.as_deref().unwrap_or(&answer.institution),
        standing: Standing::of(allocation, &answer.programme.courses, &visit.frame),
        lines: outcome_lines(&visit.frame, allocation, &answer.said),
        awards: award_lines(&visit.frame, allocation, &answer.said),
        replay: replay.as_ref(),
        answer: &answer,
        done,
    };
    page(StatusCode::OK, &shown)
}

/// Shows one.
#[get("/plan/kept/{worth_id}")]
pub(in crate::portal::learner) async fn read(
    web: web::Data<Web>,
    visit: SignedIn,
    id: Id,
    done: Query<Done>,
) -> Result<HttpResponse, Refusal> {
    let done = (done.0.done == "kept").then_some("plan-kept-done");
    shown(&web, &visit, id.0, false, done).await
}

/// Answers it again, and shows what came of it.
#[post("/plan/kept/{worth_id}/replay")]
pub(in crate::portal::learner) async fn work_out_again(
    web: web::Data<Web>,
    id: Id,
    posted: Posted<Nothing>,
) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    shown(&web, &visit, id.0, true, None).await
}
