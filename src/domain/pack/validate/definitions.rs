//! A pack's definitions: families, scales, calendars, names, overlaps.

use std::collections::BTreeSet;

use super::PackFault::{Ambiguous, Contradiction, Dangling, Invalid, NeverMatches};
use super::known::Known;
use super::report::{Report, WORDS_MAX};
use super::{bilingual, shaped};
use crate::domain::limit::NameMatch;
use crate::domain::pack::calendar::Calendar;
use crate::domain::pack::{Family, GradeScale, NameTable, Overlap, RulePack, Target, Within};

/// Examines everything that the rest of the pack refers to.
pub(super) fn examine(pack: &RulePack, known: &Known<'_>, report: &mut Report) {
    let definitions = &pack.definitions;
    report.size(definitions.families.len(), 0, 200, || "/definitions/families".to_owned());
    defined(definitions.families.iter().map(|family| &family.code), "families", report);
    for (number, family) in definitions.families.iter().enumerate().take(200) {
        ranks(family, &format!("/definitions/families/{number}"), report);
    }
    report.size(definitions.grade_scales.len(), 0, 20, || "/definitions/grade_scales".to_owned());
    defined(definitions.grade_scales.iter().map(|scale| &scale.code), "grade_scales", report);
    for (number, scale) in definitions.grade_scales.iter().enumerate().take(20) {
        grades(scale, &format!("/definitions/grade_scales/{number}"), report);
    }
    report.size(definitions.calendars.len(), 0, 20, || "/definitions/calendars".to_owned());
    defined(definitions.calendars.iter().map(|calendar| &calendar.code), "calendars", report);
    for (number, calendar) in definitions.calendars.iter().enumerate().take(20) {
        periods(calendar, &format!("/definitions/calendars/{number}"), report);
    }
    if let Some(table) = &definitions.names {
        names(table, uses_names(pack), report);
    }
    overlaps(&definitions.overlaps, known, report);
}

/// Codes have the shape of codes, and no two are the same.
fn defined<'a>(codes: impl Iterator<Item = &'a String>, list: &str, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (number, code) in codes.enumerate().take(WORDS_MAX) {
        let at = format!("/definitions/{list}/{number}/code");
        if !shaped(code) {
            report.add(Invalid, at, "must have 1 to 40 of a-z, 0-9 and hyphen");
        } else if !seen.insert(code) {
            report.add(Contradiction, at, format!("is defined twice: {code}"));
        }
    }
}

fn ranks(family: &Family, at: &str, report: &mut Report) {
    bilingual(&family.name, &format!("{at}/name"), report);
    report.size(family.ranks.len(), 0, 99, || format!("{at}/ranks"));
    let mut seen = BTreeSet::new();
    for (number, rank) in family.ranks.iter().enumerate().take(99) {
        let at = format!("{at}/ranks/{number}");
        bilingual(&rank.name, &format!("{at}/name"), report);
        if !(1..=99).contains(&rank.rank) {
            report.add(Invalid, format!("{at}/rank"), "must be 1 to 99");
        } else if !seen.insert(rank.rank) {
            report.add(Contradiction, format!("{at}/rank"), format!("is defined twice: {}", rank.rank));
        }
    }
}

fn grades(scale: &GradeScale, at: &str, report: &mut Report) {
    report.size(scale.grades.len(), 1, 30, || format!("{at}/grades"));
    let mut seen = BTreeSet::new();
    for (number, grade) in scale.grades.iter().enumerate().take(30) {
        let at = format!("{at}/grades/{number}");
        report.text(grade, 40, || at.clone());
        if !seen.insert(grade) {
            report.add(Contradiction, at, format!("is defined twice: {grade}"));
        }
    }
}

/// A day of the year by its number in a leap year, from nought.
fn day_of_year(text: &str) -> Option<usize> {
    let day = chrono::NaiveDate::parse_from_str(&format!("2024-{text}"), "%Y-%m-%d").ok()?;
    // chrono reads 3-1 as well, which the schema does not allow.
    let same = day.format("%m-%d").to_string() == text;
    usize::try_from(chrono::Datelike::ordinal0(&day)).ok().filter(|_| same)
}

