//! Reading claims: one's own, those that one decides, and what credit bought.

use chrono::NaiveDate;
use uuid::Uuid;

use super::conversion::kept;
use super::view::{ClaimNames, ClaimSummary, ClaimView, Conversion, summary_of, view_of};
use super::{Claim, calendar, load};
use crate::domain::claim::ClaimFilter;
use crate::domain::language::Language;
use crate::domain::list::ListPlace;
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::domain::working_days::WorkingDays;
use crate::ops::access::{Whose, learner_of, note_access};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::worth::{Said, said};
use crate::store::claims::{self as store, ClaimRow};
use crate::store::connection::Conn;
use crate::store::conversions;
use crate::store::error::StoreError;

/// Claims in a list, with the names of what they are about.
pub(super) fn summaries(
    conn: &mut Conn,
    rows: Vec<ClaimRow>,
    today: NaiveDate,
    working_days: &WorkingDays,
) -> Result<Vec<ClaimSummary>, OpError> {
    let claims = rows.into_iter().map(Claim::read).collect::<Result<Vec<_>, OpError>>()?;
    let names = ClaimNames::load(conn, &claims, Vec::new())?;
    let listed = claims.iter().map(|claim| summary_of(claim, &names, today, working_days));
    Ok(listed.collect::<Result<_, StoreError>>()?)
}

/// The caller's own claims, from a place in their list.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub fn list_own_claims(
    bank: &Bank,
    context: &Context,
    filter: &ClaimFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<ClaimSummary>, OpError> {
    let place = place.into();
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_own_claims")?;
        let filter = ClaimFilter {
            learner_id: Some(learner.learner_id.0),
            ..*filter
        };
        let working_days = calendar(conn)?;
        let rows = store::list(conn, &filter, place, limit)?;
        let today = bank.day(context.now);
        summaries(conn, rows, today, &working_days)
    })
}

/// Claims that an institution decides, or the bank itself, from a place in their list. Whose claims they are is told, and logged.
///
/// # Errors
/// What the policy answers.
pub fn list_claims(
    bank: &Bank,
    context: &Context,
    filter: &ClaimFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<ClaimSummary>, OpError> {
    let place = place.into();
    let resource = filter.institution_id.map_or(Resource::Bank, Resource::Institution);
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::ListClaims, resource)?;
        let working_days = calendar(conn)?;
        let rows = store::list(conn, filter, place, limit)?;
        let today = bank.day(context.now);
        let learners: Vec<Uuid> = rows.iter().map(|row| row.learner_id.0).collect();
        note_access(conn, context, &actor, filter.institution_id, "list_claims", &learners)?;
        summaries(conn, rows, today, &working_days)
    })
}

/// Reads a claim with its steps, what it stands on and what it bought.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_claim(bank: &Bank, context: &Context, claim_id: Uuid) -> Result<ClaimView, OpError> {
    bank.store.write(|conn| {
        let (actor, claim) = load(conn, context, claim_id, Action::ReadClaim, "read_claim")?;
        view_of(bank, context, conn, &actor, &claim)
    })
}

/// Reads one of the caller's own claims, and of a conversion in sentences what becomes of each outcome.
///
/// # Errors
/// `NotFound`, also for a claim of somebody else.
pub fn read_own_claim(bank: &Bank, context: &Context, claim_id: Uuid, language: Language) -> Result<(ClaimView, Vec<Said>), OpError> {
    bank.store.read(|conn| {
        let learner_id = learner_of(conn, context, Whose::Own, "read_own_claim")?.learner_id.0;
        let actor = context.somebody(conn)?;
        let row = store::find(conn, claim_id)?.filter(|row| row.learner_id.0 == learner_id);
        let claim = Claim::read(row.ok_or(Rejection::NotFound {})?)?;
        let said = match &claim.row.worth_id {
            None => Vec::new(),
            Some(worth_id) => {
                let (_, question, allocation) = kept(conn, learner_id, worth_id.0)?;
                said(&allocation, &question, language)
            }
        };
        Ok((view_of(bank, context, conn, &actor, &claim)?, said))
    })
}

/// What the caller's credit bought, in order; what was taken back is among it.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub fn list_own_conversions(bank: &Bank, context: &Context) -> Result<Vec<Conversion>, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_own_conversions")?;
        let rows = conversions::list(conn, learner.learner_id.0, None)?;
        Ok(rows.into_iter().map(Conversion::try_from).collect::<Result<_, StoreError>>()?)
    })
}
