//! What learners have already that a new outcome could be a double of.

use chrono::NaiveDate;
use diesel::prelude::*;
use uuid::Uuid;

use super::connection::Conn;
use super::deposits::OutcomeRow;
use super::each_back_end;
use super::error::StoreError;
use super::schema::{achievements, likenesses, outcomes};
use super::types::Key;

/// An outcome of a learner with what it is of.
#[derive(Debug, Clone, Queryable)]
pub struct EarlierRow {
    pub learner_id: Key,
    pub outcome_id: Key,
    pub institution_id: Key,
    pub awarded_on: NaiveDate,
    pub hours_hundredths: Option<i64>,
    pub certificate_number: Option<String>,
    /// Whose achievement it is.
    pub owner_id: Key,
    pub code: String,
    pub family: Option<String>,
    pub rank: Option<i16>,
    pub name_chinese: String,
}

/// The outcomes of some learners that stand or wait, awarded within some days or of some families.
///
/// # Errors
/// When the database refuses.
pub fn earlier(
    conn: &mut Conn,
    learner_ids: &[Uuid],
    (from, to): (NaiveDate, NaiveDate),
    families: &[String],
) -> Result<Vec<EarlierRow>, StoreError> {
    if learner_ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    Ok(each_back_end!(conn, c => outcomes::table
        .inner_join(achievements::table.on(achievements::achievement_id.eq(outcomes::achievement_id)))
        .filter(outcomes::learner_id.eq_any(&ids))
        .filter(outcomes::left_by.is_null())
        .filter(outcomes::ended_at.is_null())
        .filter(outcomes::status.ne("refused"))
        .filter(
            outcomes::awarded_on
                .between(from, to)
                .or(achievements::family.eq_any(families).assume_not_null()),
        )
        .select((
            outcomes::learner_id,
            outcomes::outcome_id,
            outcomes::institution_id,
            outcomes::awarded_on,
            outcomes::hours_hundredths,
            outcomes::certificate_number,
            achievements::institution_id,
            achievements::code,
            achievements::family,
            achievements::rank,
            achievements::name_chinese,
        ))
        .load::<EarlierRow>(c))?)
}

/// The outcomes of some learners without a certificate number that say what one of these digests is of, and were not corrected.
///
/// # Errors
/// When the database refuses.
pub fn the_same(conn: &mut Conn, learner_ids: &[Uuid], digests: &[Vec<u8>]) -> Result<Vec<OutcomeRow>, StoreError> {
    if learner_ids.is_empty() || digests.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Key> = learner_ids.iter().copied().map(Key).collect();
    Ok(each_back_end!(conn, c => outcomes::table
        .filter(outcomes::learner_id.eq_any(&ids))
        .filter(outcomes::content_digest.eq_any(digests))
        .filter(outcomes::certificate_number.is_null())
        .filter(outcomes::left_by.is_null())
        .filter(outcomes::ended_at.is_null())
        .load::<OutcomeRow>(c))?)
}

/// The learners who have some likenesses, with the likeness.
///
/// # Errors
/// When the database refuses.
pub fn learners_like_any(conn: &mut Conn, indexes: &[Vec<u8>]) -> Result<Vec<(Vec<u8>, Key)>, StoreError> {
    if indexes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(each_back_end!(conn, c => likenesses::table
        .filter(likenesses::likeness.eq_any(indexes))
        .select((likenesses::likeness, likenesses::learner_id))
        .load::<(Vec<u8>, Key)>(c))?)
}
