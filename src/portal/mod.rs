//! The pages: server-rendered, calling the same operations as the API. No rules, no SQL.

mod check;
mod problems;
mod setup;
mod share;
mod share_texts;

use actix_web::http::header;
use actix_web::web::ServiceConfig;
use actix_web::{HttpResponse, get};

/// Nothing but our own style sheet and forms; no script.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Puts every page in its place.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(setup::show)
        .service(setup::submit)
        .service(problems::show)
        .service(check::show)
        .service(share::show)
        .service(share::open)
        .service(share::fetch)
        .service(style);
}

#[get("/assets/portal.css")]
async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(include_str!("portal.css"))
}
