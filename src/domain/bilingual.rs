//! A text of an author in Chinese and, where there is one, in English.

use serde::{Deserialize, Serialize};

use super::language::Language;

/// The text in both languages; the English may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    #[schema(min_length = 1, max_length = 200, example = "慕课证书")]
    pub zh: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "MOOC certificates")]
    pub en: Option<String>,
}

impl Bilingual {
    /// The most characters of one text.
    pub const CHARACTERS_MAX: usize = 200;

    /// The text in a language, or in Chinese where there is no other.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::English => self.en.as_deref().unwrap_or(&self.zh),
            Language::Chinese => &self.zh,
        }
    }

    /// Whether the texts have a lawful length.
    pub fn is_readable(&self) -> bool {
        let lawful = |text: &str| !text.trim().is_empty() && text.chars().count() <= Self::CHARACTERS_MAX;
        lawful(&self.zh) && self.en.as_deref().is_none_or(lawful)
    }
}
