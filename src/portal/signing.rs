//! Signing in and out, and choosing the language.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::answer::{Refused, own_path, page, refused, see_other, see_other_with};
use super::cookies::{SESSION_NAME, language_cookie, no_session_cookie, session_cookie};
use super::frame::Frame;
use super::kept_form::KeptForm;
use super::visit::{Nothing, Posted, Visit};
use crate::domain::language::Language;
use crate::domain::portfolio::share::LookedWith;
use crate::domain::rejection::Rejection;
use crate::http::extract::Query;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::browser;
use crate::ops::sessions::log_out;

/// Where one was on the way to.
#[derive(Deserialize)]
pub(super) struct Way {
    #[serde(default)]
    next: String,
    /// What was done just before.
    #[serde(default)]
    done: String,
}

#[derive(Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    kept_path: String,
    #[serde(default)]
    kept: String,
}

#[derive(Deserialize)]
pub(super) struct FilledCode {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    kept_path: String,
    #[serde(default)]
    kept: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page<'a> {
    frame: &'a Frame,
    next: &'a str,
    username: &'a str,
    kept: Option<KeptForm>,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct CodePage<'a> {
    frame: &'a Frame,
    next: &'a str,
    refused: Option<Refused>,
    may_show_passkey: bool,
    kept: Option<KeptForm>,
}

#[derive(Template)]
#[template(path = "send_again.html")]
struct SendAgain<'a> {
    frame: &'a Frame,
    kept: &'a KeptForm,
    form_token: String,
}

/// Where somebody is going who signs in, and what they had typed.
pub(super) struct Onward<'a> {
    pub(super) next: &'a str,
    pub(super) kept: Option<KeptForm>,
}

/// The form to sign in with, for somebody whose log-in ended before they sent what they typed.
///
/// # Errors
/// When the page cannot be made.
pub(super) fn log_in_ended(frame: &Frame, kept: KeptForm) -> Result<HttpResponse, Refusal> {
    let shown = Page {
        frame,
        next: "/",
        username: "",
        kept: Some(kept),
        refused: None,
        done: None,
    };
    page(StatusCode::UNAUTHORIZED, &shown)
}

/// Leads whoever has signed in onward, or shows what they had typed.
///
/// # Errors
/// When the page cannot be made.
pub(super) fn go_on(visit: &Visit, onward: &Onward<'_>, cookie: String) -> Result<HttpResponse, Refusal> {
    let Some(kept) = &onward.kept else {
        return Ok(see_other_with(onward.next, session_cookie(cookie)));
    };
    let shown = SendAgain {
        frame: &visit.frame,
        kept,
        form_token: browser::form_token(&cookie),
    };
    let mut answer = page(StatusCode::OK, &shown)?;
    answer.add_cookie(&session_cookie(cookie)).map_err(|_| Refusal::INTERNAL)?;
    Ok(answer)
}

/// Shows the form; whoever is signed in goes on.
#[get("/sign-in")]
pub(super) async fn show(visit: Visit, way: Query<Way>) -> Result<HttpResponse, Refusal> {
    let next = own_path(&way.0.next);
    if visit.frame.visitor.is_some() {
        return Ok(see_other(next));
    }
    let done = match way.0.done.as_str() {
        "claimed" => Some("signing-claimed"),
        "password" => Some("signing-password-changed"),
        "out" => Some("signing-out"),
        _ => None,
    };
    let shown = Page {
        frame: &visit.frame,
        next,
        username: "",
        kept: None,
        refused: None,
        done,
    };
    page(StatusCode::OK, &shown)
}

/// Signs in, asks for the code where there is a second factor, or says above the form why not.
#[post("/sign-in")]
pub(super) async fn submit(web: web::Data<Web>, request: HttpRequest, posted: Posted<Filled>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, form, .. } = posted;
    let context = visit.context;
    let onward = Onward {
        next: own_path(&form.next),
        kept: KeptForm::carried(&form.kept_path, &form.kept),
    };
    let (username, password) = (form.username.clone(), form.password);
    let with = browser_of(&request);
    let answer = match web.attempt(&request, &username) {
        Ok(()) => {
            web.run(move |bank| browser::sign_in(bank, &context, &username, &password, with))
                .await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match answer {
        // What was typed is carried by the page for the code itself.
        Ok(signed_in) if signed_in.awaits_code && onward.kept.is_some() => {
            let cookie = session_cookie(signed_in.cookie.clone());
            let mut answer = code_page(&web, &visit, signed_in.cookie, onward, StatusCode::OK, None).await?;
            answer.add_cookie(&cookie).map_err(|_| Refusal::INTERNAL)?;
            Ok(answer)
        }
        Ok(signed_in) if signed_in.awaits_code => {
            let way: String = url::form_urlencoded::byte_serialize(onward.next.as_bytes()).collect();
            Ok(see_other_with(
                &format!("/sign-in/code?next={way}"),
                session_cookie(signed_in.cookie),
            ))
        }
        Ok(signed_in) => go_on(&visit, &onward, signed_in.cookie),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            let shown = Page {
                frame: &visit.frame,
                next: onward.next,
                username: &form.username,
                kept: onward.kept,
                refused: Some(refused),
                done: None,
            };
            page(status, &shown)
        }
    }
}

