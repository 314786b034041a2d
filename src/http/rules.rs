//! Recognition rules and certificate patterns, by the bank; everybody may read them.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Json, Key, Query};
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::rejection::Rejection;
use crate::ops::rules::{self, NewPattern, NewRule, Pattern, Rule};

/// A page of rules.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RuleQuery {
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before: a rule and a version.
    #[param(pattern = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}[.][1-9][0-9]{0,8}$")]
    cursor: Option<String>,
}

fn place(cursor: &str) -> Result<(Uuid, i64), Rejection> {
    let parsed = cursor
        .split_once('.')
        .and_then(|(rule_id, version)| Some((rule_id.parse().ok()?, version.parse().ok()?)));
    parsed.ok_or_else(|| Rejection::InvalidQuery {
        name: "cursor".to_owned(),
        detail: "is not one that a Link named".to_owned(),
    })
}

/// Publish a recognition rule, or its next version.
///
/// Nothing that was recognised before changes.
#[utoipa::path(tag = "rules", operation_id = "publish_recognition_rule", request_body = NewRule,
    params(Key),
    responses((status = 201, description = "Published", body = Rule)),
    extensions(("x-problems" = json!(["rule_invalid", "rule_version_out_of_order", "not_found"]))))]
#[post("/api/v1/recognition-rules")]
pub(crate) async fn publish_recognition_rule(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewRule>,
) -> Result<HttpResponse, Refusal> {
    let rule = web
        .run(move |bank| rules::publish_recognition_rule(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(rule))
}

/// List every version of every recognition rule.
#[utoipa::path(tag = "rules", operation_id = "list_recognition_rules", params(RuleQuery), security(()),
    responses((status = 200, description = "A page, by rule and version", body = Listed<Rule>)))]
#[get("/api/v1/recognition-rules")]
pub(crate) async fn list_recognition_rules(
    web: web::Data<Web>,
    request: HttpRequest,
    query: Query<RuleQuery>,
) -> Result<HttpResponse, Refusal> {
    let after = query.0.cursor.as_deref().map(place).transpose()?;
    let limit = query.0.limit;
    let most = usize::try_from(limit.and_one()).unwrap_or_default();
    let items = web.run(move |bank| rules::list_recognition_rules(bank, after, most)).await?;
    Ok(page(&request, limit, items, |rule| format!("{}.{}", rule.rule_id, rule.version)))
}

/// Publish a shape of certificate numbers.
///
/// A later deposit whose number has none of the shapes of its kind waits for a person.
#[utoipa::path(tag = "rules", operation_id = "publish_certificate_pattern", request_body = NewPattern,
    params(Key),
    responses((status = 201, description = "Published", body = Pattern)),
    extensions(("x-problems" = json!(["pattern_invalid", "name_taken"]))))]
#[post("/api/v1/certificate-patterns")]
pub(crate) async fn publish_certificate_pattern(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewPattern>,
) -> Result<HttpResponse, Refusal> {
    let pattern = web
        .run(move |bank| rules::publish_certificate_pattern(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(pattern))
}

/// List the shapes of certificate numbers; they are few.
#[utoipa::path(tag = "rules", operation_id = "list_certificate_patterns", security(()),
    responses((status = 200, description = "All of them", body = Listed<Pattern>)))]
#[get("/api/v1/certificate-patterns")]
pub(crate) async fn list_certificate_patterns(web: web::Data<Web>) -> Result<HttpResponse, Refusal> {
    let items = web.run(rules::list_certificate_patterns).await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}
