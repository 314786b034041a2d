//! What the targets that read files have in common.

use std::io::{Cursor, Write};

use credit_bank::intake::about::Format;
use credit_bank::intake::annotate::{Kept, annotate};
use credit_bank::intake::limits::Limits;
use credit_bank::intake::{Options, open};

fn options(format: Option<Format>) -> Options {
    let mut options = Options::new("2026-11-24".parse().expect("a day"));
    options.format = format;
    options.limits = Limits {
        file_bytes_max: 1 << 20,
        rows_max: 10_000,
        expanded_bytes_max: 8 << 20,
        ..Limits::default()
    };
    options
}

/// Reads bytes to their end or to a refusal; what could be read whole is given back and reads the same.
pub fn read_and_give_back(bytes: &[u8], format: Option<Format>) {
    let options = options(format);
    let Some(rows) = read(bytes, &options) else { return };
    let mut out = Cursor::new(Vec::new());
    if annotate(Cursor::new(bytes.to_vec()), "upload", &options, Kept::All, &mut out, |_| None).is_ok() {
        let again = read(out.get_ref(), &options).expect("what was given back is read");
        assert_eq!(rows, again);
    }
}

/// How many outcomes each row tells well; `None` where the file is refused.
fn read(bytes: &[u8], options: &Options) -> Option<Vec<usize>> {
    let mut reading = open(Cursor::new(bytes.to_vec()), "upload", options).ok()?;
    let mut rows = Vec::new();
    while let Some(row) = reading.next_row().ok()? {
        assert!(row.outcomes.len() <= options.limits.outcomes_per_row_max);
        rows.push(row.outcomes.iter().filter(|told| told.is_ok()).count());
    }
    Some(rows)
}

/// A fall inside of a library does not count where the bank runs it in a thread of its own and calls the file damaged: that it does so
/// is what is tried then. Debug builds look for overflows, which a release does not.
pub fn bear_with(library: &'static str) {
    let abort = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |fall| {
        let is_theirs = fall.location().is_some_and(|place| place.file().contains(library));
        if !is_theirs {
            abort(fall);
        }
    }));
}

/// A workbook whose sheet is the given text.
pub fn workbook_of(sheet: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let parts: [(&str, &[u8]); 4] = [
        ("_rels/.rels", br#"<Relationships><Relationship Id="r1" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ("xl/workbook.xml", br#"<workbook><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#),
        ("xl/_rels/workbook.xml.rels", br#"<Relationships><Relationship Id="r1" Type="http://x/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    for (name, content) in parts {
        archive.start_file(name, options).expect("a part");
        archive.write_all(content).expect("its content");
    }
    archive.finish().expect("an archive").into_inner()
}
