//! Verifying a credential that somebody shows, for anybody.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;

use super::extract::{Anyone, Json};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::verdict::CredentialVerdict;
use crate::ops::verification::lookup::Reaching;
use crate::ops::verification::{self, Presented};

/// What is to be verified.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "credential": {
    "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"],
    "issuer": "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    "credentialSubject": { "id": "urn:uuid:0f0a5a52-3b35-4f0c-9d3e-1b8a3a3f1c01" } } }))]
pub struct ShownCredential {
    pub(super) credential: Presented,
}

/// Verify a credential, of the bank or of anybody else.
///
/// Open Badges 3.0, Comprehensive Learner Records 2.0 and other Verifiable Credentials, with a proof `eddsa-rdfc-2022` or as a JWT of
/// EdDSA, ES256 or RS256. Nobody needs an account for it, and nothing is kept. Whatever is found is an answer of 200; what a record
/// holds is verified one by one.
#[utoipa::path(tag = "credentials", operation_id = "verify_credential", request_body = ShownCredential, security(()),
    responses((status = 200, description = "What is said of it, step by step and as a whole", body = CredentialVerdict)),
    extensions(("x-problems" = json!(["too_many_questions"]))))]
#[post("/api/v1/credentials/verify")]
pub(crate) async fn verify_credential(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Anyone,
    body: Json<ShownCredential>,
) -> Result<HttpResponse, Refusal> {
    web.question(&request)?;
    let verdict = web
        .look_outside(move |bank| verification::verify_credential(bank, &asking.0, Reaching::Network, &body.0.credential))
        .await?;
    Ok(HttpResponse::Ok().json(verdict))
}
