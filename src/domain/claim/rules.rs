//! How claims are decided: the size of the panel, and clocks in working days. An optional part of a rule pack; where a pack
//! says nothing, these defaults hold.

use serde::{Deserialize, Serialize};

use crate::domain::rejection::FieldProblem;
use crate::domain::words::words;

words! {
    /// What becomes of a claim when the information that was asked for does not come in time.
    pub enum Unanswered {
        /// A reviewer goes on without it; no clock decides.
        Waits => "waits",
        /// It lapses, and what it held is released.
        Lapses => "lapses",
    }
}

/// The rules of deciding. All times are working days, and the day of the event never counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClaimRules {
    /// How many people vote; odd. Items that the pack calls mature have one (京开大教〔2018〕56号: at least three, else one).
    #[schema(minimum = 3, maximum = 15, example = 3)]
    pub panel: u8,
    /// From the claim until somebody begins to review it.
    #[schema(minimum = 1, maximum = 10, example = 5)]
    pub take_working_days: u8,
    /// From there, or from when the information came, until a proposal.
    #[schema(minimum = 5, maximum = 60, example = 20)]
    pub review_working_days: u8,
    /// For the learner to give what was asked for.
    #[schema(minimum = 5, maximum = 60, example = 15)]
    pub information_working_days: u8,
    pub unanswered: Unanswered,
    /// From the proposal until somebody else approves it or sends it back.
    #[schema(minimum = 1, maximum = 20, example = 5)]
    pub approval_working_days: u8,
    /// How long a grant is on public notice; 0 for none, else 3 to 7.
    #[schema(minimum = 0, maximum = 7, example = 5)]
    pub notice_working_days: u8,
    /// From an objection until its answer.
    #[schema(minimum = 1, maximum = 15, example = 5)]
    pub objection_working_days: u8,
    /// For an appeal against a verdict.
    #[schema(minimum = 10, maximum = 15, example = 10)]
    pub appeal_working_days: u8,
    /// From the appeal until it is decided.
    #[schema(minimum = 15, maximum = 30, example = 30)]
    pub appeal_decision_working_days: u8,
}

impl Default for ClaimRules {
    fn default() -> Self {
        Self {
            panel: 3,
            take_working_days: 5,
            review_working_days: 20,
            information_working_days: 15,
            unanswered: Unanswered::Waits,
            approval_working_days: 5,
            notice_working_days: 5,
            objection_working_days: 5,
            appeal_working_days: 10,
            appeal_decision_working_days: 30,
        }
    }
}

impl ClaimRules {
    /// Whether grants are on public notice before they take effect.
    pub fn gives_notice(&self) -> bool {
        self.notice_working_days > 0
    }

    /// What must be mended.
    pub fn problems(&self, pointer: &str) -> Vec<FieldProblem> {
        let ranges = [
            ("take_working_days", self.take_working_days, 1, 10),
            ("review_working_days", self.review_working_days, 5, 60),
            ("information_working_days", self.information_working_days, 5, 60),
            ("approval_working_days", self.approval_working_days, 1, 20),
            ("objection_working_days", self.objection_working_days, 1, 15),
            ("appeal_working_days", self.appeal_working_days, 10, 15),
            ("appeal_decision_working_days", self.appeal_decision_working_days, 15, 30),
        ];
        let outside = ranges
            .into_iter()
            .filter(|(_, value, least, most)| !(least..=most).contains(&value));
        let mut problems: Vec<FieldProblem> = outside
            .map(|(field, _, least, most)| FieldProblem::new(format!("{pointer}/{field}"), format!("must be {least} to {most}")))
            .collect();
        if !(3..=15).contains(&self.panel) || self.panel.is_multiple_of(2) {
            let detail = "must be odd and between 3 and 15, so that votes never tie";
            problems.push(FieldProblem::new(format!("{pointer}/panel"), detail));
        }
        if !matches!(self.notice_working_days, 0 | 3..=7) {
            let detail = "must be 0 for no notice, or between 3 and 7";
            problems.push(FieldProblem::new(format!("{pointer}/notice_working_days"), detail));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_said_is_as_usual() {
        assert_eq!(serde_json::from_value::<ClaimRules>(json!({})).unwrap(), ClaimRules::default());
        assert_eq!(ClaimRules::default().problems(""), Vec::new());
        assert!(serde_json::from_value::<ClaimRules>(json!({ "panels": 3 })).is_err());
    }

    #[test]
    fn each_field_has_its_bounds() {
        let cases = [
            ("panel", &[3, 5, 15][..], &[0, 1, 2, 4, 16, 17][..]),
            ("take_working_days", &[1, 10], &[0, 11]),
            ("review_working_days", &[5, 60], &[4, 61]),
            ("information_working_days", &[5, 60], &[4, 61]),
            ("approval_working_days", &[1, 20], &[0, 21]),
            ("notice_working_days", &[0, 3, 7], &[1, 2, 8]),
            ("objection_working_days", &[1, 15], &[0, 16]),
            ("appeal_working_days", &[10, 15], &[9, 16]),
            ("appeal_decision_working_days", &[15, 30], &[14, 31]),
        ];
        for (field, lawful, unlawful) in cases {
            let problems = |value: &u8| {
                let rules: ClaimRules = serde_json::from_value(json!({ field: value })).unwrap();
                rules.problems("/claims")
            };
            for value in lawful {
                assert_eq!(problems(value), Vec::new(), "{field} {value}");
            }
            for value in unlawful {
                let [problem] = &problems(value)[..] else {
                    panic!("{field} {value}")
                };
                assert_eq!(problem.pointer, format!("/claims/{field}"));
            }
        }
    }
}
