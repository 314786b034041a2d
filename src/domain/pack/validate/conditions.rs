//! Conditions: what they refer to, what they leave open, and whether any outcome can meet them.

use super::PackFault::{Ambiguous, Dangling, Invalid, NeverMatches, TooLarge, Unlawful};
use super::known::Known;
use super::report::{Report, WORDS_MAX};
use super::selectors;
use crate::domain::achievement::AchievementKind;
use crate::domain::condition::{Condition, Range, Standing};
use crate::domain::credit_code::CreditCode;
use crate::domain::limit::Scope;

/// For what a condition stands: sensitive personal information may be asked by a clause only, by its legal basis.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    ClauseWithBasis,
    ClauseWithoutBasis,
    Other,
}

/// The most conditions within one.
const ALTERNATIVES_MAX: usize = 50;

/// Examines a condition and those within it.
pub(super) fn examine(condition: &Condition, at: &str, purpose: Purpose, known: &Known<'_>, report: &mut Report) {
    nested(condition, at, purpose, known, report, 1);
}

/// An event is a contest's: a condition that asks for other kinds has none.
pub(super) fn only_contests(condition: &Condition, scope: Scope, at: &str, report: &mut Report) {
    if lacks(condition, AchievementKind::Contest) {
        let detail = format!("can never match: a contest alone belongs to an {scope}, and its kind is not among the kinds asked");
        report.add(NeverMatches, at, detail);
    }
}

fn lacks(condition: &Condition, kind: AchievementKind) -> bool {
    !condition.kinds.is_empty() && !condition.kinds.contains(&kind)
}

fn nested(condition: &Condition, at: &str, purpose: Purpose, known: &Known<'_>, report: &mut Report, depth: usize) {
    // The depth is limited here, and the reader of JSON limits it before.
    if depth > Condition::DEPTH_MAX {
        let detail = format!("must not have conditions more than {} deep within each other", Condition::DEPTH_MAX);
        report.add(TooLarge, at, detail);
        return;
    }
    lists(condition, at, report);
    families(condition, at, known, report);
    contests(condition, at, report);
    quality(condition, at, known, report);
    dates(condition, at, known, report);
    selectors::tags(&condition.tags_any, &condition.tags_all, &condition.tags_none, at, report);
    if !condition.trainee_groups.is_empty() {
        let detail = match purpose {
            Purpose::ClauseWithBasis => None,
            Purpose::ClauseWithoutBasis => Some(
                "must not be asked without a legal_basis of the clause: a trainee group is sensitive personal information (PIPL, article 28)",
            ),
            Purpose::Other => Some(
                "must not be asked here: a trainee group is sensitive personal information (PIPL, article 28), and only a clause with a legal_basis may ask for it",
            ),
        };
        detail
            .into_iter()
            .for_each(|detail| report.add(Unlawful, format!("{at}/trainee_groups"), detail));
    }
    report.size(condition.any_of.len(), 0, ALTERNATIVES_MAX, || format!("{at}/any_of"));
    report.size(condition.none_of.len(), 0, ALTERNATIVES_MAX, || format!("{at}/none_of"));
    for (number, other) in condition.any_of.iter().enumerate().take(ALTERNATIVES_MAX) {
        nested(other, &format!("{at}/any_of/{number}"), purpose, known, report, depth + 1);
    }
    for (number, other) in condition.none_of.iter().enumerate().take(ALTERNATIVES_MAX) {
        let at = format!("{at}/none_of/{number}");
        nested(other, &at, purpose, known, report, depth + 1);
        if other.is_empty() {
            report.add(
                NeverMatches,
                at,
                "can never match: nothing is asked here, so that every outcome is excepted",
            );
        }
    }
    let possible = condition
        .any_of
        .iter()
        .take(ALTERNATIVES_MAX)
        .any(|other| !impossible(other, depth + 1));
    if !condition.any_of.is_empty() && !possible {
        report.add(
            NeverMatches,
            format!("{at}/any_of"),
            "can never match: none of the alternatives can",
        );
    }
}

