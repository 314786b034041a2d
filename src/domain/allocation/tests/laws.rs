//! Laws that every allocation keeps: more outcomes never bring less, more limits never more; reasons add up; it replays.

use proptest::prelude::*;
use serde_json::json;

use super::oracle::small_question;
use super::{limit, outcome};
use crate::domain::allocation::{Question, ReasonCode, allocate};

fn recognised(question: &Question) -> i64 {
    allocate(question).unwrap().recognised.hundredths()
}

/// The same question with courses that may be covered in part and together.
fn loosened(mut question: Question, coverage: &str) -> Question {
    for clause in &mut question.versions[0].pack.clauses {
        clause.coverage = serde_json::from_value(json!(coverage)).unwrap();
    }
    question
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn one_more_outcome_never_lowers_the_value(question in small_question(), credit in 1..=12_i64, coverage in "whole_by_one|whole_together|part") {
        let question = loosened(question, &coverage);
        let before = recognised(&question);
        let mut more = question;
        let added = outcome("added", &credit.to_string(), json!({ "tags": ["mooc"], "family": "f1", "rank": 2 }));
        more.outcomes.push(serde_json::from_value(added).unwrap());
        prop_assert!(recognised(&more) >= before);
    }

    #[test]
    fn one_more_limit_never_raises_the_value(question in small_question(), credit in 1..=12_i64, coverage in "whole_by_one|whole_together|part") {
        let question = loosened(question, &coverage);
        let before = recognised(&question);
        let mut narrower = question;
        let added = limit("added", json!({ "at_most": { "measure": "credit", "credit": credit.to_string() } }));
        narrower.versions[0].pack.limits.push(serde_json::from_value(added).unwrap());
        let after = recognised(&narrower);
        prop_assert!(after <= before && after <= credit * 100);
    }

    #[test]
    fn reasons_add_up_to_what_is_not_used(question in small_question(), coverage in "whole_by_one|whole_together|part") {
        let allocation = allocate(&loosened(question, &coverage)).unwrap();
        let mut used = 0;
        for verdict in &allocation.verdicts {
            let left = |code: ReasonCode| matches!(code, ReasonCode::RemainderForfeited | ReasonCode::RemainderKept);
            let explained: i64 = verdict.reasons.iter().filter(|reason| !left(reason.code)).map(|reason| reason.amount.hundredths()).sum();
            prop_assert_eq!(explained, verdict.offered.hundredths() - verdict.used.hundredths());
            prop_assert!(verdict.used > Default::default() || !verdict.reasons.is_empty(), "{} is unused without a reason", verdict.outcome);
            used += verdict.used.hundredths();
        }
        prop_assert_eq!(used, allocation.recognised.hundredths());
        prop_assert_eq!(allocation.awards.iter().map(|award| award.amount.hundredths()).sum::<i64>(), used);
    }

    #[test]
    fn a_question_replays_byte_for_byte(question in small_question()) {
        let text = serde_json::to_string(&question).unwrap();
        let again: Question = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(serde_json::to_string(&allocate(&question).unwrap()).unwrap(), serde_json::to_string(&allocate(&again).unwrap()).unwrap());
    }
}
