//! The letter of a decision, to be read, printed and saved, in either language.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::language::Language;
use crate::http::extract::{Id, Query};
use crate::http::file::attachment;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::claims::letter::{Letter, read_letter};
use crate::portal::answer::page;
use crate::portal::frame::Frame;
use crate::portal::texts::tag;
use crate::portal::visit::SignedIn;

/// In which language; the page's own, where nothing is said.
#[derive(Default, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    language: String,
}

impl Wish {
    fn language(&self, frame: &Frame) -> Language {
        match self.language.as_str() {
            "zh-CN" => Language::Chinese,
            "en" => Language::English,
            _ => frame.language,
        }
    }
}

#[derive(Template)]
#[template(path = "learner/letter.html")]
struct Page<'a> {
    frame: &'a Frame,
    letter: &'a Letter,
    /// The day of the decision, in the letter's language.
    day: String,
    /// In which the letter is.
    language: &'static str,
    /// The other one, in which it can be read too.
    other: &'static str,
}

async fn loaded(web: &Web, visit: &SignedIn, id: Id, language: Language) -> Result<Letter, Refusal> {
    let context = visit.context;
    web.run(move |bank| read_letter(bank, &context, id.0, language)).await
}

/// Shows the letter.
#[get("/claims/{claim_id}/letter")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let language = wish.0.language(&visit.frame);
    let letter = loaded(&web, &visit, id, language).await?;
    let other = match language {
        Language::Chinese => Language::English,
        Language::English => Language::Chinese,
    };
    let shown = Page {
        frame: &visit.frame,
        letter: &letter,
        day: language.day(letter.decided_on),
        language: tag(language),
        other: tag(other),
    };
    page(StatusCode::OK, &shown)
}

/// Sends the letter as a text.
#[get("/claims/{claim_id}/letter.txt")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn, id: Id, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    let language = wish.0.language(&visit.frame);
    let letter = loaded(&web, &visit, id, language).await?;
    let name = format!("{}.txt", letter.decision_number);
    let mut text = format!("{}\r\n{}\r\n", letter.title, language.day(letter.decided_on));
    for paragraph in &letter.paragraphs {
        text.push_str("\r\n");
        text.push_str(paragraph);
        text.push_str("\r\n");
    }
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(attachment(&name, &name))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(text))
}
