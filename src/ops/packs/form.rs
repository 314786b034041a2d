//! A rule pack as it is given and as it is shown.

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::check::{Checks, PackTests, PackValidation};
use crate::domain::bilingual::Bilingual;
use crate::domain::pack::RulePack;
use crate::domain::pack::life::{PackStatus, Term};
use crate::domain::pack_case::PackCase;
use crate::domain::programme::is_code;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::ops::error::OpError;
use crate::store::error::StoreError;
use crate::store::packs::{PackHead, PackRow};

/// The most test cases of a pack.
pub const CASES_MAX: usize = 100;

/// A rule pack, or its next version, to be drafted.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "institution_id": "01985a3e-7c00-7000-8000-000000000001", "document": {
    "code": "certificates", "title": { "zh": "职业技能等级证书转换办法", "en": "Conversion of certificates" }, "owner": "914403003429409755",
    "legal_basis": ["国发〔2019〕4号"], "effective_from": "2030-09-01", "selected_by": "decision_date",
    "clauses": [{ "id": "certificates", "citation": "第六条", "outcomes": { "kinds": ["occupational_certificate"] },
        "to": [{ "to": "courses", "select": { "tags_any": ["foundation"] } }], "value": { "of": { "base": "bank_credit" } },
        "targets": "one", "remainder": "forfeited", "coverage": "whole_by_one" }] } }))]
pub struct NewRulePack {
    /// Whose it is; absent for a standard of the bank.
    #[serde(default)]
    pub institution_id: Option<Uuid>,
    pub document: RulePack,
    /// What it must answer; all of them have to pass before it is filed.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub cases: Vec<PackCase>,
}

/// What its owner may change of a draft.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackEdit {
    pub document: RulePack,
    #[serde(default)]
    #[schema(max_items = 100)]
    pub cases: Vec<PackCase>,
}

/// A version in the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackSummary {
    pub pack_id: Uuid,
    /// Absent for a standard of the bank.
    pub institution_id: Option<Uuid>,
    pub code: String,
    pub version: i64,
    pub status: PackStatus,
    pub title: Bilingual,
    pub effective_from: NaiveDate,
    /// The last day in force: as published, or the day before the next version.
    pub effective_to: Option<NaiveDate>,
    /// When it was last filed with the authority.
    pub filed_at: Option<DateTime<Utc>>,
    pub notice_until: Option<NaiveDate>,
    pub published_at: Option<DateTime<Utc>>,
    /// Changes with every change; goes into `If-Match`.
    pub edition: i64,
}

/// A version as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Pack {
    pub pack_id: Uuid,
    /// Absent for a standard of the bank.
    pub institution_id: Option<Uuid>,
    pub code: String,
    pub version: i64,
    pub status: PackStatus,
    pub document: RulePack,
    pub cases: Vec<PackCase>,
    pub effective_from: NaiveDate,
    /// The last day in force: as published, or the day before the next version.
    pub effective_to: Option<NaiveDate>,
    pub created_at: DateTime<Utc>,
    pub filed_at: Option<DateTime<Utc>>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Why the authority decided so.
    pub decision_reason: Option<String>,
    /// The last day of its public notice.
    pub notice_until: Option<NaiveDate>,
    /// From then on everybody may read it.
    pub published_at: Option<DateTime<Utc>>,
    /// Changes with every change; goes into `If-Match`.
    pub edition: i64,
    /// What its author must mend; until it is accepted.
    pub validation: Option<PackValidation>,
    /// How its test cases go, of a valid version: when it was just drafted, changed or filed. Else they are asked to be run.
    pub tests: Option<PackTests>,
}

fn term(effective_from: NaiveDate, effective_to: Option<NaiveDate>) -> Term {
    Term {
        effective_from,
        effective_to,
    }
}

fn stored_status(text: &str) -> Result<PackStatus, StoreError> {
    PackStatus::parse(text).ok_or_else(|| StoreError::Damaged("a rule pack's status".to_owned()))
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("a rule pack: {error}")))
}

/// The status that a row has on a day.
///
/// # Errors
/// When the stored word is none.
pub(super) fn status_of(row: &PackRow, today: NaiveDate) -> Result<PackStatus, StoreError> {
    Ok(term(row.effective_from, row.effective_to).status_on(stored_status(&row.status)?, today))
}

/// The document of a row.
///
/// # Errors
/// When it does not parse.
pub(super) fn document_of(row: &PackRow) -> Result<RulePack, StoreError> {
    parsed(&row.document)
}

/// The test cases of a row.
///
/// # Errors
/// When they do not parse.
pub(super) fn cases_of(row: &PackRow) -> Result<Vec<PackCase>, StoreError> {
    parsed(&row.cases)
}

