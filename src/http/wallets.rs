//! Credentials for wallets: OpenID for Verifiable Credential Issuance 1.0 with a pre-authorised code, and the offer that a learner
//! makes. Whatever a wallet does stands under `/wallets`, which is its authorisation server too; API clients have their own.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::extract::{Asking, Form, Id, Json, Key, anonymous};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::credential::{CredentialForm, CredentialKind};
use crate::domain::rejection::Rejection;
use crate::domain::wallet::{NONCE_LIFE, WalletConfiguration};
use crate::ops::wallets::{self, WalletOffer, WalletToken};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// The token request of a wallet; what else it sends is passed over, as OAuth 2.0 wants it.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct WalletTokenRequest {
    #[schema(
        pattern = "^urn:ietf:params:oauth:grant-type:pre-authorized_code$",
        example = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
    )]
    grant_type: String,
    /// From the offer.
    #[serde(rename = "pre-authorized_code")]
    #[schema(
        max_length = 200,
        example = "01985a3e-7c00-7000-8000-000000000001.q3Jx0bW5cY0w8m1f7bS3h2k9d4Lr6Tn5Vz1aPe8uGi0"
    )]
    code: String,
    /// What the learner reads beside the offer.
    #[schema(max_length = 20, example = "482913")]
    tx_code: Option<String>,
}

/// A nonce for a proof.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WalletNonce {
    c_nonce: String,
    /// Seconds.
    c_nonce_expires_in: i64,
}

/// Proofs of one sort.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct WalletProofs {
    /// JWTs of the type `openid4vci-proof+jwt`; one, since one copy is given.
    #[schema(min_items = 1, max_items = 1)]
    jwt: Vec<String>,
}

/// The credential request of a wallet.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(example = json!({ "credential_configuration_id": "badge_ldp_vc", "proofs": { "jwt": ["eyJhbGciOiJFZERTQSJ9.e30.AAAA"] } }))]
pub struct WalletCredentialRequest {
    #[schema(max_length = 100, example = "badge_ldp_vc")]
    credential_configuration_id: String,
    proofs: WalletProofs,
}

/// A credential for a wallet.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WalletCredential {
    /// A document with a proof, or the text of a JWT.
    credential: Value,
}

/// What a wallet is given.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WalletCredentials {
    credentials: Vec<WalletCredential>,
}

/// Offer a credential of one's own to a wallet.
///
/// The answer has the offer as an address for wallets, as a QR code, and a code of six digits, which the wallet asks for: it is shown
/// to the learner alone and is not in the offer. An offer can be taken up once, within ten minutes. What the wallet is given is a copy
/// that is bound to its key; it is a credential of the learner of its own.
#[utoipa::path(tag = "credentials", operation_id = "offer_credential", params(("credential_id" = Uuid, Path), Key),
    responses((status = 201, description = "Offered", body = WalletOffer)), extensions(("x-problems" = json!(["wrong_state", "too_many_offers"]))))]
#[post("/api/v1/me/credentials/{credential_id}/offers")]
pub(crate) async fn offer_credential(web: web::Data<Web>, asking: Asking, id: Id, key: Key) -> Result<HttpResponse, Refusal> {
    let offer = web
        .run(move |bank| wallets::offer_credential(bank, &asking.0, key.0.as_deref(), id.0))
        .await?;
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(offer))
}

fn format_of(configuration: WalletConfiguration) -> (&'static str, &'static str) {
    match configuration.form() {
        CredentialForm::DataIntegrity => ("ldp_vc", "eddsa-rdfc-2022"),
        CredentialForm::Jwt => ("jwt_vc_json", "EdDSA"),
    }
}

/// A configuration as the metadata describe it.
fn described(configuration: WalletConfiguration) -> Value {
    let (format, algorithm) = format_of(configuration);
    let (chinese, english, own, context) = match configuration.kind() {
        CredentialKind::Badge => ("学习成果凭证", "Open Badge", "OpenBadgeCredential", None),
        CredentialKind::Record => (
            "学习记录凭证",
            "Learner record",
            "ClrCredential",
            Some("https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"),
        ),
    };
    let mut definition = json!({ "type": ["VerifiableCredential", own] });
    if configuration.form() == CredentialForm::DataIntegrity {
        let contexts = [
            Some("https://www.w3.org/ns/credentials/v2"),
            context,
            Some("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"),
        ];
        if let Some(definition) = definition.as_object_mut() {
            definition.insert("@context".to_owned(), contexts.into_iter().flatten().collect());
        }
    }
    json!({
        "format": format,
        "credential_definition": definition,
        "cryptographic_binding_methods_supported": ["jwk", "did:key", "did:jwk"],
        "credential_signing_alg_values_supported": [algorithm],
        "proof_types_supported": { "jwt": { "proof_signing_alg_values_supported": ["EdDSA", "ES256"] } },
        "credential_metadata": { "display": [{ "name": chinese, "locale": "zh-CN" }, { "name": english, "locale": "en" }] },
    })
}

