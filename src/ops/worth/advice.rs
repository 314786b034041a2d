//! What one more certificate would add to the own record, and the shortest way to the most.

use chrono::NaiveDate;
use serde::Serialize;
use uuid::Uuid;

use super::own::{OwnProgramme, own_site};
use super::refused;
use crate::domain::achievement::AchievementFilter;
use crate::domain::allocation::advice::{Additions, Way, additions, shortest_way};
use crate::domain::allocation::{Effort, Question};
use crate::domain::bilingual::Bilingual;
use crate::domain::facts::OutcomeFacts;
use crate::domain::list::ListPlace;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::facts::{facts_of_achievement, issuer_of};
use crate::store::connection::Conn;
use crate::store::institutions;
use crate::store::standards;

/// The most achievements that differ and are tried.
pub(super) const TRIES_MAX: usize = 200;

/// The most achievements that are read to find them.
const CATALOGUE_MAX: i64 = 2_000;

/// How many of the additions the shortest way is made of at most.
const CANDIDATES_MAX: usize = 40;

/// The shortest way in a programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ProgrammeWay {
    pub programme_id: Uuid,
    pub programme_name: Bilingual,
    pub way: Way,
}

/// The achievements that could be awarded on a day, as if they were.
///
/// # Errors
/// When the database is away.
pub(super) fn imagined(conn: &mut Conn, day: NaiveDate) -> Result<Vec<OutcomeFacts>, OpError> {
    let mut rows = standards::list_achievements(conn, &AchievementFilter::default(), false, ListPlace::Oldest(None), CATALOGUE_MAX)?;
    rows.retain(|row| row.valid_from <= day && row.closed_on.is_none_or(|last| day <= last));
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.institution_id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let issuers = institutions::by_ids(conn, &ids)?;
    let rules = standards::rules(conn)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(issuer) = issuers.iter().find(|issuer| issuer.institution_id == row.institution_id) {
            found.push(facts_of_achievement(row, issuer_of(issuer)?, &rules, day, None, day)?.0);
        }
    }
    Ok(found)
}

fn question_and_awards(
    bank: &Bank,
    context: &Context,
    own: OwnProgramme,
    operation: &str,
) -> Result<(Question, Bilingual, Vec<OutcomeFacts>), OpError> {
    bank.store.read(|conn| {
        let site = own_site(bank, context, conn, own, operation)?;
        let awards = imagined(conn, bank.day(context.now))?;
        let question = Question {
            effort: Effort::glance(),
            ..site.question
        };
        Ok((question, site.programme_name, awards))
    })
}

/// Says what each achievement of the catalogue would add in a programme, the best for its hours first.
///
/// # Errors
/// `NotFound`, and what the allocation refuses.
pub fn list_own_additions(bank: &Bank, context: &Context, own: OwnProgramme) -> Result<Additions, OpError> {
    let (question, _, awards) = question_and_awards(bank, context, own, "list_own_additions")?;
    Ok(additions(&question, &awards, TRIES_MAX).map_err(|why| refused(why, &question))?)
}

/// Says by which further achievements the most is recognised in a programme, and of these ways the one of the fewest hours.
///
/// # Errors
/// `NotFound`, and what the allocation refuses.
pub fn read_shortest_way(bank: &Bank, context: &Context, own: OwnProgramme) -> Result<ProgrammeWay, OpError> {
    let (question, programme_name, awards) = question_and_awards(bank, context, own, "read_shortest_way")?;
    let gains = additions(&question, &awards, TRIES_MAX)
        .map_err(|why| refused(why, &question))?
        .items;
    let is_candidate = |award: &&OutcomeFacts| gains.iter().take(CANDIDATES_MAX).any(|gain| gain.key == award.key);
    let candidates: Vec<OutcomeFacts> = awards.iter().filter(is_candidate).cloned().collect();
    let question = Question {
        effort: Effort::default(),
        ..question
    };
    Ok(ProgrammeWay {
        programme_id: own.programme_id,
        programme_name,
        way: shortest_way(&question, &candidates).map_err(|why| refused(why, &question))?,
    })
}
