//! Credentials that somebody shows, of the bank or of others: what is said of them, step by step. Nothing is kept.

pub mod given;
pub mod lookup;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::context::{Bank, Context};
use super::error::OpError;
use crate::credentials::{Examination, Found, Refusal, When, examine};
use crate::domain::credential::EntryState;
use crate::domain::language::Language;
use crate::domain::verdict::{CredentialStanding, CredentialVerdict, StepOutcome, StepVerdict, VerdictStep};
use lookup::{Known, Lookup, Reaching};

/// A credential as it was given: a document with a proof or around a JWT, or the text of a compact JWT.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Presented {
    Document(Map<String, Value>),
    Token(String),
}

// By hand: the derive has no word for an object of any shape in a variant.
impl utoipa::PartialSchema for Presented {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::Type::{Object, String};
        use utoipa::openapi::{ObjectBuilder, OneOfBuilder};
        OneOfBuilder::new()
            .description(Some("A document with a proof or around a JWT, or the text of a compact JWT"))
            .item(ObjectBuilder::new().schema_type(Object))
            .item(ObjectBuilder::new().schema_type(String))
            .into()
    }
}

impl utoipa::ToSchema for Presented {}

impl Presented {
    /// The credential as JSON.
    pub fn value(&self) -> Value {
        match self {
            Self::Document(document) => Value::Object(document.clone()),
            Self::Token(token) => Value::from(token.as_str()),
        }
    }

    /// Reads a credential from a text: JSON, or a compact JWT.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match serde_json::from_str(text) {
            Ok(presented) => Some(presented),
            Err(_) if text.starts_with("eyJ") => Some(Self::Token(text.to_owned())),
            Err(_) => None,
        }
    }
}

/// Verifies a credential, for anybody.
///
/// # Errors
/// When the database is away.
pub fn verify_credential(bank: &Bank, context: &Context, reaching: Reaching, presented: &Presented) -> Result<CredentialVerdict, OpError> {
    let lookup = Lookup::new(bank, context.now, reaching);
    let examined = examine(&presented.value(), &lookup, When::at(context.now));
    let verdict = verdict_of(&lookup, examined)?;
    match lookup.failure() {
        Some(error) => Err(error),
        None => Ok(verdict),
    }
}

fn verdict_of(lookup: &Lookup<'_>, mut examined: Examination) -> Result<CredentialVerdict, OpError> {
    let known = match &examined.issuer {
        Some(issuer) => lookup.known(issuer)?,
        None => None,
    };
    let text = |name: &str| examined.credential.as_ref()?.get(name)?.as_str().map(str::to_owned);
    let (credential_id, name) = (text("id"), text("name"));
    let [_, proof, key, _, status] = &mut examined.found;
    let is_signed = proof.is_ok() && key.is_ok();
    if let (true, Some(issuer), Some(id)) = (is_signed, &examined.issuer, &credential_id) {
        match lookup.own_state(issuer, id)? {
            Some(EntryState::Suspended) => *status = Err(Refusal::Suspended {}),
            Some(EntryState::Revoked) => *status = Err(Refusal::Revoked {}),
            Some(EntryState::Valid) | None => {}
        }
    }
    let names = [
        VerdictStep::Format,
        VerdictStep::Proof,
        VerdictStep::Key,
        VerdictStep::Dates,
        VerdictStep::Status,
    ];
    let mut steps: Vec<StepVerdict> = names
        .into_iter()
        .zip(&examined.found)
        .map(|(step, found)| told(step, found))
        .collect();
    steps.push(match &known {
        _ if !is_signed => trust(Trust::NotReached),
        Some(Known::Own { name }) => trust(Trust::Own(name)),
        Some(Known::Registered(issuer)) if issuer.ended_at.is_some() => trust(Trust::Ended(&issuer.name)),
        Some(Known::Registered(issuer)) => trust(Trust::Registered(&issuer.name)),
        None => trust(Trust::Nobody),
    });
    let credentials = examined
        .held
        .into_iter()
        .map(|held| verdict_of(lookup, held))
        .collect::<Result<Vec<_>, _>>()?;
    let types = examined.credential.as_ref().and_then(|credential| credential.get("type"));
    Ok(CredentialVerdict {
        standing: CredentialStanding::of_steps(&steps).holding(credentials.iter().map(|held| held.standing)),
        credential_id,
        name,
        types: match types {
            Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(only)) => vec![only.clone()],
            _ => Vec::new(),
        },
        issuer: examined.issuer,
        issuer_name: known.filter(|_| is_signed).map(|known| match known {
            Known::Own { name } => name,
            Known::Registered(issuer) => issuer.name,
        }),
        secured_by: examined.secured_by,
        steps,
        credentials,
    })
}

fn told(step: VerdictStep, found: &Found) -> StepVerdict {
    let (outcome, code, chinese, english) = match found {
        Ok(note) => (
            note.outcome(),
            note.code(),
            note.clause(Language::Chinese),
            note.clause(Language::English),
        ),
        Err(refusal) => (
            refusal.outcome(),
            refusal.code(),
            refusal.clause(Language::Chinese),
            refusal.clause(Language::English),
        ),
    };
    StepVerdict {
        step,
        outcome,
        code: code.to_owned(),
        sentence_chinese: format!("{chinese}。"),
        sentence_english: sentence(&english),
    }
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// How the bank knows an issuer.
enum Trust<'a> {
    Own(&'a str),
    Registered(&'a str),
    Ended(&'a str),
    Nobody,
    NotReached,
}

fn trust(trust: Trust<'_>) -> StepVerdict {
    let (outcome, code, chinese, english) = match trust {
        Trust::Own(name) => (
            StepOutcome::Passed,
            "issuer_own",
            format!("签发者是本行，或由本行代签的{name}。"),
            format!("The issuer is the bank itself, or one for whom it signs: {name}."),
        ),
        Trust::Registered(name) => (
            StepOutcome::Passed,
            "issuer_registered",
            format!("签发者是本行登记的{name}。"),
            format!("The issuer is registered with the bank as {name}."),
        ),
        Trust::Ended(name) => (
            StepOutcome::Failed,
            "issuer_ended",
            format!("签发者{name}在本行的登记已终止。"),
            format!("The registration of the issuer {name} has ended."),
        ),
        Trust::Nobody => (
            StepOutcome::NotChecked,
            "issuer_not_registered",
            "本行没有登记该签发者，无从得知其身份。".to_owned(),
            "The bank does not know the issuer; who it is must be found out otherwise.".to_owned(),
        ),
        Trust::NotReached => (
            StepOutcome::NotChecked,
            "issuer_not_reached",
            "签名未经验证，不能确定是否出自该签发者。".to_owned(),
            "The signature is not verified, so it is not certain whose it is.".to_owned(),
        ),
    };
    StepVerdict {
        step: VerdictStep::IssuerTrust,
        outcome,
        code: code.to_owned(),
        sentence_chinese: chinese,
        sentence_english: english,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_read_from_json_or_a_token() {
        assert!(matches!(Presented::parse(" {\"a\":1}\n"), Some(Presented::Document(_))));
        assert_eq!(Presented::parse("eyJh.eyJi.c\n"), Some(Presented::Token("eyJh.eyJi.c".to_owned())));
        assert_eq!(
            Presented::parse("\"eyJh.eyJi.c\""),
            Some(Presented::Token("eyJh.eyJi.c".to_owned()))
        );
        assert_eq!(Presented::parse("[1]"), None);
        assert_eq!(Presented::parse("nonsense"), None);
    }
}
