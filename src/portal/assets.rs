//! What pages are made with beside their text: style sheet, script and mark. Their addresses change with their content, so that
//! browsers keep them for good.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use sha2::{Digest, Sha256};

use crate::http::problem::Refusal;

struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
}

const ASSETS: [Asset; 3] = [
    Asset {
        name: "portal.css",
        media_type: "text/css; charset=utf-8",
        content: include_str!("portal.css"),
    },
    Asset {
        name: "portal.js",
        media_type: "text/javascript; charset=utf-8",
        content: include_str!("portal.js"),
    },
    Asset {
        name: "mark.svg",
        media_type: "image/svg+xml",
        content: include_str!("mark.svg"),
    },
];

static ADDRESSES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let address = |asset: &Asset| {
        let digest = Sha256::digest(asset.content.as_bytes());
        let digits: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        format!("/assets/{digits}/{}", asset.name)
    };
    ASSETS.iter().map(address).collect()
});

/// The address of an asset.
pub(super) fn address(name: &str) -> &'static str {
    let place = ASSETS.iter().position(|asset| asset.name == name);
    place.and_then(|place| ADDRESSES.get(place)).map_or("", String::as_str)
}

/// Sends an asset; one of another edition is not there.
#[get("/assets/{edition}/{name}")]
pub(super) async fn send(named: web::Path<(String, String)>) -> Result<HttpResponse, Refusal> {
    let asked = format!("/assets/{}/{}", named.0, named.1);
    let place = ADDRESSES.iter().position(|address| *address == asked);
    let asset = place.and_then(|place| ASSETS.get(place)).ok_or(Refusal::NOWHERE)?;
    Ok(HttpResponse::Ok()
        .content_type(asset.media_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(asset.content))
}
