//! Statements and certificates: a learner has them issued, a thread prints them, anybody with the number checks them. Only the learner has
//! one issued or reads it here: an officer reads the record itself, and whoever is handed the paper has its number.

pub mod check;
mod content;
mod decided;
pub mod worker;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::access::{Whose, learner_of};
use super::context::{Bank, Context};
use super::credentials::attached::{ask_for, give_up_with};
use super::error::OpError;
use super::evidence::content_place;
use super::once::once;
use crate::domain::list::ListPlace;
use crate::domain::movement::hex;
use crate::domain::paper_number::PaperNumber;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::domain::statement::{FirstLanguage, NewStatement, STATEMENTS_A_DAY_MAX, StatementKind, StatementStatus};
use crate::files::Digest;
use crate::paper::Paper;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::records;
use crate::store::statements::{self as store, StatementRow};
use crate::store::types::{At, Document, Key};
use crate::vault::opaque;

/// A statement or certificate, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Statement {
    pub statement_id: Uuid,
    /// The number by which it is checked, in groups of four.
    #[schema(example = "2026 4837 2910 5566 1283")]
    pub number: String,
    pub kind: StatementKind,
    pub language: FirstLanguage,
    pub status: StatementStatus,
    pub outcome_ids: Vec<Uuid>,
    pub claim_id: Option<Uuid>,
    /// The signed credential that is attached to the PDF; it is given up when the paper is taken back.
    pub credential_id: Option<Uuid>,
    pub issued_at: DateTime<Utc>,
    /// Where anybody with the number checks it.
    #[schema(example = "https://bank.example/check/20264837291055661283")]
    pub check_url: String,
    /// SHA-256 of the PDF, hexadecimal, once it can be had.
    pub sha256: Option<String>,
    pub bytes: Option<i64>,
    pub pages: Option<i64>,
    /// The characters that no font of the bank has: the paper shows 〓 in their place and says so.
    #[schema(example = json!(["U+3129D"]))]
    pub missing_characters: Vec<String>,
    pub finished_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A paper as it was printed.
#[derive(Debug)]
pub struct PrintedStatement {
    pub statement: Statement,
    pub content: Zeroizing<Vec<u8>>,
}

fn damaged(row: &StatementRow) -> StoreError {
    StoreError::Damaged(format!("statement {}", row.statement_id.0))
}

/// Where anybody checks a number.
fn check_url(bank: &Bank, number: &str) -> String {
    format!("{}/check/{number}", bank.outside.public_url)
}

/// Where what is to be printed belongs; it opens nowhere else.
fn waiting_place(statement_id: Uuid) -> String {
    format!("statements.content:{statement_id}")
}

impl Statement {
    fn of(bank: &Bank, row: &StatementRow) -> Result<Self, StoreError> {
        let broken = || damaged(row);
        let number = PaperNumber::parse(&row.paper_number).ok_or_else(broken)?;
        Ok(Self {
            statement_id: row.statement_id.0,
            check_url: check_url(bank, number.as_str()),
            number: number.spaced(),
            kind: StatementKind::parse(&row.kind).ok_or_else(broken)?,
            language: FirstLanguage::parse(&row.language).ok_or_else(broken)?,
            status: StatementStatus::parse(&row.status).ok_or_else(broken)?,
            outcome_ids: outcome_ids(row)?,
            claim_id: row.claim_id.as_ref().map(|key| key.0),
            credential_id: row.credential_id.as_ref().map(|key| key.0),
            issued_at: row.issued_at.0,
            sha256: row.digest.as_deref().map(hex),
            bytes: row.bytes,
            pages: row.pages,
            missing_characters: row.missing.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect(),
            finished_at: row.finished_at.as_ref().map(|at| at.0),
            revoked_at: row.revoked_at.as_ref().map(|at| at.0),
        })
    }
}

fn outcome_ids(row: &StatementRow) -> Result<Vec<Uuid>, StoreError> {
    serde_json::from_value(row.outcome_ids.0.clone()).map_err(|_| damaged(row))
}

/// The caller's own papers: those of the learner, and of whom the learner absorbed.
fn own(conn: &mut Conn, context: &Context, operation: &str) -> Result<Vec<Uuid>, OpError> {
    let learner = learner_of(conn, context, Whose::Own, operation)?;
    Ok(records::with_absorbed(conn, learner.learner_id.0)?)
}

/// Whether this bank prints papers at all: what sets type can be left out of it.
pub const fn are_printed() -> bool {
    Paper::prints()
}

