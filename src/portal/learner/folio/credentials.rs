//! Credentials of one's own: those that there are, each with its document, the way into a wallet, and giving one up.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use uuid::Uuid;

use super::parts::{About, Before, Sure, about, and_one, newest_outcomes, only_one, outcome_names};
use crate::domain::credential::CredentialStatus;
use crate::http::credentials::document;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::credentials::{CredentialSummary, download_own_credential, give_up_credential, list_own_credentials, read_own_credential};
use crate::ops::wallets::{WalletOffer, offer_credential};
use crate::portal::answer::{Refused, page, refused, see_other};
use crate::portal::download::{cell, read_all, table};
use crate::portal::frame::Frame;
use crate::portal::names::Name;
use crate::portal::pager::Pager;
use crate::portal::visit::{Nothing, Posted, SignedIn};

/// Credentials on a page.
const ROWS: usize = 20;

/// The most outcomes of a credential that are named.
const NAMED: usize = 30;

#[derive(Template)]
#[template(path = "learner/credentials.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    credentials: &'a [CredentialSummary],
    names: &'a HashMap<Uuid, Name<'static>>,
    pager: Pager,
    done: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "learner/credential.html")]
struct CredentialPage<'a> {
    frame: &'a Frame,
    credential: &'a CredentialSummary,
    about: Vec<About>,
    /// How many outcomes are not named.
    others: usize,
    done: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "learner/wallet.html")]
struct WalletPage<'a> {
    frame: &'a Frame,
    credential: &'a CredentialSummary,
    offer: Option<&'a WalletOffer>,
    refused: Option<Refused>,
}

impl ListPage<'_> {
    /// What a credential of one outcome is about.
    fn about(&self, credential: &CredentialSummary) -> Option<&Name<'static>> {
        only_one(self.names, &credential.outcome_ids)
    }
}

impl CredentialPage<'_> {
    fn is_under_way(&self) -> bool {
        self.credential.status == CredentialStatus::Queued
    }

    fn is_issued(&self) -> bool {
        self.credential.status == CredentialStatus::Issued
    }

    /// What is revoked can still be fetched, and says of itself that it does not count any more.
    fn has_document(&self) -> bool {
        self.credential.issued_at.is_some() && self.credential.status != CredentialStatus::GivenUp
    }

    fn may_be_given_up(&self) -> bool {
        CredentialStatus::OPEN.contains(&self.credential.status)
    }
}

/// Lists the credentials.
#[get("/credentials")]
pub(super) async fn list(web: web::Data<Web>, visit: SignedIn, before: Query<Before>) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let Before { before, done } = before.0;
    let mut credentials = web
        .run(move |bank| list_own_credentials(bank, &context, before, and_one(ROWS)))
        .await?;
    let pager = Pager::cut(frame.language, ("/credentials", "before"), &before, &mut credentials, ROWS, |one| {
        one.credential_id
    });
    let outcomes = match credentials.is_empty() {
        true => Vec::new(),
        false => newest_outcomes(&web, context).await?,
    };
    let shown = ListPage {
        frame: &frame,
        names: &outcome_names(&frame, &outcomes),
        pager,
        credentials: &credentials,
        done: (done == "given-up").then_some("credential-given-up"),
    };
    page(StatusCode::OK, &shown)
}

/// Sends the list of the credentials as a table for spreadsheets.
#[get("/credentials.csv")]
pub(super) async fn download(web: web::Data<Web>, visit: SignedIn) -> Result<HttpResponse, Refusal> {
    let SignedIn { context, frame } = visit;
    let credentials = web
        .run(move |bank| {
            read_all(
                |before, limit| list_own_credentials(bank, &context, before, limit),
                |credential| credential.credential_id,
            )
        })
        .await?;
    let names = outcome_names(&frame, &newest_outcomes(&web, context).await?);
    let columns = [
        "column-kind",
        "column-about",
        "column-outcomes",
        "column-form",
        "column-status",
        "column-requested",
        "column-issued",
        "column-ended",
        "column-id",
    ];
    let rows = credentials.iter().map(|credential| {
        [
            frame.word("credential-kind", credential.kind.as_str()).into_owned(),
            cell(only_one(&names, &credential.outcome_ids).map(Name::text)),
            credential.outcome_ids.len().to_string(),
            frame.word("credential-form", credential.form.as_str()).into_owned(),
            frame.word("credential-state", credential.status.as_str()).into_owned(),
            frame.plain_moment(&credential.requested_at),
            frame.plain_moment_if(credential.issued_at.as_ref()),
            frame.plain_moment_if(credential.ended_at.as_ref()),
            credential.credential_id.to_string(),
        ]
    });
    Ok(table(&frame, "folio-nav-credentials", columns, rows))
}

