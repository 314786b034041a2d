//! The passbook 存折: movements as a learner reads them, with what brought the credit and where it went.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use super::access::{Whose, as_of, learner_of, reading};
use super::context::{Bank, Context};
use super::error::OpError;
use crate::domain::bilingual::Bilingual;
use crate::domain::ledger::MovementView;
use crate::domain::list::ListPlace;
use crate::domain::movement::MovementKind;
use crate::domain::rejection::Rejection;
use crate::store::connection::Conn;
use crate::store::credentials::outcomes_of;
use crate::store::error::StoreError;
use crate::store::records::MovementFilter;
use crate::store::{institutions, records, standards};

/// Which movements of a passbook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PassbookFilter {
    /// As it was known at the end of this day; now, where none is named.
    pub as_of: Option<NaiveDate>,
    pub kind: Option<MovementKind>,
}

/// A movement, and the outcome whose credit moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassbookLine {
    pub movement: MovementView,
    pub category: String,
    pub level: Option<i16>,
    /// Absent where the outcome went with another account.
    pub outcome: Option<LineOutcome>,
}

/// The outcome whose credit moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineOutcome {
    pub outcome_id: Uuid,
    pub achievement: Bilingual,
    pub institution: String,
}

/// The lines of the caller's passbook, from a place by their sequence numbers.
///
/// # Errors
/// `AsOfInTheFuture`, `NotFound` for somebody without a learning account.
pub fn list_passbook(
    bank: &Bank,
    context: &Context,
    filter: PassbookFilter,
    place: impl Into<ListPlace<i64>>,
    limit: i64,
) -> Result<Vec<PassbookLine>, OpError> {
    let place = place.into();
    let (_, until) = as_of(bank, context, filter.as_of)?;
    reading(bank, Whose::Own, |conn| {
        let learner_id = learner_of(conn, context, Whose::Own, "list_passbook")?.learner_id.0;
        let filter = MovementFilter {
            until,
            effective_on: None,
            kind: filter.kind,
        };
        let rows = records::listed_movements(conn, learner_id, &filter, place, limit)?;
        let lots: HashMap<Uuid, _> = records::lots_of(conn, learner_id)?
            .into_iter()
            .map(|lot| (lot.lot_id.0, lot))
            .collect();
        let mut moved: Vec<Uuid> = rows
            .iter()
            .filter_map(|row| lots.get(&row.lot_id.0).map(|lot| lot.outcome_id.0))
            .collect();
        moved.sort_unstable();
        moved.dedup();
        let outcomes = named(conn, learner_id, &moved)?;
        let lines = rows.iter().map(|row| {
            let lot = lots
                .get(&row.lot_id.0)
                .ok_or_else(|| StoreError::Damaged(format!("lot {}", row.lot_id.0)))?;
            Ok(PassbookLine {
                movement: MovementView::from(&row.movement()?),
                category: lot.category.clone(),
                level: lot.level,
                outcome: outcomes.get(&lot.outcome_id.0).cloned(),
            })
        });
        Ok(lines.collect::<Result<_, StoreError>>()?)
    })
}

fn named(conn: &mut Conn, learner_id: Uuid, outcome_ids: &[Uuid]) -> Result<HashMap<Uuid, LineOutcome>, StoreError> {
    let rows = outcomes_of(conn, learner_id, outcome_ids)?;
    let achievement_ids: Vec<Uuid> = rows.iter().map(|row| row.achievement_id.0).collect();
    let institution_ids: Vec<Uuid> = rows.iter().map(|row| row.institution_id.0).collect();
    let achievements = standards::achievements(conn, &achievement_ids)?;
    let institutions = institutions::by_ids(conn, &institution_ids)?;
    let lines = rows.iter().filter_map(|row| {
        let achievement = achievements.iter().find(|found| found.achievement_id == row.achievement_id)?;
        let institution = institutions.iter().find(|found| found.institution_id == row.institution_id)?;
        let outcome_id = row.outcome_id.0;
        let line = LineOutcome {
            outcome_id,
            achievement: Bilingual {
                zh: achievement.name_chinese.clone(),
                en: achievement.name_english.clone(),
            },
            institution: institution.name.clone(),
        };
        Some((outcome_id, line))
    });
    Ok(lines.collect())
}

/// How a movement kind is named in an address; any other word is none.
///
/// # Errors
/// `InvalidQuery`.
pub fn kind_in(word: &str) -> Result<Option<MovementKind>, Rejection> {
    if word.is_empty() {
        return Ok(None);
    }
    MovementKind::parse(word).map(Some).ok_or_else(|| Rejection::InvalidQuery {
        name: "kind".to_owned(),
        detail: "is no kind of movement".to_owned(),
    })
}
