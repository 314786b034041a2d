//! Claims in the book: where they stand, who had a hand in them, and until when something is due.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use credit_bank::domain::claim::{ClaimStatus, Verdict};
use uuid::Uuid;

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
    Voided,
}
use Stands as S;

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
        S::Voided => (C::Voided, None),
    }
}

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Conversion,
    /// Credit for an outcome that no rule valued, by the bank's people.
    Outcome(Uuid),
    /// An outcome of this day that the learner declares, by the school's people.
    Declared(NaiveDate),
}

#[derive(Debug, Clone)]
pub(crate) struct Award {
    pub(crate) course: String,
    pub(crate) outcome: Uuid,
    /// Why it was taken back.
    pub(crate) ended: Option<&'static str>,
}

/// What a claim uses of an outcome, and whether it does now.
#[derive(Debug, Clone)]
pub(crate) struct Use {
    pub(crate) outcome: Uuid,
    pub(crate) amount: i64,
    pub(crate) standing: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) id: Uuid,
    pub(crate) learner: usize,
    pub(crate) subject: Subject,
    pub(crate) stands: Stands,
    pub(crate) since: NaiveDate,
    pub(crate) submitted: u32,
    pub(crate) uses: Vec<Use>,
    pub(crate) awards: Vec<Award>,
    pub(crate) bought_on: Option<NaiveDate>,
    /// By reviewer: whether for the grant.
    pub(crate) votes: BTreeMap<usize, bool>,
    pub(crate) proposer: Option<usize>,
    /// Everybody who ever judged, and those who stepped back.
    pub(crate) judges: BTreeSet<usize>,
    pub(crate) recused: BTreeSet<usize>,
    /// Objections to the present notice without an answer, and those of before.
    pub(crate) open: Vec<Uuid>,
    pub(crate) past: Vec<Uuid>,
    pub(crate) objectors: BTreeSet<usize>,
    pub(crate) appellant: Option<usize>,
    pub(crate) told_overdue: bool,
    /// What people said that an outcome is worth.
    pub(crate) credit: i64,
    pub(crate) number: Option<u32>,
    /// The outcome that the grant of a declaration brought.
    pub(crate) brought: Option<Uuid>,
}

/// Somebody does something; people by their places in the cast: three who review, then three who approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Take(usize),
    Ask(usize),
    Give(usize),
    Vote(usize, bool),
    Recuse(usize),
    /// With what an outcome is worth, in hundredths.
    Propose(usize, bool, i64),
    Approve(usize),
    SendBack(usize),
    Object(usize),
    Answer(usize, Uuid, bool),
    Withdraw(usize),
    Appeal(usize),
    TakeAppealBack(usize),
    Decide(usize, bool),
}

/// From the notice of the State Council: what is off beside weekends from September 2026, and what is worked on them.
/// Of 2027 nothing is published yet: Monday to Friday.
fn is_worked(day: NaiveDate) -> bool {
    match (day.year(), day.month(), day.day()) {
        (2026, 9, 20) | (2026, 10, 10) => true,
        (2026, 9, 25) | (2026, 10, 1..=7) => false,
        _ => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
    }
}

pub(crate) fn last_day(since: NaiveDate, mut working_days: u32) -> NaiveDate {
    let mut day = since;
    while working_days > 0 {
        day = day + Days::new(1);
        working_days -= u32::from(is_worked(day));
    }
    day
}

impl Claim {
    pub(crate) fn new(id: Uuid, learner: usize, subject: Subject, today: NaiveDate, submitted: u32) -> Self {
        Self {
            id,
            learner,
            subject,
            stands: S::Submitted,
            since: today,
            submitted,
            uses: Vec::new(),
            awards: Vec::new(),
            bought_on: None,
            votes: BTreeMap::new(),
            proposer: None,
            judges: BTreeSet::new(),
            recused: BTreeSet::new(),
            open: Vec::new(),
            past: Vec::new(),
            objectors: BTreeSet::new(),
            appellant: None,
            told_overdue: false,
            credit: 0,
            number: None,
            brought: None,
        }
    }

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

    /// Whether it waits for a verdict, and has what it needs for it.
    pub(crate) fn holds(&self) -> bool {
        self.is_open() || self.stands == S::RefusalAppealed
    }

    pub(crate) fn is_open(&self) -> bool {
        use S::{Asked, Noticed, ProposedGrant, ProposedRefusal, Reviewed, Submitted};
        matches!(
            self.stands,
            Submitted | Reviewed | Asked | ProposedGrant | ProposedRefusal | Noticed
        )
    }

    pub(crate) fn has_used(&self) -> bool {
        matches!(self.stands, S::Granted | S::GrantAppealed | S::ClosedGranted)
    }

    /// Whether the school decides it; else the bank itself.
    pub(crate) fn of_school(&self) -> bool {
        !matches!(self.subject, Subject::Outcome(_))
    }

    pub(crate) fn lapses(&self) -> bool {
        self.subject == Subject::Conversion
    }
}
