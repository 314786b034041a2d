//! An institution is asked to confirm an entry 佐证申请: where the request stands, and what each event makes of it. What is
//! confirmed is the entry as it was read; another edition of it is the learner's own word again.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::rejection::Rejection;
use crate::domain::words::words;

/// The most open requests of one learner.
pub const OPEN_MAX: i64 = 20;

/// The most characters of what is said beside a request, and of a reason.
pub const REASON_CHARACTERS_MAX: usize = 2_000;

words! {
    /// Where a request to confirm an entry stands.
    pub enum ConfirmationState {
        Requested => "requested",
        Confirmed => "confirmed",
        Declined => "declined",
        /// The learner took it back.
        Withdrawn => "withdrawn",
        /// The entry was edited or removed before there was an answer.
        Outdated => "outdated",
        /// The institution no longer stands by what it confirmed.
        Revoked => "revoked",
    }
}

words! {
    /// What an institution answers.
    pub enum ConfirmationAnswer {
        Confirm => "confirm",
        Decline => "decline",
        /// To take back a confirmation of its own.
        Revoke => "revoke",
    }
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmationEvent {
    Confirm,
    Decline,
    Revoke,
    Withdraw,
    Outdate,
}

/// What one institution said of one edition of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub institution_id: Uuid,
    pub entry_edition: i64,
    pub state: ConfirmationState,
}

/// Which requests to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConfirmationFilter {
    pub institution_id: Option<Uuid>,
    pub state: Option<ConfirmationState>,
}

impl ConfirmationAnswer {
    /// What the answer does to the request.
    pub fn event(self) -> ConfirmationEvent {
        match self {
            Self::Confirm => ConfirmationEvent::Confirm,
            Self::Decline => ConfirmationEvent::Decline,
            Self::Revoke => ConfirmationEvent::Revoke,
        }
    }
}

impl ConfirmationState {
    /// Whether it waits for the institution.
    pub fn is_open(self) -> bool {
        self == Self::Requested
    }

    /// Whether the institution still sees what it was asked to confirm: while it is open, and what it stands by.
    pub fn shows_content(self) -> bool {
        matches!(self, Self::Requested | Self::Confirmed)
    }

    /// What an event makes of the state.
    ///
    /// # Errors
    /// `WrongState` where the event has no meaning, which also is the answer to whoever comes second.
    pub fn after(self, event: ConfirmationEvent) -> Result<Self, Rejection> {
        use ConfirmationEvent as E;
        match (self, event) {
            (Self::Requested, E::Confirm) => Ok(Self::Confirmed),
            (Self::Requested, E::Decline) => Ok(Self::Declined),
            // Also what is confirmed: it is the learner's word again, and the institution no longer sees it.
            (Self::Requested | Self::Confirmed, E::Withdraw) => Ok(Self::Withdrawn),
            (Self::Requested, E::Outdate) => Ok(Self::Outdated),
            (Self::Confirmed, E::Revoke) => Ok(Self::Revoked),
            _ => Err(Rejection::WrongState { state: self.to_string() }),
        }
    }
}

/// The institutions that confirm an entry as it is now, in the order in which they said so.
pub fn confirmed_by(edition: i64, said: &[Said]) -> Vec<Uuid> {
    let stands = |said: &&Said| said.state == ConfirmationState::Confirmed && said.entry_edition == edition;
    said.iter().filter(stands).map(|said| said.institution_id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every event in every state: confirm, decline, revoke, withdraw, outdate.
    #[test]
    fn every_event_has_an_answer_in_every_state() {
        use ConfirmationEvent as E;
        use ConfirmationState as S;
        let no = None;
        let table: [(S, [Option<S>; 5]); 6] = [
            (
                S::Requested,
                [Some(S::Confirmed), Some(S::Declined), no, Some(S::Withdrawn), Some(S::Outdated)],
            ),
            (S::Confirmed, [no, no, Some(S::Revoked), Some(S::Withdrawn), no]),
            (S::Declined, [no; 5]),
            (S::Withdrawn, [no; 5]),
            (S::Outdated, [no; 5]),
            (S::Revoked, [no; 5]),
        ];
        assert_eq!(table.map(|(state, _)| state).as_slice(), ConfirmationState::ALL);
        for (state, answers) in table {
            for (event, expected) in [E::Confirm, E::Decline, E::Revoke, E::Withdraw, E::Outdate]
                .into_iter()
                .zip(answers)
            {
                let refusal = Err(Rejection::WrongState { state: state.to_string() });
                assert_eq!(state.after(event), expected.map_or(refusal, Ok), "{event:?} in {state}");
            }
        }
    }

    #[test]
    fn a_confirmation_is_of_the_edition_that_was_read() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let said = |institution_id, entry_edition, state| Said {
            institution_id,
            entry_edition,
            state,
        };
        let all = [
            said(one, 1, ConfirmationState::Confirmed),
            said(other, 2, ConfirmationState::Confirmed),
            said(one, 2, ConfirmationState::Declined),
            said(one, 2, ConfirmationState::Revoked),
        ];
        assert_eq!(confirmed_by(1, &all), [one]);
        assert_eq!(confirmed_by(2, &all), [other]);
        assert_eq!(confirmed_by(3, &all), Vec::<Uuid>::new());
    }
}
