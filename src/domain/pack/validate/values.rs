//! Values: numbers that make nothing, tables that name a thing twice or name what is not there.

use std::collections::BTreeSet;

use super::PackFault::{Contradiction, Dangling, Invalid, NeverMatches};
use super::conditions::{self, Purpose};
use super::known::Known;
use super::report::Report;
use crate::domain::credit::CourseCredit;
use crate::domain::pack::value::{Base, ClauseValue, Sign, TableEntry, TableKey};
use crate::domain::pack::{Clause, Target};

/// Examines how a clause values outcomes.
pub(super) fn examine(clause: &Clause, at: &str, purpose: Purpose, known: &Known<'_>, report: &mut Report) {
    let value = &clause.value;
    base(clause, at, known, report);
    report.size(value.addends.len(), 0, 20, || format!("{at}/addends"));
    for (number, addend) in value.addends.iter().enumerate().take(20) {
        let at = format!("{at}/addends/{number}");
        conditions::examine(&addend.when, &format!("{at}/when"), purpose, known, report);
        if addend.credit == CourseCredit::ZERO {
            report.add(Invalid, format!("{at}/credit"), "must be more than nothing");
        }
    }
    if value.step == Some(CourseCredit::ZERO) {
        report.add(Invalid, format!("{at}/step"), "must be more than nothing");
    }
    let least = value.step.unwrap_or(CourseCredit::ZERO);
    match value.cap {
        Some(CourseCredit::ZERO) => report.add(Invalid, format!("{at}/cap"), "must be more than nothing"),
        Some(cap) if cap < least => report.add(Invalid, format!("{at}/cap"), format!("is less than one step, {least}")),
        _ => {}
    }
    if value.of == (Base::CourseCredit {}) {
        without_effect(value, at, report);
        if clause.to.iter().any(|target| matches!(target, Target::FreeCredit { .. })) {
            let detail = "means nothing for free credit, which is of no course: give another base, or courses only";
            report.add(Contradiction, format!("{at}/of/base"), detail);
        }
    }
}

/// Where the courses say the value, nothing is added, rounded or capped.
fn without_effect(value: &ClauseValue, at: &str, report: &mut Report) {
    let given = [
        ("addends", !value.addends.is_empty()),
        ("step", value.step.is_some()),
        ("cap", value.cap.is_some()),
    ];
    for (field, _) in given.iter().filter(|(_, given)| *given) {
        let detail = "has no effect beside the base course_credit: use a limit per outcome instead";
        report.add(Contradiction, format!("{at}/{field}"), detail);
    }
}

fn base(clause: &Clause, at: &str, known: &Known<'_>, report: &mut Report) {
    let gives = clause.value.addends.iter().any(|addend| addend.sign == Sign::Plus);
    match &clause.value.of {
        Base::BankCredit {} | Base::CourseCredit {} => {}
        Base::Fixed { credit } => {
            if *credit == CourseCredit::ZERO && !gives {
                report.add(Invalid, format!("{at}/of/credit"), "must be more than nothing");
            }
        }
        Base::Ratio {
            numerator, denominator, ..
        } => {
            for (field, number) in [("numerator", numerator), ("denominator", denominator)] {
                if !(1..=10_000).contains(number) {
                    report.add(Invalid, format!("{at}/of/{field}"), "must be 1 to 10000");
                }
            }
        }
        Base::Hours { per_credit } => {
            if per_credit.hundredths() == 0 {
                report.add(Invalid, format!("{at}/of/per_credit"), "must be more than nothing");
            }
        }
        Base::Table { by, entries } => {
            report.size(entries.len(), 1, 100, || format!("{at}/of/entries"));
            table(clause, *by, entries, &format!("{at}/of/entries"), known, report);
        }
    }
}

fn table(clause: &Clause, by: TableKey, entries: &[TableEntry], at: &str, known: &Known<'_>, report: &mut Report) {
    let mut seen = BTreeSet::new();
    for (number, entry) in entries.iter().enumerate().take(100) {
        let at = format!("{at}/{number}/when");
        report.text(&entry.when, 40, || at.clone());
        if !seen.insert(&entry.when) {
            report.add(Invalid, at, format!("is in the table twice: {}", entry.when));
            continue;
        }
        // The solver compares texts, so that 01 would never be found.
        let whole = entry.when.parse::<i16>().ok().filter(|whole| whole.to_string() == entry.when);
        let lawful = whole.filter(|whole| (1..=999).contains(whole));
        match by {
            TableKey::Grade if known.lacks_grade(&entry.when) => {
                let detail = format!("is not a grade of any scale of definitions.grade_scales: {}", entry.when);
                report.add(Dangling, at, detail);
            }
            TableKey::Grade => {}
            _ if lawful.is_none() => report.add(Invalid, at, "must be a whole number of 1 to 999, written without a leading nought"),
            TableKey::Rank => rank(clause, lawful.unwrap_or_default(), at, known, report),
            TableKey::Level => outside(clause.outcomes.levels, lawful.unwrap_or_default(), at, report),
            TableKey::ContestPlace => outside(clause.outcomes.contest_places, lawful.unwrap_or_default(), at, report),
        }
    }
}

fn outside(asked: Option<crate::domain::condition::Range>, number: i16, at: String, report: &mut Report) {
    if asked.is_some_and(|range| !range.contains(number)) {
        let detail = format!("can never match: the clause's own condition does not let it through: {number}");
        report.add(NeverMatches, at, detail);
    }
}

fn rank(clause: &Clause, rank: i16, at: String, known: &Known<'_>, report: &mut Report) {
    let mut families = clause.outcomes.families.iter().filter_map(|family| known.ranks(family)).peekable();
    if families.peek().is_some() && !families.any(|ranks| ranks.contains(&rank)) {
        report.add(Dangling, at, format!("is not a rank of any family that is asked: {rank}"));
    } else {
        outside(clause.outcomes.ranks, rank, at, report);
    }
}
