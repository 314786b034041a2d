//! What is due on a claim and when, in working days. It is worked out whenever somebody asks, from the day on which the state
//! was entered, so that a holiday notice that is published meanwhile moves it. No clock decides anything: it makes a step
//! possible, or takes away the chance for one.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::rules::ClaimRules;
use super::{ClaimEvent, ClaimState};
use crate::domain::rejection::Rejection;
use crate::domain::words::words;
use crate::domain::working_days::{Certainty, WorkingDays};

words! {
    /// What is due on a claim.
    pub enum DueKind {
        /// Somebody begins to review it.
        Take => "take",
        GiveInformation => "give_information",
        Propose => "propose",
        /// Somebody approves the proposal or sends it back.
        Approve => "approve",
        /// The last day of the public notice.
        NoticeEnds => "notice_ends",
        AnswerObjection => "answer_objection",
        /// The last day for an appeal.
        AppealEnds => "appeal_ends",
        DecideAppeal => "decide_appeal",
    }
}

words! {
    /// Whom a claim waits for.
    pub enum WaitsFor {
        Learner => "learner",
        Institution => "institution",
        /// Nobody: a window that has to run.
        Calendar => "calendar",
    }
}

/// What is due, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Due {
    pub what: DueKind,
    /// The last day on which it is in time.
    pub on: NaiveDate,
    pub certainty: Certainty,
}

impl DueKind {
    /// Who has to do it. What waits for the institution is escalated when it is overdue.
    pub fn waits_for(self) -> WaitsFor {
        match self {
            Self::GiveInformation => WaitsFor::Learner,
            Self::NoticeEnds | Self::AppealEnds => WaitsFor::Calendar,
            Self::Take | Self::Propose | Self::Approve | Self::AnswerObjection | Self::DecideAppeal => WaitsFor::Institution,
        }
    }
}

impl Due {
    fn after(what: DueKind, since: NaiveDate, length: u8, working_days: &WorkingDays) -> Self {
        let window = working_days.add(since, u16::from(length));
        Self {
            what,
            on: window.last_day,
            certainty: window.certainty,
        }
    }

    /// By how many working days it is overdue; none on its last day, and none before the next working day.
    pub fn overdue_working_days(&self, today: NaiveDate, working_days: &WorkingDays) -> u32 {
        working_days.count_between(self.on, today).days
    }
}

impl ClaimState {
    /// What is due on a claim that entered the state on `since`; nothing where it is at its end.
    pub fn due(self, since: NaiveDate, rules: &ClaimRules, working_days: &WorkingDays) -> Option<Due> {
        let (what, length) = match self {
            Self::Submitted => (DueKind::Take, rules.take_working_days),
            Self::InReview => (DueKind::Propose, rules.review_working_days),
            Self::InformationAsked => (DueKind::GiveInformation, rules.information_working_days),
            Self::Proposed { .. } => (DueKind::Approve, rules.approval_working_days),
            Self::OnNotice { .. } => (DueKind::NoticeEnds, rules.notice_working_days),
            Self::Granted | Self::Refused => (DueKind::AppealEnds, rules.appeal_working_days),
            Self::Appealed { .. } => (DueKind::DecideAppeal, rules.appeal_decision_working_days),
            Self::Closed { .. } | Self::Withdrawn | Self::Lapsed | Self::Voided => return None,
        };
        Some(Due::after(what, since, length, working_days))
    }

    /// Whether an event comes in time on a day: neither before a window is over that it ends, nor after one in which it
    /// had to happen. What an institution does late is taken.
    ///
    /// # Errors
    /// `WindowOpen` and `WindowOver`, with the window's last day.
    pub fn in_time(
        self,
        event: ClaimEvent,
        on: NaiveDate,
        since: NaiveDate,
        rules: &ClaimRules,
        working_days: &WorkingDays,
    ) -> Result<(), Rejection> {
        use ClaimEvent as E;
        let Some(Due { on: last_day, .. }) = self.due(since, rules, working_days) else {
            return Ok(());
        };
        let ends_the_window = match event {
            E::NoticeEnds | E::Lapse | E::Close => true,
            E::Take => self == Self::InformationAsked,
            _ => false,
        };
        if ends_the_window && on <= last_day {
            return Err(Rejection::WindowOpen { last_day });
        }
        if matches!(event, E::Object | E::Appeal) && last_day < on {
            return Err(Rejection::WindowOver { last_day });
        }
        Ok(())
    }
}

