//! Rows below a header: where the header stands, and what its columns tell.

use std::collections::VecDeque;

use super::cell::{Content, Unit, Units};
use super::field::is_added_by_the_bank;
use super::file_problem::FileProblem;

/// How many rows are looked at to find the header.
pub(super) const HEADER_ROWS_MAX: usize = 10;

/// The header of a table, and its rows.
pub(super) struct Table {
    pub(super) header: Vec<String>,
    pub(super) header_row: u64,
    /// Whether something stands above the header.
    pub(super) lines_above: bool,
    pub(super) rows: Box<dyn Units>,
}

/// Rows that were read already, and then the others.
struct Ahead {
    ahead: VecDeque<Unit>,
    rows: Box<dyn Units>,
    own_empty: u64,
}

impl Units for Ahead {
    fn next_unit(&mut self) -> Result<Option<Unit>, FileProblem> {
        loop {
            let unit = match self.ahead.pop_front() {
                Some(unit) => Some(unit),
                None => self.rows.next_unit()?,
            };
            match unit {
                Some(unit) if unit.is_blank() => self.own_empty += 1,
                other => return Ok(other),
            }
        }
    }

    fn empty(&self) -> u64 {
        self.rows.empty() + self.own_empty
    }
}

impl Table {
    /// Finds the header: the row among the first of which most cells are known; of equals the upper one.
    ///
    /// # Errors
    /// Where there is no row at all, or the rows cannot be read.
    pub(super) fn find(mut rows: Box<dyn Units>, known: impl Fn(&[String]) -> usize) -> Result<Self, FileProblem> {
        let mut first: VecDeque<Unit> = VecDeque::new();
        while first.len() < HEADER_ROWS_MAX {
            match rows.next_unit() {
                Ok(Some(unit)) => first.push_back(unit),
                Ok(None) => break,
                // Read again, it is found where it belongs; without a row before it there is nothing else to say.
                Err(problem) if first.is_empty() => return Err(problem),
                Err(problem) => {
                    rows = Box::new(Broken {
                        problem,
                        empty: rows.empty(),
                    });
                    break;
                }
            }
        }
        let texts: Vec<Vec<String>> = first.iter().map(texts_of).collect();
        let judged = texts.iter().enumerate().rev();
        let best = judged.max_by_key(|(_, cells)| (known(cells), cells.iter().any(|cell| !cell.trim().is_empty())));
        let (place, cells) = best.ok_or(FileProblem::EmptyFile {})?;
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Err(FileProblem::EmptyFile {});
        }
        let header = cells.clone();
        let above = first.iter().take(place).any(|unit| !unit.is_blank());
        let blank_above = first.iter().take(place).filter(|unit| unit.is_blank()).count();
        let header_row = first.get(place).map_or(0, |unit| unit.row);
        Ok(Self {
            header: without_end(header),
            header_row,
            lines_above: above,
            rows: Box::new(Ahead {
                ahead: first.split_off(place + 1),
                rows,
                own_empty: u64::try_from(blank_above).unwrap_or(u64::MAX),
            }),
        })
    }

    /// Whether the bank's own columns are among the header's.
    pub(super) fn has_own_columns(&self) -> bool {
        self.header.iter().any(|name| is_added_by_the_bank(name))
    }
}

fn without_end(mut header: Vec<String>) -> Vec<String> {
    while header.last().is_some_and(|name| name.trim().is_empty()) {
        header.pop();
    }
    header
}

fn texts_of(unit: &Unit) -> Vec<String> {
    match &unit.content {
        Content::Cells(cells) => cells.iter().map(|cell| cell.shown().trim().to_owned()).collect(),
        Content::Record(_) => Vec::new(),
    }
}

/// A fault that was met while the header was looked for, told again when its row is asked for.
struct Broken {
    problem: FileProblem,
    empty: u64,
}

impl Units for Broken {
    fn next_unit(&mut self) -> Result<Option<Unit>, FileProblem> {
        Err(self.problem.clone())
    }

    fn empty(&self) -> u64 {
        self.empty
    }
}
