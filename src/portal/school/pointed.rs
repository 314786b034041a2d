//! What is wrong with a form whose fields are not the fields of what it makes: each problem is led to the field where it is mended.

use actix_web::http::StatusCode;

use crate::domain::language::Language;
use crate::http::problem::Refusal;
use crate::portal::answer::{Refused, refused};

/// The status and the words of an expected refusal; `place` says which field of the form a pointer is about, and what to say before it.
///
/// # Errors
/// Any other refusal.
pub(super) fn refused_at(
    refusal: Refusal,
    language: Language,
    place: impl Fn(&str) -> (String, Option<String>),
) -> Result<(StatusCode, Refused), Refusal> {
    let problems = match &refusal {
        Refusal::Rejected(rejection) => rejection.problems(language),
        _ => Vec::new(),
    };
    let (status, refused) = refused(refusal, language)?;
    let fields = problems.into_iter().map(|problem| {
        let (field, about) = place(&problem.pointer);
        match about {
            Some(about) => (field, format!("{about}: {}", problem.detail)),
            None => (field, problem.detail),
        }
    });
    let fields = fields.collect();
    Ok((status, Refused { fields, ..refused }))
}
