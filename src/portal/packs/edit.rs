//! The editor of a pack: its head, and each rule with what it says and what is wrong with it beside it.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, routes, web};
use askama::Template;
use serde_json::Value;
use uuid::Uuid;

use super::problems::{LISTS, Said};
use super::reader;
use super::room::{Open, PackId, Shelf};
use super::sheet::{Asked, Item, List, Sheet};
use crate::domain::pack::RulePack;
use crate::domain::pack::readable::Paragraph;
use crate::domain::pack::validate::PackProblem;
use crate::domain::recognition::SelectedBy;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::http::extract::Query;
use crate::http::problem::{Refusal, status_of};
use crate::http::state::{Web, Width};
use crate::ops::packs::edit_rule_pack;
use crate::ops::packs::form::PackEdit;
use crate::ops::packs::reading::validate_rule_pack;
use crate::portal::answer::{Refused, page, see_other};
use crate::portal::frame::Frame;
use crate::portal::visit::{Done, Posted, SignedIn};

/// A rule in the form.
pub(super) struct ItemView<'a> {
    /// The id of its text.
    pub(super) id: String,
    pub(super) number: usize,
    /// What it is called and where the published text says so, as far as its text can be read.
    pub(super) name: String,
    pub(super) text: &'a str,
    pub(super) rows: usize,
    pub(super) words: Option<&'a Paragraph>,
    pub(super) said: Vec<&'a Said>,
    pub(super) up: Option<usize>,
    pub(super) down: Option<usize>,
}

/// A list of rules in the form.
pub(super) struct ListView<'a> {
    pub(super) name: &'static str,
    pub(super) said: Vec<&'a Said>,
    pub(super) items: Vec<ItemView<'a>>,
}

#[derive(Template)]
#[template(path = "packs/edit.html")]
struct Page<'a> {
    frame: &'a Frame,
    open: &'a Open,
    part: &'a str,
    sheet: &'a Sheet,
    lists: Vec<ListView<'a>>,
    /// The edition on which the form stands.
    edition: i64,
    refused: Option<Refused>,
    /// Whether somebody else changed it meanwhile.
    is_stale: bool,
    /// Whether the form was looked through, and how many things are wrong with it.
    checked: Option<usize>,
    done: Option<&'static str>,
}

/// How many lines a text is shown in.
pub(super) fn rows_of(text: &str) -> usize {
    text.lines().count().clamp(3, 40)
}

/// What a text is called: by its id and its citation, or by its name.
pub(super) fn name_of(text: &str) -> String {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let said = |field: &str| value.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    let parts: Vec<&str> = ["id", "citation", "name"].into_iter().filter_map(said).collect();
    parts.join(" · ").chars().take(80).collect()
}

/// What people call a field.
fn label_of(frame: &Frame, field: &str) -> Cow<'static, str> {
    match field.rsplit_once('-') {
        Some((list, "list")) => frame.word("packs-list", list),
        Some((list, number)) => {
            let number = number.parse().unwrap_or(0) + 1_i64;
            let list = frame.word("packs-rule", list).into_owned();
            frame.t2("packs-numbered", ("list", list), ("number", number))
        }
        None => frame.word("packs-field", field),
    }
}

impl<'a> ListView<'a> {
    pub(super) fn of(sheet: &'a Sheet, list: &'a List) -> Self {
        let last = list.items.len().saturating_sub(1);
        let view = |(place, item): (usize, &'a Item)| {
            let id = format!("{}-{place}", list.name);
            ItemView {
                said: sheet.said.iter().filter(|said| said.field == id).collect(),
                number: place + 1,
                name: name_of(&item.text),
                text: &item.text,
                rows: rows_of(&item.text),
                words: item.words.as_ref(),
                up: place.checked_sub(1),
                down: Some(place + 1).filter(|below| *below <= last),
                id,
            }
        };
        let own = format!("{}-list", list.name);
        Self {
            name: list.name,
            said: sheet.said.iter().filter(|said| said.field == own).collect(),
            items: list.items.iter().enumerate().map(view).collect(),
        }
    }
}

