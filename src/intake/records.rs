//! Records of JSON: one a line, those of an array, or one after the other.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use serde_json::Value;

use super::about::Encoding;
use super::cell::{Content, Unit, Units, is_invisible};
use super::field::is_added_by_the_bank;
use super::file_problem::FileProblem;
use super::json;
use super::limits::Limits;
use super::text::Decoded;

/// How records follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// One a line: a broken one does not lose the others.
    Lines,
    /// The items of an array.
    Array,
    /// The items of the array that is the first property of an object, as stores of statements give them out.
    Statements,
    /// One object after the other, each over several lines.
    Loose,
}

/// The property in which a line that is no JSON is given back.
pub(super) const BROKEN_LINE: &str = "line";

/// How much is looked at to tell the layout.
const SAMPLE_BYTES: u64 = 1 << 16;

/// The layout of a text; `None` where it is no JSON.
pub(super) fn layout_of<R: Read + Seek>(content: &mut R, encoding: Encoding) -> Result<Option<Layout>, FileProblem> {
    content.seek(SeekFrom::Start(0))?;
    let mut sample = Vec::new();
    Decoded::new(content, encoding, None).take(SAMPLE_BYTES).read_to_end(&mut sample)?;
    let sample = String::from_utf8_lossy(&sample);
    let text = sample.trim_start_matches(is_invisible);
    let line = text.lines().next().unwrap_or_default().trim_end();
    Ok(match text.chars().next() {
        Some('[') => Some(Layout::Array),
        Some('{') if opens_statements(text) => Some(Layout::Statements),
        Some('{') if line.ends_with(['{', '[', ',', ':']) && text.len() > line.len() => Some(Layout::Loose),
        Some('{') => Some(Layout::Lines),
        _ if super::adapters::open_badges::looks_like_jwt(line) => Some(Layout::Lines),
        _ => None,
    })
}

fn opens_statements(text: &str) -> bool {
    let solid: String = text.chars().filter(|letter| !letter.is_whitespace()).take(32).collect();
    solid.starts_with("{\"statements\":[")
}

/// The records of a text.
pub(super) struct Records<R> {
    text: BufReader<Decoded<R>>,
    layout: Layout,
    line: u64,
    place: u64,
    empty: u64,
    bytes_max: usize,
    depth_max: usize,
    ended: bool,
}

impl<R: Read + Seek> Records<R> {
    pub(super) fn new(mut content: R, encoding: Encoding, layout: Layout, limits: &Limits) -> Result<Self, FileProblem> {
        content.seek(SeekFrom::Start(0))?;
        let mut records = Self {
            text: BufReader::with_capacity(1 << 15, Decoded::new(content, encoding, None)),
            layout,
            line: 0,
            place: 0,
            empty: 0,
            bytes_max: usize::try_from(limits.row_bytes_max).unwrap_or(usize::MAX),
            depth_max: limits.json_depth_max,
            ended: false,
        };
        if matches!(layout, Layout::Array | Layout::Statements) {
            records.open_array()?;
        }
        Ok(records)
    }

    /// The next record, with its line or its place.
    pub(super) fn next_record(&mut self) -> Result<Option<(u64, String)>, FileProblem> {
        if self.ended {
            return Ok(None);
        }
        let next = match self.layout {
            Layout::Lines => self.next_line(),
            Layout::Array | Layout::Statements | Layout::Loose => self.next_item(),
        };
        self.ended = !matches!(next, Ok(Some(_)));
        Ok(next?.map(|(row, text)| (row, self.taken_out(text))))
    }

    /// The line that was no JSON, of a record in which it was given back; any other record as it is.
    fn taken_out(&self, text: String) -> String {
        if !text.contains(BROKEN_LINE) {
            return text;
        }
        let Ok(Value::Object(mut record)) = json::parse(&text, self.depth_max) else {
            return text;
        };
        record.retain(|name, _| !is_added_by_the_bank(name));
        match record.remove(BROKEN_LINE) {
            Some(Value::String(line)) if record.is_empty() => line,
            _ => text,
        }
    }

    fn open_array(&mut self) -> Result<(), FileProblem> {
        while let Some(byte) = self.byte()? {
            if byte == b'[' {
                return Ok(());
            }
        }
        Ok(())
    }

    fn byte(&mut self) -> Result<Option<u8>, FileProblem> {
        let next = self.text.fill_buf()?.first().copied();
        if next.is_some() {
            self.text.consume(1);
        }
        Ok(next)
    }

    fn too_long(&self, row: u64) -> FileProblem {
        FileProblem::RowTooLong {
            row,
            bytes_max: u64::try_from(self.bytes_max).unwrap_or(u64::MAX),
        }
    }

    fn next_line(&mut self) -> Result<Option<(u64, String)>, FileProblem> {
        loop {
            let mut line = Vec::new();
            let most = u64::try_from(self.bytes_max).unwrap_or(u64::MAX).saturating_add(1);
            let length = self.text.by_ref().take(most).read_until(b'\n', &mut line)?;
            if length == 0 {
                return Ok(None);
            }
            self.line += 1;
            if length > self.bytes_max {
                return Err(self.too_long(self.line));
            }
            let text = String::from_utf8_lossy(&line);
            let text = text.trim_matches(is_invisible);
            if text.is_empty() {
                self.empty += 1;
                continue;
            }
            return Ok(Some((self.line, text.to_owned())));
        }
    }

