//! What limits count of which version's outcomes, and of which places.

use super::Bounding;
use crate::domain::allocation::layers::Ruling;
use crate::domain::allocation::model::{Bound, PlaceKind};
use crate::domain::limit::{Limit, Scope};

impl Bounding<'_> {
    /// Limits per outcome of the versions that judge outcomes and are not the one in force.
    pub(super) fn of_other_versions(&self, rulings: &[Ruling<'_>], bounds: &mut Vec<Bound>) {
        for place in 0..self.question.versions.len() {
            let in_force = rulings.iter().any(|ruling| ruling.version == Some(place));
            if let Some(ruling) = self.question.own_ruling(place).filter(|_| !in_force) {
                let single = ruling.pack.limits.iter().filter(|limit| limit.per == Scope::Outcome);
                let single: Vec<Limit> = single.cloned().collect();
                self.limits(ruling, ruling.layer, &single, bounds);
            }
        }
    }

    /// Whether an offer is made by a version of the institution's pack.
    pub(super) fn is_of_version(&self, arc: usize, version: usize) -> bool {
        let offer = self.model.arcs.get(arc).and_then(|arc| self.model.offers.get(arc.offer));
        offer.is_some_and(|offer| offer.version == version)
    }

    pub(super) fn is_of_course(&self, arc: usize) -> bool {
        let place = self.model.arcs.get(arc).and_then(|arc| self.model.places.get(arc.place));
        place.is_some_and(|place| matches!(place.kind, PlaceKind::Course(_) | PlaceKind::Former { is_course: true, .. }))
    }
}
