//! Opening a file: what it is, by its content; its header; and who understands its rows.

use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};

use serde_json::Value;

use super::Options;
use super::about::{About, Encoding, Format, Note};
use super::adapters::{Adapter, Frame, nad_abc, open_badges, properties, rows, xapi};
use super::cell::Units;
use super::container;
use super::delimited::{Delimited, delimiter_of};
use super::field::Field;
use super::file_problem::FileProblem;
use super::json;
use super::mapping::Column;
use super::problem::shortened;
use super::records::{Layout, Records, layout_of};
use super::table::Table;
use super::text::{encoding_of, other_encoding};
use super::workbook::Workbook;

/// An opened file: its units as they are, and who understands them.
pub(super) struct Opened {
    pub(super) about: About,
    /// The header as it stands in the file, of a table.
    pub(super) header: Vec<String>,
    pub(super) layout: Option<Layout>,
    pub(super) units: Box<dyn Units>,
    pub(super) adapter: Box<dyn Adapter>,
}

/// How much is looked at to tell what a file is.
const HEAD_BYTES: u64 = 8192;
/// How many records are looked at to tell what records are, and which properties they have.
const RECORDS_LOOKED_AT: usize = 10;
/// How many statements may be taken back by others in one file: they are remembered.
const VOIDED_MAX: usize = 200_000;

/// What the first bytes say.
enum Kind {
    Archive,
    Text,
}

pub(super) fn open<R: Read + Seek + Send + 'static>(mut content: R, file_name: &str, options: &Options) -> Result<Opened, FileProblem> {
    let bytes = content.seek(SeekFrom::End(0))?;
    if bytes > options.limits.file_bytes_max {
        return Err(FileProblem::FileTooLarge {
            bytes_max: options.limits.file_bytes_max,
        });
    }
    if bytes == 0 {
        return Err(FileProblem::EmptyFile {});
    }
    let wants_workbook = options.format == Some(Format::Xlsx);
    match kind_of(&mut content, file_name)? {
        Kind::Archive if matches!(options.format, None | Some(Format::Xlsx | Format::NadAbc)) => open_workbook(content, options),
        Kind::Archive => Err(FileProblem::OtherFormat { kind: "XLSX".to_owned() }),
        Kind::Text if wants_workbook => Err(FileProblem::OtherFormat { kind: "TXT".to_owned() }),
        Kind::Text => open_text(content, options),
    }
}

