//! Rule packs: drafts of their owners, filings for the authority, and the public catalogue.

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Anyone, Asking, Edition, Id, Json, Key, Query};
use super::filters::{Code, NamePart};
use super::institutions::with_edition;
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::render::language_of;
use super::state::{Web, Width};
use crate::domain::list::{ListOrder, ListPlace};
use crate::domain::pack::RulePack;
use crate::domain::pack::catalogue::PackFilter;
use crate::domain::pack::life::{FilingDecision, PackStatus};
use crate::domain::pack::readable::Readable;
use crate::domain::pack::schema::json_schema;
use crate::ops::packs::check::{PackTests, PackValidation};
use crate::ops::packs::form::{NewRulePack, Pack, PackEdit, PackSummary};
use crate::ops::packs::reading::{PackDifference, PackTrial};
use crate::ops::packs::templates::{self, PackTemplate};
use crate::ops::packs::{self, filing, reading};

/// Which rule packs to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PackQuery {
    /// Only those of this institution; its own members see unpublished ones too.
    institution_id: Option<Uuid>,
    /// Only the bank's own standards.
    #[serde(default)]
    of_bank: bool,
    /// Only the versions with this code.
    #[param(value_type = Option<String>, pattern = "^[a-z0-9-]{1,40}$")]
    code: Option<Code>,
    /// Only those that have this status today.
    status: Option<PackStatus>,
    /// A text of the title, the code, the legal basis or a citation.
    #[param(value_type = Option<String>, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]{1,100}$")]
    q: Option<NamePart>,
    /// Only those in force on this day.
    in_force_on: Option<NaiveDate>,
    /// Only those for the programme with this code.
    #[param(value_type = Option<String>, pattern = "^[a-z0-9-]{1,40}$")]
    programme: Option<Code>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// What the authority answers to a filing.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "decision": "accept", "reason": "符合上级文件要求" }))]
pub struct FilingAnswer {
    decision: FilingDecision,
    #[schema(min_length = 1, max_length = 500, example = "符合上级文件要求")]
    reason: String,
}

/// Draft a rule pack, or the next version of one.
///
/// A code belongs to one owner in the whole bank; while a version is drafted, filed or returned, there is no next one.
#[utoipa::path(tag = "rule-packs", operation_id = "create_rule_pack", request_body = NewRulePack,
    params(Key),
    responses((status = 201, description = "Drafted, with what its author must mend", body = Pack)),
    extensions(("x-problems" = json!(["code_taken", "pack_version_open", "not_found"]))))]
#[post("/api/v1/rule-packs")]
pub(crate) async fn create_rule_pack(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewRulePack>,
) -> Result<HttpResponse, Refusal> {
    let pack = web
        .calculate(Width::One, move |bank| {
            packs::create_rule_pack(bank, &asking.0, key.0.as_deref(), &body.0)
        })
        .await?;
    Ok(with_edition(HttpResponse::Created(), pack.edition, &pack))
}

/// List rule packs; the catalogue is public.
#[utoipa::path(tag = "rule-packs", operation_id = "list_rule_packs", params(PackQuery), security((), ("bearer" = [])),
    responses((status = 200, description = "A page, from the newest, without the documents", body = Listed<PackSummary>)))]
#[get("/api/v1/rule-packs")]
pub(crate) async fn list_rule_packs(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Anyone,
    query: Query<PackQuery>,
) -> Result<HttpResponse, Refusal> {
    let PackQuery {
        institution_id,
        of_bank,
        code,
        status,
        q,
        in_force_on,
        programme,
        order,
        limit,
        cursor,
    } = query.0;
    let filter = PackFilter {
        institution_id,
        of_bank,
        code: code.map(|text| text.0),
        status,
        text: q.map(|text| text.0),
        in_force_on,
        programme: programme.map(|text| text.0),
    };
    let items = web
        .run(move |bank| reading::list_rule_packs(bank, &asking.0, &filter, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.pack_id.to_string()))
}

/// Read a version of a rule pack.
///
/// What was published is everybody's. Until it is accepted, the answer says what its author must mend; its test cases are
/// run when that is asked for.
#[utoipa::path(tag = "rule-packs", operation_id = "read_rule_pack", params(("pack_id" = Uuid, Path)), security((), ("bearer" = [])),
    responses((status = 200, description = "The version, with its edition as ETag", body = Pack)))]
