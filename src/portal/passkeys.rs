//! Passkeys: adding and removing one's own, and showing one in the place of an authenticator's code. The script asks for what the
//! browser is to be asked, and sends its answer as any form is sent.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;

use super::answer::{own_path, see_other};
use super::cookies::SESSION_NAME;
use super::kept_form::KeptForm;
use super::security::refuse;
use super::signing::{Onward, code_refused, go_on};
use super::visit::{Nothing, Posted};
use crate::domain::rejection::Rejection;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::{browser, passkeys};

/// What a browser is asked, for the script.
fn options(json: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(json)
}

/// Says what the browser is asked, to make a passkey.
#[post("/security/passkeys/options")]
pub(super) async fn begin(web: web::Data<Web>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let context = posted.visit.signed_in()?.context;
    Ok(options(web.run(move |bank| passkeys::begin_passkey(bank, &context)).await?))
}

#[derive(Deserialize)]
pub(super) struct Made {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    answer: String,
}

/// Keeps the passkey that was made.
#[post("/security/passkeys")]
pub(super) async fn add(web: web::Data<Web>, request: HttpRequest, posted: Posted<Made>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    let Made { name, password, answer } = posted.form;
    let added = match web.attempt(&request, &context.caller.label()) {
        Ok(()) => {
            web.run(move |bank| passkeys::add_passkey(bank, &context, &password, &name, &answer))
                .await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match added {
        Ok(()) => Ok(see_other("/security?done=passkey")),
        Err(refusal) => refuse(&web, &visit, refusal).await,
    }
}

/// Forgets a passkey.
#[post("/security/passkeys/{passkey_id}/remove")]
pub(super) async fn remove(web: web::Data<Web>, path: web::Path<String>, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let context = posted.visit.signed_in()?.context;
    let passkey_id = path.into_inner();
    web.run(move |bank| passkeys::remove_passkey(bank, &context, &passkey_id)).await?;
    Ok(see_other("/security?done=passkey-removed"))
}

fn waiting(request: &HttpRequest) -> Result<String, Rejection> {
    let cookie = request.cookie(SESSION_NAME).ok_or(Rejection::Unauthenticated {})?;
    Ok(cookie.value().to_owned())
}

/// Says what the browser is asked, to show a passkey.
#[post("/sign-in/passkey/options")]
pub(super) async fn ask(web: web::Data<Web>, request: HttpRequest, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let (context, cookie) = (posted.visit.context, waiting(&request)?);
    Ok(options(
        web.run(move |bank| browser::ask_for_passkey(bank, &context, &cookie)).await?,
    ))
}

#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    next: String,
    #[serde(default)]
    kept_path: String,
    #[serde(default)]
    kept: String,
    #[serde(default)]
    answer: String,
}

/// Completes the log-in, or says above the form why not.
#[post("/sign-in/passkey")]
pub(super) async fn sign_in(web: web::Data<Web>, request: HttpRequest, posted: Posted<Shown>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, form, .. } = posted;
    let (context, cookie) = (visit.context, waiting(&request)?);
    let answer = form.answer;
    let onward = Onward {
        next: own_path(&form.next),
        kept: KeptForm::carried(&form.kept_path, &form.kept),
    };
    let key = cookie.split('.').next().unwrap_or_default().to_owned();
    let shown = match web.attempt(&request, &key) {
        Ok(()) => {
            let cookie = cookie.clone();
            web.run(move |bank| browser::show_passkey(bank, &context, &cookie, &answer)).await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match shown {
        Ok(signed_in) => go_on(&visit, &onward, signed_in.cookie),
        Err(refusal) => code_refused(&web, &visit, cookie, onward, refusal).await,
    }
}
