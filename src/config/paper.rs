//! How the bank presents itself, and what it prints: its name, where it can be reached, templates and further fonts.

use std::path::PathBuf;

use super::variables::{ConfigError, Variables};
use crate::domain::bilingual::Bilingual;
use crate::domain::text::is_line;
use crate::paper::PaperSettings;

/// Where the machine's fonts are; those that are there are used for rarer characters.
const SYSTEM_FONTS: [&str; 4] = [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
];

/// What is printed, and by whom.
#[derive(Debug)]
pub struct PaperConfig {
    /// What the bank is called.
    pub name: Bilingual,
    /// Where people reach whoever runs it: an office with its telephone number, in a line.
    pub contact: Option<Bilingual>,
    pub settings: PaperSettings,
}

fn line(text: &str) -> Result<String, String> {
    if is_line(text, Bilingual::CHARACTERS_MAX) {
        Ok(text.to_owned())
    } else {
        Err("must be a line of at most 200 characters".to_owned())
    }
}

fn directory(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_dir() {
        Ok(path)
    } else {
        Err("must be a directory that is there".to_owned())
    }
}

/// Reads the settings.
///
/// # Errors
/// The first variable that cannot be used, by name.
pub(super) fn paper(variables: &mut Variables) -> Result<PaperConfig, ConfigError> {
    let name = Bilingual {
        zh: variables.parsed("NAME", "学分银行", "what the bank is called, on what it prints", line)?,
        en: Some(variables.parsed("NAME_ENGLISH", "Credit Bank", "what the bank is called in English", line)?),
    };
    let contact = variables.optional("CONTACT", "where people reach whoever runs the bank, below every page", line)?;
    let in_english = variables.optional("CONTACT_ENGLISH", "the same in English", line)?;
    let templates = variables.optional(
        "PAPER_TEMPLATES",
        "a directory with templates of statements that are used instead of those in the binary",
        directory,
    )?;
    let fonts = variables.optional(
        "PAPER_FONTS",
        "a directory with fonts for rarer characters of names, looked at before those of the system",
        directory,
    )?;
    let fonts = fonts.into_iter().chain(SYSTEM_FONTS.map(PathBuf::from)).collect();
    Ok(PaperConfig {
        name,
        contact: contact.map(|zh| Bilingual { zh, en: in_english }),
        settings: PaperSettings { templates, fonts },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<PaperConfig, String> {
        let given = given
            .iter()
            .map(|(name, value)| (format!("CREDIT_BANK_{name}"), Some((*value).to_owned())));
        let mut variables = Variables::new(given).unwrap();
        paper(&mut variables).map_err(|error| error.to_string())
    }

    #[test]
    fn own_fonts_come_before_those_of_the_system() {
        let directory = tempfile::tempdir().unwrap();
        let config = read(&[("PAPER_FONTS", directory.path().to_str().unwrap()), ("NAME", "安阳市学分银行")]).unwrap();
        assert_eq!(config.settings.fonts[0], directory.path());
        assert_eq!(config.settings.fonts.len(), 1 + SYSTEM_FONTS.len());
        assert_eq!(
            (config.name.zh.as_str(), config.name.en.as_deref()),
            ("安阳市学分银行", Some("Credit Bank"))
        );
        assert_eq!(config.settings.templates, None);
    }

    #[test]
    fn where_the_bank_is_reached_may_be_said_in_both_languages() {
        assert_eq!(read(&[]).unwrap().contact, None);
        let said = read(&[
            ("CONTACT", "安阳市学分银行管理中心，0372-12345"),
            ("CONTACT_ENGLISH", "Call 0372-12345"),
        ])
        .unwrap();
        let contact = said.contact.unwrap();
        assert_eq!(contact.text(crate::domain::language::Language::English), "Call 0372-12345");
        assert!(contact.zh.ends_with("0372-12345"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (name, value, problem) in [
            ("PAPER_TEMPLATES", "/nowhere", "must be a directory that is there"),
            ("PAPER_FONTS", "/nowhere", "must be a directory that is there"),
            ("NAME", "一\n二", "must be a line of at most 200 characters"),
        ] {
            assert_eq!(read(&[(name, value)]).unwrap_err(), format!("CREDIT_BANK_{name} {problem}"));
        }
    }
}
