//! A claim with everything that its next step depends on. The store keeps a version beside it: of two who act on the same
//! version the second is told so, and whoever acts on what is no longer there is refused by the state itself.

use chrono::NaiveDate;
use uuid::Uuid;

use super::people::{ClaimActor, Panel, Parties, Vote};
use super::rules::ClaimRules;
use super::{ClaimEvent, ClaimKind, ClaimState, ClaimStatus, CreditEffect};
use crate::domain::rejection::Rejection;
use crate::domain::working_days::WorkingDays;

/// A claim, as far as its next step depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimCase {
    pub kind: ClaimKind,
    pub state: ClaimState,
    /// The day on which it came to its status.
    pub since: NaiveDate,
    pub parties: Parties,
    pub panel: Panel,
}

/// What somebody does on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    pub event: ClaimEvent,
    pub by: ClaimActor,
    pub on: NaiveDate,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stepped {
    pub case: ClaimCase,
    /// What is done to credit in the same transaction, if anything.
    pub effect: Option<CreditEffect>,
}

impl ClaimCase {
    /// A new claim of a learner, to be decided by so many people.
    pub fn submitted(kind: ClaimKind, claimant: Uuid, panel_size: u8, on: NaiveDate) -> Stepped {
        let next = kind.submitted();
        Stepped {
            case: Self {
                kind,
                state: next.state,
                since: on,
                parties: Parties::of(claimant),
                panel: Panel::of(panel_size),
            },
            effect: next.effect,
        }
    }

    /// What a deed makes of the claim, under the rules that judge it.
    ///
    /// # Errors
    /// In this order: what [`Parties::may`], [`ClaimState::after`], [`ClaimState::in_time`] and the panel refuse.
    pub fn after(&self, deed: &Deed, rules: &ClaimRules, working_days: &WorkingDays) -> Result<Stepped, Rejection> {
        let Deed { event, by, on } = *deed;
        self.parties.may(by, event, self.state)?;
        let next = self.state.after(event, self.kind, rules)?;
        self.state.in_time(event, on, self.since, rules, working_days)?;
        let mut case = self.clone();
        if let ClaimActor::Person { user_id, .. } = by {
            case.note(event, user_id)?;
        }
        case.state = next.state;
        if next.state.status() != self.state.status() {
            case.since = on;
            // Whatever was voted or proposed before is history now.
            if next.state.status() == ClaimStatus::InReview {
                case.panel.votes.clear();
                case.parties.proposer = None;
            }
        }
        Ok(Stepped { case, effect: next.effect })
    }

    /// Notes who had which hand in it.
    fn note(&mut self, event: ClaimEvent, user_id: Uuid) -> Result<(), Rejection> {
        use ClaimEvent as E;
        match event {
            E::Vote { verdict } => {
                self.panel.takes_vote_of(user_id)?;
                self.panel.votes.push(Vote { by: user_id, verdict });
                self.parties.judges.insert(user_id);
            }
            E::Propose { verdict } => {
                self.panel.is_for(verdict)?;
                self.parties.proposer = Some(user_id);
                self.parties.judges.insert(user_id);
            }
            E::Approve | E::AnswerObjection { .. } => {
                self.parties.judges.insert(user_id);
            }
            E::Recuse => self.recuse(user_id)?,
            E::Object => {
                self.parties.objectors.insert(user_id);
            }
            E::Appeal => self.parties.appellant = Some(user_id),
            E::Take
            | E::AskInformation
            | E::GiveInformation
            | E::SendBack
            | E::NoticeEnds
            | E::DecideAppeal { .. }
            | E::WithdrawAppeal
            | E::Withdraw
            | E::Lapse
            | E::Close
            | E::Void => {}
        }
        Ok(())
    }

    /// Somebody steps back. While votes are being cast, his own no longer counts; a proposal that stands on it has to be
    /// sent back first.
    fn recuse(&mut self, user_id: Uuid) -> Result<(), Rejection> {
        let voted = self.panel.votes.iter().any(|vote| vote.by == user_id);
        let is_decided = matches!(self.state, ClaimState::Proposed { .. } | ClaimState::OnNotice { .. });
        if is_decided && (voted || self.parties.proposer == Some(user_id)) {
            return Err(Rejection::RecusalTooLate {});
        }
        self.panel.votes.retain(|vote| vote.by != user_id);
        self.parties.recused.insert(user_id);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
