//! The programmes of the catalogue: what graduation asks, bucket by bucket and course by course, in every version.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::catalogue::{VERSIONS, With, each_once, parts};
use crate::domain::bilingual::Bilingual;
use crate::domain::programme::{Course, Programme, ProgrammeFilter};
use crate::http::extract::{AtMost, Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::institutions::names_of;
use crate::ops::programmes::{ProgrammeSummary, PublishedProgramme, list_programmes, read_programme};
use crate::portal::answer::page;
use crate::portal::chosen::{Chosen, query};
use crate::portal::difference::{Difference, Said, differences};
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::places::Place;
use crate::portal::visit::Visit;

/// Programmes on a page.
const PROGRAMMES: usize = 20;

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    q: Chosen<AtMost<100>>,
    #[serde(default)]
    institution_id: Chosen<Uuid>,
    /// Any word: those too that are not in force today.
    #[serde(default)]
    all: String,
    #[serde(default)]
    after: Leaf,
}

impl Wish {
    fn part(&self) -> Option<&str> {
        self.q.0.as_ref().map(|part| part.0.as_str())
    }

    fn filter(&self, today: NaiveDate) -> ProgrammeFilter {
        ProgrammeFilter {
            institution_id: self.institution_id.0,
            name_contains: self.part().map(str::to_owned),
            in_force_on: self.all.is_empty().then_some(today),
            ..ProgrammeFilter::default()
        }
    }

    fn link(&self, path: &str) -> String {
        let chosen = query(&[
            ("q", self.part().unwrap_or_default()),
            ("institution_id", &self.institution_id.text()),
            ("all", if self.all.is_empty() { "" } else { "yes" }),
        ]);
        format!("{path}?{chosen}")
    }
}

#[derive(Template)]
#[template(path = "public/programmes.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    parts: Vec<Place>,
    programmes: &'a [ProgrammeSummary],
    names: &'a HashMap<Uuid, String>,
    pager: Pager,
    wish: &'a Wish,
}

impl ListPage<'_> {
    fn said<'b>(&self, text: &'b Bilingual) -> Name<'b> {
        self.frame.name_of(text)
    }

    fn term(&self, programme: &ProgrammeSummary) -> String {
        term(self.frame, &programme.effective_from, programme.effective_to.as_ref())
    }

    fn institution(&self, id: &Uuid) -> Option<&str> {
        self.names.get(id).map(String::as_str)
    }
}

/// When a version is in force, in words.
pub(in crate::portal) fn term(frame: &Frame, from: &NaiveDate, to: Option<&NaiveDate>) -> String {
    let from = frame.day(from).into_owned();
    match to {
        Some(to) => frame.t2("catalogue-term", ("from", from), ("to", frame.day(to).into_owned())),
        None => frame.t1("catalogue-term-open", "from", from),
    }
    .into_owned()
}

/// Lists the programmes.
#[get("/catalogue/programmes")]
pub(super) async fn list(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let wish = wish.0;
    let filter = wish.filter(web.bank.day(context.now));
    let (after, asked) = (wish.after, wish.institution_id.0);
    let (mut programmes, names) = web
        .run(move |bank| {
            let limit = i64::try_from(PROGRAMMES + 1).unwrap_or(i64::MAX);
            let found = list_programmes(bank, &filter, after, limit)?;
            let ids = found.iter().map(|programme| programme.institution_id).chain(asked);
            let names = names_of(bank, &each_once(ids))?;
            Ok((found, names))
        })
        .await?;
    let pager = Pager::cut(
        frame.language,
        (&wish.link("/catalogue/programmes"), "after"),
        &after,
        &mut programmes,
        PROGRAMMES,
        |one| one.programme_id,
    );
    let shown = ListPage {
        pager,
        parts: parts(&frame),
        frame: &frame,
        programmes: &programmes,
        names: &names,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends what is looked for as a table for spreadsheets.
#[get("/catalogue/programmes.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let filter = wish.0.filter(web.bank.day(context.now));
    let (programmes, names) = web
        .run(move |bank| {
            let found = read_all(
                |after, limit| list_programmes(bank, &filter, after, limit),
                |programme| programme.programme_id,
            )?;
            let names = names_of(bank, &each_once(found.iter().map(|programme| programme.institution_id)))?;
            Ok((found, names))
        })
        .await?;
    Ok(table_of(&frame, &programmes, &names))
}

/// Programmes as a table, here and at the desk of an institution.
pub(in crate::portal) fn table_of(frame: &Frame, programmes: &[ProgrammeSummary], names: &HashMap<Uuid, String>) -> HttpResponse {
    let columns = [
        "column-code",
        "column-version",
        "column-name",
        "column-institution",
        "catalogue-required-credit",
        "column-level",
        "column-from",
        "column-to",
        "column-id",
    ];
    let rows = programmes.iter().map(|programme| {
        [
            programme.code.clone(),
            programme.version.to_string(),
            programme.name.text(frame.language).to_owned(),
            cell(names.get(&programme.institution_id)),
            programme.required_credit.to_string(),
            cell(programme.level),
            programme.effective_from.to_string(),
            cell(programme.effective_to),
            programme.programme_id.to_string(),
        ]
    });
    table(frame, "catalogue-programmes", columns, rows)
}

#[derive(Template)]
#[template(path = "public/programme.html")]
struct Page<'a> {
    frame: &'a Frame,
    parts: Vec<Place>,
    published: &'a PublishedProgramme,
    programme: &'a Programme,
    institution: Option<&'a str>,
    versions: &'a [ProgrammeSummary],
    compared: Option<(i64, Vec<Difference>)>,
}

