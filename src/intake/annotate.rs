//! The same file again, with what became of each row. What stands above the header is left out, and whatever a spreadsheet would
//! take for a formula is neutralised.

use std::io::{Read, Seek, Write};

use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::{Map, Value};

use super::Options;
use super::about::{Encoding, Format};
use super::adapters::open_badges::KEPT_IN;
use super::cell::{Cell, Content, Unit};
use super::field::{EXPLANATION_COLUMN, RESULT_COLUMN, is_added_by_the_bank};
use super::file_problem::FileProblem;
use super::neutral::neutralised;
use super::opening::{Opened, open};
use super::records::{BROKEN_LINE, Layout};
use super::text::{encoded, mark};
use super::{json, text};

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
    content: R,
    file_name: &str,
    options: &Options,
    kept: Kept,
    out: W,
    remark: impl FnMut(u64) -> Option<Remark>,
) -> Result<(), FileProblem>
where
    R: Read + Seek + Send + 'static,
    W: Write + Seek + Send,
{
    let opened = open(content, file_name, options)?;
    let rows = Rows {
        kept,
        remark,
        json_depth_max: options.limits.json_depth_max,
    };
    match (opened.about.sheet.is_some(), opened.layout) {
        (true, _) => rows.workbook(opened, out),
        (false, Some(layout)) => rows.records(opened, layout, out),
        (false, None) => rows.delimited(opened, out),
    }
}

struct Rows<F> {
    kept: Kept,
    remark: F,
    json_depth_max: usize,
}

/// A table without the columns that the bank had added, and with those that it adds now.
struct Plan {
    header: Vec<String>,
    own: Vec<usize>,
}

impl Plan {
    fn of(header: &[String]) -> Self {
        let chinese = header
            .iter()
            .any(|name| name.chars().any(|letter| matches!(letter, '\u{4E00}'..='\u{9FFF}')));
        let words = |[chinese_word, english_word]: [&str; 2]| (if chinese { chinese_word } else { english_word }).to_owned();
        let named = header.iter().enumerate();
        let own: Vec<usize> = named
            .filter(|(_, name)| is_added_by_the_bank(name))
            .map(|(place, _)| place)
            .collect();
        let mut written: Vec<String> = header.iter().filter(|name| !is_added_by_the_bank(name)).cloned().collect();
        written.extend([words(RESULT_COLUMN), words(EXPLANATION_COLUMN)]);
        Self { header: written, own }
    }

    fn row(&self, unit: &Unit, remark: Option<Remark>) -> Vec<String> {
        let cells = match &unit.content {
            Content::Cells(cells) => cells.as_slice(),
            Content::Record(_) => &[],
        };
        let others = cells.iter().enumerate().filter(|(place, _)| !self.own.contains(place));
        let mut row: Vec<String> = others.map(|(_, cell)| Cell::shown(cell)).collect();
        // What stands beyond the header keeps its place behind the bank's columns.
        let beyond = row.split_off(row.len().min(self.header.len() - 2));
        row.resize(self.header.len() - 2, String::new());
        let (result, explanation) = remark.map(|remark| (remark.result, remark.explanation)).unwrap_or_default();
        row.extend([result, explanation]);
        row.extend(beyond);
        row
    }
}

fn failed(error: &XlsxError) -> FileProblem {
    FileProblem::Unreadable {
        detail: match error {
            XlsxError::IoError(error) => error.kind().to_string(),
            _ => "XLSX".to_owned(),
        },
    }
}

impl<F: FnMut(u64) -> Option<Remark>> Rows<F> {
    /// The next unit that is written, with its remark.
    fn next(&mut self, opened: &mut Opened) -> Result<Option<(Unit, Option<Remark>)>, FileProblem> {
        while let Some(unit) = opened.units.next_unit()? {
            if unit.is_blank() {
                continue;
            }
            let remark = (self.remark)(unit.row);
            if remark.is_some() || self.kept == Kept::All {
                return Ok(Some((unit, remark)));
            }
        }
        Ok(None)
    }

    fn delimited(mut self, mut opened: Opened, mut out: impl Write) -> Result<(), FileProblem> {
        let encoding = opened.about.encoding.unwrap_or(Encoding::Utf8);
        let delimiter = opened.about.delimiter.unwrap_or(',');
        let plan = Plan::of(&opened.header);
        out.write_all(mark(encoding))?;
        write_row(&mut out, &plan.header, delimiter, encoding)?;
        while let Some((unit, remark)) = self.next(&mut opened)? {
            write_row(&mut out, &plan.row(&unit, remark), delimiter, encoding)?;
        }
        out.flush()?;
        Ok(())
    }

