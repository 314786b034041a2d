//! The packs of an institution or of the bank, and the beginning of a new one.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, routes, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::room::{Room, Shelf, may, to_write};
use crate::domain::bilingual::Bilingual;
use crate::domain::pack::RulePack;
use crate::domain::pack::catalogue::PackFilter;
use crate::domain::pack::life::{PackStatus, first_possible_day};
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::http::extract::{AtMost, Query};
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::ops::packs::create_rule_pack;
use crate::ops::packs::form::{NewRulePack, PackSummary};
use crate::ops::packs::reading::list_rule_packs;
use crate::ops::packs::templates::{PackTemplate, begun, list_pack_templates};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::chosen::query;
use crate::portal::download::read_all;
use crate::portal::frame::Frame;
use crate::portal::pager::{Leaf, Pager};
use crate::portal::public::rule_packs::table_of;
use crate::portal::visit::{Posted, SignedIn};

/// Versions on a page.
const VERSIONS: usize = 100;

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    q: Option<AtMost<100>>,
    #[serde(default)]
    status: String,
    #[serde(default)]
    after: Leaf,
}

impl Wish {
    fn part(&self) -> &str {
        self.q.as_ref().map_or("", |text| text.0.trim())
    }

    fn status(&self) -> Option<PackStatus> {
        PackStatus::parse(&self.status)
    }

    fn filter(&self, shelf: Shelf) -> PackFilter {
        PackFilter {
            institution_id: shelf.owner_id(),
            of_bank: shelf == Shelf::Bank,
            text: Some(self.part().to_owned()).filter(|text| !text.is_empty()),
            status: self.status(),
            ..PackFilter::default()
        }
    }

    fn query(&self) -> String {
        query(&[("q", self.part()), ("status", self.status().map_or("", PackStatus::as_str))])
    }
}

/// A pack with its versions from the newest.
struct Group<'a> {
    title: &'a str,
    code: &'a str,
    versions: Vec<&'a PackSummary>,
}

#[derive(Template)]
#[template(path = "packs/list.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    groups: Vec<Group<'a>>,
    q: &'a str,
    status: Option<PackStatus>,
    is_first: bool,
    pager: Pager,
    /// What is looked for, in an address.
    same: String,
    may_write: bool,
}

impl ListPage<'_> {
    fn statuses(&self) -> &'static [PackStatus] {
        PackStatus::ALL
    }

    fn is_asked(&self, status: &PackStatus) -> bool {
        self.status == Some(*status)
    }

    fn is_narrowed(&self) -> bool {
        !self.q.is_empty() || self.status.is_some() || !self.is_first
    }
}

/// The packs that were found, each with its versions from the newest; the pack first that was found first.
fn groups<'a>(frame: &Frame, packs: &'a [PackSummary]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for pack in packs {
        match groups.iter_mut().find(|group| group.code == pack.code) {
            Some(group) => group.versions.push(pack),
            None => groups.push(Group {
                title: "",
                code: &pack.code,
                versions: vec![pack],
            }),
        }
    }
    for group in &mut groups {
        group.versions.sort_by_key(|version| std::cmp::Reverse(version.pack_id));
        group.title = group
            .versions
            .first()
            .map_or(group.code, |newest| newest.title.text(frame.language));
    }
    groups
}

/// Lists the packs.
#[routes]
#[get("/desk/{institution_id}/packs")]
#[get("/office/packs")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, shelf: Shelf, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let room = Room::of(&web, &visit, shelf).await?;
    let wish = wish.0;
    let (q, status) = (wish.part(), wish.status());
    let (filter, after) = (wish.filter(shelf), wish.after);
    let context = visit.context;
    let limit = i64::try_from(VERSIONS + 1).unwrap_or(i64::MAX);
    let mut packs = web.run(move |bank| list_rule_packs(bank, &context, &filter, after, limit)).await?;
    let same = wish.query();
    let pager = Pager::cut(
        visit.frame.language,
        (&format!("{}?{same}", room.path), "after"),
        &after,
        &mut packs,
        VERSIONS,
        |one| one.pack_id,
    );
    let frame = &visit.frame;
    let shown = ListPage {
        frame,
        groups: groups(frame, &packs),
        q,
        status,
        is_first: after.is_first(),
        pager,
        same,
        may_write: may(frame, Action::WriteRulePack, shelf.owner_id()),
        room: &room,
    };
    page(StatusCode::OK, &shown)
}

/// Sends the packs as a table for spreadsheets.
#[routes]
#[get("/desk/{institution_id}/packs.csv")]
#[get("/office/packs.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, shelf: Shelf, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let room = Room::of(&web, &visit, shelf).await?;
    let SignedIn { context, frame } = visit;
    let filter = wish.0.filter(shelf);
    let packs = web
        .run(move |bank| {
            read_all(
                |after, limit| list_rule_packs(bank, &context, &filter, after, limit),
                |pack| pack.pack_id,
            )
        })
        .await?;
    let names: HashMap<Uuid, String> = room.desk.into_iter().map(|desk| (desk.institution_id, desk.name)).collect();
    Ok(table_of(&frame, "packs-title", &packs, &names))
}

/// What a new pack begins with.
#[derive(Default, Deserialize)]
pub(super) struct Begun {
    /// The code of a template; empty for none.
    #[serde(default)]
    template: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    title_zh: String,
    #[serde(default)]
    title_en: String,
    #[serde(default)]
    effective_from: String,
}

