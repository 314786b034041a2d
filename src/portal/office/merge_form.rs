//! A merge of two accounts that nobody suspected: proposed by their numbers.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::around::Office;
use crate::domain::actor::BankRole;
use crate::domain::rejection::Rejection;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::merges::{MergeParty, NewMerge, propose_merge};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::frame::Frame;
use crate::portal::visit::{Posted, SignedIn};

/// What is typed.
#[derive(Default, Deserialize)]
pub(super) struct Filled {
    /// Account numbers.
    #[serde(default)]
    surviving: String,
    #[serde(default)]
    absorbed: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    citation: String,
}

#[derive(Template)]
#[template(path = "office/merge_new.html")]
struct NewPage<'a> {
    frame: &'a Frame,
    office: &'a Office,
    filled: &'a Filled,
    refused: Option<Refused>,
}

fn new_page(visit: &SignedIn, status: StatusCode, filled: &Filled, refused: Option<Refused>) -> Result<HttpResponse, Refusal> {
    let office = Office::of(visit)?;
    if office.role != BankRole::Officer {
        return Err(Rejection::Forbidden {}.into());
    }
    let shown = NewPage {
        frame: &visit.frame,
        office: &office,
        filled,
        refused,
    };
    page(status, &shown)
}

/// Shows the form for a merge of two accounts by their numbers.
#[get("/office/merges/new")]
pub(super) async fn begin(visit: SignedIn) -> Result<HttpResponse, Refusal> {
    new_page(&visit, StatusCode::OK, &Filled::default(), None)
}

/// Proposes it.
#[post("/office/merges")]
pub(super) async fn propose(web: web::Data<Web>, posted: Posted<Filled>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, form } = posted;
    let visit = visit.signed_in()?;
    Office::of(&visit)?;
    let context = visit.context;
    let party = |number: &str| MergeParty {
        learner_id: None,
        account_number: Some(number.to_owned()),
    };
    let new = NewMerge {
        surviving: party(&form.surviving),
        absorbed: party(&form.absorbed),
        reason: form.reason.clone(),
        citation: form.citation.clone(),
        evidence: Vec::new(),
    };
    match web.run(move |bank| propose_merge(bank, &context, once.as_deref(), &new)).await {
        Ok(merge) => Ok(see_other(&format!("/office/merges/{}?done=proposed", merge.merge.merge_id))),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            new_page(&visit, status, &form, Some(refused))
        }
    }
}