async fn found(web: &Web, visit: &SignedIn, credential_id: Uuid) -> Result<CredentialSummary, Refusal> {
    let context = visit.context;
    let found = web.run(move |bank| read_own_credential(bank, &context, credential_id)).await?;
    Ok(found.summary)
}

/// Shows a credential, and where it stands.
#[get("/credentials/{credential_id}")]
pub(super) async fn read(web: web::Data<Web>, visit: SignedIn, id: Id, before: Query<Before>) -> Result<HttpResponse, Refusal> {
    let credential = found(&web, &visit, id.0).await?;
    let SignedIn { context, frame } = visit;
    let outcomes = newest_outcomes(&web, context).await?;
    let mut about = about(&frame, &outcome_names(&frame, &outcomes), &credential.outcome_ids);
    about.truncate(NAMED);
    let shown = CredentialPage {
        frame: &frame,
        others: credential.outcome_ids.len().saturating_sub(about.len()),
        about,
        credential: &credential,
        done: (before.0.done == "requested" && credential.status == CredentialStatus::Queued).then_some("credential-requested-done"),
    };
    page(StatusCode::OK, &shown)
}

/// Sends the signed document, byte for byte as it was issued.
#[get("/credentials/{credential_id}/document")]
pub(super) async fn fetch(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let context = visit.context;
    let found = web.run(move |bank| download_own_credential(bank, &context, id.0)).await?;
    Ok(document(found))
}

fn wallet_page(
    visit: &SignedIn,
    status: StatusCode,
    credential: &CredentialSummary,
    offer: Option<&WalletOffer>,
    refused: Option<Refused>,
) -> Result<HttpResponse, Refusal> {
    let shown = WalletPage {
        frame: &visit.frame,
        credential,
        offer,
        refused,
    };
    page(status, &shown)
}

/// Shows how a credential gets into a wallet.
#[get("/credentials/{credential_id}/wallet")]
pub(super) async fn show_wallet(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let credential = found(&web, &visit, id.0).await?;
    wallet_page(&visit, StatusCode::OK, &credential, None, None)
}

/// Offers a credential to a wallet, and shows the offer with its code, this once.
#[post("/credentials/{credential_id}/wallet")]
pub(super) async fn make_offer(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let Posted { visit, once, .. } = posted;
    let visit = visit.signed_in()?;
    let credential = found(&web, &visit, id.0).await?;
    let context = visit.context;
    let offered = web.run(move |bank| offer_credential(bank, &context, once.as_deref(), id.0)).await;
    match offered {
        Ok(offer) => wallet_page(&visit, StatusCode::OK, &credential, Some(&offer), None),
        Err(refusal) => {
            let (status, refused) = refused(refusal, visit.frame.language)?;
            wallet_page(&visit, status, &credential, None, Some(refused))
        }
    }
}

/// Asks before a credential is given up.
#[get("/credentials/{credential_id}/give-up")]
pub(super) async fn ask_to_give_up(web: web::Data<Web>, visit: SignedIn, id: Id) -> Result<HttpResponse, Refusal> {
    let credential = found(&web, &visit, id.0).await?;
    let frame = &visit.frame;
    let at = format!("/credentials/{}", id.0);
    let sure = Sure {
        frame,
        of: frame.word("credential-kind", credential.kind.as_str()).into_owned(),
        title: frame.t("credential-give-up"),
        text: frame.t("credential-give-up-text"),
        action: format!("{at}/give-up"),
        back: at,
        refused: None,
    };
    sure.ask()
}

/// Gives a credential up, for good.
#[post("/credentials/{credential_id}/give-up")]
pub(super) async fn give_up(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let context = visit.context;
    web.run(move |bank| give_up_credential(bank, &context, id.0)).await?;
    Ok(see_other("/credentials?done=given-up"))
}
