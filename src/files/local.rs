//! Contents in a directory that only its owner can read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::FilesError;

/// The directories of a content that may be new: two by its name and the store's own; and the one that holds that.
const DIRECTORIES: usize = 4;

pub(super) struct Local {
    directory: PathBuf,
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> FilesError {
    let name = path.display().to_string();
    move |error| FilesError::Local(name, error)
}

impl Local {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Writes beside the place first, flushed, then moves there: a content is there whole or not at all. The directories
    /// are flushed too, because they may be new.
    pub(super) fn put(&self, name: &str, content: &[u8]) -> Result<(), FilesError> {
        let path = self.directory.join(name);
        let parent = path.parent().unwrap_or(&self.directory);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(parent)
            .map_err(failed(parent))?;
        let beside = path.with_extension(format!("{}.new", Uuid::now_v7().simple()));
        let mut options = OpenOptions::new();
        let opened = options.write(true).create_new(true).mode(0o600).open(&beside);
        let written = opened.and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)
        });
        if let Err(error) = written {
            // What is left of it is in nobody's way; the failure that counts is the first one.
            drop(std::fs::remove_file(&beside));
            return Err(failed(&path)(error));
        }
        for directory in path.ancestors().skip(1).take(DIRECTORIES) {
            File::open(directory)
                .and_then(|directory| directory.sync_all())
                .map_err(failed(directory))?;
        }
        Ok(())
    }

    pub(super) fn get(&self, name: &str) -> Result<Option<Vec<u8>>, FilesError> {
        let path = self.directory.join(name);
        match std::fs::read(&path) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&path)(error)),
        }
    }

    pub(super) fn has(&self, name: &str) -> Result<bool, FilesError> {
        let path = self.directory.join(name);
        path.try_exists().map_err(failed(&path))
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), FilesError> {
        let path = self.directory.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(&path)(error)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::super::{Digest, Files, FilesAddress};

    #[test]
    fn a_content_is_private_and_reads_back_until_it_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let place = directory.path().join("evidence");
        let files = Files::open(&FilesAddress::Directory(place.clone())).unwrap();
        let digest = Digest::of(b"abc");
        assert_eq!(files.get(digest).unwrap(), None);
        files.put(digest, b"first".to_vec()).unwrap();
        files.put(digest, b"second".to_vec()).unwrap();
        assert_eq!(files.get(digest).unwrap().unwrap(), b"second");
        assert!(files.has(digest).unwrap());
        let mode = |path: &str| std::fs::metadata(place.join(path)).unwrap().permissions().mode() & 0o777;
        let name = "ba/78/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((mode(""), mode("ba"), mode("ba/78"), mode(name)), (0o700, 0o700, 0o700, 0o600));
        assert_eq!(
            std::fs::read_dir(place.join("ba/78")).unwrap().count(),
            1,
            "nothing is left beside it"
        );
        files.remove(digest).unwrap();
        files.remove(digest).unwrap();
        assert!(!files.has(digest).unwrap());
    }
}
