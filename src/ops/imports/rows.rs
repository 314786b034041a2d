//! What became, or would become, of the rows of a file: kept sealed, some hundred at once, and read page by page.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Said, readable, status_of};
use crate::domain::credit::Credit;
use crate::domain::import::{Counted, ImportResult, ImportStatus, ImportTotals, remedy};
use crate::domain::language::Language;
use crate::domain::phrases::in_chinese;
use crate::domain::rejection::Rejection;
use crate::intake::field::Field;
use crate::intake::problem::{CellProblem, shown};
use crate::intake::told::ToldOutcome;
use crate::ops::context::{Bank, Context};
use crate::ops::deposit::{Deposited, Novelty};
use crate::ops::error::OpError;
use crate::store::error::StoreError;
use crate::store::import_rows::{self as store, ChunkRow};
use crate::store::types::Key;

/// Which of an import's two lists of rows: the dry run's, or the deposit's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Check,
    Deposit,
}

/// What is wrong with a row, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptProblem {
    pub(super) code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<Field>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    detail: Said,
    what_to_do: Said,
}

/// What became of an outcome of a row, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptRow {
    pub(super) row: u64,
    #[serde(default, skip_serializing_if = "is_nought")]
    pub(super) part: u16,
    pub(super) result: ImportResult,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) credit: Option<Credit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) flags: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    account_opened: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) problems: Vec<KeptProblem>,
}

fn is_nought(part: &u16) -> bool {
    *part == 0
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ImportRowProblem)]
pub struct RowProblem {
    /// Stable; it does not depend on the language.
    #[schema(example = "no_such_day")]
    pub code: String,
    /// As the file calls it.
    #[schema(example = "取得日期")]
    pub column: Option<String>,
    pub field: Option<Field>,
    /// The value that is wrong; masked where it is a person's.
    #[schema(example = "2024-02-30")]
    pub value: Option<String>,
    #[schema(example = "没有这一天。")]
    pub detail: String,
    #[schema(example = "请核对年、月、日。")]
    pub what_to_do: String,
}

/// What became, or would become, of an outcome of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ImportRow)]
pub struct ImportedRow {
    /// As people count: the row of a sheet, the line of a text.
    pub row: u64,
    /// Which of several outcomes of the row, from 0.
    pub part: u16,
    pub result: ImportResult,
    /// The outcome in the bank; absent in a dry run, unless it is there already.
    pub outcome_id: Option<Uuid>,
    pub credit: Option<Credit>,
    /// Why it brings no credit.
    pub reason: Option<String>,
    /// Why a person looks at it first.
    pub flags: Vec<String>,
    /// Whether an account is opened for the person.
    pub account_opened: bool,
    pub problems: Vec<RowProblem>,
}

impl KeptRow {
    /// Of an outcome that its row does not tell well.
    pub(super) fn untold(row: u64, part: u16, problems: Vec<CellProblem>) -> Self {
        let kept = problems.into_iter().map(|problem| KeptProblem {
            code: problem.reason.code().to_owned(),
            detail: Said::of(|language| problem.reason.sentence(language)),
            what_to_do: Said::of(|language| problem.reason.what_to_do(language)),
            column: problem.column,
            field: problem.field,
            value: problem.value,
        });
        Self {
            row,
            part,
            result: ImportResult::Refused,
            outcome_id: None,
            credit: None,
            reason: None,
            flags: Vec::new(),
            account_opened: false,
            problems: kept.collect(),
        }
    }

    /// Of what the bank answered, or would answer.
    pub(super) fn answered(row: u64, told: &ToldOutcome, answer: &Result<Deposited, Rejection>, phase: Phase) -> Self {
        let blank = Self::untold(row, told.part, Vec::new());
        match answer {
            Ok(deposited) => {
                let result = match (deposited.novelty, deposited.flags.is_empty()) {
                    (Novelty::AlreadyThere, _) => ImportResult::AlreadyThere,
                    (Novelty::Created, true) => ImportResult::Accepted,
                    (Novelty::Created, false) => ImportResult::Flagged,
                };
                let is_there = phase == Phase::Deposit;
                Self {
                    result,
                    outcome_id: is_there.then_some(deposited.outcome_id),
                    credit: (result == ImportResult::Accepted).then_some(deposited.credit),
                    reason: deposited.reason.clone().filter(|_| result == ImportResult::Accepted),
                    flags: deposited.flags.clone(),
                    account_opened: deposited.account_opened,
                    ..blank
                }
            }
            Err(rejection) => Self {
                problems: refusals(told, rejection),
                ..blank
            },
        }
    }

