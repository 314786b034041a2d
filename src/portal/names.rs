//! What things are called, in the reader's language where they have a name there. A Chinese name on an English page says of itself
//! that it is Chinese, so that it is read out as such.

use std::borrow::Cow;
use std::fmt;

use askama::filters::{Escaper as _, Html, HtmlSafe};

use super::frame::Frame;
use super::texts::tag;
use crate::domain::allocation::advice::Addition;
use crate::domain::bilingual::Bilingual;
use crate::domain::facts::OutcomeFacts;
use crate::domain::language::Language;
use crate::ops::achievements::form::Achievement;
use crate::ops::outcomes::OutcomeView;
use crate::ops::worth::Said;

/// What has a Chinese name, and perhaps an English one.
pub(super) trait Called {
    fn chinese(&self) -> &str;
    fn english(&self) -> Option<&str>;
}

/// A name as it is shown. In a page it is an element where its language is another; [`Name::text`] is it alone.
#[derive(Clone)]
pub(super) struct Name<'a> {
    text: Cow<'a, str>,
    /// Its language, where it is not that of the page.
    language: Option<Language>,
}

impl<'a> Name<'a> {
    /// What is the same in every language, such as a code.
    pub(super) fn plain(text: impl Into<Cow<'a, str>>) -> Self {
        Self {
            text: text.into(),
            language: None,
        }
    }

    /// The same behind something that is of no language, such as the code of a course.
    pub(super) fn behind(self, code: &str) -> Name<'static> {
        Name {
            text: format!("{code} {}", self.text).into(),
            language: self.language,
        }
    }

    /// The text alone: for titles, attributes and sentences, in which no element may stand.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The same, whatever it was read from.
    pub(super) fn into_owned(self) -> Name<'static> {
        Name {
            text: Cow::Owned(self.text.into_owned()),
            language: self.language,
        }
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(language) = self.language else {
            return Html.write_escaped_str(formatter, &self.text);
        };
        write!(formatter, "<span lang=\"{}\">", tag(language))?;
        Html.write_escaped_str(&mut *formatter, &self.text)?;
        formatter.write_str("</span>")
    }
}

impl HtmlSafe for Name<'_> {}

impl Frame {
    /// What something is called, for the reader.
    pub(super) fn name_of<'a, T: Called + ?Sized>(&self, thing: &'a T) -> Name<'a> {
        named(self.language, thing)
    }
}

fn named<T: Called + ?Sized>(language: Language, thing: &T) -> Name<'_> {
    let (text, language) = match (language, thing.english()) {
        (Language::Chinese, _) => (thing.chinese(), None),
        (Language::English, Some(english)) => (english, None),
        (Language::English, None) => (thing.chinese(), Some(Language::Chinese)),
    };
    Name {
        text: text.into(),
        language,
    }
}

impl<T: Called + ?Sized> Called for &T {
    fn chinese(&self) -> &str {
        (**self).chinese()
    }

    fn english(&self) -> Option<&str> {
        (**self).english()
    }
}

impl Called for Bilingual {
    fn chinese(&self) -> &str {
        &self.zh
    }

    fn english(&self) -> Option<&str> {
        self.en.as_deref()
    }
}

macro_rules! called {
    ($($thing:ty: $chinese:ident, $english:ident;)+) => {$(
        impl Called for $thing {
            fn chinese(&self) -> &str {
                &self.$chinese
            }

            fn english(&self) -> Option<&str> {
                self.$english.as_deref()
            }
        }
    )+};
}

called! {
    OutcomeView: achievement_name, achievement_name_english;
    Achievement: name_chinese, name_english;
    OutcomeFacts: name, name_english;
    Addition: name, name_english;
    Said: name, name_english;
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::*;

    #[derive(Template)]
    #[template(source = "<b>{{ name }}</b><i title=\"{{ name.text() }}\">", ext = "html")]
    struct Shown<'a> {
        name: &'a Name<'a>,
    }

    #[test]
    fn a_chinese_name_on_an_english_page_says_that_it_is_chinese() {
        let both = Bilingual {
            zh: "电工 & <b>".to_owned(),
            en: Some("Electrician & <b>".to_owned()),
        };
        let chinese = Bilingual { en: None, ..both.clone() };
        for (language, thing, expected) in [
            (Language::Chinese, &both, "电工 &#38; &#60;b&#62;"),
            (Language::Chinese, &chinese, "电工 &#38; &#60;b&#62;"),
            (Language::English, &both, "Electrician &#38; &#60;b&#62;"),
            (Language::English, &chinese, "<span lang=\"zh-CN\">电工 &#38; &#60;b&#62;</span>"),
        ] {
            assert_eq!(named(language, thing).to_string(), expected);
        }
        let name = named(Language::English, &chinese).behind("E1");
        let page = Shown { name: &name }.render().unwrap();
        assert_eq!(
            page,
            "<b><span lang=\"zh-CN\">E1 电工 &#38; &#60;b&#62;</span></b><i title=\"E1 电工 &#38; &#60;b&#62;\">"
        );
    }
}
