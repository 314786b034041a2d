//! The facts that rules judge by, from the bank's records: of one learner, of many in pages, and of an award that is
//! only imagined.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::error::OpError;
use super::recognition::inputs_of;
use crate::domain::achievement::{AchievementKind, KindFields};
use crate::domain::credit::Credit;
use crate::domain::facts::{Issuer, OutcomeFacts, Verification};
use crate::domain::hours::Hours;
use crate::domain::institution::InstitutionKind;
use crate::domain::outcome::TraineeGroup;
use crate::domain::recognition::{Recognition, RuleVersion, recognise};
use crate::store::connection::Conn;
use crate::store::deposits::OutcomeRow;
use crate::store::error::StoreError;
use crate::store::facts::{self as store, Left};
use crate::store::institutions::{self, InstitutionRow};
use crate::store::standards::{self, AchievementRow};
use crate::store::types::Document;

/// What a learner has earned, in the order of deposits, whatever became of its credit.
///
/// # Errors
/// When the database is away.
pub fn earned(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<OutcomeFacts>, OpError> {
    let mut all = facts_of_each(conn, &[learner_id], |_, _| true)?;
    Ok(all.pop().map(|(_, facts)| facts).unwrap_or_default())
}

/// What a learner can still convert on a day: every accepted or released outcome, in the order of deposits, but for those
/// whose credit is all used, held, expired or reversed. Credit whose last day is over counts as expired, whether the night's
/// job was there yet or not.
///
/// # Errors
/// When the database is away.
pub fn facts_of(conn: &mut Conn, learner_id: Uuid, day: NaiveDate) -> Result<Vec<OutcomeFacts>, OpError> {
    let used = store::used_as_a_whole(conn, &[learner_id])?;
    let mut all = facts_of_each(conn, &[learner_id], |outcome_id, left| is_left(&used, outcome_id, left))?;
    let mut facts = all.pop().map(|(_, facts)| facts).unwrap_or_default();
    facts.retain(|outcome| outcome.usable_until.is_none_or(|last| day <= last));
    Ok(facts)
}

/// Whether something of an outcome can still be converted: of one that brought credit, some of it is available.
fn is_left(used: &HashSet<Uuid>, outcome_id: Uuid, left: Left) -> bool {
    !used.contains(&outcome_id) && left.is_none_or(|(available, _)| available > 0)
}

/// What up to `limit` learners after `after` can still convert, in the order of learners; those without an outcome are
/// among them. The last learner is where the next page begins.
///
/// # Errors
/// When the database is away.
pub fn facts_of_all(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> Result<Vec<(Uuid, Vec<OutcomeFacts>)>, OpError> {
    let learner_ids = store::learner_ids_after(conn, after, limit)?;
    let used = store::used_as_a_whole(conn, &learner_ids)?;
    facts_of_each(conn, &learner_ids, |outcome_id, left| is_left(&used, outcome_id, left))
}

/// Set-based: so many statements for a thousand learners as for one.
fn facts_of_each(
    conn: &mut Conn,
    learner_ids: &[Uuid],
    counts: impl Fn(Uuid, Left) -> bool,
) -> Result<Vec<(Uuid, Vec<OutcomeFacts>)>, OpError> {
    let mut rows = store::standing_outcomes(conn, learner_ids)?;
    rows.retain(|(row, left)| counts(row.outcome_id.0, *left));
    let achievement_ids = unique(rows.iter().map(|(row, _)| row.achievement_id.0).collect());
    let institution_ids = unique(rows.iter().map(|(row, _)| row.institution_id.0).collect());
    let mut achievements = HashMap::new();
    for row in standards::achievements(conn, &achievement_ids)? {
        achievements.insert(row.achievement_id.0, facts_of_kind(&row)?);
    }
    let mut issuers = HashMap::new();
    for row in institutions::by_ids(conn, &institution_ids)? {
        issuers.insert(row.institution_id.0, issuer_of(&row)?);
    }
    let mut by_learner: HashMap<Uuid, Vec<OutcomeFacts>> = HashMap::new();
    for (row, left) in rows {
        let damaged = || StoreError::Damaged(format!("outcome {}", row.outcome_id.0));
        let achievement = achievements.get(&row.achievement_id.0).ok_or_else(damaged)?;
        let issuer = issuers.get(&row.institution_id.0).ok_or_else(damaged)?;
        let facts = of_outcome(achievement.clone(), issuer.clone(), &row, left).ok_or_else(damaged)?;
        by_learner.entry(row.learner_id.0).or_default().push(facts);
    }
    let of = |learner_id: &Uuid| (*learner_id, by_learner.remove(learner_id).unwrap_or_default());
    Ok(learner_ids.iter().map(of).collect())
}

fn unique(mut ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What an institution is to rules.
///
/// # Errors
/// When a stored value is damaged.
pub fn issuer_of(row: &InstitutionRow) -> Result<Issuer, StoreError> {
    let damaged = || StoreError::Damaged("an institution's kind".to_owned());
    Ok(Issuer {
        credit_code: row.credit_code.clone(),
        kind: InstitutionKind::parse(&row.kind).ok_or_else(damaged)?,
    })
}

/// What the achievement says of whoever earned it.
#[derive(Debug, Clone)]
struct KindFacts {
    name: String,
    name_english: Option<String>,
    code: String,
    kind: AchievementKind,
    family: Option<String>,
    rank: Option<i16>,
    level: Option<i16>,
    hours: Option<Hours>,
    details: KindFields,
}

fn facts_of_kind(row: &AchievementRow) -> Result<KindFacts, StoreError> {
    let damaged = || StoreError::Damaged(format!("achievement {}", row.achievement_id.0));
    let hours = row.hours_hundredths.map(Hours::from_hundredths).transpose();
    let Document(details) = row.details.clone();
    Ok(KindFacts {
        name: row.name_chinese.clone(),
        name_english: row.name_english.clone(),
        code: row.code.clone(),
        kind: AchievementKind::parse(&row.kind).ok_or_else(damaged)?,
        family: row.family.clone(),
        rank: row.rank,
        level: row.level,
        hours: hours.map_err(|_| damaged())?,
        details: serde_json::from_value(details).map_err(|_| damaged())?,
    })
}

/// The facts of an award on a day of which nothing else is known.
fn of_award(achievement: KindFacts, issuer: Issuer, key: String, awarded_on: NaiveDate) -> OutcomeFacts {
    OutcomeFacts {
        key,
        name: achievement.name,
        name_english: achievement.name_english,
        achievement: achievement.code,
        kind: achievement.kind,
        family: achievement.family,
        rank: achievement.rank,
        level: achievement.level,
        education_level: achievement.details.education_level,
        tags: achievement.details.tags,
        issuer,
        bank_credit: Credit::ZERO,
        original_credit: None,
        hours: achievement.hours,
        score: None,
        grade: None,
        awarded_on,
        usable_until: None,
        contest_scope: achievement.details.contest_scope,
        contest: None,
        verification: Verification::Verified,
        trainee_group: None,
    }
}

/// The facts of an outcome; `None` where a stored value is damaged. Scores and credits are kept as given, in any form:
/// what is no number of two decimals (and of a score no more than 100) is no fact. Hours that were not given are those
/// of the achievement, as in recognition.
fn of_outcome(achievement: KindFacts, issuer: Issuer, row: &OutcomeRow, left: Left) -> Option<OutcomeFacts> {
    let (available, usable_until) = left.unwrap_or_default();
    let award = of_award(achievement, issuer, row.outcome_id.0.to_string(), row.awarded_on);
    Some(OutcomeFacts {
        bank_credit: Credit::from_hundredths(available).ok()?,
        original_credit: row.original_credits.as_deref().and_then(|text| text.trim().parse().ok()),
        hours: match row.hours_hundredths {
            Some(hundredths) => Some(Hours::from_hundredths(hundredths).ok()?),
            None => award.hours,
        },
        score: row.score.as_deref().and_then(|text| text.trim().parse().ok()),
        grade: row.grade.clone(),
        usable_until,
        contest: match &row.contest {
            Some(document) => Some(serde_json::from_value(document.0.clone()).ok()?),
            None => None,
        },
        trainee_group: match &row.trainee_group {
            Some(word) => Some(TraineeGroup::parse(word)?),
            None => None,
        },
        ..award
    })
}

/// The facts of a published achievement as if it were awarded on a day, with the bank credit that `rules` would give it
/// today, and how they come to it.
///
/// # Errors
/// When a stored value is damaged.
pub fn facts_of_achievement(
    achievement: &AchievementRow,
    issuer: Issuer,
    rules: &[RuleVersion],
    awarded_on: NaiveDate,
    hours: Option<Hours>,
    today: NaiveDate,
) -> Result<(OutcomeFacts, Recognition), OpError> {
    let recognition = recognise(&inputs_of(achievement, awarded_on, hours, today)?, rules);
    let key = achievement.achievement_id.0.to_string();
    let award = of_award(facts_of_kind(achievement)?, issuer, key, awarded_on);
    let facts = OutcomeFacts {
        bank_credit: recognition.credit,
        usable_until: recognition.usable_until,
        hours: hours.or(award.hours),
        ..award
    };
    Ok((facts, recognition))
}
