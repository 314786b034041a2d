//! Other allocations of the same value, so that the learner can choose among equals. The possibilities are parted by what
//! the known ones use: each part forbids one of these ways and asks for those before it, so none comes twice and none is
//! left out.

use std::collections::{BTreeSet, VecDeque};

use super::model::{Flow, Model, Wish};
use super::{Allocation, Effort, Question, Unanswerable, allocate_all, search};

/// For each of the flows that are asked for so many searches at most: a part may hold no flow of this value, and looking
/// costs as much as finding.
const SEARCHES_EACH: usize = 4;

/// Up to `most` flows of the same value as the first, which comes first; each uses other ways than every other. There may be
/// more than are found: the searches are counted.
pub(super) fn alternatives(model: &Model, first: &Flow, most: usize, effort: Effort) -> Vec<Flow> {
    let value = model.value(first);
    let mut found = vec![first.clone()];
    let mut open = VecDeque::from([(Part::default(), first.clone())]);
    let mut searches = most.saturating_mul(SEARCHES_EACH);
    while let Some((part, flow)) = open.pop_front() {
        let ways: Vec<usize> = used(&flow).difference(&part.asked).copied().collect();
        for (number, way) in ways.iter().enumerate() {
            if found.len() >= most || searches == 0 {
                return found;
            }
            searches -= 1;
            let mut next = part.clone();
            next.asked.extend(ways.iter().take(number));
            next.forbidden.insert(*way);
            let Some(flow) = next.best(model, effort).filter(|flow| model.value(flow) == value) else {
                continue;
            };
            found.push(flow.clone());
            open.push_back((next, flow));
        }
    }
    found
}

fn used(flow: &Flow) -> BTreeSet<usize> {
    let arcs = flow.iter().enumerate();
    arcs.filter(|(_, amount)| **amount > 0).map(|(arc, _)| arc).collect()
}

/// Some of the possibilities.
#[derive(Clone, Default)]
struct Part {
    asked: BTreeSet<usize>,
    forbidden: BTreeSet<usize>,
}

impl Part {
    fn best(&self, model: &Model, effort: Effort) -> Option<Flow> {
        let kept: Vec<usize> = (0..model.arcs.len()).filter(|arc| !self.forbidden.contains(arc)).collect();
        let small = self.model(model, &kept)?;
        let found = search::best(&small, effort).ok()?;
        let mut flow = vec![0; model.arcs.len()];
        for (arc, amount) in kept.iter().zip(found.flow) {
            if let Some(place) = flow.get_mut(*arc) {
                *place = amount;
            }
        }
        model.permits(&flow).then_some(flow)
    }

    /// The model without the forbidden arcs, and with wishes for those that are asked for.
    fn model(&self, model: &Model, kept: &[usize]) -> Option<Model> {
        let mut small = model.only(kept);
        let asked = |arc: &usize| Wish {
            arcs: kept.binary_search(arc).into_iter().collect(),
        };
        small.wishes.extend(self.asked.iter().map(asked));
        let possible = small.wishes.iter().all(|wish| !wish.arcs.is_empty());
        possible.then_some(small)
    }
}

/// One of the equal allocations of a question, 0 being the first; nothing where there are fewer.
///
/// # Errors
/// When the question has no answer.
pub fn nth(question: &Question, number: usize) -> Result<Option<Allocation>, Unanswerable> {
    Ok(allocate_all(question, number + 1)?.into_iter().nth(number))
}
