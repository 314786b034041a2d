//! How a name may be written by people who mean the same one: by its sound, in any order of its parts, joined or apart.

use std::collections::BTreeSet;

use pinyin::ToPinyinMulti;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::person_name::{PersonName, is_han};

/// The most readings of a name that are looked at: a letter may be read in several ways, and each is one.
const READINGS_MAX: usize = 8;

/// The most parts of a name that change places or are left out.
const PARTS_MAX: usize = 5;

/// The ways in which one name may be written, in Latin letters without tones where it is Chinese.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Forms {
    /// All of it.
    pub(super) full: BTreeSet<String>,
    /// Without one of its parts: a middle name, or the father's name behind the dot.
    pub(super) part: BTreeSet<String>,
    /// What may be the surname.
    pub(super) surname: BTreeSet<String>,
}

/// One name as it is written everywhere: in simplified letters, without spaces, dots and case.
pub(super) fn written(name: &PersonName) -> String {
    simplified(&name.matching_key())
}

/// Letter by letter, so that a name is written the same with spaces and without.
fn simplified(text: &str) -> String {
    text.chars().map(|letter| hanconv::t2s(letter.to_string())).collect()
}

/// Whether the name has Chinese letters.
pub(super) fn is_chinese(name: &PersonName) -> bool {
    name.as_str().chars().any(is_han)
}

/// The ways in which a name may be written.
pub(super) fn forms(name: &PersonName) -> Forms {
    let simplified = simplified(name.as_str());
    let words: Vec<&str> = simplified
        .split(|letter: char| letter.is_whitespace() || matches!(letter, '·' | '•' | '・' | '‧' | '.' | ',' | '、' | '-' | '‐'))
        .filter(|word| word.chars().any(char::is_alphabetic))
        .collect();
    // A Chinese name in one piece changes places by its letters, every other one by its words.
    let in_one_piece = words.len() == 1 && is_chinese(name);
    let parts: Vec<Vec<String>> = if in_one_piece {
        let letters = words.iter().flat_map(|word| word.chars());
        letters.map(readings).filter(|readings| !readings.is_empty()).collect()
    } else {
        words
            .iter()
            .map(|word| product(&word.chars().map(readings).collect::<Vec<_>>()))
            .collect()
    };
    let mut forms = Forms::default();
    let surnames = parts.first().into_iter().chain(parts.last().filter(|_| !in_one_piece)).flatten();
    forms.surname.extend(surnames.map(|surname| spelt(surname)));
    for reading in chosen(&parts) {
        forms.full.extend(turned(&reading));
        if leaves_out(in_one_piece, is_chinese(name), reading.len()) {
            for without in 0..reading.len() {
                let rest: Vec<String> = (0..)
                    .zip(&reading)
                    .filter(|(place, _)| *place != without)
                    .map(|(_, part)| part.clone())
                    .collect();
                forms.part.extend(turned(&rest));
            }
        }
    }
    forms
}

/// Whether one of the parts may be missing elsewhere: of a Chinese name only where dots divide it, of others only where a first and
/// a last name are left.
fn leaves_out(in_one_piece: bool, chinese: bool, parts: usize) -> bool {
    !in_one_piece && (if chinese { 2 } else { 3 }..=PARTS_MAX).contains(&parts)
}

/// The parts joined, beginning with each of them in turn: surname first, surname last.
fn turned(parts: &[String]) -> Vec<String> {
    let turns = if parts.len() <= PARTS_MAX { parts.len() } else { 1 };
    (0..turns)
        .map(|first| {
            spelt(
                &parts
                    .iter()
                    .cycle()
                    .skip(first)
                    .take(parts.len())
                    .map(String::as_str)
                    .collect::<String>(),
            )
        })
        .collect()
}

/// Passports write the vowel of 吕 as YU, older ones and keyboards as U or V; here it is always U.
fn spelt(joined: &str) -> String {
    joined
        .replace("lyu", "lu")
        .replace("nyu", "nu")
        .replace("lv", "lu")
        .replace("nv", "nu")
}

/// Every choice of one reading for each part, up to a limit; the first has the first reading of each.
fn chosen(parts: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut choices: Vec<Vec<String>> = vec![Vec::new()];
    for readings in parts {
        let longer = readings.iter().flat_map(|reading| {
            choices.iter().map(move |choice| {
                let mut choice = choice.clone();
                choice.push(reading.clone());
                choice
            })
        });
        choices = longer.take(READINGS_MAX).collect();
    }
    choices
}

/// The readings of a word whose letters have some each.
fn product(letters: &[Vec<String>]) -> Vec<String> {
    let heard: Vec<Vec<String>> = letters.iter().filter(|readings| !readings.is_empty()).cloned().collect();
    chosen(&heard).into_iter().map(|choice| choice.concat()).collect()
}

/// How a letter is read: a Chinese one in pinyin, most usual first; another one as itself, without marks and case.
fn readings(letter: char) -> Vec<String> {
    let Some(all) = letter.to_pinyin_multi() else {
        return Some(plain(letter.to_lowercase()))
            .filter(|text| !text.is_empty())
            .into_iter()
            .collect();
    };
    let mut readings: Vec<String> = Vec::new();
    for reading in all {
        let reading = plain(reading.plain().chars());
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    readings
}

/// Letters without tones and other marks.
fn plain(letters: impl Iterator<Item = char>) -> String {
    letters
        .nfd()
        .filter(|letter| letter.is_alphabetic() && !is_combining_mark(*letter))
        .collect()
}
