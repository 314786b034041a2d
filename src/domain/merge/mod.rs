//! Merges: two accounts turn out to be one person's. One is proposed by one person and confirmed by another, and so it is
//! taken back; this is the machine of both.

pub mod carried;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rejection::Rejection;
use super::words::words;

words! {
    /// Where a merge stands.
    pub enum MergeState {
        Proposed => "proposed",
        Merged => "merged",
        Declined => "declined",
        Withdrawn => "withdrawn",
        /// The two turned out to be two after all, somebody says.
        ReversalProposed => "reversal_proposed",
        Reversed => "reversed",
    }
}

words! {
    /// What people do with a merge.
    pub enum MergeEvent {
        Confirm => "confirm_merge",
        Decline => "decline_merge",
        Withdraw => "withdraw_merge",
        ProposeReversal => "propose_merge_reversal",
        ConfirmReversal => "confirm_merge_reversal",
        DeclineReversal => "decline_merge_reversal",
    }
}

words! {
    /// In what two outcomes of the two accounts are the same, the strongest that holds.
    pub enum Alikeness {
        /// All that was given, but for the certificate's number.
        Content => "content",
        /// The achievement and the day of the award.
        Achievement => "achievement",
        /// The institution and the day of the award.
        Institution => "institution",
    }
}

/// The most characters of a reason.
pub const REASON_CHARACTERS_MAX: usize = 2000;

/// The most outcomes that a reversal names beside those that came with the absorbed account.
pub const OUTCOMES_MAX: usize = 1000;

/// Which merges to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MergeFilter {
    pub state: Option<MergeState>,
    /// Of this learner, whether surviving or absorbed.
    pub learner_id: Option<Uuid>,
}

impl MergeState {
    /// Whether people have yet to decide something about it: then neither of the two is in another merge.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Proposed | Self::ReversalProposed)
    }

    /// Where an event leads that somebody causes; `own` says whether the open proposal is the same person's.
    ///
    /// # Errors
    /// `WrongState`; then `OwnMergeProposal` to who confirms or declines an own proposal, `NotTheProposer` to who withdraws
    /// another's.
    pub fn after(self, event: MergeEvent, own: bool) -> Result<Self, Rejection> {
        use {MergeEvent as E, MergeState as S};
        let next = match (self, event) {
            (S::Proposed, E::Confirm) => S::Merged,
            (S::Proposed, E::Decline) => S::Declined,
            (S::Proposed, E::Withdraw) => S::Withdrawn,
            (S::Merged, E::ProposeReversal) => S::ReversalProposed,
            (S::ReversalProposed, E::ConfirmReversal) => S::Reversed,
            (S::ReversalProposed, E::DeclineReversal) => S::Merged,
            _ => return Err(Rejection::WrongState { state: self.to_string() }),
        };
        match event {
            E::Confirm | E::Decline | E::ConfirmReversal if own => Err(Rejection::OwnMergeProposal {}),
            E::Withdraw if !own => Err(Rejection::NotTheProposer {}),
            // Who proposed a reversal takes it back by declining it.
            _ => Ok(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_an_answer_in_every_state() {
        let mut lines = Vec::new();
        for state in MergeState::ALL {
            for event in MergeEvent::ALL {
                for own in [false, true] {
                    match state.after(*event, own) {
                        Ok(next) => lines.push(format!("{state} {event} {own} {next}")),
                        Err(Rejection::WrongState { state: named }) => assert_eq!(named, state.to_string()),
                        Err(refusal) => lines.push(format!("{state} {event} {own} {}", refusal.code())),
                    }
                }
            }
        }
        assert_eq!(
            lines,
            [
                "proposed confirm_merge false merged",
                "proposed confirm_merge true own_merge_proposal",
                "proposed decline_merge false declined",
                "proposed decline_merge true own_merge_proposal",
                "proposed withdraw_merge false not_the_proposer",
                "proposed withdraw_merge true withdrawn",
                "merged propose_merge_reversal false reversal_proposed",
                "merged propose_merge_reversal true reversal_proposed",
                "reversal_proposed confirm_merge_reversal false reversed",
                "reversal_proposed confirm_merge_reversal true own_merge_proposal",
                "reversal_proposed decline_merge_reversal false merged",
                "reversal_proposed decline_merge_reversal true merged",
            ]
        );
    }
}
