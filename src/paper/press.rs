//! Sets a paper in type and writes the PDF.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::fonts::{Chosen, Fonts};
use super::missing::{characters, replaced};
use super::{Order, PAGES_MAX, PaperError, PaperSettings, Printed, Template};

/// The templates that are in the binary.
const TEMPLATES: [(&str, &str); 3] = [
    ("common.typ", include_str!("../../templates/paper/common.typ")),
    ("statement.typ", include_str!("../../templates/paper/statement.typ")),
    ("certificate.typ", include_str!("../../templates/paper/certificate.typ")),
];

/// The names of what a template reads. They are always the same: names are remembered as long as the process lives, and there
/// is room for 65,535 of them.
const DATA: &str = "data.json";
const CREDENTIAL: &str = "credential.json";

impl Template {
    const fn name(self) -> &'static str {
        match self {
            Self::Statement => "statement.typ",
            Self::Certificate => "certificate.typ",
        }
    }
}

pub(super) struct Press {
    library: LazyHash<Library>,
    fonts: Fonts,
    templates: BTreeMap<&'static str, Source>,
}

fn id_of(name: &str) -> Result<FileId, PaperError> {
    let path = VirtualPath::new(name).map_err(|_| PaperError::Set(format!("{name} is no name of a file")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// The text of a template: that of the directory where it has one.
fn text_of(name: &str, included: &str, directory: Option<&Path>) -> Result<String, PaperError> {
    let own: Option<PathBuf> = directory.map(|directory| directory.join(name)).filter(|path| path.exists());
    match own {
        None => Ok(included.to_owned()),
        Some(path) => std::fs::read_to_string(&path).map_err(|error| PaperError::Template(path.display().to_string(), error)),
    }
}

impl Press {
    pub(super) fn open(settings: &PaperSettings) -> Result<Self, PaperError> {
        let mut templates = BTreeMap::new();
        for (name, included) in TEMPLATES {
            let text = text_of(name, included, settings.templates.as_deref())?;
            templates.insert(name, Source::new(id_of(name)?, text));
        }
        Ok(Self {
            library: LazyHash::new(Library::builder().build()),
            fonts: Fonts::open(settings.fonts.clone())?,
            templates,
        })
    }

    pub(super) fn print(&self, order: &Order<'_>) -> Result<Printed, PaperError> {
        let wanted = characters(order.data);
        let chosen = self.fonts.for_all(&wanted);
        let is_plain = chosen.fonts.len() == self.fonts.own(&wanted).fonts.len();
        let printed = self.print_with(order, chosen);
        // Nothing of the person's data stays in memory.
        typst::comemo::evict(0);
        match printed {
            // A font of the machine may be one that must not be embedded, or be broken: the paper is made without it.
            Err(PaperError::Set(reason)) if !is_plain => {
                tracing::warn!(reason, "a paper is set again without fonts of the machine");
                let printed = self.print_with(order, self.fonts.own(&wanted));
                typst::comemo::evict(0);
                printed
            }
            printed => printed,
        }
    }

    fn print_with(&self, order: &Order<'_>, chosen: Chosen) -> Result<Printed, PaperError> {
        let mut data = replaced(order.data, &chosen.missing);
        if let Some(fields) = data.as_object_mut() {
            fields.insert("fonts".to_owned(), Value::from(vec![self.fonts.family()]));
        }
        let desk = Desk {
            press: self,
            main: id_of(order.template.name())?,
            book: LazyHash::new(FontBook::from_fonts(&chosen.fonts)),
            fonts: chosen.fonts,
            files: [
                (id_of(DATA)?, Some(Bytes::new(data.to_string().into_bytes()))),
                (id_of(CREDENTIAL)?, order.credential.map(|bytes| Bytes::new(bytes.to_vec()))),
            ],
        };
        let set = typst::compile::<PagedDocument>(&desk);
        let document = set.output.map_err(|problems| failed(&problems))?;
        let pages = document.pages().len();
        if pages > PAGES_MAX {
            return Err(PaperError::TooLong(pages));
        }
        let standards = PdfStandards::new(&[PdfStandard::A_3b]).map_err(|error| PaperError::Set(format!("{error:?}")))?;
        let options = PdfOptions {
            ident: Smart::Custom(order.number.to_owned()),
            creator: Smart::Custom(Some("credit-bank".to_owned())),
            standards,
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&document, &options).map_err(|problems| failed(&problems))?;
        Ok(Printed {
            pdf,
            pages,
            missing: chosen.missing.into_iter().collect(),
        })
    }
}

/// What is wrong, without what a message quotes: that may be a text of the paper.
fn failed(problems: &[SourceDiagnostic]) -> PaperError {
    let said = |problem: &SourceDiagnostic| match problem.message.starts_with("panicked") {
        true => "a template panicked".to_owned(),
        false => problem.message.split(['"', '`', '“']).next().unwrap_or_default().to_owned(),
    };
    let messages: Vec<String> = problems.iter().map(said).collect();
    PaperError::Set(messages.join("; "))
}

/// What one paper is set from.
struct Desk<'a> {
    press: &'a Press,
    main: FileId,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    files: [(FileId, Option<Bytes>); 2],
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let source = self.press.templates.values().find(|source| source.id() == id);
        source.cloned().ok_or_else(|| FileError::NotFound(PathBuf::new()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let file = self.files.iter().find(|(own, _)| *own == id).and_then(|(_, bytes)| bytes.clone());
        file.ok_or_else(|| FileError::NotFound(PathBuf::new()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    /// A paper says the day that it is told, whenever it is set.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
