//! How a programme stands after a conversion, as it is shown: what is filled and what is missing, in all and bucket by bucket.

use super::chart::{Part, filled};
use super::frame::Frame;
use super::names::Name;
use crate::domain::allocation::{Allocation, Destination};
use crate::domain::credit::CourseCredit;
use crate::domain::programme::Course;
use crate::ops::worth::Said;

/// A bucket of a programme.
pub(super) struct BucketLine<'a> {
    pub(super) name: Name<'a>,
    pub(super) minimum: CourseCredit,
    pub(super) has: CourseCredit,
    pub(super) missing: CourseCredit,
    pub(super) bar: Vec<Part>,
    /// Required courses that are not covered, by name where it is known.
    pub(super) courses: Vec<Name<'static>>,
}

/// A programme.
pub(super) struct Standing<'a> {
    pub(super) required: CourseCredit,
    pub(super) earlier: CourseCredit,
    pub(super) recognised: CourseCredit,
    pub(super) missing: CourseCredit,
    /// Whether it was shown that no lawful use brings more.
    pub(super) is_best: bool,
    pub(super) bar: Vec<Part>,
    pub(super) buckets: Vec<BucketLine<'a>>,
}

/// What became of an outcome.
pub(super) struct OutcomeLine<'a> {
    pub(super) key: &'a str,
    pub(super) name: Name<'a>,
    pub(super) used: CourseCredit,
    pub(super) sentences: &'a [String],
}

/// Where a part of an outcome's credit goes.
pub(super) struct AwardLine<'a> {
    pub(super) outcome: Name<'a>,
    /// The course with its code, or the bucket.
    pub(super) to: Name<'a>,
    pub(super) amount: CourseCredit,
    pub(super) citation: &'a str,
    pub(super) grade: Option<&'a str>,
}

impl OutcomeLine<'_> {
    pub(super) fn is_used(&self) -> bool {
        self.used > CourseCredit::ZERO
    }
}

impl<'a> Standing<'a> {
    /// How a programme stands with an allocation; courses are named where they are known.
    pub(super) fn of(allocation: &'a Allocation, courses: &[Course], frame: &Frame) -> Self {
        let named = |code: &String| {
            let course = courses.iter().find(|course| course.code == *code);
            course.map_or_else(|| Name::plain(code.clone()), |course| frame.name_of(&course.name).behind(code))
        };
        let buckets = allocation.buckets.iter().map(|bucket| BucketLine {
            name: frame.name_of(&bucket.name),
            minimum: bucket.minimum,
            has: bucket.converted,
            missing: bucket.missing,
            bar: filled(
                &[("available", bucket.converted.hundredths())],
                bucket.minimum.hundredths().max(bucket.converted.hundredths()),
            ),
            courses: bucket.missing_courses.iter().map(named).collect(),
        });
        let (earlier, recognised) = (allocation.earlier, allocation.recognised);
        Self {
            required: allocation.required_credit,
            earlier,
            recognised,
            missing: allocation.missing(),
            is_best: allocation.recognised >= allocation.bound,
            bar: filled(
                &[("redeemed", earlier.hundredths()), ("available", recognised.hundredths())],
                allocation.required_credit.hundredths(),
            ),
            buckets: buckets.collect(),
        }
    }
}

/// What became of each outcome; the ones that are used come first.
pub(super) fn outcome_lines<'a>(frame: &Frame, allocation: &'a Allocation, said: &'a [Said]) -> Vec<OutcomeLine<'a>> {
    let mut lines: Vec<OutcomeLine<'a>> = allocation
        .verdicts
        .iter()
        .map(|verdict| {
            let said = said.iter().find(|said| said.outcome == verdict.outcome);
            OutcomeLine {
                key: &verdict.outcome,
                name: said.map_or_else(|| Name::plain(verdict.outcome.as_str()), |said| frame.name_of(said)),
                used: verdict.used,
                sentences: said.map_or(&[], |said| said.sentences.as_slice()),
            }
        })
        .collect();
    lines.sort_by_key(|line| !line.is_used());
    lines
}

/// Where the credit goes, award by award.
pub(super) fn award_lines<'a>(frame: &Frame, allocation: &'a Allocation, said: &'a [Said]) -> Vec<AwardLine<'a>> {
    let lines = allocation.awards.iter().map(|award| {
        let outcome = said.iter().find(|said| said.outcome == award.outcome);
        let to = match &award.destination {
            Destination::Course { code, name, .. } => frame.name_of(name).behind(code),
            Destination::FreeCredit { bucket } => {
                let known = allocation.buckets.iter().find(|standing| standing.bucket == *bucket);
                known.map_or_else(|| Name::plain(bucket.as_str()), |standing| frame.name_of(&standing.name))
            }
        };
        AwardLine {
            outcome: outcome.map_or_else(|| Name::plain(award.outcome.as_str()), |said| frame.name_of(said)),
            to,
            amount: award.amount,
            citation: &award.citation,
            grade: award.recorded_grade.as_deref(),
        }
    });
    lines.collect()
}
