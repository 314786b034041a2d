//! The fonts: two that are in the binary, and for rarer characters whatever the machine has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontInfo};

use super::PaperError;
use super::missing::is_set;

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/NotoSansCJKsc-Regular.subset.otf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/NotoSansCJKsc-Bold.subset.otf");

/// The most files and the largest file that are looked at for rarer characters.
const FILES_MAX: usize = 1_000;
const FILE_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// How deep directories of fonts are followed.
const DEPTH_MAX: usize = 6;

/// A font of the machine, not loaded: only what it has is known.
struct Rare {
    path: PathBuf,
    index: u32,
    info: FontInfo,
}

/// Fonts for the texts of papers.
pub(super) struct Fonts {
    own: Vec<Font>,
    directories: Vec<PathBuf>,
    /// Looked for when a character first needs it, since most never do.
    rare: OnceLock<Vec<Rare>>,
}

/// The fonts that a paper is set with, and what none of them has.
pub(super) struct Chosen {
    pub(super) fonts: Vec<Font>,
    pub(super) missing: BTreeSet<char>,
}

impl Fonts {
    /// Reads the fonts in the binary.
    pub(super) fn open(directories: Vec<PathBuf>) -> Result<Self, PaperError> {
        let own: Vec<Font> = [REGULAR, BOLD]
            .into_iter()
            .flat_map(|bytes| Font::iter(Bytes::new(bytes)))
            .collect();
        if own.len() != 2 {
            return Err(PaperError::Fonts);
        }
        Ok(Self {
            own,
            directories,
            rare: OnceLock::new(),
        })
    }

    /// The family of the fonts in the binary.
    pub(super) fn family(&self) -> &str {
        self.own.first().map(|font| font.info().family.as_str()).unwrap_or_default()
    }

    /// Only the fonts in the binary.
    pub(super) fn own(&self, characters: &BTreeSet<char>) -> Chosen {
        Chosen {
            fonts: self.own.clone(),
            missing: characters.iter().copied().filter(|character| !self.have(*character)).collect(),
        }
    }

    /// The fonts in the binary, and for what they have not as few of the machine as it takes.
    pub(super) fn for_all(&self, characters: &BTreeSet<char>) -> Chosen {
        let Chosen { mut fonts, mut missing } = self.own(characters);
        if !missing.is_empty() {
            for rare in self.rare.get_or_init(|| look_for(&self.directories)) {
                if missing.iter().any(|character| rare.info.coverage.contains(u32::from(*character)))
                    && let Some(font) = rare.load()
                {
                    missing.retain(|character| !font.info().coverage.contains(u32::from(*character)));
                    fonts.push(font);
                }
            }
        }
        Chosen { fonts, missing }
    }

    fn have(&self, character: char) -> bool {
        // Both weights have the same characters: a test says so.
        !is_set(character) || self.own.iter().all(|font| font.info().coverage.contains(u32::from(character)))
    }
}

impl Rare {
    fn load(&self) -> Option<Font> {
        Font::new(Bytes::new(std::fs::read(&self.path).ok()?), self.index)
    }
}

/// What the fonts of some directories have, in the order of the directories and of their names.
fn look_for(directories: &[PathBuf]) -> Vec<Rare> {
    let mut files = Vec::new();
    for directory in directories {
        let mut here = Vec::new();
        collect(directory, DEPTH_MAX, &mut here);
        here.sort_unstable();
        files.extend(here);
    }
    files.truncate(FILES_MAX);
    let mut found = Vec::new();
    for path in files {
        if std::fs::metadata(&path).is_ok_and(|file| file.len() <= FILE_BYTES_MAX)
            && let Ok(bytes) = std::fs::read(&path)
        {
            let infos = FontInfo::iter(&bytes).zip(0..);
            found.extend(infos.map(|(info, index)| Rare {
                path: path.clone(),
                index,
                info,
            }));
        }
    }
    tracing::info!(fonts = found.len(), "fonts of the machine are looked at for a rare character");
    found
}

fn collect(directory: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    // A directory that is not there has no fonts.
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, found);
            }
        } else if matches!(ending.as_deref(), Some("otf" | "ttf" | "ttc" | "otc")) && found.len() < FILES_MAX {
            found.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fonts(directories: &[&str]) -> Fonts {
        Fonts::open(directories.iter().map(PathBuf::from).collect()).unwrap()
    }

    #[test]
    fn both_weights_have_the_same_characters_and_those_of_names() {
        let fonts = fonts(&[]);
        let [regular, bold] = &fonts.own[..] else { panic!() };
        let of = |font: &Font| font.info().coverage.iter().collect::<Vec<_>>();
        assert_eq!(of(regular), of(bold));
        // Of the table of standard characters, far from GB 2312; pinyin; what stands for the missing.
        let names: BTreeSet<char> = "王芳喆玥堃翀昇甯䶮㛃ǚǘāÜ〓·（）".chars().collect();
        assert_eq!(fonts.own(&names).missing, BTreeSet::new());
        assert_eq!(fonts.family(), "Noto Sans CJK SC");
    }

    #[test]
    fn what_nobody_has_is_missing_and_what_is_unseen_is_not() {
        let fonts = fonts(&["/nowhere"]);
        let characters: BTreeSet<char> = "王\u{3129D}\u{FE00}\n".chars().collect();
        assert_eq!(fonts.for_all(&characters).missing, BTreeSet::from(['\u{3129D}']));
        assert_eq!(fonts.for_all(&characters).fonts.len(), 2);
    }

    #[test]
    fn a_font_of_a_directory_is_used_for_what_the_others_have_not() {
        let directory = tempfile::tempdir().unwrap();
        let beneath = directory.path().join("more");
        std::fs::create_dir(&beneath).unwrap();
        std::fs::write(beneath.join("own.otf"), REGULAR).unwrap();
        std::fs::write(beneath.join("broken.ttf"), b"no font").unwrap();
        let found = look_for(&[directory.path().to_owned()]);
        assert_eq!(found.len(), 1);
        assert!(found[0].info.coverage.contains(u32::from('王')));
        assert_eq!(found[0].load().unwrap().info().family, "Noto Sans CJK SC");
    }
}
