//! Imports 批量导入: institutions bring files of outcomes. A file is looked through first (the dry run), then deposited chunk by
//! chunk: each chunk with what became of its rows, in one transaction, so that a crash leaves nothing out and nothing twice.

pub mod act;
mod changes;
pub mod download;
mod file;
mod judge;
mod pieces;
pub mod profile;
pub mod receive;
pub mod rows;
mod run;
pub mod upkeep;
pub mod worker;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::context::{Bank, Context};
use super::error::OpError;
use crate::domain::import::{ImportStatus, ImportTotals, UnknownCode};
use crate::domain::language::Language;
use crate::domain::list::ListPlace;
use crate::domain::policy::{self, Action, Resource};
use crate::domain::rejection::Rejection;
pub use crate::intake::about::{About, Format};
pub use crate::intake::field::Field;
use crate::intake::mapping::Mapping;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::imports::{self as store, ImportRow};
use crate::store::types::Document;
pub use changes::{Answer, ImportChange};

/// How a file is to be read, as whoever brings it and the institution's profile say it. It stays with the import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ImportOptions {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) format: Option<Format>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sheet: Option<String>,
    #[serde(default)]
    pub(super) mapping: Mapping,
    /// The institution's codes and the achievements that they mean.
    #[serde(default)]
    pub(super) codes: std::collections::BTreeMap<String, String>,
}

/// How far an import is in its present work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportProgress {
    pub rows_done: i64,
    /// Known when the dry run has ended.
    pub rows_in_all: Option<i64>,
    pub bytes_read: i64,
    /// Of the file.
    pub bytes: i64,
    /// Absent until some are done, and while nothing is under way.
    pub rows_per_second: Option<i64>,
    /// At this rate.
    pub seconds_left: Option<i64>,
}

/// An import in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Import)]
pub struct ImportSummary {
    pub import_id: Uuid,
    pub institution_id: Uuid,
    #[schema(example = "2024-outcomes.xlsx")]
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal; absent until it has arrived.
    pub sha256: Option<String>,
    pub status: ImportStatus,
    pub progress: ImportProgress,
    /// What the dry run said.
    pub check: Option<ImportTotals>,
    /// What was deposited, so far.
    pub deposit: Option<ImportTotals>,
    pub created_at: DateTime<Utc>,
    /// When its present or last work was begun.
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportProblem {
    /// Stable; it does not depend on the language.
    #[schema(example = "columns_missing")]
    pub code: String,
    pub detail: String,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ImportReport)]
pub struct Import {
    #[serde(flatten)]
    pub summary: ImportSummary,
    /// What was found out about the file.
    pub about: Option<About>,
    /// The codes that no achievement of the institution has, and those that they may mean.
    pub unknown_codes: Vec<UnknownCode>,
    /// The rows that are not what the dry run said, where the deposit stopped for them; the first hundred.
    pub changes: Vec<ImportChange>,
    pub problem: Option<ImportProblem>,
    pub committed_at: Option<DateTime<Utc>>,
    /// Whether the file is kept still; without it nothing can be downloaded or looked through again.
    pub file_kept: bool,
}

/// A text in both languages, kept where a sentence has to be there later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Said {
    zh: String,
    en: String,
}

impl Said {
    pub(super) fn of(sentence: impl Fn(Language) -> String) -> Self {
        Self {
            zh: sentence(Language::Chinese),
            en: sentence(Language::English),
        }
    }

    pub(super) fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// Why an import failed, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KeptFailure {
    code: String,
    said: Said,
}

fn damaged(row: &ImportRow) -> StoreError {
    StoreError::Damaged(format!("import {}", row.import_id.0))
}

fn status_of(row: &ImportRow) -> Result<ImportStatus, StoreError> {
    ImportStatus::parse(&row.status).ok_or_else(|| damaged(row))
}

fn kept<T: serde::de::DeserializeOwned>(row: &ImportRow, document: Option<&Document>) -> Result<Option<T>, StoreError> {
    let read = document.map(|document| serde_json::from_value(document.0.clone()));
    read.transpose().map_err(|_| damaged(row))
}

fn name_place(import_id: Uuid) -> String {
    format!("imports.file_name:{import_id}")
}

fn file_name(bank: &Bank, row: &ImportRow) -> Result<String, OpError> {
    let name = bank.sealer.open(&row.file_name_sealed, &name_place(row.import_id.0))?;
    Ok(String::from_utf8(name.to_vec()).map_err(|_| damaged(row))?)
}

