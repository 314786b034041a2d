//! Stories of claims with their people and days, and what chance makes of them.

use proptest::prelude::*;

use super::*;
use crate::domain::claim::rules::Unanswered;
use crate::domain::claim::{AppealDecision, ObjectionAnswer, Verdict};
use crate::domain::working_days::shipped;
use {ClaimEvent as E, ClaimState as S};

const GRANT: Verdict = Verdict::Grant;
const REFUSE: Verdict = Verdict::Refuse;
const UPHELD: E = E::AnswerObjection {
    answer: ObjectionAnswer::Upheld,
};
const DISMISSED: E = E::AnswerObjection {
    answer: ObjectionAnswer::Dismissed,
};
const OVERTURN: E = E::DecideAppeal {
    decision: AppealDecision::Overturn,
};

/// People by number: 0 is the claimant, the others learners of their own.
fn person(number: u8) -> ClaimActor {
    ClaimActor::Person {
        user_id: Uuid::from_u128(100 + u128::from(number)),
        learner_id: Some(Uuid::from_u128(u128::from(number))),
    }
}

/// A claim that lives through days, one deed after the other.
struct Story {
    case: ClaimCase,
    rules: ClaimRules,
    working_days: WorkingDays,
    on: NaiveDate,
}

impl Story {
    fn new(kind: ClaimKind, panel_size: u8) -> Self {
        let on: NaiveDate = "2025-09-22".parse().unwrap();
        Self {
            case: ClaimCase::submitted(kind, Uuid::from_u128(0), panel_size, on).case,
            rules: ClaimRules::default(),
            working_days: WorkingDays::of_years(&shipped::years()),
            on,
        }
    }

    fn attempt(&self, by: ClaimActor, event: E) -> Result<Stepped, Rejection> {
        let deed = Deed { event, by, on: self.on };
        self.case.after(&deed, &self.rules, &self.working_days)
    }

    fn does(&mut self, by: u8, event: E) -> Option<CreditEffect> {
        let Stepped { case, effect } = self
            .attempt(person(by), event)
            .unwrap_or_else(|no| panic!("{by} {event:?} in {:?}: {no:?}", self.case.state));
        self.case = case;
        effect
    }

    fn refused(&self, by: u8, event: E) -> &'static str {
        self.attempt(person(by), event).expect_err("it was done").code()
    }

    fn waits_until(&mut self, day: &str) {
        self.on = day.parse().unwrap();
    }

    /// Reviewers 1 to 3 vote so, and 4 proposes it.
    fn proposed(&mut self, verdict: Verdict) {
        if self.case.state == S::Submitted {
            self.does(4, E::Take);
        }
        for voter in 1..=self.case.panel.size {
            self.does(voter, E::Vote { verdict });
        }
        self.does(4, E::Propose { verdict });
    }
}

#[test]
fn a_conversion_is_granted_after_its_notice_over_a_national_holiday() {
    let mut story = Story::new(ClaimKind::Conversion, 3);
    story.proposed(GRANT);
    story.waits_until("2025-09-28");
    assert_eq!(story.refused(4, E::Approve), "own_proposal");
    assert_eq!(story.does(5, E::Approve), None);
    // Five working days: 29 and 30 September, 9, 10 and, a Saturday that is worked, 11 October.
    story.waits_until("2025-10-11");
    assert_eq!(story.attempt(ClaimActor::Bank, E::NoticeEnds).unwrap_err().code(), "window_open");
    assert_eq!(story.does(6, E::Object), None);
    story.waits_until("2025-10-12");
    assert_eq!(story.refused(7, E::Object), "window_over");
    assert_eq!(
        story.attempt(ClaimActor::Bank, E::NoticeEnds).unwrap_err().code(),
        "objections_open"
    );
    assert_eq!(story.refused(4, DISMISSED), "own_proposal");
    assert_eq!(story.refused(6, DISMISSED), "objector_judges");
    story.does(5, DISMISSED);
    let granted = story.attempt(ClaimActor::Bank, E::NoticeEnds).unwrap();
    assert_eq!((granted.case.state, granted.effect), (S::Granted, Some(CreditEffect::Redeem)));
}

