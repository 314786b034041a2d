//! The outcome that takes the place of a corrected one: a deposit like any other, for the same learner.

use uuid::Uuid;

use crate::domain::correction::CorrectedOutcome;
use crate::domain::credit::Credit;
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::ops::context::{Bank, Context};
use crate::ops::deposit::{Deposited, InPlaceOf, NewOutcome, deposit_in_place, imagine_in_place};
use crate::ops::error::OpError;
use crate::ops::identity::{LearnerIdentity, document_of, name_of};
use crate::store::connection::Conn;
use crate::store::deposits::OutcomeRow;
use crate::store::error::StoreError;
use crate::store::{affected, records};

/// What the corrected outcome would bring: credit, or why none.
///
/// # Errors
/// What a deposit refuses.
pub(super) fn imagined(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    row: &OutcomeRow,
    corrected: &CorrectedOutcome,
) -> Result<(Credit, Option<String>), OpError> {
    let new = deposit_of(bank, conn, row, corrected)?;
    let of = in_place_of(conn, row)?;
    let deposited = imagine_in_place(bank, context, conn, new, of).map_err(in_the_body)?;
    let waits = (!deposited.flags.is_empty()).then(|| deposited.flags.join(","));
    Ok((deposited.credit, deposited.reason.or(waits)))
}

/// Deposits the corrected outcome, and says at both whose place it took.
///
/// # Errors
/// What a deposit refuses; `Stale` where the wrong one ended meanwhile.
pub(super) fn replaced(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    row: &OutcomeRow,
    corrected: &CorrectedOutcome,
    correction_id: Uuid,
) -> Result<Deposited, OpError> {
    let new = deposit_of(bank, conn, row, corrected)?;
    let of = in_place_of(conn, row)?;
    affected::free_certificate(conn, row)?;
    let deposited = deposit_in_place(bank, context, conn, new, of).map_err(in_the_body)?;
    let (learner_id, outcome_id) = (row.learner_id.0, row.outcome_id.0);
    if !affected::replace_outcome(conn, learner_id, outcome_id, deposited.outcome_id, correction_id, context.now)? {
        return Err(StoreError::Stale.into());
    }
    Ok(deposited)
}

fn in_place_of(conn: &mut Conn, row: &OutcomeRow) -> Result<InPlaceOf, OpError> {
    let lots = records::lots_of(conn, row.learner_id.0)?;
    let own = lots.iter().find(|lot| lot.outcome_id == row.outcome_id);
    let granted_on = affected::granted_on(conn, &[row.learner_id.0])?;
    Ok(InPlaceOf {
        outcome_id: row.outcome_id.0,
        granted_on: own.and_then(|lot| granted_on.get(&lot.lot_id.0).copied()),
    })
}

fn deposit_of(bank: &Bank, conn: &mut Conn, row: &OutcomeRow, corrected: &CorrectedOutcome) -> Result<NewOutcome, OpError> {
    let learner = records::learner(conn, row.learner_id.0)?;
    let learner = learner.ok_or_else(|| StoreError::Damaged(format!("outcome {}", row.outcome_id.0)))?;
    let document = document_of(bank, &learner)?;
    let corrected = corrected.clone();
    Ok(NewOutcome {
        institution_id: row.institution_id.0,
        learner: LearnerIdentity {
            document_kind: document.kind(),
            document_number: document.number().to_owned(),
            name: name_of(bank, &learner)?.as_str().to_owned(),
        },
        achievement_code: corrected.achievement_code,
        awarded_on: corrected.awarded_on,
        certificate_number: corrected.certificate_number,
        grade: corrected.grade,
        grading_scale: corrected.grading_scale,
        score: corrected.score,
        hours: corrected.hours,
        credits: corrected.credits,
        trainee_group: corrected.trainee_group,
        contest: corrected.contest,
    })
}

/// What is wrong with the deposit is wrong with a part of the body.
fn in_the_body(error: OpError) -> OpError {
    match error {
        OpError::Rejected(Rejection::InvalidBody { problems }) => {
            let inside = |problem: FieldProblem| FieldProblem::new(format!("/corrected{}", problem.pointer), problem.detail);
            Rejection::InvalidBody {
                problems: problems.into_iter().map(inside).collect(),
            }
            .into()
        }
        other => other,
    }
}
