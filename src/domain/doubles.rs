//! Doubles 疑似重复: what is already in a learner's record, or looks as if it were. The very same is there already; what only
//! looks like it is held for a person, who sees both records. Nothing is ever merged.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::hours::Hours;
use super::outcome::OutcomeFlag;
use super::text::alike;

/// How many days apart one training may be reported in different words.
pub const DAYS_APART_MAX: i64 = 7;

/// How alike the names of one training are at least, in thousandths.
const ALIKE_LEAST: u32 = 750;

/// Words that most names of trainings share, and that tell none from another.
const COMMON_WORDS: [&str; 12] = [
    "技能",
    "提升",
    "培训",
    "培育",
    "专题",
    "教育",
    "课程",
    "职业",
    "training",
    "course",
    "programme",
    "program",
];

/// What was achieved, as far as doubles are told by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standard {
    pub institution_id: Uuid,
    pub code: String,
    pub family: Option<String>,
    pub rank: Option<i16>,
    /// The name without the words that most names share.
    telling: String,
}

impl Standard {
    /// Of an achievement with a name.
    pub fn new(institution_id: Uuid, code: &str, family: Option<&str>, rank: Option<i16>, name: &str) -> Self {
        let whole: String = name.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect();
        let mut telling = whole.clone();
        for word in COMMON_WORDS {
            telling = telling.replace(word, "");
        }
        Self {
            institution_id,
            code: code.to_owned(),
            family: family.map(str::to_owned),
            rank,
            telling: if telling.is_empty() { whole } else { telling },
        }
    }

    fn is(&self, other: &Self) -> bool {
        self.institution_id == other.institution_id && self.code == other.code
    }

    fn is_alike(&self, other: &Self) -> bool {
        alike(&self.telling, &other.telling) >= ALIKE_LEAST
    }
}

/// An outcome of a learner, as far as doubles are told by it.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Absent of one that a dry run has imagined.
    pub outcome_id: Option<Uuid>,
    /// Who deposits it.
    pub institution_id: Uuid,
    pub standard: Arc<Standard>,
    pub awarded_on: NaiveDate,
    pub hours: Option<Hours>,
    pub certificate_number: Option<Box<str>>,
}

/// What an outcome looks like, and why: both records are for a person to compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Double {
    pub flag: OutcomeFlag,
    /// The outcome that it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome_id: Option<Uuid>,
    /// The account that may be the same person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learner_id: Option<Uuid>,
}

/// Why a new outcome looks like one that the learner has; `None` where it does not.
pub fn flag(new: &Fact, known: &Fact) -> Option<OutcomeFlag> {
    let (one, other) = (&new.standard, &known.standard);
    let is_lower = one.family.is_some() && one.family == other.family && one.rank.zip(other.rank).is_some_and(|(one, other)| one < other);
    // Whoever has a higher rank of a family hardly sits the examination for a lower one.
    if is_lower && new.awarded_on >= known.awarded_on {
        return Some(OutcomeFlag::LowerRankAfterHigher);
    }
    let elsewhere = new.institution_id != known.institution_id;
    match (&new.certificate_number, &known.certificate_number) {
        (Some(one), Some(other)) => return (elsewhere && one == other).then_some(OutcomeFlag::SameRecordElsewhere),
        // A certificate and its training are two things that belong together.
        (Some(_), None) | (None, Some(_)) => return None,
        (None, None) => {}
    }
    let apart = (new.awarded_on - known.awarded_on).abs();
    let same_hours = new.hours.is_none() || known.hours.is_none() || new.hours == known.hours;
    if one.is(other) {
        return (apart.is_zero() && !elsewhere).then_some(OutcomeFlag::SameTrainingAgain);
    }
    if apart > TimeDelta::days(DAYS_APART_MAX) || !same_hours || !one.is_alike(other) {
        return None;
    }
    match elsewhere && apart.is_zero() && one.telling == other.telling {
        true => Some(OutcomeFlag::SameRecordElsewhere),
        false => Some(OutcomeFlag::SameTrainingInOtherWords),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Uuid = Uuid::from_u128(1);
    const THERE: Uuid = Uuid::from_u128(2);

    fn training(institution_id: Uuid, code: &str, name: &str, day: &str, hours: &str) -> Fact {
        Fact {
            outcome_id: None,
            institution_id,
            standard: Arc::new(Standard::new(institution_id, code, None, None, name)),
            awarded_on: day.parse().unwrap(),
            hours: (!hours.is_empty()).then(|| hours.parse().unwrap()),
            certificate_number: None,
        }
    }

    fn certificate(institution_id: Uuid, rank: i16, day: &str, number: &str) -> Fact {
        Fact {
            standard: Arc::new(Standard::new(
                institution_id,
                &format!("elec-{rank}"),
                Some("elec"),
                Some(rank),
                "电工",
            )),
            certificate_number: Some(number.into()),
            ..training(institution_id, "", "", day, "")
        }
    }

    #[test]
    fn what_looks_like_a_double_and_what_does_not() {
        use OutcomeFlag as F;
        let care = training(HERE, "tr-care", "养老护理技能提升培训", "2024-03-01", "60");
        let cases = [
            (
                training(HERE, "tr-care", "养老护理技能提升培训", "2024-03-01", "56"),
                Some(F::SameTrainingAgain),
            ),
            // Every year again is what such trainings are for.
            (training(HERE, "tr-care", "养老护理技能提升培训", "2024-03-02", "60"), None),
            (
                training(HERE, "tr-care-2", "养老护理员技能培训", "2024-03-05", "60"),
                Some(F::SameTrainingInOtherWords),
            ),
            (training(HERE, "tr-care-2", "养老护理员技能培训", "2024-03-09", "60"), None),
            (training(HERE, "tr-care-2", "养老护理员技能培训", "2024-03-05", "48"), None),
            (training(HERE, "tr-weld", "焊接技能提升培训", "2024-03-01", "60"), None),
            (
                training(THERE, "care", "养老护理技能提升培训", "2024-03-01", "60"),
                Some(F::SameRecordElsewhere),
            ),
            (
                training(THERE, "care", "养老护理技能提升培训", "2024-03-03", "60"),
                Some(F::SameTrainingInOtherWords),
            ),
        ];
        for (new, expected) in cases {
            assert_eq!(flag(&new, &care), expected, "{new:?}");
        }
    }

    #[test]
    fn certificates_are_told_by_rank_and_number() {
        use OutcomeFlag as F;
        let higher = certificate(HERE, 3, "2024-05-01", "S1");
        let cases = [
            (certificate(HERE, 2, "2024-06-01", "S2"), Some(F::LowerRankAfterHigher)),
            (certificate(THERE, 2, "2024-05-01", "S2"), Some(F::LowerRankAfterHigher)),
            (certificate(HERE, 2, "2024-04-30", "S2"), None),
            (certificate(HERE, 4, "2024-06-01", "S2"), None),
        ];
        for (new, expected) in cases {
            assert_eq!(flag(&new, &higher), expected, "{new:?}");
        }
        let plain = |institution_id, number: &str| Fact {
            certificate_number: Some(number.into()),
            ..training(institution_id, "x", "急救证书", "2024-05-01", "")
        };
        assert_eq!(flag(&plain(THERE, "A1"), &plain(HERE, "A1")), Some(F::SameRecordElsewhere));
        assert_eq!(flag(&plain(THERE, "A2"), &plain(HERE, "A1")), None);
        assert_eq!(flag(&plain(HERE, "A2"), &plain(HERE, "A1")), None);
    }
}
