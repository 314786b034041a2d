//! Claiming an account with the number and the code that an institution handed out.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::answer::{Refused, page, refused, see_other};
use super::frame::Frame;
use super::visit::{Posted, Visit};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::learners::{self, AccountClaim};
use crate::ops::sessions::NewUser;

#[derive(Default, Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    account_number: String,
    #[serde(default)]
    claim_code: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    password: String,
}

#[derive(Template)]
#[template(path = "claim_account.html")]
struct Page<'a> {
    frame: &'a Frame,
    filled: &'a Filled,
    refused: Option<Refused>,
}

/// Shows the form.
#[get("/claim-account")]
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refusal> {
    if visit.frame.is_learner() {
        return Ok(see_other("/"));
    }
    let shown = Page {
        frame: &visit.frame,
        filled: &Filled::default(),
        refused: None,
    };
    page(StatusCode::OK, &shown)
}

/// Claims the account: for a new log-in, or for the one that is signed in.
#[post("/claim-account")]
pub(super) async fn submit(web: web::Data<Web>, request: HttpRequest, posted: Posted<Filled>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, form, .. } = posted;
    let context = visit.context;
    let is_signed_in = visit.frame.visitor.is_some();
    let claim = AccountClaim {
        account_number: form.account_number.clone(),
        claim_code: form.claim_code.clone(),
        user: (!is_signed_in).then(|| NewUser {
            username: form.username.clone(),
            display_name: form.display_name.clone(),
            password: form.password.clone(),
        }),
    };
    let answer = match web.attempt(&request, &claim.account_number) {
        Ok(()) => web.run(move |bank| learners::claim_account(bank, &context, &claim)).await,
        Err(rejection) => Err(rejection.into()),
    };
    match answer {
        Ok(_) if is_signed_in => Ok(see_other("/")),
        Ok(_) => Ok(see_other("/sign-in?done=claimed")),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            let shown = Page {
                frame: &visit.frame,
                filled: &form,
                refused: Some(refused),
            };
            page(status, &shown)
        }
    }
}
