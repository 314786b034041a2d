//! The page behind a link to a view. Asking for it shows the same form whatever the code is, and looks nothing up: whether there is
//! such a share, and behind a PIN, is only learnt by opening it, and programs that fetch links ahead use up no looks.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::share_view::{Shown, shown_behind, word_of};
use crate::domain::language::Language;
use crate::domain::portfolio::share::{LookedWith, code_in};
use crate::http::extract::{Form, Query};
use crate::http::problem::{Refusal, status_of};
use crate::http::shares::{fetched, opened};
use crate::http::state::Web;
use crate::portal::answer::page;
use crate::portal::frame::Frame;

/// Which language, where the link says one.
#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    lang: String,
}

/// The form as filled in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filled {
    #[serde(default)]
    pin: String,
}

#[derive(Template)]
#[template(path = "share.html")]
struct Page<'a> {
    frame: &'a Frame,
    /// The other language, as a link names it.
    other: &'static str,
    said: Said,
}

/// What a page says.
#[derive(Default)]
struct Said {
    /// Where the form goes, where that is not the page's own address.
    action: Option<String>,
    refusal: Option<String>,
    shown: Option<Shown>,
}

fn framed(web: &Web, request: &HttpRequest, wish: &Wish) -> Frame {
    let frame = Frame::new(web, request, None);
    match wish.lang.as_str() {
        "zh" => frame.speaking(Language::Chinese),
        "en" => frame.speaking(Language::English),
        _ => frame,
    }
}

fn answer(status: StatusCode, frame: &Frame, said: Said) -> Result<HttpResponse, Refusal> {
    let other = word_of(match frame.language {
        Language::Chinese => Language::English,
        Language::English => Language::Chinese,
    });
    let mut answer = page(status, &Page { frame, other, said })?;
    let headers = answer.headers_mut();
    // Nothing but the style sheet, the mark and the form.
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(policy));
    // The address is the key to the view: it is not told to whom a link in it leads.
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    headers.insert(header::CONTENT_LANGUAGE, header::HeaderValue::from_static(frame.tag()));
    headers.insert(
        header::HeaderName::from_static("x-robots-tag"),
        header::HeaderValue::from_static("noindex, nofollow, noarchive"),
    );
    if status == StatusCode::TOO_MANY_REQUESTS {
        headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
    }
    Ok(answer)
}

/// Shows the form.
#[get("/s/{code}")]
pub(super) async fn show(web: web::Data<Web>, request: HttpRequest, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    answer(StatusCode::OK, &framed(&web, &request, &wish.0), Said::default())
}

/// Shows what the view shows, or says above the form that the link does not open.
#[post("/s/{code}")]
pub(super) async fn open(
    web: web::Data<Web>,
    request: HttpRequest,
    code: web::Path<String>,
    wish: Query<Wish>,
    form: Form<Filled>,
) -> Result<HttpResponse, Refusal> {
    let frame = framed(&web, &request, &wish.0);
    let browser = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let looked_with = LookedWith::of_user_agent(browser.unwrap_or_default());
    match opened(&web, &request, &code, Some(form.0.pin), looked_with).await {
        Ok(seen) => {
            let shown = shown_behind(&seen, &code_in(&code).unwrap_or_default(), &frame);
            let said = Said {
                shown: Some(shown),
                ..Said::default()
            };
            answer(StatusCode::OK, &frame, said)
        }
        Err(refusal) => refused(refusal, &frame, None),
    }
}

/// The form again, and above it why the link does not open.
fn refused(refusal: Refusal, frame: &Frame, action: Option<String>) -> Result<HttpResponse, Refusal> {
    let Refusal::Rejected(rejection) = refusal else {
        return Err(refusal);
    };
    let said = Said {
        action,
        refusal: Some(rejection.sentence(frame.language)),
        shown: None,
    };
    answer(status_of(rejection.class()), frame, said)
}

/// Sends a file of what was shown, or says above the form that the link does not open.
#[get("/s/{code}/files/{ticket}")]
pub(super) async fn fetch(
    web: web::Data<Web>,
    request: HttpRequest,
    named: web::Path<(String, String)>,
    wish: Query<Wish>,
) -> Result<HttpResponse, Refusal> {
    let (code, ticket) = named.into_inner();
    let form = format!("../../{}", code_in(&code).unwrap_or_default());
    match fetched(&web, &request, code, ticket).await {
        Ok(file) => Ok(file),
        Err(refusal) => refused(refusal, &framed(&web, &request, &wish.0), Some(form)),
    }
}
