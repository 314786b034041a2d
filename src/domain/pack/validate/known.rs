//! What rules may refer to: the pack's definitions and the courses of its programmes, indexed once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::domain::limit::CourseSelector;
use crate::domain::pack::{Definitions, RulePack};
use crate::domain::programme::{Course, Programme};
use crate::domain::recognition::SelectedBy;

/// Beyond so many courses the search for one that a selector means is left out: the rest is checked all the same.
const COURSES_SEARCHED_MAX: usize = 20_000;

/// The courses of all programmes that the rules are for.
#[derive(Default)]
pub(super) struct Catalogue<'a> {
    pub(super) codes: BTreeSet<&'a str>,
    pub(super) tags: BTreeSet<&'a str>,
    pub(super) buckets: BTreeSet<&'a str>,
    courses: Vec<&'a Course>,
}

/// What is known where rules are judged.
pub(super) struct Known<'a> {
    pub(super) definitions: Option<&'a Definitions>,
    families: BTreeMap<&'a str, BTreeSet<i16>>,
    scales: BTreeMap<&'a str, BTreeSet<&'a str>>,
    calendars: BTreeSet<&'a str>,
    pub(super) clauses: Option<BTreeSet<&'a str>>,
    /// `None` where no programme is given, and nothing can be said of courses.
    pub(super) catalogue: Option<Catalogue<'a>>,
    /// The days on which an outcome must have been awarded to be judged by the pack at all.
    pub(super) awards: (Option<NaiveDate>, Option<NaiveDate>),
}

impl<'a> Catalogue<'a> {
    fn of(programmes: impl Iterator<Item = &'a Programme>) -> Option<Self> {
        let mut catalogue = Self::default();
        let mut any = false;
        for programme in programmes {
            any = true;
            catalogue
                .buckets
                .extend(programme.buckets.iter().map(|bucket| bucket.code.as_str()));
            for course in &programme.courses {
                catalogue.codes.insert(&course.code);
                catalogue.tags.extend(course.tags.iter().map(String::as_str));
                catalogue.courses.push(course);
            }
        }
        any.then_some(catalogue)
    }

    /// Whether some course may be meant; free credit of a bucket counts where the rule may be about it.
    pub(super) fn has_any(&self, select: &CourseSelector, or_free_credit: bool) -> bool {
        self.courses.len() > COURSES_SEARCHED_MAX
            || self.courses.iter().any(|course| select.selects(course))
            || (or_free_credit && self.buckets.iter().any(|bucket| select.selects_free_credit(bucket)))
    }
}

impl<'a> Known<'a> {
    /// For the rules of a pack.
    pub(super) fn of_pack(pack: &'a RulePack, programmes: &'a [Programme]) -> Self {
        let definitions = &pack.definitions;
        let ranks = |family: &'a crate::domain::pack::Family| family.ranks.iter().map(|rank| rank.rank).collect();
        let by_award = pack.selected_by == Some(SelectedBy::AwardDate);
        Self {
            definitions: Some(definitions),
            families: definitions
                .families
                .iter()
                .map(|family| (family.code.as_str(), ranks(family)))
                .collect(),
            scales: definitions
                .grade_scales
                .iter()
                .map(|scale| (scale.code.as_str(), scale.grades.iter().map(String::as_str).collect()))
                .collect(),
            calendars: definitions.calendars.iter().map(|calendar| calendar.code.as_str()).collect(),
            clauses: Some(pack.clauses.iter().map(|clause| clause.id.as_str()).collect()),
            catalogue: Catalogue::of(programmes.iter().filter(|programme| pack.is_for(&programme.code))),
            awards: (
                Some(pack.effective_from).filter(|_| by_award),
                pack.effective_to.filter(|_| by_award),
            ),
        }
    }

    /// For the limits of a programme.
    pub(super) fn of_programme(programme: &'a Programme) -> Self {
        Self {
            definitions: None,
            families: BTreeMap::new(),
            scales: BTreeMap::new(),
            calendars: BTreeSet::new(),
            clauses: None,
            catalogue: Catalogue::of(std::iter::once(programme)),
            awards: (None, None),
        }
    }

    /// The ranks of a family, if it is defined.
    pub(super) fn ranks(&self, family: &str) -> Option<&BTreeSet<i16>> {
        self.families.get(family)
    }

    /// The grades of a scale, if it is defined.
    pub(super) fn grades(&self, scale: &str) -> Option<&BTreeSet<&'a str>> {
        self.scales.get(scale)
    }

    /// Whether some scale is defined, and none of them has a grade.
    pub(super) fn lacks_grade(&self, grade: &str) -> bool {
        !self.scales.is_empty() && !self.scales.values().any(|grades| grades.contains(grade))
    }

    /// Whether a calendar is defined.
    pub(super) fn has_calendar(&self, code: &str) -> bool {
        self.calendars.contains(code)
    }

    /// Whether there is a table of names.
    pub(super) fn has_names(&self) -> bool {
        self.definitions.is_some_and(|definitions| definitions.names.is_some())
    }
}
