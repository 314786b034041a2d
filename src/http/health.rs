//! Whether the bank lives, whether it can work, and its figures; the public keys.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;

use super::problem::Refusal;
use super::state::Web;

/// That the bank is there.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process lives.
#[utoipa::path(tag = "health", operation_id = "read_liveness", security(()), responses((status = 200, description = "It lives", body = Health)))]
#[get("/health/live")]
pub(crate) async fn read_liveness() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Whether the bank can work: its database answers.
#[utoipa::path(tag = "health", operation_id = "read_readiness", security(()), responses((status = 200, description = "It works", body = Health)))]
#[get("/health/ready")]
pub(crate) async fn read_readiness(web: web::Data<Web>) -> Result<HttpResponse, Refusal> {
    web.run(|bank| Ok(bank.store.answers()?)).await.map_err(|_| Refusal::UNAVAILABLE)?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}

/// The figures, as Prometheus reads them.
#[utoipa::path(tag = "health", operation_id = "read_metrics", security(()),
    responses((status = 200, description = "Counts, latencies, the pool", body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub(crate) async fn read_metrics(web: web::Data<Web>) -> HttpResponse {
    let (open, idle) = web.bank.store.pool_state();
    metrics::gauge!("credit_bank_pool_connections").set(open);
    metrics::gauge!("credit_bank_pool_connections_idle").set(idle);
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(web.metrics.render())
}

/// The public keys of the access tokens (RFC 7517), retired ones included.
#[utoipa::path(tag = "oauth", operation_id = "read_key_set", security(()), responses((status = 200, description = "A JSON Web Key Set", body = serde_json::Value)))]
#[get("/.well-known/jwks.json")]
pub(crate) async fn read_key_set(web: web::Data<Web>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Cache-Control", "public, max-age=300"))
        .json(web.bank.tokens.key_set())
}
