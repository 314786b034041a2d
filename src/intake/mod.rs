//! What institutions upload: bytes in, rows and outcomes as told out. No database and no rules; whoever calls judges what is
//! told. Nothing that a file says is run, fetched or opened.

pub mod about;
mod adapters;
pub mod annotate;
mod cell;
mod container;
mod dates;
mod delimited;
pub mod field;
pub mod file_problem;
mod json;
pub mod limits;
pub mod mapping;
pub(crate) mod neutral;
mod numbers;
mod opening;
mod plain;
pub mod problem;
mod records;
mod spoken;
mod table;
mod text;
pub mod told;
mod workbook;

use std::io::{Read, Seek};

use chrono::NaiveDate;

use crate::credentials::Issuers;
use about::{About, Format, PassedOver};
use cell::Unit;
use file_problem::FileProblem;
use limits::Limits;
use mapping::Mapping;
use opening::Opened;
use told::RowRead;

/// What whoever uploads, or their institution, says about a file.
#[derive(Debug, Clone)]
pub struct Options {
    /// Told by the content where it is not said.
    pub format: Option<Format>,
    pub mapping: Mapping,
    /// Which sheet of a workbook; else the one that has a header of outcomes.
    pub sheet: Option<String>,
    pub limits: Limits,
    /// Whose keys are known, of those who sign credentials.
    pub issuers: Issuers,
    pub today: NaiveDate,
}

impl Options {
    /// Nothing said.
    pub fn new(today: NaiveDate) -> Self {
        Self {
            format: None,
            mapping: Mapping::default(),
            sheet: None,
            limits: Limits::default(),
            issuers: Issuers::default(),
            today,
        }
    }
}

/// Opens a file: finds out what it is, and its header. `file_name` only helps to say what is wrong. That there are no rows is
/// told when the first one is asked for.
///
/// # Errors
/// Where it cannot be read at all.
pub fn open<R: Read + Seek + Send + 'static>(content: R, file_name: &str, options: &Options) -> Result<Reading, FileProblem> {
    let opened = opening::open(content, file_name, options)?;
    Ok(Reading {
        opened,
        passed_over: PassedOver::default(),
        ahead: None,
        rows: 0,
        rows_max: options.limits.rows_max,
    })
}

/// A file that is being read.
pub struct Reading {
    opened: Opened,
    passed_over: PassedOver,
    ahead: Option<Unit>,
    rows: u64,
    rows_max: u64,
}

impl Reading {
    /// What was found out when it was opened.
    pub fn about(&self) -> &About {
        &self.opened.about
    }

    /// What was passed over so far.
    pub fn passed_over(&self) -> PassedOver {
        PassedOver {
            empty_rows: self.opened.units.empty(),
            ..self.passed_over
        }
    }

    /// The next row that tells something; `None` at the end.
    ///
    /// # Errors
    /// Where the file cannot be read any further; what was read before stands.
    pub fn next_row(&mut self) -> Result<Option<RowRead>, FileProblem> {
        while let Some(unit) = self.next_unit()? {
            if let Some(outcomes) = self.opened.adapter.tell(&unit.content, &mut self.passed_over) {
                return Ok(Some(RowRead { row: unit.row, outcomes }));
            }
        }
        Ok(None)
    }

    /// Reads over all rows up to this one without understanding them, which is cheaper: of what is passed over, only empty rows
    /// are counted.
    ///
    /// # Errors
    /// As [`Self::next_row`].
    pub fn skip_through(&mut self, row: u64) -> Result<(), FileProblem> {
        while let Some(unit) = self.next_unit()? {
            if unit.row > row {
                self.ahead = Some(unit);
                break;
            }
        }
        Ok(())
    }

    fn next_unit(&mut self) -> Result<Option<Unit>, FileProblem> {
        if let Some(unit) = self.ahead.take() {
            return Ok(Some(unit));
        }
        let next = self.opened.units.next_unit()?;
        self.rows += u64::from(next.is_some());
        if next.is_some() && self.rows + self.opened.units.empty() > self.rows_max {
            return Err(FileProblem::TooManyRows { rows_max: self.rows_max });
        }
        match next {
            // Nothing under the header at all.
            None if self.rows == 0 => Err(FileProblem::NoRows {}),
            next => Ok(next),
        }
    }
}
