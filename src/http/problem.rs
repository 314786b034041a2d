//! The one place that knows status codes: every refusal becomes a problem document (RFC 9457) in the caller's language.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::{Deserialize, Serialize};

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
    #[schema(example = "Not found")]
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
    "This address does not support the method; see “Allow”.",
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
    "Something failed inside; quote “instance” when you ask about it.",
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
    /// The fault that a status of the framework stands for.
    pub fn of(status: StatusCode) -> Self {
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

/// The codes that OAuth 2.0 and the issuance to wallets know by the same names.
const OAUTH_CODES: [&str; 8] = [
    "invalid_client",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_grant",
    "invalid_token",
    "invalid_proof",
    "invalid_nonce",
    "unknown_credential_configuration",
];

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
        Class::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
    }
}

/// What a status means, in both languages.
fn title_of(status: StatusCode, language: Language) -> &'static str {
    let (chinese, english) = match status.as_u16() {
        400 => ("请求有误", "The request is not right"),
        401 => ("未认证", "Not signed in"),
        403 => ("无权操作", "Not allowed"),
        404 => ("未找到", "Not found"),
        405 => ("方法不受支持", "Method not supported"),
        409 => ("冲突", "Conflict"),
        412 => ("副本已过期", "Out of date"),
        413 => ("内容过大", "Too large"),
        415 => ("内容类型不受支持", "Content type not supported"),
        422 => ("无法处理", "This cannot be done"),
        429 => ("尝试过多", "Too many attempts"),
        503 => ("暂时不可用", "Away for a moment"),
        _ => ("系统错误", "Something failed"),
    };
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}

impl Problem {
    /// The document of an expected refusal.
    pub fn of_rejection(rejection: &Rejection, language: Language) -> Self {
        let status = status_of(rejection.class());
        Self::new(
            rejection.code(),
            status,
            language,
            rejection.sentence(language),
            rejection.problems(language),
        )
    }

    /// The document of a refusal of the web itself.
    pub fn of_fault(fault: Fault, status: StatusCode, language: Language) -> Self {
        let detail = match language {
            Language::Chinese => fault.chinese,
            Language::English => fault.english,
        };
        Self::new(fault.code, status, language, detail.to_owned(), Vec::new())
    }

    fn new(code: &str, status: StatusCode, language: Language, detail: String, errors: Vec<FieldProblem>) -> Self {
        Self {
            kind: format!("/docs/problems#{code}"),
            title: title_of(status, language).to_owned(),
            status: status.as_u16(),
            detail,
            instance: None,
            code: code.to_owned(),
            error: OAUTH_CODES.contains(&code).then(|| code.to_owned()),
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

/// What a handler answers when it does not do what was asked; [`super::render::render`] gives it its body.
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
            OpError::Files(error) => {
                tracing::error!(%error, "the store of evidence failed");
                Self::UNAVAILABLE
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
            (Class::TooLarge, 413),
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
        assert_eq!((chinese.title.as_str(), english.title.as_str()), ("未找到", "Not found"));
    }
}