fn kind_of<R: Read + Seek>(content: &mut R, file_name: &str) -> Result<Kind, FileProblem> {
    let mut head = Vec::new();
    content.seek(SeekFrom::Start(0))?;
    content.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    let other = |kind: &str| Err(FileProblem::OtherFormat { kind: kind.to_owned() });
    let marked = |marks: &[&[u8]]| marks.iter().any(|mark| head.starts_with(mark));
    match () {
        () if marked(&[b"PK\x03\x04", b"PK\x05\x06"]) => return Ok(Kind::Archive),
        () if marked(&[b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"]) => {
            let encrypted = container::is_encrypted(&head, &mut *content);
            return if encrypted {
                Err(FileProblem::EncryptedWorkbook {})
            } else {
                other("XLS")
            };
        }
        () if marked(&[b"%PDF"]) => return other("PDF"),
        () if marked(&[b"\x1F\x8B"]) => return other("GZIP"),
        () if marked(&[b"Rar!"]) => return other("RAR"),
        () if marked(&[b"7z\xBC\xAF\x27\x1C"]) => return other("7Z"),
        () if marked(&[b"{\\rtf"]) => return other("RTF"),
        () if marked(&[b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8"]) => return other("image"),
        () => {}
    }
    let text = String::from_utf8_lossy(&head);
    let start: String = text
        .trim_start_matches(super::cell::is_invisible)
        .chars()
        .take(200)
        .collect::<String>()
        .to_lowercase();
    if ["<!doctype html", "<html", "<table", "<meta", "<head"]
        .iter()
        .any(|mark| start.starts_with(mark))
        || start.contains("<html")
    {
        return other("HTML");
    }
    if start.starts_with("<?xml") {
        return other("XML");
    }
    let wide = marked(&[b"\xFF\xFE", b"\xFE\xFF"]);
    // A text has no such byte, but in the two-byte encodings, which begin with their mark.
    if head.contains(&0) && !wide {
        // The name of a workbook whose beginning is gone.
        let was_workbook = file_name.to_lowercase().ends_with(".xlsx");
        let damaged = FileProblem::DamagedWorkbook { detail: "zip".to_owned() };
        return Err(if was_workbook { damaged } else { FileProblem::UnknownFormat {} });
    }
    Ok(Kind::Text)
}

fn frame_of(options: &Options) -> Frame {
    Frame {
        today: options.today,
        limits: options.limits.clone(),
    }
}

fn about(format: Format) -> About {
    About {
        format,
        encoding: None,
        delimiter: None,
        sheet: None,
        other_sheets: Vec::new(),
        header_row: None,
        columns: Vec::new(),
        notes: Vec::new(),
    }
}

/// How much of a row is known: by the template of India's depository all of it.
fn known_cells(options: &Options) -> impl Fn(&[String]) -> usize {
    |cells: &[String]| {
        if nad_abc::recognises(cells) {
            cells.len().max(usize::from(u8::MAX))
        } else {
            options.mapping.recognised(cells)
        }
    }
}

fn open_workbook<R: Read + Seek + Send + 'static>(content: R, options: &Options) -> Result<Opened, FileProblem> {
    let (opened, rows) = Workbook::open(content, options.sheet.clone(), &options.mapping, &options.limits)?;
    let mut about = about(Format::Xlsx);
    about.sheet = Some(opened.sheet);
    about.other_sheets = opened.other_sheets;
    about.notes = opened.notes;
    open_table(Table::find(Box::new(rows), known_cells(options))?, about, options)
}

fn open_text<R: Read + Seek + Send + 'static>(mut content: R, options: &Options) -> Result<Opened, FileProblem> {
    let encoding = encoding_of(&mut content)?;
    let wants_records = matches!(options.format, Some(Format::Ndjson | Format::OpenBadges | Format::Xapi));
    let wants_table = matches!(options.format, Some(Format::Csv | Format::NadAbc));
    let layout = if wants_table { None } else { layout_of(&mut content, encoding)? };
    match layout {
        Some(layout) => open_records(content, encoding, layout, options),
        None if wants_records => open_records(content, encoding, Layout::Lines, options),
        None => open_delimited(content, encoding, options),
    }
}

fn open_delimited<R: Read + Seek + Send + 'static>(mut content: R, encoding: Encoding, options: &Options) -> Result<Opened, FileProblem> {
    let delimiter = delimiter_of(&mut content, encoding, known_cells(options))?;
    // Only a header that nobody can make out is a reason to doubt the encoding.
    let other = if encoding == Encoding::Gb18030 {
        other_encoding(&mut content)?
    } else {
        None
    };
    let rows = Delimited::new(content, encoding, delimiter, &options.limits)?;
    let mut about = about(Format::Csv);
    about.encoding = Some(encoding);
    about.delimiter = Some(delimiter);
    let opened = Table::find(Box::new(rows), known_cells(options)).and_then(|table| open_table(table, about, options));
    match (opened, other) {
        (Err(FileProblem::ColumnsMissing { .. }), Some(encoding)) => Err(FileProblem::HeaderInOtherEncoding { encoding }),
        (opened, _) => opened,
    }
}

fn open_table(table: Table, mut about: About, options: &Options) -> Result<Opened, FileProblem> {
    let frame = frame_of(options);
    about.header_row = Some(table.header_row);
    if table.lines_above {
        about.notes.push(Note::LinesAboveHeaderIgnored);
    }
    if table.has_own_columns() {
        about.notes.push(Note::OwnColumnsIgnored);
    }
    let is_template = nad_abc::recognises(&table.header) && matches!(options.format, None | Some(Format::NadAbc));
    let adapter: Box<dyn Adapter> = if is_template {
        let adapter = nad_abc::NadAbc::new(&table.header, &options.mapping, frame);
        about.format = Format::NadAbc;
        about.columns = adapter.columns(&table.header);
        Box::new(adapter)
    } else {
        if options.format == Some(Format::NadAbc) {
            return Err(columns_missing(&table.header));
        }
        if table.header.len() > options.limits.columns_max {
            return Err(FileProblem::TooManyColumns {
                columns_max: options.limits.columns_max,
            });
        }
        about.columns = options.mapping.columns_of(&table.header, &Field::REQUIRED)?;
        Box::new(rows::Rows::new(&about.columns, frame))
    };
    Ok(Opened {
        about,
        header: table.header,
        layout: None,
        units: table.rows,
        adapter,
    })
}

