//! Programmes, by their institutions; everybody may read them.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Id, Json, Key, Query};
use super::filters::{Code, Level, NamePart};
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::list::{ListOrder, ListPlace};
use crate::domain::programme::ProgrammeFilter;
use crate::ops::programmes::{self, NewProgramme, ProgrammeSummary, PublishedProgramme};

/// Which programmes to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProgrammeQuery {
    /// Only those of this institution.
    institution_id: Option<Uuid>,
    /// Only those with this code.
    #[param(value_type = Option<String>, pattern = "^[a-z0-9-]{1,40}$")]
    code: Option<Code>,
    /// Only those of this level.
    #[param(value_type = Option<i16>, minimum = 1, maximum = 99)]
    level: Option<Level>,
    /// Only those whose name contains this, in either language.
    #[param(value_type = Option<String>, pattern = "^[^\\x00-\\x1f\\x7f-\\x9f]{1,100}$", example = "电气")]
    q: Option<NamePart>,
    /// Only the versions in force on this day.
    in_force_on: Option<NaiveDate>,
    /// `newest` first, or `oldest` first.
    order: Option<ListOrder>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    cursor: Option<Uuid>,
}

/// Publish a programme, or the next version of its code.
///
/// A version is never edited: the next one takes effect later, and the one before ends the day before that.
#[utoipa::path(tag = "programmes", operation_id = "publish_programme", request_body = NewProgramme,
    params(Key),
    responses((status = 201, description = "Published", body = PublishedProgramme)))]
#[post("/api/v1/programmes")]
pub(crate) async fn publish_programme(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewProgramme>,
) -> Result<HttpResponse, Refusal> {
    let programme = web
        .run(move |bank| programmes::publish_programme(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(programme))
}

/// List versions of programmes, without their courses.
#[utoipa::path(tag = "programmes", operation_id = "list_programmes", params(ProgrammeQuery), security(()),
    responses((status = 200, description = "A page, from the newest", body = Listed<ProgrammeSummary>)))]
#[get("/api/v1/programmes")]
pub(crate) async fn list_programmes(
    web: web::Data<Web>,
    request: HttpRequest,
    query: Query<ProgrammeQuery>,
) -> Result<HttpResponse, Refusal> {
    let ProgrammeQuery {
        institution_id,
        code,
        level,
        q,
        in_force_on,
        order,
        limit,
        cursor,
    } = query.0;
    let filter = ProgrammeFilter {
        institution_id,
        code: code.map(|code| code.0),
        level: level.map(|level| level.0),
        name_contains: q.map(|part| part.0),
        in_force_on,
    };
    let items = web
        .run(move |bank| programmes::list_programmes(bank, &filter, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.programme_id.to_string()))
}

/// Read a version of a programme, with its courses.
#[utoipa::path(tag = "programmes", operation_id = "read_programme", params(("programme_id" = Uuid, Path)), security(()),
    responses((status = 200, description = "The version", body = PublishedProgramme)))]
#[get("/api/v1/programmes/{programme_id}")]
pub(crate) async fn read_programme(web: web::Data<Web>, id: Id) -> Result<HttpResponse, Refusal> {
    let programme = web.run(move |bank| programmes::read_programme(bank, id.0)).await?;
    Ok(HttpResponse::Ok().json(programme))
}
