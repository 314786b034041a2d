//! What handlers take from a request: who asks, bodies, queries and headers. Nothing is authorised here.

use std::future::{Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::de::DeserializeOwned;
use tracing_actix_web::RequestId;
use uuid::Uuid;

use super::json::{from_json, place_and_sentence, shape_from_json};
use super::observe::allowed_at;
use super::problem::Refusal;
use super::state::Web;
use crate::domain::actor::{Caller, ScopeSet};
use crate::domain::rejection::{FieldProblem, Rejection};
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

/// A JSON body; what is wrong with it is named by a pointer.
pub struct Json<T>(pub T);

/// A JSON body whose rows are texts still: each of them is read, and refused, by itself.
pub struct Rows<T>(pub T);

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Refusal>>>>;

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Refusal;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        read(request, payload, |bytes| from_json(bytes).map(Self))
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Rows<T> {
    type Error = Refusal;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        read(request, payload, |bytes| shape_from_json(bytes).map(Self))
    }
}

fn read<T: 'static>(request: &HttpRequest, payload: &mut Payload, reader: fn(&[u8]) -> Result<T, Rejection>) -> Reading<T> {
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
        reader(&bytes).map_err(Refusal::Rejected)
    })
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

/// A text of at most so many characters in a query, none of them a control character.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct AtMost<const CHARACTERS: usize>(pub String);

impl<const CHARACTERS: usize> TryFrom<String> for AtMost<CHARACTERS> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.chars().count() > CHARACTERS {
            Err(format!("must have at most {CHARACTERS} characters"))
        } else if text.chars().any(char::is_control) {
            Err("must have no control characters".to_owned())
        } else {
            Ok(Self(text))
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
            Ok(Self(from_form(&bytes)?))
        })
    }
}

fn from_form<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Rejection> {
    let deserializer = serde_urlencoded::Deserializer::new(url::form_urlencoded::parse(bytes));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let (pointer, detail) = place_and_sentence(error.path(), &error.inner().to_string());
        Rejection::MalformedBody {
            problems: vec![FieldProblem { pointer, detail }],
        }
    })
}

/// Reads what is left of a form after something was taken out of it.
///
/// # Errors
/// `MalformedBody`.
pub fn form_from_pairs<T: DeserializeOwned>(pairs: Vec<(String, String)>) -> Result<T, Rejection> {
    let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    from_form(text.as_bytes())
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
#[derive(utoipa::IntoParams)]
#[into_params(names("Idempotency-Key"), parameter_in = Header)]
pub struct Key(
    /// Makes a repeated request harmless
    #[param(max_length = 100, pattern = "^[!-~]{1,100}$")]
    pub Option<String>,
);

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
#[derive(utoipa::IntoParams)]
#[into_params(names("If-Match"), parameter_in = Header)]
pub struct Edition(
    /// The edition that was read
    #[param(value_type = String, pattern = "^\"[0-9]{1,18}\"$", example = "\"1\"")]
    pub i64,
);

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
