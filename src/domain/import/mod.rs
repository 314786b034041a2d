//! Imports 批量导入: a file of an institution is looked through first, then deposited. A total machine says where one stands;
//! totals say what became of its rows.

mod remedies;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::credit::{Credit, CreditSum};
use super::words::words;

pub use remedies::remedy;

/// How many imports of one institution may be open at once: on their way in, looked through, waiting, or under way.
pub const OPEN_MAX: i64 = 5;

/// How many outcomes are judged and deposited together, in one transaction. Others wait for it on SQLite, so it is no more than that.
pub const CHUNK_OUTCOMES: usize = 250;

/// How many codes that no achievement has are listed.
pub const UNKNOWN_CODES_MAX: usize = 100;

/// How many rows are listed that are not what the dry run said.
pub const CHANGES_MAX: usize = 100;

words! {
    /// Where an import stands.
    pub enum ImportStatus {
        /// The file is on its way in.
        Receiving => "receiving",
        /// The dry run waits or is under way: nothing is deposited.
        Checking => "checking",
        /// What it would bring is known.
        Checked => "checked",
        /// Somebody wants it; somebody else has to release it.
        AwaitingRelease => "awaiting_release",
        /// It waits to be deposited, or is being deposited.
        Committing => "committing",
        /// It stopped before rows of which the answer is no longer what the dry run said.
        Stale => "stale",
        /// Every row has its answer.
        Done => "done",
        /// Somebody stopped it. What was deposited by then stays.
        Cancelled => "cancelled",
        /// The file cannot be read as a whole.
        Failed => "failed",
    }
}

words! {
    /// What became, or would become, of one outcome of a file.
    pub enum ImportResult {
        /// Deposited; recognised at once.
        Accepted => "accepted",
        /// It was there already; nothing is changed by it.
        AlreadyThere => "already_there",
        /// Deposited, and held for a person to look at.
        Flagged => "flagged",
        /// Not deposited.
        Refused => "refused",
    }
}

words! {
    /// What happens to an import.
    pub enum ImportEvent {
        Arrive => "arrive",
        Check => "check",
        EndCheck => "end_check",
        Ask => "ask",
        Commit => "commit",
        Release => "release",
        Differ => "differ",
        End => "end",
        Cancel => "cancel",
        Fail => "fail",
    }
}

impl ImportStatus {
    /// What follows; `None` where the event does not belong to the state.
    pub fn after(self, event: ImportEvent) -> Option<Self> {
        use ImportEvent as E;
        match (self, event) {
            (Self::Receiving, E::Arrive) => Some(Self::Checking),
            // Again: from the first row. What is there already is told so, and nothing comes twice.
            (Self::Checked | Self::Stale | Self::Done | Self::Cancelled | Self::Failed, E::Check) => Some(Self::Checking),
            (Self::Checking, E::EndCheck) => Some(Self::Checked),
            (Self::Checked, E::Ask) => Some(Self::AwaitingRelease),
            (Self::Checked, E::Commit) | (Self::AwaitingRelease, E::Release) => Some(Self::Committing),
            (Self::Committing, E::Differ) => Some(Self::Stale),
            (Self::Committing, E::End) => Some(Self::Done),
            (Self::Receiving | Self::Checking | Self::Committing, E::Fail) => Some(Self::Failed),
            (open, E::Cancel) if open.is_open() => Some(Self::Cancelled),
            _ => None,
        }
    }

    /// Whether it takes one of the institution's few places.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Done | Self::Cancelled | Self::Failed)
    }

    /// Whether it waits for the bank itself.
    pub fn is_for_the_bank(self) -> bool {
        matches!(self, Self::Checking | Self::Committing)
    }
}

/// A code that no achievement of the institution has, and those that it may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UnknownCode {
    pub code: String,
    /// In how many outcomes it stands.
    pub outcomes: u64,
    pub suggestions: Vec<SuggestedCode>,
}

/// An achievement that a code may mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SuggestedCode {
    pub code: String,
    pub name: String,
}

