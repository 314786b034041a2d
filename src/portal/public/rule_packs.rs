//! The rule packs of the catalogue, in words: every published version, and what changed between two.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::catalogue::{VERSIONS, each_once, parts};
use super::programmes::term;
use crate::domain::pack::catalogue::PackFilter;
use crate::domain::pack::life::PackStatus;
use crate::domain::pack::readable::Readable;
use crate::domain::rejection::Rejection;
use crate::http::extract::{AtMost, Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::institutions::names_of;
use crate::ops::packs::form::{Pack, PackSummary};
use crate::ops::packs::reading::{PackDifference, diff_rule_packs, list_rule_packs, read_rule_pack, read_rule_pack_text};
use crate::portal::answer::page;
use crate::portal::chosen::{Chosen, query};
use crate::portal::difference::{Difference, Said, differences};
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::places::Place;
use crate::portal::visit::Visit;

/// Packs on a page.
const PACKS: usize = 20;

/// What a published version can be.
const PUBLISHED: [PackStatus; 4] = [
    PackStatus::OnNotice,
    PackStatus::InForce,
    PackStatus::Superseded,
    PackStatus::Withdrawn,
];

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    q: Chosen<AtMost<100>>,
    #[serde(default)]
    status: Chosen<PackStatus>,
    #[serde(default)]
    institution_id: Chosen<Uuid>,
    /// The code of a programme that it is for.
    #[serde(default)]
    programme: Chosen<AtMost<40>>,
    #[serde(default)]
    after: Leaf,
}

impl Wish {
    fn part(&self) -> Option<&str> {
        self.q.0.as_ref().map(|part| part.0.as_str())
    }

    fn programme(&self) -> Option<&str> {
        self.programme.0.as_ref().map(|code| code.0.as_str())
    }

    fn filter(&self) -> PackFilter {
        PackFilter {
            institution_id: self.institution_id.0,
            status: self.status.0,
            text: self.part().map(str::to_owned),
            programme: self.programme().map(str::to_owned),
            ..PackFilter::default()
        }
    }

    fn link(&self, path: &str) -> String {
        let chosen = query(&[
            ("q", self.part().unwrap_or_default()),
            ("status", &self.status.text()),
            ("institution_id", &self.institution_id.text()),
            ("programme", self.programme().unwrap_or_default()),
        ]);
        format!("{path}?{chosen}")
    }
}

#[derive(Template)]
#[template(path = "public/rule_packs.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    parts: Vec<Place>,
    packs: &'a [PackSummary],
    names: &'a HashMap<Uuid, String>,
    pager: Pager,
    wish: &'a Wish,
}

impl ListPage<'_> {
    fn statuses(&self) -> [PackStatus; 4] {
        PUBLISHED
    }

    fn title<'a>(&self, pack: &'a PackSummary) -> Name<'a> {
        self.frame.name_of(&pack.title)
    }

    fn institution(&self, id: &Uuid) -> Option<&str> {
        self.names.get(id).map(String::as_str)
    }

    fn term(&self, pack: &PackSummary) -> String {
        term(self.frame, &pack.effective_from, pack.effective_to.as_ref())
    }
}

/// Lists the published versions.
#[get("/catalogue/packs")]
pub(super) async fn list(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let wish = wish.0;
    let (filter, after, asked) = (wish.filter(), wish.after, wish.institution_id.0);
    let (mut packs, names) = web
        .run(move |bank| {
            let limit = i64::try_from(PACKS + 1).unwrap_or(i64::MAX);
            let found = list_rule_packs(bank, &context, &filter, after, limit)?;
            let ids = found.iter().filter_map(|pack| pack.institution_id).chain(asked);
            let names = names_of(bank, &each_once(ids))?;
            Ok((found, names))
        })
        .await?;
    let pager = Pager::cut(
        frame.language,
        (&wish.link("/catalogue/packs"), "after"),
        &after,
        &mut packs,
        PACKS,
        |one| one.pack_id,
    );
    // What members see of their own before it is published is no part of the catalogue.
    packs.retain(|pack| pack.published_at.is_some());
    let shown = ListPage {
        pager,
        parts: parts(&frame),
        frame: &frame,
        packs: &packs,
        names: &names,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends what is looked for as a table for spreadsheets.
#[get("/catalogue/packs.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let filter = wish.0.filter();
    let (mut packs, names) = web
        .run(move |bank| {
            let found = read_all(
                |after, limit| list_rule_packs(bank, &context, &filter, after, limit),
                |pack| pack.pack_id,
            )?;
            let names = names_of(bank, &each_once(found.iter().filter_map(|pack| pack.institution_id)))?;
            Ok((found, names))
        })
        .await?;
    packs.retain(|pack| pack.published_at.is_some());
    Ok(table_of(&frame, "catalogue-packs", &packs, &names))
}

/// Packs as a table: published ones here, and all of them where they are written and decided.
pub(in crate::portal) fn table_of(frame: &Frame, title: &str, packs: &[PackSummary], names: &HashMap<Uuid, String>) -> HttpResponse {
    let columns = [
        "column-code",
        "column-version",
        "column-name",
        "column-owner",
        "column-status",
        "column-from",
        "column-to",
        "column-filed",
        "column-published",
        "column-id",
    ];
    let rows = packs.iter().map(|pack| {
        [
            pack.code.clone(),
            pack.version.to_string(),
            pack.title.text(frame.language).to_owned(),
            match pack.institution_id {
                Some(owner_id) => cell(names.get(&owner_id)),
                None => frame.bank_name().to_owned(),
            },
            frame.word("packs-status", pack.status.as_str()).into_owned(),
            pack.effective_from.to_string(),
            cell(pack.effective_to),
            frame.plain_moment_if(pack.filed_at.as_ref()),
            frame.plain_moment_if(pack.published_at.as_ref()),
            pack.pack_id.to_string(),
        ]
    });
    table(frame, title, columns, rows)
}

#[derive(Template)]
#[template(path = "public/rule_pack.html")]
struct Page<'a> {
    frame: &'a Frame,
    parts: Vec<Place>,
    pack: &'a Pack,
    text: &'a Readable,
    institution: Option<&'a str>,
    versions: &'a [PackSummary],
}

