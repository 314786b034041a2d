//! What the bank must have in its books after every step, kept by hand and without asking it: pockets of lots, where claims
//! stand, which courses are taken, and how many rows the audit has.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use credit_bank::domain::claim::{ClaimStatus, Verdict};
use uuid::Uuid;

pub(crate) const NINE: i64 = 900;

/// A certificate's credit, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lot {
    pub(crate) learner: usize,
    pub(crate) available: i64,
    pub(crate) held: i64,
    pub(crate) redeemed: i64,
    pub(crate) expired: i64,
    pub(crate) until: NaiveDate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    Submitted,
    Reviewed,
    Asked,
    ProposedGrant,
    ProposedRefusal,
    Noticed,
    Granted,
    Refused,
    GrantAppealed,
    RefusalAppealed,
    ClosedGranted,
    ClosedRefused,
    Withdrawn,
    Lapsed,
}
use Stands as S;

#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) id: Uuid,
    pub(crate) learner: usize,
    pub(crate) stands: Stands,
    pub(crate) since: NaiveDate,
    pub(crate) uses: Vec<Uuid>,
    pub(crate) courses: Vec<String>,
    /// By reviewer: whether for the grant.
    pub(crate) votes: BTreeMap<usize, bool>,
    /// Approvers who had a hand in it.
    pub(crate) judges: BTreeSet<usize>,
    /// Those to the present notice without an answer, and those of before.
    pub(crate) open: Vec<Uuid>,
    pub(crate) past: Vec<Uuid>,
    pub(crate) objectors: BTreeSet<usize>,
    pub(crate) appellant: Option<usize>,
    pub(crate) told_overdue: bool,
}

/// How the bank says it.
pub(crate) fn stored(stands: S) -> (ClaimStatus, Option<Verdict>) {
    use {ClaimStatus as C, Verdict as V};
    match stands {
        S::Submitted => (C::Submitted, None),
        S::Reviewed => (C::InReview, None),
        S::Asked => (C::InformationAsked, None),
        S::ProposedGrant => (C::Proposed, Some(V::Grant)),
        S::ProposedRefusal => (C::Proposed, Some(V::Refuse)),
        S::Noticed => (C::OnNotice, Some(V::Grant)),
        S::Granted => (C::Granted, Some(V::Grant)),
        S::Refused => (C::Refused, Some(V::Refuse)),
        S::GrantAppealed => (C::Appealed, Some(V::Grant)),
        S::RefusalAppealed => (C::Appealed, Some(V::Refuse)),
        S::ClosedGranted => (C::Closed, Some(V::Grant)),
        S::ClosedRefused => (C::Closed, Some(V::Refuse)),
        S::Withdrawn => (C::Withdrawn, None),
        S::Lapsed => (C::Lapsed, None),
    }
}

/// Somebody does something; people by their places in the cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Take,
    Ask,
    Give(usize),
    Vote(usize, bool),
    Propose(bool),
    Approve(usize),
    SendBack,
    Object(usize),
    Answer(usize, Uuid, bool),
    Withdraw(usize),
    Appeal(usize),
    TakeAppealBack(usize),
    Decide(usize, bool),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Book {
    pub(crate) lots: BTreeMap<Uuid, Lot>,
    pub(crate) claims: Vec<Claim>,
    /// Rows of the audit since the book was begun.
    pub(crate) audit: i64,
}

/// From the notice of the State Council: what is off beside weekends from September 2026, and what is worked on them.
fn is_worked(day: NaiveDate) -> bool {
    let (month, date) = (day.month(), day.day());
    match (day.year(), month, date) {
        (2026, 9, 20) | (2026, 10, 10) => true,
        (2026, 9, 25) | (2026, 10, 1..=7) => false,
        _ => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
    }
}

fn last_day(since: NaiveDate, mut working_days: u32) -> NaiveDate {
    let mut day = since;
    while working_days > 0 {
        day = day + Days::new(1);
        working_days -= u32::from(is_worked(day));
    }
    day
}

impl Claim {
    /// The last day of what is due, by the rules as they are when a pack says nothing.
    pub(crate) fn due(&self) -> Option<NaiveDate> {
        let working_days = match self.stands {
            S::Submitted | S::ProposedGrant | S::ProposedRefusal | S::Noticed => 5,
            S::Reviewed => 20,
            S::Asked => 15,
            S::Granted | S::Refused => 10,
            S::GrantAppealed | S::RefusalAppealed => 30,
            _ => return None,
        };
        Some(last_day(self.since, working_days))
    }

    fn holds(&self) -> bool {
        use S::{Asked, Noticed, ProposedGrant, ProposedRefusal, RefusalAppealed, Reviewed, Submitted};
        matches!(
            self.stands,
            Submitted | Reviewed | Asked | ProposedGrant | ProposedRefusal | Noticed | RefusalAppealed
        )
    }

