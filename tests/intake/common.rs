//! How the tests read files, and workbooks as they make them.

use std::io::{Cursor, Write};

use chrono::NaiveDate;
use credit_bank::domain::language::Language;
use credit_bank::intake::file_problem::FileProblem;
use credit_bank::intake::told::{RowRead, ToldOutcome};
use credit_bank::intake::{Options, Reading, open};
use rust_xlsxwriter::{Workbook, Worksheet};

/// The least header.
pub(crate) const HEADER: &str = "身份证号,姓名,成果编码,取得日期,学时";
/// A row below it, as everybody would write it.
pub(crate) const ROW: &str = "11010519491231002X,王芳,tr-care,2024-03-01,32";

/// The day on which all files are read.
pub(crate) fn today() -> NaiveDate {
    "2026-11-24".parse().unwrap()
}

pub(crate) fn options() -> Options {
    Options::new(today())
}

/// Opens the bytes of a file.
pub(crate) fn opened(bytes: &[u8], options: &Options) -> Result<Reading, FileProblem> {
    open(Cursor::new(bytes.to_vec()), "upload", options)
}

/// All rows of a file.
pub(crate) fn rows(bytes: &[u8], options: &Options) -> Result<Vec<RowRead>, FileProblem> {
    let mut reading = opened(bytes, options)?;
    let mut rows = Vec::new();
    while let Some(row) = reading.next_row()? {
        rows.push(row);
    }
    Ok(rows)
}

/// The outcomes of a file that tells nothing wrong.
pub(crate) fn outcomes(bytes: &[u8]) -> Vec<ToldOutcome> {
    let rows = rows(bytes, &options()).unwrap();
    rows.into_iter().flat_map(|row| row.outcomes).map(|told| told.unwrap()).collect()
}

/// What is told of a file in a few words: each row's number with what it tells, and how the reading ended.
///
/// A good outcome is `2: tr-care 2024-03-01 32.00`, a wrong cell `2: 取得日期 not_a_date`, the end of a file that cannot be read
/// further `unterminated_quote`.
pub(crate) fn told(bytes: &[u8], options: &Options) -> Vec<String> {
    let mut reading = match opened(bytes, options) {
        Ok(reading) => reading,
        Err(problem) => return vec![said(&problem)],
    };
    let mut told = Vec::new();
    loop {
        match reading.next_row() {
            Ok(None) => return told,
            Err(problem) => {
                told.push(said(&problem));
                return told;
            }
            Ok(Some(row)) => told.extend(row.outcomes.iter().map(|outcome| format!("{}: {}", row.row, in_words(outcome)))),
        }
    }
}

fn said(problem: &FileProblem) -> String {
    for language in [Language::Chinese, Language::English] {
        assert!(!problem.sentence(language).contains('{'), "{}", problem.sentence(language));
    }
    problem.code().to_owned()
}

fn in_words(outcome: &Result<ToldOutcome, Vec<credit_bank::intake::problem::CellProblem>>) -> String {
    match outcome {
        Ok(told) => {
            let hours = told.hours.map(|hours| format!(" {hours}")).unwrap_or_default();
            format!("{} {}{hours}", told.achievement_code, told.awarded_on)
        }
        Err(problems) => {
            let words = problems.iter().map(|problem| match &problem.column {
                Some(column) => format!("{column} {}", problem.reason.code()),
                None => problem.reason.code().to_owned(),
            });
            words.collect::<Vec<_>>().join(", ")
        }
    }
}

/// A workbook of one sheet.
pub(crate) fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

/// Writes lines of cells as texts.
pub(crate) fn write_lines(sheet: &mut Worksheet, lines: &[&str]) {
    for (row, line) in (0..).zip(lines) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
}

/// A workbook with one of its parts changed, or with one more.
pub(crate) fn with_part(workbook: &[u8], name: &str, change: impl Fn(String) -> Vec<u8>) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut into = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let mut changed = false;
    for place in 0..from.len() {
        let mut part = from.by_index(place).unwrap();
        let own = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        std::io::copy(&mut part, &mut content).unwrap();
        if own == name {
            changed = true;
            content = change(String::from_utf8(content).unwrap());
        }
        into.start_file(own, options).unwrap();
        into.write_all(&content).unwrap();
    }
    if !changed {
        into.start_file(name, options).unwrap();
        into.write_all(&change(String::new())).unwrap();
    }
    into.finish().unwrap().into_inner()
}

/// The part that holds the first sheet.
pub(crate) const SHEET: &str = "xl/worksheets/sheet1.xml";
