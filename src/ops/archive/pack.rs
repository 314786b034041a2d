//! An archive as a file: a ZIP whose entries are the same, byte for byte, whenever the record is.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::domain::archive::ArchivedFile;
use crate::domain::movement::hex;
use crate::ops::error::OpError;

fn failed(error: impl std::fmt::Display) -> OpError {
    OpError::Secret(format!("an archive: {error}"))
}

/// An archive that is being written.
pub(super) struct Packing {
    zip: ZipWriter<File>,
    files: Vec<ArchivedFile>,
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
    pub(super) fn add(&mut self, path: &str, content: &[u8]) -> Result<(), OpError> {
        self.write(path, content)?;
        self.files.push(ArchivedFile {
            path: path.to_owned(),
            bytes: u64::try_from(content.len()).map_err(failed)?,
            sha256: hex(&Sha256::digest(content)),
        });
        Ok(())
    }

    fn write(&mut self, path: &str, content: &[u8]) -> Result<(), OpError> {
        // No moment of this machine's clock: the same record makes the same file.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        self.zip.start_file(path, options).map_err(failed)?;
        self.zip.write_all(content).map_err(failed)
    }

    /// Ends it with the list of its files, as `signed` puts it; answers the file, at its beginning, and its length.
    ///
    /// # Errors
    /// When there is no room for it, and what `signed` answers.
    pub(super) fn end(
        mut self,
        path: &str,
        signed: impl FnOnce(Vec<ArchivedFile>) -> Result<String, OpError>,
    ) -> Result<(File, u64), OpError> {
        let files = std::mem::take(&mut self.files);
        let list = signed(files)?;
        self.write(path, list.as_bytes())?;
        let mut file = self.zip.finish().map_err(failed)?;
        let bytes = file.stream_position().map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok((file, bytes))
    }
}
