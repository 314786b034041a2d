//! The test cases of a pack: what it must answer, how it does, and the form in which they are written.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, routes, web};
use askama::Template;
use serde::Deserialize;

use super::edit::{ListView, editions_of, fields_of, unreadable};
use super::problems::CASES;
use super::reader;
use super::room::{Open, PackId, Shelf};
use super::sheet::{Asked, Sheet};
use super::written::written;
use crate::domain::language::Language;
use crate::domain::pack_case::PackCase;
use crate::domain::phrases::in_chinese;
use crate::domain::rejection::Rejection;
use crate::http::extract::Query;
use crate::http::problem::{Refusal, status_of};
use crate::http::state::{Web, Width};
use crate::ops::packs::check::PackTests;
use crate::ops::packs::edit_rule_pack;
use crate::ops::packs::form::PackEdit;
use crate::ops::packs::reading::{PackTrial, test_rule_pack};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::frame::Frame;
use crate::portal::visit::{Posted, SignedIn};

/// What is wished for.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    /// Not empty where the cases are to be run.
    #[serde(default)]
    run: String,
    #[serde(default)]
    done: String,
}

/// A case, and how it came out.
struct CaseView<'a> {
    case: &'a PackCase,
    /// `None` where it was not run.
    is_met: Option<bool>,
    differences: Vec<String>,
}

#[derive(Template)]
#[template(path = "packs/cases.html")]
struct Page<'a> {
    frame: &'a Frame,
    open: &'a Open,
    part: &'a str,
    cases: Vec<CaseView<'a>>,
    tests: Option<&'a PackTests>,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl Page<'_> {
    fn may_edit(&self) -> bool {
        self.open.may_edit(self.frame)
    }

    fn programme<'b>(&self, case: &'b PackCase) -> &'b str {
        case.programme.name.text(self.frame.language)
    }

    fn passed(&self, tests: &PackTests) -> String {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.frame
            .t2("packs-cases-passed", ("passed", count(tests.passed)), ("cases", count(tests.cases)))
            .into_owned()
    }
}

fn views<'a>(cases: &'a [PackCase], tests: Option<&PackTests>, language: Language) -> Vec<CaseView<'a>> {
    let view = |(number, case): (usize, &'a PackCase)| {
        let pointer = format!("/cases/{number}");
        let failure = tests.and_then(|tests| tests.failures.iter().find(|failure| failure.pointer == pointer));
        let said = |difference: &String| match language {
            Language::Chinese => in_chinese(difference),
            Language::English => difference.clone(),
        };
        CaseView {
            case,
            is_met: tests.map(|_| failure.is_none()),
            differences: failure
                .map(|failure| failure.differences.iter().map(said).collect())
                .unwrap_or_default(),
        }
    };
    cases.iter().enumerate().map(view).collect()
}

/// Shows the cases; they are run when that is asked for, since they take long.
#[routes]
#[get("/desk/{institution_id}/packs/{pack_id}/cases")]
#[get("/office/packs/{pack_id}/cases")]
#[get("/office/filings/{pack_id}/cases")]
pub(super) async fn show(
    web: web::Data<Web>,
    visit: SignedIn,
    shelf: Shelf,
    id: PackId,
    wish: Query<Wish>,
) -> Result<HttpResponse, Refusal> {
    let open = Open::of(&web, &visit, shelf, id.0).await?;
    let frame = &visit.frame;
    let (mut status, mut tests, mut why) = (StatusCode::OK, None, None);
    if !wish.0.run.is_empty() {
        let (context, pack_id) = (visit.context, id.0);
        let answer = web
            .calculate(Width::One, move |bank| {
                test_rule_pack(bank, &context, pack_id, &PackTrial::default())
            })
            .await;
        match answer {
            Ok(found) => tests = Some(found),
            Err(refusal) => {
                let (found, mut refused) = refused(refusal, frame.language)?;
                // What is wrong with a pack stands in its editor.
                refused.fields.clear();
                (status, why) = (found, Some(refused));
            }
        }
    }
    let shown = Page {
        frame,
        open: &open,
        part: "packs-tab-cases",
        cases: views(&open.pack.cases, tests.as_ref(), frame.language),
        tests: tests.as_ref(),
        refused: why,
        done: (wish.0.done == "saved").then_some("packs-cases-saved"),
    };
    page(status, &shown)
}

