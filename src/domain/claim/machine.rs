//! The machine: from where a claim stands and what happens to where it then stands. Who may do it and when is judged beside.

use super::rules::{ClaimRules, Unanswered};
use super::{AppealDecision, ClaimEvent, ClaimKind, ClaimState, CreditEffect, Next, ObjectionAnswer, Verdict};
use crate::domain::rejection::Rejection;

/// What happens to credit around a claim, in the words of both kinds of claims.
#[derive(Clone, Copy)]
enum Turn {
    /// The claim needs the credit that it uses.
    Needed,
    /// It does not, any more.
    Spared,
    Granted,
    /// A grant is taken back.
    Undone,
}

impl Turn {
    fn effect(self, kind: ClaimKind) -> Option<CreditEffect> {
        match (kind, self) {
            (ClaimKind::Conversion, Self::Needed) => Some(CreditEffect::Hold),
            (ClaimKind::Conversion, Self::Spared) => Some(CreditEffect::Release),
            (ClaimKind::Conversion, Self::Granted) => Some(CreditEffect::Redeem),
            (ClaimKind::Conversion, Self::Undone) => Some(CreditEffect::Restore),
            (ClaimKind::Recognition, Self::Needed | Self::Spared) => None,
            (ClaimKind::Recognition, Self::Granted) => Some(CreditEffect::Award),
            (ClaimKind::Recognition, Self::Undone) => Some(CreditEffect::Revoke),
        }
    }
}

impl ClaimKind {
    /// A new claim.
    pub fn submitted(self) -> Next {
        Next {
            state: ClaimState::Submitted,
            effect: Turn::Needed.effect(self),
        }
    }
}

impl ClaimState {
    /// What an event makes of the state, under the rules that judge the claim.
    ///
    /// # Errors
    /// `WrongState` where the event has no meaning, which also is the answer to whoever comes second;
    /// `ObjectionsOpen`, `TooManyObjections` and `NothingLapses`.
    pub fn after(self, event: ClaimEvent, kind: ClaimKind, rules: &ClaimRules) -> Result<Next, Rejection> {
        use {ClaimEvent as E, ClaimState as S};
        match event {
            E::Take => match self {
                S::Submitted | S::InformationAsked => to(S::InReview),
                _ => self.no(),
            },
            E::AskInformation => match self {
                S::InReview => to(S::InformationAsked),
                _ => self.no(),
            },
            E::GiveInformation => match self {
                S::InformationAsked => to(S::InReview),
                _ => self.no(),
            },
            E::Vote { .. } => match self {
                S::InReview => to(S::InReview),
                _ => self.no(),
            },
            E::Recuse if self.status().is_open() || matches!(self, S::Appealed { .. }) => to(self),
            E::Recuse => self.no(),
            E::Propose { verdict } => match self {
                S::InReview => to(S::Proposed { verdict }),
                _ => self.no(),
            },
            E::Approve => match self {
                S::Proposed { verdict: Verdict::Refuse } => with(S::Refused, Turn::Spared, kind),
                S::Proposed { verdict: Verdict::Grant } if rules.gives_notice() => to(S::OnNotice { open_objections: 0 }),
                S::Proposed { verdict: Verdict::Grant } => with(S::Granted, Turn::Granted, kind),
                _ => self.no(),
            },
            E::SendBack => match self {
                S::Proposed { .. } | S::OnNotice { .. } => to(S::InReview),
                _ => self.no(),
            },
            E::Withdraw if self.status().is_open() => with(S::Withdrawn, Turn::Spared, kind),
            E::Withdraw => self.no(),
            E::Lapse => match (self, rules.unanswered) {
                (S::InformationAsked, Unanswered::Lapses) => with(S::Lapsed, Turn::Spared, kind),
                (S::InformationAsked, Unanswered::Waits) => Err(Rejection::NothingLapses {}),
                _ => self.no(),
            },
            E::NoticeEnds => self.after_notice(kind),
            E::Object => self.objected(),
            E::AnswerObjection { answer } => self.answered(answer),
            E::Appeal => self.appealed(kind),
            E::DecideAppeal { decision } => self.after_appeal(decision, kind),
            // Who takes an appeal back lets the verdict stand.
            E::WithdrawAppeal => self.after_appeal(AppealDecision::Uphold, kind),
            E::Close => match self {
                S::Granted => to(S::Closed { verdict: Verdict::Grant }),
                S::Refused => to(S::Closed { verdict: Verdict::Refuse }),
                _ => self.no(),
            },
            E::Void => match self {
                S::Granted | S::Appealed { against: Verdict::Grant } => with(S::Voided, Turn::Undone, kind),
                S::Appealed { against: Verdict::Refuse } => with(S::Voided, Turn::Spared, kind),
                _ if self.status().is_open() => with(S::Voided, Turn::Spared, kind),
                _ => self.no(),
            },
        }
    }

