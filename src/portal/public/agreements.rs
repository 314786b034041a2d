//! The agreements and the pathways of the catalogue.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::catalogue::parts;
use super::programmes::term;
use crate::domain::agreement::{Agreement, AgreementFilter, Party};
use crate::domain::bilingual::Bilingual;
use crate::domain::condition::Condition;
use crate::domain::pack::readable::conditions;
use crate::domain::pathway::{Pathway, Stage};
use crate::http::extract::Query;
use crate::http::filters::CreditCode;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::agreements::{PublishedAgreement, list_agreements};
use crate::ops::institutions::names_by_code;
use crate::ops::pathways::{PublishedPathway, list_pathways};
use crate::ops::programmes::{NamedProgrammes, programmes_by_code};
use crate::portal::answer::page;
use crate::portal::chosen::{Chosen, query};
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::places::Place;
use crate::portal::visit::Visit;

/// Agreements or pathways on a page.
const LISTED: usize = 20;

/// Institutions by their unified social credit codes: which they are, and what they are called.
type Names = HashMap<String, (Uuid, String)>;

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    /// Whose outcomes are accepted, by the unified social credit code.
    #[serde(default)]
    from: Chosen<CreditCode>,
    /// Who accepts them.
    #[serde(default)]
    to: Chosen<CreditCode>,
    /// Any word: those too that are not in force today.
    #[serde(default)]
    all: String,
    #[serde(default)]
    after: Leaf,
}

impl Wish {
    fn from(&self) -> &str {
        self.from.0.as_ref().map_or("", |code| code.0.as_str())
    }

    fn to(&self) -> &str {
        self.to.0.as_ref().map_or("", |code| code.0.as_str())
    }

    fn filter(&self, today: NaiveDate) -> AgreementFilter {
        let some = |code: &str| Some(code.to_owned()).filter(|code| !code.is_empty());
        AgreementFilter {
            from: some(self.from()),
            to: some(self.to()),
            in_force_on: self.day(today),
            ..AgreementFilter::default()
        }
    }

    /// The day on which they are in force, unless past ones are asked for too.
    fn day(&self, today: NaiveDate) -> Option<NaiveDate> {
        self.all.is_empty().then_some(today)
    }

    fn link(&self, path: &str) -> String {
        let chosen = query(&[
            ("from", self.from()),
            ("to", self.to()),
            ("all", if self.all.is_empty() { "" } else { "yes" }),
        ]);
        format!("{path}?{chosen}")
    }
}

/// A side of an agreement as it is shown.
struct Side {
    name: String,
    institution_id: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "public/agreements.html")]
struct AgreementsPage<'a> {
    frame: &'a Frame,
    parts: Vec<Place>,
    agreements: &'a [PublishedAgreement],
    names: &'a Names,
    pager: Pager,
    wish: &'a Wish,
}

fn side(frame: &Frame, names: &Names, party: &Party) -> Side {
    match party {
        Party::Kind { kind } => {
            let kind = frame.word("institutions-kind", kind.as_str());
            Side {
                name: frame.t1("catalogue-every", "kind", kind.into_owned()).into_owned(),
                institution_id: None,
            }
        }
        Party::Institution { credit_code } => match names.get(credit_code) {
            Some((id, name)) => Side {
                name: name.clone(),
                institution_id: Some(*id),
            },
            None => Side {
                name: credit_code.clone(),
                institution_id: None,
            },
        },
    }
}

impl AgreementsPage<'_> {
    fn side(&self, party: &Party) -> Side {
        side(self.frame, self.names, party)
    }

    fn title<'a>(&self, agreement: &'a Agreement) -> Name<'a> {
        self.frame.name_of(&agreement.title)
    }

    fn term(&self, agreement: &Agreement) -> String {
        term(self.frame, &agreement.effective_from, agreement.effective_to.as_ref())
    }
}

fn codes(agreements: &[PublishedAgreement]) -> Vec<&str> {
    let sides = agreements.iter().flat_map(|one| [&one.agreement.from, &one.agreement.to]);
    let codes = sides.filter_map(|side| match side {
        Party::Institution { credit_code } => Some(credit_code.as_str()),
        Party::Kind { .. } => None,
    });
    codes.collect()
}

/// Lists the agreements.
#[get("/catalogue/agreements")]
pub(super) async fn list(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let wish = wish.0;
    let (filter, after) = (wish.filter(web.bank.day(context.now)), wish.after);
    let (mut agreements, names) = web
        .run(move |bank| {
            let limit = i64::try_from(LISTED + 1).unwrap_or(i64::MAX);
            let found = list_agreements(bank, &filter, after, limit)?;
            let names = names_by_code(bank, &codes(&found))?;
            Ok((found, names))
        })
        .await?;
    let pager = Pager::cut(
        frame.language,
        (&wish.link("/catalogue/agreements"), "after"),
        &after,
        &mut agreements,
        LISTED,
        |one| one.agreement_id,
    );
    let shown = AgreementsPage {
        pager,
        parts: parts(&frame),
        frame: &frame,
        agreements: &agreements,
        names: &names,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends the agreements that are asked for as a table for spreadsheets.
#[get("/catalogue/agreements.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let filter = wish.0.filter(web.bank.day(context.now));
    let (agreements, names) = web
        .run(move |bank| {
            let found = read_all(
                |after, limit| list_agreements(bank, &filter, after, limit),
                |agreement| agreement.agreement_id,
            )?;
            let names = names_by_code(bank, &codes(&found))?;
            Ok((found, names))
        })
        .await?;
    let columns = [
        "column-code",
        "column-version",
        "column-name",
        "catalogue-agreement-from",
        "catalogue-agreement-to",
        "catalogue-agreement-cap",
        "column-share-cap",
        "column-citation",
        "column-from",
        "column-to",
        "column-id",
    ];
    let rows = agreements.iter().map(|one| {
        let agreement = &one.agreement;
        [
            agreement.code.clone(),
            one.version.to_string(),
            agreement.title.text(frame.language).to_owned(),
            side(&frame, &names, &agreement.from).name,
            side(&frame, &names, &agreement.to).name,
            cell(agreement.credit_cap),
            cell(agreement.share_cap),
            agreement.citation.clone(),
            agreement.effective_from.to_string(),
            cell(agreement.effective_to),
            one.agreement_id.to_string(),
        ]
    });
    Ok(table(&frame, "catalogue-agreements", columns, rows))
}

#[derive(Template)]
#[template(path = "public/pathways.html")]
struct PathwaysPage<'a> {
    frame: &'a Frame,
    parts: Vec<Place>,
    pathways: &'a [PublishedPathway],
    names: &'a Names,
    programmes: &'a NamedProgrammes,
    pager: Pager,
    wish: &'a Wish,
}

