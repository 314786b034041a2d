//! What a conversion uses, from the answer that the learner kept; and what a granted one bought.

use uuid::Uuid;

use super::submit::{Subject, Used, refuse_held};
use super::{Claim, damaged};
use crate::domain::allocation::{Allocation, Award, Destination, Effort, Pin, Question, allocate};
use crate::domain::facts::OutcomeFacts;
use crate::domain::lot::Pocket;
use crate::domain::pack::{Remainder, RulePack};
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::earlier::earlier_in;
use crate::ops::error::OpError;
use crate::ops::worth::own::{OwnProgramme, own_question};
use crate::store::connection::Conn;
use crate::store::conversions::ConversionRow;
use crate::store::deposits::{LearnerRow, LotRow, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::records;
use crate::store::types::{At, Key};
use crate::store::worths::{self, WorthRow};

/// The question and the answer that a claim stands on.
pub(in crate::ops) fn kept(conn: &mut Conn, learner_id: Uuid, worth_id: Uuid) -> Result<(WorthRow, Question, Allocation), OpError> {
    let row = worths::find(conn, learner_id, worth_id)?.ok_or(Rejection::NotFound {})?;
    let broken = |_| StoreError::Damaged(format!("worth {worth_id}"));
    let question = serde_json::from_str(&row.question).map_err(broken)?;
    let allocation = serde_json::from_str(&row.allocation).map_err(broken)?;
    Ok((row, question, allocation))
}

/// The pack whose people decide: the version in force on the day of the decision, or the last one.
pub(super) fn deciding_pack(question: &Question) -> Option<&RulePack> {
    let in_force = question
        .versions
        .iter()
        .rfind(|version| version.pack.in_force_on(question.decided_on));
    in_force.or(question.versions.last()).map(|version| &version.pack)
}

/// What a conversion claim is about.
///
/// # Errors
/// `NotFound`, `NothingToConvert`, `CreditHeld` with the claim that holds it, `WorthOutdated`.
pub(super) fn subject(bank: &Bank, context: &Context, conn: &mut Conn, learner: &LearnerRow, worth_id: Uuid) -> Result<Subject, OpError> {
    let learner_id = learner.learner_id.0;
    let (row, question, allocation) = kept(conn, learner_id, worth_id)?;
    let pack = deciding_pack(&question).filter(|_| !allocation.awards.is_empty());
    let pack = pack.ok_or(Rejection::NothingToConvert {})?;
    let lots = records::lots_of(conn, learner_id)?;
    let uses = uses(&question, &allocation, &lots)?;
    let outcome_ids: Vec<Uuid> = uses.iter().map(|used| used.outcome_id).collect();
    let left = |outcome_id: Uuid| {
        lots.iter()
            .find(|lot| lot.outcome_id.0 == outcome_id)
            .map(|lot| lot.available_hundredths)
    };
    refuse_held(conn, learner_id, &outcome_ids, |held| {
        let wanted = uses.iter().find(|used| used.outcome_id == held.outcome_id.0);
        wanted.is_some_and(|used| match left(used.outcome_id) {
            Some(left) => left == 0 || left < used.amount_hundredths,
            None => held.whole,
        })
    })?;
    // The rules and the record may have changed since the answer was kept; what is claimed is what holds now.
    let own = OwnProgramme {
        programme_id: row.head.programme_id.0,
        enrolled_on: question.enrolled_on,
    };
    let (institution_id, now) = own_question(bank, context, conn, learner_id, own)?;
    let now = Question {
        pins: question.pins.clone(),
        left_out: question.left_out.clone(),
        effort: question.effort,
        ..now
    };
    if now != question {
        return Err(Rejection::WorthOutdated {}.into());
    }
    let clauses: Vec<&str> = allocation.awards.iter().map(|award| award.clause.as_str()).collect();
    Ok(Subject {
        institution_id: Some(institution_id),
        programme_id: Some(row.head.programme_id.0),
        outcome_id: None,
        worth_id: Some(worth_id),
        recognised_hundredths: Some(allocation.recognised.hundredths()),
        rules: pack.claim_rules(),
        panel: pack.panel_for(&clauses),
        subject: "{}".to_owned(),
        uses,
    })
}

/// Whether what a refused claim would buy can still be had beside what was converted, or claimed, since then.
///
/// # Errors
/// `WorthOutdated` where a course is covered or a limit reached meanwhile.
pub(super) fn still_fits(conn: &mut Conn, claim: &Claim) -> Result<(), OpError> {
    let broken = || damaged(claim.row.claim_id.0);
    let learner_id = claim.row.learner_id.0;
    let worth_id = claim.row.worth_id.as_ref().ok_or_else(broken)?.0;
    let institution_id = claim.row.institution_id.as_ref().ok_or_else(broken)?.0;
    let (_, question, allocation) = kept(conn, learner_id, worth_id)?;
    let earlier = earlier_in(conn, learner_id, institution_id, &question.programme.code)?;
    if earlier == question.earlier {
        return Ok(());
    }
    let pins = allocation.awards.iter().map(|award| Pin {
        outcome: award.outcome.clone(),
        course: match &award.destination {
            Destination::Course { code, .. } => Some(code.clone()),
            Destination::FreeCredit { .. } => None,
        },
    });
    let is_used = |key: &str| allocation.awards.iter().any(|award| award.outcome == key);
    let others = question.outcomes.iter().filter(|facts| !is_used(&facts.key));
    let again = Question {
        earlier,
        pins: pins.collect(),
        left_out: others.map(|facts| facts.key.clone()).collect(),
        effort: Effort::glance(),
        ..question.clone()
    };
    match allocate(&again) {
        Ok(found) if found.recognised >= allocation.recognised => Ok(()),
        _ => Err(Rejection::WorthOutdated {}.into()),
    }
}

/// What of each outcome's lot is used: all that is available where the rest is forfeited, else as much as it brings.
fn uses(question: &Question, allocation: &Allocation, lots: &[LotRow]) -> Result<Vec<Used>, OpError> {
    let mut uses: Vec<Used> = Vec::new();
    for verdict in allocation.verdicts.iter().filter(|verdict| verdict.used.hundredths() > 0) {
        let broken = || StoreError::Damaged(format!("an award of outcome {}", verdict.outcome));
        let outcome_id = Uuid::parse_str(&verdict.outcome).map_err(|_| broken())?;
        let award = allocation
            .awards
            .iter()
            .find(|award| award.outcome == verdict.outcome)
            .ok_or_else(broken)?;
        let forfeited = rest_of(question, award) == Remainder::Forfeited;
        let is_usable = |lot: &&LotRow| lot.available_hundredths > 0 && lot.usable_until.is_none_or(|last| question.decided_on <= last);
        let lot = lots.iter().filter(is_usable).find(|lot| lot.outcome_id.0 == outcome_id);
        let available = lot.map_or(0, |lot| lot.available_hundredths);
        let amount_hundredths = if forfeited {
            available
        } else {
            available.min(verdict.used.hundredths())
        };
        uses.push(Used {
            outcome_id,
            lot_id: lot.map(|lot| lot.lot_id.0),
            amount_hundredths,
            // Of what has a lot the pockets say what is left: another claim may let some of it go again.
            whole: lot.is_none(),
        });
    }
    Ok(uses)
}

fn rest_of(question: &Question, award: &Award) -> Remainder {
    let version = question.versions.iter().find(|version| version.version == award.pack_version);
    let clause = version.and_then(|version| version.pack.clauses.iter().find(|clause| clause.id == award.clause));
    clause.map_or(Remainder::Forfeited, |clause| clause.rest())
}

/// What the grant of a claim bought: one row an award, with the facts that were judged and the original values.
///
/// # Errors
/// When a stored value is damaged.
pub(super) fn bought(
    conn: &mut Conn,
    claim: &Claim,
    decision_number: &str,
    decided_on: chrono::NaiveDate,
    now: At,
) -> Result<Vec<ConversionRow>, OpError> {
    let broken = || damaged(claim.row.claim_id.0);
    let worth_id = claim.row.worth_id.as_ref().ok_or_else(broken)?.0;
    let (row, question, allocation) = kept(conn, claim.row.learner_id.0, worth_id)?;
    let mut rows = Vec::new();
    for award in &allocation.awards {
        let facts = question
            .outcomes
            .iter()
            .find(|facts| facts.key == award.outcome)
            .ok_or_else(broken)?;
        let outcome_id = Uuid::parse_str(&award.outcome).map_err(|_| broken())?;
        let outcome = records::outcome(conn, outcome_id)?.ok_or_else(broken)?;
        let text = |value: Result<String, serde_json::Error>| value.map_err(|_| broken());
        rows.push(ConversionRow {
            learner_id: Key(claim.row.learner_id.0),
            conversion_id: Key(Uuid::now_v7()),
            claim_id: Key(claim.row.claim_id.0),
            outcome_id: Key(outcome_id),
            institution_id: Key(claim.row.institution_id.as_ref().ok_or_else(broken)?.0),
            programme_id: Key(row.head.programme_id.0),
            programme_code: question.programme.code.clone(),
            award: text(serde_json::to_string(award))?,
            facts: text(serde_json::to_string(facts))?,
            original: text(serde_json::to_string(&original(facts, &outcome)))?,
            amount_hundredths: award.amount.hundredths(),
            decision_number: decision_number.to_owned(),
            decided_on,
            recorded_at: now.clone(),
            ended_at: None,
            ended_because: None,
            ended_by: None,
        });
    }
    Ok(rows)
}

/// The outcome as its institution gave it: kept for ever beside what it was converted into.
fn original(facts: &OutcomeFacts, outcome: &OutcomeRow) -> serde_json::Value {
    serde_json::json!({
        "name": facts.name,
        "issuer_credit_code": facts.issuer.credit_code,
        "certificate_number": outcome.certificate_number,
        "awarded_on": outcome.awarded_on,
        "grade": outcome.grade,
        "grading_scale": outcome.grading_scale,
        "score": outcome.score,
        "hours": facts.hours,
        "credits": outcome.original_credits,
    })
}

/// How much of a lot is in a pocket, in hundredths.
pub(super) fn in_pocket(lot: &LotRow, pocket: Pocket) -> i64 {
    match pocket {
        Pocket::Available => lot.available_hundredths,
        Pocket::Held => lot.held_hundredths,
        Pocket::Redeemed => lot.redeemed_hundredths,
        Pocket::Expired => lot.expired_hundredths,
        Pocket::Reversed => lot.reversed_hundredths,
    }
}
