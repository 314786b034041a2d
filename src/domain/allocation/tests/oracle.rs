//! An oracle that shares nothing with the search: it reads the rules of small questions itself, tries every use of every
//! outcome, and keeps the best.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{clause, course, limit, outcome, question};
use crate::domain::allocation::{Proof, Question, allocate};
use crate::domain::facts::OutcomeFacts;
use crate::domain::limit::{AtMost, Counted, Limit, Scope};
use crate::domain::pack::{Clause, RulePack, Target, Targets};

/// An outcome's courses under a clause.
pub(super) type Use = Option<(usize, Vec<usize>)>;

fn pack(question: &Question) -> &RulePack {
    &question.versions[0].pack
}

fn credits(question: &Question, course: usize) -> i64 {
    question.programme.courses[course].credits.hundredths()
}

fn is_for(clause: &Clause, outcome: &OutcomeFacts) -> bool {
    let families = &clause.outcomes.families;
    let tags = &clause.outcomes.tags_any;
    (families.is_empty() || outcome.family.as_ref().is_some_and(|family| families.contains(family)))
        && (tags.is_empty() || tags.iter().any(|tag| outcome.tags.contains(tag)))
}

/// Every lawful use of one outcome by itself.
pub(super) fn uses(question: &Question, outcome: &OutcomeFacts) -> Vec<Use> {
    let mut uses = vec![None];
    for (number, clause) in pack(question)
        .clauses
        .iter()
        .enumerate()
        .filter(|(_, clause)| is_for(clause, outcome))
    {
        let Target::Courses { select, .. } = &clause.to[0] else {
            panic!("the oracle knows courses only")
        };
        let courses: Vec<usize> = (0..question.programme.courses.len())
            .filter(|course| {
                let tags = &question.programme.courses[*course].tags;
                select.tags_any.is_empty() || select.tags_any.iter().any(|tag| tags.contains(tag))
            })
            .collect();
        for subset in 1_u32..1 << courses.len() {
            let chosen: Vec<usize> = (0..courses.len())
                .filter(|bit| subset >> bit & 1 == 1)
                .map(|bit| courses[bit])
                .collect();
            let sum: i64 = chosen.iter().map(|course| credits(question, *course)).sum();
            let spread = clause.targets == Some(Targets::Many) || chosen.len() == 1;
            if spread && sum <= outcome.bank_credit.hundredths() {
                uses.push(Some((number, chosen)));
            }
        }
    }
    uses
}