impl ImportProgress {
    fn of(row: &ImportRow, status: ImportStatus, now: DateTime<Utc>) -> Self {
        // What a crash cut off is counted from the first beginning; a rate that is too low by that does no harm.
        let began = row.started_at.as_ref().filter(|_| status.is_for_the_bank() && row.runner.is_some());
        let milliseconds = began.map(|began| (now - began.0).num_milliseconds()).filter(|spent| *spent > 0);
        let in_all = (row.rows_in_all > 0 && status != ImportStatus::Checking).then_some(row.rows_in_all);
        let (done, all) = match in_all {
            Some(in_all) => (row.rows_done, in_all),
            None => (row.bytes_read, row.bytes),
        };
        let left = all.saturating_sub(done).max(0);
        Self {
            rows_done: row.rows_done,
            rows_in_all: in_all,
            bytes_read: row.bytes_read,
            bytes: row.bytes,
            rows_per_second: milliseconds
                .filter(|_| row.rows_done > 0)
                .map(|spent| row.rows_done.saturating_mul(1000) / spent),
            seconds_left: milliseconds
                .filter(|_| done > 0)
                .map(|spent| left.saturating_mul(spent) / done / 1000),
        }
    }
}

impl ImportSummary {
    fn of(bank: &Bank, row: &ImportRow, now: DateTime<Utc>) -> Result<Self, OpError> {
        let status = status_of(row)?;
        Ok(Self {
            import_id: row.import_id.0,
            institution_id: row.institution_id.0,
            file_name: file_name(bank, row)?,
            sha256: row
                .digest
                .as_deref()
                .and_then(crate::files::Digest::from_bytes)
                .map(|digest| digest.to_string()),
            status,
            progress: ImportProgress::of(row, status, now),
            check: kept(row, row.check_totals.as_ref())?,
            deposit: kept(row, row.commit_totals.as_ref())?,
            created_at: row.created_at.0,
            started_at: row.started_at.as_ref().map(|at| at.0),
            finished_at: row.finished_at.as_ref().map(|at| at.0),
        })
    }
}

impl Import {
    fn of(bank: &Bank, row: &ImportRow, now: DateTime<Utc>, language: Language) -> Result<Self, OpError> {
        let problem: Option<KeptFailure> = kept(row, row.problem.as_ref())?;
        Ok(Self {
            summary: ImportSummary::of(bank, row, now)?,
            about: kept(row, row.about.as_ref())?,
            unknown_codes: kept(row, row.unknown_codes.as_ref())?.unwrap_or_default(),
            changes: kept(row, row.changes.as_ref())?.unwrap_or_default(),
            problem: problem.map(|problem| ImportProblem {
                detail: problem.said.text(language).to_owned(),
                code: problem.code,
            }),
            committed_at: row.committed_at.as_ref().map(|at| at.0),
            file_kept: row.file_removed_at.is_none(),
        })
    }
}

/// Finds an import for somebody who may read it.
fn readable(conn: &mut Conn, context: &Context, import_id: Uuid) -> Result<ImportRow, OpError> {
    let actor = context.somebody(conn)?;
    let row = store::find(conn, import_id)?.ok_or(Rejection::NotFound {})?;
    policy::allowed(&actor, Action::ReadImport, Resource::Institution(row.institution_id.0))?;
    Ok(row)
}

/// Finds an import for somebody who may do something to it.
fn actable(conn: &mut Conn, context: &Context, import_id: Uuid, action: Action) -> Result<ImportRow, OpError> {
    let row = readable(conn, context, import_id)?;
    context.authorised(conn, action, Resource::Institution(row.institution_id.0))?;
    Ok(row)
}

/// Reads an import: how far it is, what the dry run said, and what was deposited.
///
/// # Errors
/// `NotFound`.
pub fn read_import(bank: &Bank, context: &Context, import_id: Uuid, language: Language) -> Result<Import, OpError> {
    bank.store.read(|conn| {
        let row = readable(conn, context, import_id)?;
        Import::of(bank, &row, context.now, language)
    })
}

/// The imports of an institution, from a place in their list.
///
/// # Errors
/// `NotFound`.
pub fn list_imports(
    bank: &Bank,
    context: &Context,
    institution_id: Uuid,
    status: Option<ImportStatus>,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<ImportSummary>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        context.authorised(conn, Action::ReadImport, Resource::Institution(institution_id))?;
        let rows = store::list(conn, institution_id, status, place, limit)?;
        rows.iter().map(|row| ImportSummary::of(bank, row, context.now)).collect()
    })
}
