//! The clocks of claims: a notice that is over takes effect, a verdict against which nobody appealed is final, and what was asked
//! for in vain lapses where the rules say so. Nothing else is decided by a clock; what is overdue is counted, listed and told.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::act::{Act, acted};
use super::{Claim, calendar};
use crate::domain::claim::ClaimEvent;
use crate::domain::claim::clock::{DueKind, WaitsFor};
use crate::domain::claim::rules::Unanswered;
use crate::domain::policy::{Action, Resource};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::store::claims::{self as store, ClaimRow};
use crate::store::journal::tell;
use crate::store::types::At;

/// How many claims are looked at together.
const PAGE: i64 = 100;

/// What the clocks did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ran {
    pub granted: u64,
    pub closed: u64,
    pub lapsed: u64,
    /// Told of for the first time since they are overdue.
    pub escalated: u64,
    /// Whose due day another calendar moved.
    pub moved: u64,
}

/// What waits for whom at an institution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DueCount {
    pub due: DueKind,
    pub waiting: u64,
    pub overdue: u64,
}

/// Runs the clocks. It may be broken off and begun again; run twice it does nothing more.
///
/// # Errors
/// What the policy answers: only the bank itself does this.
pub fn run_claim_clocks(bank: &Bank, context: &Context) -> Result<Ran, OpError> {
    let today = bank.day(context.now);
    let mut ran = Ran::default();
    let mut after: Option<Uuid> = None;
    loop {
        let page = bank.store.read(|conn| {
            context.authorised(conn, Action::RunClaimClocks, Resource::Bank)?;
            Ok::<_, OpError>(store::due_after(conn, after, PAGE)?)
        })?;
        let Some(last) = page.last() else { return Ok(ran) };
        after = Some(last.claim_id.0);
        for row in &page {
            run_one(bank, context, row, today, &mut ran)?;
        }
    }
}

fn run_one(bank: &Bank, context: &Context, row: &ClaimRow, today: chrono::NaiveDate, ran: &mut Ran) -> Result<(), OpError> {
    let (working_days, claim) = bank
        .store
        .read(|conn| Ok::<_, OpError>((calendar(conn)?, Claim::read(row.clone())?)))?;
    let Some(due) = claim.case.state.due(claim.case.since, &claim.rules, &working_days) else {
        return Ok(());
    };
    if row.due_on != Some(due.on) {
        // A holiday notice came, or went: lists go by the day that is stored.
        let moved = ClaimRow {
            due_on: Some(due.on),
            changed_at: At(context.now),
            ..row.clone()
        };
        if bank.store.write(|conn| store::update(conn, &moved, row.edition))? {
            ran.moved += 1;
        }
    }
    if today <= due.on {
        return Ok(());
    }
    let event = match due.what {
        DueKind::NoticeEnds if claim.case.state.open_objections() == 0 => Some(ClaimEvent::NoticeEnds),
        DueKind::AppealEnds => Some(ClaimEvent::Close),
        DueKind::GiveInformation if claim.rules.unanswered == Unanswered::Lapses => Some(ClaimEvent::Lapse),
        _ => None,
    };
    let Some(event) = event else {
        return escalate(bank, context, row, due.what, ran);
    };
    let act = Act {
        edition: Some(row.edition),
        ..Act::default()
    };
    let done = bank
        .store
        .write(|conn| acted(bank, context, conn, row.claim_id.0, event, &act).map(|_| ()));
    match done {
        Ok(()) => match event {
            ClaimEvent::NoticeEnds => ran.granted += 1,
            ClaimEvent::Lapse => ran.lapsed += 1,
            _ => ran.closed += 1,
        },
        // Somebody did something with it meanwhile, or what it would do is not possible: people look at it.
        Err(OpError::Rejected(rejection)) => {
            tracing::warn!(claim = %row.claim_id.0, code = rejection.code(), "a clock could not move a claim");
            escalate(bank, context, row, due.what, ran)?;
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Tells once of a claim that is overdue where it stands.
fn escalate(bank: &Bank, context: &Context, row: &ClaimRow, due: DueKind, ran: &mut Ran) -> Result<(), OpError> {
    if due.waits_for() == WaitsFor::Learner {
        return Ok(());
    }
    let told = bank.store.write(|conn| {
        if !store::note_escalated(conn, row)? {
            return Ok(false);
        }
        let mut told = context
            .told("escalate_claim", "claim", row.claim_id.0)
            .of_learner(row.learner_id.0)
            .with(serde_json::json!({ "due": due, "due_on": row.due_on }));
        told.institution_id = row.institution_id.as_ref().map(|key| key.0);
        tell(conn, &[told])?;
        Ok::<_, OpError>(true)
    })?;
    ran.escalated += u64::from(told);
    Ok(())
}

/// How many claims wait at an institution, or at the bank itself, and how many of them are overdue, by what is due.
///
/// # Errors
/// What the policy answers.
pub fn count_due_claims(bank: &Bank, context: &Context, institution_id: Option<Uuid>) -> Result<Vec<DueCount>, OpError> {
    let today = bank.day(context.now);
    let resource = institution_id.map_or(Resource::Bank, Resource::Institution);
    bank.store.read(|conn| {
        context.authorised(conn, Action::ListClaims, resource)?;
        let mut counts = Vec::new();
        for due in DueKind::ALL {
            let (waiting, overdue) = store::count_due(conn, institution_id, due.as_str(), today)?;
            counts.push(DueCount {
                due: *due,
                waiting: u64::try_from(waiting).unwrap_or_default(),
                overdue: u64::try_from(overdue).unwrap_or_default(),
            });
        }
        counts.retain(|count| count.waiting > 0);
        Ok(counts)
    })
}
