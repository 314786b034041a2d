//! What is tried of each parser.

use std::io::{Cursor, Write};
use std::sync::LazyLock;

use credit_bank::domain::pack::RulePack;
use credit_bank::domain::pack::validate::{PackProblem, problems};
use credit_bank::http::json::from_json;
use credit_bank::intake::about::Format;
use credit_bank::intake::annotate::{Kept, annotate};
use credit_bank::intake::limits::Limits;
use credit_bank::intake::{Options, open};

static PARSER: LazyLock<String> = LazyLock::new(|| std::env::var("CREDIT_BANK_FUZZ").unwrap_or_default());

/// Gives bytes to the parser that is asked for.
pub fn parse(bytes: &[u8]) {
    match PARSER.as_str() {
        "rule_pack" => validate(bytes),
        "delimited" => read_and_give_back(bytes, Some(Format::Csv)),
        // Its checksums hide most of a workbook from chance, so a sheet's XML is put into one too.
        "workbook" => {
            read_and_give_back(bytes, Some(Format::Xlsx));
            read_and_give_back(&workbook_of(bytes), Some(Format::Xlsx));
        }
        "records" => {
            read_and_give_back(bytes, Some(Format::Ndjson));
            read_and_give_back(bytes, Some(Format::Xapi));
        }
        "credentials" => read_and_give_back(bytes, Some(Format::OpenBadges)),
        other => panic!("CREDIT_BANK_FUZZ names no parser: {other:?}"),
    }
}

fn validate(text: &[u8]) {
    if let Ok(pack) = from_json::<RulePack>(text) {
        assert!(problems(&pack, &[], std::slice::from_ref(&pack)).len() <= PackProblem::MOST + 1);
    }
}

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
fn read_and_give_back(bytes: &[u8], format: Option<Format>) {
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
fn workbook_of(sheet: &[u8]) -> Vec<u8> {
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
