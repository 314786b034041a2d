//! Filing 备案: a pack goes to the authority, which accepts it with a public notice, or gives it back.

use uuid::Uuid;

use super::check::Trial;
use super::form::{Pack, cases_of, document_of, status_of};
use super::in_force::overlapping;
use super::{owner_of, tell_of, to_act};
use crate::domain::pack::life::{FilingDecision, PackStatus, PackStep, Term, first_possible_day, following, notice_until};
use crate::domain::policy::Action;
use crate::domain::rejection::Rejection;
use crate::domain::text::is_prose;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::once::once;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::packs::{self as store, PackRow};
use crate::store::types::At;

/// The row after a step.
fn stepped(row: PackRow, step: PackStep, today: chrono::NaiveDate) -> Result<PackRow, OpError> {
    let status = status_of(&row, today)?;
    let after = status
        .after(step)
        .ok_or_else(|| Rejection::WrongState { state: status.to_string() })?;
    Ok(PackRow {
        status: after.as_str().to_owned(),
        edition: row.edition + 1,
        ..row
    })
}

/// Files a version with the authority: it must be valid, and every one of its cases must pass.
///
/// # Errors
/// `PackNotValid`, `PackWithoutCases`, `PackCasesFail`, `PackOverlaps`, `RuleVersionOutOfOrder`, `WrongState`, `StaleEdition`
/// when somebody changed it while its cases ran, and what the policy answers.
pub fn file_rule_pack(bank: &Bank, context: &Context, key: Option<&str>, pack_id: Uuid) -> Result<Pack, OpError> {
    let today = bank.day(context.now);
    // Cases are run before the write begins; the edition says whether they still are those of the row.
    let (edition, trial) = bank.store.read(|conn| {
        let row = to_act(conn, context, pack_id, Action::WriteRulePack)?;
        let owner = owner_of(conn, row.institution_id.as_ref().map(|key| key.0))?;
        let trial = Trial::read(conn, owner.as_ref(), row.version, &document_of(&row)?, cases_of(&row)?, today)?;
        Ok::<_, OpError>((row.edition, trial))
    })?;
    let checks = trial.run();
    bank.store.write(|conn| {
        once(bank, context, conn, "file_rule_pack", key, &pack_id, |conn| {
            let row = to_act(conn, context, pack_id, Action::WriteRulePack)?;
            let before = row.edition;
            let row = PackRow {
                filed_at: Some(At(context.now)),
                filed_by: Some(context.caller.label()),
                ..stepped(row, PackStep::File, today)?
            };
            if before != edition {
                return Err(Rejection::StaleEdition {}.into());
            }
            checks.passed()?;
            fits_in(conn, &row)?;
            store::step(conn, &row)?;
            tell_of(conn, context, "file_rule_pack", &row, "")?;
            Ok(Pack::of(row, Some(checks.clone()), today)?)
        })
    })
}

/// Refuses a version that does not begin after the one before it, or that shares its programmes and days with another pack.
fn fits_in(conn: &mut Conn, row: &PackRow) -> Result<(), OpError> {
    let accepted = PackStatus::OnNotice.as_str();
    let versions = store::versions(conn, &row.code)?;
    let newest = versions
        .iter()
        .rfind(|other| other.status == accepted && other.pack_id != row.pack_id);
    if let Some(newest) = newest.filter(|newest| newest.effective_from >= row.effective_from) {
        return Err(Rejection::RuleVersionOutOfOrder {
            effective_from: newest.effective_from,
        }
        .into());
    }
    match overlapping(conn, row)? {
        Some(code) => Err(Rejection::PackOverlaps { code }.into()),
        None => Ok(()),
    }
}