impl Page<'_> {
    fn said<'b>(&'b self, field: &str) -> Vec<&'b Said> {
        self.sheet.said.iter().filter(|said| said.field == field).collect()
    }

    fn is_selected(&self, by: &SelectedBy) -> bool {
        self.sheet.head.selected_by == by.as_str()
    }

    fn selectors(&self) -> &'static [SelectedBy] {
        SelectedBy::ALL
    }

    fn elsewhere(&self) -> Vec<&Said> {
        self.sheet.elsewhere().collect()
    }

    /// The fields with something wrong, for the summary, each once.
    fn summary(&self) -> Vec<(String, Cow<'static, str>)> {
        let mut found: Vec<(String, Cow<'static, str>)> = Vec::new();
        for said in &self.sheet.said {
            if found.iter().any(|(field, _)| *field == said.field) {
                continue;
            }
            found.push((said.field.clone(), label_of(self.frame, &said.field)));
        }
        found
    }

    fn rows(&self, text: &str) -> usize {
        rows_of(text)
    }
}

fn told(problems: &[PackProblem]) -> Vec<FieldProblem> {
    problems
        .iter()
        .map(|problem| FieldProblem::new(problem.pointer.clone(), problem.detail.clone()))
        .collect()
}

fn page_of<'a>(frame: &'a Frame, open: &'a Open, sheet: &'a Sheet) -> Page<'a> {
    Page {
        frame,
        open,
        part: "packs-tab-edit",
        sheet,
        lists: sheet.lists.iter().map(|list| ListView::of(sheet, list)).collect(),
        edition: open.pack.edition,
        refused: None,
        is_stale: false,
        checked: None,
        done: None,
    }
}

async fn opened(web: &Web, visit: &SignedIn, shelf: Shelf, pack_id: Uuid) -> Result<Open, Refusal> {
    let open = Open::of(web, visit, shelf, pack_id).await?;
    if !open.may_write(&visit.frame) {
        return Err(Rejection::Forbidden {}.into());
    }
    Ok(open)
}

/// Shows the editor.
#[routes]
#[get("/desk/{institution_id}/packs/{pack_id}/edit")]
#[get("/office/packs/{pack_id}/edit")]
pub(super) async fn show(
    web: web::Data<Web>,
    visit: SignedIn,
    shelf: Shelf,
    id: PackId,
    done: Query<Done>,
) -> Result<HttpResponse, Refusal> {
    let open = opened(&web, &visit, shelf, id.0).await?;
    if !open.may_edit(&visit.frame) {
        return Ok(see_other(&open.path));
    }
    let mut sheet = Sheet::of(&open.pack.document);
    sheet.say(&open.pack.document, visit.frame.language);
    let problems = open.pack.validation.as_ref().map(|validation| told(&validation.problems));
    let count = problems.as_ref().map(Vec::len);
    sheet.note(problems.unwrap_or_default(), visit.frame.language);
    let shown = Page {
        checked: count,
        done: match done.0.done.as_str() {
            "begun" => Some("packs-done-begun"),
            "saved" => Some("packs-done-saved"),
            _ => None,
        },
        ..page_of(&visit.frame, &open, &sheet)
    };
    page(StatusCode::OK, &shown)
}

/// Looks through what was typed.
async fn looked_through(web: &Web, visit: &SignedIn, sheet: &mut Sheet, owner: Option<&str>) -> Result<Option<RulePack>, Refusal> {
    let language = visit.frame.language;
    match reader::pack(sheet, owner) {
        Err(problems) => {
            sheet.note(problems, language);
            Ok(None)
        }
        Ok(document) => {
            let (context, read) = (visit.context, document.clone());
            let validation = web.run(move |bank| validate_rule_pack(bank, &context, &read)).await?;
            sheet.say(&document, language);
            sheet.note(told(&validation.problems), language);
            Ok(Some(document))
        }
    }
}

