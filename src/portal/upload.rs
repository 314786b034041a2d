//! A file that is sent by a form. The fields stand before it in the form, so that it is known whose it is before the file is taken.

use std::fs::File;

use actix_multipart::{Field, Multipart};
use actix_web::{FromRequest as _, HttpMessage as _, HttpRequest, web};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::visit::{Posted, is_from_this_site};
use crate::domain::rejection::Rejection;
use crate::http::extract::Form;
use crate::http::file::Spool;
use crate::http::problem::Refusal;
use crate::http::state::Web;

/// The most fields beside the file.
const FIELDS_MAX: usize = 50;

/// The most bytes of all fields beside the file: a credential that is pasted may have 60,000 characters of three bytes.
const FIELDS_BYTES_MAX: usize = 512 * 1024;

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
        1_024..1_048_576 => format!("{} KB", bytes / 1_024),
        1_048_576..1_073_741_824 => tenths(bytes, 1_048_576, "MB"),
        _ => tenths(bytes, 1_073_741_824, "GB"),
    }
}

/// With one decimal, where that is not nought.
fn tenths(bytes: i64, unit: i64, name: &str) -> String {
    match bytes % unit * 10 / unit {
        0 => format!("{} {name}", bytes / unit),
        tenth => format!("{}.{tenth} {name}", bytes / unit),
    }
}

/// How large a file may be, as people say it.
pub(super) fn size_max(bytes_max: impl TryInto<i64>) -> String {
    size(bytes_max.try_into().unwrap_or(i64::MAX))
}

/// A file that was chosen in a form.
struct Chosen {
    name: String,
    part: Field,
    /// What the part is read from; it has to be there as long.
    _parts: Multipart,
}

/// What stands behind the fields of a form: perhaps a file. Nothing of it is read before it is taken.
pub(super) struct Behind {
    chosen: Option<Chosen>,
}

/// Reads the fields of a form that may end with a file, so that its caller finds out whose form it is, and who may send one, before the
/// file is taken. A form that was kept while its sender signed in comes without its file, as other forms come.
///
/// # Errors
/// `FormNotOurs`, before anything is read; when a field cannot be read.
pub(super) async fn received<T: DeserializeOwned>(request: &HttpRequest, payload: web::Payload) -> Result<(Posted<T>, Behind), Refusal> {
    if !is_from_this_site(request) {
        return Err(Rejection::FormNotOurs {}.into());
    }
    let (pairs, chosen) = if request.content_type() == "application/x-www-form-urlencoded" {
        let form = Form::<Vec<(String, String)>>::from_request(request, &mut payload.into_inner());
        (form.await?.0, None)
    } else {
        fields_of(Multipart::new(request.headers(), payload)).await?
    };
    Ok((Posted::of(request, pairs).await?, Behind { chosen }))
}

/// The fields before the file, and the file.
async fn fields_of(mut parts: Multipart) -> Result<(Vec<(String, String)>, Option<Chosen>), Refusal> {
    let mut pairs = Vec::new();
    let mut left = FIELDS_BYTES_MAX;
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| Refusal::BAD_REQUEST)?;
        let Some(name) = part.name().map(str::to_owned) else {
            return Err(Refusal::BAD_REQUEST);
        };
        let file_name = part.content_disposition().and_then(|disposition| disposition.get_filename());
        if let Some(name) = file_name.map(str::to_owned) {
            // An empty name is a field in which no file was chosen.
            let is_chosen = !name.is_empty();
            let chosen = Chosen { name, part, _parts: parts };
            return Ok((pairs, Some(chosen).filter(|_| is_chosen)));
        }
        let value = part.bytes(left).await.map_err(|_| Refusal::TOO_LARGE)?;
        let value = String::from_utf8(value.map_err(|_| Refusal::BAD_REQUEST)?.into()).map_err(|_| Refusal::BAD_REQUEST)?;
        left = left.saturating_sub(value.len());
        if pairs.len() == FIELDS_MAX {
            return Err(Refusal::TOO_LARGE);
        }
        pairs.push((name, value));
    }
    Ok((pairs, None))
}

impl Behind {
    /// Takes the file; none where none was chosen.
    ///
    /// # Errors
    /// `too_large` for more bytes than that; when it cannot be read, or there is no room.
    pub(super) async fn taken(self, web: &Web, bytes_max: u64, too_large: Rejection) -> Result<Option<SentFile>, Refusal> {
        let Some(mut chosen) = self.chosen else {
            return Ok(None);
        };
        let mut spool = Spool::new(web, bytes_max, too_large).await?;
        while let Some(piece) = chosen.part.next().await {
            spool.take(web, piece.map_err(|_| Refusal::BAD_REQUEST)?).await?;
        }
        Ok(Some(SentFile {
            media_type: chosen.part.content_type().map(ToString::to_string).unwrap_or_default(),
            name: chosen.name,
            content: spool.finish(web).await?,
        }))
    }

    /// Takes the file as one of evidence, or what is as large.
    ///
    /// # Errors
    /// As [`Behind::taken`].
    pub(super) async fn taken_as_evidence(self, web: &Web) -> Result<Option<SentFile>, Refusal> {
        let bytes_max = web.bank.evidence_bytes_max;
        let most = u64::try_from(bytes_max).unwrap_or(u64::MAX);
        self.taken(web, most, Rejection::EvidenceTooLarge { bytes_max }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_said_as_people_say_it() {
        for (bytes, said) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1 KB"),
            (1_048_575, "1023 KB"),
            (10 << 20, "10 MB"),
            (5 << 19, "2.5 MB"),
            (1 << 30, "1 GB"),
            (3 << 29, "1.5 GB"),
        ] {
            assert_eq!(size(bytes), said);
        }
        assert_eq!(size_max(10_485_760_usize), "10 MB");
        assert_eq!(size_max(1_u64 << 30), "1 GB");
    }
}
