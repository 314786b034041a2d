//! Takes named values out of an environment, remembers what was taken, and refuses what is left over.

use std::collections::BTreeMap;
use std::str::FromStr;

use secrecy::SecretString;

const PREFIX: &str = "CREDIT_BANK_";
/// Variables of the test suite, which no running bank reads.
const TEST_PREFIX: &str = "CREDIT_BANK_TEST_";

/// Why the bank does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem}")]
pub struct ConfigError {
    pub name: String,
    pub problem: String,
}

/// A variable as `credit-bank config` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub name: String,
    pub value: String,
    /// Not set by the environment.
    pub is_default: bool,
    pub about: &'static str,
}

pub(super) struct Variables {
    given: BTreeMap<String, String>,
    shown: Vec<Shown>,
}

pub(super) fn wrong(name: &str, problem: impl Into<String>) -> ConfigError {
    ConfigError {
        name: format!("{PREFIX}{name}"),
        problem: problem.into(),
    }
}

impl Variables {
    pub(super) fn new(given: impl IntoIterator<Item = (String, Option<String>)>) -> Result<Self, ConfigError> {
        let mut own = BTreeMap::new();
        for (name, value) in given {
            if let Some(short) = name.strip_prefix(PREFIX).filter(|_| !name.starts_with(TEST_PREFIX)) {
                match value {
                    None => return Err(wrong(short, "is not UTF-8")),
                    Some(value) if value.trim().is_empty() => return Err(wrong(short, "is set but empty")),
                    Some(value) => own.insert(short.to_owned(), value),
                };
            }
        }
        Ok(Self {
            given: own,
            shown: Vec::new(),
        })
    }

    pub(super) fn parsed<T>(
        &mut self,
        name: &str,
        default: &str,
        about: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let given = self.given.remove(name);
        let text = given.as_deref().unwrap_or(default);
        let value = parse(text).map_err(|problem| wrong(name, problem))?;
        self.shown.push(Shown {
            name: format!("{PREFIX}{name}"),
            value: text.to_owned(),
            is_default: given.is_none(),
            about,
        });
        Ok(value)
    }

    /// Reads a variable that need not be there.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        about: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        if self.given.contains_key(name) {
            return self.parsed(name, "", about, parse).map(Some);
        }
        self.shown.push(Shown {
            name: format!("{PREFIX}{name}"),
            value: "(none)".to_owned(),
            is_default: true,
            about,
        });
        Ok(None)
    }

    pub(super) fn text(&mut self, name: &str, default: &str, about: &'static str) -> Result<String, ConfigError> {
        self.parsed(name, default, about, |text| Ok(text.to_owned()))
    }

    pub(super) fn choice(&mut self, name: &str, default: &str, choices: &[&str], about: &'static str) -> Result<String, ConfigError> {
        self.parsed(name, default, about, |text| {
            if choices.contains(&text) {
                Ok(text.to_owned())
            } else {
                Err(format!("must be one of: {}", choices.join(", ")))
            }
        })
    }

    pub(super) fn number<T>(&mut self, name: &str, default: &str, least: T, most: T, about: &'static str) -> Result<T, ConfigError>
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        self.parsed(name, default, about, |text| {
            text.parse::<T>()
                .ok()
                .filter(|number| (&least..=&most).contains(&number))
                .ok_or_else(|| format!("must be a whole number from {least} to {most}"))
        })
    }

    pub(super) fn secret(
        &mut self,
        name: &str,
        about: &'static str,
        check: impl FnOnce(&str) -> Result<(), String>,
    ) -> Result<Option<SecretString>, ConfigError> {
        let given = self.given.remove(name);
        if let Some(text) = &given {
            check(text).map_err(|problem| wrong(name, problem))?;
        }
        self.shown.push(Shown {
            name: format!("{PREFIX}{name}"),
            value: if given.is_some() { "(hidden)" } else { "(none)" }.to_owned(),
            is_default: given.is_none(),
            about,
        });
        Ok(given.map(SecretString::from))
    }

    /// Refuses a variable that nothing took.
    pub(super) fn finish(self) -> Result<Vec<Shown>, ConfigError> {
        let Some(name) = self.given.keys().next() else {
            return Ok(self.shown);
        };
        let nearest = self
            .shown
            .iter()
            .map(|shown| (strsim::levenshtein(shown.name.trim_start_matches(PREFIX), name), &shown.name))
            .min();
        Err(match nearest {
            Some((few, near)) if few <= 2 => wrong(name, format!("is not a setting; did you mean {near}?")),
            _ => wrong(name, "is not a setting; `credit-bank config` lists them"),
        })
    }
}
