//! The life of a version of a rule pack: drafted, filed with the authority 备案, on public notice 公示, in force,
//! superseded. Only steps of people are stored; what the calendar does is worked out from dates when somebody reads.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::dated::last_day_in_force;
use crate::domain::words::words;

words! {
    /// Where a version of a rule pack stands.
    pub enum PackStatus {
        /// Being written.
        Draft => "draft",
        /// With the authority.
        Filed => "filed",
        /// Given back by the authority, to be mended and filed again.
        Returned => "returned",
        /// Accepted and published; it will come into force.
        OnNotice => "on_notice",
        InForce => "in_force",
        /// A later version took its place, or its last day is over.
        Superseded => "superseded",
        /// Given up by its owner before it came into force.
        Withdrawn => "withdrawn",
    }
}

words! {
    /// What somebody does with a version of a rule pack.
    pub enum PackStep {
        File => "file",
        Accept => "accept",
        Return => "return",
        Withdraw => "withdraw",
    }
}

words! {
    /// What the authority answers to a filing.
    pub enum FilingDecision {
        Accept => "accept",
        Return => "return",
    }
}

impl From<FilingDecision> for PackStep {
    fn from(decision: FilingDecision) -> Self {
        match decision {
            FilingDecision::Accept => Self::Accept,
            FilingDecision::Return => Self::Return,
        }
    }
}

impl PackStatus {
    /// The status after a step, or `None` when the step has no meaning there.
    pub fn after(self, step: PackStep) -> Option<Self> {
        match (self, step) {
            (Self::Draft | Self::Returned, PackStep::File) => Some(Self::Filed),
            (Self::Filed, PackStep::Accept) => Some(Self::OnNotice),
            (Self::Filed, PackStep::Return) => Some(Self::Returned),
            (Self::Draft | Self::Filed | Self::Returned | Self::OnNotice, PackStep::Withdraw) => Some(Self::Withdrawn),
            (Self::Draft | Self::Returned, PackStep::Accept | PackStep::Return)
            | (Self::Filed, PackStep::File)
            | (Self::OnNotice, PackStep::File | PackStep::Accept | PackStep::Return)
            | (
                Self::InForce | Self::Superseded | Self::Withdrawn,
                PackStep::File | PackStep::Accept | PackStep::Return | PackStep::Withdraw,
            ) => None,
        }
    }

    /// Whether its owner may still change it.
    pub fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }

    /// Whether it is on its way: while one version is, its owner drafts no other.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Filed | Self::Returned)
    }
}

/// The dates of a version that was accepted, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    pub effective_from: NaiveDate,
    /// The last day in force: as published, or the day before the next version begins.
    pub effective_to: Option<NaiveDate>,
}

impl Term {
    /// What the calendar has made of a stored status on a day. A version is accepted only when its notice is over
    /// before it takes effect, so its first day alone says whether the notice still runs.
    pub fn status_on(self, stored: PackStatus, day: NaiveDate) -> PackStatus {
        if stored != PackStatus::OnNotice || day < self.effective_from {
            stored
        } else if self.effective_to.is_some_and(|last| last < day) {
            PackStatus::Superseded
        } else {
            PackStatus::InForce
        }
    }

    /// Whether two terms have a day in common.
    pub fn overlaps(self, other: Self) -> bool {
        let begins_in_time = |one: Self, other: Self| other.effective_to.is_none_or(|last| one.effective_from <= last);
        begins_in_time(self, other) && begins_in_time(other, self)
    }
}

/// How accepted versions of one pack follow on each other: each ends the day before the next begins, or earlier where it
/// was published so. `published` are their own terms from the oldest version.
pub fn following(published: &[Term]) -> Vec<Term> {
    let next = published.iter().skip(1).map(|term| Some(term.effective_from)).chain([None]);
    let ends = |(term, superseded_on): (&Term, Option<NaiveDate>)| Term {
        effective_from: term.effective_from,
        effective_to: last_day_in_force(term.effective_to, superseded_on),
    };
    published.iter().zip(next).map(ends).collect()
}

/// The last day of the public notice of what was accepted on a day. That day itself does not count (民法典 第二百零一条);
/// `None` where the bank gives no notice.
pub fn notice_until(decided_on: NaiveDate, notice_days: u16) -> Option<NaiveDate> {
    let last = decided_on.checked_add_days(Days::new(u64::from(notice_days)));
    last.filter(|_| notice_days > 0)
}

