//! The public catalogue of rule packs, and looks at drafts by those who may.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::check::{self, Checks, PackTests, PackValidation, Trial};
use super::form::{CASES_MAX, Pack, PackSummary, cases_of, document_of, status_of};
use super::{owner_of, resource_of, to_act, to_read};
use crate::domain::language::Language;
use crate::domain::list::ListPlace;
use crate::domain::pack::RulePack;
use crate::domain::pack::catalogue::PackFilter;
use crate::domain::pack::diff::{PackChange, differences};
use crate::domain::pack::readable::{Readable, readable};
use crate::domain::pack_case::PackCase;
use crate::domain::policy::{self, Action};
use crate::domain::rejection::Rejection;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::store::error::StoreError;
use crate::store::institutions;
use crate::store::packs as store;

/// Reads a version: what was published is everybody's, all else its owner's and the bank's people's. Until it is accepted,
/// the answer says what its author must mend; its cases are run by [`test_rule_pack`], since they take long.
///
/// # Errors
/// `NotFound`.
pub fn read_rule_pack(bank: &Bank, context: &Context, pack_id: Uuid) -> Result<Pack, OpError> {
    let today = bank.day(context.now);
    bank.store.read(|conn| {
        let row = to_read(conn, context, pack_id)?;
        let checks = match status_of(&row, today)?.is_open() {
            true => {
                let owner = owner_of(conn, row.institution_id.as_ref().map(|key| key.0))?;
                let validation = check::validation(conn, owner.as_ref(), &document_of(&row)?, today)?.0;
                Some(Checks { validation, tests: None })
            }
            false => None,
        };
        Ok(Pack::of(row, checks, today)?)
    })
}

/// Lists versions in the order of their making. The catalogue is public; what was never published is listed for members
/// who name their institution, and for the bank's people.
///
/// # Errors
/// When the database is away.
pub fn list_rule_packs(
    bank: &Bank,
    context: &Context,
    filter: &PackFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<PackSummary>, OpError> {
    let today = bank.day(context.now);
    let place = place.into();
    bank.store.read(|conn| {
        let actor = context.actor(conn)?;
        let unpublished = policy::allowed(&actor, Action::ReadDraftRulePack, resource_of(filter.institution_id)).is_ok();
        let rows = store::list(conn, filter, unpublished, today, place, limit)?;
        let shown = rows.into_iter().map(|row| PackSummary::of(row, today));
        Ok(shown.collect::<Result<_, StoreError>>()?)
    })
}

/// Validates a document that is not stored, for anybody who logged in. Its owner is the one that it names.
///
/// # Errors
/// `Unauthenticated`.
pub fn validate_rule_pack(bank: &Bank, context: &Context, document: &RulePack) -> Result<PackValidation, OpError> {
    let today = bank.day(context.now);
    bank.store.read(|conn| {
        context.somebody(conn)?;
        let owner = match &document.owner {
            Some(credit_code) => institutions::find_by_credit_code(conn, credit_code)?,
            None => None,
        };
        Ok(check::validation(conn, owner.as_ref(), document, today)?.0)
    })
}

/// Validates a stored version.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn validate_rule_pack_version(bank: &Bank, context: &Context, pack_id: Uuid) -> Result<PackValidation, OpError> {
    let today = bank.day(context.now);
    bank.store.read(|conn| {
        let row = to_act(conn, context, pack_id, Action::ReadDraftRulePack)?;
        let owner = owner_of(conn, row.institution_id.as_ref().map(|key| key.0))?;
        Ok(check::validation(conn, owner.as_ref(), &document_of(&row)?, today)?.0)
    })
}

/// Test cases to be run beside those that are stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PackTrial {
    #[serde(default)]
    #[schema(max_items = 100)]
    pub cases: Vec<PackCase>,
}

/// Runs the stored cases of a version, and then those that are given.
///
/// # Errors
/// `InvalidBody`, `PackNotValid`, `NotFound`, and what the policy answers.
pub fn test_rule_pack(bank: &Bank, context: &Context, pack_id: Uuid, trial: &PackTrial) -> Result<PackTests, OpError> {
    if trial.cases.len() > CASES_MAX {
        return Err(Rejection::field("/cases", format!("must have at most {CASES_MAX} items")).into());
    }
    let today = bank.day(context.now);
    let trial = bank.store.read(|conn| {
        let row = to_act(conn, context, pack_id, Action::ReadDraftRulePack)?;
        let owner = owner_of(conn, row.institution_id.as_ref().map(|key| key.0))?;
        let cases = cases_of(&row)?.into_iter().chain(trial.cases.iter().cloned()).collect();
        Trial::read(conn, owner.as_ref(), row.version, &document_of(&row)?, cases, today)
    })?;
    let checks = trial.run();
    let problems = checks.validation.problems;
    checks.tests.ok_or_else(|| check::not_valid(&problems).into())
}

/// What changed from one version to another.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PackDifference {
    pub pack_id: Uuid,
    pub version: i64,
    /// The version that it is compared with: what is `before` in a change is its.
    pub with: Uuid,
    pub with_version: i64,
    pub changes: Vec<PackChange>,
}

/// Says what changed from the version `with` to another; of packs with different codes as well.
///
/// # Errors
/// `NotFound` when the caller may not read both.
pub fn diff_rule_packs(bank: &Bank, context: &Context, pack_id: Uuid, with: Uuid) -> Result<PackDifference, OpError> {
    bank.store.read(|conn| {
        let after = to_read(conn, context, pack_id)?;
        let before = to_read(conn, context, with)?;
        Ok(PackDifference {
            pack_id,
            version: after.version,
            with,
            with_version: before.version,
            changes: differences(&document_of(&before)?, &document_of(&after)?),
        })
    })
}

/// Reads a version in words, in a language.
///
/// # Errors
/// `NotFound`.
pub fn read_rule_pack_text(bank: &Bank, context: &Context, pack_id: Uuid, language: Language) -> Result<Readable, OpError> {
    bank.store.read(|conn| {
        let row = to_read(conn, context, pack_id)?;
        Ok(readable(&document_of(&row)?, language))
    })
}
