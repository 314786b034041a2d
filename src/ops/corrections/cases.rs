//! Cases: an institution decides again on what it bought with credit that turned out wrong. Nothing is cancelled silently.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::offers::{Offer, fits};
use crate::domain::actor::Actor;
use crate::domain::allocation::{Award, Destination};
use crate::domain::bilingual::Bilingual;
use crate::domain::claim::{ClaimFilter, ClaimKind};
use crate::domain::correction::{CaseFilter, CaseState, CaseVerdict, REASON_CHARACTERS_MAX};
use crate::domain::credit::Credit;
use crate::domain::list::ListPlace;
use crate::domain::lot::Pocket;
use crate::domain::movement::{CauseKind, MovementKind};
use crate::domain::outcome::OutcomeStatus;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::{FieldProblem, Rejection};
use crate::domain::text::is_prose;
use crate::ops::access::{Whose, learner_of, note_access};
use crate::ops::claims::conversion::kept;
use crate::ops::claims::void::void_claim;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::identity::{MaskedLearner, masked};
use crate::ops::names::{Ids, NamedOutcome, Names};
use crate::ops::once::once;
use crate::ops::posting::{Cause, Transfer, post_dated};
use crate::store::claims::{self, UseRow};
use crate::store::connection::Conn;
use crate::store::corrections::{self as store, CaseRow};
use crate::store::deposits::LearnerRow;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::types::{At, Key};
use crate::store::{affected, conversions, records};

/// The most conversion claims of one learner that are looked at.
const CLAIMS_MAX: i64 = 1_000;

/// A case as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CorrectionCase)]
pub struct Case {
    pub case_id: Uuid,
    pub learner_id: Uuid,
    /// For others' eyes; absent where the learner reads.
    pub learner: Option<MaskedLearner>,
    pub correction_id: Uuid,
    pub claim_id: Uuid,
    /// Who decides again.
    pub institution_id: Uuid,
    pub institution_name: Option<String>,
    /// Of the claim.
    pub programme_id: Option<Uuid>,
    pub programme_name: Option<Bilingual>,
    /// The outcomes that turned out wrong.
    pub outcome_ids: Vec<Uuid>,
    /// What the outcomes are called that turned out wrong, and those that are offered in their place.
    pub outcomes: Vec<NamedOutcome>,
    /// What was bought with them.
    pub conversion_ids: Vec<Uuid>,
    /// What could take their place, as it was when the correction was previewed; the learner takes it by a claim.
    pub offer: Option<Offer>,
    pub state: CaseState,
    pub opened_on: NaiveDate,
    /// The last day for a decision.
    pub due_on: NaiveDate,
    pub decided_by_name: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    /// The claim that took the place.
    pub replaced_by: Option<Uuid>,
}

/// What is decided on a case.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "verdict": "confirm", "reason": "该生已于 2026 年 6 月毕业，维持原认定" }))]
pub struct CaseDecision {
    /// To confirm what was bought, to cancel all that the claim bought, or to replace what the wrong outcomes bought.
    pub verdict: CaseVerdict,
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
    /// Where it is replaced: the granted claim by which the learner took the offer, or another.
    #[serde(default)]
    pub claim_id: Option<Uuid>,
}

impl CaseDecision {
    fn check(&self) -> Result<(), Rejection> {
        let mut problems = Vec::new();
        if !is_prose(&self.reason, REASON_CHARACTERS_MAX) {
            problems.push(FieldProblem::new("/reason", "must have 1 to 2000 visible characters"));
        }
        if (self.verdict == CaseVerdict::Replace) != self.claim_id.is_some() {
            problems.push(FieldProblem::new("/claim_id", "goes with the verdict “replace”, and with no other"));
        }
        Rejection::any_of(problems)
    }
}

fn damaged(case_id: Uuid) -> StoreError {
    StoreError::Damaged(format!("case {case_id}"))
}

