//! What an outcome is worth under a clause: the credit that it brings at most, from its own numbers, rounded down.

use serde::{Deserialize, Serialize};

use crate::domain::condition::{Circumstances, Condition};
use crate::domain::credit::CourseCredit;
use crate::domain::facts::OutcomeFacts;
use crate::domain::hours::Hours;
use crate::domain::words::words;

words! {
    /// By which of its properties an outcome's value is looked up.
    pub enum TableKey {
        Rank => "rank",
        Level => "level",
        ContestPlace => "contest_place",
        Grade => "grade",
    }
}

words! {
    /// Of which of its own amounts a ratio is taken.
    pub enum RatioOf {
        /// What the bank recognised.
        BankCredit => "bank_credit",
        /// What it carried where it was earned.
        OriginalCredit => "original_credit",
    }
}

/// Where a value begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "base", rename_all = "snake_case", deny_unknown_fields)]
pub enum Base {
    /// The outcome's bank credit, one for one.
    BankCredit {},
    /// Always the same.
    Fixed { credit: CourseCredit },
    /// A fraction of one of its own amounts.
    Ratio {
        of: RatioOf,
        #[schema(minimum = 1, maximum = 10000)]
        numerator: u32,
        #[schema(minimum = 1, maximum = 10000)]
        denominator: u32,
    },
    /// Its hours, so many for a credit.
    Hours { per_credit: Hours },
    /// Whatever the courses that it goes to have.
    CourseCredit {},
    /// By a property, such as the place in a contest.
    Table {
        by: TableKey,
        #[schema(min_items = 1, max_items = 100)]
        entries: Vec<TableEntry>,
    },
}

/// A line of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableEntry {
    /// The property's value as text.
    #[schema(min_length = 1, max_length = 40, example = "1")]
    pub when: String,
    pub credit: CourseCredit,
}

words! {
    /// Whether an addend gives or takes.
    pub enum Sign {
        Plus => "plus",
        Minus => "minus",
    }
}

/// Something added or taken away where a condition holds, such as half a credit less for members of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Addend {
    pub when: Condition,
    pub sign: Sign,
    pub credit: CourseCredit,
}

/// How a clause values an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "of": { "base": "bank_credit" }, "step": "0.5" }))]
pub struct ClauseValue {
    pub of: Base,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub addends: Vec<Addend>,
    /// Rounded down to a multiple of this; else to a hundredth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<CourseCredit>,
    /// At most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<CourseCredit>,
}

/// What an outcome may bring under a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// At most so many hundredths of course credit.
    UpTo(i64),
    /// As much as its courses have.
    AsCourses,
    /// The number that the value is made of is not there: no hours, no such line in the table.
    Unknown,
}

impl ClauseValue {
    /// What the outcome may bring.
    pub fn worth(&self, outcome: &OutcomeFacts, circumstances: &Circumstances<'_>) -> Worth {
        let hundredths = match &self.of {
            Base::CourseCredit {} => return Worth::AsCourses,
            Base::BankCredit {} => Some(outcome.bank_credit.hundredths()),
            Base::Fixed { credit } => Some(credit.hundredths()),
            Base::Ratio {
                of,
                numerator,
                denominator,
            } => {
                let amount = match of {
                    RatioOf::BankCredit => Some(outcome.bank_credit),
                    RatioOf::OriginalCredit => outcome.original_credit,
                };
                amount.and_then(|amount| fraction(amount.hundredths(), i64::from(*numerator), i64::from(*denominator)))
            }
            Base::Hours { per_credit } => outcome
                .hours
                .and_then(|hours| fraction(hours.hundredths(), 100, per_credit.hundredths())),
            Base::Table { by, entries } => key(*by, outcome)
                .and_then(|key| entries.iter().find(|entry| entry.when == key))
                .map(|entry| entry.credit.hundredths()),
        };
        let Some(begin) = hundredths else { return Worth::Unknown };
        let added = self
            .addends
            .iter()
            .filter(|addend| addend.when.holds(outcome, circumstances))
            .fold(begin, |sum, addend| {
                let credit = addend.credit.hundredths();
                sum.saturating_add(if addend.sign == Sign::Plus { credit } else { -credit })
            });
        let step = self.step.map_or(1, CourseCredit::hundredths).max(1);
        let rounded = added.max(0) / step * step;
        Worth::UpTo(rounded.min(self.cap.map_or(CourseCredit::MAX_HUNDREDTHS, CourseCredit::hundredths)))
    }
}

/// `amount * numerator / denominator`, rounded down.
fn fraction(amount: i64, numerator: i64, denominator: i64) -> Option<i64> {
    let exact = i128::from(amount) * i128::from(numerator);
    i64::try_from(exact.checked_div(i128::from(denominator))?).ok()
}

fn key(by: TableKey, outcome: &OutcomeFacts) -> Option<String> {
    match by {
        TableKey::Rank => outcome.rank.map(|rank| rank.to_string()),
        TableKey::Level => outcome.level.map(|level| level.to_string()),
        TableKey::ContestPlace => outcome.contest.as_ref()?.place.map(|place| place.to_string()),
        TableKey::Grade => outcome.grade.clone(),
    }
}
