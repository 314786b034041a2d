//! Reading keeps a few rows in memory, however many there are.
#![cfg(target_os = "linux")]

use std::io::{Read, Seek, SeekFrom};

use credit_bank::intake::open;
use rust_xlsxwriter::Workbook;

use crate::common::options;

/// How much memory the process has resident, in bytes.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

const HEADER: &[u8] = b"document_number,name,achievement_code,awarded_on,certificate_number,hours\n";
const LINE_BYTES: u64 = 70;

/// A file that is nowhere: every line is made when it is read, all of the same length.
struct Made {
    rows: u64,
    at: u64,
}

fn line(number: u64) -> Vec<u8> {
    format!("1101051949{number:08},Wang Fang,tr-care,2024-03-01,C-{number:010},0032.00,\n").into_bytes()
}

impl Made {
    fn length(&self) -> u64 {
        HEADER.len() as u64 + self.rows * LINE_BYTES
    }
}

impl Read for Made {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let mut written = 0;
        while written < into.len() && self.at < self.length() {
            let (text, from) = match self.at.checked_sub(HEADER.len() as u64) {
                None => (HEADER.to_vec(), self.at as usize),
                Some(place) => (line(place / LINE_BYTES), (place % LINE_BYTES) as usize),
            };
            let length = (text.len() - from).min(into.len() - written);
            into[written..written + length].copy_from_slice(&text[from..from + length]);
            written += length;
            self.at += length as u64;
        }
        Ok(written)
    }
}

impl Seek for Made {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(from) => self.length().saturating_add_signed(from),
            SeekFrom::Current(from) => self.at.saturating_add_signed(from),
        };
        Ok(self.at)
    }
}

/// Reads a file, and gives how many rows it had and how much more memory there was at most meanwhile.
fn read<R: Read + Seek + Send + 'static>(content: R) -> (u64, u64) {
    let before = resident();
    let mut most = before;
    let mut reading = open(content, "upload", &options()).unwrap();
    let mut rows = 0;
    while let Some(row) = reading.next_row().unwrap() {
        assert!(row.outcomes[0].is_ok(), "{row:?}");
        rows += 1;
        if rows % 10_000 == 0 {
            most = most.max(resident());
        }
    }
    (rows, most - before)
}

#[test]
fn hundreds_of_thousands_of_rows_of_text_take_little_memory() {
    assert_eq!(line(1).len() as u64, LINE_BYTES);
    let (rows, more) = read(Made { rows: 300_000, at: 0 });
    assert_eq!(rows, 300_000);
    assert!(more < 16 << 20, "{more} bytes");
}

/// What texts share is in memory, and is limited; everything else is not.
#[test]
fn two_hundred_thousand_rows_of_a_workbook_take_little_memory() {
    let path = tempfile::NamedTempFile::new().unwrap();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory().unwrap();
    for (column, name) in (0..).zip([
        "document_number",
        "name",
        "achievement_code",
        "awarded_on",
        "certificate_number",
        "hours",
    ]) {
        sheet.write_string(0, column, name).unwrap();
    }
    for row in 1..=200_000_u32 {
        for (column, text) in (0..).zip([
            format!("1101051949{row:08}"),
            "王芳".to_owned(),
            "tr-care".to_owned(),
            "2024-03-01".to_owned(),
            format!("C-{row:010}"),
        ]) {
            sheet.write_string(row, column, text).unwrap();
        }
        sheet.write_number(row, 5, 32).unwrap();
    }
    book.save(path.path()).unwrap();
    drop(book);
    let (rows, more) = read(path.reopen().unwrap());
    assert_eq!(rows, 200_000);
    assert!(more < 64 << 20, "{more} bytes");
}
