//! Archives 档案: the whole record of a learner in one file, to be kept, and to be taken to another bank. `record.json` says
//! everything, the other files are what it names, and a signed list of all files says that nothing was changed.

use std::collections::HashMap;

use super::phrases::in_chinese;
use super::rejection::Rejection;

/// What a record of this form says of itself.
pub const FORMAT: &str = "credit-bank/record/1";

/// Where in the archive the record is.
pub const RECORD: &str = "record.json";

/// Where in the archive the signed list of its files is.
pub const MANIFEST: &str = "manifest.json";

/// How many files an archive may have.
pub const FILES_MAX: usize = 2_000;

/// A file, as the list of an archive has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Where it is in the archive.
    pub path: String,
    pub media_type: String,
    /// Of its content, as W3C Subresource Integrity writes it, such as `sha384-...`.
    pub digest: String,
}

/// What of an archive is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    Whole,
    /// The record, as a bank keeps it that took the archive in.
    RecordAlone,
}

/// Compares the files that are there (path and digest) with those that were signed.
///
/// # Errors
/// `ArchiveNotGenuine` with the first difference.
pub fn compare(listed: &[ListedFile], there: &[(String, String)], extent: Extent) -> Result<(), Rejection> {
    let differs = |path: &str, how: &str| {
        let path: String = path.chars().take(120).collect();
        Rejection::ArchiveNotGenuine {
            reason_chinese: format!("{path} {}。", in_chinese(how)),
            reason_english: format!("{path} {how}."),
        }
    };
    let mut signed: HashMap<&str, &str> = listed.iter().map(|file| (file.path.as_str(), file.digest.as_str())).collect();
    for (path, digest) in there {
        match signed.remove(path.as_str()) {
            None => {
                return Err(differs(path, "is not in the signed list of files, or is there twice"));
            }
            Some(listed) if listed != digest => return Err(differs(path, "is not what was signed")),
            Some(_) => {}
        }
    }
    match signed.into_keys().min() {
        Some(missing) if extent == Extent::Whole || missing == RECORD => {
            Err(differs(missing, "is in the signed list of files and not in the archive"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_named() {
        let listed = ["a", RECORD].map(|path| ListedFile {
            path: path.to_owned(),
            media_type: String::new(),
            digest: format!("sha384-{path}"),
        });
        let there = |paths: &[(&str, &str)]| -> Vec<(String, String)> {
            paths
                .iter()
                .map(|(path, digest)| ((*path).to_owned(), (*digest).to_owned()))
                .collect()
        };
        let record = (RECORD, "sha384-record.json");
        let whole = [record, ("a", "sha384-a")];
        type Case<'a> = (&'a [(&'a str, &'a str)], Extent, Option<&'a str>);
        let cases: [Case<'_>; 7] = [
            (&whole, Extent::Whole, None),
            (&[record], Extent::RecordAlone, None),
            (&[record], Extent::Whole, Some("a is in the signed list")),
            (&[("a", "sha384-a")], Extent::RecordAlone, Some("record.json is in the signed list")),
            (&[record, ("a", "sha384-b")], Extent::Whole, Some("a is not what was signed")),
            (
                &[record, ("b", "sha384-b")],
                Extent::RecordAlone,
                Some("b is not in the signed list"),
            ),
            (
                &[record, record],
                Extent::RecordAlone,
                Some("record.json is not in the signed list"),
            ),
        ];
        for (paths, extent, expected) in cases {
            match (compare(&listed, &there(paths), extent), expected) {
                (Ok(()), None) => {}
                (Err(Rejection::ArchiveNotGenuine { reason_english, .. }), Some(begins)) => {
                    assert!(reason_english.starts_with(begins), "{reason_english}");
                }
                (found, _) => panic!("{paths:?}: {found:?}"),
            }
        }
    }
}
