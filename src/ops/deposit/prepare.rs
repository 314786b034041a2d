//! What can be said of a deposit without the database: its parts parse, its date and hours are plausible.

use chrono::NaiveDate;

use super::{DepositRequest, NewOutcome};
use crate::domain::certificate_number::CertificateNumber;
use crate::domain::identity_document::IdentityDocument;
use crate::domain::likeness::Person;
use crate::domain::outcome::{ContestResult, Implausible, OutcomeContent, implausible};
use crate::domain::person_name::PersonName;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_line;
use crate::ops::context::Bank;
use crate::ops::error::OpError;
use crate::ops::identity::opened;
use crate::store::deposits::{AccountNumberRow, IdentityRow, LearnerRow};

/// A request whose parts all parse.
pub(super) struct Prepared {
    pub document: IdentityDocument,
    pub name: PersonName,
    pub document_index: Vec<u8>,
    pub name_key: Vec<u8>,
    /// The account that is opened for the learner, if there is none: sealed before the transaction, so that nobody waits
    /// for it, also where it is in vain.
    pub account: (LearnerRow, IdentityRow, AccountNumberRow),
    pub certificate_number: Option<CertificateNumber>,
    pub content: OutcomeContent,
    /// Of the content.
    pub digest: [u8; 32],
    /// The indexes under which somebody is found who must be the same person: by name or number, and date of birth.
    pub likenesses: Vec<Vec<u8>>,
}

/// Parses one request into what the plan works with.
///
/// # Errors
/// When there is no randomness.
pub(super) fn prepare(bank: &Bank, request: &DepositRequest) -> Result<Result<Prepared, Rejection>, OpError> {
    let new = &request.outcome;
    let (document, name, certificate_number) = match parsed(new, bank.day(request.context.now)) {
        Ok(parsed) => parsed,
        Err(rejection) => return Ok(Err(rejection)),
    };
    let account = opened(bank, &request.context, new.institution_id, &document, &name)?;
    let person = Person::new(document, name, []);
    let likenesses = person.sure_keys().iter().map(|key| bank.sealer.index("likeness", key)).collect();
    let (document, name) = person.into_parts();
    let document_index = account.1.document_index.clone();
    let content = OutcomeContent {
        // The index, not the number: the content is compared and hashed, and nothing personal is needed for that.
        learner: crate::domain::movement::hex(&document_index),
        achievement: new.achievement_code.clone(),
        awarded_on: new.awarded_on,
        certificate_number: certificate_number.as_ref().map(|number| number.as_str().to_owned()),
        grade: new.grade.clone(),
        grading_scale: new.grading_scale.clone(),
        score: new.score.clone(),
        hours: new.hours,
        credits: new.credits.clone(),
        trainee_group: new.trainee_group,
        contest: new.contest.clone(),
    };
    Ok(Ok(Prepared {
        digest: content.digest(),
        likenesses,
        document,
        name,
        document_index,
        name_key: account.0.name_key.clone(),
        account,
        certificate_number,
        content,
    }))
}

type Parsed = (IdentityDocument, PersonName, Option<CertificateNumber>);

fn parsed(new: &NewOutcome, today: NaiveDate) -> Result<Parsed, Rejection> {
    let mut problems = Vec::new();
    let document = IdentityDocument::parse(new.learner.document_kind, &new.learner.document_number, today);
    if let Err(error) = &document {
        problems.push(FieldProblem::new("/learner/document_number", error.to_string()));
    }
    let name = PersonName::parse(&new.learner.name);
    if name.is_none() {
        problems.push(FieldProblem::new("/learner/name", "must have 1 to 100 characters and no digits"));
    }
    let certificate_number = new.certificate_number.as_deref().map(CertificateNumber::parse);
    if certificate_number == Some(None) {
        problems.push(FieldProblem::new("/certificate_number", "must have 1 to 64 visible characters"));
    }
    for (pointer, text) in [
        ("/grade", &new.grade),
        ("/grading_scale", &new.grading_scale),
        ("/score", &new.score),
        ("/credits", &new.credits),
    ] {
        if text.as_deref().is_some_and(|text| !is_line(text, 40)) {
            problems.push(FieldProblem::new(pointer, "must have 1 to 40 characters"));
        }
    }
    for (pointer, detail) in new.contest.iter().flat_map(ContestResult::problems) {
        problems.push(FieldProblem::new(pointer, detail));
    }
    let (Ok(document), Some(name)) = (document, name) else {
        return Err(Rejection::InvalidBody { problems });
    };
    if !problems.is_empty() {
        return Err(Rejection::InvalidBody { problems });
    }
    match implausible(new.awarded_on, new.hours, today) {
        Some(Implausible::AwardedInTheFuture) => {
            return Err(Rejection::AwardedInTheFuture {
                awarded_on: new.awarded_on,
                today,
            });
        }
        Some(Implausible::AwardedTooLongAgo) => {
            return Err(Rejection::AwardedTooLongAgo {
                awarded_on: new.awarded_on,
            });
        }
        Some(Implausible::HoursNotPositive | Implausible::HoursTooMany) => {
            return Err(Rejection::HoursAbsurd {
                hours: new.hours.map(|hours| hours.to_string()).unwrap_or_default(),
            });
        }
        None => {}
    }
    Ok((document, name, certificate_number.flatten()))
}
