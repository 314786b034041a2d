//! What is said of a credential, in words: as a whole, step by step, and of each that it holds; and what somebody gives to be looked at.

use std::borrow::Cow;
use std::io::Read as _;

use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::domain::verdict::{CredentialStanding, CredentialVerdict, StepOutcome, StepVerdict, VerdictStep};
use crate::http::problem::Refusal;
use crate::http::state::{Web, Width};
use crate::ops::error::OpError;
use crate::ops::verification::Presented;
use crate::ops::verification::given::{Given, given as look_into};

use super::frame::Frame;
use super::upload::SentFile;

/// What came of one step.
pub(super) struct ShownStep {
    pub(super) name: Cow<'static, str>,
    /// The word that the style sheet knows.
    pub(super) outcome: &'static str,
    pub(super) says: Cow<'static, str>,
    pub(super) sentence: String,
}

/// What is said of one credential.
pub(super) struct ShownPart {
    pub(super) name: Option<String>,
    /// The word that the style sheet knows.
    pub(super) standing: &'static str,
    pub(super) says: Cow<'static, str>,
    /// What the credential says of itself.
    pub(super) lines: Vec<(Cow<'static, str>, String)>,
    pub(super) steps: Vec<ShownStep>,
}

/// What is said of a credential and of those that it holds.
pub(super) struct ShownVerdict {
    pub(super) whole: ShownPart,
    /// Whether it is valid, and yet nobody vouches for who issued it.
    pub(super) has_unconfirmed_issuer: bool,
    pub(super) held: Vec<ShownPart>,
}

fn step(verdict: &StepVerdict, frame: &Frame) -> ShownStep {
    ShownStep {
        name: frame.word("verify-step", verdict.step.as_str()),
        outcome: verdict.outcome.as_str(),
        says: frame.word("verify-outcome", verdict.outcome.as_str()),
        sentence: match frame.language {
            Language::Chinese => verdict.sentence_chinese.clone(),
            Language::English => verdict.sentence_english.clone(),
        },
    }
}

/// What a type of credentials is called; of one that is not known here, its own name.
fn type_name(name: &str, frame: &Frame) -> String {
    let id = match name {
        "VerifiableCredential" => "verify-type-credential",
        "OpenBadgeCredential" | "AchievementCredential" => "verify-type-badge",
        "ClrCredential" => "verify-type-record",
        "EndorsementCredential" => "verify-type-endorsement",
        _ => return name.to_owned(),
    };
    frame.t(id).into_owned()
}

fn part(verdict: &CredentialVerdict, frame: &Frame, steps: Vec<ShownStep>) -> ShownPart {
    let mut lines = Vec::new();
    let mut say = |id, value: &Option<String>| lines.extend(value.clone().map(|value| (frame.t(id), value)));
    say("verify-issuer-name", &verdict.issuer_name);
    say("verify-issuer", &verdict.issuer);
    say("verify-id", &verdict.credential_id);
    let types: Vec<String> = verdict.types.iter().map(|name| type_name(name, frame)).collect();
    say(
        "verify-types",
        &Some(types.join(&frame.t("list-separator"))).filter(|types| !types.is_empty()),
    );
    say("verify-secured-by", &verdict.secured_by);
    ShownPart {
        name: verdict.name.clone(),
        standing: verdict.standing.as_str(),
        says: frame.word("verify-standing", verdict.standing.as_str()),
        lines,
        steps,
    }
}

/// Those that a credential holds, with what is not as it should be.
fn held(verdict: &CredentialVerdict, frame: &Frame, found: &mut Vec<ShownPart>) {
    for inner in &verdict.credentials {
        let steps = inner.steps.iter().filter(|step| step.outcome != StepOutcome::Passed);
        found.push(part(inner, frame, steps.map(|verdict| step(verdict, frame)).collect()));
        held(inner, frame, found);
    }
}

/// A verdict as a page says it.
pub(super) fn shown(verdict: &CredentialVerdict, frame: &Frame) -> ShownVerdict {
    let mut inner = Vec::new();
    held(verdict, frame, &mut inner);
    let is_unconfirmed = |step: &StepVerdict| step.step == VerdictStep::IssuerTrust && step.outcome != StepOutcome::Passed;
    ShownVerdict {
        has_unconfirmed_issuer: verdict.standing == CredentialStanding::Valid && verdict.steps.iter().any(is_unconfirmed),
        whole: part(verdict, frame, verdict.steps.iter().map(|verdict| step(verdict, frame)).collect()),
        held: inner,
    }
}

/// What is in the file that was chosen, or else the credential that was pasted into the field `credential`.
///
/// # Errors
/// `InvalidBody` where there is neither, or what there is cannot be read.
pub(super) async fn given(web: &Web, pasted: &str, sent: Option<SentFile>) -> Result<Given, Refusal> {
    let Some(mut sent) = sent else {
        let problem = match pasted.trim() {
            "" => "must be given",
            _ => "is neither JSON nor a JWT",
        };
        let presented = Presented::parse(pasted).map(Given::Credential);
        return Ok(presented.ok_or_else(|| Rejection::field("/credential", problem))?);
    };
    web.calculate(Width::One, move |bank| {
        let mut content = Vec::new();
        let read = sent.content.read_to_end(&mut content);
        read.map_err(|error| OpError::Secret(format!("a file of a form: {error}")))?;
        Ok(look_into(&content, bank.evidence_bytes_max)?)
    })
    .await
}

/// The credential that was given, by itself, in a picture or in a paper.
///
/// # Errors
/// `InvalidBody` where there is none.
pub(super) async fn presented(web: &Web, pasted: &str, sent: Option<SentFile>) -> Result<Presented, Refusal> {
    let credential = match given(web, pasted, sent).await? {
        Given::Credential(presented) => Some(presented),
        Given::Paper(paper) => paper.credential,
        Given::Codes(_) => None,
    };
    Ok(credential.ok_or_else(|| Rejection::field("/file", "The file has no credential in it."))?)
}