#[get("/api/v1/rule-packs/{pack_id}")]
pub(crate) async fn read_rule_pack(web: web::Data<Web>, asking: Anyone, id: Id) -> Result<HttpResponse, Refusal> {
    let pack = web.run(move |bank| reading::read_rule_pack(bank, &asking.0, id.0)).await?;
    Ok(with_edition(HttpResponse::Ok(), pack.edition, &pack))
}

/// Change a draft, or a version that the authority gave back.
#[utoipa::path(tag = "rule-packs", operation_id = "edit_rule_pack", request_body = PackEdit,
    params(("pack_id" = Uuid, Path), Edition),
    responses((status = 200, description = "Changed, with what its author must mend", body = Pack)),
    extensions(("x-problems" = json!(["stale_edition", "precondition_needed", "invalid_header", "wrong_state"]))))]
#[put("/api/v1/rule-packs/{pack_id}")]
pub(crate) async fn edit_rule_pack(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    edition: Edition,
    body: Json<PackEdit>,
) -> Result<HttpResponse, Refusal> {
    let pack = web
        .calculate(Width::One, move |bank| {
            packs::edit_rule_pack(bank, &asking.0, id.0, edition.0, &body.0)
        })
        .await?;
    Ok(with_edition(HttpResponse::Ok(), pack.edition, &pack))
}

/// Validate a document without storing it.
#[utoipa::path(tag = "rule-packs", operation_id = "validate_rule_pack", request_body = RulePack,
    responses((status = 200, description = "What its author must mend", body = PackValidation)))]
#[post("/api/v1/rule-packs/validate")]
pub(crate) async fn validate_rule_pack(web: web::Data<Web>, asking: Asking, body: Json<RulePack>) -> Result<HttpResponse, Refusal> {
    let validation = web.run(move |bank| reading::validate_rule_pack(bank, &asking.0, &body.0)).await?;
    Ok(HttpResponse::Ok().json(validation))
}

/// Validate a stored version.
#[utoipa::path(tag = "rule-packs", operation_id = "validate_rule_pack_version", params(("pack_id" = Uuid, Path)),
    responses((status = 200, description = "What its author must mend", body = PackValidation)))]
#[post("/api/v1/rule-packs/{pack_id}/validate")]
pub(crate) async fn validate_rule_pack_version(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let validation = web
        .run(move |bank| reading::validate_rule_pack_version(bank, &asking.0, id.0))
        .await?;
    Ok(HttpResponse::Ok().json(validation))
}

/// Run the test cases of a version, and further ones that are not stored.
#[utoipa::path(tag = "rule-packs", operation_id = "test_rule_pack", request_body = PackTrial, params(("pack_id" = Uuid, Path)),
    responses((status = 200, description = "How the cases go, the stored ones first", body = PackTests)),
    extensions(("x-problems" = json!(["pack_not_valid"]))))]
#[post("/api/v1/rule-packs/{pack_id}/test")]
pub(crate) async fn test_rule_pack(web: web::Data<Web>, asking: Asking, id: Id, body: Json<PackTrial>) -> Result<HttpResponse, Refusal> {
    let tests = web
        .calculate(Width::One, move |bank| reading::test_rule_pack(bank, &asking.0, id.0, &body.0))
        .await?;
    Ok(HttpResponse::Ok().json(tests))
}

/// File a version with the authority.
///
/// It must be valid, and all of its test cases must pass.
#[utoipa::path(tag = "rule-packs", operation_id = "file_rule_pack",
    params(("pack_id" = Uuid, Path),
        Key),
    responses((status = 200, description = "Filed", body = Pack)),
    extensions(("x-problems" = json!(["wrong_state", "stale_edition", "pack_not_valid", "pack_without_cases", "pack_cases_fail", "pack_overlaps", "rule_version_out_of_order"]))))]
#[post("/api/v1/rule-packs/{pack_id}/file")]
pub(crate) async fn file_rule_pack(web: web::Data<Web>, asking: Asking, id: Id, key: Key) -> Result<HttpResponse, Refusal> {
    let pack = web
        .calculate(Width::One, move |bank| {
            filing::file_rule_pack(bank, &asking.0, key.0.as_deref(), id.0)
        })
        .await?;
    Ok(with_edition(HttpResponse::Ok(), pack.edition, &pack))
}

