//! What an institution says of an outcome, as it is typed: to deposit one, or to put one right.

use serde::Deserialize;

use crate::domain::achievement::AchievementKind;
use crate::domain::outcome::{ContestResult, TraineeGroup};
use crate::http::typed::Typed;
use crate::ops::outcomes::OutcomeView;

/// The fields as they are typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    pub(super) awarded_on: String,
    #[serde(default)]
    pub(super) certificate_number: String,
    #[serde(default)]
    pub(super) grade: String,
    #[serde(default)]
    pub(super) grading_scale: String,
    #[serde(default)]
    pub(super) score: String,
    #[serde(default)]
    pub(super) hours: String,
    #[serde(default)]
    pub(super) credits: String,
    #[serde(default)]
    pub(super) trainee_group: String,
    #[serde(default)]
    event: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    team_position: String,
}

/// A field of the form beside those that every outcome has.
pub(super) struct Field<'a> {
    pub(super) name: &'static str,
    pub(super) value: &'a str,
    /// The most characters.
    pub(super) most: u8,
}

/// The fields that any outcome may have; those of a contest are among what a contest wants.
const FIELDS: [&str; 7] = [
    "certificate_number",
    "grade",
    "grading_scale",
    "score",
    "hours",
    "credits",
    "trainee_group",
];

/// The fields that a kind of achievement wants, the most important first.
fn wanted(kind: AchievementKind) -> &'static [&'static str] {
    match kind {
        AchievementKind::Diploma => &["certificate_number", "grade"],
        AchievementKind::SkillCertificate | AchievementKind::OccupationalCertificate => &["certificate_number", "score", "grade"],
        AchievementKind::Training => &["hours", "certificate_number", "trainee_group", "score"],
        AchievementKind::Course => &["score", "grade", "grading_scale", "credits", "hours"],
        AchievementKind::Contest => &["event", "place", "team_position", "certificate_number"],
        AchievementKind::WorkExperience => &["certificate_number", "hours"],
        AchievementKind::Other => &["certificate_number", "hours", "score"],
    }
}

impl Given {
    /// What an outcome says now, to be put right.
    pub(super) fn of(outcome: &OutcomeView) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let contest = outcome.contest.clone().unwrap_or_default();
        Self {
            awarded_on: outcome.awarded_on.to_string(),
            certificate_number: text(&outcome.certificate_number),
            grade: text(&outcome.grade),
            grading_scale: text(&outcome.grading_scale),
            score: text(&outcome.score),
            hours: outcome.hours.map(|hours| hours.to_string()).unwrap_or_default(),
            credits: text(&outcome.credits),
            trainee_group: outcome.trainee_group.map(|group| group.to_string()).unwrap_or_default(),
            event: contest.event.unwrap_or_default(),
            place: contest.place.map(|place| place.to_string()).unwrap_or_default(),
            team_position: contest.team_position.map(|position| position.to_string()).unwrap_or_default(),
        }
    }

    fn field(&self, name: &'static str) -> Field<'_> {
        let (value, most) = match name {
            "certificate_number" => (&self.certificate_number, 64),
            "grade" => (&self.grade, 40),
            "grading_scale" => (&self.grading_scale, 40),
            "score" => (&self.score, 40),
            "hours" => (&self.hours, 10),
            "credits" => (&self.credits, 40),
            "trainee_group" => (&self.trainee_group, 40),
            "event" => (&self.event, 100),
            "place" => (&self.place, 3),
            _ => (&self.team_position, 2),
        };
        Field { name, value, most }
    }

    /// The fields that a kind wants.
    pub(super) fn fields(&self, kind: AchievementKind) -> Vec<Field<'_>> {
        wanted(kind).iter().map(|name| self.field(name)).collect()
    }

    /// The other fields that it may have.
    pub(super) fn more_fields(&self, kind: AchievementKind) -> Vec<Field<'_>> {
        let others = FIELDS.iter().filter(|name| !wanted(kind).contains(name));
        others.map(|name| self.field(name)).collect()
    }

    /// All fields that it may have, in the same order.
    pub(super) fn all_fields(&self, kind: AchievementKind) -> Vec<Field<'_>> {
        self.fields(kind).into_iter().chain(self.more_fields(kind)).collect()
    }

    /// What a contest ended with, if anything is said of it.
    pub(super) fn contest(&self, typed: &mut Typed, place: &str) -> Option<ContestResult> {
        let contest = ContestResult {
            event: Typed::text(&self.event),
            place: typed.number(&format!("{place}/contest/place"), &self.place),
            team_position: typed.number(&format!("{place}/contest/team_position"), &self.team_position),
        };
        (contest != ContestResult::default()).then_some(contest)
    }

    /// The trainee group, if one is said.
    pub(super) fn group(&self) -> Option<TraineeGroup> {
        TraineeGroup::parse(&self.trainee_group)
    }
}