    /// What comes before an item: nothing in it but spaces and, in an array, one comma.
    fn next_item(&mut self) -> Result<Option<(u64, String)>, FileProblem> {
        let mut commas = 0;
        let misplaced = FileProblem::MisplacedJson { row: self.place + 1 };
        loop {
            let Some(byte) = self.byte()? else {
                return match self.layout {
                    Layout::Loose => Ok(None),
                    _ => Err(FileProblem::UnterminatedJson { row: self.place + 1 }),
                };
            };
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0xEF | 0xBB | 0xBF => {}
                b',' if self.layout != Layout::Loose && self.place > 0 && commas == 0 => commas += 1,
                b']' if self.layout != Layout::Loose => return self.after_array(),
                b'{' | b'[' | b'"' if self.layout == Layout::Loose || self.place == 0 || commas == 1 => {
                    self.place += 1;
                    return self.item(byte).map(Some);
                }
                _ => return Err(misplaced),
            }
        }
    }

    /// A list ends with its bracket; statements are followed by where there are more.
    fn after_array(&mut self) -> Result<Option<(u64, String)>, FileProblem> {
        while self.layout == Layout::Array {
            match self.byte()? {
                None => break,
                Some(byte) if byte.is_ascii_whitespace() => {}
                Some(_) => return Err(FileProblem::MisplacedJson { row: self.place + 1 }),
            }
        }
        Ok(None)
    }

    fn item(&mut self, first: u8) -> Result<(u64, String), FileProblem> {
        let mut item = vec![first];
        let mut depth = usize::from(first != b'"');
        let (mut inside, mut escaped) = (first == b'"', false);
        while depth > 0 || inside {
            let Some(byte) = self.byte()? else {
                return Err(FileProblem::UnterminatedJson { row: self.place });
            };
            item.push(byte);
            if item.len() > self.bytes_max {
                return Err(self.too_long(self.place));
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' if inside => escaped = true,
                b'"' => inside = !inside,
                b'{' | b'[' if !inside => depth += 1,
                b'}' | b']' if !inside => depth -= 1,
                _ => {}
            }
        }
        Ok((self.place, String::from_utf8_lossy(&item).into_owned()))
    }
}

impl<R: Read + Seek + Send> Units for Records<R> {
    fn next_unit(&mut self) -> Result<Option<Unit>, FileProblem> {
        Ok(self.next_record()?.map(|(row, text)| Unit {
            row,
            content: Content::Record(text),
        }))
    }

    fn empty(&self) -> u64 {
        self.empty
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(text: &str) -> Result<Vec<(u64, String)>, &'static str> {
        let mut content = Cursor::new(text.as_bytes().to_vec());
        let layout = layout_of(&mut content, Encoding::Utf8).unwrap().ok_or("no JSON")?;
        let mut records = Records::new(content, Encoding::Utf8, layout, &Limits::default()).map_err(|problem| problem.code())?;
        let mut read = Vec::new();
        while let Some(record) = records.next_record().map_err(|problem| problem.code())? {
            read.push(record);
        }
        Ok(read)
    }

    #[test]
    fn records_of_every_layout() {
        let owned =
            |records: &[(u64, &str)]| -> Vec<(u64, String)> { records.iter().map(|(row, text)| (*row, (*text).to_owned())).collect() };
        for (text, expected) in [
            (
                "{\"a\":1}\n\n{broken\r\n{\"a\":2}",
                owned(&[(1, "{\"a\":1}"), (3, "{broken"), (4, "{\"a\":2}")]),
            ),
            ("[{\"a\":\"]\"}, {\"b\":[1]}]\n", owned(&[(1, "{\"a\":\"]\"}"), (2, "{\"b\":[1]}")])),
            ("[]", owned(&[])),
            ("{ \"statements\": [{\"a\":1}], \"more\": \"\" }", owned(&[(1, "{\"a\":1}")])),
            ("{\n\"a\":1\n}\n{\"a\":2}", owned(&[(1, "{\n\"a\":1\n}"), (2, "{\"a\":2}")])),
            ("[\"eyJ.a.b\"]", owned(&[(1, "\"eyJ.a.b\"")])),
        ] {
            assert_eq!(read(text), Ok(expected), "{text}");
        }
        assert_eq!(read("[{\"a\":1}"), Err("unterminated_json"));
        assert_eq!(read("[{\"a\":1"), Err("unterminated_json"));
        assert_eq!(read("[{\"a\":1} {\"b\":1}]"), Err("misplaced_json"));
        assert_eq!(read("[{\"a\":1},,{\"b\":1}]"), Err("misplaced_json"));
        assert_eq!(read("[{\"a\":1}]x"), Err("misplaced_json"));
        assert_eq!(read("姓名,成绩"), Err("no JSON"));
    }
}
