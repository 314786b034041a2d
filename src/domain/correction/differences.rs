//! Where a preview is out of date.

use super::preview::PreviewItem;
use crate::domain::rejection::FieldProblem;

/// The most differences that are named.
const DIFFERENCES_MAX: usize = 100;

/// Where what stands now is no longer what was previewed: by outcome, in their order, and of many the first.
pub fn differences(previewed: &[PreviewItem], now: &[PreviewItem]) -> Vec<FieldProblem> {
    let key = |item: &PreviewItem| (item.learner_id, item.outcome_id);
    let (mut before, mut after) = (previewed.iter().peekable(), now.iter().peekable());
    let mut found = Vec::new();
    while found.len() < DIFFERENCES_MAX {
        let (old, new) = match (before.peek(), after.peek()) {
            (None, None) => break,
            (Some(old), Some(new)) if key(old) == key(new) => (before.next(), after.next()),
            (Some(old), new) if new.is_none_or(|new| key(old) < key(new)) => (before.next(), None),
            _ => (None, after.next()),
        };
        let said = match (old, new) {
            (Some(old), Some(new)) if old == new => continue,
            (Some(_), Some(_)) => "is used or kept differently now",
            (Some(_), None) => "is no longer among the outcomes",
            _ => "is among the outcomes only now",
        };
        if let Some(item) = old.or(new) {
            found.push(FieldProblem::new(format!("/items/{}", item.outcome_id), said));
        }
    }
    found
}