/// Until when an objection is to be answered.
pub fn objection_due(filed_on: NaiveDate, rules: &ClaimRules, working_days: &WorkingDays) -> Due {
    Due::after(DueKind::AnswerObjection, filed_on, rules.objection_working_days, working_days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claim::Verdict;
    use crate::domain::working_days::shipped;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// National Day 2025: off from 1 to 8 October; 28 September and 11 October are worked.
    #[test]
    fn every_state_says_what_is_due_over_a_national_holiday() {
        use ClaimState as S;
        let working_days = WorkingDays::of_years(&shipped::years());
        let rules = ClaimRules::default();
        let grant = Verdict::Grant;
        let cases = [
            (S::Submitted, DueKind::Take, "2025-10-11"),
            (S::InReview, DueKind::Propose, "2025-10-31"),
            (S::InformationAsked, DueKind::GiveInformation, "2025-10-24"),
            (S::Proposed { verdict: grant }, DueKind::Approve, "2025-10-11"),
            (S::OnNotice { open_objections: 0 }, DueKind::NoticeEnds, "2025-10-11"),
            (S::Granted, DueKind::AppealEnds, "2025-10-17"),
            (S::Refused, DueKind::AppealEnds, "2025-10-17"),
            (S::Appealed { against: grant }, DueKind::DecideAppeal, "2025-11-14"),
        ];
        for (state, what, on) in cases {
            let due = state.due(day("2025-09-28"), &rules, &working_days).unwrap();
            let expected = Due {
                what,
                on: day(on),
                certainty: Certainty::Published,
            };
            assert_eq!(due, expected, "{state:?}");
        }
        for state in [S::Closed { verdict: grant }, S::Withdrawn, S::Lapsed] {
            assert_eq!(state.due(day("2025-09-28"), &rules, &working_days), None);
        }
        assert_eq!(objection_due(day("2025-10-03"), &rules, &working_days).on, day("2025-10-14"));
    }

    #[test]
    fn what_is_overdue_is_counted_in_working_days() {
        let working_days = WorkingDays::of_years(&shipped::years());
        let due = ClaimState::Submitted
            .due(day("2025-09-23"), &ClaimRules::default(), &working_days)
            .unwrap();
        assert_eq!(due.on, day("2025-09-29"));
        let cases = [
            ("2025-09-01", 0),
            ("2025-09-29", 0),
            ("2025-09-30", 1),
            ("2025-10-08", 1),
            ("2025-10-11", 4),
        ];
        for (today, expected) in cases {
            assert_eq!(due.overdue_working_days(day(today), &working_days), expected, "{today}");
        }
        let late = ClaimState::Refused
            .due(day("2026-12-28"), &ClaimRules::default(), &working_days)
            .unwrap();
        assert_eq!(late.certainty, Certainty::Provisional);
    }

    #[test]
    fn windows_open_and_end_steps() {
        use {ClaimEvent as E, ClaimState as S};
        let working_days = WorkingDays::of_years(&shipped::years());
        let rules = ClaimRules::default();
        let notice = S::OnNotice { open_objections: 0 };
        // Entered on Sunday, 28 September, which was worked: a notice of five working days ends on 11 October.
        let cases = [
            (notice, E::NoticeEnds, "2025-10-11", "window_open"),
            (notice, E::NoticeEnds, "2025-10-12", "yes"),
            (notice, E::Object, "2025-10-11", "yes"),
            (notice, E::Object, "2025-10-12", "window_over"),
            (notice, E::SendBack, "2025-12-01", "yes"),
            (S::Submitted, E::Take, "2025-09-28", "yes"),
            (S::Submitted, E::Take, "2026-01-05", "yes"),
            (S::InformationAsked, E::Take, "2025-10-24", "window_open"),
            (S::InformationAsked, E::Take, "2025-10-25", "yes"),
            (S::InformationAsked, E::Lapse, "2025-10-24", "window_open"),
            (S::InformationAsked, E::GiveInformation, "2025-11-30", "yes"),
            (S::Refused, E::Appeal, "2025-10-17", "yes"),
            (S::Refused, E::Appeal, "2025-10-18", "window_over"),
            (S::Granted, E::Close, "2025-10-17", "window_open"),
            (S::Granted, E::Close, "2025-10-18", "yes"),
        ];
        for (state, event, on, expected) in cases {
            let answer = state.in_time(event, day(on), day("2025-09-28"), &rules, &working_days);
            let code = answer.as_ref().map_or_else(|no| no.code(), |()| "yes");
            assert_eq!(code, expected, "{state:?} {event:?} on {on}");
        }
    }
}
