//! Where the credit of an outcome may go under a clause: courses by selection, name and overlap, and free credit.

use super::Question;
use super::model::{Place, PlaceKind};
use crate::domain::credit::CourseCredit;
use crate::domain::facts::OutcomeFacts;
use crate::domain::limit::NameMatch;
use crate::domain::pack::names::{folded, near_form};
use crate::domain::pack::{Clause, RulePack, Target};
use crate::domain::programme::Course;

/// How much free credit of a bucket a clause gives in all; nothing where it gives none.
pub(super) fn free_credit(clause: &Clause, bucket: &str, minimum: CourseCredit) -> Option<i64> {
    clause.to.iter().find_map(|target| match target {
        Target::FreeCredit { bucket: code, up_to } if code == bucket => Some(up_to.unwrap_or(minimum).hundredths()),
        _ => None,
    })
}

/// Whether a clause of a pack lets an outcome go to a place, and how much at most where the clause says so.
pub(super) fn clause_takes(question: &Question, pack: &RulePack, clause: &Clause, outcome: &OutcomeFacts, place: &Place) -> Option<i64> {
    match place.kind {
        PlaceKind::Course(number) => {
            let course = question.programme.courses.get(number)?;
            let taken = clause.to.iter().any(|target| target_takes(pack, target, outcome, course));
            taken.then_some(i64::MAX)
        }
        PlaceKind::FreeCredit(number) => {
            let bucket = question.programme.buckets.get(number)?;
            free_credit(clause, &bucket.code, bucket.minimum)
        }
        PlaceKind::Former { .. } => None,
    }
}

fn target_takes(pack: &RulePack, target: &Target, outcome: &OutcomeFacts, course: &Course) -> bool {
    let Target::Courses {
        select,
        name,
        minimum_overlap,
    } = target
    else {
        return false;
    };
    let named = name.is_none_or(|asked| match (asked, &pack.definitions.names) {
        (NameMatch::Near, Some(table)) => near_form(&course.name.zh, table) == near_form(&outcome.name, table),
        (NameMatch::Near | NameMatch::Same, _) => folded(&course.name.zh) == folded(&outcome.name),
    });
    let overlapping = minimum_overlap.is_none_or(|least| {
        let mut known = pack.definitions.overlaps.iter();
        known.any(|overlap| overlap.achievement == outcome.achievement && overlap.course == course.code && overlap.percent >= least)
    });
    select.selects(course) && named && overlapping
}