/// Accept a filed version, which is then on public notice, or give it back.
///
/// Who filed it does not decide. An accepted version comes into force by its dates, and ends the one before it.
#[utoipa::path(tag = "rule-packs", operation_id = "decide_filing", request_body = FilingAnswer,
    params(("pack_id" = Uuid, Path), Edition,
        Key),
    responses((status = 200, description = "Decided", body = Pack)),
    extensions(("x-problems" = json!(["stale_edition", "precondition_needed", "invalid_header", "wrong_state", "four_eyes", "notice_too_short",
        "pack_overlaps", "rule_version_out_of_order"]))))]
#[post("/api/v1/rule-packs/{pack_id}/decide-filing")]
pub(crate) async fn decide_filing(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    edition: Edition,
    key: Key,
    body: Json<FilingAnswer>,
) -> Result<HttpResponse, Refusal> {
    let FilingAnswer { decision, reason } = body.0;
    let pack = web
        .run(move |bank| filing::decide_filing(bank, &asking.0, key.0.as_deref(), id.0, edition.0, decision, &reason))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), pack.edition, &pack))
}

/// Give up a version before it comes into force.
#[utoipa::path(tag = "rule-packs", operation_id = "withdraw_rule_pack",
    params(("pack_id" = Uuid, Path),
        Key),
    responses((status = 200, description = "Withdrawn", body = Pack)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/rule-packs/{pack_id}/withdraw")]
pub(crate) async fn withdraw_rule_pack(web: web::Data<Web>, asking: Asking, id: Id, key: Key) -> Result<HttpResponse, Refusal> {
    let pack = web
        .run(move |bank| filing::withdraw_rule_pack(bank, &asking.0, key.0.as_deref(), id.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), pack.edition, &pack))
}

/// Read a version in words, in Chinese or English by `Accept-Language`.
#[utoipa::path(tag = "rule-packs", operation_id = "read_rule_pack_text", params(("pack_id" = Uuid, Path)), security((), ("bearer" = [])),
    responses((status = 200, description = "The version in words", body = Readable)))]
#[get("/api/v1/rule-packs/{pack_id}/readable")]
pub(crate) async fn read_rule_pack_text(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Anyone,
    id: Id,
) -> Result<HttpResponse, Refusal> {
    let language = language_of(&request);
    let text = web
        .run(move |bank| reading::read_rule_pack_text(bank, &asking.0, id.0, language))
        .await?;
    Ok(HttpResponse::Ok().json(text))
}

/// The version that another is compared with.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiffQuery {
    /// Its id.
    with: Uuid,
}

/// Say what changed between two versions.
#[utoipa::path(tag = "rule-packs", operation_id = "diff_rule_packs", params(("pack_id" = Uuid, Path), DiffQuery), security((), ("bearer" = [])),
    responses((status = 200, description = "Every change from the version `with`", body = PackDifference)))]
#[get("/api/v1/rule-packs/{pack_id}/diff")]
pub(crate) async fn diff_rule_packs(web: web::Data<Web>, asking: Anyone, id: Id, query: Query<DiffQuery>) -> Result<HttpResponse, Refusal> {
    let difference = web
        .run(move |bank| reading::diff_rule_packs(bank, &asking.0, id.0, query.0.with))
        .await?;
    Ok(HttpResponse::Ok().json(difference))
}

/// Read the JSON Schema of rule packs.
#[utoipa::path(tag = "rule-packs", operation_id = "read_rule_pack_schema", security(()),
    responses((status = 200, description = "JSON Schema, draft 2020-12", content_type = "application/schema+json", body = serde_json::Value)))]
#[get("/api/v1/rule-packs/schema")]
pub(crate) async fn read_rule_pack_schema() -> HttpResponse {
    let text = json_schema().to_string();
    HttpResponse::Ok().content_type("application/schema+json").body(text)
}

/// List rule packs to begin from: the rules of real institutions, each with its worked cases.
#[utoipa::path(tag = "rule-packs", operation_id = "list_pack_templates", security(()),
    responses((status = 200, description = "All of them; they are few", body = Listed<PackTemplate>)))]
#[get("/api/v1/rule-packs/templates")]
pub(crate) async fn list_pack_templates(web: web::Data<Web>) -> Result<HttpResponse, Refusal> {
    let items = web.run(|_| templates::list_pack_templates()).await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}
