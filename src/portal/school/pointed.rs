//! What is wrong with a form whose fields are not the fields of what it makes: each problem is led to the field where it is mended.

use actix_web::http::StatusCode;

use crate::http::problem::Refusal;
use crate::portal::answer::{Refused, refused};
use crate::portal::frame::Frame;

/// The status and the words of an expected refusal; `place` says which field of the form a pointer is about, and what to say before it.
///
/// # Errors
/// Any other refusal.
pub(super) fn refused_at(
    refusal: Refusal,
    frame: &Frame,
    place: impl Fn(&str) -> (String, Option<String>),
) -> Result<(StatusCode, Refused), Refusal> {
    let language = frame.language;
    let problems = match &refusal {
        Refusal::Rejected(rejection) => rejection.problems(language),
        _ => Vec::new(),
    };
    let (status, refused) = refused(refusal, language)?;
    let fields = problems.into_iter().map(|problem| {
        let (field, about) = place(&problem.pointer);
        match about {
            Some(about) => {
                let said = frame.t2("refused-about", ("about", about), ("detail", problem.detail));
                (field, said.into_owned())
            }
            None => (field, problem.detail),
        }
    });
    let fields = fields.collect();
    Ok((status, Refused { fields, ..refused }))
}