    pub(crate) fn has_used(&self) -> bool {
        matches!(self.stands, S::Granted | S::GrantAppealed | S::ClosedGranted)
    }

    fn come_to(&mut self, stands: Stands, today: NaiveDate) {
        let status = |stands| match stands {
            S::ProposedGrant | S::ProposedRefusal => 1,
            S::GrantAppealed | S::RefusalAppealed => 2,
            S::ClosedGranted | S::ClosedRefused => 3,
            other => 10 + other as i32,
        };
        if status(self.stands) != status(stands) {
            self.since = today;
            self.told_overdue = false;
            if stands == S::Reviewed {
                self.votes.clear();
            }
            let open = std::mem::take(&mut self.open);
            self.past.extend(open);
        }
        self.stands = stands;
    }
}

impl Book {
    /// Moves the credit of a claim to where the claim now stands.
    fn settle(&mut self, number: usize, held: bool, used: bool) {
        let claim = &self.claims[number];
        if (held, used) == (claim.holds(), claim.has_used()) {
            return;
        }
        for outcome in &claim.uses {
            let lot = self.lots.get_mut(outcome).unwrap();
            let place = |lot: &mut Lot, held: bool, used: bool, amount: i64| {
                let pocket = match (held, used) {
                    (true, false) => &mut lot.held,
                    (false, true) => &mut lot.redeemed,
                    _ => &mut lot.available,
                };
                *pocket += amount;
                assert!(*pocket >= 0, "{lot:?}");
            };
            place(lot, held, used, -NINE);
            place(lot, claim.holds(), claim.has_used(), NINE);
        }
    }

    fn to(&mut self, number: usize, stands: Stands, today: NaiveDate) {
        let claim = &mut self.claims[number];
        let (held, used) = (claim.holds(), claim.has_used());
        claim.come_to(stands, today);
        self.settle(number, held, used);
    }

    /// A claim that the bank accepted: everything that it uses must be there, and no course taken.
    pub(crate) fn submitted(&mut self, claim: Claim, today: NaiveDate) {
        for outcome in &claim.uses {
            let lot = self.lots.get_mut(outcome).unwrap();
            assert_eq!((lot.learner, lot.available), (claim.learner, NINE), "{lot:?}");
            assert!(today <= lot.until, "{lot:?} on {today}");
            (lot.available, lot.held) = (0, NINE);
        }
        self.claims.push(claim);
        self.audit += 1;
    }

    /// Courses that a learner has, or claims, by other claims than one.
    fn taken(&self, learner: usize, but: usize) -> BTreeSet<&String> {
        let claims = self.claims.iter().enumerate();
        claims
            .filter(|(number, claim)| *number != but && claim.learner == learner && (claim.holds() || claim.has_used()))
            .flat_map(|(_, claim)| &claim.courses)
            .collect()
    }

    /// No course of anybody is covered twice.
    pub(crate) fn covers_once(&self) {
        for learner in [0, 1] {
            let claims = self.claims.iter().filter(|claim| claim.learner == learner);
            let courses: Vec<_> = claims
                .filter(|claim| claim.holds() || claim.has_used())
                .flat_map(|claim| &claim.courses)
                .collect();
            assert_eq!(courses.iter().collect::<BTreeSet<_>>().len(), courses.len(), "{courses:?}");
        }
    }

    fn can_hold_again(&self, number: usize, today: NaiveDate) -> bool {
        let claim = &self.claims[number];
        let taken = self.taken(claim.learner, number);
        let usable = |lot: &Lot| lot.available == NINE && today <= lot.until;
        claim.uses.iter().all(|outcome| usable(&self.lots[outcome])) && !claim.courses.iter().any(|course| taken.contains(course))
    }

