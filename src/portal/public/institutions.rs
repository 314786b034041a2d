//! The institutions of the bank: where each stands, what it awards, and what it teaches.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use super::catalogue::kind_called;
use crate::domain::achievement::AchievementFilter;
use crate::domain::bilingual::Bilingual;
use crate::domain::institution::{InstitutionFilter, InstitutionKind, InstitutionStatus};
use crate::domain::pack::catalogue::PackFilter;
use crate::domain::programme::ProgrammeFilter;
use crate::http::extract::{AtMost, Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::achievements::form::Achievement;
use crate::ops::achievements::list_achievements;
use crate::ops::institutions::{Institution, list_institutions, read_institution};
use crate::ops::packs::form::PackSummary;
use crate::ops::packs::reading::list_rule_packs;
use crate::ops::programmes::{ProgrammeSummary, list_programmes};
use crate::portal::answer::page;
use crate::portal::chosen::{Chosen, query};
use crate::portal::download::{read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::visit::Visit;

/// Institutions on a page.
const INSTITUTIONS: usize = 20;

/// How many of its things are on an institution's own page.
const OF_EACH: usize = 10;

/// Where those stand that everybody may know.
const PUBLIC: [InstitutionStatus; 2] = [InstitutionStatus::Approved, InstitutionStatus::Suspended];

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    q: Chosen<AtMost<100>>,
    #[serde(default)]
    kind: Chosen<InstitutionKind>,
    #[serde(default)]
    status: Chosen<InstitutionStatus>,
    #[serde(default)]
    after: Leaf,
}

impl Wish {
    fn part(&self) -> Option<&str> {
        self.q.0.as_ref().map(|part| part.0.as_str())
    }

    fn filter(&self) -> InstitutionFilter {
        InstitutionFilter {
            status: self.status.0,
            kind: self.kind.0,
            name_contains: self.part().map(str::to_owned),
        }
    }

    fn link(&self, path: &str) -> String {
        let chosen = query(&[
            ("q", self.part().unwrap_or_default()),
            ("kind", &self.kind.text()),
            ("status", &self.status.text()),
        ]);
        format!("{path}?{chosen}")
    }
}

#[derive(Template)]
#[template(path = "public/institutions.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    institutions: &'a [Institution],
    pager: Pager,
    wish: &'a Wish,
}

impl ListPage<'_> {
    fn kinds(&self) -> &'static [InstitutionKind] {
        InstitutionKind::ALL
    }

    fn statuses(&self) -> [InstitutionStatus; 2] {
        PUBLIC
    }
}

/// Lists the institutions.
#[get("/institutions")]
pub(super) async fn list(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let wish = wish.0;
    let (filter, after) = (wish.filter(), wish.after);
    let limit = i64::try_from(INSTITUTIONS + 1).unwrap_or(i64::MAX);
    let mut institutions = web
        .run(move |bank| list_institutions(bank, &context, &filter, after, limit))
        .await?;
    let pager = Pager::cut(
        frame.language,
        (&wish.link("/institutions"), "after"),
        &after,
        &mut institutions,
        INSTITUTIONS,
        |one| one.institution_id,
    );
    // Those that the bank's own people see as well have their page at the office.
    institutions.retain(|institution| PUBLIC.contains(&institution.status));
    let shown = ListPage {
        frame: &frame,
        institutions: &institutions,
        pager,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends those that are looked for as a table for spreadsheets.
#[get("/institutions.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let filter = wish.0.filter();
    let mut institutions = web
        .run(move |bank| {
            read_all(
                |after, limit| list_institutions(bank, &context, &filter, after, limit),
                |institution| institution.institution_id,
            )
        })
        .await?;
    institutions.retain(|institution| PUBLIC.contains(&institution.status));
    let columns = [
        "column-name",
        "column-kind",
        "institutions-credit-code",
        "column-status",
        "column-id",
    ];
    let rows = institutions.iter().map(|institution| {
        [
            institution.name.clone(),
            frame.word("institutions-kind", institution.kind.as_str()).into_owned(),
            institution.credit_code.clone(),
            frame.word("institutions-status", institution.status.as_str()).into_owned(),
            institution.institution_id.to_string(),
        ]
    });
    Ok(table(&frame, "nav-institutions", columns, rows))
}

/// Some of the things of an institution, and whether there are more.
struct Part<T> {
    items: Vec<T>,
    more: bool,
}

impl<T> Part<T> {
    fn of(mut items: Vec<T>) -> Self {
        let more = items.len() > OF_EACH;
        items.truncate(OF_EACH);
        Self { items, more }
    }
}

#[derive(Template)]
#[template(path = "public/institution.html")]
struct Page<'a> {
    frame: &'a Frame,
    institution: &'a Institution,
    achievements: &'a Part<Achievement>,
    programmes: &'a Part<ProgrammeSummary>,
    packs: &'a Part<PackSummary>,
}

impl Page<'_> {
    fn is_suspended(&self) -> bool {
        self.institution.status == InstitutionStatus::Suspended
    }

    fn said<'b>(&self, text: &'b Bilingual) -> Name<'b> {
        self.frame.name_of(text)
    }

    fn name<'a>(&self, achievement: &'a Achievement) -> Name<'a> {
        self.frame.name_of(achievement)
    }

    fn kind<'a>(&self, achievement: &'a Achievement) -> &'a str {
        kind_called(self.frame.language, &achievement.kind)
    }
}

/// Shows an institution.
#[get("/institutions/{institution_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: Visit, id: Id) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let institution_id = Some(id.0);
    let today = web.bank.day(context.now);
    let limit = i64::try_from(OF_EACH + 1).unwrap_or(i64::MAX);
    let (institution, achievements, programmes, packs) = web
        .run(move |bank| {
            let institution = read_institution(bank, &context, id.0)?;
            let wanted = AchievementFilter {
                institution_id,
                newest: true,
                ..AchievementFilter::default()
            };
            let achievements = list_achievements(bank, &context, &wanted, None, limit)?;
            let wanted = ProgrammeFilter {
                institution_id,
                in_force_on: Some(today),
                ..ProgrammeFilter::default()
            };
            let programmes = list_programmes(bank, &wanted, None, limit)?;
            let wanted = PackFilter {
                institution_id,
                in_force_on: Some(today),
                ..PackFilter::default()
            };
            let packs = list_rule_packs(bank, &context, &wanted, None, limit)?;
            Ok((institution, Part::of(achievements), Part::of(programmes), Part::of(packs)))
        })
        .await?;
    let shown = Page {
        frame: &frame,
        institution: &institution,
        achievements: &achievements,
        programmes: &programmes,
        packs: &packs,
    };
    page(StatusCode::OK, &shown)
}
