//! What was taken in from elsewhere: a record of another bank or a credential of others, with what is said of it.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post, web};
use askama::Template;
use uuid::Uuid;

use crate::domain::language::Language;
use crate::domain::ledger::LedgerProblem;
use crate::domain::rejection::Rejection;
use crate::http::extract::{Id, Query};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::archive::received::{ReceivedRecord, Reception, read_received_record, verify_received_record};
use crate::ops::evidence::read::remove_evidence;
use crate::ops::foreign::{ForeignCredential, read_foreign_credential, verify_foreign_credential};
use crate::portal::answer::{Refused, page, said, see_other};
use crate::portal::frame::Frame;
use crate::portal::verdict::{ShownVerdict, shown};
use crate::portal::visit::{Done, Nothing, Posted, SignedIn};

#[derive(Template)]
#[template(path = "learner/received_record.html")]
struct RecordPage<'a> {
    frame: &'a Frame,
    record: &'a ReceivedRecord,
    /// What came of taking it in, just now.
    reception: Option<&'a Reception>,
    verdict: ShownVerdict,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl RecordPage<'_> {
    fn chosen<'b>(&self, chinese: &'b str, english: &'b str) -> &'b str {
        match self.frame.language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }

    fn problem<'b>(&self, problem: &'b LedgerProblem) -> &'b str {
        self.chosen(&problem.reason_chinese, &problem.reason_english)
    }
}

#[derive(Template)]
#[template(path = "learner/foreign_credential.html")]
struct CredentialPage<'a> {
    frame: &'a Frame,
    credential: &'a ForeignCredential,
    verdict: ShownVerdict,
    refused: Option<Refused>,
    done: Option<&'static str>,
}

impl CredentialPage<'_> {
    /// What it says that it is, or else what its file is called.
    fn heading(&self) -> &str {
        self.credential.verdict.name.as_deref().unwrap_or(&self.credential.file.name)
    }
}

fn done_word(done: &str) -> Option<&'static str> {
    match done {
        "taken" => Some("archive-credential-taken"),
        "verified" => Some("archive-verified-again"),
        _ => None,
    }
}

/// What came of taking an archive in.
pub(super) fn received_page(frame: &Frame, reception: &Reception) -> Result<HttpResponse, Refusal> {
    let shown = RecordPage {
        frame,
        verdict: shown(&reception.received.verdict.signature, frame),
        record: &reception.received,
        reception: Some(reception),
        refused: None,
        done: Some("archive-record-taken"),
    };
    page(StatusCode::OK, &shown)
}

/// The page of a record, with what was refused above it.
async fn record_page(
    web: &Web,
    visit: &SignedIn,
    file_id: Uuid,
    refusal: Option<Refusal>,
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let (status, refused) = said_of(visit, refusal)?;
    let context = visit.context;
    let record = web.run(move |bank| read_received_record(bank, &context, file_id)).await?.about;
    let shown = RecordPage {
        frame: &visit.frame,
        verdict: shown(&record.verdict.signature, &visit.frame),
        record: &record,
        reception: None,
        refused,
        done,
    };
    page(status, &shown)
}

/// The page of a credential, with what was refused above it.
async fn credential_page(
    web: &Web,
    visit: &SignedIn,
    file_id: Uuid,
    refusal: Option<Refusal>,
    done: Option<&'static str>,
) -> Result<HttpResponse, Refusal> {
    let (status, refused) = said_of(visit, refusal)?;
    let context = visit.context;
    let credential = web.run(move |bank| read_foreign_credential(bank, &context, file_id)).await?.about;
    let mut verdict = shown(&credential.verdict, &visit.frame);
    // The heading says it.
    verdict.whole.name = None;
    let shown = CredentialPage {
        frame: &visit.frame,
        verdict,
        credential: &credential,
        refused,
        done,
    };
    page(status, &shown)
}

fn said_of(visit: &SignedIn, refusal: Option<Refusal>) -> Result<(StatusCode, Option<Refused>), Refusal> {
    match refusal {
        // What is not there has no page to say so on.
        Some(refusal @ Refusal::Rejected(Rejection::NotFound {})) => Err(refusal),
        other => said(other, visit.frame.language),
    }
}

/// Shows a record of another bank.
#[get("/archive/records/{file_id}")]
pub(super) async fn show_record(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    record_page(&web, &visit, id.0, None, done_word(&done.0.done)).await
}

/// Looks at a record of another bank again, and works everything in it out again.
#[post("/archive/records/{file_id}/verify")]
pub(super) async fn verify_record(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, file_id) = (visit.context, id.0);
    match web.look_outside(move |bank| verify_received_record(bank, &context, file_id)).await {
        Ok(_) => Ok(see_other(&format!("/archive/records/{file_id}?done=verified"))),
        Err(refusal) => record_page(&web, &visit, file_id, Some(refusal), None).await,
    }
}

/// Removes a record of another bank that nothing uses.
#[post("/archive/records/{file_id}/remove")]
pub(super) async fn remove_record(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    match removed(&web, &visit, id.0).await {
        Ok(()) => Ok(see_other("/archive?done=removed")),
        Err(refusal) => record_page(&web, &visit, id.0, Some(refusal), None).await,
    }
}

/// Shows a credential of others.
#[get("/archive/credentials/{file_id}")]
pub(super) async fn show_credential(web: web::Data<Web>, visit: SignedIn, id: Id, done: Query<Done>) -> Result<HttpResponse, Refusal> {
    credential_page(&web, &visit, id.0, None, done_word(&done.0.done)).await
}

/// Verifies a credential of others again.
#[post("/archive/credentials/{file_id}/verify")]
pub(super) async fn verify_credential(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    let (context, file_id) = (visit.context, id.0);
    match web
        .look_outside(move |bank| verify_foreign_credential(bank, &context, file_id))
        .await
    {
        Ok(_) => Ok(see_other(&format!("/archive/credentials/{file_id}?done=verified"))),
        Err(refusal) => credential_page(&web, &visit, file_id, Some(refusal), None).await,
    }
}

/// Removes a credential of others that nothing uses.
#[post("/archive/credentials/{file_id}/remove")]
pub(super) async fn remove_credential(web: web::Data<Web>, id: Id, posted: Posted<Nothing>) -> Result<HttpResponse, Refusal> {
    let visit = posted.visit.signed_in()?;
    match removed(&web, &visit, id.0).await {
        Ok(()) => Ok(see_other("/archive?done=removed")),
        Err(refusal) => credential_page(&web, &visit, id.0, Some(refusal), None).await,
    }
}

/// Removes a file of one's own.
async fn removed(web: &Web, visit: &SignedIn, file_id: Uuid) -> Result<(), Refusal> {
    let (context, learner_id) = (visit.context, visit.learner_id()?);
    web.run(move |bank| remove_evidence(bank, &context, learner_id, file_id)).await
}
