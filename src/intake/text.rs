//! The letters of a text file: which encoding its bytes are in, and a reader that decodes them without replacing anything.

use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{Decoder, DecoderResult};

use super::about::Encoding;
use super::file_problem::FileProblem;

/// How many letters beyond ASCII a text must have had before a fault, to be called a damaged UTF-8 and not another encoding.
const LETTERS_TO_BE_SURE: u64 = 4;

/// How much is looked at to guess an encoding that is not read.
const GUESSED_BYTES: u64 = 1 << 20;

impl Encoding {
    fn decoder(self) -> Decoder {
        match self {
            Self::Utf8 | Self::Utf8WithMark => encoding_rs::UTF_8.new_decoder_with_bom_removal(),
            Self::Utf16LittleEndian => encoding_rs::UTF_16LE.new_decoder_with_bom_removal(),
            Self::Utf16BigEndian => encoding_rs::UTF_16BE.new_decoder_with_bom_removal(),
            Self::Gb18030 => encoding_rs::GB18030.new_decoder_without_bom_handling(),
        }
    }
}

/// The encoding of a whole text: by its mark, or the first of UTF-8 and GB18030 that all its bytes are lawful in. All are
/// looked at, because letters beyond ASCII may come late.
///
/// # Errors
/// Where it is neither, with the line on which that shows.
pub(super) fn encoding_of<R: Read + Seek>(content: &mut R) -> Result<Encoding, FileProblem> {
    let mut mark = Vec::new();
    content.seek(SeekFrom::Start(0))?;
    content.by_ref().take(3).read_to_end(&mut mark)?;
    match mark.as_slice() {
        [0xEF, 0xBB, 0xBF] => tried(content, Encoding::Utf8WithMark).map_err(|fault| fault.problem),
        [0xFF, 0xFE, ..] => tried(content, Encoding::Utf16LittleEndian).map_err(|fault| fault.problem),
        [0xFE, 0xFF, ..] => tried(content, Encoding::Utf16BigEndian).map_err(|fault| fault.problem),
        _ => match tried(content, Encoding::Utf8) {
            Ok(encoding) => Ok(encoding),
            Err(fault) if fault.letters_before >= LETTERS_TO_BE_SURE => Err(fault.problem),
            Err(_) => tried(content, Encoding::Gb18030).map_err(|fault| fault.problem),
        },
    }
}

struct Fault {
    problem: FileProblem,
    letters_before: u64,
}

fn tried<R: Read + Seek>(content: &mut R, encoding: Encoding) -> Result<Encoding, Fault> {
    let read = |content: &mut R, letters: &mut u64| -> Result<(), FileProblem> {
        content.seek(SeekFrom::Start(0))?;
        let mut decoded = Decoded::new(content, encoding, None);
        let mut chunk = vec![0; 1 << 16];
        loop {
            let length = decoded.read(&mut chunk)?;
            // Every letter beyond ASCII begins with a byte of 0xC0 or more.
            let new = chunk.iter().take(length).filter(|byte| **byte >= 0xC0).count();
            *letters = letters.saturating_add(u64::try_from(new).unwrap_or(u64::MAX));
            if length == 0 {
                return Ok(());
            }
        }
    };
    let mut letters_before = 0;
    read(content, &mut letters_before)
        .map(|()| encoding)
        .map_err(|problem| Fault { problem, letters_before })
}

/// What another encoding than those that are read a text may be in, by its letters; `None` where it is likely GB18030 after all.
pub(super) fn other_encoding<R: Read + Seek>(content: &mut R) -> Result<Option<String>, FileProblem> {
    let mut sample = Vec::new();
    content.seek(SeekFrom::Start(0))?;
    content.by_ref().take(GUESSED_BYTES).read_to_end(&mut sample)?;
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&sample, true);
    let guess = detector.guess(None, chardetng::Utf8Detection::Allow);
    let is_read = [encoding_rs::GBK, encoding_rs::GB18030, encoding_rs::UTF_8].contains(&guess);
    Ok((!is_read).then(|| guess.name().to_owned()))
}

/// What delimited text needs of the reader beneath it.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    /// How many bytes were handed out since the last row began.
    pub(super) since_row: Arc<AtomicU64>,
    pub(super) row_bytes_max: u64,
    /// Full-width commas become the unit separator, which is one byte.
    pub(super) full_width_commas: bool,
    /// What follows the last byte.
    pub(super) end: &'static str,
}