#[derive(Template)]
#[template(path = "packs/cases_edit.html")]
struct EditPage<'a> {
    frame: &'a Frame,
    open: &'a Open,
    part: &'a str,
    lists: Vec<ListView<'a>>,
    edition: i64,
    refused: Option<Refused>,
    is_stale: bool,
}

fn edit_page<'a>(frame: &'a Frame, open: &'a Open, sheet: &'a Sheet, edition: i64) -> EditPage<'a> {
    EditPage {
        frame,
        open,
        part: "packs-cases-edit",
        lists: sheet.lists.iter().map(|list| ListView::of(sheet, list)).collect(),
        is_stale: edition != open.pack.edition,
        edition,
        refused: None,
    }
}

/// Shows the form of the cases.
#[routes]
#[get("/desk/{institution_id}/packs/{pack_id}/cases/edit")]
#[get("/office/packs/{pack_id}/cases/edit")]
pub(super) async fn show_form(web: web::Data<Web>, visit: SignedIn, shelf: Shelf, id: PackId) -> Result<HttpResponse, Refusal> {
    let open = Open::of(&web, &visit, shelf, id.0).await?;
    if !open.may_write(&visit.frame) {
        return Err(Rejection::Forbidden {}.into());
    }
    if !open.may_edit(&visit.frame) {
        return Ok(see_other(&format!("{}/cases", open.path)));
    }
    let texts = open.pack.cases.iter().map(written);
    let sheet = Sheet::of_list(CASES, texts);
    page(StatusCode::OK, &edit_page(&visit.frame, &open, &sheet, open.pack.edition))
}

/// Takes the form of the cases: to be saved, or arranged otherwise.
#[routes]
#[post("/desk/{institution_id}/packs/{pack_id}/cases/edit")]
#[post("/office/packs/{pack_id}/cases/edit")]
pub(super) async fn submit(
    web: web::Data<Web>,
    shelf: Shelf,
    id: PackId,
    posted: Posted<Vec<(String, String)>>,
) -> Result<HttpResponse, Refusal> {
    let Posted { visit, mut form, .. } = posted;
    let visit = visit.signed_in()?;
    let open = Open::of(&web, &visit, shelf, id.0).await?;
    let frame = &visit.frame;
    if !open.may_write(frame) {
        return Err(Rejection::Forbidden {}.into());
    }
    let editions = editions_of(&mut form);
    let (mut sheet, asked) = Sheet::typed(&[CASES], form);
    let edition = editions.to_change(asked, open.pack.edition);
    sheet.arrange(asked);
    let cases = match reader::cases(&sheet) {
        Ok(cases) => cases,
        Err(problems) => {
            sheet.note(problems, frame.language);
            let is_saved = matches!(asked, Asked::Save | Asked::SaveOver);
            let status = if is_saved {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::OK
            };
            let shown = EditPage {
                refused: is_saved.then(|| unreadable(frame, &sheet)),
                ..edit_page(frame, &open, &sheet, edition)
            };
            return page(status, &shown);
        }
    };
    if !matches!(asked, Asked::Save | Asked::SaveOver) {
        return page(StatusCode::OK, &edit_page(frame, &open, &sheet, edition));
    }
    let saved = format!("{}/cases?done=saved&run=yes", open.path);
    // Sent twice, they are saved already.
    if edition != open.pack.edition && open.pack.cases == cases {
        return Ok(see_other(&saved));
    }
    let (context, pack_id) = (visit.context, id.0);
    let edit = PackEdit {
        document: open.pack.document.clone(),
        cases,
    };
    let answer = web
        .calculate(Width::One, move |bank| edit_rule_pack(bank, &context, pack_id, edition, &edit))
        .await;
    let rejection = match answer {
        Ok(_) => return Ok(see_other(&saved)),
        Err(Refusal::Rejected(rejection)) => rejection,
        Err(other) => return Err(other),
    };
    sheet.note(rejection.problems(frame.language), frame.language);
    let shown = EditPage {
        refused: Some(Refused {
            sentence: rejection.sentence(frame.language),
            fields: fields_of(frame, &sheet),
        }),
        ..edit_page(frame, &open, &sheet, edition)
    };
    page(status_of(rejection.class()), &shown)
}
