//! That one learner earned one achievement on one date: statuses, flags, and what a repeated deposit may differ in.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::hours::Hours;
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
    }
}

words! {
    /// Why an outcome waits for a person.
    pub enum OutcomeFlag {
        AwardedAfterClosure => "awarded_after_closure",
        AwardedBeforeValidity => "awarded_before_validity",
        CertificateNumberPattern => "certificate_number_pattern",
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

/// Which outcomes to list.
#[derive(Debug, Clone, Default)]
pub struct OutcomeFilter {
    pub learner_id: Option<Uuid>,
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
