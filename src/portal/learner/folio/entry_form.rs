//! Writing an entry of one's own, and editing it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::entries::has_answer;
use super::parts::given;
use crate::domain::language::Language;
use crate::domain::portfolio::entry::{EntryContent, EntryKind, EntryLink, OwnText};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::portfolio::entries::{create_entry, edit_entry, read_entry};
use crate::portal::answer::{Refused, page, refused_form, see_other};
use crate::portal::frame::Frame;
use crate::portal::visit::{Posted, SignedIn};

/// What stands between two skills: a line's end, and commas and semicolons of both languages.
const BETWEEN_SKILLS: [char; 7] = ['\n', ',', ';', '\u{3001}', '\u{ff0c}', '\u{ff1b}', '\t'];

/// An entry as it is typed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    kind: String,
    title: String,
    title_en: String,
    organisation: String,
    organisation_en: String,
    text: String,
    text_en: String,
    from: String,
    to: String,
    /// One a line.
    skills: String,
    /// An address a line, and what is there.
    links: String,
    /// The edition that is edited.
    edition: i64,
}

/// What a new entry is to be about.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    kind: String,
}

#[derive(Template)]
#[template(path = "learner/entry_form.html")]
struct Page<'a> {
    frame: &'a Frame,
    /// The entry that is edited; none for a new one.
    entry_id: Option<Uuid>,
    /// Somebody confirmed it, or is asked to: an edit ends that.
    is_answered: bool,
    typed: &'a Typed,
    refused: Option<Refused>,
}

impl Page<'_> {
    fn kinds(&self) -> &'static [EntryKind] {
        EntryKind::ALL
    }

    fn is_kind(&self, kind: &EntryKind) -> bool {
        self.typed.kind == kind.as_str()
    }

    fn action(&self) -> String {
        match self.entry_id {
            Some(entry_id) => format!("/portfolio/entries/{entry_id}/edit"),
            None => "/portfolio/entries/new".to_owned(),
        }
    }

    /// Whether the fields for English are seen at once.
    fn opens_english(&self) -> bool {
        let typed = self.typed;
        self.frame.language == Language::English
            || [&typed.title_en, &typed.organisation_en, &typed.text_en]
                .iter()
                .any(|text| !text.is_empty())
    }
}

/// A text in the languages in which it was typed.
fn own_text(chinese: &str, english: &str) -> Option<OwnText> {
    let text = OwnText {
        zh: given(chinese),
        en: given(english),
    };
    (text != OwnText::default()).then_some(text)
}

/// A day, or what is wrong with it.
fn day(field: &str, text: &str, problems: &mut Vec<FieldProblem>) -> Option<NaiveDate> {
    if text.is_empty() {
        return None;
    }
    let day = text.parse().ok();
    if day.is_none() {
        problems.push(FieldProblem::new(format!("/{field}"), "must be a day of the years 1900 to 2200"));
    }
    day
}

/// A line of the links: an address, and behind a space what is there.
fn link_of(line: &str, language: Language, before: &[EntryLink]) -> EntryLink {
    let (url, label) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let label = given(label);
    // Where it says what it said before, it keeps the other language.
    let kept = before.iter().find(|link| {
        let said = link.label.as_ref().map(|label| label.text(language));
        link.url == url && said == label.as_deref()
    });
    kept.cloned().unwrap_or_else(|| EntryLink {
        url: url.to_owned(),
        label: label.map(|label| match language {
            Language::Chinese => OwnText::chinese(label),
            Language::English => OwnText { zh: None, en: Some(label) },
        }),
    })
}

impl Typed {
    /// The entry that this is, in the place of another.
    ///
    /// # Errors
    /// `InvalidBody` for what cannot be one.
    fn content(&self, language: Language, before: Option<&EntryContent>) -> Result<EntryContent, Rejection> {
        let mut problems = Vec::new();
        let kind = EntryKind::parse(&self.kind);
        if kind.is_none() {
            problems.push(FieldProblem::new("/kind", "must be given"));
        }
        let (from, to) = (day("from", &self.from, &mut problems), day("to", &self.to, &mut problems));
        let links_before = before.map(|before| before.links.as_slice()).unwrap_or_default();
        let content = EntryContent {
            kind: kind.unwrap_or(EntryKind::Work),
            title: own_text(&self.title, &self.title_en).unwrap_or_default(),
            text: own_text(&self.text.replace("\r\n", "\n"), &self.text_en.replace("\r\n", "\n")),
            organisation: own_text(&self.organisation, &self.organisation_en),
            from,
            to,
            skills: self.skills.split(BETWEEN_SKILLS).filter_map(given).collect(),
            links: self
                .links
                .lines()
                .filter_map(given)
                .map(|line| link_of(&line, language, links_before))
                .collect(),
            artefacts: before.map(|before| before.artefacts.clone()).unwrap_or_default(),
        };
        problems.extend(content.problems());
        Rejection::any_of(problems)?;
        Ok(content)
    }

