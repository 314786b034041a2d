//! The public catalogue: what can be earned, with every version and what changed between two.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use crate::domain::achievement::{AchievementFilter, AchievementKind, AchievementStatus};
use crate::domain::language::Language;
use crate::http::extract::{AtMost, Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::achievements::form::Achievement;
use crate::ops::achievements::{list_achievements, read_achievement};
use crate::ops::frameworks::{Framework, list_frameworks};
use crate::ops::institutions::names_of;
use crate::portal::answer::page;
use crate::portal::chosen::{Chosen, query};
use crate::portal::difference::{Difference, Said, differences};
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::places::Place;
use crate::portal::visit::Visit;

/// Achievements on a page.
const ACHIEVEMENTS: usize = 20;

/// The most versions and frameworks that are shown.
pub(in crate::portal) const VERSIONS: i64 = 200;

/// The parts of the catalogue, as links above each of them.
pub(super) fn parts(frame: &Frame) -> Vec<Place> {
    frame.menu([
        ("/catalogue", "catalogue-achievements"),
        ("/catalogue/programmes", "catalogue-programmes"),
        ("/catalogue/packs", "catalogue-packs"),
        ("/catalogue/agreements", "catalogue-agreements"),
        ("/catalogue/pathways", "catalogue-pathways"),
    ])
}

/// The institutions of some things, each once.
pub(super) fn each_once(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    q: Chosen<AtMost<100>>,
    #[serde(default)]
    kind: Chosen<AchievementKind>,
    #[serde(default)]
    institution_id: Chosen<Uuid>,
    #[serde(default)]
    after: Leaf,
}

impl Wish {
    fn part(&self) -> Option<&str> {
        self.q.0.as_ref().map(|part| part.0.as_str())
    }

    fn filter(&self) -> AchievementFilter {
        AchievementFilter {
            institution_id: self.institution_id.0,
            kind: self.kind.0,
            name_contains: self.part().map(str::to_owned),
            newest: true,
            ..AchievementFilter::default()
        }
    }

    fn link(&self, path: &str) -> String {
        let chosen = query(&[
            ("q", self.part().unwrap_or_default()),
            ("kind", &self.kind.text()),
            ("institution_id", &self.institution_id.text()),
        ]);
        format!("{path}?{chosen}")
    }
}

#[derive(Template)]
#[template(path = "public/achievements.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    parts: Vec<Place>,
    achievements: &'a [Achievement],
    names: &'a HashMap<Uuid, String>,
    pager: Pager,
    wish: &'a Wish,
}

/// What people call a kind that is a word.
pub(in crate::portal) fn kind_called(language: Language, kind: &str) -> &str {
    AchievementKind::parse(kind).map_or(kind, |kind| kind.called(language))
}

impl ListPage<'_> {
    fn kinds(&self) -> &'static [AchievementKind] {
        AchievementKind::ALL
    }

    fn name<'a>(&self, achievement: &'a Achievement) -> Name<'a> {
        self.frame.name_of(achievement)
    }

    fn kind<'a>(&self, achievement: &'a Achievement) -> &'a str {
        kind_called(self.frame.language, &achievement.kind)
    }

    fn institution(&self, id: &Uuid) -> Option<&str> {
        self.names.get(id).map(String::as_str)
    }
}

/// Lists the newest version of each achievement.
#[get("/catalogue")]
pub(super) async fn list(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let wish = wish.0;
    let (filter, after, asked) = (wish.filter(), wish.after, wish.institution_id.0);
    let (mut achievements, names) = web
        .run(move |bank| {
            let limit = i64::try_from(ACHIEVEMENTS + 1).unwrap_or(i64::MAX);
            let found = list_achievements(bank, &context, &filter, after, limit)?;
            let ids = found.iter().map(|achievement| achievement.institution_id).chain(asked);
            let names = names_of(bank, &each_once(ids))?;
            Ok((found, names))
        })
        .await?;
    let pager = Pager::cut(
        frame.language,
        (&wish.link("/catalogue"), "after"),
        &after,
        &mut achievements,
        ACHIEVEMENTS,
        |one| one.achievement_id,
    );
    // Drafts, which members see of their own, are no part of the catalogue.
    achievements.retain(|achievement| achievement.status != AchievementStatus::Draft);
    let shown = ListPage {
        pager,
        parts: parts(&frame),
        frame: &frame,
        achievements: &achievements,
        names: &names,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends what is looked for as a table for spreadsheets.
#[get("/catalogue.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let filter = wish.0.filter();
    let (mut achievements, names) = web
        .run(move |bank| {
            let found = read_all(
                |after, limit| list_achievements(bank, &context, &filter, after, limit),
                |achievement| achievement.achievement_id,
            )?;
            let names = names_of(bank, &each_once(found.iter().map(|achievement| achievement.institution_id)))?;
            Ok((found, names))
        })
        .await?;
    achievements.retain(|achievement| achievement.status != AchievementStatus::Draft);
    Ok(table_of(&frame, &achievements, &names))
}

/// Achievements as a table, here and at the desk of an institution.
pub(in crate::portal) fn table_of(frame: &Frame, achievements: &[Achievement], names: &HashMap<Uuid, String>) -> HttpResponse {
    let columns = [
        "column-code",
        "column-version",
        "column-name",
        "column-kind",
        "column-institution",
        "column-level",
        "column-hours",
        "column-status",
        "column-from",
        "column-to",
        "column-id",
    ];
    let rows = achievements.iter().map(|achievement| {
        [
            achievement.code.clone(),
            achievement.version.to_string(),
            frame.name_of(achievement).text().to_owned(),
            kind_called(frame.language, &achievement.kind).to_owned(),
            cell(names.get(&achievement.institution_id)),
            cell(achievement.level),
            cell(achievement.hours),
            frame.word("catalogue-status", achievement.status.as_str()).into_owned(),
            achievement.valid_from.to_string(),
            cell(achievement.closed_on),
            achievement.achievement_id.to_string(),
        ]
    });
    table(frame, "catalogue-achievements", columns, rows)
}

/// The version with which another one is compared.
#[derive(Default, Deserialize)]
pub(super) struct With {
    #[serde(default)]
    pub(super) with: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "public/achievement.html")]
