//! Limits: what they count, how they stand to each other, and limits that allow nothing or nothing new.

use std::collections::{BTreeMap, BTreeSet};

use super::PackFault::{Ambiguous, Contradiction, Dangling, Invalid};
use super::bilingual;
use super::conditions::{self, Purpose};
use super::known::Known;
use super::report::{Report, WORDS_MAX};
use super::selectors::{self, Meant};
use crate::domain::limit::{AtMost, Limit, Scope, ShareOf};

/// The most limits of a pack.
const LIMITS_MAX: usize = 100;

/// Examines all limits of a pack, or of a programme.
pub(super) fn examine(limits: &[Limit], known: &Known<'_>, report: &mut Report) {
    let considered = limits.get(..LIMITS_MAX).unwrap_or(limits);
    let by_id: BTreeMap<&str, &Limit> = considered.iter().rev().map(|limit| (limit.id.as_str(), limit)).collect();
    for (number, limit) in considered.iter().enumerate() {
        let at = format!("/limits/{number}");
        report.about(&limit.id);
        counted(limit, &at, known, report);
        allowance(limit, &at, report);
        relations(limit, &at, &by_id, report);
        dead(limit, &at, considered, report);
        left_open(limit, &at, considered, &by_id, report);
    }
    report.about_all();
}

/// What the limit counts.
fn counted(limit: &Limit, at: &str, known: &Known<'_>, report: &mut Report) {
    report.code(&limit.id, || format!("{at}/id"));
    report.text(&limit.citation, 200, || format!("{at}/citation"));
    if let Some(title) = &limit.title {
        bilingual(title, &format!("{at}/title"), report);
    }
    conditions::examine(&limit.outcomes, &format!("{at}/outcomes"), Purpose::Other, known, report);
    report.size(limit.clauses.len(), 0, WORDS_MAX, || format!("{at}/clauses"));
    match &known.clauses {
        None if !limit.clauses.is_empty() => {
            report.add(
                Invalid,
                format!("{at}/clauses"),
                "must be empty in a programme's own limit: it counts whatever clause brings credit",
            );
        }
        None => {}
        Some(clauses) => {
            for (number, clause) in limit.clauses.iter().enumerate().take(WORDS_MAX) {
                if !clauses.contains(clause.as_str()) {
                    report.add(
                        Dangling,
                        format!("{at}/clauses/{number}"),
                        format!("is not a clause of the pack: {clause}"),
                    );
                }
            }
        }
    }
    selectors::examine(&limit.courses, &format!("{at}/courses"), Meant::CoursesOrFreeCredit, known, report);
    let at_calendar = format!("{at}/calendar");
    match (limit.per, &limit.calendar) {
        (Scope::Period, None) => report.add(Dangling, at_calendar, "must name a calendar: a limit per period needs one"),
        (Scope::Period, Some(calendar)) if !known.has_calendar(calendar) => {
            report.add(
                Dangling,
                at_calendar,
                format!("is not a calendar of definitions.calendars: {calendar}"),
            );
        }
        (Scope::Period, Some(_)) | (_, None) => {}
        (_, Some(_)) => report.add(Invalid, at_calendar, "means nothing unless the limit is per period"),
    }
    if limit.per == Scope::Event {
        conditions::only_contests(&limit.outcomes, Scope::Event, &format!("{at}/per"), report);
    }
}

/// How much it allows.
fn allowance(limit: &Limit, at: &str, report: &mut Report) {
    let (field, nothing) = match limit.at_most {
        AtMost::Credit { credit } => ("credit", credit.hundredths() == 0),
        AtMost::Share { percent, of } => {
            if of == ShareOf::BucketMinimum && limit.per != Scope::Bucket {
                report.add(Invalid, format!("{at}/at_most/of"), "means nothing unless the limit is per bucket");
            }
            ("percent", percent.hundredths() == 0)
        }
        AtMost::Count { count, .. } => {
            if count > 1_000 {
                report.add(Invalid, format!("{at}/at_most/count"), "must be 1 to 1000");
            }
            ("count", count == 0)
        }
        AtMost::BankCredit {} => {
            if limit.per != Scope::Outcome {
                report.add(
                    Invalid,
                    format!("{at}/at_most/measure"),
                    "means nothing unless the limit is per outcome",
                );
            }
            return;
        }
    };
    if nothing {
        let detail = "allows nothing, which contradicts the clauses that it counts: use an exclusion where nothing is to be converted";
        report.add(Contradiction, format!("{at}/at_most/{field}"), detail);
    }
}

