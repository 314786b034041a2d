//! The published achievements that a slice names, found without looking through all of them for each row.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use uuid::Uuid;

use super::NewOutcome;
use crate::domain::rejection::Rejection;
use crate::store::standards::AchievementRow;

pub(super) struct Achievements {
    /// The versions, by institution and code.
    versions: HashMap<(Uuid, String), Vec<Rc<AchievementRow>>>,
    /// The codes that some institution has.
    codes: HashSet<String>,
}

impl Achievements {
    pub(super) fn new(rows: Vec<AchievementRow>) -> Self {
        let codes = rows.iter().map(|row| row.code.clone()).collect();
        let mut versions: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            let place = (row.institution_id.0, row.code.clone());
            versions.entry(place).or_default().push(Rc::new(row));
        }
        Self { versions, codes }
    }

    /// All versions of all institutions with a code.
    pub(super) fn of_code(&self, code: &str) -> impl Iterator<Item = &AchievementRow> {
        self.versions.values().flatten().map(Rc::as_ref).filter(move |row| row.code == code)
    }

    /// The newest published version with the code that was in force on the award date, else the oldest.
    ///
    /// # Errors
    /// `ForeignAchievement`, `UnknownAchievement`.
    pub(super) fn of(&self, new: &NewOutcome) -> Result<Rc<AchievementRow>, Rejection> {
        let place = (new.institution_id, new.achievement_code.clone());
        let own = || self.versions.get(&place).into_iter().flatten();
        let begun = own().filter(|row| row.valid_from <= new.awarded_on).max_by_key(|row| row.version);
        let found = begun.or_else(|| own().min_by_key(|row| row.version)).cloned();
        let (_, code) = place;
        match found {
            Some(found) => Ok(found),
            None if self.codes.contains(&code) => Err(Rejection::ForeignAchievement { code }),
            None => Err(Rejection::UnknownAchievement { code }),
        }
    }
}