struct Page<'a> {
    frame: &'a Frame,
    parts: Vec<Place>,
    achievement: &'a Achievement,
    name: Name<'a>,
    kind: &'a str,
    institution: Option<&'a str>,
    facts: Vec<Said>,
    versions: &'a [Achievement],
    compared: Option<(i64, Vec<Difference>)>,
}

/// What an achievement says, line by line.
pub(in crate::portal) fn facts(frame: &Frame, achievement: &Achievement, frameworks: &[Framework]) -> Vec<Said> {
    let mut facts = Vec::new();
    let mut say = |id: &str, value: Option<String>| facts.extend(value.map(|value| Said::new(frame.t(id), value)));
    let details = &achievement.details;
    let level = achievement.level.map(|level| {
        let framework = frameworks.iter().find(|one| Some(one.framework_id) == achievement.framework_id);
        let named = framework.and_then(|one| Some((one, one.levels.iter().find(|other| other.level == level)?)));
        match (named, frame.language) {
            (Some((one, named)), Language::Chinese) => format!("{} · {}", one.name_chinese, named.name_chinese),
            (Some((one, named)), Language::English) => format!("{} · {}", one.name_english, named.name_english),
            (None, _) => level.to_string(),
        }
    });
    say("catalogue-code", Some(achievement.code.clone()));
    say("catalogue-name-chinese", Some(achievement.name_chinese.clone()));
    say("catalogue-name-english", achievement.name_english.clone());
    say("catalogue-kind", Some(kind_called(frame.language, &achievement.kind).to_owned()));
    say("catalogue-level", level);
    say("catalogue-family", achievement.family.clone());
    say("catalogue-rank", achievement.rank.map(|rank| rank.to_string()));
    say("catalogue-hours", achievement.hours.map(|hours| hours.to_string()));
    say("catalogue-issuer", achievement.original_issuer.clone());
    say("catalogue-education-level", details.education_level.clone());
    say("catalogue-occupation", details.occupation.clone());
    let scope = details.contest_scope.map(|scope| frame.word("catalogue-scope", scope.as_str()));
    say("catalogue-contest-scope", scope.map(std::borrow::Cow::into_owned));
    say("catalogue-course-code", details.course_code.clone());
    say("catalogue-months-minimum", details.months_minimum.map(|months| months.to_string()));
    say(
        "catalogue-tags",
        Some(details.tags.join(&frame.t("list-separator"))).filter(|tags| !tags.is_empty()),
    );
    say("catalogue-valid-from", Some(frame.day(&achievement.valid_from).into_owned()));
    say("catalogue-closed-on", achievement.closed_on.map(|day| frame.day(&day).into_owned()));
    facts
}

/// Shows a version.
#[get("/catalogue/achievements/{achievement_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: Visit, id: Id, with: Query<With>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let (achievement, versions, names, frameworks) = web
        .run(move |bank| {
            let achievement = read_achievement(bank, &context, id.0)?;
            let filter = AchievementFilter {
                institution_id: Some(achievement.institution_id),
                code: Some(achievement.code.clone()),
                ..AchievementFilter::default()
            };
            let versions = list_achievements(bank, &context, &filter, None, VERSIONS)?;
            let names = names_of(bank, &[achievement.institution_id])?;
            Ok((achievement, versions, names, list_frameworks(bank, None, VERSIONS)?))
        })
        .await?;
    let before = versions.iter().find(|version| Some(version.achievement_id) == with.0.with);
    let facts_now = facts(&frame, &achievement, &frameworks);
    let compared = before.map(|before| (before.version, differences(&facts(&frame, before, &frameworks), &facts_now)));
    let shown = Page {
        parts: parts(&frame),
        name: frame.name_of(&achievement),
        kind: kind_called(frame.language, &achievement.kind),
        institution: names.get(&achievement.institution_id).map(String::as_str),
        frame: &frame,
        achievement: &achievement,
        facts: facts_now,
        versions: &versions,
        compared,
    };
    page(StatusCode::OK, &shown)
}
