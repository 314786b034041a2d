//! What the units of each kind of file tell: one small file a kind, behind one trait.

pub(super) mod nad_abc;
pub(super) mod open_badges;
pub(super) mod properties;
pub(super) mod rows;
pub(super) mod xapi;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::about::PassedOver;
use super::cell::{Cell, Content};
use super::field::Field;
use super::limits::Limits;
use super::plain::{Given, tell};
use super::problem::CellProblem;
use super::told::ToldOutcome;

/// An outcome, or what is wrong with it.
pub(super) type Told = Result<ToldOutcome, Vec<CellProblem>>;

/// A way to understand the units of a file.
pub(super) trait Adapter: Send {
    /// The outcomes that a unit tells; `None` where it is passed over, and counted.
    fn tell(&mut self, content: &Content, passed_over: &mut PassedOver) -> Option<Vec<Told>>;
}

/// What every adapter needs to know.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) today: NaiveDate,
    pub(super) limits: Limits,
}

/// Cells that were found under names of a kind's own, for one outcome.
#[derive(Debug, Default)]
pub(super) struct Found {
    cells: Vec<(Field, String, Cell)>,
}

impl Found {
    pub(super) fn put(&mut self, field: Field, column: &str, cell: Cell) {
        self.cells.push((field, column.to_owned(), cell));
    }

    /// A text, or nothing under the name where it would stand, so that what is missing can be pointed to.
    pub(super) fn put_text(&mut self, field: Field, column: &str, text: Option<&str>) {
        self.put(field, column, text.map_or(Cell::Empty, |text| Cell::Text(text.to_owned())));
    }

    /// The outcome that they tell.
    pub(super) fn tell(&self, part: usize, frame: &Frame) -> Told {
        let columns = self.cells.iter().map(|(field, column, _)| (*field, column.clone())).collect();
        tell(&Given {
            cells: self.cells.iter().map(|(field, _, cell)| (*field, cell)).collect(),
            columns: Arc::new(columns),
            part: u16::try_from(part).unwrap_or(u16::MAX),
            today: frame.today,
            characters_max: frame.limits.cell_characters_max,
        })
    }
}

/// The text of a unit of records; nothing of one of cells, which no adapter of records is ever given.
pub(super) fn record(content: &Content) -> &str {
    match content {
        Content::Record(text) => text,
        Content::Cells(_) => "",
    }
}

/// The cells of a unit of cells.
pub(super) fn cells(content: &Content) -> &[Cell] {
    match content {
        Content::Cells(cells) => cells,
        Content::Record(_) => &[],
    }
}

/// One problem of a whole unit.
pub(super) fn refused(problem: CellProblem) -> Option<Vec<Told>> {
    Some(vec![Err(vec![problem])])
}

/// Cells by what they tell.
pub(super) type ByField<'a> = BTreeMap<Field, &'a Cell>;