/// What the bank issues to wallets (OpenID for Verifiable Credential Issuance 1.0, 12.2).
#[utoipa::path(tag = "credentials", operation_id = "read_credential_issuer", security(()),
    responses((status = 200, description = "The metadata", body = Object)))]
#[get("/.well-known/openid-credential-issuer")]
pub(crate) async fn read_credential_issuer(web: web::Data<Web>) -> HttpResponse {
    let own = &web.public_url;
    let configurations: serde_json::Map<String, Value> = WalletConfiguration::ALL
        .iter()
        .map(|configuration| (configuration.to_string(), described(*configuration)))
        .collect();
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json(json!({
            "credential_issuer": own,
            "authorization_servers": [format!("{own}/wallets")],
            "credential_endpoint": format!("{own}/wallets/credential"),
            "nonce_endpoint": format!("{own}/wallets/nonce"),
            "display": [{ "name": "学分银行", "locale": "zh-CN" }, { "name": "Credit bank", "locale": "en" }],
            "credential_configurations_supported": configurations,
        }))
}

/// What the authorisation server of wallets offers (RFC 8414).
#[utoipa::path(tag = "credentials", operation_id = "read_wallet_authorization_server", security(()),
    responses((status = 200, description = "The metadata", body = Object)))]
#[get("/.well-known/oauth-authorization-server/wallets")]
pub(crate) async fn read_wallet_authorization_server(web: web::Data<Web>) -> HttpResponse {
    let own = &web.public_url;
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json(json!({
            "issuer": format!("{own}/wallets"),
            "token_endpoint": format!("{own}/wallets/token"),
            "grant_types_supported": [GRANT],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": ["none"],
            "pre-authorized_grant_anonymous_access_supported": true,
        }))
}

/// Take up an offer, as a wallet.
///
/// With the code of the offer and the one that the learner reads beside it. Both work once; after five wrong ones the offer is over.
#[utoipa::path(tag = "credentials", operation_id = "issue_wallet_token", security(()),
    request_body(content = WalletTokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "A token for one credential", body = WalletToken)),
    extensions(("x-problems" = json!(["invalid_grant", "unsupported_grant_type", "too_many_attempts"]))))]
#[post("/wallets/token")]
pub(crate) async fn issue_wallet_token(
    web: web::Data<Web>,
    request: HttpRequest,
    form: Form<WalletTokenRequest>,
) -> Result<HttpResponse, Refusal> {
    let WalletTokenRequest { grant_type, code, tx_code } = form.0;
    if grant_type != GRANT {
        return Err(Rejection::GrantUnsupported {}.into());
    }
    // An offer that many try is throttled as a whole.
    web.attempt(&request, code.split('.').next().unwrap_or_default())?;
    let context = anonymous(&request);
    let token = web
        .run(move |bank| wallets::redeem_offer(bank, &context, &code, tx_code.as_deref().unwrap_or_default()))
        .await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(token))
}

/// Get a nonce for a proof, as a wallet.
#[utoipa::path(tag = "credentials", operation_id = "issue_wallet_nonce", security(()),
    responses((status = 200, description = "Good for five minutes", body = WalletNonce)), extensions(("x-problems" = json!(["too_many_questions"]))))]
#[post("/wallets/nonce")]
pub(crate) async fn issue_wallet_nonce(web: web::Data<Web>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    web.question(&request)?;
    let c_nonce = wallets::new_nonce(&web.bank, anonymous(&request).now)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(WalletNonce {
            c_nonce,
            c_nonce_expires_in: NONCE_LIFE.num_seconds(),
        }))
}

/// Fetch the credential of an offer, as a wallet.
///
/// With the token of the offer, and a proof that the wallet has the key to which the copy is bound.
#[utoipa::path(tag = "credentials", operation_id = "issue_wallet_credential", security(()), request_body = WalletCredentialRequest,
    responses((status = 200, description = "The copy for this wallet", body = WalletCredentials)),
    extensions(("x-problems" = json!(["invalid_token", "invalid_proof", "invalid_nonce", "unknown_credential_configuration", "wrong_state", "not_found", "copy_not_ready", "outcome_not_certified", "outcome_in_doubt", "credentials_full"]))))]
#[post("/wallets/credential")]
pub(crate) async fn issue_wallet_credential(
    web: web::Data<Web>,
    request: HttpRequest,
    body: Json<WalletCredentialRequest>,
) -> Result<HttpResponse, Refusal> {
    let token = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let token = token.map(|(_, token)| token.trim().to_owned()).unwrap_or_default();
    let context = anonymous(&request);
    let credential = web
        .look_outside(move |bank| {
            let asked = wallets::AskedCredential {
                configuration: &body.0.credential_configuration_id,
                proofs: &body.0.proofs.jwt,
            };
            wallets::issue_credential(bank, &context, &token, &asked)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(WalletCredentials {
            credentials: vec![WalletCredential { credential }],
        }))
}
