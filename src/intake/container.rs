//! The archive that a workbook is, looked into before anything of it is kept in memory: what it unfolds to is counted, never
//! believed.

use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::file_problem::FileProblem;
use super::limits::Limits;

/// What a look into an archive found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Inside {
    pub(super) macros: bool,
    pub(super) external_links: bool,
}

/// Parts of less than this may unfold however many times.
const SMALL_BYTES: u64 = 64 << 20;
/// No XML that stands for one cell, and none before the cells, is larger.
const CELL_BYTES_MAX: u64 = 1 << 20;
/// Parts other than sheets and shared texts are kept in memory whole.
const OTHER_PART_BYTES_MAX: u64 = 32 << 20;

fn damaged(part: &str) -> FileProblem {
    FileProblem::DamagedWorkbook {
        detail: super::problem::shortened(part),
    }
}

fn too_large(part: &str) -> FileProblem {
    FileProblem::WorkbookTooLarge {
        detail: super::problem::shortened(part),
    }
}

/// Looks through all of an archive.
///
/// # Errors
/// Where it is no workbook, damaged, encrypted, or unfolds to more than is taken.
pub(super) fn inspect<R: Read + Seek>(content: R, limits: &Limits) -> Result<Inside, FileProblem> {
    let mut archive = ZipArchive::new(content).map_err(|_| damaged("zip"))?;
    if archive.len() > limits.archive_entries_max {
        return Err(too_large("zip"));
    }
    is_workbook(&mut archive)?;
    let mut inside = Inside::default();
    let mut unfolded = 0_u64;
    for place in 0..archive.len() {
        let mut part = match archive.by_index(place) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(reason)) if reason == ZipError::PASSWORD_REQUIRED => {
                return Err(FileProblem::EncryptedWorkbook {});
            }
            Err(_) => return Err(damaged("zip")),
        };
        let name = part.name().map_err(|_| damaged("zip"))?.to_lowercase();
        inside.macros |= name.ends_with("vbaproject.bin") || name.contains("/macrosheets/");
        inside.external_links |= name.contains("externallinks/");
        let packed = part.compressed_size();
        let mut look = Look::new(&name, limits);
        let mut chunk = vec![0; 1 << 16];
        let mut own = 0_u64;
        loop {
            let length = part.read(&mut chunk).map_err(|_| damaged(&name))?;
            if length == 0 {
                break;
            }
            own = own.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
            if unfolded.saturating_add(own) > limits.expanded_bytes_max
                || (own > SMALL_BYTES && own > packed.saturating_mul(limits.expansion_ratio_max))
            {
                return Err(too_large(&name));
            }
            look.at(chunk.get(..length).unwrap_or_default())?;
        }
        look.ended()?;
        unfolded = unfolded.saturating_add(own);
    }
    Ok(inside)
}

/// Refuses other things that come as archives, and says what they are.
fn is_workbook<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<(), FileProblem> {
    let names: Vec<String> = archive.file_names().flatten().map(|name| name.to_lowercase()).collect();
    let has = |start: &str| names.iter().any(|name| name.replace('\\', "/").starts_with(start));
    let other = |kind: &str| Err(FileProblem::OtherFormat { kind: kind.to_owned() });
    if names.iter().any(|name| name == "mimetype") {
        return other("OpenDocument");
    }
    match () {
        () if has("xl/workbook.bin") => other("XLSB"),
        () if has("xl/") => Ok(()),
        () if has("word/") => other("DOCX"),
        () if has("ppt/") => other("PPTX"),
        () if has("[content_types].xml") => Ok(()),
        () => other("ZIP"),
    }
}

/// Follows the XML of one part, as far as it matters for memory: how large each cell is, and how many texts are promised.
struct Look<'a> {
    name: &'a str,
    sheet: bool,
    shared: bool,
    bytes: u64,
    bytes_max: u64,
    since_cell: u64,
    tag: Option<Vec<u8>>,
    promised: u64,
    texts: u64,
    cells_are_over: bool,
}

