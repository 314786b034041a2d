//! Delimited text: its delimiter, its rows, and what is not closed.

use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::about::Encoding;
use super::cell::{Cell, Content, Unit, Units};
use super::file_problem::FileProblem;
use super::limits::Limits;
use super::neutral;
use super::text::{Decoded, Lines, SEPARATOR};

/// The delimiters that are told apart.
const DELIMITERS: [char; 5] = [',', ';', '\t', '|', '，'];

/// How many letters are looked at to find the delimiter.
const SAMPLE_BYTES: u64 = 1 << 16;

/// A record that stands behind the last one: where a quotation mark is still open it becomes a part of that one.
const END: &str = "\n\u{1}\u{2}end\u{2}\u{1}\n";
/// What is left of [`END`] inside a quotation.
const END_INSIDE: &str = "\n\u{1}\u{2}end\u{2}\u{1}";

/// The delimiter of a text: that by which most columns of some row among the first are known, then that which makes most columns.
pub(super) fn delimiter_of<R: Read + Seek>(
    content: &mut R,
    encoding: Encoding,
    known: impl Fn(&[String]) -> usize,
) -> Result<char, FileProblem> {
    content.seek(SeekFrom::Start(0))?;
    let mut sample = Vec::new();
    Decoded::new(content, encoding, None).take(SAMPLE_BYTES).read_to_end(&mut sample)?;
    let sample = String::from_utf8_lossy(&sample);
    let first = sample.lines().next().unwrap_or_default();
    // Some spreadsheets say it themselves.
    let told = first.strip_prefix("sep=").and_then(|rest| rest.chars().next());
    if let Some(told) = told.filter(|told| DELIMITERS.contains(told)) {
        return Ok(told);
    }
    let judged = DELIMITERS.map(|delimiter| {
        let rows = sample_rows(&sample, delimiter);
        let known = rows.iter().map(|row| known(row)).max().unwrap_or_default();
        (known, rows.iter().map(Vec::len).max().unwrap_or_default(), delimiter)
    });
    // Of equals the first one.
    let best = judged.into_iter().rev().max_by_key(|(known, columns, _)| (*known, *columns));
    Ok(best.map_or(',', |(.., delimiter)| delimiter))
}

fn sample_rows(sample: &str, delimiter: char) -> Vec<Vec<String>> {
    let text = sample.replace(['\r'], "\n");
    let text = if delimiter == '，' { text.replace('，', "\u{1f}") } else { text };
    let rows = reader(text.as_bytes(), delimiter)
        .into_records()
        .take(super::table::HEADER_ROWS_MAX * 2);
    rows.flatten().map(|record| record.iter().map(str::to_owned).collect()).collect()
}

fn byte_of(delimiter: char) -> u8 {
    u8::try_from(delimiter).unwrap_or(SEPARATOR)
}

fn reader<R: Read>(content: R, delimiter: char) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(byte_of(delimiter))
        .terminator(csv::Terminator::Any(b'\n'))
        .buffer_capacity(1 << 15)
        .from_reader(content)
}

/// The rows of a delimited text.
pub(super) struct Delimited<R> {
    rows: csv::Reader<Decoded<R>>,
    record: csv::StringRecord,
    since_row: Arc<AtomicU64>,
    full_width_commas: bool,
    next_line: u64,
    empty: u64,
    columns_max: usize,
    ended: bool,
}

impl<R: Read + Seek + Send> Delimited<R> {
    pub(super) fn new(mut content: R, encoding: Encoding, delimiter: char, limits: &Limits) -> Result<Self, FileProblem> {
        content.seek(SeekFrom::Start(0))?;
        let since_row = Arc::new(AtomicU64::new(0));
        let lines = Lines {
            since_row: Arc::clone(&since_row),
            // What the reader of rows has taken in advance belongs to later rows.
            row_bytes_max: limits.row_bytes_max + (1 << 16),
            full_width_commas: delimiter == '，',
            end: END,
        };
        Ok(Self {
            rows: reader(Decoded::new(content, encoding, Some(lines)), delimiter),
            record: csv::StringRecord::new(),
            since_row,
            full_width_commas: delimiter == '，',
            next_line: 1,
            empty: 0,
            columns_max: limits.wide_columns_max,
            ended: false,
        })
    }

    fn problem_of(&self, error: csv::Error) -> FileProblem {
        let problem = match error.into_kind() {
            csv::ErrorKind::Io(error) => FileProblem::from(error),
            // Decoded text is UTF-8 and any number of cells is taken, so there is no other.
            _ => FileProblem::UndecodableBytes {
                line: self.next_line,
                encoding: Encoding::Utf8.to_string(),
            },
        };
        match problem {
            FileProblem::RowTooLong { bytes_max, .. } => FileProblem::RowTooLong {
                row: self.next_line,
                bytes_max,
            },
            other => other,
        }
    }

    fn cell(&self, text: &str) -> Cell {
        if text.is_empty() {
            return Cell::Empty;
        }
        let text = neutral::taken_off(text);
        // Inside quotation marks it was a comma all the while.
        let text = if self.full_width_commas {
            text.replace('\u{1f}', "，")
        } else {
            text.to_owned()
        };
        Cell::Text(text)
    }
}

impl<R: Read + Seek + Send> Units for Delimited<R> {
    fn next_unit(&mut self) -> Result<Option<Unit>, FileProblem> {
        if self.ended {
            return Ok(None);
        }
        self.since_row.store(0, Ordering::Relaxed);
        let mut record = std::mem::take(&mut self.record);
        let read = self.rows.read_record(&mut record);
        let more = read.map_err(|error| self.problem_of(error))?;
        let breaks = record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        let breaks = u64::try_from(breaks).unwrap_or(u64::MAX);
        // The reader passes over empty lines, so a row's own is told by where it ends.
        let first_line = self.rows.position().line().saturating_sub(breaks + 1).max(self.next_line);
        if !more || (record.len() == 1 && record.get(0) == END.trim_matches('\n').into()) {
            self.ended = true;
            return Ok(None);
        }
        if record.iter().any(|cell| cell.contains(END_INSIDE)) {
            self.ended = true;
            return Err(FileProblem::UnterminatedQuote { row: self.next_line });
        }
        self.empty += first_line - self.next_line;
        self.next_line = first_line + breaks + 1;
        let blank = record.iter().skip(self.columns_max).all(|cell| cell.trim().is_empty());
        if !blank {
            return Err(FileProblem::TooManyColumns {
                columns_max: self.columns_max,
            });
        }
        let cells = record.iter().take(self.columns_max).map(|cell| self.cell(cell)).collect();
        self.record = record;
        Ok(Some(Unit {
            row: first_line,
            content: Content::Cells(cells),
        }))
    }

    fn empty(&self) -> u64 {
        self.empty
    }
}