/// Takes the editor's form: to be saved, looked through, or arranged otherwise.
#[routes]
#[post("/desk/{institution_id}/packs/{pack_id}/edit")]
#[post("/office/packs/{pack_id}/edit")]
pub(super) async fn submit(
    web: web::Data<Web>,
    shelf: Shelf,
    id: PackId,
    posted: Posted<Vec<(String, String)>>,
) -> Result<HttpResponse, Refusal> {
    let Posted { visit, mut form, .. } = posted;
    let visit = visit.signed_in()?;
    let open = opened(&web, &visit, shelf, id.0).await?;
    let editions = editions_of(&mut form);
    let (mut sheet, asked) = Sheet::typed(&LISTS, form);
    let edition = editions.to_change(asked, open.pack.edition);
    // A code stays what it is; it is not in the form.
    sheet.head.code = open.pack.code.clone();
    sheet.arrange(asked);
    let owner = open.pack.document.owner.clone();
    if matches!(asked, Asked::Save | Asked::SaveOver) {
        return save(&web, &visit, &open, sheet, edition).await;
    }
    looked_through(&web, &visit, &mut sheet, owner.as_deref()).await?;
    let shown = Page {
        edition,
        is_stale: edition != open.pack.edition,
        checked: Some(sheet.said.len()),
        ..page_of(&visit.frame, &open, &sheet)
    };
    page(StatusCode::OK, &shown)
}

/// The editions that a form names.
pub(super) struct Editions {
    /// That on which it stands.
    read: Option<i64>,
    /// The one that somebody else had saved when the form was shown last.
    seen: Option<i64>,
}

impl Editions {
    /// The edition that is to be changed.
    pub(super) fn to_change(&self, asked: Asked, present: i64) -> i64 {
        let edition = if asked == Asked::SaveOver { self.seen } else { self.read };
        edition.unwrap_or(present)
    }
}

/// Takes the editions out of a form.
pub(super) fn editions_of(form: &mut Vec<(String, String)>) -> Editions {
    let mut taken = |field: &str| {
        let place = form.iter().position(|(name, _)| name == field)?;
        form.remove(place).1.parse().ok()
    };
    Editions {
        read: taken("edition"),
        seen: taken("seen"),
    }
}

async fn save(web: &Web, visit: &SignedIn, open: &Open, mut sheet: Sheet, edition: i64) -> Result<HttpResponse, Refusal> {
    let owner = open.pack.document.owner.clone();
    let Some(document) = looked_through(web, visit, &mut sheet, owner.as_deref()).await? else {
        let shown = Page {
            edition,
            refused: Some(unreadable(&visit.frame, &sheet)),
            is_stale: edition != open.pack.edition,
            ..page_of(&visit.frame, open, &sheet)
        };
        return page(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    // Sent twice, it is saved already.
    if edition != open.pack.edition && open.pack.document == document {
        return Ok(see_other(&format!("{}/edit?done=saved", open.path)));
    }
    let (context, pack_id) = (visit.context, open.pack.pack_id);
    let edit = PackEdit {
        document,
        cases: open.pack.cases.clone(),
    };
    let answer = web
        .calculate(Width::One, move |bank| edit_rule_pack(bank, &context, pack_id, edition, &edit))
        .await;
    let rejection = match answer {
        Ok(_) => return Ok(see_other(&format!("{}/edit?done=saved", open.path))),
        Err(Refusal::Rejected(rejection)) => rejection,
        Err(other) => return Err(other),
    };
    let language = visit.frame.language;
    let problems = rejection.problems(language);
    let fields = match problems.is_empty() {
        true => Vec::new(),
        false => {
            sheet.note(problems, language);
            fields_of(&visit.frame, &sheet)
        }
    };
    let is_stale = rejection == (Rejection::StaleEdition {});
    let shown = Page {
        edition,
        refused: Some(Refused {
            sentence: rejection.sentence(language),
            fields,
        }),
        is_stale,
        ..page_of(&visit.frame, open, &sheet)
    };
    page(status_of(rejection.class()), &shown)
}

/// The refusal of what cannot be read, so that it cannot be kept.
pub(super) fn unreadable(frame: &Frame, sheet: &Sheet) -> Refused {
    Refused {
        sentence: frame.t("packs-unreadable").into_owned(),
        fields: fields_of(frame, sheet),
    }
}

/// What is wrong, with the fields where it stands.
pub(super) fn fields_of(frame: &Frame, sheet: &Sheet) -> Vec<(String, String)> {
    let said = sheet.said.iter().map(|said| {
        let label = label_of(frame, &said.field);
        let spot = said
            .spot
            .map(|spot| frame.t2("packs-spot", ("line", spot.line), ("column", spot.column)));
        let parts: Vec<&str> = [&*label].into_iter().chain(spot.as_deref()).chain([said.detail.as_str()]).collect();
        (said.field.clone(), parts.join(" · "))
    });
    said.collect()
}
