//! The caps of the agreements in force on the day of the decision.

use super::{Bounding, share};
use crate::domain::allocation::Layer;
use crate::domain::allocation::model::{Arc, Bound, Measure, Past, Purpose};
use crate::domain::credit::CourseCredit;

impl Bounding<'_> {
    pub(super) fn agreements(&self, bounds: &mut Vec<Bound>) {
        let question = self.question;
        for agreement in question
            .agreements
            .iter()
            .filter(|agreement| agreement.in_force_on(question.decided_on))
        {
            let covered = |arc: &Arc| {
                let outcome = self.outcome(arc);
                outcome.is_some_and(|outcome| agreement.covers(&outcome.issuer, &question.institution))
            };
            let by_share = agreement
                .share_cap
                .map(|cap| share(cap, question.programme.required_credit.hundredths()));
            let by_credit = agreement.credit_cap.map(CourseCredit::hundredths);
            if let Some(most) = by_share.into_iter().chain(by_credit).min() {
                bounds.push(Bound {
                    layer: Layer::Agreement,
                    purpose: Purpose::Limit,
                    rule: agreement.code.clone(),
                    citation: agreement.citation.clone(),
                    group: None,
                    measure: Measure::Amount,
                    most,
                    arcs: self.where_arcs(covered),
                    past: Past::default(),
                });
            }
        }
    }
}