fn periods(calendar: &Calendar, at: &str, report: &mut Report) {
    report.size(calendar.periods.len(), 1, 12, || format!("{at}/periods"));
    let mut codes = BTreeSet::new();
    let mut taken = BTreeSet::new();
    for (number, period) in calendar.periods.iter().enumerate().take(12) {
        let at = format!("{at}/periods/{number}");
        report.code(&period.code, || format!("{at}/code"));
        if !codes.insert(&period.code) {
            report.add(Contradiction, format!("{at}/code"), format!("is defined twice: {}", period.code));
        }
        let days = [("first_day", &period.first_day), ("last_day", &period.last_day)].map(|(field, text)| {
            let day = day_of_year(text);
            if day.is_none() {
                report.add(
                    Invalid,
                    format!("{at}/{field}"),
                    "must be a month and a day that exist, such as 03-01",
                );
            }
            day
        });
        let [Some(first), Some(last)] = days else { continue };
        let covers = |day: &usize| {
            if first <= last {
                (first..=last).contains(day)
            } else {
                *day >= first || *day <= last
            }
        };
        let before = taken.len();
        let own: Vec<usize> = (0..366).filter(covers).collect();
        let wanted = before + own.len();
        taken.extend(own);
        if taken.len() < wanted {
            report.add(Invalid, at, "overlaps a period before it: a day may be in one period only");
        }
    }
}

/// Whether some rule asks if names are near.
fn uses_names(pack: &RulePack) -> bool {
    let near = |target: &Target| {
        matches!(
            target,
            Target::Courses {
                name: Some(NameMatch::Near),
                ..
            }
        )
    };
    let once = pack
        .highest_only
        .iter()
        .chain(&pack.once_only)
        .any(|rule| rule.within == Within::Name);
    once || pack.clauses.iter().any(|clause| clause.to.iter().any(near))
}

fn names(table: &NameTable, used: bool, report: &mut Report) {
    let at = "/definitions/names/synonyms";
    report.size(table.synonyms.len(), 0, 100, || at.to_owned());
    let mut seen = BTreeSet::new();
    for (number, group) in table.synonyms.iter().enumerate().take(100) {
        report.words(group, || format!("{at}/{number}"));
        if group.len() < 2 {
            report.add(
                Invalid,
                format!("{at}/{number}"),
                "must have at least two words, which stand for each other",
            );
        }
        for (place, word) in group.iter().enumerate().take(WORDS_MAX) {
            if !seen.insert(word) {
                let detail = format!("stands in the table of synonyms twice: {word}");
                report.add(Contradiction, format!("{at}/{number}/{place}"), detail);
            }
        }
    }
    if used && !table.synonyms.is_empty() && table.near_names.is_none() {
        let detail = "must say whether courses with near names are the same course or substitutes: same or substitutes";
        report.add(Ambiguous, "/definitions/names/near_names", detail);
    }
}

fn overlaps(overlaps: &[Overlap], known: &Known<'_>, report: &mut Report) {
    report.size(overlaps.len(), 0, 2_000, || "/definitions/overlaps".to_owned());
    let mut seen = BTreeSet::new();
    for (number, overlap) in overlaps.iter().enumerate().take(2_000) {
        let at = format!("/definitions/overlaps/{number}");
        report.text(&overlap.achievement, 40, || format!("{at}/achievement"));
        report.text(&overlap.course, 40, || format!("{at}/course"));
        let unknown = known
            .catalogue
            .as_ref()
            .is_some_and(|catalogue| !catalogue.codes.contains(overlap.course.as_str()));
        if unknown {
            let detail = format!("is not a course of any programme that the rules are for: {}", overlap.course);
            report.add(Dangling, format!("{at}/course"), detail);
        }
        if !seen.insert((&overlap.achievement, &overlap.course)) {
            let detail = format!("is defined twice: {} {}", overlap.achievement, overlap.course);
            report.add(Contradiction, at, detail);
        }
    }
}

/// A target that asks for more overlap than the table has anywhere.
pub(super) fn asked_overlap(least: crate::domain::credit::Percent, at: &str, known: &Known<'_>, report: &mut Report) {
    let table = known
        .definitions
        .map(|definitions| definitions.overlaps.as_slice())
        .unwrap_or_default();
    if least.hundredths() == 0 {
        report.add(Invalid, at, "must be more than nothing");
    } else if table.is_empty() {
        report.add(
            Dangling,
            at,
            "needs the table of overlaps, definitions.overlaps, which is not there",
        );
    } else if !table.iter().any(|overlap| overlap.percent >= least) {
        report.add(
            NeverMatches,
            at,
            format!("can never match: no overlap of the table reaches {least}"),
        );
    }
}