fn shown(conn: &mut Conn, row: CaseRow, learner: Option<MaskedLearner>) -> Result<Case, StoreError> {
    let broken = || damaged(row.case_id.0);
    let outcome_ids: Vec<Uuid> = serde_json::from_str(&row.outcome_ids).map_err(|_| broken())?;
    let offer: Option<Offer> = row.offer.as_deref().map(serde_json::from_str).transpose().map_err(|_| broken())?;
    let claim = claims::find(conn, row.claim_id.0)?;
    let programme_id = claim.and_then(|claim| claim.programme_id).map(|key| key.0);
    let named: Vec<Uuid> = outcome_ids
        .iter()
        .chain(offer.iter().flat_map(|offer| &offer.outcome_ids))
        .copied()
        .collect();
    let ids = Ids {
        institutions: vec![row.institution_id.0],
        programmes: programme_id.into_iter().collect(),
        outcomes: named.clone(),
        ..Ids::default()
    };
    let names = Names::load(conn, &ids)?;
    Ok(Case {
        case_id: row.case_id.0,
        learner_id: row.learner_id.0,
        learner,
        correction_id: row.correction_id.0,
        claim_id: row.claim_id.0,
        institution_id: row.institution_id.0,
        institution_name: names.institution(row.institution_id.0),
        programme_id,
        programme_name: programme_id.and_then(|programme_id| names.programme(programme_id)),
        outcomes: names.of_outcomes(&named),
        outcome_ids,
        conversion_ids: serde_json::from_str(&row.conversion_ids).map_err(|_| broken())?,
        offer,
        state: CaseState::parse(&row.state).ok_or_else(broken)?,
        opened_on: row.opened_on,
        due_on: row.due_on,
        decided_by_name: row.decided_by_name,
        decided_at: row.decided_at.map(|at| at.0),
        reason: row.reason,
        replaced_by: row.replaced_by.map(|key| key.0),
    })
}

fn for_others(bank: &Bank, conn: &mut Conn, row: CaseRow, learners: &HashMap<Uuid, LearnerRow>) -> Result<Case, OpError> {
    let learner = learners.get(&row.learner_id.0).ok_or_else(|| damaged(row.case_id.0))?;
    Ok(shown(conn, row, Some(masked(bank, learner)?))?)
}

/// Cases of an institution, or of all for the bank's people, from a place in their list. Whose they are is told, and logged.
///
/// # Errors
/// What the policy answers.
pub fn list_cases(
    bank: &Bank,
    context: &Context,
    filter: &CaseFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<Case>, OpError> {
    let place = place.into();
    let resource = filter.institution_id.map_or(Resource::Bank, Resource::Institution);
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::ReadCase, resource)?;
        let rows = store::cases(conn, filter, place, limit)?;
        let learner_ids: Vec<Uuid> = rows.iter().map(|row| row.learner_id.0).collect();
        note_access(conn, context, &actor, filter.institution_id, "list_cases", &learner_ids)?;
        let learners = records::learners_by_id(conn, &learner_ids)?;
        rows.into_iter().map(|row| for_others(bank, conn, row, &learners)).collect()
    })
}

/// The caller's own cases, from a place in their list.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub fn list_own_cases(bank: &Bank, context: &Context, place: impl Into<ListPlace>, limit: i64) -> Result<Vec<Case>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_own_cases")?;
        let filter = CaseFilter {
            learner_id: Some(learner.learner_id.0),
            ..CaseFilter::default()
        };
        let rows = store::cases(conn, &filter, place, limit)?;
        Ok(rows
            .into_iter()
            .map(|row| shown(conn, row, None))
            .collect::<Result<_, StoreError>>()?)
    })
}

fn load(conn: &mut Conn, context: &Context, case_id: Uuid, action: Action, operation: &str) -> Result<(Actor, CaseRow), OpError> {
    let row = store::find_case(conn, case_id)?.ok_or(Rejection::NotFound {})?;
    let resource = Resource::Claim {
        learner_id: row.learner_id.0,
        institution_id: Some(row.institution_id.0),
    };
    let actor = context.authorised(conn, action, resource)?;
    note_access(conn, context, &actor, Some(row.institution_id.0), operation, &[row.learner_id.0])?;
    Ok((actor, row))
}

/// Reads a case.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_case(bank: &Bank, context: &Context, case_id: Uuid) -> Result<Case, OpError> {
    bank.store.write(|conn| {
        let (actor, row) = load(conn, context, case_id, Action::ReadCase, "read_case")?;
        if actor.learner_id() == Some(row.learner_id.0) {
            return Ok(shown(conn, row, None)?);
        }
        let learners = records::learners_by_id(conn, &[row.learner_id.0])?;
        for_others(bank, conn, row, &learners)
    })
}

