//! Consents: who may see what of one's own record, and ending it.

use actix_web::{HttpResponse, delete, get, web};

use super::extract::{Asking, Id};
use super::paging::Listed;
use super::problem::Refusal;
use super::state::Web;
use crate::ops::consents::{self, ConsentReceipt};

/// List who may see what of one's own record until when: all of it, from the newest.
///
/// Links, requests to confirm entries, open claims, open requests for corrections, and mail; and whoever sees something without a consent:
/// the institutions that deposited outcomes, decided claims and the like, and the bank. The fields of a receipt are named as in ISO/IEC
/// TS 27560.
#[utoipa::path(tag = "me", operation_id = "list_consents",
    responses((status = 200, description = "The receipts", body = Listed<ConsentReceipt>)), extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/consents")]
pub(crate) async fn list_consents(web: web::Data<Web>, asking: Asking) -> Result<HttpResponse, Refusal> {
    let items = web.run(move |bank| consents::list_consents(bank, &asking.0)).await?;
    Ok(HttpResponse::Ok().json(Listed { items }))
}

/// Withdraw a consent: a link is turned off, a request or claim is withdrawn, an address is removed.
///
/// What rests on something else than consent cannot be withdrawn (409); its receipt says what can be done instead.
#[utoipa::path(tag = "me", operation_id = "withdraw_consent", params(("record_id" = Uuid, Path)),
    responses((status = 204, description = "Withdrawn")), extensions(("x-problems" = json!(["wrong_state", "consent_not_withdrawable"]))))]
#[delete("/api/v1/me/consents/{record_id}")]
pub(crate) async fn withdraw_consent(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    web.run(move |bank| consents::withdraw_consent(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}