impl Pack {
    /// Shows a row as it is on a day, with what is known of its edition.
    ///
    /// # Errors
    /// When what is stored does not parse.
    pub(super) fn of(row: PackRow, checks: Option<Checks>, today: NaiveDate) -> Result<Self, StoreError> {
        let (validation, tests) = checks.map_or((None, None), |checks| (Some(checks.validation), checks.tests));
        Ok(Self {
            status: status_of(&row, today)?,
            document: document_of(&row)?,
            cases: cases_of(&row)?,
            pack_id: row.pack_id.0,
            institution_id: row.institution_id.map(|key| key.0),
            code: row.code,
            version: row.version,
            effective_from: row.effective_from,
            effective_to: row.effective_to,
            created_at: row.created_at.0,
            filed_at: row.filed_at.map(|at| at.0),
            decided_at: row.decided_at.map(|at| at.0),
            decision_reason: row.decision_reason,
            notice_until: row.notice_until,
            published_at: row.published_at.map(|at| at.0),
            edition: row.edition,
            validation,
            tests,
        })
    }
}

impl PackSummary {
    /// Shows a row as it is on a day.
    ///
    /// # Errors
    /// When what is stored does not parse.
    pub(super) fn of(row: PackHead, today: NaiveDate) -> Result<Self, StoreError> {
        Ok(Self {
            status: term(row.effective_from, row.effective_to).status_on(stored_status(&row.status)?, today),
            pack_id: row.pack_id.0,
            institution_id: row.institution_id.map(|key| key.0),
            code: row.code,
            version: row.version,
            title: Bilingual {
                zh: row.title_zh,
                en: row.title_en,
            },
            effective_from: row.effective_from,
            effective_to: row.effective_to,
            filed_at: row.filed_at.map(|at| at.0),
            notice_until: row.notice_until,
            published_at: row.published_at.map(|at| at.0),
            edition: row.edition,
        })
    }
}

/// The columns that are made from document and cases.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    pub(super) document: String,
    pub(super) cases: String,
    pub(super) search_text: String,
    pub(super) programmes: String,
}

impl Texts {
    /// Refuses what cannot even be stored; all else of a draft is left to validation.
    ///
    /// # Errors
    /// `InvalidBody`.
    pub(super) fn of(document: &RulePack, cases: &[PackCase]) -> Result<Self, OpError> {
        let unwritable = |error: serde_json::Error| Rejection::field("/document", error.to_string());
        let texts = Self {
            document: serde_json::to_string(document).map_err(unwritable)?,
            cases: serde_json::to_string(cases).map_err(unwritable)?,
            search_text: document.search_text(),
            programmes: document.programmes.iter().map(|code| format!(" {code} ")).collect(),
        };
        let mut problems = Vec::new();
        let mut refuse = |wrong: bool, pointer: &str, detail: String| {
            if wrong {
                problems.push(FieldProblem::new(pointer, detail));
            }
        };
        let code = "must have 1 to 40 of a-z, 0-9 and hyphen";
        refuse(!is_code(&document.code), "/document/code", code.to_owned());
        for (number, programme) in document.programmes.iter().enumerate() {
            refuse(!is_code(programme), &format!("/document/programmes/{number}"), code.to_owned());
        }
        let title = "must have 1 to 200 characters";
        refuse(!document.title.is_readable(), "/document/title", title.to_owned());
        refuse(
            document.effective_to.is_some_and(|last| last < document.effective_from),
            "/document/effective_to",
            "is before effective_from".to_owned(),
        );
        let (earliest, latest) = (NaiveDate::from_ymd_opt(1900, 1, 1), NaiveDate::from_ymd_opt(2999, 12, 31));
        let dates = [
            (Some(document.effective_from), "/document/effective_from"),
            (document.effective_to, "/document/effective_to"),
        ];
        for (date, pointer) in dates {
            let absurd = date.is_some() && (date < earliest || date > latest);
            refuse(absurd, pointer, "must be 1900-01-01 to 2999-12-31".to_owned());
        }
        for (text, pointer) in [(&texts.document, "/document"), (&texts.cases, "/cases")] {
            let detail = format!("must have at most {} characters", RulePack::TEXT_MAX);
            refuse(text.chars().count() > RulePack::TEXT_MAX, pointer, detail);
        }
        refuse(cases.len() > CASES_MAX, "/cases", format!("must have at most {CASES_MAX} items"));
        if problems.is_empty() {
            Ok(texts)
        } else {
            Err(Rejection::InvalidBody { problems }.into())
        }
    }

    /// Puts them into a row.
    pub(super) fn fill(self, row: PackRow, document: &RulePack) -> PackRow {
        PackRow {
            title_zh: document.title.zh.clone(),
            title_en: document.title.en.clone(),
            search_text: self.search_text,
            programmes: self.programmes,
            document: self.document,
            cases: self.cases,
            effective_from: document.effective_from,
            effective_to: document.effective_to,
            ..row
        }
    }
}