/// What became, or would become, of the outcomes of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportTotals {
    /// Rows that are not empty.
    pub rows: u64,
    /// A row may hold several.
    pub outcomes: u64,
    pub accepted: u64,
    pub already_there: u64,
    pub flagged: u64,
    pub refused: u64,
    /// Accounts that are opened for people whom the bank does not know.
    pub accounts_opened: u64,
    /// What the accepted ones bring.
    pub credit: CreditSum,
    /// The accepted ones that bring none.
    pub without_credit: u64,
    /// Refusals by their code.
    pub refusals: BTreeMap<String, u64>,
    /// Flags by their word.
    pub flags: BTreeMap<String, u64>,
}

/// What one outcome adds to the totals.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    pub result: ImportResult,
    pub credit: Credit,
    pub account_opened: bool,
    /// Of a refused one.
    pub refusal: Option<&'a str>,
    pub flags: &'a [String],
}

impl ImportTotals {
    /// Adds an outcome. Credit beyond what a number holds stays at the most: no bank has it.
    pub fn add(&mut self, counted: Counted<'_>) {
        self.outcomes += 1;
        self.accounts_opened += u64::from(counted.account_opened);
        match counted.result {
            ImportResult::Accepted => {
                self.accepted += 1;
                self.without_credit += u64::from(counted.credit == Credit::ZERO);
                self.credit = self.credit.checked_add(counted.credit.into()).unwrap_or(self.credit);
            }
            ImportResult::AlreadyThere => self.already_there += 1,
            ImportResult::Flagged => {
                self.flagged += 1;
                for flag in counted.flags {
                    *self.flags.entry(flag.clone()).or_default() += 1;
                }
            }
            ImportResult::Refused => {
                self.refused += 1;
                if let Some(code) = counted.refusal {
                    *self.refusals.entry(code.to_owned()).or_default() += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole machine, as a picture: every state with what leads out of it.
    #[test]
    fn every_event_in_every_state_has_its_answer() {
        let mut ways = Vec::new();
        for status in ImportStatus::ALL {
            for event in ImportEvent::ALL {
                if let Some(next) = status.after(*event) {
                    ways.push(format!("{status} {event} {next}"));
                }
            }
        }
        let expected = "receiving arrive checking\nreceiving cancel cancelled\nreceiving fail failed\n\
            checking end_check checked\nchecking cancel cancelled\nchecking fail failed\n\
            checked check checking\nchecked ask awaiting_release\nchecked commit committing\nchecked cancel cancelled\n\
            awaiting_release release committing\nawaiting_release cancel cancelled\n\
            committing differ stale\ncommitting end done\ncommitting cancel cancelled\ncommitting fail failed\n\
            stale check checking\nstale cancel cancelled\ndone check checking\ncancelled check checking\nfailed check checking";
        assert_eq!(ways.join("\n"), expected);
    }

    #[test]
    fn totals_count_each_outcome_once_and_credit_of_accepted_ones_only() {
        let mut totals = ImportTotals::default();
        let flags = vec!["awarded_after_closure".to_owned()];
        let credit: Credit = "2.50".parse().unwrap();
        let of = |result, credit, refusal, flags| Counted {
            result,
            credit,
            account_opened: false,
            refusal,
            flags,
        };
        totals.add(of(ImportResult::Accepted, credit, None, &[]));
        totals.add(of(ImportResult::Accepted, Credit::ZERO, None, &[]));
        totals.add(of(ImportResult::AlreadyThere, credit, None, &[]));
        totals.add(of(ImportResult::Flagged, Credit::ZERO, None, &flags));
        totals.add(of(ImportResult::Refused, Credit::ZERO, Some("hours_absurd"), &[]));
        assert_eq!(totals.outcomes, 5);
        assert_eq!(
            (totals.accepted, totals.already_there, totals.flagged, totals.refused),
            (2, 1, 1, 1)
        );
        assert_eq!((totals.credit, totals.without_credit), (credit.into(), 1));
        assert_eq!(totals.flags["awarded_after_closure"], 1);
        assert_eq!(totals.refusals["hours_absurd"], 1);
    }
}
