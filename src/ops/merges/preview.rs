//! What two accounts have, before somebody confirms that they are one person's; and which of their outcomes look the same. A
//! merge decides nothing about those: whose outcome it is, the institution withdraws by a correction.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::claim::{ClaimFilter, ClaimStatus};
use crate::domain::credit::Credit;
use crate::domain::list::ListPlace;
use crate::domain::lot::{LotBalance, Pocket};
use crate::domain::merge::Alikeness;
use crate::domain::outcome::OutcomeFilter;
use crate::ops::error::OpError;
use crate::store::connection::Conn;
use crate::store::deposits::{LearnerRow, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::{claims, conversions, evidence, records};

/// The most pairs that are named.
const PAIRS_MAX: usize = 200;

/// What one of the two accounts has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AccountContents {
    pub outcomes: usize,
    pub available: Credit,
    pub held: Credit,
    pub redeemed: Credit,
    pub expired: Credit,
    pub reversed: Credit,
    /// Claims without a verdict.
    pub claims_open: usize,
    /// Granted claims whose conversions stand.
    pub claims_granted: usize,
    pub evidence_files: usize,
    /// Whether somebody logs in to it.
    pub has_log_in: bool,
}

/// Two outcomes that look the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlikeOutcomes {
    pub surviving_outcome_id: Uuid,
    pub absorbed_outcome_id: Uuid,
    /// In what they are the same.
    pub alike_in: Alikeness,
}

/// What people look at before they confirm a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MergePreview {
    pub surviving: AccountContents,
    pub absorbed: AccountContents,
    /// At most 200.
    #[schema(max_items = 200)]
    pub alike: Vec<AlikeOutcomes>,
}

fn outcomes_of(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<OutcomeRow>, StoreError> {
    let filter = OutcomeFilter {
        learner_id: Some(learner_id),
        ..OutcomeFilter::default()
    };
    records::outcomes(conn, &filter, ListPlace::Newest(None), i64::MAX)
}

/// Looks at both accounts.
///
/// # Errors
/// When the database refuses.
pub(super) fn preview(conn: &mut Conn, surviving: &LearnerRow, absorbed: &LearnerRow) -> Result<MergePreview, OpError> {
    let own = outcomes_of(conn, surviving.learner_id.0)?;
    let coming = outcomes_of(conn, absorbed.learner_id.0)?;
    Ok(MergePreview {
        alike: alike(&own, &coming),
        surviving: contents(conn, surviving, own.len())?,
        absorbed: contents(conn, absorbed, coming.len())?,
    })
}

fn contents(conn: &mut Conn, learner: &LearnerRow, outcomes: usize) -> Result<AccountContents, OpError> {
    let learner_id = learner.learner_id.0;
    let balances = records::lots_of(conn, learner_id)?
        .iter()
        .map(|lot| lot.balance())
        .collect::<Result<Vec<LotBalance>, _>>()?;
    let sum = |pocket: Pocket| {
        let added = balances
            .iter()
            .try_fold(Credit::ZERO, |sum, balance| sum.checked_add(balance.pocket(pocket)));
        added.ok_or_else(|| StoreError::Damaged("a balance out of range".to_owned()))
    };
    let filter = ClaimFilter {
        learner_id: Some(learner_id),
        ..ClaimFilter::default()
    };
    let claims = claims::list(conn, &filter, ListPlace::Newest(None), i64::MAX)?;
    let mut granted: Vec<Uuid> = conversions::list(conn, learner_id, None)?
        .into_iter()
        .filter(|row| row.ended_at.is_none())
        .map(|row| row.claim_id.0)
        .collect();
    granted.sort_unstable();
    granted.dedup();
    Ok(AccountContents {
        outcomes,
        available: sum(Pocket::Available)?,
        held: sum(Pocket::Held)?,
        redeemed: sum(Pocket::Redeemed)?,
        expired: sum(Pocket::Expired)?,
        reversed: sum(Pocket::Reversed)?,
        claims_open: claims
            .iter()
            .filter(|row| ClaimStatus::parse(&row.status).is_some_and(ClaimStatus::is_open))
            .count(),
        claims_granted: granted.len(),
        evidence_files: evidence::list(conn, learner_id, ListPlace::Newest(None), i64::MAX)?.len(),
        has_log_in: learner.user_id.is_some(),
    })
}

/// The pairs of outcomes of one day that look the same, each in the order of deposits.
fn alike(own: &[OutcomeRow], coming: &[OutcomeRow]) -> Vec<AlikeOutcomes> {
    let mut by_day: HashMap<chrono::NaiveDate, Vec<&OutcomeRow>> = HashMap::new();
    for row in own.iter().rev() {
        by_day.entry(row.awarded_on).or_default().push(row);
    }
    let pairs = coming.iter().rev().flat_map(|theirs| {
        let same_day = by_day.get(&theirs.awarded_on).map(Vec::as_slice).unwrap_or_default();
        same_day.iter().filter_map(|ours| {
            Some(AlikeOutcomes {
                surviving_outcome_id: ours.outcome_id.0,
                absorbed_outcome_id: theirs.outcome_id.0,
                alike_in: alike_in(ours, theirs)?,
            })
        })
    });
    pairs.take(PAIRS_MAX).collect()
}

/// In what two outcomes of one day are the same. The digest of the content cannot tell: the document is in it.
fn alike_in(one: &OutcomeRow, other: &OutcomeRow) -> Option<Alikeness> {
    let given = |row: &OutcomeRow| {
        (
            row.grade.clone(),
            row.grading_scale.clone(),
            row.score.clone(),
            row.hours_hundredths,
            row.original_credits.clone(),
            row.trainee_group.clone(),
            row.contest.clone(),
        )
    };
    if one.achievement_id == other.achievement_id {
        return Some(match given(one) == given(other) {
            true => Alikeness::Content,
            false => Alikeness::Achievement,
        });
    }
    (one.institution_id == other.institution_id).then_some(Alikeness::Institution)
}
