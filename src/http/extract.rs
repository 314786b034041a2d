//! What handlers take from a request: who asks, bodies, queries and headers. Nothing is authorised here.

use std::future::{Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::de::DeserializeOwned;
use tracing_actix_web::RequestId;
use uuid::Uuid;

use super::observe::allowed_at;
use super::problem::Refusal;
use super::state::Web;
use crate::domain::actor::{Caller, ScopeSet};
use crate::domain::rejection::{FieldProblem, Rejection, nul_within};
use crate::ops::context::Context;
use crate::vault::tokens::AccessClaims;

/// Somebody who asks, when, in which request. Refused before the body is looked at when there is no good token.
pub struct Asking(pub Context);

/// Anybody who asks: no token is nobody, and a token that is not good is still refused.
pub struct Anyone(pub Context);

impl FromRequest for Asking {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let somebody = asking(request).and_then(|context| match context.caller {
            Caller::Anonymous => Err(Rejection::Unauthenticated {}.into()),
            _ => Ok(Self(context)),
        });
        ready(somebody)
    }
}

impl FromRequest for Anyone {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(asking(request).map(Self))
    }
}

fn asking(request: &HttpRequest) -> Result<Context, Refusal> {
    let web = request.app_data::<web::Data<Web>>().ok_or(Refusal::INTERNAL)?;
    let now = crate::clock::now();
    let request_id = request_id(request);
    let caller = match request.headers().get(header::AUTHORIZATION) {
        None => Caller::Anonymous,
        Some(value) => {
            let claims = value
                .to_str()
                .ok()
                .and_then(|text| text.split_once(' '))
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .and_then(|(_, token)| web.bank.tokens.verify(token.trim(), now.timestamp()));
            caller_of(&claims.ok_or(Rejection::Unauthenticated {})?)
        }
    };
    Ok(Context { caller, now, request_id })
}

/// Nobody, asking now: for what takes another credential than a token.
pub fn anonymous(request: &HttpRequest) -> Context {
    Context {
        request_id: request_id(request),
        ..Context::of(Caller::Anonymous, crate::clock::now())
    }
}

fn request_id(request: &HttpRequest) -> Uuid {
    request.extensions().get::<RequestId>().map_or_else(Uuid::now_v7, |id| **id)
}

fn caller_of(claims: &AccessClaims) -> Caller {
    match claims.sid {
        Some(session_id) => Caller::User {
            user_id: claims.sub,
            session_id,
        },
        None => Caller::Client {
            client_id: claims.sub,
            scopes: ScopeSet::parse(claims.scope.as_deref().unwrap_or_default()).unwrap_or_default(),
        },
    }
}

/// A JSON body; what is wrong with it is named by a pointer. Of one that is taken `BY_ROW` the rows are read later.
pub struct Json<T, const BY_ROW: bool = false>(pub T);

impl<T: DeserializeOwned + 'static, const BY_ROW: bool> FromRequest for Json<T, BY_ROW> {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request.mime_type().ok().flatten().is_some_and(|mime| {
            mime.type_() == "application" && (mime.subtype() == "json" || mime.suffix().is_some_and(|suffix| suffix == "json"))
        });
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = bytes
                .await
                .map_err(|error| match error.as_response_error().status_code().as_u16() {
                    413 => Refusal::TOO_LARGE,
                    _ => Refusal::BAD_REQUEST,
                })?;
            if !is_json {
                return Err(Refusal::MEDIA_TYPE);
            }
            if !BY_ROW {
                storable(&bytes)?;
            }
            from_json(&bytes).map(Self).map_err(Refusal::Rejected)
        })
    }
}

/// Refuses a JSON text with U+0000 in a text of it. Rare, so it is only looked for where the bytes may hold it.
///
/// # Errors
/// `InvalidBody` with the pointer of the text.
pub fn storable(bytes: &[u8]) -> Result<(), Rejection> {
    let suspect = bytes.windows(6).any(|part| part == b"\\u0000");
    let value = suspect.then(|| serde_json::from_slice(bytes).ok()).flatten();
    match value.and_then(|value| nul_within(&value, String::new())) {
        Some(pointer) => Err(Rejection::field(pointer, "has the character U+0000, which no text may have")),
        None => Ok(()),
    }
}

/// Reads a JSON text.
///
/// # Errors
/// `MalformedBody` with the pointer of what is wrong.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Rejection> {
    let malformed = |pointer: String, detail: String| Rejection::MalformedBody {
        problems: vec![FieldProblem { pointer, detail }],
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let (pointer, detail) = match serde_path_to_error::deserialize(&mut deserializer) {
        Ok(value) => match deserializer.end() {
            Ok(()) => return Ok(value),
            Err(error) => (String::new(), error.to_string()),
        },
        Err(error) => place_and_sentence(error.path(), &error.inner().to_string()),
    };
    // In JSON Schema 4.0 is an integer; serde takes it for none. Rare, so it is only looked for here.
    if detail.starts_with("invalid type: floating point")
        && let Ok(value) = serde_json::from_slice::<serde_json::Value>(bytes)
    {
        return serde_path_to_error::deserialize(with_whole_numbers(value)).map_err(|error| {
            let (pointer, detail) = place_and_sentence(error.path(), &error.inner().to_string());
            malformed(pointer, detail)
        });
    }
    Err(malformed(pointer, detail))
}

/// Writes numbers without a fraction as whole numbers.
fn with_whole_numbers(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Array(items) => items.into_iter().map(with_whole_numbers).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, with_whole_numbers(value))).collect(),
        Value::Number(number) => {
            let text = number.to_string();
            let whole = text.strip_suffix(".0").and_then(|whole| whole.parse::<i64>().ok());
            whole.map_or(Value::Number(number), Value::from)
        }
        other => other,
    }
}

