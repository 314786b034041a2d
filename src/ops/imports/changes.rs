//! What is no longer as the dry run said.

use serde::{Deserialize, Serialize};

use super::rows::KeptRow;
use crate::domain::credit::Credit;
use crate::domain::import::{CHANGES_MAX, ImportResult};

/// What was, or is, the answer to a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ImportAnswer)]
pub struct Answer {
    pub result: ImportResult,
    pub credit: Option<Credit>,
    pub flags: Vec<String>,
    /// The codes of what is wrong.
    pub problems: Vec<String>,
}

/// A row of which the answer is no longer what the dry run said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportChange {
    pub row: u64,
    pub part: u16,
    /// What the dry run said; absent where it did not know the row.
    pub before: Option<Answer>,
    /// What would become of it now; absent where the row is not read any more.
    pub now: Option<Answer>,
}

impl Answer {
    fn of(row: &KeptRow) -> Self {
        Self {
            result: row.result,
            credit: row.credit,
            flags: row.flags.clone(),
            problems: row.problems.iter().map(|problem| problem.code.clone()).collect(),
        }
    }
}

/// The rows of which the answer is another than it was, at most [`CHANGES_MAX`].
pub(super) fn changes(before: &[KeptRow], now: &[KeptRow]) -> Vec<ImportChange> {
    let place = |row: &KeptRow| (row.row, row.part);
    let (mut before, mut now) = (before.iter().peekable(), now.iter().peekable());
    let mut changes = Vec::new();
    loop {
        let (was, is) = match (before.peek(), now.peek()) {
            (None, None) => break,
            (Some(was), Some(is)) if place(was) == place(is) => (before.next(), now.next()),
            (Some(was), Some(is)) if place(was) < place(is) => (before.next(), None),
            (Some(_), None) => (before.next(), None),
            _ => (None, now.next()),
        };
        let Some((row, part)) = was.or(is).map(place) else { break };
        let (was, is) = (was.map(Answer::of), is.map(Answer::of));
        if was != is && changes.len() < CHANGES_MAX {
            changes.push(ImportChange {
                row,
                part,
                before: was,
                now: is,
            });
        }
    }
    changes
}
