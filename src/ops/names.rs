//! What people call the things that lists name by ids.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::bilingual::Bilingual;
use crate::store::connection::Conn;
use crate::store::error::StoreError;
use crate::store::standards::AchievementRow;
use crate::store::{institutions, programmes, records, standards};

/// An outcome with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NamedOutcome {
    pub outcome_id: Uuid,
    /// What its achievement is called.
    pub name: Bilingual,
}

/// The ids whose names are wanted.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids {
    pub(super) institutions: Vec<Uuid>,
    pub(super) programmes: Vec<Uuid>,
    pub(super) achievements: Vec<Uuid>,
    pub(super) outcomes: Vec<Uuid>,
}

/// The names, by ids.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    institutions: HashMap<Uuid, String>,
    programmes: HashMap<Uuid, Bilingual>,
    achievements: HashMap<Uuid, Bilingual>,
    /// The achievement of each outcome.
    outcomes: HashMap<Uuid, Uuid>,
}

fn unique(ids: &[Uuid]) -> Vec<Uuid> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn name_of(row: AchievementRow) -> Bilingual {
    Bilingual {
        zh: row.name_chinese,
        en: row.name_english,
    }
}

impl Names {
    /// Reads them, in as many statements for a page as for one.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn load(conn: &mut Conn, ids: &Ids) -> Result<Self, StoreError> {
        let mut names = Self::default();
        if !ids.institutions.is_empty() {
            let rows = institutions::by_ids(conn, &unique(&ids.institutions))?;
            names.institutions = rows.into_iter().map(|row| (row.institution_id.0, row.name)).collect();
        }
        if !ids.programmes.is_empty() {
            let rows = programmes::by_ids(conn, &unique(&ids.programmes))?;
            let called = rows.into_iter().map(|row| {
                let name = Bilingual {
                    zh: row.name_chinese,
                    en: row.name_english,
                };
                (row.programme_id.0, name)
            });
            names.programmes = called.collect();
        }
        let mut achievements = ids.achievements.clone();
        if !ids.outcomes.is_empty() {
            names.outcomes = records::achievements_of(conn, &unique(&ids.outcomes))?.into_iter().collect();
            achievements.extend(names.outcomes.values());
        }
        if !achievements.is_empty() {
            let rows = standards::achievements(conn, &unique(&achievements))?;
            names.achievements = rows.into_iter().map(|row| (row.achievement_id.0, name_of(row))).collect();
        }
        Ok(names)
    }

    pub(super) fn institution(&self, institution_id: Uuid) -> Option<String> {
        self.institutions.get(&institution_id).cloned()
    }

    pub(super) fn programme(&self, programme_id: Uuid) -> Option<Bilingual> {
        self.programmes.get(&programme_id).cloned()
    }

    pub(super) fn achievement(&self, achievement_id: Uuid) -> Option<Bilingual> {
        self.achievements.get(&achievement_id).cloned()
    }

    pub(super) fn outcome(&self, outcome_id: Uuid) -> Option<Bilingual> {
        self.outcomes
            .get(&outcome_id)
            .and_then(|achievement_id| self.achievement(*achievement_id))
    }

    /// Outcomes with their names; one that is not there has none.
    pub(super) fn of_outcomes(&self, outcome_ids: &[Uuid]) -> Vec<NamedOutcome> {
        let named = outcome_ids.iter().filter_map(|outcome_id| {
            Some(NamedOutcome {
                outcome_id: *outcome_id,
                name: self.outcome(*outcome_id)?,
            })
        });
        named.collect()
    }
}
