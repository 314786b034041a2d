//! How a programme stands: bucket by bucket, not by the total alone.

use std::collections::BTreeMap;

use super::explain::credit;
use super::model::PlaceKind;
use super::{Award, BucketStanding, Destination, Question};
use crate::domain::credit::CourseCredit;
use crate::domain::programme::Programme;

/// What each bucket has and lacks, given credit by bucket and the courses that are covered.
pub fn audit(programme: &Programme, has: &BTreeMap<String, CourseCredit>, covered: &[String]) -> Vec<BucketStanding> {
    let standing = |bucket: &crate::domain::programme::Bucket| {
        let own = has.get(&bucket.code).copied().unwrap_or_default();
        let lacking = programme
            .courses
            .iter()
            .filter(|course| course.required && course.bucket == bucket.code && !covered.contains(&course.code));
        BucketStanding {
            bucket: bucket.code.clone(),
            name: bucket.name.clone(),
            minimum: bucket.minimum,
            converted: own,
            missing: bucket.minimum.checked_sub(own).unwrap_or_default(),
            missing_courses: lacking.map(|course| course.code.clone()).collect(),
        }
    };
    programme.buckets.iter().map(standing).collect()
}

/// How the buckets stand with what was converted earlier and what is awarded.
pub(super) fn after(question: &Question, awards: &[Award]) -> Vec<BucketStanding> {
    let programme = &question.programme;
    let mut has: BTreeMap<String, i64> = BTreeMap::new();
    let mut of_course: BTreeMap<String, i64> = BTreeMap::new();
    for award in awards {
        let amount = award.amount.hundredths();
        match &award.destination {
            Destination::Course { code, bucket, .. } => {
                *has.entry(bucket.clone()).or_default() += amount;
                *of_course.entry(code.clone()).or_default() += amount;
            }
            Destination::FreeCredit { bucket } => *has.entry(bucket.clone()).or_default() += amount,
        }
    }
    let mut full: Vec<&String> = Vec::new();
    for (kind, taken) in question.taken_earlier() {
        let bucket = match kind {
            PlaceKind::Course(number) => programme.courses.get(number).map(|course| {
                *of_course.entry(course.code.clone()).or_default() += taken.amount;
                full.extend(Some(&course.code).filter(|_| taken.is_full));
                &course.bucket
            }),
            PlaceKind::FreeCredit(number) | PlaceKind::Former { bucket: Some(number), .. } => {
                programme.buckets.get(number).map(|bucket| &bucket.code)
            }
            PlaceKind::Former { bucket: None, .. } => None,
        };
        if let Some(bucket) = bucket {
            *has.entry(bucket.clone()).or_default() += taken.amount;
        }
    }
    let is_covered = |course: &&crate::domain::programme::Course| {
        let amount = of_course.get(&course.code);
        full.contains(&&course.code) || amount.is_some_and(|amount| *amount >= course.credits.hundredths())
    };
    let covered: Vec<String> = programme
        .courses
        .iter()
        .filter(is_covered)
        .map(|course| course.code.clone())
        .collect();
    let has = has.into_iter().map(|(bucket, amount)| (bucket, credit(amount))).collect();
    audit(programme, &has, &covered)
}
