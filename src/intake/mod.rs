//! What institutions upload: bytes in, rows and outcomes as told out. No database and no rules; whoever calls judges what is
//! told. Nothing that a file says is run, fetched or opened.

pub mod about;
pub mod annotate;
pub mod field;
pub mod file_problem;
pub mod limits;
pub mod mapping;
pub mod problem;
pub mod told;

use std::io::{Read, Seek};

use chrono::NaiveDate;

use about::{About, Format, PassedOver};
use file_problem::FileProblem;
use limits::Limits;
use mapping::Mapping;
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
            today,
        }
    }
}

/// Opens a file: finds out what it is, and its header. `file_name` only helps to tell the format.
///
/// # Errors
/// Where it cannot be read at all.
pub fn open<R: Read + Seek + Send + 'static>(_content: R, _file_name: &str, _options: &Options) -> Result<Reading, FileProblem> {
    Err(FileProblem::UnknownFormat {})
}

/// A file that is being read from its beginning to its end.
pub struct Reading {
    about: About,
    passed_over: PassedOver,
}

impl Reading {
    /// What was found out when it was opened.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// What was passed over so far.
    pub fn passed_over(&self) -> PassedOver {
        self.passed_over
    }

    /// The next row that is not empty; `None` at the end.
    ///
    /// # Errors
    /// Where the file cannot be read any further; what was read before stands.
    pub fn next_row(&mut self) -> Result<Option<RowRead>, FileProblem> {
        Ok(None)
    }

    /// Passes over all rows up to this one, which is cheaper than reading them.
    ///
    /// # Errors
    /// As [`Self::next_row`].
    pub fn skip_through(&mut self, _row: u64) -> Result<(), FileProblem> {
        Ok(())
    }
}
