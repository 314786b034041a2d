//! That one learner earned one achievement on one date: statuses, flags, and what a repeated deposit may differ in.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::hours::Hours;
use super::language::Language;
use super::text::is_line;
use super::words::words;

/// More hours than these for one outcome are a slip of the pen.
pub const HOURS_MAX_HUNDREDTHS: i64 = 20_000 * 100;

words! {
    /// Where an outcome stands.
    pub enum OutcomeStatus {
        /// Taken as given; a decision was made at once.
        Accepted => "accepted",
        /// Held for a person to look at; no credit until then.
        Flagged => "flagged",
        /// Looked at and let through; decided then.
        Released => "released",
        /// Looked at and refused; it stays on record without credit.
        Refused => "refused",
        /// Taken back by a correction; it stays on record without credit.
        Withdrawn => "withdrawn",
        /// Another outcome took its place by a correction.
        Corrected => "corrected",
    }
}

impl OutcomeStatus {
    /// What people call it.
    pub const fn called(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::Accepted => ("已认可", "accepted"),
            Self::Flagged => ("待核实", "waiting to be checked"),
            Self::Released => ("核实后认可", "accepted after a check"),
            Self::Refused => ("未认可", "refused"),
            Self::Withdrawn => ("已撤回", "withdrawn"),
            Self::Corrected => ("已更正", "corrected"),
        };
        match language {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }

    /// Whether it counts: rules judge by it, and a correction has something to do.
    pub fn stands(self) -> bool {
        matches!(self, Self::Accepted | Self::Released)
    }

    /// Whether a correction ends it: what waits for a person too.
    pub fn may_be_corrected(self) -> bool {
        self.stands() || self == Self::Flagged
    }
}

words! {
    /// Why an outcome waits for a person.
    pub enum OutcomeFlag {
        AwardedAfterClosure => "awarded_after_closure",
        AwardedBeforeValidity => "awarded_before_validity",
        CertificateNumberPattern => "certificate_number_pattern",
        /// The learner has a higher rank of the family already.
        LowerRankAfterHigher => "lower_rank_after_higher",
        /// The same training on the same day, with other figures.
        SameTrainingAgain => "same_training_again",
        /// What seems to be the same training under another name.
        SameTrainingInOtherWords => "same_training_in_other_words",
        /// Another institution has deposited the same.
        SameRecordElsewhere => "same_record_elsewhere",
        /// The person seems to have an account under another number.
        OnePersonTwoNumbers => "one_person_two_numbers",
    }
}

words! {
    /// The trainee groups of paragraph 17 of the city's plan.
    pub enum TraineeGroup {
        UnemployedGraduate => "unemployed_graduate",
        Veteran => "veteran",
        MigrantWorker => "migrant_worker",
        SkilledFarmer => "skilled_farmer",
        DisabledPerson => "disabled_person",
        LaidOffWorker => "laid_off_worker",
        EnterpriseEmployee => "enterprise_employee",
    }
}

/// What a contest ended with for one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContestResult {
    /// The event: results of the same one are told by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 100, example = "henan-skills-2024")]
    pub event: Option<String>,
    /// The place or the class of prize, 1 the highest (一等奖).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 999, example = 1)]
    pub place: Option<u16>,
    /// The person's place in the team's list, 1 the first; absent for one who stood alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 99, example = 2)]
    pub team_position: Option<u16>,
}

impl ContestResult {
    /// The fields that have no lawful value, each with a sentence.
    pub fn problems(&self) -> Vec<(&'static str, &'static str)> {
        let mut problems = Vec::new();
        let mut refuse = |wrong: bool, pointer, detail| {
            if wrong {
                problems.push((pointer, detail));
            }
        };
        let unreadable = |text: &str| !is_line(text, 100);
        refuse(*self == Self::default(), "/contest", "must name at least one property");
        refuse(
            self.event.as_deref().is_some_and(unreadable),
            "/contest/event",
            "must have 1 to 100 characters",
        );
        refuse(
            self.place.is_some_and(|place| !(1..=999).contains(&place)),
            "/contest/place",
            "must be 1 to 999",
        );
        refuse(
            self.team_position.is_some_and(|position| !(1..=99).contains(&position)),
            "/contest/team_position",
            "must be 1 to 99",
        );
        problems
    }
}

/// Which outcomes to list.
#[derive(Debug, Clone, Default)]
pub struct OutcomeFilter {
    pub learner_id: Option<Uuid>,
    /// Of the learner whose account has this number, however it is written.
    pub account_number: Option<String>,
    pub institution_id: Option<Uuid>,
    pub achievement_id: Option<Uuid>,
    pub certificate_number: Option<String>,
    pub status: Option<OutcomeStatus>,
    pub awarded_from: Option<NaiveDate>,
    pub awarded_to: Option<NaiveDate>,
    pub deposited_before: Option<DateTime<Utc>>,
}

/// What the institution said about the outcome, kept as given for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeContent {
    pub learner: String,
    pub achievement: String,
    pub awarded_on: NaiveDate,
    pub certificate_number: Option<String>,
    pub grade: Option<String>,
    pub grading_scale: Option<String>,
    pub score: Option<String>,
    pub hours: Option<Hours>,
    pub credits: Option<String>,
    pub trainee_group: Option<TraineeGroup>,
    pub contest: Option<ContestResult>,
}

impl OutcomeContent {
    /// SHA-256 of the content; equal for equal content on both back ends.
    pub fn digest(&self) -> [u8; 32] {
        // A struct of texts and numbers always serialises; an empty text here would only make two contents differ.
        Sha256::digest(serde_json::to_vec(self).unwrap_or_default()).into()
    }
}

/// Why a date or a number of hours is refused before anything else is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Implausible {
    AwardedInTheFuture,
    AwardedTooLongAgo,
    HoursNotPositive,
    HoursTooMany,
}

/// Refuses future dates, dates of more than a century ago, and absurd hours.
pub fn implausible(awarded_on: NaiveDate, hours: Option<Hours>, today: NaiveDate) -> Option<Implausible> {
    let oldest = today.checked_sub_days(Days::new(36_525)).unwrap_or(NaiveDate::MIN);
    if awarded_on > today {
        return Some(Implausible::AwardedInTheFuture);
    }
    if awarded_on < oldest {
        return Some(Implausible::AwardedTooLongAgo);
    }
    match hours.map(Hours::hundredths) {
        Some(hours) if hours <= 0 => Some(Implausible::HoursNotPositive),
        Some(hours) if hours > HOURS_MAX_HUNDREDTHS => Some(Implausible::HoursTooMany),
        _ => None,
    }
}
