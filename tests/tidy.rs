//! The order of the house, read from its text: floors import downwards, files are short, nothing is left half done.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each floor, and the floors that it may name.
const FLOORS: [(&str, &[&str]); 15] = [
    ("clock", &[]),
    ("domain", &[]),
    ("vault", &[]),
    ("files", &[]),
    ("credentials", &["domain"]),
    ("intake", &["credentials", "domain"]),
    ("exports", &["domain", "intake"]),
    ("outside", &[]),
    ("paper", &["domain"]),
    ("store", &["domain"]),
    (
        "ops",
        &[
            "credentials",
            "domain",
            "exports",
            "vault",
            "files",
            "intake",
            "outside",
            "paper",
            "store",
        ],
    ),
    ("config", &["domain", "files", "outside", "paper", "store", "vault"]),
    ("http", &["clock", "config", "domain", "intake", "ops", "vault"]),
    ("portal", &["domain", "http", "ops"]),
    (
        "cli",
        &[
            "clock", "config", "domain", "files", "http", "intake", "ops", "outside", "paper", "portal", "store", "vault",
        ],
    ),
];

/// What never comes in, by floor.
const NEVER: [(&str, &[&str]); 9] = [
    (
        "domain",
        &[
            "diesel",
            "actix_web",
            "std::env",
            "std::fs",
            "std::net",
            "std::time",
            "SystemTime",
            "Utc::now",
            "getrandom",
            "tokio",
            "now_v7",
        ],
    ),
    (
        "credentials",
        &[
            "diesel",
            "actix_web",
            "std::env",
            "std::fs",
            "std::net",
            "std::time",
            "SystemTime",
            "Utc::now",
            "reqwest",
            "tokio",
        ],
    ),
    (
        "intake",
        &[
            "diesel",
            "actix_web",
            "std::env",
            "std::fs",
            "std::net",
            "std::time",
            "SystemTime",
            "Utc::now",
            "reqwest",
            "tokio",
        ],
    ),
    ("outside", &["diesel", "actix_web", "now_v7"]),
    (
        "paper",
        &[
            "diesel",
            "actix_web",
            "std::env",
            "std::net",
            "SystemTime",
            "Utc::now",
            "now_v7",
            "tokio",
        ],
    ),
    ("store", &["actix_web", "StatusCode", "sentence("]),
    (
        "ops",
        &["diesel::", "actix_web", "StatusCode", "sql_query", "Conn::Postgres", "Conn::Sqlite"],
    ),
    ("http", &["diesel", "crate::store", "Conn::"]),
    ("portal", &["diesel", "crate::store", "Conn::"]),
];

/// Generated from the migrations' tables; `tests/bank/catalogue.rs` compares it with both back ends.
const GENERATED: &str = "src/store/schema.rs";

const LINES_MAX: usize = 400;

/// Longer files that are still to be mended; an entry that is no longer needed fails too.
const LONGER: [&str; 0] = [];

fn sources(directory: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(directory)];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let short = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_owned();
                found.push((short, text));
            }
        }
    }
    found.sort();
    found
}

