//! What is said of a credential, in words: as a whole, step by step, and of each that it holds; and the credential as somebody gives it.

use std::borrow::Cow;
use std::io::Read as _;

use crate::domain::language::Language;
use crate::domain::rejection::Rejection;
use crate::domain::verdict::{CredentialVerdict, StepOutcome, StepVerdict};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::ops::error::OpError;
use crate::ops::verification::Presented;

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

fn part(verdict: &CredentialVerdict, frame: &Frame, steps: Vec<ShownStep>) -> ShownPart {
    let mut lines = Vec::new();
    let mut say = |id, value: &Option<String>| lines.extend(value.clone().map(|value| (frame.t(id), value)));
    say("verify-issuer-name", &verdict.issuer_name);
    say("verify-issuer", &verdict.issuer);
    say("verify-id", &verdict.credential_id);
    say("verify-types", &Some(verdict.types.join(", ")).filter(|types| !types.is_empty()));
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
    ShownVerdict {
        whole: part(verdict, frame, verdict.steps.iter().map(|verdict| step(verdict, frame)).collect()),
        held: inner,
    }
}

/// The credential that was chosen as a file, or else pasted into the field `credential`.
///
/// # Errors
/// `InvalidBody` where there is neither, or what there is cannot be read.
pub(super) async fn presented(web: &Web, pasted: &str, sent: Option<SentFile>) -> Result<Presented, Refusal> {
    let text = match sent {
        None if pasted.trim().is_empty() => return Err(Rejection::field("/credential", "must be given").into()),
        None => pasted.to_owned(),
        Some(mut sent) => {
            let mut read = move || {
                let mut bytes = Vec::new();
                sent.content.read_to_end(&mut bytes)?;
                Ok::<_, std::io::Error>(bytes)
            };
            let bytes = web
                .run(move |_| read().map_err(|error| OpError::Secret(format!("a file of a form: {error}"))))
                .await?;
            String::from_utf8(bytes).unwrap_or_default()
        }
    };
    let presented = Presented::parse(&text);
    Ok(presented.ok_or_else(|| Rejection::field("/credential", "is neither JSON nor a JWT"))?)
}
