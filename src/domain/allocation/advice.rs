//! Advice before anything is claimed: what one more certificate would add, and the shortest way to as much as can be had.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Allocation, Destination, Proof, Question, Unanswerable, allocate, explain, problem, search};
use crate::domain::credit::CourseCredit;
use crate::domain::facts::OutcomeFacts;
use crate::domain::hours::Hours;
use crate::domain::pack::Remainder;

/// What one more award would add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Addition {
    /// The achievement's code at its institution.
    pub achievement: String,
    /// The key of the imagined award.
    pub key: String,
    pub name: String,
    /// Its name in English, where it has one.
    pub name_english: Option<String>,
    pub hours: Option<Hours>,
    /// The unified social credit codes of the institutions from which it would add as much.
    pub offered_by: Vec<String>,
    /// How much more is recognised with it.
    pub gain: CourseCredit,
    /// The gain for a hundred of its hours; absent where it states none.
    pub gain_per_100_hours: Option<CourseCredit>,
    /// The buckets to which its own credit goes.
    pub buckets: Vec<String>,
}

/// What the imagined awards would add, each by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Additions {
    /// Those that add something: by gain for their hours, then by gain.
    pub items: Vec<Addition>,
    /// Whether all were tried; of a large catalogue only the first that differ are.
    pub all_tried: bool,
}

/// Imagined awards that add the most at the least hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Way {
    /// What is recognised with all of them.
    pub recognised: CourseCredit,
    /// What still is to be earned in the programme itself.
    pub missing: CourseCredit,
    pub proof: Proof,
    /// The hours of the steps in all.
    pub hours: Hours,
    pub steps: Vec<OutcomeFacts>,
}

/// What each of the imagined awards would add by itself. Of those that no rule tells apart one is tried, and not more than
/// `tries` in all.
///
/// # Errors
/// When the question cannot be answered.
pub fn additions(question: &Question, imagined: &[OutcomeFacts], tries: usize) -> Result<Additions, Unanswerable> {
    let before = allocate(question)?.recognised;
    let mut found: Vec<Addition> = Vec::new();
    let mut all_tried = true;
    let mut more = question.clone();
    let tells_issuers_apart = reads_issuers(question);
    let mut known: BTreeMap<String, Gain> = BTreeMap::new();
    for award in imagined {
        let mut seen = OutcomeFacts {
            key: String::new(),
            name_english: None,
            ..award.clone()
        };
        if !tells_issuers_apart && seen.issuer.credit_code != question.institution.credit_code {
            // Any other institution: what it awards is worth the same.
            seen.issuer.credit_code.clear();
        }
        let seen = serde_json::to_string(&seen).unwrap_or_default();
        let gain = match known.get(&seen) {
            Some(gain) => gain.clone(),
            None if known.len() >= tries => {
                all_tried = false;
                continue;
            }
            None => {
                more.outcomes.push(award.clone());
                let after = allocate(&more)?;
                more.outcomes.pop();
                let gain = Gain::of(before, &after, &award.key);
                known.insert(seen, gain.clone());
                gain
            }
        };
        if gain.credit > CourseCredit::ZERO {
            let alike = |other: &&mut Addition| {
                (&other.achievement, &other.name, other.hours, other.gain) == (&award.achievement, &award.name, award.hours, gain.credit)
            };
            match found.iter_mut().find(alike) {
                Some(other) => other.offered_by.push(award.issuer.credit_code.clone()),
                None => found.push(addition(award, gain)),
            }
        }
    }
    // The best first; a gain without hours comes after those that can be compared.
    found.sort_by(|one, other| (other.gain_per_100_hours, other.gain, &one.key).cmp(&(one.gain_per_100_hours, one.gain, &other.key)));
    Ok(Additions { items: found, all_tried })
}

/// What an award adds, and to which buckets it goes.
#[derive(Clone)]
struct Gain {
    credit: CourseCredit,
    buckets: Vec<String>,
}

