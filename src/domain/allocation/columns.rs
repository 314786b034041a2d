//! Columns: the ways in which an outcome may be used for whole courses, each as one. To choose among whole ways instead of
//! course by course makes the relaxation narrow: it cannot fill an outcome's budget with parts of courses.

use super::model::{Layout, Measure, Model};
use crate::domain::pack::Targets;

/// More ways than these are not written down one by one.
const COLUMNS_MAX: usize = 200;

/// One way to use an offer: whole courses, by their arcs in order.
pub(super) struct Column {
    pub(super) offer: usize,
    pub(super) arcs: Vec<usize>,
}

/// The columns, and for each offer whether they stand for all of its whole courses.
pub(super) struct Columns {
    pub(super) columns: Vec<Column>,
    pub(super) written: Vec<bool>,
}

/// Writes them down.
pub(super) fn columns(model: &Model, layout: &Layout) -> Columns {
    let mut found = Columns {
        columns: Vec::new(),
        written: Vec::new(),
    };
    for (number, offer) in model.offers.iter().enumerate() {
        let all = layout.of_offer.get(number).into_iter().flatten().copied();
        let is_whole = |arc: &usize| model.arcs.get(*arc).is_some_and(|arc| arc.whole && arc.most > 0);
        let arcs: Vec<usize> = all.filter(is_whole).collect();
        let alone = offer.spread == Targets::One;
        let ways = ways(model, layout, number, &arcs, alone);
        found.written.push(ways.is_some());
        found
            .columns
            .extend(ways.unwrap_or_default().into_iter().map(|arcs| Column { offer: number, arcs }));
    }
    found
}

/// Every lawful choice of some of the arcs; nothing where there are too many.
fn ways(model: &Model, layout: &Layout, offer: usize, arcs: &[usize], alone: bool) -> Option<Vec<Vec<usize>>> {
    let budget = model.offers.get(offer)?.budget;
    let mut ways: Vec<(Vec<usize>, i64)> = vec![(Vec::new(), 0)];
    for arc in arcs {
        let most = model.arcs.get(*arc)?.most;
        let mut more = Vec::new();
        for (way, sum) in &ways {
            if sum + most > budget || (alone && !way.is_empty()) {
                continue;
            }
            let mut longer = way.clone();
            longer.push(*arc);
            if is_lawful_alone(model, layout, *arc, &longer) {
                more.push((longer, sum + most));
            }
        }
        ways.extend(more);
        if ways.len() > COLUMNS_MAX {
            return None;
        }
    }
    Some(ways.into_iter().map(|(way, _)| way).filter(|way| !way.is_empty()).collect())
}

/// Whether no bound forbids the choice even if nothing else is used; without the arc that is new in it, none does.
fn is_lawful_alone(model: &Model, layout: &Layout, added: usize, way: &[usize]) -> bool {
    let bounds = layout.bounds_of_arc.get(added).into_iter().flatten();
    bounds.filter_map(|bound| model.bounds.get(*bound)).all(|bound| {
        let inside = way.iter().filter(|arc| bound.arcs.binary_search(arc).is_ok());
        match bound.measure {
            Measure::Amount => inside.filter_map(|arc| Some(model.arcs.get(*arc)?.most)).sum::<i64>() <= bound.most,
            Measure::Places => i64::try_from(inside.count()).is_ok_and(|places| places <= bound.most),
            Measure::Outcomes => bound.most > 0,
        }
    })
}