/// Whether no outcome can meet the condition, by itself.
fn impossible(condition: &Condition, depth: usize) -> bool {
    let empty = |range: Option<Range>| range.is_some_and(is_empty);
    let asks_contest = contest_property(condition).is_some();
    let in_none = |tag: &String| condition.tags_none.contains(tag);
    depth > Condition::DEPTH_MAX
        || empty(condition.ranks)
        || empty(condition.levels)
        || empty(condition.contest_places)
        || empty(condition.team_positions)
        || condition.awarded_from.zip(condition.awarded_to).is_some_and(|(from, to)| from > to)
        || condition.tags_all.iter().take(WORDS_MAX).any(in_none)
        || (!condition.tags_any.is_empty() && condition.tags_any.iter().take(WORDS_MAX).all(in_none))
        || (asks_contest && lacks(condition, AchievementKind::Contest))
        || (!condition.education_levels.is_empty() && lacks(condition, AchievementKind::Diploma))
        || (condition.standing == Some(Standing::Individual) && condition.team_positions.is_some())
        || condition.none_of.iter().take(ALTERNATIVES_MAX).any(Condition::is_empty)
        || (!condition.any_of.is_empty()
            && condition
                .any_of
                .iter()
                .take(ALTERNATIVES_MAX)
                .all(|other| impossible(other, depth + 1)))
}

fn is_empty(range: Range) -> bool {
    range.least.zip(range.most).is_some_and(|(least, most)| least > most)
}

fn lists(condition: &Condition, at: &str, report: &mut Report) {
    let words = [
        ("issuers", &condition.issuers),
        ("achievements", &condition.achievements),
        ("families", &condition.families),
        ("education_levels", &condition.education_levels),
        ("tags_any", &condition.tags_any),
        ("tags_all", &condition.tags_all),
        ("tags_none", &condition.tags_none),
    ];
    for (field, words) in words {
        report.words(words, || format!("{at}/{field}"));
    }
    let sizes = [
        ("kinds", condition.kinds.len()),
        ("issuer_kinds", condition.issuer_kinds.len()),
        ("trainee_groups", condition.trainee_groups.len()),
        ("contest_scopes", condition.contest_scopes.len()),
    ];
    for (field, items) in sizes {
        report.size(items, 0, WORDS_MAX, || format!("{at}/{field}"));
    }
    for (number, issuer) in condition.issuers.iter().enumerate().take(WORDS_MAX) {
        if CreditCode::parse(issuer).is_none_or(|code| code.as_str() != issuer) {
            let detail = "must have the 18 characters of a unified social credit code";
            report.add(Invalid, format!("{at}/issuers/{number}"), detail);
        }
    }
    for (number, level) in condition.education_levels.iter().enumerate().take(WORDS_MAX) {
        let mut digits = level.chars();
        let first = digits.next().is_some_and(|digit| ('1'..='9').contains(&digit));
        if !(first && digits.next().is_some_and(|digit| digit.is_ascii_digit()) && digits.next().is_none()) {
            report.add(
                Invalid,
                format!("{at}/education_levels/{number}"),
                "is not a code of GB/T 4658-2006",
            );
        }
    }
}

/// A range of numbers from 1.
fn range(range: Option<Range>, most: i16, at: &str, report: &mut Report) {
    let Some(range) = range else { return };
    let bounds = [range.least, range.most].into_iter().flatten();
    if bounds.into_iter().any(|bound| !(1..=most).contains(&bound)) {
        report.add(Invalid, at, format!("must have bounds of 1 to {most}"));
    } else if is_empty(range) {
        report.add(NeverMatches, at, "can never match: the least is more than the most");
    } else if range.least.is_none() && range.most.is_none() {
        report.add(Invalid, at, "must have a least, a most or both");
    }
}

