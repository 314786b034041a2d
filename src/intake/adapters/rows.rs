//! Rows of columns: one outcome each.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Adapter, ByField, Frame, Told, cells};
use crate::intake::about::PassedOver;
use crate::intake::cell::{Cell, Content};
use crate::intake::field::Field;
use crate::intake::mapping::{Column, names_by_field};
use crate::intake::plain::{Given, tell};
use crate::intake::problem::{CellProblem, Reason};

/// Words with which a row of sums begins.
const TOTALS: [&str; 7] = ["合计", "总计", "小计", "共计", "total", "totals", "sum"];

/// Rows below a header.
pub(in crate::intake) struct Rows {
    fields: Vec<Option<Field>>,
    columns: Arc<BTreeMap<Field, String>>,
    frame: Frame,
}

impl Rows {
    pub(in crate::intake) fn new(columns: &[Column], frame: Frame) -> Self {
        Self {
            fields: columns.iter().map(|column| column.field).collect(),
            columns: names_by_field(columns),
            frame,
        }
    }
}

/// Whether a row sums up others: its first word says so, and nobody is named in it.
fn is_total(cells: &[Cell], by_field: &ByField<'_>) -> bool {
    if by_field.get(&Field::DocumentNumber).is_some_and(|cell| !cell.is_blank()) && cells.first().is_none_or(|cell| is_word(cell).is_none())
    {
        return false;
    }
    let first = cells.iter().find(|cell| !cell.is_blank());
    let filled = [Field::AchievementCode, Field::AwardedOn]
        .iter()
        .any(|field| by_field.get(field).is_some_and(|cell| !cell.is_blank()));
    first.and_then(is_word).is_some() && !filled
}

fn is_word(cell: &Cell) -> Option<&'static str> {
    let text = cell.shown();
    let text: String = text
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect::<String>()
        .to_lowercase();
    TOTALS.into_iter().find(|word| text.starts_with(word))
}

impl Adapter for Rows {
    fn tell(&mut self, content: &Content, passed_over: &mut PassedOver) -> Option<Vec<Told>> {
        let cells = cells(content);
        let known = self.fields.iter().zip(cells);
        let by_field: ByField<'_> = known.filter_map(|(field, cell)| Some(((*field)?, cell))).collect();
        if is_total(cells, &by_field) {
            passed_over.total_rows += 1;
            return None;
        }
        let beyond = cells.iter().skip(self.fields.len()).any(|cell| !cell.is_blank());
        let told = tell(&Given {
            cells: by_field,
            columns: Arc::clone(&self.columns),
            part: 0,
            today: self.frame.today,
            characters_max: self.frame.limits.cell_characters_max,
        });
        // What stands where is not sure any more, so nothing else is said of such a row.
        let told = if beyond {
            Err(vec![CellProblem::of_row(Reason::MoreCellsThanColumns {})])
        } else {
            told
        };
        Some(vec![told])
    }
}
