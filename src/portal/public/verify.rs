//! Verifying what somebody shows: a number, or a credential that is pasted or chosen as a file; for everybody, and nothing is kept.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::verdict::CredentialVerdict;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::context::Context;
use crate::ops::verification::lookup::Reaching;
use crate::ops::verification::verify_credential;
use crate::portal::answer::{Refused, page, refused};
use crate::portal::frame::Frame;
use crate::portal::upload::{Behind, received};
use crate::portal::verdict::{ShownVerdict, presented, shown};
use crate::portal::visit::{Posted, Visit};

#[derive(Template)]
#[template(path = "public/verify.html")]
struct Page<'a> {
    frame: &'a Frame,
    verdict: Option<ShownVerdict>,
    /// What was pasted.
    pasted: &'a str,
    refused: Option<Refused>,
}

/// Shows the page.
#[get("/verify")]
pub(super) async fn show(visit: Visit) -> Result<HttpResponse, Refusal> {
    let shown = Page {
        frame: &visit.frame,
        verdict: None,
        pasted: "",
        refused: None,
    };
    page(StatusCode::OK, &shown)
}

#[derive(Deserialize)]
pub(super) struct Pasted {
    #[serde(default)]
    credential: String,
}

/// Verifies the credential of a form, as often as anybody may; a file is not even read more often.
async fn verdict_of(
    web: &Web,
    request: &HttpRequest,
    context: Context,
    pasted: &str,
    behind: Behind,
) -> Result<CredentialVerdict, Refusal> {
    web.question(request)?;
    let presented = presented(web, pasted, behind.taken_as_evidence(web).await?).await?;
    web.look_outside(move |bank| verify_credential(bank, &context, Reaching::Network, &presented))
        .await
}

/// Says what there is to say of a credential.
#[post("/verify")]
pub(super) async fn verify(web: web::Data<Web>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let (Posted { visit, form, .. }, behind) = received::<Pasted>(&request, payload).await?;
    let Visit { context, frame } = visit;
    let verdict = verdict_of(&web, &request, context, &form.credential, behind).await;
    let (status, verdict, refused) = match verdict {
        Ok(verdict) => (StatusCode::OK, Some(shown(&verdict, &frame)), None),
        Err(refusal) => {
            let (status, refused) = refused(refusal, frame.language)?;
            (status, None, Some(refused))
        }
    };
    let shown = Page {
        frame: &frame,
        verdict,
        pasted: &form.credential,
        refused,
    };
    page(status, &shown)
}