    /// What is typed to say the same again.
    fn of(content: &EntryContent, edition: i64, language: Language) -> Self {
        let part = |text: Option<&OwnText>, of: fn(&OwnText) -> &Option<String>| text.and_then(|text| of(text).clone()).unwrap_or_default();
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let link = |link: &EntryLink| match &link.label {
            Some(label) => format!("{} {}", link.url, label.text(language)),
            None => link.url.clone(),
        };
        let (text, organisation) = (content.text.as_ref(), content.organisation.as_ref());
        Self {
            kind: content.kind.to_string(),
            title: part(Some(&content.title), |text| &text.zh),
            title_en: part(Some(&content.title), |text| &text.en),
            organisation: part(organisation, |text| &text.zh),
            organisation_en: part(organisation, |text| &text.en),
            text: part(text, |text| &text.zh),
            text_en: part(text, |text| &text.en),
            from: day(content.from),
            to: day(content.to),
            skills: content.skills.join("\n"),
            links: content.links.iter().map(link).collect::<Vec<_>>().join("\n"),
            edition,
        }
    }
}

/// Shows the form for a new entry.
#[get("/portfolio/entries/new")]
pub(super) async fn show_new(visit: SignedIn, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    if !visit.frame.is_learner() {
        return Err(Rejection::NotFound {}.into());
    }
    let typed = Typed {
        kind: wish.0.kind,
        ..Typed::default()
    };
    let shown = Page {
        frame: &visit.frame,
        entry_id: None,
        is_answered: false,
        typed: &typed,
        refused: None,
    };
    page(StatusCode::OK, &shown)
}

/// Adds an entry.
#[post("/portfolio/entries/new")]
pub(super) async fn create(web: web::Data<Web>, posted: Posted<Typed>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    if !visit.frame.is_learner() {
        return Err(Rejection::NotFound {}.into());
    }
    let context = visit.context;
    let created = match form.content(visit.frame.language, None) {
        Ok(content) => web.run(move |bank| create_entry(bank, &context, once.as_deref(), &content)).await,
        Err(rejection) => Err(rejection.into()),
    };
    match created {
        Ok(entry) => Ok(see_other(&format!("/portfolio/entries/{}?done=created", entry.entry_id))),
        Err(refusal) => {
            let (status, refused) = refused_form(refusal, &visit.frame)?;
            let shown = Page {
                frame: &visit.frame,
                entry_id: None,
                is_answered: false,
                typed: &form,
                refused: Some(refused),
            };
            page(status, &shown)
        }
    }
}

/// Shows the form with what an entry says.
#[get("/portfolio/entries/{entry_id}/edit")]
pub(super) async fn show_edit(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let entry = web.run(move |bank| read_entry(bank, &context, id.0)).await?;
    let shown = Page {
        frame: &frame,
        entry_id: Some(id.0),
        is_answered: has_answer(&entry),
        typed: &Typed::of(&entry.content, entry.edition, frame.language),
        refused: None,
    };
    page(StatusCode::OK, &shown)
}

/// Edits an entry.
#[post("/portfolio/entries/{entry_id}/edit")]
pub(super) async fn edit(web: web::Data<Web>, id: Id, posted: Posted<Typed>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, entry_id, form) = (visit.context, id.0, posted.form);
    let entry = web.run(move |bank| read_entry(bank, &context, entry_id)).await?;
    let edition = form.edition;
    let edited = match form.content(visit.frame.language, Some(&entry.content)) {
        // It says so already: nothing was changed, or the form was sent twice.
        Ok(content) if content == entry.content => Ok(entry.clone()),
        Ok(content) => web.run(move |bank| edit_entry(bank, &context, entry_id, edition, &content)).await,
        Err(rejection) => Err(rejection.into()),
    };
    match edited {
        Ok(_) => Ok(see_other(&format!("/portfolio/entries/{entry_id}?done=edited"))),
        Err(refusal) => {
            let (status, refused) = refused_form(refusal, &visit.frame)?;
            let shown = Page {
                frame: &visit.frame,
                entry_id: Some(entry_id),
                is_answered: has_answer(&entry),
                typed: &form,
                refused: Some(refused),
            };
            page(status, &shown)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> Typed {
        Typed {
            kind: "work".to_owned(),
            title: " 电工 ".to_owned(),
            skills: "焊接、制图，排障\r\n".to_owned(),
            links: "https://a.example/\r\n\r\nhttps://b.example/ 作品集\n".to_owned(),
            from: "2020-01-01".to_owned(),
            ..Typed::default()
        }
    }

    #[test]
    fn what_is_typed_is_read_and_typed_again() {
        let content = typed().content(Language::Chinese, None).unwrap();
        assert_eq!(content.title, OwnText::chinese("电工"));
        assert_eq!(content.skills, ["焊接", "制图", "排障"]);
        assert_eq!(content.links.len(), 2);
        assert_eq!(content.links[1].label, Some(OwnText::chinese("作品集")));
        assert!(content.text.is_none() && content.organisation.is_none() && content.to.is_none());
        let again = Typed::of(&content, 1, Language::Chinese);
        assert_eq!(again.content(Language::Chinese, Some(&content)).unwrap(), content);
        // In the other language the label stays what it is, unless another one is typed.
        let again = Typed::of(&content, 1, Language::English);
        assert_eq!(again.content(Language::English, Some(&content)).unwrap(), content);
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let wrong = Typed {
            kind: "x".to_owned(),
            title: String::new(),
            from: "yesterday".to_owned(),
            links: "http://a.example/".to_owned(),
            ..typed()
        };
        let Err(Rejection::InvalidBody { problems }) = wrong.content(Language::Chinese, None) else {
            panic!("it is refused");
        };
        let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
        assert_eq!(pointers, ["/kind", "/from", "/title", "/links/0/url"]);
    }
}