impl Page<'_> {
    fn said<'b>(&self, text: &'b Bilingual) -> Name<'b> {
        self.frame.name_of(text)
    }

    fn name(&self) -> Name<'_> {
        self.frame.name_of(&self.programme.name)
    }

    fn term(&self) -> String {
        term(self.frame, &self.programme.effective_from, self.programme.effective_to.as_ref())
    }

    fn term_of(&self, version: &ProgrammeSummary) -> String {
        term(self.frame, &version.effective_from, version.effective_to.as_ref())
    }

    fn courses<'b>(&'b self, bucket: &'b str) -> impl Iterator<Item = &'b Course> {
        self.programme.courses.iter().filter(move |course| course.bucket == bucket)
    }

    fn has_courses(&self, bucket: &str) -> bool {
        self.programme.courses.iter().any(|course| course.bucket == bucket)
    }

    fn tags(&self, course: &Course) -> String {
        course.tags.join(&self.frame.t("list-separator"))
    }
}

/// What a version says, line by line.
fn said(frame: &Frame, programme: &Programme) -> Vec<Said> {
    let language = frame.language;
    let mut lines = vec![
        Said::new(frame.t("catalogue-name-chinese"), programme.name.zh.clone()),
        Said::new(frame.t("catalogue-required-credit"), programme.required_credit.to_string()),
    ];
    let mut say = |id: &str, value: Option<String>| lines.extend(value.map(|value| Said::new(frame.t(id), value)));
    say("catalogue-name-english", programme.name.en.clone());
    say("catalogue-level", programme.level.map(|level| level.to_string()));
    say("catalogue-residency", programme.residency_minimum.map(|credit| credit.to_string()));
    say("catalogue-effective-from", Some(frame.day(&programme.effective_from).into_owned()));
    say(
        "catalogue-effective-to",
        programme.effective_to.map(|day| frame.day(&day).into_owned()),
    );
    say(
        "catalogue-limits",
        Some(programme.limits.len().to_string()).filter(|_| !programme.limits.is_empty()),
    );
    for bucket in &programme.buckets {
        let about = frame
            .t1("catalogue-bucket", "name", bucket.name.text(language).to_owned())
            .into_owned();
        let says = frame.t1("catalogue-minimum", "credit", bucket.minimum.to_string());
        lines.push(Said::new(about, says));
    }
    for course in &programme.courses {
        let required = frame.t(if course.required {
            "catalogue-course-required"
        } else {
            "catalogue-course-chosen"
        });
        let parts = [
            course.name.text(language).to_owned(),
            course.credits.to_string(),
            course.bucket.clone(),
            required.into_owned(),
            course.tags.join(&frame.t("list-separator")),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let about = frame.t1("catalogue-course", "code", course.code.clone()).into_owned();
        lines.push(Said::new(about, parts.join(" · ")));
    }
    lines
}

/// Shows a version.
#[get("/catalogue/programmes/{programme_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: Visit, id: Id, with: Query<With>) -> Result<HttpResponse, Refusal> {
    let frame = visit.frame;
    let with = with.0.with;
    let (published, versions, names, before) = web
        .run(move |bank| {
            let published = read_programme(bank, id.0)?;
            let filter = ProgrammeFilter {
                institution_id: Some(published.institution_id),
                code: Some(published.programme.code.clone()),
                ..ProgrammeFilter::default()
            };
            let versions = list_programmes(bank, &filter, None, VERSIONS)?;
            let names = names_of(bank, &[published.institution_id])?;
            let of_same = versions.iter().find(|version| Some(version.programme_id) == with);
            let before = of_same.map(|version| read_programme(bank, version.programme_id)).transpose()?;
            Ok((published, versions, names, before))
        })
        .await?;
    let compared = before.map(|before| {
        let changed = differences(&said(&frame, &before.programme), &said(&frame, &published.programme));
        (before.version, changed)
    });
    let shown = Page {
        parts: parts(&frame),
        frame: &frame,
        programme: &published.programme,
        institution: names.get(&published.institution_id).map(String::as_str),
        published: &published,
        versions: &versions,
        compared,
    };
    page(StatusCode::OK, &shown)
}
