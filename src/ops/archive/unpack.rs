//! An archive that somebody brings: read within limits. Of the files only the record and the list are kept in memory; the others are
//! taken out one by one.

use std::io::{Read, Seek};

use serde_json::{Map, Value};
use sha2::{Digest, Sha384};
use zip::ZipArchive;

use super::pack::integrity;
use crate::domain::archive::{FILES_MAX, MANIFEST, RECORD};
use crate::domain::phrases::in_chinese;
use crate::domain::rejection::Rejection;

/// What all files of an archive may unfold to.
const UNFOLDED_BYTES_MAX: u64 = 2 << 30;
/// What the record may unfold to, which is read as a whole.
const RECORD_BYTES_MAX: u64 = 64 << 20;
/// What the signed list may unfold to.
const MANIFEST_BYTES_MAX: u64 = 2 << 20;

/// An archive that was read.
pub(super) struct Unpacked<R> {
    zip: ZipArchive<R>,
    pub(super) record: Vec<u8>,
    pub(super) manifest: Vec<u8>,
    /// The path and digest of everything beside the list.
    pub(super) there: Vec<(String, String)>,
}

fn unreadable(why: &str) -> Rejection {
    Rejection::ArchiveUnreadable {
        reason_chinese: format!("{}。", in_chinese(why)),
        reason_english: format!("{why}."),
    }
}

fn damaged() -> Rejection {
    unreadable("it is not a ZIP file, or it is damaged")
}

fn too_large() -> Rejection {
    unreadable("it has more files, or larger ones, than an archive of a record has")
}

/// Reads one file, as far as it may be long; what is kept of it, and its digest and length.
fn read(mut part: impl Read, bytes_max: u64, is_kept: bool) -> Result<(Vec<u8>, String, u64), Rejection> {
    let (mut kept, mut digest, mut bytes) = (Vec::new(), Sha384::new(), 0_u64);
    let mut chunk = vec![0; 1 << 16];
    loop {
        let length = part.read(&mut chunk).map_err(|_| damaged())?;
        let there = chunk.get(..length).unwrap_or_default();
        if there.is_empty() {
            return Ok((kept, integrity(digest), bytes));
        }
        bytes = bytes.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        if bytes > bytes_max {
            return Err(too_large());
        }
        digest.update(there);
        if is_kept {
            kept.extend_from_slice(there);
        }
    }
}

/// Reads an archive.
///
/// # Errors
/// `ArchiveUnreadable`.
pub(super) fn unpack<R: Read + Seek>(content: R) -> Result<Unpacked<R>, Rejection> {
    let mut zip = ZipArchive::new(content).map_err(|_| damaged())?;
    if zip.len() > FILES_MAX {
        return Err(too_large());
    }
    let (mut record, mut manifest, mut there, mut left) = (None, None, Vec::new(), UNFOLDED_BYTES_MAX);
    for place in 0..zip.len() {
        let part = zip.by_index(place).map_err(|_| damaged())?;
        let path = part.name().map_err(|_| damaged())?.to_string();
        let bytes_max = match path.as_str() {
            RECORD => RECORD_BYTES_MAX,
            MANIFEST => MANIFEST_BYTES_MAX,
            _ => left,
        };
        let is_kept = path == RECORD || path == MANIFEST;
        let (kept, digest, bytes) = read(part, bytes_max.min(left), is_kept)?;
        left = left.saturating_sub(bytes);
        match path.as_str() {
            MANIFEST => manifest = Some(kept),
            RECORD => {
                record = Some(kept);
                there.push((path, digest));
            }
            _ => there.push((path, digest)),
        }
    }
    match (record, manifest) {
        (Some(record), Some(manifest)) => Ok(Unpacked {
            zip,
            record,
            manifest,
            there,
        }),
        _ => Err(unreadable("it has no record.json and manifest.json")),
    }
}

impl<R: Read + Seek> Unpacked<R> {
    /// Takes one file out.
    ///
    /// # Errors
    /// `ArchiveUnreadable` where it is not there, or longer than it may be.
    pub(super) fn take(&mut self, path: &str, bytes_max: usize) -> Result<Vec<u8>, Rejection> {
        let part = self.zip.by_name(path).map_err(|_| damaged())?;
        let bytes_max = u64::try_from(bytes_max).unwrap_or(u64::MAX);
        Ok(read(part, bytes_max, true)?.0)
    }

    /// The signed list.
    ///
    /// # Errors
    /// `ArchiveUnreadable`.
    pub(super) fn signed(&self) -> Result<Map<String, Value>, Rejection> {
        serde_json::from_slice(&self.manifest).map_err(|_| unreadable("manifest.json is no JSON"))
    }
}

/// What stands in a record of which something cannot be read.
pub(super) fn not_a_record() -> Rejection {
    unreadable("record.json is no record of a form that this bank reads")
}
