//! Verifying what somebody shows: a number, or a credential that is pasted or chosen as a file; for everybody, and nothing is kept.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use crate::domain::rejection::Rejection;
use crate::domain::verdict::CredentialVerdict;
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::context::Context;
use crate::ops::verification::lookup::Reaching;
use crate::ops::verification::{Presented, verify_credential};
use crate::portal::answer::{Refused, page, refused};
use crate::portal::frame::Frame;
use crate::portal::upload::received;
use crate::portal::verdict::{ShownVerdict, presented, shown};
use crate::portal::visit::{Posted, Visit, visit};

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

/// Verifies a credential, as often as anybody may.
async fn verdict_of(web: &Web, request: &HttpRequest, context: Context, presented: Presented) -> Result<CredentialVerdict, Refusal> {
    web.question(request)?;
    web.look_outside(move |bank| verify_credential(bank, &context, Reaching::Network, &presented))
        .await
}

/// Says what there is to say of a credential.
#[post("/verify")]
pub(super) async fn verify(web: web::Data<Web>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refusal> {
    let bytes_max = web.bank.evidence_bytes_max;
    let most = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let taken = received::<Pasted>(&web, &request, payload, most, Rejection::EvidenceTooLarge { bytes_max }).await;
    let (Visit { frame, .. }, pasted, verdict) = match taken {
        Ok((Posted { visit, form, .. }, sent)) => {
            let verdict = match presented(&web, &form.credential, sent).await {
                Ok(presented) => verdict_of(&web, &request, visit.context, presented).await,
                Err(refusal) => Err(refusal),
            };
            (visit, form.credential, verdict)
        }
        Err(Refusal::Rejected(rejection @ Rejection::EvidenceTooLarge { .. })) => {
            (visit(&request).await?, String::new(), Err(rejection.into()))
        }
        Err(refusal) => return Err(refusal),
    };
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
        pasted: &pasted,
        refused,
    };
    page(status, &shown)
}