/// How much text is decoded at once.
const TEXT_BYTES: usize = 1 << 16;

/// The byte that stands for a full-width comma that delimits.
pub(super) const SEPARATOR: u8 = 0x1F;

/// Decodes bytes into UTF-8. Bytes that do not belong to the encoding end it, with their line. Where lines matter, every line
/// end becomes a line feed.
pub(super) struct Decoded<R> {
    content: R,
    encoding: Encoding,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_from: usize,
    raw_to: usize,
    text: String,
    text_from: usize,
    line: u64,
    after_return: bool,
    ended: bool,
    /// Told once the text before it is read.
    fault: Option<FileProblem>,
    lines: Option<Lines>,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(content: R, encoding: Encoding, lines: Option<Lines>) -> Self {
        Self {
            content,
            encoding,
            decoder: encoding.decoder(),
            raw: vec![0; 1 << 15],
            raw_from: 0,
            raw_to: 0,
            text: String::with_capacity(TEXT_BYTES),
            text_from: 0,
            line: 1,
            after_return: false,
            ended: false,
            fault: None,
            lines,
        }
    }

    /// Decodes more, until there is some text or the end.
    fn fill(&mut self) -> Result<(), FileProblem> {
        while self.text_from >= self.text.len() && !self.ended {
            if let Some(fault) = self.fault.take() {
                self.ended = true;
                return Err(fault);
            }
            self.text.clear();
            // Without room for a letter the decoder would not get on.
            self.text.reserve(TEXT_BYTES);
            self.text_from = 0;
            if self.raw_from >= self.raw_to {
                self.raw_from = 0;
                self.raw_to = read_some(&mut self.content, &mut self.raw)?;
            }
            let last = self.raw_to == 0;
            let bytes = self.raw.get(self.raw_from..self.raw_to).unwrap_or_default();
            let (result, taken) = self.decoder.decode_to_string_without_replacement(bytes, &mut self.text, last);
            self.raw_from += taken;
            self.count_lines();
            match result {
                DecoderResult::Malformed(..) => {
                    self.fault = Some(FileProblem::UndecodableBytes {
                        line: self.line,
                        encoding: self.encoding.to_string(),
                    });
                }
                DecoderResult::InputEmpty if last => {
                    self.ended = true;
                    if let Some(lines) = &self.lines {
                        self.text.push_str(lines.end);
                    }
                }
                DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
            }
        }
        Ok(())
    }

    fn count_lines(&mut self) {
        let mut from_return = self.after_return;
        let mut new = 0;
        for byte in self.text.bytes() {
            // CR LF is one line end, also where it is cut in two.
            new += u64::from(byte == b'\r' || (byte == b'\n' && !from_return));
            from_return = byte == b'\r';
        }
        let began_after_return = std::mem::replace(&mut self.after_return, from_return);
        self.line += new;
        let Some(lines) = &self.lines else { return };
        if self.text.contains('\r') || began_after_return {
            let text = if began_after_return {
                self.text.strip_prefix('\n').unwrap_or(&self.text)
            } else {
                &self.text
            };
            self.text = text.replace("\r\n", "\n").replace('\r', "\n");
        }
        if lines.full_width_commas && self.text.contains('，') {
            self.text = self.text.replace('，', "\u{1f}");
        }
    }
}

/// Reads once more where a signal came in between.
fn read_some(content: &mut impl Read, into: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match content.read(into) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.fill()?;
        let rest = self.text.as_bytes().get(self.text_from..).unwrap_or_default();
        let length = rest.len().min(into.len());
        if let (Some(to), Some(from)) = (into.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.text_from += length;
        if let Some(lines) = &self.lines {
            let new = u64::try_from(length).unwrap_or(u64::MAX);
            let before = lines.since_row.fetch_add(new, Ordering::Relaxed);
            if before.saturating_add(new) > lines.row_bytes_max {
                // The row's number is put in by whoever counts rows.
                return Err(FileProblem::RowTooLong {
                    row: 0,
                    bytes_max: lines.row_bytes_max,
                }
                .into());
            }
        }
        Ok(length)
    }
}

