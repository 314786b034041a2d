//! The page behind a link to a view. Asking for it shows the same form whatever the code is, and looks nothing up: whether there is
//! such a share, and behind a PIN, is only learnt by opening it, and programs that fetch links ahead use up no looks.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::CONTENT_SECURITY_POLICY;
use super::share_texts::{Shown, Texts, shown, texts};
use crate::domain::language::Language;
use crate::domain::portfolio::share::{LookedWith, code_in};
use crate::http::extract::{Form, Query};
use crate::http::problem::{Refusal, status_of};
use crate::http::render::language_of;
use crate::http::shares::{fetched, opened};
use crate::http::state::Web;

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
struct Page {
    language: &'static str,
    texts: &'static Texts,
    /// Where the form goes, where that is not the page's own address.
    action: Option<String>,
    refusal: Option<String>,
    shown: Option<Shown>,
}

fn wished(request: &HttpRequest, wish: &Wish) -> Language {
    match wish.lang.as_str() {
        "zh" => Language::Chinese,
        "en" => Language::English,
        _ => language_of(request),
    }
}

/// What a page says.
#[derive(Default)]
struct Said {
    action: Option<String>,
    refusal: Option<String>,
    shown: Option<Shown>,
}

fn answer(status: StatusCode, language: Language, said: Said) -> Result<HttpResponse, Refusal> {
    let page = Page {
        language: match language {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        },
        texts: texts(language),
        action: said.action,
        refusal: said.refusal,
        shown: said.shown,
    };
    let html = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be made");
        Refusal::INTERNAL
    })?;
    let mut answer = HttpResponseBuilder::new(status);
    answer
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_LANGUAGE, page.language))
        .insert_header(("X-Robots-Tag", "noindex, nofollow, noarchive"));
    if status == StatusCode::TOO_MANY_REQUESTS {
        answer.insert_header((header::RETRY_AFTER, "60"));
    }
    Ok(answer.body(html))
}

/// Shows the form.
#[get("/s/{code}")]
pub(super) async fn show(request: HttpRequest, wish: Query<Wish>) -> Result<HttpResponse, Refusal> {
    answer(StatusCode::OK, wished(&request, &wish.0), Said::default())
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
    let language = wished(&request, &wish.0);
    let browser = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let looked_with = LookedWith::of_user_agent(browser.unwrap_or_default());
    match opened(&web, &request, &code, Some(form.0.pin), looked_with).await {
        Ok(seen) => {
            let shown = shown(&seen, &code_in(&code).unwrap_or_default(), web.bank.offset, language);
            answer(
                StatusCode::OK,
                language,
                Said {
                    shown: Some(shown),
                    ..Said::default()
                },
            )
        }
        Err(refusal) => refused(refusal, language, None),
    }
}

/// The form again, and above it why the link does not open.
fn refused(refusal: Refusal, language: Language, action: Option<String>) -> Result<HttpResponse, Refusal> {
    let Refusal::Rejected(rejection) = refusal else {
        return Err(refusal);
    };
    let said = Said {
        action,
        refusal: Some(rejection.sentence(language)),
        shown: None,
    };
    answer(status_of(rejection.class()), language, said)
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
        Err(refusal) => refused(refusal, wished(&request, &wish.0), Some(form)),
    }
}
