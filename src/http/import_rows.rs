//! What became of the rows of an import: as a list, and as the file itself with two columns more.

use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;
use uuid::Uuid;

use super::extract::{Asking, Id, Query};
use super::file::{FileContent, attachment};
use super::paging::{Listed, PageSize, page};
use super::problem::Refusal;
use super::render::language_of;
use super::state::Web;
use super::stream::of_file;
use crate::domain::import::ImportResult;
use crate::domain::language::Language;
use crate::intake::about::Format;
use crate::ops::context::Context;
use crate::ops::imports::download::{self, DownloadedImport, Wanted};
use crate::ops::imports::rows::{self, ImportedRow, Phase, RowFilter};

/// Which rows to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportRowQuery {
    result: Option<ImportResult>,
    /// `check` for what the dry run said, `deposit` for what was deposited; without it the deposit's where it has begun.
    #[param(inline)]
    phase: Option<ListedPhase>,
    #[serde(default)]
    #[param(inline)]
    limit: PageSize,
    /// From the `Link` of the page before.
    #[param(value_type = Option<String>, pattern = "^[0-9]{1,12}[.][0-9]{1,5}$", example = "2.0")]
    cursor: Option<RowCursor>,
}

/// Which of the two lists.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportPhase)]
pub enum ListedPhase {
    Check,
    Deposit,
}

/// The last outcome that was shown: its row and its place in it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct RowCursor(u64, u16);

impl TryFrom<String> for RowCursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parts = text.split_once('.');
        let read = parts.and_then(|(row, part)| Some(Self(row.parse().ok().filter(|row| *row < 1 << 40)?, part.parse().ok()?)));
        read.ok_or("is not one that a Link named")
    }
}

/// List what became, or would become, of the rows of an import.
///
/// Values of persons are masked.
#[utoipa::path(tag = "imports", operation_id = "list_import_rows", params(("import_id" = Uuid, Path), ImportRowQuery),
    responses((status = 200, description = "A page, in the order of the file", body = Listed<ImportedRow>)))]
#[get("/api/v1/imports/{import_id}/rows")]
pub(crate) async fn list_import_rows(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<ImportRowQuery>,
) -> Result<HttpResponse, Refusal> {
    let ImportRowQuery {
        result,
        phase,
        limit,
        cursor,
    } = query.0;
    let filter = RowFilter {
        result,
        from_row: cursor.map_or(0, |cursor| cursor.0),
        from_part: cursor.map_or(0, |cursor| cursor.1.saturating_add(1)),
    };
    let phase = phase.map(|phase| match phase {
        ListedPhase::Check => Phase::Check,
        ListedPhase::Deposit => Phase::Deposit,
    });
    let language = language_of(&request);
    let most = usize::try_from(limit.and_one()).unwrap_or(1);
    let items = web
        .run(move |bank| rows::list_import_rows(bank, &asking.0, id.0, phase, filter, most, language))
        .await?;
    Ok(page(&request, limit, items, |item: &ImportedRow| {
        format!("{}.{}", item.row, item.part)
    }))
}

/// Which rows to download.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DownloadImportQuery {
    /// `all`, or only those `to_correct`: the refused ones.
    #[serde(default)]
    #[param(inline)]
    rows: DownloadedRows,
}

/// Which rows of a file.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportRows)]
pub enum DownloadedRows {
    #[default]
    All,
    ToCorrect,
}

/// Download the file of an import, with what became of each row.
///
/// The same format with two columns more: the result, and what is wrong and what to do. It can be corrected and uploaded again;
/// the two columns are not read then. Formulas are neutralised.
#[utoipa::path(tag = "imports", operation_id = "download_import", params(("import_id" = Uuid, Path), DownloadImportQuery),
    responses((status = 200, description = "The file",
        content((FileContent = "application/octet-stream"), (FileContent = "text/csv"), (FileContent = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (FileContent = "application/x-ndjson")),
        headers(("Content-Disposition" = String, description = "The file's name (RFC 8187)")))),
    extensions(("x-problems" = json!(["import_file_gone", "wrong_state"]))))]
#[get("/api/v1/imports/{import_id}/file")]
pub(crate) async fn download_import(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    id: Id,
    query: Query<DownloadImportQuery>,
) -> Result<HttpResponse, Refusal> {
    sent_import(&web, asking.0, id.0, query.0.rows, language_of(&request)).await
}

/// The file of an import with what became of each row, to be saved.
///
/// # Errors
/// What the operation answers.
pub async fn sent_import(
    web: &Web,
    context: Context,
    import_id: Uuid,
    rows: DownloadedRows,
    language: Language,
) -> Result<HttpResponse, Refusal> {
    let wanted = match rows {
        DownloadedRows::All => Wanted::All,
        DownloadedRows::ToCorrect => Wanted::ToCorrect,
    };
    let bank = std::sync::Arc::clone(&web.bank);
    let file = web
        .run(move |_| download::download_import(&bank, &context, import_id, wanted, language))
        .await?;
    let DownloadedImport {
        file_name,
        about,
        bytes,
        content,
    } = file;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media_type(about.format)))
        .insert_header(attachment(&import_id.to_string(), &file_name))
        .insert_header(ContentEncoding::Identity)
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(of_file(content, bytes)))
}

fn media_type(format: Format) -> &'static str {
    match format {
        Format::Csv => "text/csv",
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Ndjson => "application/x-ndjson",
        Format::NadAbc | Format::OpenBadges | Format::Xapi => "application/octet-stream",
    }
}
