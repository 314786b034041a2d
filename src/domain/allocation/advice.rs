//! Advice before anything is claimed: what one more certificate would add, and the shortest way to as much as can be had.

use serde::{Deserialize, Serialize};

use super::{Proof, Question, Unanswerable, allocate, explain, problem, search};
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
    pub hours: Option<Hours>,
    /// The unified social credit codes of the institutions from which it would add as much.
    pub offered_by: Vec<String>,
    /// How much more is recognised with it.
    pub gain: CourseCredit,
    /// The gain for a hundred of its hours; absent where it states none.
    pub gain_per_100_hours: Option<CourseCredit>,
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

/// What each of the imagined awards would add by itself: those that add something, by gain for their hours, then by gain.
///
/// # Errors
/// When the question cannot be answered.
pub fn additions(question: &Question, imagined: &[OutcomeFacts]) -> Result<Vec<Addition>, Unanswerable> {
    let before = allocate(question)?.recognised;
    let mut found: Vec<Addition> = Vec::new();
    let mut more = question.clone();
    let mut known: Vec<(OutcomeFacts, CourseCredit)> = Vec::new();
    for award in imagined {
        // The same achievement of another institution is mostly worth the same: what rules may see decides.
        let seen = OutcomeFacts {
            key: String::new(),
            ..award.clone()
        };
        let gain = match known.iter().find(|(other, _)| *other == seen) {
            Some((_, gain)) => *gain,
            None => {
                more.outcomes.push(award.clone());
                let after = allocate(&more)?.recognised;
                more.outcomes.pop();
                let gain = after.checked_sub(before).unwrap_or_default();
                known.push((seen, gain));
                gain
            }
        };
        if gain > CourseCredit::ZERO {
            let alike = |other: &&mut Addition| {
                (&other.achievement, &other.name, other.hours, other.gain) == (&award.achievement, &award.name, award.hours, gain)
            };
            match found.iter_mut().find(alike) {
                Some(other) => other.offered_by.push(award.issuer.credit_code.clone()),
                None => found.push(addition(award, gain)),
            }
        }
    }
    // The best first; a gain without hours comes after those that can be compared.
    found.sort_by(|one, other| (other.gain_per_100_hours, other.gain, &one.key).cmp(&(one.gain_per_100_hours, one.gain, &other.key)));
    Ok(found)
}

fn addition(award: &OutcomeFacts, gain: CourseCredit) -> Addition {
    let per_hours = |hours: Hours| {
        let hundredths = gain.hundredths().checked_mul(10_000)?.checked_div(hours.hundredths())?;
        CourseCredit::from_hundredths(hundredths).ok()
    };
    Addition {
        achievement: award.achievement.clone(),
        key: award.key.clone(),
        name: award.name.clone(),
        offered_by: vec![award.issuer.credit_code.clone()],
        hours: award.hours,
        gain,
        gain_per_100_hours: award.hours.and_then(per_hours),
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
    Ok(Way {
        recognised,
        missing: question.programme.required_credit.checked_sub(recognised).unwrap_or_default(),
        proof: if value >= found.bound { Proof::Optimal } else { Proof::BestFound },
        hours: Hours::from_hundredths(hours.min(Hours::MAX_HUNDREDTHS)).unwrap_or_default(),
        steps,
    })
}
