//! What a browser is shown where an API client gets a problem document.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use askama::Template;

use super::answer::{page, see_other};
use super::frame::{Frame, chosen_language};
use super::kept_form::KeptForm;
use super::signing::log_in_ended;
use crate::http::problem::Problem;
use crate::http::state::Web;
use crate::ops::browser::Visitor;

#[derive(Template)]
#[template(path = "problem.html")]
struct Page<'a> {
    frame: &'a Frame,
    problem: &'a Problem,
}

fn is_for_a_person(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let is_program = ["/api/", "/docs", "/health", "/metrics", "/.well-known/"]
        .iter()
        .any(|prefix| request.path().starts_with(prefix));
    !is_program && accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

/// The page of a problem, in the language that the reader chose; whoever is not signed in is shown the way.
pub(super) fn shown(request: &HttpRequest, problem: &dyn Fn(crate::domain::language::Language) -> Problem) -> Option<HttpResponse> {
    if !is_for_a_person(request) {
        return None;
    }
    let web = request.app_data::<web::Data<Web>>()?;
    let problem = problem(chosen_language(request));
    if problem.code == "unauthenticated" {
        if let Some(kept) = request.extensions().get::<KeptForm>() {
            return log_in_ended(&Frame::new(web, request, None), kept.clone()).ok();
        }
        let here = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let next: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
        return Some(see_other(&format!("/sign-in?next={next}")));
    }
    // Whoever was found before it was refused.
    let visitor = request.extensions().get::<Visitor>().cloned();
    let frame = Frame::new(web, request, visitor);
    let status = StatusCode::from_u16(problem.status).ok()?;
    let shown = Page {
        frame: &frame,
        problem: &problem,
    };
    page(status, &shown).ok()
}