impl Gain {
    fn of(before: CourseCredit, after: &Allocation, key: &str) -> Self {
        let own = after.awards.iter().filter(|award| award.outcome == key);
        let mut buckets: Vec<String> = own
            .map(|award| match &award.destination {
                Destination::Course { bucket, .. } | Destination::FreeCredit { bucket } => bucket.clone(),
            })
            .collect();
        buckets.sort_unstable();
        buckets.dedup();
        Self {
            credit: after.recognised.checked_sub(before).unwrap_or_default(),
            buckets,
        }
    }
}

/// Whether some rule may treat two other institutions differently. Read from the rules' own words, so that a property that
/// is added later counts until somebody says otherwise here.
fn reads_issuers(question: &Question) -> bool {
    let packs = question.versions.iter().chain(&question.above).map(|version| &version.pack);
    let texts = packs
        .map(serde_json::to_string)
        .chain([serde_json::to_string(&question.programme.limits)]);
    let words = ["\"issuer", "\"under_agreement\""];
    let mut texts = texts.map(Result::unwrap_or_default);
    !question.agreements.is_empty() || texts.any(|text| words.iter().any(|word| text.contains(word)))
}

fn addition(award: &OutcomeFacts, gain: Gain) -> Addition {
    let per_hours = |hours: Hours| {
        let hundredths = gain.credit.hundredths().checked_mul(10_000)?.checked_div(hours.hundredths())?;
        CourseCredit::from_hundredths(hundredths).ok()
    };
    Addition {
        achievement: award.achievement.clone(),
        key: award.key.clone(),
        name: award.name.clone(),
        name_english: award.name_english.clone(),
        offered_by: vec![award.issuer.credit_code.clone()],
        hours: award.hours,
        gain: gain.credit,
        gain_per_100_hours: award.hours.and_then(per_hours),
        buckets: gain.buckets,
    }
}

/// The imagined awards with which most is recognised, and of these ways the one of the fewest hours.
///
/// # Errors
/// When the question cannot be answered.
pub fn shortest_way(question: &Question, imagined: &[OutcomeFacts]) -> Result<Way, Unanswerable> {
    let mut whole = question.clone();
    whole
        .outcomes
        .extend(imagined.iter().filter(|award| award.hours.is_some()).cloned());
    let mut problem = problem(&whole)?;
    let own = question.outcomes.len();
    // What is there already costs nothing, an imagined award its hours, however much of it is used.
    let costs = whole.outcomes.iter().enumerate().map(|(place, outcome)| match outcome.hours {
        Some(hours) if place >= own => hours.hundredths(),
        _ => 0,
    });
    problem.model.costs = costs.collect();
    for offer in &mut problem.model.offers {
        offer.rest = Remainder::Forfeited;
    }
    let found = search::best(&problem.model, question.effort)?;
    let value = problem.model.value(&found.flow);
    let is_used = |place: usize| {
        let arcs = problem.model.arcs.iter().zip(&found.flow);
        arcs.into_iter().any(|(arc, amount)| arc.outcome == place && *amount > 0)
    };
    let steps: Vec<OutcomeFacts> = (own..whole.outcomes.len())
        .filter(|place| is_used(*place))
        .filter_map(|place| whole.outcomes.get(place).cloned())
        .collect();
    let hours: i64 = steps.iter().filter_map(|step| step.hours).map(Hours::hundredths).sum();
    let recognised = explain::credit(value);
    let converted = explain::credit(value + question.converted_earlier().hundredths());
    Ok(Way {
        recognised,
        missing: question.programme.required_credit.checked_sub(converted).unwrap_or_default(),
        proof: if value >= found.bound { Proof::Optimal } else { Proof::BestFound },
        hours: Hours::from_hundredths(hours.min(Hours::MAX_HUNDREDTHS)).unwrap_or_default(),
        steps,
    })
}