/// Accepts a filed version, which is then on public notice, or gives it back. Who filed it does not decide.
///
/// # Errors
/// `InvalidBody`, `FourEyes`, `StaleEdition`, `WrongState`, `NoticeTooShort`, `RuleVersionOutOfOrder`, `PackOverlaps`, and
/// what the policy answers.
pub fn decide_filing(
    bank: &Bank,
    context: &Context,
    key: Option<&str>,
    pack_id: Uuid,
    edition: i64,
    decision: FilingDecision,
    reason: &str,
) -> Result<Pack, OpError> {
    if !is_prose(reason, 500) {
        return Err(Rejection::field("/reason", "must have 1 to 500 visible characters").into());
    }
    let today = bank.day(context.now);
    let request = (pack_id, edition, decision, reason);
    bank.store.write(|conn| {
        once(bank, context, conn, "decide_filing", key, &request, |conn| {
            let row = to_act(conn, context, pack_id, Action::DecideRulePack)?;
            if row.filed_by.as_ref() == Some(&context.caller.label()) {
                return Err(Rejection::FourEyes {}.into());
            }
            let before = row.edition;
            let row = PackRow {
                decided_at: Some(At(context.now)),
                decided_by: Some(context.caller.label()),
                decision_reason: Some(reason.to_owned()),
                ..stepped(row, decision.into(), today)?
            };
            // An edition that the officer did not read may say something else.
            if before != edition {
                return Err(Rejection::StaleEdition {}.into());
            }
            let row = match decision {
                FilingDecision::Accept => accepted(bank, context, conn, row)?,
                FilingDecision::Return => row,
            };
            store::step(conn, &row)?;
            end_versions(conn, &row.code)?;
            let operation = match decision {
                FilingDecision::Accept => "accept_rule_pack",
                FilingDecision::Return => "return_rule_pack",
            };
            tell_of(conn, context, operation, &row, reason)?;
            Ok(Pack::of(row, None, today)?)
        })
    })
}

/// The row with the dates of its notice.
fn accepted(bank: &Bank, context: &Context, conn: &mut Conn, row: PackRow) -> Result<PackRow, OpError> {
    let today = bank.day(context.now);
    let first_day = first_possible_day(today, bank.pack_notice_days);
    if row.effective_from < first_day {
        return Err(Rejection::NoticeTooShort {
            effective_from: row.effective_from,
            first_day,
        }
        .into());
    }
    fits_in(conn, &row)?;
    Ok(PackRow {
        notice_until: notice_until(today, bank.pack_notice_days),
        published_at: Some(At(context.now)),
        ..row
    })
}

/// Gives up a version before it comes into force. The version before it is in force for longer then.
///
/// # Errors
/// `WrongState`, and what the policy answers.
pub fn withdraw_rule_pack(bank: &Bank, context: &Context, key: Option<&str>, pack_id: Uuid) -> Result<Pack, OpError> {
    let today = bank.day(context.now);
    bank.store.write(|conn| {
        once(bank, context, conn, "withdraw_rule_pack", key, &pack_id, |conn| {
            let row = stepped(to_act(conn, context, pack_id, Action::WriteRulePack)?, PackStep::Withdraw, today)?;
            store::step(conn, &row)?;
            end_versions(conn, &row.code)?;
            tell_of(conn, context, "withdraw_rule_pack", &row, "")?;
            Ok(Pack::of(row, None, today)?)
        })
    })
}

/// Writes down when each accepted version of a pack ends, now that one came or went.
fn end_versions(conn: &mut Conn, code: &str) -> Result<(), OpError> {
    let mut rows = store::versions(conn, code)?;
    rows.retain(|row| row.status == PackStatus::OnNotice.as_str());
    let published: Vec<Term> = rows
        .iter()
        .map(|row| {
            Ok(Term {
                effective_from: row.effective_from,
                effective_to: document_of(row)?.effective_to,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    for (row, term) in rows.iter().zip(following(&published)) {
        if row.effective_to != term.effective_to {
            store::end(conn, row.pack_id.0, term.effective_to)?;
        }
    }
    Ok(())
}