fn columns_missing(found: &[String]) -> FileProblem {
    FileProblem::ColumnsMissing {
        missing: Field::REQUIRED.to_vec(),
        found: found.iter().map(|name| shortened(name)).collect(),
    }
}

fn open_records<R: Read + Seek + Send + 'static>(
    mut content: R,
    encoding: Encoding,
    layout: Layout,
    options: &Options,
) -> Result<Opened, FileProblem> {
    let (found, names) = look_at(&mut content, encoding, layout, options)?;
    let format = options.format.unwrap_or(found);
    let mut about = about(format);
    about.encoding = Some(encoding);
    let frame = frame_of(options);
    let adapter: Box<dyn Adapter> = match format {
        Format::Xapi => Box::new(xapi::Xapi::new(taken_back(&mut content, encoding, layout, options)?, frame)),
        Format::OpenBadges => Box::new(open_badges::OpenBadges::new(options.issuers.clone(), frame)),
        Format::Csv | Format::Xlsx | Format::NadAbc | Format::Ndjson => {
            about.columns = properties_of(&names, options)?;
            Box::new(properties::Properties::new(options.mapping.clone(), frame))
        }
    };
    if names.iter().any(|name| super::field::is_added_by_the_bank(name)) {
        about.notes.push(Note::OwnColumnsIgnored);
    }
    Ok(Opened {
        about,
        header: Vec::new(),
        layout: Some(layout),
        units: Box::new(Records::new(content, encoding, layout, &options.limits)?),
        adapter,
    })
}

/// What the first records are, and the names of their properties.
fn look_at<R: Read + Seek>(
    content: &mut R,
    encoding: Encoding,
    layout: Layout,
    options: &Options,
) -> Result<(Format, Vec<String>), FileProblem> {
    let mut records = Records::new(content, encoding, layout, &options.limits)?;
    let mut format = if layout == Layout::Statements {
        Format::Xapi
    } else {
        Format::Ndjson
    };
    let mut names: Vec<String> = Vec::new();
    for _ in 0..RECORDS_LOOKED_AT {
        // A fault is told when its record is read.
        let Ok(Some((_, text))) = records.next_record() else { break };
        if open_badges::looks_like_jwt(&text) {
            format = Format::OpenBadges;
        }
        let Ok(Value::Object(record)) = json::parse(&text, options.limits.json_depth_max) else {
            continue;
        };
        for (name, _) in properties::flat(&record) {
            if !names.contains(&name) && names.len() < options.limits.columns_max {
                names.push(name);
            }
        }
        let record = Value::Object(record);
        if xapi::recognises(&record) {
            format = Format::Xapi;
        } else if open_badges::recognises(&record) {
            format = Format::OpenBadges;
        }
    }
    Ok((format, names))
}

fn properties_of(names: &[String], options: &Options) -> Result<Vec<Column>, FileProblem> {
    let columns: Vec<Column> = names
        .iter()
        .map(|name| Column {
            name: name.clone(),
            field: properties::field_of(&options.mapping, name),
            suggestion: None,
        })
        .collect();
    // Any of them may be missing in some records, but not all in the first ones.
    if !names.is_empty() && columns.iter().all(|column| column.field.is_none()) {
        return Err(columns_missing(names));
    }
    Ok(columns)
}

/// The ids of all statements that others take back, wherever they stand.
fn taken_back<R: Read + Seek>(
    content: &mut R,
    encoding: Encoding,
    layout: Layout,
    options: &Options,
) -> Result<HashSet<String>, FileProblem> {
    let mut records = Records::new(content, encoding, layout, &options.limits)?;
    let mut voided = HashSet::new();
    // A fault is told when its record is read.
    while let Ok(Some((_, text))) = records.next_record() {
        if let Some(id) = xapi::takes_back(&text, options.limits.json_depth_max) {
            voided.insert(id);
        }
        if voided.len() > VOIDED_MAX {
            return Err(FileProblem::TooManyRows {
                rows_max: u64::try_from(VOIDED_MAX).unwrap_or(u64::MAX),
            });
        }
    }
    Ok(voided)
}
