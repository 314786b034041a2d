//! The clocks of claims: a notice that is over takes effect, a verdict against which nobody appealed is final, and what was asked
//! for in vain lapses where the rules say so. Nothing else is decided by a clock; what is overdue is counted, listed and told.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Claim;
use super::act::{Act, acted};
use crate::domain::claim::ClaimEvent;
use crate::domain::claim::clock::{DueKind, WaitsFor};
use crate::domain::claim::rules::Unanswered;
use crate::domain::policy::{Action, Resource};
use crate::domain::working_days::WorkingDays;
use crate::ops::clocks::{Overdue, Watched, sweep};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::store::claims::{self as store, ClaimRow};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::Told;
use crate::store::types::At;

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

impl Watched for ClaimRow {
    fn page(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<Self>, StoreError> {
        store::due_after(conn, after, limit)
    }

    fn id(&self) -> Uuid {
        self.claim_id.0
    }

    fn stored_due_on(&self) -> Option<NaiveDate> {
        self.due_on
    }

    fn due_on(&self, working_days: &WorkingDays) -> Result<Option<NaiveDate>, StoreError> {
        let claim = Claim::of(self.clone())?;
        let due = claim.case.state.due(claim.case.since, &claim.rules, working_days);
        Ok(due.map(|due| due.on))
    }

    fn move_due(&self, conn: &mut Conn, context: &Context, on: NaiveDate) -> Result<bool, StoreError> {
        let moved = Self {
            due_on: Some(on),
            changed_at: At(context.now),
            ..self.clone()
        };
        store::update(conn, &moved, self.edition)
    }

    fn note_escalated(&self, conn: &mut Conn, _: &Context) -> Result<bool, StoreError> {
        store::note_escalated(conn, self)
    }

    fn told(&self, context: &Context, due_on: NaiveDate) -> Told {
        let told = context
            .told("escalate_claim", "claim", self.claim_id.0)
            .of_learner(self.learner_id.0)
            .with(serde_json::json!({ "due": self.due, "due_on": due_on }));
        Told {
            institution_id: self.institution_id.as_ref().map(|key| key.0),
            ..told
        }
    }
}

/// Runs the clocks. It may be broken off and begun again; run twice it does nothing more.
///
/// # Errors
/// What the policy answers: only the bank itself does this.
pub fn run_claim_clocks(bank: &Bank, context: &Context) -> Result<Ran, OpError> {
    let mut ran = Ran::default();
    let swept = sweep(bank, context, Action::RunClaimClocks, |row, working_days| {
        past_its_day(bank, context, row, working_days, &mut ran)
    })?;
    Ok(Ran {
        escalated: swept.escalated,
        moved: swept.moved,
        ..ran
    })
}

/// What people have decided takes effect, and what the rules let lapse does; all else is told.
fn past_its_day(bank: &Bank, context: &Context, row: &ClaimRow, working_days: &WorkingDays, ran: &mut Ran) -> Result<Overdue, OpError> {
    let claim = Claim::read(row.clone())?;
    let Some(due) = claim.case.state.due(claim.case.since, &claim.rules, working_days) else {
        return Ok(Overdue::Leave);
    };
    let event = match due.what {
        DueKind::NoticeEnds if claim.case.state.open_objections() == 0 => Some(ClaimEvent::NoticeEnds),
        DueKind::AppealEnds => Some(ClaimEvent::Close),
        DueKind::GiveInformation if claim.rules.unanswered == Unanswered::Lapses => Some(ClaimEvent::Lapse),
        _ => None,
    };
    let told = match due.what.waits_for() {
        WaitsFor::Learner => Overdue::Leave,
        WaitsFor::Institution | WaitsFor::Calendar => Overdue::Tell,
    };
    let Some(event) = event else { return Ok(told) };
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
            return Ok(told);
        }
        Err(error) => return Err(error),
    }
    Ok(Overdue::Leave)
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

/// On how many claims something is overdue, whoever decides them.
///
/// # Errors
/// What the policy answers.
pub fn count_overdue_claims(bank: &Bank, context: &Context) -> Result<u64, OpError> {
    let today = bank.day(context.now);
    bank.store.read(|conn| {
        context.authorised(conn, Action::ListClaims, Resource::Bank)?;
        Ok(u64::try_from(store::count_overdue(conn, today)?).unwrap_or_default())
    })
}
