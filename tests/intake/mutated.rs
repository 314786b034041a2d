//! Damaged files by the thousand: whatever is done to them, reading ends, with rows or with a refusal, and never with a panic.
//! The fuzz targets do the same for longer, where cargo-fuzz is at hand. `CREDIT_BANK_TEST_MUTATIONS` makes it longer.

use std::io::Cursor;
use std::time::{Duration, Instant};

use credit_bank::intake::Options;
use credit_bank::intake::annotate::{Kept, annotate};
use credit_bank::intake::limits::Limits;

use crate::common::{HEADER, ROW, SHEET, opened, options, with_part, workbook, write_lines};

fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    let text = format!("标题\n{HEADER},备注\n{ROW},\"一\n二\"\n{ROW},\n合计,1\n");
    let sheet = workbook(|sheet| write_lines(sheet, &[HEADER, ROW, ROW, ROW]));
    let record = r#"{"document_number":"E1","document_kind":"passport","name":"J","achievement_code":"c","awarded_on":"2024-03-01"}"#;
    vec![
        ("text", text.clone().into_bytes()),
        ("GB18030", encoding_rs::GB18030.encode(&text).0.into_owned()),
        (
            "UTF-16",
            [0xFF, 0xFE]
                .into_iter()
                .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
                .collect(),
        ),
        ("workbook", sheet),
        ("records", format!("{record}\n{record}\n").into_bytes()),
        ("array", format!("[{record},{record}]").into_bytes()),
        ("statements", include_bytes!("../fixtures/xapi.json").to_vec()),
        ("template", include_bytes!("../fixtures/nad-abc.csv").to_vec()),
        ("badge", include_bytes!("../fixtures/open-badge.json").to_vec()),
    ]
}

/// What is likely to hurt.
const HURTFUL: [&[u8]; 14] = [
    b"\"",
    b"\0",
    b"\r",
    b"\n",
    b",",
    b"{",
    b"[",
    b"}",
    b"\\",
    b"\xFF",
    b"\xF0\x9F",
    b"4.1E+17",
    b"<!--",
    b"99999999999999999999",
];

fn mutated(bytes: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.usize(1..6) {
        if bytes.is_empty() {
            break;
        }
        let at = random.usize(0..bytes.len());
        let until = (at + random.usize(0..64)).min(bytes.len());
        match random.u8(0..6) {
            0 => bytes[at] ^= 1 << random.u8(0..8),
            1 => drop(bytes.drain(at..until)),
            2 => drop(bytes.splice(at..at, HURTFUL[random.usize(0..HURTFUL.len())].iter().copied())),
            3 => {
                let copied: Vec<u8> = bytes[at..until].to_vec();
                let to = random.usize(0..=bytes.len());
                drop(bytes.splice(to..to, copied));
            }
            4 => bytes.truncate(at),
            _ => bytes[at] = random.u8(..),
        }
    }
    bytes
}

fn small() -> Options {
    let mut options = options();
    options.limits = Limits {
        file_bytes_max: 1 << 20,
        rows_max: 10_000,
        expanded_bytes_max: 8 << 20,
        ..Limits::default()
    };
    options
}

fn read_all(bytes: &[u8], options: &Options) {
    let mut rows = 0_u64;
    let mut last = 0;
    if let Ok(mut reading) = opened(bytes, options) {
        while let Ok(Some(row)) = reading.next_row() {
            rows += 1;
            assert!(row.row > last, "rows ascend");
            last = row.row;
            assert!(row.outcomes.len() <= options.limits.outcomes_per_row_max);
        }
    }
    assert!(rows <= options.limits.rows_max);
}

#[test]
fn damaged_files_end_with_rows_or_a_refusal() {
    let rounds: usize = std::env::var("CREDIT_BANK_TEST_MUTATIONS").map_or(60, |rounds| rounds.parse().unwrap());
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    for round in 0..rounds {
        for (name, bytes) in corpus() {
            let bytes = mutated(&bytes, &mut random);
            let begun = Instant::now();
            let read = std::panic::catch_unwind(|| read_all(&bytes, &small()));
            assert!(read.is_ok(), "{name}, round {round} of seed {seed}");
            assert!(begun.elapsed() < Duration::from_secs(20), "{name}, round {round} of seed {seed}");
            if round % 10 == 0 {
                let given_back = annotate(Cursor::new(bytes), "upload", &small(), Kept::All, Cursor::new(Vec::new()), |_| None);
                drop(given_back);
            }
        }
    }
}

/// An archive is checked as a whole, so damage to it is found before its XML is read: here the XML itself is damaged.
#[test]
fn damaged_sheets_end_with_rows_or_a_refusal() {
    let plain = workbook(|sheet| write_lines(sheet, &[HEADER, ROW, ROW]));
    let seed = fastrand::u64(..);
    for round in 0..60 {
        for part in [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"] {
            let damaged = with_part(&plain, part, |xml| {
                mutated(xml.as_bytes(), &mut fastrand::Rng::with_seed(seed.wrapping_add(round)))
            });
            let read = std::panic::catch_unwind(|| read_all(&damaged, &small()));
            assert!(read.is_ok(), "{part}, round {round} of seed {seed}");
        }
    }
}
