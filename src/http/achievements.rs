//! The catalogue: achievements, their versions, and frameworks.

use actix_web::{HttpRequest, HttpResponse, get, post, put, web};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Anyone, Asking, AtMost, Edition, Id, Json, Key, Query};
use super::filters::NamePart;
use super::institutions::with_edition;
use super::paging::{ListQuery, Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::achievement::{AchievementFilter, AchievementKind};
use crate::domain::list::{ListOrder, ListPlace};
use crate::ops::achievements;
use crate::ops::achievements::form::{Achievement, NewAchievement};
use crate::ops::frameworks::{self, Framework, NewFramework};

/// Which achievements to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AchievementQuery {
    /// Only those of this institution; its own members see drafts too.
    institution_id: Option<Uuid>,
    /// Only those of this kind.
    kind: Option<AchievementKind>,
    /// Only those of this ordered series.
    #[param(value_type = Option<String>, max_length = 40, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    family: Option<AtMost<40>>,
    /// Only those with this code.
    #[param(value_type = Option<String>, max_length = 40, pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$")]
    code: Option<AtMost<40>>,
    /// Only those whose name contains this, in either language.
    #[param(value_type = Option<String>, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]{1,100}$", example = "电工")]
    q: Option<NamePart>,
    /// Only the newest published version of each.
    #[serde(default)]
    newest: bool,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// The last day on which it can be earned.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    #[schema(example = "2025-12-31")]
    closed_on: NaiveDate,
}

/// Draft an achievement.
#[utoipa::path(tag = "achievements", operation_id = "create_achievement", request_body = NewAchievement,
    params(Key),
    responses((status = 201, description = "Drafted", body = Achievement)),
    extensions(("x-problems" = json!(["code_taken", "level_unknown"]))))]
#[post("/api/v1/achievements")]
pub(crate) async fn create_achievement(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewAchievement>,
) -> Result<HttpResponse, Refusal> {
    let achievement = web
        .run(move |bank| achievements::create_achievement(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(with_edition(HttpResponse::Created(), achievement.edition, &achievement))
}

/// List achievements; the catalogue is public.
#[utoipa::path(tag = "achievements", operation_id = "list_achievements", params(AchievementQuery), security((), ("bearer" = [])),
    responses((status = 200, description = "A page, from the newest", body = Listed<Achievement>)))]
#[get("/api/v1/achievements")]
pub(crate) async fn list_achievements(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Anyone,
    query: Query<AchievementQuery>,
) -> Result<HttpResponse, Refusal> {
    let AchievementQuery {
        institution_id,
        kind,
        family,
        code,
        q,
        newest,
        order,
        limit,
        cursor,
    } = query.0;
    let filter = AchievementFilter {
        institution_id,
        kind,
        family: family.map(|text| text.0),
        code: code.map(|text| text.0),
        name_contains: q.map(|part| part.0),
        newest,
    };
    let items = web
        .run(move |bank| achievements::list_achievements(bank, &asking.0, &filter, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.achievement_id.to_string()))
}

/// Read an achievement.
#[utoipa::path(tag = "achievements", operation_id = "read_achievement", params(("achievement_id" = Uuid, Path)), security((), ("bearer" = [])),
    responses((status = 200, description = "The version, with its edition as ETag", body = Achievement)))]
#[get("/api/v1/achievements/{achievement_id}")]
pub(crate) async fn read_achievement(web: web::Data<Web>, asking: Anyone, id: Id) -> Result<HttpResponse, Refusal> {
    let achievement = web.run(move |bank| achievements::read_achievement(bank, &asking.0, id.0)).await?;
    Ok(with_edition(HttpResponse::Ok(), achievement.edition, &achievement))
}

/// Change a draft.
#[utoipa::path(tag = "achievements", operation_id = "edit_achievement", request_body = NewAchievement,
    params(("achievement_id" = Uuid, Path), Edition),
    responses((status = 200, description = "Changed", body = Achievement)),
    extensions(("x-problems" = json!(["stale_edition", "precondition_needed", "invalid_header", "wrong_state", "level_unknown"]))))]
#[put("/api/v1/achievements/{achievement_id}")]
pub(crate) async fn edit_achievement(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    edition: Edition,
    body: Json<NewAchievement>,
) -> Result<HttpResponse, Refusal> {
    let achievement = web
        .run(move |bank| achievements::edit_achievement(bank, &asking.0, id.0, edition.0, &body.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), achievement.edition, &achievement))
}

/// Publish a draft; from then on it is never edited.
#[utoipa::path(tag = "achievements", operation_id = "publish_achievement", params(("achievement_id" = Uuid, Path)),
    responses((status = 200, description = "Published", body = Achievement)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/achievements/{achievement_id}/publish")]
pub(crate) async fn publish_achievement(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let achievement = web
        .run(move |bank| achievements::publish_achievement(bank, &asking.0, id.0))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), achievement.edition, &achievement))
}

/// Close a published achievement: what is awarded later waits for a person.
#[utoipa::path(tag = "achievements", operation_id = "close_achievement", request_body = Closing, params(("achievement_id" = Uuid, Path)),
    responses((status = 200, description = "Closed", body = Achievement)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/achievements/{achievement_id}/close")]
pub(crate) async fn close_achievement(web: web::Data<Web>, asking: Asking, id: Id, body: Json<Closing>) -> Result<HttpResponse, Refusal> {
    let achievement = web
        .run(move |bank| achievements::close_achievement(bank, &asking.0, id.0, body.0.closed_on))
        .await?;
    Ok(with_edition(HttpResponse::Ok(), achievement.edition, &achievement))
}

/// Draft the next version of a published achievement.
#[utoipa::path(tag = "achievements", operation_id = "create_achievement_version", request_body = NewAchievement,
    params(("achievement_id" = Uuid, Path),
        Key),
    responses((status = 201, description = "Drafted", body = Achievement)),
    extensions(("x-problems" = json!(["wrong_state", "code_taken", "level_unknown"]))))]
#[post("/api/v1/achievements/{achievement_id}/versions")]
pub(crate) async fn create_achievement_version(
    web: web::Data<Web>,
    asking: Asking,
    id: Id,
    key: Key,
    body: Json<NewAchievement>,
) -> Result<HttpResponse, Refusal> {
    let achievement = web
        .run(move |bank| achievements::create_achievement_version(bank, &asking.0, key.0.as_deref(), id.0, &body.0))
        .await?;
    Ok(with_edition(HttpResponse::Created(), achievement.edition, &achievement))
}

/// Publish a framework of levels.
#[utoipa::path(tag = "achievements", operation_id = "create_framework", request_body = NewFramework,
    params(Key),
    responses((status = 201, description = "Published", body = Framework)), extensions(("x-problems" = json!(["code_taken"]))))]
#[post("/api/v1/frameworks")]
pub(crate) async fn create_framework(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewFramework>,
) -> Result<HttpResponse, Refusal> {
    let framework = web
        .run(move |bank| frameworks::create_framework(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(framework))
}

/// List frameworks; they are public.
#[utoipa::path(tag = "achievements", operation_id = "list_frameworks", params(ListQuery), security(()),
    responses((status = 200, description = "A page, from the newest", body = Listed<Framework>)))]
#[get("/api/v1/frameworks")]
pub(crate) async fn list_frameworks(web: web::Data<Web>, request: HttpRequest, query: Query<ListQuery>) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| frameworks::list_frameworks(bank, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.framework_id.to_string()))
}