/// The code of a file: without comments, and without its tests.
fn code(text: &str) -> String {
    let before_tests = text
        .split("\n#[cfg(test)]\nmod tests")
        .next()
        .unwrap()
        .split("\n#[test]")
        .next()
        .unwrap();
    before_tests
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn floor_of(path: &Path) -> String {
    let second = path.components().nth(1).unwrap().as_os_str().to_string_lossy().into_owned();
    second.trim_end_matches(".rs").to_owned()
}

#[test]
fn floors_import_downwards_only() {
    let mut faults = Vec::new();
    for (path, text) in sources("src") {
        let floor = floor_of(&path);
        if matches!(floor.as_str(), "lib" | "main") {
            continue;
        }
        let (_, allowed) = FLOORS
            .iter()
            .find(|(name, _)| *name == floor)
            .unwrap_or_else(|| panic!("{floor} is no floor of the house"));
        for (other, _) in FLOORS.iter().filter(|(other, _)| *other != floor && !allowed.contains(other)) {
            if code(&text).contains(&format!("crate::{other}::")) {
                faults.push(format!("{} names {other}", path.display()));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn no_floor_lets_in_what_is_not_its_business() {
    let mut faults = Vec::new();
    for (path, text) in sources("src") {
        let floor = floor_of(&path);
        for (_, words) in NEVER.iter().filter(|(name, _)| *name == floor) {
            for word in words.iter().filter(|word| code(&text).contains(**word)) {
                faults.push(format!("{} says {word}", path.display()));
            }
        }
    }
    // The clock is asked in one place, and the back ends are told apart in one floor.
    for (path, text) in sources("src") {
        let floor = floor_of(&path);
        if floor != "store" && (code(&text).contains("Conn::Postgres") || code(&text).contains("Conn::Sqlite")) {
            faults.push(format!("{} tells the back ends apart", path.display()));
        }
        if floor != "clock" && code(&text).contains("Utc::now") {
            faults.push(format!("{} asks the clock", path.display()));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut faults = Vec::new();
    for (path, text) in sources("src").into_iter().chain(sources("tests")) {
        let name = path.display().to_string();
        if name == GENERATED {
            continue;
        }
        let lines = text.lines().count();
        if (lines > LINES_MAX) != LONGER.contains(&name.as_str()) {
            faults.push(format!("{name} has {lines} lines"));
        }
        if !text.starts_with("//! ") {
            faults.push(format!("{name} does not begin by saying what it is"));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn nothing_is_left_half_done() {
    // Put together here, so that this file does not find itself.
    let words = ["todo", "unimplemented", "dbg"].map(|word| format!("{word}!("));
    let mut faults = Vec::new();
    for (path, text) in sources("src").into_iter().chain(sources("tests")) {
        for word in words.iter().map(String::as_str).chain(["#[al\u{6c}ow(", "FIX\u{4d}E"]) {
            if text.contains(word) && !path.ends_with("tidy.rs") {
                faults.push(format!("{} says {word}", path.display()));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

/// A file's module within its floor: `ops/deposit/plan.rs` and `ops/deposit/mod.rs` are both `deposit`.
fn module_of(path: &Path) -> String {
    let third = path.components().nth(2).map(|part| part.as_os_str().to_string_lossy().into_owned());
    third.unwrap_or_default().trim_end_matches(".rs").to_owned()
}

/// The modules of its own floor that a file names: `use super::x`, `use super::{x, y::Z}`, `crate::floor::x`.
fn named(code: &str, floor: &str, nested: bool) -> Vec<String> {
    let own = if nested { "use super::super::" } else { "use super::" };
    let word = |text: &str| -> String {
        text.trim()
            .chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
            .collect()
    };
    let mut found = Vec::new();
    for start in [own.to_owned(), format!("crate::{floor}::")] {
        for rest in code.split(&start).skip(1) {
            match rest.strip_prefix('{') {
                None => found.push(word(rest)),
                Some(list) => found.extend(list.split('}').next().unwrap_or_default().split(',').map(word)),
            }
        }
    }
    found.retain(|name| !name.is_empty() && name != "super" && name.starts_with(|first: char| first.is_lowercase()));
    found
}

#[test]
fn no_two_modules_of_a_floor_import_each_other_in_a_circle() {
    let mut imports: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let all = sources("src");
    for (path, text) in &all {
        let (floor, module) = (floor_of(path), module_of(path));
        if module.is_empty() || module == "mod" {
            continue;
        }
        let nested = path.components().count() > 3;
        let own = imports.entry((floor.clone(), module.clone())).or_default();
        own.extend(named(&code(text), &floor, nested).into_iter().filter(|name| *name != module));
    }
    let reaches = |floor: &str, from: &str, to: &str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from.to_owned()];
        while let Some(module) = open.pop() {
            for next in imports.get(&(floor.to_owned(), module)).into_iter().flatten() {
                if next == to {
                    return true;
                }
                if seen.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        false
    };
    let circles: Vec<String> = imports
        .keys()
        .filter(|(floor, module)| reaches(floor, module, module))
        .map(|(floor, module)| format!("{floor}/{module}"))
        .collect();
    assert!(imports.len() > 60, "{} modules were read", imports.len());
    assert_eq!(circles, Vec::<String>::new());
}

/// The names by which the description knows types: two types of one name become one of them, without a word; and a field of
/// a type called as JSON's own values takes anything.
#[test]
fn types_of_the_api_have_names_of_their_own() {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources("src") {
        let mut described = false;
        let mut named = None;
        for line in text.lines().map(str::trim) {
            let declares = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "));
            if line == "words! {" || (line.starts_with("#[derive(") && line.contains("ToSchema")) {
                described = true;
            } else if let Some(name) = line.strip_prefix("#[schema(as = ") {
                named = name.split([')', ',']).next().map(str::to_owned);
            } else if let Some(rest) = declares {
                let own = rest.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
                let renamed = rest.split_once(" as \"").and_then(|(_, name)| name.split('"').next());
                let name = named.take().or(renamed.map(str::to_owned)).unwrap_or_else(|| own.to_owned());
                if std::mem::take(&mut described) {
                    names.entry(name).or_default().push(path.display().to_string());
                }
            }
        }
    }
    assert!(names.len() > 200, "{} names", names.len());
    names.retain(|name, paths| paths.len() > 1 || matches!(name.as_str(), "Value" | "Object"));
    assert_eq!(names, BTreeMap::new());
}
