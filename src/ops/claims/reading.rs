//! Reading claims: one's own, those that one decides, and what credit bought.

use uuid::Uuid;

use super::view::{ClaimSummary, ClaimView, Conversion, summary_of, view_of};
use super::{Claim, calendar, load};
use crate::domain::claim::ClaimFilter;
use crate::domain::policy::{Action, Resource};
use crate::ops::access::{Whose, learner_of, note_access};
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::store::claims as store;
use crate::store::conversions;
use crate::store::error::StoreError;

/// The caller's own claims, from the newest.
///
/// # Errors
/// `NotFound` for somebody without a learning account.
pub fn list_own_claims(
    bank: &Bank,
    context: &Context,
    filter: &ClaimFilter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ClaimSummary>, OpError> {
    bank.store.read(|conn| {
        let learner = learner_of(conn, context, Whose::Own, "list_own_claims")?;
        let filter = ClaimFilter {
            learner_id: Some(learner.learner_id.0),
            ..*filter
        };
        let working_days = calendar(conn)?;
        let rows = store::list(conn, &filter, before, limit)?;
        let today = bank.day(context.now);
        rows.into_iter()
            .map(|row| Ok(summary_of(&Claim::read(row)?, today, &working_days)?))
            .collect()
    })
}

/// Claims that an institution decides, or the bank itself, from the newest. Whose claims they are is told, and logged.
///
/// # Errors
/// What the policy answers.
pub fn list_claims(
    bank: &Bank,
    context: &Context,
    filter: &ClaimFilter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ClaimSummary>, OpError> {
    let resource = filter.institution_id.map_or(Resource::Bank, Resource::Institution);
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::ListClaims, resource)?;
        let working_days = calendar(conn)?;
        let rows = store::list(conn, filter, before, limit)?;
        let today = bank.day(context.now);
        let learners: Vec<Uuid> = rows.iter().map(|row| row.learner_id.0).collect();
        note_access(conn, context, &actor, filter.institution_id, "list_claims", &learners)?;
        rows.into_iter()
            .map(|row| Ok(summary_of(&Claim::read(row)?, today, &working_days)?))
            .collect()
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
