//! The public check of a paper or a decision by its number: what it is, when and by whom, and whether it still stands. Whoever holds a
//! paper has a number that cannot be guessed, and is told the masked name. The number of a decision can be guessed, so it tells of nobody.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::access::note_check;
use super::super::context::{Bank, Context};
use super::super::error::OpError;
use super::super::identity::name_of;
use super::{damaged, decided, outcome_ids};
use crate::domain::claim::ClaimKind;
use crate::domain::movement::hex;
use crate::domain::outcome::OutcomeStatus;
use crate::domain::paper_number::PaperNumber;
use crate::domain::rejection::Rejection;
use crate::domain::statement::{StatementKind, StatementStatus, Validity};
use crate::domain::words::words;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::statements::{self as store, StatementRow};
use crate::store::{claims, institutions, records, standards};

words! {
    /// What a number is of.
    pub enum CheckedKind {
        /// A statement of outcomes and credit.
        Statement => "statement",
        /// A statement of chosen outcomes.
        StatementOfOutcomes => "statement_of_outcomes",
        /// A certificate of one outcome.
        OutcomeCertificate => "outcome_certificate",
        /// A certificate of a decision.
        DecisionCertificate => "decision_certificate",
        /// A decision itself.
        Decision => "decision",
    }
}

/// What anybody learns of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NumberCheck {
    #[schema(example = "2026 4837 2910 5566 1283")]
    pub number: String,
    pub kind: CheckedKind,
    pub validity: Validity,
    pub issued_on: NaiveDate,
    /// Whose outcome or decision it is about, where it is about one.
    pub institution: Option<String>,
    /// The name of the outcome, where it is about one.
    pub outcome: Option<String>,
    /// How many outcomes it is about.
    pub outcomes: usize,
    /// Of a paper: whom it is about.
    #[schema(example = "王*")]
    pub name_masked: Option<String>,
    /// When it was withdrawn, or the first of what it says was corrected.
    pub since: Option<DateTime<Utc>>,
    /// SHA-256 of the PDF, hexadecimal, to compare the file with.
    pub sha256: Option<String>,
}

/// Checks a number: of a paper that was printed, or of a decision that was granted.
///
/// # Errors
/// `NotFound` for every other.
pub fn check_number(bank: &Bank, context: &Context, code: &str) -> Result<NumberCheck, OpError> {
    match PaperNumber::parse(code) {
        Some(number) => bank.store.write(|conn| {
            let actor = context.actor(conn)?;
            let row = store::by_number(conn, number.as_str())?.ok_or(Rejection::NotFound {})?;
            let checked = paper(bank, conn, &row, &number)?;
            note_check(conn, context, &actor, row.learner_id.0)?;
            Ok(checked)
        }),
        None => bank.store.read(|conn| {
            context.actor(conn)?;
            decision(conn, code)
        }),
    }
}

fn paper(bank: &Bank, conn: &mut Conn, row: &StatementRow, number: &PaperNumber) -> Result<NumberCheck, OpError> {
    let status = StatementStatus::parse(&row.status).ok_or_else(|| damaged(row))?;
    // One that was never printed is nobody's paper.
    let (StatementStatus::Ready | StatementStatus::Revoked, Some(digest)) = (status, row.digest.as_deref()) else {
        return Err(Rejection::NotFound {}.into());
    };
    let outcome_ids = outcome_ids(row)?;
    let kind = StatementKind::parse(&row.kind).ok_or_else(|| damaged(row))?;
    let (validity, since) = match &row.revoked_at {
        Some(at) => (Validity::Withdrawn, Some(at.0)),
        None => standing(conn, row, &outcome_ids)?,
    };
    let learner = records::learner(conn, row.learner_id.0)?.ok_or_else(|| damaged(row))?;
    let outcome = match (kind, &outcome_ids[..]) {
        (StatementKind::Outcome, [outcome_id]) => outcome_name(conn, *outcome_id)?,
        _ => None,
    };
    Ok(NumberCheck {
        number: number.spaced(),
        kind: match kind {
            StatementKind::Record => CheckedKind::Statement,
            StatementKind::Outcomes => CheckedKind::StatementOfOutcomes,
            StatementKind::Outcome => CheckedKind::OutcomeCertificate,
            StatementKind::Decision => CheckedKind::DecisionCertificate,
        },
        validity,
        issued_on: bank.day(row.issued_at.0),
        institution: institution_name(conn, row.institution_id.as_ref().map(|key| key.0))?,
        outcome,
        outcomes: outcome_ids.len(),
        name_masked: Some(name_of(bank, &learner)?.masked()),
        since,
        sha256: Some(hex(digest)),
    })
}

/// Whether everything that a paper says is still so, and since when not.
fn standing(conn: &mut Conn, row: &StatementRow, outcome_ids: &[Uuid]) -> Result<(Validity, Option<DateTime<Utc>>), StoreError> {
    let mut corrected = false;
    let mut since: Option<DateTime<Utc>> = None;
    for outcome_id in outcome_ids {
        let outcome = records::outcome(conn, *outcome_id)?;
        let stands = outcome
            .as_ref()
            .and_then(|outcome| OutcomeStatus::parse(&outcome.status))
            .is_some_and(OutcomeStatus::stands);
        if !stands {
            corrected = true;
            let ended = outcome.and_then(|outcome| Some(outcome.ended_at?.0));
            since = [since, ended].into_iter().flatten().min();
        }
    }
    if let Some(claim_id) = &row.claim_id {
        let claim = claims::find(conn, claim_id.0)?;
        let now = claim.map(|claim| decided::validity(conn, &claim)).transpose()?.flatten();
        corrected |= now != Some(Validity::Valid);
    }
    Ok(if corrected {
        (Validity::Corrected, since)
    } else {
        (Validity::Valid, None)
    })
}

fn outcome_name(conn: &mut Conn, outcome_id: Uuid) -> Result<Option<String>, StoreError> {
    let Some(outcome) = records::outcome(conn, outcome_id)? else {
        return Ok(None);
    };
    Ok(standards::achievement(conn, outcome.achievement_id.0)?.map(|row| row.name_chinese))
}

fn institution_name(conn: &mut Conn, institution_id: Option<Uuid>) -> Result<Option<String>, StoreError> {
    match institution_id {
        Some(institution_id) => Ok(institutions::find(conn, institution_id)?.map(|row| row.name)),
        None => Ok(None),
    }
}

fn decision(conn: &mut Conn, code: &str) -> Result<NumberCheck, OpError> {
    let row = claims::by_decision_number(conn, code)?.ok_or(Rejection::NotFound {})?;
    let validity = decided::validity(conn, &row)?.ok_or(Rejection::NotFound {})?;
    let outcomes = match ClaimKind::parse(&row.kind) {
        Some(ClaimKind::Recognition) => 1,
        _ => claims::uses(conn, &row)?.len(),
    };
    Ok(NumberCheck {
        number: code.to_owned(),
        kind: CheckedKind::Decision,
        validity,
        issued_on: row.decided_on.ok_or(Rejection::NotFound {})?,
        institution: institution_name(conn, row.institution_id.as_ref().map(|key| key.0))?,
        outcome: None,
        outcomes,
        name_masked: None,
        since: None,
        sha256: None,
    })
}
