//! The clocks of corrections: of cases that institutions decide, and of learners' requests. None of them decides anything; what
//! is overdue is told once, counted and listed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::correction::CASE_WORKING_DAYS;
use crate::domain::correction::request::{CorrectionDue, RequestState};
use crate::domain::policy::{Action, Resource};
use crate::domain::working_days::WorkingDays;
use crate::ops::clocks::{Overdue, Swept, Watched, sweep};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::evidence::CORRECTION_REQUEST;
use crate::store::connection::Conn;
use crate::store::corrections::{self as store, CaseRow};
use crate::store::error::StoreError;
use crate::store::journal::Told;
use crate::store::requests::{self, RequestRow};

/// What the clocks did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CorrectionClocks {
    pub cases: Swept,
    pub requests: Swept,
}

/// What waits on corrections at an institution, or at all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CorrectionDueCount {
    pub due: CorrectionDue,
    pub waiting: u64,
    pub overdue: u64,
}

impl Watched for CaseRow {
    fn page(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<Self>, StoreError> {
        store::open_cases_after(conn, after, limit)
    }

    fn id(&self) -> Uuid {
        self.case_id.0
    }

    fn stored_due_on(&self) -> Option<NaiveDate> {
        Some(self.due_on)
    }

    fn due_on(&self, working_days: &WorkingDays) -> Result<Option<NaiveDate>, StoreError> {
        Ok(Some(working_days.add(self.opened_on, CASE_WORKING_DAYS).last_day))
    }

    fn move_due(&self, conn: &mut Conn, _: &Context, on: NaiveDate) -> Result<bool, StoreError> {
        store::move_case_due(conn, self, on)
    }

    fn note_escalated(&self, conn: &mut Conn, context: &Context) -> Result<bool, StoreError> {
        store::note_case_escalated(conn, self, context.now)
    }

    fn told(&self, context: &Context, due_on: NaiveDate) -> Told {
        context
            .told("escalate_case", "case", self.case_id.0)
            .of_learner(self.learner_id.0)
            .of_institution(self.institution_id.0)
            .with(serde_json::json!({ "due": CorrectionDue::DecideCase, "due_on": due_on }))
    }
}

impl Watched for RequestRow {
    fn page(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<Self>, StoreError> {
        requests::due_after(conn, after, limit)
    }

    fn id(&self) -> Uuid {
        self.request_id.0
    }

    fn stored_due_on(&self) -> Option<NaiveDate> {
        self.due_on
    }

    fn due_on(&self, working_days: &WorkingDays) -> Result<Option<NaiveDate>, StoreError> {
        let damaged = || StoreError::Damaged(format!("correction request {}", self.request_id.0));
        let state = RequestState::parse(&self.state).ok_or_else(damaged)?;
        Ok(state.due(self.since, working_days).map(|due| due.on))
    }

    fn move_due(&self, conn: &mut Conn, _: &Context, on: NaiveDate) -> Result<bool, StoreError> {
        requests::move_due(conn, self, on)
    }

    fn note_escalated(&self, conn: &mut Conn, context: &Context) -> Result<bool, StoreError> {
        requests::note_escalated(conn, self, context.now)
    }

    fn told(&self, context: &Context, due_on: NaiveDate) -> Told {
        context
            .told("escalate_correction_request", CORRECTION_REQUEST, self.request_id.0)
            .of_learner(self.learner_id.0)
            .of_institution(self.institution_id.0)
            .with(serde_json::json!({ "due": self.due, "due_on": due_on }))
    }
}

/// Runs the clocks. It may be broken off and begun again; run twice it does nothing more.
///
/// # Errors
/// What the policy answers: only the bank itself does this.
pub fn run_correction_clocks(bank: &Bank, context: &Context) -> Result<CorrectionClocks, OpError> {
    let action = Action::RunCorrectionClocks;
    Ok(CorrectionClocks {
        cases: sweep(bank, context, action, |_: &CaseRow, _| Ok(Overdue::Tell))?,
        requests: sweep(bank, context, action, |_: &RequestRow, _| Ok(Overdue::Tell))?,
    })
}

/// How many cases and requests wait at an institution, or at all of them for the bank's people, and how many of them are
/// overdue, by what is due.
///
/// # Errors
/// What the policy answers.
pub fn count_due_corrections(bank: &Bank, context: &Context, institution_id: Option<Uuid>) -> Result<Vec<CorrectionDueCount>, OpError> {
    let today = bank.day(context.now);
    let resource = institution_id.map_or(Resource::Bank, Resource::Institution);
    bank.store.read(|conn| {
        context.authorised(conn, Action::ReadCorrection, resource)?;
        let mut counts = Vec::new();
        for due in CorrectionDue::ALL {
            let (waiting, overdue) = match due {
                CorrectionDue::DecideCase => store::count_open_cases(conn, institution_id, today)?,
                CorrectionDue::AnswerRequest | CorrectionDue::Correct | CorrectionDue::DecideComplaint => {
                    requests::count_due(conn, institution_id, due.as_str(), today)?
                }
            };
            counts.push(CorrectionDueCount {
                due: *due,
                waiting: u64::try_from(waiting).unwrap_or_default(),
                overdue: u64::try_from(overdue).unwrap_or_default(),
            });
        }
        counts.retain(|count| count.waiting > 0);
        Ok(counts)
    })
}