/// Writes text in an encoding; what the encoding does not have, which GB18030 and the forms of Unicode never lack, is an error.
pub(super) fn encoded(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8WithMark => Some(text.as_bytes().to_vec()),
        Encoding::Utf16LittleEndian => Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        Encoding::Utf16BigEndian => Some(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        Encoding::Gb18030 => {
            let mut encoder = encoding_rs::GB18030.new_encoder();
            let most = encoder.max_buffer_length_from_utf8_without_replacement(text.len())?;
            let mut bytes = Vec::with_capacity(most);
            let (result, _) = encoder.encode_from_utf8_to_vec_without_replacement(text, &mut bytes, true);
            (result == encoding_rs::EncoderResult::InputEmpty).then_some(bytes)
        }
    }
}

/// The mark with which a text of an encoding begins.
pub(super) const fn mark(encoding: Encoding) -> &'static [u8] {
    match encoding {
        Encoding::Utf8 | Encoding::Gb18030 => &[],
        Encoding::Utf8WithMark => &[0xEF, 0xBB, 0xBF],
        Encoding::Utf16LittleEndian => &[0xFF, 0xFE],
        Encoding::Utf16BigEndian => &[0xFE, 0xFF],
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn encoding(bytes: &[u8]) -> Result<Encoding, FileProblem> {
        encoding_of(&mut Cursor::new(bytes))
    }

    fn decoded(bytes: &[u8], encoding: Encoding) -> String {
        let lines = Lines {
            since_row: Arc::default(),
            row_bytes_max: u64::MAX,
            full_width_commas: false,
            end: "",
        };
        let mut text = String::new();
        // One byte at a time, so that every letter and every line end is cut somewhere.
        let slow = Slow(bytes);
        Decoded::new(slow, encoding, Some(lines)).read_to_string(&mut text).unwrap();
        text
    }

    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let most = into.len().min(1);
            self.0.read(&mut into[..most])
        }
    }

    #[test]
    fn encodings_are_told_apart_by_all_bytes() {
        let gb = encoding_rs::GB18030.encode("姓名,成绩\n𠮷,1\n").0.into_owned();
        assert_eq!(encoding("姓名,成绩\n".as_bytes()), Ok(Encoding::Utf8));
        assert_eq!(encoding(&gb), Ok(Encoding::Gb18030));
        let late = [vec![b'a'; 1 << 20], gb.clone()].concat();
        assert_eq!(encoding(&late), Ok(Encoding::Gb18030));
        assert_eq!(encoding("\u{feff}a".as_bytes()), Ok(Encoding::Utf8WithMark));
        for one in Encoding::ALL {
            let bytes = [mark(*one).to_vec(), encoded("姓名\r\n𠮷\r", *one).unwrap()].concat();
            assert_eq!(encoding(&bytes).as_ref(), Ok(one));
            assert_eq!(decoded(&bytes, *one), "姓名\n𠮷\n");
        }
    }

    #[test]
    fn bytes_of_no_encoding_are_named_by_their_line() {
        let fault = |bytes: &[u8]| match encoding(bytes) {
            Err(FileProblem::UndecodableBytes { line, encoding }) => (line, encoding),
            other => panic!("{other:?}"),
        };
        let broken = [
            b"\xE5\xA7\x93\xE5\x90\x8D\xE5\xA7\x93\xE5\x90\x8D\r\n\r\na".as_slice(),
            &[0xE5, 0x90],
            b"\n",
        ]
        .concat();
        assert_eq!(fault(&broken), (3, "utf-8".to_owned()));
        assert_eq!(fault(b"a\nb\xFF\xFF\n"), (2, "gb18030".to_owned()));
        assert_eq!(fault(b"\xFF\xFEa\0\n\0\0\xD8"), (2, "utf-16le".to_owned()));
    }

    #[test]
    fn another_encoding_is_guessed() {
        let big5 = encoding_rs::BIG5
            .encode(&"身分證號,姓名,課程代碼,取得日期\n".repeat(20))
            .0
            .into_owned();
        assert_eq!(other_encoding(&mut Cursor::new(big5)).unwrap().as_deref(), Some("Big5"));
        let gb = encoding_rs::GB18030
            .encode(&"身份证号,姓名,课程代码,取得日期\n".repeat(20))
            .0
            .into_owned();
        assert_eq!(other_encoding(&mut Cursor::new(gb)).unwrap(), None);
    }
}
