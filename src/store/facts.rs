//! What learners have that counts: the outcomes that stand, each with what is left of its credit.

use std::collections::HashSet;

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::deposits::OutcomeRow;
use super::each_back_end;
use super::error::StoreError;
use super::schema::{claim_uses, learners, lots, outcomes};
use super::types::Key;
use crate::domain::outcome::OutcomeStatus;

/// The available credit of an outcome's lot in hundredths, and its last day; none where the outcome brought no credit.
pub type Left = Option<(i64, Option<NaiveDate>)>;

/// The accepted and released outcomes of some learners, in the order of learners and deposits.
///
/// # Errors
/// When the database refuses.
pub fn standing_outcomes(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<Vec<(OutcomeRow, Left)>, StoreError> {
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    let standing = [OutcomeStatus::Accepted.as_str(), OutcomeStatus::Released.as_str()];
    let own_lot = lots::learner_id
        .eq(outcomes::learner_id)
        .and(lots::outcome_id.eq(outcomes::outcome_id));
    Ok(each_back_end!(conn, c => outcomes::table
        .left_join(lots::table.on(own_lot))
        .filter(outcomes::learner_id.eq_any(&ids))
        .filter(outcomes::status.eq_any(standing))
        .filter(outcomes::left_by.is_null())
        .order((outcomes::learner_id, outcomes::outcome_id))
        .select((outcomes::all_columns, (lots::available_hundredths, lots::usable_until).nullable()))
        .load(c))?)
}

/// The outcomes of some learners of which a claim leaves nothing for another: what it uses as a whole.
///
/// # Errors
/// When the database refuses.
pub fn used_as_a_whole(conn: &mut Conn, learner_ids: &[Uuid]) -> Result<HashSet<Uuid>, StoreError> {
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    let used: Vec<Key> = each_back_end!(conn, c => claim_uses::table
        .filter(claim_uses::learner_id.eq_any(&ids))
        .filter(claim_uses::whole.eq(true))
        .filter(claim_uses::standing.eq(true))
        .select(claim_uses::outcome_id)
        .load(c))?;
    Ok(used.into_iter().map(|key| key.0).collect())
}

/// Learners after `after`, in order, for a walk over all of them; whoever was merged is among them once.
///
/// # Errors
/// When the database refuses.
pub fn learner_ids_after(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let mut query = learners::table
        .filter(learners::merged_into.is_null())
        .select(learners::learner_id)
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(learners::learner_id.gt(Key(after)));
    }
    let ids: Vec<Key> = query.order(learners::learner_id).limit(limit).load(conn)?;
    Ok(ids.into_iter().map(|key| key.0).collect())
}
