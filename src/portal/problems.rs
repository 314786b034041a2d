//! The page that explains every code by which something is refused; a problem's `type` points here.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};
use askama::Template;

use super::CONTENT_SECURITY_POLICY;
use crate::domain::language::Language;
use crate::http::problem::{Refusal, table};
use crate::http::render::language_of;

struct Row {
    code: &'static str,
    status: u16,
    sentence: &'static str,
}

#[derive(Template)]
#[template(path = "problems.html")]
struct Page {
    language: &'static str,
    title: &'static str,
    lead: &'static str,
    columns: [&'static str; 3],
    rows: Vec<Row>,
}

/// Lists every code with its status and its sentence.
#[get("/docs/problems")]
pub(super) async fn show(request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let chinese = language_of(&request) == Language::Chinese;
    let rows = table()
        .into_iter()
        .map(|line| Row {
            code: line.code,
            status: line.status,
            sentence: if chinese { line.chinese } else { line.english },
        })
        .collect();
    let page = if chinese {
        Page {
            language: "zh-CN",
            title: "错误代码",
            lead: "每个被拒绝的请求都带有一个稳定的代码；花括号处填入具体内容。",
            columns: ["代码", "状态", "说明"],
            rows,
        }
    } else {
        Page {
            language: "en",
            title: "Problem codes",
            lead: "Every refusal carries a stable code; braces stand for what is filled in.",
            columns: ["Code", "Status", "What it says"],
            rows,
        }
    };
    let html = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be made");
        Refusal::INTERNAL
    })?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .body(html))
}
