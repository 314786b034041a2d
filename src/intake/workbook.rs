//! Workbooks: the sheet that is read, and its rows. A thread of its own reads them, a few hundred rows ahead of whoever asks,
//! because the reader of cells borrows the workbook; and should a damaged one make the library panic, only the thread ends.

use std::io::{Read, Seek, SeekFrom};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};
use chrono::NaiveDate;

use super::about::{Note, OtherSheet};
use super::cell::{Cell, Content, Unit, Units};
use super::container;
use super::file_problem::FileProblem;
use super::limits::Limits;
use super::mapping::Mapping;
use super::problem::shortened;
use super::table::HEADER_ROWS_MAX;

/// What was chosen of a workbook.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) sheet: String,
    pub(super) other_sheets: Vec<OtherSheet>,
    pub(super) notes: Vec<Note>,
}

enum Message {
    Opened(Opened),
    Rows(Vec<Unit>),
    Failed(FileProblem),
}

/// How many rows are handed over at once, and how many such are ready at most.
const BATCH_ROWS: usize = 256;
const BATCHES_MAX: usize = 4;

/// So many columns of the first rows must be known for a sheet to be one of outcomes.
const KNOWN_COLUMNS_LEAST: usize = 3;

/// The rows of a sheet.
pub(super) struct Workbook {
    messages: Receiver<Message>,
    batch: std::vec::IntoIter<Unit>,
    ended: bool,
    last_row: u64,
    empty: u64,
}

impl Workbook {
    /// Looks into a workbook and begins to read the sheet.
    ///
    /// # Errors
    /// Where it is none, or is refused.
    pub(super) fn open<R: Read + Seek + Send + 'static>(
        mut content: R,
        sheet: Option<String>,
        mapping: &Mapping,
        limits: &Limits,
    ) -> Result<(Opened, Self), FileProblem> {
        let inside = container::inspect(&mut content, limits)?;
        content.seek(SeekFrom::Start(0))?;
        let (sender, messages) = sync_channel(BATCHES_MAX);
        let mapping = mapping.clone();
        let columns_max = limits.wide_columns_max;
        // Named, so that it is known in a list of threads.
        std::thread::Builder::new().name("workbook".to_owned()).spawn(move || {
            let read = Sheets { mapping, columns_max };
            if let Err(problem) = read.run(content, sheet, &sender) {
                // Nobody listens any more where the reading was given up.
                let _ = sender.send(Message::Failed(problem));
            }
        })?;
        let mut workbook = Self {
            messages,
            batch: Vec::new().into_iter(),
            ended: false,
            last_row: 0,
            empty: 0,
        };
        match workbook.messages.recv() {
            Ok(Message::Opened(mut opened)) => {
                let found = [
                    (inside.macros, Note::MacrosIgnored),
                    (inside.external_links, Note::ExternalLinksIgnored),
                ];
                opened
                    .notes
                    .extend(found.into_iter().filter(|(there, _)| *there).map(|(_, note)| note));
                Ok((opened, workbook))
            }
            Ok(Message::Failed(problem)) => Err(problem),
            Ok(Message::Rows(_)) | Err(_) => Err(workbook.fell_over()),
        }
    }

    /// The thread ended without a word.
    fn fell_over(&mut self) -> FileProblem {
        self.ended = true;
        FileProblem::DamagedWorkbook { detail: "xl".to_owned() }
    }
}

impl Units for Workbook {
    fn next_unit(&mut self) -> Result<Option<Unit>, FileProblem> {
        loop {
            if let Some(unit) = self.batch.next() {
                self.empty += unit.row.saturating_sub(self.last_row + 1);
                self.last_row = unit.row;
                return Ok(Some(unit));
            }
            if self.ended {
                return Ok(None);
            }
            match self.messages.recv() {
                // An empty batch is the end.
                Ok(Message::Rows(rows)) => {
                    self.ended = rows.is_empty();
                    self.batch = rows.into_iter();
                }
                Ok(Message::Failed(problem)) => {
                    self.ended = true;
                    return Err(problem);
                }
                Ok(Message::Opened(_)) | Err(_) => return Err(self.fell_over()),
            }
        }
    }

