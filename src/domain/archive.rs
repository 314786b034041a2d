//! Archives: the whole record of a learner in one file, to be kept, and to be taken to another bank. `record.json` says
//! everything, the other files are what it names, and a signed list of all files says that nothing was changed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What an archive of this kind says of itself.
pub const FORMAT: &str = "credit-bank/archive/1";

/// Where in the archive the record is.
pub const RECORD: &str = "record.json";

/// Where in the archive the signed list of files is: a compact JWS (RFC 7515) whose payload is a [`Manifest`].
pub const MANIFEST: &str = "manifest.jws";

/// How many files an archive may have.
pub const FILES_MAX: usize = 2_000;

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ArchivedFile {
    /// Where it is in the archive.
    #[schema(example = "record.json")]
    pub path: String,
    pub bytes: u64,
    /// Of its content, hexadecimal.
    pub sha256: String,
}

/// The files of an archive, by their paths; the list itself is not among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    /// The bank that made it: its decentralised identifier.
    pub bank: String,
    pub made_at: DateTime<Utc>,
    pub files: Vec<ArchivedFile>,
}

/// Why an archive is not what its bank signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveProblem {
    #[error("it is of another format: {0}")]
    Format(String),
    #[error("{0} is not in its list of files")]
    Unlisted(String),
    #[error("{0} is in its list of files and not in the archive")]
    Missing(String),
    #[error("{0} is not what was signed")]
    Changed(String),
}

impl Manifest {
    /// Compares the files that are there with those that were signed.
    ///
    /// # Errors
    /// The first difference.
    pub fn check(&self, there: &[ArchivedFile]) -> Result<(), ArchiveProblem> {
        if self.format != FORMAT {
            return Err(ArchiveProblem::Format(self.format.chars().take(60).collect()));
        }
        for file in there {
            match self.files.iter().find(|listed| listed.path == file.path) {
                None => return Err(ArchiveProblem::Unlisted(file.path.clone())),
                Some(listed) if listed != file => return Err(ArchiveProblem::Changed(file.path.clone())),
                Some(_) => {}
            }
        }
        let is_there = |listed: &&ArchivedFile| there.iter().any(|file| file.path == listed.path);
        match self.files.iter().find(|listed| !is_there(listed)) {
            Some(missing) => Err(ArchiveProblem::Missing(missing.path.clone())),
            None => Ok(()),
        }
    }
}
