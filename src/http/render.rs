//! Giving every refusal its body: a problem document in the caller's language.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use tracing_actix_web::RequestId;

use super::problem::{Fault, Problem};
use super::state::Web;
use crate::domain::language::Language;
use crate::domain::rejection::Rejection;

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
    let instance = request.extensions().get::<RequestId>().map(|id| format!("urn:uuid:{id}"));
    let problem_in = |language| Problem {
        instance: instance.clone(),
        ..match &rejection {
            Some(rejection) => Problem::of_rejection(rejection, language),
            None => Problem::of_fault(Fault::of(status), status, language),
        }
    };
    let shown = request
        .app_data::<web::Data<Web>>()
        .and_then(|web| (web.pages.problem)(&request, &problem_in));
    if let Some(page) = shown {
        return ServiceResponse::new(request, page);
    }
    let problem = problem_in(language);
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
