//! From a flow to awards: what goes where, by which clause, and what the course is recorded with.

use super::explain::{clause_of, credit};
use super::model::{Model, PlaceKind};
use super::{Award, Destination, Question};
use crate::domain::facts::OutcomeFacts;
use crate::domain::pack::{Clause, Recorded};

/// What goes where, in the order of outcomes and places.
pub(super) fn awards(question: &Question, model: &Model, flow: &[i64]) -> Vec<Award> {
    let used = model.arcs.iter().zip(flow).filter(|(_, amount)| **amount > 0);
    used.filter_map(|(arc, amount)| {
        let offer = model.offers.get(arc.offer)?;
        let clause = clause_of(question, offer)?;
        let outcome = question.outcomes.get(offer.outcome)?;
        let destination = match model.places.get(arc.place)?.kind {
            PlaceKind::Course(number) => {
                let course = question.programme.courses.get(number)?;
                Destination::Course {
                    code: course.code.clone(),
                    name: course.name.clone(),
                    credits: course.credits,
                    bucket: course.bucket.clone(),
                }
            }
            PlaceKind::FreeCredit(number) => Destination::FreeCredit {
                bucket: question.programme.buckets.get(number)?.code.clone(),
            },
            PlaceKind::Former { .. } => return None,
        };
        Some(Award {
            outcome: outcome.key.clone(),
            destination,
            amount: credit(*amount),
            clause: clause.id.clone(),
            citation: clause.citation.clone(),
            pack_version: question.versions.get(offer.version)?.version,
            recorded_grade: recorded_grade(clause, outcome),
            exempt_from: clause.exempt_from,
        })
    })
    .collect()
}

fn recorded_grade(clause: &Clause, outcome: &OutcomeFacts) -> Option<String> {
    match clause.recorded.as_ref()? {
        Recorded::Original {} => outcome.grade.clone().or_else(|| outcome.score.map(|score| score.to_string())),
        Recorded::Fixed { value } => Some(value.clone()),
        Recorded::Mapped { steps } => {
            let score = outcome.score?;
            let reached = steps.iter().filter(|step| step.least_score <= score);
            reached.max_by_key(|step| step.least_score).map(|step| step.grade.clone())
        }
        Recorded::Passed {} => None,
    }
}
