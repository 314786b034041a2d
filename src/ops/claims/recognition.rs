//! Recognition by people: of an outcome that no rule valued, decided by the bank; of one that the learner declares, confirmed
//! by the institution whose achievement it is.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::submit::{Subject, Used, refuse_held};
use super::{Claim, damaged};
use crate::domain::certificate_number::CertificateNumber;
use crate::domain::claim::rules::ClaimRules;
use crate::domain::credit::Credit;
use crate::domain::hours::Hours;
use crate::domain::lot::Pocket;
use crate::domain::movement::{CauseKind, MovementKind};
use crate::domain::outcome::OutcomeStatus;
use crate::domain::recognition::{GrantedByClaim, RecognitionInputs, recognise};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_line;
use crate::ops::context::{Bank, Context};
use crate::ops::deposit::{NewOutcome, deposit_within};
use crate::ops::error::OpError;
use crate::ops::identity::{LearnerIdentity, document_of, name_of};
use crate::ops::posting::{Cause, Transfer, post};
use crate::ops::recognition::{decision_row, grant, head_of, inputs_of, rules_text};
use crate::store::connection::Conn;
use crate::store::deposits::{self, Brought, LearnerRow};
use crate::store::{records, standards};

/// What is to be recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum RecognitionSubject {
    /// An outcome on record that brought no credit.
    Outcome { outcome_id: Uuid },
    /// One that the learner declares.
    Declared(Declared),
}

/// An outcome as the learner declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// A published version of an achievement; its institution is asked to confirm.
    pub achievement_id: Uuid,
    pub awarded_on: NaiveDate,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64)]
    pub certificate_number: Option<String>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 40)]
    pub grade: Option<String>,
    #[serde(default)]
    pub hours: Option<Hours>,
}

impl RecognitionSubject {
    pub(super) fn check(&self) -> Result<(), Rejection> {
        let Self::Declared(declared) = self else { return Ok(()) };
        let mut problems = Vec::new();
        if declared
            .certificate_number
            .as_deref()
            .is_some_and(|text| CertificateNumber::parse(text).is_none())
        {
            problems.push(FieldProblem::new(
                "/subject/certificate_number",
                "must have 1 to 64 visible characters",
            ));
        }
        let unlawful = |text: &str| !is_line(text, 40);
        if declared.grade.as_deref().is_some_and(unlawful) {
            problems.push(FieldProblem::new("/subject/grade", "must have 1 to 40 characters"));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Rejection::InvalidBody { problems })
        }
    }
}

/// What a recognition claim is about.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `AlreadyRecognised`, `CreditHeld` with the claim about the same outcome.
pub(super) fn subject(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    learner: &LearnerRow,
    of: &RecognitionSubject,
) -> Result<Subject, OpError> {
    let text = serde_json::to_string(of).map_err(|_| damaged(Uuid::nil()))?;
    let rules = ClaimRules::default();
    let about = |institution_id, outcome_id, uses| Subject {
        institution_id,
        programme_id: None,
        outcome_id,
        worth_id: None,
        recognised_hundredths: None,
        panel: rules.panel,
        rules,
        subject: text.clone(),
        uses,
    };
    match of {
        RecognitionSubject::Outcome { outcome_id } => {
            recognisable(conn, learner.learner_id.0, *outcome_id)?;
            refuse_held(conn, learner.learner_id.0, &[*outcome_id], |_| true)?;
            let used = Used {
                outcome_id: *outcome_id,
                lot_id: None,
                amount_hundredths: 0,
                whole: true,
            };
            Ok(about(None, Some(*outcome_id), vec![used]))
        }
        RecognitionSubject::Declared(declared) => {
            let achievement = standards::achievement(conn, declared.achievement_id)?;
            let achievement = achievement.filter(|row| row.published_at.is_some());
            let achievement = achievement.ok_or_else(|| Rejection::field("/subject/achievement_id", "names no published achievement"))?;
            let today = bank.day(context.now);
            if declared.awarded_on > today {
                return Err(Rejection::AwardedInTheFuture {
                    awarded_on: declared.awarded_on,
                    today,
                }
                .into());
            }
            Ok(about(Some(achievement.institution_id.0), None, Vec::new()))
        }
    }
}

/// Whether an outcome on record stands, and brought no credit yet.
fn recognisable(conn: &mut Conn, learner_id: Uuid, outcome_id: Uuid) -> Result<(), OpError> {
    let row = records::outcome(conn, outcome_id)?.filter(|row| row.learner_id.0 == learner_id);
    let row = row.ok_or(Rejection::NotFound {})?;
    if !OutcomeStatus::parse(&row.status).is_some_and(OutcomeStatus::stands) {
        return Err(Rejection::WrongState { state: row.status }.into());
    }
    let lots = records::lots_of(conn, learner_id)?;
    if lots.iter().any(|lot| lot.outcome_id.0 == outcome_id) {
        return Err(Rejection::AlreadyRecognised {}.into());
    }
    Ok(())
}

/// Whether a refused claim can still come to something: its outcome may have ended since, or another claim been granted.
///
/// # Errors
/// `WrongState`, `AlreadyRecognised`.
pub(super) fn still_open(conn: &mut Conn, claim: &Claim) -> Result<(), OpError> {
    match subject_of(claim)? {
        RecognitionSubject::Outcome { outcome_id } => recognisable(conn, claim.row.learner_id.0, outcome_id),
        RecognitionSubject::Declared(_) => Ok(()),
    }
}

pub(super) fn subject_of(claim: &Claim) -> Result<RecognitionSubject, OpError> {
    Ok(serde_json::from_str(&claim.row.subject).map_err(|_| damaged(claim.row.claim_id.0))?)
}