    pub(super) fn counted(&self) -> Counted<'_> {
        Counted {
            result: self.result,
            credit: self.credit.unwrap_or(Credit::ZERO),
            account_opened: self.account_opened,
            refusal: self.problems.first().map(|problem| problem.code.as_str()),
            flags: &self.flags,
        }
    }

    /// What there is to say of it, for the file that goes back: what is wrong and what to do, or why a person looks first.
    pub(super) fn explained(self, language: Language) -> Vec<String> {
        let shown = self.shown(language);
        let problems = shown.problems.into_iter().map(|problem| {
            let column = problem.column.map(|column| format!("{column}: ")).unwrap_or_default();
            format!("{column}{} {}", problem.detail, problem.what_to_do)
        });
        problems.chain(shown.flags).chain(shown.reason).collect()
    }

    /// The row for people who read a language.
    pub(super) fn shown(self, language: Language) -> ImportedRow {
        let problems = self.problems.into_iter().map(|problem| RowProblem {
            detail: problem.detail.text(language).to_owned(),
            what_to_do: problem.what_to_do.text(language).to_owned(),
            code: problem.code,
            column: problem.column,
            field: problem.field,
            value: problem.value,
        });
        ImportedRow {
            row: self.row,
            part: self.part,
            result: self.result,
            outcome_id: self.outcome_id,
            credit: self.credit,
            reason: self.reason,
            flags: self.flags,
            account_opened: self.account_opened,
            problems: problems.collect(),
        }
    }
}

/// The field of a file that a pointer into a deposit names.
fn field_at(pointer: &str) -> Option<Field> {
    match pointer {
        "/contest/event" | "/contest" => Some(Field::ContestEvent),
        "/contest/place" => Some(Field::ContestPlace),
        "/contest/team_position" => Some(Field::ContestTeamPosition),
        // A certificate that is somebody else's already.
        "/learner" => Some(Field::DocumentNumber),
        other => Field::parse(other.trim_start_matches("/learner").trim_start_matches('/')),
    }
}

fn value_of(told: &ToldOutcome, field: Field) -> Option<String> {
    match field {
        Field::DocumentNumber => Some(told.document_number.clone()),
        Field::Name => Some(told.name.clone()),
        Field::AchievementCode => Some(told.achievement_code.clone()),
        Field::AwardedOn => Some(told.awarded_on.to_string()),
        Field::CertificateNumber => told.certificate_number.clone(),
        Field::Grade => told.grade.clone(),
        Field::GradingScale => told.grading_scale.clone(),
        Field::Score => told.score.clone(),
        Field::Hours => told.hours.map(|hours| hours.to_string()),
        Field::Credits => told.credits.clone(),
        Field::TraineeGroup => told.trainee_group.map(|group| group.to_string()),
        _ => None,
    }
}

/// What is wrong, at the columns that told it. A refusal of the whole row is one problem without a column.
fn refusals(told: &ToldOutcome, rejection: &Rejection) -> Vec<KeptProblem> {
    let code = rejection.code();
    let what_to_do = || {
        Said::of(|language| match language {
            Language::Chinese => in_chinese(remedy(code)),
            Language::English => remedy(code).to_owned(),
        })
    };
    let (chinese, english) = (rejection.problems(Language::Chinese), rejection.problems(Language::English));
    let at_columns = chinese.into_iter().zip(english).map(|(chinese, english)| {
        let field = field_at(&english.pointer);
        let value = field.and_then(|field| value_of(told, field));
        KeptProblem {
            code: code.to_owned(),
            column: field.and_then(|field| told.columns.get(&field).cloned()),
            field,
            value: value.and_then(|value| shown(field, &value)),
            detail: Said {
                zh: chinese.detail,
                en: english.detail,
            },
            what_to_do: what_to_do(),
        }
    });
    let problems: Vec<KeptProblem> = at_columns.collect();
    if !problems.is_empty() {
        return problems;
    }
    vec![KeptProblem {
        code: code.to_owned(),
        column: None,
        field: None,
        value: None,
        detail: Said::of(|language| rejection.sentence(language)),
        what_to_do: what_to_do(),
    }]
}