#[derive(Template)]
#[template(path = "packs/new.html")]
struct NewPage<'a> {
    frame: &'a Frame,
    room: &'a Room,
    templates: &'a [PackTemplate],
    form: &'a Begun,
    first_day: NaiveDate,
    refused: Option<Refused>,
}

impl NewPage<'_> {
    fn title<'b>(&self, template: &'b PackTemplate) -> &'b str {
        template.document.title.text(self.frame.language)
    }

    fn counted(&self, template: &PackTemplate) -> String {
        let clauses = i64::try_from(template.document.clauses.len()).unwrap_or(i64::MAX);
        let cases = i64::try_from(template.cases.len()).unwrap_or(i64::MAX);
        self.frame
            .t2("packs-template-counted", ("clauses", clauses), ("cases", cases))
            .into_owned()
    }

    fn is_chosen(&self, code: &str) -> bool {
        self.form.template == code
    }
}

/// The first day on which a pack that were accepted today could be in force.
pub(super) fn first_day(web: &Web, visit: &SignedIn) -> NaiveDate {
    first_possible_day(web.bank.day(visit.context.now), web.bank.pack_notice_days)
}

/// Shows the form of a new pack.
#[routes]
#[get("/desk/{institution_id}/packs/new")]
#[get("/office/packs/new")]
pub(super) async fn show_new(web: web::Data<Web>, visit: SignedIn, shelf: Shelf) -> Result<HttpResponse, Refusal> {
    let room = Room::of(&web, &visit, shelf).await?;
    to_write(&visit.frame, shelf)?;
    let templates = web.run(|_| list_pack_templates()).await?;
    let first_day = first_day(&web, &visit);
    let form = Begun {
        effective_from: first_day.to_string(),
        ..Begun::default()
    };
    let shown = NewPage {
        frame: &visit.frame,
        room: &room,
        templates: &templates,
        form: &form,
        first_day,
        refused: None,
    };
    page(StatusCode::OK, &shown)
}

/// An empty pack.
fn empty(effective_from: NaiveDate) -> RulePack {
    RulePack {
        code: String::new(),
        title: Bilingual::default(),
        owner: None,
        legal_basis: Vec::new(),
        effective_from,
        effective_to: None,
        selected_by: None,
        under: Vec::new(),
        programmes: Vec::new(),
        definitions: crate::domain::pack::Definitions::default(),
        clauses: Vec::new(),
        limits: Vec::new(),
        highest_only: Vec::new(),
        once_only: Vec::new(),
        exclusions: Vec::new(),
        admission: None,
        claims: None,
    }
}

/// Begins a pack, and leads to its editor.
#[routes]
#[post("/desk/{institution_id}/packs/new")]
#[post("/office/packs/new")]
pub(super) async fn begin(web: web::Data<Web>, shelf: Shelf, posted: Posted<Begun>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    let room = Room::of(&web, &visit, shelf).await?;
    to_write(&visit.frame, shelf)?;
    let templates = web.run(|_| list_pack_templates()).await?;
    let owner = room.desk.as_ref().map(|desk| desk.institution.credit_code.clone());
    let new = match drafted(&form, &templates, shelf, owner.as_deref()) {
        Ok(new) => {
            let context = visit.context;
            web.calculate(Width::One, move |bank| create_rule_pack(bank, &context, once.as_deref(), &new))
                .await
        }
        Err(refusal) => Err(refusal),
    };
    match new {
        Ok(pack) => Ok(see_other(&format!("{}/{}/edit?done=begun", room.path, pack.pack_id))),
        Err(refusal) => {
            let (status, refused) = refused_at_fields(refusal, &visit.frame)?;
            let shown = NewPage {
                frame: &visit.frame,
                room: &room,
                templates: &templates,
                form: &form,
                first_day: first_day(&web, &visit),
                refused: Some(refused),
            };
            page(status, &shown)
        }
    }
}

/// The refusal with the fields of the form, which are not called as in the document.
fn refused_at_fields(refusal: Refusal, frame: &Frame) -> Result<(StatusCode, Refused), Refusal> {
    let is_taken = matches!(
        &refusal,
        Refusal::Rejected(Rejection::CodeTaken { .. } | Rejection::PackVersionOpen { .. })
    );
    let (status, mut refused) = refused(refusal, frame.language)?;
    for (field, _) in &mut refused.fields {
        if field == "title" {
            "title_zh".clone_into(field);
        }
    }
    if is_taken {
        let detail = std::mem::replace(&mut refused.sentence, frame.t("refused-fields").into_owned());
        refused.fields = vec![("code".to_owned(), detail)];
    }
    Ok((status, refused))
}

/// The draft that a form asks for.
fn drafted(form: &Begun, templates: &[PackTemplate], shelf: Shelf, owner: Option<&str>) -> Result<NewRulePack, Refusal> {
    let effective_from: NaiveDate = form
        .effective_from
        .trim()
        .parse()
        .map_err(|_| Rejection::field("/effective_from", "must be a date such as 2026-06-30"))?;
    let template = templates.iter().find(|template| template.code == form.template);
    let (document, cases) = match template {
        Some(template) => begun(&template.document, &template.cases, owner, effective_from)?,
        None => begun(&empty(effective_from), &[], owner, effective_from)?,
    };
    let typed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let title = match typed(&form.title_zh) {
        Some(zh) => Bilingual {
            zh,
            en: typed(&form.title_en),
        },
        None => document.title.clone(),
    };
    Ok(NewRulePack {
        institution_id: shelf.owner_id(),
        document: RulePack {
            code: form.code.trim().to_owned(),
            title,
            ..document
        },
        cases,
    })
}
