//! Agreements, by the institution that accepts or by the authority; everybody may read them.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Id, Json, Key, Query};
use super::filters::{Code, CreditCode};
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::agreement::{Agreement, AgreementFilter};
use crate::domain::list::{ListOrder, ListPlace};
use crate::ops::agreements::{self, PublishedAgreement};

/// Which agreements to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgreementQuery {
    /// Only those with this code.
    #[param(value_type = Option<String>, pattern = "^[a-z0-9-]{1,40}$")]
    code: Option<Code>,
    /// Only those by which the outcomes of the institution with this unified social credit code are accepted.
    #[param(value_type = Option<String>, pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$", example = "914403003429409755")]
    from: Option<CreditCode>,
    /// Only those by which the institution with this unified social credit code accepts.
    #[param(value_type = Option<String>, pattern = "^[0-9A-HJ-NPQRTUWXY]{18}$", example = "914403003429409755")]
    to: Option<CreditCode>,
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

/// Publish an agreement, or the next version of its code.
///
/// Both sides stay the same in all versions. An agreement is revoked by a next version with a last day.
#[utoipa::path(tag = "agreements", operation_id = "publish_agreement", request_body = Agreement,
    params(Key),
    responses((status = 201, description = "Published", body = PublishedAgreement)))]
#[post("/api/v1/agreements")]
pub(crate) async fn publish_agreement(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<Agreement>,
) -> Result<HttpResponse, Refusal> {
    let agreement = web
        .run(move |bank| agreements::publish_agreement(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    Ok(HttpResponse::Created().json(agreement))
}

/// List versions of agreements.
#[utoipa::path(tag = "agreements", operation_id = "list_agreements", params(AgreementQuery), security(()),
    responses((status = 200, description = "A page, from the newest", body = Listed<PublishedAgreement>)))]
#[get("/api/v1/agreements")]
pub(crate) async fn list_agreements(
    web: web::Data<Web>,
    request: HttpRequest,
    query: Query<AgreementQuery>,
) -> Result<HttpResponse, Refusal> {
    let AgreementQuery {
        code,
        from,
        to,
        in_force_on,
        order,
        limit,
        cursor,
    } = query.0;
    let filter = AgreementFilter {
        code: code.map(|code| code.0),
        from: from.map(|code| code.0),
        to: to.map(|code| code.0),
        in_force_on,
    };
    let items = web
        .run(move |bank| agreements::list_agreements(bank, &filter, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.agreement_id.to_string()))
}

/// Read a version of an agreement.
#[utoipa::path(tag = "agreements", operation_id = "read_agreement", params(("agreement_id" = Uuid, Path)), security(()),
    responses((status = 200, description = "The version", body = PublishedAgreement)))]
#[get("/api/v1/agreements/{agreement_id}")]
pub(crate) async fn read_agreement(web: web::Data<Web>, id: Id) -> Result<HttpResponse, Refusal> {
    let agreement = web.run(move |bank| agreements::read_agreement(bank, id.0)).await?;
    Ok(HttpResponse::Ok().json(agreement))
}
