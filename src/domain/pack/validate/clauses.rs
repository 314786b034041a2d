//! Clauses and exclusions: what is left open, where credit goes, and clauses that an exclusion leaves nothing.

use super::PackFault::{Ambiguous, Dangling, Invalid, NeverMatches};
use super::conditions::{self, Purpose};
use super::known::Known;
use super::report::Report;
use super::selectors::{self, Meant};
use super::{bilingual, definitions, values};
use crate::domain::credit::{CourseCredit, Score};
use crate::domain::limit::NameMatch;
use crate::domain::pack::{Clause, Exclusion, GradeStep, Recorded, RulePack, Target};

/// The most clauses, exclusions, and targets of a clause.
const CLAUSES_MAX: usize = 200;
const EXCLUSIONS_MAX: usize = 50;
const TARGETS_MAX: usize = 20;

/// Examines every clause.
pub(super) fn examine(pack: &RulePack, known: &Known<'_>, report: &mut Report) {
    for (number, clause) in pack.clauses.iter().enumerate().take(CLAUSES_MAX) {
        let at = format!("/clauses/{number}");
        report.about(&clause.id);
        one(clause, &at, known, report);
        if let Some(exclusion) = pack
            .exclusions
            .iter()
            .take(EXCLUSIONS_MAX)
            .find(|exclusion| shadows(exclusion, clause))
        {
            let detail = format!(
                "can never match: the exclusion takes away all that the clause is for: {}",
                exclusion.id
            );
            report.add(NeverMatches, at, detail);
        }
    }
    report.about_all();
}

fn one(clause: &Clause, at: &str, known: &Known<'_>, report: &mut Report) {
    let basis = clause.legal_basis.as_deref().is_some_and(|basis| !basis.trim().is_empty());
    let purpose = if basis {
        Purpose::ClauseWithBasis
    } else {
        Purpose::ClauseWithoutBasis
    };
    report.code(&clause.id, || format!("{at}/id"));
    report.text(&clause.citation, 200, || format!("{at}/citation"));
    if let Some(title) = &clause.title {
        bilingual(title, &format!("{at}/title"), report);
    }
    if let Some(basis) = &clause.legal_basis {
        report.text(basis, 200, || format!("{at}/legal_basis"));
    }
    conditions::examine(&clause.outcomes, &format!("{at}/outcomes"), purpose, known, report);
    report.size(clause.to.len(), 1, TARGETS_MAX, || format!("{at}/to"));
    for (number, target) in clause.to.iter().enumerate().take(TARGETS_MAX) {
        destination(target, &format!("{at}/to/{number}"), known, report);
    }
    values::examine(clause, &format!("{at}/value"), purpose, known, report);
    left_open(clause, at, report);
    recorded(clause, at, report);
}

/// What published texts leave open, and what somebody has to choose.
fn left_open(clause: &Clause, at: &str, report: &mut Report) {
    let to_courses = clause.to.iter().any(|target| matches!(target, Target::Courses { .. }));
    let choices = [
        (
            "targets",
            clause.targets.is_none() && to_courses,
            "must say whether one outcome goes to one course or may be spread over many: one or many",
        ),
        (
            "remainder",
            clause.remainder.is_none(),
            "must say whether credit that finds no target is lost or stays usable: forfeited or kept",
        ),
        (
            "coverage",
            clause.coverage.is_none() && to_courses,
            "must say whether one outcome covers a whole course, several may together, or a part suffices: whole_by_one, whole_together or part",
        ),
    ];
    for (field, _, detail) in choices.iter().filter(|(_, open, _)| *open) {
        report.add(Ambiguous, format!("{at}/{field}"), *detail);
    }
}