/// A field that is missing or unknown is named itself, not the object around it.
fn place_and_sentence(path: &serde_path_to_error::Path, message: &str) -> (String, String) {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    // serde_json ends its sentences with the place in the text, which the pointer says better.
    let sentence = message.rsplit_once(" at line ").map_or(message, |(sentence, _)| sentence);
    let named = |start: &str| sentence.strip_prefix(start)?.split('`').next();
    if let Some(field) = named("missing field `") {
        return (format!("{pointer}/{field}"), "is required".to_owned());
    }
    if let Some(field) = named("unknown field `") {
        let pointer = if pointer.ends_with(&format!("/{field}")) {
            pointer
        } else {
            format!("{pointer}/{field}")
        };
        return (pointer, "is not a field of this body".to_owned());
    }
    (pointer, sentence.to_owned())
}

/// The query; what is wrong with it is named.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(from_query(request.query_string()).map(Self).map_err(Refusal::Rejected))
    }
}

fn from_query<T: DeserializeOwned>(text: &str) -> Result<T, Rejection> {
    let deserializer = serde_urlencoded::Deserializer::new(url::form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let (pointer, detail) = place_and_sentence(error.path(), &error.inner().to_string());
        Rejection::InvalidQuery {
            name: pointer.trim_start_matches('/').to_owned(),
            detail,
        }
    })
}

/// A text of at most so many characters in a query.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct AtMost<const CHARACTERS: usize>(pub String);

impl<const CHARACTERS: usize> TryFrom<String> for AtMost<CHARACTERS> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.chars().count() <= CHARACTERS {
            Ok(Self(text))
        } else {
            Err(format!("must have at most {CHARACTERS} characters"))
        }
    }
}

/// A form of `application/x-www-form-urlencoded`.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = bytes.await.map_err(|_| Refusal::TOO_LARGE)?;
            if !is_form {
                return Err(Refusal::MEDIA_TYPE);
            }
            let deserializer = serde_urlencoded::Deserializer::new(url::form_urlencoded::parse(&bytes));
            let form = serde_path_to_error::deserialize(deserializer).map_err(|error| {
                let (pointer, detail) = place_and_sentence(error.path(), &error.inner().to_string());
                Rejection::MalformedBody {
                    problems: vec![FieldProblem { pointer, detail }],
                }
            })?;
            Ok(Self(form))
        })
    }
}

/// An identifier in the path; one that is none names nothing.
pub struct Id<const PLACE: usize = 0>(pub Uuid);

impl<const PLACE: usize> FromRequest for Id<PLACE> {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = request
            .match_info()
            .iter()
            .nth(PLACE)
            .and_then(|(_, text)| Uuid::try_parse(text).ok());
        ready(found.map(Self).ok_or_else(|| no_id(request)))
    }
}

/// What is no identifier names nothing, unless it is the address of something that has other methods.
fn no_id(request: &HttpRequest) -> Refusal {
    match allowed_at(request.path()) {
        Some(allowed) if !allowed.contains(&request.method().as_str()) => Refusal::MethodNotAllowed(allowed.join(", ")),
        _ => Refusal::Rejected(Rejection::NotFound {}),
    }
}

/// The `Idempotency-Key` of a request: 1 to 100 visible ASCII characters, or none.
pub struct Key(pub Option<String>);

impl FromRequest for Key {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        const NAME: &str = "Idempotency-Key";
        let key = match request.headers().get(NAME) {
            None => Ok(None),
            Some(value) => value
                .to_str()
                .ok()
                .filter(|key| is_idempotency_key(key))
                .map(|key| Some(key.to_owned()))
                .ok_or(Refusal::Rejected(Rejection::InvalidHeader { name: NAME })),
        };
        ready(key.map(Self))
    }
}

/// Whether a text can be an idempotency key.
pub fn is_idempotency_key(key: &str) -> bool {
    (1..=100).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The edition that the caller changes, from `If-Match: "7"`.
pub struct Edition(pub i64);

impl FromRequest for Edition {
    type Error = Refusal;
    type Future = Ready<Result<Self, Refusal>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let edition = match request.headers().get(header::IF_MATCH) {
            None => Err(Rejection::PreconditionNeeded {}),
            Some(value) => value
                .to_str()
                .ok()
                .and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok())
                .ok_or(Rejection::InvalidHeader { name: "If-Match" }),
        };
        ready(edition.map(Self).map_err(Refusal::Rejected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only read by serde")]
        rows: Vec<Row>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        #[expect(dead_code, reason = "only read by serde")]
        day: chrono::NaiveDate,
    }

    #[test]
    fn what_is_wrong_with_a_body_is_named_by_its_pointer() {
        let cases = [
            (r#"{"rows":[{"day":"2024-01-01"},{}]}"#, "/rows/1/day", "is required"),
            (
                r#"{"rows":[{"day":"2024-01-01","x":1}]}"#,
                "/rows/0/x",
                "is not a field of this body",
            ),
            (
                r#"{"rows":[{"day":"yesterday"}]}"#,
                "/rows/0/day",
                "input contains invalid characters",
            ),
            (r#"{"rows":7}"#, "/rows", "invalid type: integer `7`, expected a sequence"),
            ("{", "", "EOF while parsing an object"),
            (r#"{"rows":[]} x"#, "", "trailing characters at line 1 column 13"),
        ];
        for (text, pointer, detail) in cases {
            let Rejection::MalformedBody { problems } = from_json::<Body>(text.as_bytes()).unwrap_err() else {
                panic!("{text}")
            };
            assert_eq!(
                (problems[0].pointer.as_str(), problems[0].detail.as_str()),
                (pointer, detail),
                "{text}"
            );
        }
    }
}
