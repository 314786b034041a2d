//! The same file again, with what became of each row.

use std::io::{Read, Seek, Write};

use super::Options;
use super::file_problem::FileProblem;

/// What became of a row, in the words of whoever calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub result: String,
    pub explanation: String,
}

/// Which rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// All; those without a remark have two empty cells.
    All,
    /// Only those with a remark.
    WithRemark,
}

/// Writes the file again in its own format, with two columns more: the remark on each row.
///
/// # Errors
/// As reading it; and where writing fails.
pub fn annotate<R, W>(
    _content: R,
    _file_name: &str,
    _options: &Options,
    _kept: Kept,
    _out: W,
    _remark: impl FnMut(u64) -> Option<Remark>,
) -> Result<(), FileProblem>
where
    R: Read + Seek + Send + 'static,
    W: Write + Seek + Send,
{
    Err(FileProblem::UnknownFormat {})
}