    fn empty(&self) -> u64 {
        self.empty
    }
}

struct Sheets {
    mapping: Mapping,
    columns_max: usize,
}

fn damaged(error: &XlsxError) -> FileProblem {
    match error {
        XlsxError::Password => FileProblem::EncryptedWorkbook {},
        XlsxError::NotAWorksheet(kind) => FileProblem::DamagedWorkbook { detail: shortened(kind) },
        _ => FileProblem::DamagedWorkbook { detail: "xl".to_owned() },
    }
}

impl Sheets {
    fn run<R: Read + Seek>(&self, content: R, sheet: Option<String>, sender: &SyncSender<Message>) -> Result<(), FileProblem> {
        let mut workbook = Xlsx::new(content).map_err(|error| damaged(&error))?;
        let listed = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let all: Vec<OtherSheet> = listed
            .map(|sheet| OtherSheet {
                name: sheet.name.clone(),
                hidden: sheet.visible != SheetVisible::Visible,
            })
            .collect();
        let sheet = self.chosen(&mut workbook, &all, sheet)?;
        let other_sheets: Vec<OtherSheet> = all.into_iter().filter(|other| other.name != sheet).collect();
        let mut notes = Vec::new();
        if other_sheets.iter().any(|other| other.hidden) {
            notes.push(Note::HiddenSheetsIgnored);
        }
        if other_sheets.iter().any(|other| !other.hidden) {
            notes.push(Note::OtherSheetsIgnored);
        }
        if workbook.has_1904_epoch() {
            notes.push(Note::CountedFrom1904);
        }
        let opened = Opened {
            sheet: sheet.clone(),
            other_sheets,
            notes,
        };
        if sender.send(Message::Opened(opened)).is_err() {
            return Ok(());
        }
        let cells = workbook.worksheet_cells_reader(&sheet).map_err(|error| damaged(&error))?;
        let mut rows = SheetRows::new(cells, self.columns_max);
        let mut batch = Vec::with_capacity(BATCH_ROWS);
        // What was read before a fault is handed over before it.
        let ended = loop {
            match rows.next_row() {
                Ok(Some(row)) => batch.push(row),
                Ok(None) => break Ok(()),
                Err(problem) => break Err(problem),
            }
            if batch.len() == BATCH_ROWS && sender.send(Message::Rows(std::mem::take(&mut batch))).is_err() {
                return Ok(());
            }
        };
        if !batch.is_empty() && sender.send(Message::Rows(batch)).is_err() {
            return Ok(());
        }
        ended?;
        let _ = sender.send(Message::Rows(Vec::new()));
        Ok(())
    }

    fn chosen<R: Read + Seek>(&self, workbook: &mut Xlsx<R>, all: &[OtherSheet], told: Option<String>) -> Result<String, FileProblem> {
        if let Some(told) = told {
            let there = all.iter().find(|sheet| sheet.name.trim() == told.trim());
            return there.map(|sheet| sheet.name.clone()).ok_or_else(|| FileProblem::NoSuchSheet {
                sheet: shortened(&told),
                sheets: all.iter().map(|sheet| shortened(&sheet.name)).collect(),
            });
        }
        let visible: Vec<&OtherSheet> = all.iter().filter(|sheet| !sheet.hidden).collect();
        let (first, others) = visible.split_first().ok_or(FileProblem::NoSheet {})?;
        if others.is_empty() {
            return Ok(first.name.clone());
        }
        let mut with_outcomes = Vec::new();
        for sheet in &visible {
            if self.has_outcomes(workbook, &sheet.name)? {
                with_outcomes.push(sheet.name.clone());
            }
        }
        match with_outcomes.as_slice() {
            [] => Ok(first.name.clone()),
            [only] => Ok(only.clone()),
            several => Err(FileProblem::SheetsToChooseFrom {
                sheets: several.iter().map(|name| shortened(name)).collect(),
            }),
        }
    }