impl PathwaysPage<'_> {
    fn said<'a>(&self, text: &'a Bilingual) -> Name<'a> {
        self.frame.name_of(text)
    }

    fn term(&self, pathway: &Pathway) -> String {
        term(self.frame, &pathway.effective_from, pathway.effective_to.as_ref())
    }

    fn institution<'a>(&'a self, credit_code: &'a str) -> &'a str {
        institution(self.names, credit_code)
    }

    /// The programme of a stage, where the bank has it: which it is, and what it is called.
    fn programme<'b>(&'b self, stage: &Stage) -> Option<(&'b Uuid, Name<'b>)> {
        let (institution_id, _) = self.names.get(&stage.institution)?;
        let (programme_id, name) = self.programmes.get(&(*institution_id, stage.programme.clone()))?;
        Some((programme_id, self.frame.name_of(name)))
    }

    fn asked(&self, condition: &Condition) -> String {
        conditions::text(condition, self.frame.language)
    }
}

fn institution<'a>(names: &'a Names, credit_code: &'a str) -> &'a str {
    names.get(credit_code).map_or(credit_code, |(_, name)| name)
}

fn codes_of_stages(pathways: &[PublishedPathway]) -> Vec<&str> {
    let stages = pathways.iter().flat_map(|one| &one.pathway.stages);
    stages.map(|stage| stage.institution.as_str()).collect()
}

/// Lists the pathways.
#[get("/catalogue/pathways")]
pub(super) async fn ways(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let wish = wish.0;
    let (day, after) = (wish.day(web.bank.day(context.now)), wish.after);
    let (mut pathways, names, programmes) = web
        .run(move |bank| {
            let limit = i64::try_from(LISTED + 1).unwrap_or(i64::MAX);
            let found = list_pathways(bank, None, day, after, limit)?;
            let names = names_by_code(bank, &codes_of_stages(&found))?;
            let institution_ids: Vec<Uuid> = names.values().map(|(institution_id, _)| *institution_id).collect();
            let stages = found.iter().flat_map(|one| &one.pathway.stages);
            let codes: Vec<String> = stages.map(|stage| stage.programme.clone()).collect();
            let programmes = programmes_by_code(bank, &institution_ids, &codes)?;
            Ok((found, names, programmes))
        })
        .await?;
    let pager = Pager::cut(
        frame.language,
        (&wish.link("/catalogue/pathways"), "after"),
        &after,
        &mut pathways,
        LISTED,
        |one| one.pathway_id,
    );
    let shown = PathwaysPage {
        pager,
        parts: parts(&frame),
        frame: &frame,
        pathways: &pathways,
        names: &names,
        programmes: &programmes,
        wish: &wish,
    };
    page(StatusCode::OK, &shown)
}

/// Sends the pathways that are asked for as a table for spreadsheets, a line for each stage.
#[get("/catalogue/pathways.csv")]
pub(super) async fn download_ways(web: web::Data<Web>, visit: Visit, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let Visit { context, frame } = visit;
    let day = wish.0.day(web.bank.day(context.now));
    let (pathways, names) = web
        .run(move |bank| {
            let found = read_all(
                |after, limit| list_pathways(bank, None, day, after, limit),
                |pathway| pathway.pathway_id,
            )?;
            let names = names_by_code(bank, &codes_of_stages(&found))?;
            Ok((found, names))
        })
        .await?;
    let columns = [
        "column-code",
        "column-version",
        "column-name",
        "column-citation",
        "column-from",
        "column-to",
        "column-stage",
        "column-institution",
        "column-programme",
        "column-years",
        "column-id",
    ];
    let stages = pathways
        .iter()
        .flat_map(|one| one.pathway.stages.iter().map(move |stage| (one, stage)));
    let rows = stages.map(|(one, stage)| {
        [
            one.pathway.code.clone(),
            one.version.to_string(),
            one.pathway.name.text(frame.language).to_owned(),
            one.pathway.citation.clone(),
            one.pathway.effective_from.to_string(),
            cell(one.pathway.effective_to),
            stage.name.text(frame.language).to_owned(),
            institution(&names, &stage.institution).to_owned(),
            stage.programme.clone(),
            stage.years.to_string(),
            one.pathway_id.to_string(),
        ]
    });
    Ok(table(&frame, "catalogue-pathways", columns, rows))
}