fn keeps(question: &Question, limit: &Limit, all: &[Use]) -> bool {
    // What each group has: credit, outcomes, courses.
    let mut groups: BTreeMap<String, (i64, Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (number, used) in all.iter().enumerate() {
        let Some((_, courses)) = used else { continue };
        let outcome = &question.outcomes[number];
        let asked = &limit.outcomes.tags_any;
        if !asked.is_empty() && !asked.iter().any(|tag| outcome.tags.contains(tag)) {
            continue;
        }
        for course in courses {
            let group = match limit.per {
                Scope::Programme => String::new(),
                Scope::Outcome => number.to_string(),
                Scope::Family => outcome.family.clone().unwrap_or_default(),
                Scope::Course => course.to_string(),
                Scope::Bucket => question.programme.courses[*course].bucket.clone(),
                other => panic!("the oracle does not know {other}"),
            };
            let (credit, outcomes, places) = groups.entry(group).or_default();
            *credit += credits(question, *course);
            outcomes.push(number);
            places.push(*course);
        }
    }
    groups.into_values().all(|(credit, mut outcomes, mut places)| {
        outcomes.dedup();
        places.sort_unstable();
        places.dedup();
        match limit.at_most {
            AtMost::Credit { credit: most } => credit <= most.hundredths(),
            AtMost::Share { percent, .. } => credit * 10_000 <= percent.hundredths() * question.programme.required_credit.hundredths(),
            AtMost::Count {
                count,
                of: Counted::Outcomes,
            } => outcomes.len() <= usize::from(count),
            AtMost::Count {
                count,
                of: Counted::Courses,
            } => places.len() <= usize::from(count),
            AtMost::BankCredit {} => true,
        }
    })
}

/// Whether all of it together keeps every rule.
pub(super) fn is_lawful(question: &Question, all: &[Use]) -> bool {
    let mut taken = Vec::new();
    let mut families = Vec::new();
    for (number, used) in all.iter().enumerate() {
        let Some((_, courses)) = used else { continue };
        taken.extend(courses.iter().copied());
        families.extend(question.outcomes[number].family.clone());
    }
    let all_different = |items: &mut Vec<String>| {
        let count = items.len();
        items.sort();
        items.dedup();
        items.len() == count
    };
    let mut taken: Vec<String> = taken.iter().map(usize::to_string).collect();
    all_different(&mut taken)
        && (pack(question).highest_only.is_empty() || all_different(&mut families))
        && pack(question).limits.iter().all(|limit| keeps(question, limit, all))
}

pub(super) fn value(question: &Question, all: &[Use]) -> i64 {
    all.iter()
        .flatten()
        .flat_map(|(_, courses)| courses)
        .map(|course| credits(question, *course))
        .sum()
}

/// The greatest value, by trying everything.
pub(super) fn brute_force(question: &Question) -> i64 {
    most_of(question, question.outcomes.iter().map(|outcome| uses(question, outcome)).collect())
}

/// The greatest value of all that has for each outcome one of its uses; nothing where nothing is lawful.
pub(super) fn most_of(question: &Question, uses: Vec<Vec<Use>>) -> i64 {
    let mut best = 0;
    let mut places = vec![0; uses.len()];
    loop {
        let all: Vec<Use> = uses.iter().zip(&places).map(|(uses, place)| uses[*place].clone()).collect();
        let worth = value(question, &all);
        if worth > best && is_lawful(question, &all) {
            best = worth;
        }
        let Some(next) = (0..places.len()).find(|number| places[*number] + 1 < uses[*number].len()) else {
            return best;
        };
        places[next] += 1;
        places[..next].fill(0);
    }
}

/// What somebody gets who takes for each outcome in order the best that is still lawful.
pub(super) fn greedy(question: &Question) -> i64 {
    let mut all: Vec<Use> = vec![None; question.outcomes.len()];
    for (number, outcome) in question.outcomes.iter().enumerate() {
        let mut best = all.clone();
        for used in uses(question, outcome) {
            let mut tried = all.clone();
            tried[number] = used;
            if is_lawful(question, &tried) && value(question, &tried) > value(question, &best) {
                best = tried;
            }
        }
        all = best;
    }
    value(question, &all)
}

fn halves() -> impl Strategy<Value = String> {
    (1..=12_i64).prop_map(|halves| format!("{}.{}", halves / 2, halves % 2 * 5))
}

fn small_limit() -> impl Strategy<Value = Value> {
    let scope = prop_oneof![Just("programme"), Just("outcome"), Just("family"), Just("course"), Just("bucket")];
    let at_most = prop_oneof![
        halves().prop_map(|credit| json!({ "measure": "credit", "credit": credit })),
        (1..=12_i64).prop_map(|percent| json!({ "measure": "share", "percent": percent.to_string(), "of": "required_credit" })),
        (1..=3_i64).prop_map(|count| json!({ "measure": "count", "count": count, "of": "outcomes" })),
        (1..=3_i64).prop_map(|count| json!({ "measure": "count", "count": count, "of": "courses" })),
    ];
    let outcomes = prop_oneof![
        Just(json!({})),
        Just(json!({ "tags_any": ["mooc"] })),
        Just(json!({ "tags_any": ["training"] }))
    ];
    (scope, at_most, outcomes).prop_map(|(per, at_most, outcomes)| json!({ "per": per, "at_most": at_most, "outcomes": outcomes }))
}

pub(super) fn small_question() -> impl Strategy<Value = Question> {
    let tags = || prop_oneof![Just("mooc"), Just("training")];
    let outcome_parts = (halves(), tags(), prop_oneof![Just("f1"), Just("f2"), Just("f3")]);
    let course_parts = (
        halves(),
        prop_oneof![Just("core"), Just("foundation")],
        prop_oneof![Just("major"), Just("elective")],
    );
    let clause_parts = (
        prop_oneof![Just("one"), Just("many")],
        prop_oneof![
            Just(json!({})),
            Just(json!({ "tags_any": ["mooc"] })),
            Just(json!({ "families": ["f1", "f2"] }))
        ],
        prop_oneof![
            Just(json!({})),
            Just(json!({ "tags_any": ["core"] })),
            Just(json!({ "tags_any": ["foundation"] }))
        ],
    );
    (
        proptest::collection::vec(outcome_parts, 1..=4),
        proptest::collection::vec(course_parts, 1..=4),
        proptest::collection::vec(clause_parts, 1..=2),
        proptest::collection::vec(small_limit(), 0..=3),
        any::<bool>(),
    )
        .prop_map(|(outcomes, courses, clauses, limits, highest)| {
            let numbered = |prefix: &str, number: usize| format!("{prefix}{number}");
            let outcomes = outcomes.into_iter().enumerate().map(|(number, (credit, tag, family))| {
                outcome(
                    &numbered("o", number),
                    &credit,
                    json!({ "tags": [tag], "family": family, "rank": 1 }),
                )
            });
            let courses = courses
                .into_iter()
                .enumerate()
                .map(|(number, (credit, tag, bucket))| course(&numbered("c", number), &credit, &[tag], bucket));
            let clauses = clauses.into_iter().enumerate().map(|(number, (targets, outcomes, select))| {
                let more = json!({ "targets": targets, "outcomes": outcomes, "to": [{ "to": "courses", "select": select }] });
                clause(&numbered("k", number), more)
            });
            let limits = limits
                .into_iter()
                .enumerate()
                .map(|(number, more)| limit(&numbered("l", number), more));
            let mut rules = json!({ "clauses": clauses.collect::<Vec<_>>(), "limits": limits.collect::<Vec<_>>() });
            if highest {
                rules["highest_only"] = json!([{ "id": "highest", "citation": "第五条", "within": "family", "by": "value" }]);
            }
            question(outcomes.collect(), courses.collect(), rules)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn the_search_finds_what_trying_everything_finds(question in small_question()) {
        let allocation = allocate(&question).unwrap();
        prop_assert_eq!(allocation.proof, Proof::Optimal);
        prop_assert_eq!(allocation.recognised.hundredths(), brute_force(&question));
        prop_assert!(greedy(&question) <= allocation.recognised.hundredths());
    }
}
