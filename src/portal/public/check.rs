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
    number: ShownNumber,
    has_digest: bool,
}

/// What is said of a number.
pub(super) struct ShownNumber {
    /// `valid`, `withdrawn`, `corrected_since`, or `unknown`.
    pub(super) verdict: &'static str,
    pub(super) lines: Vec<(Cow<'static, str>, String)>,
}

impl ShownNumber {
    /// What is said of a number that is nobody's; which one it was is said too, so that it can be compared.
    pub(super) fn unknown(number: &str, frame: &Frame) -> Self {
        Self {
            verdict: "unknown",
            lines: vec![(frame.t("check-number"), number.to_owned())],
        }
    }
}

/// A check as a page says it.
pub(super) fn found(check: NumberCheck, frame: &Frame) -> ShownNumber {
    let mut lines = Vec::new();
    let mut say = |id, value: Option<String>| lines.extend(value.map(|value| (frame.t(id), value)));
    say("check-number", Some(check.number));
    say("check-kind", Some(frame.word("paper", check.kind.as_str()).into_owned()));
    say("check-issued-on", Some(frame.day(&check.issued_on).into_owned()));
    say("check-name", check.name_masked);
    say("check-institution", check.institution);
    say("check-outcome", check.outcome);
    say("check-outcomes", Some(check.outcomes.to_string()));
    say("check-since", check.since.map(|at| frame.moment(&at).into_owned()));
    say("check-digest", check.sha256);
    ShownNumber {
        verdict: check.validity.as_str(),
        lines,
    }
}

/// The page of the number in what somebody typed, or in an address that leads to such a page.
pub(super) fn page_of(typed: &str) -> Option<String> {
    let last = typed.trim().rsplit('/').next().unwrap_or_default();
    let number = number_in(last);
    (!number.is_empty()).then(|| format!("/check/{number}"))
}

/// What can be part of a number; the number of a decision has hyphens.
fn number_in(typed: &str) -> String {
    let is_part = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-';
    typed.chars().filter(is_part).take(60).collect()
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
    see_other(&page_of(&typed.0.code).unwrap_or_else(|| "/".to_owned()))
}

/// Checks the number in the address.
#[get("/check/{code}")]
pub(super) async fn show(web: web::Data<Web>, request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, Refusal> {
    let asking = Anyone(anonymous(&request));
    let frame = Frame::new(&web, &request, None);
    let code = code.into_inner();
    let asked = number_in(&code);
    let (status, number, has_digest) = match checked(&web, &request, asking, code).await {
        Ok(check) => {
            let has_digest = check.sha256.is_some();
            (StatusCode::OK, found(check, &frame), has_digest)
        }
        Err(Refusal::Rejected(Rejection::NotFound {})) => (StatusCode::NOT_FOUND, ShownNumber::unknown(&asked, &frame), false),
        Err(refusal) => return Err(refusal),
    };
    let shown = Page {
        frame: &frame,
        number,
        has_digest,
    };
    let mut answer = page(status, &shown)?;
    let name = header::HeaderName::from_static("x-robots-tag");
    answer.headers_mut().insert(name, header::HeaderValue::from_static("noindex"));
    Ok(answer)
}
