//! Who may have a hand in a claim: nobody in a claim of his own, nobody twice where two are needed, nobody who stepped back.
//! Which role at which institution somebody needs is the policy's business, not asked here.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ClaimEvent, ClaimState, Verdict};
use crate::domain::rejection::Rejection;

/// Who does something with a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimActor {
    /// A user, with the account of credit that he has as a learner.
    Person { user_id: Uuid, learner_id: Option<Uuid> },
    /// The bank's own jobs.
    Bank,
}

/// Everybody who had a hand in a claim, by user id but for the claimant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parties {
    /// The learner whose claim it is, by learner id.
    pub claimant: Uuid,
    /// Who made the present proposal.
    pub proposer: Option<Uuid>,
    /// Who ever voted, proposed, approved or answered an objection: an appeal is decided by others.
    pub judges: BTreeSet<Uuid>,
    pub recused: BTreeSet<Uuid>,
    pub objectors: BTreeSet<Uuid>,
    /// Who appealed, the claimant included.
    pub appellant: Option<Uuid>,
}

/// One vote of the present round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    pub by: Uuid,
    pub verdict: Verdict,
}

/// The people who vote in the present round. Each time a claim comes into review, votes begin anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panel {
    /// How many vote: odd, so that they never tie.
    pub size: u8,
    pub votes: Vec<Vote>,
}

/// In what capacity something is done.
enum Part {
    Claimant,
    Reviewer,
    Objector,
    Appellant,
    /// Anybody but the claimant.
    Other,
    /// Anybody but the claimant, and the bank's own jobs.
    Clock,
}

impl Parties {
    /// At the beginning nobody but the claimant.
    pub fn of(claimant: Uuid) -> Self {
        Self {
            claimant,
            proposer: None,
            judges: BTreeSet::new(),
            recused: BTreeSet::new(),
            objectors: BTreeSet::new(),
            appellant: None,
        }
    }

    /// Whether somebody may do this to the claim in that state.
    ///
    /// # Errors
    /// In this order: `Forbidden` to the bank's jobs, `NotTheAppellant`, `NotTheClaimant`, `OwnClaim`, `NotAnObjector`, `ObjectorJudges`,
    /// `Recused`, `OwnProposal`, `JudgedBefore`.
    pub fn may(&self, actor: ClaimActor, event: ClaimEvent, state: ClaimState) -> Result<(), Rejection> {
        use ClaimEvent as E;
        let part = part_of(event, state);
        let ClaimActor::Person { user_id, learner_id } = actor else {
            return if matches!(part, Part::Clock) {
                Ok(())
            } else {
                Err(Rejection::Forbidden {})
            };
        };
        let own = learner_id == Some(self.claimant);
        let refused = match part {
            Part::Appellant if self.appellant != Some(user_id) => Some(Rejection::NotTheAppellant {}),
            Part::Claimant if !own => Some(Rejection::NotTheClaimant {}),
            Part::Appellant | Part::Claimant => None,
            _ if own => Some(Rejection::OwnClaim {}),
            Part::Objector if !self.objectors.contains(&user_id) => Some(Rejection::NotAnObjector {}),
            Part::Objector | Part::Other | Part::Clock => None,
            Part::Reviewer if self.objectors.contains(&user_id) => Some(Rejection::ObjectorJudges {}),
            Part::Reviewer if self.recused.contains(&user_id) => Some(Rejection::Recused {}),
            Part::Reviewer => match event {
                E::Approve | E::AnswerObjection { .. } if self.proposer == Some(user_id) => Some(Rejection::OwnProposal {}),
                E::DecideAppeal { .. } if self.judges.contains(&user_id) => Some(Rejection::JudgedBefore {}),
                _ => None,
            },
        };
        refused.map_or(Ok(()), Err)
    }
}

/// The capacity in which an event is somebody's to do.
fn part_of(event: ClaimEvent, state: ClaimState) -> Part {
    use ClaimEvent as E;
    match event {
        E::GiveInformation | E::Withdraw => Part::Claimant,
        // Against a grant appeals who objected to it in vain.
        E::Appeal if state.verdict() == Some(Verdict::Grant) => Part::Objector,
        E::Appeal => Part::Claimant,
        E::WithdrawAppeal => Part::Appellant,
        E::Object => Part::Other,
        E::NoticeEnds | E::Lapse | E::Close | E::Void => Part::Clock,
        E::Take
        | E::AskInformation
        | E::Propose { .. }
        | E::Vote { .. }
        | E::Recuse
        | E::Approve
        | E::SendBack
        | E::AnswerObjection { .. }
        | E::DecideAppeal { .. } => Part::Reviewer,
    }
}

impl Panel {
    /// Nobody voted yet.
    pub fn of(size: u8) -> Self {
        Self { size, votes: Vec::new() }
    }

    /// How many votes are more than half of the panel, whether all voted or not.
    pub fn majority(&self) -> usize {
        usize::from(self.size / 2) + 1
    }

    /// How many voted so.
    pub fn votes_for(&self, verdict: Verdict) -> usize {
        self.votes.iter().filter(|vote| vote.verdict == verdict).count()
    }

    /// Whether somebody may still vote.
    ///
    /// # Errors
    /// `VotedAlready`, `PanelFull`.
    pub fn takes_vote_of(&self, user_id: Uuid) -> Result<(), Rejection> {
        if self.votes.iter().any(|vote| vote.by == user_id) {
            return Err(Rejection::VotedAlready {});
        }
        if self.votes.len() >= usize::from(self.size) {
            return Err(Rejection::PanelFull { size: self.size });
        }
        Ok(())
    }

    /// Whether more than half of the panel are for a verdict; until then a claim stays open.
    ///
    /// # Errors
    /// `NoMajority`.
    pub fn is_for(&self, verdict: Verdict) -> Result<(), Rejection> {
        let (votes, needed) = (self.votes_for(verdict), self.majority());
        if votes < needed {
            return Err(Rejection::NoMajority { votes, needed });
        }
        Ok(())
    }
}