impl Page<'_> {
    fn term(&self) -> String {
        term(self.frame, &self.pack.effective_from, self.pack.effective_to.as_ref())
    }

    fn term_of(&self, version: &PackSummary) -> String {
        term(self.frame, &version.effective_from, version.effective_to.as_ref())
    }
}

/// Shows a version in words.
#[get("/catalogue/packs/{pack_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: Visit, id: Id) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let language = frame.language;
    let (pack, text, versions, names) = web
        .run(move |bank| {
            let pack = read_rule_pack(bank, &context, id.0)?;
            // What is not published yet has its page at the desk of its owner.
            if pack.published_at.is_none() {
                return Err(Rejection::NotFound {}.into());
            }
            let filter = PackFilter {
                code: Some(pack.code.clone()),
                ..PackFilter::default()
            };
            let mut versions = list_rule_packs(bank, &context, &filter, None, VERSIONS)?;
            versions.retain(|version| version.published_at.is_some());
            let names = names_of(bank, &each_once(pack.institution_id.into_iter()))?;
            let text = read_rule_pack_text(bank, &context, id.0, language)?;
            Ok((pack, text, versions, names))
        })
        .await?;
    let shown = Page {
        parts: parts(&frame),
        frame: &frame,
        institution: pack.institution_id.and_then(|id| names.get(&id)).map(String::as_str),
        pack: &pack,
        text: &text,
        versions: &versions,
    };
    page(StatusCode::OK, &shown)
}

/// A difference of the documents.
struct Change {
    word: &'static str,
    place: String,
    before: String,
    now: String,
}

#[derive(Template)]
#[template(path = "public/rule_pack_diff.html")]
struct DiffPage<'a> {
    frame: &'a Frame,
    parts: Vec<Place>,
    title: &'a str,
    difference: &'a PackDifference,
    in_words: Vec<Difference>,
    changes: Vec<Change>,
}

impl DiffPage<'_> {
    fn heading(&self) -> std::borrow::Cow<'static, str> {
        let (version, with) = (self.difference.version, self.difference.with_version);
        self.frame.t2("catalogue-difference-from", ("version", version), ("with", with))
    }
}

#[derive(Deserialize)]
pub(super) struct DiffWish {
    with: Uuid,
}

/// A pack in words, a line for each rule.
fn said(text: &Readable) -> Vec<Said> {
    let lines = text.paragraphs.iter().map(|paragraph| {
        let about = match &paragraph.citation {
            Some(citation) => format!("{} ({citation})", paragraph.heading),
            None => paragraph.heading.clone(),
        };
        Said::new(about, paragraph.sentences.join("\n"))
    });
    lines.collect()
}

fn written(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Shows what changed from one version to another.
#[get("/catalogue/packs/{pack_id}/diff")]
pub(super) async fn diff(web: web::Data<Web>, visit: Visit, id: Id, wish: Query<DiffWish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let (language, with) = (frame.language, wish.0.with);
    let (difference, before, now) = web
        .run(move |bank| {
            let difference = diff_rule_packs(bank, &context, id.0, with)?;
            let before = read_rule_pack_text(bank, &context, with, language)?;
            let now = read_rule_pack_text(bank, &context, id.0, language)?;
            Ok((difference, before, now))
        })
        .await?;
    let changes = difference.changes.iter().map(|change| Change {
        word: change.change.as_str(),
        place: change.pointer.clone(),
        before: written(change.before.as_ref()),
        now: written(change.after.as_ref()),
    });
    let shown = DiffPage {
        parts: parts(&frame),
        title: &now.title,
        in_words: differences(&said(&before), &said(&now)),
        changes: changes.collect(),
        frame: &frame,
        difference: &difference,
    };
    page(StatusCode::OK, &shown)
}