/// Shows the form for the code.
#[get("/sign-in/code")]
pub(super) async fn show_code(web: web::Data<Web>, request: HttpRequest, visit: Visit, way: Query<Way>) -> Result<HttpResponse, Refusal> {
    let next = own_path(&way.0.next);
    if visit.frame.visitor.is_some() {
        return Ok(see_other(next));
    }
    let cookie = request
        .cookie(SESSION_NAME)
        .map(|cookie| cookie.value().to_owned())
        .unwrap_or_default();
    let (context, of_waiting) = (visit.context, cookie.clone());
    let waiting = web.run(move |bank| browser::may_show_passkey(bank, &context, &of_waiting)).await?;
    if waiting.is_none() {
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        return Ok(see_other(&format!("/sign-in?next={next}")));
    }
    let onward = Onward { next, kept: None };
    code_page(&web, &visit, cookie, onward, StatusCode::OK, None).await
}

async fn code_page(
    web: &Web,
    visit: &Visit,
    cookie: String,
    onward: Onward<'_>,
    status: StatusCode,
    refused: Option<Refused>,
) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let may_show_passkey = web.run(move |bank| browser::may_show_passkey(bank, &context, &cookie)).await?;
    let shown = CodePage {
        frame: &visit.frame,
        next: onward.next,
        refused,
        may_show_passkey: may_show_passkey.unwrap_or_default(),
        kept: onward.kept,
    };
    page(status, &shown)
}

/// The form for the code again, and above it why the log-in was not completed.
///
/// # Errors
/// What is not expected.
pub(super) async fn code_refused(
    web: &Web,
    visit: &Visit,
    cookie: String,
    onward: Onward<'_>,
    refusal: Refusal,
) -> Result<HttpResponse, Refusal> {
    let (status, refused) = refused(refusal, visit.frame.language)?;
    code_page(web, visit, cookie, onward, status, Some(refused)).await
}

/// Completes the log-in, or says above the form why not.
#[post("/sign-in/code")]
pub(super) async fn submit_code(web: web::Data<Web>, request: HttpRequest, posted: Posted<FilledCode>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, form, .. } = posted;
    let context = visit.context;
    let onward = Onward {
        next: own_path(&form.next),
        kept: KeptForm::carried(&form.kept_path, &form.kept),
    };
    let Some(cookie) = request.cookie(SESSION_NAME).map(|cookie| cookie.value().to_owned()) else {
        return Err(Rejection::Unauthenticated {}.into());
    };
    let waiting = cookie.split('.').next().unwrap_or_default().to_owned();
    let code = form.code;
    let answer = match web.attempt(&request, &waiting) {
        Ok(()) => {
            let cookie = cookie.clone();
            web.run(move |bank| browser::show_code(bank, &context, &cookie, &code)).await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match answer {
        Ok(signed_in) => go_on(&visit, &onward, signed_in.cookie),
        Err(refusal) => code_refused(&web, &visit, cookie, onward, refusal).await,
    }
}

/// Signs out.
#[post("/sign-out")]
pub(super) async fn sign_out(web: web::Data<Web>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let context = posted.visit.context;
    if posted.visit.frame.visitor.is_some() {
        web.run(move |bank| log_out(bank, &context)).await?;
    }
    Ok(see_other_with("/sign-in?done=out", no_session_cookie()))
}

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    to: String,
    #[serde(default)]
    back: String,
}

/// Keeps the language and goes back.
#[post("/language")]
pub(super) async fn choose_language(posted: Posted<Choice>) -> Result<HttpResponse, Refusal> {
    let Choice { to, back } = posted.form;
    let language = if to == "en" { Language::English } else { Language::Chinese };
    Ok(see_other_with(own_path(&back), language_cookie(language)))
}

fn browser_of(request: &HttpRequest) -> LookedWith {
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    LookedWith::of_user_agent(agent.unwrap_or_default())
}