/// Decides on a case. Confirmed, everything stays as it is; cancelled, what the claim bought is taken back, and what did not turn
/// out wrong is available again; replaced, only what the wrong outcomes bought is taken back.
///
/// # Errors
/// `InvalidBody`, `NotFound`, `OwnClaim`, `WrongState`, `ReplacementUnfit`, `PlaceClaimed`, and what the policy answers.
pub fn decide_case(bank: &Bank, context: &Context, key: Option<&str>, case_id: Uuid, decision: &CaseDecision) -> Result<Case, OpError> {
    decision.check()?;
    bank.store.write(|conn| {
        once(bank, context, conn, "decide_case", key, &(case_id, decision), |conn| {
            // Of two at once the second sees what the first decided, and what that did to credit.
            if let Some(row) = store::find_case(conn, case_id)? {
                records::lock_learner(conn, row.learner_id.0)?;
                if store::find_case(conn, case_id)?.is_some_and(|now| now.learner_id != row.learner_id) {
                    return Err(StoreError::Stale.into());
                }
            }
            let (actor, case) = load(conn, context, case_id, Action::DecideCase, "decide_case")?;
            if actor.learner_id() == Some(case.learner_id.0) {
                return Err(Rejection::OwnClaim {}.into());
            }
            if case.state != CaseState::Open.as_str() {
                return Err(Rejection::WrongState { state: case.state }.into());
            }
            let row = CaseRow {
                state: decision.verdict.state().to_string(),
                decided_by: Some(context.caller.label()),
                decided_by_name: Some(actor.display_name().to_owned()),
                decided_at: Some(At(context.now)),
                reason: Some(decision.reason.trim().to_owned()),
                replaced_by: decision.claim_id.map(Key),
                ..case.clone()
            };
            carry_out(bank, context, conn, &case, decision)?;
            if !store::decide_case(conn, &row)? {
                return Err(StoreError::Stale.into());
            }
            let told = context
                .told("decide_case", "case", case_id)
                .of_learner(case.learner_id.0)
                .of_institution(case.institution_id.0)
                .with(
                    serde_json::json!({ "verdict": decision.verdict, "claim_id": case.claim_id.0, "correction_id": case.correction_id.0 }),
                );
            tell(conn, &[told])?;
            let learners = records::learners_by_id(conn, &[row.learner_id.0])?;
            for_others(bank, conn, row, &learners)
        })
    })
}

fn carry_out(bank: &Bank, context: &Context, conn: &mut Conn, case: &CaseRow, decision: &CaseDecision) -> Result<(), OpError> {
    let broken = || damaged(case.case_id.0);
    let claim = claims::find(conn, case.claim_id.0)?.ok_or_else(broken)?;
    // Meanwhile an appeal, or another case, may have taken it back already: then nothing is left to do.
    let mut uses = claims::uses(conn, &claim)?;
    uses.retain(|used| used.standing);
    match decision.verdict {
        CaseVerdict::Confirm => match rival(conn, case)? {
            Some(claim_id) => Err(Rejection::PlaceClaimed { claim_id }.into()),
            None => Ok(()),
        },
        CaseVerdict::Cancel => {
            take_back(bank, context, conn, case, &uses)?;
            let because = serde_json::json!({ "correction_id": case.correction_id.0 });
            void_claim(bank, context, conn, case.claim_id.0, because)?;
            Ok(())
        }
        CaseVerdict::Replace => {
            let by = decision
                .claim_id
                .map(|claim_id| claims::find(conn, claim_id))
                .transpose()?
                .flatten();
            let by = by.ok_or(Rejection::ReplacementUnfit {})?;
            if !fits(conn, case, &claim, &by)? {
                return Err(Rejection::ReplacementUnfit {}.into());
            }
            let wrong: Vec<Uuid> = serde_json::from_str(&case.outcome_ids).map_err(|_| broken())?;
            uses.retain(|used| wrong.contains(&used.outcome_id.0));
            take_back(bank, context, conn, case, &uses)
        }
    }
}

