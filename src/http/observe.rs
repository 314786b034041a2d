//! What is seen of a request: one span with its id and its operation, counts and latencies. Nothing personal:
//! no query, no path but its pattern, no address, no user.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ResourceDef, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

use super::problem::Refusal;

/// Operation ids by method and pattern; told once by the server, which knows the routes.
static OPERATIONS: OnceLock<HashMap<(String, String), String>> = OnceLock::new();

/// One operation: its method in capitals, the pattern of its path, and its id.
pub type Operation = (String, String, String);

/// Learns which operations there are.
pub fn learn(operations: impl IntoIterator<Item = Operation>) {
    let by_place = operations.into_iter().map(|(method, path, id)| ((method, path), id)).collect();
    // A second server in the same process has the same routes.
    drop(OPERATIONS.set(by_place));
}

fn operations() -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = OPERATIONS.get().into_iter().flat_map(HashMap::keys);
    all.map(|(method, pattern)| (method.as_str(), pattern.as_str()))
}

fn operation_of(request: &HttpRequest) -> &'static str {
    let pattern = request.match_pattern().unwrap_or_default();
    let known = OPERATIONS.get().and_then(|all| all.get(&(request.method().to_string(), pattern)));
    known.map_or("other", String::as_str)
}

/// The span of a request.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let request_id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        tracing::info_span!(
            "request",
            request_id,
            operation = tracing::field::Empty,
            status = tracing::field::Empty
        )
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, actix_web::Error>) {
        if let Ok(response) = outcome {
            span.record("operation", operation_of(response.request()));
            span.record("status", response.status().as_u16());
        }
    }
}

/// Counts a request by operation and status, and how long it took.
pub async fn count<B: MessageBody + 'static>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, actix_web::Error> {
    let began = Instant::now();
    let mut answer = next.call(request).await?;
    let operation = operation_of(answer.request());
    let status = answer.status().as_str().to_owned();
    metrics::counter!("credit_bank_requests_total", "operation" => operation, "status" => status.clone()).increment(1);
    metrics::histogram!("credit_bank_request_seconds", "operation" => operation, "status" => status.clone()).record(began.elapsed());
    tracing::info!(
        operation,
        status,
        milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "answered"
    );
    let request_id = answer
        .request()
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.to_string().parse().ok());
    if let Some(request_id) = request_id {
        answer
            .headers_mut()
            .insert(header::HeaderName::from_static("x-request-id"), request_id);
    }
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        // A page may say something else.
        if !headers.contains_key(&name) {
            headers.insert(name, header::HeaderValue::from_static(value));
        }
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    }
    Ok(answer)
}

/// The methods of the operations at a path, in order; `None` where there is nothing.
/// `/outcomes/batch` is also in the shape of `/outcomes/{outcome_id}`: the pattern with the fewest names is meant.
pub fn allowed_at(path: &str) -> Option<Vec<&'static str>> {
    let matching = || operations().filter(|(_, pattern)| ResourceDef::new(*pattern).is_match(path));
    let names = |pattern: &str| pattern.matches('{').count();
    let fewest = matching().map(|(_, pattern)| names(pattern)).min()?;
    let mut allowed: Vec<&str> = matching()
        .filter(|(_, pattern)| names(pattern) == fewest)
        .map(|(method, _)| method)
        .collect();
    allowed.sort_unstable();
    Some(allowed)
}

/// Answers what no route takes: 405 with `Allow` where the path has other methods, else 404.
pub async fn nowhere(request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let allowed = allowed_at(request.path()).ok_or(Refusal::NOWHERE)?.join(", ");
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((header::ALLOW, allowed)).finish());
    }
    Err(Refusal::MethodNotAllowed(allowed))
}
