//! Papers: what the bank prints for people, as PDF/A-3b. Data goes in as JSON and never as markup; the templates are files that people
//! can edit. And what is read from papers that somebody shows. Knows no database and no rules.

pub mod attached;
mod code;
pub mod data;
#[cfg(feature = "statements")]
mod fonts;
#[cfg(feature = "statements")]
mod missing;
#[cfg(feature = "statements")]
mod press;
pub mod seen;
#[cfg(all(test, feature = "statements"))]
mod tests;

use std::path::PathBuf;

use chrono::{Datelike, Timelike};

/// The most rows of one paper: some 40 pages.
pub const ROWS_MAX: usize = 1_000;

/// The most pages of one paper, whatever a template makes of its rows.
pub const PAGES_MAX: usize = 200;

/// Which template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    Statement,
    Certificate,
}

/// Where templates and further fonts are, and who issues.
#[derive(Debug, Clone, Default)]
pub struct PaperSettings {
    /// A directory whose templates are used instead of those in the binary.
    pub templates: Option<PathBuf>,
    /// Directories with fonts for rarer characters, the first before the next.
    pub fonts: Vec<PathBuf>,
}

/// What is to be printed.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    pub template: Template,
    /// What the template reads; `missing` and `fonts` are added here.
    pub data: &'a serde_json::Value,
    /// Names the paper, so that the same one has the same identifier inside.
    pub number: &'a str,
    /// The signed credential that is attached.
    pub credential: Option<&'a [u8]>,
}

/// A printed paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    pub pdf: Vec<u8>,
    pub pages: usize,
    /// The characters that no font has; the paper shows 〓 in their place and says so.
    pub missing: Vec<char>,
}

/// Why a paper cannot be printed.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    #[error("this bank was built without statements")]
    Off,
    #[error("the template {0} cannot be read: {1}")]
    Template(String, std::io::Error),
    #[error("the fonts in the binary cannot be read")]
    Fonts,
    #[error("the address is too long for a code")]
    Code,
    #[error("there are {0} pages, more than {PAGES_MAX}")]
    TooLong(usize),
    #[error("the template cannot be set: {0}")]
    Set(String),
}

/// Prints. Takes some milliseconds a page and a core, so it belongs on a thread for jobs.
pub struct Paper {
    #[cfg(feature = "statements")]
    press: press::Press,
}

impl Paper {
    /// Reads templates and fonts.
    ///
    /// # Errors
    /// When a template that is named cannot be read.
    pub fn open(settings: &PaperSettings) -> Result<Self, PaperError> {
        #[cfg(feature = "statements")]
        {
            Ok(Self {
                press: press::Press::open(settings)?,
            })
        }
        #[cfg(not(feature = "statements"))]
        {
            let PaperSettings { .. } = settings;
            Ok(Self {})
        }
    }

    /// Whether this bank prints at all: what sets type can be left out of the binary.
    pub const fn prints() -> bool {
        cfg!(feature = "statements")
    }

    /// Prints; the same order has the same bytes, wherever the same fonts are.
    ///
    /// # Errors
    /// `Off`, `TooLong`, and `Set` where the template is wrong.
    pub fn print(&self, order: &Order<'_>) -> Result<Printed, PaperError> {
        #[cfg(feature = "statements")]
        {
            self.press.print(order)
        }
        #[cfg(not(feature = "statements"))]
        {
            let Order { .. } = order;
            Err(PaperError::Off)
        }
    }
}

/// The code that leads to an address, as rows of modules: `1` for a dark one.
///
/// # Errors
/// `Code` for an address that is too long.
pub fn code_of(address: &str) -> Result<Vec<String>, PaperError> {
    code::modules(address)
}

/// A moment as a template takes it, to the second.
pub fn moment(at: &(impl Datelike + Timelike)) -> data::Moment {
    data::Moment {
        year: at.year(),
        month: at.month(),
        day: at.day(),
        hour: at.hour(),
        minute: at.minute(),
        second: at.second(),
    }
}
