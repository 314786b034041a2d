//! Laws of a second conversion: together with the first it brings what one conversion of both would have brought, and is as
//! lawful as that.

use proptest::prelude::*;
use serde_json::json;

use super::oracle::{Use, is_lawful, most_of, small_question, uses, value};
use crate::domain::allocation::{Allocation, Award, Destination, EarlierAward, Proof, Question, ReasonCode, allocate, model, problem};
use crate::domain::credit::{CourseCredit, Credit};
use crate::domain::facts::OutcomeFacts;
use crate::domain::pack::Remainder;

fn earlier(outcome: OutcomeFacts, award: &Award, amount: CourseCredit) -> EarlierAward {
    EarlierAward {
        outcome,
        clause: award.clause.clone(),
        destination: award.destination.clone(),
        amount,
        decided_on: None,
    }
}

/// The question with awards of some outcomes as earlier ones, and without these outcomes.
fn after(question: &Question, awards: &[Award], moved: &[String]) -> Question {
    let known = |award: &Award| {
        question
            .outcomes
            .iter()
            .find(|outcome| outcome.key == award.outcome)
            .unwrap()
            .clone()
    };
    let first = awards.iter().filter(|award| moved.contains(&award.outcome));
    let mut second = question.clone();
    second.earlier = first.map(|award| earlier(known(award), award, award.amount)).collect();
    second.outcomes.retain(|outcome| !moved.contains(&outcome.key));
    second
}

/// The outcomes whose bits are set; where courses are covered together, with all that have a course in common.
fn chosen(question: &Question, allocation: &Allocation, bits: u8, together: bool) -> Vec<String> {
    let keys = question.outcomes.iter().map(|outcome| outcome.key.clone()).enumerate();
    let mut moved: Vec<String> = keys.filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, key)| key).collect();
    let mut before = 0;
    while together && before < moved.len() {
        before = moved.len();
        let touched = allocation.awards.iter().filter(|award| moved.contains(&award.outcome));
        let courses: Vec<Destination> = touched.map(|award| award.destination.clone()).collect();
        for award in allocation.awards.iter().filter(|award| courses.contains(&award.destination)) {
            if !moved.contains(&award.outcome) {
                moved.push(award.outcome.clone());
            }
        }
    }
    moved
}

fn covering(mut question: Question, coverage: &str) -> Question {
    for clause in &mut question.versions[0].pack.clauses {
        clause.coverage = serde_json::from_value(json!(coverage)).unwrap();
    }
    question
}

