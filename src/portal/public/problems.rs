//! The page that explains every code by which something is refused; a problem's `type` points here.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;

use crate::domain::language::Language;
use crate::http::problem::{Refusal, TableLine, table};
use crate::http::state::Web;
use crate::portal::answer::page;
use crate::portal::frame::Frame;

#[derive(Template)]
#[template(path = "problems.html")]
struct Page<'a> {
    frame: &'a Frame,
    lines: Vec<TableLine>,
}

impl Page<'_> {
    fn sentence(&self, line: &TableLine) -> &'static str {
        match self.frame.language {
            Language::Chinese => line.chinese,
            Language::English => line.english,
        }
    }
}

/// Lists every code with its status and its sentence.
#[get("/docs/problems")]
pub(super) async fn show(web: web::Data<Web>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let shown = Page {
        frame: &Frame::new(&web, &request, None),
        lines: table(),
    };
    page(StatusCode::OK, &shown)
}