fn place(import_id: Uuid, phase: Phase, number: i64) -> String {
    let phase = match phase {
        Phase::Check => "check",
        Phase::Deposit => "deposit",
    };
    format!("import_chunks.rows:{import_id}:{phase}:{number}")
}

/// Some rows as they are kept.
///
/// # Errors
/// When there is no randomness.
pub(super) fn sealed(
    bank: &Bank,
    import_id: Uuid,
    phase: Phase,
    number: i64,
    (first_row, last_row): (u64, u64),
    rows: &[KeptRow],
) -> Result<ChunkRow, OpError> {
    let mut totals = ImportTotals::default();
    for row in rows {
        totals.add(row.counted());
    }
    let plain = serde_json::to_vec(rows).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    Ok(ChunkRow {
        import_id: Key(import_id),
        is_commit: phase == Phase::Deposit,
        number,
        first_row: whole(first_row),
        last_row: whole(last_row),
        accepted: whole(totals.accepted),
        already_there: whole(totals.already_there),
        flagged: whole(totals.flagged),
        refused: whole(totals.refused),
        rows_sealed: bank.sealer.seal(&plain, &place(import_id, phase, number))?,
    })
}

/// The rows that a chunk keeps.
///
/// # Errors
/// When they do not open.
pub(super) fn opened(bank: &Bank, chunk: &ChunkRow) -> Result<Vec<KeptRow>, OpError> {
    let phase = if chunk.is_commit { Phase::Deposit } else { Phase::Check };
    let plain = bank
        .sealer
        .open(&chunk.rows_sealed, &place(chunk.import_id.0, phase, chunk.number))?;
    let damaged = |_| StoreError::Damaged(format!("rows of import {}", chunk.import_id.0));
    Ok(serde_json::from_slice(&plain).map_err(damaged)?)
}

/// Which rows to list: of which result, and from which row and part on.
#[derive(Debug, Clone, Copy, Default)]
pub struct RowFilter {
    pub result: Option<ImportResult>,
    pub from_row: u64,
    pub from_part: u16,
}

/// What became of the rows of an import: of the deposit where it has begun, else of the dry run.
///
/// # Errors
/// `NotFound`.
pub fn list_import_rows(
    bank: &Bank,
    context: &Context,
    import_id: Uuid,
    phase: Option<Phase>,
    filter: RowFilter,
    limit: usize,
    language: Language,
) -> Result<Vec<ImportedRow>, OpError> {
    bank.store.read(|conn| {
        let row = readable(conn, context, import_id)?;
        let phase = match phase {
            Some(phase) => phase,
            None => shown_phase(status_of(&row)?, row.commit_totals.is_some()),
        };
        let mut listed = Vec::new();
        let mut from = i64::try_from(filter.from_row).unwrap_or(i64::MAX);
        while listed.len() < limit {
            let chunk = store::chunk_with(conn, import_id, phase == Phase::Deposit, from, filter.result)?;
            let Some(chunk) = chunk else { break };
            from = chunk.last_row.saturating_add(1);
            let wanted = |kept: &KeptRow| {
                (kept.row, kept.part) >= (filter.from_row, filter.from_part) && filter.result.is_none_or(|result| result == kept.result)
            };
            let rows = opened(bank, &chunk)?.into_iter().filter(wanted);
            listed.extend(rows.map(|kept| kept.shown(language)));
        }
        listed.truncate(limit);
        Ok(listed)
    })
}

/// Which rows are shown where nobody says which.
pub(super) fn shown_phase(status: ImportStatus, has_deposited: bool) -> Phase {
    match status {
        ImportStatus::Committing | ImportStatus::Done | ImportStatus::Stale | ImportStatus::Cancelled if has_deposited => Phase::Deposit,
        _ => Phase::Check,
    }
}
