//! The outcomes of a learner that stand, with all that papers and exports say of them.

use std::collections::HashMap;

use uuid::Uuid;

use super::disputes::{Dispute, disputes};
use super::frameworks::Level;
use crate::domain::achievement::AchievementKind;
use crate::domain::bilingual::Bilingual;
use crate::domain::credit::Credit;
use crate::domain::hours::Hours;
use crate::domain::list::ListPlace;
use crate::domain::outcome::{OutcomeFilter, OutcomeStatus};
use crate::domain::record_line::{Issuer, NamedLevel, RecordLine};
use crate::store::connection::Conn;
use crate::store::deposits::{self, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::frameworks::FrameworkRow;
use crate::store::institutions::InstitutionRow;
use crate::store::standards::{self, AchievementRow};
use crate::store::{frameworks, institutions, records};

/// Whether an outcome stands: what was withdrawn, corrected or refused, and what waits for a person, does not.
pub(super) fn stands(row: &OutcomeRow) -> bool {
    OutcomeStatus::parse(&row.status).is_some_and(OutcomeStatus::stands)
}

/// Every outcome of a learner that stands.
///
/// # Errors
/// When the database refuses.
pub(super) fn standing_outcomes(conn: &mut Conn, learner_id: Uuid) -> Result<Vec<OutcomeRow>, StoreError> {
    let filter = OutcomeFilter {
        learner_id: Some(learner_id),
        ..OutcomeFilter::default()
    };
    let mut rows = records::outcomes(conn, &filter, ListPlace::Newest(None), i64::MAX)?;
    rows.retain(stands);
    Ok(rows)
}

/// The lines of some outcomes, by the day on which they were earned.
///
/// # Errors
/// When the database refuses.
pub(super) fn lines_of(conn: &mut Conn, mut rows: Vec<OutcomeRow>) -> Result<Vec<RecordLine>, StoreError> {
    rows.sort_by_key(|row| (row.awarded_on, row.outcome_id.0));
    let around = Around::load(conn, &rows)?;
    rows.into_iter().map(|row| around.line(row)).collect()
}

/// What belongs to some outcomes.
struct Around {
    achievements: HashMap<Uuid, AchievementRow>,
    institutions: HashMap<Uuid, InstitutionRow>,
    credits: HashMap<Uuid, i64>,
    disputed: HashMap<Uuid, Dispute>,
    frameworks: HashMap<Uuid, (FrameworkRow, Vec<Level>)>,
}

impl Around {
    fn load(conn: &mut Conn, rows: &[OutcomeRow]) -> Result<Self, StoreError> {
        let mut achievement_ids: Vec<Uuid> = rows.iter().map(|row| row.achievement_id.0).collect();
        let mut institution_ids: Vec<Uuid> = rows.iter().map(|row| row.institution_id.0).collect();
        for ids in [&mut achievement_ids, &mut institution_ids] {
            ids.sort_unstable();
            ids.dedup();
        }
        let (learner_ids, outcome_ids): (Vec<Uuid>, Vec<Uuid>) = rows.iter().map(|row| (row.learner_id.0, row.outcome_id.0)).unzip();
        let achievements = standards::achievements(conn, &achievement_ids)?;
        let institutions = institutions::by_ids(conn, &institution_ids)?;
        let decisions = deposits::decisions_of(conn, rows.iter())?;
        Ok(Self {
            frameworks: frameworks_of(conn, &achievements)?,
            achievements: achievements.into_iter().map(|row| (row.achievement_id.0, row)).collect(),
            institutions: institutions.into_iter().map(|row| (row.institution_id.0, row)).collect(),
            credits: decisions.into_iter().map(|row| (row.outcome_id.0, row.credit_hundredths)).collect(),
            disputed: disputes(conn, &learner_ids, &outcome_ids)?,
        })
    }

    fn level(&self, achievement: &AchievementRow) -> Option<NamedLevel> {
        let level = achievement.level?;
        let (framework, levels) = self.frameworks.get(&achievement.framework_id.as_ref()?.0)?;
        let found = levels.iter().find(|known| known.level == level)?;
        Some(NamedLevel {
            framework_code: framework.code.clone(),
            framework: both(&framework.name_chinese, Some(&framework.name_english)),
            level,
            name: both(&found.name_chinese, Some(&found.name_english)),
        })
    }

    fn line(&self, row: OutcomeRow) -> Result<RecordLine, StoreError> {
        let broken = || StoreError::Damaged(format!("outcome {}", row.outcome_id.0));
        let achievement = self.achievements.get(&row.achievement_id.0).ok_or_else(broken)?;
        let institution = self.institutions.get(&row.institution_id.0).ok_or_else(broken)?;
        let credit = self.credits.get(&row.outcome_id.0).copied();
        Ok(RecordLine {
            outcome_id: row.outcome_id.0,
            achievement_code: achievement.code.clone(),
            name: both(&achievement.name_chinese, achievement.name_english.as_deref()),
            kind: AchievementKind::parse(&achievement.kind).ok_or_else(broken)?,
            level: self.level(achievement),
            issuer: Issuer {
                institution_id: institution.institution_id.0,
                name: institution.name.clone(),
                credit_code: institution.credit_code.clone(),
            },
            awarded_on: row.awarded_on,
            hours: row.hours_hundredths.map(Hours::from_hundredths).transpose().map_err(|_| broken())?,
            credit: credit.map(Credit::from_hundredths).transpose().map_err(|_| broken())?,
            disputed: self.disputed.contains_key(&row.outcome_id.0),
            certificate_number: row.certificate_number,
            grade: row.grade,
            grading_scale: row.grading_scale,
            score: row.score,
            original_credits: row.original_credits,
        })
    }
}

fn both(chinese: &str, english: Option<&str>) -> Bilingual {
    Bilingual {
        zh: chinese.to_owned(),
        en: english.map(str::to_owned),
    }
}

/// The frameworks of some achievements, with their levels; there are few.
fn frameworks_of(conn: &mut Conn, achievements: &[AchievementRow]) -> Result<HashMap<Uuid, (FrameworkRow, Vec<Level>)>, StoreError> {
    let mut found = HashMap::new();
    for framework_id in achievements.iter().filter_map(|row| Some(row.framework_id.as_ref()?.0)) {
        if !found.contains_key(&framework_id)
            && let Some(row) = frameworks::find(conn, framework_id)?
        {
            let levels = serde_json::from_value(row.levels.0.clone());
            let levels = levels.map_err(|_| StoreError::Damaged(format!("framework {framework_id}")))?;
            found.insert(framework_id, (row, levels));
        }
    }
    Ok(found)
}
