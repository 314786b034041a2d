//! Which courses are meant: selectors that refer to nothing or can mean no course.

use super::PackFault::{Contradiction, Dangling, NeverMatches};
use super::known::Known;
use super::report::{Report, WORDS_MAX};
use crate::domain::limit::CourseSelector;

/// Whether free credit may be meant as well.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    Courses,
    CoursesOrFreeCredit,
}

/// Examines a selector.
pub(super) fn examine(select: &CourseSelector, at: &str, meant: Meant, known: &Known<'_>, report: &mut Report) {
    let before = report.count();
    let lists = [
        ("codes", &select.codes),
        ("tags_any", &select.tags_any),
        ("tags_all", &select.tags_all),
        ("tags_none", &select.tags_none),
        ("buckets", &select.buckets),
    ];
    for (field, words) in lists {
        report.words(words, || format!("{at}/{field}"));
        for (number, word) in words.iter().enumerate().take(WORDS_MAX) {
            let Some(catalogue) = &known.catalogue else { break };
            let (there, detail) = match field {
                "codes" => (&catalogue.codes, "is not a course of any programme that the rules are for"),
                "buckets" => (&catalogue.buckets, "is not a bucket of any programme that the rules are for"),
                _ => (
                    &catalogue.tags,
                    "is not a tag of any course of the programmes that the rules are for",
                ),
            };
            if !there.contains(word.as_str()) {
                report.add(Dangling, format!("{at}/{field}/{number}"), format!("{detail}: {word}"));
            }
        }
    }
    tags(&select.tags_any, &select.tags_all, &select.tags_none, at, report);
    if select.is_empty() || report.count() > before || report.is_full() {
        return;
    }
    let missed = known
        .catalogue
        .as_ref()
        .is_some_and(|catalogue| !catalogue.has_any(select, meant == Meant::CoursesOrFreeCredit));
    if missed {
        let detail = "can never match: no course of the programmes that the rules are for has all of this";
        report.add(NeverMatches, at, detail);
    }
}

/// Tags that are asked and refused at once.
pub(super) fn tags(any: &[String], all: &[String], none: &[String], at: &str, report: &mut Report) {
    let refused = |tag: &&String| none.iter().take(WORDS_MAX).any(|other| other == *tag);
    if let Some(tag) = all.iter().take(WORDS_MAX).find(refused) {
        let detail = format!("can never match: the tag is asked in tags_all and refused in tags_none: {tag}");
        report.add(NeverMatches, format!("{at}/tags_none"), detail);
    }
    let overlapping = any.iter().take(WORDS_MAX).filter(refused).count();
    if let Some(tag) = any.first().filter(|_| overlapping == any.len()) {
        let detail = format!("can never match: every tag of tags_any is refused in tags_none, as is: {tag}");
        report.add(NeverMatches, format!("{at}/tags_none"), detail);
    } else if overlapping > 0 {
        let detail = "contradicts itself: some tags stand both in tags_any and in tags_none";
        report.add(Contradiction, format!("{at}/tags_none"), detail);
    }
}

/// Whether whatever the first means is meant by the second as well, as far as their words alone tell.
pub(super) fn within(narrow: &CourseSelector, wide: &CourseSelector) -> bool {
    let only = |change: fn(&mut CourseSelector)| {
        let mut rest = wide.clone();
        change(&mut rest);
        rest.is_empty()
    };
    let part = |few: &[String], many: &[String]| !few.is_empty() && few.iter().all(|word| many.contains(word));
    wide.is_empty()
        || narrow == wide
        || (part(&narrow.codes, &wide.codes) && only(|rest| rest.codes.clear()))
        || (part(&narrow.buckets, &wide.buckets) && only(|rest| rest.buckets.clear()))
        || (only(|rest| rest.tags_any.clear())
            && (part(&narrow.tags_any, &wide.tags_any) || narrow.tags_all.iter().any(|tag| wide.tags_any.contains(tag))))
}
