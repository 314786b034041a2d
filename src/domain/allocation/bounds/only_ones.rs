//! What counts only once: the highest of some, one of a kind, and one of near names.

use std::collections::BTreeMap;

use super::Bounding;
use crate::domain::achievement::AchievementKind;
use crate::domain::allocation::layers::Ruling;
use crate::domain::allocation::model::{Bound, Measure, Past, Purpose};
use crate::domain::condition::Condition;
use crate::domain::facts::OutcomeFacts;
use crate::domain::limit::CourseSelector;
use crate::domain::pack::names::near_form;
use crate::domain::pack::{NameTable, NearNames, OnlyOne};

impl Bounding<'_> {
    pub(super) fn only_ones(&self, ruling: Ruling<'_>, bounds: &mut Vec<Bound>) {
        let names = ruling.pack.definitions.names.clone().unwrap_or_default();
        let highest = ruling.pack.highest_only.iter().map(|rule| (Purpose::Highest, rule));
        let once = ruling.pack.once_only.iter().map(|rule| (Purpose::Once, rule));
        for (purpose, rule) in highest.chain(once) {
            let arcs = self.arcs_of(ruling.pack, &rule.outcomes);
            for (group, arcs) in self.twins(rule, &names, arcs) {
                bounds.push(Bound {
                    layer: ruling.layer,
                    purpose,
                    rule: rule.id.clone(),
                    citation: rule.citation.clone(),
                    group: Some(group),
                    measure: Measure::Outcomes,
                    most: 1,
                    arcs,
                    past: Past::default(),
                });
            }
        }
    }

    fn twins(&self, rule: &OnlyOne, names: &NameTable, arcs: Vec<usize>) -> BTreeMap<String, Vec<usize>> {
        self.grouped(arcs, |outcome| rule.within.group(outcome, names))
    }

    fn grouped(&self, arcs: Vec<usize>, key: impl Fn(&OutcomeFacts) -> Option<String>) -> BTreeMap<String, Vec<usize>> {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for number in arcs {
            let outcome = self.model.arcs.get(number).and_then(|arc| self.outcome(arc));
            if let Some(group) = outcome.and_then(&key) {
                groups.entry(group).or_default().push(number);
            }
        }
        groups
    }

    /// Courses with near names: the same course counts once; of substitutes only one goes to a required course.
    pub(super) fn near_names(&self, ruling: Ruling<'_>, bounds: &mut Vec<Bound>) {
        let Some(table) = &ruling.pack.definitions.names else { return };
        let Some(near_names) = table.near_names else { return };
        let courses = Condition {
            kinds: vec![AchievementKind::Course],
            ..Condition::default()
        };
        let mut arcs = self.arcs_of(ruling.pack, &courses);
        if near_names == NearNames::Substitutes {
            let required = CourseSelector {
                required: Some(true),
                ..CourseSelector::default()
            };
            arcs.retain(|number| self.model.arcs.get(*number).is_some_and(|arc| self.selected(&required, arc)));
        }
        for (group, arcs) in self.grouped(arcs, |outcome| Some(near_form(&outcome.name, table))) {
            bounds.push(Bound {
                layer: ruling.layer,
                purpose: Purpose::NearNames,
                rule: "names".to_owned(),
                citation: ruling.pack.title.zh.clone(),
                group: Some(group),
                measure: Measure::Outcomes,
                most: 1,
                arcs,
                past: Past::default(),
            });
        }
    }
}