#[test]
fn an_objection_that_is_right_begins_a_new_round() {
    let mut story = Story::new(ClaimKind::Recognition, 3);
    story.proposed(GRANT);
    story.does(5, E::Approve);
    story.does(6, E::Object);
    story.does(5, UPHELD);
    assert_eq!((story.case.state, story.case.panel.votes.len()), (S::InReview, 0));
    assert_eq!(story.refused(4, E::Propose { verdict: REFUSE }), "no_majority");
    story.proposed(REFUSE);
    assert_eq!(story.does(5, E::Approve), None);
    assert_eq!(story.case.state, S::Refused);
}

#[test]
fn a_refusal_releases_and_an_appeal_that_succeeds_redeems_after_all() {
    let mut story = Story::new(ClaimKind::Conversion, 1);
    story.proposed(REFUSE);
    assert_eq!(story.does(5, E::Approve), Some(CreditEffect::Release));
    assert_eq!(story.refused(6, E::Appeal), "not_the_claimant");
    assert_eq!(story.does(0, E::Appeal), Some(CreditEffect::Hold));
    for judge in [1, 4, 5] {
        assert_eq!(story.refused(judge, OVERTURN), "judged_before");
    }
    assert_eq!(story.refused(0, OVERTURN), "own_claim");
    assert_eq!(story.refused(6, E::WithdrawAppeal), "not_the_appellant");
    assert_eq!(story.does(6, OVERTURN), Some(CreditEffect::Redeem));
    assert_eq!(story.case.state, S::Closed { verdict: GRANT });
}

#[test]
fn who_objected_in_vain_may_appeal_against_a_grant() {
    let mut story = Story::new(ClaimKind::Conversion, 3);
    story.proposed(GRANT);
    story.does(5, E::Approve);
    story.does(6, E::Object);
    story.does(7, E::Object);
    story.does(5, DISMISSED);
    story.does(5, DISMISSED);
    story.waits_until("2025-12-31");
    assert_eq!(story.does(8, E::NoticeEnds), Some(CreditEffect::Redeem));
    story.waits_until("2026-01-04");
    assert_eq!(story.refused(0, E::Appeal), "own_claim");
    assert_eq!(story.refused(8, E::Appeal), "not_an_objector");
    assert_eq!(story.does(6, E::Appeal), None);
    assert_eq!(story.refused(7, E::WithdrawAppeal), "not_the_appellant");
    assert_eq!(story.does(8, OVERTURN), Some(CreditEffect::Restore));
    assert_eq!(story.case.state, S::Closed { verdict: REFUSE });
}

#[test]
fn votes_are_of_different_people_and_more_than_half_of_the_panel() {
    let mut story = Story::new(ClaimKind::Conversion, 3);
    story.does(4, E::Take);
    story.does(1, E::Vote { verdict: GRANT });
    assert_eq!(story.refused(1, E::Vote { verdict: GRANT }), "voted_already");
    assert_eq!(story.refused(0, E::Vote { verdict: GRANT }), "own_claim");
    story.does(2, E::Vote { verdict: REFUSE });
    for verdict in [GRANT, REFUSE] {
        assert_eq!(story.refused(4, E::Propose { verdict }), "no_majority", "one to one is open");
    }
    story.does(3, E::Recuse);
    assert_eq!(story.refused(3, E::Vote { verdict: GRANT }), "recused");
    // Who steps back after voting takes the vote along.
    story.does(2, E::Recuse);
    assert_eq!(story.case.panel.votes.len(), 1);
    story.does(5, E::Vote { verdict: GRANT });
    story.does(6, E::Vote { verdict: GRANT });
    assert_eq!(story.refused(7, E::Vote { verdict: GRANT }), "panel_full");
    story.does(4, E::Propose { verdict: GRANT });
    for part in [4, 5] {
        assert_eq!(story.refused(part, E::Recuse), "recusal_too_late");
    }
    story.does(7, E::Recuse);
    assert_eq!(story.refused(7, E::Approve), "recused");
}

#[test]
fn information_that_never_comes_lapses_only_where_the_rules_say_so() {
    let mut story = Story::new(ClaimKind::Conversion, 3);
    story.does(4, E::Take);
    story.does(4, E::AskInformation);
    assert_eq!(story.refused(4, E::Take), "window_open");
    assert_eq!(story.refused(4, E::Lapse), "nothing_lapses");
    story.rules.unanswered = Unanswered::Lapses;
    // Fifteen working days after 22 September.
    story.waits_until("2025-10-17");
    assert_eq!(story.refused(4, E::Lapse), "window_open");
    story.waits_until("2025-10-18");
    let lapsed = story.attempt(ClaimActor::Bank, E::Lapse).unwrap();
    assert_eq!((lapsed.case.state, lapsed.effect), (S::Lapsed, Some(CreditEffect::Release)));
    // What comes late is taken as long as nobody went on without it.
    story.does(0, E::GiveInformation);
    assert_eq!(story.refused(0, E::GiveInformation), "wrong_state");
}

