//! The calendar of working days: what ships with the program, and the years that the bank's people put in its place.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::context::{Bank, Context};
use super::error::OpError;
use super::once::once;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::domain::working_days::holidays::HolidayYear;
use crate::domain::working_days::{WorkingDays, shipped};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::journal::tell;
use crate::store::types::At;
use crate::store::working_years::{self as store, WorkingYearRow};

/// A year of the calendar, and whose word it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WorkingYear {
    pub calendar: HolidayYear,
    /// 0 for one that came with the program; it goes up with every change.
    pub edition: i64,
    /// Absent for one that came with the program.
    pub changed_at: Option<DateTime<Utc>>,
}

impl TryFrom<WorkingYearRow> for WorkingYear {
    type Error = StoreError;

    fn try_from(row: WorkingYearRow) -> Result<Self, StoreError> {
        let damaged = |_| StoreError::Damaged(format!("working year {}", row.year));
        Ok(Self {
            calendar: serde_json::from_str(&row.document).map_err(damaged)?,
            edition: row.edition,
            changed_at: Some(row.changed_at.0),
        })
    }
}

fn years(conn: &mut Conn) -> Result<Vec<WorkingYear>, StoreError> {
    let mut years: Vec<WorkingYear> = shipped::years()
        .into_iter()
        .map(|calendar| WorkingYear {
            calendar,
            edition: 0,
            changed_at: None,
        })
        .collect();
    for row in store::all(conn)? {
        let year = WorkingYear::try_from(row)?;
        years.retain(|other| other.calendar.year != year.calendar.year);
        years.push(year);
    }
    years.sort_by_key(|year| year.calendar.year);
    Ok(years)
}

/// The working days as they are known now.
///
/// # Errors
/// When the database is away.
pub(super) fn working_days(conn: &mut Conn) -> Result<WorkingDays, StoreError> {
    let years: Vec<HolidayYear> = years(conn)?.into_iter().map(|year| year.calendar).collect();
    Ok(WorkingDays::of_years(&years))
}

/// Every year that is known, for anybody.
///
/// # Errors
/// When the database is away.
pub fn list_working_years(bank: &Bank) -> Result<Vec<WorkingYear>, OpError> {
    Ok(bank.store.read(years)?)
}

/// Puts a year in place of what was known of it. What is due on claims is worked out anew by the next run of the clocks.
///
/// # Errors
/// `InvalidBody`, `StaleEdition`, and what the policy answers.
pub fn put_working_year(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    edition: i64,
    calendar: &HolidayYear,
) -> Result<WorkingYear, OpError> {
    let problems = calendar.problems();
    if !problems.is_empty() {
        return Err(Rejection::InvalidBody { problems }.into());
    }
    bank.store.write(|conn| {
        context.authorised(conn, Action::WriteWorkingYear, Resource::Bank)?;
        once(bank, context, conn, "put_working_year", key, &(edition, calendar), |conn| {
            let year = i16::try_from(calendar.year).map_err(|_| Rejection::field("/year", "must be 2000 to 2100"))?;
            let known = years(conn)?.into_iter().find(|known| known.calendar.year == calendar.year);
            if known.map_or(0, |known| known.edition) != edition {
                return Err(Rejection::StaleEdition {}.into());
            }
            let row = WorkingYearRow {
                year,
                document: serde_json::to_string(calendar).map_err(|_| StoreError::Damaged(format!("working year {year}")))?,
                edition: edition + 1,
                changed_at: At(context.now),
                changed_by: context.caller.label(),
            };
            if !store::put(conn, &row)? {
                return Err(Rejection::StaleEdition {}.into());
            }
            let told = context.told("put_working_year", "working_year", context.request_id);
            tell(conn, &[told.with(serde_json::json!({ "year": year, "edition": row.edition }))])?;
            Ok(WorkingYear::try_from(row)?)
        })
    })
}