/// Both conversions as one flow of the whole question's model.
fn as_one(question: &Question, second: &Question, allocation: &Allocation) -> (model::Model, Vec<i64>) {
    let model = problem(question).unwrap().model;
    let before = second
        .earlier
        .iter()
        .map(|award| (&award.outcome.key, &award.clause, &award.destination, award.amount));
    let now = allocation
        .awards
        .iter()
        .map(|award| (&award.outcome, &award.clause, &award.destination, award.amount));
    let mut flow = vec![0; model.arcs.len()];
    for (key, clause, destination, amount) in before.chain(now) {
        let Destination::Course { code, .. } = destination else {
            panic!("courses only")
        };
        let arc = model.arcs.iter().position(|arc| {
            let model::PlaceKind::Course(place) = model.places[arc.place].kind else {
                return false;
            };
            question.outcomes[arc.outcome].key == *key
                && question.versions[0].pack.clauses[model.offers[arc.offer].clause].id == *clause
                && question.programme.courses[place].code == *code
        });
        flow[arc.unwrap()] += amount.hundredths();
    }
    (model, flow)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn two_conversions_bring_together_what_one_would_and_are_as_lawful(question in small_question(), bits in any::<u8>(), coverage in "whole_by_one|whole_together|part") {
        let question = covering(question, &coverage);
        let whole = allocate(&question).unwrap();
        prop_assert_eq!(whole.proof, Proof::Optimal);
        let moved = chosen(&question, &whole, bits, coverage == "whole_together");
        let second = after(&question, &whole.awards, &moved);
        let allocation = allocate(&second).unwrap();
        prop_assert_eq!(allocation.converted(), whole.recognised);
        let (model, flow) = as_one(&question, &second, &allocation);
        prop_assert!(model.permits(&flow));
        let of_all: i64 = allocation.buckets.iter().map(|bucket| bucket.converted.hundredths()).sum();
        prop_assert_eq!(of_all, whole.recognised.hundredths());
    }

    #[test]
    fn so_do_two_conversions_of_parts_of_the_same_outcomes(question in small_question(), bits in any::<u8>()) {
        let mut question = covering(question, "part");
        for clause in &mut question.versions[0].pack.clauses {
            clause.remainder = Some(Remainder::Kept);
        }
        let whole = allocate(&question).unwrap();
        let moved = chosen(&question, &whole, bits, false);
        let mut second = question.clone();
        for award in whole.awards.iter().filter(|award| moved.contains(&award.outcome)) {
            let outcome = second.outcomes.iter_mut().find(|outcome| outcome.key == award.outcome).unwrap();
            let half = CourseCredit::from_hundredths(award.amount.hundredths() / 2).unwrap();
            second.earlier.push(earlier(outcome.clone(), award, half));
            outcome.bank_credit = Credit::from_hundredths(outcome.bank_credit.hundredths() - half.hundredths()).unwrap();
        }
        let allocation = allocate(&second).unwrap();
        prop_assert_eq!(allocation.converted(), whole.recognised);
        let (model, flow) = as_one(&question, &second, &allocation);
        prop_assert!(model.permits(&flow));
    }

    /// Also where what was converted is more than the rules allow by now.
    #[test]
    fn what_was_converted_earlier_never_raises_what_is_recognised(question in small_question(), bits in any::<u8>(), coverage in "whole_by_one|whole_together|part") {
        let question = covering(question, &coverage);
        let mut loose = question.clone();
        loose.versions[0].pack.limits.clear();
        loose.versions[0].pack.highest_only.clear();
        let whole = allocate(&loose).unwrap();
        let moved = chosen(&question, &whole, bits, false);
        let second = after(&question, &whole.awards, &moved);
        let mut alone = second.clone();
        alone.earlier.clear();
        let (after, before) = (allocate(&second).unwrap(), allocate(&alone).unwrap());
        prop_assert!(after.recognised <= before.recognised);
        for verdict in &after.verdicts {
            prop_assert!(verdict.used > Default::default() || !verdict.reasons.is_empty(), "{} is unused without a reason", verdict.outcome);
            let left = |code: ReasonCode| matches!(code, ReasonCode::RemainderForfeited | ReasonCode::RemainderKept);
            let explained: i64 = verdict.reasons.iter().filter(|reason| !left(reason.code)).map(|reason| reason.amount.hundredths()).sum();
            prop_assert_eq!(explained, verdict.offered.hundredths() - verdict.used.hundredths());
        }
    }

    #[test]
    fn a_question_without_earlier_conversions_and_its_answer_are_written_as_ever(question in small_question()) {
        let text = serde_json::to_string(&question).unwrap() + &serde_json::to_string(&allocate(&question).unwrap()).unwrap();
        prop_assert!(!text.contains("\"earlier\""));
    }
}

/// The question with some outcomes converted in a way of their own, and every way to use the others beside it.
fn beside(question: &Question, picks: &[usize]) -> (Question, Vec<Vec<Use>>) {
    let mut second = question.clone();
    second.outcomes.clear();
    let mut ways = Vec::new();
    for (outcome, pick) in question.outcomes.iter().zip(picks) {
        let all = uses(question, outcome);
        // About a half of the outcomes were converted before, each in any way.
        let picked = all[pick / 2 % all.len()].clone().filter(|_| pick % 2 == 1);
        let Some((clause, courses)) = picked.clone() else {
            second.outcomes.push(outcome.clone());
            ways.push(all);
            continue;
        };
        second.earlier.extend(courses.iter().map(|course| {
            let course = &question.programme.courses[*course];
            EarlierAward {
                outcome: outcome.clone(),
                clause: question.versions[0].pack.clauses[clause].id.clone(),
                destination: Destination::Course {
                    code: course.code.clone(),
                    name: course.name.clone(),
                    credits: course.credits,
                    bucket: course.bucket.clone(),
                },
                amount: course.credits,
                decided_on: None,
            }
        }));
        ways.push(vec![picked]);
    }
    (second, ways)
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 100_000, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn beside_any_lawful_conversion_the_search_finds_what_trying_everything_finds(question in small_question(), picks in proptest::collection::vec(any::<usize>(), 4)) {
        let (second, ways) = beside(&question, &picks);
        let first: Vec<Use> = ways.iter().map(|ways| if ways.len() == 1 { ways[0].clone() } else { None }).collect();
        prop_assume!(!second.earlier.is_empty() && is_lawful(&question, &first));
        let best = most_of(&question, ways);
        let allocation = allocate(&second).unwrap();
        prop_assert_eq!(allocation.proof, Proof::Optimal);
        prop_assert_eq!(allocation.recognised.hundredths(), best - value(&question, &first));
    }
}