fn families(condition: &Condition, at: &str, known: &Known<'_>, report: &mut Report) {
    range(condition.ranks, 99, &format!("{at}/ranks"), report);
    range(condition.levels, 99, &format!("{at}/levels"), report);
    if known.definitions.is_none() {
        return;
    }
    let mut undefined = false;
    for (number, family) in condition.families.iter().enumerate().take(WORDS_MAX) {
        if known.ranks(family).is_none() {
            undefined = true;
            let detail = format!("is not a family of definitions.families: {family}");
            report.add(Dangling, format!("{at}/families/{number}"), detail);
        }
    }
    let Some(asked) = condition.ranks.filter(|_| !undefined && !condition.families.is_empty()) else {
        return;
    };
    let has = |rank: i16| {
        let mut all = condition.families.iter().take(WORDS_MAX).filter_map(|family| known.ranks(family));
        all.any(|ranks| ranks.contains(&rank))
    };
    for (field, bound) in [("least", asked.least), ("most", asked.most)] {
        if let Some(rank) = bound.filter(|rank| !has(*rank)) {
            let detail = format!("is not a rank of any family that is asked: {rank}");
            report.add(Dangling, format!("{at}/ranks/{field}"), detail);
        }
    }
}

/// The first property that only a contest's result has.
fn contest_property(condition: &Condition) -> Option<&'static str> {
    let asked = [
        ("contest_scopes", !condition.contest_scopes.is_empty()),
        ("contest_places", condition.contest_places.is_some()),
        ("standing", condition.standing.is_some()),
        ("team_positions", condition.team_positions.is_some()),
    ];
    asked.into_iter().find(|(_, asked)| *asked).map(|(field, _)| field)
}

fn contests(condition: &Condition, at: &str, report: &mut Report) {
    range(condition.contest_places, 999, &format!("{at}/contest_places"), report);
    range(condition.team_positions, 99, &format!("{at}/team_positions"), report);
    if let Some(field) = contest_property(condition).filter(|_| lacks(condition, AchievementKind::Contest)) {
        let detail = "can never match: only a contest has this, and its kind is not among the kinds asked";
        report.add(NeverMatches, format!("{at}/{field}"), detail);
    }
    if !condition.education_levels.is_empty() && lacks(condition, AchievementKind::Diploma) {
        let detail = "can never match: only a diploma has this, and its kind is not among the kinds asked";
        report.add(NeverMatches, format!("{at}/education_levels"), detail);
    }
    if condition.standing == Some(Standing::Individual) && condition.team_positions.is_some() {
        let detail = "can never match: who stands alone has no place in a team";
        report.add(NeverMatches, format!("{at}/team_positions"), detail);
    }
}

fn quality(condition: &Condition, at: &str, known: &Known<'_>, report: &mut Report) {
    let Some(asked) = &condition.minimum_grade else { return };
    match known.grades(&asked.scale) {
        None => {
            let detail = format!("is not a scale of definitions.grade_scales: {}", asked.scale);
            report.add(Dangling, format!("{at}/minimum_grade/scale"), detail);
        }
        Some(grades) if !grades.contains(asked.grade.as_str()) => {
            let detail = format!("is not a grade of the scale {}: {}", asked.scale, asked.grade);
            report.add(Dangling, format!("{at}/minimum_grade/grade"), detail);
        }
        Some(_) => {}
    }
}

fn dates(condition: &Condition, at: &str, known: &Known<'_>, report: &mut Report) {
    if condition.awarded_from.zip(condition.awarded_to).is_some_and(|(from, to)| from > to) {
        report.add(
            NeverMatches,
            format!("{at}/awarded_to"),
            "can never match: awarded_to is before awarded_from",
        );
    }
    let (first, last) = known.awards;
    let too_late = condition.awarded_from.zip(last).is_some_and(|(from, last)| from > last);
    let too_early = condition.awarded_to.zip(first).is_some_and(|(to, first)| to < first);
    for (field, _) in [("awarded_from", too_late), ("awarded_to", too_early)]
        .iter()
        .filter(|(_, wrong)| *wrong)
    {
        let detail = "can never match: the version judges by award date, and these dates are outside of those in which it is in force";
        report.add(NeverMatches, format!("{at}/{field}"), detail);
    }
    let Some(within) = condition.awarded_within else { return };
    if !(1..=99).contains(&within.years) {
        report.add(Invalid, format!("{at}/awarded_within/years"), "must be 1 to 99");
    }
    if within.boundary.is_none() {
        let detail = "must say whether the anniversary itself is still inside: anniversary_included or anniversary_excluded";
        report.add(Ambiguous, format!("{at}/awarded_within/boundary"), detail);
    }
}
