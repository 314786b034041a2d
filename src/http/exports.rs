//! One's own record for other systems.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};

use super::extract::Asking;
use super::file::{FileContent, attachment};
use super::problem::Refusal;
use super::render::language_of;
use super::state::Web;
use crate::domain::language::Language;
use crate::ops::context::Context;
use crate::ops::exports::{self, ExportForm};

/// Export one's own record for another system.
///
/// The outcomes that stand. `elmo` is what EMREX carries, with one report for each institution, and signed by the bank's key (its
/// `KeyName` says which of the key set); `elm` is the European Learning Model, version 3, `json-resume` what people put on their own pages, and `csv`
/// a table for spreadsheets, in which what one would take for a formula has an apostrophe before it.
#[utoipa::path(tag = "exports", operation_id = "export_record",
    params(("form" = inline(ExportForm), Path, description = "The form", example = "csv")),
    responses((status = 200, description = "The record in that form",
        content((FileContent = "application/xml"), (serde_json::Value = "application/ld+json"), (serde_json::Value = "application/json"), (FileContent = "text/csv")),
        headers(("Content-Disposition" = String, description = "The file's name (RFC 8187)")))))]
#[get("/api/v1/me/exports/{form}")]
pub(crate) async fn export_record(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    form: web::Path<String>,
) -> Result<HttpResponse, Refusal> {
    let form = ExportForm::parse(&form).ok_or(Refusal::NOWHERE)?;
    exported(&web, asking.0, form, language_of(&request)).await
}

/// Sends the caller's own record in a form.
///
/// # Errors
/// `NotFound` for a caller without a learning account.
pub(crate) async fn exported(web: &Web, context: Context, form: ExportForm, language: Language) -> Result<HttpResponse, Refusal> {
    let text = web.run(move |bank| exports::export_record(bank, &context, form, language)).await?;
    let ending = form.ending();
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, form.media_type()))
        .insert_header(attachment(&format!("record.{ending}"), &format!("学习成果.{ending}")))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(text))
}