    fn has_outcomes<R: Read + Seek>(&self, workbook: &mut Xlsx<R>, sheet: &str) -> Result<bool, FileProblem> {
        let cells = workbook.worksheet_cells_reader(sheet).map_err(|error| damaged(&error))?;
        let mut rows = SheetRows::new(cells, self.columns_max);
        for _ in 0..HEADER_ROWS_MAX {
            let Some(row) = rows.next_row()? else { break };
            let Content::Cells(cells) = row.content else { continue };
            let texts: Vec<String> = cells.iter().map(Cell::shown).collect();
            if self.mapping.recognised(&texts) >= KNOWN_COLUMNS_LEAST || super::adapters::nad_abc::recognises(&texts) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The cells of a sheet, put together to rows.
struct SheetRows<'a, R: Read + Seek> {
    cells: XlsxCellReader<'a, R>,
    ahead: Option<(u64, usize, Cell)>,
    columns_max: usize,
    last_row: u64,
    /// The library's reader does not know that it is at the end when it is asked again.
    ended: bool,
}

impl<'a, R: Read + Seek> SheetRows<'a, R> {
    fn new(cells: XlsxCellReader<'a, R>, columns_max: usize) -> Self {
        Self {
            cells,
            ahead: None,
            columns_max,
            last_row: 0,
            ended: false,
        }
    }

    /// The next cell with something in it.
    fn next_cell(&mut self) -> Result<Option<(u64, usize, Cell)>, FileProblem> {
        if let Some(cell) = self.ahead.take() {
            return Ok(Some(cell));
        }
        while !self.ended {
            let next = self.cells.next_cell().map_err(|error| damaged(&error));
            self.ended = !matches!(next, Ok(Some(_)));
            let Some(cell) = next? else { break };
            let (row, column) = cell.get_position();
            let cell = cell_of(cell.get_value());
            if !cell.is_blank() {
                return Ok(Some((u64::from(row) + 1, usize::try_from(column).unwrap_or(usize::MAX), cell)));
            }
        }
        Ok(None)
    }

    fn next_row(&mut self) -> Result<Option<Unit>, FileProblem> {
        let Some((row, column, cell)) = self.next_cell()? else {
            return Ok(None);
        };
        if row <= self.last_row {
            return Err(FileProblem::DamagedWorkbook { detail: "row".to_owned() });
        }
        self.last_row = row;
        let mut cells = Vec::new();
        self.put(&mut cells, column, cell)?;
        while let Some((other, column, cell)) = self.next_cell()? {
            if other != row {
                self.ahead = Some((other, column, cell));
                break;
            }
            self.put(&mut cells, column, cell)?;
        }
        Ok(Some(Unit {
            row,
            content: Content::Cells(cells),
        }))
    }

    fn put(&self, cells: &mut Vec<Cell>, column: usize, cell: Cell) -> Result<(), FileProblem> {
        if column >= self.columns_max {
            return Err(FileProblem::TooManyColumns {
                columns_max: self.columns_max,
            });
        }
        // Cells stand in order, so one that comes twice is a damage.
        if cells.len() > column {
            return Err(FileProblem::DamagedWorkbook { detail: "c".to_owned() });
        }
        cells.resize(column, Cell::Empty);
        cells.push(cell);
        Ok(())
    }
}

fn cell_of(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => text_of(text),
        DataRef::SharedString(text) => text_of(text),
        DataRef::Int(number) => Cell::Number {
            text: number.to_string(),
            rounded: number.unsigned_abs() >= 1_000_000_000_000_000,
        },
        DataRef::Float(number) => Cell::of_float(*number),
        DataRef::Bool(truth) => Cell::Text(truth.to_string()),
        DataRef::DateTime(moment) => day_of(moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::Error(error) => Cell::Failed(Data::Error(error.clone()).to_string()),
    }
}

/// What the bank wrote with an apostrophe into delimited text may have been pasted into a workbook with it.
fn text_of(text: &str) -> Cell {
    Cell::Text(super::neutral::taken_off(text).to_owned())
}

fn day_of(moment: &ExcelDateTime) -> Cell {
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    let day = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
    // A number below one is a time of the day, and no date.
    match day.filter(|_| moment.is_datetime() && moment.as_f64() >= 1.0) {
        Some(day) => Cell::Date(day),
        None => Cell::of_float(moment.as_f64()),
    }
}