/// How much of a tag is kept to see what it is.
const TAG_BYTES_MAX: usize = 4096;

impl<'a> Look<'a> {
    fn new(name: &'a str, limits: &Limits) -> Self {
        let shared = name.ends_with("sharedstrings.xml");
        let sheet = name.contains("sheet") && !shared;
        // A relation may point anywhere, so whatever is not a picture or a programme is taken for XML that may be read.
        let bytes_max = match () {
            () if shared => limits.shared_text_bytes_max,
            () if sheet => u64::MAX,
            () => OTHER_PART_BYTES_MAX,
        };
        Self {
            name,
            sheet,
            shared,
            bytes: 0,
            bytes_max,
            since_cell: 0,
            tag: None,
            promised: 0,
            texts: 0,
            cells_are_over: false,
        }
    }

    fn at(&mut self, bytes: &[u8]) -> Result<(), FileProblem> {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let is_picture = self.name.contains("/media/") || self.name.ends_with(".bin");
        if self.bytes > self.bytes_max && !is_picture {
            return Err(too_large(self.name));
        }
        if !self.sheet && !self.shared {
            return Ok(());
        }
        for byte in bytes {
            self.since_cell += 1;
            if self.since_cell > CELL_BYTES_MAX && !self.cells_are_over {
                return Err(too_large(self.name));
            }
            match (byte, &mut self.tag) {
                (b'<', tag) => *tag = Some(Vec::new()),
                (b'>', Some(_)) => self.tag_ends()?,
                (_, Some(tag)) if tag.len() < TAG_BYTES_MAX => tag.push(*byte),
                _ => {}
            }
        }
        Ok(())
    }

    fn tag_ends(&mut self) -> Result<(), FileProblem> {
        let Some(tag) = self.tag.take() else { return Ok(()) };
        if tag.starts_with(b"!DOCTYPE") || tag.starts_with(b"!ENTITY") {
            return Err(damaged(self.name));
        }
        let closes = tag.first() == Some(&b'/');
        let name = tag
            .split(|byte| byte.is_ascii_whitespace() || *byte == b'/')
            .find(|part| !part.is_empty());
        let name = name.unwrap_or_default();
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or_default();
        match local {
            b"c" | b"row" | b"si" => {
                self.since_cell = 0;
                self.texts += u64::from(local == b"si" && !closes);
            }
            b"sheetData" if closes => self.cells_are_over = self.sheet,
            b"sst" if !closes => {
                let text = String::from_utf8_lossy(&tag);
                for rest in text.split("uniqueCount").skip(1) {
                    let digits = rest.trim_start_matches(|letter: char| !letter.is_ascii_digit());
                    let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
                    self.promised = self.promised.max(digits.parse().unwrap_or(u64::MAX));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Room is made for as many texts as are promised, so no more may be than there are.
    fn ended(&self) -> Result<(), FileProblem> {
        if self.promised > self.texts.saturating_mul(2).saturating_add(1024) {
            return Err(damaged(self.name));
        }
        Ok(())
    }
}

/// Whether an old compound file is a workbook with a password, by the directory that it begins with.
pub(super) fn is_encrypted(head: &[u8], mut content: impl Read + Seek) -> bool {
    let word = |from: usize| -> Option<u64> {
        let bytes: [u8; 4] = head.get(from..from + 4)?.try_into().ok()?;
        Some(u64::from(u32::from_le_bytes(bytes)))
    };
    let wide = head.get(0x1E) == Some(&0x0C);
    let sector = if wide { 4096 } else { 512 };
    let Some(first) = word(0x30) else { return false };
    let mut directory = Vec::new();
    let place = (first + 1) * sector;
    if content.seek(std::io::SeekFrom::Start(place)).is_err() || content.take(8192).read_to_end(&mut directory).is_err() {
        return false;
    }
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    directory.windows(name.len()).any(|window| window == name)
}