    /// What a deed leads to; nothing where it must be refused.
    fn next(&self, number: usize, deed: Deed, today: NaiveDate) -> Option<Stands> {
        let claim = &self.claims[number];
        let own = |learner: usize| learner == claim.learner;
        let in_time = claim.due().is_none_or(|last| today <= last);
        let votes = |grant: bool| claim.votes.values().filter(|vote| **vote == grant).count();
        Some(match (claim.stands, deed) {
            (S::Submitted, Deed::Take) => S::Reviewed,
            (S::Asked, Deed::Take) if !in_time => S::Reviewed,
            (S::Asked, Deed::Give(learner)) if own(learner) => S::Reviewed,
            (S::Reviewed, Deed::Ask) => S::Asked,
            (S::Reviewed, Deed::Vote(reviewer, _)) if !claim.votes.contains_key(&reviewer) => S::Reviewed,
            (S::Reviewed, Deed::Propose(true)) if votes(true) >= 2 => S::ProposedGrant,
            (S::Reviewed, Deed::Propose(false)) if votes(false) >= 2 => S::ProposedRefusal,
            (S::ProposedGrant, Deed::Approve(_)) => S::Noticed,
            (S::ProposedRefusal, Deed::Approve(_)) => S::Refused,
            (S::ProposedGrant | S::ProposedRefusal | S::Noticed, Deed::SendBack) => S::Reviewed,
            (S::Noticed, Deed::Object(learner)) if !own(learner) && in_time => S::Noticed,
            (S::Noticed, Deed::Answer(_, objection, upheld)) if claim.open.contains(&objection) => {
                if upheld {
                    S::Reviewed
                } else {
                    S::Noticed
                }
            }
            (S::Refused, Deed::Appeal(learner)) if own(learner) && in_time && self.can_hold_again(number, today) => S::RefusalAppealed,
            (S::Granted, Deed::Appeal(learner)) if claim.objectors.contains(&learner) && in_time => S::GrantAppealed,
            (S::RefusalAppealed, Deed::TakeAppealBack(learner)) if claim.appellant == Some(learner) => S::ClosedRefused,
            (S::GrantAppealed, Deed::TakeAppealBack(learner)) if claim.appellant == Some(learner) => S::ClosedGranted,
            (S::RefusalAppealed, Deed::Decide(approver, overturn)) if !claim.judges.contains(&approver) => {
                if overturn {
                    S::ClosedGranted
                } else {
                    S::ClosedRefused
                }
            }
            (S::GrantAppealed, Deed::Decide(approver, overturn)) if !claim.judges.contains(&approver) => {
                if overturn {
                    S::ClosedRefused
                } else {
                    S::ClosedGranted
                }
            }
            (stands, Deed::Withdraw(learner)) if own(learner) && claim.holds() && stands != S::RefusalAppealed => S::Withdrawn,
            _ => return None,
        })
    }

    /// Does it if it may be done, and says whether.
    pub(crate) fn did(&mut self, number: usize, deed: Deed, today: NaiveDate) -> bool {
        let Some(stands) = self.next(number, deed, today) else {
            return false;
        };
        let claim = &mut self.claims[number];
        match deed {
            Deed::Vote(reviewer, grant) => drop(claim.votes.insert(reviewer, grant)),
            Deed::Approve(approver) => drop(claim.judges.insert(approver)),
            Deed::Object(learner) => drop(claim.objectors.insert(learner)),
            Deed::Answer(approver, objection, _) => {
                claim.judges.insert(approver);
                claim.open.retain(|open| *open != objection);
            }
            Deed::Appeal(learner) => claim.appellant = Some(learner),
            _ => {}
        }
        self.to(number, stands, today);
        self.audit += 1;
        true
    }

    /// What the clocks do on a day: granted, closed, lapsed, told.
    pub(crate) fn clocks(&mut self, today: NaiveDate) -> [u64; 4] {
        let mut ran = [0; 4];
        for number in 0..self.claims.len() {
            let claim = &mut self.claims[number];
            if claim.due().is_none_or(|last| today <= last) {
                continue;
            }
            let (place, stands) = match claim.stands {
                S::Noticed if claim.open.is_empty() => (0, S::Granted),
                S::Granted => (1, S::ClosedGranted),
                S::Refused => (1, S::ClosedRefused),
                S::Asked => (2, S::Lapsed),
                _ if claim.told_overdue => continue,
                stands => (3, stands),
            };
            claim.told_overdue = place == 3;
            ran[place] += 1;
            self.to(number, stands, today);
            self.audit += 1;
        }
        ran
    }

    /// Expires what is due on a day, and says how many lots.
    pub(crate) fn expire(&mut self, today: NaiveDate) -> u64 {
        let due = self.lots.values_mut().filter(|lot| lot.until < today && lot.available > 0);
        let mut expired = 0;
        for lot in due {
            lot.expired += std::mem::take(&mut lot.available);
            expired += 1;
            self.audit += 1;
        }
        expired
    }
}

/// Fails where the weeks were not long enough to come everywhere that matters.
pub(crate) fn came_everywhere(done: &BTreeSet<String>, refused: &BTreeSet<String>, ends: &BTreeSet<String>) {
    for deed in [
        "Object Noticed",
        "Answer Noticed",
        "SendBack Noticed",
        "Appeal Refused",
        "Appeal Granted",
        "Decide RefusalAppealed",
        "Decide GrantAppealed",
        "TakeAppealBack RefusalAppealed",
        "Take Submitted",
    ] {
        assert!(done.contains(deed), "{deed}: {done:?}");
    }
    for deed in [
        "Submit",
        "Answer Noticed",
        "Appeal Refused",
        "Decide RefusalAppealed",
        "Vote Reviewed",
    ] {
        assert!(refused.contains(deed), "{deed}: {refused:?}");
    }
    for end in ["ClosedGranted", "ClosedRefused", "Withdrawn", "Lapsed"] {
        assert!(ends.contains(end), "{end}: {ends:?}");
    }
}