/// The first day on which what is accepted on a day can take effect: the day after its notice, or the day itself where
/// the bank gives none.
pub fn first_possible_day(decided_on: NaiveDate, notice_days: u16) -> NaiveDate {
    let after = notice_until(decided_on, notice_days).and_then(|last| last.succ_opt());
    after.unwrap_or(decided_on)
}

#[cfg(test)]
mod tests {
    use super::{PackStatus as S, PackStep as T, *};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn term(from: &str, to: Option<&str>) -> Term {
        Term {
            effective_from: day(from),
            effective_to: to.map(day),
        }
    }

    #[test]
    fn every_step_in_every_status_has_an_answer() {
        let lawful = [
            (S::Draft, T::File, S::Filed),
            (S::Draft, T::Withdraw, S::Withdrawn),
            (S::Filed, T::Accept, S::OnNotice),
            (S::Filed, T::Return, S::Returned),
            (S::Filed, T::Withdraw, S::Withdrawn),
            (S::Returned, T::File, S::Filed),
            (S::Returned, T::Withdraw, S::Withdrawn),
            (S::OnNotice, T::Withdraw, S::Withdrawn),
        ];
        for status in S::ALL {
            for step in T::ALL {
                let expected = lawful.iter().find(|line| (line.0, line.1) == (*status, *step)).map(|line| line.2);
                assert_eq!(status.after(*step), expected, "{status:?} {step:?}");
            }
        }
        let editable: Vec<S> = S::ALL.iter().copied().filter(|status| status.is_editable()).collect();
        assert_eq!(editable, [S::Draft, S::Returned]);
    }

    #[test]
    fn the_calendar_brings_an_accepted_version_into_force_and_ends_it() {
        let bounded = term("2026-09-01", Some("2027-08-31"));
        let cases = [
            (S::OnNotice, "2026-08-31", S::OnNotice),
            (S::OnNotice, "2026-09-01", S::InForce),
            (S::OnNotice, "2027-08-31", S::InForce),
            (S::OnNotice, "2027-09-01", S::Superseded),
            (S::Filed, "2027-09-01", S::Filed),
            (S::Withdrawn, "2026-10-01", S::Withdrawn),
        ];
        for (stored, on, expected) in cases {
            assert_eq!(bounded.status_on(stored, day(on)), expected, "{stored:?} on {on}");
        }
        assert_eq!(term("2026-09-01", None).status_on(S::OnNotice, day("2999-01-01")), S::InForce);
    }

    #[test]
    fn each_version_ends_before_the_next_begins_or_when_it_was_published_to_end() {
        let published = [
            term("2024-01-01", None),
            term("2025-01-01", Some("2025-06-30")),
            term("2026-01-01", Some("2030-12-31")),
            term("2027-01-01", None),
        ];
        let ends: Vec<Option<NaiveDate>> = following(&published).iter().map(|term| term.effective_to).collect();
        assert_eq!(
            ends,
            [Some(day("2024-12-31")), Some(day("2025-06-30")), Some(day("2026-12-31")), None]
        );
        assert_eq!(following(&[]), []);
    }

    #[test]
    fn terms_overlap_when_they_share_a_day() {
        let first_half = term("2026-01-01", Some("2026-06-30"));
        let cases = [
            (term("2026-06-30", None), true),
            (term("2026-07-01", None), false),
            (term("2025-01-01", Some("2026-01-01")), true),
            (term("2025-01-01", Some("2025-12-31")), false),
            (term("2025-01-01", None), true),
        ];
        for (other, expected) in cases {
            assert_eq!(
                (first_half.overlaps(other), other.overlaps(first_half)),
                (expected, expected),
                "{other:?}"
            );
        }
    }

    #[test]
    fn the_day_of_the_decision_does_not_count_as_notice() {
        let decided = day("2026-11-24");
        assert_eq!(notice_until(decided, 5), Some(day("2026-11-29")));
        assert_eq!(first_possible_day(decided, 5), day("2026-11-30"));
        assert_eq!((notice_until(decided, 0), first_possible_day(decided, 0)), (None, decided));
    }
}