    fn workbook(mut self, mut opened: Opened, out: impl Write + Seek + Send) -> Result<(), FileProblem> {
        let plan = Plan::of(&opened.header);
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory().map_err(|error| failed(&error))?;
        if let Some(name) = &opened.about.sheet {
            sheet.set_name(name).map_err(|error| failed(&error))?;
        }
        let mut number = 0_u32;
        let mut row = plan.header.clone();
        loop {
            for (column, text) in (0_u16..).zip(&row) {
                if !text.is_empty() {
                    sheet.write_string(number, column, text).map_err(|error| failed(&error))?;
                }
            }
            let Some((unit, remark)) = self.next(&mut opened)? else { break };
            row = plan.row(&unit, remark);
            number += 1;
        }
        book.save_to_writer(out).map_err(|error| failed(&error))
    }

    fn records(mut self, mut opened: Opened, layout: Layout, mut out: impl Write) -> Result<(), FileProblem> {
        let encoding = opened.about.encoding.unwrap_or(Encoding::Utf8);
        let wrapped = opened.about.format == Format::OpenBadges;
        let (begin, between, end) = match layout {
            Layout::Lines | Layout::Loose => ("", "\n", "\n"),
            Layout::Array => ("[\n", ",\n", "\n]\n"),
            Layout::Statements => ("{\"statements\":[\n", ",\n", "\n]}\n"),
        };
        out.write_all(mark(encoding))?;
        let mut write = |text: &str| -> Result<(), FileProblem> { Ok(out.write_all(&bytes(text, encoding)?)?) };
        let mut before = begin;
        while let Some((unit, remark)) = self.next(&mut opened)? {
            let Content::Record(text) = &unit.content else { continue };
            let record = record_with(text, remark, wrapped, self.json_depth_max);
            write(before)?;
            write(&record.to_string())?;
            before = between;
        }
        // An empty list is a list all the same.
        if before == begin {
            write(begin)?;
        }
        write(end)?;
        out.flush()?;
        Ok(())
    }
}

fn record_with(text: &str, remark: Option<Remark>, wrapped: bool, depth_max: usize) -> Value {
    let mut record = match json::parse(text, depth_max) {
        Ok(Value::Object(record)) if !wrapped || record.contains_key(KEPT_IN) => record,
        Ok(value) if wrapped => Map::from_iter([(KEPT_IN.to_owned(), value)]),
        _ if wrapped => Map::from_iter([(KEPT_IN.to_owned(), Value::from(text))]),
        _ => Map::from_iter([(BROKEN_LINE.to_owned(), Value::from(text))]),
    };
    record.retain(|name, _| !is_added_by_the_bank(name));
    let [_, result_name] = RESULT_COLUMN;
    let [_, explanation_name] = EXPLANATION_COLUMN;
    if let Some(remark) = remark {
        record.insert(result_name.to_owned(), Value::from(remark.result));
        record.insert(explanation_name.to_owned(), Value::from(remark.explanation));
    }
    Value::Object(record)
}

fn bytes(text: &str, encoding: Encoding) -> Result<Vec<u8>, FileProblem> {
    // None of the encodings lacks a letter; what is written in GB18030 was read in it, but for the remark.
    encoded(text, encoding).ok_or_else(|| FileProblem::Unreadable {
        detail: encoding.to_string(),
    })
}

fn write_row(out: &mut impl Write, row: &[String], delimiter: char, encoding: Encoding) -> Result<(), FileProblem> {
    let full_width = delimiter == '，';
    let mut writer = csv::WriterBuilder::new()
        .delimiter(u8::try_from(delimiter).unwrap_or(text::SEPARATOR))
        .terminator(csv::Terminator::CRLF)
        // The library does not know of full-width commas, so it cannot tell what to quote.
        .quote_style(if full_width {
            csv::QuoteStyle::Always
        } else {
            csv::QuoteStyle::Necessary
        })
        .from_writer(Vec::new());
    let unreadable = || FileProblem::Unreadable { detail: "CSV".to_owned() };
    writer
        .write_record(row.iter().map(|cell| neutralised(cell).into_owned()))
        .map_err(|_| unreadable())?;
    let line = writer.into_inner().map_err(|_| unreadable())?;
    let line = String::from_utf8(line).map_err(|_| unreadable())?;
    let line = if full_width { line.replace('\u{1f}', "，") } else { line };
    Ok(out.write_all(&bytes(&line, encoding)?)?)
}
