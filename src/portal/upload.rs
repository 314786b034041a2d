//! A file that is sent by a form. The fields stand before it in the form, so that it is known whose it is before the file is taken.

use std::fs::File;

use actix_multipart::{Field, Multipart};
use actix_web::{HttpRequest, web};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::visit::{Posted, is_from_this_site};
use crate::domain::rejection::Rejection;
use crate::http::file::Spool;
use crate::http::problem::Refusal;
use crate::http::state::Web;

/// The most fields beside the file.
const FIELDS_MAX: usize = 50;

/// The most bytes of a field beside the file.
const FIELD_BYTES_MAX: usize = 64 * 1024;

/// The file of a form.
pub(super) struct SentFile {
    /// What the browser says that it is called.
    pub(super) name: String,
    /// What the browser says that it is; empty where it says nothing.
    pub(super) media_type: String,
    /// To be read from its start.
    pub(super) content: File,
}

/// How large a file is, as people say it.
pub(super) fn size(bytes: i64) -> String {
    match bytes {
        ..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes / 1_024),
        _ => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

/// Takes a form in which one field may be a file; that no file was chosen is no error here.
///
/// # Errors
/// `FormNotOurs`, before the file is read; `too_large` for a file of more bytes than that; when a part cannot be read.
pub(super) async fn received<T: DeserializeOwned>(
    web: &Web,
    request: &HttpRequest,
    payload: web::Payload,
    bytes_max: u64,
    too_large: Rejection,
) -> Result<(Posted<T>, Option<SentFile>), Refusal> {
    let (posted, sent) = received_beside(web, request, payload, bytes_max, too_large).await?;
    Ok((posted, sent.transpose()?))
}

/// The same; what is wrong with the file stands beside what was typed, so that this can be shown again.
///
/// # Errors
/// `FormNotOurs`; when a field cannot be read.
pub(super) async fn received_beside<T: DeserializeOwned>(
    web: &Web,
    request: &HttpRequest,
    payload: web::Payload,
    bytes_max: u64,
    too_large: Rejection,
) -> Result<(Posted<T>, Option<Result<SentFile, Refusal>>), Refusal> {
    if !is_from_this_site(request) {
        return Err(Rejection::FormNotOurs {}.into());
    }
    let mut parts = Multipart::new(request.headers(), payload);
    let mut pairs = Vec::new();
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| Refusal::BAD_REQUEST)?;
        let Some(name) = part.name().map(str::to_owned) else {
            return Err(Refusal::BAD_REQUEST);
        };
        let file_name = part.content_disposition().and_then(|disposition| disposition.get_filename());
        if let Some(file_name) = file_name.map(str::to_owned) {
            let posted = Posted::of(request, pairs).await?;
            // An empty name is a field in which no file was chosen.
            let sent = match file_name.is_empty() {
                true => None,
                false => Some(taken(web, &mut part, file_name, bytes_max, too_large).await),
            };
            return Ok((posted, sent));
        }
        let value = part.bytes(FIELD_BYTES_MAX).await.map_err(|_| Refusal::TOO_LARGE)?;
        let value = String::from_utf8(value.map_err(|_| Refusal::BAD_REQUEST)?.into()).map_err(|_| Refusal::BAD_REQUEST)?;
        if pairs.len() == FIELDS_MAX {
            return Err(Refusal::TOO_LARGE);
        }
        pairs.push((name, value));
    }
    Ok((Posted::of(request, pairs).await?, None))
}

async fn taken(web: &Web, part: &mut Field, name: String, bytes_max: u64, too_large: Rejection) -> Result<SentFile, Refusal> {
    let mut spool = Spool::new(web, bytes_max, too_large).await?;
    while let Some(piece) = part.next().await {
        spool.take(web, piece.map_err(|_| Refusal::BAD_REQUEST)?).await?;
    }
    Ok(SentFile {
        name,
        media_type: part.content_type().map(ToString::to_string).unwrap_or_default(),
        content: spool.finish(web).await?,
    })
}
