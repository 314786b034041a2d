//! The texts of the pages, from the message files in `locales/`. The tests beside it compare the languages, and find every text that a
//! page asks for.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::domain::language::Language;

type Bundle = FluentBundle<FluentResource>;

macro_rules! message_files {
    ($($name:literal),+ $(,)?) => {
        /// The name of each file, and its content in Chinese and in English.
        pub(super) const FILES: &[(&str, &str, &str)] = &[$((
            $name,
            include_str!(concat!("../../locales/zh-CN/", $name, ".ftl")),
            include_str!(concat!("../../locales/en/", $name, ".ftl")),
        )),+];
    };
}

message_files![
    "frame",
    "around",
    "desk",
    "outcomes",
    "corrections",
    "members",
    "clients",
    "signing",
    "home",
    "passbook",
    "records",
    "words",
    "tables",
    "deciding",
    "office",
    "duplicates",
    "audit",
    "worth",
    "plan",
    "files",
    "catalogue",
    "institutions",
    "mine",
    "notices",
    "verify",
    "portfolio",
    "sharing",
    "papers",
    "packs",
    "simulations",
    "claims",
    "disputes"
];

static CHINESE: LazyLock<Bundle> = LazyLock::new(|| bundle("zh-CN", |file| file.1));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle("en", |file| file.2));

fn bundle(language: &str, content: fn(&(&'static str, &'static str, &'static str)) -> &'static str) -> Bundle {
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // The marks between texts of different directions: both languages are written from left to right.
    bundle.set_use_isolating(false);
    for file in FILES {
        // What cannot be read is left out; a test reads them all.
        let resource = FluentResource::try_new(content(file).to_owned()).unwrap_or_else(|(readable, _)| readable);
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(file = file.0, ?errors, "texts stand twice");
        }
    }
    bundle
}

/// The tag of a language (BCP 47).
pub(super) fn tag(language: Language) -> &'static str {
    match language {
        Language::Chinese => "zh-CN",
        Language::English => "en",
    }
}

/// A text in a language.
pub(super) fn text(language: Language, id: &str, arguments: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
    let bundle: &'static Bundle = match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    };
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        tracing::error!(id, "a text is missing");
        return Cow::Owned(id.to_owned());
    };
    let mut errors = Vec::new();
    let said = bundle.format_pattern(pattern, arguments, &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::error!(id, ?errors, "a text could not be filled in");
    }
    Cow::Owned(said)
}

#[cfg(test)]
#[path = "texts_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "words_tests.rs"]
mod words_tests;
