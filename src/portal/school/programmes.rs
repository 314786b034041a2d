//! What an institution teaches: the versions of its programmes, and the form by which one is published.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::around::Desk;
use super::catalogue::may_write;
use super::pointed::refused_at;
use super::programme_text::Typed;
use crate::domain::programme::ProgrammeFilter;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::programmes::{ProgrammeSummary, list_programmes, publish_programme, read_programme};
use crate::portal::answer::{Refused, page, see_other};
use crate::portal::download::read_all;
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::public::programmes::{table_of, term};
use crate::portal::visit::{Posted, SignedIn};

/// Programmes on a page.
const PROGRAMMES: usize = 20;

#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    after: Leaf,
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "school/programmes.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    programmes: &'a [ProgrammeSummary],
    pager: Pager,
    done: Option<&'static str>,
}

impl ListPage<'_> {
    fn may_write(&self) -> bool {
        may_write(self.desk)
    }

    fn name<'a>(&self, programme: &'a ProgrammeSummary) -> Name<'a> {
        self.frame.name_of(&programme.name)
    }

    fn term(&self, programme: &ProgrammeSummary) -> String {
        term(self.frame, &programme.effective_from, programme.effective_to.as_ref())
    }
}

fn of_institution(institution_id: Uuid) -> ProgrammeFilter {
    ProgrammeFilter {
        institution_id: Some(institution_id),
        ..ProgrammeFilter::default()
    }
}

/// Lists every version.
#[get("/desk/{institution_id}/catalogue/programmes")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let (frame, after) = (visit.frame, wish.0.after);
    let filter = of_institution(id.0);
    let limit = i64::try_from(PROGRAMMES + 1).unwrap_or(i64::MAX);
    let mut programmes = web.run(move |bank| list_programmes(bank, &filter, after, limit)).await?;
    let pager = Pager::cut(
        frame.language,
        (&format!("/desk/{}/catalogue/programmes", desk.institution_id), "after"),
        &after,
        &mut programmes,
        PROGRAMMES,
        |one| one.programme_id,
    );
    let shown = ListPage {
        frame: &frame,
        desk: &desk,
        pager,
        programmes: &programmes,
        done: (wish.0.done == "published").then_some("catalogue-desk-programme-published"),
    };
    page(StatusCode::OK, &shown)
}

/// Sends every version as a table for spreadsheets.
#[get("/desk/{institution_id}/catalogue/programmes.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    let filter = of_institution(id.0);
    let programmes = web
        .run(move |bank| {
            read_all(
                |after, limit| list_programmes(bank, &filter, after, limit),
                |programme| programme.programme_id,
            )
        })
        .await?;
    Ok(table_of(&visit.frame, &programmes, &HashMap::from([(id.0, desk.name)])))
}

#[derive(Template)]
#[template(path = "school/programme_form.html")]
struct FormPage<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    typed: &'a Typed,
    refused: Option<Refused>,
}

/// The version whose next one is written.
#[derive(Default, Deserialize)]
pub(super) struct From {
    #[serde(default)]
    from: Option<Uuid>,
}

/// The form of a programme, or of the next version of one.
#[get("/desk/{institution_id}/catalogue/programmes/new")]
pub(super) async fn begin(web: web::Data<Web>, visit: SignedIn, id: Id, from: Query<From>) -> Result<HttpResponse, Refusal> {
    let desk = Desk::of(&web, &visit, id.0).await?;
    if !may_write(&desk) {
        return Err(Rejection::Forbidden {}.into());
    }
    let typed = match from.0.from {
        None => Typed::default(),
        Some(before) => {
            let before = web.run(move |bank| read_programme(bank, before)).await?;
            if before.institution_id != id.0 {
                return Err(Rejection::NotFound {}.into());
            }
            Typed::next_after(&visit.frame, &before.programme)
        }
    };
    let shown = FormPage {
        frame: &visit.frame,
        desk: &desk,
        typed: &typed,
        refused: None,
    };
    page(StatusCode::OK, &shown)
}

/// Publishes a programme.
#[post("/desk/{institution_id}/catalogue/programmes/new")]
pub(super) async fn publish(web: web::Data<Web>, id: Id, posted: Posted<Typed>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let desk = Desk::of(&web, &visit, id.0).await?;
    let context = visit.context;
    let answer = match form.read(id.0) {
        Err(rejection) => Err(rejection.into()),
        Ok(new) => web.run(move |bank| publish_programme(bank, &context, once.as_deref(), &new)).await,
    };
    match answer {
        Ok(_) => Ok(see_other(&format!("/desk/{}/catalogue/programmes?done=published", id.0))),
        Err(refusal) => {
            let frame = &visit.frame;
            let (status, refused) = refused_at(refusal, frame, |pointer| form.place(frame, pointer))?;
            let shown = FormPage {
                frame,
                desk: &desk,
                typed: &form,
                refused: Some(refused),
            };
            page(status, &shown)
        }
    }
}