/// Whether a grant of the claim says how much credit it brings; where the outcome is declared, the rules in force say it.
pub(super) fn needs_credit(claim: &Claim) -> Result<bool, OpError> {
    Ok(matches!(subject_of(claim)?, RecognitionSubject::Outcome { .. }))
}

/// Brings what was granted: the lot of an outcome on record, or the declared outcome as if its institution had deposited it;
/// and says which outcome it then is, with its credit in hundredths.
pub(super) fn award(bank: &Bank, context: &Context, conn: &mut Conn, claim: &Claim) -> Result<(Uuid, i64), OpError> {
    match subject_of(claim)? {
        RecognitionSubject::Outcome { outcome_id } => {
            let credit = award_outcome(bank, context, conn, claim, outcome_id)?;
            Ok((outcome_id, credit.hundredths()))
        }
        RecognitionSubject::Declared(declared) => award_declared(bank, context, conn, claim, &declared),
    }
}

fn award_outcome(bank: &Bank, context: &Context, conn: &mut Conn, claim: &Claim, outcome_id: Uuid) -> Result<Credit, OpError> {
    let broken = || damaged(claim.row.claim_id.0);
    let row = records::outcome(conn, outcome_id)?.ok_or_else(broken)?;
    let achievement = standards::achievement(conn, row.achievement_id.0)?.ok_or_else(broken)?;
    let learner = records::learner(conn, row.learner_id.0)?.ok_or_else(broken)?;
    // Another claim about it may have been granted while this one was refused.
    let lots = records::lots_of(conn, row.learner_id.0)?;
    if lots.iter().any(|lot| lot.outcome_id.0 == outcome_id) {
        return Err(Rejection::AlreadyRecognised {}.into());
    }
    let credit = claim
        .row
        .recognised_hundredths
        .and_then(|credit| Credit::from_hundredths(credit).ok());
    let today = bank.day(context.now);
    let hours = row.hours_hundredths.map(Hours::from_hundredths).transpose().map_err(|_| broken())?;
    let inputs = inputs_of(&achievement, row.awarded_on, hours, today)?;
    let inputs = RecognitionInputs {
        granted: Some(GrantedByClaim {
            claim_id: claim.row.claim_id.0,
            credit: credit.ok_or_else(broken)?,
        }),
        ..inputs
    };
    let recognition = recognise(&inputs, &[]);
    let decision = decision_row(context, &row, &inputs, rules_text(&[], &recognition)?, &recognition)?;
    let (lot, movement, head) = grant(context, &head_of(&learner)?, &row, &decision, &achievement, &recognition, today)?;
    let brought = Brought {
        decisions: vec![decision],
        lots: vec![lot],
        movements: vec![movement],
        heads: vec![(
            learner.learner_id.0,
            learner.head_sequence,
            head.sequence,
            head.hash.to_vec(),
            head.available.hundredths(),
        )],
        ..Brought::default()
    };
    deposits::bring(conn, &brought)?;
    Ok(recognition.credit)
}

fn award_declared(bank: &Bank, context: &Context, conn: &mut Conn, claim: &Claim, declared: &Declared) -> Result<(Uuid, i64), OpError> {
    let broken = || damaged(claim.row.claim_id.0);
    let learner = records::learner(conn, claim.row.learner_id.0)?.ok_or_else(broken)?;
    let achievement = standards::achievement(conn, declared.achievement_id)?.ok_or_else(broken)?;
    let document = document_of(bank, &learner)?;
    let new = NewOutcome {
        institution_id: achievement.institution_id.0,
        learner: LearnerIdentity {
            document_kind: document.kind(),
            document_number: document.number().to_owned(),
            name: name_of(bank, &learner)?.as_str().to_owned(),
        },
        achievement_code: achievement.code,
        awarded_on: declared.awarded_on,
        certificate_number: declared.certificate_number.clone(),
        grade: declared.grade.clone(),
        grading_scale: None,
        score: None,
        hours: declared.hours,
        credits: None,
        trainee_group: None,
        contest: None,
    };
    let deposited = deposit_within(bank, context, conn, new)?;
    Ok((deposited.outcome_id, deposited.credit.hundredths()))
}

/// Takes back what a grant brought, where none of it is used; what is used is a correction's business.
pub(super) fn revoke(bank: &Bank, context: &Context, conn: &mut Conn, claim: &Claim) -> Result<(), OpError> {
    let broken = || damaged(claim.row.claim_id.0);
    let learner = records::learner(conn, claim.row.learner_id.0)?.ok_or_else(broken)?;
    let mut lots = records::lots_of(conn, learner.learner_id.0)?;
    lots.retain(|lot| Some(&lot.outcome_id) == claim.row.outcome_id.as_ref());
    let mut transfers = Vec::new();
    for lot in &lots {
        if lot.held_hundredths > 0 || lot.redeemed_hundredths > 0 {
            return Err(Rejection::CreditInUse {
                outcome_id: lot.outcome_id.0,
            }
            .into());
        }
        let amount = lot.balance()?.pocket(Pocket::Available);
        if amount > Credit::ZERO {
            let transfer = Transfer {
                lot_id: lot.lot_id.0,
                kind: MovementKind::Reverse,
                source: Pocket::Available,
                target: Pocket::Reversed,
                amount,
            };
            let cause = Cause {
                kind: CauseKind::Claim,
                id: claim.row.claim_id.0,
            };
            transfers.push((transfer, cause));
        }
    }
    post(conn, context, &learner, &lots, &transfers, bank.day(context.now))
}
