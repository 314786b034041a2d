//! The one place that knows status codes: every refusal becomes a problem document (RFC 9457) in the caller's language.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, ResponseError};
use serde::{Deserialize, Serialize};
use tracing_actix_web::RequestId;

use crate::domain::language::Language;
use crate::domain::rejection::{Class, FieldProblem, Rejection};
use crate::ops::error::OpError;

/// Why something was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Problem {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#not_found")]
    pub kind: String,
    #[schema(example = "Not Found")]
    pub title: String,
    #[schema(minimum = 400, maximum = 599, example = 404)]
    pub status: u16,
    /// A sentence in the caller's language.
    #[schema(example = "Not found, or not for you to know.")]
    pub detail: String,
    /// The request's id, to be quoted in questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Stable, the same in every language.
    #[schema(example = "not_found")]
    pub code: String,
    /// The OAuth 2.0 error code (RFC 6749, 5.2), where the token endpoint answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The fields that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// A refusal of the web itself, before any operation is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    status: StatusCode,
    chinese: &'static str,
    english: &'static str,
}

const NOT_FOUND: Fault = fault(
    "not_found",
    StatusCode::NOT_FOUND,
    "没有这个地址。",
    "There is nothing at this address.",
);
const METHOD: Fault = fault(
    "method_not_allowed",
    StatusCode::METHOD_NOT_ALLOWED,
    "此地址不支持该方法，见 Allow。",
    "This address does not support the method; see `Allow`.",
);
const TOO_LARGE: Fault = fault(
    "body_too_large",
    StatusCode::PAYLOAD_TOO_LARGE,
    "请求内容过大。",
    "The request body is too large.",
);
const MEDIA_TYPE: Fault = fault(
    "unsupported_media_type",
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "不支持的内容类型。",
    "The content type of the body is not supported.",
);
const BAD_REQUEST: Fault = fault(
    "bad_request",
    StatusCode::BAD_REQUEST,
    "请求无法解析。",
    "The request cannot be understood.",
);
const INTERNAL: Fault = fault(
    "internal",
    StatusCode::INTERNAL_SERVER_ERROR,
    "系统内部错误，请引用 instance 联系我们。",
    "Something failed inside; quote `instance` when you ask about it.",
);
const UNAVAILABLE: Fault = fault(
    "unavailable",
    StatusCode::SERVICE_UNAVAILABLE,
    "系统暂时不可用，请稍后再试。",
    "The bank is away for a moment; try again.",
);

/// Every fault, for the published table.
pub const FAULTS: [Fault; 7] = [NOT_FOUND, METHOD, TOO_LARGE, MEDIA_TYPE, BAD_REQUEST, INTERNAL, UNAVAILABLE];

const fn fault(code: &'static str, status: StatusCode, chinese: &'static str, english: &'static str) -> Fault {
    Fault {
        code,
        status,
        chinese,
        english,
    }
}

impl Fault {
    fn of(status: StatusCode) -> Self {
        FAULTS
            .into_iter()
            .find(|fault| fault.status == status)
            .unwrap_or(if status.is_server_error() { INTERNAL } else { BAD_REQUEST })
    }

    /// The status that it is answered with.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }
}

/// The status of each class of refusal.
pub fn status_of(class: Class) -> StatusCode {
    match class {
        Class::Malformed => StatusCode::BAD_REQUEST,
        Class::Unauthenticated => StatusCode::UNAUTHORIZED,
        Class::Forbidden => StatusCode::FORBIDDEN,
        Class::Missing => StatusCode::NOT_FOUND,
        Class::Conflict => StatusCode::CONFLICT,
        Class::Stale => StatusCode::PRECONDITION_FAILED,
        Class::Rule => StatusCode::UNPROCESSABLE_ENTITY,
        Class::TooMany => StatusCode::TOO_MANY_REQUESTS,
    }
}

impl Problem {
    /// The document of an expected refusal.
    pub fn of_rejection(rejection: &Rejection, language: Language) -> Self {
        let status = status_of(rejection.class());
        Self::new(
            rejection.code(),
            status,
            rejection.sentence(language),
            rejection.problems().to_vec(),
        )
    }

    fn of_fault(fault: Fault, status: StatusCode, language: Language) -> Self {
        let detail = match language {
            Language::Chinese => fault.chinese,
            Language::English => fault.english,
        };
        Self::new(fault.code, status, detail.to_owned(), Vec::new())
    }

    fn new(code: &str, status: StatusCode, detail: String, errors: Vec<FieldProblem>) -> Self {
        Self {
            kind: format!("/docs/problems#{code}"),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            detail,
            instance: None,
            code: code.to_owned(),
            error: matches!(code, "invalid_client" | "unsupported_grant_type" | "invalid_scope").then(|| code.to_owned()),
            errors,
        }
    }
}

/// One line of the published table of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableLine {
    pub code: &'static str,
    pub status: u16,
    pub chinese: &'static str,
    pub english: &'static str,
}

/// Every code that a problem can have, in the order of codes.
pub fn table() -> Vec<TableLine> {
    let rejections = Rejection::TABLE.iter().map(|(code, class, chinese, english)| TableLine {
        code,
        status: status_of(*class).as_u16(),
        chinese,
        english,
    });
    let faults = FAULTS.iter().map(|fault| TableLine {
        code: fault.code,
        status: fault.status(),
        chinese: fault.chinese,
        english: fault.english,
    });
    // `not_found` is both: nothing at the address, and nothing that the caller may know; the latter explains more.
    let mut lines: Vec<TableLine> = rejections.chain(faults).collect();
    lines.sort_by_key(|line| line.code);
    lines.dedup_by_key(|line| line.code);
    lines
}

