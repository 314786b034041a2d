//! Tests of the texts of the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;

use super::*;

fn variables_of(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            match expression {
                Expression::Inline(inline) => inline_variable(inline, found),
                Expression::Select { selector, variants } => {
                    inline_variable(selector, found);
                    for variant in variants {
                        variables_of(&variant.value, found);
                    }
                }
            }
        }
    }
}

fn inline_variable(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = inline {
        found.insert(id.name.to_owned());
    }
}

/// Every text of a file with the variables that it fills in.
fn texts(file: &str, content: &str) -> BTreeMap<String, BTreeSet<String>> {
    let read = parse(content).unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
    let messages = read.body.into_iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        Entry::Junk { content } => panic!("{file}: {content}"),
        _ => None,
    });
    let mut found = BTreeMap::new();
    for message in messages {
        let mut variables = BTreeSet::new();
        variables_of(&message.value.unwrap(), &mut variables);
        assert!(
            found.insert(message.id.name.to_owned(), variables).is_none(),
            "{file}: {}",
            message.id.name
        );
    }
    found
}

pub(super) fn all() -> BTreeMap<String, BTreeSet<String>> {
    FILES.iter().flat_map(|(name, chinese, _)| texts(name, chinese)).collect()
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_things_to_fill_in() {
    for (name, chinese, english) in FILES {
        assert_eq!(texts(name, chinese), texts(name, english), "{name}");
    }
    let count: usize = FILES.iter().map(|(name, chinese, _)| texts(name, chinese).len()).sum();
    assert_eq!(all().len(), count, "a text stands in two files");
}

#[test]
fn every_message_file_is_read() {
    for language in ["zh-CN", "en"] {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language);
        let there: BTreeSet<String> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        let read: BTreeSet<String> = FILES.iter().map(|(name, _, _)| (*name).to_owned()).collect();
        assert_eq!(there, read, "{language}");
    }
}

/// What stands between quotes after a word in a text.
fn named_after<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn sources(directory: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut directories = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn code_of(text: &str) -> &str {
    text.split("\n#[cfg(test)]").next().unwrap().split("\n#[test]").next().unwrap()
}

#[test]
fn no_page_asks_for_a_text_that_is_missing_and_none_is_there_for_nothing() {
    let texts = all();
    let mut asked = BTreeSet::new();
    let mut sets = BTreeSet::new();
    let mut quoted = BTreeSet::new();
    for (file, text) in sources("templates", "html").into_iter().chain(sources("src/portal", "rs")) {
        for before in ["frame.t(\"", "frame.t1(\"", "frame.t2(\"", "self.t(\""] {
            for id in named_after(&text, before) {
                assert!(texts.contains_key(id), "{file} asks for {id}");
                asked.insert(id.to_owned());
            }
        }
        for set in named_after(&text, "frame.word(\"") {
            sets.insert(format!("{set}-"));
        }
        quoted.extend(code_of(&text).split('"').map(str::to_owned));
    }
    for id in texts.keys() {
        // One set of texts whose names are put together from a word.
        let is_asked = asked.contains(id) || quoted.contains(id) || id.starts_with("share-says-");
        assert!(is_asked || sets.iter().any(|set| id.starts_with(set)), "nobody asks for {id}");
    }
}

#[test]
fn no_chinese_text_stands_in_the_pages_or_their_code() {
    let is_chinese = |letter: char| matches!(letter, '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    let mut looked_at = 0;
    for (file, text) in sources("templates", "html").into_iter().chain(sources("src/portal", "rs")) {
        // Read without the bank, by whoever unpacks an archive: it has both languages beside each other.
        if file.ends_with("archive.html") {
            continue;
        }
        looked_at += 1;
        for line in code_of(&text).lines().filter(|line| !line.trim_start().starts_with("//")) {
            assert!(!line.contains(is_chinese), "{file}: {line}");
        }
    }
    assert!(looked_at > 20, "{looked_at}");
}

#[test]
fn numbers_are_said_as_people_say_them() {
    let filled = |language, id, name, value: i64| {
        let arguments: FluentArgs<'_> = [(name, value)].into_iter().collect();
        text(language, id, Some(&arguments)).into_owned()
    };
    assert_eq!(filled(Language::English, "home-expiring-left", "days", 0), "today is the last day");
    assert_eq!(filled(Language::English, "home-expiring-left", "days", 1), "one day left");
    assert_eq!(filled(Language::English, "home-expiring-left", "days", 21), "21 days left");
    assert_eq!(filled(Language::Chinese, "home-expiring-left", "days", 1), "还有 1 天");
}
