//! Agreements 互认协议: which institution accepts whose outcomes, in one direction, between dates, up to which caps.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::bilingual::Bilingual;
use super::credit::{CourseCredit, Percent};
use super::credit_code::CreditCode;
use super::facts::Issuer;
use super::institution::InstitutionKind;
use super::rejection::FieldProblem;

/// One side of an agreement: one institution, or all of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "party", rename_all = "snake_case", deny_unknown_fields)]
pub enum Party {
    /// One institution, by its unified social credit code.
    Institution {
        #[schema(max_length = 18, example = "914403003429409755")]
        credit_code: String,
    },
    /// Every institution of a kind.
    Kind { kind: InstitutionKind },
}

/// Which agreements to list.
#[derive(Debug, Clone, Default)]
pub struct AgreementFilter {
    pub code: Option<String>,
    /// By which the outcomes of this institution are accepted: it is named, or its kind is.
    pub from: Option<String>,
    /// By which this institution accepts: it is named, or its kind is.
    pub to: Option<String>,
    pub in_force_on: Option<NaiveDate>,
}

/// What an agreement says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "anyang-2024", "title": { "zh": "安阳市职业院校学分互认协议" }, "citation": "安教〔2024〕1号",
    "from": { "party": "kind", "kind": "secondary_vocational_school" }, "to": { "party": "institution", "credit_code": "914403003429409755" },
    "credit_cap": "20", "effective_from": "2024-01-01" }))]
pub struct Agreement {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9-]+$", example = "anyang-2024")]
    pub code: String,
    pub title: Bilingual,
    /// Where it was published.
    #[schema(min_length = 1, max_length = 200)]
    pub citation: String,
    /// Whose outcomes are accepted.
    pub from: Party,
    /// Who accepts them.
    pub to: Party,
    /// The most course credit that one learner converts under it in one programme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_cap: Option<CourseCredit>,
    /// The most of a programme's required credit that is converted under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_cap: Option<Percent>,
    pub effective_from: NaiveDate,
    /// The last day in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_to: Option<NaiveDate>,
}

impl Party {
    /// Whether an institution is one of these.
    pub fn is(&self, party: &Issuer) -> bool {
        match self {
            Self::Institution { credit_code } => *credit_code == party.credit_code,
            Self::Kind { kind } => *kind == party.kind,
        }
    }
}

impl Agreement {
    /// Whether it is in force on a day; both boundary days are inside.
    pub fn in_force_on(&self, day: NaiveDate) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|last| day <= last)
    }

    /// Whether it makes the outcomes of `from` acceptable to `to`; it has one direction.
    pub fn covers(&self, from: &Issuer, to: &Issuer) -> bool {
        self.from.is(from) && self.to.is(to)
    }

    /// What must be mended before it can be published.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut refuse = |wrong: bool, pointer: &str, detail: &str| {
            if wrong {
                problems.push(FieldProblem::new(pointer, detail));
            }
        };
        let code_wrong = |party: &Party| matches!(party, Party::Institution { credit_code } if CreditCode::parse(credit_code).is_none());
        let shape = "must have the 18 characters of a unified social credit code";
        refuse(
            !super::programme::is_code(&self.code),
            "/code",
            "must have 1 to 40 of a-z, 0-9 and hyphen",
        );
        refuse(!self.title.is_readable(), "/title", "must have 1 to 200 characters");
        refuse(
            self.citation.trim().is_empty() || self.citation.chars().count() > 200,
            "/citation",
            "must have 1 to 200 characters",
        );
        refuse(code_wrong(&self.from), "/from/credit_code", shape);
        refuse(code_wrong(&self.to), "/to/credit_code", shape);
        refuse(
            self.from == self.to && matches!(self.from, Party::Institution { .. }),
            "/to",
            "is the same as from",
        );
        refuse(
            self.effective_to.is_some_and(|last| last < self.effective_from),
            "/effective_to",
            "is before effective_from",
        );
        problems
    }
}
