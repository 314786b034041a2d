//! What a credential says, from the bank's records: outcomes with what the institution gave and what the bank recognised.

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::issuers::issuer_of;
use crate::credentials::badge::{Achievement, Badge, Level, Original, Profile, Recognised, Scheme};
use crate::credentials::status::StatusEntry;
use crate::domain::achievement::AchievementKind;
use crate::domain::credit::Credit;
use crate::domain::hours::Hours;
use crate::ops::context::{Bank, Context};
use crate::ops::error::OpError;
use crate::ops::frameworks::Framework;
use crate::store::connection::Conn;
use crate::store::deposits::{LotRow, OutcomeRow};
use crate::store::error::StoreError;
use crate::store::institutions::{self, InstitutionRow};
use crate::store::standards::{self, AchievementRow};
use crate::store::{frameworks, records};

/// What belongs to some outcomes of a learner.
pub(super) struct Around {
    achievements: HashMap<Uuid, AchievementRow>,
    institutions: HashMap<Uuid, InstitutionRow>,
    frameworks: HashMap<Uuid, Framework>,
    lots: HashMap<Uuid, LotRow>,
}

/// The bank as an issuer.
///
/// # Errors
/// As [`issuer_of`].
pub(in crate::ops) fn bank_profile(bank: &Bank) -> Result<Profile, OpError> {
    Ok(Profile {
        id: issuer_of(bank, None)?,
        name: [Some(&bank.name.zh), bank.name.en.as_ref()]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join(" "),
        url: Some(bank.outside.public_url.clone()),
    })
}

fn damaged(row: &OutcomeRow) -> StoreError {
    StoreError::Damaged(format!("outcome {}", row.outcome_id.0))
}

impl Around {
    /// Reads it.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn load(conn: &mut Conn, learner_id: Uuid, rows: &[OutcomeRow]) -> Result<Self, OpError> {
        let achievement_ids: Vec<Uuid> = rows.iter().map(|row| row.achievement_id.0).collect();
        let achievements = standards::achievements(conn, &achievement_ids)?;
        let of_outcomes = rows.iter().map(|row| row.institution_id.0);
        let involved: BTreeSet<Uuid> = of_outcomes.chain(achievements.iter().map(|row| row.institution_id.0)).collect();
        let involved: Vec<Uuid> = involved.into_iter().collect();
        let mut named = HashMap::new();
        for framework_id in achievements.iter().filter_map(|row| row.framework_id.as_ref()) {
            if !named.contains_key(&framework_id.0)
                && let Some(row) = frameworks::find(conn, framework_id.0)?
            {
                named.insert(framework_id.0, Framework::try_from(row)?);
            }
        }
        let lots = records::lots_of(conn, learner_id)?;
        Ok(Self {
            achievements: achievements.into_iter().map(|row| (row.achievement_id.0, row)).collect(),
            institutions: institutions::by_ids(conn, &involved)?
                .into_iter()
                .map(|row| (row.institution_id.0, row))
                .collect(),
            frameworks: named,
            lots: lots.into_iter().map(|row| (row.outcome_id.0, row)).collect(),
        })
    }

    fn profile(&self, bank: &Bank, institution_id: Uuid) -> Result<Option<Profile>, OpError> {
        let Some(row) = self.institutions.get(&institution_id) else {
            return Ok(None);
        };
        Ok(Some(Profile {
            id: issuer_of(bank, Some(institution_id))?,
            name: row.name.clone(),
            url: None,
        }))
    }

    /// The badge of an outcome.
    ///
    /// # Errors
    /// When a stored value is damaged.
    pub(super) fn badge(
        &self,
        bank: &Bank,
        context: &Context,
        row: &OutcomeRow,
        document_id: Uuid,
        to: (&str, Option<&String>),
        status: StatusEntry,
    ) -> Result<Badge, OpError> {
        let broken = || damaged(row);
        let (learner_name, holder) = to;
        let issuer = self.profile(bank, row.institution_id.0)?.ok_or_else(broken)?;
        let hours = row.hours_hundredths.map(Hours::from_hundredths).transpose().map_err(|_| broken())?;
        Ok(Badge {
            id: document_id,
            issuer,
            valid_from: context.now,
            offset: bank.offset,
            awarded_on: row.awarded_on,
            certificate_number: row.certificate_number.clone(),
            holder: holder.cloned(),
            learner_name: learner_name.to_owned(),
            achievement: self.achievement(bank, row)?,
            original: Original {
                grade: row.grade.clone(),
                grading_scale: row.grading_scale.clone(),
                score: row.score.clone(),
                hours: hours.map(|hours| hours.to_string()),
                credits: row.original_credits.clone(),
            },
            recognised: self.recognised(bank, row)?,
            status,
        })
    }

    fn achievement(&self, bank: &Bank, row: &OutcomeRow) -> Result<Achievement, OpError> {
        let broken = || damaged(row);
        let of = self.achievements.get(&row.achievement_id.0).ok_or_else(broken)?;
        let creator = self.profile(bank, of.institution_id.0)?.ok_or_else(broken)?;
        let name = match &of.name_english {
            Some(english) => format!("{} {english}", of.name_chinese),
            None => of.name_chinese.clone(),
        };
        Ok(Achievement {
            id: format!("{}/api/v1/achievements/{}", bank.outside.public_url, of.achievement_id.0),
            code: of.code.clone(),
            version: of.version,
            kind: AchievementKind::parse(&of.kind).ok_or_else(broken)?,
            criteria: format!(
                "达到{}公布的学习成果标准 {}（第 {} 版）。Meets the published standard {} (version {}).",
                creator.name, of.code, of.version, of.code, of.version
            ),
            name,
            creator,
            level: self.level(bank, of),
        })
    }

    fn level(&self, bank: &Bank, of: &AchievementRow) -> Option<Level> {
        let framework = self.frameworks.get(&of.framework_id.as_ref()?.0)?;
        let level = framework.levels.iter().find(|level| Some(level.level) == of.level)?;
        Some(Level {
            framework: format!("{} {}", framework.name_chinese, framework.name_english),
            code: level.level.to_string(),
            name: format!("{} {}", level.name_chinese, level.name_english),
            url: format!(
                "{}/api/v1/frameworks#{}-{}",
                bank.outside.public_url, framework.framework_id, level.level
            ),
        })
    }

    /// The credit that the outcome brought, by the decision that its lot names.
    fn recognised(&self, bank: &Bank, row: &OutcomeRow) -> Result<Option<Recognised>, OpError> {
        let Some(lot) = self.lots.get(&row.outcome_id.0) else {
            return Ok(None);
        };
        let broken = || damaged(row);
        Ok(Some(Recognised {
            credit: Credit::from_hundredths(lot.granted_hundredths).map_err(|_| broken())?,
            scheme: Scheme {
                name: "学分银行学分 Bank credit".to_owned(),
                url: format!("{}#bank-credit", bank.outside.public_url),
            },
            decision: lot.decision_id.0.to_string(),
        }))
    }
}