/// What a handler answers when it does not do what was asked; [`render`] gives it its body.
#[derive(Debug)]
pub enum Refusal {
    Rejected(Rejection),
    Fault(Fault),
    /// With the methods that the address has.
    MethodNotAllowed(String),
}

impl Refusal {
    /// There is nothing at the address.
    pub const NOWHERE: Self = Self::Fault(NOT_FOUND);
    /// The body's content type is not the one that is documented.
    pub const MEDIA_TYPE: Self = Self::Fault(MEDIA_TYPE);
    /// The body is larger than the limit.
    pub const TOO_LARGE: Self = Self::Fault(TOO_LARGE);
    /// The body broke off or cannot be decoded.
    pub const BAD_REQUEST: Self = Self::Fault(BAD_REQUEST);
    /// Something that the bank needs is away.
    pub const UNAVAILABLE: Self = Self::Fault(UNAVAILABLE);
    /// Something failed inside.
    pub const INTERNAL: Self = Self::Fault(INTERNAL);
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<OpError> for Refusal {
    fn from(error: OpError) -> Self {
        match error {
            OpError::Rejected(rejection) => Self::Rejected(rejection),
            OpError::Store(error) => {
                tracing::error!(%error, "the database failed");
                if error.is_outage() { Self::UNAVAILABLE } else { Self::INTERNAL }
            }
            OpError::Secret(error) => {
                tracing::error!(%error, "a secret failed");
                Self::INTERNAL
            }
        }
    }
}

impl From<actix_web::error::BlockingError> for Refusal {
    fn from(_: actix_web::error::BlockingError) -> Self {
        Self::UNAVAILABLE
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Rejected(rejection) => rejection.code(),
            Self::Fault(fault) => fault.code,
            Self::MethodNotAllowed(_) => METHOD.code,
        })
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Rejected(rejection) => status_of(rejection.class()),
            Self::Fault(fault) => fault.status,
            Self::MethodNotAllowed(_) => METHOD.status,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        match self {
            Self::Rejected(rejection) => drop(response.extensions_mut().insert(rejection.clone())),
            Self::MethodNotAllowed(allowed) => {
                if let Ok(allowed) = header::HeaderValue::from_str(allowed) {
                    response.headers_mut().insert(header::ALLOW, allowed);
                }
            }
            Self::Fault(_) => {}
        }
        response
    }
}

/// The language that a request asks for.
pub fn language_of(request: &actix_web::HttpRequest) -> Language {
    let asked = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Language::from_accept_language(asked.unwrap_or_default())
}

/// Gives every refusal its problem document: our own, and those that the framework made as plain text.
pub async fn render<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    // Handlers and extractors answer with a response even when they refuse; only a broken middleware errs.
    let answer = next.call(request).await?;
    if answer.status().as_u16() < 400 {
        return Ok(answer.map_into_left_body());
    }
    let (request, response) = answer.into_parts();
    Ok(with_problem(request, response.map_into_boxed_body()).map_into_right_body())
}

fn with_problem(request: actix_web::HttpRequest, mut response: HttpResponse) -> ServiceResponse<BoxBody> {
    let language = language_of(&request);
    let rejection = response.extensions_mut().remove::<Rejection>();
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        return ServiceResponse::new(request, response);
    }
    let status = response.status();
    let mut problem = match &rejection {
        Some(rejection) => Problem::of_rejection(rejection, language),
        None => Problem::of_fault(Fault::of(status), status, language),
    };
    problem.instance = request.extensions().get::<RequestId>().map(|id| format!("urn:uuid:{id}"));
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    answer.insert_header((
        header::CONTENT_LANGUAGE,
        match language {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        },
    ));
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        answer.insert_header((header::ALLOW, allowed.clone()));
    }
    if let Some(wait) = response.headers().get(header::RETRY_AFTER) {
        answer.insert_header((header::RETRY_AFTER, wait.clone()));
    } else if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        answer.insert_header((header::RETRY_AFTER, "6"));
    }
    if status == StatusCode::UNAUTHORIZED {
        answer.insert_header((
            header::WWW_AUTHENTICATE,
            if rejection == Some(Rejection::ClientUnknown {}) {
                "Basic realm=\"credit-bank\""
            } else {
                "Bearer realm=\"credit-bank\""
            },
        ));
    }
    let body = serde_json::to_string(&problem).unwrap_or_default();
    ServiceResponse::new(request, answer.body(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_its_status() {
        let cases = [
            (Class::Malformed, 400),
            (Class::Unauthenticated, 401),
            (Class::Forbidden, 403),
            (Class::Missing, 404),
            (Class::Conflict, 409),
            (Class::Stale, 412),
            (Class::Rule, 422),
            (Class::TooMany, 429),
        ];
        for (class, status) in cases {
            assert_eq!(status_of(class).as_u16(), status);
        }
    }

    #[test]
    fn a_refusal_says_the_same_code_in_both_languages() {
        let chinese = Problem::of_rejection(&Rejection::NotFound {}, Language::Chinese);
        let english = Problem::of_rejection(&Rejection::NotFound {}, Language::English);
        assert_eq!((chinese.code.as_str(), chinese.status), ("not_found", 404));
        assert_eq!(chinese.code, english.code);
        assert_ne!(chinese.detail, english.detail);
    }
}