/// The claim that the learner submitted since for a course that is in question, if it waits or was granted: were the case
/// confirmed all the same, the course would be covered twice.
fn rival(conn: &mut Conn, case: &CaseRow) -> Result<Option<Uuid>, OpError> {
    let broken = || damaged(case.case_id.0);
    let in_question: Vec<Uuid> = serde_json::from_str(&case.conversion_ids).map_err(|_| broken())?;
    let course = |award: &Award| match &award.destination {
        Destination::Course { code, .. } => Some(code.clone()),
        Destination::FreeCredit { .. } => None,
    };
    let mut places = Vec::new();
    for row in conversions::list(conn, case.learner_id.0, None)? {
        if in_question.contains(&row.conversion_id.0) {
            let award: Award = serde_json::from_str(&row.award).map_err(|_| broken())?;
            places.extend(course(&award).map(|code| (row.programme_code, code)));
        }
    }
    let filter = ClaimFilter {
        learner_id: Some(case.learner_id.0),
        institution_id: Some(case.institution_id.0),
        kind: Some(ClaimKind::Conversion),
        ..ClaimFilter::default()
    };
    for claim in claims::list(conn, &filter, ListPlace::Newest(None), CLAIMS_MAX)? {
        let since = claim.submitted_at.0 >= case.opened_at.0 && claim.claim_id != case.claim_id;
        let Some(worth_id) = claim.worth_id.as_ref().filter(|_| since) else {
            continue;
        };
        // What it uses stands while it waits, while a refusal is appealed against, and once it is granted, until it is taken back.
        let uses = claims::uses(conn, &claim)?;
        let stands = |key: &str| uses.iter().any(|used| used.standing && used.outcome_id.0.to_string() == key);
        let (_, question, allocation) = kept(conn, case.learner_id.0, worth_id.0)?;
        let claimed = |award: &Award| course(award).is_some_and(|code| places.contains(&(question.programme.code.clone(), code)));
        if allocation.awards.iter().any(|award| stands(&award.outcome) && claimed(award)) {
            return Ok(Some(claim.claim_id.0));
        }
    }
    Ok(None)
}

/// Takes back what a claim used: what turned out wrong is reversed from its grant on, what did not is available again.
fn take_back(bank: &Bank, context: &Context, conn: &mut Conn, case: &CaseRow, uses: &[UseRow]) -> Result<(), OpError> {
    let broken = || damaged(case.case_id.0);
    let learner = records::learner(conn, case.learner_id.0)?.ok_or_else(broken)?;
    let lots = records::lots_of(conn, case.learner_id.0)?;
    let granted_on = affected::granted_on(conn, &[case.learner_id.0])?;
    let cause = Cause {
        kind: CauseKind::Correction,
        id: case.correction_id.0,
    };
    let mut transfers = Vec::new();
    for used in uses {
        let Some(lot) = lots.iter().find(|lot| Some(&lot.lot_id) == used.lot_id.as_ref()) else {
            continue;
        };
        let outcome = records::outcome(conn, used.outcome_id.0)?.ok_or_else(broken)?;
        let good = OutcomeStatus::parse(&outcome.status).is_some_and(OutcomeStatus::stands);
        let (kind, target, on) = if good {
            (MovementKind::Restore, Pocket::Available, bank.day(context.now))
        } else {
            let since = granted_on.get(&lot.lot_id.0).copied().ok_or_else(broken)?;
            (MovementKind::Reverse, Pocket::Reversed, since)
        };
        let transfer = Transfer {
            lot_id: lot.lot_id.0,
            kind,
            source: Pocket::Redeemed,
            target,
            amount: Credit::from_hundredths(used.amount_hundredths).map_err(|_| broken())?,
        };
        transfers.push((transfer, cause, on));
    }
    post_dated(conn, context, &learner, &lots, &transfers)?;
    let outcome_ids: Vec<Uuid> = uses.iter().map(|used| used.outcome_id.0).collect();
    let (learner_id, claim_id) = (case.learner_id.0, case.claim_id.0);
    affected::end_uses(conn, learner_id, claim_id, &outcome_ids, case.correction_id.0, context.now)?;
    Ok(())
}
