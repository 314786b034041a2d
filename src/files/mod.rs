//! Where the content of files lies: in a directory, or in a store that speaks S3. Every content is named by its digest,
//! and is bytes that only their owner can open: nothing here knows what is in them.

mod local;
mod s3;

use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use local::Local;
use s3::S3;
pub use s3::S3Address;

/// The SHA-256 of a content before it was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Digest {
    /// That of a content.
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }

    /// One that was stored; `None` for another number of bytes than 32.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// `ab/cd/abcd…`: two floors of directories, so that none of them grows large.
    fn path(self) -> String {
        let name = self.to_string();
        let floors: String = name.chars().take(4).collect();
        let (first, second) = floors.split_at_checked(2).unwrap_or_default();
        format!("{first}/{second}/{name}")
    }
}

/// Lower-case hexadecimal.
impl std::fmt::Display for Digest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// Why a content cannot be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("the file {0} cannot be read or written: {1}")]
    Local(String, std::io::Error),
    #[error("the object store failed: {0}")]
    Remote(#[from] object_store::Error),
    #[error("no thread for the object store: {0}")]
    Runtime(std::io::Error),
}

/// Where to store.
#[derive(Debug)]
pub enum FilesAddress {
    Directory(PathBuf),
    S3(S3Address),
}

/// The store of contents. All calls block, and belong in no transaction.
pub struct Files(Kind);

enum Kind {
    Local(Local),
    S3(S3),
}

impl Files {
    /// Prepares the store; nothing is asked of it yet, and a directory is made when the first content comes.
    ///
    /// # Errors
    /// When the address of an object store cannot be used.
    pub fn open(address: &FilesAddress) -> Result<Self, FilesError> {
        Ok(Self(match address {
            FilesAddress::Directory(directory) => Kind::Local(Local::new(directory.clone())),
            FilesAddress::S3(address) => Kind::S3(S3::open(address)?),
        }))
    }

    /// Stores a content durably under its digest, in place of what is there.
    ///
    /// # Errors
    /// When the store fails.
    pub fn put(&self, digest: Digest, sealed: Vec<u8>) -> Result<(), FilesError> {
        match &self.0 {
            Kind::Local(local) => local.put(&digest.path(), &sealed),
            Kind::S3(s3) => s3.put(&digest.path(), sealed),
        }
    }

    /// Reads a content; `None` when it is not there.
    ///
    /// # Errors
    /// When the store fails.
    pub fn get(&self, digest: Digest) -> Result<Option<Vec<u8>>, FilesError> {
        match &self.0 {
            Kind::Local(local) => local.get(&digest.path()),
            Kind::S3(s3) => s3.get(&digest.path()),
        }
    }

    /// Whether a content is there.
    ///
    /// # Errors
    /// When the store fails.
    pub fn has(&self, digest: Digest) -> Result<bool, FilesError> {
        match &self.0 {
            Kind::Local(local) => local.has(&digest.path()),
            Kind::S3(s3) => s3.has(&digest.path()),
        }
    }

    /// Removes a content; one that is not there is removed.
    ///
    /// # Errors
    /// When the store fails.
    pub fn remove(&self, digest: Digest) -> Result<(), FilesError> {
        match &self.0 {
            Kind::Local(local) => local.remove(&digest.path()),
            Kind::S3(s3) => s3.remove(&digest.path()),
        }
    }
}
