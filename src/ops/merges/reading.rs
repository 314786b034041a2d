//! Reading merges. Whoever does so looks at two learners' records, and both see it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::preview::{MergePreview, preview};
use super::{Merge, SUBJECT, damaged, state_of};
use crate::domain::actor::Actor;
use crate::domain::likeness::SuspicionStatus;
use crate::domain::list::ListPlace;
use crate::domain::merge::{MergeFilter, MergeState};
use crate::domain::policy::{Action, Resource};
use crate::domain::rejection::Rejection;
use crate::ops::access::note_access;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::evidence::{EvidenceFile, of_subject};
use crate::ops::identity::{MaskedLearner, masked};
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::merges::{self as store, MergeRow};
use crate::store::{records, suspicions};

/// A merge with the two accounts, and what shows that they are one person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MergeView {
    #[serde(flatten)]
    pub merge: Merge,
    pub surviving: MaskedLearner,
    pub absorbed: MaskedLearner,
    pub evidence: Vec<EvidenceFile>,
    /// What each has now; while the merge is proposed.
    pub preview: Option<MergePreview>,
}

/// The whole merge; the look is in both learners' access logs.
pub(super) fn view_of(
    bank: &Bank,
    context: &Context,
    conn: &mut Conn,
    actor: &Actor,
    row: MergeRow,
    operation: &str,
) -> Result<MergeView, OpError> {
    let merge_id = row.merge_id.0;
    let both = [row.surviving_id.0, row.absorbed_id.0];
    note_access(conn, context, actor, None, operation, &both)?;
    let mut evidence = Vec::new();
    let mut accounts = Vec::new();
    for learner_id in both {
        evidence.extend(of_subject(bank, conn, learner_id, SUBJECT, merge_id)?);
        accounts.push(records::itself(conn, learner_id)?.ok_or_else(|| damaged(merge_id))?);
    }
    let [surviving, absorbed] = &accounts[..] else {
        return Err(damaged(merge_id).into());
    };
    let preview = match state_of(&row)? {
        MergeState::Proposed => Some(preview(conn, surviving, absorbed)?),
        _ => None,
    };
    Ok(MergeView {
        surviving: masked(bank, surviving)?,
        absorbed: masked(bank, absorbed)?,
        evidence,
        preview,
        merge: Merge::try_from(row)?,
    })
}

/// A merge in a list that people read, with the two accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeLine {
    pub merge: Merge,
    pub surviving: MaskedLearner,
    pub absorbed: MaskedLearner,
}

fn listed(
    conn: &mut Conn,
    context: &Context,
    filter: &MergeFilter,
    place: ListPlace,
    limit: i64,
) -> Result<(Vec<MergeRow>, Vec<Uuid>), OpError> {
    let actor = context.authorised(conn, Action::ReadMerge, Resource::Bank)?;
    let rows = store::list(conn, filter, place, limit)?;
    let learner_ids: Vec<Uuid> = rows.iter().flat_map(|row| [row.surviving_id.0, row.absorbed_id.0]).collect();
    note_access(conn, context, &actor, None, "list_merges", &learner_ids)?;
    Ok((rows, learner_ids))
}

/// Merges, from a place in their list. The learners see the look.
///
/// # Errors
/// What the policy answers.
pub fn list_merges(
    bank: &Bank,
    context: &Context,
    filter: &MergeFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<Merge>, OpError> {
    let place = place.into();
    bank.store.write(|conn| {
        let (rows, _) = listed(conn, context, filter, place, limit)?;
        Ok(rows.into_iter().map(Merge::try_from).collect::<Result<_, StoreError>>()?)
    })
}

/// As [`list_merges`], with the two accounts of each.
///
/// # Errors
/// What the policy answers.
pub fn list_merges_with_accounts(
    bank: &Bank,
    context: &Context,
    filter: &MergeFilter,
    place: impl Into<ListPlace>,
    limit: i64,
) -> Result<Vec<MergeLine>, OpError> {
    let place = place.into();
    bank.store.write(|conn| {
        let (rows, learner_ids) = listed(conn, context, filter, place, limit)?;
        let accounts = records::learners_by_id(conn, &learner_ids)?;
        let lines = rows.into_iter().map(|row| {
            let account = |learner_id: Uuid| match accounts.get(&learner_id) {
                Some(account) => masked(bank, account),
                None => Err(damaged(row.merge_id.0).into()),
            };
            let (surviving, absorbed) = (account(row.surviving_id.0)?, account(row.absorbed_id.0)?);
            Ok::<_, OpError>(MergeLine {
                merge: Merge::try_from(row)?,
                surviving,
                absorbed,
            })
        });
        lines.collect()
    })
}

/// Reads a merge.
///
/// # Errors
/// `NotFound`, and what the policy answers.
pub fn read_merge(bank: &Bank, context: &Context, merge_id: Uuid) -> Result<MergeView, OpError> {
    bank.store.write(|conn| {
        let actor = context.authorised(conn, Action::ReadMerge, Resource::Bank)?;
        let row = store::find(conn, merge_id)?.ok_or(Rejection::NotFound {})?;
        view_of(bank, context, conn, &actor, row, "read_merge")
    })
}

/// How many suspicions nobody has decided on, and how many merges wait for somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DuplicatesWaiting {
    pub suspicions: u64,
    pub merges: u64,
}

/// Counts what waits about accounts that may be one person's; whose they are is not told.
///
/// # Errors
/// What the policy answers.
pub fn count_duplicates(bank: &Bank, context: &Context) -> Result<DuplicatesWaiting, OpError> {
    bank.store.read(|conn| {
        context.authorised(conn, Action::ReadMerge, Resource::Bank)?;
        let mut merges = 0;
        for state in MergeState::ALL.iter().filter(|state| state.is_open()) {
            merges += store::count(conn, *state)?;
        }
        Ok(DuplicatesWaiting {
            suspicions: u64::try_from(suspicions::count(conn, SuspicionStatus::Open)?).unwrap_or_default(),
            merges: u64::try_from(merges).unwrap_or_default(),
        })
    })
}
