//! Statements and certificates of one's own, and the public check of a number.

use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, get, post, web};

use super::extract::{Anyone, Asking, Id, Json, Key, Query};
use super::file::{FileContent, attachment};
use super::paging::{ListQuery, Listed, page};
use super::problem::Refusal;
use super::state::Web;
use crate::domain::list::ListPlace;
use crate::domain::rejection::Rejection;
use crate::domain::statement::NewStatement;
use crate::ops::statements::check::{self, NumberCheck};
use crate::ops::statements::{self, PrintedStatement, Statement};

/// The most characters of a number that is looked for.
const CODE_CHARACTERS_MAX: usize = 60;

/// Have a statement or certificate issued, of the own record.
///
/// It says what stands at this moment, and is printed soon after. Both languages are on it. `record` is everything with the account,
/// `outcomes` some chosen outcomes without it, `outcome` a page about one, `decision` a page about a granted claim.
#[utoipa::path(tag = "statements", operation_id = "issue_statement", request_body = NewStatement,
    params(Key),
    responses((status = 202, description = "Issued; it waits for being printed", body = Statement,
        links(("statement" = (operation_id = "read_statement",
            parameters(("statement_id" = "$response.body#/statement_id")), description = "How far it is"))))),
    extensions(("x-problems" = json!(["not_found", "statements_off", "statement_too_long", "too_many_statements", "wrong_state"]))))]
#[post("/api/v1/me/statements")]
pub(crate) async fn issue_statement(
    web: web::Data<Web>,
    asking: Asking,
    key: Key,
    body: Json<NewStatement>,
) -> Result<HttpResponse, Refusal> {
    let statement = web
        .run(move |bank| statements::issue_statement(bank, &asking.0, key.0.as_deref(), &body.0))
        .await?;
    let place = format!("/api/v1/me/statements/{}", statement.statement_id);
    Ok(HttpResponse::Accepted().insert_header(("Location", place)).json(statement))
}

/// List one's own statements and certificates, from the newest.
#[utoipa::path(tag = "statements", operation_id = "list_statements", params(ListQuery),
    responses((status = 200, description = "A page, from the newest, without the contents", body = Listed<Statement>)),
    extensions(("x-problems" = json!(["not_found"]))))]
#[get("/api/v1/me/statements")]
pub(crate) async fn list_statements(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Asking,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Refusal> {
    let ListQuery { order, limit, cursor } = query.0;
    let items = web
        .run(move |bank| statements::list_statements(bank, &asking.0, ListPlace::new(order, cursor), limit.and_one()))
        .await?;
    Ok(page(&request, limit, items, |item| item.statement_id.to_string()))
}

/// Read what is said of one of one's own statements: its number, and whether it can be had.
#[utoipa::path(tag = "statements", operation_id = "read_statement", params(("statement_id" = Uuid, Path)),
    responses((status = 200, description = "The statement, without its content", body = Statement)))]
#[get("/api/v1/me/statements/{statement_id}")]
pub(crate) async fn read_statement(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let statement = web.run(move |bank| statements::read_statement(bank, &asking.0, id.0)).await?;
    Ok(HttpResponse::Ok().json(statement))
}

/// Download one of one's own statements.
///
/// A PDF/A-3b, with the same bytes for ever.
#[utoipa::path(tag = "statements", operation_id = "download_statement", params(("statement_id" = Uuid, Path)),
    responses((status = 200, description = "The statement as it was printed", content((FileContent = "application/pdf")),
        headers(("ETag" = String, description = "The content's SHA-256"), ("Content-Disposition" = String, description = "The file's name (RFC 8187)")))),
    extensions(("x-problems" = json!(["wrong_state"]))))]
#[get("/api/v1/me/statements/{statement_id}/pdf")]
pub(crate) async fn download_statement(web: web::Data<Web>, asking: Asking, id: Id) -> Result<HttpResponse, Refusal> {
    let paper = web.run(move |bank| statements::download_statement(bank, &asking.0, id.0)).await?;
    Ok(printed(paper))
}

/// A paper to be saved.
pub fn printed(paper: PrintedStatement) -> HttpResponse {
    let PrintedStatement { statement, content } = paper;
    let number = statement.number.replace(' ', "");
    let disposition = attachment(&format!("{number}.pdf"), &format!("学习成果证明 {number}.pdf"));
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/pdf"))
        .insert_header(disposition)
        // Compressed already; and the digest is of what is sent.
        .insert_header(ContentEncoding::Identity)
        .insert_header((header::ETAG, format!("\"{}\"", statement.sha256.unwrap_or_default())))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(content.to_vec())
}

/// Take one of one's own statements back: whoever checks its number is told so from then on.
#[utoipa::path(tag = "statements", operation_id = "revoke_statement",
    params(("statement_id" = Uuid, Path),
        Key),
    responses((status = 200, description = "Taken back", body = Statement)), extensions(("x-problems" = json!(["wrong_state"]))))]
#[post("/api/v1/me/statements/{statement_id}/revoke")]
pub(crate) async fn revoke_statement(web: web::Data<Web>, asking: Asking, id: Id, key: Key) -> Result<HttpResponse, Refusal> {
    let statement = web
        .run(move |bank| statements::revoke_statement(bank, &asking.0, key.0.as_deref(), id.0))
        .await?;
    Ok(HttpResponse::Ok().json(statement))
}

/// Check the number of a statement, certificate or decision.
///
/// Nobody needs an account for it. It tells what the number is of, when and by whom, and whether it still stands; of a paper the masked
/// name and the digest of the PDF as well. A number that is nobody's is not there, and nothing more is said.
#[utoipa::path(tag = "statements", operation_id = "check_number", security(()),
    params(("code" = String, Path, description = "The number, with or without spaces", max_length = 60, example = "20264837291055661283")),
    responses((status = 200, description = "What it is of, and whether it stands", body = NumberCheck)),
    extensions(("x-problems" = json!(["too_many_questions"]))))]
#[get("/api/v1/verify/{code}")]
pub(crate) async fn check_number(
    web: web::Data<Web>,
    request: HttpRequest,
    asking: Anyone,
    code: web::Path<String>,
) -> Result<HttpResponse, Refusal> {
    let checked = checked(&web, &request, asking, code.into_inner()).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Robots-Tag", "noindex"))
        .json(checked))
}

/// Checks a number for whoever asks, as often as anybody may.
///
/// # Errors
/// `TooManyQuestions`, `NotFound`.
pub(crate) async fn checked(web: &Web, request: &HttpRequest, asking: Anyone, code: String) -> Result<NumberCheck, Refusal> {
    web.question(request)?;
    if code.chars().count() > CODE_CHARACTERS_MAX || code.chars().any(char::is_control) {
        return Err(Rejection::NotFound {}.into());
    }
    web.run(move |bank| check::check_number(bank, &asking.0, &code)).await
}
