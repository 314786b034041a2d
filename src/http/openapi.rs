//! The API's description (OpenAPI 3.1), made from the handlers: what they say of themselves, and for each operation
//! every problem that it can answer with.
#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value indexed by a name never panics: what is missing is null, or is made"
)]

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::observe::Operation;
use super::problem::{FAULTS, Problem, status_of};
use super::routes::Operations;
use crate::domain::event;
use crate::domain::rejection::Rejection;

const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];

/// The description as JSON.
pub fn document() -> Value {
    let mut document = serde_json::to_value(Operations::openapi()).unwrap_or_default();
    document["info"] = json!({
        "title": "credit-bank",
        "version": env!("CARGO_PKG_VERSION"),
        "summary": "A lifelong-learning credit bank (学分银行)",
        "description": "Institutions deposit what people have learnt; the bank recognises it as credit by published rules. \
            Credits and hours are decimal texts, times end in Z, dates are YYYY-MM-DD. Every refusal is `application/problem+json` \
            with a stable `code`; its sentence is Chinese or English by `Accept-Language`.",
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["servers"] = json!([{ "url": "/" }]);
    document["security"] = json!([{ "bearer": [] }]);
    let components = &mut document["components"];
    components["securitySchemes"] = json!({
        "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "From `POST /api/v1/sessions` or `POST /oauth2/token`." },
        "client": { "type": "http", "scheme": "basic", "description": "An API client's id and secret, for `POST /oauth2/token` only." },
    });
    add_problem_schema(&mut components["schemas"]);
    close_variants(&mut components["schemas"]);
    name_items(&mut components["schemas"]);
    each_operation(&mut document, |_, _, operation| add_problems(operation));
    document["webhooks"] = webhooks();
    document
}

/// What is posted to webhooks, and is in the feed: each type of events with what it holds.
fn webhooks() -> Value {
    let mut all = Map::new();
    for known in event::published() {
        let header = |name: &str, about: &str| json!({ "name": name, "in": "header", "required": true, "description": about, "schema": { "type": "string" } });
        let operation = json!({ "post": {
            "tags": ["events"],
            "operationId": format!("on_{}", known.name.replace('.', "_")),
            "summary": known.about,
            "parameters": [
                header("webhook-id", "The event's id: the same whenever it is sent"),
                header("webhook-timestamp", "When it is sent, in seconds since 1970"),
                header("webhook-signature", "`v1,` and the signature; several with spaces between while a secret is rotated"),
            ],
            "requestBody": { "required": true, "content": { "application/json": { "schema": known.schema() } } },
            "responses": {
                "2XX": { "description": "Taken" },
                "410": { "description": "There is nobody here any more: the webhook is disabled" },
            },
        } });
        all.insert(known.name.to_owned(), operation);
    }
    Value::Object(all)
}

/// Every operation, in the order of paths.
pub fn operations() -> Vec<Operation> {
    let mut found = Vec::new();
    each_operation(&mut document(), |method, path, operation| {
        let id = operation["operationId"].as_str().unwrap_or_default();
        found.push((method.to_uppercase(), path.to_owned(), id.to_owned()));
    });
    found
}

fn each_operation(document: &mut Value, mut visit: impl FnMut(&str, &str, &mut Value)) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method) {
                visit(method, path, operation);
            }
        }
    }
}

fn add_problem_schema(schemas: &mut Value) {
    #[derive(OpenApi)]
    #[openapi(components(schemas(Problem)))]
    struct Problems;
    let own = serde_json::to_value(Problems::openapi()).unwrap_or_default();
    if let (Some(all), Some(own)) = (schemas.as_object_mut(), own["components"]["schemas"].as_object()) {
        all.extend(own.clone());
    }
}

/// The variants of a tagged type take no other fields; the derive says so of plain objects only.
fn close_variants(schemas: &mut Value) {
    for schema in schemas.as_object_mut().into_iter().flat_map(Map::values_mut) {
        for variant in schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
            if variant.get("properties").is_some() {
                variant["additionalProperties"] = json!(false);
            }
        }
    }
}

