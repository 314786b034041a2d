//! What was converted earlier is taken out of the bounds again, and out of what they allow.

use std::collections::BTreeSet;

use super::Bounding;
use crate::domain::allocation::earlier::EarlierAward;
use crate::domain::allocation::model::{Arc, Bound, Measure};
use crate::domain::credit::CourseCredit;

impl Bounding<'_> {
    /// Takes the arcs of earlier awards out of a bound; what they measure is used up.
    pub(super) fn use_up(&self, bound: &mut Bound) {
        let arc = |number: &usize| self.model.arcs.get(*number);
        let first = self.model.arcs.len() - self.past.len();
        let past = bound.arcs.split_off(bound.arcs.partition_point(|number| *number < first));
        if past.is_empty() {
            return;
        }
        let past: Vec<&Arc> = past.iter().filter_map(arc).collect();
        let awards: Vec<&EarlierAward> = past.iter().filter_map(|arc| self.award(arc)).collect();
        let keys: BTreeSet<&str> = awards.iter().map(|award| award.outcome.key.as_str()).collect();
        let places: BTreeSet<usize> = past.iter().map(|arc| arc.place).collect();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let used = match bound.measure {
            Measure::Amount => awards.iter().map(|award| award.amount).map(CourseCredit::hundredths).sum(),
            Measure::Outcomes => number(keys.len()),
            Measure::Places => number(places.len()),
        };
        // What counts already does not count again; but where more counts than may, nothing is used further.
        if used <= bound.most {
            let is_known = |arc: &Arc| match bound.measure {
                Measure::Amount => false,
                Measure::Outcomes => self.outcome(arc).is_some_and(|outcome| keys.contains(outcome.key.as_str())),
                Measure::Places => places.contains(&arc.place),
            };
            bound.arcs.retain(|number| !arc(number).is_some_and(is_known));
        }
        bound.use_up(used, keys.into_iter().map(str::to_owned).collect());
    }
}