    /// The event has no meaning here.
    fn no(self) -> Result<Next, Rejection> {
        let state = self.status().to_string();
        Err(Rejection::WrongState { state })
    }

    fn after_notice(self, kind: ClaimKind) -> Result<Next, Rejection> {
        match self {
            Self::OnNotice { open_objections: 0 } => with(Self::Granted, Turn::Granted, kind),
            Self::OnNotice { open_objections: open } => Err(Rejection::ObjectionsOpen { open }),
            _ => self.no(),
        }
    }

    fn objected(self) -> Result<Next, Rejection> {
        let most = Self::OPEN_OBJECTIONS_MAX;
        match self {
            Self::OnNotice { open_objections: open } if open < most => to(Self::OnNotice { open_objections: open + 1 }),
            Self::OnNotice { .. } => Err(Rejection::TooManyObjections { most }),
            _ => self.no(),
        }
    }

    fn answered(self, answer: ObjectionAnswer) -> Result<Next, Rejection> {
        let left = self.open_objections().checked_sub(1);
        match (left, answer) {
            (None, _) => self.no(),
            (Some(_), ObjectionAnswer::Upheld) => to(Self::InReview),
            (Some(open_objections), ObjectionAnswer::Dismissed) => to(Self::OnNotice { open_objections }),
        }
    }

    fn appealed(self, kind: ClaimKind) -> Result<Next, Rejection> {
        match self {
            // What a refusal released is held again, so that an appeal which succeeds can be carried out.
            Self::Refused => with(Self::Appealed { against: Verdict::Refuse }, Turn::Needed, kind),
            Self::Granted => to(Self::Appealed { against: Verdict::Grant }),
            _ => self.no(),
        }
    }

    /// The verdict that stands after an appeal: a grant has used the credit already, a refusal holds it again meanwhile.
    fn after_appeal(self, decision: AppealDecision, kind: ClaimKind) -> Result<Next, Rejection> {
        let closed = |verdict| Self::Closed { verdict };
        let Self::Appealed { against } = self else {
            return self.no();
        };
        match (against, decision) {
            (Verdict::Grant, AppealDecision::Uphold) => to(closed(Verdict::Grant)),
            (Verdict::Grant, AppealDecision::Overturn) => with(closed(Verdict::Refuse), Turn::Undone, kind),
            (Verdict::Refuse, AppealDecision::Uphold) => with(closed(Verdict::Refuse), Turn::Spared, kind),
            (Verdict::Refuse, AppealDecision::Overturn) => with(closed(Verdict::Grant), Turn::Granted, kind),
        }
    }
}

/// A step that leaves credit where it is.
fn to(state: ClaimState) -> Result<Next, Rejection> {
    Ok(Next { state, effect: None })
}

/// A step that does something to credit, of the kinds that have any yet.
fn with(state: ClaimState, turn: Turn, kind: ClaimKind) -> Result<Next, Rejection> {
    Ok(Next {
        state,
        effect: turn.effect(kind),
    })
}