/// What it is inside and outside of.
fn relations(limit: &Limit, at: &str, by_id: &BTreeMap<&str, &Limit>, report: &mut Report) {
    for (field, named) in [("inside", &limit.inside), ("outside", &limit.outside)] {
        report.size(named.len(), 0, LIMITS_MAX, || format!("{at}/{field}"));
        for (number, id) in named.iter().enumerate().take(LIMITS_MAX) {
            let at = format!("{at}/{field}/{number}");
            if *id == limit.id {
                report.add(Contradiction, at, format!("names the limit itself: {id}"));
            } else if !by_id.contains_key(id.as_str()) {
                report.add(Dangling, at, format!("is not a limit that is there: {id}"));
            } else if field == "outside" && limit.inside.iter().take(LIMITS_MAX).any(|other| other == id) {
                report.add(Contradiction, at, format!("contradicts inside, which names the same limit: {id}"));
            } else if field == "inside" && reaches(id, &limit.id, by_id) {
                report.add(
                    Contradiction,
                    at,
                    format!("leads back to the limit itself, so that the limits are inside each other in a circle: {id}"),
                );
            }
        }
    }
}

/// The limits that one is inside of, directly or through others.
fn around<'a>(from: &'a str, by_id: &BTreeMap<&'a str, &'a Limit>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        let inside = by_id.get(id).map(|limit| limit.inside.as_slice()).unwrap_or_default();
        for next in inside.iter().take(LIMITS_MAX) {
            if seen.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    seen
}

fn reaches(from: &str, to: &str, by_id: &BTreeMap<&str, &Limit>) -> bool {
    around(from, by_id).contains(to)
}

fn counts_the_same(one: &Limit, other: &Limit) -> bool {
    let key = |limit: &Limit| -> BTreeSet<String> { limit.clauses.iter().cloned().collect() };
    one.per == other.per
        && one.calendar == other.calendar
        && one.courses == other.courses
        && one.outcomes == other.outcomes
        && key(one) == key(other)
}

/// Of two caps of the same measure on the same, the looser one can never matter.
fn dead(limit: &Limit, at: &str, all: &[Limit], report: &mut Report) {
    let tighter = |other: &&Limit| {
        let looser = match (limit.at_most, other.at_most) {
            (AtMost::Credit { credit }, AtMost::Credit { credit: theirs }) => credit > theirs,
            (
                AtMost::Share { percent, of },
                AtMost::Share {
                    percent: theirs,
                    of: whole,
                },
            ) => of == whole && percent > theirs,
            (AtMost::Count { count, of }, AtMost::Count { count: theirs, of: what }) => of == what && count > theirs,
            _ => false,
        };
        looser && counts_the_same(limit, other)
    };
    if let Some(other) = all.iter().find(tighter) {
        let detail = format!("allows more than another limit of the same, so that it never matters: {}", other.id);
        report.add(Contradiction, format!("{at}/at_most"), detail);
    }
    let emptied = |other: &&Limit| limit.outside.iter().take(LIMITS_MAX).any(|id| *id == other.id) && counts_the_same(limit, other);
    if let Some(other) = all.iter().filter(|other| other.id != limit.id).find(emptied) {
        let detail = format!(
            "names a limit that counts the same, so that nothing is left for it to count: {}",
            other.id
        );
        report.add(Contradiction, format!("{at}/outside"), detail);
    }
}

fn is_share_of_programme(limit: &Limit) -> bool {
    limit.per == Scope::Programme && matches!(limit.at_most, AtMost::Credit { .. } | AtMost::Share { .. })
}

/// Whether all that the first counts is counted by the second too, and the second counts more.
fn within(narrow: &Limit, wide: &Limit) -> bool {
    let clauses = wide.clauses.is_empty() || (!narrow.clauses.is_empty() && narrow.clauses.iter().all(|id| wide.clauses.contains(id)));
    let outcomes = wide.outcomes.is_empty() || wide.outcomes == narrow.outcomes;
    clauses && outcomes && selectors::within(&narrow.courses, &wide.courses) && !counts_the_same(narrow, wide)
}

/// A cap on a part beside a cap on the whole: published texts seldom say whether the part is inside.
fn left_open(limit: &Limit, at: &str, all: &[Limit], by_id: &BTreeMap<&str, &Limit>, report: &mut Report) {
    if !is_share_of_programme(limit) {
        return;
    }
    let circles = around(&limit.id, by_id);
    let said: BTreeSet<&str> = circles
        .iter()
        .copied()
        .chain([limit.id.as_str()])
        .flat_map(|id| by_id.get(id).map(|other| other.outside.as_slice()).unwrap_or_default())
        .map(String::as_str)
        .chain(circles.iter().copied())
        .collect();
    let names_this = |other: &Limit| other.outside.contains(&limit.id) || other.inside.contains(&limit.id);
    for wide in all.iter().filter(|other| other.id != limit.id && is_share_of_programme(other)) {
        if within(limit, wide) && !said.contains(wide.id.as_str()) && !names_this(wide) {
            let detail = format!(
                "must say whether it is inside or outside the limit that counts more: name it in inside or in outside: {}",
                wide.id
            );
            report.add(Ambiguous, format!("{at}/inside"), detail);
        }
    }
}