fn destination(target: &Target, at: &str, known: &Known<'_>, report: &mut Report) {
    match target {
        Target::Courses {
            select,
            name,
            minimum_overlap,
        } => {
            selectors::examine(select, &format!("{at}/select"), Meant::Courses, known, report);
            if *name == Some(NameMatch::Near) && !known.has_names() {
                let detail = "needs the table of names, definitions.names, which is not there";
                report.add(Dangling, format!("{at}/name"), detail);
            }
            if let Some(least) = minimum_overlap {
                definitions::asked_overlap(*least, &format!("{at}/minimum_overlap"), known, report);
            }
        }
        Target::FreeCredit { bucket, up_to } => {
            report.text(bucket, 40, || format!("{at}/bucket"));
            let unknown = known
                .catalogue
                .as_ref()
                .is_some_and(|catalogue| !catalogue.buckets.contains(bucket.as_str()));
            if unknown {
                let detail = format!("is not a bucket of any programme that the rules are for: {bucket}");
                report.add(Dangling, format!("{at}/bucket"), detail);
            }
            if *up_to == Some(CourseCredit::ZERO) {
                report.add(Invalid, format!("{at}/up_to"), "must be more than nothing");
            }
        }
    }
}

fn recorded(clause: &Clause, at: &str, report: &mut Report) {
    match &clause.recorded {
        None | Some(Recorded::Original {} | Recorded::Passed {}) => {}
        Some(Recorded::Fixed { value }) => report.text(value, 40, || format!("{at}/recorded/value")),
        Some(Recorded::Mapped { steps }) => {
            report.size(steps.len(), 1, 30, || format!("{at}/recorded/steps"));
            let mut before: Option<&GradeStep> = None;
            for (number, step) in steps.iter().enumerate().take(30) {
                let at = format!("{at}/recorded/steps/{number}");
                report.text(&step.grade, 40, || format!("{at}/grade"));
                if before.is_some_and(|before| before.least_score <= step.least_score) {
                    let detail = "can never match: a step before it takes every score that reaches this one; begin with the highest";
                    report.add(NeverMatches, format!("{at}/least_score"), detail);
                }
                before = Some(step);
            }
            let least = steps.last().map_or(0, |step| step.least_score.hundredths());
            let asked = clause.outcomes.minimum_score.map_or(0, Score::hundredths);
            if asked < least {
                let detail = "must say what lower scores are recorded with: ask minimum_score of the last step, or end with a step from 0";
                report.add(Ambiguous, format!("{at}/recorded/steps"), detail);
            }
        }
    }
}

/// Whether nothing of a clause is left by an exclusion, as far as their words alone tell.
fn shadows(exclusion: &Exclusion, clause: &Clause) -> bool {
    let all_outcomes = exclusion.outcomes.is_empty() || exclusion.outcomes == clause.outcomes;
    let asks_nothing = exclusion.outcomes.is_empty() && exclusion.courses.is_empty();
    // An exclusion that asks nothing is told by itself, once.
    all_outcomes
        && !asks_nothing
        && !clause.to.is_empty()
        && clause.to.iter().take(TARGETS_MAX).all(|target| match target {
            Target::Courses { select, .. } => selectors::within(select, &exclusion.courses),
            Target::FreeCredit { .. } => exclusion.courses.is_empty(),
        })
}

/// Examines every exclusion.
pub(super) fn exclusions(pack: &RulePack, known: &Known<'_>, report: &mut Report) {
    for (number, exclusion) in pack.exclusions.iter().enumerate().take(EXCLUSIONS_MAX) {
        let at = format!("/exclusions/{number}");
        report.about(&exclusion.id);
        report.code(&exclusion.id, || format!("{at}/id"));
        report.text(&exclusion.citation, 200, || format!("{at}/citation"));
        if exclusion.outcomes.is_empty() && exclusion.courses.is_empty() {
            let detail = "must ask for outcomes or courses: asking for nothing it excludes everything, and no clause could ever match";
            report.add(NeverMatches, at.clone(), detail);
        }
        conditions::examine(&exclusion.outcomes, &format!("{at}/outcomes"), Purpose::Other, known, report);
        selectors::examine(
            &exclusion.courses,
            &format!("{at}/courses"),
            Meant::CoursesOrFreeCredit,
            known,
            report,
        );
    }
    report.about_all();
}
