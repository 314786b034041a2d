//! An archive that somebody brings: read within limits, and compared with the list of files that its bank signed.

use std::io::{Cursor, Read};

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use crate::domain::archive::{ArchivedFile, FILES_MAX, MANIFEST, RECORD};
use crate::domain::movement::hex;

/// What all files of an archive may unfold to.
const UNFOLDED_BYTES_MAX: u64 = 1 << 30;
/// What the record may unfold to, which is read as a whole.
const RECORD_BYTES_MAX: usize = 64 << 20;
/// What the signed list may unfold to.
const MANIFEST_BYTES_MAX: usize = 2 << 20;

/// Why a file is not read as an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("it is not a ZIP file, or it is damaged")]
    Damaged,
    #[error("it has more files, or larger ones, than an archive of a record has")]
    TooLarge,
    #[error("it has no record.json and no manifest.jws")]
    NoArchive,
}

/// An archive that was read.
#[derive(Debug)]
pub(super) struct Unpacked {
    pub(super) record: Vec<u8>,
    /// The signed list of its files.
    pub(super) manifest: String,
    /// What is there beside the list.
    pub(super) files: Vec<ArchivedFile>,
}

/// Reads an archive; of the files other than the record only their digests are kept.
///
/// # Errors
/// Where it is none, or larger than one may be.
pub(super) fn unpack(content: &[u8]) -> Result<Unpacked, Unreadable> {
    let mut zip = ZipArchive::new(Cursor::new(content)).map_err(|_| Unreadable::Damaged)?;
    if zip.len() > FILES_MAX {
        return Err(Unreadable::TooLarge);
    }
    let (mut record, mut manifest, mut files, mut unfolded) = (None, None, Vec::new(), 0_u64);
    for place in 0..zip.len() {
        let mut part = zip.by_index(place).map_err(|_| Unreadable::Damaged)?;
        let path = part.name().map_err(|_| Unreadable::Damaged)?.to_string();
        let kept_max = match path.as_str() {
            RECORD => RECORD_BYTES_MAX,
            MANIFEST => MANIFEST_BYTES_MAX,
            _ => 0,
        };
        let (mut kept, mut digest, mut bytes) = (Vec::new(), Sha256::new(), 0_u64);
        let mut chunk = vec![0; 1 << 16];
        loop {
            let length = part.read(&mut chunk).map_err(|_| Unreadable::Damaged)?;
            let read = chunk.get(..length).unwrap_or_default();
            if read.is_empty() {
                break;
            }
            bytes += u64::try_from(length).map_err(|_| Unreadable::TooLarge)?;
            unfolded += u64::try_from(length).map_err(|_| Unreadable::TooLarge)?;
            if unfolded > UNFOLDED_BYTES_MAX || (kept_max > 0 && kept.len() + length > kept_max) {
                return Err(Unreadable::TooLarge);
            }
            digest.update(read);
            if kept_max > 0 {
                kept.extend_from_slice(read);
            }
        }
        if path == MANIFEST {
            manifest = Some(String::from_utf8(kept).map_err(|_| Unreadable::Damaged)?);
            continue;
        }
        files.push(ArchivedFile {
            bytes,
            sha256: hex(&digest.finalize()),
            path: path.clone(),
        });
        if path == RECORD {
            record = Some(kept);
        }
    }
    let (Some(record), Some(manifest)) = (record, manifest) else {
        return Err(Unreadable::NoArchive);
    };
    Ok(Unpacked { record, manifest, files })
}
