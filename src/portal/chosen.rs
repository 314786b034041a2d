//! What is chosen in the form above a list, and the addresses that choose it.

use serde::de::{DeserializeOwned, IntoDeserializer as _};
use serde::{Deserialize, Deserializer};

/// What a field of such a form holds; nothing where it is left empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chosen<T>(pub(super) Option<T>);

impl<T> Default for Chosen<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Chosen<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self(None));
        }
        T::deserialize(text.to_owned().into_deserializer()).map(Some).map(Self)
    }
}

impl<T: PartialEq> Chosen<T> {
    /// Whether it is this one.
    pub(super) fn is(&self, other: &T) -> bool {
        self.0.as_ref() == Some(other)
    }
}

impl<T: std::fmt::Display> Chosen<T> {
    /// As it stands in an address; empty where nothing is chosen.
    pub(super) fn text(&self) -> String {
        self.0.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}

/// The query of an address, of what is chosen.
pub(super) fn query(pairs: &[(&str, &str)]) -> String {
    let chosen = pairs.iter().filter(|(_, value)| !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(chosen).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::claim::ClaimKind;

    #[derive(Deserialize)]
    struct Wish {
        #[serde(default)]
        kind: Chosen<ClaimKind>,
        #[serde(default)]
        day: Chosen<chrono::NaiveDate>,
    }

    #[test]
    fn an_empty_field_chooses_nothing_and_a_foreign_word_is_refused() {
        let read = |text: &str| serde_urlencoded::from_str::<Wish>(text);
        assert!(read("kind=&day=").is_ok_and(|wish| wish.kind == Chosen(None) && wish.day == Chosen(None)));
        let wish = read("kind=conversion&day=2026-06-30").unwrap();
        assert!(wish.kind.is(&ClaimKind::Conversion));
        assert_eq!(
            (wish.kind.text(), wish.day.text()),
            ("conversion".to_owned(), "2026-06-30".to_owned())
        );
        assert!(read("kind=application").is_err() && read("day=today").is_err());
        assert_eq!(query(&[("kind", "conversion"), ("day", ""), ("q", "a b")]), "kind=conversion&q=a+b");
    }
}