/// A list names what it is of, instead of writing it out: whoever reads the description (a tool that tries whether one
/// school reads another's objects, for one) sees that what is listed here is what is read there.
fn name_items(schemas: &mut Value) {
    let Some(schemas) = schemas.as_object_mut() else { return };
    let names: Vec<String> = schemas.keys().cloned().collect();
    for (name, schema) in schemas {
        if let Some(item) = name.strip_prefix("Listed_").filter(|item| names.iter().any(|name| name == item)) {
            schema["properties"]["items"]["items"] = json!({ "$ref": format!("#/components/schemas/{item}") });
        }
    }
}

/// Turns an operation's `x-problems` and what its shape implies into documented responses.
fn add_problems(operation: &mut Value) {
    let specific = operation["x-problems"].as_array().cloned().unwrap_or_default();
    let mut codes: Vec<String> = specific.iter().filter_map(|code| code.as_str().map(str::to_owned)).collect();
    codes.extend(implied(operation).into_iter().map(str::to_owned));
    codes.sort_unstable();
    codes.dedup();
    let mut by_status: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for code in codes {
        if let Some(status) = status_of_code(&code) {
            by_status.entry(status).or_default().push(code);
        }
    }
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for (status, codes) in by_status {
        responses.insert(status.to_string(), response(status, &codes));
    }
    if let Some(operation) = operation.as_object_mut() {
        operation.remove("x-problems");
    }
}

/// The problems that follow from what an operation takes.
fn implied(operation: &Value) -> Vec<&'static str> {
    let mut codes = vec!["internal", "unavailable", "bad_request"];
    let is_open = operation["security"]
        .as_array()
        .is_some_and(|all| all.iter().all(|one| one.as_object().is_some_and(Map::is_empty)));
    // A token that is not good is refused even where none is needed.
    codes.push("unauthenticated");
    if !is_open {
        codes.extend(["forbidden", "scope_missing", "institution_not_approved"]);
    }
    let content = &operation["requestBody"]["content"];
    if content.get("application/octet-stream").is_some() {
        // A file has no fields, and a limit of its own.
        codes.push("unsupported_media_type");
    } else if operation.get("requestBody").is_some() {
        codes.extend(["malformed_body", "invalid_body", "body_too_large", "unsupported_media_type"]);
    }
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    for parameter in &parameters {
        match (parameter["in"].as_str(), parameter["name"].as_str()) {
            (Some("path"), _) => codes.push("not_found"),
            (Some("query"), _) => codes.push("invalid_query"),
            (Some("header"), Some("Idempotency-Key")) => codes.extend(["idempotency_key_reused", "invalid_header"]),
            _ => {}
        }
    }
    codes
}

fn status_of_code(code: &str) -> Option<u16> {
    let rejection = Rejection::TABLE
        .iter()
        .find(|row| row.0 == code)
        .map(|row| status_of(row.1).as_u16());
    rejection.or_else(|| FAULTS.iter().find(|fault| fault.code == code).map(super::problem::Fault::status))
}

fn response(status: u16, codes: &[String]) -> Value {
    let list: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let mut response = json!({
        "description": format!("A problem: {}", list.join(", ")),
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
    });
    if matches!(status, 429 | 503) {
        response["headers"] = json!({ "Retry-After": { "description": "Seconds to wait", "schema": { "type": "integer" } } });
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_that_an_operation_names_is_in_the_table() {
        let mut described = serde_json::to_value(Operations::openapi()).unwrap();
        let mut named = 0;
        each_operation(&mut described, |_, _, operation| {
            for code in operation["x-problems"].as_array().into_iter().flatten() {
                named += 1;
                assert!(
                    status_of_code(code.as_str().unwrap()).is_some(),
                    "{code} of {}",
                    operation["operationId"]
                );
            }
        });
        assert!(named > 20);
    }

    #[test]
    fn everything_that_is_referred_to_is_there() {
        fn references(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(fields) => {
                    found.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                    fields.values().for_each(|field| references(field, found));
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 100);
        found.retain(|place| document.pointer(place.trim_start_matches('#')).is_none());
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn operation_ids_are_unique_and_have_summaries() {
        let mut ids = Vec::new();
        each_operation(&mut document(), |_, _, operation| {
            assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{operation}");
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
        });
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
