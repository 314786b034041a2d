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
        let with = |state, turn: Turn| {
            Ok(Next {
                state,
                effect: turn.effect(kind),
            })
        };
        let to = |state| Ok(Next { state, effect: None });
        let no = || {
            let state = self.status().to_string();
            Err(Rejection::WrongState { state })
        };
        match event {
            E::Take => match self {
                S::Submitted | S::InformationAsked => to(S::InReview),
                _ => no(),
            },
            E::AskInformation => match self {
                S::InReview => to(S::InformationAsked),
                _ => no(),
            },
            E::GiveInformation => match self {
                S::InformationAsked => to(S::InReview),
                _ => no(),
            },
            E::Vote { .. } => match self {
                S::InReview => to(S::InReview),
                _ => no(),
            },
            E::Recuse if self.status().is_open() || matches!(self, S::Appealed { .. }) => to(self),
            E::Recuse => no(),
            E::Propose { verdict } => match self {
                S::InReview => to(S::Proposed { verdict }),
                _ => no(),
            },
            E::Approve => match self {
                S::Proposed { verdict: Verdict::Refuse } => with(S::Refused, Turn::Spared),
                S::Proposed { verdict: Verdict::Grant } if rules.gives_notice() => to(S::OnNotice { open_objections: 0 }),
                S::Proposed { verdict: Verdict::Grant } => with(S::Granted, Turn::Granted),
                _ => no(),
            },
            E::SendBack => match self {
                S::Proposed { .. } | S::OnNotice { .. } => to(S::InReview),
                _ => no(),
            },
            E::NoticeEnds => match self {
                S::OnNotice { open_objections: 0 } => with(S::Granted, Turn::Granted),
                S::OnNotice { open_objections: open } => Err(Rejection::ObjectionsOpen { open }),
                _ => no(),
            },
            E::Object | E::AnswerObjection { .. } => self.objected(event).map_or_else(no, |answer| answer.and_then(to)),
            E::Appeal => match self {
                // What a refusal released is held again, so that an appeal which succeeds can be carried out.
                S::Refused => with(S::Appealed { against: Verdict::Refuse }, Turn::Needed),
                S::Granted => to(S::Appealed { against: Verdict::Grant }),
                _ => no(),
            },
            E::DecideAppeal { .. } | E::WithdrawAppeal => match self {
                S::Appealed { against } => {
                    let (verdict, turn) = appeal_ended(against, event);
                    turn.map_or_else(|| to(S::Closed { verdict }), |turn| with(S::Closed { verdict }, turn))
                }
                _ => no(),
            },
            E::Withdraw if self.status().is_open() => with(S::Withdrawn, Turn::Spared),
            E::Withdraw => no(),
            E::Lapse => match (self, rules.unanswered) {
                (S::InformationAsked, Unanswered::Lapses) => with(S::Lapsed, Turn::Spared),
                (S::InformationAsked, Unanswered::Waits) => Err(Rejection::NothingLapses {}),
                _ => no(),
            },
            E::Close => match self {
                S::Granted => to(S::Closed { verdict: Verdict::Grant }),
                S::Refused => to(S::Closed { verdict: Verdict::Refuse }),
                _ => no(),
            },
        }
    }

    /// What an objection, or the answer to one, makes of a notice; `None` where there is none to object to.
    fn objected(self, event: ClaimEvent) -> Option<Result<Self, Rejection>> {
        let Self::OnNotice { open_objections: open } = self else {
            return None;
        };
        match event {
            ClaimEvent::Object if open < Self::OPEN_OBJECTIONS_MAX => Some(Ok(Self::OnNotice { open_objections: open + 1 })),
            ClaimEvent::Object => Some(Err(Rejection::TooManyObjections {
                most: Self::OPEN_OBJECTIONS_MAX,
            })),
            ClaimEvent::AnswerObjection { answer } => open.checked_sub(1).map(|open_objections| match answer {
                ObjectionAnswer::Upheld => Ok(Self::InReview),
                ObjectionAnswer::Dismissed => Ok(Self::OnNotice { open_objections }),
            }),
            _ => None,
        }
    }
}

/// The verdict that stands after an appeal, and what that does to credit: a grant has used it, and a refusal holds it again
/// while the appeal runs.
fn appeal_ended(against: Verdict, event: ClaimEvent) -> (Verdict, Option<Turn>) {
    let overturned = matches!(
        event,
        ClaimEvent::DecideAppeal {
            decision: AppealDecision::Overturn
        }
    );
    match (against, overturned) {
        (Verdict::Grant, false) => (Verdict::Grant, None),
        (Verdict::Grant, true) => (Verdict::Refuse, Some(Turn::Undone)),
        (Verdict::Refuse, false) => (Verdict::Refuse, Some(Turn::Spared)),
        (Verdict::Refuse, true) => (Verdict::Grant, Some(Turn::Granted)),
    }
}
