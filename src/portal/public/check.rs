//! The page to which the code on a paper leads: what the number is of, and whether it still stands.

use std::borrow::Cow;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::rejection::Rejection;
use crate::http::extract::{Anyone, Query, anonymous};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::http::statements::checked;
use crate::ops::statements::check::NumberCheck;
use crate::portal::answer::{page, see_other};
use crate::portal::frame::Frame;

#[derive(Template)]
#[template(path = "check.html")]
struct Page<'a> {
    frame: &'a Frame,
    /// `valid`, `withdrawn`, `corrected_since`, or `unknown`.
    verdict: &'static str,
    lines: Vec<(Cow<'static, str>, String)>,
    has_digest: bool,
}

fn found<'a>(check: NumberCheck, frame: &'a Frame) -> Page<'a> {
    let mut lines = Vec::new();
    let mut say = |id, value: Option<String>| lines.extend(value.map(|value| (frame.t(id), value)));
    let has_digest = check.sha256.is_some();
    say("check-number", Some(check.number));
    say("check-kind", Some(frame.word("paper", check.kind.as_str()).into_owned()));
    say("check-issued-on", Some(frame.day(&check.issued_on).into_owned()));
    say("check-name", check.name_masked);
    say("check-institution", check.institution);
    say("check-outcome", check.outcome);
    say("check-outcomes", Some(check.outcomes.to_string()));
    say("check-since", check.since.map(|at| frame.moment(&at).into_owned()));
    say("check-digest", check.sha256);
    Page {
        frame,
        verdict: check.validity.as_str(),
        lines,
        has_digest,
    }
}

/// The number as somebody types it.
#[derive(Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
}

/// Leads to the page of the number that was typed.
#[get("/check")]
pub(super) async fn ask(typed: Query<Typed>) -> HttpResponse {
    // Whoever follows the code on a paper has the whole address.
    let last = typed.0.code.trim().rsplit('/').next().unwrap_or_default();
    let number: String = last.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
    see_other(&if number.is_empty() {
        "/".to_owned()
    } else {
        format!("/check/{number}")
    })
}

/// Checks the number in the address.
#[get("/check/{code}")]
pub(super) async fn show(web: web::Data<Web>, request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, Refusal> {
    let asking = Anyone(anonymous(&request));
    let frame = Frame::new(&web, &request, None);
    let (status, shown) = match checked(&web, &request, asking, code.into_inner()).await {
        Ok(check) => (StatusCode::OK, found(check, &frame)),
        Err(Refusal::Rejected(Rejection::NotFound {})) => {
            let unknown = Page {
                frame: &frame,
                verdict: "unknown",
                lines: Vec::new(),
                has_digest: false,
            };
            (StatusCode::NOT_FOUND, unknown)
        }
        Err(refusal) => return Err(refusal),
    };
    let mut answer = page(status, &shown)?;
    let name = header::HeaderName::from_static("x-robots-tag");
    answer.headers_mut().insert(name, header::HeaderValue::from_static("noindex"));
    Ok(answer)
}