#[test]
fn who_comes_second_is_refused() {
    let mut story = Story::new(ClaimKind::Conversion, 3);
    story.proposed(REFUSE);
    let stale = story.case.clone();
    story.does(5, E::Approve);
    assert_eq!(story.refused(6, E::Approve), "wrong_state");
    assert_eq!(story.refused(0, E::Withdraw), "wrong_state");
    // On the old version both could act: the store tells them apart by its number.
    story.case = stale;
    assert_eq!(story.does(0, E::Withdraw), Some(CreditEffect::Release));
    assert_eq!(story.refused(5, E::Approve), "wrong_state");
}

#[test]
fn the_banks_jobs_only_end_windows() {
    let story = Story::new(ClaimKind::Conversion, 3);
    for event in crate::domain::claim::matrix::events() {
        if event == E::Void {
            // A correction ends what stood on a wrong outcome.
            assert!(story.attempt(ClaimActor::Bank, event).is_ok());
            continue;
        }
        let code = story.attempt(ClaimActor::Bank, event).unwrap_err().code();
        let is_clock = matches!(event, E::NoticeEnds | E::Lapse | E::Close);
        assert_eq!(code, if is_clock { "wrong_state" } else { "forbidden" }, "{event:?}");
    }
}

/// What is known of one history by watching it from outside.
#[derive(Default)]
struct Watched {
    votes: Vec<(u8, Verdict)>,
    proposer: Option<u8>,
    recused: Vec<u8>,
}

impl Watched {
    fn sees(&mut self, by: u8, event: E, before: S, after: S) {
        assert!(
            !self.recused.contains(&by)
                || by == 0
                || matches!(
                    event,
                    E::Object | E::Appeal | E::WithdrawAppeal | E::NoticeEnds | E::Lapse | E::Close
                )
        );
        match event {
            E::Vote { verdict } => {
                assert!(by != 0 && self.votes.iter().all(|vote| vote.0 != by));
                self.votes.push((by, verdict));
            }
            E::Recuse => {
                self.recused.push(by);
                self.votes.retain(|vote| vote.0 != by);
            }
            E::Propose { verdict } => {
                assert!(self.votes.iter().filter(|vote| vote.1 == verdict).count() >= 2 && by != 0);
                self.proposer = Some(by);
            }
            E::Approve => assert!(by != 0 && self.proposer != Some(by)),
            _ => {}
        }
        if after == S::InReview && before != S::InReview {
            *self = Self {
                recused: std::mem::take(&mut self.recused),
                ..Self::default()
            };
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Of any people doing anything on any day: nothing panics, credit is conserved, and two pairs of eyes saw each verdict.
    #[test]
    fn whatever_people_try_the_rules_hold(
        attempts in proptest::collection::vec((0..8u8, 0..21usize, 0..4i64), 0..600),
        lapses in any::<bool>(),
    ) {
        let events = crate::domain::claim::matrix::events();
        let mut story = Story::new(ClaimKind::Conversion, 3);
        story.rules.unanswered = if lapses { Unanswered::Lapses } else { Unanswered::Waits };
        let mut watched = Watched::default();
        let (mut held, mut redeemed) = (1, 0);
        for (by, event, days) in attempts {
            story.on += chrono::Duration::days(days / 3);
            let before = story.case.state;
            let Ok(Stepped { case, effect }) = story.attempt(person(by), events[event]) else { continue };
            watched.sees(by, events[event], before, case.state);
            let (more_held, more_redeemed) = match effect {
                None => (0, 0),
                Some(CreditEffect::Hold) => (1, 0),
                Some(CreditEffect::Release) => (-1, 0),
                Some(CreditEffect::Redeem) => (-1, 1),
                Some(CreditEffect::Restore) => (0, -1),
                Some(other) => panic!("{other}"),
            };
            held += more_held;
            redeemed += more_redeemed;
            prop_assert!((0..=1).contains(&held) && (0..=1).contains(&redeemed) && held + redeemed <= 1);
            prop_assert!(case.since == story.on || case.state.status() == before.status());
            story.case = case;
        }
    }
}
