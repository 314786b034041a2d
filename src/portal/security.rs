//! The security of one's own log-in: password, second factor, and where one is signed in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::answer::{Refused, page, refused, see_other, see_other_with};
use super::cookies::no_session_cookie;
use super::frame::Frame;
use super::visit::{Done, Nothing, Posted, SignedIn};
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::browser::{OpenSession, end_session as end, list_sessions};
use crate::ops::passkeys::{Passkey, list_passkeys};
use crate::ops::second_factor::{
    NewSecondFactor, SecondFactor, begin_second_factor, confirm_second_factor, read_second_factor, remove_second_factor,
    renew_recovery_codes,
};
use crate::ops::sessions;

#[derive(Template)]
#[template(path = "security.html")]
struct Page<'a> {
    frame: &'a Frame,
    sessions: &'a [OpenSession],
    factor: SecondFactor,
    lacks_second_factor: bool,
    /// None where none can be added.
    passkeys: Option<&'a [Passkey]>,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct FactorPage<'a> {
    frame: &'a Frame,
    factor: &'a NewSecondFactor,
    refused: Option<Refused>,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct CodesPage<'a> {
    frame: &'a Frame,
    codes: &'a [String],
}

async fn answer(
    web: &Web,
    visit: &SignedIn,
    status: StatusCode,
    refused: Option<Refused>,
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let (sessions, factor, passkeys) = web
        .run(move |bank| {
            let sessions = list_sessions(bank, &context)?;
            Ok((sessions, read_second_factor(bank, &context)?, list_passkeys(bank, &context)?))
        })
        .await?;
    let shown = Page {
        frame: &visit.frame,
        sessions: &sessions,
        factor,
        lacks_second_factor: visit.frame.visitor.as_ref().is_some_and(|visitor| visitor.lacks_second_factor),
        passkeys: passkeys.as_deref(),
        refused,
        done,
    };
    page(status, &shown)
}

/// The page again, and above it why something was not done.
///
/// # Errors
/// What is not expected.
pub(super) async fn refuse(web: &Web, visit: &SignedIn, refusal: Refusal) -> Result<HttpResponse, Refusal> {
    let (status, refused) = refused(refusal, visit.frame.language)?;
    answer(web, visit, status, Some(refused), None).await
}

/// Shows the page.
#[get("/security")]
pub(super) async fn show(web: web::Data<Web>, visit: SignedIn, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    let done = match done.0.done.as_str() {
        "ended" => Some("security-ended"),
        "removed" => Some("security-factor-removed"),
        "passkey" => Some("security-passkey-added"),
        "passkey-removed" => Some("security-passkey-removed"),
        _ => None,
    };
    answer(&web, &visit, StatusCode::OK, None, done).await
}

#[derive(Deserialize)]
pub(super) struct Passwords {
    #[serde(default)]
    present_password: String,
    #[serde(default)]
    new_password: String,
}

/// Changes the password; every log-in ends, this one too.
#[post("/security/password")]
pub(super) async fn change_password(web: web::Data<Web>, request: HttpRequest, posted: Posted<Passwords>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    let Passwords {
        present_password,
        new_password,
    } = posted.form;
    let changed = match web.attempt(&request, &context.caller.label()) {
        Ok(()) => {
            web.run(move |bank| sessions::change_password(bank, &context, &present_password, &new_password))
                .await
        }
        Err(rejection) => Err(rejection.into()),
    };
    match changed {
        Ok(()) => Ok(see_other_with("/sign-in?done=password", no_session_cookie())),
        Err(refusal) => refuse(&web, &visit, refusal).await,
    }
}

/// Ends one of the log-ins.
#[post("/security/sessions/{session_id}/end")]
pub(super) async fn end_session(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    web.run(move |bank| end(bank, &context, id.0)).await?;
    Ok(see_other("/security?done=ended"))
}

/// Shows what an authenticator is set up with.
#[get("/security/second-factor")]
pub(super) async fn show_factor(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    factor_page(&web, &visit, StatusCode::OK, None).await
}

async fn factor_page(web: &Web, visit: &SignedIn, status: StatusCode, refused: Option<Refused>) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    match web.run(move |bank| begin_second_factor(bank, &context)).await {
        Ok(factor) => {
            let shown = FactorPage {
                frame: &visit.frame,
                factor: &factor,
                refused,
            };
            page(status, &shown)
        }
        Err(refusal) => refuse(web, visit, refusal).await,
    }
}

#[derive(Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    code: String,
}

fn codes_page(visit: &SignedIn, codes: &[String]) -> Result<HttpResponse, Refusal> {
    let shown = CodesPage {
        frame: &visit.frame,
        codes,
    };
    page(StatusCode::OK, &shown)
}

#[derive(Deserialize)]
pub(super) struct Confirmed {
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
}

/// Sets the second factor up, and shows the recovery codes, this once.
#[post("/security/second-factor")]
pub(super) async fn confirm_factor(web: web::Data<Web>, request: HttpRequest, posted: Posted<Confirmed>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    let Confirmed { password, code } = posted.form;
    let confirmed = match web.attempt(&request, &context.caller.label()) {
        Ok(()) => web.run(move |bank| confirm_second_factor(bank, &context, &password, &code)).await,
        Err(rejection) => Err(rejection.into()),
    };
    match confirmed {
        Ok(codes) => codes_page(&visit, &codes),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            factor_page(&web, &visit, status, Some(refused)).await
        }
    }
}

/// Makes new recovery codes, and shows them, this once.
#[post("/security/recovery-codes")]
pub(super) async fn renew_codes(web: web::Data<Web>, request: HttpRequest, posted: Posted<Shown>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, code) = (visit.context, posted.form.code);
    let renewed = match web.attempt(&request, &context.caller.label()) {
        Ok(()) => web.run(move |bank| renew_recovery_codes(bank, &context, &code)).await,
        Err(rejection) => Err(rejection.into()),
    };
    match renewed {
        Ok(codes) => codes_page(&visit, &codes),
        Err(refusal) => refuse(&web, &visit, refusal).await,
    }
}

/// Removes the second factor.
#[post("/security/second-factor/remove")]
pub(super) async fn remove_factor(web: web::Data<Web>, request: HttpRequest, posted: Posted<Shown>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, code) = (visit.context, posted.form.code);
    let removed = match web.attempt(&request, &context.caller.label()) {
        Ok(()) => web.run(move |bank| remove_second_factor(bank, &context, &code)).await,
        Err(rejection) => Err(rejection.into()),
    };
    match removed {
        Ok(()) => Ok(see_other("/security?done=removed")),
        Err(refusal) => refuse(&web, &visit, refusal).await,
    }
}
