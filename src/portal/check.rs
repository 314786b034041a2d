//! The page to which the code on a paper leads: what the number is of, and whether it still stands, in both languages.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get, web};
use askama::Template;

use super::CONTENT_SECURITY_POLICY;
use crate::domain::rejection::Rejection;
use crate::domain::statement::Validity;
use crate::http::extract::{Anyone, anonymous};
use crate::http::problem::Refusal;
use crate::http::state::Web;
use crate::http::statements::checked;
use crate::ops::statements::check::{CheckedKind, NumberCheck};

/// A line in both languages.
struct Line {
    chinese: &'static str,
    english: &'static str,
    value: String,
}

#[derive(Template)]
#[template(path = "check.html")]
struct Page {
    /// `valid`, `withdrawn`, `corrected_since`, or `unknown`.
    verdict: &'static str,
    verdict_chinese: &'static str,
    verdict_english: &'static str,
    lines: Vec<Line>,
    has_digest: bool,
}

fn verdict(validity: Validity) -> (&'static str, &'static str) {
    match validity {
        Validity::Valid => ("有效", "Valid"),
        Validity::Withdrawn => ("已撤回，不再有效", "Withdrawn; no longer valid"),
        Validity::Corrected => (
            "签发后有内容被更正或撤销",
            "Something that it says has been corrected or withdrawn since",
        ),
    }
}

fn kind(kind: CheckedKind) -> &'static str {
    match kind {
        CheckedKind::Statement => "学习成果与学分证明 Statement of learning outcomes and credit",
        CheckedKind::StatementOfOutcomes => "学习成果证明（部分成果） Statement of chosen learning outcomes",
        CheckedKind::OutcomeCertificate => "学习成果证书 Certificate of a learning outcome",
        CheckedKind::DecisionCertificate => "结论证明 Certificate of a decision",
        CheckedKind::Decision => "认定或转换结论 Decision on a claim",
    }
}

fn found(check: NumberCheck) -> Page {
    let (verdict_chinese, verdict_english) = verdict(check.validity);
    let mut lines = Vec::new();
    let mut add = |chinese, english, value: Option<String>| {
        if let Some(value) = value {
            lines.push(Line { chinese, english, value });
        }
    };
    add("编号", "Number", Some(check.number));
    add("种类", "Kind", Some(kind(check.kind).to_owned()));
    add("签发日期", "Issued on", Some(check.issued_on.to_string()));
    add("姓名", "Name", check.name_masked);
    add("机构", "Institution", check.institution);
    add("学习成果", "Learning outcome", check.outcome);
    add("成果数量", "Number of outcomes", Some(check.outcomes.to_string()));
    add(
        "自何时起",
        "Since",
        check.since.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string()),
    );
    let has_digest = check.sha256.is_some();
    add("文件摘要（SHA-256）", "Digest of the file (SHA-256)", check.sha256);
    Page {
        verdict: check.validity.as_str(),
        verdict_chinese,
        verdict_english,
        lines,
        has_digest,
    }
}

fn unknown() -> Page {
    Page {
        verdict: "unknown",
        verdict_chinese: "没有这个编号",
        verdict_english: "There is no such number",
        lines: Vec::new(),
        has_digest: false,
    }
}

/// Checks the number in the address.
#[get("/check/{code}")]
pub(super) async fn show(web: web::Data<Web>, request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, Refusal> {
    let asking = Anyone(anonymous(&request));
    let (status, page) = match checked(&web, &request, asking, code.into_inner()).await {
        Ok(check) => (StatusCode::OK, found(check)),
        Err(Refusal::Rejected(Rejection::NotFound {})) => (StatusCode::NOT_FOUND, unknown()),
        Err(refusal) => return Err(refusal),
    };
    let html = page.render().map_err(|error| {
        tracing::error!(%error, "a page could not be made");
        Refusal::INTERNAL
    })?;
    Ok(HttpResponseBuilder::new(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header(("X-Robots-Tag", "noindex"))
        .body(html))
}
