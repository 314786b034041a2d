//! How pages are sent: their headers, and what they say of a refusal.

use actix_web::cookie::Cookie;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;

use super::frame::Frame;
use super::summary::name_fields;
use super::texts::text;
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::http::problem::{Refusal, status_of};

/// Our own style sheet, script, pictures and forms; nothing inline, nothing of others.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Sends a page.
///
/// # Errors
/// When it cannot be made.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Refusal> {
    let html = template.render().map_err(|error| {
        tracing::error!(%error, "a page could not be made");
        Refusal::INTERNAL
    })?;
    Ok(HttpResponseBuilder::new(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"))
        .insert_header((header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=()"))
        .body(name_fields(html)))
}

/// Leads the browser to another page, which it asks for by GET.
pub(super) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// The same, with cookies.
pub(super) fn see_other_with(path: &str, cookie: Cookie<'_>) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .cookie(cookie)
        .finish()
}

/// A path of this site to come back to, and nothing else.
pub(super) fn own_path(path: &str) -> &str {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.chars().any(char::is_control);
    if own { path } else { "/" }
}

/// Why a form was refused, to be said above it.
pub(super) struct Refused {
    pub(super) sentence: String,
    /// The field's id and what is wrong with it.
    pub(super) fields: Vec<(String, String)>,
}

impl Refused {
    /// What is wrong with a field.
    pub(super) fn of(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(id, _)| id == field).map(|(_, detail)| detail.as_str())
    }
}

/// The field of a form in which a file is chosen, where a refusal is about the file.
fn file_field(rejection: &Rejection) -> Option<&'static str> {
    match rejection {
        Rejection::EvidenceEmpty {}
        | Rejection::EvidenceTooLarge { .. }
        | Rejection::EvidenceTypeUnknown {}
        | Rejection::EvidenceTypeDiffers { .. }
        | Rejection::ImportTooLarge { .. } => Some("file"),
        Rejection::ArchiveTooLarge { .. }
        | Rejection::ArchiveUnreadable { .. }
        | Rejection::ArchiveNotGenuine { .. }
        | Rejection::ArchiveOfAnother {} => Some("archive"),
        _ => None,
    }
}

/// The status and the words of an expected refusal.
///
/// # Errors
/// Any other.
pub(super) fn refused(refusal: Refusal, language: Language) -> Result<(StatusCode, Refused), Refusal> {
    let Refusal::Rejected(rejection) = refusal else {
        return Err(refusal);
    };
    if rejection == (Rejection::Unauthenticated {}) {
        return Err(rejection.into());
    }
    let fields = rejection.problems(language).into_iter();
    let file = file_field(&rejection);
    // What a program is told speaks of the body of its request.
    let sentence = match rejection {
        Rejection::InvalidBody { .. } | Rejection::MalformedBody { .. } => text(language, "refused-fields", None).into_owned(),
        _ => rejection.sentence(language),
    };
    // A field inside another one has its name after the last slash.
    let fields = fields.map(|problem| (problem.pointer.rsplit('/').next().unwrap_or_default().to_owned(), problem.detail));
    let fields: Vec<(String, String)> = fields.chain(file.map(|field| (field.to_owned(), sentence.clone()))).collect();
    // What is said of a field is not said twice.
    let sentence = match fields.iter().any(|(_, detail)| *detail == sentence) {
        true => text(language, "refused-fields", None).into_owned(),
        false => sentence,
    };
    let refused = Refused { sentence, fields };
    Ok((status_of(rejection.class()), refused))
}

/// What is said above a page: nothing, or why a form was refused.
///
/// # Errors
/// Any refusal that is not expected.
pub(super) fn said(refusal: Option<Refusal>, language: Language) -> Result<(StatusCode, Option<Refused>), Refusal> {
    match refusal {
        None => Ok((StatusCode::OK, None)),
        Some(refusal) => refused(refusal, language).map(|(status, refused)| (status, Some(refused))),
    }
}

/// As [`refused`], of a form in which a field is a list: what is wrong inside of a list is said of the list, with which one it is.
///
/// # Errors
/// Any refusal that is not expected.
pub(super) fn refused_form(refusal: Refusal, frame: &Frame) -> Result<(StatusCode, Refused), Refusal> {
    let problems = match &refusal {
        Refusal::Rejected(rejection) => rejection.problems(frame.language),
        _ => Vec::new(),
    };
    let (status, refused) = refused(refusal, frame.language)?;
    if problems.is_empty() {
        return Ok((status, refused));
    }
    let fields = problems.into_iter().map(|problem| {
        let mut segments = problem.pointer.split('/').filter(|segment| !matches!(*segment, "" | "scope"));
        let field = segments.next().unwrap_or_default().to_owned();
        let number = segments.next().and_then(|segment| segment.parse::<u32>().ok());
        let detail = match number {
            Some(number) => frame
                .t2("refused-in-list", ("number", number.saturating_add(1)), ("detail", problem.detail))
                .into_owned(),
            None => problem.detail,
        };
        (field, detail)
    });
    Ok((
        status,
        Refused {
            fields: fields.collect(),
            ..refused
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::{own_path, refused};
    use crate::domain::language::Language;
    use crate::domain::rejection::Rejection;

    #[test]
    fn what_is_said_of_a_file_is_said_at_its_field() {
        let fields = |rejection: Rejection| refused(rejection.into(), Language::English).unwrap().1.fields;
        let too_large = fields(Rejection::EvidenceTooLarge { bytes_max: 7 });
        assert_eq!(
            too_large,
            [("file".to_owned(), "The file is too large: at most 7 bytes are taken.".to_owned())]
        );
        let sentence = |rejection: Rejection| refused(rejection.into(), Language::English).unwrap().1.sentence;
        assert!(sentence(Rejection::EvidenceTooLarge { bytes_max: 7 }).contains("listed below"));
        assert!(!sentence(Rejection::EvidenceInUse {}).contains("listed below"));
        assert_eq!(fields(Rejection::ArchiveOfAnother {})[0].0, "archive");
        assert_eq!(fields(Rejection::field("/programme/code", "is wrong"))[0].0, "code");
        assert_eq!(fields(Rejection::EvidenceInUse {}), []);
    }

    #[test]
    fn one_comes_back_to_a_page_of_this_site_only() {
        for path in ["/", "/passbook?as_of=2026-01-01", "/records/x"] {
            assert_eq!(own_path(path), path);
        }
        for path in ["", "passbook", "//evil.example", "https://evil.example", "/\\evil.example", "/a\nb"] {
            assert_eq!(own_path(path), "/", "{path:?}");
        }
    }
}
