//! An archive as a file: a ZIP whose entries are the same, byte for byte, whenever what is in it is.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use base64::prelude::{BASE64_STANDARD, Engine};
use sha2::{Digest, Sha384};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::domain::archive::ListedFile;
use crate::ops::error::OpError;

pub(super) fn failed(error: impl std::fmt::Display) -> OpError {
    OpError::Secret(format!("an archive: {error}"))
}

/// A digest as W3C Subresource Integrity writes it.
pub(super) fn integrity(digest: Sha384) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(digest.finalize()))
}

/// An archive that is being written.
pub(super) struct Packing {
    zip: ZipWriter<File>,
    files: Vec<ListedFile>,
}

impl Packing {
    /// Begins one in a file that has no name in any directory, and is gone when it is closed.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(super) fn begin() -> Result<Self, OpError> {
        Ok(Self {
            zip: ZipWriter::new(tempfile::tempfile().map_err(failed)?),
            files: Vec::new(),
        })
    }

    /// Adds a file.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(super) fn add(&mut self, path: &str, media_type: &str, content: &[u8]) -> Result<(), OpError> {
        // No moment of this machine's clock: the same content makes the same file.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        self.zip.start_file(path, options).map_err(failed)?;
        self.zip.write_all(content).map_err(failed)?;
        self.files.push(ListedFile {
            path: path.to_owned(),
            media_type: media_type.to_owned(),
            digest: integrity(Sha384::new_with_prefix(content)),
        });
        Ok(())
    }

    /// What was added, in its order.
    pub(super) fn files(&self) -> &[ListedFile] {
        &self.files
    }

    /// Ends it; answers the file, at its beginning, and its length.
    ///
    /// # Errors
    /// When there is no room for it.
    pub(super) fn end(self) -> Result<(File, u64), OpError> {
        let mut file = self.zip.finish().map_err(failed)?;
        let bytes = file.seek(SeekFrom::End(0)).map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok((file, bytes))
    }
}