/// Has a paper issued about what stands at this moment; it is printed soon after.
///
/// # Errors
/// `InvalidBody`, `StatementsOff`, `StatementTooLong`, `TooManyStatements`, `WrongState` of a claim that was not granted, `NotFound`,
/// and what the policy answers.
pub fn issue_statement(bank: &Bank, context: &Context, key: Option<&str>, new: &NewStatement) -> Result<Statement, OpError> {
    new.check()?;
    if !are_printed() {
        return Err(Rejection::StatementsOff {}.into());
    }
    bank.store.write(|conn| {
        once(bank, context, conn, "issue_statement", key, new, |conn| {
            let learner = learner_of(conn, context, Whose::Own, "issue_statement")?;
            let learner_id = learner.learner_id.0;
            context.authorised(conn, Action::WriteOwnCredential, Resource::Learner(learner_id))?;
            records::lock_learner(conn, learner_id)?;
            let since = context.now - TimeDelta::days(1);
            if store::count_since(conn, learner_id, since)? >= STATEMENTS_A_DAY_MAX {
                let a_day = STATEMENTS_A_DAY_MAX;
                return Err(Rejection::TooManyStatements { a_day }.into());
            }
            let number = number(bank, context)?;
            let gathered = content::gather(bank, context, conn, &learner, new, &number)?;
            // A credential says outcomes, and nothing of decisions.
            let credential_id = match new.kind {
                StatementKind::Decision => None,
                _ => ask_for(context, conn, learner_id, &gathered.outcome_ids)?,
            };
            let statement_id = Uuid::now_v7();
            let plain = serde_json::to_vec(&gathered.content).map_err(|error| OpError::Secret(error.to_string()))?;
            let row = StatementRow {
                learner_id: Key(learner_id),
                statement_id: Key(statement_id),
                paper_number: number.as_str().to_owned(),
                kind: new.kind.to_string(),
                language: new.language.to_string(),
                status: StatementStatus::Queued.to_string(),
                outcome_ids: Document(serde_json::json!(gathered.outcome_ids)),
                claim_id: new.claim_id.map(Key),
                institution_id: gathered.institution_id.map(Key),
                credential_id: credential_id.map(Key),
                content_sealed: Some(bank.sealer.seal(&plain, &waiting_place(statement_id))?),
                issued_by: context.caller.label(),
                issued_at: At(context.now),
                attempts: 0,
                runner: None,
                heartbeat: None,
                digest: None,
                bytes: None,
                pages: None,
                missing: String::new(),
                finished_at: None,
                revoked_at: None,
            };
            store::insert(conn, &row)?;
            let told = context
                .told("issue_statement", "statement", statement_id)
                .of_learner(learner_id)
                .with(serde_json::json!({ "kind": new.kind }));
            tell(conn, &[told])?;
            Ok(Statement::of(bank, &row)?)
        })
    })
}

fn number(bank: &Bank, context: &Context) -> Result<PaperNumber, OpError> {
    use chrono::Datelike;
    let year = bank.day(context.now).year();
    let number = PaperNumber::from_entropy(year, opaque::random_number()?);
    number.ok_or_else(|| OpError::Secret(format!("the year {year} makes no number")))
}

/// The caller's papers, from a place in their list.
///
/// # Errors
/// `NotFound` for a caller without a learning account.
pub fn list_statements(bank: &Bank, context: &Context, place: impl Into<ListPlace>, limit: i64) -> Result<Vec<Statement>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let learner_ids = own(conn, context, "list_statements")?;
        let rows = store::list(conn, &learner_ids, place, limit)?;
        Ok(rows.iter().map(|row| Statement::of(bank, row)).collect::<Result<_, _>>()?)
    })
}

/// Reads what is said of one of the caller's papers.
///
/// # Errors
/// `NotFound`.
pub fn read_statement(bank: &Bank, context: &Context, statement_id: Uuid) -> Result<Statement, OpError> {
    bank.store.read(|conn| {
        let row = found(conn, context, statement_id, "read_statement")?;
        Ok(Statement::of(bank, &row)?)
    })
}

fn found(conn: &mut Conn, context: &Context, statement_id: Uuid, operation: &str) -> Result<StatementRow, OpError> {
    let learner_ids = own(conn, context, operation)?;
    Ok(store::find(conn, &learner_ids, statement_id)?.ok_or(Rejection::NotFound {})?)
}

/// Reads one of the caller's papers as it was printed, also after it was taken back.
///
/// # Errors
/// `NotFound`, `WrongState` before it is printed, and when the content is away.
pub fn download_statement(bank: &Bank, context: &Context, statement_id: Uuid) -> Result<PrintedStatement, OpError> {
    let row = bank.store.read(|conn| found(conn, context, statement_id, "download_statement"))?;
    let digest = row
        .digest
        .as_deref()
        .ok_or_else(|| Rejection::WrongState { state: row.status.clone() })?;
    let digest = Digest::from_bytes(digest).ok_or_else(|| damaged(&row))?;
    let sealed = bank.files.get(digest)?.ok_or_else(|| damaged(&row))?;
    Ok(PrintedStatement {
        statement: Statement::of(bank, &row)?,
        content: bank.sealer.open(&sealed, &content_place(digest))?,
    })
}

/// Takes one of the caller's papers back: whoever checks its number is told so from then on.
///
/// # Errors
/// `NotFound`, `WrongState` of one that was taken back or could not be made, and what the policy answers.
pub fn revoke_statement(bank: &Bank, context: &Context, key: Option<&str>, statement_id: Uuid) -> Result<Statement, OpError> {
    bank.store.write(|conn| {
        once(bank, context, conn, "revoke_statement", key, &statement_id, |conn| {
            let row = found(conn, context, statement_id, "revoke_statement")?;
            if !store::revoke(conn, &row, context.now)? {
                return Err(Rejection::WrongState { state: row.status }.into());
            }
            if let Some(credential_id) = &row.credential_id {
                let learner = learner_of(conn, context, Whose::Own, "revoke_statement")?;
                records::lock_learner(conn, learner.learner_id.0)?;
                give_up_with(context, conn, row.learner_id.0, credential_id.0)?;
            }
            let told = context
                .told("revoke_statement", "statement", statement_id)
                .of_learner(row.learner_id.0);
            tell(conn, &[told])?;
            let row = found(conn, context, statement_id, "revoke_statement")?;
            Ok(Statement::of(bank, &row)?)
        })
    })
}
